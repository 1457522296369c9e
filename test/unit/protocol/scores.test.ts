/** How marks are packed and sealed, without a chain. */
import { expect } from "chai";
import { keccak256, toBeHex } from "ethers";
import { scoreSheetMessage } from "../../../src/protocol/eip712";
import { merkleTree } from "../../../src/protocol/merkle";
import {
  lowerMedian,
  markOf,
  marksIn,
  mediansOf,
  scoreQuestionValues,
  scoresIn,
  seatCommitOf,
  sheetOf,
} from "../../../src/protocol/scores";

describe("protocol/scores", () => {
  it("packs scores as score + 1, so that nothing is not 0", () => {
    expect(markOf([0])).to.equal(1);
    expect(markOf([80, 60, 40])).to.equal(81 | (61 << 7) | (41 << 14));
    expect(scoresIn(markOf([0, 100, 0]))).to.deep.equal([0, 100, 0]);
    expect(scoresIn(0n)).to.deep.equal([]);
    for (const wrong of [[], [1, 2, 3, 4], [101], [-1], [0.5]]) {
      expect(() => markOf(wrong)).to.throw(RangeError, "one to three scores");
    }
  });

  it("puts marks and medians on a sheet, and finds them there", () => {
    const marks = [markOf([1]), undefined, markOf([3]), markOf([2])];
    const sheet = sheetOf(marks, mediansOf(marks));
    expect(marksIn(sheet)).to.deep.equal({ marks: [2, 0, 4, 3, 0, 0, 0], medians: 3 });
  });

  it("takes the lower median of an even count, and none of nothing", () => {
    expect(lowerMedian([4, 1, 3, 2])).to.equal(2);
    expect(lowerMedian([10, 9, 100])).to.equal(10);
    expect(() => lowerMedian([])).to.throw(RangeError, "no values");
    expect(() => mediansOf([undefined, 0])).to.throw(RangeError);
  });

  it("makes trees whose every proof leads to the root", () => {
    const hash = (a: string, b: string) => {
      const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a];
      return keccak256(`0x${low.slice(2)}${high.slice(2)}`);
    };
    for (let count = 1; count <= 9; ++count) {
      const leaves = Array.from({ length: count }, (_, index) => keccak256(toBeHex(index, 32)));
      const { root, proofs } = merkleTree(leaves, keccak256);
      leaves.forEach((leaf, index) => {
        expect((proofs[index] ?? []).reduce((node, sibling) => hash(node, sibling), leaf)).to.equal(root);
      });
    }
    expect(() => merkleTree([], keccak256)).to.throw(RangeError, "has leaves");
  });

  it("names who committed, and what is signed", () => {
    const signer = toBeHex(5, 20);
    expect(seatCommitOf({ signer, validator: 3n, seat: 2 })).to.equal(5n | (3n << 160n) | (2n << 200n));
    const message = { batch: 1n, rows: [] };
    const typed = scoreSheetMessage(1n, signer, message);
    expect(typed.primaryType).to.equal("ScoreSheet");
    expect(typed.message).to.equal(message);
    const word = toBeHex(9, 32);
    const text = { batch: 1n, asker: signer, subject: word, claim: word, dimensions: 3, party: 7n, note: word };
    expect(scoreQuestionValues(text)).to.deep.equal([1, signer, word, word, 3, 7, word]);
  });
});
