import { expect } from "chai";
import { cidOf, digestFromCid, type Digest } from "../../../src/store";
import {
  createInferenceJob,
  decodeCanonical,
  decodeLabels,
  describeJob,
  encodeCanonical,
  encodeWeights,
  execute,
  putCheaperModel,
  verifyResult,
  WorkloadError,
  type JobInput,
  type Json,
} from "../../../src/workload";
import { rejection } from "../store/rejection";
import { run, seedOf, smallJob, someDigits, type Run, type SmallJob } from "./fixture";

type Fields = Record<string, Json>;

describe("infer-batch", () => {
  const images = Array.from({ length: 350 }, (_, index) => (index * 3) % 400);
  let training: SmallJob;
  let weights: Digest;
  let input: JobInput;
  let done: Run;
  before(async () => {
    training = await smallJob();
    weights = digestFromCid((await run(training)).outputs["weights"] ?? "");
    input = await createInferenceJob(training.store, { weights, dataset: training.dataset, images });
    done = await run({ store: training.store, input });
  });

  const labelsOf = async (result: Run) =>
    decodeLabels(await training.store.get(digestFromCid(result.outputs["labels"] ?? "")));

  it("labels the images with trained weights, far better than chance, and the same every time", async () => {
    const labels = await labelsOf(done);
    expect(labels.length).to.equal(350);
    const right = images.filter((image, index) => someDigits().labels[image] === labels[index]).length;
    expect(right).to.be.greaterThan(200);
    expect((await run({ store: training.store, input })).resultDigest).to.equal(done.resultDigest);
    const metrics = decodeCanonical(await training.store.get(digestFromCid(done.outputs["metrics"] ?? ""))) as Fields;
    expect(metrics).to.include({ version: 1, kind: "infer-batch", images: 350, correct: right });
    expect((metrics["labels"] as number[]).reduce((sum, count) => sum + count, 0)).to.equal(350);
  });

  it("is described by its data and a unit per started thousand of images", async () => {
    const offer = await describeJob({ store: training.store, inputDigest: input.digest });
    expect(offer).to.deep.include({
      kind: "infer-batch",
      modelDigest: weights,
      datasets: [training.dataset],
      units: 1,
    });
    const many = { weights, dataset: training.dataset, images: Array<number>(1001).fill(0) };
    const { digest } = await createInferenceJob(training.store, many);
    expect(await describeJob({ store: training.store, inputDigest: digest })).to.have.property("units", 2);
  });

  it("reports progress and writes no checkpoints; one that is given is rejected and does no harm", async () => {
    expect(done.events.map((event) => event.type)).to.deep.equal(["progress"]);
    const { digest } = await training.store.put(Buffer.from("anything"));
    const other = await run({ store: training.store, input }, { checkpointDigest: digest });
    expect(other.resultDigest).to.equal(done.resultDigest);
    expect(other.events[0]).to.include({ type: "checkpointRejected", reason: "malformed" });
  });

  describe("input", () => {
    const wrong: readonly [string, (body: Fields) => Fields][] = [
      ["no image", (body) => ({ ...body, images: [] })],
      ["an image the set does not have", (body) => ({ ...body, images: [400] })],
      ["a negative position", (body) => ({ ...body, images: [-1] })],
      ["more images than a job may have", (body) => ({ ...body, images: Array<number>(100_001).fill(0) })],
      ["parameters it does not know", (body) => ({ ...body, parameters: { temperature: 1 } })],
    ];
    for (const [what, change] of wrong) {
      it(`is refused with ${what}`, async () => {
        const { digest } = await training.store.put(encodeCanonical(change(structuredClone(input.body) as Fields)));
        const error = await rejection(execute({ store: training.store, inputDigest: digest }));
        expect(error).to.be.instanceOf(WorkloadError).with.property("code", "invalidInput");
      });
    }

    it("is refused when the model is no weights file, or does not fit the images", async () => {
      for (const [bytes, code] of [
        [Buffer.from("{}"), "invalidModel"],
        [encodeWeights({ layers: [4, 2], activation: "relu", values: new Float64Array(10) }), "invalidInput"],
      ] as const) {
        const { digest: model } = await training.store.put(bytes);
        const bad = await createInferenceJob(training.store, { weights: model, dataset: training.dataset, images });
        expect(await rejection(execute({ store: training.store, inputDigest: bad.digest }))).to.have.property(
          "code",
          code,
        );
      }
    });
  });

  describe("verifyResult", () => {
    const verify = (resultDigest: Digest) =>
      verifyResult({ store: training.store, inputDigest: input.digest, resultDigest });

    it("repeats every label", async () => {
      const verdict = await verify(done.resultDigest);
      expect([verdict.ok, verdict.problems]).to.deep.equal([true, []]);
      expect(verdict.accuracy?.total).to.equal(350);
    });

    const label = async (change: (bytes: Buffer) => Buffer) => {
      const bytes = change(Buffer.from(await training.store.get(digestFromCid(done.outputs["labels"] ?? ""))));
      const { cid } = await training.store.put(bytes);
      const manifest = decodeCanonical(await training.store.get(done.resultDigest)) as Fields;
      const outputs = { ...(manifest["outputs"] as Fields), labels: cid };
      return verify((await training.store.put(encodeCanonical({ ...manifest, outputs }))).digest);
    };

    it("finds one wrong label, a missing one, and a file that is none", async () => {
      const flipped = await label((bytes) => (bytes.writeUInt8(((bytes[50] ?? 0) + 1) % 10, 50), bytes));
      expect(flipped.problems.join()).to.contain("image 40 is labelled");
      const short = await label((bytes) => (bytes.writeUInt32LE(349, 6), bytes.subarray(0, -1)));
      expect(short.problems.join()).to.contain("349 labels for 350 images");
      expect((await label(() => Buffer.from("GCLB"))).ok).to.equal(false);
      expect((await label((bytes) => Buffer.concat([bytes, bytes]))).ok).to.equal(false);
    });

    it("finds an operator who ran another model than agreed", async () => {
      const cheaper = await putCheaperModel(training.store, "infer-batch", weights);
      const cheat = await run(
        { store: training.store, input },
        { substituteModelDigest: cheaper, modelDescriptorDigest: weights },
      );
      const verdict = await verify(cheat.resultDigest);
      expect(verdict.manifest?.model).to.equal(cidOf(weights));
      expect(verdict.ok).to.equal(false);
      expect(cheat.resultDigest).to.not.equal(done.resultDigest);
    });
  });

  it("refuses numbers out of bounds when a job is written", async () => {
    const request = { weights, dataset: seedOf("any"), images: [0.5] };
    expect(await rejection(createInferenceJob(training.store, request))).to.be.instanceOf(Error);
  });
});
