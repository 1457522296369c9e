import { expect } from "chai";
import fc from "fast-check";
import { ZeroAddress, ZeroHash } from "ethers";
import { TASK_KINDS } from "../../../src/agents/keeper/config";
import { paysOff, pendingIn, planTasks, waitingIn, type Snapshot, type Task } from "../../../src/agents/keeper/plan";
import type { KeeperJob } from "../../../src/agents/keeper/state";
import { agreementFrom } from "../../../src/protocol/agreement";
import { encodeAgreement } from "../../../src/protocol/hashes";
import { JobStatus, RoundStatus } from "../../../src/protocol/status";
import { jobTerms, queueWord, type QueueWord } from "../../../src/protocol/words";

const NOW = 1_800_000_000;
const EXPIRY = NOW + 1000;

const queue = (change: Partial<QueueWord> = {}): QueueWord => ({ ...queueWord.decode(0n), ...change });

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    now: NOW,
    classes: [],
    round: 3,
    isOurRound: false,
    roundStatus: RoundStatus.Answered,
    requestedAt: NOW - 60,
    answeredAt: NOW - 50,
    openRound: 0,
    isOpenOurs: false,
    nextRequestAt: 0,
    fallbackOpensAt: 0,
    fallbackTarget: 0n,
    headNumber: 100,
    jobs: [],
    slashes: [],
    ...change,
  };
}

function job(status: JobStatus, change: Partial<KeeperJob> = {}): KeeperJob {
  const terms = jobTerms.encode({ ...jobTerms.decode(0n), classId: 2n, expiry: BigInt(EXPIRY) });
  const agreement = agreementFrom({
    requester: ZeroAddress,
    model: 0n,
    dataset: 0n,
    modelHash: ZeroHash,
    datasetHash: ZeroHash,
    inputDigest: ZeroHash,
    parametersHash: ZeroHash,
    note: ZeroHash,
    terms,
    windows: 0n,
    lines: 0n,
    reserves: 0n,
    resolver: ZeroAddress,
    verifier: ZeroAddress,
    verifierGas: 0n,
  });
  const encoded = encodeAgreement(agreement);
  return { jobId: 1n, agreement: encoded, ticket: 0n, front: false, status, due: NOW - 1, refundDue: false, ...change };
}

const classOf = (word: QueueWord, classId = 2) => ({ classId, queue: word, drawUnit: 500n, callerPayGwei: 7n });
const plan = (change: Partial<Snapshot>, batch = 8): Task[] => planTasks(snapshot(change), TASK_KINDS, batch);
const kinds = (change: Partial<Snapshot>): string[] => plan(change).map(({ kind }) => kind);

describe("agents/keeper/plan", () => {
  describe("queues", () => {
    it("are counted over the wrap of their tickets", () => {
      const word = queue({ mainHead: 2n ** 32n - 2n, mainTail: 3n, frontHead: 5n, frontTail: 6n, pendingMain: 4n });
      expect([waitingIn(word), pendingIn(word)]).to.deep.equal([6, 4]);
    });
  });

  describe("rounds", () => {
    const waiting = classOf(queue({ mainTail: 3n }));

    it("are requested for every class with waiting jobs, for half of their draw fees", () => {
      const [task, ...others] = plan({ classes: [waiting, classOf(queue(), 4), classOf(queue({ frontTail: 1n }), 5)] });
      expect(others).to.deep.equal([]);
      expect(task).to.deep.equal({
        kind: "requestRound",
        classIds: [2, 5],
        jobs: 4,
        reward: (4n * 500n * 10n ** 14n) / 2n,
      });
    });

    it("are not requested while nothing waits, one is open, or it is too soon", () => {
      expect(kinds({ classes: [classOf(queue())] })).to.deep.equal([]);
      expect(kinds({ classes: [waiting], openRound: 3 })).to.deep.equal([]);
      expect(kinds({ classes: [waiting], nextRequestAt: NOW + 1 })).to.deep.equal([]);
      expect(kinds({ classes: [waiting], nextRequestAt: NOW })).to.deep.equal(["requestRound"]);
    });

    it("are requested anew an hour after a request that got no answer, unless a fallback is fixed", () => {
      const dead = { openRound: 3, isOpenOurs: true, roundStatus: RoundStatus.Requested, classes: [waiting] };
      expect(kinds({ ...dead, requestedAt: NOW - 3599 })).to.deep.equal([]);
      expect(kinds({ ...dead, requestedAt: NOW - 3600 })).to.deep.equal(["requestRound"]);
      expect(kinds({ ...dead, requestedAt: NOW - 3600, fallbackTarget: 200n })).to.deep.equal([]);
      expect(kinds({ ...dead, requestedAt: NOW - 3600, isOpenOurs: false })).to.deep.equal([]);
    });

    it("are requested anew at once when another consumer of the beacon gave ours up or overwrote it", () => {
      for (const roundStatus of [RoundStatus.Dead, RoundStatus.None]) {
        const lost = { openRound: 3, isOpenOurs: true, roundStatus, classes: [waiting] };
        expect(kinds(lost)).to.deep.equal(["requestRound"]);
        expect(kinds({ ...lost, isOpenOurs: false })).to.deep.equal([]);
      }
    });

    it("fall back a day after the first request, however often it was repeated, and take the fixed block", () => {
      const open = { openRound: 3, isOpenOurs: true, roundStatus: RoundStatus.Requested, classes: [waiting] };
      const stuck = { ...open, fallbackOpensAt: NOW };
      expect(kinds({ ...stuck, requestedAt: NOW - 86_400 })).to.deep.equal(["requestRound", "fallback"]);
      expect(kinds({ ...stuck, requestedAt: NOW - 60 })).to.deep.equal(["fallback"]);
      expect(kinds({ ...stuck, requestedAt: NOW - 60, fallbackOpensAt: NOW + 1 })).to.deep.equal([]);
      expect(kinds({ ...stuck, requestedAt: NOW - 86_400, fallbackTarget: 100n })).to.deep.equal([]);
      const [task] = plan({ ...stuck, requestedAt: NOW - 86_400, fallbackTarget: 99n });
      expect(task).to.include({ kind: "fallback", call: "answerByFallback" });
    });

    it("are drawn once answered, in batches, for half of the fees or all of them", () => {
      const bound = classOf(queue({ mainTail: 30n, pendingMain: 20n, round: 3n }));
      const [task] = plan({ classes: [bound], openRound: 3, isOpenOurs: true });
      expect(task).to.deep.equal({ kind: "assign", classId: 2, pending: 8, reward: 8n * 250n * 10n ** 14n });
      const [ours] = plan({ classes: [bound], openRound: 3, isOpenOurs: true, isOurRound: true });
      expect(ours?.reward).to.equal(8n * 500n * 10n ** 14n);
      expect(kinds({ classes: [classOf(queue({ pendingMain: 2n, round: 2n }))], openRound: 3 })).to.deep.equal([]);
      expect(kinds({ classes: [bound], openRound: 3, roundStatus: RoundStatus.Requested })).to.deep.equal([]);
    });

    it("are closed ten minutes after the answer, if drawing does not conclude them", () => {
      const bound = classOf(queue({ mainTail: 1n, pendingMain: 1n, round: 3n }));
      const open = { classes: [bound], openRound: 3, isOpenOurs: true };
      expect(kinds({ ...open, answeredAt: NOW - 599 })).to.deep.equal(["assign"]);
      expect(kinds({ ...open, answeredAt: NOW - 600 })).to.deep.equal(["assign", "closeRound"]);
    });
  });

  describe("jobs", () => {
    it("are ended by the task of their state once it is due, and not in the very second", () => {
      const expected: [JobStatus, string][] = [
        [JobStatus.Assigned, "miss"],
        [JobStatus.Committed, "miss"],
        [JobStatus.Delivered, "settle"],
        [JobStatus.Disputed, "split"],
      ];
      for (const [status, kind] of expected) {
        expect(kinds({ jobs: [job(status)] }), JobStatus[status]).to.deep.equal([kind]);
        expect(kinds({ jobs: [job(status, { due: NOW })] }), JobStatus[status]).to.deep.equal([]);
      }
    });

    it("expire after their expiry, and are refunded when that is due", () => {
      expect(kinds({ jobs: [job(JobStatus.Posted)], now: EXPIRY })).to.deep.equal([]);
      expect(kinds({ jobs: [job(JobStatus.Posted)], now: EXPIRY + 1 })).to.deep.equal(["expire"]);
      expect(kinds({ jobs: [job(JobStatus.Expired)] })).to.deep.equal([]);
      expect(kinds({ jobs: [job(JobStatus.Expired, { refundDue: true })] })).to.deep.equal(["refund"]);
    });

    it("pay for a missed job what its class says", () => {
      const [task] = plan({ jobs: [job(JobStatus.Assigned)], classes: [classOf(queue())] });
      expect(task?.reward).to.equal(7n * 10n ** 9n);
    });

    it("are settled in batches", () => {
      const jobs = Array.from({ length: 20 }, (_, index) => job(JobStatus.Delivered, { jobId: BigInt(index + 1) }));
      const sizes = plan({ jobs }).map((task) => (task.kind === "settle" ? task.jobs.length : 0));
      expect(sizes).to.deep.equal([8, 8, 4]);
    });
  });

  it("continues deferred slashes, and makes final those whose hold is over", () => {
    const slashes = [
      { slash: 1n, holdUntil: NOW, pending: 0n },
      { slash: 2n, holdUntil: NOW + 1, pending: 0n },
      { slash: 3n, holdUntil: NOW - 5, pending: 9n },
    ];
    const tasks = plan({ slashes }).map((task) => (task.kind === "slash" ? [task.slash, task.call] : []));
    expect(tasks).to.deep.equal([
      [1n, "finaliseSlash"],
      [3n, "continueSlash"],
    ]);
  });

  it("plans only what it was told to do", () => {
    expect(
      planTasks(snapshot({ jobs: [job(JobStatus.Assigned), job(JobStatus.Disputed)] }), ["split"], 8),
    ).to.have.length(1);
  });

  describe("paysOff", () => {
    it("weighs the reward at the token's price against the cost with its margin", () => {
      const worth = { tokenPrice: 10n ** 13n, marginPercent: 10 };
      expect(paysOff(11n * 10n ** 18n, 10n * 10n ** 13n, worth)).to.equal(true);
      expect(paysOff(11n * 10n ** 18n - 10n ** 6n, 10n * 10n ** 13n, worth)).to.equal(false);
      expect(paysOff(0n, 10n ** 18n, { tokenPrice: undefined, marginPercent: 10 })).to.equal(true);
    });

    it("never says yes to a loss", () => {
      const sums = fc.bigInt(0n, 10n ** 24n);
      fc.assert(
        fc.property(sums, sums, fc.bigInt(1n, 10n ** 18n), (reward, cost, tokenPrice) => {
          if (paysOff(reward, cost, { tokenPrice, marginPercent: 0 })) {
            expect(reward * tokenPrice >= cost * 10n ** 18n).to.equal(true);
          }
        }),
      );
    });
  });
});
