import { tableHash } from "../../deploy/presets/allocation";
import type { SuiteConfig } from "./config";
import { interfaceOf } from "./contracts";
import { genesisRows } from "./economy";
import { call, check, differs, equal, Lookup, read, ref, type Step } from "./plan";
import { addressIn, Plan } from "./predict";
import { ownedIn, type OWNED } from "./suite";

const NOBODY = "0x0000000000000000000000000000000000000000";

/** Roles of the timelock. */
const ROLES = ["DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE"] as const;

/**
 * The hand-over as a plan over a deployed suite. Every owned contract is offered to the timelock, which takes it over by
 * anybody's call; then the governor is appointed, and with that the deployer's last right is gone. In between the timelock
 * can do nothing at all, as nobody proposes to it. Ends by proving that the deployer has no right left.
 */
export function handoverPlan(config: SuiteConfig, suite: Plan): Plan {
  const owned = ownedIn(suite);
  return new Plan(
    [
      ...owned.flatMap((contract) => [
        offer(contract),
        call({
          contract: "CommonsTimelock",
          method: "takeOver",
          args: [ref(contract)],
          by: "deployer",
          unless: equal(read(contract, "owner"), ref("CommonsTimelock")),
          note: contract,
        }),
      ]),
      call({
        contract: "CommonsTimelock",
        method: "appoint",
        args: [ref("CommonsGovernor")],
        by: "owner",
        unless: equal(read("CommonsTimelock", "appointer"), NOBODY),
      }),
      ...proofs(config, suite),
    ],
    suite.place,
    suite.creations,
  );
}

function offer(contract: (typeof OWNED)[number]): Step {
  const timelock = ref("CommonsTimelock");
  return {
    kind: "call",
    id: `${contract}.transferOwnership`,
    contract,
    method: "transferOwnership",
    args: [timelock],
    by: "owner",
    value: 0n,
    unless: [equal(read(contract, "pendingOwner"), timelock), equal(read(contract, "owner"), timelock)],
  };
}

/** Rights that a configuration gives to the deployer itself, in words: with one of them, it could not become nobody. */
export function deployersRights(config: SuiteConfig): readonly string[] {
  const { owner, arbiters, attestation, governance, treasury, payees, diverted } = config;
  return [
    ...(arbiters.includes(owner) ? ["rules on disputes"] : []),
    ...(attestation.signers.includes(owner) ? ["attests results"] : []),
    ...(governance.guardian === owner ? ["is the guardian"] : []),
    ...(treasury === owner ? ["is the treasury"] : []),
    ...(Object.values(payees).includes(owner) ? ["is paid from the sale"] : []),
    ...(Object.values(diverted).includes(owner) ? ["receives a share"] : []),
  ];
}

/** Tokens in an owner's account of the vault, wei. */
function vaultBalance(owner: string): Lookup {
  return new Lookup(`balance of ${owner}`, "PaymentVault", async (provider, to) => {
    const abi = interfaceOf("PaymentVault");
    const ask = async (method: string, value: unknown): Promise<bigint> => {
      const answer = await provider.call({ to, data: abi.encodeFunctionData(method, [value]) });
      return abi.decodeFunctionResult(method, answer)[0] as bigint;
    };
    const account = await ask("accountOf", owner);
    return account === 0n ? 0n : ask("balanceOf", account);
  });
}

/** What must hold when everything is handed over. */
function proofs(config: SuiteConfig, suite: Plan): readonly Step[] {
  const { owner, governance } = config;
  const governor = ref("CommonsGovernor");
  const timelock = ref("CommonsTimelock");
  const role = (name: (typeof ROLES)[number]) => read("CommonsTimelock", name);
  return [
    ...ownedIn(suite).flatMap((contract) => [
      check(equal(read(contract, "owner"), timelock), "the timelock's"),
      check(equal(read(contract, "pendingOwner"), NOBODY), "nobody's"),
    ]),
    check(equal(read("GenesisAllocator", "owner"), NOBODY), "nobody's"),
    check(
      equal(read("GenesisAllocator", "tableHash"), tableHash(genesisRows(config, suite.creations))),
      "the preset's",
    ),
    check(equal(read("GenesisAllocator", "executed"), true)),
    check(equal(read("CommonsTimelock", "appointer"), NOBODY)),
    ...ROLES.map((name) =>
      check(equal(read("CommonsTimelock", "hasRole", role(name), owner), false), `of the deployer, ${name}`),
    ),
    ...ROLES.slice(1).map((name) =>
      check(equal(read("CommonsTimelock", "hasRole", role(name), governor), true), `of the governor, ${name}`),
    ),
    ...ROLES.slice(1).map((name) =>
      check(equal(read("CommonsTimelock", "hasRole", role(name), NOBODY), false), `of everybody, ${name}`),
    ),
    check(equal(read("CommonsTimelock", "getMinDelay"), governance.delay)),
    check(equal(read("GovernedArbiter", "isArbiter", owner), false), "of the deployer"),
    check(equal(read("ReviewPanel", "isArbiter", owner), false), "of the deployer"),
    check(differs(read("CommonsGuardian", "holder"), owner), "not the deployer"),
    check(equal(read("CommonsGuardian", "timelock"), timelock)),
    check(equal(read("ComputeToken", "balanceOf", owner), 0n), "of the deployer"),
    check(equal(vaultBalance(owner), 0n)),
  ];
}

/** Who got a role of the timelock and kept it, and what was ever queued in it. */
export interface TimelockHistory {
  /** Holders by role, both as the events have them. */
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
  readonly operations: readonly string[];
}

const EVENTS = ["RoleGranted", "RoleRevoked", "CallScheduled"] as const;

/** Reads a timelock's history from its logs, oldest first. */
export function historyOf(
  logs: readonly { readonly topics: readonly string[]; readonly data: string }[],
): TimelockHistory {
  const abi = interfaceOf("CommonsTimelock");
  const holders = new Map<string, Set<string>>();
  const operations: string[] = [];
  for (const { topics, data } of logs) {
    const event = abi.parseLog({ topics, data });
    if (event === null || !EVENTS.some((name) => name === event.name)) continue;
    if (event.name === "CallScheduled") {
      operations.push(String(event.args[0]));
      continue;
    }
    const [role, account] = event.args as unknown as readonly [string, string];
    const set = holders.get(role) ?? new Set();
    holders.set(role, set);
    if (event.name === "RoleGranted") set.add(account);
    else set.delete(account);
  }
  return { holders, operations };
}

/** Topics of the events that `historyOf` reads. */
export function historyTopics(): readonly string[] {
  const abi = interfaceOf("CommonsTimelock");
  return EVENTS.map((name) => abi.getEvent(name)?.topicHash ?? "");
}

/**
 * What is wrong with a timelock's history right after a hand-over: roles of anybody but the governor and the timelock
 * itself, which views cannot list, or operations from before it.
 */
export function historyFaults({ holders, operations }: TimelockHistory, suite: Plan): readonly string[] {
  const governor = addressIn(suite.creations, "CommonsGovernor");
  const timelock = addressIn(suite.creations, "CommonsTimelock");
  const admin = `0x${"0".repeat(64)}`;
  const faults = [...holders].flatMap(([role, accounts]) =>
    [...accounts]
      .filter((account) => account !== (role === admin ? timelock : governor))
      .map((account) => `${account} has the role ${role} of the timelock`),
  );
  return [...faults, ...operations.map((id) => `operation ${id} was queued in the timelock before the hand-over`)];
}
