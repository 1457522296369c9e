/** BoundedTransfer: whether a transfer was made, within a sum of gas, whatever the token does. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { SaleWords } from "../../../typechain-types";

const GAS = 100_000n;

/** Modes of the callee, in the order of Answers.sol, and whether that passes for a transfer. */
const MODES = [
  ["answers 1", true],
  ["answers 0", false],
  ["reverts", false],
  ["burns all gas", false],
  ["answers 2", false],
  ["answers nothing", true],
  ["answers 60,000 bytes that begin with no boolean", false],
] as const;

async function transferWorld() {
  const words = await ethers.deployContract("SaleWords");
  const callee = await ethers.deployContract("Answers");
  return { words, callee };
}

/** What the library said, and the gas that it used. */
async function tried(words: SaleWords, token: string, gas = GAS): Promise<{ done: boolean; gasUsed: bigint }> {
  await words.tryTransfer(token, ethers.toBeHex(0xabc, 20), 5n, gas);
  const [event] = await words.queryFilter(words.filters.Tried(), "latest");
  if (event === undefined) throw new Error("no event");
  return { done: event.args.done, gasUsed: event.args.gasUsed };
}

describe("BoundedTransfer", () => {
  for (const [mode, [what, done]] of MODES.entries()) {
    it(`takes a token that ${what} for one that ${done ? "paid" : "did not pay"}, within its gas`, async () => {
      const { words, callee } = await loadFixture(transferWorld);
      await callee.setMode(mode);
      const result = await tried(words, await callee.getAddress());
      expect(result.done).to.equal(done);
      expect(result.gasUsed).to.be.lessThan(GAS + 5_000n);
    });
  }

  it("takes an account without code for one that did not pay", async () => {
    const { words } = await loadFixture(transferWorld);
    expect((await tried(words, ethers.toBeHex(0xdef, 20))).done).to.equal(false);
  });

  it("moves the tokens of the caller, once, and leaves memory as it was", async () => {
    const { words } = await loadFixture(transferWorld);
    const silent = await ethers.deployContract("SilentToken", [words, 7n]);
    expect((await tried(words, await silent.getAddress())).done).to.equal(true);
    expect(await silent.balanceOf(ethers.toBeHex(0xabc, 20))).to.equal(5n);
    expect((await tried(words, await silent.getAddress())).done, "only 2 are left").to.equal(false);
    expect(await silent.balanceOf(words)).to.equal(2n);
  });

  it("does not pay with too little gas", async () => {
    const { words } = await loadFixture(transferWorld);
    const silent = await ethers.deployContract("SilentToken", [words, 7n]);
    expect((await tried(words, await silent.getAddress(), 1_000n)).done).to.equal(false);
  });
});
