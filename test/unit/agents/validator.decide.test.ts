import { expect } from "chai";
import { ZeroAddress } from "ethers";
import type { Question } from "../../../src/agents/shared/review";
import { decide, lastLookOf, type Action, type SeatView, type Situation } from "../../../src/agents/validator/decide";
import { nextLookAt, taskFor, type BeaconView } from "../../../src/agents/validator/keep";
import type { Vote } from "../../../src/agents/validator/state";
import { Finding, QuestionStatus, RoundStatus } from "../../../src/protocol/status";

const NOW = 1_800_000_000;
const DAY = 86_400;
const CLAIM = `0x${"11".repeat(32)}` as const;
const ZERO = `0x${"00".repeat(32)}` as const;

const asked: Question = {
  status: QuestionStatus.Committing,
  asker: ZeroAddress,
  claim: CLAIM,
  instance: 0,
  redrawn: false,
  seats: 3,
  frozenAt: NOW - 100,
  round: 5,
  commitEnd: NOW + DAY,
  revealEnd: NOW + 2 * DAY,
  appealEnd: 0,
  deadline: NOW + 14 * DAY,
  finding: Finding.None,
  digest: ZERO,
  needsConfirmation: false,
  confirmed: false,
};
const vote: Vote = { digest: CLAIM, salt: CLAIM, claim: CLAIM, agreement: CLAIM, reason: "" };
const fresh: SeatView = { place: 1, committed: false, revealed: false, sealed: undefined };
const sealed: SeatView = { ...fresh, committed: true, sealed: vote };

type Change = Partial<Omit<Situation, "question" | "seat">> & {
  readonly question?: Partial<Question>;
  readonly seat?: Partial<Situation["seat"]>;
};

function next({ question, seat, ...rest }: Change = {}): Action {
  return decide({
    question: { ...asked, ...question },
    seat: { round: 5, nextLook: 0, ...seat },
    view: fresh,
    vote: undefined,
    now: NOW,
    headNumber: 100,
    confirmations: 4,
    isRunning: false,
    hasRoom: true,
    config: { childSeconds: 7200, marginSeconds: 1800 },
    ...rest,
  });
}

describe("agents/validator/decide", () => {
  it("forgets a seat when its question is over, or was never asked", () => {
    expect(next({ question: { status: QuestionStatus.Closed } }).do).to.equal("forget");
    expect(next({ question: { status: QuestionStatus.None } }).do).to.equal("forget");
  });

  it("stops working for a panel that is not the present one, is not drawn, or that we do not sit on", () => {
    expect(next({ question: { round: 6 } }).do).to.equal("stop");
    expect(next({ question: { status: QuestionStatus.Waiting } }).do).to.equal("stop");
    expect(next({ question: { status: QuestionStatus.Decided } }).do).to.equal("stop");
    expect(next({ view: undefined }).do).to.equal("stop");
  });

  describe("while votes are sealed", () => {
    it("does the job again where there is room, for no longer than there is time", () => {
      expect(next()).to.deep.equal({ do: "examine", seconds: 7200, isLast: false });
      expect(next({ hasRoom: false }).do).to.equal("wait");
      expect(next({ isRunning: true }).do).to.equal("wait");
      expect(next({ seat: { nextLook: NOW + 1 } }).do).to.equal("wait");
      expect(next({ now: asked.commitEnd - 2000 })).to.deep.equal({ do: "examine", seconds: 1400, isLast: false });
    });

    it("takes its last look with the margin left, and keeps a third of that for the transaction", () => {
      const now = lastLookOf(asked, 1800);
      expect(now).to.equal(asked.commitEnd - 1800);
      expect(next({ now })).to.deep.equal({ do: "examine", seconds: 1200, isLast: true });
      expect(next({ now: asked.commitEnd - 601 })).to.deep.equal({ do: "examine", seconds: 1, isLast: true });
      const late = next({ now: asked.commitEnd - 600 });
      expect(late).to.deep.equal({ do: "silent", why: "too little time is left to do the job again" });
    });

    it("seals a stored vote up to the last second, not later", () => {
      expect(next({ vote })).to.deep.equal({ do: "commit", vote });
      expect(next({ vote, now: asked.commitEnd }).do).to.equal("commit");
      expect(next({ vote, now: asked.commitEnd + 1 }).do).to.equal("silent");
      expect(next({ now: asked.commitEnd + 1 }).do).to.equal("silent");
      // Also one that was found after it had been given up, by a program that began anew.
      expect(next({ vote, seat: { silent: "why" } }).do).to.equal("commit");
    });

    it("stays silent once it has said so, and seals nothing twice", () => {
      expect(next({ seat: { silent: "why" } }).do).to.equal("wait");
      expect(next({ vote, view: sealed }).do).to.equal("wait");
      const foreign = next({ vote, view: { ...sealed, sealed: undefined } });
      expect(foreign.do).to.equal("silent");
    });
  });

  describe("while votes are revealed", () => {
    const open = { status: QuestionStatus.Revealing };
    it("reveals what the chain holds the seal of, once the blocks are settled or time runs out", () => {
      expect(next({ question: open, view: sealed, seat: { openedAt: 96 } })).to.deep.equal({ do: "reveal", vote });
      expect(next({ question: open, view: sealed, seat: { openedAt: 97 } }).do).to.equal("wait");
      expect(next({ question: open, view: sealed }).do).to.equal("wait");
      const urgent = { question: open, view: sealed, seat: { openedAt: 100 }, now: asked.revealEnd - 1800 };
      expect(next(urgent).do).to.equal("reveal");
    });

    it("reveals nothing that is not sealed on the chain, or was sealed by another program", () => {
      const seat = { openedAt: 0 };
      expect(next({ question: open, vote, seat }).do).to.equal("silent");
      expect(next({ question: open, vote, seat, view: { ...sealed, sealed: undefined } }).do).to.equal("silent");
      expect(next({ question: open, vote, seat, view: { ...sealed, revealed: true } }).do).to.equal("stop");
    });
  });
});

describe("agents/validator/keep", () => {
  const beacon: BeaconView = {
    status: RoundStatus.None,
    current: 4,
    currentStatus: RoundStatus.Answered,
    currentRequestedAt: NOW - 100,
    interval: 10,
    fallbackOpensAt: 0,
    fallbackTarget: 0n,
    headNumber: 100,
  };
  const task = (change: Partial<Question>, view: Partial<BeaconView> = {}, now = NOW): string | undefined =>
    taskFor({ ...asked, ...change }, { ...beacon, ...view }, now);
  const waiting = { status: QuestionStatus.Waiting };

  it("requests the round that a question is bound to, when the beacon takes requests", () => {
    expect(task(waiting)).to.equal("requestRound");
    expect(task(waiting, { current: 0, currentStatus: RoundStatus.None, currentRequestedAt: 0 })).to.equal(
      "requestRound",
    );
    expect(task(waiting, { currentRequestedAt: NOW - 9 })).to.equal(undefined);
    const unanswered = { currentStatus: RoundStatus.Requested };
    expect(task(waiting, unanswered)).to.equal(undefined);
    expect(task(waiting, { ...unanswered, currentRequestedAt: NOW - 3600 })).to.equal("requestRound");
    const fixed = { ...unanswered, currentRequestedAt: NOW - 3600, fallbackTarget: 7n };
    expect(task(waiting, fixed)).to.equal(undefined);
  });

  it("draws when the round is answered, binds anew when it is lost or the pool is old", () => {
    const bound = { current: 5 };
    expect(task(waiting, { ...bound, status: RoundStatus.Answered })).to.equal("draw");
    expect(task(waiting, { ...bound, status: RoundStatus.Dead })).to.equal("rebind");
    expect(task(waiting, { ...bound, status: RoundStatus.None })).to.equal("rebind");
    expect(task(waiting, { ...bound, status: RoundStatus.Requested })).to.equal(undefined);
    const old = { ...waiting, frozenAt: NOW - 3 * DAY };
    expect(task(old, { ...bound, status: RoundStatus.Answered })).to.equal("rebind");
  });

  it("opens the fallback of a round that stays silent", () => {
    const silent = { current: 5, status: RoundStatus.Requested, fallbackOpensAt: NOW };
    expect(task(waiting, silent)).to.equal("fixFallback");
    expect(task(waiting, { ...silent, fallbackTarget: 99n })).to.equal("answerByFallback");
  });

  it("counts, and concludes after the appeal window, at once without a verdict, or after the deadline", () => {
    expect(task({ status: QuestionStatus.Counting })).to.equal("tally");
    const decided = { status: QuestionStatus.Decided, finding: Finding.Valid, appealEnd: NOW };
    expect(task(decided)).to.equal(undefined);
    expect(task({ ...decided, appealEnd: NOW - 1 })).to.equal("conclude");
    expect(task({ ...decided, instance: 1 })).to.equal("conclude");
    expect(task({ ...decided, finding: Finding.None, needsConfirmation: true })).to.equal("conclude");
    expect(task({ ...decided, instance: 1, needsConfirmation: true })).to.equal(undefined);
    expect(task({ ...decided, instance: 1, needsConfirmation: true, confirmed: true })).to.equal("conclude");
    expect(task({ status: QuestionStatus.Waiting, deadline: NOW - 1 })).to.equal("conclude");
    expect(task({ status: QuestionStatus.Closed, deadline: NOW - 1 })).to.equal(undefined);
    expect(task({ status: QuestionStatus.None, deadline: 0 })).to.equal(undefined);
  });

  it("looks again when time alone can have changed something", () => {
    const at = (change: Partial<Question>): number => nextLookAt({ ...asked, ...change }, NOW) - NOW;
    expect(at({})).to.equal(DAY + 1);
    expect(at({ status: QuestionStatus.Revealing })).to.equal(2 * DAY + 1);
    expect(at(waiting)).to.equal(0);
    const decided = { status: QuestionStatus.Decided, finding: Finding.Invalid, appealEnd: NOW + 5 };
    expect(at(decided)).to.equal(6);
    expect(at({ ...decided, appealEnd: NOW - 1, needsConfirmation: true })).to.equal(14 * DAY + 1);
  });
});
