import { decodeEscrowEvent } from "../../protocol/events";
import { ENDED, JobStatus, jobStatus, statusSentence } from "../../protocol/status";
import { formatTokens, weiOf } from "../../protocol/amounts";
import { formatJobId, splitJobId } from "../../protocol/jobId";
import { totalOf, type Agreement } from "../../protocol/agreement";
import { jobWord, type JobWord } from "../../protocol/words";
import { CommandFailure, EXIT } from "../shared/exit";
import { latestTicket, readHistory, type JobHistory } from "../shared/history";
import type { Session } from "../shared/session";

/** Where a job stands, for people and machines. Amounts in token wei, times in seconds. */
export interface JobReport {
  readonly job: string;
  readonly jobId: bigint;
  readonly status: string;
  readonly gpu: bigint;
  readonly attempt: bigint;
  readonly accepted: boolean;
  /** When the present state ends by time alone; 0 where it does not. */
  readonly due: bigint;
  readonly round: bigint;
  readonly refundDue: boolean;
  readonly pay: bigint;
  /** Sealed commitment or result digest; undefined before there is one. */
  readonly result: string | undefined;
}

/** The word of a job. Throws CommandFailure (notFound). */
export async function readWord(session: Session, jobId: bigint): Promise<JobWord> {
  try {
    return jobWord.decode(await session.market.escrow.jobOf(jobId));
  } catch (error) {
    if (session.explain(error)?.name !== "EscrowUnknownJob") throw error;
    const sentence = `there is no job ${formatJobId(jobId)}, or its ring index holds a later one`;
    throw new CommandFailure(EXIT.notFound, sentence, {}, { cause: error });
  }
}

const WITH_RESULT: ReadonlySet<JobStatus> = new Set([
  JobStatus.Committed,
  JobStatus.Delivered,
  JobStatus.Accused,
  JobStatus.Disputed,
  JobStatus.Settled,
  JobStatus.Refunded,
  JobStatus.Split,
]);

/** Where a job stands. Throws CommandFailure (notFound). */
export async function readJob(session: Session, jobId: bigint): Promise<JobReport> {
  const word = await readWord(session, jobId);
  const status = jobStatus(word.status);
  const result = WITH_RESULT.has(status) ? await session.market.escrow.resultOf(jobId) : undefined;
  return {
    job: formatJobId(jobId),
    jobId,
    status: JobStatus[status],
    gpu: word.gpu,
    attempt: word.attempt,
    accepted: word.accepted,
    due: word.due,
    round: word.round,
    refundDue: word.refundDue,
    pay: weiOf(word.payGwei),
    result,
  };
}

/** A report as text. */
export function jobLines(report: JobReport, now: number): string {
  const status = JobStatus[report.status as keyof typeof JobStatus];
  const lines = [
    `job ${report.job}: ${report.status}, ${statusSentence(status)}; pays ${formatTokens(report.pay)} tokens`,
  ];
  if (report.gpu !== 0n && !ENDED.has(status)) {
    lines.push(`  GPU ${report.gpu}, attempt ${report.attempt}${report.accepted ? ", accepted" : ""}`);
  }
  if (report.due !== 0n && !ENDED.has(status))
    lines.push(`  this state ends in ${Number(report.due) - now} s at the latest`);
  if (report.result !== undefined) lines.push(`  result ${report.result}`);
  if (report.refundDue) lines.push("  its refund waits for `job cancel`");
  return lines.join("\n");
}

/** Everything about a job that its transactions need. */
export interface OpenedJob {
  readonly word: JobWord;
  readonly status: JobStatus;
  readonly agreement: Agreement;
  readonly history: JobHistory;
}

/** Reads word, agreement and events of a job. Throws CommandFailure (notFound), HistoryUnavailable. */
export async function openJob(session: Session, jobId: bigint): Promise<OpenedJob> {
  const word = await readWord(session, jobId);
  const history = await readHistory(session, jobId);
  return { word, status: jobStatus(word.status), agreement: history.posted.event.agreement, history };
}

/** Refuses a job in another state than one of `allowed`. Throws CommandFailure (wrongState). */
export function requireStatus(jobId: bigint, status: JobStatus, ...allowed: readonly JobStatus[]): void {
  if (allowed.includes(status)) return;
  const names = allowed.map((name) => JobStatus[name]).join(" or ");
  const sentence = `job ${formatJobId(jobId)} is ${JobStatus[status]} (${statusSentence(status)}), not ${names}`;
  throw new CommandFailure(EXIT.wrongState, sentence, { status: JobStatus[status] });
}

/** The ticket of a waiting job. Throws CommandFailure (wrongState) when it has none. */
export function ticketOf(jobId: bigint, history: JobHistory): { ticket: bigint; front: boolean } {
  const ticket = latestTicket(history.events);
  if (ticket !== undefined) return ticket;
  throw new CommandFailure(EXIT.wrongState, `job ${formatJobId(jobId)} does not wait in a queue`);
}

/** The lowest ring index of an account that is free for a job. Throws CommandFailure (wrongState) when none is. */
export async function freeRing(session: Session, account: bigint, taken: ReadonlySet<number>): Promise<number> {
  for (let ring = 0; ring <= 65_535; ring++) {
    if (taken.has(ring)) continue;
    const [, word] = await session.market.escrow.jobAt(account, ring);
    const { status, refundDue } = jobWord.decode(word);
    const state = jobStatus(status);
    if (state === JobStatus.None || (ENDED.has(state) && !refundDue)) return ring;
  }
  throw new CommandFailure(EXIT.wrongState, `account ${account} has a job at every ring index`);
}

/** The job that a posting's logs tell of. */
export function postedIn(
  logs: readonly { readonly topics: readonly string[]; readonly data: string }[],
): { jobId: bigint; agreement: Agreement; total: bigint; ring: bigint } | undefined {
  for (const log of logs) {
    const event = decodeEscrowEvent(log);
    if (event?.name !== "JobPosted") continue;
    const { jobId, agreement } = event;
    return { jobId, agreement, total: totalOf(agreement), ring: splitJobId(jobId).ring };
  }
  return undefined;
}
