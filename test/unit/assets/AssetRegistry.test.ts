/** AssetRegistry: construction, what its owner may do, views on assets that do not exist. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { accrue, assetWorld, balanceIn, commitTo, digest, GWEI, idOf, Kind, mintFor, mintOf } from "./fixture";

const NOBODY = ethers.ZeroAddress;
const UNKNOWN = 123_456_789n;

describe("AssetRegistry", () => {
  describe("constructor", () => {
    it("refuses a zero vault and a zero owner", async () => {
      const { assets, vault, governor } = await loadFixture(assetWorld);
      const factory = await ethers.getContractFactory("AssetRegistry");
      await expect(factory.deploy(NOBODY, governor.address)).to.be.revertedWithCustomError(assets, "AssetZeroAddress");
      await expect(factory.deploy(vault, NOBODY))
        .to.be.revertedWithCustomError(assets, "OwnableInvalidOwner")
        .withArgs(NOBODY);
    });

    it("takes its owner from the argument and starts open, with no asset", async () => {
      const { vault, alice } = await loadFixture(assetWorld);
      const assets = await ethers.deployContract("AssetRegistry", [vault, alice.address]);
      expect(await assets.owner()).to.equal(alice.address);
      expect(await assets.vault()).to.equal(await vault.getAddress());
      expect(await assets.paused()).to.equal(false);
      expect(await assets.MIN_COMMIT_AGE()).to.equal(60);
      expect(await assets.balanceOf(alice.address)).to.equal(0);
    });
  });

  describe("ownership", () => {
    it("I46 cannot be given up, and moves only when the next owner takes it", async () => {
      const { assets, governor, alice, bob } = await loadFixture(assetWorld);
      await expect(assets.renounceOwnership()).to.be.revertedWithCustomError(assets, "OwnershipRequired");
      await expect(assets.connect(alice).renounceOwnership())
        .to.be.revertedWithCustomError(assets, "OwnableUnauthorizedAccount")
        .withArgs(alice.address);
      await expect(assets.connect(alice).transferOwnership(alice.address))
        .to.be.revertedWithCustomError(assets, "OwnableUnauthorizedAccount")
        .withArgs(alice.address);
      await expect(assets.transferOwnership(alice.address))
        .to.emit(assets, "OwnershipTransferStarted")
        .withArgs(governor.address, alice.address);
      expect(await assets.owner()).to.equal(governor.address);
      await expect(assets.connect(bob).acceptOwnership())
        .to.be.revertedWithCustomError(assets, "OwnableUnauthorizedAccount")
        .withArgs(bob.address);
      await assets.connect(alice).acceptOwnership();
      expect(await assets.owner()).to.equal(alice.address);
      await expect(assets.connect(governor).pause()).to.be.revertedWithCustomError(
        assets,
        "OwnableUnauthorizedAccount",
      );
      await assets.connect(alice).pause();
    });

    it("I45 gives no say over any asset: the owner cannot price, move or claim it elsewhere", async () => {
      const world = await loadFixture(assetWorld);
      const { assets, governor, alice } = world;
      const id = await mintFor(assets, alice, "model");
      await accrue(world, id, 3n);
      await expect(assets.setPrice(id, 1)).to.be.revertedWithCustomError(assets, "AssetNotOwner");
      await expect(assets.transferFrom(alice.address, governor.address, id)).to.be.revertedWithCustomError(
        assets,
        "ERC721InsufficientApproval",
      );
      await assets.claim(id);
      expect(await balanceIn(world, alice.address)).to.equal(3n * GWEI);
      expect(await balanceIn(world, governor.address)).to.equal(0);
    });
  });

  describe("setTrainingRecord", () => {
    it("is the owner's, and refuses the zero address", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      await expect(assets.connect(alice).setTrainingRecord(alice.address, true))
        .to.be.revertedWithCustomError(assets, "OwnableUnauthorizedAccount")
        .withArgs(alice.address);
      await expect(assets.setTrainingRecord(NOBODY, true)).to.be.revertedWithCustomError(assets, "AssetZeroAddress");
      expect(await assets.isTrainingRecord(NOBODY)).to.equal(false);
    });

    it("adds and removes a record; several stand side by side", async () => {
      const { assets, module, bob } = await loadFixture(assetWorld);
      await expect(assets.setTrainingRecord(bob.address, true))
        .to.emit(assets, "TrainingRecordChanged")
        .withArgs(bob.address, true);
      expect(await assets.isTrainingRecord(bob.address)).to.equal(true);
      expect(await assets.isTrainingRecord(module)).to.equal(true);
      await expect(assets.setTrainingRecord(bob.address, false))
        .to.emit(assets, "TrainingRecordChanged")
        .withArgs(bob.address, false);
      expect(await assets.isTrainingRecord(bob.address)).to.equal(false);
      expect(await assets.isTrainingRecord(module)).to.equal(true);
    });
  });

  describe("pause", () => {
    it("and unpause are the owner's, each once", async () => {
      const { assets, governor, alice } = await loadFixture(assetWorld);
      for (const call of ["pause", "unpause"] as const) {
        await expect(assets.connect(alice)[call]())
          .to.be.revertedWithCustomError(assets, "OwnableUnauthorizedAccount")
          .withArgs(alice.address);
      }
      await expect(assets.unpause()).to.be.revertedWithCustomError(assets, "ExpectedPause");
      await expect(assets.pause()).to.emit(assets, "Paused").withArgs(governor.address);
      await expect(assets.pause()).to.be.revertedWithCustomError(assets, "EnforcedPause");
      await expect(assets.unpause()).to.emit(assets, "Unpaused").withArgs(governor.address);
    });

    it("stops every way to mint, and mints go on where they stopped", async () => {
      const { assets, module, alice } = await loadFixture(assetWorld);
      const list = [mintOf("a"), mintOf("b")];
      const one = mintOf("c");
      const trained = mintOf("d", { kind: Kind.TrainedModel });
      await module.setTrained(1, digest("d"), alice.address);
      const [salts, salt] = [await commitTo(assets, alice, list), await commitTo(assets, alice, [one])];
      const calls = [
        () => assets.connect(alice).mint(one, salt),
        () => assets.connect(alice).mintMany(list, salts),
        () => assets.connect(alice).mintTrained(trained, module, 1),
      ];
      await assets.pause();
      for (const call of calls) await expect(call()).to.be.revertedWithCustomError(assets, "EnforcedPause");
      await assets.unpause();
      for (const call of calls) await call();
      expect(await assets.balanceOf(alice.address)).to.equal(4);
    });

    it("I44 stops nothing else: terms, transfers, claims and commitments go on", async () => {
      const world = await loadFixture(assetWorld);
      const { assets, alice, bob } = world;
      const [id, next] = [await mintFor(assets, alice, "a"), await mintFor(assets, alice, "b")];
      await assets.pause();
      await accrue(world, id, 3n);
      await assets.connect(alice).setPrice(id, 1);
      await assets.connect(alice).setMetadata(id, digest("x"), ethers.ZeroHash);
      await assets.connect(alice).setResaleRoyalty(id, alice.address, 1);
      await assets.connect(alice).declareVersion(next, id);
      await assets.connect(alice).claim(id);
      await assets.connect(alice).commitMint(digest("later"));
      await assets.connect(alice).transferFrom(alice.address, bob.address, id);
      expect(await assets.ownerOf(id)).to.equal(bob.address);
      expect(await balanceIn(world, alice.address)).to.equal(3n * GWEI);
    });
  });

  describe("views", () => {
    it("I48 answer for every asset that exists, whatever its terms", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      for (const kind of [Kind.Data, Kind.Dataset, Kind.Model]) {
        const id = await mintFor(assets, alice, `of kind ${kind}`, { kind, priceGwei: 0n, size: 0n, format: 0n });
        for (const view of [
          assets.assetOf(id),
          assets.termsOf(id),
          assets.ownerOf(id),
          assets.tokenURI(id),
          assets.royaltyInfo(id, ethers.MaxUint256),
          assets.versionsOf(id),
          assets.parentOf(id, 3),
          assets.getApproved(id),
        ]) {
          await view;
        }
        expect((await assets.assetOf(id)).owner).to.equal(alice.address);
      }
    });

    it("say of an unknown asset that it is unknown, or that it has nothing", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      for (const id of [0n, UNKNOWN, ethers.MaxUint256, idOf(mintOf("never minted"))]) {
        for (const view of ["assetOf", "termsOf", "tokenURI", "claim"] as const) {
          await expect(assets[view](id)).to.be.revertedWithCustomError(assets, "AssetUnknown").withArgs(id);
        }
        expect([...(await assets.versionsOf(id))]).to.deep.equal([0n, 0n]);
        expect([...(await assets.royaltyInfo(id, 1_000))]).to.deep.equal([NOBODY, 0n]);
      }
      expect(await assets.readyAt(alice.address, ethers.ZeroHash)).to.equal(0);
      expect(await assets.isTrainingRecord(alice.address)).to.equal(false);
      expect(await assets.isApprovedForAll(alice.address, alice.address)).to.equal(false);
    });
  });
});
