import { appealBondOf, type Agreement } from "../../protocol/agreement";
import { formatJobId } from "../../protocol/jobId";
import { Finding, QuestionStatus, questionSentence } from "../../protocol/status";
import { CommandFailure, EXIT } from "../shared/exit";
import { canAppeal, isForCourt, questionFor, readQuestion, type Question } from "../shared/review";
import { reviewOf, type Session } from "../shared/session";

/** Where a job's review by a panel stands, for people and machines. Times in seconds, 0 where there is none. */
export interface ReviewReport {
  readonly question: string;
  readonly status: string;
  readonly finding: string;
  /** Digest that the verdict names. */
  readonly digest: string;
  readonly isAppealed: boolean;
  readonly needsConfirmation: boolean;
  readonly confirmed: boolean;
  readonly commitEnd: number;
  readonly revealEnd: number;
  readonly appealEnd: number;
  /** Last second in which a verdict is of use. */
  readonly deadline: number;
}

/** The review of a job; undefined when its disputes go elsewhere, or none came before the panel. */
export async function readReview(
  session: Session,
  jobId: bigint,
  agreement: Agreement,
): Promise<ReviewReport | undefined> {
  if (!isForCourt(session, agreement)) return undefined;
  const question = questionFor(session, jobId);
  const { status, finding, digest, instance, ...rest } = await readQuestion(reviewOf(session), question);
  if (status === QuestionStatus.None) return undefined;
  const { needsConfirmation, confirmed, commitEnd, revealEnd, appealEnd, deadline } = rest;
  return {
    question,
    status: QuestionStatus[status],
    finding: Finding[finding],
    digest,
    isAppealed: instance === 1,
    needsConfirmation,
    confirmed,
    commitEnd,
    revealEnd,
    appealEnd,
    deadline,
  };
}

/** A report as text. */
export function reviewLines(report: ReviewReport, now: number): string {
  const status = QuestionStatus[report.status as keyof typeof QuestionStatus];
  const verdict = report.finding === Finding[Finding.None] ? "" : `, verdict ${report.finding}`;
  const lines = [`  review: ${report.status}, ${questionSentence(status)}${verdict}`];
  if (report.needsConfirmation && !report.confirmed) lines.push("  an arbiter has to confirm the verdict");
  if (status === QuestionStatus.Decided && !report.isAppealed && report.appealEnd >= now) {
    lines.push(`  it may be appealed for ${report.appealEnd - now} s`);
  }
  return lines.join("\n");
}

/**
 * The verdict that a requester may appeal now, and the bond of it.
 * @throws CommandFailure (wrongState) when there is none.
 */
export async function appealable(
  session: Session,
  jobId: bigint,
  agreement: Agreement,
): Promise<{ question: Question; bond: bigint }> {
  const job = formatJobId(jobId);
  if (!isForCourt(session, agreement)) {
    throw new CommandFailure(EXIT.wrongState, `disputes of job ${job} are not judged by a panel`);
  }
  const question = await readQuestion(reviewOf(session), questionFor(session, jobId));
  if (canAppeal(question, "requester", (await session.head()).timestamp)) {
    return { question, bond: appealBondOf(agreement) };
  }
  const { status, finding, instance, appealEnd } = question;
  const fields = { status: QuestionStatus[status], finding: Finding[finding], appealEnd, isAppealed: instance === 1 };
  const stand = `${questionSentence(status)}${finding === Finding.None ? "" : `, verdict ${Finding[finding]}`}`;
  throw new CommandFailure(
    EXIT.wrongState,
    `the review of job ${job} cannot be appealed by its requester: ${stand}`,
    fields,
  );
}
