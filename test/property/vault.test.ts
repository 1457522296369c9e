/** Random histories of the PaymentVault against the plain model: deposits, debits, releases, withdrawals, donations, days. */
import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { VaultModel, VaultRefusal } from "../../src/model/vault";
import type { ComputeToken, PaymentVault } from "../../typechain-types";

const GWEI = 10n ** 9n;
const TOKEN = 10n ** 18n;
const DAY = 86_400n;
const HOLDERS = 3;
const MODULES = 3;

type World = {
  vault: PaymentVault;
  token: ComputeToken;
  owner: HardhatEthersSigner;
  holders: HardhatEthersSigner[];
  /** Royalty sinks that also spend; the last one is never added. */
  modules: HardhatEthersSigner[];
};

/** One step of a history: what it does to both sides at a time. */
type Step = {
  name: string;
  model: (model: VaultModel, world: World, now: bigint) => void;
  chain: (world: World, model: VaultModel) => Promise<unknown>;
};

async function vaultWorld(): Promise<World> {
  const [owner, ...others] = await ethers.getSigners();
  if (owner === undefined) throw new Error("no signers");
  const holders = others.slice(0, HOLDERS);
  const token = await ethers.deployContract("ComputeToken", [
    "VaikerAI",
    "VAIK",
    10n ** 27n,
    owner.address,
    ethers.ZeroAddress,
  ]);
  const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
  for (const holder of holders) {
    await token.transfer(holder.address, 10n ** 26n);
    await token.connect(holder).approve(vault, ethers.MaxUint256);
  }
  const modules: HardhatEthersSigner[] = [];
  for (let i = 0; i < MODULES; i++) {
    const sink = await ethers.deployContract("RoyaltySinkMock", [vault]);
    const played = await ethers.getImpersonatedSigner(await sink.getAddress());
    await setBalance(played.address, 10n ** 20n);
    modules.push(played);
  }
  return { vault, token, owner, holders, modules };
}

const holder = fc.nat(HOLDERS - 1);
/** Mostly the first, which both first holders allowed. */
const anyModule = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(MODULES - 1) },
);
/** Mostly yes. */
const mostlyTrue = fc.nat(5).map((n) => n > 0);
/** Ids 1 to 3 come to exist; 0 and 4 never do. */
const account = fc.bigInt({ min: 0n, max: 4n });
const likelyAccount = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 3n }) },
  { weight: 1, arbitrary: account },
);
const anyWei = fc.bigInt({ min: 0n, max: 1_000n * TOKEN });
/** A share of what there is, in thousandths; above 1,000 it is too much. */
const share = fc.bigInt({ min: 0n, max: 1_050n });

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
};

const floorGwei = (amount: bigint) => amount - (amount % GWEI);
const heldOf = (model: VaultModel, { modules }: World, i: number) =>
  model.modules.get(at(modules, i).address)?.held ?? 0n;

const open: fc.Arbitrary<Step> = fc.record({ who: holder }).map(({ who }) => ({
  name: `open(${who})`,
  model: (model, { holders }, now) => void model.openAccount(at(holders, who).address, now),
  chain: ({ vault, holders }) => vault.openAccount(at(holders, who).address),
}));

const deposit: fc.Arbitrary<Step> = fc
  .record({ who: holder, to: likelyAccount, amount: anyWei })
  .map(({ who, to, amount }) => ({
    name: `deposit(${who} -> ${to}, ${amount})`,
    model: (model, _, now) => model.deposit(to, amount, now),
    chain: ({ vault, holders }) => vault.connect(at(holders, who)).deposit(to, amount),
  }));

const withdraw: fc.Arbitrary<Step> = fc.record({ who: holder, part: share }).map(({ who, part }) => {
  const amountIn = (model: VaultModel, { holders }: World) =>
    ((model.accounts.get(model.accountOf(at(holders, who).address))?.balance ?? 0n) * part) / 1_000n;
  return {
    name: `withdraw(${who}, ${part}/1000)`,
    model: (model, world, now) => model.withdraw(at(world.holders, who).address, amountIn(model, world), now),
    chain: (world, before) =>
      world.vault.connect(at(world.holders, who)).withdraw(amountIn(before, world), at(world.holders, who).address),
  };
});

const setModule: fc.Arbitrary<Step> = fc.record({ i: anyModule, allowed: mostlyTrue }).map(({ i, allowed }) => ({
  name: `setModule(${i}, ${allowed})`,
  // The last module stays a stranger.
  model: (model, { modules }) => void (i < MODULES - 1 && model.setModule(at(modules, i).address, allowed ? 1n : 0n)),
  chain: async ({ vault, modules }) =>
    i < MODULES - 1 ? vault.setModule(at(modules, i).address, allowed ? 1 : 0) : undefined,
}));

const authorise: fc.Arbitrary<Step> = fc
  .record({ who: holder, i: anyModule, allowed: mostlyTrue })
  .map(({ who, i, allowed }) => ({
    name: `authorise(${who}, ${i}, ${allowed})`,
    model: (model, { holders, modules }, now) =>
      model.setAuthorisation(at(holders, who).address, at(modules, i).address, allowed, now),
    chain: ({ vault, holders, modules }) =>
      vault.connect(at(holders, who)).setAuthorisation(at(modules, i).address, allowed),
  }));

const debit: fc.Arbitrary<Step> = fc
  .record({ i: anyModule, from: likelyAccount, part: share, fraction: fc.constantFrom(0n, 0n, 0n, 0n, 0n, 0n, 1n) })
  .map(({ i, from, part, fraction }) => {
    const amountIn = (model: VaultModel) =>
      floorGwei(((model.accounts.get(from)?.balance ?? 0n) * part) / 1_000n) + fraction;
    return {
      name: `debit(${i}, ${from}, ${part}/1000 + ${fraction})`,
      model: (model, { modules }, now) => model.debit(at(modules, i).address, from, amountIn(model), now),
      chain: ({ vault, modules }, before) => vault.connect(at(modules, i)).debit(from, amountIn(before), 0),
    };
  });

const release: fc.Arbitrary<Step> = fc
  .record({
    i: anyModule,
    to: likelyAccount,
    too: likelyAccount,
    sink: anyModule,
    parts: fc.tuple(share, share, share, share),
  })
  .map(({ i, to, too, sink, parts }) => {
    const amountsIn = (model: VaultModel, world: World) =>
      // A quarter each at most, so that the sum is mostly within what is held.
      parts.map((part) => floorGwei((heldOf(model, world, i) * part) / 4_000n)) as [bigint, bigint, bigint, bigint];
    const paymentsOf = ([a, b]: readonly bigint[]) => [
      { account: to, amount: a ?? 0n },
      { account: too, amount: b ?? 0n },
    ];
    return {
      name: `release(${i} -> ${to}, ${too}, sink ${sink}, ${parts.join("/")})`,
      model: (model, world, now) => {
        const [a, b, fee, royalty] = amountsIn(model, world);
        const caller = at(world.modules, i).address;
        model.release(caller, paymentsOf([a, b]), fee, at(world.modules, sink).address, royalty, now);
      },
      chain: (world, before) => {
        const [a, b, fee, royalty] = amountsIn(before, world);
        const asModule = world.vault.connect(at(world.modules, i));
        if (royalty === 0n) return asModule.release(paymentsOf([a, b]), fee);
        const royalties = [{ asset: 1n, amount: royalty, uses: 1n }];
        return asModule.releaseWithRoyalties(paymentsOf([a, b]), fee, at(world.modules, sink).address, royalties);
      },
    };
  });

const collectFees: fc.Arbitrary<Step> = fc.record({ i: anyModule }).map(({ i }) => ({
  name: `collectFees(${i})`,
  model: (model, { modules }, now) => model.collectFees(at(modules, i).address, now),
  chain: ({ vault, modules }) => vault.collectFees(at(modules, i).address),
}));

const donate: fc.Arbitrary<Step> = fc.record({ amount: anyWei }).map(({ amount }) => ({
  name: `donate(${amount})`,
  model: (model) => model.donate(amount),
  chain: ({ vault, token }) => token.transfer(vault, amount),
}));

const skim: fc.Arbitrary<Step> = fc.constant({
  name: "skim",
  model: (model, _, now) => model.skim(now),
  chain: ({ vault }) => vault.skim(),
});

const setTreasury: fc.Arbitrary<Step> = fc.record({ to: likelyAccount }).map(({ to }) => ({
  name: `setTreasury(${to})`,
  model: (model) => model.setTreasury(to),
  chain: ({ vault }) => vault.setTreasury(to),
}));

/** Steps by weight: mostly those that move money. */
const steps = fc.oneof(
  { weight: 1, arbitrary: open },
  { weight: 4, arbitrary: deposit },
  { weight: 3, arbitrary: withdraw },
  { weight: 1, arbitrary: setModule },
  { weight: 1, arbitrary: authorise },
  { weight: 6, arbitrary: debit },
  { weight: 6, arbitrary: release },
  { weight: 2, arbitrary: collectFees },
  { weight: 1, arbitrary: donate },
  { weight: 1, arbitrary: skim },
  { weight: 1, arbitrary: setTreasury },
);

/** A wait between two steps: seconds, an edge of the day, or up to 100 days. */
const wait = fc.oneof(
  { weight: 5, arbitrary: fc.bigInt({ min: 1n, max: 20_000n }).map((seconds) => (now: bigint) => now + seconds) },
  {
    weight: 2,
    arbitrary: fc
      .record({ days: fc.bigInt({ min: 1n, max: 3n }), edge: fc.constantFrom(-1n, 0n, 1n) })
      .map(
        ({ days, edge }) =>
          (now: bigint) =>
            (now / DAY + days) * DAY + edge,
      )
      .map((target) => (now: bigint) => (target(now) > now ? target(now) : now + 1n)),
  },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 100n }).map((days) => (now: bigint) => now + days * DAY + 1n) },
);

const history = fc.array(fc.tuple(wait, steps), { minLength: 20, maxLength: 80, size: "max" });

/** How every history begins, so that random steps soon move money: two funded accounts, two modules, one of them allowed. */
async function begin({ vault, holders, modules }: World, model: VaultModel): Promise<void> {
  for (const i of [0, 1]) {
    const { address } = at(modules, i);
    await vault.setModule(address, 1);
    model.setModule(address, 1n);
    const who = at(holders, i);
    await vault.connect(who).depositFor(who.address, 500n * TOKEN);
    const opened = BigInt(await time.latest());
    model.deposit(model.openAccount(who.address, opened), 500n * TOKEN, opened);
  }
  for (const who of holders.slice(0, 2)) {
    await vault.connect(who).setAuthorisation(at(modules, 0).address, true);
    model.setAuthorisation(who.address, at(modules, 0).address, true, 0n);
  }
}

describe("PaymentVault against its model", () => {
  it("agrees on every balance, refusal and two-day low, and owes what it holds (I6, I7, I19)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async (list) => {
        const world = await loadFixture(vaultWorld);
        const model = new VaultModel();
        await begin(world, model);
        let now = BigInt(await time.latest());
        for (const [next, step] of list) {
          now = next(now);
          const passed = await play(world, model, step, now);
          const key = `${step.name.split("(")[0] ?? ""} ${passed ? "passed" : "refused"}`;
          done.set(key, (done.get(key) ?? 0) + 1);
          await compare(world, model, step.name);
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
    // The histories must have reached what they are about.
    for (const name of ["deposit", "withdraw", "debit", "release", "collectFees", "skim"]) {
      expect(done.get(`${name} passed`) ?? 0, `${name} passed`).to.be.greaterThan(10);
    }
    for (const name of ["deposit", "withdraw", "debit", "release"]) {
      expect(done.get(`${name} refused`) ?? 0, `${name} refused`).to.be.greaterThan(2);
    }
  });

  /** Plays a step on both sides at time `now`; they must agree on whether, and why, it is refused. */
  async function play(world: World, model: VaultModel, step: Step, now: bigint): Promise<boolean> {
    await time.setNextBlockTimestamp(now);
    // The chain side sizes its amounts by the model before the step.
    const sent = step.chain(world, model);
    let refusal: string | undefined;
    try {
      step.model(model, world, now);
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      refusal = error.error;
    }
    if (refusal === undefined) await sent;
    else await expect(sent, step.name).to.be.revertedWithCustomError(world.vault, refusal);
    // A step that sends nothing, or is refused before it is sent, still lets the time pass.
    if ((await time.latest()) < now) await time.increaseTo(now);
    return refusal === undefined;
  }

  async function compare({ vault, token, modules }: World, model: VaultModel, after: string): Promise<void> {
    const now = BigInt(await time.latest());
    const ids = [...model.accounts.keys()];
    const addresses = [...model.modules.keys()];
    const [balances, lows, held, fees, liabilities, tokens, stranger] = await Promise.all([
      Promise.all(ids.map((id) => vault.balanceOf(id))),
      Promise.all(ids.map((id) => vault.lowestBalance(id))),
      Promise.all(addresses.map((address) => vault.heldBy(address))),
      Promise.all(addresses.map((address) => vault.feesOf(address))),
      vault.liabilities(),
      token.balanceOf(vault),
      vault.heldBy(at(modules, MODULES - 1).address),
    ]);
    const accounts = [...model.accounts.values()];
    expect(balances, after).to.deep.equal(accounts.map(({ balance }) => balance));
    expect(lows, `lows after ${after}`).to.deep.equal(ids.map((id) => model.lowestBalance(id, now)));
    expect(held, after).to.deep.equal([...model.modules.values()].map((module) => module.held));
    expect(fees, after).to.deep.equal([...model.modules.values()].map((module) => module.fees));
    expect(liabilities, after).to.equal(model.liabilities);
    expect(tokens, after).to.equal(model.liabilities + model.surplus);
    expect(stranger, after).to.equal(0n);
  }
});
