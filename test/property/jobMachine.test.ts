/** Random histories of jobs on the real suite against the reference model: who may do what when, and everyone's money. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ARROWS } from "../../src/model/job";
import { drawFeesSpent, potTotal } from "../../src/model/payouts";
import { JobStatus } from "../../src/protocol/status";
import { CLASSES, deployArena, Duel, type Played } from "../fixtures/duel";
import { chosenBy, history, KINDS, timeOf, type Dice, type RandomStep } from "./jobMachine.steps";

const HOUR = 3_600n;

/** I12, I13: a job that ended has paid out what was paid in, to the unit, and an open one no more than its draws. */
function expectPotsBalance({ jobs }: Duel): void {
  for (const { model } of jobs) {
    const ended = ARROWS[model.status].length === 0 && !model.refundDue;
    const spent = drawFeesSpent(model.pot, model);
    expect(model.paidOut, JobStatus[model.status]).to.equal(ended ? model.paidIn : spent);
    expect(model.paidIn).to.be.at.least(potTotal(model.pot));
  }
}

/** Dice that leave nothing to chance; `other` 8 is the stranger. */
const SURE: Dice = {
  pick: 0,
  other: 8,
  fitting: true,
  allowed: false,
  genuine: true,
  plausible: true,
  small: 3,
};

/** How a stranger brings a job nearer to its end, and from when on. */
function wayOut({ machine }: Duel, { model, ticket, front }: Played): { name: string; opens: bigint; pick?: number } {
  const { status, refundDue, due, expiry, classId } = model;
  const { number, state, answeredAt, requestedAt, fallbackFixed } = machine.rounds;
  if (refundDue) return { name: "refund", opens: 0n };
  if (status === JobStatus.Delivered) return { name: "settle", opens: due + 1n };
  if (status === JobStatus.Disputed) return { name: "splitDispute", opens: due + 1n };
  if (status === JobStatus.Accused) return { name: "convict", opens: due + 1n };
  if (status !== JobStatus.Posted) return { name: "miss", opens: due + 1n };
  const queue = machine.queue(classId);
  const isBound = queue.round === number && (front ? queue.front : queue.main).isBound(ticket);
  if (!isBound) return { name: "expire", opens: expiry + 1n };
  if (state === "answered") {
    const pick = CLASSES.findIndex((id) => id === classId);
    return { name: "closeRound", opens: answeredAt + 600n, pick };
  }
  if (fallbackFixed) return { name: "answerByFallback", opens: 0n };
  return { name: "expire", opens: [expiry + 1n, requestedAt + HOUR].reduce((a, b) => (a > b ? a : b)) };
}

/** I15: strangers and time alone bring every open job to its end; what is left in the escrow are uncollected draw fees. */
async function endByTime(duel: Duel): Promise<void> {
  const { machine } = duel;
  const play = async (name: string, now: bigint, dice: Dice) => {
    const step = await KINDS[name]![2](duel, dice, now);
    expect(await duel.play(step!, now), `${step!.name} by a stranger`).to.equal(undefined);
  };
  if (machine.sequencerUpSince === undefined) await play("setSequencer", BigInt(await time.latest()) + 2n, SURE);
  // A miss waits for the sequencer's grace.
  await time.increase(HOUR);
  for (let steps = 0; ; steps += 1) {
    duel.locate();
    const job = duel.jobs.find(({ model }) => ARROWS[model.status].length !== 0 || model.refundDue);
    if (job === undefined) break;
    expect(steps, "steps of strangers").to.be.lessThan(200);
    const { name, opens, pick = 0 } = wayOut(duel, job);
    const next = BigInt(await time.latest()) + 1n;
    await play(name, opens > next ? opens : next, { ...SURE, pick, job });
  }
  const uncollected = [...machine.books.drawFees.values()].reduce((sum, fee) => sum + fee, 0n);
  expect(machine.books.held).to.equal(uncollected);
  expect([...machine.books.gpus.values()].every(({ locked, busy }) => locked === 0n && !busy)).to.equal(true);
  await duel.compare("the end by time");
}

/** One random step on both sides, and everything compared. Counts what passed and why others were refused. */
async function takeStep(duel: Duel, { kind, dice, when }: RandomStep, done: Map<string, number>): Promise<void> {
  duel.locate();
  const name = chosenBy(duel, kind);
  const now = timeOf(duel, name, when, BigInt(await time.latest()));
  const step = await KINDS[name]![2](duel, dice, now);
  if (step === undefined) return;
  const before = duel.jobs.map(({ model }) => model.status);
  const outcome = (await duel.play(step, now)) ?? "passed";
  const key = `${name} ${outcome}`;
  done.set(key, (done.get(key) ?? 0) + 1);
  await duel.compare(`${step.name} ${outcome}`);
  expectPotsBalance(duel);
  if (outcome !== "passed") expect(duel.jobs.map(({ model }) => model.status)).to.deep.equal(before);
}

describe("the job machine against its model", () => {
  it("agrees on every refusal, status, queue and balance through random histories (I11 to I16, I18)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async (list) => {
        const duel = await Duel.begin(await loadFixture(deployArena));
        for (const step of list) await takeStep(duel, step, done);
        await endByTime(duel);
        expectPotsBalance(duel);
      }),
      { numRuns: 13, endOnFailure: true },
    );
    // The histories must have reached what they are about.
    const passed = (...kinds: readonly string[]) =>
      kinds.reduce((sum, name) => sum + (done.get(`${name} passed`) ?? 0), 0);
    expect(passed("post"), "postings").to.be.greaterThan(40);
    expect(passed("assign"), "draws").to.be.greaterThan(30);
    expect(passed("cancel", "expire", "refund", "closeRound"), "ways out of the queue").to.be.greaterThan(5);
    expect(passed("heartbeat", "commit", "reveal", "deliver", "deliverWithProof"), "work").to.be.greaterThan(10);
    expect(passed("decline", "miss", "report"), "work not done").to.be.greaterThan(5);
    expect(passed("settle", "settleMany", "reject", "rule", "splitDispute"), "settlements").to.be.greaterThan(5);
    expect(passed("challenge", "accuse", "contest", "convict"), "accusations").to.be.greaterThan(5);
    const refusals = new Set([...done.keys()].map((key) => key.split(" ")[1]).filter((error) => error !== "passed"));
    expect(refusals.size, [...refusals].join()).to.be.greaterThan(12);
  });
});
