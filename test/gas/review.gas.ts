/** Rows of review: accusations, a whole verdict of five seats, and a sheet of scores with seven signatures. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { register as row } from "../../src/toolchain/gas";
import { addValidators, answerPanelRound, saltFor } from "../fixtures/review";
import * as f from "../fixtures/suite";
import * as scores from "../unit/review/scoreFixture";

/** Owners of the pool, three a seat. */
const OWNERS = 15;

const hashOf = async (sent: Promise<{ hash: string }>): Promise<string> => (await sent).hash;

/** A delivered job of a market in use, of whatever terms. */
async function delivered(change: (world: f.World) => Promise<Record<string, unknown>>) {
  await ethers.provider.send("hardhat_reset", []);
  await time.increaseTo(1_900_000_000);
  const world = await f.deployMarket();
  await f.fundRequester(world, world.actors.requester2);
  const { job, gpu } = await f.postAndDraw(world, world.actors.requester, await change(world));
  await f.deliver(world, job, gpu);
  return { world, job };
}

row("challenge", async () => {
  const { world, job } = await delivered(async () => ({ mode: f.Mode.Optimistic }));
  const { escrow, actors } = world;
  const sent = escrow.connect(actors.requester2).challenge(job.id, job.agreement, f.digest("reasons"));
  return { transactions: [await hashOf(sent)], note: "by a third party, the first of this ring index, with its bond" };
});

row("open_canary", async () => {
  const [expected, salt] = [f.digest("expected"), f.digest("salt")];
  const { world, job } = await delivered(async ({ escrow, actors }) => ({
    note: await escrow.canaryNoteOf(actors.requester, f.digest("input"), expected, salt),
  }));
  const sent = world.escrow.connect(job.requester).accuse(job.id, job.agreement, expected, salt);
  return { transactions: [await hashOf(sent)], note: "the first of this ring index, with its bond" };
});

row("verdict_5", async () => {
  await ethers.provider.send("hardhat_reset", []);
  await time.increaseTo(1_900_000_000);
  const world = await f.deployMarket();
  const { escrow, court, panel, vault, actors } = world;
  const { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor } =
    await escrow.settings();
  const rest = { acceptanceMinutes, reviewHours, challengeHours, revealSeconds, disputeSeconds, lockFactor };
  await escrow.connect(actors.owner).setSettings({ resolver: await court.getAddress(), ...rest });
  const pool = await addValidators(world, OWNERS);
  const { job, gpu } = await f.postAndDraw(world);
  await f.deliver(world, job, gpu);
  const right = f.digest("another result");
  await escrow.connect(actors.requester).reject(job.id, job.agreement, right);
  await vault.connect(actors.requester).setAuthorisation(court, true);
  const transactions = [await hashOf(court.connect(actors.stranger).openCase(escrow, job.id, job.agreement))];
  const { question } = await court.caseOf(escrow, job.id);
  await answerPanelRound(world, question);
  transactions.push(await hashOf(panel.connect(actors.keeper).draw(question)));
  const seats = (await panel.seatsOf(question, 0, false)).map((id) => pool.find((one) => one.id === id)!);
  for (const [seat, validator] of seats.entries()) {
    const commitment = await panel.commitmentOf(question, validator.id, right, saltFor(validator));
    transactions.push(await hashOf(panel.connect(validator.owner).commit(question, seat, commitment)));
  }
  for (const [seat, validator] of seats.entries()) {
    transactions.push(await hashOf(panel.connect(validator.owner).reveal(question, seat, right, saltFor(validator))));
  }
  transactions.push(await hashOf(panel.connect(actors.keeper).tally(question)));
  await time.increaseTo((await panel.questionOf(question)).appealEnd + 1n);
  transactions.push(await hashOf(court.connect(actors.keeper).conclude(escrow, job.id, job.agreement)));
  return {
    transactions,
    note:
      "all 14 transactions of a first verdict of guilt: case, draw, five commits and reveals, count, ruling with every " +
      "payment, slash and accuracy; the round apart",
  };
});

row("score_report_7", async () => {
  await ethers.provider.send("hardhat_reset", []);
  await time.increaseTo(1_900_000_000);
  const world = await scores.scoreWorld();
  await world.board.setTerms({ ...scores.TERMS, seats: 7n });
  const question = await scores.askScore(world, { party: 999n });
  await scores.seatBatch(world, question.batch);
  const marks = Array.from({ length: 7 }, (_, seat) => [60 + seat, 70 - seat, 80 + 2 * seat]);
  const sealed = await scores.commitAll(world, question.batch, [[question, marks]]);
  const sent = await scores.reportAll(world, question.batch, [[question, marks]], sealed);
  return {
    transactions: [sent.hash],
    note:
      "three dimensions, each median and mark checked, seven EIP-712 signatures, one question; a sheet of many questions " +
      "shares the signatures. The word of a question is written when it is asked; pay, gold and slashes come later",
  };
});
