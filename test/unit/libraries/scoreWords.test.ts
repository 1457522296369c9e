/** Round trips of the packed words of the score board over random fields. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { ScoreWords } from "../../../typechain-types";
import { all, anyWord, type Field, get, set, uint } from "./fields";

const RUNS = 60;
const SCORE = {
  medians: { shift: 147n, bits: 21n },
  sheet: { shift: 0n, bits: 168n },
  dimensions: { shift: 168n, bits: 2n },
  stage: { shift: 170n, bits: 2n },
  party: { shift: 172n, bits: 40n },
  fee: { shift: 212n, bits: 40n },
};
const BATCH = {
  stage: { shift: 0n, bits: 3n },
  seats: { shift: 3n, bits: 3n },
  tolerance: { shift: 6n, bits: 7n },
  committed: { shift: 13n, bits: 7n },
  failed: { shift: 20n, bits: 7n },
  commitSeconds: { shift: 27n, bits: 24n },
  revealSeconds: { shift: 51n, bits: 24n },
  gradeSeconds: { shift: 75n, bits: 24n },
  askEnd: { shift: 99n, bits: 40n },
  since: { shift: 139n, bits: 40n },
  length: { shift: 179n, bits: 16n },
  round: { shift: 195n, bits: 32n },
};
const MARKING = { asked: { shift: 0n, bits: 16n }, settled: { shift: 16n, bits: 16n } };
const SEAT_COMMIT = {
  signer: { shift: 0n, bits: 160n },
  validator: { shift: 160n, bits: 40n },
  seat: { shift: 200n, bits: 8n },
};
/** Fields narrower than their type, by their first refused value. */
const NARROW = {
  scoreWithMedians: 1n << 21n,
  scoreWithDimensions: 4n,
  scoreWithStage: 4n,
  batchWithStage: 8n,
  batchWithSeats: 8n,
  batchWithTolerance: 128n,
  batchWithCommitted: 128n,
  batchWithFailed: 128n,
};
const anySeat = fc.bigInt({ min: 0n, max: 6n });
const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

describe("packed words of the score board", () => {
  let words: ScoreWords;

  before(async () => {
    words = await ethers.deployContract("ScoreWords");
  });

  /** Calls a pure function of the harness by its name. */
  async function call(name: string, ...args: unknown[]): Promise<bigint> {
    return BigInt((await words.getFunction(name).staticCall(...args)) as bigint);
  }

  const suites = { score: SCORE, batch: BATCH, marking: MARKING, seatCommit: SEAT_COMMIT } as const;
  for (const [name, layout] of Object.entries(suites) as [string, Record<string, Field>][]) {
    describe(capital(name), () => {
      it("every field is read where the layout says", async () => {
        await fc.assert(
          fc.asyncProperty(anyWord, async (word) => {
            const read = (await words.getFunction(`read${capital(name)}`).staticCall(word)) as bigint[];
            expect([...read]).to.deep.equal(all(word, layout));
          }),
          { numRuns: RUNS },
        );
      });

      for (const [field, place] of Object.entries(layout)) {
        it(`with ${field} changes its own field only`, async () => {
          await fc.assert(
            fc.asyncProperty(anyWord, uint(place.bits), async (before, value) => {
              const given = field === "signer" ? ethers.toBeHex(value, 20) : value;
              expect(await call(`${name}With${capital(field)}`, before, given)).to.equal(set(before, place, value));
            }),
            { numRuns: RUNS },
          );
        });
      }
    });
  }

  it("fields that are narrower than their type refuse what does not fit", async () => {
    for (const [setter, value] of Object.entries(NARROW)) {
      await expect(call(setter, 0n, value)).to.be.revertedWithCustomError(words, "BitFieldOverflow");
    }
    await expect(call("scoreWithMark", 0n, 1n, 1n << 21n)).to.be.revertedWithCustomError(words, "BitFieldOverflow");
  });

  it("each seat has a mark and counts of its own", async () => {
    const places = {
      Mark: ["score", (seat: bigint) => ({ shift: 21n * seat, bits: 21n })],
      Answered: ["marking", (seat: bigint) => ({ shift: 32n + 16n * seat, bits: 16n })],
      Sound: ["marking", (seat: bigint) => ({ shift: 144n + 16n * seat, bits: 16n })],
    } as const;
    for (const [what, [name, at]] of Object.entries(places)) {
      const bits = what === "Mark" ? 21n : 16n;
      await fc.assert(
        fc.asyncProperty(anyWord, anySeat, uint(bits), async (word, seat, value) => {
          expect(await call(`${name}${what}`, word, seat)).to.equal(get(word, at(seat)));
          expect(await call(`${name}With${what}`, word, seat, value)).to.equal(set(word, at(seat), value));
        }),
        { numRuns: RUNS },
      );
    }
  });

  it("a seat committed and failed by its bits, and all have committed when each of the seats' bits is set", async () => {
    await fc.assert(
      fc.asyncProperty(anyWord, anySeat, fc.constantFrom(0n, 3n, 5n, 7n), async (random, seat, seats) => {
        let word = set(random, BATCH.seats, seats);
        if (seats !== 0n) word = set(word, BATCH.committed, (1n << seats) - 1n);
        const bit = (field: Field) => ((get(word, field) >> seat) & 1n) === 1n;
        const full = get(word, BATCH.committed) === (1n << seats) - 1n;
        const read = await words.batchSeat(word, seat);
        expect([...read]).to.deep.equal([bit(BATCH.committed), bit(BATCH.failed), full]);
      }),
      { numRuns: RUNS },
    );
  });
});
