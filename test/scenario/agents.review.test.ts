/** Validators as processes of the command that users run: a cheat before a drawn panel. */
import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers } from "hardhat";
import { JobStatus } from "../../src/protocol/status";
import { digestSchema, type Digest } from "../../src/store";
import { VALIDATOR_STAKE } from "../fixtures/review";
import { conserve, giveTokens, TOKEN } from "../fixtures/suite";
import { eventually, Market, POSTER, type Agent } from "./agents/market";

const SHORT = { epochs: 3 };
/** Long enough for a panel to look at a part of it only. */
const LONG = { epochs: 8 };
const SEATS = 3n;
/** Fewest owners from whom a panel of three condemns alone. */
const OWNERS = 9;
/** Exit code of a check that failed. */
const CHECK_FAILED = 5;

describe("agents before a panel", function () {
  this.timeout(240_000);
  let market: Market;
  let owners: readonly Wallet[];
  let operator: Agent;

  /** For loadFixture: disputes go to the court, with panels of three. */
  async function courtMarket(): Promise<Awaited<ReturnType<typeof Market.deploy>>> {
    const deployed = await Market.deploy();
    const { escrow, court, actors } = deployed.world;
    const { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor } =
      await escrow.settings();
    const rest = { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
    await escrow.connect(actors.owner).setSettings({ resolver: await court.getAddress(), ...rest });
    await court.connect(actors.owner).setTerms(SEATS, 0);
    return deployed;
  }

  beforeEach(async () => {
    market = await Market.open(await loadFixture(courtMarket));
    owners = Array.from({ length: OWNERS }, (_, index) => new Wallet(ethers.id(`owner ${index}`), ethers.provider));
    for (const { address } of owners) {
      await setBalance(address, 10n * TOKEN);
      await giveTokens(market.world, address, VALIDATOR_STAKE);
    }
  });

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  /** So many register: the first one by the command, the others by the calls that it makes. */
  async function register(count: number): Promise<void> {
    const { token, validators } = market.world;
    const [first, ...others] = owners.slice(0, count);
    if (first === undefined) throw new Error("there are no owners");
    const { code, answer } = await market.command("validator", ["register", "--domains", "0", "--approve"], first);
    expect(code, JSON.stringify(answer)).to.equal(0);
    for (const owner of others) {
      await token.connect(owner).approve(validators, VALIDATOR_STAKE);
      await validators.connect(owner).register(owner.address, 1, VALIDATOR_STAKE);
    }
  }

  async function deliveredJob(config: Readonly<Record<string, unknown>> = {}, work = SHORT): Promise<bigint> {
    const { ownerA, keeper } = market.world.actors;
    await market.register(ownerA, "a");
    operator = market.start("operator", "a", ownerA, config);
    market.answerRounds();
    market.start("keeper", "keeper", keeper, { always: true });
    const jobId = await market.post(work);
    await market.reaches(jobId, JobStatus.Delivered);
    return jobId;
  }

  /** The poster rejects. */
  async function reject(jobId: bigint, ...more: readonly string[]): Promise<void> {
    const { requester } = market.world.actors;
    const args = ["reject", `${jobId}`, "--yes", "--reason", "another", ...more];
    const { code, answer } = await market.command("job", args, requester, { name: POSTER });
    expect(code, JSON.stringify(answer)).to.equal(0);
  }

  /** A job whose operator ran another model, rejected by a requester who did it again. */
  async function disputedJob(): Promise<bigint> {
    const jobId = await deliveredJob({ misbehave: { how: "otherModel", jobs: 0 } });
    const { requester } = market.world.actors;
    const checked = await market.command("job", ["result", `${jobId}`, "--check"], requester);
    expect(checked.code, JSON.stringify(checked.answer)).to.equal(CHECK_FAILED);
    await reject(jobId);
    return jobId;
  }

  /** What the operator read to do a job. */
  async function inputOf(jobId: bigint): Promise<Digest> {
    const { escrow } = market.world;
    const [posted] = await escrow.queryFilter(escrow.filters.JobPosted(jobId));
    if (posted === undefined) throw new Error(`job ${jobId} was never posted`);
    return digestSchema.parse(posted.args.agreement.inputDigest);
  }

  /** Digest of what was delivered. */
  async function resultOf(jobId: bigint): Promise<Digest> {
    return digestSchema.parse(await market.world.escrow.resultOf(jobId));
  }

  /** The program of a validator; the first one's sees to the cases of all. */
  function start(index: number, config: Readonly<Record<string, unknown>> = {}): Agent {
    const owner = owners[index];
    if (owner === undefined) throw new Error(`there is no owner ${index}`);
    return market.start("validator", `validator ${index}`, owner, { keep: index === 0, ...config });
  }

  it("do a cheat's job again, seal, reveal and are paid; one is killed in between, one never answers", async () => {
    const { panel, court, escrow, vault, validators, actors } = market.world;
    await register(OWNERS);
    const before = await market.money(actors.ownerA);
    const jobId = await disputedJob();
    const { question } = await court.caseOf(escrow, jobId);

    const first = start(0);
    const seats = await eventually("a panel is drawn", async () => {
      const ids = await panel.seatsOf(question, 0, false);
      return ids.length > 0 ? [...ids] : undefined;
    });
    const accounts = await Promise.all(owners.map(({ address }) => vault.accountOf(address)));
    const seated = seats.map((id) => accounts.indexOf(id));
    const [killed, silent] = seated.filter((index) => index !== 0);
    if (killed === undefined || silent === undefined) throw new Error("two of the three seats are others'");
    const honest = seated.filter((index) => index !== silent);

    const committed = (index: number): Promise<boolean> =>
      panel.voteOf(question, seated.indexOf(index)).then(({ committed: hasCommitted }) => hasCommitted);
    const victim = start(killed);
    await eventually("the vote is sealed", () => committed(killed));
    await victim.kill();
    for (const index of honest) {
      if (index !== 0 && index !== killed) start(index);
      await eventually(`${index} seals a vote`, () => committed(index));
    }
    const { commitEnd } = await panel.questionOf(question);
    await time.increaseTo(commitEnd + 1n);
    start(killed);
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    const { appealEnd, needsConfirmation } = await panel.questionOf(question);
    expect(needsConfirmation).to.equal(false);
    await time.increaseTo(appealEnd + 1n);
    await market.reaches(jobId, JobStatus.Refunded);
    await first.hears("conclude");

    const stakes = await Promise.all(seats.map(async (id) => (await validators.validatorOf(id)).stake));
    const balances = await Promise.all(seats.map((id) => vault.balanceOf(id)));
    for (const [seat, index] of seated.entries()) {
      const fined = index === silent ? VALIDATOR_STAKE / 100n : 0n;
      expect(stakes[seat], `stake of ${index}`).to.equal(VALIDATOR_STAKE - fined);
      expect((balances[seat] ?? 0n) > 0n, `pay of ${index}`).to.equal(index !== silent);
    }
    const after = await market.money(actors.ownerA);
    expect(after["owner"], "the cheat earned nothing").to.equal(before["owner"]);
    expect(after["held"], "only what drawing earned").to.equal(await escrow.drawFeesOf(actors.keeper));
    await conserve(market.world);

    const paid = honest[0] === undefined ? undefined : owners[honest[0]];
    if (paid === undefined) throw new Error("nobody was honest");
    const { code, answer } = await market.command("validator", ["earnings"], paid, { name: "earner" });
    expect(code, JSON.stringify(answer)).to.equal(0);
    expect(BigInt(String(answer["amount"]))).to.equal(balances[seats.indexOf(await vault.accountOf(paid.address))]);
  });

  it("find for the operator when the requester hides what it brought; its copies put back what a store loses", async () => {
    const { panel, court, escrow, actors } = market.world;
    await register(Number(SEATS));
    const jobId = await deliveredJob();
    const input = await inputOf(jobId);
    market.lose(input);
    await reject(jobId);
    expect(await market.store.has(input), "a store that lost the input has it again").to.equal(true);
    market.lose(input, POSTER);

    const { question } = await court.caseOf(escrow, jobId);
    const first = start(0, { unavailableLooks: 1 });
    for (let index = 1; index < Number(SEATS); index++) start(index, { unavailableLooks: 1 });
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    const { appealEnd, needsConfirmation, finding } = await panel.questionOf(question);
    expect([needsConfirmation, finding]).to.deep.equal([false, 1n]);
    const before = await market.money(actors.ownerA);
    await time.increaseTo(appealEnd + 1n);
    await market.reaches(jobId, JobStatus.Settled);
    await first.hears("conclude");
    const after = await market.money(actors.ownerA);
    // The work and the bond of the rejection are the operator's.
    expect((after["owner"] ?? 0n) > (before["owner"] ?? 0n)).to.equal(true);
    await conserve(market.world);
  });

  it("find a result that was never stored unavailable: who delivered it earns nothing, the requester has its money", async () => {
    const { panel, court, escrow, actors } = market.world;
    await register(OWNERS);
    const { owner: earned } = await market.money(actors.ownerA);
    const jobId = await deliveredJob({ misbehave: { how: "withholdResult", jobs: 0 } });
    const result = await resultOf(jobId);
    expect(await market.store.has(result), "nobody can have it").to.equal(false);
    const paid = (await market.money(actors.ownerA))["requester"] ?? 0n;
    await reject(jobId);

    const { question } = await court.caseOf(escrow, jobId);
    const first = start(0, { unavailableLooks: 1 });
    const seats = await eventually("a panel is drawn", async () => {
      const ids = await panel.seatsOf(question, 0, false);
      return ids.length > 0 ? [...ids] : undefined;
    });
    const accounts = await Promise.all(owners.map(({ address }) => market.world.vault.accountOf(address)));
    for (const index of seats.map((id) => accounts.indexOf(id))) if (index > 0) start(index, { unavailableLooks: 1 });
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    const { appealEnd, needsConfirmation, finding } = await panel.questionOf(question);
    expect([needsConfirmation, finding]).to.deep.equal([false, 3n]);
    await time.increaseTo(appealEnd + 1n);
    await market.reaches(jobId, JobStatus.Refunded);
    await first.hears("conclude");
    const after = await market.money(actors.ownerA);
    expect(after["owner"]).to.equal(earned);
    expect((after["requester"] ?? 0n) > paid, "the price and the bond come back").to.equal(true);
    await conserve(market.world);
  });

  it("never see a result missing whose operator still runs: it puts back what the store has lost", async () => {
    const { panel, court, escrow, actors } = market.world;
    await register(Number(SEATS));
    const jobId = await deliveredJob();
    await operator.stop();
    market.lose(await resultOf(jobId));
    const restarted = market.start("operator", "a", actors.ownerA);
    await restarted.hears("putBack");
    await reject(jobId);

    const { question } = await court.caseOf(escrow, jobId);
    const first = start(0, { unavailableLooks: 1 });
    for (let index = 1; index < Number(SEATS); index++) start(index, { unavailableLooks: 1 });
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    const { appealEnd, finding } = await panel.questionOf(question);
    expect(finding).to.equal(1n);
    await time.increaseTo(appealEnd + 1n);
    await market.reaches(jobId, JobStatus.Settled);
    await first.hears("conclude");
    await conserve(market.world);
  });

  for (const [what, config, finding, status, right] of [
    ["right", {}, 1n, JobStatus.Settled, true],
    ["wrong", { misbehave: { how: "otherModel", jobs: 0 } }, 2n, JobStatus.Refunded, false],
  ] as const) {
    it(`find a long training ${what} by the segments of its chain that their seed draws`, async () => {
      const { panel, court, escrow, chains } = market.world;
      await register(OWNERS);
      const jobId = await deliveredJob(config, LONG);
      const { segments } = await operator.hears("chain");
      expect(segments).to.equal(LONG.epochs);
      await reject(jobId, "--segments");
      const { question } = await court.caseOf(escrow, jobId);
      const first = start(0);
      const ids = await eventually("a panel is drawn", async () => {
        const seats = await panel.seatsOf(question, 0, false);
        return seats.length > 0 ? [...seats] : undefined;
      });
      const accounts = await Promise.all(owners.map(({ address }) => market.world.vault.accountOf(address)));
      const seated = ids.map((id) => accounts.indexOf(id)).map((index) => (index === 0 ? first : start(index)));
      const { drawn } = await operator.hears("opened");
      expect([...(await chains.checkOf(escrow, jobId)).drawn].map(Number)).to.deep.equal(drawn);
      for (const validator of seated) {
        const { reason } = await validator.hears("found");
        expect(String(reason)).to.contain(right ? "same result" : "chain");
      }
      await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
      const { appealEnd, finding: found } = await panel.questionOf(question);
      expect(found).to.equal(finding);
      await time.increaseTo(appealEnd + 1n);
      await market.reaches(jobId, status);
      await first.hears("conclude");
      await conserve(market.world);
    });
  }

  it("do a long training again whole where its requester consented to nothing else", async () => {
    const { panel, court, escrow, chains } = market.world;
    await register(Number(SEATS));
    const jobId = await deliveredJob({}, LONG);
    await operator.hears("chain");
    await reject(jobId);
    const { question } = await court.caseOf(escrow, jobId);
    const seated = [0, 1, 2].map((index) => start(index));
    for (const validator of seated) {
      expect(String((await validator.hears("found"))["reason"])).to.contain("doing the job again gave the same result");
    }
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    expect((await chains.checkOf(escrow, jobId)).opened, "nothing was opened").to.equal(false);
    expect((await panel.questionOf(question)).finding).to.equal(1n);
  });

  it("condemn nobody out of a small pool until the arbiter, who did the job again, confirms it", async () => {
    const { panel, court, escrow, actors } = market.world;
    await register(Number(SEATS));
    const jobId = await disputedJob();
    const { question } = await court.caseOf(escrow, jobId);
    const first = start(0);
    for (let index = 1; index < Number(SEATS); index++) start(index);
    await eventually("a verdict", async () => (await panel.questionOf(question)).status === 5n);
    const { appealEnd, needsConfirmation, finding } = await panel.questionOf(question);
    expect([needsConfirmation, finding]).to.deep.equal([true, 2n]);
    const arbiter = market.start("arbiter", "arbiter", actors.arbiter);
    await arbiter.hears("ready");
    await time.increaseTo(appealEnd + 1n);
    await arbiter.hears("confirmed", ({ confirmed }) => confirmed === true);
    await market.reaches(jobId, JobStatus.Refunded);
    await first.hears("conclude");
    expect((await panel.questionOf(question)).confirmed).to.equal(true);
    await conserve(market.world);
  });
});
