import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { payouts } from "../../../../src/model/payouts";
import { Answers__factory, VerifierMock__factory } from "../../../../typechain-types";
import {
  changesSince,
  DAY,
  expected,
  fieldsOf,
  historyOf,
  moneyOf,
  overdue,
  placesOf,
  potOf,
  RESULT,
  ruleOn,
  type Market,
} from "../../../fixtures/market";
import {
  conserve,
  deployMarket,
  digest,
  dueOf,
  GWEI,
  type Job,
  Mode,
  plausibleEnergy,
  postAndDraw,
  postJob,
  Status,
  statusOf,
  Verdict,
} from "../../../fixtures/suite";

/** A drawn job in proof mode with a verifier that answers as it is told. */
async function proven(verifierGas = 200_000) {
  const world = await loadFixture(deployMarket);
  const { escrow, actors } = world;
  const answers = await new Answers__factory(actors.deployer).deploy();
  return { answers, ...(await drawnFor(world, await answers.getAddress(), verifierGas)), escrow };
}

async function drawnFor(world: Market, verifier: string, verifierGas = 200_000) {
  await world.escrow.connect(world.actors.owner).setVerifier(verifier, true);
  const made = await postAndDraw(world, world.actors.requester, { mode: Mode.Proof, verifier, verifierGas });
  const assignedAt = Number(made.assignment.due) - 600;
  const prove = async ({ gasLimit = 3_000_000, by = made.gpu.operator, proof = "0x", result = RESULT } = {}) => {
    const energy = await plausibleEnergy(world, made.gpu, (await time.latest()) + 1 - assignedAt);
    const { id, agreement } = made.job;
    return world.escrow.connect(by).deliverWithProof(id, agreement, result, energy, proof, { gasLimit });
  };
  return { world, prove, ...made };
}

describe("JobEscrow: deliverWithProof", () => {
  it("is refused to who does not work for the GPU", async () => {
    const { world, prove, gpu } = await proven();
    for (const by of [world.actors.stranger, world.actors.requester]) {
      await expect(prove({ by }))
        .to.be.revertedWithCustomError(world.registry, "RegistryNotWorker")
        .withArgs(gpu.id, by.address);
    }
  });

  it("is refused for a job that its requester accepts", async () => {
    const world = await loadFixture(deployMarket);
    const { job, gpu } = await postAndDraw(world);
    await expect(world.escrow.connect(gpu.operator).deliverWithProof(job.id, job.agreement, RESULT, 0, "0x"))
      .to.be.revertedWithCustomError(world.escrow, "EscrowWrongMode")
      .withArgs(job.id, Mode.Acceptance);
  });

  it("is allowed in the due second, and refused in the next", async () => {
    const { world, prove, job } = await proven();
    const due = await dueOf(world, job);
    const snapshot = await ethers.provider.send("evm_snapshot", []);
    await time.setNextBlockTimestamp(due + 1n);
    await expect(prove()).to.be.revertedWithCustomError(world.escrow, "EscrowTooLate").withArgs(job.id, due);
    await ethers.provider.send("evm_revert", [snapshot]);
    await time.setNextBlockTimestamp(due);
    const { gpu } = await fieldsOf(world, job);
    const energy = await plausibleEnergy(
      world,
      world.gpus.find(({ id }) => id === gpu)!,
      600,
    );
    const holder = world.gpus.find(({ id }) => id === gpu)!;
    await world.escrow.connect(holder.operator).deliverWithProof(job.id, job.agreement, RESULT, energy, "0x");
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    expect((await fieldsOf(world, job)).elapsed).to.equal(600n);
  });

  describe("given the answer true", () => {
    it("I12 I13 delivers and settles at once, with full gain", async () => {
      const { world, prove, job, gpu } = await proven();
      const before = await moneyOf(world);
      const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
      await expect(prove())
        .to.emit(world.escrow, "JobDelivered")
        .and.to.emit(world.escrow, "JobSettled")
        .withArgs(job.id, gpu.id, s.owner * GWEI, false);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          [placesOf(world, gpu).account]: s.owner * GWEI,
          "vault account of requester": s.requester * GWEI,
          "vault, fees of escrow": s.fee * GWEI,
          "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
          "vault, held for escrow": -(s.owner + s.requester + s.fee + s.modelRoyalty + s.datasetRoyalty) * GWEI,
        }),
      );
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      expect(await world.escrow.resultOf(job.id)).to.equal(RESULT);
      const { active, locked } = await world.registry.gpuOf(gpu.id);
      expect([active, locked]).to.deep.equal([0n, 0n]);
      expect(await world.registry.scoreOf(gpu.ownerAccount)).to.be.greaterThan(50_000_000n);
    });

    it("binds escrow, job, agreement and result into what the verifier sees", async () => {
      const world = await loadFixture(deployMarket);
      const verifier = await new VerifierMock__factory(world.actors.deployer).deploy();
      const { prove, job } = await drawnFor(world, await verifier.getAddress());
      const [escrow, hash] = [await world.escrow.getAddress(), await world.escrow.agreementHashOf(job.id)];
      const [result, proof] = [digest("another"), "0xbeef"];
      const wrong = [
        [await world.vault.getAddress(), job.id, hash, result, proof],
        [escrow, job.id + 1n, hash, result, proof],
        [escrow, job.id, digest("another agreement"), result, proof],
        [escrow, job.id, hash, RESULT, proof],
        [escrow, job.id, hash, result, "0xdead"],
      ] as const;
      for (const statement of wrong) {
        await verifier.setRight(...statement);
        await expect(prove({ result, proof }))
          .to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected")
          .withArgs(job.id);
      }
      await verifier.setRight(escrow, job.id, hash, result, proof);
      await prove({ result, proof });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });
  });

  it("given the answer false refuses the delivery and changes nothing", async () => {
    const { world, prove, job, answers, gpu } = await proven();
    await answers.setMode(1);
    const before = [await fieldsOf(world, job), await world.registry.gpuOf(gpu.id), await moneyOf(world)];
    await expect(prove()).to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected").withArgs(job.id);
    expect([await fieldsOf(world, job), await world.registry.gpuOf(gpu.id), await moneyOf(world)]).to.deep.equal(
      before,
    );
    await answers.setMode(0);
    await prove();
  });

  for (const [mode, what] of [
    [2, "reverts"],
    [3, "burns all its gas"],
    [4, "answers neither"],
    [5, "answers nothing"],
    [6, "answers without end"],
  ] as const) {
    it(`given a verifier that ${what} opens a dispute without a bond, which time splits`, async () => {
      const { world, prove, job, answers, gpu } = await proven();
      await answers.setMode(mode);
      const before = await moneyOf(world);
      await expect(prove()).to.emit(world.escrow, "JobDisputed");
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      expect(await changesSince(world, before)).to.deep.equal({});
      expect(await dueOf(world, job)).to.equal(BigInt((await time.latest()) + 14 * DAY));
      await overdue(world, job);
      const s = payouts("halved", potOf(job), await historyOf(world, job), 0n);
      await expect(world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement))
        .to.emit(world.escrow, "JobSplit")
        .withArgs(job.id, s.owner * GWEI, s.requester * GWEI);
      expect((await world.registry.gpuOf(gpu.id)).locked).to.equal(0n);
      await conserve(world);
    });
  }

  it("given a verifier without code opens a dispute", async () => {
    const world = await loadFixture(deployMarket);
    const { prove, job } = await drawnFor(world, ethers.Wallet.createRandom().address);
    await prove();
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
  });

  for (const verdict of [Verdict.Valid, Verdict.Invalid, Verdict.Unavailable]) {
    it(`a dispute that a verifier began can be ruled (${verdict}), with no bond to share`, async () => {
      const { world, prove, job, answers } = await proven();
      await answers.setMode(2);
      await prove();
      const before = await world.vault.heldBy(world.escrow);
      const kept = await world.escrow.drawFeesOf(world.actors.keeper);
      await ruleOn(world, job, verdict);
      const ending = verdict === Verdict.Valid ? Status.Settled : Status.Refunded;
      expect(await statusOf(world, job)).to.equal(BigInt(ending));
      expect(before - (await world.vault.heldBy(world.escrow))).to.equal(job.total - kept);
      await conserve(world);
    });
  }

  it("cannot be rejected or accepted by the requester while in dispute", async () => {
    const { world, prove, job, answers } = await proven();
    await answers.setMode(2);
    await prove();
    const by = world.escrow.connect(job.requester);
    for (const act of [() => by.reject(job.id, job.agreement, digest("why")), () => by.settle(job.id, job.agreement)]) {
      await expect(act())
        .to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus")
        .withArgs(job.id, Status.Disputed);
    }
  });

  describe("gas of the verifier", () => {
    it("is checked before the call, so that a caller cannot starve it into a dispute", async () => {
      const { world, prove, job } = await proven(1_000_000);
      for (const gasLimit of [900_000, 1_200_000, 1_500_000]) {
        await expect(prove({ gasLimit })).to.be.revertedWithCustomError(world.escrow, "EscrowNotEnoughGas");
      }
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Assigned));
      await prove({ gasLimit: 4_000_000 });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });

    it("@gas is no more than the agreement gives: the greatest limit still leaves enough for what follows", async () => {
      const { world, prove, job, answers } = await proven(5_000_000);
      await answers.setMode(3);
      await prove({ gasLimit: 8_000_000 });
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
    });
  });

  it("a verifier off the list still decides the jobs that named it (I18)", async () => {
    const { world, prove, job, answers } = await proven();
    await world.escrow.connect(world.actors.owner).setVerifier(answers, false);
    await prove();
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
  });

  describe("a verifier that re-enters", () => {
    const attacks: Record<string, (world: Market, job: Job, other: Job) => string> = {
      settle: ({ escrow }, job) => escrow.interface.encodeFunctionData("settle", [job.id, job.agreement]),
      deliver: ({ escrow }, job) => escrow.interface.encodeFunctionData("deliver", [job.id, RESULT, 0]),
      cancel: ({ escrow }, _, other) =>
        escrow.interface.encodeFunctionData("cancel", [other.id, other.agreement, other.ticket, false]),
      collect: ({ escrow }) => escrow.interface.encodeFunctionData("collect"),
    };
    for (const [name, encode] of Object.entries(attacks)) {
      it(`gets nowhere with ${name}`, async () => {
        const world = await loadFixture(deployMarket);
        const verifier = await new VerifierMock__factory(world.actors.deployer).deploy();
        const { prove, job } = await drawnFor(world, await verifier.getAddress());
        const other = await postJob(world, world.actors.requester2, world.service);
        const before = await moneyOf(world);
        await verifier.setAttack(world.escrow, encode(world, job, other));
        await expect(prove()).to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected").withArgs(job.id);
        expect(await changesSince(world, before)).to.deep.equal({});
        expect(await statusOf(world, other)).to.equal(BigInt(Status.Posted));
      });
    }

    it("may read the job in the middle of its delivery, and sees it delivered (I48)", async () => {
      const world = await loadFixture(deployMarket);
      const verifier = await new VerifierMock__factory(world.actors.deployer).deploy();
      const { prove, job } = await drawnFor(world, await verifier.getAddress());
      await verifier.setAttack(world.escrow, world.escrow.interface.encodeFunctionData("resultOf", [job.id]));
      await prove();
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });
  });
});
