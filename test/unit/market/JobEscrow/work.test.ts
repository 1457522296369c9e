import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import {
  assignedJob,
  changesSince,
  committedJob,
  drawFeeOf,
  expected,
  fieldsOf,
  HOUR,
  missOnce,
  moneyOf,
  NONE,
  potOf,
  raceAt,
  RESULT,
  SALT,
  setQueue,
  startOfDay,
  type HeldJob,
  type Market,
} from "../../../fixtures/market";
import {
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  type Gpu,
  GWEI,
  holderOf,
  Mode,
  plausibleEnergy,
  postAndDraw,
  postJob,
  settle,
  Status,
  statusOf,
  vaultBalance,
} from "../../../fixtures/suite";

/** A job that a verifier will decide. */
const provenJob = async (): Promise<HeldJob> => {
  const world = await loadFixture(deployMarket);
  const verifier = await world.attestation.getAddress();
  const change = { mode: Mode.Proof, verifier, verifierGas: 100_000 };
  return { world, ...(await postAndDraw(world, world.actors.requester, change)) };
};

/** Everyone who is not the operator of the job. */
function strangersTo({ world: { actors, gpus }, gpu }: HeldJob) {
  const other = gpus.find(({ id }) => id !== gpu.id)!;
  return [actors.stranger, actors.requester, actors.owner, other.operator, other.owner];
}

describe("JobEscrow: work", () => {
  describe("decline", () => {
    it("is refused to all but operator and owner of the GPU", async () => {
      const held = await assignedJob();
      const { world, job, gpu } = held;
      for (const by of strangersTo(held)) {
        await expect(world.escrow.connect(by).decline(job.id, job.agreement, false))
          .to.be.revertedWithCustomError(world.escrow, "EscrowNotOperator")
          .withArgs(job.id, by.address);
      }
      await world.escrow.connect(gpu.owner).decline(job.id, job.agreement, false);
    });

    it("is refused after a sign of life", async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      await expect(world.escrow.connect(gpu.operator).decline(job.id, job.agreement, true))
        .to.be.revertedWithCustomError(world.escrow, "EscrowAlreadyAccepted")
        .withArgs(job.id);
    });

    it("is allowed in the due second, and refused in the next", async () => {
      const { world, job, gpu } = await assignedJob();
      const due = await dueOf(world, job);
      const decline = () => world.escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
      await time.setNextBlockTimestamp(due);
      await decline();
      await drawRound(world, [CLASS.T4]);
      const again = await holderOf(world, job, world.gpus);
      const next = await dueOf(world, job);
      await time.setNextBlockTimestamp(next + 1n);
      await expect(world.escrow.connect(again.operator).decline(job.id, job.agreement, false))
        .to.be.revertedWithCustomError(world.escrow, "EscrowTooLate")
        .withArgs(job.id, next);
    });

    it("gives the job back to the front of the queue, unlocks, and is no attempt in the window", async () => {
      const { world, job, gpu } = await assignedJob();
      const { escrow, registry } = world;
      const before = await moneyOf(world);
      await expect(escrow.connect(gpu.operator).decline(job.id, job.agreement, false))
        .to.emit(escrow, "JobDeclined")
        .withArgs(job.id, gpu.id, false)
        .and.to.emit(escrow, "JobRequeued")
        .withArgs(job.id, CLASS.T4, true, 0);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      const { locked, active, listed } = await registry.gpuOf(gpu.id);
      expect([locked, active, listed]).to.deep.equal([0n, 0n, true]);
      expect(await changesSince(world, before)).to.deep.equal({});
      const fields = await fieldsOf(world, job);
      expect(fields).to.deep.include({ status: 1n, gpu: 0n, due: 0n, attempt: 1n, redrawn: true, accepted: false });
      const [again] = await drawRound(world, [CLASS.T4]);
      expect(again?.attempt).to.equal(2n);
    });

    it("for want of the input costs the requester a charge, each time, that the treasury gets", async () => {
      const { world, job } = await assignedJob();
      const { escrow, vault, actors } = world;
      const { inputCharge } = potOf(job);
      expect(inputCharge * GWEI).to.equal((await world.registry.callerPayGwei(CLASS.T4)) * GWEI);
      const before = await vaultBalance(world, actors.requester);
      for (let draw = 1; draw <= 3; draw += 1) {
        const gpu = await holderOf(world, job, world.gpus);
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
        expect((await fieldsOf(world, job)).inputCharges).to.equal(BigInt(draw));
        if (draw < 3) await drawRound(world, [CLASS.T4]);
      }
      const { status, drawFees } = await fieldsOf(world, job);
      expect(status).to.equal(BigInt(Status.Expired));
      expect(await vault.feesOf(escrow)).to.equal(3n * inputCharge * GWEI);
      const lost = 3n * inputCharge * GWEI + drawFees * drawFeeOf(job);
      expect((await vaultBalance(world, actors.requester)) - before).to.equal(job.total - lost);
      await conserve(world);
    });

    it("is free three times a GPU and day; the fourth costs its owner the caller's pay", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors, service, gpus } = world;
      const [gpu, ...others] = gpus as [Gpu, ...Gpu[]];
      for (const other of others) await registry.connect(other.owner).setPaused(other.id, true);
      const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
      await startOfDay();
      let job = await postJob(world, actors.requester, service);
      for (const charged of [0n, 0n, 0n, pay, pay]) {
        if ((await statusOf(world, job)) === BigInt(Status.Expired))
          job = await postJob(world, actors.requester, service);
        while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
        const stake = (await registry.gpuOf(gpu.id)).stake;
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
        expect(stake - (await registry.gpuOf(gpu.id)).stake).to.equal(charged);
      }
      await conserve(world);
    });

    it("of a named job is always free: nobody asked the GPU", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, actors, service, gpus } = world;
      const gpu = gpus[0]!;
      const before = await moneyOf(world);
      await startOfDay();
      for (let times = 0; times < 6; times += 1) {
        const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
        await escrow.connect(gpu.operator).decline(job.id, job.agreement, times % 2 === 0);
        const { locked, active, listed } = await registry.gpuOf(gpu.id);
        expect([locked, active, listed]).to.deep.equal([0n, 0n, true]);
      }
      expect(await changesSince(world, before)).to.deep.equal({});
    });

    it("closes the job with a refund when the front line is full", async () => {
      const { world, job, gpu } = await assignedJob();
      await setQueue(world, CLASS.T4, { frontHead: 5n, frontTail: 5n + 4_096n });
      await expect(world.escrow.connect(gpu.operator).decline(job.id, job.agreement, false))
        .to.emit(world.escrow, "JobRefunded")
        .withArgs(job.id, Status.Expired, job.total - drawFeeOf(job));
      const { status, refundDue } = await fieldsOf(world, job);
      expect([status, refundDue]).to.deep.equal([BigInt(Status.Expired), false]);
    });
  });

  describe("heartbeat", () => {
    it("is refused to all but operator and owner of the GPU", async () => {
      const held = await assignedJob();
      const { world, job, gpu } = held;
      for (const by of strangersTo(held)) {
        await expect(world.escrow.connect(by).heartbeat(job.id, job.agreement, 0, NONE))
          .to.be.revertedWithCustomError(world.escrow, "EscrowNotOperator")
          .withArgs(job.id, by.address);
      }
      await world.escrow.connect(gpu.owner).heartbeat(job.id, job.agreement, 0, NONE);
    });

    it("accepts, then moves the due time, never past the attempt's end", async () => {
      const { world, job, gpu } = await assignedJob({ secondsPerAttempt: 1_000 });
      const { escrow } = world;
      const beat = (step: number, checkpoint: string) =>
        escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, step, checkpoint);
      const start = BigInt((await time.latest()) + 50);
      await time.setNextBlockTimestamp(start);
      await expect(beat(0, NONE))
        .to.emit(escrow, "JobCheckpointed")
        .withArgs(job.id, gpu.id, 0, NONE, start + 600n);
      expect((await fieldsOf(world, job)).accepted).to.equal(true);
      await time.setNextBlockTimestamp(start + 399n);
      await beat(1, digest("one"));
      expect(await dueOf(world, job)).to.equal(start + 999n);
      await time.setNextBlockTimestamp(start + 400n);
      await beat(2, digest("two"));
      expect(await dueOf(world, job)).to.equal(start + 1_000n);
      await time.setNextBlockTimestamp(start + 1_000n);
      await expect(beat(3, digest("three")))
        .to.emit(escrow, "JobCheckpointed")
        .withArgs(job.id, gpu.id, 3, digest("three"), start + 1_000n);
      await expect(beat(4, NONE))
        .to.be.revertedWithCustomError(escrow, "EscrowTooLate")
        .withArgs(job.id, start + 1_000n);
    });

    it("accepts in the last second of the window; the attempt's clock begins then", async () => {
      const { world, job, gpu } = await assignedJob({ heartbeat: 0 });
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      expect(await dueOf(world, job)).to.equal(due + 3_600n);
    });

    it("without a period leaves the job due at the attempt's end, whenever it comes", async () => {
      const { world, job, gpu } = await assignedJob({ heartbeat: 0 });
      const beat = () => world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      await beat();
      const end = BigInt(await time.latest()) + 3_600n;
      await time.increase(1_000);
      await beat();
      expect(await dueOf(world, job)).to.equal(end);
    });

    it("of a resumed job has a fresh clock", async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 3, digest("checkpoint"));
      await missOnce(world, job);
      await time.increase(5_000);
      await drawRound(world, [CLASS.T4]);
      const next = await holderOf(world, job, world.gpus);
      const { accepted, due } = await fieldsOf(world, job);
      expect([accepted, due]).to.deep.equal([false, BigInt(await time.latest()) + 600n]);
      await world.escrow.connect(next.operator).heartbeat(job.id, job.agreement, 0, NONE);
      const start = BigInt(await time.latest());
      for (let at = start + 600n; at < start + 3_600n; at += 600n) {
        await time.setNextBlockTimestamp(at);
        await world.escrow.connect(next.operator).heartbeat(job.id, job.agreement, 0, NONE);
      }
      expect(await dueOf(world, job)).to.equal(start + 3_600n);
    });
  });

  describe("commit", () => {
    it("is refused to all but operator and owner of the GPU, and in proof mode", async () => {
      const held = await assignedJob();
      const { world, job } = held;
      for (const by of strangersTo(held)) {
        await expect(world.escrow.connect(by).commit(job.id, job.agreement, digest("x")))
          .to.be.revertedWithCustomError(world.escrow, "EscrowNotOperator")
          .withArgs(job.id, by.address);
      }
      const proven = await provenJob();
      await expect(
        proven.world.escrow.connect(proven.gpu.operator).commit(proven.job.id, proven.job.agreement, digest("x")),
      )
        .to.be.revertedWithCustomError(proven.world.escrow, "EscrowWrongMode")
        .withArgs(proven.job.id, Mode.Proof);
    });

    it("is allowed in the due second, stops the clock, and must be opened in the reveal window", async () => {
      const { world, job, gpu } = await assignedJob();
      const { escrow, config } = world;
      await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      const started = await time.latest();
      const due = await dueOf(world, job);
      const sealed = await escrow.commitmentOf(job.id, 1, gpu.id, RESULT, SALT);
      await time.setNextBlockTimestamp(due);
      const opens = due + BigInt(config.escrow.revealSeconds);
      await expect(escrow.connect(gpu.operator).commit(job.id, job.agreement, sealed))
        .to.emit(escrow, "JobCommitted")
        .withArgs(job.id, gpu.id, sealed, opens);
      const { status, elapsed, due: revealBy } = await fieldsOf(world, job);
      expect([status, elapsed, revealBy]).to.deep.equal([BigInt(Status.Committed), due - BigInt(started), opens]);
      expect(await escrow.resultOf(job.id)).to.equal(sealed);
      expect((await world.registry.gpuOf(gpu.id)).active).to.equal(1n);
    });

    it("comes too late after the due second", async () => {
      const { world, job, gpu } = await assignedJob();
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(world.escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("x")))
        .to.be.revertedWithCustomError(world.escrow, "EscrowTooLate")
        .withArgs(job.id, due);
    });

    it("without acceptance counts the time since the assignment", async () => {
      const { world, job, gpu } = await assignedJob();
      const assignedAt = (await dueOf(world, job)) - 600n;
      await time.setNextBlockTimestamp(assignedAt + 123n);
      await world.escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("x"));
      expect((await fieldsOf(world, job)).elapsed).to.equal(123n);
    });
  });

  describe("reveal", () => {
    const open = async (
      { world, job, gpu }: HeldJob,
      change: { result?: string; salt?: string; energy?: bigint } = {},
    ) => {
      const { elapsed } = await fieldsOf(world, job);
      const energy = change.energy ?? (await plausibleEnergy(world, gpu, Number(elapsed)));
      return world.escrow.connect(gpu.operator).reveal(job.id, change.result ?? RESULT, change.salt ?? SALT, energy);
    };

    it("refuses another result, another salt, and the commitment of another attempt or GPU", async () => {
      const held = await committedJob();
      const { world, job } = held;
      for (const change of [{ result: digest("other") }, { salt: digest("other") }, { result: SALT, salt: RESULT }]) {
        await expect(open(held, change))
          .to.be.revertedWithCustomError(world.escrow, "EscrowWrongCommitment")
          .withArgs(job.id);
      }
      const copied = await assignedJob();
      const { escrow } = copied.world;
      for (const [attempt, gpu] of [
        [2, copied.gpu.id],
        [1, copied.gpu.id + 1n],
      ] as const) {
        const foreign = await escrow.commitmentOf(copied.job.id, attempt, gpu, RESULT, SALT);
        const snapshot = await ethers.provider.send("evm_snapshot", []);
        await escrow.connect(copied.gpu.operator).commit(copied.job.id, copied.job.agreement, foreign);
        await expect(open(copied)).to.be.revertedWithCustomError(escrow, "EscrowWrongCommitment");
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    });

    it("is refused to who does not work for the GPU, even with the right opening", async () => {
      const held = await committedJob();
      const { world, job, gpu } = held;
      const energy = await plausibleEnergy(world, gpu, Number((await fieldsOf(world, job)).elapsed));
      for (const by of strangersTo(held)) {
        await expect(world.escrow.connect(by).reveal(job.id, RESULT, SALT, energy))
          .to.be.revertedWithCustomError(world.registry, "RegistryNotWorker")
          .withArgs(gpu.id, by.address);
      }
      await world.escrow.connect(gpu.owner).reveal(job.id, RESULT, SALT, energy);
    });

    it("is allowed in the due second, refused in the next", async () => {
      const held = await committedJob();
      const due = await dueOf(held.world, held.job);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(open(held))
        .to.be.revertedWithCustomError(held.world.escrow, "EscrowTooLate")
        .withArgs(held.job.id, due);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(due);
      await open(held);
      expect(await statusOf(held.world, held.job)).to.equal(BigInt(Status.Delivered));
    });

    it("delivers: stores the digest, frees the slot, keeps the lock and the time of the commit", async () => {
      const held = await committedJob();
      const { world, job, gpu } = held;
      const { elapsed, payGwei } = await fieldsOf(world, job);
      await time.increase(1_000);
      const at = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(at);
      const energy = await plausibleEnergy(world, gpu, Number(elapsed));
      await expect(open(held))
        .to.emit(world.escrow, "JobDelivered")
        .withArgs(job.id, gpu.id, RESULT, energy, at + 24 * HOUR);
      expect(await world.escrow.resultOf(job.id)).to.equal(RESULT);
      expect((await fieldsOf(world, job)).elapsed).to.equal(elapsed);
      const { active, locked } = await world.registry.gpuOf(gpu.id);
      expect([active, locked]).to.deep.equal([0n, payGwei * 5n * GWEI]);
      await settle(world, job);
      await conserve(world);
    });

    it("of an earlier attempt's seal does not open the job for its next holder", async () => {
      const held = await committedJob();
      const { world, job } = held;
      await missOnce(world, job);
      await drawRound(world, [CLASS.T4]);
      expect(await world.escrow.resultOf(job.id)).to.equal(NONE);
      await expect(open(held))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Assigned);
    });
  });

  describe("deliver", () => {
    it("is refused to who does not work for the GPU", async () => {
      const held = await assignedJob();
      const { world, job, gpu } = held;
      for (const by of strangersTo(held)) {
        await expect(world.escrow.connect(by).deliver(job.id, RESULT, 1))
          .to.be.revertedWithCustomError(world.registry, "RegistryNotWorker")
          .withArgs(gpu.id, by.address);
      }
    });

    it("is refused in proof mode, twice, and after the due second", async () => {
      const proven = await provenJob();
      await expect(proven.world.escrow.connect(proven.gpu.operator).deliver(proven.job.id, RESULT, 0))
        .to.be.revertedWithCustomError(proven.world.escrow, "EscrowWrongMode")
        .withArgs(proven.job.id, Mode.Proof);
      const { world, job, gpu } = await assignedJob();
      await deliver(world, job, gpu);
      await expect(world.escrow.connect(gpu.operator).deliver(job.id, RESULT, 0))
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Delivered);
      const late = await assignedJob();
      const due = await dueOf(late.world, late.job);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(late.world.escrow.connect(late.gpu.operator).deliver(late.job.id, RESULT, 0))
        .to.be.revertedWithCustomError(late.world.escrow, "EscrowTooLate")
        .withArgs(late.job.id, due);
    });

    it("refuses a report of energy that cannot be true, one unit outside of either bound", async () => {
      const { world, job, gpu } = await assignedJob();
      const { escrow, registry } = world;
      await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      const at = (await time.latest()) + 300;
      const { watts, idleWatts } = await registry.classOf(CLASS.T4);
      const [least, greatest] = [(idleWatts * 300n * 1_000n) / 3_600n, (watts * 301n * 1_200n) / 3_600n];
      for (const energy of [least - 1n, greatest + 1n]) {
        const snapshot = await ethers.provider.send("evm_snapshot", []);
        await time.setNextBlockTimestamp(at);
        await expect(escrow.connect(gpu.operator).deliver(job.id, RESULT, energy))
          .to.be.revertedWithCustomError(registry, "RegistryImplausibleEnergy")
          .withArgs(energy, least, greatest);
        await ethers.provider.send("evm_revert", [snapshot]);
      }
      await time.setNextBlockTimestamp(at);
      await escrow.connect(gpu.operator).deliver(job.id, RESULT, greatest);
      expect((await fieldsOf(world, job)).elapsed).to.equal(300n);
    });

    it("frees the slot, keeps the lock and opens the review window", async () => {
      const { world, job, gpu } = await assignedJob();
      await deliver(world, job, gpu);
      const { active, listed, locked } = await world.registry.gpuOf(gpu.id);
      expect([active, listed, locked]).to.deep.equal([0n, true, (await fieldsOf(world, job)).payGwei * 5n * GWEI]);
      expect(await dueOf(world, job)).to.equal(BigInt(await time.latest()) + 24n * 3_600n);
      expect(await world.escrow.resultOf(job.id)).to.equal(RESULT);
    });

    it("within the acceptance window counts the time since the assignment", async () => {
      const { world, job, gpu } = await assignedJob();
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await world.escrow.connect(gpu.operator).deliver(job.id, RESULT, await plausibleEnergy(world, gpu, 600));
      expect((await fieldsOf(world, job)).elapsed).to.equal(600n);
    });

    it("of the longest attempt takes an honest report of energy, full power for 72 hours", async () => {
      const { world, job, gpu } = await assignedJob({ secondsPerAttempt: 72 * HOUR, heartbeat: 0 });
      const { escrow, registry } = world;
      await escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 0, NONE);
      await time.setNextBlockTimestamp(await dueOf(world, job));
      const { watts } = await registry.classOf(CLASS.T4);
      await escrow.connect(gpu.operator).deliver(job.id, RESULT, watts * 72n * 1_000n);
      expect((await fieldsOf(world, job)).elapsed).to.equal(BigInt(72 * HOUR));
    });
  });

  describe("races in the due second", () => {
    const report =
      ({ world, job }: HeldJob) =>
      (overrides: object) =>
        world.escrow.connect(world.actors.stranger).miss(job.id, job.agreement, overrides);
    const acts = {
      decline:
        async ({ world, job, gpu }: HeldJob) =>
        (overrides: object) =>
          world.escrow.connect(gpu.operator).decline(job.id, job.agreement, false, overrides),
      heartbeat:
        async ({ world, job, gpu }: HeldJob) =>
        (overrides: object) =>
          world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 1, NONE, overrides),
      commit:
        async ({ world, job, gpu }: HeldJob) =>
        (overrides: object) =>
          world.escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("x"), overrides),
      deliver: async ({ world, job, gpu }: HeldJob) => {
        const energy = await plausibleEnergy(world, gpu, 600);
        return (overrides: object) => world.escrow.connect(gpu.operator).deliver(job.id, RESULT, energy, overrides);
      },
      reveal: async ({ world, job, gpu }: HeldJob) => {
        const energy = await plausibleEnergy(world, gpu, Number((await fieldsOf(world, job)).elapsed));
        return (overrides: object) =>
          world.escrow.connect(gpu.operator).reveal(job.id, RESULT, SALT, energy, overrides);
      },
    };
    for (const [name, act] of Object.entries(acts)) {
      for (const order of ["first", "last"] as const) {
        it(`${name} comes ${order}: it passes in the due second and the miss does not; in the next it is the other way`, async () => {
          for (const [late, outcome] of [
            [0n, { act: true, miss: false }],
            [1n, { act: false, miss: true }],
          ] as const) {
            const held = await (name === "reveal" ? committedJob() : assignedJob());
            const racers = [await act(held), report(held)];
            const at = (await dueOf(held.world, held.job)) + late;
            const passed = await raceAt(at, order === "first" ? racers : [...racers].reverse());
            const expectedOrder = order === "first" ? [outcome.act, outcome.miss] : [outcome.miss, outcome.act];
            expect(passed).to.deep.equal(expectedOrder);
            const attempts = (await held.world.registry.windowOf(held.gpu.ownerAccount)).attempted;
            expect(attempts).to.equal(late);
            await conserve(held.world);
          }
        });
      }
    }
  });

  it("I44 goes on in every way while the escrow is paused", async () => {
    const { world, job, gpu } = await assignedJob();
    const { escrow, actors } = world;
    await escrow.connect(actors.owner).setPaused(true);
    await escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
    const again = async (): Promise<Market["gpus"][number]> => {
      await drawRound(world, [CLASS.T4]);
      return holderOf(world, job, world.gpus);
    };
    const second = await again();
    await escrow.connect(second.operator).heartbeat(job.id, job.agreement, 0, NONE);
    await missOnce(world, job);
    const third = await again();
    await escrow
      .connect(third.operator)
      .commit(job.id, job.agreement, await escrow.commitmentOf(job.id, 3, third.id, RESULT, SALT));
    const energy = await plausibleEnergy(world, third, Number((await fieldsOf(world, job)).elapsed));
    await escrow.connect(third.operator).reveal(job.id, RESULT, SALT, energy);
    await settle(world, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    await conserve(world);
  });
});
