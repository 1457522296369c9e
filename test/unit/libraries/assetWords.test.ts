/** Round trips of the packed words of assets, lineage and services over random fields. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { AssetWords } from "../../../typechain-types";
import { all, anyWord, type Field, get, set, uint } from "./fields";

const RUNS = 100;
const MAX_USES = 2n ** 32n - 1n;
const MAX_GWEI = 2n ** 64n - 1n;

const ACCRUAL = {
  accruedGwei: { shift: 0n, bits: 64n },
  uses: { shift: 64n, bits: 32n },
  termsEpoch: { shift: 96n, bits: 16n },
  payee: { shift: 112n, bits: 40n },
  priceGwei: { shift: 152n, bits: 64n },
  kind: { shift: 216n, bits: 4n },
  flags: { shift: 220n, bits: 8n },
  format: { shift: 228n, bits: 16n },
  sizeBits: { shift: 244n, bits: 8n },
} satisfies Record<string, Field>;
const SERVICE = {
  pricePerUnitGwei: { shift: 0n, bits: 64n },
  minComputeGwei: { shift: 64n, bits: 64n },
  inputChargeGwei: { shift: 128n, bits: 64n },
  secondsPerUnit: { shift: 192n, bits: 32n },
  complexity: { shift: 224n, bits: 8n },
  classId: { shift: 232n, bits: 8n },
} satisfies Record<string, Field>;
const SERVICE_FLAGS = {
  listed: { shift: 240n, bits: 1n },
  trainedModel: { shift: 241n, bits: 1n },
  hasDataset: { shift: 242n, bits: 1n },
  datasetKind: { shift: 243n, bits: 1n },
} satisfies Record<string, Field>;

describe("packed words of assets and services", () => {
  let words: AssetWords;

  before(async () => {
    words = await ethers.deployContract("AssetWords");
  });

  /** A setter changes its own field of any word and nothing else. */
  function setterKeepsRest(name: string, field: Field, call: (word: bigint, value: bigint) => Promise<bigint>) {
    it(`${name} changes its own field only`, async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, uint(field.bits), async (before, value) => {
          expect(await call(before, value)).to.equal(set(before, field, value));
        }),
        { numRuns: RUNS },
      );
    });
  }

  describe("AccrualWord", () => {
    it("reads every field where the layout says; the empty word is no asset", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          expect([...(await words.readAccrual(word))]).to.deep.equal(all(word, ACCRUAL));
          expect(await words.accrualExists(word)).to.equal(word !== 0n);
        }),
        { numRuns: RUNS, examples: [[0n]] },
      );
    });

    it("packs what is fixed at the mint, with nothing accrued, used or changed", async () => {
      const { payee, priceGwei, kind, flags, format, sizeBits } = ACCRUAL;
      const layout = { payee, priceGwei, kind, flags, format, sizeBits };
      const fields = fc.tuple(uint(40n), uint(64n), uint(4n), uint(8n), uint(16n), uint(8n));
      await fc.assert(
        fc.asyncProperty(fields, async (given) => {
          const packed = await words.packAccrual(...given);
          expect(all(packed, layout)).to.deep.equal(given);
          expect(packed & (2n ** ACCRUAL.payee.shift - 1n)).to.equal(0n);
          expect(packed >> 252n).to.equal(0n);
        }),
        { numRuns: RUNS },
      );
    });

    setterKeepsRest("withAccruedGwei", ACCRUAL.accruedGwei, (before, value) => words.withAccruedGwei(before, value));
    setterKeepsRest("withUses", ACCRUAL.uses, (before, value) => words.withUses(before, value));
    setterKeepsRest("withTermsEpoch", ACCRUAL.termsEpoch, (before, value) => words.withTermsEpoch(before, value));
    setterKeepsRest("withPayee", ACCRUAL.payee, (before, value) => words.withPayee(before, value));
    setterKeepsRest("withPriceGwei", ACCRUAL.priceGwei, (before, value) => words.withPriceGwei(before, value));

    it("bumped counts one change and wraps, so that a counter never stops a transfer", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          const next = (get(word, ACCRUAL.termsEpoch) + 1n) % 65_536n;
          expect(await words.bumped(word)).to.equal(set(word, ACCRUAL.termsEpoch, next));
        }),
        { numRuns: RUNS, examples: [[set(0n, ACCRUAL.termsEpoch, 65_535n)]] },
      );
    });

    it("withAccrual adds money exactly, and uses up to their maximum", async () => {
      const more = fc.tuple(anyWord, uint(63n), uint(63n), uint(32n));
      await fc.assert(
        fc.asyncProperty(more, async ([any, accrued, amount, uses]) => {
          const word = set(any, ACCRUAL.accruedGwei, accrued);
          const count = get(word, ACCRUAL.uses) + uses;
          let expected = set(word, ACCRUAL.accruedGwei, accrued + amount);
          expected = set(expected, ACCRUAL.uses, count > MAX_USES ? MAX_USES : count);
          expect(await words.withAccrual(word, amount, uses)).to.equal(expected);
        }),
        { numRuns: RUNS },
      );
    });

    it("withAccrual refuses a sum beyond 64 bits, which the vault cannot hold", async () => {
      const full = set(0n, ACCRUAL.accruedGwei, MAX_GWEI);
      expect(get(await words.withAccrual(full, 0, 1), ACCRUAL.accruedGwei)).to.equal(MAX_GWEI);
      await expect(words.withAccrual(full, 1, 1)).to.be.revertedWithPanic(0x11);
    });
  });

  describe("LineageWord", () => {
    const parentAt = (index: number): Field => ({ shift: 64n * BigInt(index), bits: 48n });
    const shareAt = (index: number): Field => ({ shift: 64n * BigInt(index) + 48n, bits: 16n });

    for (const index of [0, 1, 2, 3]) {
      it(`reads parent ${index} with its share where the layout says`, async () => {
        await fc.assert(
          fc.asyncProperty(anyWord, async (word) => {
            const expected = [get(word, parentAt(index)), get(word, shareAt(index))];
            expect([...(await words.readParent(word, index))]).to.deep.equal(expected);
          }),
          { numRuns: RUNS },
        );
      });

      setterKeepsRest(`withParent ${index}`, parentAt(index), (before, value) =>
        words.withParent(before, index, value),
      );
      setterKeepsRest(`withShareBps ${index}`, shareAt(index), (before, value) =>
        words.withShareBps(before, index, value),
      );
    }

    it("has no fifth parent", async () => {
      for (const index of [4n, ethers.MaxUint256]) {
        for (const call of [
          () => words.readParent(0, index),
          () => words.withParent(0, index, 1),
          () => words.withShareBps(0, index, 1),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(words, "LineageIndexTooLarge").withArgs(index);
        }
      }
    });
  });

  describe("ServiceWord", () => {
    it("reads every field where the layout says; the empty word is no service", async () => {
      await fc.assert(
        fc.asyncProperty(anyWord, async (word) => {
          expect([...(await words.readService(word))]).to.deep.equal(all(word, SERVICE));
          const flags = all(word, SERVICE_FLAGS).map((flag) => flag === 1n);
          expect([...(await words.readServiceFlags(word))]).to.deep.equal([word !== 0n, ...flags]);
        }),
        { numRuns: RUNS, examples: [[0n]] },
      );
    });

    setterKeepsRest("withPricePerUnitGwei", SERVICE.pricePerUnitGwei, (before, value) =>
      words.withPricePerUnitGwei(before, value),
    );
    setterKeepsRest("withMinComputeGwei", SERVICE.minComputeGwei, (before, value) =>
      words.withMinComputeGwei(before, value),
    );
    setterKeepsRest("withInputChargeGwei", SERVICE.inputChargeGwei, (before, value) =>
      words.withInputChargeGwei(before, value),
    );
    setterKeepsRest("withSecondsPerUnit", SERVICE.secondsPerUnit, (before, value) =>
      words.withSecondsPerUnit(before, value),
    );
    setterKeepsRest("withComplexity", SERVICE.complexity, (before, value) => words.withComplexity(before, value));
    setterKeepsRest("withClassId", SERVICE.classId, (before, value) => words.withClassId(before, value));
    setterKeepsRest("withListed", SERVICE_FLAGS.listed, (before, value) => words.withListed(before, value === 1n));
    setterKeepsRest("withTrainedModel", SERVICE_FLAGS.trainedModel, (before, value) =>
      words.withTrainedModel(before, value === 1n),
    );
    setterKeepsRest("withHasDataset", SERVICE_FLAGS.hasDataset, (before, value) =>
      words.withHasDataset(before, value === 1n),
    );
    setterKeepsRest("withDatasetKind", SERVICE_FLAGS.datasetKind, (before, value) =>
      words.withDatasetKind(before, value === 1n),
    );
  });
});
