import { outOfBounds, text, time, type Sentences } from "./values";

const STATUSES = [
  "was never asked",
  "waits for its draw",
  "takes commitments",
  "takes reveals",
  "waits to be counted",
  "is decided",
  "is closed",
];

const seat = (values: Readonly<Record<string, unknown>>): string => `seat ${text(values, "seat")}`;

/** Sentences for the errors of the review panel. */
export const REVIEW_SENTENCES: Sentences = {
  PanelZeroAddress: () => "the zero address was given where an address is needed",
  PanelOutOfBounds: outOfBounds,
  PanelEvenSeats: (v) => `a panel has an odd number of seats, not ${text(v, "seats")}`,
  PanelNotAsker: (v) => `${text(v, "caller")} may not ask, or did not ask this`,
  PanelNotArbiter: (v) => `${text(v, "caller")} may not confirm verdicts`,
  PanelKnownQuestion: () => "this was asked before",
  PanelWrongStatus: (v) =>
    `the question ${STATUSES[Number(text(v, "status"))] ?? "is in an unknown status"}, so that this cannot be done now`,
  PanelNotSeated: (v) => `${text(v, "caller")} does not work for the validator on ${seat(v)}`,
  PanelVotedBefore: (v) => `${seat(v)} has done this before`,
  PanelWrongCommitment: (v) => `${seat(v)} committed to something else, or to nothing`,
  PanelZeroCommitment: () => "a commitment cannot be zero",
  PanelRoundUnanswered: (v) => `round ${text(v, "round")} has no seed yet`,
  PanelRoundAlive: (v) => `round ${text(v, "round")} was requested already, or can still be used`,
  PanelTooEarly: (v) => `this opens after ${time(v, "opensAt")}`,
  PanelTooLate: (v) => `this closed after ${time(v, "closedAt")}`,
  PanelNoAppeal: () => "there is no verdict to appeal, or it was appealed before",
  PanelNothingToConfirm: () => "the verdict needs no confirmation, or has it",
  PanelUnconfirmed: () => "an arbiter has to confirm the verdict first",
};
