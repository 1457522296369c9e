import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { MarketHarness__factory } from "../../../typechain-types";

const MAX = 2n ** 64n - 1n;

async function deployHarness() {
  const [deployer] = await ethers.getSigners();
  return new MarketHarness__factory(deployer!).deploy();
}

const bits = (width: bigint) => fc.bigInt(0n, 2n ** width - 1n);
const bytes32 = bits(256n).map((value) => ethers.toBeHex(value, 32));
const address = bits(160n).map((value) => ethers.getAddress(ethers.toBeHex(value, 20)));

describe("JobStore", () => {
  describe("lockGwei", () => {
    for (const [price, factor, lock] of [
      [0n, 50n, 0n],
      [1n, 1n, 1n],
      [7n, 5n, 35n],
      [MAX, 1n, MAX],
      [MAX / 50n, 50n, (MAX / 50n) * 50n],
      [MAX / 50n + 1n, 50n, MAX],
      [MAX, 50n, MAX],
    ] as const) {
      it(`of ${price} x ${factor} is ${lock}`, async () => {
        const harness = await loadFixture(deployHarness);
        expect(await harness.lockGwei(price, factor)).to.equal(lock);
      });
    }
  });

  it("hashes an agreement in calldata as it does in memory", async () => {
    const harness = await loadFixture(deployHarness);
    const agreements = fc.record({
      requester: address,
      model: bits(256n),
      dataset: bits(256n),
      modelHash: bytes32,
      datasetHash: bytes32,
      inputDigest: bytes32,
      parametersHash: bytes32,
      note: bytes32,
      terms: bits(256n),
      windows: bits(256n),
      lines: bits(256n),
      reserves: bits(256n),
      resolver: address,
      verifier: address,
      verifierGas: bits(32n),
    });
    await fc.assert(
      fc.asyncProperty(bits(88n), agreements, async (jobId, agreement) => {
        const { fast, plain } = await harness.hashes(jobId, agreement);
        expect(fast).to.equal(plain);
        expect((await harness.hashes(jobId + 1n, agreement)).fast).to.not.equal(fast);
      }),
      { numRuns: 50 },
    );
  });
});
