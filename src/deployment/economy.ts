import { encodeBytes32String, getCreateAddress, type Provider } from "ethers";
import { supplyWei, tableHash, type AllocationRow } from "../../deploy/presets/allocation";
import { partsOf, type Part, type Preset, type VestingTerms } from "../../deploy/presets/schema";
import { emissionParameters, partWei, saleParameters, vestingParameters } from "../../deploy/presets/terms";
import type { IVestingVault } from "../../typechain-types";
import type { SuiteConfig } from "./config";
import { interfaceOf } from "./contracts";
import { atLeast, call, check, create, createAs, equal, Lookup, read, ref, type Step, type Value } from "./plan";
import { addressIn, type Creations } from "./predict";

/** The token economy as steps: token, vesting, sale and emission, and at the end the genesis that pays them all. */

/** Holder of the account that fees go to: the one configured, or the timelock. */
export function treasuryIn({ treasury }: Pick<SuiteConfig, "treasury">): Value & (string | ReturnType<typeof ref>) {
  return treasury ?? ref("CommonsTimelock");
}

/** The token, by its preset with or without issuance, and who mints. */
export function tokenSteps({ owner, preset }: SuiteConfig): readonly Step[] {
  const { name, symbol } = preset.token;
  const genesis = [
    name.value,
    symbol.value,
    supplyWei(preset),
    ref("GenesisAllocator"),
    ref("DelegationDesk"),
  ] as const;
  const before = [create("DelegationDesk", []), create("GenesisAllocator", [owner])];
  if (preset.issuance.value.kind === "none") return [...before, create("ComputeToken", [...genesis])];
  return [
    ...before,
    create("EmissionController", [owner]),
    createAs("ComputeToken", "IssuableToken", [...genesis, ref("EmissionController")]),
    call({
      contract: "EmissionController",
      method: "setToken",
      args: [ref("ComputeToken")],
      by: "owner",
      unless: equal(read("EmissionController", "token"), ref("ComputeToken")),
    }),
  ];
}

/** Vesting vault, splitter, sale and distributor, none of them with a token yet. */
export function economySteps(config: SuiteConfig): readonly Step[] {
  const { owner, preset, currency, payees, payeeLock, saleStart } = config;
  const { tokensForSale, softCap, vesting, rounds } = saleParameters(preset, saleStart);
  const paid = currency.kind === "stub" ? ref("CurrencyStub") : currency.address;
  const emission = emissionParameters(preset);
  const shares = preset.proceeds.map(({ key, shareBps }) => ({ payee: payees[key] ?? "", bps: shareBps.value }));
  return [
    ...(currency.kind === "stub" ? [create("CurrencyStub", [encodeBytes32String("USDC"), 6])] : []),
    create("VestingVault", [ref("ComputeToken"), ref("DelegationDesk"), owner]),
    create("ProceedsSplitter", [paid, shares, payeeLock, owner]),
    create("TokenSale", [
      {
        token: ref("ComputeToken"),
        currency: paid,
        vault: ref("VestingVault"),
        splitter: ref("ProceedsSplitter"),
        treasury: treasuryIn(config),
        tokensForSale,
        softCap,
      },
      vesting,
      owner,
    ]),
    ...(emission === undefined
      ? []
      : [create("EmissionDistributor", [ref("ComputeToken"), emission.pool, emission.period, owner])]),
    ...roundSteps(rounds),
  ];
}

/** The rounds of the sale, one after the other. */
function roundSteps(rounds: ReturnType<typeof saleParameters>["rounds"]): readonly Step[] {
  const plan = [rounds.length, rounds[0]?.start ?? 0, rounds.at(-1)?.end ?? 0];
  return [
    call({
      contract: "TokenSale",
      method: "setRounds",
      args: [rounds],
      by: "owner",
      unless: equal(read("TokenSale", "plan"), plan),
    }),
    ...rounds.map((round, index) => check(equal(read("TokenSale", "roundTerms", index), round), `of round ${index}`)),
  ];
}

/** Schedules of the vesting shares; shares of the same terms are one schedule. */
interface SharedSchedule {
  readonly terms: IVestingVault.TermsStruct;
  readonly parts: readonly Part[];
  readonly amount: bigint;
  readonly id: Lookup;
}

function schedulesOf({ preset, diverted, vestingStart }: SuiteConfig, creations: Creations): readonly SharedSchedule[] {
  const grantor = addressIn(creations, "CommonsTimelock");
  const byTerms = new Map<string, { terms: VestingTerms; parts: Part[] }>();
  for (const part of partsOf(preset)) {
    if (part.destination.kind !== "vesting" || diverted[part.key] !== undefined) continue;
    const terms = part.destination.terms.value;
    const key = JSON.stringify(terms);
    const entry = byTerms.get(key);
    if (entry === undefined) byTerms.set(key, { terms, parts: [part] });
    else entry.parts.push(part);
  }
  return [...byTerms.values()].map(({ terms: months, parts }) => {
    const terms = { start: vestingStart, ...vestingParameters(months) };
    const amount = parts.reduce((sum, part) => sum + partWei(preset, part), 0n);
    const name = `schedule of ${parts.map(({ key }) => key).join(" and ")}`;
    return {
      terms,
      parts,
      amount,
      id: new Lookup(name, "VestingVault", (...at) => findSchedule(...at, terms, grantor)),
    };
  });
}

/** Id of the first schedule of these terms whose grantor is the timelock; 0 when there is none. Whoever made it, it is as good. */
async function findSchedule(
  provider: Pick<Provider, "call">,
  to: string,
  terms: IVestingVault.TermsStruct,
  grantor: string,
): Promise<bigint> {
  const abi = interfaceOf("VestingVault");
  const ask = async (method: string, args: readonly unknown[] = []): Promise<unknown> => {
    const answer = await provider.call({ to, data: abi.encodeFunctionData(method, args) });
    return abi.decodeFunctionResult(method, answer)[0] as unknown;
  };
  const wanted = abi.encodeFunctionData("createSchedule", [terms, grantor]);
  const isWanted = async (id: number): Promise<boolean> => {
    if ((await ask("grantorOf", [id])) !== grantor) return false;
    const found = await ask("termsOf", [id]);
    return abi.encodeFunctionData("createSchedule", [found, grantor]) === wanted;
  };
  const count = Number(await ask("scheduleCount"));
  for (let first = 1; first <= count; first += ASKED_AT_ONCE) {
    const ids = Array.from({ length: Math.min(ASKED_AT_ONCE, count + 1 - first) }, (_, index) => first + index);
    const found = (await Promise.all(ids.map(isWanted))).indexOf(true);
    if (found !== -1) return BigInt(first + found);
  }
  return 0n;
}

/** Schedules looked at side by side: anybody may have created thousands, so that a deployer would look for hours. */
const ASKED_AT_ONCE = 50;

/** Address of the vault's inbox, its constructor's one creation. */
export function inboxIn(creations: Creations): string {
  return getCreateAddress({ from: addressIn(creations, "VestingVault"), nonce: 1 });
}

/** Rows of the genesis table: every share to where it belongs. */
export function genesisRows(config: SuiteConfig, creations: Creations): readonly AllocationRow[] {
  const { preset, diverted } = config;
  const parts = partsOf(preset);
  for (const key of Object.keys(diverted)) {
    const kind = parts.find((part) => part.key === key)?.destination.kind;
    if (kind === undefined) throw new InvalidDestination(`${preset.id} has no part ${key}`);
    if (kind === "sale" || kind === "emission") throw new InvalidDestination(`${key} cannot go anywhere else`);
  }
  const treasury = config.treasury ?? addressIn(creations, "CommonsTimelock");
  const own = (kind: Part["destination"]["kind"]): string => {
    if (kind === "emission") return addressIn(creations, "EmissionDistributor");
    if (kind === "sale") return addressIn(creations, "TokenSale");
    return kind === "vesting" ? inboxIn(creations) : treasury;
  };
  return parts.map((part) => ({
    destination: diverted[part.key] ?? own(part.destination.kind),
    amount: partWei(preset, part),
    label: encodeBytes32String(part.key),
  }));
}

/** A share would go where it may not. */
export class InvalidDestination extends Error {
  override readonly name = "InvalidDestination";
}

/** Fixes the table, gives up the allocator, pays every destination, puts vesting shares into their schedules, starts emission. */
export function genesisSteps(config: SuiteConfig, creations: Creations): readonly Step[] {
  const rows = genesisRows(config, creations);
  const hash = tableHash(rows);
  const schedules = schedulesOf(config, creations);
  const supply = supplyWei(config.preset);
  return [
    check(equal(read("VestingVault", "inbox"), inboxIn(creations))),
    call({
      contract: "GenesisAllocator",
      method: "fixTable",
      args: [ref("ComputeToken"), hash],
      by: "owner",
      unless: equal(read("GenesisAllocator", "tableHash"), hash),
    }),
    call({
      contract: "GenesisAllocator",
      method: "renounceOwnership",
      args: [],
      by: "owner",
      unless: equal(read("GenesisAllocator", "owner"), "0x0000000000000000000000000000000000000000"),
    }),
    call({
      contract: "GenesisAllocator",
      method: "execute",
      args: [[...rows]],
      by: "deployer",
      unless: equal(read("GenesisAllocator", "executed"), true),
    }),
    // The issuance that some presets have comes on top later.
    check(atLeast(read("ComputeToken", "totalSupply"), supply)),
    check(equal(read("ComputeToken", "balanceOf", ref("GenesisAllocator")), 0n), "of the allocator"),
    ...schedules.flatMap(({ terms, id, amount }) => [
      call({
        contract: "VestingVault",
        method: "createSchedule",
        args: [terms, ref("CommonsTimelock")],
        by: "deployer",
        unless: atLeast(id, 1n),
        note: `: ${id.name}`,
      }),
      call({
        contract: "VestingVault",
        method: "allot",
        args: [id, amount],
        by: "owner",
        unless: atLeast(read("VestingVault", "poolOf", id), amount),
        note: `: ${id.name}`,
      }),
    ]),
    ...(emissionParameters(config.preset) === undefined
      ? []
      : [
          call({
            contract: "EmissionDistributor",
            method: "start",
            args: [],
            by: "deployer",
            unless: atLeast(read("EmissionDistributor", "startedAt"), 1n),
          }),
        ]),
  ];
}

/** Payees that are missing, and keys that nobody is paid for. */
export function payeeFaults(preset: Preset, payees: Readonly<Record<string, string>>): readonly string[] {
  const keys = preset.proceeds.map(({ key }) => key);
  return [
    ...keys.filter((key) => payees[key] === undefined).map((key) => `${preset.id} needs a payee for ${key}`),
    ...Object.keys(payees)
      .filter((key) => !keys.includes(key))
      .map((key) => `${preset.id} has no proceeds for ${key}`),
  ];
}
