/** Random histories of the ValidatorRegistry against the plain model: stake, places, accuracy, draws from frozen pools. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import {
  accuracyOf,
  drawSeats,
  isAvailable,
  ValidatorRefusal,
  ValidatorsModel,
  type FrozenPlace,
  type SeatOutcome,
} from "../../src/model/validators";
import * as f from "../unit/registry/validators.fixture";
import { as } from "../unit/registry/validators.fixture";

const ACTORS = 6;
const DOMAINS = 3;
const OUTCOMES = ["void", "coherent", "incoherent", "silent"] as const satisfies readonly SeatOutcome[];

/** Slashes that the daily cap splits. */
const TERMS = { ...f.TERMS, silenceBps: 600n, moduleCapPercent: 1n };

/** A question that froze a pool. */
interface Question {
  readonly domain: number;
  readonly frozenAt: bigint;
  readonly pool: readonly FrozenPlace[];
  readonly seed: string;
}

interface Play {
  readonly w: f.World;
  readonly actors: readonly HardhatEthersSigner[];
  readonly ids: readonly bigint[];
  readonly model: ValidatorsModel;
  readonly questions: Question[];
}

/** One step of a history: what it does to both sides in the block of second `now`. */
type Step = {
  readonly name: string;
  readonly chain: (play: Play) => Promise<unknown>;
  readonly model: (play: Play, now: bigint) => void;
};

function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
}

const who = fc.nat(ACTORS - 1);
const domains = fc.integer({ min: 0, max: 2 ** DOMAINS - 1 });
/** Stake around the minimum, gwei units. */
const stake = fc.bigInt({ min: -1n, max: 3n }).map((extra) => 1_000n * f.UNIT + (extra * f.UNIT) / 7n);
const some = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n * f.UNIT }),
  fc.bigInt({ min: 900n * f.UNIT, max: 1_100n * f.UNIT }),
);

const register: fc.Arbitrary<Step> = fc.record({ who, domains, stake }).map((c) => ({
  name: "register",
  chain: ({ w, actors }) => as(w, at(actors, c.who)).register(ethers.ZeroAddress, c.domains, c.stake * f.GWEI),
  model: ({ model, ids }, now) => model.register(at(ids, c.who), c.domains, c.stake, now),
}));

const addStake: fc.Arbitrary<Step> = fc.record({ who, some }).map((c) => ({
  name: "addStake",
  chain: ({ w, ids }) => as(w, w.alice).addStake(at(ids, c.who), c.some * f.GWEI),
  model: ({ model, ids }) => model.addStake(at(ids, c.who), c.some),
}));

const setAvailable: fc.Arbitrary<Step> = fc.record({ who, available: fc.boolean() }).map((c) => ({
  name: "setAvailable",
  chain: ({ w, actors, ids }) => as(w, at(actors, c.who)).setAvailable(at(ids, c.who), c.available),
  model: ({ model, ids }, now) => model.setAvailable(at(ids, c.who), c.available, now),
}));

const setDomains: fc.Arbitrary<Step> = fc.record({ who, domains }).map((c) => ({
  name: "setDomains",
  chain: ({ w, actors, ids }) => as(w, at(actors, c.who)).setDomains(at(ids, c.who), c.domains),
  model: ({ model, ids }, now) => model.setDomains(at(ids, c.who), c.domains, now),
}));

const delist: fc.Arbitrary<Step> = who.map((i) => ({
  name: "delist",
  chain: ({ w, ids }) => as(w, w.stranger).delist(at(ids, i)),
  model: ({ model, ids }, now) => model.delist(at(ids, i), now),
}));

const beginUnbond: fc.Arbitrary<Step> = fc
  .record({ who, part: fc.oneof(fc.constant("all" as const), some) })
  .map((c) => ({
    name: "beginUnbond",
    chain: ({ w, actors, ids }) =>
      as(w, at(actors, c.who)).beginUnbond(at(ids, c.who), c.part === "all" ? ethers.MaxUint256 : c.part * f.GWEI),
    model: ({ model, ids }, now) => model.beginUnbond(at(ids, c.who), c.part, now),
  }));

const cancelUnbond: fc.Arbitrary<Step> = who.map((i) => ({
  name: "cancelUnbond",
  chain: ({ w, actors, ids }) => as(w, at(actors, i)).cancelUnbond(at(ids, i)),
  model: ({ model, ids }) => model.cancelUnbond(at(ids, i)),
}));

/** Whoever unbonds, if anybody does, else anyone. */
const withdraw: fc.Arbitrary<Step> = who.map((i) => {
  const chosen = ({ model, ids }: Play) => {
    const unbonding = ids.filter((id) => (model.validators.get(id)?.unbonding ?? 0n) > 0n);
    return at(unbonding.length === 0 ? ids : unbonding, i);
  };
  return {
    name: "withdraw",
    chain: (play) => {
      const id = chosen(play);
      const owner = at(play.actors, play.ids.indexOf(id));
      return as(play.w, owner).withdraw(id, owner);
    },
    model: (play, now) => {
      play.model.withdraw(chosen(play), now);
    },
  };
});

/** Whoever has a seat, if anybody has, else anyone. */
const endSeat: fc.Arbitrary<Step> = fc.record({ who, outcome: fc.nat(3) }).map((c) => {
  const chosen = ({ model, ids }: Play) => {
    const seated = ids.filter((id) => (model.validators.get(id)?.openSeats ?? 0) > 0);
    return at(seated.length === 0 ? ids : seated, c.who);
  };
  return {
    name: "endSeat",
    chain: (play) => play.w.registry.endSeats([chosen(play)], [c.outcome]),
    model: (play, now) => play.model.endSeat(chosen(play), at(OUTCOMES, c.outcome), now),
  };
});

const takeOwed: fc.Arbitrary<Step> = who.map((i) => ({
  name: "takeOwed",
  chain: ({ w, ids }) => w.registry.takeOwed(at(ids, i)),
  model: ({ model, ids }, now) => {
    model.takeOwed(at(ids, i), now);
  },
}));

const draw = fc.record({
  question: fc.nat(),
  seats: fc.integer({ min: 1, max: 5 }),
  tries: fc.integer({ min: 1, max: 40 }),
  excluded: fc.array(who, { maxLength: 2 }),
});
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;

const act = fc.oneof(
  { weight: 5, arbitrary: register },
  { weight: 2, arbitrary: addStake },
  { weight: 6, arbitrary: setAvailable },
  { weight: 3, arbitrary: setDomains },
  { weight: 3, arbitrary: delist },
  { weight: 3, arbitrary: beginUnbond },
  { weight: 1, arbitrary: cancelUnbond },
  { weight: 3, arbitrary: withdraw },
  { weight: 8, arbitrary: endSeat },
  { weight: 2, arbitrary: takeOwed },
);
const wait = fc.oneof(
  { weight: 22, arbitrary: fc.bigInt({ min: 1n, max: f.DAY / 6n }) },
  { weight: 2, arbitrary: fc.constantFrom(f.FREEZE, f.FREEZE - 1n) },
  { weight: 1, arbitrary: fc.constant(f.UNBONDING) },
);
const move = fc.oneof(
  { weight: 5, arbitrary: act },
  { weight: 3, arbitrary: fc.record({ ask: fc.nat(DOMAINS - 1), seed: fc.nat() }) },
  { weight: 4, arbitrary: draw },
);
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

/** Six actors who may register; the first four did. */
async function stage() {
  const w = await f.world();
  const actors = [w.alice, w.bob, w.carol, ...w.others.slice(0, 3)];
  for (const actor of actors) {
    await w.token.connect(w.governor).transfer(actor, 1_000_000n * f.TOKEN);
    await w.token.connect(actor).approve(w.registry, ethers.MaxUint256);
    await w.vault.openAccount(actor);
  }
  const ids = await Promise.all(actors.map((actor) => w.vault.accountOf(actor)));
  await as(w, w.governor).setTerms(TERMS);
  return { w, actors, ids };
}

describe("ValidatorRegistry against its model", () => {
  it("agrees on stake, places, accuracy and refusals (I2, I20, I22), and draws what was frozen", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    const count = (key: string) => done.set(key, (done.get(key) ?? 0) + 1);
    const moves = fc.array(fc.tuple(wait, move), { minLength: 60, maxLength: 110, size: "max" });
    await fc.assert(
      fc.asyncProperty(moves, async (list) => {
        const { w, actors, ids } = await loadFixture(stage);
        const { minStakeGwei, ...others } = TERMS;
        const model = new ValidatorsModel({ minStake: minStakeGwei, ...others });
        const play: Play = { w, actors, ids, model, questions: [] };
        for (const [index, id] of ids.slice(0, 4).entries()) {
          await as(w, at(actors, index)).register(ethers.ZeroAddress, 0b011, f.MIN_STAKE + f.TOKEN);
          model.register(id, 0b011, 1_001n * f.UNIT, await f.now());
        }
        for (const [seconds, chosen] of list) {
          const now = (await f.now()) + seconds;
          if ("ask" in chosen) await ask(play, chosen, now);
          else if ("question" in chosen) count(`draw ${await drawAt(play, chosen, now)}`);
          else count(`${chosen.name} ${await step(play, chosen, now)}`);
          await compare(play);
        }
      }),
      { numRuns: 16, endOnFailure: true },
    );
    const names = ["register", "addStake", "setAvailable", "beginUnbond", "endSeat"];
    for (const name of names) expect(done.get(`${name} passed`) ?? 0, `${name} passed`).to.be.greaterThan(0);
    for (const name of ["draw full", "draw short", "draw stale"]) {
      expect(done.get(name) ?? 0, name).to.be.greaterThan(0);
    }
  });

  /** Makes a step on both sides; they must agree on whether, and why, it is refused. */
  async function step(play: Play, { name, chain, model }: Step, now: bigint): Promise<string> {
    await f.at(now);
    const sent = chain(play);
    let refusal: string | undefined;
    try {
      // What the chain sends depends on the model as it was.
      await sent.catch(() => undefined);
      model(play, now);
    } catch (error) {
      if (!(error instanceof ValidatorRefusal)) throw error;
      refusal = error.error;
    }
    if (refusal === undefined) await sent;
    else await expect(sent, name).to.be.revertedWithCustomError(play.w.registry, refusal);
    return refusal ?? "passed";
  }

  async function ask({ w, model, questions }: Play, chosen: { ask: number; seed: number }, now: bigint): Promise<void> {
    await time.increaseTo(now);
    const pool = model.freeze(chosen.ask, now);
    const owners = pool.filter((place) => place !== undefined).length;
    expect(await w.registry.poolOf(chosen.ask), "poolOf").to.deep.equal([BigInt(pool.length), BigInt(owners)]);
    for (const place of pool) {
      if (place === undefined) continue;
      expect((await w.registry.accuracyAt(place.id, now)) / 50n).to.equal(place.weight);
    }
    questions.push({ domain: chosen.ask, frozenAt: now, pool, seed: f.seedOf(chosen.seed) });
  }

  /** Draws for one of the last questions; the pool is the one that was copied when it was asked. */
  async function drawAt({ w, ids, model, questions }: Play, chosen: Draw, now: bigint): Promise<string> {
    const recent = questions.slice(-2);
    if (recent.length === 0) return "none";
    const { domain, frozenAt, pool, seed } = at(recent, chosen.question);
    const excluded = chosen.excluded.map((index) => at(ids, index));
    const { seats, tries } = chosen;
    const request = { domain, frozenAt, length: pool.length, seats, tries, seed, excluded };
    await f.at(now);
    const sent = w.registry.takeSeats(request);
    if (now >= frozenAt + f.FREEZE) {
      await expect(sent).to.be.revertedWithCustomError(w.registry, "ValidatorsStaleFreeze").withArgs(frozenAt);
      return "stale";
    }
    const receipt = await (await sent).wait();
    const seated = (receipt?.logs ?? []).map((log) => w.registry.interface.parseLog(log)?.args["validator"] as bigint);
    const expected = drawSeats(pool, { seats, tries, seed, excluded });
    expect(seated, "seats").to.deep.equal(expected);
    model.seat(expected);
    return seated.length === seats ? "full" : "short";
  }

  async function compare({ w, ids, model }: Play): Promise<void> {
    for (const id of ids) {
      const shown = await w.registry.validatorOf(id);
      const known = model.validators.get(id);
      expect(shown.stake / f.GWEI, "stake").to.equal(known?.stake ?? 0n);
      expect(shown.unbonding / f.GWEI, "unbonding").to.equal(known?.unbonding ?? 0n);
      expect(shown.owed / f.GWEI, "owed").to.equal(known?.owed ?? 0n);
      expect(shown.openSeats, "openSeats").to.equal(known?.openSeats ?? 0);
      expect(shown.available, "available").to.equal(known !== undefined && isAvailable(known));
      expect(shown.domains, "domains").to.equal(known?.domains ?? 0);
      if (known !== undefined) {
        expect(shown.accuracy, "accuracy").to.equal(accuracyOf(known));
        expect(known.owed <= known.stake + known.unbonding, "owed is held").to.equal(true);
      }
    }
    for (let domain = 0; domain < DOMAINS; domain++) {
      for (const [place, id] of (model.lists[domain] ?? []).entries()) {
        expect(await w.registry.listedAt(domain, place), "place").to.equal(id ?? 0n);
      }
    }
    const { stake: inForce, unbonding, slashed } = await f.totals(w);
    const sums = [model.stake, model.unbonding, model.slashed].map((sum) => sum * f.GWEI);
    expect([inForce, unbonding, slashed], "I2").to.deep.equal(sums);
    expect(model.deposited, "I20").to.equal(model.stake + model.unbonding + model.withdrawn + model.slashed);
    expect(await w.token.balanceOf(w.registry), "I2").to.equal(sums.reduce((sum, part) => sum + part, 0n));
  }
});
