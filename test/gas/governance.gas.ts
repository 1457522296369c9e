/** Rows of the governor: a change of the protocol fee from the proposal to its execution, votes from three sources. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { register as row } from "../../src/toolchain/gas";
import * as g from "../fixtures/governance";

/** The morning of a day in 2030: figures must not depend on the date of the run. */
const MEASURED_AT = 1_900_000_000;

type Stage = "propose" | "vote" | "queue" | "execute";

let life: Promise<Readonly<Record<Stage, string>>> | undefined;

/** Transactions of the second proposal of the same proposer, voted on by others. */
function measured(): Promise<Readonly<Record<Stage, string>>> {
  life ??= live();
  return life;
}

async function live(): Promise<Readonly<Record<Stage, string>>> {
  await ethers.provider.send("hardhat_reset", []);
  await time.increaseTo(MEASURED_AT);
  const w = await g.deployGovernedMarket();
  const { requester: proposer, requester2: first, modelOwner: second } = w.actors;
  for (const voter of [proposer, first, second]) await g.voterWith(w, voter, g.tokens(30_000_000n));
  await time.increase(1);

  const earlier = await g.proposeFees(w, proposer, 240);
  await g.untilOpen(w, earlier);
  await w.dao.connect(first).castVote(earlier.id, 1);
  await g.untilOver(w, earlier);
  await g.queue(w, earlier);
  await g.untilRipe(w, earlier);
  await g.execute(w, earlier);

  const p = await g.proposeFees(w, proposer, 230);
  await g.untilOpen(w, p);
  const vote = await w.dao.connect(second).castVote(p.id, 1);
  await g.untilOver(w, p);
  const queue = await g.queue(w, p);
  await g.untilRipe(w, p);
  const execute = await g.execute(w, p);
  return { propose: p.sent.hash, vote: vote.hash, queue: queue.hash, execute: execute.hash };
}

row("gov_propose", async () => ({
  transactions: [(await measured()).propose],
  note: "three words of calldata in the action, 150 characters of description, kept on chain as the code of a contract; a proposer's first costs 17,100 more",
}));

row("gov_vote", async () => ({
  transactions: [(await measured()).vote],
  note:
    "first vote of its side and of its voter, with more than two days to go; the stake and the grants are two more " +
    "contracts that have to be asked, 5,600 each, and the peers ask one token only; a further vote costs 17,100 less",
}));

row("gov_queue", async () => ({
  transactions: [(await measured()).queue],
  note: "three words in the action, kept in an event of the timelock; with one word, as the peers have, 1,000 less; whether the quorum was reached is read here, once and for all",
}));

row("gov_execute", async () => ({
  transactions: [(await measured()).execute],
  note: "what is executed is in it: the catalogue's fees change",
}));
