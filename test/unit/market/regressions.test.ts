/** What attacks on the market found; each test failed before its fix. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { StarvingOperator__factory, ThoroughVerifier__factory } from "../../../typechain-types";
import { agreementOf } from "../../fixtures/market";
import {
  CLASS,
  deployMarket,
  drawRound,
  holderOf,
  Mode,
  postAndDraw,
  postJob,
  Status,
  statusOf,
} from "../../fixtures/suite";

/** A drawn job whose verifier needs most of its gas to say no, held by a GPU whose hot key is a contract. */
async function starving() {
  const world = await loadFixture(deployMarket);
  const { escrow, registry, actors } = world;
  const verifier = await new ThoroughVerifier__factory(actors.deployer).deploy(1_500_000);
  const operator = await new StarvingOperator__factory(actors.deployer).deploy();
  await escrow.connect(actors.owner).setVerifier(verifier, true);
  const change = { mode: Mode.Proof, verifier: await verifier.getAddress(), verifierGas: 2_000_000 };
  const drawn = await postAndDraw(world, actors.requester, change);
  await registry.connect(drawn.gpu.owner).setOperator(drawn.gpu.id, operator);
  return { world, operator, ...drawn };
}

describe("JobEscrow regressions", () => {
  describe("a heart-beat that no chain can carry", () => {
    it("is not agreed on, or its requester would live on the pay of the misses that it makes", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, vault, actors, service } = world;
      const trap = () => postJob(world, actors.requester, service, { heartbeat: 1 });
      const earned = async () => {
        const job = await trap();
        await drawRound(world, [CLASS.T4]);
        const gpu = await holderOf(world, job, world.gpus);
        await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, ethers.ZeroHash);
        await vault.connect(actors.stranger).openAccount(actors.stranger);
        await time.increase(2);
        await escrow.connect(actors.stranger).miss(job.id, job.agreement);
        return registry.creditOf(await vault.accountOf(actors.stranger));
      };
      await expect(earned()).to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds").withArgs(1, 60, 3_600);
    });

    it("is not the one that an agreement may leave out", async () => {
      const world = await loadFixture(deployMarket);
      const job = await postJob(world, world.actors.requester, world.service, { heartbeat: 0 });
      expect(agreementOf(job).terms.heartbeat).to.equal(0n);
    });
  });

  describe("a long proof", () => {
    it("@gas starves no verifier into a dispute, with whatever gas it is delivered", async () => {
      const { world, job, operator } = await starving();
      const took: number[] = [];
      for (let gas = 4_000_000; gas <= 8_000_000; gas += 200_000) {
        const call = [world.escrow, job.id, job.agreement, 20, 900_000, gas, { gasLimit: 15_000_000 }] as const;
        if (await operator.deliver.staticCall(...call)) took.push(gas);
      }
      expect(took).to.deep.equal([]);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
    });
  });
});
