/** Random histories of the TokenSale against the plain model, with 6 and 18 decimals, and random splits. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { leastProceeds, SaleModel, SaleRefusal, shares, type ModelRound } from "../../src/model/sale";
import type { TokenSale } from "../../typechain-types";
import { DAY, deployWorld, FOR_SALE, GWEI, TOKEN, VESTING, type SaleWorld } from "../unit/sale/fixture";

const BUYERS = 3;
const MILLI = 10n ** 15n;
const RICH = 10n ** 40n;

type World = SaleWorld & { buyers: HardhatEthersSigner[] };

/** One step of a history: what it does to both sides at a time. */
type Step = {
  name: string;
  model: (model: SaleModel, world: World, now: bigint) => void;
  chain: (world: World, model: SaleModel, now: bigint) => Promise<unknown>;
};

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
};

const who = fc.nat(BUYERS - 1);
/** Most often the round that runs, or ran last. */
const round = fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: fc.nat(2) });
/** Part of what is left, in thousandths, most often little; above 1,000 it is too much. */
const part = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 60n }) },
  { weight: 2, arbitrary: fc.constantFrom(500n, 999n, 1_000n, 1_001n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 1_010n }) },
);
/** Odd gwei units, so that costs need rounding; rarely a fraction of one. */
const odd = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 9n }).map((units) => units * GWEI) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: GWEI }) },
);

const buy: fc.Arbitrary<Step> = fc
  .record({ who, round, part, odd, margin: fc.constantFrom(0n, 0n, 0n, 0n, 5n, 1_000n, -1n) })
  .map((c) => {
    const roundIn = (model: SaleModel, now: bigint) =>
      c.round ?? Math.max(0, model.rounds.filter(({ start }) => start <= now).length - 1);
    const amountIn = (model: SaleModel, now: bigint) => {
      const number = roundIn(model, now);
      const left = number < model.rounds.length ? model.left(number) : TOKEN;
      const whole = (left * c.part) / 1_000n;
      return c.part === 1_000n ? left : whole - (whole % GWEI) + c.odd;
    };
    const maxIn = (model: SaleModel, now: bigint) => {
      const number = roundIn(model, now);
      const cost = number < model.rounds.length ? model.cost(number, amountIn(model, now)) : 0n;
      return cost + c.margin < 0n ? 0n : cost + c.margin;
    };
    return {
      name: `buy(${c.who}, ${c.round}, ${c.part}/1000 + ${c.odd}, ${c.margin})`,
      model: (model, { buyers }, now) =>
        model.buy(at(buyers, c.who).address, roundIn(model, now), amountIn(model, now), maxIn(model, now), now),
      chain: ({ sale, buyers }, model, now) =>
        sale.connect(at(buyers, c.who)).buy(roundIn(model, now), amountIn(model, now), maxIn(model, now)),
    };
  });

const pause: fc.Arbitrary<Step> = fc
  .oneof(fc.bigInt({ min: 0n, max: DAY }), fc.bigInt({ min: 0n, max: 8n * DAY }))
  .map((duration) => ({
    name: `pause(${duration})`,
    model: (model, _, now) => model.pause(duration, now),
    chain: ({ sale }) => sale.pause(duration),
  }));

const unpause: fc.Arbitrary<Step> = fc.constant({
  name: "unpause()",
  model: (model, _, now) => model.unpause(now),
  chain: ({ sale }) => sale.unpause(),
});

const finalise: fc.Arbitrary<Step> = fc.constant({
  name: "finalise()",
  model: (model, _, now) => model.finalise(now),
  chain: ({ sale }) => sale.finalise(),
});

const expire: fc.Arbitrary<Step> = fc.constant({
  name: "expire()",
  model: (model, _, now) => model.expire(now),
  chain: ({ sale }) => sale.expire(),
});

const claim: fc.Arbitrary<Step> = who.map((i) => ({
  name: `claim(${i})`,
  model: (model, { buyers }) => model.claim(at(buyers, i).address),
  chain: ({ sale, buyers }) => sale.claim(at(buyers, i).address),
}));

const refund: fc.Arbitrary<Step> = who.map((i) => ({
  name: `refund(${i})`,
  model: (model, { buyers }) => model.refund(at(buyers, i).address),
  chain: ({ sale, buyers }) => sale.refund(at(buyers, i).address),
}));

const steps = fc.oneof(
  { weight: 12, arbitrary: buy },
  { weight: 1, arbitrary: pause },
  { weight: 1, arbitrary: unpause },
  { weight: 1, arbitrary: finalise },
  { weight: 1, arbitrary: expire },
);
const ending = fc.oneof(
  { weight: 4, arbitrary: claim },
  { weight: 4, arbitrary: refund },
  { weight: 3, arbitrary: finalise },
  { weight: 1, arbitrary: expire },
  { weight: 1, arbitrary: buy },
);
const wait = fc.oneof(
  { weight: 12, arbitrary: fc.bigInt({ min: 1n, max: DAY / 3n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: DAY, max: 3n * DAY }) },
);

/** Prices with digits below and above what rounds, for a currency with `decimals`. */
const priceOf = (usd: bigint) =>
  fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: usd }), fc.bigInt({ min: usd, max: 10n * usd }));
const milli = (max: bigint) => fc.bigInt({ min: 1n, max: max / MILLI }).map((amount) => amount * MILLI);

const terms = (usd: bigint) =>
  fc
    .record({
      price: priceOf(usd),
      wait: fc.bigInt({ min: 0n, max: DAY }),
      length: fc.bigInt({ min: DAY, max: 8n * DAY }),
      cap: fc.oneof(fc.constant(FOR_SALE), milli(FOR_SALE)),
      perBuyer: fc.oneof(fc.bigInt({ min: 1n, max: 1_000n }), fc.constant(1_000n)),
      minimum: fc.bigInt({ min: 0n, max: 1_000_000n }),
    })
    .map((t) => {
      const perBuyer =
        (t.cap / MILLI) * t.perBuyer >= 1_000n ? (((t.cap / MILLI) * t.perBuyer) / 1_000n) * MILLI : MILLI;
      const minimum = t.minimum % 3n === 0n ? 0n : t.minimum * MILLI;
      return { ...t, perBuyer, minimum: minimum < perBuyer ? minimum : perBuyer };
    });

const plan = fc.constantFrom(6n, 18n).chain((decimals) =>
  fc.record({
    decimals: fc.constant(decimals),
    rounds: fc.array(terms(10n ** decimals), { minLength: 1, maxLength: 2, size: "max" }),
    /** Soft cap in thousandths of the least that a sold-out sale raises. */
    softCap: fc.constantFrom(0n, 0n, 1n, 1_000n, 1_000n),
  }),
);

type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;

const history = fc.record({
  plan,
  selling: fc.array(fc.tuple(wait, steps), { minLength: 20, maxLength: 45, size: "max" }),
  ending: fc.array(ending, { minLength: 10, maxLength: 16, size: "max" }),
});

const worlds = { "6": () => deployWorld(6n), "18": () => deployWorld(18n) };

/** A sale of that plan, funded, with rich buyers, and its model. */
async function begin({ decimals, rounds, softCap }: Plan): Promise<[World, SaleModel]> {
  const base = await loadFixture(decimals === 6n ? worlds["6"] : worlds["18"]);
  const { setup, owner, token, currency, alice, bob, carol } = base;
  let start = BigInt(await time.latest()) + DAY;
  const planned: ModelRound[] = rounds.map(({ price, cap, perBuyer, minimum, wait: gap, length }) => {
    const round = { price, start: start + gap, end: start + gap + length, cap, perBuyer, minimum };
    start = round.end;
    return round;
  });
  const sold = leastProceeds(planned, FOR_SALE);
  const wanted = (sold * softCap) / 1_000n;
  const cap = wanted < 10n ** 27n ? wanted : 10n ** 27n;
  const sale: TokenSale = await ethers.deployContract("TokenSale", [
    { ...setup, softCap: cap },
    VESTING,
    owner.address,
  ]);
  await token.transfer(sale, FOR_SALE);
  const unlisted = planned.map((round) => ({ ...round, listed: false }));
  if (cap === sold) {
    const greedy = await ethers.deployContract("TokenSale", [{ ...setup, softCap: cap + 1n }, VESTING, owner.address]);
    await expect(greedy.setRounds(unlisted))
      .to.be.revertedWithCustomError(greedy, "SaleSoftCapUnreachable")
      .withArgs(sold, sold + 1n);
  }
  await sale.setRounds(unlisted);
  const buyers = [alice, bob, carol];
  for (const buyer of buyers) {
    await currency.mint(buyer.address, RICH - (await currency.balanceOf(buyer.address)));
    await currency.connect(buyer).approve(sale, ethers.MaxUint256);
  }
  await time.increaseTo(at(planned, 0).start - 1n);
  return [{ ...base, sale, buyers }, new SaleModel(FOR_SALE, cap, planned)];
}

describe("TokenSale against its model", () => {
  it("agrees on every purchase, refusal and ending; costs round up, sums are exact (I5, I36)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async ({ plan: chosen, selling, ending: last }) => {
        const [world, model] = await begin(chosen);
        const run = async (step: Step, now: bigint) => {
          const passed = await play(world, model, step, now);
          const key = `${step.name.split("(")[0] ?? ""} ${passed}`;
          done.set(key, (done.get(key) ?? 0) + 1);
        };
        let now = BigInt(await time.latest());
        for (const [seconds, step] of selling) await run(step, (now += seconds));
        const end = at(model.rounds, model.rounds.length - 1).end;
        if (now < end) now = end;
        for (const step of last) await run(step, (now += 1n));
        await settle(world, model);
      }),
      { numRuns: 30, endOnFailure: true },
    );
    const reached = (name: string) => done.get(name) ?? 0;
    for (const name of ["buy", "pause", "finalise", "claim", "refund"]) {
      expect(reached(`${name} passed`), `${name} passed`).to.be.greaterThan(0);
    }
    for (const name of [
      "NotEnoughLeft",
      "BelowMinimum",
      "AboveLimit",
      "CostAboveMaximum",
      "RoundNotOpen",
      "IsPaused",
    ]) {
      expect(reached(`buy Sale${name}`), name).to.be.greaterThan(0);
    }
  });

  /** Plays a step on both sides; they must agree on whether, and why, it is refused, and on every sum after it. */
  async function play(world: World, model: SaleModel, step: Step, now: bigint): Promise<string> {
    await time.setNextBlockTimestamp(now);
    const sent = step.chain(world, model, now);
    let refusal: string | undefined;
    try {
      step.model(model, world, now);
    } catch (error) {
      if (!(error instanceof SaleRefusal)) throw error;
      refusal = error.error;
    }
    if (refusal === undefined) await sent;
    else await expect(sent, step.name).to.be.revertedWithCustomError(world.sale, refusal);
    if ((await time.latest()) < now) await time.increaseTo(now);
    await compare(world, model, step.name);
    return refusal ?? "passed";
  }

  async function compare(world: World, model: SaleModel, after: string): Promise<void> {
    const { sale, currency, token, vault, splitter, treasury, buyers } = world;
    const addresses = buyers.map(({ address }) => address);
    const purchases = await Promise.all(addresses.map((buyer) => sale.purchaseOf(buyer)));
    const refunds = sum([...model.refunded.values()]);
    expect(purchases.map((purchase) => [...purchase])).to.deep.equal(
      addresses.map((buyer) =>
        model.granted.has(buyer) || model.refunded.has(buyer) ? [0n, 0n] : [model.bought({ buyer }), model.paid(buyer)],
      ),
      after,
    );
    expect(await sale.sold(), after).to.equal(model.sold);
    expect(await sale.raised(), after).to.equal(model.raised);
    const spent = RICH * BigInt(BUYERS) - sum(await Promise.all(addresses.map((buyer) => currency.balanceOf(buyer))));
    expect(spent, after).to.equal(model.raised - refunds);
    const won = model.status === "succeeded";
    const over = model.status !== "open";
    expect(await currency.balanceOf(sale), after).to.equal(won ? 0n : model.raised - refunds);
    expect(await currency.balanceOf(splitter), after).to.equal(won ? model.raised : 0n);
    expect(await token.balanceOf(sale), after).to.equal(over ? 0n : FOR_SALE);
    expect(await token.balanceOf(vault), after).to.equal(won ? model.sold : 0n);
    const back = over ? FOR_SALE - (won ? model.sold : 0n) : 0n;
    expect(await token.balanceOf(treasury.address), after).to.equal(back);
    expect(model.raised >= exactPrice(model) && model.sold <= FOR_SALE, "I36 rounding and cap").to.equal(true);
  }

  /** At the end everybody has a grant of exactly what was bought, or every unit of money back. */
  async function settle({ sale, vault, currency, buyers }: World, model: SaleModel): Promise<void> {
    if (model.status === "open") {
      const end = at(model.rounds, model.rounds.length - 1).end;
      await time.setNextBlockTimestamp(end > BigInt(await time.latest()) ? end : BigInt(await time.latest()) + 1n);
      await sale.finalise();
      model.finalise(end);
    }
    for (const { address } of buyers) {
      const bought = model.bought({ buyer: address });
      if (model.status === "succeeded") {
        if (bought !== 0n && !model.granted.has(address)) await sale.claim(address);
        expect((await vault.grantOf(1, address)).total).to.equal(bought);
      } else {
        if (bought !== 0n && !model.refunded.has(address)) await sale.refund(address);
        expect(await currency.balanceOf(address)).to.equal(RICH);
      }
    }
    if (model.status === "succeeded") expect(await vault.poolOf(1)).to.equal(0n);
    expect(await currency.balanceOf(sale)).to.equal(0n);
  }

  /** What everything sold would cost without rounding, rounded down in all. */
  function exactPrice(model: SaleModel): bigint {
    const exact = model.purchases.map(({ round: number, amount }) => amount * at(model.rounds, number).price);
    return sum(exact) / TOKEN;
  }
});

describe("ProceedsSplitter against its model", () => {
  it("pays and credits exactly what came in, to the last unit (I13)", async () => {
    const weights = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 10 }).map((list) => {
      const total = list.reduce((all, weight) => all + weight + 1, 0);
      const bps = list.map((weight) => BigInt(Math.max(1, Math.floor(((weight + 1) * 9_000) / total))));
      return [...bps.slice(0, -1), 10_000n - sum(bps.slice(0, -1))];
    });
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { minLength: 1, maxLength: 4 });
    const refusing = fc.array(fc.nat(9), { maxLength: 3 });
    const [owner] = await ethers.getSigners();
    const currency = await ethers.deployContract("RefusingCurrency", [6]);
    let run = 0n;
    await fc.assert(
      fc.asyncProperty(weights, amounts, refusing, async (bps, incoming, refused) => {
        run += 1n;
        const list = bps.map((share, i) => ({ payee: ethers.toBeHex((run << 16n) + BigInt(i) + 1n, 20), bps: share }));
        const splitter = await ethers.deployContract("ProceedsSplitter", [
          currency,
          list,
          30n * DAY,
          owner?.address ?? "",
        ]);
        const bad = new Set(refused.filter((i) => i < list.length));
        for (const i of bad) await currency.setBlacklisted(at(list, i).payee, true);
        const due = list.map(() => 0n);
        for (const amount of incoming) {
          await currency.mint(splitter, amount);
          await splitter.split(currency);
          shares(amount, bps).forEach((share, i) => (due[i] = at(due, i) + share));
        }
        const paid = await Promise.all(list.map(({ payee }) => currency.balanceOf(payee)));
        const credits = await Promise.all(list.map(({ payee }) => splitter.creditOf(currency, payee)));
        expect(paid).to.deep.equal(due.map((share, i) => (bad.has(i) ? 0n : share)));
        expect(credits).to.deep.equal(due.map((share, i) => (bad.has(i) ? share : 0n)));
        expect(await splitter.creditsOf(currency)).to.equal(sum(credits));
        expect(await currency.balanceOf(splitter)).to.equal(sum(credits));
        expect(sum(paid) + sum(credits)).to.equal(sum(incoming));
      }),
      { numRuns: 40 },
    );
  });
});

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
