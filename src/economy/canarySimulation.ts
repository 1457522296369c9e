/** Cheating against canaries on the real contracts, counted in the wei that they moved. */
import { randomBytes } from "node:crypto";
import { digestOf, type Digest } from "../store";
import { randomStream, type RandomStream } from "../workload/random";
import { expectedProfit, standardError, type CanaryTerms } from "./canaryModel";

/** A job on the chain; only the market knows what it is. */
export interface SimulatedJob {
  readonly id: bigint;
}

/** What opens a canary. */
export interface SimulatedOpening {
  readonly expectedDigest: Digest;
  readonly salt: Digest;
}

/** The contracts, with one operator at a time that every job is drawn for. Amounts in token wei. */
export interface CanaryMarket {
  /** Compute price of a job. */
  readonly price: bigint;
  /** Jobs that an operator serves at once. */
  readonly batch: number;
  setLockFactor(lockFactor: number): Promise<void>;
  /** A new operator takes the place of the present one, which is never drawn again. */
  replaceOperator(): Promise<void>;
  /** What the present operator owns: its vault account, and its stake without what slashes still wait to take. */
  operatorMoney(): Promise<bigint>;
  /** Posts a job; with an opening, as a canary. */
  post(inputDigest: Digest, opening: SimulatedOpening | undefined): Promise<SimulatedJob>;
  /** Draws all posted jobs. */
  draw(): Promise<void>;
  deliver(job: SimulatedJob, resultDigest: Digest): Promise<void>;
  accept(jobs: readonly SimulatedJob[]): Promise<void>;
  accuse(job: SimulatedJob, opening: SimulatedOpening): Promise<void>;
  /** Lets the time to contest pass, then has a stranger convict. */
  convict(jobs: readonly SimulatedJob[]): Promise<void>;
}

/** One cell: the terms without the saved share, which no chain sees. */
export type CellTerms = Omit<CanaryTerms, "savedShare">;

/** What happened in a cell. */
export interface CellCounts extends CellTerms {
  readonly jobs: number;
  readonly canaries: number;
  readonly cheated: number;
  /** Cheated canaries, each of them opened and convicted. */
  readonly convicted: number;
  /** Operators that it took: one that was convicted is barred, and comes back under another name. */
  readonly operators: number;
  /** Compute price of a job, token wei. */
  readonly price: bigint;
  /** What the operators' accounts and stakes gained, token wei. */
  readonly earned: bigint;
}

interface PlannedJob {
  readonly input: Digest;
  readonly right: Digest;
  readonly delivered: Digest;
  readonly opening: SimulatedOpening | undefined;
}

/**
 * Runs `jobs` jobs of one cell: each is a canary by one throw and cheated in by another, so that the operator decides without
 * knowing. Who is convicted is replaced at the end of the batch, which favours the cheat.
 * @param seed of both throws; the same seed gives the same cell
 */
export async function simulateCell(
  market: CanaryMarket,
  terms: CellTerms,
  jobs: number,
  seed: string,
): Promise<CellCounts> {
  const name = `${seed} L=${terms.lockFactor} p=${terms.canaryRate} q=${terms.cheatingRate}`;
  const random = randomStream(digestOf(Buffer.from(name, "utf8")), "canary simulation");
  await market.setLockFactor(terms.lockFactor);
  await market.replaceOperator();
  const counts = { jobs: 0, canaries: 0, cheated: 0, convicted: 0, operators: 1, earned: 0n };
  while (counts.jobs < jobs) {
    const size = Math.min(market.batch, jobs - counts.jobs);
    const planned = Array.from({ length: size }, () => plan(random, terms));
    const before = await market.operatorMoney();
    const convicted = await play(market, planned);
    counts.earned += (await market.operatorMoney()) - before;
    counts.jobs += size;
    counts.canaries += planned.filter(({ opening }) => opening !== undefined).length;
    counts.cheated += planned.filter(({ right, delivered }) => right !== delivered).length;
    counts.convicted += convicted;
    if (convicted > 0 && counts.jobs < jobs) {
      counts.operators++;
      await market.replaceOperator();
    }
  }
  return { ...terms, ...counts, price: market.price };
}

/** One batch from posting to the last verdict. Returns how many jobs were convicted. */
async function play(market: CanaryMarket, planned: readonly PlannedJob[]): Promise<number> {
  const posted = [];
  for (const job of planned) posted.push({ job: await market.post(job.input, job.opening), ...job });
  await market.draw();
  for (const { job, delivered } of posted) await market.deliver(job, delivered);
  const accused: SimulatedJob[] = [];
  const accepted: SimulatedJob[] = [];
  for (const { job, delivered, opening } of posted) {
    if (opening === undefined || opening.expectedDigest === delivered) accepted.push(job);
    else {
      await market.accuse(job, opening);
      accused.push(job);
    }
  }
  await market.accept(accepted);
  if (accused.length > 0) await market.convict(accused);
  return accused.length;
}

function plan(random: RandomStream, { canaryRate, cheatingRate }: CellTerms): PlannedJob {
  const isCanary = random.unit() < canaryRate;
  const isCheated = random.unit() < cheatingRate;
  const [input, right, wrong] = [newDigest(), newDigest(), newDigest()];
  const opening = isCanary ? { expectedDigest: right, salt: newDigest() } : undefined;
  return { input, right, delivered: isCheated ? wrong : right, opening };
}

function newDigest(): Digest {
  return digestOf(randomBytes(32));
}

/** A cell's measure beside the closed form, in prices per job. */
export interface CellComparison {
  readonly measured: number;
  readonly expected: number;
  /** Of the measure around the closed form, for so many jobs. */
  readonly standardError: number;
  /** Distance of both in standard errors; 0 where nothing is left to chance. */
  readonly deviation: number;
}

/**
 * What cheating was worth in a cell: what the operators earned, less what honest work would have earned, and what cheating
 * saved them. The savings are what cheating is taken to save; the rest is what the chain says.
 */
export function compareCell(counts: CellCounts, savedShare: number): CellComparison {
  const { earned, price, jobs, cheated } = counts;
  const terms = { ...counts, savedShare };
  const overHonest = Number(earned - BigInt(jobs) * price) / Number(price);
  const measured = (overHonest + savedShare * cheated) / jobs;
  const [expected, error] = [expectedProfit(terms), standardError(terms, jobs)];
  return { measured, expected, standardError: error, deviation: error === 0 ? 0 : (measured - expected) / error };
}

/** What a convicted canary cost its operator, in prices, as the chain says; undefined where none was. */
export function measuredLoss({ earned, price, jobs, convicted }: CellCounts): number | undefined {
  return convicted === 0 ? undefined : Number(BigInt(jobs) * price - earned) / Number(price) / convicted;
}
