/** Votes of stake in force: who is counted, what moves them, and that the past stays as it was. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import type { Wallet } from "ethers";
import { ethers } from "hardhat";
import type { StakeVotes } from "../../../typechain-types";
import * as f from "./fixture";
import { as } from "./rounds.fixture";

const NOBODY = ethers.ZeroAddress;
const FOREVER = 2n ** 40n;

function ledgerAs(w: f.World, who: HardhatEthersSigner): StakeVotes {
  return w.votes.connect(who) as StakeVotes;
}

/** Alice with a GPU of the least stake, bob with one of twice that; nobody chose a delegate. */
async function owners() {
  const w = await f.world();
  const least = await f.minStake(w);
  const mine = await f.register(w, w.alice);
  const theirs = await f.register(w, w.bob, { stake: 2n * least });
  return { w, least, mine, theirs };
}

/** The total of a moment that is over. */
async function totalNow(w: f.World): Promise<bigint> {
  const now = await time.latest();
  await time.increase(1);
  return w.votes.getPastTotalSupply(now);
}

interface Choice {
  delegatee: string;
  nonce: bigint;
  expiry: bigint;
}

/** A delegation by signature, of another domain where `change` says so. */
async function signChoice(
  w: f.World,
  signer: HardhatEthersSigner | Wallet,
  choice: Choice,
  change: { chainId?: bigint; verifyingContract?: string; version?: string } = {},
) {
  const domain = {
    name: "GPU Commons StakeVotes",
    version: "1",
    chainId: (await ethers.provider.getNetwork()).chainId,
    verifyingContract: await w.votes.getAddress(),
    ...change,
  };
  const types = {
    Delegation: [
      { name: "delegatee", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "expiry", type: "uint256" },
    ],
  };
  return ethers.Signature.from(await signer.signTypedData(domain, types, choice));
}

describe("StakeVotes", () => {
  describe("the constructor", () => {
    it("takes the vault of the registry, and the clock of the chain's seconds", async () => {
      const w = await f.world();
      expect(await w.votes.registry()).to.equal(await w.registry.getAddress());
      expect(await w.votes.vault()).to.equal(await w.vault.getAddress());
      expect(await w.votes.CLOCK_MODE()).to.equal("mode=timestamp");
      expect(await w.votes.clock()).to.equal(await time.latest());
    });
  });

  describe("stakeChanged", () => {
    it("refuses everybody but the registry, its owner and modules included (I45)", async () => {
      const { w } = await owners();
      for (const caller of [w.alice, w.governor, w.module]) {
        await expect(ledgerAs(w, caller).stakeChanged(1, 0, f.TOKEN))
          .to.be.revertedWithCustomError(w.votes, "StakeVotesOnlyRegistry")
          .withArgs(caller.address);
      }
    });
  });

  describe("setVoting of the registry", () => {
    it("refuses everybody but the ledger, the owner of the registry included (I45)", async () => {
      const { w } = await owners();
      for (const caller of [w.alice, w.governor, w.module]) {
        await expect(as(w, caller).setVoting(await f.accountOf(w, w.alice), true))
          .to.be.revertedWithCustomError(w.registry, "RegistryNotVotes")
          .withArgs(caller.address);
      }
    });

    it("refuses everybody while there is no ledger", async () => {
      const w = await f.world();
      const registry = await f.deployRegistry(await w.vault.getAddress(), w.governor.address);
      await expect(registry.setVoting(1, true))
        .to.be.revertedWithCustomError(registry, "RegistryNotVotes")
        .withArgs(w.governor.address);
    });
  });

  describe("delegate", () => {
    it("refuses an address without an account of the vault", async () => {
      const { w } = await owners();
      const stranger = w.others[0] as HardhatEthersSigner;
      for (const delegatee of [stranger.address, w.alice.address, NOBODY]) {
        await expect(ledgerAs(w, stranger).delegate(delegatee))
          .to.be.revertedWithCustomError(w.votes, "StakeVotesNoAccount")
          .withArgs(stranger.address);
      }
    });

    it("counts nobody who has not chosen, and writes nothing for them", async () => {
      const { w, mine } = await owners();
      await expect(as(w, w.alice).addStake(mine, f.TOKEN)).to.not.emit(w.votes, "DelegateVotesChanged");
      expect(await w.votes.getVotes(w.alice)).to.equal(0);
      expect(await totalNow(w)).to.equal(0);
      expect((await w.lens.stakerOf(await f.accountOf(w, w.alice))).votes).to.equal(false);
    });

    it("brings the owner's stake in with the first choice", async () => {
      const { w, least } = await owners();
      await expect(ledgerAs(w, w.alice).delegate(w.alice))
        .to.emit(w.votes, "DelegateChanged")
        .withArgs(w.alice.address, NOBODY, w.alice.address)
        .and.to.emit(w.votes, "DelegateVotesChanged")
        .withArgs(w.alice.address, 0, least);
      expect(await w.votes.getVotes(w.alice)).to.equal(least);
      expect((await w.lens.stakerOf(await f.accountOf(w, w.alice))).votes).to.equal(true);
      expect(await totalNow(w)).to.equal(least);
    });

    it("moves the votes with another choice, and counts them once (I40)", async () => {
      const { w, least } = await owners();
      await ledgerAs(w, w.alice).delegate(w.alice);
      await expect(ledgerAs(w, w.alice).delegate(w.carol))
        .to.emit(w.votes, "DelegateVotesChanged")
        .withArgs(w.alice.address, least, 0)
        .and.to.emit(w.votes, "DelegateVotesChanged")
        .withArgs(w.carol.address, 0, least);
      expect(await totalNow(w)).to.equal(least);
    });

    it("changes nothing when the same delegate is chosen again", async () => {
      const { w, least } = await owners();
      await ledgerAs(w, w.alice).delegate(w.carol);
      await expect(ledgerAs(w, w.alice).delegate(w.carol)).to.not.emit(w.votes, "DelegateVotesChanged");
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([least, least]);
    });

    it("takes the stake out with the choice of nobody, and follows the owner no longer", async () => {
      const { w, least, mine } = await owners();
      await ledgerAs(w, w.alice).delegate(w.carol);
      await expect(ledgerAs(w, w.alice).delegate(NOBODY))
        .to.emit(w.votes, "DelegateVotesChanged")
        .withArgs(w.carol.address, least, 0);
      expect((await w.lens.stakerOf(await f.accountOf(w, w.alice))).votes).to.equal(false);
      await as(w, w.alice).addStake(mine, f.TOKEN);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([0n, 0n]);
      await ledgerAs(w, w.alice).delegate(w.bob);
      expect(await w.votes.getVotes(w.bob)).to.equal(least + f.TOKEN);
    });

    it("does nothing when nobody follows nobody", async () => {
      const { w } = await owners();
      await expect(ledgerAs(w, w.alice).delegate(NOBODY)).to.not.emit(w.votes, "DelegateVotesChanged");
      expect(await totalNow(w)).to.equal(0);
    });

    it("counts an owner who chose before it registered from the registration on", async () => {
      const { w, least } = await owners();
      await ledgerAs(w, w.dave).delegate(w.carol);
      expect(await w.votes.getVotes(w.carol)).to.equal(0);
      await f.register(w, w.dave);
      await f.register(w, w.dave, { stake: 3n * least });
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([4n * least, 4n * least]);
    });
  });

  describe("delegateBySig", () => {
    it("counts the signer's stake, whoever sends it", async () => {
      const { w, least } = await owners();
      const choice = { delegatee: w.carol.address, nonce: 0n, expiry: FOREVER };
      const { v, r, s } = await signChoice(w, w.alice, choice);
      await ledgerAs(w, w.bob).delegateBySig(w.carol, 0, FOREVER, v, r, s);
      expect(await w.votes.delegates(w.alice)).to.equal(w.carol.address);
      expect(await w.votes.getVotes(w.carol)).to.equal(least);
    });

    it("refuses a second use, and a nonce that is not next", async () => {
      const { w } = await owners();
      const first = await signChoice(w, w.alice, { delegatee: w.carol.address, nonce: 0n, expiry: FOREVER });
      await w.votes.delegateBySig(w.carol, 0, FOREVER, first.v, first.r, first.s);
      await ledgerAs(w, w.alice).delegate(NOBODY);
      await expect(w.votes.delegateBySig(w.carol, 0, FOREVER, first.v, first.r, first.s))
        .to.be.revertedWithCustomError(w.votes, "InvalidAccountNonce")
        .withArgs(w.alice.address, 1);
      const early = await signChoice(w, w.alice, { delegatee: w.carol.address, nonce: 2n, expiry: FOREVER });
      await expect(w.votes.delegateBySig(w.carol, 2, FOREVER, early.v, early.r, early.s))
        .to.be.revertedWithCustomError(w.votes, "InvalidAccountNonce")
        .withArgs(w.alice.address, 1);
    });

    it("takes it in the second of its expiry, not one later", async () => {
      const { w } = await owners();
      const expiry = BigInt(await time.latest()) + 100n;
      const { v, r, s } = await signChoice(w, w.alice, { delegatee: w.carol.address, nonce: 0n, expiry });
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(expiry + 1n);
      await expect(w.votes.delegateBySig(w.carol, 0, expiry, v, r, s))
        .to.be.revertedWithCustomError(w.votes, "VotesExpiredSignature")
        .withArgs(expiry);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(expiry);
      await w.votes.delegateBySig(w.carol, 0, expiry, v, r, s);
      expect(await w.votes.delegates(w.alice)).to.equal(w.carol.address);
    });

    for (const [name, change] of [
      ["another chain", { chainId: 1n }],
      ["another contract", { verifyingContract: "0x000000000000000000000000000000000000dEaD" }],
      ["another version", { version: "2" }],
    ] as const) {
      it(`does not move the owner's votes by a signature for ${name}`, async () => {
        const { w } = await owners();
        const choice = { delegatee: w.carol.address, nonce: 0n, expiry: FOREVER };
        const { v, r, s } = await signChoice(w, w.alice, choice, change);
        // It recovers to an address that nobody knows.
        await expect(w.votes.delegateBySig(w.carol, 0, FOREVER, v, r, s)).to.be.revertedWithCustomError(
          w.votes,
          "StakeVotesNoAccount",
        );
        expect(await w.votes.delegates(w.alice)).to.equal(NOBODY);
      });
    }

    it("refuses a signer without an account", async () => {
      const { w } = await owners();
      const stranger = ethers.Wallet.createRandom() as unknown as Wallet;
      const choice = { delegatee: w.carol.address, nonce: 0n, expiry: FOREVER };
      const { v, r, s } = await signChoice(w, stranger, choice);
      await expect(w.votes.delegateBySig(w.carol, 0, FOREVER, v, r, s))
        .to.be.revertedWithCustomError(w.votes, "StakeVotesNoAccount")
        .withArgs(stranger.address);
    });
  });

  describe("delegateFor", () => {
    it("refuses everybody but the desk, the account itself and the registry's owner included (I45)", async () => {
      const { w } = await owners();
      expect(await w.votes.delegationDesk()).to.equal(await w.desk.getAddress());
      for (const caller of [w.alice, w.governor, w.module]) {
        await expect(ledgerAs(w, caller).delegateFor(w.alice, w.carol))
          .to.be.revertedWithCustomError(w.votes, "DelegableOnlyDesk")
          .withArgs(caller.address);
      }
    });

    it("counts the stake of whoever asks the desk, as its own choice would", async () => {
      const { w, least } = await owners();
      await w.desk.connect(w.alice).delegateAll(w.carol, [w.votes]);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([least, least]);
      await w.desk.connect(w.alice).delegateAll(NOBODY, [w.votes]);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([0n, 0n]);
    });
  });

  describe("what moves the votes", () => {
    /** Alice delegates to carol. */
    async function followed() {
      const world = await owners();
      await ledgerAs(world.w, world.w.alice).delegate(world.w.carol);
      return world;
    }

    it("follows stake that anybody adds", async () => {
      const { w, mine, least } = await followed();
      await expect(as(w, w.bob).addStake(mine, f.TOKEN))
        .to.emit(w.votes, "DelegateVotesChanged")
        .withArgs(w.carol.address, least, least + f.TOKEN);
    });

    it("loses unbonding stake at once, regains it by cancelling, and does not mind the withdrawal", async () => {
      const { w, mine, least } = await followed();
      await as(w, w.alice).beginUnbond(mine, least);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([0n, 0n]);
      await as(w, w.alice).cancelUnbond(mine);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([least, least]);
      await as(w, w.alice).beginUnbond(mine, least);
      await f.nextDay(30n);
      await expect(as(w, w.alice).withdraw(mine, w.alice)).to.not.emit(w.votes, "DelegateVotesChanged");
    });

    it("loses what a slash takes and regains what a reversal gives back", async () => {
      const { w, mine, least } = await followed();
      await w.registry.slash(f.slashOf(mine, 5n * f.UNIT, { fromLockGwei: 0 }));
      expect(await w.votes.getVotes(w.carol)).to.equal(least - 5n * f.TOKEN);
      await w.registry.reverseSlash(1);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([least, least]);
    });

    it("loses what a missed job pays its caller", async () => {
      const { w, mine, least } = await followed();
      const pay = (await w.registry.callerPayGwei(1)) * f.GWEI;
      await w.registry.conclude(f.outcomeOf(mine, { kind: f.Kind.NonCompletion, caller: 1n }));
      expect(await w.votes.getVotes(w.carol)).to.equal(least - pay);
    });

    it("leaves owners who have not chosen out of it", async () => {
      const { w, theirs, least } = await followed();
      await as(w, w.bob).beginUnbond(theirs, 2n * least);
      expect([await w.votes.getVotes(w.carol), await totalNow(w)]).to.deep.equal([least, least]);
    });

    it("adds up: votes of delegates, stake of those who chose, and the total are the same (I40)", async () => {
      const { w, mine, theirs, least } = await followed();
      await f.register(w, w.dave, { stake: 5n * least });
      await ledgerAs(w, w.bob).delegate(w.carol);
      await ledgerAs(w, w.dave).delegate(w.alice);
      await as(w, w.alice).addStake(mine, 7n * f.TOKEN);
      await as(w, w.bob).beginUnbond(theirs, least);
      await w.registry.slash(f.slashOf(mine, f.UNIT, { fromLockGwei: 0 }));
      await ledgerAs(w, w.bob).delegate(w.bob);

      let votes = 0n;
      let stake = 0n;
      for (const who of [w.alice, w.bob, w.carol, w.dave]) votes += await w.votes.getVotes(who);
      for (const who of [w.alice, w.bob, w.dave]) stake += await w.registry.stakeOf(await f.accountOf(w, who));
      expect(votes).to.equal(stake);
      expect(await totalNow(w)).to.equal(stake);
      expect(stake).to.equal(7n * least + 6n * f.TOKEN);
    });
  });

  describe("the past", () => {
    it("changes no more: a second belongs to what its last transaction left (I40)", async () => {
      const { w, mine, least } = await owners();
      const chosen = BigInt(await time.latest()) + 10n;
      await time.setNextBlockTimestamp(chosen);
      await ledgerAs(w, w.alice).delegate(w.carol);
      await time.setNextBlockTimestamp(chosen + 10n);
      await as(w, w.alice).addStake(mine, f.TOKEN);
      await time.setNextBlockTimestamp(chosen + 20n);
      await ledgerAs(w, w.alice).delegate(w.bob);
      await as(w, w.alice).beginUnbond(mine, least + f.TOKEN);

      for (const [when, ofCarol, total] of [
        [chosen - 1n, 0n, 0n],
        [chosen, least, least],
        [chosen + 9n, least, least],
        [chosen + 10n, least + f.TOKEN, least + f.TOKEN],
        [chosen + 19n, least + f.TOKEN, least + f.TOKEN],
        [chosen + 20n, 0n, least + f.TOKEN],
      ] as const) {
        expect(await w.votes.getPastVotes(w.carol, when), `votes at ${when - chosen}`).to.equal(ofCarol);
        expect(await w.votes.getPastTotalSupply(when), `total at ${when - chosen}`).to.equal(total);
      }
    });

    it("is not known before it is over", async () => {
      const { w } = await owners();
      const now = await w.votes.clock();
      for (const when of [now, now + 1n]) {
        for (const call of [() => w.votes.getPastVotes(w.alice, when), () => w.votes.getPastTotalSupply(when)]) {
          await expect(call()).to.be.revertedWithCustomError(w.votes, "ERC5805FutureLookup").withArgs(when, now);
        }
      }
    });
  });
});
