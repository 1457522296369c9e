import { expect } from "chai";
import { concat, id, keccak256, toBeHex, zeroPadValue, ZeroHash } from "ethers";
import { IDisputeCourt__factory, IReviewPanel__factory, IValidatorRegistry__factory } from "../../../typechain-types";
import {
  courtTopics,
  decodeCourtEvent,
  decodePanelEvent,
  decodeValidatorEvent,
  panelTopics,
  validatorTopics,
} from "../../../src/protocol/events";
import { questionIdOf, questionOfJob, subjectOf, voteCommitmentOf } from "../../../src/protocol/hashes";
import { domainSet, domainsIn, findingOf, isGuilt, mayAppeal } from "../../../src/protocol/review";
import {
  Finding,
  findingNumbered,
  QuestionStatus,
  questionSentence,
  questionStatus,
  UnknownEnumValue,
} from "../../../src/protocol/status";

const COURT = `0x${"c0".repeat(20)}`;
const PANEL = `0x${"9a".repeat(20)}`;
const ESCROW = `0x${"e5".repeat(20)}`;
const place = { chainId: 8453n, escrow: ESCROW, jobId: 7n << 48n };

/** abi.encode of static values: 32 bytes each. */
function words(...values: (string | bigint)[]): string {
  return concat(values.map((value) => (typeof value === "bigint" ? toBeHex(value, 32) : zeroPadValue(value, 32))));
}

describe("protocol/review", () => {
  it("hashes subjects, questions and votes as the contracts' interfaces say", () => {
    const subject = keccak256(words(8453n, ESCROW, 7n << 48n));
    expect(subjectOf(place)).to.equal(subject);
    const question = keccak256(words(COURT, subject));
    expect(questionIdOf(COURT, subject)).to.equal(question);
    expect(questionOfJob(COURT, place)).to.equal(question);
    const [digest, salt] = [id("digest"), id("salt")];
    const commitment = keccak256(words(8453n, PANEL, question, 3n, 12n, digest, salt));
    const at = { chainId: 8453n, panel: PANEL, question, round: 3n };
    expect(voteCommitmentOf(at, { validator: 12n, digest, salt })).to.equal(commitment);
    expect(voteCommitmentOf({ ...at, round: 4n }, { validator: 12n, digest, salt })).to.not.equal(commitment);
  });

  it("says what a vote finds, who may appeal it, and what guilt is", () => {
    const claim = id("claim");
    expect(findingOf(claim, claim.toUpperCase().replace("0X", "0x"))).to.equal(Finding.Valid);
    expect(findingOf(claim, id("other"))).to.equal(Finding.Invalid);
    expect(findingOf(claim, ZeroHash)).to.equal(Finding.Unavailable);
    const findings = [Finding.None, Finding.Valid, Finding.Invalid, Finding.Unavailable];
    expect(findings.map(isGuilt)).to.deep.equal([false, false, true, true]);
    expect(findings.map((finding) => mayAppeal(finding, "requester"))).to.deep.equal([false, true, false, false]);
    expect(findings.map((finding) => mayAppeal(finding, "owner"))).to.deep.equal([false, false, true, true]);
  });

  it("packs domains, and refuses those that there are not", () => {
    expect(domainSet([0])).to.equal(1);
    expect(domainSet([31, 0, 31])).to.equal(0x80000001);
    expect(domainsIn(0x80000001n)).to.deep.equal([0, 31]);
    for (const wrong of [[], [32], [-1], [0.5]]) expect(() => domainSet(wrong)).to.throw(RangeError);
  });

  it("knows every status and finding, and no other", () => {
    for (let status = 0; status <= 6; status++) expect(questionSentence(questionStatus(status))).to.match(/\w/);
    expect(questionStatus(6n)).to.equal(QuestionStatus.Closed);
    expect(() => questionStatus(7)).to.throw(UnknownEnumValue);
    expect(findingNumbered(3n)).to.equal(Finding.Unavailable);
    expect(() => findingNumbered(4)).to.throw(UnknownEnumValue);
  });

  it("reads events, and nothing else", () => {
    const panel = IReviewPanel__factory.createInterface();
    const court = IDisputeCourt__factory.createInterface();
    const validators = IValidatorRegistry__factory.createInterface();
    const question = id("question");
    const drawn = panel.encodeEventLog("PanelDrawn", [question, 3, COURT, [5, 6]]);
    expect(decodePanelEvent(drawn)).to.deep.include({ name: "PanelDrawn", question, round: 3n, validators: [5n, 6n] });
    const opened = court.encodeEventLog("CaseOpened", [ESCROW, 5, question, 0, ZeroHash]);
    expect(decodeCourtEvent(opened)).to.deep.include({ name: "CaseOpened", jobId: 5n, question });
    const ended = validators.encodeEventLog("SeatEnded", [5, 3, 10, 9]);
    expect(decodeValidatorEvent(ended)).to.deep.include({ name: "SeatEnded", validator: 5n, outcome: 3n });
    expect(decodePanelEvent(opened)).to.equal(undefined);
    expect(decodePanelEvent({ topics: drawn.topics, data: "0x" })).to.equal(undefined);
    expect(decodeCourtEvent(court.encodeEventLog("FeeStranded", [question, 1]))).to.equal(undefined);
    const topics = [...panelTopics(), ...courtTopics(), ...validatorTopics()];
    expect(new Set(topics).size).to.equal(topics.length);
  });
});
