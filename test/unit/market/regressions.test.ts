/** What attacks on the market found; each test failed before its fix. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { StarvingOperator__factory, ThoroughVerifier__factory } from "../../../typechain-types";
import { deployMarket, Mode, postAndDraw, Status, statusOf } from "../../fixtures/suite";

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
  describe("a long proof", () => {
    it("starves no verifier into a dispute, with whatever gas it is delivered", async () => {
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
