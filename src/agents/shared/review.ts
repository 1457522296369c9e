import type { Review } from "../../chain/contracts";
import { LogReader } from "../../chain/logs";
import { BadAnswer } from "../../chain/rpc";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import { agreementStruct, type Agreement } from "../../protocol/agreement";
import { courtTopics, decodeCourtEvent, type CourtEvent } from "../../protocol/events";
import { questionOfJob } from "../../protocol/hashes";
import { formatJobId, InvalidJobId, splitJobId } from "../../protocol/jobId";
import { mayAppeal } from "../../protocol/review";
import { findingNumbered, questionStatus, QuestionStatus, UnknownEnumValue, type Finding } from "../../protocol/status";
import { digestSchema, type Digest } from "../../store";
import { HistoryUnavailable, placeOf } from "./history";
import { call } from "./money";
import type { Reporter } from "./report";
import { reviewOf, sendReported, type Session } from "./session";

/** A question before the panel as the chain shows it. Times in seconds of the chain. */
export interface Question {
  readonly status: QuestionStatus;
  /** Module that asked. */
  readonly asker: string;
  readonly claim: Digest;
  /** 0, or 1 once appealed. */
  readonly instance: number;
  /** Whether the instance's first panel came to nothing. */
  readonly redrawn: boolean;
  readonly seats: number;
  readonly frozenAt: number;
  /** Beacon round that the present panel is bound to. */
  readonly round: number;
  /** Last seconds for commits and reveals, 0 before the draw. */
  readonly commitEnd: number;
  readonly revealEnd: number;
  /** Last second for an appeal, 0 when there is none. */
  readonly appealEnd: number;
  readonly deadline: number;
  readonly finding: Finding;
  readonly digest: Digest;
  readonly needsConfirmation: boolean;
  readonly confirmed: boolean;
}

/** Reads a question. Throws RpcFault, and BadAnswer for what no panel says. */
export async function readQuestion({ panel }: Pick<Review, "panel">, question: string): Promise<Question> {
  const view = await panel.questionOf(question);
  try {
    return {
      status: questionStatus(view.status),
      asker: view.asker,
      claim: digestSchema.parse(view.claim),
      instance: Number(view.instance),
      redrawn: view.redrawn,
      seats: Number(view.seats),
      frozenAt: Number(view.frozenAt),
      round: Number(view.round),
      commitEnd: Number(view.commitEnd),
      revealEnd: Number(view.revealEnd),
      appealEnd: Number(view.appealEnd),
      deadline: Number(view.deadline),
      finding: findingNumbered(view.finding),
      digest: digestSchema.parse(view.digest),
      needsConfirmation: view.needsConfirmation,
      confirmed: view.confirmed,
    };
  } catch (cause) {
    if (!(cause instanceof UnknownEnumValue)) throw cause;
    throw new BadAnswer(`the endpoint answers for a question with what no panel says: ${cause.message}`, { cause });
  }
}

/** Whether the verdict so far can be appealed by a party: once, in its window, by whom it goes against. */
export function canAppeal(question: Question, party: "requester" | "owner", now: number): boolean {
  const { status, instance, finding, appealEnd } = question;
  const isOpen = status === QuestionStatus.Decided && instance === 0 && now <= appealEnd;
  return isOpen && mayAppeal(finding, party);
}

/** Id of the question that the court asks about a job. */
export function questionFor(session: Session, jobId: bigint): string {
  return questionOfJob(reviewOf(session).at.court, placeOf(session, jobId));
}

/** Whether a job's disputes are judged by the session's court. */
export function isForCourt({ market }: Pick<Session, "market">, { resolver }: Pick<Agreement, "resolver">): boolean {
  return market.review !== undefined && resolver === market.review.at.court;
}

/** The job of a case, when the event is true: the question's id binds court, chain, escrow and job. */
export function jobOfCase(session: Session, event: CourtEvent | undefined): bigint | undefined {
  if (event?.name !== "CaseOpened" || event.escrow !== session.market.at.escrow) return undefined;
  try {
    splitJobId(event.jobId);
  } catch (cause) {
    if (cause instanceof InvalidJobId) return undefined;
    throw cause;
  }
  return questionFor(session, event.jobId) === event.question ? event.jobId : undefined;
}

/**
 * Searches backwards for the job that a question is about.
 * @throws HistoryUnavailable when the endpoint does not show it, RpcFault.
 */
export async function findCase(session: Session, question: string): Promise<bigint> {
  const { rpc, chain } = session;
  const { at, block } = reviewOf(session);
  const reader = new LogReader(rpc, chain.logRange);
  const filter = { addresses: [at.court], topics: [courtTopics(["CaseOpened"]), null, null, [question]] };
  for (let to = (await session.head()).number; to >= block; to -= chain.logRange) {
    const logs = await reader.read(filter, Math.max(block, to - chain.logRange + 1), to);
    for (const log of logs.reverse()) {
      const jobId = jobOfCase(session, decodeCourtEvent(log));
      if (jobId !== undefined) return jobId;
    }
  }
  throw new HistoryUnavailable(`the case of question ${question} was not found in the events`);
}

/** A transaction of the court about a job: bring it before the panel, appeal the verdict, or end the case. */
export function courtCall(
  session: Session,
  name: "openCase" | "appeal" | "conclude",
  jobId: bigint,
  agreement: Agreement,
): Intent {
  const { court, at } = reviewOf(session);
  const values = [session.market.at.escrow, jobId, agreementStruct(agreement)];
  return call(`${name}:${jobId}`, at.court, court.interface, name, values);
}

/**
 * Brings a rejected job before the panel. That somebody else did so first is as good; another refusal is reported, as the
 * rejection stands and anyone may open the case later.
 * @returns whether the case is open
 * @throws what the endpoint and the sender throw otherwise: the command can be repeated.
 */
export async function openCase(
  session: Session,
  sender: TransactionSender,
  jobId: bigint,
  agreement: Agreement,
  reporter: Reporter,
): Promise<boolean> {
  const job = formatJobId(jobId);
  try {
    await sendReported(sender, courtCall(session, "openCase", jobId, agreement), reporter);
  } catch (error) {
    const refusal = error instanceof TransactionRefused ? session.explain(error) : undefined;
    if (refusal === undefined) throw error;
    if (refusal.name !== "PanelKnownQuestion") {
      const fields = { job, error: refusal.name, reason: refusal.sentence };
      reporter.news("caseRefused", `job ${job} is not before the panel: ${refusal.sentence}`, fields);
      return false;
    }
  }
  reporter.news("caseOpened", `job ${job} is before the panel`, { job, question: questionFor(session, jobId) });
  return true;
}
