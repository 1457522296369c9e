/** AssetRegistry beside the real escrow: what a settled training job lets its requester mint. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { IAssetRegistry } from "../../../typechain-types";
import { deliver, deployMarket, digest, Kind, postAndDraw, postJob, settle, vaultBalance } from "../../fixtures/suite";

const NOBODY = ethers.ZeroAddress;
const RESULT = digest("result");

/** A trained model as its requester describes it. */
function trained(contentHash = RESULT): IAssetRegistry.MintStruct {
  return {
    kind: Kind.TrainedModel,
    contentHash,
    metadataDigest: digest("description"),
    previewDigest: ethers.ZeroHash,
    size: 2_048,
    format: 1,
    flags: 0,
    priceGwei: 500,
  };
}

/** A job that was delivered and waits for its requester. */
async function deliveredWorld() {
  const world = await deployMarket();
  const made = await postAndDraw(world, world.actors.requester, { ring: 3 });
  await deliver(world, made.job, made.gpu);
  return { ...world, ...made };
}

describe("AssetRegistry with the escrow as training record", () => {
  it("refuses a result that is delivered but not settled", async () => {
    const { assets, escrow, actors, job } = await loadFixture(deliveredWorld);
    await expect(assets.connect(actors.requester).mintTrained(trained(), escrow, job.id))
      .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
      .withArgs(actors.requester.address, NOBODY);
  });

  describe("given a settled job", () => {
    it("refuses the operator, a stranger, another result, another job and another generation", async () => {
      const world = await loadFixture(deliveredWorld);
      const { assets, escrow, actors, job, gpu } = world;
      await settle(world, job);
      for (const caller of [gpu.operator, gpu.owner, actors.stranger]) {
        await expect(assets.connect(caller).mintTrained(trained(), escrow, job.id))
          .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
          .withArgs(caller.address, actors.requester.address);
      }
      const mint = assets.connect(actors.requester).mintTrained;
      for (const [asset, id] of [
        [trained(digest("better result")), job.id],
        [trained(), job.id + 1n],
        [trained(), job.id - 1n],
        [trained(), job.id + (1n << 32n)],
        [trained(), ethers.MaxUint256],
      ] as const) {
        await expect(mint(asset, escrow, id))
          .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
          .withArgs(actors.requester.address, NOBODY);
      }
    });

    it("mints its result to its requester, who then earns royalties with it", async () => {
      const world = await loadFixture(deliveredWorld);
      const { assets, catalog, escrow, vault, actors, job } = world;
      await settle(world, job);
      const id = await assets.trainedAssetId(RESULT, await vault.accountOf(actors.requester));
      await expect(assets.connect(actors.requester).mintTrained(trained(), escrow, job.id))
        .to.emit(assets, "AssetTrained")
        .withArgs(id, await escrow.getAddress(), job.id);
      expect(await assets.ownerOf(id)).to.equal(actors.requester.address);

      await catalog.connect(actors.stranger).register(id, RESULT, 0, ethers.ZeroHash, 1, 1_000_000_000);
      const service = await catalog.serviceCount();
      const next = await postAndDraw({ ...world, service: { ...world.service, id: service } }, actors.requester2);
      await deliver(world, next.job, next.gpu, { result: digest("second result") });
      await settle(world, next.job);
      const before = await vaultBalance(world, actors.requester);
      await assets.connect(actors.stranger).claim(id);
      expect((await vaultBalance(world, actors.requester)) - before).to.equal(500n * 10n ** 9n);
    });

    it("does so however the token's later owner changed: the job stays the requester's", async () => {
      const world = await loadFixture(deliveredWorld);
      const { assets, escrow, vault, actors, job } = world;
      await settle(world, job, { silence: true });
      await assets.connect(actors.requester).mintTrained(trained(), escrow, job.id);
      const id = await assets.trainedAssetId(RESULT, await vault.accountOf(actors.requester));
      await assets.connect(actors.requester).transferFrom(actors.requester.address, actors.stranger.address, id);
      await expect(assets.connect(actors.requester).mintTrained(trained(), escrow, job.id))
        .to.be.revertedWithCustomError(assets, "AssetDuplicate")
        .withArgs(id);
    });

    it("forgets the result once the ring index is used again", async () => {
      const world = await loadFixture(deliveredWorld);
      const { assets, escrow, actors, job, service } = world;
      await settle(world, job);
      const later = await postJob(world, actors.requester, service, { ring: 3 });
      expect(later.id).to.equal(job.id + 1n);
      for (const id of [job.id, later.id]) {
        await expect(assets.connect(actors.requester).mintTrained(trained(), escrow, id))
          .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
          .withArgs(actors.requester.address, NOBODY);
      }
    });
  });
});
