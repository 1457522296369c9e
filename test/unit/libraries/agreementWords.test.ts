/** Every getter and setter of the packed words of an agreement and of accusations, alone, against the layouts of src/protocol/words. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { accusationWord, jobLines, jobReserves, jobTerms, jobWindows } from "../../../src/protocol/words";
import type { AgreementWords } from "../../../typechain-types";
import { anyWord, type Field, get, set, uint } from "./fields";

const RUNS = 30;

/** Fields that are narrower than the value type of their setter, and so are checked by it. */
const NARROW = ["secondsPerAttempt", "heartbeat", "revealSeconds", "disputeSeconds", "referenceSeconds", "drawUnit"];

describe("packed words of an agreement and of accusations", () => {
  let words: AgreementWords;

  before(async () => {
    words = await ethers.deployContract("AgreementWords");
  });

  for (const { name, layout } of [jobTerms, jobWindows, jobLines, jobReserves, accusationWord]) {
    describe(name, () => {
      for (const [fieldName, [shift, bits]] of Object.entries(layout)) {
        const field: Field = { shift: BigInt(shift), bits: BigInt(bits) };
        const setter = `with${fieldName[0]?.toUpperCase()}${fieldName.slice(1)}`;

        it(`${fieldName} is read and replaced where the layout says, and nothing else changes`, async () => {
          const call = async (name: string, ...args: bigint[]): Promise<bigint> =>
            BigInt(await words.getFunction(name).staticCall(...args));
          await fc.assert(
            fc.asyncProperty(anyWord, uint(field.bits), async (word, value) => {
              expect(await call(fieldName, word)).to.equal(get(word, field));
              expect(await call(setter, word, value)).to.equal(set(word, field, value));
            }),
            { numRuns: RUNS },
          );
        });

        if (!NARROW.includes(fieldName)) continue;
        it(`${fieldName} refuses a value that does not fit`, async () => {
          for (const value of [1n << field.bits, 2n ** 32n - 1n]) {
            await expect(words.getFunction(setter).staticCall(0n, value))
              .to.be.revertedWithCustomError(words, "BitFieldOverflow")
              .withArgs(value, bits);
          }
        });
      }
    });
  }
});
