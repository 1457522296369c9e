/** The guardian of the first year: cancels, pauses for days, cannot keep itself in office, and ends. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./fixture";

/** Two contracts that may be stopped. */
async function stoppable() {
  const g = await f.governance();
  const targets = [
    await ethers.deployContract("PauseTargetMock"),
    await ethers.deployContract("PauseTargetMock"),
  ] as const;
  return { g, targets: [...targets], first: targets[0], second: targets[1] };
}

/** A replacement of the guardian as an action. */
function replacing(g: f.Governance, newHolder: string): f.Action {
  return { target: g.guard, data: g.guard.interface.encodeFunctionData("replaceHolder", [newHolder]) };
}

describe("CommonsGuardian", () => {
  describe("the constructor", () => {
    it("begins its year with the deployment", async () => {
      const g = await f.governance();
      const guard = await ethers.deployContract("CommonsGuardian", [g.timelock, g.alice]);
      expect(await guard.expiresAt()).to.equal((await time.latest()) + 365 * 86_400);
      expect([await guard.holder(), await guard.timelock(), await guard.pausedAt()]).to.deep.equal([
        g.alice.address,
        await g.timelock.getAddress(),
        0n,
      ]);
    });

    it("refuses the zero address", async () => {
      const g = await f.governance();
      for (const args of [
        [ethers.ZeroAddress, g.alice.address],
        [g.alice.address, ethers.ZeroAddress],
      ]) {
        await expect(ethers.deployContract("CommonsGuardian", args)).to.be.revertedWithCustomError(
          g.guard,
          "GuardianZeroAddress",
        );
      }
    });

    it("holds no role of the timelock and owns nothing (I45)", async () => {
      const g = await f.governance();
      for (const role of ["DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE"] as const) {
        for (const who of [g.guard, g.guardian]) {
          expect(await g.timelock.hasRole(await g.timelock[role](), who), role).to.equal(false);
        }
      }
    });
  });

  describe("cancel", () => {
    it("cancels a proposal before, during and after the vote, and in the queue", async () => {
      const g = await f.governance();
      const stages: [string, (p: f.Proposal) => Promise<unknown>][] = [
        ["pending", () => Promise.resolve()],
        ["active", (p) => f.open(g, p)],
        ["succeeded", async (p) => [await f.approve(g, p), await f.close(g, p)]],
        ["queued", async (p) => [await f.approve(g, p), await f.close(g, p), await f.queue(g, p)]],
        ["ripe", async (p) => [await f.approve(g, p), await f.close(g, p), await f.queue(g, p), await f.ripen(g, p)]],
      ];
      for (const [stage, reach] of stages) {
        const p = await f.propose(g, { title: stage });
        await reach(p);
        await expect(f.veto(g, g.guardian, p))
          .to.emit(g.dao, "ProposalCanceled")
          .withArgs(p.id);
        expect(await g.dao.state(p.id)).to.equal(f.State.Canceled);
        await expect(f.execute(g, p), stage).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      }
    });

    it("does not cancel what is executed, unknown or cancelled", async () => {
      const g = await f.governance();
      const p = await f.queued(g);
      await f.ripen(g, p);
      await f.execute(g, p);
      await expect(f.veto(g, g.guardian, p)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
      const other = await f.draft(g, [f.setNumber(g, 1n)], "never proposed");
      await expect(f.veto(g, g.guardian, other)).to.be.revertedWithCustomError(g.dao, "GovernorNonexistentProposal");
      const twice = await f.propose(g);
      await f.veto(g, g.guardian, twice);
      await expect(f.veto(g, g.guardian, twice)).to.be.revertedWithCustomError(
        g.dao,
        "GovernorUnexpectedProposalState",
      );
    });

    it("is the holder's alone, and goes through the guardian's contract (I45)", async () => {
      const g = await f.governance();
      const p = await f.propose(g);
      for (const caller of [g.alice, g.deployer, g.stranger]) {
        await expect(f.veto(g, caller, p))
          .to.be.revertedWithCustomError(g.guard, "GuardianNotHolder")
          .withArgs(caller.address);
      }
      await expect(f.cancel(g, g.guardian, p))
        .to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel")
        .withArgs(p.id, g.guardian.address);
    });

    it("cannot cancel its own replacement, which governance carries out", async () => {
      const g = await f.governance();
      const twice = [replacing(g, g.bob.address), replacing(g, g.carol.address)];
      const p = await f.propose(g, { actions: twice });
      await expect(f.veto(g, g.guardian, p)).to.be.revertedWithCustomError(g.guard, "GuardianOwnReplacement");
      await f.approve(g, p);
      await f.close(g, p);
      await f.queue(g, p);
      await expect(f.veto(g, g.guardian, p)).to.be.revertedWithCustomError(g.guard, "GuardianOwnReplacement");
      await f.ripen(g, p);
      await expect(f.execute(g, p))
        .to.emit(g.guard, "HolderReplaced")
        .withArgs(g.guardian.address, g.bob.address)
        .and.to.emit(g.guard, "HolderReplaced")
        .withArgs(g.bob.address, g.carol.address);

      const next = await f.propose(g);
      await expect(f.veto(g, g.guardian, next)).to.be.revertedWithCustomError(g.guard, "GuardianNotHolder");
      await f.veto(g, g.carol, next);
    });

    it("cancels an attack that hides behind a replacement, first or last", async () => {
      const g = await f.governance();
      const attack = f.setNumber(g, 666n);
      for (const actions of [
        [replacing(g, g.bob.address), attack],
        [attack, replacing(g, g.bob.address)],
      ]) {
        const p = await f.propose(g, { actions });
        await f.veto(g, g.guardian, p);
        expect(await g.dao.state(p.id)).to.equal(f.State.Canceled);
      }
    });

    it("cannot pretend: other arguments are another proposal", async () => {
      const g = await f.governance();
      const p = await f.propose(g, { actions: [replacing(g, g.bob.address)] });
      const other = { ...p, targets: [await g.target.getAddress()] };
      await expect(f.veto(g, g.guardian, other)).to.be.revertedWithCustomError(g.dao, "GovernorNonexistentProposal");
      const none = { ...p, targets: [], values: [], calldatas: [] };
      await expect(f.veto(g, g.guardian, none)).to.be.revertedWithCustomError(g.dao, "GovernorNonexistentProposal");
      expect(await g.dao.state(p.id)).to.equal(f.State.Pending);
    });

    it("ends with the year, and then nobody gains what it could", async () => {
      const g = await f.governance();
      const end = await g.guard.expiresAt();
      await time.increaseTo(end - 3n * f.DAY);
      const kept = await f.propose(g);
      const killed = await f.propose(g, { by: g.bob });
      await f.open(g, killed);
      await time.setNextBlockTimestamp(end - 1n);
      await f.veto(g, g.guardian, killed);
      await time.setNextBlockTimestamp(end);
      await expect(f.veto(g, g.guardian, kept))
        .to.be.revertedWithCustomError(g.guard, "GuardianExpired")
        .withArgs(end);
      for (const caller of [g.guardian, g.alice, g.bob, g.deployer, g.stranger]) {
        await expect(f.cancel(g, caller, kept))
          .to.be.revertedWithCustomError(g.dao, "GovernorUnableToCancel")
          .withArgs(kept.id, caller.address);
      }
    });
  });

  describe("pause", () => {
    it("stops what it names until a time, and tells it", async () => {
      const { g, targets, first, second } = await stoppable();
      const now = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(now);
      await expect(g.guard.connect(g.guardian).pause(targets, 7n * f.DAY))
        .to.emit(g.guard, "NewWorkPaused")
        .withArgs(await Promise.all(targets.map((each) => each.getAddress())), now + 7n * f.DAY);
      expect([await first.pausedUntil(), await second.pausedUntil()]).to.deep.equal([
        now + 7n * f.DAY,
        now + 7n * f.DAY,
      ]);
      expect(await g.guard.pausedAt()).to.equal(now);
    });

    it("does so once in thirty days and for at most seven (I45)", async () => {
      const { g, targets } = await stoppable();
      const guard = g.guard.connect(g.guardian);
      for (const duration of [0n, 7n * f.DAY + 1n, 2n ** 255n]) {
        await expect(guard.pause(targets, duration))
          .to.be.revertedWithCustomError(guard, "GuardianOutOfBounds")
          .withArgs(duration, 1, 7n * f.DAY);
      }
      await guard.pause(targets, 1);
      const next = (await guard.pausedAt()) + 30n * f.DAY;
      await time.setNextBlockTimestamp(next - 1n);
      await expect(guard.pause(targets, 1)).to.be.revertedWithCustomError(guard, "GuardianTooSoon").withArgs(next);
      await time.setNextBlockTimestamp(next);
      await guard.pause(targets, 1);
      expect(await guard.pausedAt()).to.equal(next);
    });

    it("is undone as a whole when one refuses, and may be tried again", async () => {
      const { g, targets, first, second } = await stoppable();
      await second.setRefuses(true);
      await expect(g.guard.connect(g.guardian).pause(targets, 1)).to.be.revertedWithCustomError(
        second,
        "TargetRefused",
      );
      expect(await first.pausedUntil()).to.equal(0);
      await g.guard.connect(g.guardian).pause([first], 1);
    });

    it("is the holder's alone, and ends with the year (I45)", async () => {
      const { g, targets } = await stoppable();
      await expect(g.guard.connect(g.alice).pause(targets, 1))
        .to.be.revertedWithCustomError(g.guard, "GuardianNotHolder")
        .withArgs(g.alice.address);
      const end = await g.guard.expiresAt();
      await time.setNextBlockTimestamp(end);
      await expect(g.guard.connect(g.guardian).pause(targets, 1))
        .to.be.revertedWithCustomError(g.guard, "GuardianExpired")
        .withArgs(end);
    });
  });

  describe("replaceHolder", () => {
    it("is governance's alone, the holder included (I45)", async () => {
      const g = await f.governance();
      for (const caller of [g.guardian, g.alice, g.deployer]) {
        await expect(g.guard.connect(caller).replaceHolder(caller))
          .to.be.revertedWithCustomError(g.guard, "GuardianNotTimelock")
          .withArgs(caller.address);
      }
    });

    it("may leave nobody, and never lengthens the year", async () => {
      const g = await f.governance();
      const end = await g.guard.expiresAt();
      await f.decide(g, [replacing(g, ethers.ZeroAddress)]);
      expect([await g.guard.holder(), await g.guard.expiresAt()]).to.deep.equal([ethers.ZeroAddress, end]);
      const p = await f.propose(g);
      await expect(f.veto(g, g.guardian, p)).to.be.revertedWithCustomError(g.guard, "GuardianNotHolder");
    });
  });
});
