/** A market whose disputes go before panels, and a recorder of the money of every party of a fraud. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import type { Court, JobTerms } from "../../../src/economy/fraud";
import { historyOf, moneyOf, potOf, type Market, type Money } from "../../fixtures/market";
import { addValidators, conclude, drawPanel, VALIDATOR_STAKE, vote, type Validator } from "../../fixtures/review";
import { deployMarket, digest, fundRequester, GWEI, TOKEN, type Job, type World } from "../../fixtures/suite";

/** Owners of the pool: enough for a panel of 5 and an appeal of 11 without an arbiter. */
export const POOL = 35;

/** The market of these scenarios: default parameters, disputes before the court. */
export interface Scene extends Market {
  readonly pool: readonly Validator[];
}

/** For loadFixture. */
export async function courtMarket(): Promise<Scene> {
  const market = await deployMarket();
  const { escrow, court, vault, actors } = market;
  const settings = { ...market.config.escrow, resolver: await court.getAddress() };
  await escrow.connect(actors.owner).setSettings(settings);
  const pool = await addValidators(market, POOL);
  for (const holder of [actors.keeper, actors.stranger]) await vault.connect(actors.deployer).openAccount(holder);
  const owners = market.gpus.map(({ owner }) => owner);
  // For the bonds of appeals.
  for (const owner of owners) await fundRequester(market, owner, 1_000n * TOKEN);
  for (const party of [actors.requester, actors.requester2, ...owners]) {
    await vault.connect(party).setAuthorisation(court, true);
  }
  return { ...market, pool };
}

/** Digests of these scenarios: what the job gives when it is done, and two that it does not give. */
export const RIGHT = digest("right result");
export const CHEAP = digest("result of a cheaper model");
export const MADE_UP = digest("a digest that somebody made up");

/** Fees of the court at the scene's parameters, tokens. */
export function courtOf({ config }: Pick<World, "config">, { pot }: JobTerms): Court {
  const silence = (VALIDATOR_STAKE * BigInt(config.validatorTerms.silenceBps)) / 10_000n;
  return {
    seats: config.court.seats,
    reviewFee: Number(pot.reviewFee) / Number(GWEI),
    silence: Number(silence) / Number(TOKEN),
  };
}

/** What an ended job's money follows. */
export async function termsOf(world: World, job: Job): Promise<JobTerms> {
  const { config } = world;
  return {
    pot: potOf(job),
    history: await historyOf(world, job),
    lockFactor: BigInt(config.escrow.lockFactor),
    finderBps: BigInt(config.registryTerms.finderBps),
  };
}

/** A panel that was drawn for a job. */
export interface Sitting {
  readonly job: Job;
  readonly question: string;
  readonly seated: readonly Validator[];
}

/**
 * A panel judges a disputed job and the case is concluded. Returns who sat, in the order of the seats. Who draws has no
 * account, so that the seats share the whole fee.
 */
export async function judge(
  world: Scene,
  job: Job,
  votes: readonly (string | undefined)[] | ((sitting: Sitting) => Promise<void>),
): Promise<readonly Validator[]> {
  const { court, escrow, actors, pool } = world;
  await court.connect(actors.stranger).openCase(escrow, job.id, job.agreement);
  const { question } = await court.caseOf(escrow, job.id);
  const seated = await drawPanel(world, question, pool, actors.deployer);
  if (typeof votes === "function") await votes({ job, question, seated });
  else await vote(world, question, seated, votes);
  await conclude(world, question, job);
  return seated;
}

/** Changes of money by party, wei: roles of actors, `validators` not named otherwise, `treasury`, `royalties`. */
export type Changes = ReadonlyMap<string, bigint>;

/** The money of all parties between two times. */
export class Recorder {
  private constructor(
    private readonly world: Scene,
    private readonly before: Money,
    private readonly since: number,
  ) {}

  static async begin(world: Scene): Promise<Recorder> {
    await collect(world);
    return new Recorder(world, await moneyOf(world, holdersOf(world)), await time.latest());
  }

  /**
   * Lets held slashes be paid out and draw fees be collected, and reads the books again.
   * @throws when money is left in a case, a job or a slash, or at a place that is nobody's
   */
  async end(): Promise<{ readonly changes: Changes; readonly days: number }> {
    const { world } = this;
    await finalise(world);
    const days = ((await time.latest()) - this.since) / 86_400;
    await collect(world);
    const after = await moneyOf(world, holdersOf(world));
    const changes = new Map<string, bigint>();
    for (const place of new Set([...this.before.keys(), ...after.keys()])) {
      const change = (after.get(place) ?? 0n) - (this.before.get(place) ?? 0n);
      if (change === 0n) continue;
      const party = partyOf(place);
      changes.set(party, (changes.get(party) ?? 0n) + change);
    }
    const sum = [...changes.values()].reduce((total, change) => total + change, 0n);
    if (sum !== 0n) throw new Error(`${sum} wei more than before`);
    return { changes, days };
  }
}

/** Name of a validator, as the books call it. */
export function validatorName({ pool }: Scene, { id }: Validator): string {
  return `validator ${pool.findIndex((one) => one.id === id) + 1}`;
}

function holdersOf(world: Scene): Record<string, string> {
  const { court, panel, pool } = world;
  const names = pool.map((one) => [validatorName(world, one), one.owner.address] as const);
  return { ...Object.fromEntries(names), court: court.target as string, panel: panel.target as string };
}

/** Moves the draw fees that the keeper has earned to its account. */
async function collect({ escrow, actors: { keeper } }: Scene): Promise<void> {
  if ((await escrow.drawFeesOf(keeper)) !== 0n) await escrow.connect(keeper).collect();
}

/** Pays out every slash that is held, once its hold is over. */
async function finalise({ registry, lens, actors }: Scene): Promise<void> {
  const { slashes } = await lens.totals();
  for (let slash = 1n; slash <= slashes; slash++) {
    const { takenGwei, pendingGwei, holdUntil } = await lens.slashOf(slash);
    if (pendingGwei !== 0n) throw new Error(`slash ${slash} is deferred by the daily cap`);
    if (takenGwei === 0n) continue;
    if (holdUntil > BigInt(await time.latest())) await time.increaseTo(holdUntil);
    await registry.connect(actors.stranger).finaliseSlash(slash);
  }
}

const HELD_BY_NAME =
  /^(?:wallet of|vault account of|(?:stake|unbonding) of GPU \d+ of|(?:stake|unbonding) of validator|registry, credit of) (.+)$/;
const TREASURY = /^(?:vault, fees of .+|registry, fees|validators, slashed)$/;

/** Whose a place of the books is. */
function partyOf(place: string): string {
  if (TREASURY.test(place)) return "treasury";
  if (place === "vault, held for assets") return "royalties";
  const holder = HELD_BY_NAME.exec(place)?.[1];
  if (holder === undefined) throw new Error(`money is left at: ${place}`);
  return holder;
}

/** A digest sealed by someone for a job, as the operator of a GPU would. */
export function sealOf(world: World, job: Job, attempt: bigint, gpu: bigint, salt: string): Promise<string> {
  return world.escrow.commitmentOf(job.id, attempt, gpu, RIGHT, salt);
}

/** A salt by its label. */
export const saltOf = (label: string): string => ethers.id(`salt of ${label}`);
