/** From the vote to the deed: queue, delay, execution, expiry; who may cancel; and what may be set to what. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "../fixture";

const GRACE = 14n * f.DAY;

describe("CommonsGovernor", () => {
  describe("queue and execute", () => {
    it("carries out a decision after the delay, for anyone, as it was voted (I43)", async () => {
      const g = await f.governance();
      const p = await f.propose(g);
      await expect(f.queue(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await f.approve(g, p);
      await expect(f.queue(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await f.close(g, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Succeeded);
      await expect(f.execute(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await expect(f.queue(g, p)).to.emit(g.dao, "ProposalQueued");
      const eta = await g.dao.proposalEta(p.id);
      expect(eta).to.equal(BigInt(await time.latest()) + 2n * f.DAY);
      expect(await g.dao.state(p.id)).to.equal(f.State.Queued);
      await time.setNextBlockTimestamp(eta - 1n);
      await expect(f.execute(g, p)).to.be.revertedWithCustomError(g.timelock, "TimelockUnexpectedOperationState");
      await time.setNextBlockTimestamp(eta);
      await expect(f.execute(g, p)).to.emit(g.dao, "ProposalExecuted").withArgs(p.id);
      expect(await g.target.number()).to.equal(7);
      expect(await g.dao.state(p.id)).to.equal(f.State.Executed);
      await expect(f.execute(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
    });

    it("does the same by id", async () => {
      const g = await f.governance();
      const p = await f.propose(g);
      await f.approve(g, p);
      await f.close(g, p);
      await g.dao["queue(uint256)"](p.id);
      await f.ripen(g, p);
      await g.dao.connect(g.stranger)["execute(uint256)"](p.id);
      expect(await g.target.number()).to.equal(7);
    });

    it("pays out native coin that it is sent along or that the timelock holds", async () => {
      const g = await f.governance();
      const pay = { ...f.setNumber(g, 5n), value: 3n };
      const p = await f.queued(g, { actions: [pay] });
      await f.ripen(g, p);
      await g.dao["execute(uint256)"](p.id, { value: 3n });
      expect(await ethers.provider.getBalance(g.target)).to.equal(3);
      await g.stranger.sendTransaction({ to: g.timelock, value: 3n });
      await f.decide(g, [pay]);
      expect(await ethers.provider.getBalance(g.target)).to.equal(6);
      await expect(g.stranger.sendTransaction({ to: g.dao, value: 1n })).to.be.revertedWithCustomError(
        g.dao,
        "GovernorDisabledDeposit",
      );
    });

    it("executes all or nothing, says why not, and may be tried again", async () => {
      const g = await f.governance();
      const p = await f.queued(g, { actions: [f.setNumber(g, 5n), f.setNumber(g, 1_000n)] });
      await f.ripen(g, p);
      await expect(f.execute(g, p)).to.be.revertedWithCustomError(g.target, "TargetRefused").withArgs(1_000);
      expect(await g.target.number()).to.equal(0);
      expect(await g.dao.state(p.id)).to.equal(f.State.Queued);
    });

    it("expires fourteen days after it could be executed (I42)", async () => {
      const g = await f.governance();
      const late = await f.queued(g);
      const eta = await g.dao.proposalEta(late.id);
      await time.increaseTo(eta + GRACE);
      expect(await g.dao.state(late.id)).to.equal(f.State.Queued);
      await time.increase(1);
      expect(await g.dao.state(late.id)).to.equal(f.State.Expired);
      await expect(f.execute(g, late)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await expect(f.queue(g, late)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await expect(f.veto(g, g.guardian, late)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      const call = [late.targets, late.values, late.calldatas, ethers.ZeroHash, ethers.ZeroHash] as const;
      await expect(g.timelock.executeBatch(...call)).to.be.revertedWithCustomError(
        g.timelock,
        "AccessControlUnauthorizedAccount",
      );
      expect(await g.target.number()).to.equal(0);
    });

    it("executes in the last second of the grace", async () => {
      const g = await f.governance();
      const p = await f.queued(g);
      await time.setNextBlockTimestamp((await g.dao.proposalEta(p.id)) + GRACE);
      await f.execute(g, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Executed);
      await time.increase(60n * f.DAY);
      expect(await g.dao.state(p.id)).to.equal(f.State.Executed);
    });

    it("expires unqueued, too: nobody keeps a decision for a day on which it means something else (I42)", async () => {
      const g = await f.governance();
      const [old, timely] = [await f.propose(g), await f.propose(g, { by: g.bob })];
      await f.open(g, timely);
      for (const { id } of [old, timely]) {
        for (const voter of [g.carol, g.dave]) await g.dao.connect(voter).castVote(id, f.Support.For);
      }
      await f.close(g, timely);
      const deadline = await g.dao.proposalDeadline(timely.id);
      await time.setNextBlockTimestamp(deadline + GRACE);
      await f.queue(g, timely);
      expect(await g.dao.state(timely.id)).to.equal(f.State.Queued);
      await time.increaseTo(deadline + GRACE + 1n);
      expect(await g.dao.state(old.id)).to.equal(f.State.Expired);
      await expect(f.queue(g, old))
        .to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState")
        .withArgs(old.id, f.State.Expired, ethers.toBeHex(1n << BigInt(f.State.Succeeded), 32));
      await expect(f.execute(g, old)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await f.ripen(g, timely);
      await f.execute(g, timely);
    });

    it("never executes what was cancelled in the queue (I42)", async () => {
      const g = await f.governance();
      const p = await f.queued(g);
      await f.veto(g, g.guardian, p);
      await f.ripen(g, p);
      await expect(f.execute(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await expect(f.queue(g, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      await time.increase(60n * f.DAY);
      expect(await g.dao.state(p.id)).to.equal(f.State.Canceled);
    });
  });

  describe("cancel", () => {
    it("is the proposer's before the vote begins, not later", async () => {
      const g = await f.governance();
      const first = await f.propose(g);
      await expect(f.cancel(g, g.bob, first))
        .to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel")
        .withArgs(first.id, g.bob.address);
      await g.dao.connect(g.alice)["cancel(uint256)"](first.id);
      expect(await g.dao.state(first.id)).to.equal(f.State.Canceled);
      const second = await f.propose(g);
      await f.open(g, second);
      await expect(f.cancel(g, g.alice, second)).to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel");
    });

    it("is anyone's while the proposer's votes are below the threshold, before and during the vote", async () => {
      const g = await f.governance();
      for (const during of [false, true]) {
        const p = await f.propose(g, { by: g.bob });
        if (during) await f.open(g, p);
        const balance = await g.token.balanceOf(g.bob);
        await g.token.connect(g.bob).transfer(g.carol, balance - f.SUPPLY / 1_000n);
        await time.increase(1);
        await expect(f.cancel(g, g.stranger, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel");
        await g.token.connect(g.bob).transfer(g.carol, 1n);
        await time.increase(1);
        await expect(f.cancel(g, g.stranger, p))
          .to.emit(g.dao, "ProposalCanceled")
          .withArgs(p.id);
        await g.token.connect(g.carol).transfer(g.bob, balance - f.SUPPLY / 1_000n + 1n);
        await time.increase(1);
      }
    });

    it("keeps borrowed votes from proposing again and again: moved on, they leave what they proposed to anyone", async () => {
      const g = await f.governance();
      const votes = f.SUPPLY / 1_000n;
      const [first, second] = g.others.slice(3) as [typeof g.alice, typeof g.alice];
      for (const who of [first, second]) await g.token.connect(who).delegate(who);
      await g.token.connect(g.governor).transfer(first, votes);
      await time.increase(1);
      const p = await f.propose(g, { by: first });
      await g.token.connect(first).transfer(second, votes);
      await time.increase(1);
      await f.propose(g, { by: second });
      await f.cancel(g, g.stranger, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Canceled);
    });

    it("does not undo what was voted when the proposer's votes leave later", async () => {
      const g = await f.governance();
      const p = await f.propose(g);
      await f.approve(g, p);
      await f.close(g, p);
      await g.token.connect(g.alice).transfer(g.carol, await g.token.balanceOf(g.alice));
      await time.increase(1);
      const refused = () =>
        expect(f.cancel(g, g.stranger, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel");
      await refused();
      await f.queue(g, p);
      await refused();
      await f.ripen(g, p);
      await f.execute(g, p);
    });

    it("knows no proposal that is none", async () => {
      const g = await f.governance();
      const p = await f.draft(g, [f.setNumber(g, 1n)], f.described("Never", g.alice));
      await expect(f.cancel(g, g.alice, p)).to.be.revertedWithCustomError(g.dao, "GovernorNonexistentProposal");
    });
  });

  describe("the settings", () => {
    const settings = [
      ["setVotingDelay", "votingDelay", f.DAY, 14n * f.DAY],
      ["setVotingPeriod", "votingPeriod", 3n * f.DAY, 14n * f.DAY],
      ["setLateQuorumVoteExtension", "lateQuorumVoteExtension", f.DAY, 3n * f.DAY],
      ["setProposalThreshold", "thresholdBps", 1n, 100n],
      ["updateQuorumNumerator", "quorumNumerator()", 100n, 1_000n],
    ] as const;

    for (const [setter, getter, low, high] of settings) {
      it(`${setter} is governance's, from ${low} to ${high} (I45)`, async () => {
        const g = await f.governance();
        const action = (value: bigint): f.Action => ({
          target: g.dao,
          data: g.dao.interface.encodeFunctionData(setter as "setVotingDelay", [value]),
        });
        for (const value of [0n, low - 1n, high + 1n]) {
          await expect(f.decide(g, [action(value)]))
            .to.be.revertedWithCustomError(g.dao, "GovernorOutOfBounds")
            .withArgs(value, low, high);
        }
        for (const value of [low, high]) {
          await f.decide(g, [action(value)]);
          expect(await g.dao.getFunction(getter)()).to.equal(value);
        }
        for (const caller of [g.alice, g.guardian, g.deployer]) {
          await expect(g.dao.connect(caller).getFunction(setter)(low))
            .to.be.revertedWithCustomError(g.dao, "GovernorOnlyExecutor")
            .withArgs(caller.address);
        }
      });
    }

    it("are checked at construction", async () => {
      const g = await f.governance();
      const deploy = (change: Partial<typeof f.SETTINGS>) =>
        ethers.deployContract("CommonsGovernor", [g.composite, g.timelock, g.guard, { ...f.SETTINGS, ...change }]);
      for (const change of [
        { votingDelay: f.DAY - 1n },
        { votingPeriod: 15n * f.DAY },
        { lateExtension: 4n * f.DAY },
        { thresholdBps: 0n },
        { quorumBps: 99n },
      ]) {
        await expect(deploy(change)).to.be.revertedWithCustomError(g.dao, "GovernorOutOfBounds");
      }
      await deploy({});
    });

    it("can hand over to another timelock only by a proposal", async () => {
      const g = await f.governance();
      await expect(g.dao.connect(g.deployer).updateTimelock(g.deployer)).to.be.revertedWithCustomError(
        g.dao,
        "GovernorOnlyExecutor",
      );
      const next = await ethers.deployContract("CommonsTimelock", [f.DAY, g.deployer]);
      const data = g.dao.interface.encodeFunctionData("updateTimelock", [await next.getAddress()]);
      await f.decide(g, [{ target: g.dao, data }]);
      expect(await g.dao.timelock()).to.equal(await next.getAddress());
    });
  });

  it("takes part in ERC-165 as a governor, and takes no tokens with hooks", async () => {
    const g = await f.governance();
    expect(await g.dao.supportsInterface("0x01ffc9a7")).to.equal(true);
    expect(await g.dao.supportsInterface("0xffffffff")).to.equal(false);
    await expect(g.dao.onERC721Received(g.alice, g.alice, 1, "0x")).to.be.revertedWithCustomError(
      g.dao,
      "GovernorDisabledDeposit",
    );
  });
});
