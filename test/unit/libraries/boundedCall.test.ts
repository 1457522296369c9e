/** BoundedCall: a boolean, or a number of words, within a sum of gas, whatever the callee does. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

const Answer = { Failed: 0n, False: 1n, True: 2n } as const;
const GAS = 100_000n;

/** Modes of the callee, in the order of Answers.sol, and what the library makes of them. */
const MODES = [
  ["answers 1", Answer.True],
  ["answers 0", Answer.False],
  ["reverts", Answer.Failed],
  ["burns all gas", Answer.Failed],
  ["answers 2", Answer.Failed],
  ["answers nothing", Answer.Failed],
  ["answers 60,000 bytes that begin with no boolean", Answer.Failed],
] as const;

async function callWorld() {
  const callee = await ethers.deployContract("Answers");
  const harness = await ethers.deployContract("MarketHarness");
  return { callee, harness };
}

describe("BoundedCall", () => {
  describe("staticBool", () => {
    for (const [mode, [what, answer]] of MODES.entries()) {
      it(`given a callee that ${what} says ${["failed", "false", "true"][Number(answer)]}`, async () => {
        const { callee, harness } = await loadFixture(callWorld);
        await callee.setMode(mode);
        expect(await harness.staticBool(callee, GAS, "0x12345678")).to.equal(answer);
      });
    }

    it("says failed where there is no code, for any data and any gas", async () => {
      const { harness } = await loadFixture(callWorld);
      const [someone] = await ethers.getSigners();
      for (const gas of [0n, GAS, ethers.MaxUint256]) {
        expect(await harness.staticBool(someone!, gas, "0x")).to.equal(Answer.Failed);
      }
    });

    it("says failed when the callee gets too little gas for its answer", async () => {
      const { callee, harness } = await loadFixture(callWorld);
      expect(await harness.staticBool(callee, 1_000n, "0x12345678")).to.equal(Answer.Failed);
      expect(await harness.staticBool(callee, 10_000n, "0x12345678")).to.equal(Answer.True);
    });

    it("says failed when the callee tries to write", async () => {
      const { callee, harness } = await loadFixture(callWorld);
      const writing = callee.interface.encodeFunctionData("setMode", [1]);
      expect(await harness.staticBool(callee, GAS, writing)).to.equal(Answer.Failed);
      expect(await callee.mode()).to.equal(0);
    });

    it("@gas a callee cannot make its caller pay for more than its limit", async () => {
      const { callee, harness } = await loadFixture(callWorld);
      const honest = await harness.staticBool.estimateGas(callee, GAS, "0x12345678");
      for (const mode of [3, 6]) {
        await callee.setMode(mode);
        const spent = await harness.staticBool.estimateGas(callee, GAS, "0x12345678");
        expect(spent < honest + GAS + 5_000n, `mode ${mode} costs ${spent}`).to.equal(true);
      }
    });
  });

  describe("staticWords", () => {
    const ask = [GAS, "0x12345678"] as const;

    it("takes the first words of the answer, however long it is", async () => {
      const { callee, harness } = await loadFixture(callWorld);
      expect(await harness.staticWords(callee, ...ask, 1)).to.deep.equal([true, [1n]]);
      await callee.setMode(6);
      expect(await harness.staticWords(callee, ...ask, 1)).to.deep.equal([true, [2n]]);
      expect((await harness.staticWords(callee, ...ask, 1_875)).answered).to.equal(true);
    });

    it("says that there is no answer when it is a byte too short", async () => {
      const { callee, harness } = await loadFixture(callWorld);
      expect((await harness.staticWords(callee, ...ask, 2)).answered).to.equal(false);
      await callee.setMode(5);
      expect(await harness.staticWords(callee, ...ask, 1)).to.deep.equal([false, [0n]]);
      await callee.setMode(6);
      expect((await harness.staticWords(callee, ...ask, 1_876)).answered).to.equal(false);
    });

    for (const [mode, what] of [
      [2, "reverts"],
      [3, "burns all gas"],
    ] as const) {
      it(`says that there is no answer from a callee that ${what}`, async () => {
        const { callee, harness } = await loadFixture(callWorld);
        await callee.setMode(mode);
        expect((await harness.staticWords(callee, ...ask, 1)).answered).to.equal(false);
      });
    }

    it("says that there is no answer where there is no code", async () => {
      const { harness } = await loadFixture(callWorld);
      const [someone] = await ethers.getSigners();
      expect(await harness.staticWords(someone!, ...ask, 5)).to.deep.equal([false, [0n, 0n, 0n, 0n, 0n]]);
    });
  });
});
