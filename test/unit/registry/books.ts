/** What the registry must hold and owe, counted anew from its views (I2, I20, I21), and where its GPUs must stand. */
import { expect } from "chai";
import { GWEI, type World } from "./fixture";

/** Sums over every GPU, slash and account, token wei. */
export interface Books {
  stake: bigint;
  unbonding: bigint;
  heldSlashes: bigint;
  credits: bigint;
  fees: bigint;
}

/** Counts everything that the registry holds for somebody. */
export async function booksOf(w: World): Promise<Books> {
  const totals = await w.lens.totals();
  const books: Books = { stake: 0n, unbonding: 0n, heldSlashes: 0n, credits: 0n, fees: totals.fees };
  for (let gpu = 1n; gpu <= totals.gpus; gpu++) {
    const view = await w.registry.gpuOf(gpu);
    books.stake += view.stake;
    books.unbonding += view.unbonding;
  }
  for (let slash = 1n; slash <= totals.slashes; slash++) {
    books.heldSlashes += (await w.lens.slashOf(slash)).takenGwei * GWEI;
  }
  for (const account of await accountsOf(w)) books.credits += await w.registry.creditOf(account);
  return books;
}

/** Everything held is somebody's and nothing more is: solvency and conservation to the wei, and both sums of stake. */
export async function expectBooks(w: World): Promise<Books> {
  const books = await booksOf(w);
  const { stake, unbonding, heldSlashes, credits, fees } = books;
  expect(await w.token.balanceOf(w.registry), "tokens held").to.equal(stake + unbonding + heldSlashes + credits + fees);
  expect((await w.lens.totals()).stake, "stake in total").to.equal(stake);
  const perOwner = new Map<bigint, bigint>();
  for (let gpu = 1n; gpu <= (await w.lens.totals()).gpus; gpu++) {
    const view = await w.registry.gpuOf(gpu);
    perOwner.set(view.owner, (perOwner.get(view.owner) ?? 0n) + view.stake);
  }
  for (const [owner, sum] of perOwner) expect(await w.registry.stakeOf(owner), `stake of ${owner}`).to.equal(sum);
  return books;
}

/** Ids of all accounts of the vault. */
async function accountsOf(w: World): Promise<bigint[]> {
  const accounts: bigint[] = [];
  for (let account = 1n; BigInt(await w.vault.holderOf(account)) !== 0n; account++) accounts.push(account);
  return accounts;
}

/** The lists hold exactly the idle GPUs, each once and where its word says; no round may be open. */
export async function expectIdleListed(w: World, except: readonly bigint[] = []): Promise<void> {
  const { gpus } = await w.lens.totals();
  const wanted = new Map<string, bigint[]>();
  for (let gpu = 1n; gpu <= gpus; gpu++) {
    const { classId, region, active, slots, paused, leaving, listed } = await w.registry.gpuOf(gpu);
    const idle = active < slots && !paused && !leaving;
    if (!except.includes(gpu)) expect(listed, `GPU ${gpu} listed`).to.equal(idle);
    const key = `${classId} ${region}`;
    if (!wanted.has(key)) wanted.set(key, []);
    if (listed) wanted.get(key)?.push(gpu);
  }
  for (const [key, ids] of wanted) {
    const [classId, region] = key.split(" ").map(Number) as [number, number];
    const { entrants, joined } = await w.registry.listOf(classId, region);
    expect(joined, `joined behind in ${key}`).to.equal(0n);
    const found: bigint[] = [];
    for (let i = 0n; i < entrants; i++) found.push(await w.registry.listedAt(classId, region, i));
    expect(found.sort(byId), `list ${key}`).to.deep.equal(ids.sort(byId));
  }
}

function byId(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
