import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { payouts, rejectionBond, type Ending } from "../../../../src/model/payouts";
import {
  changesSince,
  DAY,
  deliveredJob,
  disputedJob,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  moneyOf,
  NONE,
  placesOf,
  playedBy,
  potOf,
  raceAt,
  ruleOn,
  settingsOf,
  type HeldJob,
} from "../../../fixtures/market";
import {
  addService,
  conserve,
  deliver,
  deployMarket,
  digest,
  dueOf,
  GWEI,
  postAndDraw,
  postJob,
  Status,
  statusOf,
  TOKEN,
  vaultBalance,
  Verdict,
} from "../../../fixtures/suite";

/** What an ending of a rejected job moves inside the vault, by the model. */
async function movedBy(held: Omit<HeldJob, "assignment">, ending: Ending): Promise<Record<string, bigint>> {
  const { world, job, gpu } = held;
  const bond = rejectionBond(potOf(job));
  const s = payouts(ending, potOf(job), await historyOf(world, job), bond);
  const royalties = s.modelRoyalty + s.datasetRoyalty;
  return {
    [placesOf(world, gpu).account]: s.owner * GWEI,
    "vault account of requester": s.requester * GWEI,
    "vault account of resolver": s.resolver * GWEI,
    "vault, fees of escrow": s.fee * GWEI,
    "vault, held for assets": royalties * GWEI,
    "vault, held for escrow": -(s.owner + s.requester + s.resolver + s.fee + royalties) * GWEI,
  };
}

describe("JobEscrow: disputes", () => {
  describe("reject", () => {
    it("is the requester's alone", async () => {
      const { world, job, gpu } = await deliveredJob();
      for (const by of [world.actors.stranger, world.actors.requester2, gpu.operator, world.actors.owner]) {
        await expect(world.escrow.connect(by).reject(job.id, job.agreement, NONE))
          .to.be.revertedWithCustomError(world.escrow, "EscrowNotRequester")
          .withArgs(job.id, by.address);
      }
    });

    it("debits the bond, the lesser of review fee and a tenth of compute, and opens the dispute", async () => {
      const { world, job } = await deliveredJob();
      const before = await moneyOf(world);
      const bond = rejectionBond(potOf(job)) * GWEI;
      const at = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(at);
      await expect(world.escrow.connect(job.requester).reject(job.id, job.agreement, digest("why")))
        .to.emit(world.escrow, "JobRejected")
        .withArgs(job.id, bond, digest("why"))
        .and.to.emit(world.escrow, "JobDisputed")
        .withArgs(job.id, at + 14 * DAY)
        .and.to.emit(world.vault, "Debited")
        .withArgs(await world.vault.accountOf(job.requester), await world.escrow.getAddress(), bond, 0);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester": -bond, "vault, held for escrow": bond }),
      );
      const { status, due } = await fieldsOf(world, job);
      expect([status, due]).to.deep.equal([BigInt(Status.Disputed), BigInt(at + 14 * DAY)]);
      expect((await world.registry.gpuOf((await fieldsOf(world, job)).gpu)).locked).to.be.greaterThan(0n);
    });

    for (const [what, pricePerUnit] of [
      ["a tenth of a cheap job", TOKEN],
      ["the review fee of a dear one", 20n * TOKEN],
    ] as const) {
      it(`takes ${what}`, async () => {
        const world = await loadFixture(deployMarket);
        const service = await addService(world, { label: what, pricePerUnit });
        const { job, gpu } = await postAndDraw({ ...world, service });
        await deliver(world, job, gpu);
        const { compute, reviewFee } = potOf(job);
        const before = await vaultBalance(world, job.requester);
        await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
        const bond = pricePerUnit === TOKEN ? compute / 10n : reviewFee;
        expect(before - (await vaultBalance(world, job.requester))).to.equal(bond * GWEI);
      });
    }

    it("of a job whose catalogue asks for no review fee takes no bond", async () => {
      const world = await loadFixture(deployMarket);
      await world.catalog.connect(world.actors.owner).setFees({
        feeBps: 250,
        drawUnitGwei: 50_000_000n,
        validatorFeeGwei: 0n,
      });
      const { job, gpu } = await postAndDraw(world);
      await deliver(world, job, gpu);
      await world.vault.connect(job.requester).setAuthorisation(world.escrow, false);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
    });

    it("to an escrow that may no longer spend takes no bond, and none is paid out (I44)", async () => {
      const held = await deliveredJob();
      const { world, job, gpu } = held;
      await world.vault.connect(world.actors.owner).setModule(world.escrow, 0);
      const before = await moneyOf(world);
      await expect(world.escrow.connect(job.requester).reject(job.id, job.agreement, digest("why")))
        .to.emit(world.escrow, "JobRejected")
        .withArgs(job.id, 0, digest("why"));
      expect(await changesSince(world, before)).to.deep.equal({});
      await ruleOn(world, job, Verdict.Valid);
      const paid = (await changesSince(world, before))[placesOf(world, gpu).account];
      expect(paid).to.equal(potOf(job).compute * GWEI);
      await conserve(world);
    });

    it("is refused when the account does not hold the bond, or no longer allows the escrow", async () => {
      const { world, job } = await deliveredJob();
      const { vault, escrow } = world;
      const account = await vault.accountOf(job.requester);
      const bond = rejectionBond(potOf(job)) * GWEI;
      const reject = () => escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      await vault.connect(job.requester).setAuthorisation(escrow, false);
      await expect(reject())
        .to.be.revertedWithCustomError(vault, "VaultNotAuthorised")
        .withArgs(account, await escrow.getAddress());
      await vault.connect(job.requester).setAuthorisation(escrow, true);
      await vault.connect(job.requester).withdraw((await vault.balanceOf(account)) - bond + 1n, job.requester);
      await expect(reject())
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(account, bond - 1n, bond);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Delivered));
    });

    it("is allowed in the due second, refused in the next", async () => {
      const { world, job } = await deliveredJob();
      const due = await dueOf(world, job);
      const reject = () => world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(reject()).to.be.revertedWithCustomError(world.escrow, "EscrowTooLate").withArgs(job.id, due);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(due);
      await reject();
      await expect(reject())
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Disputed);
    });

    it("of a named job works as of a drawn one; a fraud counts in the score all the same", async () => {
      const world = await loadFixture(deployMarket);
      const gpu = world.gpus[0]!;
      const job = await postJob(world, world.actors.requester, world.service, { namedGpu: gpu.id });
      await deliver(world, job, gpu);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      await ruleOn(world, job, Verdict.Invalid);
      expect(await world.registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
      expect([...(await world.registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      expect((await world.lens.slashOf(1)).takenGwei).to.equal(potOf(job).compute * 5n);
      await conserve(world);
    });
  });

  describe("rule", () => {
    it("I17 is the agreement's resolver's alone, also when the settings name another since", async () => {
      const { world, job, gpu } = await disputedJob();
      const { escrow, arbiter, actors } = world;
      const rule = (by: typeof actors.stranger) => escrow.connect(by).rule(job.id, job.agreement, Verdict.Valid, NONE);
      for (const by of [actors.stranger, actors.requester, gpu.operator, actors.owner, actors.arbiter]) {
        await expect(rule(by)).to.be.revertedWithCustomError(escrow, "EscrowNotResolver").withArgs(job.id, by.address);
      }
      await escrow
        .connect(actors.owner)
        .setSettings({ ...(await settingsOf(world)), resolver: actors.stranger.address });
      await expect(rule(actors.stranger)).to.be.revertedWithCustomError(escrow, "EscrowNotResolver");
      await rule(await playedBy(arbiter));
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });

    it("never says none", async () => {
      const { world, job } = await disputedJob();
      await expect(
        world.escrow.connect(await playedBy(world.arbiter)).rule(job.id, job.agreement, Verdict.None, NONE),
      ).to.be.revertedWithCustomError(world.escrow, "EscrowInvalidVerdict");
    });

    it("is allowed in the due second, refused in the next", async () => {
      const { world, job } = await disputedJob();
      const resolver = await playedBy(world.arbiter);
      const due = await dueOf(world, job);
      const rule = () => world.escrow.connect(resolver).rule(job.id, job.agreement, Verdict.Valid, NONE);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(rule()).to.be.revertedWithCustomError(world.escrow, "EscrowTooLate").withArgs(job.id, due);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(due);
      await rule();
      await expect(rule())
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Settled);
    });

    it("valid: the owner gets pay and bond, the resolver the review fee, the score its full gain", async () => {
      const held = await disputedJob();
      const { world, job, gpu } = held;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledValid");
      const { compute } = potOf(job);
      const bond = rejectionBond(potOf(job));
      await expect(
        world.escrow
          .connect(await playedBy(world.arbiter))
          .rule(job.id, job.agreement, Verdict.Valid, digest("evidence")),
      )
        .to.emit(world.escrow, "JobRuled")
        .withArgs(job.id, Verdict.Valid, digest("evidence"))
        .and.to.emit(world.escrow, "JobSettled")
        .withArgs(job.id, gpu.id, (compute + bond) * GWEI, false);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
      const twin = await deliveredJob();
      await twin.world.escrow.connect(twin.job.requester).settle(twin.job.id, twin.job.agreement);
      const accepted = await twin.world.registry.scoreOf(twin.gpu.ownerAccount);
      expect(twin.job.id).to.equal(job.id);
      const again = await disputedJob();
      await ruleOn(again.world, again.job, Verdict.Valid);
      expect(await again.world.registry.scoreOf(again.gpu.ownerAccount)).to.equal(accepted);
    });

    it("valid, of a named job: nothing was reserved for draws, so the requester gets nothing back", async () => {
      const world = await loadFixture(deployMarket);
      const gpu = world.gpus[0]!;
      const job = await postJob(world, world.actors.requester, world.service, { namedGpu: gpu.id });
      await deliver(world, job, gpu);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      const before = await moneyOf(world);
      const moved = await movedBy({ world, job, gpu }, "ruledValid");
      await ruleOn(world, job, Verdict.Valid);
      expect(moved["vault account of requester"]).to.equal(0n);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(await world.vault.heldBy(world.escrow)).to.equal(0n);
    });

    it("invalid: the requester is whole again out of the lock, 25 points, barred, all after the hold", async () => {
      const held = await disputedJob();
      const { world, job, gpu } = held;
      const { registry, vault, actors } = world;
      const { compute, reviewFee, drawUnit } = potOf(job);
      const { drawFees } = await fieldsOf(world, job);
      const spent = reviewFee + drawFees * drawUnit * 100_000n;
      const taken = compute * 5n > spent ? compute * 5n : spent;
      const bond = rejectionBond(potOf(job)) * GWEI;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst");
      await ruleOn(world, job, Verdict.Invalid);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          ...moved,
          [placesOf(world, gpu).stake]: -taken * GWEI,
          "slash 1, held": taken * GWEI,
        }),
      );
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      const ruledAt = await time.latest();
      await time.setNextBlockTimestamp(ruledAt + 96 * HOUR - 1);
      await expect(registry.connect(actors.stranger).finaliseSlash(1))
        .to.be.revertedWithCustomError(registry, "RegistryStillHeld")
        .withArgs(1, ruledAt + 96 * HOUR);
      await time.setNextBlockTimestamp(ruledAt + 96 * HOUR);
      await registry.connect(actors.stranger).finaliseSlash(1);
      const finder = (taken * 1_000n) / 10_000n < taken - spent ? (taken * 1_000n) / 10_000n : taken - spent;
      const end = await changesSince(world, before);
      expect(end["vault account of requester"]).to.equal(job.total + bond + finder * GWEI);
      expect(end["registry, fees"]).to.equal((taken - spent - finder) * GWEI);
      expect(await vault.balanceOf(await vault.accountOf(world.arbiter))).to.equal(reviewFee * GWEI);
    });

    it("invalid, of a job so cheap that the lock is less than the dispute cost, takes what it cost", async () => {
      const world = await loadFixture(deployMarket);
      // One token of review and a tenth of compute: a lock of five times the least compute is less than the review.
      await world.catalog.connect(world.actors.owner).setFees({
        feeBps: 250,
        drawUnitGwei: 50_000_000n,
        validatorFeeGwei: 10_000_000_000n,
      });
      const { job, gpu } = await postAndDraw(world);
      await deliver(world, job, gpu);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      const { compute, reviewFee } = potOf(job);
      const { drawFees } = await fieldsOf(world, job);
      const spent = reviewFee * GWEI + drawFees * drawFeeOf(job);
      expect(spent).to.be.greaterThan(compute * 5n * GWEI);
      const { stake } = await world.registry.gpuOf(gpu.id);
      await ruleOn(world, job, Verdict.Invalid);
      expect(stake - (await world.registry.gpuOf(gpu.id)).stake).to.equal(spent);
      await conserve(world);
    });

    it("unavailable: refund and a non-completion, no slash", async () => {
      const held = await disputedJob();
      const { world, job, gpu } = held;
      const { registry } = world;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst");
      await expect(
        world.arbiter
          .connect(world.actors.arbiter)
          .rule(world.escrow, job.id, job.agreement, Verdict.Unavailable, NONE, digest("evidence")),
      )
        .to.emit(world.escrow, "JobRefunded")
        .withArgs(job.id, Status.Refunded, moved["vault account of requester"]);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(40_000_000n);
    });

    it("I17 pays no more than the pot and the bond, whatever the verdict", async () => {
      for (const verdict of [Verdict.Valid, Verdict.Invalid, Verdict.Unavailable]) {
        const { world, job } = await disputedJob();
        const held = await world.vault.heldBy(world.escrow);
        await ruleOn(world, job, verdict);
        const left = await world.vault.heldBy(world.escrow);
        expect(left).to.equal(await world.escrow.drawFeesOf(world.actors.keeper));
        expect(held - left).to.equal(
          job.total + rejectionBond(potOf(job)) * GWEI - (await world.escrow.drawFeesOf(world.actors.keeper)),
        );
      }
    });
  });

  describe("splitDispute", () => {
    it("I15 is anyone's after the dispute deadline: compute halved, bonds back, no slash, no score", async () => {
      const held = await disputedJob();
      const { world, job, gpu } = held;
      const { escrow, registry, actors } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(escrow.connect(actors.stranger).splitDispute(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
      const before = await moneyOf(world);
      const score = await registry.scoreOf(gpu.ownerAccount);
      const moved = await movedBy(held, "halved");
      await time.setNextBlockTimestamp(due + 1n);
      await expect(escrow.connect(actors.stranger).splitDispute(job.id, job.agreement))
        .to.emit(escrow, "JobSplit")
        .withArgs(job.id, (potOf(job).compute / 2n) * GWEI, moved["vault account of requester"]);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      await expect(escrow.connect(actors.stranger).splitDispute(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Split);
    });

    it("I13 leaves the odd unit of compute to the requester", async () => {
      const world = await loadFixture(deployMarket);
      const service = await addService(world, { label: "odd", pricePerUnit: TOKEN + GWEI });
      const { job, gpu } = await postAndDraw({ ...world, service });
      await deliver(world, job, gpu);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      await time.increaseTo((await dueOf(world, job)) + 1n);
      const before = await vaultBalance(world, gpu.owner);
      await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      expect(potOf(job).compute % 2n).to.equal(1n);
      expect((await vaultBalance(world, gpu.owner)) - before).to.equal((potOf(job).compute / 2n) * GWEI);
      await conserve(world);
    });

    for (const order of ["first", "last"] as const) {
      it(`a ruling that comes ${order} passes in the due second, a split in the next`, async () => {
        for (const late of [0n, 1n]) {
          const { world, job } = await disputedJob();
          const resolver = await playedBy(world.arbiter);
          const rule = (overrides: object) =>
            world.escrow.connect(resolver).rule(job.id, job.agreement, Verdict.Invalid, NONE, overrides);
          const split = (overrides: object) =>
            world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement, overrides);
          const passed = await raceAt(
            (await dueOf(world, job)) + late,
            order === "first" ? [rule, split] : [split, rule],
          );
          const [ruled, halved] = order === "first" ? passed : [...passed].reverse();
          expect([ruled, halved]).to.deep.equal(late === 0n ? [true, false] : [false, true]);
          expect(await statusOf(world, job)).to.equal(BigInt(late === 0n ? Status.Refunded : Status.Split));
          await conserve(world);
        }
      });
    }
  });

  it("I44 goes on in every way while the escrow is paused and the registry stopped", async () => {
    for (const end of ["rule", "split"] as const) {
      const { world, job } = await deliveredJob();
      await world.escrow.connect(world.actors.owner).setPaused(true);
      await world.registry.connect(world.actors.owner).setWorkStopped(true);
      await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
      if (end === "rule") await ruleOn(world, job, Verdict.Invalid);
      else {
        await time.increaseTo((await dueOf(world, job)) + 1n);
        await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(end === "rule" ? Status.Refunded : Status.Split));
    }
  });
});
