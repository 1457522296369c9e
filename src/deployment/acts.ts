import type { LogDescription } from "ethers";
import { interfaceOf } from "./contracts";
import { Ref } from "./plan";
import { addressIn, type Plan } from "./predict";
import { canonical } from "./reader";
import { ownedIn, type OWNED } from "./suite";

type Owned = (typeof OWNED)[number];

/** What only the owner of a contract can do to it, and the event that tells of it. */
interface Act {
  readonly method: string;
  readonly event: string;
  /** How many leading arguments of event and method name what is set; what it is set to, the plan's step reads itself. */
  readonly keys: number;
  /** The constructor emits it once, too. */
  readonly byConstructor: boolean;
}

function act(method: string, event: string, keys = 0): Act {
  return { method, event, keys, byConstructor: false };
}

function actAlsoByConstructor(method: string, event: string): Act {
  return { method, event, keys: 0, byConstructor: true };
}

/**
 * Everything by which an owner could give rights, take money or change terms. What stops for a while and ends by a word of
 * the next owner is not among them (`HARMLESS`).
 */
export const ACTS: Readonly<Record<Owned, readonly Act[]>> = {
  PaymentVault: [
    act("setModule", "ModuleChanged", 1),
    act("setTreasury", "TreasuryChanged"),
    act("setSpendHook", "SpendHookChanged"),
  ],
  RandomnessBeacon: [
    act("setConsumer", "ConsumerChanged", 1),
    actAlsoByConstructor("setSettings", "SettingsChanged"),
    actAlsoByConstructor("moveCoordinator", "CoordinatorChanged"),
    act("closeSubscription", "SubscriptionClosed"),
    act("handOverSubscription", "SubscriptionHandedOver"),
  ],
  GpuRegistry: [
    act("setClass", "ClassChanged", 1),
    act("setModule", "ModuleChanged", 1),
    actAlsoByConstructor("setTerms", "TermsChanged"),
    act("setVotes", "VotesFixed"),
  ],
  AssetRegistry: [act("setTrainingRecord", "TrainingRecordChanged", 1)],
  ServiceCatalog: [act("list", "ServiceListed", 1), actAlsoByConstructor("setFees", "FeesChanged")],
  AttestationVerifier: [actAlsoByConstructor("setSigners", "SignersChanged"), act("retireSigners", "SignersRetired")],
  GovernedArbiter: [act("setArbiter", "ArbiterChanged", 1), act("withdrawFees", "FeesWithdrawn")],
  ValidatorRegistry: [act("setModule", "ModuleChanged", 1), actAlsoByConstructor("setTerms", "TermsChanged")],
  ReviewPanel: [
    act("setAsker", "AskerChanged", 1),
    act("setArbiter", "ArbiterChanged", 1),
    actAlsoByConstructor("setWindows", "WindowsChanged"),
  ],
  ScoreBoard: [
    act("setAsker", "AskerChanged", 1),
    act("setGoldSetter", "GoldSetterChanged", 1),
    actAlsoByConstructor("setTerms", "TermsChanged"),
  ],
  DisputeCourt: [
    act("setEscrow", "EscrowChanged", 1),
    actAlsoByConstructor("setTerms", "TermsChanged"),
    act("setServiceDomain", "ServiceDomainChanged", 1),
    act("withdrawFees", "FeesWithdrawn"),
  ],
  JobEscrow: [
    actAlsoByConstructor("setSettings", "SettingsChanged"),
    act("setVerifier", "VerifierAllowed", 1),
    act("setSequencerFeed", "SequencerFeedChanged"),
    act("setGuardian", "GuardianChanged"),
  ],
  VestingVault: [],
  ProceedsSplitter: [actAlsoByConstructor("setPayees", "PayeesSet")],
  TokenSale: [act("setRounds", "PlanSet")],
  EmissionDistributor: [act("setDrawer", "DrawerSet")],
  EmissionController: [
    act("setToken", "TokenSet"),
    act("setRewards", "RewardsSet"),
    act("announce", "IssuanceAnnounced"),
    act("cancel", "IssuanceCancelled"),
  ],
};

/**
 * What else an owner can do: stops of new work, who may buy in a round that is listed, the hand-over itself, and allotting
 * to schedules, of which the plan's own could not be filled if anything had gone elsewhere.
 */
export const HARMLESS: readonly string[] = [
  "AssetRegistry.pause",
  "AssetRegistry.unpause",
  "GpuRegistry.setWorkStopped",
  "JobEscrow.setPaused",
  "TokenSale.pause",
  "TokenSale.setAllowList",
  "TokenSale.unpause",
  "ValidatorRegistry.setWorkStopped",
  "VestingVault.allot",
  ...Object.keys(ACTS).map((contract) => `${contract}.transferOwnership`),
];

const OWNER_CHANGED = "OwnershipTransferred";
const NOBODY = "0x0000000000000000000000000000000000000000";

/** A log with what is asked of it here. */
export interface ActLog {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** Topics of the events that `actFaults` reads. */
export function actTopics(suite: Plan): readonly string[] {
  const topics = ownedIn(suite).flatMap((contract) =>
    [OWNER_CHANGED, ...ACTS[contract].map(({ event }) => event)].map(
      (event) => interfaceOf(contract).getEvent(event)?.topicHash ?? "",
    ),
  );
  return [...new Set(topics)];
}

/** Whether logs reach up to the moment in which the timelock owned everything: what follows is governance's. */
export function reachTimelock(logs: readonly ActLog[], suite: Plan): boolean {
  const timelock = addressIn(suite.creations, "CommonsTimelock");
  return ownedIn(suite).every((contract) =>
    ownLogs(contract, logs, suite).some((event) => isTakeOver(event, timelock)),
  );
}

function ownLogs(contract: Owned, logs: readonly ActLog[], suite: Plan): readonly LogDescription[] {
  const address = addressIn(suite.creations, contract).toLowerCase();
  const abi = interfaceOf(contract);
  return logs
    .filter((log) => log.address.toLowerCase() === address)
    .flatMap(({ topics, data }) => abi.parseLog({ topics: [...topics], data }) ?? []);
}

function isTakeOver({ name, args }: LogDescription, timelock: string): boolean {
  return name === OWNER_CHANGED && args[1] === timelock;
}

/**
 * What owners did, before the timelock became the owner, that no step of the plan does: a module, an arbiter or a drawer
 * more than planned would outlive any hand-over. That the plan's own steps have the plan's outcome, the plan's conditions
 * say.
 * @param logs events of the owned contracts from their creation on, oldest first
 */
export function actFaults(logs: readonly ActLog[], suite: Plan): readonly string[] {
  return ownedIn(suite).flatMap((contract) => faultsOf(contract, ownLogs(contract, logs, suite), suite));
}

function faultsOf(contract: Owned, events: readonly LogDescription[], suite: Plan): readonly string[] {
  const timelock = addressIn(suite.creations, "CommonsTimelock");
  const faults: string[] = [];
  const emitted = new Set<string>();
  let hasBegun = false;
  for (const event of events) {
    if (isTakeOver(event, timelock)) break;
    hasBegun ||= event.name === OWNER_CHANGED && event.args[0] === NOBODY;
    const found = ACTS[contract].find((each) => each.event === event.name);
    if (found === undefined) continue;
    const isConstructors = found.byConstructor && !emitted.has(event.name);
    emitted.add(event.name);
    if (isConstructors || isPlanned(contract, found, event, suite)) continue;
    const args = event.args.slice(0, Math.max(found.keys, 1)).map(canonical).join(", ");
    faults.push(`the owner called ${contract}.${found.method}, which the plan does not: ${event.name}(${args})`);
  }
  if (!hasBegun) faults.push(`the events of ${contract} do not reach back to its creation`);
  return faults;
}

function isPlanned(contract: Owned, { method, keys }: Act, { args }: LogDescription, suite: Plan): boolean {
  const wanted = canonical(args.slice(0, keys));
  return suite.steps.some((step) => {
    if (step.kind !== "call" || step.contract !== contract || step.method !== method) return false;
    const given = step.args.slice(0, keys);
    return (
      canonical(given.map((each) => (each instanceof Ref ? addressIn(suite.creations, each.contract) : each))) ===
      wanted
    );
  });
}
