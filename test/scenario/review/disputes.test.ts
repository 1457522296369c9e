import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { jobReserves } from "../../../src/protocol/words";
import {
  addValidators,
  answerPanelRound,
  conclude,
  drawPanel,
  Finding,
  PanelStatus,
  VALIDATOR_STAKE,
  vote,
  type Validator,
} from "../../fixtures/review";
import {
  conserve,
  deliver,
  deployMarket,
  digest,
  dueOf,
  fundRequester,
  GWEI,
  postAndDraw,
  Status,
  statusOf,
  vaultBalance,
  type Gpu,
  type Job,
  type World,
} from "../../fixtures/suite";

const RESULT = digest("result");
const RIGHT = digest("another result");
const OTHER = digest("a third result");
const NONE = `0x${"00".repeat(32)}`;
const DAY = 86_400n;

interface Disputed extends World {
  readonly validators_: readonly Validator[];
  readonly job: Job;
  readonly gpu: Gpu;
  readonly question: string;
  readonly reviewFee: bigint;
}

/** A job that was rejected and is before the court's panel; a pool of `owners`. */
async function dispute(owners: number): Promise<Disputed> {
  const world = await deployMarket();
  const { escrow, court, vault, actors } = world;
  const { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor } =
    await escrow.settings();
  const rest = { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
  await escrow.connect(actors.owner).setSettings({ resolver: await court.getAddress(), ...rest });
  const validators_ = await addValidators(world, owners);
  const { job, gpu } = await postAndDraw(world);
  await deliver(world, job, gpu);
  await escrow.connect(actors.requester).reject(job.id, job.agreement, OTHER);
  await fundRequester(world, gpu.owner);
  for (const party of [actors.requester, gpu.owner]) await vault.connect(party).setAuthorisation(court, true);
  await court.connect(actors.stranger).openCase(escrow, job.id, job.agreement);
  const { question } = await court.caseOf(escrow, job.id);
  const reviewFee = jobReserves.decode(BigInt(job.agreement.reserves)).reviewFee * GWEI;
  return { ...world, validators_, job, gpu, question, reviewFee };
}

/** For loadFixture: 33 owners, enough for a panel of 5 and its appeal panel of 11. */
const largeWorld = () => dispute(33);
/** For loadFixture: fewer than three owners a seat. */
const smallWorld = () => dispute(14);

const findingOf = async ({ panel, question }: Disputed): Promise<bigint> => (await panel.questionOf(question)).finding;
const stakeOf = async ({ validators }: World, { id }: Validator): Promise<bigint> =>
  (await validators.validatorOf(id)).stake;

describe("a disputed job before a drawn panel", () => {
  for (const [name, votes, finding, status, coherent] of [
    ["right result", [RESULT, RESULT, RESULT, RIGHT, RESULT], Finding.Valid, Status.Settled, [0, 1, 2, 4]],
    ["wrong result", [RIGHT, RIGHT, RESULT, RIGHT, OTHER], Finding.Invalid, Status.Refunded, [0, 1, 3]],
    ["content that is gone", [NONE, NONE, NONE, RESULT, NONE], Finding.Unavailable, Status.Refunded, [0, 1, 2, 4]],
    ["no two agree", [RIGHT, OTHER, RESULT, NONE, digest("4")], Finding.Valid, Status.Settled, [2]],
  ] as const) {
    it(`ends with a ruling: ${name}`, async () => {
      const world = await loadFixture(largeWorld);
      const { vault, panel, court, job, question, validators_, reviewFee } = world;
      const seated = await drawPanel(world, question, validators_);
      expect(new Set(seated.map(({ id }) => id)).size).to.equal(5);
      await vote(world, question, seated, votes);
      expect(await findingOf(world)).to.equal(finding);
      await conclude(world, question, job);
      expect(await statusOf(world, job)).to.equal(BigInt(status));
      // Equal parts, at most twice the part of one of five.
      const units = reviewFee / GWEI;
      const equal = units / BigInt(coherent.length);
      const most = (units * 2n) / 5n;
      for (const [seat, { id }] of seated.entries()) {
        const isPaid = (coherent as readonly number[]).includes(seat);
        expect(await vault.balanceOf(id)).to.equal(isPaid ? (equal < most ? equal : most) * GWEI : 0n);
      }
      expect((await panel.questionOf(question)).status).to.equal(PanelStatus.Closed);
      expect(await vault.heldBy(court)).to.equal(0);
      await conserve(world);
    });
  }

  it("slashes who is silent, draws again once, and ends without a ruling when that is silent too", async () => {
    const world = await loadFixture(largeWorld);
    const { validators, panel, escrow, job, question, validators_, gpu, actors } = world;
    const before = await vaultBalance(world, actors.requester);
    const first = await drawPanel(world, question, validators_);
    await vote(world, question, first, [RIGHT, RIGHT, undefined, undefined, undefined]);
    const again = await panel.questionOf(question);
    expect([again.redrawn, again.status]).to.deep.equal([true, PanelStatus.Waiting]);
    const second = await drawPanel(world, question, validators_);
    expect(second.filter((one) => first.includes(one))).to.deep.equal([]);
    await vote(world, question, second, [undefined, undefined, undefined, undefined, undefined]);
    expect(await findingOf(world)).to.equal(Finding.None);
    const share = VALIDATOR_STAKE / 100n;
    for (const [seat, one] of first.entries()) {
      expect(await stakeOf(world, one)).to.equal(seat < 2 ? VALIDATOR_STAKE : VALIDATOR_STAKE - share);
    }
    for (const one of second) {
      expect(await stakeOf(world, one)).to.equal(VALIDATOR_STAKE - share);
      expect((await validators.validatorOf(one.id)).openSeats).to.equal(0);
    }
    await conclude(world, question, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
    await time.increaseTo((await dueOf(world, job)) + 1n);
    const owner = await vaultBalance(world, gpu.owner);
    await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
    expect(await vaultBalance(world, gpu.owner)).to.be.greaterThan(owner);
    expect(await vaultBalance(world, actors.requester)).to.be.greaterThan(before);
    await conserve(world);
  });

  it("may be appealed once, to twice as many others and one more, whose verdict stands", async () => {
    const world = await loadFixture(largeWorld);
    const { court, escrow, panel, vault, job, gpu, question, validators_, reviewFee, actors } = world;
    const first = await drawPanel(world, question, validators_);
    await vote(world, question, first, [RIGHT, RIGHT, RIGHT, RESULT, RESULT]);
    expect(await findingOf(world)).to.equal(Finding.Invalid);
    await expect(court.connect(actors.requester).appeal(escrow, job.id, job.agreement)).to.be.revertedWithCustomError(
      court,
      "CourtNotAggrieved",
    );
    const before = await vaultBalance(world, gpu.owner);
    await court.connect(gpu.owner).appeal(escrow, job.id, job.agreement);
    expect(await vaultBalance(world, gpu.owner)).to.equal(before - 2n * reviewFee);
    const second = await drawPanel(world, question, validators_);
    expect(second.length).to.equal(11);
    expect(second.filter((one) => first.includes(one))).to.deep.equal([]);
    await vote(world, question, second, new Array<string>(11).fill(RESULT));
    expect(await findingOf(world)).to.equal(Finding.Valid);
    await expect(court.connect(actors.requester).appeal(escrow, job.id, job.agreement)).to.be.revertedWithCustomError(
      panel,
      "PanelNoAppeal",
    );
    await conclude(world, question, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    expect(await vaultBalance(world, gpu.owner)).to.be.greaterThan(before);
    const share = (reviewFee / GWEI / 13n) * GWEI;
    for (const { id } of [...first.slice(3), ...second]) expect(await vault.balanceOf(id)).to.equal(share);
    for (const { id } of first.slice(0, 3)) expect(await vault.balanceOf(id)).to.equal(0n);
    await conserve(world);
  });

  it("takes the bond of an appeal that changes nothing, for everybody who judged", async () => {
    const world = await loadFixture(largeWorld);
    const { court, escrow, vault, job, gpu, question, validators_, reviewFee } = world;
    const first = await drawPanel(world, question, validators_);
    await vote(world, question, first, new Array<string>(5).fill(RIGHT));
    await court.connect(gpu.owner).appeal(escrow, job.id, job.agreement);
    const second = await drawPanel(world, question, validators_);
    await vote(world, question, second, new Array<string>(11).fill(RIGHT));
    await conclude(world, question, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
    const share = ((3n * reviewFee) / GWEI / 16n) * GWEI;
    for (const { id } of [...first, ...second]) expect(await vault.balanceOf(id)).to.equal(share);
    await conserve(world);
  });

  it("needs an arbiter for guilt found by a small pool, and none for a right result", async () => {
    const world = await loadFixture(smallWorld);
    const { court, escrow, panel, job, question, validators_, actors } = world;
    const seated = await drawPanel(world, question, validators_);
    await vote(world, question, seated, new Array<string>(5).fill(RIGHT));
    const { appealEnd, needsConfirmation } = await panel.questionOf(question);
    expect(needsConfirmation).to.equal(true);
    await time.increaseTo(appealEnd + 1n);
    await expect(court.conclude.staticCall(escrow, job.id, job.agreement)).to.be.revertedWithCustomError(
      panel,
      "PanelUnconfirmed",
    );
    await expect(panel.connect(actors.owner).confirm(question, true)).to.be.revertedWithCustomError(
      panel,
      "PanelNotArbiter",
    );
    await panel.connect(actors.arbiter).confirm(question, true);
    await conclude(world, question, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
    await conserve(world);
  });

  it("leaves the verdict to stand, for an arbiter to confirm, when nobody is left for the appeal", async () => {
    const world = await loadFixture(smallWorld);
    const { court, escrow, panel, vault, job, gpu, question, validators_, reviewFee, actors } = world;
    const seated = await drawPanel(world, question, validators_);
    await vote(world, question, seated, new Array<string>(5).fill(RIGHT));
    const before = await vaultBalance(world, gpu.owner);
    await court.connect(gpu.owner).appeal(escrow, job.id, job.agreement);
    for (const redrawn of [false, true]) {
      expect((await panel.questionOf(question)).redrawn).to.equal(redrawn);
      await answerPanelRound(world, question);
      await expect(panel.connect(actors.keeper).draw(question))
        .to.emit(panel, "PanelFailed")
        .withArgs(question, 1, redrawn);
    }
    const left = await panel.questionOf(question);
    expect([left.finding, left.needsConfirmation]).to.deep.equal([Finding.Invalid, true]);
    await panel.connect(actors.arbiter).confirm(question, true);
    await conclude(world, question, job);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Refunded));
    // The bond is lost: the verdict did not change.
    expect(await vaultBalance(world, gpu.owner)).to.equal(before - 2n * reviewFee);
    const share = ((3n * reviewFee) / GWEI / 5n) * GWEI;
    const most = ((6n * reviewFee) / GWEI / 5n) * GWEI;
    for (const { id } of seated) expect(await vault.balanceOf(id)).to.equal(share < most ? share : most);
    await conserve(world);
  });

  it("I15 is nobody's to hold up: time alone ends a case that nobody draws, votes in or concludes", async () => {
    const world = await loadFixture(largeWorld);
    const { court, escrow, job, actors, validators, validators_ } = world;
    await time.increaseTo((await dueOf(world, job)) + DAY);
    await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
    await court.connect(actors.stranger).conclude(escrow, job.id, job.agreement);
    expect((await court.caseOf(escrow, job.id)).closed).to.equal(true);
    for (const { id } of validators_) expect((await validators.validatorOf(id)).openSeats).to.equal(0);
    await conserve(world);
  });
});
