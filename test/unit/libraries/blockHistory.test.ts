/** BlockHistory: the opcode for the newest 256 blocks, the EIP-2935 history beyond, zero where neither knows. */
import { loadFixture, mine, setCode } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { installHistory, recordInHistory, removeHistory, WINDOW } from "../randomness/fixture";

const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
/** Bytecode that returns 64 bytes. */
const LONG_ANSWER = "0x60405ff3";

/** A chain of 9,000 blocks; a view runs in the context of the newest. */
async function longChain() {
  const words = await ethers.deployContract("MoneyWords");
  await installHistory();
  await mine(9_000);
  const newest = BigInt(await ethers.provider.getBlockNumber());
  const hashOf = async (number: bigint) => (await ethers.provider.getBlock(Number(number)))?.hash;
  return { words, newest, hashOf };
}

describe("BlockHistory", () => {
  it("knows neither the block it runs in nor one beyond the window", async () => {
    const { words, newest } = await loadFixture(longChain);
    await recordInHistory(newest - WINDOW - 1n);
    expect(await words.hashOfBlock(newest)).to.equal(ethers.ZeroHash);
    expect(await words.hashOfBlock(newest - WINDOW - 1n)).to.equal(ethers.ZeroHash);
    expect(await words.hashOfBlock(0)).to.equal(ethers.ZeroHash);
  });

  it("takes the newest 256 blocks from the opcode, without any history", async () => {
    const { words, newest, hashOf } = await loadFixture(longChain);
    await removeHistory();
    for (const age of [1n, 2n, 255n, 256n]) {
      expect(await words.hashOfBlock(newest - age), `age ${age}`).to.equal(await hashOf(newest - age));
    }
    expect(await words.hashOfBlock(newest - 257n)).to.equal(ethers.ZeroHash);
  });

  it("takes older blocks from the history, to the last of its window", async () => {
    const { words, newest, hashOf } = await loadFixture(longChain);
    for (const age of [257n, 1_000n, WINDOW]) {
      await recordInHistory(newest - age);
      expect(await words.hashOfBlock(newest - age), `age ${age}`).to.equal(await hashOf(newest - age));
    }
  });

  it("takes a block that the history never recorded for unknown", async () => {
    const { words, newest } = await loadFixture(longChain);
    expect(await words.hashOfBlock(newest - 300n)).to.equal(ethers.ZeroHash);
  });

  it("takes an answer of another length for none", async () => {
    const { words, newest } = await loadFixture(longChain);
    await recordInHistory(newest - 300n);
    await setCode(HISTORY, LONG_ANSWER);
    expect(await words.hashOfBlock(newest - 300n)).to.equal(ethers.ZeroHash);
  });
});
