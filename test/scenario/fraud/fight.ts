/** A job that somebody objects to, fought out before a panel. */
import { expect } from "chai";
import { moneyOfCase, type CaseMoney, type Ending, type JobTerms, type Objection } from "../../../src/economy/fraud";
import { roleOf } from "../../fixtures/market";
import type { Validator } from "../../fixtures/review";
import { deliver, digest, GWEI, Mode, postAndDraw, type Gpu, type Job } from "../../fixtures/suite";
import { judge, MADE_UP, Recorder, saltOf, termsOf, type Changes, type Scene } from "./ledger";

/** Token wei of an amount in units of 1e9 wei. */
export const wei = (gwei: bigint): bigint => gwei * GWEI;

/** The same vote on every seat. */
export const all = (vote: string, seats = 5): string[] => new Array<string>(seats).fill(vote);

/** What roles of a case are called in the books; seats are compared one by one where it matters. */
export function checkCase(changes: Changes, money: CaseMoney, names: Partial<Record<keyof CaseMoney, string>>): void {
  const ofPanel = [...changes].filter(([name]) => name.startsWith("validator "));
  const found = {
    requester: changes.get(names.requester ?? "requester") ?? 0n,
    owner: changes.get(names.owner ?? "") ?? 0n,
    challenger: names.challenger === undefined ? 0n : (changes.get(names.challenger) ?? 0n),
    // What does not divide by the seats is protocol fee.
    paid: ofPanel.reduce((sum, [, change]) => sum + change, 0n) + (changes.get("treasury") ?? 0n),
    royalties: changes.get("royalties") ?? 0n,
    draws: changes.get("keeper") ?? 0n,
  };
  expect(found).to.deep.equal({
    requester: wei(money.requester),
    owner: wei(money.owner),
    challenger: wei(money.challenger),
    paid: wei(money.panel + money.treasury),
    royalties: wei(money.royalties),
    draws: wei(money.draws),
  });
}

/** How a fight ended. */
export interface Fought {
  readonly changes: Changes;
  readonly days: number;
  readonly terms: JobTerms;
  readonly owner: string;
  readonly seated: readonly Validator[];
}

/**
 * A job that somebody objects to, from the posting until the slash is paid out; its money is what the model says.
 * @param lostBond of an appeal by the owner that changed nothing, in units of 1e9 wei
 */
export async function fight(
  world: Scene,
  delivered: string,
  objection: Objection,
  object: (job: Job, gpu: Gpu) => Promise<unknown>,
  votes: Parameters<typeof judge>[2],
  ending: Ending,
  lostBond = 0n,
): Promise<Fought> {
  const recorder = await Recorder.begin(world);
  const mode = objection === "challenge" ? Mode.Optimistic : Mode.Acceptance;
  const note = await canaryNote(world);
  const { job, gpu } = await postAndDraw(world, world.actors.requester, { mode, note });
  await deliver(world, job, gpu, { result: delivered });
  await object(job, gpu);
  const seated = await judge(world, job, votes);
  const { changes, days } = await recorder.end();
  const terms = await termsOf(world, job);
  const owner = roleOf(world, gpu.owner);
  const money = moneyOfCase(terms, objection, ending);
  const judged = { ...money, owner: money.owner - lostBond, panel: money.panel + lostBond };
  checkCase(changes, judged, { owner, challenger: "requester2" });
  return { changes, days, terms, owner, seated };
}

/** Every job carries it, as honest canaries do too; only a false canary is ever opened. */
const canaryNote = ({ escrow, actors }: Scene): Promise<string> =>
  escrow.canaryNoteOf(actors.requester, digest("input"), MADE_UP, saltOf("canary"));

/** The requester rejects. */
export const reject =
  ({ escrow, actors }: Scene) =>
  (job: Job) =>
    escrow.connect(actors.requester).reject(job.id, job.agreement, digest("why"));
/** requester2 challenges. */
export const challenge =
  ({ escrow, actors }: Scene) =>
  (job: Job) =>
    escrow.connect(actors.requester2).challenge(job.id, job.agreement, digest("why"));

/** The money of a job that nobody objects to. */
export const acceptedOf = (terms: JobTerms): CaseMoney => moneyOfCase(terms, "rejection", "accepted");
