/** The frauds, each played to its end on the contracts, with the money of every party. */
import { expect } from "chai";
import { ethers } from "hardhat";
import type { JobTerms } from "../../../src/economy/fraud";
import { fieldsOf, missOnce, roleOf } from "../../fixtures/market";
import { saltFor, type Validator } from "../../fixtures/review";
import {
  deliver,
  digest,
  drawRound,
  holderOf,
  plausibleEnergy,
  postAndDraw,
  settle,
  type Gpu,
  type Job,
} from "../../fixtures/suite";
import { acceptedOf, all, challenge, checkCase, fight, reject, wei } from "./fight";
import {
  CHEAP,
  MADE_UP,
  Recorder,
  RIGHT,
  saltOf,
  sealOf,
  termsOf,
  validatorName,
  type Changes,
  type Scene,
  type Sitting,
} from "./ledger";

/** A fraud that was played. */
export interface Played {
  readonly changes: Changes;
  /** Days until the last of the money was where it belongs. */
  readonly days: number;
  readonly terms: JobTerms;
  /** Names of those who cheat, as the books call them. */
  readonly attackers: readonly string[];
  /** Who else did wrong in this run and pays for that. */
  readonly guilty?: readonly string[];
  /** Honest parties with what they had in the same time if nobody cheated, wei: they may have more, never less. */
  readonly honest: Readonly<Record<string, bigint>>;
  /** What the attackers had without the attempt, wei. */
  readonly without: bigint;
}

/** Each coherent seat's part when all are coherent, wei. */
const seatPay = ({ pot }: JobTerms, seats = 5n): bigint => wei(pot.reviewFee / seats);

// Operators

/** Delivers the result of a cheaper model; the requester does the job again and rejects. */
export async function cheaperModel(world: Scene): Promise<Played> {
  const { owner, seated, ...run } = await fight(world, CHEAP, "rejection", reject(world), all(RIGHT), "invalid");
  for (const seat of seated) expect(run.changes.get(validatorName(world, seat))).to.equal(seatPay(run.terms));
  return { ...run, attackers: [owner], honest: { requester: 0n }, without: 0n };
}

/** Seals and never reveals; the job is drawn again, for another GPU. */
export async function neverRevealed(world: Scene): Promise<Played> {
  return withheld(world, async (job, gpu) => {
    const sealed = await sealOf(world, job, 1n, gpu.id, saltOf("nobody"));
    await world.escrow.connect(gpu.operator).commit(job.id, job.agreement, sealed);
  });
}

/** Takes another operator's commitment for its own before that one is opened, and cannot open it. */
export async function copiedResult(world: Scene): Promise<Played> {
  const { escrow, actors } = world;
  // The original has the same input; it is sealed before the books are opened, so that they show the copy alone.
  const original = await postAndDraw(world, actors.requester2);
  const salt = saltOf("original");
  const { attempt } = await fieldsOf(world, original.job);
  const sealed = await sealOf(world, original.job, attempt, original.gpu.id, salt);
  await escrow.connect(original.gpu.operator).commit(original.job.id, original.job.agreement, sealed);
  return withheld(world, async (job, gpu) => {
    await escrow.connect(gpu.operator).commit(job.id, job.agreement, sealed);
    const { elapsed } = await fieldsOf(world, original.job);
    const energy = await plausibleEnergy(world, original.gpu, Number(elapsed));
    await escrow.connect(original.gpu.operator).reveal(original.job.id, RIGHT, salt, energy);
    await expect(escrow.connect(gpu.operator).reveal(job.id, RIGHT, salt, energy)).to.be.revertedWithCustomError(
      escrow,
      "EscrowWrongCommitment",
    );
  });
}

/** A job whose first operator comes to nothing and whose second one delivers. */
async function withheld(world: Scene, fail: (job: Job, gpu: Gpu) => Promise<void>): Promise<Played> {
  const { registry, actors } = world;
  const recorder = await Recorder.begin(world);
  const { job, gpu } = await postAndDraw(world);
  const score = await registry.scoreOf(gpu.ownerAccount);
  await fail(job, gpu);
  const { drawFees } = await fieldsOf(world, job);
  await missOnce(world, job, actors.stranger);
  expect(score - (await registry.scoreOf(gpu.ownerAccount))).to.equal(10_000_000n);
  // Drawn again, the same GPU would be another attempt.
  await registry.connect(gpu.owner).setPaused(gpu.id, true);
  await drawRound(world, [job.classId]);
  const second = await holderOf(world, job, world.gpus);
  await deliver(world, job, second, { result: RIGHT });
  await settle(world, job);
  const { changes, days } = await recorder.end();
  const terms = await termsOf(world, job);
  expect(terms.history.drawFees).to.equal(drawFees * 2n);

  const pay = wei(await registry.callerPayGwei(job.classId));
  const owner = roleOf(world, gpu.owner);
  expect(changes.get(owner)).to.equal(-pay);
  expect(changes.get("stranger")).to.equal(pay);
  const undisturbed = acceptedOf({ ...terms, history: { ...terms.history, drawFees } });
  const drawFee = wei(acceptedOf(terms).draws - undisturbed.draws);
  expect(drawFee).to.equal(wei(terms.pot.drawUnit * 100_000n * drawFees));
  const honest = {
    requester: wei(undisturbed.requester) - drawFee,
    [roleOf(world, second.owner)]: wei(terms.pot.compute),
  };
  expect(changes.get("requester")).to.equal(honest["requester"]);
  return { changes, days, terms, attackers: [owner], honest, without: 0n };
}

/** Cheats, may not challenge itself, and does so from another account for the finder's share. */
export async function ownGpuChallenged(world: Scene): Promise<Played> {
  const { escrow } = world;
  const { owner, ...run } = await fight(
    world,
    CHEAP,
    "challenge",
    async (job, gpu) => {
      for (const self of [gpu.owner, gpu.operator]) {
        await expect(
          escrow.connect(self).challenge(job.id, job.agreement, digest("why")),
        ).to.be.revertedWithCustomError(escrow, "EscrowOwnWork");
      }
      await challenge(world)(job);
    },
    all(RIGHT),
    "invalid",
  );
  return { ...run, attackers: [owner, "requester2"], honest: { requester: 0n }, without: 0n };
}

/** Posts to its own GPU through another account, which the draw happens to find, for the score. */
export async function scoreTraded(world: Scene): Promise<Played & { readonly points: number }> {
  const { registry } = world;
  const recorder = await Recorder.begin(world);
  const { job, gpu } = await postAndDraw(world);
  const before = await registry.scoreOf(gpu.ownerAccount);
  await deliver(world, job, gpu, { result: RIGHT });
  await settle(world, job);
  const gained = (await registry.scoreOf(gpu.ownerAccount)) - before;
  expect(gained > 0n).to.equal(true);
  const { changes, days } = await recorder.end();
  const terms = await termsOf(world, job);
  const owner = roleOf(world, gpu.owner);
  checkCase(changes, acceptedOf(terms), { owner });
  return {
    changes,
    days,
    terms,
    attackers: ["requester", owner],
    honest: {},
    without: 0n,
    points: Number(gained) / 1e6,
  };
}

// Requesters and challengers

/** Rejects a right result. */
export async function rightResultRejected(world: Scene): Promise<Played> {
  const { owner, ...run } = await fight(world, RIGHT, "rejection", reject(world), all(RIGHT), "valid");
  const accepted = acceptedOf(run.terms);
  return {
    ...run,
    attackers: ["requester"],
    honest: { [owner]: wei(accepted.owner) },
    without: wei(accepted.requester),
  };
}

/** Opens a canary that says something else than the job gives; the operator contests. */
export async function canaryMadeUp(world: Scene): Promise<Played> {
  const { escrow, actors } = world;
  const { owner, ...run } = await fight(
    world,
    RIGHT,
    "canary",
    async (job, gpu) => {
      await escrow.connect(actors.requester).accuse(job.id, job.agreement, MADE_UP, saltOf("canary"));
      await escrow.connect(gpu.operator).contest(job.id, job.agreement);
    },
    all(RIGHT),
    "valid",
  );
  const accepted = acceptedOf(run.terms);
  return {
    ...run,
    attackers: ["requester"],
    honest: { [owner]: wei(accepted.owner) },
    without: wei(accepted.requester),
  };
}

/** Challenges a right result. */
export async function challengedForNothing(world: Scene): Promise<Played> {
  const { owner, ...run } = await fight(world, RIGHT, "challenge", challenge(world), all(RIGHT), "valid");
  const accepted = acceptedOf(run.terms);
  const honest = { [owner]: wei(accepted.owner), requester: wei(accepted.requester) };
  return { ...run, attackers: ["requester2"], honest, without: 0n };
}

// Validators

/** Two of five vote for a digest that they made up. */
export async function minorityLies(world: Scene): Promise<Played> {
  const votes = [MADE_UP, RIGHT, RIGHT, MADE_UP, RIGHT];
  const { seated, owner, ...run } = await fight(world, CHEAP, "rejection", reject(world), votes, "invalid");
  const liars = seated.filter((_, seat) => votes[seat] === MADE_UP).map((one) => validatorName(world, one));
  return {
    ...run,
    attackers: liars,
    guilty: [owner],
    honest: honestSeats(world, run.terms, seated, liars),
    without: 2n * seatPay(run.terms),
  };
}

/** One of five says Valid without looking, while the result is wrong. */
export async function validUnseen(world: Scene): Promise<Played & { readonly accuracyLost: number }> {
  const votes = [RIGHT, RIGHT, CHEAP, RIGHT, RIGHT];
  const { validators } = world;
  const { seated, owner, ...run } = await fight(world, CHEAP, "rejection", reject(world), votes, "invalid");
  const [lazy, other] = [seated[2]!, seated[0]!];
  const accuracyOf = async ({ id }: Validator) => Number((await validators.validatorOf(id)).accuracy) / 1e4;
  const names = [validatorName(world, lazy)];
  return {
    ...run,
    attackers: names,
    guilty: [owner],
    honest: honestSeats(world, run.terms, seated, names),
    without: seatPay(run.terms),
    accuracyLost: (await accuracyOf(other)) - (await accuracyOf(lazy)),
  };
}

/** One of five seals what another sealed, and cannot open it. */
export async function sealedVoteCopied(world: Scene): Promise<Played> {
  const { panel, actors } = world;
  const copyist = 4;
  const voteAndCopy = async ({ question, seated }: Sitting): Promise<void> => {
    const seals = await Promise.all(seated.map((one) => panel.commitmentOf(question, one.id, RIGHT, saltFor(one))));
    for (const [seat, { owner }] of seated.entries()) {
      await panel.connect(owner).commit(question, seat, seals[seat === copyist ? 0 : seat]!);
    }
    for (const [seat, one] of seated.entries()) {
      if (seat !== copyist) await panel.connect(one.owner).reveal(question, seat, RIGHT, saltFor(one));
    }
    const [copied, thief] = [seated[0]!, seated[copyist]!];
    await expect(
      panel.connect(thief.owner).reveal(question, copyist, RIGHT, saltFor(copied)),
    ).to.be.revertedWithCustomError(panel, "PanelWrongCommitment");
    const { revealEnd } = await panel.questionOf(question);
    await ethers.provider.send("evm_setNextBlockTimestamp", [Number(revealEnd) + 1]);
    await panel.connect(actors.keeper).tally(question);
  };
  const { seated, owner, ...run } = await fight(world, CHEAP, "rejection", reject(world), voteAndCopy, "invalid");
  const names = [validatorName(world, seated[copyist]!)];
  const honest = honestSeats(world, run.terms, seated, names);
  return { ...run, attackers: names, guilty: [owner], honest, without: seatPay(run.terms) };
}

/** The requester, and seats that voted rightly, with the least that each has to get. */
function honestSeats(world: Scene, terms: JobTerms, seated: readonly Validator[], liars: readonly string[]) {
  const names = seated.map((one) => validatorName(world, one)).filter((name) => !liars.includes(name));
  return { requester: 0n, ...Object.fromEntries(names.map((name) => [name, seatPay(terms)])) };
}
