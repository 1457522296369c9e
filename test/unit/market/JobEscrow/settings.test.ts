import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { HOUR, settingsOf } from "../../../fixtures/market";
import { deployMarket } from "../../../fixtures/suite";

describe("JobEscrow: settings", () => {
  it("I45 hold their bounds, for the owner only", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, actors } = world;
    const good = await settingsOf(world);
    const set = (change: object, by = actors.owner) => escrow.connect(by).setSettings({ ...good, ...change });
    const bad = [
      { acceptanceMinutes: 1 },
      { acceptanceMinutes: 121 },
      { reviewHours: 11 },
      { reviewHours: 169 },
      { revealSeconds: 1_799 },
      { revealSeconds: 12 * HOUR + 1 },
      { disputeSeconds: 7 * 86_400 - 1 },
      { disputeSeconds: 30 * 86_400 + 1 },
      { lockFactor: 0 },
      { lockFactor: 51 },
    ];
    for (const change of bad) await expect(set(change)).to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds");
    await expect(set({ resolver: ethers.ZeroAddress })).to.be.revertedWithCustomError(escrow, "EscrowZeroAddress");
    await expect(set({}, actors.stranger)).to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount");
    await set({ lockFactor: 7 });
    expect((await escrow.settings()).lockFactor).to.equal(7n);
    await expect(escrow.connect(actors.owner).setVerifier(ethers.ZeroAddress, true)).to.be.revertedWithCustomError(
      escrow,
      "EscrowZeroAddress",
    );
    const outside = escrow.connect(actors.stranger);
    for (const call of [
      () => outside.setVerifier(actors.stranger, true),
      () => outside.setSequencerFeed(actors.stranger),
      () => outside.setPaused(true),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(escrow, "OwnableUnauthorizedAccount");
    }
  });

  it("I46 ownership moves in two steps and cannot be given up", async () => {
    const { escrow, actors } = await loadFixture(deployMarket);
    await escrow.connect(actors.owner).transferOwnership(actors.stranger);
    expect(await escrow.owner()).to.equal(actors.owner.address);
    await escrow.connect(actors.stranger).acceptOwnership();
    expect(await escrow.owner()).to.equal(actors.stranger.address);
    await expect(escrow.connect(actors.stranger).renounceOwnership()).to.be.revertedWithCustomError(
      escrow,
      "OwnershipRequired",
    );
  });
});
