import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { queueWord, type QueueWord } from "../../../src/protocol/words";
import { MarketHarness__factory } from "../../../typechain-types";

const CLASS = 3;
const CAPACITY = 4_096n;
const TOP = 2n ** 32n;
const LINES = ["main", "front"] as const;

async function deployHarness() {
  const [deployer] = await ethers.getSigners();
  return new MarketHarness__factory(deployer!).deploy();
}

/** A harness whose queue has these fields, all others 0. */
async function queueWith(fields: Partial<QueueWord>) {
  const harness = await loadFixture(deployHarness);
  await harness.setQueue(CLASS, queueWord.encode({ ...queueWord.decode(0n), ...fields }));
  const push = async (front: boolean, key = 1n) => {
    const result = await harness.push.staticCall(CLASS, front, key);
    await harness.push(CLASS, front, key);
    return result;
  };
  const word = async () => queueWord.decode(await harness.queueOf(CLASS));
  return { harness, push, word };
}

const heads = (line: (typeof LINES)[number], head: bigint, tail: bigint): Partial<QueueWord> =>
  line === "main" ? { mainHead: head, mainTail: tail } : { frontHead: head, frontTail: tail };

describe("JobQueue", () => {
  for (const line of LINES) {
    const front = line === "front";
    describe(`push to the ${line} line`, () => {
      it("is refused when 4,096 wait, and writes nothing", async () => {
        const fields = heads(line, TOP - 10n, CAPACITY - 10n);
        const { push, word } = await queueWith(fields);
        const before = await word();
        expect([...(await push(front))]).to.deep.equal([false, 0n]);
        expect(await word()).to.deep.equal(before);
      });

      it("takes the last place", async () => {
        const { push, word } = await queueWith(heads(line, 7n, 7n + CAPACITY - 1n));
        expect([...(await push(front))]).to.deep.equal([true, 6n + CAPACITY]);
        expect([...(await push(front))]).to.deep.equal([false, 0n]);
        expect(await word()).to.deep.include(heads(line, 7n, 7n + CAPACITY));
      });

      for (const [at, ticket] of [
        [0n, 0n],
        [1n, CAPACITY],
        [CAPACITY, CAPACITY],
        [CAPACITY + 1n, 2n * CAPACITY],
        [TOP - CAPACITY, TOP - CAPACITY],
        [TOP - CAPACITY + 1n, 0n],
        [TOP - 1n, 0n],
      ] as const) {
        it(`of an empty line at ${at} restarts the ring at ticket ${ticket}`, async () => {
          const { push, word } = await queueWith(heads(line, at, at));
          expect([...(await push(front))]).to.deep.equal([true, ticket]);
          expect(await word()).to.deep.include(heads(line, ticket, ticket + 1n));
        });
      }

      it("of a line that holds one does not jump", async () => {
        const { push } = await queueWith(heads(line, 41n, 42n));
        expect([...(await push(front))]).to.deep.equal([true, 42n]);
      });

      it("wraps past 2^32 - 1", async () => {
        const { push, word } = await queueWith(heads(line, TOP - 2n, TOP - 1n));
        expect([...(await push(front))]).to.deep.equal([true, TOP - 1n]);
        expect([...(await push(front))]).to.deep.equal([true, 0n]);
        expect(await word()).to.deep.include(heads(line, TOP - 2n, 1n));
      });
    });
  }

  it("the two lines and the classes keep apart in storage", async () => {
    const { harness, push } = await queueWith({});
    await push(false, 11n);
    await push(true, 22n);
    await harness.push(CLASS + 1, false, 33n);
    expect(await harness.bind.staticCall(CLASS, 1)).to.equal(2n);
    await harness.bind(CLASS, 1);
    await expect(harness.pop(CLASS)).to.emit(harness, "Popped").withArgs(22n);
    await expect(harness.pop(CLASS)).to.emit(harness, "Popped").withArgs(11n);
    await harness.bind(CLASS + 1, 1);
    await expect(harness.pop(CLASS + 1))
      .to.emit(harness, "Popped")
      .withArgs(33n);
  });

  describe("bind", () => {
    for (const [front, main, boundFront, boundMain] of [
      [0n, 0n, 0n, 0n],
      [255n, 1n, 255n, 1n],
      [256n, 1n, 256n, 0n],
      [257n, 300n, 256n, 0n],
      [0n, 256n, 0n, 256n],
      [0n, 4_096n, 0n, 256n],
      [1n, 256n, 1n, 255n],
    ] as const) {
      it(`of ${front} in front and ${main} in the main line takes ${boundFront} and ${boundMain}`, async () => {
        const start = TOP - 100n;
        const tail = (jobs: bigint) => (start + jobs) % TOP;
        const { harness, word } = await queueWith({
          ...heads("front", start, tail(front)),
          ...heads("main", start, tail(main)),
          tries: 9n,
        });
        expect(await harness.bind.staticCall(CLASS, 5)).to.equal(boundFront + boundMain);
        await harness.bind(CLASS, 5);
        expect(await word()).to.deep.include({
          pendingFront: boundFront,
          pendingMain: boundMain,
          round: 5n,
          tries: 0n,
        });
        expect(await harness.pending(CLASS)).to.equal(boundFront + boundMain);
      });
    }
  });

  it("a ticket waits and is bound exactly between head and tail, and head and bound part, across the wrap", async () => {
    const { harness } = await queueWith({ ...heads("main", TOP - 2n, 3n), pendingMain: 2n });
    const places = await Promise.all(
      [TOP - 3n, TOP - 2n, TOP - 1n, 0n, 2n, 3n].map((ticket) => harness.place(CLASS, false, ticket)),
    );
    expect(places.map(({ waits, bound }) => [waits, bound])).to.deep.equal([
      [false, false],
      [true, true],
      [true, true],
      [true, false],
      [true, false],
      [false, false],
    ]);
  });
});
