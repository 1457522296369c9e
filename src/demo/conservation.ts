import type { Provider } from "ethers";
import type { SuiteContracts } from "../deployment";

/** One place where tokens are, wei. */
export interface Holding {
  readonly account: string;
  readonly wei: bigint;
  /** Whose it is, where it is somebody's. */
  readonly holder?: string;
}

/** All tokens at one block. */
export interface Ledger {
  readonly block: number;
  readonly minted: bigint;
  /** Every place, none counted twice; those that hold nothing are left out. */
  readonly held: readonly Holding[];
}

/** Names of holders; unnamed ones are shown by address. */
export type Names = ReadonlyMap<string, string>;

const WEI_PER_GWEI = 10n ** 9n;

/** What was minted less what was found, wei; 0 when every token is accounted for. */
export function difference({ minted, held }: Pick<Ledger, "minted" | "held">): bigint {
  return held.reduce((rest, { wei }) => rest - wei, minted);
}

/**
 * Reads where every token is, from the books and not only from balances: outside of the suite by the token itself, inside
 * the vault by account, held sum and fee, inside the registry by GPU, slash, credit and fee, of validators by stake and slashes. The sum equals the supply only
 * if those books are complete.
 * @param fromBlock block of the token's creation
 */
export async function readLedger(
  suite: SuiteContracts,
  provider: Provider,
  names: Names,
  fromBlock = 0,
): Promise<Ledger> {
  const block = await provider.getBlockNumber();
  const custodians = await Promise.all(
    [suite.vault, suite.registry, suite.validators].map((contract) => contract.getAddress()),
  );
  const [minted, outside, inVault, inRegistry, ofValidators] = await Promise.all([
    suite.token.totalSupply({ blockTag: block }),
    readOutside(suite, custodians, names, fromBlock, block),
    readVault(suite, names, block),
    readRegistry(suite, names, block),
    readValidators(suite, names, block),
  ]);
  const held = [...outside, ...inVault, ...inRegistry, ...ofValidators].filter(({ wei }) => wei !== 0n);
  return { block, minted, held };
}

/** Everyone who ever received a token, but the contracts whose books are read. */
async function readOutside(
  suite: SuiteContracts,
  without: readonly string[],
  names: Names,
  fromBlock: number,
  block: number,
): Promise<readonly Holding[]> {
  const transfers = await suite.token.queryFilter(suite.token.filters.Transfer(), fromBlock, block);
  const receivers = [...new Set(transfers.map(({ args }) => args.to))].filter((to) => !without.includes(to));
  return Promise.all(
    receivers.map(async (holder) => ({
      account: `wallet of ${nameOf(names, holder)}`,
      wei: await suite.token.balanceOf(holder, { blockTag: block }),
      holder,
    })),
  );
}

async function readVault({ vault, token }: SuiteContracts, names: Names, block: number): Promise<readonly Holding[]> {
  const at = { blockTag: block };
  const holdings: Holding[] = [];
  for (let account = 1n; ; account++) {
    const holder = await vault.holderOf(account, at);
    if (/^0x0+$/.test(holder)) break;
    const wei = await vault.balanceOf(account, at);
    holdings.push({ account: `vault account of ${nameOf(names, holder)}`, wei, holder });
  }
  for (const module of await vault.modules(at)) {
    const name = nameOf(names, module);
    holdings.push({ account: `vault, held for ${name}`, wei: await vault.heldBy(module, at) });
    holdings.push({ account: `vault, fees of ${name}`, wei: await vault.feesOf(module, at) });
  }
  const balance = await token.balanceOf(await vault.getAddress(), at);
  holdings.push({ account: "vault, surplus", wei: balance - (await vault.liabilities(at)) });
  return holdings;
}

async function readRegistry(suite: SuiteContracts, names: Names, block: number): Promise<readonly Holding[]> {
  const { registry, lens, vault } = suite;
  const at = { blockTag: block };
  const { gpus, slashes, fees } = await lens.totals(at);
  const holdings: Holding[] = [{ account: "registry, fees", wei: fees }];
  for (let gpu = 1n; gpu <= gpus; gpu++) {
    const view = await registry.gpuOf(gpu, at);
    const holder = await vault.holderOf(view.owner, at);
    const owner = nameOf(names, holder);
    holdings.push({ account: `stake of GPU ${gpu} of ${owner}`, wei: view.stake, holder });
    holdings.push({ account: `unbonding of GPU ${gpu} of ${owner}`, wei: view.unbonding, holder });
  }
  for (let slash = 1n; slash <= slashes; slash++) {
    const { takenGwei } = await lens.slashOf(slash, at);
    holdings.push({ account: `slash ${slash}, held`, wei: takenGwei * WEI_PER_GWEI });
  }
  for (let account = 1n; ; account++) {
    const holder = await vault.holderOf(account, at);
    if (/^0x0+$/.test(holder)) break;
    holdings.push({
      account: `registry, credit of ${nameOf(names, holder)}`,
      wei: await registry.creditOf(account, at),
    });
  }
  return holdings;
}

async function readValidators(suite: SuiteContracts, names: Names, block: number): Promise<readonly Holding[]> {
  const { validators, vault, token } = suite;
  const at = { blockTag: block };
  const totals = await validators.totals(at);
  const holdings: Holding[] = [{ account: "validators, slashed", wei: totals.slashed }];
  for (let account = 1n; ; account++) {
    const holder = await vault.holderOf(account, at);
    if (/^0x0+$/.test(holder)) break;
    const { stake, unbonding } = await validators.validatorOf(account, at);
    const name = nameOf(names, holder);
    holdings.push({ account: `stake of validator ${name}`, wei: stake, holder });
    holdings.push({ account: `unbonding of validator ${name}`, wei: unbonding, holder });
  }
  const balance = await token.balanceOf(await validators.getAddress(), at);
  const surplus = balance - totals.stake - totals.unbonding - totals.slashed;
  return [...holdings, { account: "validators, surplus", wei: surplus }];
}

/** Name of a holder, its shortened address when it has none. */
export function nameOf(names: Names, address: string): string {
  return names.get(address.toLowerCase()) ?? `${address.slice(0, 6)}..${address.slice(-4)}`;
}
