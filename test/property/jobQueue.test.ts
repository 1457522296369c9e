import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { queueWord } from "../../src/protocol/words";
import { MarketHarness__factory } from "../../typechain-types";

const CLASS = 3;
const ROUND_LIMIT = 256;
const CAPACITY = 4096n;

type Step = { kind: "front" } | { kind: "main" } | { kind: "bind" } | { kind: "pop" };

const steps = fc.array(fc.constantFrom<Step>({ kind: "front" }, { kind: "main" }, { kind: "bind" }, { kind: "pop" }), {
  maxLength: 60,
});

async function deployHarness() {
  const [deployer] = await ethers.getSigners();
  return new MarketHarness__factory(deployer!).deploy();
}

/** Two arrays and two counters: what the packed queue must behave like. */
class PlainQueue {
  readonly front: bigint[] = [];
  readonly main: bigint[] = [];
  boundFront = 0;
  boundMain = 0;

  bind(): number {
    this.boundFront = Math.min(this.front.length, ROUND_LIMIT);
    this.boundMain = Math.min(this.main.length, ROUND_LIMIT - this.boundFront);
    return this.boundFront + this.boundMain;
  }

  pop(): bigint | undefined {
    if (this.boundFront > 0) {
      this.boundFront -= 1;
      return this.front.shift();
    }
    if (this.boundMain === 0) return undefined;
    this.boundMain -= 1;
    return this.main.shift();
  }
}

describe("JobQueue against two arrays", () => {
  it("keeps both lines first in, first out, front before main, and binds what waits at the request", async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.bigInt(0n, 2n ** 32n - 1n), async (path, offset) => {
        const harness = await loadFixture(deployHarness);
        const plain = new PlainQueue();
        // Counters start anywhere, so that they wrap at 2^32 in some runs.
        const start = {
          ...queueWord.decode(0n),
          mainHead: offset,
          mainTail: offset,
          frontHead: offset,
          frontTail: offset,
        };
        await harness.setQueue(CLASS, queueWord.encode(start));
        let key = 0n;
        for (const step of path) {
          if (step.kind === "bind") {
            const bound = await harness.bind.staticCall(CLASS, 7);
            await harness.bind(CLASS, 7);
            expect(bound).to.equal(plain.bind());
          } else if (step.kind === "pop") {
            const expected = plain.pop();
            expect(await harness.pending(CLASS)).to.equal(plain.boundFront + plain.boundMain + (expected ? 1 : 0));
            if (expected !== undefined) await expect(harness.pop(CLASS)).to.emit(harness, "Popped").withArgs(expected);
          } else {
            key += 1n;
            await harness.push(CLASS, step.kind === "front", key);
            plain[step.kind].push(key);
          }
        }
        for (const line of ["front", "main"] as const) {
          const word = queueWord.decode(await harness.queueOf(CLASS));
          const head = line === "front" ? word.frontHead : word.mainHead;
          for (let i = 0; i <= plain[line].length; i += 1) {
            const ticket = (head + BigInt(i)) % 2n ** 32n;
            const place = await harness.place(CLASS, line === "front", ticket);
            expect(place.waits).to.equal(i < plain[line].length);
            expect(place.bound).to.equal(i < (line === "front" ? plain.boundFront : plain.boundMain));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it("binds at most 256 jobs, front line first", async () => {
    const harness = await loadFixture(deployHarness);
    const lines = { frontHead: 10n, frontTail: 210n, mainHead: 0n, mainTail: 300n };
    await harness.setQueue(CLASS, queueWord.encode({ ...queueWord.decode(0n), ...lines }));
    await harness.bind(CLASS, 9);
    const word = queueWord.decode(await harness.queueOf(CLASS));
    expect([word.pendingFront, word.pendingMain, word.round]).to.deep.equal([200n, 56n, 9n]);
  });

  it("refuses a push into a full line and writes nothing", async () => {
    const harness = await loadFixture(deployHarness);
    const full = queueWord.encode({ ...queueWord.decode(0n), mainHead: 5n, mainTail: 5n + CAPACITY });
    await harness.setQueue(CLASS, full);
    expect((await harness.push.staticCall(CLASS, false, 1)).pushed).to.equal(false);
    await harness.push(CLASS, false, 1);
    expect(await harness.queueOf(CLASS)).to.equal(full);
    expect((await harness.push.staticCall(CLASS, true, 1)).pushed).to.equal(true);
  });
});
