/** Attacks on the vote, on a market that belongs to the timelock: borrowed, moved and doubled votes, copies, guardians. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as g from "../../fixtures/governance";
import { deliver, fundRequester, postAndDraw, postJob, settle, Status, statusOf, TOKEN } from "../../fixtures/suite";

const MUCH = g.tokens(100_000_000n);

/** Three honest voters with 3% of the supply each. */
async function voters() {
  const w = await g.deployGovernedMarket();
  const { requester: a, requester2: b, modelOwner: c } = w.actors;
  for (const voter of [a, b, c]) await g.voterWith(w, voter, g.tokens(30_000_000n));
  await time.increase(1);
  return { w, a, b, c };
}

describe("Attacks on governance", () => {
  it("flash-loaned votes neither propose nor vote, whatever is borrowed (I40)", async () => {
    const { w, a } = await loadFixture(voters);
    const lender = await ethers.deployContract("FlashLender");
    const attacker = await ethers.deployContract("FlashVoter", [w.dao, lender]);
    await w.token.connect(w.actors.faucet).transfer(lender, MUCH);
    const target = await w.catalog.getAddress();
    const description = `# Mine\n\n#proposer=${await attacker.getAddress()}`;
    const propose = w.dao.interface.encodeFunctionData("propose", [[target], [0], ["0x"], description]);
    await attacker.attack(w.token, propose);
    expect(await attacker.worked()).to.equal(false);
    expect(w.dao.interface.parseError(await attacker.answer())?.name).to.equal("GovernorInsufficientProposerVotes");

    const p = await g.proposeFees(w, a, 100);
    await g.untilOpen(w, p);
    await attacker.attack(w.token, w.dao.interface.encodeFunctionData("castVote", [p.id, 0]));
    expect(await attacker.worked()).to.equal(false);
    expect(w.dao.interface.parseError(await attacker.answer())?.name).to.equal("GovernorAlreadyCastVote");

    // Nor in the very second of the snapshot: what counts is what was left at its end.
    const next = await g.proposeFees(w, w.actors.requester2, 200);
    await time.setNextBlockTimestamp(await w.dao.proposalSnapshot(next.id));
    await attacker.attack(w.token, w.dao.interface.encodeFunctionData("castVote", [next.id, 0]));
    await time.increase(2);
    expect(await w.dao.getVotes(attacker, await w.dao.proposalSnapshot(next.id))).to.equal(0);
    await expect(attacker.attack(w.token, w.dao.interface.encodeFunctionData("castVote", [next.id, 0]))).to.not.be
      .reverted;
    expect(await attacker.worked()).to.equal(false);
  });

  it("tokens that move on vote once: wallet to wallet, into stake, into a grant, and by delegation (I40, I41)", async () => {
    const { w, a, b } = await loadFixture(voters);
    const { token, dao, desk, stakeVotes, grants, registry, gpus, actors } = w;
    const second = actors.ownerA;
    await w.vault.connect(second).openAccount(second);
    await desk.connect(second).delegateAll(second, [token, stakeVotes, grants]);
    await time.increase(1);
    const before = await w.composite.getVotes(second);
    const p = await g.proposeFees(w, b, 100);
    await g.untilOpen(w, p);
    await dao.connect(a).castVote(p.id, 1);
    const balance = await token.balanceOf(a);
    await token.connect(a).transfer(second, balance);
    await token.connect(second).approve(registry, balance / 3n);
    await registry.connect(second).addStake(gpus[0]!.id, (balance / 3n / 10n ** 9n) * 10n ** 9n);
    await token.connect(second).approve(grants, balance / 3n);
    const terms = { start: 1, cliff: 0, duration: 0, step: 0, startBps: 0, revocable: false, votes: true };
    await grants.createSchedule(terms, second);
    const schedule = await grants.scheduleCount();
    await grants.connect(second).fund(schedule, balance / 3n);
    await grants.connect(second).grant(schedule, second, balance / 3n);
    await token.connect(b).delegate(second);
    await dao.connect(second).castVote(p.id, 1);
    expect((await dao.proposalVotes(p.id))[1]).to.equal(balance + before);
    await dao.connect(b).castVote(p.id, 0);
    await expect(dao.connect(a).castVote(p.id, 1)).to.be.revertedWithCustomError(dao, "GovernorAlreadyCastVote");
  });

  it("votes at one source through two delegates at once do not exist: the last choice holds (I40)", async () => {
    const { w, a, b, c } = await loadFixture(voters);
    const total = await w.composite.getVotes(a);
    await w.desk.connect(a).delegateAll(b, [w.token, w.token, w.grants]);
    await w.token.connect(a).delegate(c);
    const votes = await Promise.all([a, b, c].map((who) => w.composite.getVotes(who)));
    expect(votes).to.deep.equal([0n, total, 2n * total]);
  });

  it("a copied proposal cannot be used to cancel the original", async () => {
    const { w, a, b } = await loadFixture(voters);
    const { drawUnitGwei, validatorFeeGwei } = await w.catalog.fees();
    const data = w.catalog.interface.encodeFunctionData("setFees", [{ feeBps: 100, drawUnitGwei, validatorFeeGwei }]);
    const target = await w.catalog.getAddress();
    const description = `# Fee\n\n#proposer=${a.address}`;
    const propose = (by: HardhatEthersSigner, words: string) => w.dao.connect(by).propose([target], [0], [data], words);
    // The attacker saw it on its way and is first.
    await expect(propose(b, description)).to.be.revertedWithCustomError(w.dao, "GovernorRestrictedProposer");
    await propose(b, `# Fee\n\n#proposer=${b.address}`);
    const mine = [[target], [0n], [data], ethers.id(`# Fee\n\n#proposer=${b.address}`)] as const;
    await w.dao
      .connect(b)
      ["cancel(address[],uint256[],bytes[],bytes32)"]([...mine[0]], [...mine[1]], [...mine[2]], mine[3]);
    await propose(a, description);
    const id = await w.dao.latestProposalOf(a);
    expect(await w.dao.state(id)).to.equal(g.State.Pending);
    await expect(w.dao.connect(b)["cancel(uint256)"](id)).to.be.revertedWithCustomError(
      w.dao,
      "GovernorUnableToCancel",
    );
  });

  it("votes that come at the last second leave two days to answer", async () => {
    const { w, a, b, c } = await loadFixture(voters);
    const p = await g.proposeFees(w, a, 1_000);
    const deadline = await w.dao.proposalDeadline(p.id);
    await g.untilOpen(w, p);
    await time.setNextBlockTimestamp(deadline);
    await expect(w.dao.connect(a).castVote(p.id, 1)).to.emit(w.dao, "ProposalExtended");
    await time.increase(86_400);
    await w.dao.connect(b).castVote(p.id, 0);
    await w.dao.connect(c).castVote(p.id, 0);
    await g.untilOver(w, p);
    expect(await w.dao.state(p.id)).to.equal(g.State.Defeated);
  });

  it("a guardian who cancels everything is replaced by a proposal it cannot cancel", async () => {
    const { w, a, b } = await loadFixture(voters);
    const p = await g.proposeFees(w, a, 100);
    await w.guard.connect(w.guardian).cancel(w.dao, ...p.args);
    const target = await w.guard.getAddress();
    const data = w.guard.interface.encodeFunctionData("replaceHolder", [b.address]);
    const description = `# Another guardian\n\n#proposer=${a.address}`;
    await w.dao.connect(a).propose([target], [0], [data], description);
    const id = await w.dao.latestProposalOf(a);
    const args = [[target], [0n], [data], ethers.id(description)] as [string[], bigint[], string[], string];
    await time.increaseTo((await w.dao.proposalSnapshot(id)) + 1n);
    await w.dao.connect(a).castVote(id, 1);
    await time.increaseTo((await w.dao.proposalDeadline(id)) + 1n);
    await w.dao["queue(uint256)"](id);
    await expect(w.guard.connect(w.guardian).cancel(w.dao, ...args)).to.be.revertedWithCustomError(
      w.guard,
      "GuardianOwnReplacement",
    );
    await time.increaseTo(await w.dao.proposalEta(id));
    await w.dao["execute(uint256)"](id);
    expect(await w.guard.holder()).to.equal(b.address);
  });

  it("a guardian's pause stops new jobs for days, and no delivery, settlement, refund or withdrawal (I44)", async () => {
    const { w } = await loadFixture(voters);
    const { escrow, vault, guard, guardian, service, actors } = w;
    await fundRequester(w, actors.requester2);
    const drawn = await postAndDraw(w, actors.requester2);
    const waiting = await postJob(w, actors.requester2, service);
    await guard.connect(guardian).pause([escrow], 7n * g.DAY);
    await expect(postJob(w, actors.requester2, service)).to.be.revertedWithCustomError(escrow, "EscrowPaused");

    await deliver(w, drawn.job, drawn.gpu);
    await settle(w, drawn.job);
    expect(await statusOf(w, drawn.job)).to.equal(BigInt(Status.Settled));
    await escrow.connect(actors.requester2).cancel(waiting.id, waiting.agreement, waiting.ticket, false);
    expect(await statusOf(w, waiting)).to.equal(BigInt(Status.Cancelled));
    await vault.connect(actors.requester2).withdraw(TOKEN, actors.requester2);

    await expect(guard.connect(guardian).pause([escrow], 1)).to.be.revertedWithCustomError(guard, "GuardianTooSoon");
    await time.increase(7n * g.DAY);
    await postJob(w, actors.requester2, service);
  });
});
