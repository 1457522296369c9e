/** Who may propose what, in whose name, and what the chain keeps of it. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "../fixture";

describe("CommonsGovernor.propose", () => {
  it("opens the vote after the delay, for the period, and keeps the proposal", async () => {
    const g = await f.governance();
    const actions = [
      f.setNumber(g, 7n),
      { ...f.setNumber(g, 8n), value: 3n },
      { target: g.bob, data: "0x", value: 1n },
    ];
    const p = await f.draft(g, actions, f.described("Three things", g.alice));
    const now = BigInt(await time.latest()) + 5n;
    await time.setNextBlockTimestamp(now);
    await expect(f.submit(g, g.alice, p))
      .to.emit(g.dao, "ProposalCreated")
      .withArgs(
        p.id,
        g.alice.address,
        p.targets,
        p.values,
        ["", "", ""],
        p.calldatas,
        now + 2n * f.DAY,
        now + 7n * f.DAY,
        p.description,
      );
    expect(await g.dao.proposalSnapshot(p.id)).to.equal(now + 2n * f.DAY);
    expect(await g.dao.proposalDeadline(p.id)).to.equal(now + 7n * f.DAY);
    expect(await g.dao.proposalProposer(p.id)).to.equal(g.alice.address);
    expect(await g.dao.latestProposalOf(g.alice)).to.equal(p.id);
    expect(await g.dao.proposalNeedsQueuing(p.id)).to.equal(true);
    expect(await g.dao.state(p.id)).to.equal(f.State.Pending);
    const content = [p.targets, p.values, p.calldatas, p.descriptionHash];
    expect(await g.dao.proposalCount()).to.equal(1);
    expect(await g.dao.proposalDetails(p.id)).to.deep.equal(content);
    expect(await g.dao.proposalDetailsAt(0)).to.deep.equal([p.id, ...content]);
  });

  it("lists proposals in their order, and knows no others", async () => {
    const g = await f.governance();
    const first = await f.propose(g);
    const second = await f.propose(g, { by: g.bob });
    expect(await g.dao.proposalCount()).to.equal(2);
    expect((await g.dao.proposalDetailsAt(0))[0]).to.equal(first.id);
    expect((await g.dao.proposalDetailsAt(1))[0]).to.equal(second.id);
    await expect(g.dao.proposalDetailsAt(2)).to.be.revertedWithPanic(0x32);
    for (const call of [
      () => g.dao.proposalDetails(5),
      () => g.dao["queue(uint256)"](5),
      () => g.dao["execute(uint256)"](5),
      () => g.dao["cancel(uint256)"](5),
    ]) {
      await expect(call()).to.be.revertedWithCustomError(g.dao, "GovernorNonexistentProposal").withArgs(5);
    }
  });

  it("keeps what fits the code of a contract, and says what does not", async () => {
    const g = await f.governance();
    const room = 24_576 - 34 - 36;
    const long = (length: number) => [{ target: g.target, data: ethers.hexlify(new Uint8Array(length).fill(7)) }];
    const over = await f.draft(g, long(room + 1), f.described("Too long", g.alice));
    await expect(f.submit(g, g.alice, over))
      .to.be.revertedWithCustomError(g.dao, "GovernorProposalTooLong")
      .withArgs(24_577, 24_576);
    const p = await f.propose(g, { actions: long(room) });
    expect(await g.dao.proposalDetails(p.id)).to.deep.equal([p.targets, p.values, p.calldatas, p.descriptionHash]);
    const many = Array.from({ length: 256 }, () => ({ target: g.bob, data: "0x" }));
    const tooMany = await f.draft(g, many, f.described("Too many", g.bob));
    await expect(f.submit(g, g.bob, tooMany)).to.be.revertedWithCustomError(
      await ethers.deployContract("ProposalRecordHarness"),
      "RecordTooManyActions",
    );
  });

  it("refuses lists of different lengths, and no action", async () => {
    const g = await f.governance();
    const p = await f.draft(g, [f.setNumber(g, 1n)], f.described("Odd", g.alice));
    for (const odd of [
      { ...p, targets: [] },
      { ...p, values: [] },
      { ...p, calldatas: [] },
      { ...p, targets: [], values: [], calldatas: [] },
    ]) {
      await expect(f.submit(g, g.alice, odd)).to.be.revertedWithCustomError(g.dao, "GovernorInvalidProposalLength");
    }
  });

  describe("the suffix", () => {
    it("must name the caller, in any case of its digits", async () => {
      const g = await f.governance();
      const good = [g.alice.address, g.alice.address.toLowerCase(), `0x${g.alice.address.slice(2).toUpperCase()}`];
      for (const [index, address] of good.entries()) {
        const p = await f.draft(g, [f.setNumber(g, BigInt(index))], `#proposer=${address}`);
        await f.submit(g, g.alice, p);
        await f.veto(g, g.guardian, p);
      }
    });

    it("must be there, at the end, well formed: what OpenZeppelin lets pass is refused", async () => {
      const g = await f.governance();
      const own = g.alice.address;
      const bad = [
        "",
        "Without",
        "A description that is longer than a suffix, but without one at all",
        own,
        `proposer=${own}`,
        `##proposer:${own}`,
        `#Proposer=${own}`,
        `#proposer=${own} `,
        `#proposer=${own}\n`,
        `#proposer=${own.slice(0, -1)}`,
        `#proposer=${own.slice(0, -1)}g`,
        `#proposer=${own.slice(2)}`,
        `#proposer=00${own.slice(2)}`,
        `#proposer=0X${own.slice(2)}`,
        `#proposer=${own}#proposer=`,
        `#proposer=${own}#proposer=${g.bob.address}`,
      ];
      for (const description of bad) {
        const p = await f.draft(g, [f.setNumber(g, 1n)], description);
        await expect(f.submit(g, g.alice, p), description)
          .to.be.revertedWithCustomError(g.dao, "GovernorRestrictedProposer")
          .withArgs(own);
      }
    });

    it("keeps others from proposing one's words first to cancel them", async () => {
      const g = await f.governance();
      const mine = await f.draft(g, [f.setNumber(g, 1n)], f.described("Mine", g.alice));
      await expect(f.submit(g, g.bob, mine))
        .to.be.revertedWithCustomError(g.dao, "GovernorRestrictedProposer")
        .withArgs(g.bob.address);
      await f.submit(g, g.alice, mine);
      const copy = await f.draft(g, [f.setNumber(g, 1n)], f.described("Mine", g.bob));
      expect(copy.id).to.not.equal(mine.id);
      await f.submit(g, g.bob, copy);
      await f.cancel(g, g.bob, copy);
      expect(await g.dao.state(mine.id)).to.equal(f.State.Pending);
      await expect(f.submit(g, g.bob, copy)).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
    });
  });

  describe("the threshold", () => {
    it("is a thousandth of the supply at the last second, of all sources together", async () => {
      const g = await f.governance();
      expect(await g.dao.proposalThreshold()).to.equal(f.SUPPLY / 1_000n);
      expect(await g.dao.thresholdBps()).to.equal(10);
      const needed = f.SUPPLY / 1_000n;
      await g.desk.connect(g.stranger).delegateAll(g.stranger, [g.token, g.grants]);
      await g.token.connect(g.governor).transfer(g.stranger, needed - 5n);
      await g.token.connect(g.governor).approve(g.grants, 5n);
      await g.grants.connect(g.governor).grant(g.stranger, 4n);
      await time.increase(1);
      const p = await f.draft(g, [f.setNumber(g, 1n)], f.described("Nearly", g.stranger));
      await expect(f.submit(g, g.stranger, p))
        .to.be.revertedWithCustomError(g.dao, "GovernorInsufficientProposerVotes")
        .withArgs(g.stranger.address, needed - 1n, needed);
      await g.grants.connect(g.governor).grant(g.stranger, 1n);
      await time.increase(1);
      await f.submit(g, g.stranger, p);
    });

    it("does not count votes of this second (I40)", async () => {
      const g = await f.governance();
      const p = await f.draft(g, [f.setNumber(g, 1n)], f.described("Rich now", g.stranger));
      await ethers.provider.send("evm_setAutomine", [false]);
      const gasLimit = 1_000_000;
      await g.token.connect(g.stranger).delegate(g.stranger, { gasLimit });
      await g.token.connect(g.governor).transfer(g.stranger, f.SUPPLY / 2n, { gasLimit });
      const tx = await g.dao.connect(g.stranger).propose(p.targets, p.values, p.calldatas, p.description, { gasLimit });
      await ethers.provider.send("evm_mine", []);
      await ethers.provider.send("evm_setAutomine", [true]);
      const receipt = await ethers.provider.getTransactionReceipt(tx.hash);
      expect(receipt?.status).to.equal(0);
      expect(await g.token.getVotes(g.stranger)).to.equal(f.SUPPLY / 2n);
      await f.submit(g, g.stranger, p);
    });
  });

  describe("one at a time", () => {
    it("refuses a second proposal until the vote on the first is over", async () => {
      const g = await f.governance();
      const first = await f.propose(g);
      const refused = () =>
        expect(f.propose(g))
          .to.be.revertedWithCustomError(g.dao, "GovernorProposalLive")
          .withArgs(g.alice.address, first.id);
      await refused();
      await f.open(g, first);
      await refused();
      await f.propose(g, { by: g.bob });
      await time.increaseTo((await g.dao.proposalDeadline(first.id)) - 1n);
      await refused();
      await f.close(g, first);
      expect(await g.dao.state(first.id)).to.equal(f.State.Defeated);
      const second = await f.propose(g);
      expect(await g.dao.latestProposalOf(g.alice)).to.equal(second.id);
    });

    it("allows the next once the first is cancelled, accepted or queued", async () => {
      const g = await f.governance();
      await f.cancel(g, g.alice, await f.propose(g));
      const second = await f.propose(g);
      await f.approve(g, second);
      await f.close(g, second);
      expect(await g.dao.state(second.id)).to.equal(f.State.Succeeded);
      await f.veto(g, g.guardian, await f.propose(g));
      await f.queue(g, second);
      await f.propose(g);
    });
  });
});
