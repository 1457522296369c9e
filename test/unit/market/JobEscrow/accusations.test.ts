import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { lockOf } from "../../../../src/model/job";
import { canaryBond, challengeBond, payouts, slashedFirst, type Ending } from "../../../../src/model/payouts";
import { jobWindows } from "../../../../src/protocol/words";
import {
  accusedJob,
  assignedJob,
  canaryJob,
  challengedJob,
  changesSince,
  contestedJob,
  DAY,
  deliveredJob,
  drawFeeOf,
  EXPECTED,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  moneyOf,
  NONE,
  optimisticJob,
  placesOf,
  potOf,
  raceAt,
  RESULT,
  ruleOn,
  SALT,
  settingsOf,
  type HeldJob,
} from "../../../fixtures/market";
import {
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  fundRequester,
  GWEI,
  holderOf,
  Mode,
  postJob,
  Status,
  statusOf,
  vaultBalance,
  Verdict,
} from "../../../fixtures/suite";

type Held = Omit<HeldJob, "assignment">;

/** What an ending of an accused job moves inside the vault, by the model. */
async function movedBy({ world, job, gpu }: Held, ending: Ending, accuser: string, bond: bigint) {
  const won = ending === "ruledValid" || ending === "challengedWrongly";
  const s = payouts(ending, potOf(job), await historyOf(world, job), won ? bond : 0n);
  const royalties = s.modelRoyalty + s.datasetRoyalty;
  const back = won ? 0n : bond;
  const out = s.owner + s.requester + s.resolver + s.fee + royalties + back;
  const accounts = new Map<string, bigint>([
    [placesOf(world, gpu).account, s.owner],
    ["vault account of requester", s.requester],
    ["vault account of resolver", s.resolver],
    ["vault, fees of escrow", s.fee],
    ["vault, held for assets", royalties],
    ["vault, held for escrow", -out],
  ]);
  const place = `vault account of ${accuser}`;
  accounts.set(place, (accounts.get(place) ?? 0n) + back);
  return Object.fromEntries([...accounts].map(([name, gwei]) => [name, gwei * GWEI]));
}

/** What a slash takes from the GPU, gwei units, and what of it is made good first. */
async function slashOf({ world, job }: Held, reviewed: boolean): Promise<{ taken: bigint; spent: bigint }> {
  const spent = slashedFirst(potOf(job), await historyOf(world, job), reviewed);
  const lock = lockOf({ pot: potOf(job), lockFactor: 5n });
  return { taken: lock > spent ? lock : spent, spent };
}

/** The bond of opening this canary, gwei units. */
async function canaryBondOf({ world, job }: Held): Promise<bigint> {
  return canaryBond(lockOf({ pot: potOf(job), lockFactor: 5n }), potOf(job), await historyOf(world, job));
}

/** A call that must pass in one second and be refused in the next, with EscrowTooLate. */
async function closesAfterDue({ world, job }: Held, call: () => Promise<unknown>): Promise<void> {
  const due = await dueOf(world, job);
  const snapshot = await ethers.provider.send("evm_snapshot", []);
  await time.setNextBlockTimestamp(due + 1n);
  await expect(call()).to.be.revertedWithCustomError(world.escrow, "EscrowTooLate").withArgs(job.id, due);
  await ethers.provider.send("evm_revert", [snapshot]);
  await time.setNextBlockTimestamp(due);
  await call();
}

describe("JobEscrow: optimistic jobs", () => {
  it("give everyone the challenge window, in place of the review window", async () => {
    const { world, job } = await assignedJob({ mode: Mode.Optimistic });
    const { reviewHours, challengeHours } = jobWindows.decode(BigInt(job.agreement.windows));
    expect([reviewHours, challengeHours]).to.deep.equal([48n, 48n]);
    expect((await fieldsOf(world, job)).reviewHours).to.equal(48n);
  });

  it("carry the challenge hours of the moment, as every job does (I18)", async () => {
    const { world, job } = await deliveredJob();
    const { escrow, actors, service } = world;
    await escrow.connect(actors.owner).setSettings({ ...(await settingsOf(world)), challengeHours: 100 });
    const later = await postJob(world, actors.requester, service);
    const hoursOf = ({ agreement }: typeof job) => {
      const { reviewHours, challengeHours } = jobWindows.decode(BigInt(agreement.windows));
      return [reviewHours, challengeHours];
    };
    expect([hoursOf(job), hoursOf(later)]).to.deep.equal([
      [24n, 48n],
      [24n, 100n],
    ]);
  });

  it("are sealed and revealed as in Acceptance mode, and take no proof", async () => {
    const { world, job, gpu } = await assignedJob({ mode: Mode.Optimistic });
    const { escrow } = world;
    const operator = escrow.connect(gpu.operator);
    await expect(operator.deliverWithProof(job.id, job.agreement, RESULT, 1, "0x"))
      .to.be.revertedWithCustomError(escrow, "EscrowWrongMode")
      .withArgs(job.id, Mode.Optimistic);
    await operator.commit(job.id, job.agreement, await escrow.commitmentOf(job.id, 1, gpu.id, RESULT, SALT));
    await operator.reveal(job.id, RESULT, SALT, 5);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Delivered));
  });

  it("settle by silence alone, for anyone and with half the gain; the requester cannot accept early", async () => {
    const { world, job, gpu } = await optimisticJob();
    const { escrow, actors, registry } = world;
    const due = await dueOf(world, job);
    for (const by of [actors.requester, actors.stranger, gpu.operator]) {
      await expect(escrow.connect(by).settle(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
    }
    expect(await escrow.connect(actors.requester).settleMany.staticCall([job.id], [job.agreement])).to.equal(0n);
    await time.setNextBlockTimestamp(due);
    await expect(escrow.connect(actors.requester).settle(job.id, job.agreement)).to.be.revertedWithCustomError(
      escrow,
      "EscrowTooEarly",
    );
    await time.setNextBlockTimestamp(due + 1n);
    await expect(escrow.connect(actors.stranger).settle(job.id, job.agreement))
      .to.emit(escrow, "JobSettled")
      .withArgs(job.id, gpu.id, potOf(job).compute * GWEI, true);
    const twin = await deliveredJob();
    await time.increaseTo((await dueOf(twin.world, twin.job)) + 1n);
    await twin.world.escrow.connect(twin.world.actors.stranger).settle(twin.job.id, twin.job.agreement);
    const bySilence = await twin.world.registry.scoreOf(twin.gpu.ownerAccount);
    expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(bySilence);
  });

  it("cannot be rejected by the requester, who challenges like anyone", async () => {
    const { world, job } = await optimisticJob();
    await expect(world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE))
      .to.be.revertedWithCustomError(world.escrow, "EscrowWrongMode")
      .withArgs(job.id, Mode.Optimistic);
  });

  describe("challenge", () => {
    it("takes the panel's fee and a rejection's bond from whoever challenges, and opens the dispute", async () => {
      const held = await optimisticJob();
      const { world, job } = held;
      const { escrow, vault, actors } = world;
      const bond = challengeBond(potOf(job)) * GWEI;
      const account = await vault.accountOf(actors.requester2);
      expect([...(await escrow.accusationOf(job.id))]).to.deep.equal([0n, 0n]);
      const before = await moneyOf(world);
      const at = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(at);
      await expect(escrow.connect(actors.requester2).challenge(job.id, job.agreement, digest("why")))
        .to.emit(escrow, "JobChallenged")
        .withArgs(job.id, account, bond, digest("why"))
        .and.to.emit(escrow, "JobDisputed")
        .withArgs(job.id, at + 14 * DAY);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester2": -bond, "vault, held for escrow": bond }),
      );
      const { status, accused, bonded } = await fieldsOf(world, job);
      expect([status, accused, bonded]).to.deep.equal([BigInt(Status.Disputed), true, false]);
      expect([...(await escrow.accusationOf(job.id))]).to.deep.equal([account, bond]);
    });

    it("is refused for a job of another mode", async () => {
      const { world, job } = await deliveredJob();
      await expect(world.escrow.connect(job.requester).challenge(job.id, job.agreement, NONE))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongMode")
        .withArgs(job.id, Mode.Acceptance);
    });

    it("is refused from who works for the GPU: no cheat becomes the finder of its own slash", async () => {
      const { world, job, gpu } = await optimisticJob();
      await fundRequester(world, gpu.owner);
      for (const by of [gpu.owner, gpu.operator]) {
        await expect(world.escrow.connect(by).challenge(job.id, job.agreement, NONE))
          .to.be.revertedWithCustomError(world.escrow, "EscrowOwnWork")
          .withArgs(job.id, by.address);
      }
    });

    it("needs an account that allows the escrow and holds the bond", async () => {
      const { world, job } = await optimisticJob();
      const { escrow, vault, actors } = world;
      const nobody = (await ethers.getSigners()).at(-1)!;
      await expect(escrow.connect(nobody).challenge(job.id, job.agreement, NONE))
        .to.be.revertedWithCustomError(vault, "VaultNoAccount")
        .withArgs(nobody.address);
      const challenger = actors.requester2;
      const account = await vault.accountOf(challenger);
      const challenge = () => escrow.connect(challenger).challenge(job.id, job.agreement, NONE);
      await vault.connect(challenger).setAuthorisation(escrow, false);
      await expect(challenge())
        .to.be.revertedWithCustomError(vault, "VaultNotAuthorised")
        .withArgs(account, await escrow.getAddress());
      await vault.connect(challenger).setAuthorisation(escrow, true);
      const bond = challengeBond(potOf(job)) * GWEI;
      await vault.connect(challenger).withdraw((await vault.balanceOf(account)) - bond + 1n, challenger);
      await expect(challenge())
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(account, bond - 1n, bond);
    });

    it("is allowed in the due second, refused in the next", async () => {
      const held = await optimisticJob();
      const { world, job } = held;
      await closesAfterDue(held, () =>
        world.escrow.connect(world.actors.requester2).challenge(job.id, job.agreement, NONE),
      );
    });

    for (const late of [0n, 1n]) {
      it(`races a settlement: ${late === 0n ? "the challenge wins the due second" : "the settlement the next"}`, async () => {
        const { world, job } = await optimisticJob();
        const { escrow, actors } = world;
        const passed = await raceAt((await dueOf(world, job)) + late, [
          (overrides) => escrow.connect(actors.stranger).settle(job.id, job.agreement, overrides),
          (overrides) => escrow.connect(actors.requester2).challenge(job.id, job.agreement, NONE, overrides),
        ]);
        expect(passed).to.deep.equal(late === 0n ? [false, true] : [true, false]);
        await conserve(world);
      });
    }

    it("I44 to an escrow that may no longer spend is the requester's alone, without a bond", async () => {
      const held = await optimisticJob();
      const { world, job } = held;
      const { escrow, vault, actors } = world;
      await vault.connect(actors.owner).setModule(escrow, 0);
      await expect(escrow.connect(actors.requester2).challenge(job.id, job.agreement, NONE))
        .to.be.revertedWithCustomError(escrow, "EscrowTakesNoBond")
        .withArgs(job.id);
      const account = await vault.accountOf(job.requester);
      const before = await moneyOf(world);
      await expect(escrow.connect(job.requester).challenge(job.id, job.agreement, digest("why")))
        .to.emit(escrow, "JobChallenged")
        .withArgs(job.id, account, 0, digest("why"));
      expect(await changesSince(world, before)).to.deep.equal({});
      const moved = await movedBy(held, "challengedWrongly", "requester", 0n);
      await ruleOn(world, job, Verdict.Valid);
      // Nobody else can pay the review then than the line that was reserved for it.
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(moved["vault account of resolver"]).to.equal(potOf(job).reviewFee * GWEI);
    });

    it("I44 without a bond leaves none to return when it is split", async () => {
      const held = await optimisticJob();
      const { world, job } = held;
      const { escrow, vault, actors } = world;
      await vault.connect(actors.owner).setModule(escrow, 0);
      await escrow.connect(job.requester).challenge(job.id, job.agreement, NONE);
      const before = await moneyOf(world);
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await expect(escrow.connect(actors.stranger).splitDispute(job.id, job.agreement)).to.not.emit(
        escrow,
        "AccusationBondReturned",
      );
      expect(await changesSince(world, before)).to.deep.equal(expected(await movedBy(held, "halved", "requester", 0n)));
    });
  });

  describe("a challenged job", () => {
    it("ruled valid: the challenger pays panel and owner, the requester keeps its review line", async () => {
      const held = await challengedJob();
      const { world, job, gpu } = held;
      const { compute, reviewFee } = potOf(job);
      const bond = challengeBond(potOf(job));
      const before = await moneyOf(world);
      const moved = await movedBy(held, "challengedWrongly", "requester2", bond);
      await ruleOn(world, job, Verdict.Valid);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(moved["vault account of resolver"]).to.equal(reviewFee * GWEI);
      expect(moved[placesOf(world, gpu).account]).to.equal((compute + bond - reviewFee) * GWEI);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
      const twin = await deliveredJob();
      await twin.world.escrow.connect(twin.job.requester).settle(twin.job.id, twin.job.agreement);
      const full = await twin.world.registry.scoreOf(twin.gpu.ownerAccount);
      const again = await challengedJob();
      await ruleOn(again.world, again.job, Verdict.Valid);
      expect(await again.world.registry.scoreOf(again.gpu.ownerAccount)).to.equal(full);
    });

    it("ruled invalid: the requester is whole out of the lock, the challenger has its bond and is the finder", async () => {
      const held = await challengedJob();
      const { world, job, gpu } = held;
      const { registry, actors, vault, escrow } = world;
      const bond = challengeBond(potOf(job));
      const { taken, spent } = await slashOf(held, true);
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst", "requester2", bond);
      const account = await vault.accountOf(actors.requester2);
      await expect(
        world.arbiter
          .connect(actors.arbiter)
          .rule(escrow, job.id, job.agreement, Verdict.Invalid, digest("right"), digest("evidence")),
      )
        .to.emit(escrow, "AccusationBondReturned")
        .withArgs(job.id, account, bond * GWEI);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ ...moved, [placesOf(world, gpu).stake]: -taken * GWEI, "slash 1, held": taken * GWEI }),
      );
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
      await time.increase(96 * HOUR);
      await registry.connect(actors.stranger).finaliseSlash(1);
      const tenth = taken / 10n;
      const finder = tenth < taken - spent ? tenth : taken - spent;
      const end = await changesSince(world, before);
      expect(end["vault account of requester2"]).to.equal((bond + finder) * GWEI);
      expect(end["vault account of requester"]).to.equal(job.total);
      expect(end["registry, fees"]).to.equal((taken - spent - finder) * GWEI);
    });

    it("ruled unavailable: refund and bond back, no slash", async () => {
      const held = await challengedJob();
      const { world, job, gpu } = held;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst", "requester2", challengeBond(potOf(job)));
      await ruleOn(world, job, Verdict.Unavailable);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect([...(await world.registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
    });

    it("I15 not ruled on: split, and the bond back to who put it up", async () => {
      const held = await challengedJob();
      const { world, job, gpu } = held;
      const score = await world.registry.scoreOf(gpu.ownerAccount);
      const before = await moneyOf(world);
      const moved = await movedBy(held, "halved", "requester2", challengeBond(potOf(job)));
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(await world.registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
    });

    it("may be challenged by its requester, whose bond goes the same ways", async () => {
      const held = await optimisticJob();
      const { world, job } = held;
      await world.escrow.connect(job.requester).challenge(job.id, job.agreement, NONE);
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst", "requester", challengeBond(potOf(job)));
      await ruleOn(world, job, Verdict.Unavailable);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
    });

    it("leaves no accusation to the next job of its ring index", async () => {
      const { world, job } = await challengedJob();
      await ruleOn(world, job, Verdict.Valid);
      const next = await postJob(world, job.requester, world.service, { ring: Number((job.id >> 32n) & 0xffffn) });
      expect(next.id).to.equal(job.id + 1n);
      expect([...(await world.escrow.accusationOf(next.id))]).to.deep.equal([0n, 0n]);
      await world.escrow.connect(job.requester).cancel(next.id, next.agreement, next.ticket, false);
      await conserve(world);
    });
  });

  it("a challenge of a job without a review fee still puts up a tenth of compute, which a split returns", async () => {
    const world = await loadFixture(deployMarket);
    const fees = { feeBps: 250, drawUnitGwei: 50_000_000n, validatorFeeGwei: 0n };
    await world.catalog.connect(world.actors.owner).setFees(fees);
    const held = await assignedJob({ mode: Mode.Optimistic });
    await held.world.catalog.connect(held.world.actors.owner).setFees(fees);
    const job = await postJob(held.world, held.world.actors.requester, held.world.service, {
      mode: Mode.Optimistic,
      namedGpu: held.world.gpus.find(({ id }) => id !== held.gpu.id)!.id,
    });
    const gpu = held.world.gpus.find(({ id }) => id !== held.gpu.id)!;
    await deliver(held.world, job, gpu);
    await fundRequester(held.world, held.world.actors.requester2);
    const before = await vaultBalance(held.world, held.world.actors.requester2);
    await held.world.escrow.connect(held.world.actors.requester2).challenge(job.id, job.agreement, NONE);
    const bond = (potOf(job).compute / 10n) * GWEI;
    expect(bond > 0n).to.equal(true);
    expect(await vaultBalance(held.world, held.world.actors.requester2)).to.equal(before - bond);
    await time.increaseTo((await dueOf(held.world, job)) + 1n);
    await held.world.escrow.connect(held.world.actors.stranger).splitDispute(job.id, job.agreement);
    expect(await vaultBalance(held.world, held.world.actors.requester2)).to.equal(before);
    await conserve(held.world);
  });
});

describe("JobEscrow: canaries", () => {
  it("canaryNoteOf is the documented hash", async () => {
    const { escrow, actors } = await loadFixture(deployMarket);
    const { chainId } = await ethers.provider.getNetwork();
    const types = ["bytes32", "uint256", "address", "address", "bytes32", "bytes32", "bytes32"];
    const values = [ethers.id("gpu-commons.canary.v1"), chainId, escrow.target, actors.requester.address];
    const plain = ethers.keccak256(
      ethers.AbiCoder.defaultAbiCoder().encode(types, [...values, digest("input"), EXPECTED, SALT]),
    );
    expect(await escrow.canaryNoteOf(actors.requester, digest("input"), EXPECTED, SALT)).to.equal(plain);
  });

  describe("accuse", () => {
    it("takes what a conviction could take from the operator, and starts its time to contest", async () => {
      const held = await canaryJob();
      const { world, job, gpu } = held;
      const { escrow, vault } = world;
      const bond = (await canaryBondOf(held)) * GWEI;
      expect(bond).to.be.at.least(potOf(job).compute * 5n * GWEI);
      const before = await moneyOf(world);
      const at = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(at);
      await expect(escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT))
        .to.emit(escrow, "JobAccused")
        .withArgs(job.id, gpu.id, bond, at + 48 * HOUR)
        .and.to.emit(escrow, "CanaryOpened")
        .withArgs(job.id, EXPECTED, SALT);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ "vault account of requester": -bond, "vault, held for escrow": bond }),
      );
      const { status, due, accused } = await fieldsOf(world, job);
      expect([status, due, accused]).to.deep.equal([BigInt(Status.Accused), BigInt(at + 48 * HOUR), true]);
      const account = await vault.accountOf(job.requester);
      expect([...(await escrow.accusationOf(job.id))]).to.deep.equal([account, bond]);
    });

    it("of a job so cheap that fees exceed the lock takes the fees", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, catalog } = world;
      const fees = { feeBps: 250, drawUnitGwei: 50_000_000n, validatorFeeGwei: 10_000_000_000n };
      await catalog.connect(actors.owner).setFees(fees);
      const note = await escrow.canaryNoteOf(actors.requester, digest("input"), EXPECTED, SALT);
      const job = await postJob(world, actors.requester, world.service, { note });
      await drawRound(world, [job.classId]);
      const gpu = await holderOf(world, job, world.gpus);
      await deliver(world, job, gpu);
      const bond = (await canaryBondOf({ world, job, gpu })) * GWEI;
      expect(bond).to.equal(potOf(job).reviewFee * GWEI + drawFeeOf(job));
      expect(bond).to.be.greaterThan(potOf(job).compute * 5n * GWEI);
      await escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT);
      expect((await escrow.accusationOf(job.id)).bond).to.equal(bond);
    });

    it("is the requester's alone", async () => {
      const { world, job, gpu } = await canaryJob();
      for (const by of [world.actors.stranger, gpu.operator, world.actors.owner]) {
        await expect(world.escrow.connect(by).accuse(job.id, job.agreement, EXPECTED, SALT))
          .to.be.revertedWithCustomError(world.escrow, "EscrowNotRequester")
          .withArgs(job.id, by.address);
      }
    });

    it("is for Acceptance mode", async () => {
      const { world, job } = await optimisticJob();
      await expect(world.escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongMode")
        .withArgs(job.id, Mode.Optimistic);
    });

    it("is for drawn jobs: who names a GPU knows who works", async () => {
      const world = await loadFixture(deployMarket);
      const gpu = world.gpus[0]!;
      const note = await world.escrow.canaryNoteOf(world.actors.requester, digest("input"), EXPECTED, SALT);
      const job = await postJob(world, world.actors.requester, world.service, { namedGpu: gpu.id, note });
      await deliver(world, job, gpu);
      await expect(world.escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT))
        .to.be.revertedWithCustomError(world.escrow, "EscrowNotDrawn")
        .withArgs(job.id);
    });

    it("refuses what the note did not seal: another digest, salt, requester, or an ordinary job", async () => {
      const { world, job } = await canaryJob();
      const { escrow } = world;
      for (const [label, salt] of [
        [digest("another"), SALT],
        [EXPECTED, digest("another salt")],
      ] as const) {
        const opened = await escrow.canaryNoteOf(job.requester, digest("input"), label, salt);
        await expect(escrow.connect(job.requester).accuse(job.id, job.agreement, label, salt))
          .to.be.revertedWithCustomError(escrow, "EscrowWrongOpening")
          .withArgs(job.id, opened, job.agreement.note);
      }
      const plain = await deliveredJob();
      await expect(
        plain.world.escrow.connect(plain.job.requester).accuse(plain.job.id, plain.job.agreement, EXPECTED, SALT),
      ).to.be.revertedWithCustomError(plain.world.escrow, "EscrowWrongOpening");
    });

    it("refuses a canary whose result is the one expected", async () => {
      const { world, job } = await canaryJob(RESULT);
      await expect(world.escrow.connect(job.requester).accuse(job.id, job.agreement, RESULT, SALT))
        .to.be.revertedWithCustomError(world.escrow, "EscrowAsExpected")
        .withArgs(job.id, RESULT);
    });

    it("needs the bond, and an escrow that may take it", async () => {
      const held = await canaryJob();
      const { world, job } = held;
      const { escrow, vault, actors } = world;
      const accuse = () => escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT);
      const account = await vault.accountOf(job.requester);
      const bond = (await canaryBondOf(held)) * GWEI;
      await vault.connect(job.requester).withdraw((await vault.balanceOf(account)) - bond + 1n, job.requester);
      await expect(accuse())
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(account, bond - 1n, bond);
      await vault.connect(actors.owner).setModule(escrow, 0);
      await expect(accuse()).to.be.revertedWithCustomError(escrow, "EscrowTakesNoBond").withArgs(job.id);
      // The requester still rejects, for nothing.
      await escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
    });

    it("is allowed in the due second of the review window, refused in the next", async () => {
      const held = await canaryJob();
      const { world, job } = held;
      await closesAfterDue(held, () =>
        world.escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT),
      );
    });

    it("keeps the job from being settled, rejected or missed", async () => {
      const { world, job } = await accusedJob();
      const { escrow } = world;
      await time.increaseTo((await dueOf(world, job)) + 1n);
      for (const call of [
        () => escrow.connect(job.requester).settle(job.id, job.agreement),
        () => escrow.connect(job.requester).reject(job.id, job.agreement, NONE),
        () => escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement),
        () => escrow.connect(world.actors.stranger).miss(job.id, job.agreement),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
          .withArgs(job.id, Status.Accused);
      }
    });
  });

  describe("contest", () => {
    it("is the operator's or owner's, and opens the dispute without another bond", async () => {
      for (const who of ["operator", "owner"] as const) {
        const { world, job, gpu } = await accusedJob();
        const { escrow, actors } = world;
        for (const by of [actors.stranger, actors.requester]) {
          await expect(escrow.connect(by).contest(job.id, job.agreement))
            .to.be.revertedWithCustomError(escrow, "EscrowNotOperator")
            .withArgs(job.id, by.address);
        }
        const before = await moneyOf(world);
        const at = (await time.latest()) + 100;
        await time.setNextBlockTimestamp(at);
        await expect(escrow.connect(gpu[who]).contest(job.id, job.agreement))
          .to.emit(escrow, "AccusationContested")
          .withArgs(job.id, gpu.id, gpu[who].address)
          .and.to.emit(escrow, "JobDisputed")
          .withArgs(job.id, at + 14 * DAY);
        expect(await changesSince(world, before)).to.deep.equal({});
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      }
    });

    it("is allowed in the due second, refused in the next", async () => {
      const held = await accusedJob();
      const { world, job, gpu } = held;
      await closesAfterDue(held, () => world.escrow.connect(gpu.operator).contest(job.id, job.agreement));
    });

    for (const late of [0n, 1n]) {
      it(`races a conviction: ${late === 0n ? "the contest wins the due second" : "the conviction the next"}`, async () => {
        const { world, job, gpu } = await accusedJob();
        const { escrow, actors } = world;
        const passed = await raceAt((await dueOf(world, job)) + late, [
          (overrides) => escrow.connect(actors.stranger).convict(job.id, job.agreement, overrides),
          (overrides) => escrow.connect(gpu.operator).contest(job.id, job.agreement, overrides),
        ]);
        expect(passed).to.deep.equal(late === 0n ? [false, true] : [true, false]);
        await conserve(world);
      });
    }
  });

  describe("convict", () => {
    it("I15 is anyone's once the time to contest is over: refund, slash of the lock, bond back", async () => {
      const held = await accusedJob();
      const { world, job, gpu } = held;
      const { escrow, registry, actors } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await expect(escrow.connect(actors.stranger).convict(job.id, job.agreement))
        .to.be.revertedWithCustomError(escrow, "EscrowTooEarly")
        .withArgs(job.id, due);
      const bond = await canaryBondOf(held);
      const { taken, spent } = await slashOf(held, false);
      const moved = await movedBy(held, "refunded", "requester", bond);
      const before = await moneyOf(world);
      await expect(escrow.connect(actors.stranger).convict(job.id, job.agreement))
        .to.emit(escrow, "JobConvicted")
        .withArgs(job.id, gpu.id, actors.stranger.address)
        .and.to.emit(escrow, "AccusationBondReturned");
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ ...moved, [placesOf(world, gpu).stake]: -taken * GWEI, "slash 1, held": taken * GWEI }),
      );
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(25_000_000n);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(0n);
      await time.increase(96 * HOUR);
      await registry.connect(actors.stranger).finaliseSlash(1);
      const tenth = taken / 10n;
      const finder = tenth < taken - spent ? tenth : taken - spent;
      const end = await changesSince(world, before);
      // Everything that posting took, the draw fees out of the lock, and the finder's share.
      expect(end["vault account of requester"]).to.equal(job.total + (bond + finder) * GWEI);
    });

    it("waits while the sequencer is down, and an hour more", async () => {
      const { world, job } = await accusedJob();
      const { escrow, actors } = world;
      const feed = await ethers.deployContract("SequencerFeed");
      await escrow.connect(actors.owner).setSequencerFeed(feed);
      const late = (await dueOf(world, job)) + 1n;
      await feed.set(1, late - 100n);
      await time.setNextBlockTimestamp(late);
      const convict = () => escrow.connect(actors.stranger).convict(job.id, job.agreement);
      await expect(convict()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
      await feed.set(0, late + 10n);
      await time.setNextBlockTimestamp(late + 10n + BigInt(HOUR) - 1n);
      await expect(convict()).to.be.revertedWithCustomError(escrow, "EscrowSequencerDown");
      await time.setNextBlockTimestamp(late + 10n + BigInt(HOUR));
      await convict();
    });
  });

  describe("a contested canary", () => {
    it("ruled valid: the whole bond is the owner's, the review line pays the panel", async () => {
      const held = await contestedJob();
      const { world, job, gpu } = held;
      const bond = await canaryBondOf(held);
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledValid", "requester", bond);
      await ruleOn(world, job, Verdict.Valid);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect(moved[placesOf(world, gpu).account]).to.equal((potOf(job).compute + bond) * GWEI);
      expect(await world.registry.scoreOf(gpu.ownerAccount)).to.be.greaterThan(50_000_000n);
    });

    it("ruled invalid: refund, slash, bond back", async () => {
      const held = await contestedJob();
      const { world, job, gpu } = held;
      const { taken } = await slashOf(held, true);
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst", "requester", await canaryBondOf(held));
      await ruleOn(world, job, Verdict.Invalid);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({ ...moved, [placesOf(world, gpu).stake]: -taken * GWEI, "slash 1, held": taken * GWEI }),
      );
      const { finder } = await world.lens.slashOf(1);
      expect(finder).to.equal(await world.vault.accountOf(job.requester));
    });

    it("ruled unavailable: refund and bond back, a non-completion", async () => {
      const held = await contestedJob();
      const { world, job, gpu } = held;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "ruledAgainst", "requester", await canaryBondOf(held));
      await ruleOn(world, job, Verdict.Unavailable);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
      expect([...(await world.registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 1n]);
    });

    it("I15 not ruled on: split, bond back", async () => {
      const held = await contestedJob();
      const { world, job } = held;
      const before = await moneyOf(world);
      const moved = await movedBy(held, "halved", "requester", await canaryBondOf(held));
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      expect(await changesSince(world, before)).to.deep.equal(expected(moved));
    });
  });

  it("never opened is an ordinary job: accepted, rejected or settled by silence", async () => {
    for (const end of ["accept", "reject", "silence"] as const) {
      const { world, job } = await canaryJob();
      if (end === "accept") await world.escrow.connect(job.requester).settle(job.id, job.agreement);
      if (end === "reject") {
        await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
        await ruleOn(world, job, Verdict.Valid);
      }
      if (end === "silence") {
        await time.increaseTo((await dueOf(world, job)) + 1n);
        await world.escrow.connect(world.actors.stranger).settle(job.id, job.agreement);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      expect([...(await world.escrow.accusationOf(job.id))]).to.deep.equal([0n, 0n]);
    }
  });

  it("differs from an ordinary job in random bytes only, until it is opened: calldata, logs and storage", async () => {
    const traces = [];
    for (const isCanary of [false, true]) {
      const world = await loadFixture(deployMarket);
      const { escrow, actors } = world;
      const note = isCanary
        ? await escrow.canaryNoteOf(actors.requester, digest("input"), EXPECTED, SALT)
        : ethers.id("note");
      const expiry = (await time.latest()) + DAY;
      await time.setNextBlockTimestamp((await time.latest()) + 10);
      const job = await postJob(world, actors.requester, world.service, { note, expiry });
      const [sent] = await escrow.queryFilter(escrow.filters.JobPosted(job.id));
      const { data } = await sent!.getTransaction();
      const receipt = await sent!.getTransactionReceipt();
      // The note is replaced wherever it stands, and so is what is hashed from it.
      const plain = (text: string) =>
        [note, job.agreement.note as string, agreementHash]
          .map((word) => word.slice(2))
          .reduce((result, word) => result.replaceAll(word, "n".repeat(64)), text);
      const agreementHash = await escrow.agreementHashOf(job.id);
      const trace = (await ethers.provider.send("debug_traceTransaction", [receipt.hash, { disableMemory: true }])) as {
        structLogs: { op: string; gas: number; depth: number; stack: string[] }[];
      };
      const writes = trace.structLogs.filter(({ op }) => op === "SSTORE").map(({ stack }) => stack.slice(-2).join(" "));
      traces.push({
        gas: receipt.gasUsed - zeroBytes(note),
        data: plain(data),
        logs: receipt.logs.map(({ topics, data: text }) => [topics.length, plain([...topics, text].join(" "))]),
        writes: writes.map(plain),
        steps: trace.structLogs.map(({ op, depth }) => `${op} ${depth}`).join(),
      });
    }
    expect(traces[0]).to.deep.equal(traces[1]);
    expect(traces[0]!.writes.length).to.be.greaterThan(2);
    expect(traces[0]!.data).to.contain("n".repeat(64));
  });

  it("I44 goes on in every way while the escrow is paused and the registry stopped", async () => {
    for (const end of ["convict", "contest", "challenge"] as const) {
      const { world, job, gpu } = end === "challenge" ? await optimisticJob() : await canaryJob();
      const { escrow, actors } = world;
      await escrow.connect(actors.owner).setPaused(true);
      await world.registry.connect(actors.owner).setWorkStopped(true);
      if (end === "challenge") await escrow.connect(actors.requester2).challenge(job.id, job.agreement, NONE);
      else await escrow.connect(job.requester).accuse(job.id, job.agreement, EXPECTED, SALT);
      if (end === "convict") {
        await time.increaseTo((await dueOf(world, job)) + 1n);
        await escrow.connect(actors.stranger).convict(job.id, job.agreement);
      } else {
        if (end === "contest") await escrow.connect(gpu.operator).contest(job.id, job.agreement);
        await ruleOn(world, job, Verdict.Invalid);
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
    }
  });
});

/** Gas that calldata's zero bytes save: they cost 4 in place of 16, so that random notes differ by multiples of 12. */
function zeroBytes(note: string): bigint {
  const zeros = ethers.getBytes(note).filter((byte) => byte === 0).length;
  return -12n * BigInt(zeros);
}
