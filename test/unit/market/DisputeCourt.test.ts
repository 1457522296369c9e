import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import fc from "fast-check";
import { jobReserves, jobWord } from "../../../src/protocol/words";
import {
  conserve,
  deliver,
  deployMarket,
  digest,
  dueOf,
  fundRequester,
  type Gpu,
  GWEI,
  type Job,
  Mode,
  postAndDraw,
  Status,
  statusOf,
  TOKEN,
  vaultBalance,
  Verdict,
  type World,
} from "../../fixtures/suite";

const NOBODY = ethers.ZeroAddress;
const NONE = ethers.ZeroHash;
const RESULT = digest("result");
const OTHER = digest("another result");
const REASON = digest("why");
const SEATS = 5n;
const DOMAIN = 3n;
const DAY = 86_400n;
const Finding = { None: 0n, Valid: 1n, Invalid: 2n, Unavailable: 3n } as const;

/** Lets new jobs be judged by another resolver. */
async function setResolver({ escrow, actors }: World, resolver: string): Promise<void> {
  const { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor } =
    await escrow.settings();
  const rest = { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
  await escrow.connect(actors.owner).setSettings({ resolver, ...rest });
}

/** The court over a panel that says what a test wants, and the escrow of a deployed market with it as its resolver. */
async function courtWorld() {
  const world = await deployMarket();
  const { escrow, vault, registry, actors } = world;
  const judge = await ethers.deployContract("PanelMock");
  const court = await ethers.deployContract("DisputeCourt", [judge, registry, SEATS, DOMAIN, actors.owner]);
  await vault.connect(actors.owner).setModule(court, 1);
  await court.authorise();
  await court.connect(actors.owner).setEscrow(escrow, true);
  await setResolver(world, await court.getAddress());
  return { ...world, judge, court };
}

/** A job that was delivered and rejected. */
async function disputedWorld() {
  const world = await courtWorld();
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  await world.escrow.connect(world.actors.requester).reject(job.id, job.agreement, REASON);
  return inDispute(world, job, gpu);
}

/** A job that was delivered and that requester2 challenged, before the panel. */
async function challengedWorld() {
  const world = await courtWorld();
  const { requester, requester2 } = world.actors;
  const { job, gpu } = await postAndDraw(world, requester, { mode: Mode.Optimistic });
  await deliver(world, job, gpu);
  await fundRequester(world, requester2);
  await world.escrow.connect(requester2).challenge(job.id, job.agreement, REASON);
  await world.vault.connect(requester2).setAuthorisation(world.court, true);
  const disputed = await inDispute(world, job, gpu);
  await disputed.court.openCase(...disputed.of);
  return disputed;
}

/** What the court's calls need of a job in dispute. */
async function inDispute(world: Awaited<ReturnType<typeof courtWorld>>, job: Job, gpu: Gpu) {
  const { escrow, vault, court, actors } = world;
  await fundRequester(world, gpu.owner);
  for (const party of [actors.requester, gpu.owner]) await vault.connect(party).setAuthorisation(court, true);
  const voters: bigint[] = [];
  for (let i = 0; i < 8; ++i) {
    const holder = ethers.Wallet.createRandom().address;
    await vault.connect(actors.stranger).openAccount(holder);
    voters.push(await vault.accountOf(holder));
  }
  const of = [escrow, job.id, job.agreement] as const;
  const reviewFee = jobReserves.decode(BigInt(job.agreement.reserves)).reviewFee * GWEI;
  const subject = ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256"],
      [31337, await escrow.getAddress(), job.id],
    ),
  );
  const question = ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [await court.getAddress(), subject]),
  );
  return { ...world, job, gpu, of, reviewFee, subject, question, voters };
}

/** The same, before the panel. */
async function openedWorld() {
  const world = await disputedWorld();
  await world.court.openCase(...world.of);
  return world;
}

/** The same, found guilty and appealed by the GPU's owner. */
async function appealedWorld() {
  const world = await openedWorld();
  await world.judge.decide(Finding.Invalid, OTHER, [], 0);
  await world.court.connect(world.gpu.owner).appeal(...world.of);
  return world;
}

describe("DisputeCourt", () => {
  describe("constructor", () => {
    it("refuses zero addresses, an even, too small or too large panel, and a domain that is none", async () => {
      const { court, judge, registry, actors } = await loadFixture(courtWorld);
      const factory = await ethers.getContractFactory("DisputeCourt");
      for (const pair of [
        [NOBODY, registry],
        [judge, NOBODY],
      ] as const) {
        await expect(factory.deploy(pair[0], pair[1], 5, 0, actors.owner)).to.be.revertedWithCustomError(
          court,
          "CourtZeroAddress",
        );
      }
      await expect(factory.deploy(judge, registry, 5, 0, NOBODY)).to.be.revertedWithCustomError(
        court,
        "OwnableInvalidOwner",
      );
      for (const seats of [1, 2, 16, 17]) {
        await expect(factory.deploy(judge, registry, seats, 0, actors.owner))
          .to.be.revertedWithCustomError(court, "CourtOutOfBounds")
          .withArgs(seats, 3, 15);
      }
      await expect(factory.deploy(judge, registry, 4, 0, actors.owner))
        .to.be.revertedWithCustomError(
          await ethers.getContractAt("IReviewPanel", await judge.getAddress()),
          "PanelEvenSeats",
        )
        .withArgs(4);
      await expect(factory.deploy(judge, registry, 5, 32, actors.owner))
        .to.be.revertedWithCustomError(court, "CourtOutOfBounds")
        .withArgs(32, 0, 31);
    });

    it("opens its account in the registry's vault", async () => {
      const { court, judge, vault, registry, actors } = await loadFixture(courtWorld);
      expect(await court.panel()).to.equal(await judge.getAddress());
      expect(await court.registry()).to.equal(await registry.getAddress());
      expect(await court.vault()).to.equal(await vault.getAddress());
      expect(await vault.holderOf(await court.account())).to.equal(await court.getAddress());
      expect(await court.owner()).to.equal(actors.owner.address);
      expect([...(await court.terms())]).to.deep.equal([SEATS, DOMAIN]);
    });
  });

  describe("setters", () => {
    it("are the owner's", async () => {
      const { court, escrow, actors } = await loadFixture(courtWorld);
      const by = court.connect(actors.stranger);
      for (const send of [
        () => by.setEscrow(escrow, true),
        () => by.setTerms(5, 0),
        () => by.setServiceDomain(1, 0),
        () => by.withdrawFees(actors.stranger),
      ]) {
        await expect(send())
          .to.be.revertedWithCustomError(court, "OwnableUnauthorizedAccount")
          .withArgs(actors.stranger.address);
      }
    });

    it("setEscrow: needs an escrow whose disputes last as long as the longest question", async () => {
      const { court, escrow, judge, actors } = await loadFixture(courtWorld);
      const by = court.connect(actors.owner);
      await expect(by.setEscrow(NOBODY, true)).to.be.revertedWithCustomError(court, "CourtZeroAddress");
      await expect(by.setEscrow(escrow, false))
        .to.emit(court, "EscrowChanged")
        .withArgs(await escrow.getAddress(), false);
      expect(await court.isEscrow(escrow)).to.equal(false);
      await judge.setLongest(14n * DAY + 1n);
      await expect(by.setEscrow(escrow, true))
        .to.be.revertedWithCustomError(court, "CourtDeadlineShort")
        .withArgs(14n * DAY, 14n * DAY + 1n);
      await judge.setLongest(14n * DAY);
      await expect(by.setEscrow(escrow, true))
        .to.emit(court, "EscrowChanged")
        .withArgs(await escrow.getAddress(), true);
      expect(await court.isEscrow(escrow)).to.equal(true);
    });

    it("setTerms and setServiceDomain: bounds, events, and what new cases take over", async () => {
      const { court, judge, of, job, actors } = await loadFixture(disputedWorld);
      const by = court.connect(actors.owner);
      await expect(by.setTerms(17, 0)).to.be.revertedWithCustomError(court, "CourtOutOfBounds").withArgs(17, 3, 15);
      await expect(by.setTerms(15, 31)).to.emit(court, "TermsChanged").withArgs(15, 31);
      await expect(by.setServiceDomain(7, 32)).to.be.revertedWithCustomError(court, "CourtOutOfBounds");
      const service = Number(BigInt(job.agreement.terms) & 0xffffffffn);
      expect(await court.domainOf(service)).to.equal(31);
      await expect(by.setServiceDomain(service, 0)).to.emit(court, "ServiceDomainChanged").withArgs(service, 0);
      expect(await court.domainOf(service)).to.equal(0);
      expect(await court.domainOf(service + 1)).to.equal(31);
      await court.openCase(...of);
      const asked = await judge.asked();
      expect([asked.seats, asked.domain]).to.deep.equal([15n, 0n]);
    });
  });

  describe("openCase", () => {
    it("asks what the delivered digest is about, until the dispute's deadline, with every party barred", async () => {
      const world = await loadFixture(disputedWorld);
      const { court, escrow, vault, judge, job, gpu, of, question, subject, actors } = world;
      expect(await court.subjectOf(escrow, job.id)).to.equal(subject);
      await expect(court.connect(actors.stranger).openCase(...of))
        .to.emit(court, "CaseOpened")
        .withArgs(await escrow.getAddress(), job.id, question, DOMAIN, RESULT);
      const asked = await judge.asked();
      expect(await judge.asker()).to.equal(await court.getAddress());
      expect([asked.subject, asked.claim, asked.domain, asked.seats]).to.deep.equal([subject, RESULT, DOMAIN, SEATS]);
      expect(asked.deadline).to.equal(await dueOf(world, job));
      expect([...asked.parties]).to.deep.equal([
        await vault.accountOf(actors.requester),
        gpu.ownerAccount,
        await vault.accountOf(actors.modelOwner),
        await vault.accountOf(actors.datasetOwner),
        // Nobody accused: the requester rejected.
        0n,
      ]);
      expect([...(await court.caseOf(escrow, job.id))]).to.deep.equal([question, 0n, 0n, 0n, false]);
    });

    it("bars who challenged from the panel", async () => {
      const { judge, vault, actors, gpu } = await loadFixture(challengedWorld);
      expect([...(await judge.asked()).parties]).to.deep.equal([
        await vault.accountOf(actors.requester),
        gpu.ownerAccount,
        await vault.accountOf(actors.modelOwner),
        await vault.accountOf(actors.datasetOwner),
        await vault.accountOf(actors.requester2),
      ]);
    });

    it("refuses a foreign escrow, a foreign agreement, another resolver, and a job that is not in dispute", async () => {
      const world = await loadFixture(disputedWorld);
      const { court, escrow, job, of, service, gpus, actors } = world;
      await court.connect(actors.owner).setEscrow(escrow, false);
      await expect(court.openCase(...of))
        .to.be.revertedWithCustomError(court, "CourtUnknownEscrow")
        .withArgs(await escrow.getAddress());
      await court.connect(actors.owner).setEscrow(escrow, true);
      await expect(court.openCase(escrow, job.id, { ...job.agreement, note: OTHER }))
        .to.be.revertedWithCustomError(court, "CourtWrongAgreement")
        .withArgs(job.id);
      await expect(court.openCase(escrow, job.id + 1n, job.agreement)).to.be.revertedWithCustomError(
        escrow,
        "EscrowUnknownJob",
      );

      const quiet = await postAndDraw({ ...world, service, gpus }, actors.requester2);
      await deliver(world, quiet.job, quiet.gpu);
      await expect(court.openCase(escrow, quiet.job.id, quiet.job.agreement))
        .to.be.revertedWithCustomError(court, "CourtNotDisputed")
        .withArgs(quiet.job.id);

      await setResolver(world, actors.arbiter.address);
      const elsewhere = await postAndDraw({ ...world, service, gpus }, actors.requester2);
      await deliver(world, elsewhere.job, elsewhere.gpu);
      await escrow.connect(actors.requester2).reject(elsewhere.job.id, elsewhere.job.agreement, REASON);
      await expect(court.openCase(escrow, elsewhere.job.id, elsewhere.job.agreement))
        .to.be.revertedWithCustomError(court, "CourtWrongAgreement")
        .withArgs(elsewhere.job.id);
    });

    it("takes the last second of the dispute, and none after it", async () => {
      const world = await loadFixture(disputedWorld);
      const { court, job, of } = world;
      const due = await dueOf(world, job);
      await time.setNextBlockTimestamp(due);
      await court.openCase.staticCall(...of, { blockTag: "pending" });
      await time.increaseTo(due + 1n);
      await expect(court.openCase(...of)).to.be.revertedWithCustomError(court, "CourtNotDisputed");
    });
  });

  describe("appeal", () => {
    for (const [name, finding, digest_, appellant] of [
      ["the requester against Valid", Finding.Valid, RESULT, "requester"],
      ["the GPU's owner against Invalid", Finding.Invalid, OTHER, "owner"],
      ["the GPU's owner against Unavailable", Finding.Unavailable, NONE, "owner"],
    ] as const) {
      it(`is for who lost, for twice the review fee: ${name}`, async () => {
        const world = await loadFixture(openedWorld);
        const { court, escrow, vault, judge, job, gpu, of, question, reviewFee, actors } = world;
        await judge.decide(finding, digest_, [], 0);
        const [by, other] = appellant === "owner" ? [gpu.owner, actors.requester] : [actors.requester, gpu.owner];
        await expect(court.connect(other).appeal(...of))
          .to.be.revertedWithCustomError(court, "CourtNotAggrieved")
          .withArgs(job.id, other.address);
        await expect(court.connect(actors.stranger).appeal(...of))
          .to.be.revertedWithCustomError(court, "CourtNotParty")
          .withArgs(job.id, actors.stranger.address);
        const account = await vault.accountOf(by);
        const before = await vaultBalance(world, by);
        await expect(court.connect(by).appeal(...of))
          .to.emit(court, "CaseAppealed")
          .withArgs(question, account, 2n * reviewFee);
        expect(before - (await vaultBalance(world, by))).to.equal(2n * reviewFee);
        expect(await vault.heldBy(court)).to.equal(2n * reviewFee);
        expect([await judge.appealed(), await judge.appellant()]).to.deep.equal([question, account]);
        expect([...(await court.caseOf(escrow, job.id))]).to.deep.equal([
          question,
          account,
          2n * reviewFee,
          finding,
          false,
        ]);
        await conserve(world);
      });
    }

    it("is for who challenged too, and for the requester, against Valid", async () => {
      const world = await loadFixture(challengedWorld);
      const { court, vault, judge, job, gpu, of, question, reviewFee, actors } = world;
      await judge.decide(Finding.Valid, RESULT, [], 0);
      await expect(court.connect(gpu.owner).appeal(...of)).to.be.revertedWithCustomError(court, "CourtNotAggrieved");
      await court.connect(actors.requester).appeal.staticCall(...of);
      await expect(court.connect(actors.requester2).appeal(...of))
        .to.emit(court, "CaseAppealed")
        .withArgs(question, await vault.accountOf(actors.requester2), 2n * reviewFee);
      await expect(court.connect(actors.stranger).appeal(...of))
        .to.be.revertedWithCustomError(court, "CourtNotParty")
        .withArgs(job.id, actors.stranger.address);
      await conserve(world);
    });

    it("is not for who challenged against guilt", async () => {
      const { court, judge, job, of, actors } = await loadFixture(challengedWorld);
      await judge.decide(Finding.Invalid, OTHER, [], 0);
      for (const winner of [actors.requester2, actors.requester]) {
        await expect(court.connect(winner).appeal(...of))
          .to.be.revertedWithCustomError(court, "CourtNotAggrieved")
          .withArgs(job.id, winner.address);
      }
    });

    it("needs a case, the job's agreement, a live dispute and a bond", async () => {
      const world = await loadFixture(disputedWorld);
      const { court, escrow, vault, judge, job, gpu, of } = world;
      const by = court.connect(gpu.owner);
      await expect(by.appeal(...of))
        .to.be.revertedWithCustomError(court, "CourtNoCase")
        .withArgs(job.id);
      await court.openCase(...of);
      await judge.decide(Finding.Invalid, OTHER, [], 0);
      await expect(by.appeal(escrow, job.id, { ...job.agreement, note: OTHER })).to.be.revertedWithCustomError(
        court,
        "CourtWrongAgreement",
      );
      await vault.connect(gpu.owner).setAuthorisation(court, false);
      await expect(by.appeal(...of)).to.be.revertedWithCustomError(vault, "VaultNotAuthorised");
      await vault.connect(gpu.owner).setAuthorisation(court, true);
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await expect(by.appeal(...of)).to.be.revertedWithCustomError(court, "CourtNotDisputed");
    });
  });

  describe("conclude", () => {
    for (const [name, finding, digest_, status, verdict] of [
      ["Valid", Finding.Valid, RESULT, Status.Settled, Verdict.Valid],
      ["Invalid", Finding.Invalid, OTHER, Status.Refunded, Verdict.Invalid],
      ["Unavailable", Finding.Unavailable, NONE, Status.Refunded, Verdict.Unavailable],
    ] as const) {
      it(`passes on ${name} and pays the fee to those the panel names, in equal parts`, async () => {
        const world = await loadFixture(openedWorld);
        const { court, escrow, vault, judge, job, of, question, reviewFee, voters, actors } = world;
        // One voted and drew.
        const payees = [...voters.slice(0, 4), voters[0] ?? 0n];
        await judge.decide(finding, digest_, payees, SEATS);
        const share = (reviewFee / GWEI / 5n) * GWEI;
        const fees = await vault.feesOf(court);
        await expect(court.connect(actors.stranger).conclude(...of))
          .to.emit(court, "CaseClosed")
          .withArgs(await escrow.getAddress(), job.id, question, finding, digest_, true, 5, share)
          .and.to.emit(escrow, "JobRuled")
          .withArgs(job.id, verdict, digest_);
        expect(await statusOf(world, job)).to.equal(BigInt(status));
        expect(await vault.balanceOf(voters[0] ?? 0n)).to.equal(2n * share);
        for (const voter of voters.slice(1, 4)) expect(await vault.balanceOf(voter)).to.equal(share);
        expect((await vault.feesOf(court)) - fees).to.equal(reviewFee - 5n * share);
        expect(await vault.heldBy(court)).to.equal(0);
        expect(await vault.balanceOf(await court.account())).to.equal(0);
        expect((await court.caseOf(escrow, job.id)).closed).to.equal(true);
        await conserve(world);
      });
    }

    it("pays nobody more than twice the part of a full panel: the rest is protocol fee", async () => {
      const world = await loadFixture(openedWorld);
      const { court, vault, judge, of, reviewFee, voters } = world;
      await judge.decide(Finding.Valid, RESULT, voters.slice(0, 1), SEATS);
      await court.conclude(...of);
      const most = ((reviewFee / GWEI) * 2n) / SEATS;
      expect(await vault.balanceOf(voters[0] ?? 0n)).to.equal(most * GWEI);
      expect(await vault.feesOf(court)).to.equal(reviewFee - most * GWEI);
      await conserve(world);
    });

    it("keeps the fee as protocol fee when the panel names nobody", async () => {
      const world = await loadFixture(openedWorld);
      const { court, vault, judge, of, reviewFee } = world;
      await judge.decide(Finding.Valid, RESULT, [], SEATS);
      await court.conclude(...of);
      expect(await vault.feesOf(court)).to.equal(reviewFee);
      await conserve(world);
    });

    it("pays nobody of a panel without seats, which no panel is", async () => {
      const world = await loadFixture(openedWorld);
      const { court, vault, judge, of, reviewFee, voters } = world;
      await judge.decide(Finding.Valid, RESULT, voters.slice(0, 2), 0);
      await court.conclude(...of);
      expect(await vault.feesOf(court)).to.equal(reviewFee);
      for (const voter of voters) expect(await vault.balanceOf(voter)).to.equal(0n);
      await conserve(world);
    });

    it("adds the bond of an appeal that changed nothing", async () => {
      const world = await loadFixture(appealedWorld);
      const { court, vault, judge, of, reviewFee, voters, gpu } = world;
      const before = await vaultBalance(world, gpu.owner);
      await judge.decide(Finding.Invalid, OTHER, voters, 16);
      await court.conclude(...of);
      const share = (3n * reviewFee) / GWEI / 8n;
      const most = (3n * reviewFee * 2n) / GWEI / 16n;
      for (const voter of voters) {
        expect(await vault.balanceOf(voter)).to.equal((share < most ? share : most) * GWEI);
      }
      expect(await vaultBalance(world, gpu.owner)).to.equal(before);
      expect(await vault.heldBy(court)).to.equal(0);
      await conserve(world);
    });

    for (const [name, seats, isLost] of [
      ["returns the bond of an appeal against Valid that no panel heard", 5, false],
      ["adds the bond of an appeal against Valid that its panel heard", 16, true],
    ] as const) {
      it(name, async () => {
        const world = await loadFixture(openedWorld);
        const { court, vault, judge, of, question, reviewFee, voters, actors } = world;
        await judge.decide(Finding.Valid, RESULT, [], 0);
        await court.connect(actors.requester).appeal(...of);
        await judge.setPresentSeats(11);
        await judge.decide(Finding.Valid, RESULT, voters.slice(0, 5), seats);
        const concluded = court.conclude(...of);
        const account = await vault.accountOf(actors.requester);
        if (isLost) await expect(concluded).to.not.emit(court, "BondReturned");
        else
          await expect(concluded)
            .to.emit(court, "BondReturned")
            .withArgs(question, account, 2n * reviewFee);
        const pot = ((isLost ? 3n : 1n) * reviewFee) / GWEI;
        const share = pot / 5n < (2n * pot) / BigInt(seats) ? pot / 5n : (2n * pot) / BigInt(seats);
        expect(await vault.balanceOf(voters[0] ?? 0n)).to.equal(share * GWEI);
        expect(await vault.heldBy(court)).to.equal(0);
        await conserve(world);
      });
    }

    it("returns the bond of an appeal that changed the verdict", async () => {
      const world = await loadFixture(appealedWorld);
      const { court, judge, of, question, reviewFee, voters, gpu, job } = world;
      const before = await vaultBalance(world, gpu.owner);
      await judge.decide(Finding.Unavailable, NONE, voters, 16);
      await expect(court.conclude(...of))
        .to.emit(court, "BondReturned")
        .withArgs(question, gpu.ownerAccount, 2n * reviewFee);
      expect(await vaultBalance(world, gpu.owner)).to.equal(before + 2n * reviewFee);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
      await conserve(world);
    });

    it("I15 ends without a ruling when there is no verdict: the bond returns, the job is the escrow's to split", async () => {
      const world = await loadFixture(appealedWorld);
      const { court, escrow, judge, job, of, question, reviewFee, gpu, actors } = world;
      const before = await vaultBalance(world, gpu.owner);
      await judge.decide(Finding.None, NONE, [], 0);
      await expect(court.conclude(...of))
        .to.emit(court, "CaseClosed")
        .withArgs(await escrow.getAddress(), job.id, question, Finding.None, NONE, false, 0, 0);
      expect(await vaultBalance(world, gpu.owner)).to.equal(before + 2n * reviewFee);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      await time.increaseTo((await dueOf(world, job)) + 1n);
      await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
      await conserve(world);
    });

    it("I15 ends without a ruling when the job was split before, or its ring index holds another job", async () => {
      for (const reused of [false, true]) {
        const world = await loadFixture(appealedWorld);
        const { court, escrow, judge, job, of, reviewFee, gpu, service, voters, actors } = world;
        await time.increaseTo((await dueOf(world, job)) + 1n);
        await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
        if (reused) {
          const again = await postAndDraw({ ...world, service }, actors.requester);
          expect(again.job.id >> 32n).to.equal(job.id >> 32n);
        }
        const before = await vaultBalance(world, gpu.owner);
        await judge.decide(Finding.Invalid, OTHER, voters, 16);
        await expect(court.conclude(...of)).to.emit(court, "BondReturned");
        expect(await vaultBalance(world, gpu.owner)).to.equal(before + 2n * reviewFee);
        await conserve(world);
      }
    });

    it("does not rule with another agreement", async () => {
      const { court, escrow, judge, job, voters } = await loadFixture(openedWorld);
      await judge.decide(Finding.Invalid, OTHER, voters, 5);
      await expect(court.conclude(escrow, job.id, { ...job.agreement, reserves: 0 })).to.be.revertedWithCustomError(
        escrow,
        "EscrowWrongAgreement",
      );
    });

    it("knows nothing of a case that nobody opened", async () => {
      const { court, escrow, job } = await loadFixture(disputedWorld);
      expect([...(await court.caseOf(escrow, job.id))]).to.deep.equal([NONE, 0n, 0n, Finding.None, false]);
    });

    it("needs a case, and ends it once", async () => {
      const { court, judge, job, of } = await loadFixture(disputedWorld);
      await expect(court.conclude(...of))
        .to.be.revertedWithCustomError(court, "CourtNoCase")
        .withArgs(job.id);
      await court.openCase(...of);
      await judge.decide(Finding.Valid, RESULT, [], 0);
      await court.conclude(...of);
      await expect(court.conclude(...of))
        .to.be.revertedWithCustomError(court, "CourtNoCase")
        .withArgs(job.id);
    });

    it("I44 rules although it lost the right to debit, or never authorised itself: the fee waits for the owner", async () => {
      for (const how of ["scope", "authorisation"] as const) {
        const world = await loadFixture(openedWorld);
        const { court, vault, token, judge, job, of, question, reviewFee, voters, actors } = world;
        if (how === "scope") await vault.connect(actors.owner).setModule(court, 0);
        else {
          await ethers.provider.send("hardhat_setBalance", [await court.getAddress(), ethers.toQuantity(TOKEN)]);
          const itself = await ethers.getImpersonatedSigner(await court.getAddress());
          await vault.connect(itself).setAuthorisation(court, false);
        }
        await judge.decide(Finding.Invalid, OTHER, voters, 5);
        await expect(court.conclude(...of))
          .to.emit(court, "FeeStranded")
          .withArgs(question, reviewFee);
        expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
        const sent = court.connect(actors.owner).withdrawFees(actors.treasury);
        await expect(sent).to.changeTokenBalances(token, [vault, actors.treasury], [-reviewFee, reviewFee]);
        await expect(sent).to.emit(court, "FeesWithdrawn").withArgs(actors.treasury.address, reviewFee);
        await conserve(world);
      }
    });

    it("is not re-entered by a panel that calls back in, not even one that owns it", async () => {
      const { court, escrow, judge, job, of, actors } = await loadFixture(appealedWorld);
      await court.connect(actors.owner).transferOwnership(judge);
      await judge.callBack(court, court.interface.encodeFunctionData("acceptOwnership"));
      await judge.close(NONE);
      expect(await court.owner()).to.equal(await judge.getAddress());
      await judge.decide(Finding.Invalid, OTHER, [], 0);
      const args = [await escrow.getAddress(), job.id, job.agreement] as const;
      for (const data of [
        court.interface.encodeFunctionData("conclude", [...args]),
        court.interface.encodeFunctionData("appeal", [...args]),
        court.interface.encodeFunctionData("openCase", [...args]),
        court.interface.encodeFunctionData("withdrawFees", [actors.owner.address]),
      ]) {
        await judge.callBack(court, data);
        await expect(court.conclude(...of)).to.be.revertedWithCustomError(court, "ReentrancyGuardReentrantCall");
      }
    });
  });

  it("I12 shares every wei of the pot, whatever it is and whoever is paid", async () => {
    const { court, vault, judge, of, reviewFee, voters } = await loadFixture(openedWorld);
    const snapshot = await ethers.provider.send("evm_snapshot", []);
    let id = snapshot as string;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: voters.length - 1 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 92 }),
        async (indexes, seats) => {
          const payees = indexes.map((index) => voters[index] ?? 0n);
          await judge.decide(Finding.Valid, RESULT, payees, seats);
          await court.conclude(...of);
          const equal = payees.length === 0 ? 0n : reviewFee / GWEI / BigInt(payees.length);
          const most = ((reviewFee / GWEI) * 2n) / BigInt(seats);
          const share = (equal < most ? equal : most) * GWEI;
          for (const [index, voter] of voters.entries()) {
            const times = BigInt(indexes.filter((other) => other === index).length);
            expect(await vault.balanceOf(voter)).to.equal(times * share);
          }
          expect(await vault.feesOf(court)).to.equal(reviewFee - BigInt(payees.length) * share);
          expect(await vault.heldBy(court)).to.equal(0);
          await ethers.provider.send("evm_revert", [id]);
          id = (await ethers.provider.send("evm_snapshot", [])) as string;
        },
      ),
      { numRuns: 25 },
    );
    expect(jobWord.decode(await of[0].jobOf(of[1])).status).to.equal(BigInt(Status.Disputed));
  });
});
