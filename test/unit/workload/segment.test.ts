import { expect } from "chai";
import { MemoryStore, type Digest } from "../../../src/store";
import { doSegment, type SegmentOutcome } from "../../../src/workload";
import { run, seedOf, smallJob, type Run, type SmallJob } from "./fixture";

const STEPS = 4;

describe("workload/segment", function () {
  this.timeout(120_000);
  let job: SmallJob;
  let whole: Run;
  /** Checkpoints after each step, the result in the place of the last. */
  let chain: Digest[];

  before(async () => {
    job = await smallJob();
    whole = await run(job);
    chain = [1, 2, 3].map((step) => whole.checkpoints.get(step)!);
    chain.push(whole.resultDigest);
  });

  const again = (segment: number, change: Partial<Parameters<typeof doSegment>[0]> = {}): Promise<SegmentOutcome> =>
    doSegment({
      store: job.store,
      inputDigest: job.input.digest,
      segment,
      segments: STEPS,
      start: chain[segment - 1],
      limits: { seconds: 60, memoryMiB: 512 },
      ...change,
    });

  for (let segment = 0; segment < STEPS; segment++) {
    it(`does segment ${segment} of ${STEPS} alone, and ends where the whole job did`, async () => {
      const fresh = new MemoryStore(job.store);
      const puts = fresh.put.bind(fresh);
      let written = 0;
      fresh.put = (...given) => (written++, puts(...given));
      const outcome = await again(segment, { store: fresh });
      expect(outcome).to.include({ status: "done", end: chain[segment] });
      expect(written, "the store is only read").to.equal(0);
    });
  }

  it("refutes a start of another step, and one that is no checkpoint", async () => {
    expect(await again(2, { start: chain[0] })).to.include({ status: "refuted" });
    expect(await again(1, { start: job.input.digest })).to.include({ status: "refuted" });
  });

  it("refutes a chain that is shorter or longer than the job", async () => {
    expect(await again(2, { segments: 3 })).to.include({ status: "refuted" });
    const { digest: last } = await job.store.put(await job.store.get(whole.checkpoints.get(STEPS)!));
    expect(await again(4, { segments: 5, start: last })).to.include({ status: "refuted" });
    expect(await again(3, { segments: 5 })).to.include({ status: "done", end: whole.checkpoints.get(STEPS) });
  });

  it("gives another end for a start that was made up with care", async () => {
    const other = await run(await smallJob({ seed: seedOf("another") }));
    const foreign = await again(1, { start: other.checkpoints.get(1) });
    expect(foreign).to.include({ status: "missing" });
    const forged = new Uint8Array(await job.store.get(chain[0]!));
    forged.set([(forged.at(-3) ?? 0) ^ 1], forged.length - 3);
    const { digest } = await job.store.put(forged);
    const outcome = await again(1, { start: digest });
    expect(outcome.status === "done" && outcome.end !== chain[1]).to.equal(true);
  });

  it("says that a start is missing, and that the job could not be done", async () => {
    expect(await again(1, { start: seedOf("nowhere") })).to.include({ status: "missing" });
    const hurried = await again(0, { limits: { seconds: 0.001 } });
    expect(hurried.status === "undone" && hurried.outcome.status).to.equal("timedOut");
    const stopped = AbortSignal.abort();
    expect(await again(0, { signal: stopped }).catch(() => "thrown")).to.satisfy(
      (outcome: SegmentOutcome | string) => outcome === "thrown" || (outcome as SegmentOutcome).status === "undone",
    );
  });
});
