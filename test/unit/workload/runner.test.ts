import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import {
  cidOf,
  ContentMismatch,
  ContentUnavailable,
  digestFromCid,
  digestOf,
  MemoryStore,
  type ContentStore,
  type Digest,
} from "../../../src/store";
import {
  createInferenceJob,
  encodeCanonical,
  loadKind,
  putCheaperModel,
  reexecute,
  runJob,
  verifyResult,
  type JobOutcome,
  type RunJobOptions,
} from "../../../src/workload";
import { rejection } from "../store/rejection";
import { run, seedOf, smallJob, type Run, type SmallJob } from "./fixture";

const KINDS = join(__dirname, "kinds");

/** Whether a process computes; one that is gone, or only waits to be buried, does not. */
function isAlive(pid: number): boolean {
  try {
    const state = /^\d+ \(.*\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
    return state !== undefined && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (const from = Date.now(); Date.now() - from < seconds * 1000;) {
    if (condition()) return true;
    await new Promise((next) => setTimeout(next, 50));
  }
  return condition();
}

/** Runs a job that misbehaves, and gives back its process id with the outcome. */
async function misbehave(
  deed: string,
  options: Partial<RunJobOptions> = {},
  begun: () => void = () => undefined,
): Promise<{ outcome: JobOutcome; pid: number; store: MemoryStore }> {
  const store = new MemoryStore();
  const model = await store.put(Buffer.from("{}"));
  const body = { version: 1, kind: "misbehave", model: cidOf(model.digest), parameters: { deed } };
  const { digest } = await store.put(encodeCanonical(body));
  let pid = 0;
  const outcome = await runJob({
    kind: "misbehave",
    inputDigest: digest,
    modelDescriptorDigest: model.digest,
    store,
    kindDirectories: [KINDS],
    onProgress: (done) => {
      pid = done;
      begun();
    },
    limits: { seconds: 20 },
    ...options,
  });
  expect(pid, "the job should have begun").to.be.greaterThan(0);
  expect(isAlive(pid), "the process should be gone").to.equal(false);
  return { outcome, pid, store };
}

describe("runJob", function () {
  this.timeout(60_000);
  let job: SmallJob;
  let whole: Run;
  before(async () => {
    job = await smallJob();
    whole = await run(job);
  });

  const start = (options: Partial<RunJobOptions> = {}): Promise<JobOutcome> =>
    runJob({
      kind: "train-mlp",
      inputDigest: job.input.digest,
      modelDescriptorDigest: job.input.modelDigest,
      store: new MemoryStore(job.store),
      ...options,
    });

  describe("given an honest job", () => {
    it("delivers what the work yields in this process, with every checkpoint in the store when it is reported", async () => {
      const store = new MemoryStore(job.store);
      const checkpoints: [number, Digest][] = [];
      const present: Promise<boolean>[] = [];
      const progress: string[] = [];
      const outcome = await start({
        store,
        onCheckpoint: (step, digest) => {
          checkpoints.push([step, digest]);
          present.push(store.has(digest));
        },
        onProgress: (done, total) => progress.push(`${done}/${total}`),
      });
      expect(outcome).to.include({ status: "delivered", resultDigest: whole.resultDigest, resumedFrom: 0 });
      expect(checkpoints).to.deep.equal([...whole.checkpoints]);
      expect(await Promise.all(present)).to.deep.equal([true, true, true, true]);
      expect(progress).to.deep.equal(["1/4", "2/4", "3/4", "4/4"]);
      expect(outcome.status === "delivered" && outcome.manifest.outputs).to.deep.equal(whole.outputs);
    });

    it("delivers out of a store that shows what was written only when the process is long gone", async () => {
      const store = new MemoryStore(job.store);
      const written = new Set<Digest>();
      const slow: ContentStore = {
        put: async (bytes) => {
          const stored = await store.put(bytes);
          written.add(stored.digest);
          return stored;
        },
        has: (digest) => store.has(digest),
        get: async (digest) => {
          if (written.has(digest)) await new Promise((next) => setTimeout(next, 1_500));
          return store.get(digest);
        },
      };
      const outcome = await start({ store: slow });
      expect(outcome).to.include({ status: "delivered", resultDigest: whole.resultDigest });
    });

    it("says what it used", async () => {
      const from = Date.now();
      const { usage } = await start();
      expect(usage.elapsedSeconds).to.be.within(0.05, (Date.now() - from) / 1000);
      expect(usage.cpuSeconds).to.be.within(0.02, usage.elapsedSeconds * 4);
      expect(usage.peakMemoryBytes).to.be.within(20 * 1024 ** 2, 512 * 1024 ** 2);
    });

    it("goes on from a checkpoint", async () => {
      const reported: number[] = [];
      const outcome = await start({
        checkpointDigest: whole.checkpoints.get(3),
        onCheckpoint: (step) => reported.push(step),
      });
      expect(outcome).to.include({ status: "delivered", resultDigest: whole.resultDigest, resumedFrom: 3 });
      expect(reported).to.deep.equal([4]);
    });

    it("reports a checkpoint it cannot use and starts over", async () => {
      const rejections: string[] = [];
      const outcome = await start({
        checkpointDigest: seedOf("nowhere"),
        onCheckpointRejected: ({ digest, reason }) => rejections.push(`${digest} ${reason}`),
      });
      expect(outcome).to.include({ status: "delivered", resultDigest: whole.resultDigest, resumedFrom: 0 });
      expect(rejections).to.deep.equal([`${seedOf("nowhere")} unavailable`]);
    });

    it("finds a poisoned checkpoint out when told to replay", async () => {
      const store = new MemoryStore(job.store);
      const bytes = await store.get(whole.checkpoints.get(1) ?? seedOf(""));
      bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
      const { digest } = await store.put(bytes);
      const rejections: string[] = [];
      const outcome = await start({
        store,
        checkpointDigest: digest,
        checkpointTrust: "replay",
        onCheckpointRejected: ({ reason }) => rejections.push(reason),
      });
      expect(outcome).to.include({ status: "delivered", resultDigest: whole.resultDigest });
      expect(rejections).to.deep.equal(["poisoned"]);
    });

    it("runs inference", async () => {
      const weights = digestFromCid(whole.outputs["weights"] ?? "");
      const input = await createInferenceJob(job.store, { weights, dataset: job.dataset, images: [1, 2, 3] });
      const outcome = await start({ kind: "infer-batch", inputDigest: input.digest, modelDescriptorDigest: weights });
      const right = await run({ store: new MemoryStore(job.store), input });
      expect(outcome).to.include({ status: "delivered", resultDigest: right.resultDigest });
    });

    it("runs a third kind that is nothing but a file in a directory", async () => {
      const store = new MemoryStore(job.store);
      const body = { version: 1, kind: "sum-squares", model: cidOf(job.input.modelDigest), parameters: { upTo: 2500 } };
      const { digest } = await store.put(encodeCanonical(body));
      const options = { kind: "sum-squares", inputDigest: digest, store, kindDirectories: [KINDS] };
      const steps: Digest[] = [];
      const outcome = await start({ ...options, onCheckpoint: (_, checkpoint) => steps.push(checkpoint) });
      if (outcome.status !== "delivered") throw new Error(JSON.stringify(outcome));
      expect(steps.length).to.equal(2);
      const { resultDigest } = outcome;
      expect(await verifyResult({ ...options, resultDigest })).to.include({ ok: true });
      const sum = await store.get(digestFromCid(outcome.manifest.outputs["sum"] ?? ""));
      expect(Buffer.from(sum).toString()).to.equal(String((2500 * 2501 * 5001) / 6));
      expect(await start({ ...options, checkpointDigest: steps[1] })).to.include({
        status: "delivered",
        resultDigest,
        resumedFrom: 2,
      });
    });
  });

  describe("given an operator told to cheat", () => {
    it("runs another model and claims the agreed one; reexecute disagrees", async () => {
      const cheaper = await putCheaperModel(job.store, "train-mlp", job.input.modelDigest);
      const outcome = await start({ substituteModelDigest: cheaper });
      if (outcome.status !== "delivered") throw new Error(JSON.stringify(outcome));
      expect(outcome.manifest.model).to.equal(cidOf(job.input.modelDigest));
      const check = await reexecute({
        store: job.store,
        inputDigest: job.input.digest,
        expected: outcome.resultDigest,
      });
      expect(check.agrees).to.equal(false);
    });
  });

  describe("reexecute", () => {
    it("agrees with an honest result and writes nothing to the store", async () => {
      const fresh = await smallJob();
      const { outcome, agrees, scratch } = await reexecute({
        store: fresh.store,
        inputDigest: fresh.input.digest,
        expected: whole.resultDigest,
      });
      expect([outcome.status, agrees]).to.deep.equal(["delivered", true]);
      expect(await fresh.store.has(whole.resultDigest)).to.equal(false);
      expect(await scratch.has(whole.resultDigest)).to.equal(true);
    });

    it("says nothing when there is nothing to compare, or the work was not completed", async () => {
      const reference = { store: job.store, inputDigest: job.input.digest };
      expect((await reexecute(reference)).agrees).to.equal(undefined);
      const late = await reexecute({ ...reference, expected: whole.resultDigest, limits: { seconds: 0.01 } });
      expect([late.outcome.status, late.agrees]).to.deep.equal(["timedOut", undefined]);
    });
  });

  describe("given a job that cannot be done", () => {
    /** The failure's code; the outcome itself when there is none. */
    const failureOf = (outcome: JobOutcome) => (outcome.status === "failed" ? outcome.code : outcome);

    it("fails with the code of what is wrong", async () => {
      const { digest: noise } = await job.store.put(Buffer.from("noise"));
      const dataless = new MemoryStore();
      for (const digest of [job.input.digest, job.input.modelDigest]) await dataless.put(await job.store.get(digest));
      expect(failureOf(await start({ inputDigest: seedOf("nowhere") }))).to.equal("contentMissing");
      expect(failureOf(await start({ store: dataless }))).to.equal("contentMissing");
      expect(failureOf(await start({ inputDigest: noise }))).to.equal("invalidInput");
      expect(failureOf(await start({ kind: "infer-batch" }))).to.equal("invalidInput");
      expect(failureOf(await start({ modelDescriptorDigest: seedOf("x") }))).to.equal("modelMismatch");
      expect(failureOf(await start({ substituteModelDigest: noise }))).to.equal("invalidModel");
    });

    it("fails with the store's own trouble, and with a store that throws something else", async () => {
      const throwing = (error: Error): ContentStore => ({
        put: (bytes) => job.store.put(bytes),
        has: (digest) => job.store.has(digest),
        get: () => Promise.reject(error),
      });
      const unavailable = new ContentUnavailable(undefined, "node down");
      expect(failureOf(await start({ store: throwing(unavailable) }))).to.equal("contentUnavailable");
      const mismatch = new ContentMismatch(seedOf("a"), seedOf("b"));
      expect(failureOf(await start({ store: throwing(mismatch) }))).to.equal("contentMismatch");
      const outcome = await start({ store: throwing(new Error("disk on fire")) });
      expect(outcome).to.include({ status: "failed", code: "crashed", message: "disk on fire" });
    });
  });

  describe("given a job that misbehaves", () => {
    for (const deed of ["loop without yielding", "loop politely"]) {
      it(`ends it when its time is over: ${deed}`, async () => {
        const from = Date.now();
        const { outcome } = await misbehave(deed, { limits: { seconds: 1.5 } });
        expect(outcome.status).to.equal("timedOut");
        expect(outcome.usage.elapsedSeconds).to.be.within(1.5, 3);
        expect(Date.now() - from).to.be.lessThan(5_000);
      });
    }

    for (const deed of ["fill the heap", "fill buffers", "fill buffers at once"]) {
      it(`ends it when it needs too much memory: ${deed}`, async () => {
        const { outcome } = await misbehave(deed, { limits: { seconds: 30, memoryMiB: 200 } });
        expect(outcome.status).to.equal("outOfMemory");
      });
    }

    const accidents: readonly [string, string, RegExp][] = [
      ["throw", "crashed", /the kind has a defect/],
      ["reject elsewhere", "crashed", /nobody awaited this/],
      ["exit", "crashed", /exit code 3/],
      ["kill itself", "crashed", /signal SIGKILL/],
      ["talk nonsense", "protocol", /unknown form/],
      ["claim a checkpoint", "protocol", /did not write/],
      ["claim a result", "protocol", /did not write/],
    ];
    for (const [deed, code, message] of accidents) {
      it(`fails when it does this: ${deed}`, async () => {
        const { outcome } = await misbehave(deed);
        expect(outcome).to.include({ status: "failed", code });
        expect(outcome.status === "failed" && outcome.message).to.match(message);
      });
    }

    it("fails when it writes too much, and the excess is not stored", async () => {
      const { outcome, store } = await misbehave("write a lot", {
        limits: { seconds: 20, outputBytes: 2 * 1024 * 1024 },
      });
      expect(outcome).to.include({ status: "failed", code: "outputTooLarge" });
      expect(await store.has(digestOf(Buffer.alloc(3 * 1024 * 1024, 1)))).to.equal(false);
    });

    it("gives it nothing of the environment that could be a key", async () => {
      process.env["TEST_PRIVATE_KEY"] = "hunter2";
      try {
        const { outcome, store } = await misbehave("list the environment");
        if (outcome.status !== "delivered") throw new Error(JSON.stringify(outcome));
        const note = Buffer.from(await store.get(digestFromCid(outcome.manifest.outputs["note"] ?? ""))).toString();
        expect(note).to.contain("PATH").and.not.contain("hunter2");
        const names = Object.keys(JSON.parse(note) as object).filter((name) => !name.startsWith("NODE_CHANNEL"));
        expect(["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "SystemRoot"]).to.include.members(names);
      } finally {
        delete process.env["TEST_PRIVATE_KEY"];
      }
    });
  });

  describe("given the job is called off", () => {
    it("before it begins, no process is started", async () => {
      const outcome = await start({ signal: AbortSignal.abort() });
      expect(outcome.status).to.equal("cancelled");
      expect(outcome.usage.elapsedSeconds).to.be.lessThan(0.1);
    });

    for (const deed of ["loop without yielding", "loop politely"]) {
      it(`in its middle, the process is gone at once: ${deed}`, async () => {
        const controller = new AbortController();
        // However long the child takes to start on a busy machine: a moment later it is in the middle of its deed.
        const begun = () => void setTimeout(() => controller.abort(), 200);
        const { outcome } = await misbehave(deed, { signal: controller.signal }, begun);
        expect(outcome.status).to.equal("cancelled");
      });
    }

    it("leaves no listener behind", async () => {
      const before = process.listenerCount("exit");
      await misbehave("behave");
      expect(process.listenerCount("exit")).to.equal(before);
    });
  });

  describe("given a callback that throws", () => {
    it("stops the job and rejects with what it threw", async () => {
      const error = new Error("my own defect");
      const pending = start({
        onCheckpoint: () => {
          throw error;
        },
      });
      expect(await rejection(pending)).to.equal(error);
    });
  });

  describe("given the parent is killed", () => {
    for (const deed of ["loop without yielding", "loop politely"]) {
      it(`leaves no orphan: ${deed}`, async () => {
        const args = ["--require", require.resolve("tsx/cjs"), join(__dirname, "orphanage.ts"), deed];
        const parent = spawn(process.execPath, args, {
          stdio: ["ignore", "pipe", "inherit"],
          env: { ...process.env, NODE_OPTIONS: "" },
        });
        const pid = await new Promise<number>((found) =>
          parent.stdout.once("data", (text: Buffer) => found(Number(text))),
        );
        try {
          expect(isAlive(pid)).to.equal(true);
          parent.kill("SIGKILL");
          expect(await until(() => !isAlive(pid), 5)).to.equal(true);
        } finally {
          parent.kill("SIGKILL");
          if (isAlive(pid)) process.kill(pid, "SIGKILL");
        }
      });
    }
  });
});

describe("loadKind", () => {
  it("finds built-in kinds by their ids", () => {
    expect(loadKind("train-mlp").outputs).to.deep.equal(["metrics", "weights"]);
    expect(loadKind("infer-batch").outputs).to.deep.equal(["labels", "metrics"]);
  });

  it("refuses unknown ids, ids that are paths, and files that hold another kind", () => {
    for (const id of ["", "dream", "../runner", "train-mlp.ts", "TRAIN-MLP", "a".repeat(40)]) {
      expect(() => loadKind(id), id)
        .to.throw()
        .with.property("code", "unknownKind");
    }
    expect(() => loadKind("wrong-name", [KINDS]))
      .to.throw()
      .with.property("code", "unknownKind");
  });
});
