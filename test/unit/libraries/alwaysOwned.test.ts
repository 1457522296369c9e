/** AlwaysOwned, in every contract of the suite that has an owner. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { deploySuite } from "../../fixtures/suite";

const OWNED = ["vault", "beacon", "registry", "assets", "catalog", "escrow", "arbiter", "attestation"] as const;

describe("AlwaysOwned", () => {
  for (const name of OWNED) {
    describe(name, () => {
      it("I46 belongs to the configured owner, never to its deployer, and cannot be given up", async () => {
        const { actors, [name]: contract } = await loadFixture(deploySuite);
        expect(await contract.owner()).to.equal(actors.owner.address);
        await expect(contract.connect(actors.owner).renounceOwnership()).to.be.revertedWithCustomError(
          contract,
          "OwnershipRequired",
        );
        await expect(contract.connect(actors.deployer).renounceOwnership())
          .to.be.revertedWithCustomError(contract, "OwnableUnauthorizedAccount")
          .withArgs(actors.deployer.address);
        expect(await contract.owner()).to.equal(actors.owner.address);
      });

      it("I46 changes hands in two steps, of which the first can be taken back", async () => {
        const { actors, [name]: contract } = await loadFixture(deploySuite);
        const { owner, stranger, treasury } = actors;
        await expect(contract.connect(stranger).transferOwnership(stranger))
          .to.be.revertedWithCustomError(contract, "OwnableUnauthorizedAccount")
          .withArgs(stranger.address);
        await contract.connect(owner).transferOwnership(stranger);
        expect(await contract.owner()).to.equal(owner.address);
        expect(await contract.pendingOwner()).to.equal(stranger.address);

        await contract.connect(owner).transferOwnership(ethers.ZeroAddress);
        await expect(contract.connect(stranger).acceptOwnership())
          .to.be.revertedWithCustomError(contract, "OwnableUnauthorizedAccount")
          .withArgs(stranger.address);

        await contract.connect(owner).transferOwnership(treasury);
        await expect(contract.connect(treasury).acceptOwnership())
          .to.emit(contract, "OwnershipTransferred")
          .withArgs(owner.address, treasury.address);
        expect(await contract.owner()).to.equal(treasury.address);
        await expect(contract.connect(owner).transferOwnership(owner)).to.be.revertedWithCustomError(
          contract,
          "OwnableUnauthorizedAccount",
        );
      });
    });
  }
});
