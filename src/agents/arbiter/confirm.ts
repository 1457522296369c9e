import type { Digest } from "../../store";
import { Finding, QuestionStatus, Verdict } from "../../protocol/status";
import type { Question } from "../shared/review";

/** What an arbiter found by doing the job again. */
export interface OwnFinding {
  readonly verdict: Verdict;
  readonly rightDigest: Digest;
}

/**
 * Whether a panel's verdict waits for an arbiter, and nobody can appeal it any more: what is said of a verdict that is
 * appealed afterwards counts for nothing.
 */
export function awaitsArbiter(question: Question, now: number): boolean {
  const { status, instance, appealEnd, deadline, needsConfirmation, confirmed } = question;
  const isFinal = instance === 1 || now > appealEnd;
  return status === QuestionStatus.Decided && needsConfirmation && !confirmed && isFinal && now <= deadline;
}

/** Whether what the arbiter found is the guilt that the panel found: the same right digest, or content that is gone. */
export function agreesWith({ finding, digest }: Pick<Question, "finding" | "digest">, own: OwnFinding): boolean {
  if (finding === Finding.Invalid) return own.verdict === Verdict.Invalid && own.rightDigest === digest;
  return finding === Finding.Unavailable && own.verdict === Verdict.Unavailable;
}
