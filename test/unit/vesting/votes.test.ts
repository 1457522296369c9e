/** Votes of what is granted and not released. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { at, MONTH, TOKEN, treeOf, untilNow, vestingWorld } from "./fixture";

const VOTING = 2;
const THOUSAND = 1_000n * TOKEN;

/** Alice has 1,000 that vote on schedule 2, and 1,000 that do not on schedule 1. */
async function votesWorld() {
  const world = await vestingWorld();
  await world.vault.grant(VOTING, world.alice.address, THOUSAND);
  await world.vault.grant(1, world.alice.address, THOUSAND);
  return world;
}

/** Alice also chose Bob as her delegate in the vault, and herself on the token. */
async function delegatedWorld() {
  const world = await votesWorld();
  await world.vault.connect(world.alice).delegate(world.bob.address);
  await world.token.connect(world.alice).delegate(world.alice.address);
  return world;
}

describe("VestingVault: votes", () => {
  it("runs on a clock of timestamps (ERC-6372)", async () => {
    const { vault, start } = await loadFixture(votesWorld);
    await untilNow(start);
    expect(await vault.clock()).to.equal(await time.latest());
    expect(await vault.CLOCK_MODE()).to.equal("mode=timestamp");
  });

  it("I40 gives the delegate what is granted on schedules that vote, none until one is chosen", async () => {
    const { vault, alice, bob } = await loadFixture(votesWorld);
    expect(await vault.votingUnitsOf(alice.address)).to.equal(THOUSAND);
    expect(await vault.delegates(alice.address)).to.equal(ethers.ZeroAddress);
    expect(await vault.getVotes(alice.address)).to.equal(0);
    await expect(vault.connect(alice).delegate(bob.address))
      .to.emit(vault, "DelegateVotesChanged")
      .withArgs(bob.address, 0n, THOUSAND);
    expect(await vault.getVotes(bob.address)).to.equal(THOUSAND);
    await vault.connect(alice).delegate(alice.address);
    expect(await vault.getVotes(bob.address)).to.equal(0);
    expect(await vault.getVotes(alice.address)).to.equal(THOUSAND);
    await vault.connect(alice).delegate(ethers.ZeroAddress);
    expect(await vault.getVotes(alice.address)).to.equal(0);
  });

  it("I40 follows grants, batches, leaves, releases and revocations", async () => {
    const { vault, alice, bob, start } = await loadFixture(delegatedWorld);
    const leaf = { beneficiary: alice.address, amount: 30n };
    const { root } = treeOf([leaf]);
    const expectVotes = async (votes: bigint, after: string) => {
      expect(await vault.getVotes(bob.address), after).to.equal(votes);
      expect(await vault.votingUnitsOf(alice.address), after).to.equal(votes);
    };
    await vault.grant(VOTING, alice.address, 1n);
    await expectVotes(THOUSAND + 1n, "grant");
    await vault.grantMany(VOTING, [{ beneficiary: alice.address, amount: 9n }]);
    await expectVotes(THOUSAND + 10n, "batch");
    await vault.grantByRoot(VOTING, root, 100n);
    await expectVotes(THOUSAND + 10n, "reserved");
    await vault.claimGrant(VOTING, root, alice.address, 30n, []);
    await expectVotes(THOUSAND + 40n, "claimed");
    await at(start + 24n * MONTH);
    await vault.connect(alice).release(VOTING, alice.address);
    const { total, paid } = await vault.grantOf(VOTING, alice.address);
    expect(paid).to.be.greaterThan(0n);
    await expectVotes(total - paid, "released");
    await at(start + 30n * MONTH);
    await vault.revoke(VOTING, alice.address);
    const left = await vault.releasableOf(VOTING, alice.address);
    expect(left).to.be.greaterThan(0n);
    await expectVotes(left, "revoked");
    await vault.connect(alice).release(VOTING, alice.address);
    await expectVotes(0n, "released to the end");
  });

  it("counts neither pools, nor roots, nor schedules that do not vote", async () => {
    const { vault, alice, grantor, end } = await loadFixture(votesWorld);
    await vault.connect(alice).delegate(alice.address);
    await vault.delegate(grantor.address);
    await vault.grantByRoot(VOTING, ethers.id("root"), 100n);
    expect(await vault.getVotes(alice.address)).to.equal(THOUSAND);
    expect(await vault.getVotes(grantor.address)).to.equal(0);
    await at(end);
    await vault.release(1, alice.address);
    await vault.grant(1, alice.address, 5n);
    expect(await vault.getVotes(alice.address)).to.equal(THOUSAND);
  });

  it("each token votes once, at any moment: in the wallet or in the vault", async () => {
    const { vault, token, alice, grantor, start, end } = await loadFixture(votesWorld);
    for (const source of [vault, token]) {
      await source.connect(alice).delegate(alice.address);
      await source.connect(grantor).delegate(grantor.address);
    }
    const everybody = [alice.address, grantor.address];
    const supply = await token.totalSupply();
    const marks: bigint[] = [];
    const act = async (when: bigint, call: () => Promise<unknown>) => {
      await at(when);
      await call();
      marks.push(when);
    };
    await act(start + 1n, () => vault.connect(alice).release(VOTING, alice.address));
    await act(start + 12n * MONTH, () => vault.connect(alice).release(VOTING, alice.address));
    await act(start + 20n * MONTH, () => vault.revoke(VOTING, alice.address));
    await act(start + 21n * MONTH, () => vault.withdrawPool(VOTING, grantor.address, TOKEN));
    await act(start + 22n * MONTH, () => vault.fund(VOTING, TOKEN));
    await act(start + 23n * MONTH, () => vault.grant(VOTING, grantor.address, TOKEN));
    await untilNow(end);
    expect(await token.delegates(vault)).to.equal(ethers.ZeroAddress);
    for (const mark of marks) {
      let votes = 0n;
      for (const who of everybody) {
        votes += (await vault.getPastVotes(who, mark)) + (await token.getPastVotes(who, mark));
      }
      expect(votes, `${mark}`).to.be.lessThanOrEqual(supply);
    }
    const unvested = await vault.getPastVotes(alice.address, marks[1] ?? 0n);
    expect(unvested + (await token.getPastVotes(alice.address, marks[1] ?? 0n))).to.equal(THOUSAND);
  });

  it("I40 never changes votes of the past", async () => {
    const { vault, alice, bob, start, end } = await loadFixture(delegatedWorld);
    await untilNow(start - 1n);
    const mark = BigInt(await time.latest());
    await at(end);
    await vault.connect(alice).release(VOTING, alice.address);
    await vault.connect(alice).delegate(alice.address);
    expect(await vault.getPastVotes(bob.address, mark)).to.equal(THOUSAND);
    expect(await vault.getPastVotes(alice.address, mark)).to.equal(0);
    await expect(vault.getPastVotes(bob.address, end + 10n)).to.be.revertedWithCustomError(
      vault,
      "ERC5805FutureLookup",
    );
  });

  it("keeps no total, and says so", async () => {
    const { vault } = await loadFixture(votesWorld);
    await expect(vault.getPastTotalSupply(1)).to.be.revertedWithCustomError(vault, "VestingVotesNoTotal");
  });

  it("I35 votes go with the grant to whoever takes it over", async () => {
    const { vault, alice, bob, stranger, start } = await loadFixture(delegatedWorld);
    await vault.connect(stranger).delegate(stranger.address);
    await vault.connect(alice).offerGrant(VOTING, alice.address, stranger.address);
    await vault.connect(stranger).acceptGrant(VOTING, alice.address);
    expect(await vault.getVotes(bob.address)).to.equal(0);
    expect(await vault.getVotes(stranger.address)).to.equal(THOUSAND);
    await vault.grant(VOTING, alice.address, 1n);
    expect(await vault.getVotes(stranger.address)).to.equal(THOUSAND + 1n);
    await at(start);
    await vault.revoke(VOTING, alice.address);
    const vested = await vault.vestedOf(VOTING, alice.address);
    expect(await vault.getVotes(stranger.address)).to.equal(vested);
    expect(await vault.votingUnitsOf(stranger.address)).to.equal(vested);
    expect(await vault.votingUnitsOf(alice.address)).to.equal(0);
    // A schedule that does not vote moves no votes.
    await vault.connect(alice).offerGrant(1, alice.address, stranger.address);
    await vault.connect(stranger).acceptGrant(1, alice.address);
    expect(await vault.votingUnitsOf(stranger.address)).to.equal(vested);
  });

  describe("release by others", () => {
    it("waits until the beneficiary has a delegate on the token; the beneficiary need not wait", async () => {
      const { vault, token, alice, stranger, start, end } = await loadFixture(votesWorld);
      await at(start + 24n * MONTH);
      await expect(vault.connect(stranger).release(VOTING, alice.address))
        .to.be.revertedWithCustomError(vault, "VestingPayeeNotDelegated")
        .withArgs(alice.address);
      // A delegate in the vault is not one on the token.
      await vault.connect(alice).delegate(alice.address);
      await expect(vault.connect(stranger).release(VOTING, alice.address)).to.be.revertedWithCustomError(
        vault,
        "VestingPayeeNotDelegated",
      );
      await vault.connect(alice).release(VOTING, alice.address);
      await token.connect(alice).delegate(alice.address);
      await at(end);
      await vault.connect(stranger).release(VOTING, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(THOUSAND);
      expect(await token.getVotes(alice.address)).to.equal(THOUSAND);
    });

    it("asks about whoever is paid, not about the key", async () => {
      const { vault, token, alice, bob, stranger, end } = await loadFixture(votesWorld);
      await token.connect(alice).delegate(alice.address);
      await vault.connect(alice).offerGrant(VOTING, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(VOTING, alice.address);
      await untilNow(end);
      for (const by of [alice, stranger]) {
        await expect(vault.connect(by).release(VOTING, alice.address))
          .to.be.revertedWithCustomError(vault, "VestingPayeeNotDelegated")
          .withArgs(bob.address);
      }
      await vault.connect(bob).release(VOTING, alice.address);
      expect(await token.balanceOf(bob.address)).to.equal(THOUSAND);
    });

    it("is free on schedules that do not vote", async () => {
      const { vault, token, alice, stranger, end } = await loadFixture(votesWorld);
      await at(end);
      await vault.connect(stranger).release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(THOUSAND);
    });
  });

  describe("delegation", () => {
    it("is set by the desk for anybody, and by nobody else for another", async () => {
      const { vault, alice, bob, desk, owner, stranger } = await loadFixture(votesWorld);
      for (const by of [alice, owner, stranger]) {
        await expect(vault.connect(by).delegateFor(alice.address, bob.address))
          .to.be.revertedWithCustomError(vault, "DelegableOnlyDesk")
          .withArgs(by.address);
      }
      await vault.connect(desk).delegateFor(alice.address, bob.address);
      expect(await vault.delegates(alice.address)).to.equal(bob.address);
      expect(await vault.getVotes(bob.address)).to.equal(THOUSAND);
    });

    it("is set by a signature for this vault, once (I10)", async () => {
      const { vault, alice, bob, stranger } = await loadFixture(votesWorld);
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await vault.getAddress();
      const domain = { name: "GPU Commons VestingVault", version: "1", chainId, verifyingContract };
      const types = {
        Delegation: ["address delegatee", "uint256 nonce", "uint256 expiry"].map((field) => {
          const [type, name] = field.split(" ") as [string, string];
          return { name, type };
        }),
      };
      const expiry = 2n ** 40n;
      const message = { delegatee: bob.address, nonce: 0n, expiry };
      const { v, r, s } = ethers.Signature.from(await alice.signTypedData(domain, types, message));
      const send = () => vault.connect(stranger).delegateBySig(bob.address, 0n, expiry, v, r, s);
      await send();
      expect(await vault.getVotes(bob.address)).to.equal(THOUSAND);
      await expect(send()).to.be.revertedWithCustomError(vault, "InvalidAccountNonce");
    });
  });
});
