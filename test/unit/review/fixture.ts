/** A panel over a beacon whose rounds tests answer, and a registry that seats whom tests name. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import type { ReviewPanel, RoundsMock, ValidatorsMock } from "../../../typechain-types";

export const HOUR = 3_600n;
export const DAY = 24n * HOUR;
export const WINDOWS = { commitSeconds: 24n * HOUR, revealSeconds: 24n * HOUR, appealSeconds: 48n * HOUR };
export const VOTING = WINDOWS.commitSeconds + WINDOWS.revealSeconds;
/** Order of IReviewPanel.Status. */
export const Status = { None: 0n, Waiting: 1n, Committing: 2n, Revealing: 3n, Counting: 4n, Decided: 5n, Closed: 6n };
/** Order of IReviewPanel.Finding. */
export const Finding = { None: 0n, Valid: 1n, Invalid: 2n, Unavailable: 3n };
/** Order of IRandomnessBeacon.RoundStatus. */
export const Round = { None: 0, Requested: 1, Answered: 2, Dead: 3 };
/** Order of IValidatorRegistry.SeatOutcome. */
export const Outcome = { Void: 0n, Coherent: 1n, Incoherent: 2n, Silent: 3n };

export const GONE = ethers.ZeroHash;
export const CLAIM = ethers.id("claimed result");
export const RIGHT = ethers.id("right result");
export const OTHER = ethers.id("another result");
export const OWNERS = 99n;
/** Vault account of the keeper, who draws. */
export const DRAWER = 777n;
export const PARTIES = [901n, 902n];

export type ReviewWorld = {
  owner: HardhatEthersSigner;
  asker: HardhatEthersSigner;
  arbiter: HardhatEthersSigner;
  keeper: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Works for all validators but those of `setWorker`. */
  voter: HardhatEthersSigner;
  rounds: RoundsMock;
  validators: ValidatorsMock;
  panel: ReviewPanel;
};

/** What an asked question is asked with, unless a test says otherwise. */
export type Asked = {
  subject: string;
  claim: string;
  domain: bigint;
  seats: bigint;
  deadline: bigint;
  parties: readonly bigint[];
};

export async function reviewWorld(): Promise<ReviewWorld> {
  const signers = await ethers.getSigners();
  const [owner, asker, arbiter, keeper, stranger, voter] = signers as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const rounds = await ethers.deployContract("RoundsMock");
  const validators = await ethers.deployContract("ValidatorsMock");
  const panel = await ethers.deployContract("ReviewPanel", [rounds, validators, WINDOWS, owner.address]);
  await panel.setAsker(asker, true);
  await panel.setArbiter(arbiter, true);
  await validators.setPool(120, OWNERS);
  await validators.setAccount(keeper, DRAWER);
  for (let id = 1n; id <= OWNERS; ++id) await validators.setWorker(id, voter);
  return { owner, asker, arbiter, keeper, stranger, voter, rounds, validators, panel };
}

export const now = async (): Promise<bigint> => BigInt(await time.latest());

/** Runs the next transaction in second `at`, or in the next one when that is past. */
export async function inSecond(at: bigint): Promise<void> {
  const next = (await now()) + 1n;
  await time.setNextBlockTimestamp(at > next ? at : next);
}

export const requestOf = async (some: Partial<Asked> = {}): Promise<Asked & { parties: bigint[] }> => ({
  subject: some.subject ?? ethers.id("subject"),
  claim: some.claim ?? CLAIM,
  domain: some.domain ?? 3n,
  seats: some.seats ?? 5n,
  deadline: some.deadline ?? (await now()) + 30n * DAY,
  parties: [...(some.parties ?? PARTIES)],
});

/** Asks a question and returns its id. */
export async function ask({ panel, asker }: ReviewWorld, some: Partial<Asked> = {}): Promise<string> {
  const request = await requestOf(some);
  await panel.connect(asker).ask(request);
  return panel.questionIdOf(asker, request.subject);
}

/** Answers the round that a question waits for. */
export async function answer({ panel, rounds }: ReviewWorld, question: string, byFallback = false): Promise<void> {
  const { round } = await panel.questionOf(question);
  await rounds.set(round, Round.Answered, byFallback);
}

/** Answers the round and lets the keeper draw; returns who sits. */
export async function draw(world: ReviewWorld, question: string, byFallback = false): Promise<bigint[]> {
  await answer(world, question, byFallback);
  await world.panel.connect(world.keeper).draw(question);
  return seated(world, question);
}

/** Who sits on the present panel. */
export async function seated({ panel }: ReviewWorld, question: string): Promise<bigint[]> {
  const { instance, redrawn } = await panel.questionOf(question);
  return [...(await panel.seatsOf(question, instance, redrawn))];
}

export const saltOf = (seat: number): string => ethers.id(`salt ${seat}`);

/** Seals the vote of a seat. */
export async function commit(world: ReviewWorld, question: string, seat: number, digest: string) {
  const { panel, voter } = world;
  const validator = (await seated(world, question))[seat] ?? 0n;
  const commitment = await panel.commitmentOf(question, validator, digest, saltOf(seat));
  return panel.connect(voter).commit(question, seat, commitment);
}

/** Opens the vote of a seat; anybody can. */
export async function reveal({ panel, stranger }: ReviewWorld, question: string, seat: number, digest: string) {
  return panel.connect(stranger).reveal(question, seat, digest, saltOf(seat));
}

/** All of these votes are sealed and opened, `undefined` is silence, so that they can be counted. */
export async function vote(world: ReviewWorld, question: string, votes: readonly (string | undefined)[]) {
  for (const [seat, digest] of votes.entries()) {
    if (digest !== undefined) await commit(world, question, seat, digest);
  }
  if (votes.includes(undefined)) await inSecond((await world.panel.questionOf(question)).commitEnd + 1n);
  for (const [seat, digest] of votes.entries()) {
    if (digest !== undefined) await reveal(world, question, seat, digest);
  }
  // Nobody revealed: no transaction has used that second.
  if (votes.every((digest) => digest === undefined)) await ethers.provider.send("evm_mine");
}

/** Draws, votes and counts. */
export async function judge(
  world: ReviewWorld,
  question: string,
  votes: readonly (string | undefined)[],
  byFallback = false,
): Promise<void> {
  await draw(world, question, byFallback);
  await vote(world, question, votes);
  await world.panel.connect(world.stranger).tally(question);
}

/** As many votes for the same digest. */
export const same = (digest: string | undefined, count: number): (string | undefined)[] =>
  Array.from({ length: count }, () => digest);

/** Lets the appeal window pass. */
export async function passAppeal({ panel }: ReviewWorld, question: string): Promise<void> {
  const { appealEnd } = await panel.questionOf(question);
  if (appealEnd > (await now())) await time.increaseTo(appealEnd);
}

/** What closing would return, and then does. */
export async function close({ panel, asker }: ReviewWorld, question: string) {
  const pending = { blockTag: "pending" };
  const [finding, digest, payees, seats] = await panel.connect(asker).close.staticCall(question, pending);
  await panel.connect(asker).close(question);
  return { finding, digest, payees: [...payees], seats };
}
