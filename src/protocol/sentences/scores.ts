import { outOfBounds, text, type Sentences } from "./values";

const STATUSES = [
  "was never opened",
  "still takes questions",
  "waits for its draw",
  "takes commitments",
  "takes reports and reveals",
  "is graded",
  "is settled",
  "came to nothing",
  "is closed",
];
const STAGES = ["was not asked in this batch", "has no result yet", "has its result", "is settled"];

const seat = (values: Readonly<Record<string, unknown>>): string => `seat ${text(values, "seat")}`;

/** Sentences for the errors of the score board. */
export const SCORE_SENTENCES: Sentences = {
  BoardZeroAddress: () => "the zero address was given where an address is needed",
  BoardOutOfBounds: outOfBounds,
  BoardEvenSeats: (v) => `a panel has an odd number of seats, not ${text(v, "seats")}`,
  BoardNotAsker: (v) => `${text(v, "caller")} may not ask for scores`,
  BoardNotGoldSetter: (v) => `${text(v, "caller")} may not open gold questions`,
  BoardFeeNotWhole: () => "a fee is whole units of 1e12 token wei",
  BoardKnownQuestion: () => "this very question was asked before; another note makes it another one",
  BoardWrongStatus: (v) =>
    `the batch ${STATUSES[Number(text(v, "status"))] ?? "is in an unknown status"}, so that this cannot be done now`,
  BoardWrongQuestion: (v) =>
    `the question ${STAGES[Number(text(v, "stage"))] ?? "is in an unknown stage"}, so that this cannot be done`,
  BoardRoundAlive: (v) => `round ${text(v, "round")} was requested already, or can still be used`,
  BoardUnbound: () => "the batch has to be bound to a round first",
  BoardRoundUnanswered: (v) => `round ${text(v, "round")} has no seed yet`,
  BoardNotSeated: (v) => `${text(v, "caller")} does not work for the validator on ${seat(v)}`,
  BoardCommittedBefore: (v) => `${seat(v)} has committed before`,
  BoardZeroRoot: () => "a root cannot be zero",
  BoardWrongCommits: () => "these are not the commits of the batch in their order",
  BoardWrongCount: (v) => `there are ${text(v, "signatures")} signatures for ${text(v, "commits")} commits`,
  BoardWrongSignature: (v) => `the signature of ${seat(v)} is not that of who committed for it, under this sheet`,
  BoardWrongMark: (v) => `the mark of ${seat(v)} is missing, malformed, not its own, or should not be there`,
  BoardWrongMedians: () => "these are not the lower medians of the marks",
  BoardTooFewMarks: (v) => `${text(v, "count")} seats gave a mark, ${text(v, "quorum")} are needed`,
  BoardWrongLeaf: (v) => `this mark is not in what ${seat(v)} committed to`,
  BoardWrongNote: () => "this is not what the question's note sealed",
  BoardNoContradiction: (v) => `the statements of ${seat(v)} do not contradict each other`,
  BoardUnsettled: (v) => `only ${text(v, "settled")} of ${text(v, "asked")} questions are settled`,
  BoardEmpty: () => "there is nothing to do in an empty list",
};
