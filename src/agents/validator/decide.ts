import { QuestionStatus } from "../../protocol/status";
import type { Question } from "../shared/review";
import type { ValidatorConfig } from "./config";
import type { Seat, Vote } from "./state";

/** What to do next about a seat. */
export type Action =
  /** Its question is over. */
  | { readonly do: "forget" }
  | { readonly do: "wait" }
  /** Nothing can be done for this panel any more: stop working. */
  | { readonly do: "stop" }
  /** No vote can be given, or revealed: say so, once. */
  | { readonly do: "silent"; readonly why: string }
  /** Do the job again, for at most so many seconds. */
  | { readonly do: "examine"; readonly seconds: number; readonly isLast: boolean }
  | { readonly do: "commit"; readonly vote: Vote }
  | { readonly do: "reveal"; readonly vote: Vote };

/** A seat as the panel shows it. */
export interface SeatView {
  /** Number of the seat in the present panel. */
  readonly place: number;
  readonly committed: boolean;
  readonly revealed: boolean;
  /** Stored vote whose commitment the chain has. */
  readonly sealed: Vote | undefined;
}

/** What a decision rests on. Times in seconds of the chain. */
export interface Situation {
  readonly seat: Pick<Seat, "round" | "nextLook" | "openedAt" | "silent">;
  readonly question: Question;
  /** Undefined where we do not sit on the present panel. */
  readonly view: SeatView | undefined;
  /** Stored vote on the present claim and agreement. */
  readonly vote: Vote | undefined;
  readonly now: number;
  readonly headNumber: number;
  readonly confirmations: number;
  readonly isRunning: boolean;
  /** Whether another job may be begun. */
  readonly hasRoom: boolean;
  readonly config: Pick<ValidatorConfig, "childSeconds" | "marginSeconds">;
}

/** The last look begins here: what it finds missing cannot be had. */
export function lastLookOf({ commitEnd }: Pick<Question, "commitEnd">, marginSeconds: number): number {
  return commitEnd - marginSeconds;
}

/**
 * The next step of a seat, from what the chain says and what is at hand. It is asked anew in every round, so a lost
 * transaction, a restart or a reorg needs no care of its own.
 */
export function decide(situation: Situation): Action {
  const { seat, question, view } = situation;
  if (question.status === QuestionStatus.Closed || question.status === QuestionStatus.None) return { do: "forget" };
  // The seats of a panel end with the question, also those of one that came to nothing or was appealed.
  if (question.status === QuestionStatus.Waiting || question.round !== seat.round) return { do: "stop" };
  if (view === undefined) return { do: "stop" };
  switch (question.status) {
    case QuestionStatus.Committing:
      return decideCommitting(situation, view);
    case QuestionStatus.Revealing:
      return decideRevealing(situation, view);
    default:
      return { do: "stop" };
  }
}

const FOREIGN =
  "its seat was sealed with a vote that is not stored here: another program of the same validator has the salt";

function decideCommitting(situation: Situation, view: SeatView): Action {
  const { seat, question, vote, now, isRunning, hasRoom, config } = situation;
  if (view.committed) return view.sealed === undefined ? { do: "silent", why: FOREIGN } : { do: "wait" };
  if (now > question.commitEnd) return { do: "silent", why: "the time for votes ran out" };
  if (vote !== undefined) return { do: "commit", vote };
  if (seat.silent !== undefined || isRunning || now < seat.nextLook) return { do: "wait" };
  const seconds = question.commitEnd - Math.floor(config.marginSeconds / 3) - now;
  if (seconds < 1) return { do: "silent", why: "too little time is left to do the job again" };
  if (!hasRoom) return { do: "wait" };
  const isLast = now >= lastLookOf(question, config.marginSeconds);
  return { do: "examine", seconds: Math.min(config.childSeconds, seconds), isLast };
}

function decideRevealing(situation: Situation, view: SeatView): Action {
  const { seat, question, now, headNumber, confirmations, config } = situation;
  if (view.revealed) return { do: "stop" };
  if (!view.committed) return { do: "silent", why: "no vote was sealed in time" };
  if (view.sealed === undefined) return { do: "silent", why: FOREIGN };
  // Votes shown on blocks that are replaced could be copied by who has not sealed one on the new ones.
  const isSettled = seat.openedAt !== undefined && headNumber >= seat.openedAt + confirmations;
  const isUrgent = now >= question.revealEnd - config.marginSeconds;
  return isSettled || isUrgent ? { do: "reveal", vote: view.sealed } : { do: "wait" };
}
