import { QuestionStatus, RoundStatus, Finding } from "../../protocol/status";
import { fallbackCall, ROUND_DIES_AFTER } from "../keeper/plan";
import type { Question } from "../shared/review";

/** Something that anyone may do to move a case on. */
export type CaseTask =
  "openCase" | "requestRound" | "rebind" | "draw" | "tally" | "conclude" | "fixFallback" | "answerByFallback";

/** The beacon as a case needs it. Times in seconds of the chain. */
export interface BeaconView {
  /** Of the round that the question is bound to. */
  readonly status: RoundStatus;
  /** Newest round, 0 before the first. */
  readonly current: number;
  readonly currentStatus: RoundStatus;
  readonly currentRequestedAt: number;
  /** Least seconds between two requests. */
  readonly interval: number;
  readonly fallbackOpensAt: number;
  readonly fallbackTarget: bigint;
  readonly headNumber: number;
}

/** A pool can be drawn from for less than this long, seconds. Source: IValidatorRegistry. */
const POOL_SECONDS = 3 * 86_400;

/** What brings a question on now; undefined while nothing does. The beacon is looked at only for a waiting one. */
export function taskFor(question: Question, beacon: BeaconView | undefined, now: number): CaseTask | undefined {
  const { status } = question;
  if (status === QuestionStatus.None || status === QuestionStatus.Closed) return undefined;
  if (now > question.deadline) return "conclude";
  if (status === QuestionStatus.Counting) return "tally";
  if (status === QuestionStatus.Decided) return isRipe(question, now) ? "conclude" : undefined;
  return status === QuestionStatus.Waiting && beacon !== undefined ? drawTask(question, beacon, now) : undefined;
}

function isRipe({ instance, finding, appealEnd, needsConfirmation, confirmed }: Question, now: number): boolean {
  if (finding === Finding.None) return true;
  if (needsConfirmation && !confirmed) return false;
  return instance === 1 || now > appealEnd;
}

function drawTask(question: Question, beacon: BeaconView, now: number): CaseTask | undefined {
  if (question.round > beacon.current) return canRequest(beacon, now) ? "requestRound" : undefined;
  if (now >= question.frozenAt + POOL_SECONDS) return "rebind";
  switch (beacon.status) {
    case RoundStatus.Answered:
      return "draw";
    case RoundStatus.Requested:
      // Also late it may still be answered: the panel binds anew only when the beacon has given it up.
      return fallbackCall({ now, ...beacon });
    default:
      // Given up, or overwritten in the beacon's ring.
      return "rebind";
  }
}

function canRequest(beacon: BeaconView, now: number): boolean {
  const { current, currentStatus, currentRequestedAt, interval, fallbackTarget } = beacon;
  if (current === 0) return true;
  if (now < currentRequestedAt + interval) return false;
  if (currentStatus !== RoundStatus.Requested) return true;
  return now >= currentRequestedAt + ROUND_DIES_AFTER && fallbackTarget === 0n;
}

/** When a case is worth another look, unless an event tells of it before; seconds of the chain. */
export function nextLookAt(question: Question, now: number): number {
  const { status, commitEnd, revealEnd, appealEnd, deadline } = question;
  if (status === QuestionStatus.Committing) return Math.min(commitEnd, deadline) + 1;
  if (status === QuestionStatus.Revealing) return Math.min(revealEnd, deadline) + 1;
  if (status !== QuestionStatus.Decided || isRipe(question, now)) return now;
  return (now > appealEnd ? deadline : Math.min(appealEnd, deadline)) + 1;
}
