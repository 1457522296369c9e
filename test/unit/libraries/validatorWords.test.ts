/** Round trips of the packed words of the ValidatorRegistry over random fields, and what they compute of them. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { ValidatorWords } from "../../../typechain-types";
import { all, anyWord, get, set, uint, type Field } from "./fields";

const RUNS = 60;
const EPOCH = 604_800n;

/** A layout of fields that stand side by side, from the lowest bit. */
function layout<const N extends string>(widths: Readonly<Record<N, number>>): Readonly<Record<N, Field>> {
  let shift = 0n;
  const fields = Object.entries<number>(widths).map(([name, bits]): [string, Field] => {
    const field = { shift, bits: BigInt(bits) };
    shift += field.bits;
    return [name, field];
  });
  return Object.fromEntries(fields) as Record<N, Field>;
}

const VALIDATOR = layout({
  inSince: 40,
  outSince: 40,
  accuracy: 24,
  accuracyBefore: 24,
  accuracyEarlier: 24,
  epoch: 16,
  openSeats: 16,
  domains: 32,
  known: 1,
});
const BOND = layout({ stake: 64, unbonding: 64, owed: 64, unbondingEnds: 40, slasher: 8 });
const DOMAIN = layout({ length: 16, active: 16, holes: 16, fresh: 16, gone: 16, second: 40 });
const MODULE = layout({ scopes: 8, granted: 8, slot: 8, slashDay: 16, slashedToday: 64, openSeats: 32 });
const TERMS = layout({
  minStake: 64,
  unbonding: 32,
  silenceBps: 16,
  moduleCapPercent: 8,
  gain: 24,
  incoherentLoss: 24,
  silentLoss: 24,
  stopped: 1,
});
const LEDGER = layout({ stake: 64, unbonding: 64, slashed: 64 });

const LAYOUTS = { Validator: VALIDATOR, Bond: BOND, Domain: DOMAIN, Module: MODULE, Terms: TERMS, Ledger: LEDGER };

describe("packed words of the ValidatorRegistry", () => {
  let words: ValidatorWords;

  before(async () => {
    words = await ethers.deployContract("ValidatorWords");
  });

  for (const [name, fields] of Object.entries(LAYOUTS)) {
    describe(`${name} word`, () => {
      it("reads every field where the layout says", async () => {
        await fc.assert(
          fc.asyncProperty(anyWord, async (word) => {
            const read = (await words.getFunction(`read${name}`).staticCall(word)) as unknown as readonly bigint[];
            expect([...read]).to.deep.equal(all(word, fields));
          }),
          { numRuns: RUNS },
        );
      });

      for (const [field, place] of Object.entries<Field>(fields)) {
        const setter = `${name.toLowerCase()}With${field.charAt(0).toUpperCase()}${field.slice(1)}`;

        it(`${setter} changes its own field of any word only`, async () => {
          await fc.assert(
            fc.asyncProperty(anyWord, uint(place.bits), async (word, value) => {
              const given = place.bits === 1n ? value === 1n : value;
              expect(await words.getFunction(setter).staticCall(word, given)).to.equal(set(word, place, value));
            }),
            { numRuns: RUNS },
          );
        });
      }
    });
  }

  describe("ValidatorWord", () => {
    it("can be drawn when it was available before the question and did not stop before it", async () => {
      const near = fc.bigInt({ min: 1_000n, max: 1_004n });
      await fc.assert(
        fc.asyncProperty(
          near,
          fc.oneof(fc.constant(0n), near),
          near,
          fc.boolean(),
          async (inSince, outSince, at, known) => {
            let word = set(set(0n, VALIDATOR.inSince, inSince), VALIDATOR.outSince, outSince);
            word = set(word, VALIDATOR.known, known ? 1n : 0n);
            const expected = known && inSince < at && (outSince === 0n || outSince >= at);
            expect(await words.eligibleAt(word, at)).to.equal(expected);
          },
        ),
        { numRuns: 100 },
      );
    });

    it("tells the accuracy with which the epoch of a time at most 3 days past began, after any changes", async () => {
      const change = fc.record({
        wait: fc.oneof(fc.bigInt({ min: 0n, max: EPOCH / 3n }), fc.bigInt({ min: 0n, max: 3n * EPOCH })),
        value: fc.bigInt({ min: 50_000n, max: 1_000_000n }),
      });
      const changes = fc.array(change, { minLength: 1, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(changes, fc.bigInt({ min: 0n, max: 259_199n }), async (list, ago) => {
          let now = 2_950n * EPOCH + 5n;
          let word = 0n;
          const history: { time: bigint; value: bigint }[] = [];
          for (const { wait, value } of list) {
            now += wait;
            word = await words.changed(word, value, now);
            history.push({ time: now, value });
            const asked = now - ago;
            const began = asked - (asked % EPOCH);
            const expected = history.filter(({ time }) => time < began).at(-1)?.value ?? 0n;
            expect(await words.accuracyAt(word, asked)).to.equal(expected);
          }
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("ValidatorWord that starts", () => {
    it("has its accuracy at any time, and its other fields as they were", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(24n), async (word, value) => {
          const fields = [VALIDATOR.accuracy, VALIDATOR.accuracyBefore, VALIDATOR.accuracyEarlier];
          const expected = fields.reduce((sum, field) => set(sum, field, value), word);
          expect(await words.startedWith(word, value)).to.equal(expected);
          for (const ago of [-1n, 0n, 1n]) {
            const time = (get(word, VALIDATOR.epoch) + 1n - ago) * EPOCH;
            expect(await words.accuracyAt(expected, time)).to.equal(value);
          }
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("ValidatorBondWord", () => {
    it("knows what no slash claimed", async () => {
      const half = uint(63n);
      await fc.assert(
        fc.asyncProperty(half, half, half, async (stake, unbonding, some) => {
          const owed = some % (stake + unbonding + 1n);
          if (owed >= 1n << 64n) return;
          const word = set(set(set(0n, BOND.stake, stake), BOND.unbonding, unbonding), BOND.owed, owed);
          expect(await words.unclaimed(word)).to.equal(stake + unbonding - owed);
        }),
        { numRuns: RUNS },
      );
    });
  });

  describe("DomainWord", () => {
    it("counts who can be drawn for a question of this second as a plain list does", async () => {
      const step = fc.record({ wait: fc.bigInt({ min: 0n, max: 1n }), who: fc.nat(5) });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (list) => {
          let now = 1_000n;
          let word = 0n;
          const spells = new Map<number, { from: bigint; to?: bigint }>();
          for (const { wait, who } of list) {
            now += wait;
            const spell = spells.get(who);
            if (spell === undefined) {
              word = await words.cameIn(word, now);
              spells.set(who, { from: now });
            } else if (spell.to === undefined) {
              word = await words.wentOut(word, spell.from, now);
              spell.to = now;
            } else if (spell.to < now) {
              // As the registry has it, nobody comes back in the second in which it stopped.
              word = await words.cameIn(word, now);
              spells.set(who, { from: now });
            }
            const expected = [...spells.values()].filter(({ from, to }) => from < now && (to ?? now) >= now);
            expect(await words.owners(word, now)).to.equal(expected.length);
            expect(await words.owners(word, now + 1n)).to.equal(get(word, DOMAIN.active));
          }
        }),
        { numRuns: RUNS },
      );
    });
  });
});
