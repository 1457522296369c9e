/** Votes: by whom, how many, once, by signature, in parts; and a quorum that comes late. */
import { takeSnapshot, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "../fixture";

const HALF = 5_000_000n * f.TOKEN;
const WHOLE = 2n * HALF;

async function active() {
  const g = await f.governance();
  const p = await f.propose(g);
  await f.open(g, p);
  return { g, p };
}

function fractions(against: bigint, inFavour: bigint, abstain: bigint): string {
  return ethers.solidityPacked(["uint128", "uint128", "uint128"], [against, inFavour, abstain]);
}

/** A ballot for `p`; of another nonce, choice or contract where `change` says so. */
async function ballot(
  g: f.Governance,
  p: f.Proposal,
  voter: HardhatEthersSigner,
  change: { nonce?: bigint; support?: number; verifyingContract?: string } = {},
) {
  const { chainId } = await ethers.provider.getNetwork();
  const verifyingContract = change.verifyingContract ?? (await g.dao.getAddress());
  const domain = { name: "GPU Commons Governor", version: "1", chainId, verifyingContract };
  const types = {
    Ballot: [
      { name: "proposalId", type: "uint256" },
      { name: "support", type: "uint8" },
      { name: "voter", type: "address" },
      { name: "nonce", type: "uint256" },
    ],
  };
  const { nonce = 0n, support = f.Support.For } = change;
  return voter.signTypedData(domain, types, { proposalId: p.id, support, voter: voter.address, nonce });
}

describe("CommonsGovernor votes", () => {
  it("says how it counts", async () => {
    const g = await f.governance();
    expect(await g.dao.COUNTING_MODE()).to.equal("support=bravo,fractional&quorum=for,abstain&params=fractional");
    expect(await g.dao.CLOCK_MODE()).to.equal("mode=timestamp");
    expect(await g.dao.clock()).to.equal(await time.latest());
    expect(await g.dao.name()).to.equal("GPU Commons Governor");
    expect(await g.dao.token()).to.equal(await g.composite.getAddress());
    expect(await g.dao.timelock()).to.equal(await g.timelock.getAddress());
    expect(await g.dao.guardian()).to.equal(await g.guard.getAddress());
  });

  it("take all votes of the snapshot, wallet, stake and grants, once (I41)", async () => {
    const g = await f.governance();
    await g.token.connect(g.bob).approve(g.grants, HALF);
    await g.grants.connect(g.bob).grant(g.bob, HALF);
    const p = await f.propose(g);
    await f.open(g, p);
    await expect(g.dao.connect(g.bob).castVote(p.id, f.Support.For))
      .to.emit(g.dao, "VoteCast")
      .withArgs(g.bob.address, p.id, f.Support.For, WHOLE, "");
    await expect(g.dao.connect(g.bob).castVote(p.id, f.Support.Against))
      .to.be.revertedWithCustomError(g.dao, "GovernorAlreadyCastVote")
      .withArgs(g.bob.address);
    await g.dao.connect(g.carol).castVoteWithReason(p.id, f.Support.Against, "no");
    await g.dao.connect(g.dave).castVote(p.id, f.Support.Abstain);
    expect(await g.dao.proposalVotes(p.id)).to.deep.equal([WHOLE, WHOLE, WHOLE]);
    expect(await g.dao.hasVoted(p.id, g.bob)).to.equal(true);
    expect(await g.dao.hasVoted(p.id, g.alice)).to.equal(false);
  });

  it("do not count what moved after the snapshot, at either end (I40, I41)", async () => {
    const { g, p } = await active();
    await g.token.connect(g.stranger).delegate(g.stranger);
    await g.token.connect(g.bob).transfer(g.stranger, WHOLE);
    await expect(g.dao.connect(g.stranger).castVote(p.id, f.Support.For))
      .to.be.revertedWithCustomError(g.dao, "GovernorAlreadyCastVote")
      .withArgs(g.stranger.address);
    await g.dao.connect(g.bob).castVote(p.id, f.Support.For);
    expect((await g.dao.proposalVotes(p.id))[1]).to.equal(WHOLE);
  });

  it("are cast while the vote is open, not before nor after", async () => {
    const g = await f.governance();
    const p = await f.propose(g);
    const vote = () => g.dao.connect(g.bob).castVote(p.id, f.Support.For);
    const refused = () => expect(vote()).to.be.revertedWithCustomError(g.dao, "GovernorUnexpectedProposalState");
    await refused();
    await time.setNextBlockTimestamp(await g.dao.proposalSnapshot(p.id));
    await refused();
    const before = await takeSnapshot();
    await vote();
    await before.restore();
    const deadline = await g.dao.proposalDeadline(p.id);
    await time.setNextBlockTimestamp(deadline);
    const last = await takeSnapshot();
    await vote();
    await last.restore();
    await time.setNextBlockTimestamp(deadline + 1n);
    await refused();
  });

  it("may be split, in one go or several, never beyond what there is (I41)", async () => {
    const { g, p } = await active();
    const cast = (params: string) =>
      g.dao.connect(g.bob).castVoteWithReasonAndParams(p.id, f.Support.Fractional, "", params);
    await cast(fractions(1n, 2n, 3n));
    await expect(cast(fractions(0n, WHOLE - 5n, 0n)))
      .to.be.revertedWithCustomError(g.dao, "GovernorExceedRemainingWeight")
      .withArgs(g.bob.address, WHOLE - 5n, WHOLE - 6n);
    await cast(fractions(0n, WHOLE - 6n, 0n));
    expect(await g.dao.proposalVotes(p.id)).to.deep.equal([1n, WHOLE - 4n, 3n]);
    await expect(cast(fractions(0n, 1n, 0n))).to.be.revertedWithCustomError(g.dao, "GovernorAlreadyCastVote");
  });

  describe("by signature", () => {
    it("counts what the voter signed, whoever sends it, once (I10)", async () => {
      const { g, p } = await active();
      const signature = await ballot(g, p, g.bob);
      await g.dao.connect(g.stranger).castVoteBySig(p.id, f.Support.For, g.bob, signature);
      expect((await g.dao.proposalVotes(p.id))[1]).to.equal(WHOLE);
      await expect(g.dao.castVoteBySig(p.id, f.Support.For, g.bob, signature)).to.be.revertedWithCustomError(
        g.dao,
        "GovernorInvalidSignature",
      );
    });

    it("takes a nonce of the proposal's own key, so that ballots of several proposals need no order", async () => {
      const { g, p } = await active();
      const key = p.id & (2n ** 192n - 1n);
      const nonce = key << 64n;
      expect(await g.dao["nonces(address,uint192)"](g.bob, key)).to.equal(nonce);
      await g.dao.castVoteBySig(p.id, f.Support.For, g.bob, await ballot(g, p, g.bob, { nonce }));
      expect(await g.dao["nonces(address,uint192)"](g.bob, key)).to.equal(nonce + 1n);
      expect(await g.dao["nonces(address)"](g.bob)).to.equal(0);
    });

    it("refuses another's, another choice, nonce or contract (I10)", async () => {
      const { g, p } = await active();
      const wrong = [
        await ballot(g, p, g.carol),
        await ballot(g, p, g.bob, { support: f.Support.Against }),
        await ballot(g, p, g.bob, { nonce: 1n }),
        await ballot(g, p, g.bob, { verifyingContract: g.carol.address }),
      ];
      for (const signature of wrong) {
        await expect(g.dao.castVoteBySig(p.id, f.Support.For, g.bob, signature))
          .to.be.revertedWithCustomError(g.dao, "GovernorInvalidSignature")
          .withArgs(g.bob.address);
      }
    });

    it("takes parts by signature too", async () => {
      const { g, p } = await active();
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await g.dao.getAddress();
      const domain = { name: "GPU Commons Governor", version: "1", chainId, verifyingContract };
      const types = {
        ExtendedBallot: [
          { name: "proposalId", type: "uint256" },
          { name: "support", type: "uint8" },
          { name: "voter", type: "address" },
          { name: "nonce", type: "uint256" },
          { name: "reason", type: "string" },
          { name: "params", type: "bytes" },
        ],
      };
      const message = {
        proposalId: p.id,
        support: f.Support.Fractional,
        voter: g.bob.address,
        nonce: 0n,
        reason: "both",
        params: fractions(HALF, HALF, 0n),
      };
      const signature = await g.bob.signTypedData(domain, types, message);
      const send = () => g.dao.castVoteWithReasonAndParamsBySig(p.id, 255, g.bob, "both", message.params, signature);
      await send();
      expect(await g.dao.proposalVotes(p.id)).to.deep.equal([HALF, HALF, 0n]);
      await expect(send()).to.be.revertedWithCustomError(g.dao, "GovernorInvalidSignature");
    });
  });

  describe("the quorum", () => {
    it("is 2% of the supply at the snapshot; for and abstaining count, against does not", async () => {
      const { g, p } = await active();
      const snapshot = await g.dao.proposalSnapshot(p.id);
      expect(await g.dao.quorum(snapshot)).to.equal(f.SUPPLY / 50n);
      expect([await g.dao["quorumNumerator()"](), await g.dao.quorumDenominator()]).to.deep.equal([200n, 10_000n]);
      await g.dao.connect(g.bob).castVote(p.id, f.Support.For);
      await g.dao.connect(g.carol).castVoteWithReasonAndParams(p.id, 255, "", fractions(1n, 0n, WHOLE - 1n));
      await f.close(g, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Defeated);
    });

    it("lets a proposal through with exactly that much, and more for than against", async () => {
      const { g, p } = await active();
      await g.dao.connect(g.bob).castVoteWithReasonAndParams(p.id, 255, "", fractions(0n, 2n, WHOLE - 2n));
      await g.dao.connect(g.carol).castVote(p.id, f.Support.Abstain);
      await g.dao.connect(g.dave).castVoteWithReasonAndParams(p.id, 255, "", fractions(1n, 0n, 0n));
      await f.close(g, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Succeeded);
    });

    it("does not let a tie through", async () => {
      const { g, p } = await active();
      await g.dao.connect(g.bob).castVote(p.id, f.Support.For);
      await g.dao.connect(g.carol).castVote(p.id, f.Support.Against);
      await g.dao.connect(g.dave).castVote(p.id, f.Support.Abstain);
      await f.close(g, p);
      expect(await g.dao.state(p.id)).to.equal(f.State.Defeated);
    });

    it("does not change for a vote that runs when governance changes it", async () => {
      const g = await f.governance();
      const changing = await f.propose(g, {
        actions: [{ target: g.dao, data: g.dao.interface.encodeFunctionData("updateQuorumNumerator", [1_000]) }],
      });
      await f.approve(g, changing);
      await f.close(g, changing);
      await f.queue(g, changing);
      const p = await f.propose(g, { by: g.bob });
      await f.open(g, p);
      const snapshot = await g.dao.proposalSnapshot(p.id);
      // Ripe by now: its delay is as long as the one before the vote.
      await f.execute(g, changing);
      expect(await g.dao.quorum(snapshot)).to.equal(f.SUPPLY / 50n);
      await time.increase(1);
      expect(await g.dao.quorum((await time.latest()) - 1)).to.equal(f.SUPPLY / 10n);
    });
  });

  describe("a late quorum", () => {
    /** Casts bob's votes with `left` seconds to go, then carol's, which reach the quorum, a second later. */
    async function reachedWith(left: bigint) {
      const { g, p } = await active();
      const regular = await g.dao.proposalDeadline(p.id);
      await time.setNextBlockTimestamp(regular - left - 1n);
      await g.dao.connect(g.bob).castVote(p.id, f.Support.For);
      await time.setNextBlockTimestamp(regular - left);
      const reaching = g.dao.connect(g.carol).castVote(p.id, f.Support.For);
      return { g, p, regular, reaching };
    }

    it("leaves two days from then on, and no more for later votes", async () => {
      for (const left of [0n, 1n, f.DAY, 2n * f.DAY - 1n]) {
        const { g, p, regular, reaching } = await reachedWith(left);
        await expect(reaching)
          .to.emit(g.dao, "ProposalExtended")
          .withArgs(p.id, regular - left + 2n * f.DAY);
        expect(await g.dao.proposalDeadline(p.id)).to.equal(regular - left + 2n * f.DAY);
        await time.setNextBlockTimestamp(regular + 1n);
        await expect(g.dao.connect(g.dave).castVote(p.id, f.Support.Against)).to.not.emit(g.dao, "ProposalExtended");
        expect(await g.dao.proposalDeadline(p.id)).to.equal(regular - left + 2n * f.DAY);
      }
    });

    it("changes nothing when two days or more are left, nor for a late vote after it", async () => {
      for (const left of [2n * f.DAY, 2n * f.DAY + 1n, 3n * f.DAY, 4n * f.DAY]) {
        const { g, p, regular, reaching } = await reachedWith(left);
        await expect(reaching).to.not.emit(g.dao, "ProposalExtended");
        await time.increaseTo(regular - 5n);
        await expect(g.dao.connect(g.dave).castVote(p.id, f.Support.Against)).to.not.emit(g.dao, "ProposalExtended");
        expect(await g.dao.proposalDeadline(p.id)).to.equal(regular);
      }
    });

    it("gives nothing for votes against, which reach no quorum", async () => {
      const { g, p } = await active();
      const regular = await g.dao.proposalDeadline(p.id);
      await time.increaseTo(regular - 5n);
      for (const voter of [g.bob, g.carol, g.dave]) {
        await expect(g.dao.connect(voter).castVote(p.id, f.Support.Against)).to.not.emit(g.dao, "ProposalExtended");
      }
      expect(await g.dao.proposalDeadline(p.id)).to.equal(regular);
    });

    it("tells apart votes in one transaction: only the one that reaches it extends", async () => {
      const g = await f.governance();
      const wallet = await ethers.deployContract("MultiVoter");
      await g.token.connect(g.governor).transfer(wallet, f.SUPPLY / 50n);
      await wallet.delegate(g.token);
      const p = await f.propose(g);
      const other = await f.propose(g, { by: g.bob });
      await time.increaseTo((await g.dao.proposalDeadline(other.id)) - 100n);
      await g.dao.connect(g.carol).castVote(other.id, f.Support.For);
      await g.dao.connect(g.dave).castVote(other.id, f.Support.For);
      // The first reaches the quorum late, the second had it before.
      await expect(wallet.vote(g.dao, [p.id, other.id])).to.emit(g.dao, "ProposalExtended");
      const events = await g.dao.queryFilter(g.dao.filters.ProposalExtended());
      expect(events.map(({ args }) => args.proposalId)).to.deep.equal([other.id, p.id]);
    });
  });
});
