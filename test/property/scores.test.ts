/** Grades, and the ends of whole batches, against the plain model; and what not looking is worth. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import {
  catchChance,
  goldRate,
  lazyProfit,
  misses,
  modelMedians,
  modelShares,
  quorum,
  SEAT_OUTCOMES,
  settleBatch,
  type ModelMark,
  type ModelQuestion,
} from "../../src/model/scores";
import { markOf, scoresIn, sheetOf } from "../../src/protocol/scores";
import type { ScoreWords } from "../../typechain-types";
import {
  askScore,
  balancesOf,
  commitAll,
  FEE_UNIT,
  GWEI,
  pass,
  reportAll,
  revealAll,
  scoreWorld,
  seatBatch,
  TERMS,
  type Asked,
} from "../unit/review/scoreFixture";

/** Scores that are often close to each other, and at the edges. */
const anyScore = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 45, max: 55 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 100) },
);
const markIn = (dimensions: number): fc.Arbitrary<ModelMark> =>
  fc.option(fc.array(anyScore, { minLength: dimensions, maxLength: dimensions }), { nil: undefined, freq: 5 });
const panelOf = (seats: number, dimensions: number) =>
  fc.array(markIn(dimensions), { minLength: seats, maxLength: seats });
const anyPanel = fc
  .tuple(fc.constantFrom(3, 5, 7), fc.integer({ min: 1, max: 3 }))
  .chain(([seats, dimensions]) => fc.tuple(panelOf(seats, dimensions), fc.constant(dimensions)));

const wordOf = (marks: readonly ModelMark[], dimensions: number, medians = 0) =>
  sheetOf(
    marks.map((scores) => (scores === undefined ? undefined : markOf(scores))),
    medians,
  ) |
  (BigInt(dimensions) << 168n);

/** Bit set of the seats that gave a mark. */
const presentOf = (marks: readonly ModelMark[]): bigint =>
  marks.reduce((set, mark, seat) => (mark === undefined ? set : set | (1n << BigInt(seat))), 0n);

describe("grades against the plain model", () => {
  let words: ScoreWords;

  before(async () => {
    words = await ethers.deployContract("ScoreWords");
  });

  it("medians, shares and misses: ties, even counts, missing marks", async () => {
    await fc.assert(
      fc.asyncProperty(anyPanel, fc.array(anyScore, { minLength: 3, maxLength: 3 }), async ([marks, d], known) => {
        const word = wordOf(marks, d);
        const given = marks.filter((mark) => mark !== undefined);
        expect(await words.count(word)).to.equal(given.length);
        expect(await words.quorum(marks.length)).to.equal(quorum(marks.length));
        const expected = modelMedians(given);
        const medians = Number(await words.mediansOf(word));
        expect(scoresIn(medians)).to.deep.equal(given.length === 0 ? [] : expected);
        const target = known.slice(0, d);
        const failed = await words.missing(word, markOf(target), 15);
        marks.forEach((mark, seat) => {
          const bit = (failed >> BigInt(seat)) & 1n;
          expect(bit === 1n).to.equal(mark !== undefined && misses(mark, target, 15));
        });
        if (given.length === 0) return;
        const right = wordOf(marks, d, medians);
        const present = presentOf(marks);
        expect(await words.isSheet(right, present, given.length)).to.equal(true);
        // Of other seats, of one more and of one less, by right medians.
        for (const other of [127n ^ present, present | (present + 1n), present & (present - 1n)]) {
          expect(await words.isSheet(right, other, given.length)).to.equal(other === present);
        }
        const shares = await words.sharesOf(word, medians);
        const model = modelMedians(marks) === undefined ? undefined : modelShares(marks);
        if (model !== undefined) expect(shares.slice(0, marks.length)).to.deep.equal(model);
      }),
      {
        numRuns: 150,
        examples: [
          [
            [[[0], [0], [100], [100], undefined], 1],
            [0, 0, 0],
          ],
        ],
      },
    );
  });

  it("accept no other medians, as a sort says them", async () => {
    await fc.assert(
      fc.asyncProperty(anyPanel, fc.array(anyScore, { minLength: 3, maxLength: 3 }), async ([marks, d], claimed) => {
        const given = marks.filter((mark) => mark !== undefined);
        fc.pre(given.length !== 0);
        const claim = claimed.slice(0, d);
        const expected = JSON.stringify(modelMedians(given)) === JSON.stringify(claim);
        const word = wordOf(marks, d, markOf(claim));
        expect(await words.isSheet(word, presentOf(marks), given.length)).to.equal(expected);
      }),
      { numRuns: 150 },
    );
  });

  it("a mark has as many scores of 0..100 as there are dimensions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 24 - 1 }), fc.integer({ min: 1, max: 3 }), async (mark, d) => {
        const places = [0, 7, 14].map((shift) => (mark >> shift) & 0x7f);
        const right = places.every((place, at) => (at < d ? place >= 1 && place <= 101 : place === 0));
        expect(await words.isMark(mark, d)).to.equal(right && mark < 2 ** 21);
      }),
      {
        numRuns: 150,
        examples: [
          [markOf([0, 100, 50]), 3],
          [markOf([100]), 1],
          [markOf([1]) | (1 << 21), 1],
        ],
      },
    );
  });
});

describe("a batch against the plain model", () => {
  const part = fc.record({
    fee: fc.integer({ min: 500_000, max: 3_000_000 }),
    marks: panelOf(5, 2),
    gold: fc.option(fc.array(anyScore, { minLength: 2, maxLength: 2 }), { nil: undefined, freq: 2 }),
    party: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined, freq: 3 }),
  });

  it("pays, returns and ends seats alike, whichever way the marks came in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean(), async (parts, signed) => {
        const world = await loadFixture(scoreWorld);
        const { board, setter, vault, validators, asker } = world;
        const panel = [1n, 2n, 3n, 4n, 5n];
        const salt = ethers.id("salt");
        const asked: Asked[] = [];
        const start = await vault.balanceOf(await vault.accountOf(asker));
        for (const [index, { fee, gold, party }] of parts.entries()) {
          const subject = ethers.id(`subject ${index}`);
          const random = ethers.id(`note ${index}`);
          const note = gold === undefined ? random : await board.noteOf(setter, subject, markOf(gold), salt);
          const seat = party === undefined ? 0n : (panel[party] ?? 0n);
          asked.push(
            await askScore(world, { subject, note, party: seat, dimensions: 2n, fee: BigInt(fee) * FEE_UNIT }),
          );
        }
        const batch = asked[0]?.batch ?? 0n;
        await validators.setNext(panel);
        await seatBatch(world, batch);
        const questions: ModelQuestion[] = parts.map(({ fee, marks, gold, party }) => ({
          feeGwei: (BigInt(fee) * FEE_UNIT) / GWEI,
          marks: marks.map((mark, seat) => (seat === party ? undefined : mark)),
          ...(gold === undefined ? {} : { known: gold }),
          ...(party === undefined ? {} : { party }),
        }));
        const said = questions.map(({ marks }, index) => [asked[index] as Asked, marks] as const);
        const sealed = await commitAll(world, batch, said);
        // One sheet says what all who committed say of every question; who does not has to open leaves.
        const complete = said.filter(([, marks], index) => {
          const silent = [...marks.keys()].filter((seat) => marks[seat] === undefined);
          const others = silent.filter((seat) => seat !== parts[index]?.party);
          const away = others.every((seat) => said.every(([, all]) => all[seat] === undefined));
          return away && marks.filter((mark) => mark !== undefined).length >= 3;
        });
        if (signed && complete.length !== 0) await reportAll(world, batch, complete, sealed);
        await revealAll(world, batch, sealed);
        await pass(world, batch, "revealEnd");
        for (const [index, { gold }] of parts.entries()) {
          if (gold !== undefined) await board.connect(setter).openGold(asked[index]!.text, markOf(gold), salt);
        }
        await pass(world, batch, "gradeEnd");
        await board.settle(asked.map(({ text }) => text));
        await board.close(batch);

        const model = settleBatch(5, questions, Number(TERMS.tolerance));
        const sums = panel.map(
          (_, seat) => model.pays.reduce((sum, { seats }) => sum + (seats[seat] ?? 0n), 0n) * GWEI,
        );
        expect(await balancesOf(world, panel)).to.deep.equal(sums);
        const back = model.pays.reduce((sum, { returned }) => sum + returned, 0n) * GWEI;
        const fees = asked.reduce((sum, { fee }) => sum + fee, 0n);
        expect(await vault.balanceOf(await vault.accountOf(asker))).to.equal(start - fees + back);
        expect(await vault.heldBy(board)).to.equal(0n);
        for (const [seat, validator] of panel.entries()) {
          const outcome = SEAT_OUTCOMES.indexOf(model.outcomes[seat] ?? "void");
          expect(await validators.ended(validator, outcome)).to.equal(1n);
        }
        for (const [index, one] of asked.entries()) {
          const view = await board.scoreOf(batch, one.id);
          const medians = modelMedians(questions[index]?.marks ?? []) ?? [0, 0];
          expect([view.quality, view.relevance]).to.deep.equal(medians.map(BigInt));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("not looking", () => {
  /** Slash of a silent seat at the registry's defaults: 1% of 1,000 tokens. */
  const SLASH = 10;
  const FEE = Number(TERMS.minFee * FEE_UNIT) / 1e18;

  it("loses above the closed form's share of gold questions, however many questions and whatever the fee", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 100, noNaN: true }),
        fc.double({ min: 0.1, max: 1_000, noNaN: true }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 1_024 }),
        (fee, slash, catches, questions) => {
          const gold = goldRate({ fee, slash, catches }) * 1.001;
          fc.pre(gold <= 1);
          expect(lazyProfit({ fee, slash, gold, catches, questions })).to.be.lessThan(0);
        },
      ),
    );
  });

  it("pays below it, where a batch has one question: the bound is tight", () => {
    const gold = goldRate({ fee: FEE, slash: SLASH, catches: 0.9 });
    const around = [0.99, 1.01].map((factor) =>
      lazyProfit({ fee: FEE, slash: SLASH, gold: gold * factor, catches: 0.9, questions: 1 }),
    );
    expect(around[0]).to.be.greaterThan(0);
    expect(around[1]).to.be.lessThan(0);
  });

  it("at the defaults needs 1.02% gold, or 9.3% at ten times the least fee", () => {
    const catches = catchChance(50, Number(TERMS.tolerance), 3);
    expect(catches).to.be.closeTo(0.971, 0.001);
    expect(goldRate({ fee: FEE, slash: SLASH, catches })).to.be.closeTo(0.0102, 0.0001);
    expect(goldRate({ fee: 10 * FEE, slash: SLASH, catches })).to.be.closeTo(0.0936, 0.0001);
  });

  it("loses in a simulation of batches by the rules of the board, and looking does not", () => {
    // A reproducible stream of numbers (mulberry32).
    let state = 7;
    const random = () => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
    const score = () => Math.floor(random() * 101);
    const near = (value: number) => Math.min(100, Math.max(0, value + Math.floor(random() * 5) - 2));
    const feeGwei = BigInt(Math.round(FEE * 5 * 1e9));
    const profitOf = (looks: boolean, gold: number, batches: number): number => {
      let sum = 0;
      for (let round = 0; round < batches; ++round) {
        const questions: ModelQuestion[] = Array.from({ length: 16 }, () => {
          const truth = [score(), score(), score()];
          const marks = Array.from({ length: 5 }, () => (looks ? truth.map(near) : [50, 50, 50]));
          return random() < gold ? { feeGwei, marks, known: truth } : { feeGwei, marks };
        });
        const { pays, outcomes } = settleBatch(5, questions, Number(TERMS.tolerance));
        sum += Number(pays.reduce((all, { seats }) => all + (seats[0] ?? 0n), 0n)) / 1e9;
        if (outcomes[0] === "silent") sum -= SLASH;
      }
      return sum / batches;
    };
    const catches = catchChance(50, Number(TERMS.tolerance), 3);
    const enough = goldRate({ fee: FEE, slash: SLASH, catches });
    for (const gold of [0, 0.05, 0.1]) {
      const expected = lazyProfit({ fee: FEE, slash: SLASH, gold, catches, questions: 16 });
      expect(profitOf(false, gold, 400)).to.be.closeTo(expected, 1);
    }
    expect(profitOf(false, 0, 50)).to.be.greaterThan(0);
    expect(profitOf(false, 2 * enough, 400)).to.be.lessThan(0);
    expect(profitOf(true, 2 * enough, 100)).to.be.greaterThan(0.9 * 16 * FEE);
  });
});
