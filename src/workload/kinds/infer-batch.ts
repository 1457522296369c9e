import { z } from "zod";
import { cidOf, cidSchema, digestFromCid } from "../../store";
import type { ContentStore, Digest, WaitOptions } from "../../store";
import { BinaryReader, BinaryWriter, Malformed } from "../binary";
import { encodeCanonical, type Json } from "../canonical";
import { WorkloadError } from "../errors";
import { getImages, selectImages, type ImageSet } from "../images";
import { decodeJson, parseJson, putInput, type JobInput, type ResultFiles } from "../job";
import type { Findings, JobContext, JobDescription, PreparedJob, RunOptions, WorkEvent, WorkloadKind } from "../kind";
import { Network } from "../network";
import { decodeWeights, encodeWeights, type Weights } from "../weights";

const ID = "infer-batch";
const MAGIC = "GCLB";
const VERSION = 1;
/** Images between two chances for messages and timers: a few milliseconds. */
const IMAGES_PER_BREATH = 500;

/** Input of an inference job: classify the listed images of `dataset` with `model`, a weights file. */
const inputSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal(ID),
  model: cidSchema,
  dataset: cidSchema,
  /** Positions in the set, in the order of the answers. */
  images: z.array(z.number().int().min(0).max(100_000_000)).min(1).max(100_000),
  parameters: z.strictObject({}),
});
type InferenceInput = z.infer<typeof inputSchema>;

const metricsSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal(ID),
  images: z.number().int().min(1),
  /** How many images got each label. */
  labels: z.array(z.number().int().min(0)),
  /** How many labels agree with the set's own. */
  correct: z.number().int().min(0),
});

/** The metrics file of an inference job. */
export type InferenceMetrics = z.infer<typeof metricsSchema>;

/** What a requester chooses for an inference job: the digests of weights and of an image set, and which images. */
export interface InferenceRequest {
  readonly weights: Digest;
  readonly dataset: Digest;
  readonly images: readonly number[];
}

/**
 * Writes an inference job: stores its input and returns it.
 * @throws zod errors for numbers out of bounds.
 */
export async function createInferenceJob(
  store: ContentStore,
  request: InferenceRequest,
  options?: WaitOptions,
): Promise<JobInput> {
  const body: InferenceInput = {
    version: 1,
    kind: ID,
    model: cidOf(request.weights),
    dataset: cidOf(request.dataset),
    images: [...request.images],
    parameters: {},
  };
  return putInput(store, inputSchema.parse(body) satisfies Json, options);
}

/**
 * Reads a labels file: "GCLB", version, number of labels, one byte each; little-endian.
 * @throws WorkloadError invalidResult.
 */
export function decodeLabels(bytes: Uint8Array): Uint8Array {
  try {
    const reader = new BinaryReader(bytes);
    reader.expectAscii(MAGIC);
    reader.expectUint16(VERSION, "version");
    const labels = reader.raw(reader.uint32());
    reader.end();
    return labels;
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw new WorkloadError("invalidResult", `not a labels file: ${cause.message}`, { cause });
  }
}

function encodeLabels(labels: Uint8Array): Uint8Array {
  return new BinaryWriter(10 + labels.length).ascii(MAGIC).uint16(VERSION).uint32(labels.length).raw(labels).finish();
}

function parseInput(input: JobInput): InferenceInput {
  return parseJson(inputSchema, input.body, "invalidInput", "the input");
}

/** A unit is 1,000 images. */
function describe(input: JobInput): JobDescription {
  const { dataset, images } = parseInput(input);
  return { datasets: [digestFromCid(dataset)], units: Math.ceil(images.length / 1000) };
}

async function validateInput(context: JobContext): Promise<PreparedJob> {
  const input = parseInput(context.input);
  const weights = decodeWeights(context.model, "invalidModel");
  const set = await getImages(context.store, digestFromCid(input.dataset), context);
  if (weights.layers[0] !== set.width * set.height || weights.layers.at(-1) !== set.classes) {
    throw new WorkloadError("invalidInput", `a ${weights.layers.join("-")} network cannot classify these images`);
  }
  return new InferenceJob(selectImages(set, input.images), weights);
}

class InferenceJob implements PreparedJob {
  constructor(
    private readonly images: ImageSet,
    private readonly weights: Weights,
  ) {}

  async *run({ checkpoint, breathe }: RunOptions): AsyncGenerator<WorkEvent, ResultFiles, void> {
    if (checkpoint !== undefined) this.stepOf();
    const network = new Network(this.weights);
    const { count } = this.images;
    const labels = new Uint8Array(count);
    for (let image = 0; image < count; image++) {
      labels[image] = network.classify(this.images, image);
      if ((image + 1) % IMAGES_PER_BREATH !== 0 && image + 1 < count) continue;
      await breathe();
      yield { type: "progress", done: image + 1, total: count };
    }
    return { labels: encodeLabels(labels), metrics: encodeCanonical(this.#metrics(labels)) };
  }

  /** Inference is over sooner than a checkpoint would be written. */
  stepOf(): never {
    throw new WorkloadError("invalidCheckpoint", "inference has no checkpoints");
  }

  /** Inference is cheap: verification repeats all of it. */
  async verify(files: ResultFiles): Promise<Findings> {
    const claimed = decodeLabels(files["labels"] ?? new Uint8Array());
    const metrics = decodeJson(files["metrics"] ?? new Uint8Array(), "invalidResult", "the metrics file");
    parseJson(metricsSchema, metrics, "invalidResult", "the metrics file");
    const network = new Network(this.weights);
    const labels = Uint8Array.from({ length: this.images.count }, (_, image) => network.classify(this.images, image));
    const right = this.#metrics(labels);
    const problems: string[] = [];
    const wrong = labels.findIndex((label, image) => label !== claimed[image]);
    if (claimed.length !== labels.length)
      problems.push(`there are ${claimed.length} labels for ${labels.length} images`);
    else if (wrong >= 0) problems.push(`image ${wrong} is labelled ${claimed[wrong]}, the model says ${labels[wrong]}`);
    if (Buffer.compare(encodeCanonical(metrics), encodeCanonical(right)) !== 0) {
      problems.push("the metrics are not those of the right labels");
    }
    return { problems, accuracy: { correct: right.correct, total: right.images } };
  }

  #metrics(labels: Uint8Array): InferenceMetrics {
    const counts = new Array<number>(this.images.classes).fill(0);
    let correct = 0;
    for (const [image, label] of labels.entries()) {
      counts[label] = (counts[label] as number) + 1;
      if (label === this.images.labels[image]) correct++;
    }
    return { version: 1, kind: ID, images: labels.length, labels: counts, correct };
  }
}

/** The same network with the numbers of its last layer gone: every image gets the first label, for no work. */
function cheaperModel(model: Uint8Array): Uint8Array {
  const weights = decodeWeights(model, "invalidModel");
  const [before, last] = [weights.layers.at(-2) ?? 0, weights.layers.at(-1) ?? 0];
  const values = Float64Array.from(weights.values);
  values.fill(0, values.length - (before + 1) * last);
  return encodeWeights({ ...weights, values });
}

/** Classification of a batch of images with trained weights. Result files: labels and metrics. */
export const kind: WorkloadKind = { id: ID, outputs: ["labels", "metrics"], describe, validateInput, cheaperModel };
