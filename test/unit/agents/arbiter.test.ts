import { expect } from "chai";
import { agreesWith, awaitsArbiter } from "../../../src/agents/arbiter/confirm";
import type { Question } from "../../../src/agents/shared/review";
import { Finding, QuestionStatus, Verdict } from "../../../src/protocol/status";
import { digestSchema } from "../../../src/store";

const digest = (byte: string) => digestSchema.parse(`0x${byte.repeat(32)}`);
const [CLAIM, RIGHT, OTHER, NONE] = [digest("01"), digest("02"), digest("03"), digest("00")];

const QUESTION: Question = {
  status: QuestionStatus.Decided,
  asker: "0x0000000000000000000000000000000000000001",
  claim: CLAIM,
  instance: 0,
  redrawn: false,
  seats: 3,
  frozenAt: 100,
  round: 1,
  commitEnd: 200,
  revealEnd: 300,
  appealEnd: 500,
  deadline: 1_000,
  finding: Finding.Invalid,
  digest: RIGHT,
  needsConfirmation: true,
  confirmed: false,
};

describe("an arbiter before a panel's guilt", () => {
  it("speaks once nobody can appeal any more, and until the deadline", () => {
    expect(awaitsArbiter(QUESTION, 500)).to.equal(false);
    expect(awaitsArbiter(QUESTION, 501)).to.equal(true);
    expect(awaitsArbiter(QUESTION, 1_000)).to.equal(true);
    expect(awaitsArbiter(QUESTION, 1_001)).to.equal(false);
    expect(awaitsArbiter({ ...QUESTION, instance: 1, appealEnd: 0 }, 400)).to.equal(true);
  });

  it("speaks only of verdicts that need it, once", () => {
    expect(awaitsArbiter({ ...QUESTION, needsConfirmation: false }, 600)).to.equal(false);
    expect(awaitsArbiter({ ...QUESTION, confirmed: true }, 600)).to.equal(false);
    for (const status of [QuestionStatus.Waiting, QuestionStatus.Counting, QuestionStatus.Closed]) {
      expect(awaitsArbiter({ ...QUESTION, status }, 600), QuestionStatus[status]).to.equal(false);
    }
  });

  it("confirms another result when it is the very one that it found itself", () => {
    expect(agreesWith(QUESTION, { verdict: Verdict.Invalid, rightDigest: RIGHT })).to.equal(true);
    expect(agreesWith(QUESTION, { verdict: Verdict.Invalid, rightDigest: OTHER })).to.equal(false);
    expect(agreesWith(QUESTION, { verdict: Verdict.Valid, rightDigest: CLAIM })).to.equal(false);
    expect(agreesWith(QUESTION, { verdict: Verdict.Unavailable, rightDigest: CLAIM })).to.equal(false);
  });

  it("confirms that content is gone when it did not find it either", () => {
    const gone = { finding: Finding.Unavailable, digest: NONE };
    expect(agreesWith(gone, { verdict: Verdict.Unavailable, rightDigest: CLAIM })).to.equal(true);
    expect(agreesWith(gone, { verdict: Verdict.Invalid, rightDigest: RIGHT })).to.equal(false);
    expect(agreesWith(gone, { verdict: Verdict.Valid, rightDigest: CLAIM })).to.equal(false);
  });

  it("confirms no guilt when what the requester brought is gone", () => {
    const own = { verdict: Verdict.Valid, rightDigest: RIGHT };
    for (const finding of [Finding.Invalid, Finding.Unavailable]) {
      expect(agreesWith({ finding, digest: RIGHT }, own)).to.equal(false);
    }
  });

  it("confirms no innocence, which needs nobody", () => {
    for (const finding of [Finding.None, Finding.Valid]) {
      expect(agreesWith({ finding, digest: CLAIM }, { verdict: Verdict.Valid, rightDigest: CLAIM })).to.equal(false);
    }
  });
});
