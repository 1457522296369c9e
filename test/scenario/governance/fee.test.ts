/** A proposal that changes the fee of jobs goes through its whole life, with votes from wallets, stake and grants. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { jobLines } from "../../../src/protocol/words";
import * as g from "../../fixtures/governance";
import { fundRequester, postAndDraw, postJob, TOKEN } from "../../fixtures/suite";

const SUPPLY = 1_000_000_000n * TOKEN;

/** A voter of each kind: tokens in the wallet, stake on a GPU, a grant that has not vested; and a team's that does not vote. */
async function threeSources() {
  const w = await g.deployGovernedMarket();
  const { token, actors, registry, grants, desk, stakeVotes, gpus } = w;
  const { requester: wallet, ownerA: staker, modelOwner: granted, datasetOwner: team, faucet } = actors;

  await g.voterWith(w, wallet, g.tokens(8_000_000n));
  await token.connect(faucet).transfer(staker, g.tokens(7_000_000n));
  await token.connect(staker).approve(registry, g.tokens(7_000_000n));
  await registry.connect(staker).addStake(gpus[0]!.id, g.tokens(7_000_000n));

  const now = await time.latest();
  const terms = { start: now, cliff: 180 * 86_400, duration: 720 * 86_400, step: 0, startBps: 0, revocable: false };
  await token.connect(faucet).approve(grants, g.tokens(100_000_000n));
  for (const [beneficiary, amount, votes] of [
    [granted, g.tokens(6_000_000n), true],
    [team, g.tokens(50_000_000n), false],
  ] as const) {
    const schedule = (await grants.scheduleCount()) + 1n;
    await grants.createSchedule({ ...terms, votes }, faucet);
    await grants.connect(faucet).fund(schedule, amount);
    await grants.connect(faucet).grant(schedule, beneficiary, amount);
  }
  // One transaction each for all that they have anywhere.
  for (const voter of [staker, granted]) {
    await w.vault.connect(voter).openAccount(voter);
    await desk.connect(voter).delegateAll(voter, [token, stakeVotes, grants]);
  }
  await desk.connect(team).delegateAll(team, [token, grants]);
  await time.increase(1);
  return { w, wallet, staker, granted, team };
}

/** What a job of one unit pays the protocol now, gwei. */
async function feeOf(w: g.GovernedWorld): Promise<bigint> {
  const { agreement } = await postJob(w, w.actors.requester2, w.service);
  return jobLines.decode(BigInt(agreement.lines)).protocolFee;
}

describe("A change of the job fee", () => {
  it("goes from the proposal to the next job, by votes of wallets, stake and grants", async () => {
    const { w, wallet, staker, granted, team } = await loadFixture(threeSources);
    const { dao, catalog, composite } = w;
    const stake = await w.registry.stakeOf(await w.vault.accountOf(staker));
    const fee = await feeOf(w);
    expect((await catalog.fees()).feeBps).to.equal(250);

    const p = await g.proposeFees(w, wallet, 100);
    const running = await postAndDraw(w, w.actors.requester2);
    await g.untilOpen(w, p);
    const snapshot = await dao.proposalSnapshot(p.id);
    expect(await composite.pastVotesBySource(wallet, snapshot)).to.deep.equal([g.tokens(8_000_000n), 0n, 0n]);
    expect(await composite.pastVotesBySource(staker, snapshot)).to.deep.equal([0n, stake, 0n]);
    expect(await composite.pastVotesBySource(granted, snapshot)).to.deep.equal([0n, 0n, g.tokens(6_000_000n)]);
    expect(await composite.getPastVotes(team, snapshot)).to.equal(0);
    for (const voter of [wallet, staker, granted]) await dao.connect(voter).castVote(p.id, 1);
    await expect(dao.connect(team).castVote(p.id, 0)).to.be.revertedWithCustomError(dao, "GovernorAlreadyCastVote");

    const cast = g.tokens(14_000_000n) + stake;
    expect(await dao.proposalVotes(p.id)).to.deep.equal([0n, cast, 0n]);
    // No two of the three reach the 2% alone.
    expect(await dao.quorum(snapshot)).to.equal(SUPPLY / 50n);
    expect(cast - g.tokens(6_000_000n)).to.be.lessThan(SUPPLY / 50n);

    await g.untilOver(w, p);
    await g.queue(w, p);
    await expect(g.execute(w, p)).to.be.revertedWithCustomError(w.timelock, "TimelockUnexpectedOperationState");
    expect((await catalog.fees()).feeBps).to.equal(250);
    await g.untilRipe(w, p);
    await expect(g.execute(w, p)).to.emit(catalog, "FeesChanged");
    expect((await catalog.fees()).feeBps).to.equal(100);
    expect(await dao.state(p.id)).to.equal(g.State.Executed);

    expect(await feeOf(w)).to.equal((fee * 100n) / 250n);
    // What was agreed before stays agreed (I18).
    expect(jobLines.decode(BigInt(running.job.agreement.lines)).protocolFee).to.equal(fee);
    expect(await w.escrow.agreementHashOf(running.job.id)).to.equal(
      await w.escrow.hashAgreement(running.job.id, running.job.agreement),
    );
  });

  it("is nobody's but governance's: neither deployer, former owner, guardian nor voter (I45, I46)", async () => {
    const { w, wallet } = await loadFixture(threeSources);
    const fees = { feeBps: 1n, drawUnitGwei: 1n, validatorFeeGwei: 1n };
    for (const caller of [w.actors.deployer, w.actors.owner, w.guardian, wallet]) {
      await expect(w.catalog.connect(caller).setFees(fees))
        .to.be.revertedWithCustomError(w.catalog, "OwnableUnauthorizedAccount")
        .withArgs(caller.address);
    }
    expect(await w.catalog.owner()).to.equal(await w.timelock.getAddress());
  });

  it("fails without the quorum, and by a majority against it", async () => {
    const { w, wallet, staker, granted } = await loadFixture(threeSources);
    const thin = await g.proposeFees(w, wallet, 100);
    await g.untilOpen(w, thin);
    await w.dao.connect(wallet).castVote(thin.id, 1);
    await w.dao.connect(granted).castVote(thin.id, 1);
    await g.untilOver(w, thin);
    expect(await w.dao.state(thin.id)).to.equal(g.State.Defeated);
    const opposed = await g.proposeFees(w, wallet, 200);
    await g.untilOpen(w, opposed);
    await w.dao.connect(wallet).castVote(opposed.id, 1);
    await w.dao.connect(staker).castVote(opposed.id, 0);
    await w.dao.connect(granted).castVote(opposed.id, 0);
    await g.untilOver(w, opposed);
    expect(await w.dao.state(opposed.id)).to.equal(g.State.Defeated);
    await expect(g.queue(w, opposed)).to.be.revertedWithCustomError(w.dao, "GovernorUnexpectedProposalState");
  });

  it("counts what is released after the snapshot where it was at the snapshot, and once (I40)", async () => {
    const { w, wallet, granted } = await loadFixture(threeSources);
    await time.increase(200 * 86_400);
    const p = await g.proposeFees(w, wallet, 100);
    await g.untilOpen(w, p);
    // The last schedule but one is the voter's, the last one the team's.
    await w.grants.connect(granted).release((await w.grants.scheduleCount()) - 1n, granted);
    await w.dao.connect(granted).castVote(p.id, 1);
    expect((await w.dao.proposalVotes(p.id))[1]).to.equal(g.tokens(6_000_000n));
    await time.increase(1);
    expect(await w.composite.getPastVotes(granted, (await time.latest()) - 1)).to.equal(g.tokens(6_000_000n));
  });

  it("needs funds of nobody's: the requesters' money stays where it is", async () => {
    const { w } = await loadFixture(threeSources);
    await fundRequester(w, w.actors.requester2, TOKEN);
    expect(await ethers.provider.getBalance(w.timelock)).to.equal(0);
    expect(await w.composite.getVotes(w.vault)).to.equal(0);
    expect(await w.token.delegates(w.vault)).to.equal(ethers.ZeroAddress);
    expect(await w.token.delegates(w.registry)).to.equal(ethers.ZeroAddress);
    expect(await w.token.delegates(w.grants)).to.equal(ethers.ZeroAddress);
  });
});
