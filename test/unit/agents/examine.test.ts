import { expect } from "chai";
import { UNOPENED, type OpenedSegment } from "../../../src/agents/shared/chains";
import { examine, pauseAfter, type ExaminationRequest } from "../../../src/agents/shared/examine";
import { Verdict } from "../../../src/protocol/status";
import { ContentUnavailable, digestOf, MemoryStore, type ContentStore, type Digest } from "../../../src/store";
import { createTrainingJob, execute, putImages, type JobEvent } from "../../../src/workload";
import type { JobInput } from "../../../src/workload/job";
import { encodeDescriptor, type MlpDescriptor } from "../../../src/workload/model";
import { agreementWith } from "./fakeReview";

const MODEL: MlpDescriptor = {
  version: 1,
  type: "mlp",
  layers: [4, 3, 2],
  activation: "relu",
  initialisation: "glorot-uniform",
  optimiser: { type: "sgd-momentum", batch: 4, learningRateMicro: 40_000, momentumMicro: 900_000, decayMicro: 0 },
};

describe("agents/shared/examine", function () {
  this.timeout(60_000);
  const claim = digestOf(Buffer.from("claim"));
  let store: MemoryStore;
  let input: JobInput;
  let dataset: Digest;

  before(async () => {
    store = new MemoryStore();
    const count = 40;
    const pixels = Uint8Array.from({ length: count * 4 }, (_, index) => (index * 37) % 256);
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
    dataset = await putImages(store, { width: 2, height: 2, classes: 2, count, pixels, labels });
    const seed = digestOf(Buffer.from("seed"));
    const work = { model: MODEL, dataset, splitSeed: seed, train: 30, heldOut: 10, seed, epochs: 2 };
    input = await createTrainingJob(store, work);
  });

  const request = (change: Partial<ExaminationRequest> = {}): ExaminationRequest => ({
    agreement: agreementWith({ inputDigest: input.digest, modelHash: digestOf(encodeDescriptor(MODEL)) }),
    resultDigest: claim,
    store,
    limits: { seconds: 60, memoryMiB: 1024 },
    ...change,
  });

  it("finds the right digest, and looks for the files of a delivered one without doing the job twice", async () => {
    const found = await examine(request());
    expect(found).to.include({ verdict: Verdict.Invalid });
    if (found.verdict === undefined) throw new Error(found.reason);
    // It was done again in a scratch store: nobody delivered the files of the right result.
    const known = found.rightDigest;
    const gone = await examine(request({ resultDigest: known, known, limits: { seconds: 1 } }));
    expect(gone).to.include({ verdict: Verdict.Unavailable, rightDigest: known });
    expect(await examine(request({ known }))).to.include({ verdict: Verdict.Invalid, rightDigest: known });
  });

  it("tells missing content from a store that is down", async () => {
    expect(await examine(request({ store: new MemoryStore() }))).to.include({ obstacle: "missing", isFinal: false });
    const partial = lacking(store, dataset, false);
    expect(await examine(request({ store: partial }))).to.include({ obstacle: "missing", isFinal: false });
    const down = lacking(store, input.digest, true);
    expect(await examine(request({ store: down }))).to.include({ obstacle: "failed", isFinal: false });
  });

  it("tells a job that nobody can do from one that this program does not know", async () => {
    const { digest: inputDigest } = await store.put(Buffer.from("nonsense"));
    const { agreement } = request();
    const malformed = await examine(request({ agreement: { ...agreement, inputDigest } }));
    expect(malformed).to.include({ obstacle: "malformed", isFinal: true });
    const mismatch = { ...agreement, modelHash: claim };
    expect(await examine(request({ agreement: mismatch }))).to.include({ obstacle: "malformed", isFinal: true });
  });

  it("doubles its pauses up to six hours", () => {
    expect([0, 1, 2, 30].map((looks) => pauseAfter(looks, 60))).to.deep.equal([60, 120, 240, 21_600]);
  });

  describe("with a chain of checkpoints", () => {
    const SEGMENTS = 6;
    let job: JobInput;
    /** Checkpoints after each step, the result in the place of the last. */
    let chain: Digest[];

    before(async () => {
      const seed = digestOf(Buffer.from("chain"));
      const work = { model: MODEL, dataset, splitSeed: seed, train: 30, heldOut: 10, seed, epochs: SEGMENTS };
      job = await createTrainingJob(store, work);
      chain = [];
      const onEvent = (event: JobEvent): void => {
        if (event.type === "checkpoint") chain.push(event.digest);
      };
      const { resultDigest } = await execute({ store, inputDigest: job.digest, onEvent });
      chain[SEGMENTS - 1] = resultDigest;
    });

    const opened = (...segments: number[]): OpenedSegment[] =>
      segments.map((segment) => ({ segment, start: chain[segment - 1], end: chain[segment]! }));
    const chained = (evidence: readonly OpenedSegment[] | undefined, change: Partial<ExaminationRequest> = {}) =>
      request({
        agreement: agreementWith({ inputDigest: job.digest, modelHash: digestOf(encodeDescriptor(MODEL)) }),
        resultDigest: chain[SEGMENTS - 1]!,
        chain: { segments: SEGMENTS, opened: evidence },
        ...change,
      });

    it("finds a result valid whose drawn segments lead where they should", async () => {
      const found = await examine(chained(opened(5, 0, 2)));
      expect(found).to.include({ verdict: Verdict.Valid, rightDigest: chain[SEGMENTS - 1] });
    });

    it("names the end of the first segment that leads elsewhere, so that all who look agree", async () => {
      const [last, first, third] = opened(5, 0, 2) as [OpenedSegment, OpenedSegment, OpenedSegment];
      const found = await examine(chained([last, first, { ...third, end: claim }]));
      expect(found).to.include({ verdict: Verdict.Invalid, rightDigest: chain[2] });
    });

    it("holds it against a result that nothing was opened in time, or that its chain is refuted", async () => {
      expect(await examine(chained(undefined))).to.include({ verdict: Verdict.Invalid, rightDigest: UNOPENED });
      const [jump] = opened(3) as [OpenedSegment];
      expect(await examine(chained([{ ...jump, start: chain[1] }]))).to.include({
        verdict: Verdict.Invalid,
        rightDigest: UNOPENED,
      });
    });

    it("waits for a checkpoint that is gone as for any content, and holds it against the result then", async () => {
      const found = await examine(chained(opened(3), { store: lacking(store, chain[2]!, false) }));
      expect(found).to.include({ verdict: Verdict.Invalid, rightDigest: UNOPENED, isForMissing: true });
    });

    it("says nothing where the segments could not be done here, or the requester's content is gone", async () => {
      expect(await examine(chained(opened(3), { limits: { seconds: 0.001 } }))).to.include({ obstacle: "failed" });
      const gone = lacking(store, dataset, false);
      expect(await examine(chained(opened(0), { store: gone }))).to.include({ obstacle: "missing" });
    });
  });
});

/** A store that lacks one block, or fails when asked for it. */
function lacking(store: ContentStore, missing: Digest, isDown: boolean): ContentStore {
  const empty = new MemoryStore();
  return {
    put: (bytes, options) => store.put(bytes, options),
    has: (digest, options) => (digest === missing ? empty : store).has(digest, options),
    get: async (digest, options) => {
      if (digest === missing && isDown) throw new ContentUnavailable(digest, "down");
      return (digest === missing ? empty : store).get(digest, options);
    },
  };
}
