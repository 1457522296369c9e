import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { cidOf, digestFromCid, MemoryStore, parseDigest, ZERO_DIGEST, type Digest } from "../../../src/store";
import {
  createTrainingJob,
  decodeCanonical,
  decodeWeights,
  describeJob,
  DIGITS_MLP,
  encodeCanonical,
  encodeWeights,
  execute,
  getInput,
  getManifest,
  putCheaperModel,
  putDescriptor,
  putDigits,
  verifyCheckpoint,
  verifyResult,
  WorkloadError,
  type Json,
} from "../../../src/workload";
import { BinaryReader } from "../../../src/workload/binary";
import { rejection } from "../store/rejection";
import { run, seedOf, SMALL_MLP, smallJob, type Run, type SmallJob } from "./fixture";

/** The small job's result, wherever and whenever it is computed. */
const SMALL_RESULT = "0x8cecb05d318039bf01b6300944182463f46f45a6ae024f6fbda55212fe4b5ed5";

type Fields = Record<string, Json>;

/** Stores a copy of a result with changes, and returns its digest. */
async function altered(job: SmallJob, result: Digest, change: (manifest: Fields) => Promise<Fields>): Promise<Digest> {
  const manifest = decodeCanonical(await job.store.get(result)) as Fields;
  return (await job.store.put(encodeCanonical(await change(manifest)))).digest;
}

describe("train-mlp", () => {
  let job: SmallJob;
  let whole: Run;
  before(async () => {
    job = await smallJob();
    whole = await run(job);
  });

  describe("result", () => {
    it("is this very digest on every machine", () => {
      expect(whole.resultDigest).to.equal(SMALL_RESULT);
    });

    it("is the same when the job is done again, elsewhere and after other work", async () => {
      const elsewhere = await smallJob();
      await run(elsewhere, {});
      expect((await run(elsewhere)).resultDigest).to.equal(whole.resultDigest);
    });

    it("names its kind, input, model and files, and nothing of who made it or when", async () => {
      const manifest = await getManifest(job.store, whole.resultDigest);
      expect(manifest).to.deep.equal({
        version: 1,
        kind: "train-mlp",
        input: cidOf(job.input.digest),
        model: cidOf(job.input.modelDigest),
        outputs: whole.outputs,
      });
      expect(Object.keys(manifest.outputs).sort()).to.deep.equal(["metrics", "weights"]);
    });

    for (const flags of [["--jitless"], ["--no-opt"], ["--always-turbofan"], ["--no-use-ic"]]) {
      it(`is the same in an engine run with ${flags.join(" ")}`, async function () {
        this.timeout(60_000);
        const args = [...flags, "--require", require.resolve("tsx/cjs"), join(__dirname, "determinism.ts")];
        const { stdout } = await promisify(execFile)(process.execPath, args, {
          env: { ...process.env, NODE_OPTIONS: "" },
        });
        expect(stdout.trim()).to.equal(whole.resultDigest);
      });
    }

    it("changes with the seed, the split, the number of epochs and the model", async () => {
      const results = new Set([whole.resultDigest]);
      for (const change of [
        { seed: seedOf("another") },
        { splitSeed: seedOf("another") },
        { epochs: 3 },
        { model: { ...SMALL_MLP, layers: [784, 7, 10] } },
        { model: { ...SMALL_MLP, optimiser: { ...SMALL_MLP.optimiser, learningRateMicro: 39_999 } } },
      ]) {
        results.add((await run(await smallJob(change))).resultDigest);
      }
      expect(results.size).to.equal(6);
    });
  });

  describe("checkpoints", () => {
    it("are written after every epoch and form a chain", async () => {
      expect([...whole.checkpoints.keys()]).to.deep.equal([1, 2, 3, 4]);
      let previous: Digest = ZERO_DIGEST;
      for (const digest of whole.checkpoints.values()) {
        const reader = new BinaryReader(await job.store.get(digest));
        reader.raw(6 + 64);
        expect(reader.digest()).to.equal(previous);
        previous = digest;
      }
    });

    for (const step of [1, 2, 3, 4]) {
      it(`resuming from epoch ${step} yields the same result and the same later checkpoints`, async () => {
        const resumed = await run(job, { checkpointDigest: whole.checkpoints.get(step) });
        expect(resumed.resultDigest).to.equal(whole.resultDigest);
        expect(resumed.resumedFrom).to.equal(step);
        expect([...resumed.checkpoints]).to.deep.equal([...whole.checkpoints].slice(step));
      });
    }

    it("a chain of resumptions, one epoch each, yields the same result", async () => {
      let last: Digest | undefined;
      for (const step of [1, 2, 3]) {
        const controller = new AbortController();
        const stop = { checkpointDigest: last, signal: controller.signal };
        let reached: Digest | undefined;
        const onEvent: Parameters<typeof execute>[0]["onEvent"] = (event) => {
          if (event.type !== "checkpoint" || event.step !== step) return;
          reached = event.digest;
          controller.abort();
        };
        await rejection(execute({ store: job.store, inputDigest: job.input.digest, onEvent, ...stop }));
        last = reached;
      }
      expect(last).to.equal(whole.checkpoints.get(3));
      expect((await run(job, { checkpointDigest: last })).resultDigest).to.equal(whole.resultDigest);
    });

    describe("given a bad one", () => {
      const rejections = (done: Run) => done.events.filter((event) => event.type === "checkpointRejected");

      it("starts over from one that is not in the store", async () => {
        const done = await run(job, { checkpointDigest: seedOf("nowhere") });
        expect(done.resultDigest).to.equal(whole.resultDigest);
        expect(done.resumedFrom).to.equal(0);
        expect(rejections(done)).to.have.length(1).and.to.have.nested.property("0.reason", "unavailable");
      });

      it("starts over from one that is malformed, or another job's", async () => {
        const other = await smallJob({ seed: seedOf("another") });
        const foreign = [...(await run(other)).checkpoints.values()][1] ?? ZERO_DIGEST;
        const { digest: adopted } = await job.store.put(await other.store.get(foreign));
        const { digest: noise } = await job.store.put(Buffer.from("noise"));
        for (const checkpointDigest of [adopted, noise]) {
          const done = await run(job, { checkpointDigest });
          expect(done.resultDigest).to.equal(whole.resultDigest);
          expect(done.resumedFrom).to.equal(0);
          expect(rejections(done)).to.have.nested.property("0.reason", "malformed");
          expect(done.checkpoints.size).to.equal(4);
        }
      });

      describe("poisoned: well-formed, with one number off by a hair", () => {
        let poisoned: Digest;
        before(async () => {
          const bytes = await job.store.get(whole.checkpoints.get(2) ?? ZERO_DIGEST);
          // The upper part of the last velocity's fraction; a change in its last bit might be rounded away again.
          bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
          poisoned = (await job.store.put(bytes)).digest;
        });

        it("a resumer that trusts it gets another result, for which it answers", async () => {
          const done = await run(job, { checkpointDigest: poisoned });
          expect(done.resumedFrom).to.equal(2);
          expect(done.resultDigest).to.not.equal(whole.resultDigest);
        });

        it("a replay finds it out, and delivers the right result", async () => {
          const done = await run(job, { checkpointDigest: poisoned, checkpointTrust: "replay" });
          expect(done.resultDigest).to.equal(whole.resultDigest);
          expect(rejections(done)).to.have.nested.property("0.reason", "poisoned");
          expect(rejections(done)).to.have.nested.property("0.digest", poisoned);
        });

        it("a replay of the honest one rejects nothing", async () => {
          const done = await run(job, { checkpointDigest: whole.checkpoints.get(2), checkpointTrust: "replay" });
          expect(rejections(done)).to.deep.equal([]);
          expect(done.resultDigest).to.equal(whole.resultDigest);
        });

        it("verifyCheckpoint tells it from the honest one", async () => {
          const reference = { store: new MemoryStore(job.store), inputDigest: job.input.digest };
          const honest = whole.checkpoints.get(2) ?? ZERO_DIGEST;
          expect(await verifyCheckpoint({ ...reference, checkpointDigest: honest })).to.deep.equal({
            ok: true,
            step: 2,
            expected: honest,
          });
          expect(await verifyCheckpoint({ ...reference, checkpointDigest: poisoned })).to.include({
            ok: false,
            step: 2,
            expected: honest,
          });
          const { digest: noise } = await reference.store.put(Buffer.from("noise"));
          expect(await verifyCheckpoint({ ...reference, checkpointDigest: noise })).to.have.property("ok", false);
        });
      });
    });
  });

  describe("input", () => {
    it("is described without reading any data", async () => {
      const bare = new MemoryStore();
      await bare.put(await job.store.get(job.input.digest));
      expect(await describeJob({ store: bare, inputDigest: job.input.digest })).to.deep.equal({
        kind: "train-mlp",
        inputDigest: job.input.digest,
        modelDigest: await putDescriptor(bare, SMALL_MLP),
        parametersHash: job.input.parametersHash,
        datasets: [job.dataset],
        units: 4,
      });
    });

    it("counts a unit per epoch and started thousand of images", async () => {
      const store = new MemoryStore();
      const dataset = await putDigits(store);
      const request = {
        model: DIGITS_MLP,
        dataset,
        splitSeed: seedOf("s"),
        heldOut: 100,
        seed: seedOf("t"),
        epochs: 3,
      };
      for (const [train, units] of [
        [1000, 3],
        [1001, 6],
        [8000, 24],
      ] as const) {
        const { digest } = await createTrainingJob(store, { ...request, train });
        expect(await describeJob({ store, inputDigest: digest })).to.have.property("units", units);
      }
    });

    it("hashes the parameters alone: the same for another dataset or model, another for another seed", async () => {
      const { parametersHash } = job.input;
      const wider = await smallJob({ model: { ...SMALL_MLP, layers: [784, 9, 10] } });
      const reseeded = await smallJob({ seed: seedOf("another") });
      expect(wider.input.parametersHash).to.equal(parametersHash);
      expect(reseeded.input.parametersHash).to.not.equal(parametersHash);
    });

    /** Stores the small job's input with changes and returns the error of doing it. */
    async function refusal(change: (body: Fields) => Json): Promise<unknown> {
      const { digest } = await job.store.put(encodeCanonical(change(structuredClone(job.input.body) as Fields)));
      return rejection(execute({ store: job.store, inputDigest: digest }));
    }

    const wrong: readonly [string, (body: Fields) => Json][] = [
      ["another version", (body) => ({ ...body, version: 2 })],
      ["an unknown field", (body) => ({ ...body, hurry: true })],
      ["no epochs", (body) => ({ ...body, parameters: { ...(body["parameters"] as Fields), epochs: 0 } })],
      ["epochs without end", (body) => ({ ...body, parameters: { ...(body["parameters"] as Fields), epochs: 1e9 } })],
      ["a seed that is no digest", (body) => ({ ...body, parameters: { epochs: 1, seed: "0x12" } })],
      ["a split larger than the set", (body) => ({ ...body, split: { ...(body["split"] as Fields), train: 301 } })],
      [
        "a held-out part other than the split's",
        (body) => ({ ...body, split: { ...(body["split"] as Fields), seed: seedOf("x") } }),
      ],
      ["a model that is no CID", (body) => ({ ...body, model: "latest" })],
      ["a list", () => []],
    ];
    for (const [what, change] of wrong) {
      it(`is refused with ${what}`, async () => {
        expect(await refusal(change))
          .to.be.instanceOf(WorkloadError)
          .with.property("code", "invalidInput");
      });
    }

    it("is refused when the model does not fit the images", async () => {
      const model = await putDescriptor(job.store, { ...SMALL_MLP, layers: [100, 8, 10] });
      const error = await refusal((body) => ({ ...body, model: cidOf(model) }));
      expect(error).to.be.instanceOf(WorkloadError).with.property("code", "invalidInput");
    });

    it("is refused when its model is no descriptor", async () => {
      const error = await refusal((body) => ({ ...body, model: cidOf(digestFromCid(whole.outputs["weights"] ?? "")) }));
      expect(error).to.be.instanceOf(WorkloadError).with.property("code", "invalidModel");
    });

    it("is refused when its kind or model is not the one agreed on", async () => {
      const reference = { store: job.store, inputDigest: job.input.digest };
      expect(await rejection(execute({ ...reference, kind: "infer-batch" }))).to.have.property("code", "invalidInput");
      expect(await rejection(execute({ ...reference, modelDescriptorDigest: seedOf("x") }))).to.have.property(
        "code",
        "modelMismatch",
      );
    });

    it("is refused when its kind is unknown, and no kind's name leaves the directory of kinds", async () => {
      expect(await refusal((body) => ({ ...body, kind: "dream" }))).to.have.property("code", "unknownKind");
      expect(await refusal((body) => ({ ...body, kind: "../registry" }))).to.have.property("code", "invalidInput");
    });

    it("has the same bytes when it is written again", async () => {
      expect((await smallJob()).input).to.deep.equal(job.input);
      expect(await getInput(job.store, job.input.digest)).to.deep.equal(job.input);
    });
  });

  describe("verifyResult", () => {
    const verify = (resultDigest: Digest) =>
      verifyResult({ store: job.store, inputDigest: job.input.digest, resultDigest });

    it("recomputes the accuracy from the weights", async () => {
      const { ok, problems, accuracy } = await verify(whole.resultDigest);
      expect([ok, problems]).to.deep.equal([true, []]);
      const metrics = decodeCanonical(await job.store.get(digestFromCid(whole.outputs["metrics"] ?? ""))) as Fields;
      expect(metrics["heldOut"]).to.deep.equal(accuracy);
      expect(accuracy?.total).to.equal(100);
    });

    /** The verdict on a result whose file `name` is replaced. */
    async function withFile(name: string, bytes: Uint8Array): Promise<string[]> {
      const { cid } = await job.store.put(bytes);
      const digest = await altered(job, whole.resultDigest, async (manifest) => ({
        ...manifest,
        outputs: { ...(manifest["outputs"] as Fields), [name]: cid },
      }));
      const verdict = await verify(digest);
      expect(verdict.ok).to.equal(false);
      return [...verdict.problems];
    }

    it("finds boasted accuracy", async () => {
      const metrics = decodeCanonical(await job.store.get(digestFromCid(whole.outputs["metrics"] ?? ""))) as Fields;
      const boast = encodeCanonical({ ...metrics, heldOut: { correct: 99, total: 100 } });
      expect((await withFile("metrics", boast)).join()).to.contain("claim 99 of 100");
      expect((await withFile("metrics", encodeCanonical({ ...metrics, epochs: 5 }))).join()).to.contain(
        "other training",
      );
    });

    it("finds weights that were not trained", async () => {
      const weights = decodeWeights(
        await job.store.get(digestFromCid(whole.outputs["weights"] ?? "")),
        "invalidResult",
      );
      const zeros = encodeWeights({ ...weights, values: new Float64Array(weights.values.length) });
      expect((await withFile("weights", zeros)).join()).to.contain("the weights get");
    });

    it("finds files that are malformed", async () => {
      expect(await withFile("weights", Buffer.from("GCWT"))).to.have.length(1);
      expect(await withFile("metrics", Buffer.from("{}"))).to.have.length(1);
    });

    it("finds a result of another input, model or kind, with other files, or of no form at all", async () => {
      const cases: readonly [string, (manifest: Fields) => Fields][] = [
        ["another input", (manifest) => ({ ...manifest, input: cidOf(seedOf("x")) })],
        ["another model", (manifest) => ({ ...manifest, model: cidOf(seedOf("x")) })],
        ["infer-batch", (manifest) => ({ ...manifest, kind: "infer-batch" })],
        ["its files are", (manifest) => ({ ...manifest, outputs: {} })],
        ["malformed", (manifest) => ({ ...manifest, operator: "me" })],
      ];
      for (const [complaint, change] of cases) {
        const verdict = await verify(await altered(job, whole.resultDigest, async (manifest) => change(manifest)));
        expect(verdict.ok).to.equal(false);
        expect(verdict.problems.join()).to.contain(complaint);
      }
    });

    it("says nothing about a result that cannot be read", async () => {
      expect(await rejection(verify(seedOf("nowhere")))).to.have.property("code", "contentMissing");
    });
  });

  describe("given an operator who runs a cheaper model than agreed", () => {
    it("delivers a result that names the agreed model, and both checks find it out", async () => {
      const cheaper = await putCheaperModel(job.store, "train-mlp", job.input.modelDigest);
      const cheat = await run(job, { substituteModelDigest: cheaper, modelDescriptorDigest: job.input.modelDigest });
      expect(await getManifest(job.store, cheat.resultDigest)).to.have.property("model", cidOf(job.input.modelDigest));
      expect(cheat.resultDigest).to.not.equal(whole.resultDigest);
      const verdict = await verifyResult({
        store: job.store,
        inputDigest: job.input.digest,
        resultDigest: cheat.resultDigest,
      });
      expect(verdict.problems.join()).to.contain("784-4-10");
    });

    it("passes the quick check with a model of the same shape, and is found out by its digest", async () => {
      const lazy = { ...SMALL_MLP, optimiser: { ...SMALL_MLP.optimiser, momentumMicro: 0 } };
      const cheat = await run(job, { substituteModelDigest: await putDescriptor(job.store, lazy) });
      const verdict = await verifyResult({
        store: job.store,
        inputDigest: job.input.digest,
        resultDigest: cheat.resultDigest,
      });
      expect(verdict.ok).to.equal(true);
      expect(cheat.resultDigest).to.not.equal(whole.resultDigest);
    });
  });

  describe("at the size of the demonstration", () => {
    it("reaches at least 92% on 2,000 held-out digits, with pinned digests", async function () {
      this.timeout(60_000);
      const store = new MemoryStore();
      const dataset = await putDigits(store);
      const input = await createTrainingJob(store, {
        model: DIGITS_MLP,
        dataset,
        splitSeed: parseDigest(`0x${"1".repeat(64)}`),
        train: 8000,
        heldOut: 2000,
        seed: parseDigest(`0x${"2".repeat(64)}`),
        epochs: 8,
      });
      expect(input.digest).to.equal("0xc6f1c3ae2e111c420d80c84ca6f4fd1df3b8068c6ecf3959f4ba5743a186dc15");
      const done = await run({ store, input });
      expect(done.resultDigest).to.equal("0xf6dacbd4d19051fb076a40924dad50e9e25e27428240db7c7da206e3414f0747");
      const { ok, accuracy } = await verifyResult({
        store,
        inputDigest: input.digest,
        resultDigest: done.resultDigest,
      });
      expect(ok).to.equal(true);
      expect(accuracy).to.deep.equal({ correct: 1900, total: 2000 });
      expect((accuracy?.correct ?? 0) / (accuracy?.total ?? 1)).to.be.at.least(0.92);
    });
  });
});
