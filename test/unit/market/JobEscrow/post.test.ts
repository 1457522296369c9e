import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { splitJobId } from "../../../../src/protocol/jobId";
import { jobReserves } from "../../../../src/protocol/words";
import {
  agreementOf,
  DAY,
  disputedJob,
  deliveredJob,
  fieldsOf,
  HOUR,
  lastReceipt,
  missOnce,
  NONE,
  overdue,
  queueOf,
  ruleOn,
  setQueue,
  settingsOf,
  committedJob,
  type Market,
} from "../../../fixtures/market";
import {
  addGpu,
  addService,
  ANY_REGION,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  eventsOf,
  fundRequester,
  GWEI,
  holderOf,
  type Job,
  Mode,
  postAndDraw,
  postJob,
  settle,
  Status,
  statusOf,
  TOKEN,
  vaultBalance,
  Verdict,
  requestRound,
} from "../../../fixtures/suite";

describe("JobEscrow: post", () => {
  describe("given bad input", () => {
    const bounds = [
      { field: "secondsPerAttempt", low: 60, high: 72 * HOUR, change: { heartbeat: 0 } },
      { field: "heartbeat", low: 60, high: 3_600, change: {} },
      { field: "region", low: 0, high: 11, change: {} },
    ] as const;
    for (const { field, low, high, change } of bounds) {
      it(`refuses ${field} outside of ${low}..${high}, and takes both ends`, async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, actors, service } = world;
        const post = (value: number) => postJob(world, actors.requester, service, { ...change, [field]: value });
        for (const value of low === 0 ? [high + 1] : [low - 1, high + 1]) {
          await expect(post(value))
            .to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds")
            .withArgs(value, low, high);
        }
        for (const value of [low, high]) expect(await statusOf(world, await post(value))).to.equal(1n);
      });
    }

    it("refuses region 254, one short of any region", async () => {
      const world = await loadFixture(deployMarket);
      await expect(postJob(world, world.actors.requester, world.service, { region: ANY_REGION - 1 }))
        .to.be.revertedWithCustomError(world.escrow, "EscrowOutOfBounds")
        .withArgs(ANY_REGION - 1, 0, 11);
    });

    it("refuses an expiry in the past or more than a year ahead, and takes this second and a year", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service } = world;
      let now = (await time.latest()) + 100;
      for (const ahead of [-1, 365 * DAY + 1]) {
        await time.setNextBlockTimestamp((now += 10));
        await expect(postJob(world, actors.requester, service, { expiry: now + ahead }))
          .to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds")
          .withArgs(now + ahead, now, now + 365 * DAY);
      }
      for (const ahead of [0, 365 * DAY]) {
        await time.setNextBlockTimestamp((now += 10));
        const job = await postJob(world, actors.requester, service, { expiry: now + ahead });
        expect(agreementOf(job).terms.expiry).to.equal(BigInt(now + ahead));
      }
    });

    it("takes a verifier exactly in proof mode, from the allow-list, with gas inside the bounds", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, actors, service, attestation } = world;
      const verifier = await attestation.getAddress();
      const post = (change: object) => postJob(world, actors.requester, service, change);
      for (const [mode, given] of [
        [Mode.Proof, actors.stranger.address],
        [Mode.Proof, ethers.ZeroAddress],
        [Mode.Acceptance, verifier],
      ] as const) {
        await expect(post({ mode, verifier: given, verifierGas: 100_000 }))
          .to.be.revertedWithCustomError(escrow, "EscrowVerifierNotAllowed")
          .withArgs(given);
      }
      for (const verifierGas of [49_999, 5_000_001]) {
        await expect(post({ mode: Mode.Proof, verifier, verifierGas }))
          .to.be.revertedWithCustomError(escrow, "EscrowOutOfBounds")
          .withArgs(verifierGas, 50_000, 5_000_000);
      }
      for (const verifierGas of [50_000, 5_000_000]) await post({ mode: Mode.Proof, verifier, verifierGas });
      await escrow.connect(actors.owner).setVerifier(verifier, false);
      await expect(post({ mode: Mode.Proof, verifier, verifierGas: 50_000 })).to.be.revertedWithCustomError(
        escrow,
        "EscrowVerifierNotAllowed",
      );
    });

    it("refuses a price above the maximum, naming both, and takes the price itself", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, catalog, actors, service } = world;
      const { total } = await catalog.quote(service.id, 1, false);
      await expect(postJob(world, actors.requester, service, { maxTotalGwei: total - 1n }))
        .to.be.revertedWithCustomError(escrow, "EscrowPriceAboveMaximum")
        .withArgs(total, total - 1n);
      expect((await postJob(world, actors.requester, service, { maxTotalGwei: total })).total).to.equal(total * GWEI);
    });

    it("refuses an unknown service and no units", async () => {
      const world = await loadFixture(deployMarket);
      const { catalog, actors, service } = world;
      await expect(postJob(world, actors.requester, { id: 99n }))
        .to.be.revertedWithCustomError(catalog, "CatalogUnknownService")
        .withArgs(99);
      await expect(postJob(world, actors.requester, service, { units: 0 })).to.be.revertedWithCustomError(
        catalog,
        "CatalogZeroUnits",
      );
    });

    it("refuses the greatest number of units where the total does not fit 64 bits", async () => {
      const world = await loadFixture(deployMarket);
      const { catalog, actors } = world;
      const dear = await addService(world, { label: "dear", pricePerUnit: 5n * TOKEN });
      await expect(postJob(world, actors.requester, dear, { units: 2 ** 32 - 1 })).to.be.revertedWithCustomError(
        catalog,
        "PricingSumTooLarge",
      );
    });
  });

  describe("given too little money or consent", () => {
    it("refuses a holder without an account", async () => {
      const world = await loadFixture(deployMarket);
      await expect(postJob(world, world.actors.stranger, world.service))
        .to.be.revertedWithCustomError(world.vault, "VaultNoAccount")
        .withArgs(world.actors.stranger.address);
    });

    it("refuses an account that did not authorise the escrow", async () => {
      const world = await loadFixture(deployMarket);
      const { vault, escrow, actors, service } = world;
      await vault.connect(actors.requester).setAuthorisation(escrow, false);
      await expect(postJob(world, actors.requester, service))
        .to.be.revertedWithCustomError(vault, "VaultNotAuthorised")
        .withArgs(await vault.accountOf(actors.requester), await escrow.getAddress());
    });

    it("refuses a balance one wei short of the total, and takes exactly the total", async () => {
      const world = await loadFixture(deployMarket);
      const { vault, actors, service, catalog } = world;
      const total = (await catalog.quote(service.id, 1, false)).total * GWEI;
      const account = await fundRequester(world, actors.stranger, total);
      await vault.connect(actors.stranger).withdraw(1, actors.stranger);
      await expect(postJob(world, actors.stranger, service))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(account, total - 1n, total);
      await world.token.connect(actors.stranger).approve(vault, 1);
      await vault.connect(actors.stranger).deposit(account, 1);
      await postJob(world, actors.stranger, service);
      expect(await vault.balanceOf(account)).to.equal(0n);
      await conserve(world);
    });

    it("refuses when the escrow lost the right to spend", async () => {
      const world = await loadFixture(deployMarket);
      const { vault, escrow, actors, service } = world;
      await vault.connect(actors.owner).setModule(escrow, 0);
      await expect(postJob(world, actors.requester, service))
        .to.be.revertedWithCustomError(vault, "VaultMissingScope")
        .withArgs(await escrow.getAddress(), 1);
    });
  });

  it("I44 stops when paused, and goes on when resumed", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, actors, service } = world;
    await expect(escrow.connect(actors.owner).setPaused(true)).to.emit(escrow, "PausedChanged").withArgs(true);
    await expect(postJob(world, actors.requester, service)).to.be.revertedWithCustomError(escrow, "EscrowPaused");
    await expect(escrow.connect(actors.owner).setPaused(false)).to.emit(escrow, "PausedChanged").withArgs(false);
    await postJob(world, actors.requester, service);
  });

  describe("given a good request", () => {
    it("I12 debits exactly the quoted total and puts the job into its class queue", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, catalog, vault, actors, service } = world;
      const before = await vaultBalance(world, actors.requester);
      const job = await postJob(world, actors.requester, service, { units: 3 });
      const quote = await catalog.quote(service.id, 3, false);
      expect(job.total).to.equal(quote.total * GWEI);
      expect(before - (await vaultBalance(world, actors.requester))).to.equal(job.total);
      expect(await vault.heldBy(escrow)).to.equal(job.total);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
      expect((await queueOf(world, CLASS.T4)).mainTail).to.equal(1n);
      expect(await escrow.agreementHashOf(job.id)).to.equal(await escrow.hashAgreement(job.id, job.agreement));
      expect(await escrow.resultOf(job.id)).to.equal(NONE);
      await conserve(world);
    });

    it("I18 fixes request, offer and settings in the agreement, word by word", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, catalog, vault, actors, service, attestation, config } = world;
      const [verifier, resolver] = [await attestation.getAddress(), await world.arbiter.getAddress()];
      // The next block's time follows the clock of the machine, which went on since the fixture's snapshot.
      await mine();
      const expiry = BigInt((await time.latest()) + 1_000);
      const change = {
        units: 2,
        region: 3,
        mode: Mode.Proof,
        secondsPerAttempt: 7_000,
        heartbeat: 700,
        expiry,
        inputDigest: digest("this input"),
        parametersHash: digest("these parameters"),
        note: digest("this note"),
        verifier,
        verifierGas: 77_000,
      };
      const job = await postJob(world, actors.requester, service, { ...change, ring: 65_535 });
      const { compute, modelRoyalty, datasetRoyalty, protocolFee, drawUnit, drawReserve, reviewFee } =
        await catalog.quote(service.id, 2, false);
      const { escrow: set } = config;
      expect(agreementOf(job)).to.deep.equal({
        requester: actors.requester.address,
        model: service.model,
        dataset: service.dataset,
        modelHash: service.modelHash,
        datasetHash: service.datasetHash,
        inputDigest: change.inputDigest,
        parametersHash: change.parametersHash,
        note: change.note,
        terms: {
          service: service.id,
          units: 2n,
          expiry,
          secondsPerAttempt: 7_000n,
          heartbeat: 700n,
          classId: BigInt(CLASS.T4),
          region: 3n,
          complexity: 5n,
          mode: BigInt(Mode.Proof),
          gpuCount: 1n,
          lockFactor: BigInt(set.lockFactor),
          feeBps: BigInt(config.fees.feeBps),
          moduleGeneration: 1n,
        },
        windows: {
          acceptanceMinutes: BigInt(set.acceptanceMinutes),
          reviewHours: BigInt(set.reviewHours),
          challengeHours: BigInt(set.challengeHours),
          revealSeconds: BigInt(set.revealSeconds),
          disputeSeconds: BigInt(set.disputeSeconds),
          referenceSeconds: 120n,
          modelPayee: await vault.accountOf(actors.modelOwner),
          datasetPayee: await vault.accountOf(actors.datasetOwner),
          namedGpu: 0n,
        },
        lines: { compute, modelRoyalty, datasetRoyalty, protocolFee },
        reserves: {
          drawUnit: drawUnit / 100_000n,
          drawReserve,
          reviewFee,
          inputCharge: (await catalog.classFiguresOf(service.id)).inputChargeGwei,
        },
        resolver,
        verifier,
        verifierGas: 77_000n,
      });
      expect(splitJobId(job.id)).to.deep.equal({
        requester: await vault.accountOf(actors.requester),
        ring: 65_535n,
        generation: 1n,
      });
      expect(await fieldsOf({ escrow }, job)).to.deep.equal({
        gpu: 0n,
        payGwei: compute,
        due: 0n,
        round: 0n,
        generation: 1n,
        elapsed: 0n,
        status: BigInt(Status.Posted),
        mode: BigInt(Mode.Proof),
        lane: 0n,
        attempt: 0n,
        drawFees: 0n,
        inputCharges: 0n,
        acceptanceMinutes: BigInt(set.acceptanceMinutes),
        reviewHours: BigInt(set.reviewHours),
        seats: 1n,
        accepted: false,
        redrawn: false,
        byFallback: false,
        refundDue: false,
        bonded: false,
        accused: false,
      });
    });

    it("tells the vault the lane: 0 drawn, 1 named", async () => {
      const world = await loadFixture(deployMarket);
      const { vault, escrow, actors, service, gpus } = world;
      const account = await vault.accountOf(actors.requester);
      for (const [lane, namedGpu] of [
        [0, 0n],
        [1, gpus[0]!.id],
      ] as const) {
        const { total } = await world.catalog.quote(service.id, 1, lane === 1);
        await postJob(world, actors.requester, service, { namedGpu });
        const [debited] = await vault.queryFilter(vault.filters.Debited(), await time.latestBlock());
        expect([...(debited?.args ?? [])]).to.deep.equal([
          account,
          await escrow.getAddress(),
          total * GWEI,
          BigInt(lane),
        ]);
      }
    });

    it("gives each job of a line the next ticket", async () => {
      const world = await loadFixture(deployMarket);
      const { actors, service } = world;
      for (const ticket of [0n, 1n, 2n]) {
        expect((await postJob(world, actors.requester, service)).ticket).to.equal(ticket);
      }
    });

    it("of a model alone and without royalties pays none", async () => {
      const world = await loadFixture(deployMarket);
      const bare = await addService(world, { label: "bare", withDataset: false, modelPrice: 0n, listed: false });
      const { job, gpu } = await postAndDraw({ ...world, service: bare });
      const { dataset, terms, windows } = agreementOf(job);
      expect([dataset, windows.datasetPayee, windows.referenceSeconds, terms.complexity]).to.deep.equal([
        0n,
        0n,
        0n,
        1n,
      ]);
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await world.vault.heldBy(world.assets)).to.equal(0n);
      await conserve(world);
    });
  });

  describe("ring indices", () => {
    async function ringIsBusy(world: Market, job: Job, status: number): Promise<void> {
      const { ring } = splitJobId(job.id);
      const account = await world.vault.accountOf(job.requester);
      await expect(postJob(world, job.requester, world.service, { ring }))
        .to.be.revertedWithCustomError(world.escrow, "EscrowRingBusy")
        .withArgs(account, ring, status);
    }

    it("are busy in every state but an end", async () => {
      const world = await loadFixture(deployMarket);
      const posted = await postJob(world, world.actors.requester, world.service);
      await ringIsBusy(world, posted, Status.Posted);
      await drawRound(world, [CLASS.T4]);
      await ringIsBusy(world, posted, Status.Assigned);
      await deliver(world, posted, await holderOf(world, posted, world.gpus));
      await ringIsBusy(world, posted, Status.Delivered);
      const sealed = await committedJob();
      await ringIsBusy(sealed.world, sealed.job, Status.Committed);
      const rejected = await disputedJob();
      await ringIsBusy(rejected.world, rejected.job, Status.Disputed);
    });

    it("are busy while a refund is due", async () => {
      const world = await loadFixture(deployMarket);
      const job = await postJob(world, world.actors.requester, world.service);
      await requestRound(world, [CLASS.T4]);
      await time.increase(600);
      await world.escrow.connect(world.actors.stranger).closeRound(CLASS.T4, 1);
      await ringIsBusy(world, job, Status.Expired);
      await world.escrow.connect(world.actors.stranger).refund(job.id, job.agreement);
      expect((await postJob(world, job.requester, world.service, { ring: 0 })).id).to.equal(job.id + 1n);
    });

    const ends = {
      Settled: async () => {
        const held = await deliveredJob();
        await settle(held.world, held.job);
        return held;
      },
      Refunded: async () => {
        const held = await disputedJob();
        await ruleOn(held.world, held.job, Verdict.Unavailable);
        return held;
      },
      Split: async () => {
        const held = await disputedJob();
        await overdue(held.world, held.job);
        await held.world.escrow.connect(held.world.actors.stranger).splitDispute(held.job.id, held.job.agreement);
        return held;
      },
      Cancelled: async () => {
        const world = await loadFixture(deployMarket);
        const job = await postJob(world, world.actors.requester, world.service);
        await world.escrow.connect(job.requester).cancel(job.id, job.agreement, job.ticket, false);
        return { world, job };
      },
      Expired: async () => {
        const world = await loadFixture(deployMarket);
        const job = await postJob(world, world.actors.requester, world.service, { namedGpu: world.gpus[0]!.id });
        await missOnce(world, job);
        return { world, job };
      },
    };
    for (const [name, end] of Object.entries(ends)) {
      it(`are used again after ${name}, as the next generation that owes nothing to the last`, async () => {
        const { world, job } = await end();
        const { escrow, service } = world;
        expect(await statusOf(world, job)).to.equal(BigInt(Status[name as keyof typeof ends]));
        const next = await postJob(world, job.requester, service, { ring: 0 });
        expect(next.id).to.equal(job.id + 1n);
        await expect(escrow.jobOf(job.id)).to.be.revertedWithCustomError(escrow, "EscrowUnknownJob").withArgs(job.id);
        expect(await escrow.resultOf(next.id)).to.equal(NONE);
        const { gpu, attempt, drawFees, accepted, redrawn, generation } = await fieldsOf(world, next);
        expect([gpu, attempt, drawFees, accepted, redrawn]).to.deep.equal([0n, 0n, 0n, false, false]);
        expect(generation).to.equal(2n);
      });
    }
  });

  describe("a full line", () => {
    it("refuses the 4,097th waiting job and debits nothing; one place less is enough", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, vault, actors, service } = world;
      await setQueue(world, CLASS.T4, { mainHead: 10n, mainTail: 10n + 4_096n });
      const before = await vaultBalance(world, actors.requester);
      await expect(postJob(world, actors.requester, service))
        .to.be.revertedWithCustomError(escrow, "EscrowQueueFull")
        .withArgs(CLASS.T4);
      expect(await vaultBalance(world, actors.requester)).to.equal(before);
      expect(await vault.heldBy(escrow)).to.equal(0n);
      await setQueue(world, CLASS.T4, { mainHead: 11n });
      expect((await postJob(world, actors.requester, service)).ticket).to.equal(10n + 4_096n);
    });
  });

  describe("of a named GPU", () => {
    it("hands the job to it at once, without a ticket, and emits what a draw would", async () => {
      const world = await loadFixture(deployMarket);
      const { escrow, registry, vault, actors, service, gpus, config } = world;
      const gpu = gpus[0]!;
      const at = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(at);
      const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
      const due = BigInt(at + Number(config.escrow.acceptanceMinutes) * 60);
      const receipt = await lastReceipt();
      const [assigned] = eventsOf(receipt, escrow, "JobAssigned");
      expect(assigned?.args.toArray()).to.deep.equal([job.id, gpu.id, 0n, 1n, due]);
      const { compute } = await world.catalog.quote(service.id, 1, true);
      expect(eventsOf(receipt, registry, "GpuNamed")[0]?.args.toArray()).to.deep.equal([gpu.id, compute * 5n]);
      expect(job.ticket).to.equal(0n);
      const { status, lane, attempt } = await fieldsOf(world, job);
      expect([status, lane, attempt]).to.deep.equal([BigInt(Status.Assigned), 1n, 1n]);
      expect((await queueOf(world, CLASS.T4)).mainTail).to.equal(0n);
      expect(jobReserves.decode(BigInt(job.agreement.reserves)).drawReserve).to.equal(0n);
      expect((await registry.gpuOf(gpu.id)).locked).to.equal(compute * 5n * GWEI);
      expect(await vault.heldBy(escrow)).to.equal(job.total);
    });

    it("touches neither score nor window, and pays", async () => {
      const world = await loadFixture(deployMarket);
      const { registry, actors, service, gpus } = world;
      const gpu = gpus[0]!;
      const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
      const score = await registry.scoreOf(gpu.ownerAccount);
      await deliver(world, job, gpu);
      await settle(world, job);
      expect(await registry.scoreOf(gpu.ownerAccount)).to.equal(score);
      expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
      await conserve(world);
    });

    for (const end of ["decline", "miss"] as const) {
      it(`closes with a full refund after a ${end}, and touches no score`, async () => {
        const world = await loadFixture(deployMarket);
        const { escrow, registry, actors, service, gpus } = world;
        const gpu = gpus[0]!;
        const before = await vaultBalance(world, actors.requester);
        const job = await postJob(world, actors.requester, service, { namedGpu: gpu.id });
        if (end === "decline") await escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
        else await missOnce(world, job);
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Expired));
        expect(await vaultBalance(world, actors.requester)).to.equal(before);
        expect([...(await registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
        await conserve(world);
      });
    }

    it("refuses what the registry refuses, and debits nothing", async () => {
      const world = await loadFixture(deployMarket);
      const { registry, catalog, actors, service, gpus } = world;
      const [busy, leaving, poor] = [gpus[0]!, gpus[1]!, gpus[2]!];
      const name = (namedGpu: bigint, units = 1) => postJob(world, actors.requester2, service, { namedGpu, units });
      await postJob(world, actors.requester, service, { namedGpu: busy.id });
      await registry.connect(leaving.owner).beginUnbond(leaving.id, (await registry.gpuOf(leaving.id)).stake);
      const { stake } = await registry.gpuOf(poor.id);
      const { compute } = await catalog.quote(service.id, 20_000, true);
      const before = await vaultBalance(world, actors.requester2);
      await expect(name(99n)).to.be.revertedWithCustomError(registry, "RegistryUnknownGpu").withArgs(99);
      await expect(name(busy.id)).to.be.revertedWithCustomError(registry, "RegistryNoFreeSlot").withArgs(busy.id);
      await expect(name(leaving.id)).to.be.revertedWithCustomError(registry, "RegistryLeaving").withArgs(leaving.id);
      await expect(name(poor.id, 20_000))
        .to.be.revertedWithCustomError(registry, "RegistryStakeShort")
        .withArgs(poor.id, stake / GWEI, compute * 5n);
      await postJob(world, actors.requester, service);
      await requestRound(world, [CLASS.T4]);
      await expect(name(poor.id)).to.be.revertedWithCustomError(registry, "RegistryFrozenEntrant").withArgs(poor.id, 1);
      await registry.connect(actors.owner).setWorkStopped(true);
      await expect(name(gpus[3]!.id)).to.be.revertedWithCustomError(registry, "RegistryPaused");
      expect(await vaultBalance(world, actors.requester2)).to.equal(before);
      await conserve(world);
    });

    it("may be its requester's own: it earns no score, and the fee is lost", async () => {
      const world = await loadFixture(deployMarket);
      const { registry, actors, service, vault, escrow } = world;
      const own = await addGpu(world, actors.requester);
      const job = await postJob(world, actors.requester, service, { namedGpu: own.id });
      await deliver(world, job, own);
      await settle(world, job);
      expect([...(await registry.windowOf(own.ownerAccount))]).to.deep.equal([0n, 0n]);
      const { protocolFee } = await world.catalog.quote(service.id, 1, true);
      expect(await vault.feesOf(escrow)).to.equal(protocolFee * GWEI);
      await conserve(world);
    });
  });

  it("I18 takes over new settings in new agreements only", async () => {
    const world = await loadFixture(deployMarket);
    const { escrow, actors, service } = world;
    const old = await postJob(world, actors.requester, service);
    const next = {
      acceptanceMinutes: 20,
      reviewHours: 48,
      revealSeconds: 3_600,
      disputeSeconds: 8 * DAY,
      lockFactor: 9,
    };
    await escrow
      .connect(actors.owner)
      .setSettings({ ...(await settingsOf(world)), ...next, resolver: actors.stranger.address });
    const fresh = await postJob(world, actors.requester, service);
    const { windows, terms, resolver } = agreementOf(fresh);
    expect(windows).to.deep.include({
      acceptanceMinutes: 20n,
      reviewHours: 48n,
      revealSeconds: 3_600n,
      disputeSeconds: BigInt(8 * DAY),
    });
    expect([terms.lockFactor, resolver]).to.deep.equal([9n, actors.stranger.address]);
    expect(await escrow.agreementHashOf(old.id)).to.equal(await escrow.hashAgreement(old.id, old.agreement));
    const { acceptanceMinutes, reviewHours } = await fieldsOf(world, old);
    expect([acceptanceMinutes, reviewHours]).to.deep.equal([10n, 24n]);
  });
});
