import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { decide, type Situation } from "../../../src/agents/operator/decide";
import { agreementFrom, type Agreement } from "../../../src/protocol/agreement";
import { JobStatus } from "../../../src/protocol/status";
import { jobTerms, jobWindows, jobWord, type JobWord } from "../../../src/protocol/words";

const NOW = 1_800_000_000;
const DIGEST = `0x${"12".repeat(32)}` as const;

const blank = agreementFrom({
  requester: ZeroAddress,
  model: 0n,
  dataset: 0n,
  modelHash: ZeroHash,
  datasetHash: ZeroHash,
  inputDigest: ZeroHash,
  parametersHash: ZeroHash,
  note: ZeroHash,
  terms: 0n,
  windows: 0n,
  lines: 0n,
  reserves: 0n,
  resolver: ZeroAddress,
  verifier: ZeroAddress,
  verifierGas: 0n,
});

const agreement: Agreement = {
  ...blank,
  terms: { ...jobTerms.decode(0n), heartbeat: 100n, secondsPerAttempt: 3600n },
  windows: { ...jobWindows.decode(0n), acceptanceMinutes: 10n },
};

interface Change {
  readonly job?: Partial<Situation["job"]>;
  readonly word?: Partial<JobWord>;
  readonly agreement?: Agreement;
  readonly config?: Partial<Situation["config"]>;
  readonly isRunning?: boolean;
  readonly hasRoom?: boolean;
  readonly isAppealable?: boolean;
  readonly isOpenable?: boolean;
}

function situation(status: JobStatus, { job, word, config, ...rest }: Change = {}): Situation {
  return {
    job: { jobId: 1n, gpu: 7n, attempt: 1n, seenAt: NOW - 10, namedStep: 0, failedRuns: 0, kind: "train-mlp", ...job },
    word: { ...jobWord.decode(0n), status: BigInt(status), gpu: 7n, attempt: 1n, due: BigInt(NOW + 590), ...word },
    agreement,
    now: NOW,
    isRunning: false,
    hasRoom: true,
    isAppealable: false,
    isOpenable: false,
    config: { checkpointSeconds: 60, commitReveal: false, settleOwn: true, ...config },
    ...rest,
  };
}

const next = (status: JobStatus, change?: Change): string => decide(situation(status, change)).do;

describe("agents/operator/decide", () => {
  describe("a job that is not ours, or over", () => {
    for (const status of [
      JobStatus.Settled,
      JobStatus.Refunded,
      JobStatus.Split,
      JobStatus.Cancelled,
      JobStatus.Expired,
    ]) {
      it(`is forgotten when ${JobStatus[status]}`, () => expect(next(status)).to.equal("forget"));
    }
    it("is forgotten when it waits for another draw", () => expect(next(JobStatus.Posted)).to.equal("forget"));
    it("is forgotten when another GPU, or another draw, has it", () => {
      expect(next(JobStatus.Assigned, { word: { gpu: 8n } })).to.equal("forget");
      expect(next(JobStatus.Assigned, { word: { attempt: 2n } })).to.equal("forget");
      expect(next(JobStatus.Committed, { word: { attempt: 2n } })).to.equal("forget");
    });
  });

  describe("an assigned job", () => {
    it("is judged first", () => expect(next(JobStatus.Assigned, { job: { kind: undefined } })).to.equal("judge"));
    it("is worked on once judged, where there is room", () => {
      expect(next(JobStatus.Assigned)).to.equal("work");
      expect(next(JobStatus.Assigned, { hasRoom: false })).to.equal("wait");
      expect(next(JobStatus.Assigned, { isRunning: true })).to.equal("wait");
    });
    it("is declined while it is not accepted, and left to be missed afterwards", () => {
      const job = { refusal: { reason: "r", inputUnavailable: true } };
      expect(decide(situation(JobStatus.Assigned, { job }))).to.deep.equal({ do: "decline", ...job.refusal });
      expect(next(JobStatus.Assigned, { job, word: { accepted: true } })).to.equal("stop");
    });
    it("is accepted at half of the acceptance window, not before", () => {
      expect(next(JobStatus.Assigned, { word: { due: BigInt(NOW + 301) }, isRunning: true })).to.equal("wait");
      expect(next(JobStatus.Assigned, { word: { due: BigInt(NOW + 300) }, isRunning: true })).to.equal("beat");
    });
    it("is declined when it would have to be accepted and there was no room to begin it", () => {
      const word = { due: BigInt(NOW + 300) };
      expect(decide(situation(JobStatus.Assigned, { word, hasRoom: false }))).to.deep.include({
        do: "decline",
        inputUnavailable: false,
      });
      const job = { checkpoint: { step: 1, digest: DIGEST }, namedAt: NOW };
      expect(next(JobStatus.Assigned, { word, hasRoom: false, job })).to.equal("beat");
      expect(next(JobStatus.Assigned, { word: { ...word, accepted: true }, hasRoom: false })).to.not.equal("decline");
    });
    it("is accepted by its first checkpoint, when it is time for one", () => {
      const job = { checkpoint: { step: 1, digest: DIGEST }, seenAt: NOW - 60 };
      expect(next(JobStatus.Assigned, { job, isRunning: true })).to.equal("beat");
      expect(next(JobStatus.Assigned, { job: { ...job, seenAt: NOW - 59 }, isRunning: true })).to.equal("wait");
      expect(next(JobStatus.Assigned, { job: { ...job, namedStep: 1 }, isRunning: true })).to.equal("wait");
    });
    it("shows a sign of life when half of the silence allowed has passed", () => {
      const accepted = { accepted: true, due: BigInt(NOW + 50) };
      expect(next(JobStatus.Assigned, { word: accepted, isRunning: true, job: { namedAt: NOW - 50 } })).to.equal(
        "beat",
      );
      const early = { accepted: true, due: BigInt(NOW + 51) };
      expect(next(JobStatus.Assigned, { word: early, isRunning: true, job: { namedAt: NOW - 49 } })).to.equal("wait");
    });
    it("does not repeat signs of life that no longer move the due time", () => {
      const word = { accepted: true, due: BigInt(NOW + 5) };
      expect(next(JobStatus.Assigned, { word, isRunning: true, job: { namedAt: NOW - 1 } })).to.equal("wait");
    });
    it("is delivered, or sealed, as soon as there is a result, before anything else", () => {
      const job = { result: { digest: DIGEST, load: 1, resumedFrom: 0 }, checkpoint: { step: 9, digest: DIGEST } };
      expect(next(JobStatus.Assigned, { job })).to.equal("deliver");
      expect(next(JobStatus.Assigned, { job, config: { commitReveal: true } })).to.equal("commit");
    });
    it("is given up when its time is over, or when it was abandoned", () => {
      expect(next(JobStatus.Assigned, { word: { due: BigInt(NOW - 1) } })).to.equal("stop");
      expect(next(JobStatus.Assigned, { job: { abandoned: "why" } })).to.equal("stop");
      expect(next(JobStatus.Assigned, { word: { due: BigInt(NOW) } })).to.not.equal("stop");
    });
  });

  describe("a sealed job", () => {
    const result = { digest: DIGEST, load: 1, resumedFrom: 0 };
    it("is revealed with result and salt at hand", () => {
      expect(next(JobStatus.Committed, { job: { result, salt: DIGEST } })).to.equal("reveal");
      expect(next(JobStatus.Committed, { job: { result } })).to.equal("wait");
    });
    it("is given up when its time is over", () => {
      expect(next(JobStatus.Committed, { job: { result, salt: DIGEST }, word: { due: BigInt(NOW - 1) } })).to.equal(
        "stop",
      );
    });
  });

  describe("a job that a panel found against", () => {
    it("is looked at and appealed in the appeal window, unless that is hopeless", () => {
      expect(next(JobStatus.Disputed, { isAppealable: true })).to.equal("appeal");
      expect(next(JobStatus.Disputed, { isOpenable: true })).to.equal("open");
      expect(next(JobStatus.Disputed, { isOpenable: true, word: { due: BigInt(NOW - 1) } })).to.equal("split");
      expect(next(JobStatus.Disputed, { isAppealable: true, job: { defence: "right" } })).to.equal("appeal");
      expect(next(JobStatus.Disputed, { isAppealable: true, job: { defence: "hopeless" } })).to.equal("wait");
      expect(next(JobStatus.Disputed)).to.equal("wait");
      expect(next(JobStatus.Disputed, { isAppealable: true, word: { due: BigInt(NOW - 1) } })).to.equal("split");
    });
  });

  describe("a delivered or disputed job", () => {
    const over = { due: BigInt(NOW - 1) };
    it("is settled, or split, after its window, if we may", () => {
      expect(next(JobStatus.Delivered)).to.equal("wait");
      expect(next(JobStatus.Delivered, { word: { due: BigInt(NOW) } })).to.equal("wait");
      expect(next(JobStatus.Delivered, { word: over })).to.equal("settle");
      expect(next(JobStatus.Disputed, { word: over })).to.equal("split");
      expect(next(JobStatus.Delivered, { word: over, config: { settleOwn: false } })).to.equal("wait");
      expect(next(JobStatus.Disputed, { word: over, config: { settleOwn: false } })).to.equal("wait");
    });
  });
});
