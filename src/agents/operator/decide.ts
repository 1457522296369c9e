import type { Agreement } from "../../protocol/agreement";
import { ENDED, JobStatus, jobStatus } from "../../protocol/status";
import type { JobWord } from "../../protocol/words";
import type { OperatorConfig } from "./config";
import type { OperatorJob } from "./state";

/** What to do next about a job. */
export type Action =
  /** Nothing is left to do: it ended, or belongs to someone else. */
  | { readonly do: "forget"; readonly why: string }
  | { readonly do: "wait" }
  /** It can no longer be delivered: stop working. */
  | { readonly do: "stop" }
  /** Read its input and compare it with the agreement. */
  | { readonly do: "judge" }
  | { readonly do: "decline"; readonly reason: string; readonly inputUnavailable: boolean }
  /** Show a sign of life, naming the newest checkpoint. */
  | { readonly do: "beat" }
  | { readonly do: "work" }
  | { readonly do: "deliver" | "commit" | "reveal" | "settle" | "split" }
  /** A panel drew segments of our chain: open them. */
  | { readonly do: "open" }
  /** A panel found against our result, or a canary accuses it: see whether it was right, and appeal or contest. */
  | { readonly do: "appeal" | "contest" };

/** What a decision rests on. Times in seconds of the chain. */
export interface Situation {
  readonly job: OperatorJob;
  readonly word: JobWord;
  readonly agreement: Agreement;
  /** Time of the newest block. */
  readonly now: number;
  readonly isRunning: boolean;
  /** Whether another process may be started. */
  readonly hasRoom: boolean;
  /** Whether a panel waits for segments of our chain. */
  readonly isOpenable: boolean;
  /** Whether a panel found against the result and can be appealed. */
  readonly isAppealable: boolean;
  readonly config: Pick<OperatorConfig, "checkpointSeconds" | "commitReveal" | "settleOwn">;
}

/**
 * The next step of a job, from what the chain says and what is at hand. It is asked anew in every round, so a lost
 * transaction, a restart or a reorg needs no care of its own.
 */
export function decide(situation: Situation): Action {
  const { job, word, now, config } = situation;
  const status = jobStatus(word.status);
  if (ENDED.has(status)) return { do: "forget", why: JobStatus[status].toLowerCase() };
  if (status === JobStatus.Posted) return { do: "forget", why: "waiting for another draw" };
  if (word.gpu !== job.gpu || word.attempt !== job.attempt) return { do: "forget", why: "drawn for another GPU" };
  const isLate = now > Number(word.due);
  switch (status) {
    case JobStatus.Assigned:
      return isLate ? { do: "stop" } : decideAssigned(situation);
    case JobStatus.Committed:
      if (isLate) return { do: "stop" };
      return job.result !== undefined && job.salt !== undefined ? { do: "reveal" } : { do: "wait" };
    case JobStatus.Delivered:
      return isLate && config.settleOwn ? { do: "settle" } : { do: "wait" };
    case JobStatus.Disputed:
      if (isLate) return { do: config.settleOwn ? "split" : "wait" };
      if (situation.isOpenable) return { do: "open" };
      return { do: situation.isAppealable && job.defence !== "hopeless" ? "appeal" : "wait" };
    case JobStatus.Accused:
      return { do: isLate || job.defence === "hopeless" ? "wait" : "contest" };
    default:
      return { do: "wait" };
  }
}

const NO_ROOM = "other jobs take all the room until it has to be accepted";

function decideAssigned(situation: Situation): Action {
  const { job, word, config, isRunning, hasRoom } = situation;
  if (job.abandoned !== undefined) return { do: "stop" };
  if (job.result !== undefined) return { do: config.commitReveal ? "commit" : "deliver" };
  // A job that was accepted can no longer be given back.
  if (job.refusal !== undefined) return word.accepted ? { do: "stop" } : { do: "decline", ...job.refusal };
  if (job.kind === undefined) return { do: "judge" };
  if (needsBeat(situation)) {
    const isBegun = isRunning || job.checkpoint !== undefined;
    // Accepting what cannot be begun would be a bet on the other jobs' length, with the stake as the wager.
    if (!word.accepted && !isBegun && !hasRoom) return { do: "decline", reason: NO_ROOM, inputUnavailable: false };
    return { do: "beat" };
  }
  if (!isRunning && hasRoom) return { do: "work" };
  return { do: "wait" };
}

/**
 * Whether a sign of life is due. Acceptance waits for the first checkpoint or half of its window: a job that turns out to
 * need more than this operator gives can be declined until then, and a short one is accepted by its delivery for free.
 */
function needsBeat({ job, word, agreement, now, config }: Situation): boolean {
  const newestNamed = job.namedAt ?? job.seenAt;
  const hasNews = job.checkpoint !== undefined && job.checkpoint.step > job.namedStep;
  if (hasNews && now - newestNamed >= config.checkpointSeconds) return true;
  const left = Number(word.due) - now;
  if (!word.accepted) return left <= Number(agreement.windows.acceptanceMinutes) * 30;
  const silence = Number(agreement.terms.heartbeat);
  // At the end of the attempt a sign of life no longer moves the due time: do not repeat it in every round.
  return silence > 0 && left <= silence / 2 && now - newestNamed >= silence / 4;
}
