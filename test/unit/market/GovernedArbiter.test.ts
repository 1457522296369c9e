import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { jobReserves } from "../../../src/protocol/words";
import {
  conserve,
  deliver,
  deployMarket,
  digest,
  dueOf,
  GWEI,
  postAndDraw,
  settle,
  Status,
  statusOf,
  Verdict,
} from "../../fixtures/suite";

const NOBODY = ethers.ZeroAddress;
const NONE = ethers.ZeroHash;
const RESULT = digest("result");
const OTHER = digest("another result");
const EVIDENCE = digest("why");

/** A job that was delivered and rejected, so that the arbiter of its agreement may rule. */
async function disputedWorld() {
  const world = await deployMarket();
  const { escrow, arbiter, actors } = world;
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  await escrow.connect(actors.requester).reject(job.id, job.agreement, EVIDENCE);
  const rule = (verdict: number, rightDigest: string, by = actors.arbiter) =>
    arbiter.connect(by).rule(escrow, job.id, job.agreement, verdict, rightDigest, EVIDENCE);
  const reviewFee = jobReserves.decode(BigInt(job.agreement.reserves)).reviewFee * GWEI;
  return { ...world, job, gpu, rule, reviewFee };
}

describe("GovernedArbiter", () => {
  describe("constructor", () => {
    it("refuses a zero vault and a zero owner", async () => {
      const { arbiter, vault, actors } = await loadFixture(disputedWorld);
      const factory = await ethers.getContractFactory("GovernedArbiter");
      await expect(factory.deploy(NOBODY, actors.owner)).to.be.revertedWithCustomError(arbiter, "ArbiterZeroAddress");
      await expect(factory.deploy(vault, NOBODY)).to.be.revertedWithCustomError(arbiter, "OwnableInvalidOwner");
    });

    it("opens the account that earns the fees, and lets nobody rule", async () => {
      const { vault, actors } = await loadFixture(disputedWorld);
      const arbiter = await ethers.deployContract("GovernedArbiter", [vault, actors.stranger.address]);
      expect(await arbiter.owner()).to.equal(actors.stranger.address);
      expect(await arbiter.vault()).to.equal(await vault.getAddress());
      expect(await vault.holderOf(await arbiter.account())).to.equal(await arbiter.getAddress());
      for (const one of [actors.stranger, actors.deployer, actors.owner]) {
        expect(await arbiter.isArbiter(one)).to.equal(false);
      }
    });
  });

  describe("setArbiter", () => {
    it("is the owner's, and refuses the zero address", async () => {
      const { arbiter, actors } = await loadFixture(disputedWorld);
      for (const caller of [actors.stranger, actors.arbiter]) {
        await expect(arbiter.connect(caller).setArbiter(actors.stranger, true))
          .to.be.revertedWithCustomError(arbiter, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
      await expect(arbiter.connect(actors.owner).setArbiter(NOBODY, true)).to.be.revertedWithCustomError(
        arbiter,
        "ArbiterZeroAddress",
      );
    });

    it("lets an address rule and takes the right away again", async () => {
      const { arbiter, actors, rule } = await loadFixture(disputedWorld);
      await expect(arbiter.connect(actors.owner).setArbiter(actors.stranger, true))
        .to.emit(arbiter, "ArbiterChanged")
        .withArgs(actors.stranger.address, true);
      expect(await arbiter.isArbiter(actors.stranger)).to.equal(true);
      await expect(arbiter.connect(actors.owner).setArbiter(actors.arbiter, false))
        .to.emit(arbiter, "ArbiterChanged")
        .withArgs(actors.arbiter.address, false);
      await expect(rule(Verdict.Valid, RESULT))
        .to.be.revertedWithCustomError(arbiter, "ArbiterNotAllowed")
        .withArgs(actors.arbiter.address);
      await rule(Verdict.Valid, RESULT, actors.stranger);
    });
  });

  describe("rule", () => {
    it("refuses everyone but an arbiter, the owner and the parties too", async () => {
      const { arbiter, actors, gpu, rule } = await loadFixture(disputedWorld);
      for (const caller of [actors.stranger, actors.owner, actors.requester, gpu.owner, gpu.operator]) {
        await expect(rule(Verdict.Valid, RESULT, caller))
          .to.be.revertedWithCustomError(arbiter, "ArbiterNotAllowed")
          .withArgs(caller.address);
      }
    });

    it("refuses a verdict that does not follow from the digests", async () => {
      const world = await loadFixture(disputedWorld);
      const { arbiter, rule } = world;
      for (const [verdict, rightDigest] of [
        [Verdict.None, NONE],
        [Verdict.None, RESULT],
        [Verdict.None, OTHER],
        [Verdict.Valid, OTHER],
        [Verdict.Valid, NONE],
        [Verdict.Invalid, RESULT],
        [Verdict.Invalid, NONE],
      ] as const) {
        await expect(rule(verdict, rightDigest))
          .to.be.revertedWithCustomError(arbiter, "ResolverVerdictMismatch")
          .withArgs(verdict, RESULT, rightDigest);
      }
      expect(await statusOf(world, world.job)).to.equal(BigInt(Status.Disputed));
    });

    it("knows no fifth verdict", async () => {
      const { arbiter, escrow, actors, job } = await loadFixture(disputedWorld);
      const given = [escrow, job.id, job.agreement, Verdict.Valid, RESULT, EVIDENCE] as const;
      const populated = await arbiter.rule.populateTransaction(...given);
      // The verdict is the fourth word of the head.
      const data = ethers.concat([
        ethers.dataSlice(populated.data, 0, 4 + 32 * (2 + 15)),
        ethers.toBeHex(4, 32),
        ethers.dataSlice(populated.data, 4 + 32 * (3 + 15)),
      ]);
      await expect(actors.arbiter.sendTransaction({ to: arbiter, data })).to.be.revertedWithoutReason();
    });

    for (const [name, verdict, rightDigest, status] of [
      ["valid", Verdict.Valid, RESULT, Status.Settled],
      ["invalid", Verdict.Invalid, OTHER, Status.Refunded],
      ["unavailable, without a digest", Verdict.Unavailable, NONE, Status.Refunded],
      ["unavailable, whatever re-execution gave", Verdict.Unavailable, OTHER, Status.Refunded],
      ["unavailable, were it even the same digest", Verdict.Unavailable, RESULT, Status.Refunded],
    ] as const) {
      it(`passes on: ${name}; and earns the review fee`, async () => {
        const world = await loadFixture(disputedWorld);
        const { arbiter, escrow, vault, job, rule, reviewFee } = world;
        await expect(rule(verdict, rightDigest))
          .to.emit(arbiter, "DisputeRuled")
          .withArgs(await escrow.getAddress(), job.id, verdict, rightDigest, EVIDENCE)
          .and.to.emit(escrow, "JobRuled")
          .withArgs(job.id, verdict, EVIDENCE);
        expect(await statusOf(world, job)).to.equal(BigInt(status));
        expect(await vault.balanceOf(await arbiter.account())).to.equal(reviewFee);
        await conserve(world);
      });
    }

    it("passes on what the escrow refuses: an unknown job, a foreign agreement, a late ruling", async () => {
      const world = await loadFixture(disputedWorld);
      const { arbiter, escrow, actors, job, rule } = world;
      const by = arbiter.connect(actors.arbiter);
      await expect(by.rule(escrow, job.id + 1n, job.agreement, Verdict.Valid, RESULT, EVIDENCE))
        .to.be.revertedWithCustomError(escrow, "EscrowUnknownJob")
        .withArgs(job.id + 1n);
      const foreign = { ...job.agreement, inputDigest: OTHER };
      await expect(by.rule(escrow, job.id, foreign, Verdict.Valid, RESULT, EVIDENCE))
        .to.be.revertedWithCustomError(escrow, "EscrowWrongAgreement")
        .withArgs(job.id, await escrow.agreementHashOf(job.id), await escrow.hashAgreement(job.id, foreign));
      const due = await dueOf(world, job);
      await time.increaseTo(due + 1n);
      await expect(rule(Verdict.Valid, RESULT))
        .to.be.revertedWithCustomError(escrow, "EscrowTooLate")
        .withArgs(job.id, due);
    });

    it("rules once", async () => {
      const { escrow, job, rule } = await loadFixture(disputedWorld);
      await rule(Verdict.Valid, RESULT);
      await expect(rule(Verdict.Valid, RESULT))
        .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Settled);
    });

    it("has no power over a job whose agreement names another resolver, nor over one that nobody disputes", async () => {
      const world = await loadFixture(disputedWorld);
      const { vault, escrow, actors, job, service, gpus } = world;
      const other = await ethers.deployContract("GovernedArbiter", [vault, actors.owner.address]);
      await other.connect(actors.owner).setArbiter(actors.arbiter, true);
      await expect(other.connect(actors.arbiter).rule(escrow, job.id, job.agreement, Verdict.Valid, RESULT, EVIDENCE))
        .to.be.revertedWithCustomError(escrow, "EscrowNotResolver")
        .withArgs(job.id, await other.getAddress());

      const quiet = await postAndDraw({ ...world, service, gpus }, actors.requester2);
      await deliver(world, quiet.job, quiet.gpu);
      const rule = world.arbiter
        .connect(actors.arbiter)
        .rule(escrow, quiet.job.id, quiet.job.agreement, Verdict.Valid, RESULT, EVIDENCE);
      await expect(rule)
        .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
        .withArgs(quiet.job.id, Status.Delivered);
      await settle(world, quiet.job);
    });

    it("I15 idle, it holds up nothing: the dispute is split without it", async () => {
      const world = await loadFixture(disputedWorld);
      const { escrow, arbiter, vault, actors, job, rule } = world;
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Split));
      expect(await vault.balanceOf(await arbiter.account())).to.equal(0);
      await expect(rule(Verdict.Valid, RESULT)).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus");
    });
  });

  describe("withdrawFees", () => {
    it("is the owner's", async () => {
      const { arbiter, actors, rule } = await loadFixture(disputedWorld);
      await rule(Verdict.Valid, RESULT);
      for (const caller of [actors.stranger, actors.arbiter]) {
        await expect(arbiter.connect(caller).withdrawFees(caller))
          .to.be.revertedWithCustomError(arbiter, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    it("refuses nothing to withdraw, the zero address and the vault", async () => {
      const { arbiter, vault, actors, rule, reviewFee } = await loadFixture(disputedWorld);
      const { owner, treasury } = actors;
      await expect(arbiter.connect(owner).withdrawFees(treasury)).to.be.revertedWithCustomError(
        vault,
        "VaultZeroAmount",
      );
      await rule(Verdict.Valid, RESULT);
      await expect(arbiter.connect(owner).withdrawFees(NOBODY)).to.be.revertedWithCustomError(
        vault,
        "VaultZeroAddress",
      );
      await expect(arbiter.connect(owner).withdrawFees(vault)).to.be.revertedWithCustomError(
        vault,
        "VaultSelfRecipient",
      );
      expect(await vault.balanceOf(await arbiter.account())).to.equal(reviewFee);
    });

    it("pays everything that was earned to whom the owner says", async () => {
      const { arbiter, vault, token, actors, rule, reviewFee } = await loadFixture(disputedWorld);
      await rule(Verdict.Invalid, OTHER);
      const { owner, stranger } = actors;
      expect(await arbiter.connect(owner).withdrawFees.staticCall(stranger)).to.equal(reviewFee);
      const sent = arbiter.connect(owner).withdrawFees(stranger);
      await expect(sent).to.changeTokenBalances(token, [vault, stranger], [-reviewFee, reviewFee]);
      await expect(sent).to.emit(arbiter, "FeesWithdrawn").withArgs(stranger.address, reviewFee);
      expect(await vault.balanceOf(await arbiter.account())).to.equal(0);
    });
  });

  it("holds no right but to rule: nobody can make it debit or call anything else", async () => {
    const { arbiter, vault } = await loadFixture(disputedWorld);
    const signer = await ethers.getImpersonatedSigner(await arbiter.getAddress());
    await setBalance(signer.address, 10n ** 18n);
    await expect(vault.connect(signer).debit(1, GWEI, 0))
      .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
      .withArgs(signer.address);
  });
});
