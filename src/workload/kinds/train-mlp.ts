import { z } from "zod";
import { cidOf, cidSchema, digestFromCid, digestOf, digestSchema, ZERO_DIGEST } from "../../store";
import type { ContentStore, Digest, WaitOptions } from "../../store";
import { encodeCanonical, type Json } from "../canonical";
import { decodeCheckpoint, encodeCheckpoint, LOSS_LIMIT_MICRO, type TrainingCheckpoint } from "../checkpoint";
import { WorkloadError } from "../errors";
import { getImages, putImages, type ImageSet } from "../images";
import { decodeJson, parseJson, putInput, type JobInput, type ResultFiles } from "../job";
import type { Findings, JobContext, JobDescription, PreparedJob, RunOptions, WorkEvent, WorkloadKind } from "../kind";
import { decodeDescriptor, encodeDescriptor, type MlpDescriptor } from "../model";
import { initialWeights, Network, Trainer } from "../network";
import { randomStream } from "../random";
import { divide, divideAs, splitSchema, type Division } from "../split";
import { decodeWeights, encodeWeights, type Weights } from "../weights";

const ID = "train-mlp";
const MICRO = 1_000_000;
/** Batches between two chances for messages and timers: a few milliseconds. */
const BATCHES_PER_BREATH = 16;

const parametersSchema = z.strictObject({
  /** Decides the initial weights and the order of the images in every epoch. */
  seed: digestSchema,
  epochs: z.number().int().min(1).max(10_000),
});

/** Input of a training job: train `model`, an MLP descriptor, on a part of `dataset` and judge it on another. */
const inputSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal(ID),
  model: cidSchema,
  dataset: cidSchema,
  split: splitSchema,
  parameters: parametersSchema,
});
type TrainingInput = z.infer<typeof inputSchema>;

const metricsSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal(ID),
  epochs: z.number().int(),
  trained: z.number().int(),
  lossMicro: z.array(z.number().int().min(0).max(LOSS_LIMIT_MICRO)),
  heldOut: z.strictObject({ correct: z.number().int().min(0), total: z.number().int().min(1) }),
});

/** The metrics file of a training job. Loss is the mean of an epoch's cross-entropies, in millionths of a nat. */
export type TrainingMetrics = z.infer<typeof metricsSchema>;

/** What a requester chooses for a training job. */
export interface TrainingRequest {
  readonly model: MlpDescriptor;
  /** Digest of a labelled image set in the store. */
  readonly dataset: Digest;
  readonly splitSeed: Digest;
  /** Images trained on, and images held out. */
  readonly train: number;
  readonly heldOut: number;
  readonly seed: Digest;
  readonly epochs: number;
}

/**
 * Writes a training job: stores its descriptor, its held-out images and its input, and returns the input.
 * @throws WorkloadError invalidInput when the dataset is too small; zod errors for numbers out of bounds.
 */
export async function createTrainingJob(
  store: ContentStore,
  request: TrainingRequest,
  options?: WaitOptions,
): Promise<JobInput> {
  const set = await getImages(store, request.dataset, options);
  const { heldOut } = divide(set, request.splitSeed, request.train, request.heldOut);
  const body: TrainingInput = {
    version: 1,
    kind: ID,
    model: cidOf((await store.put(encodeDescriptor(request.model), options)).digest),
    dataset: cidOf(request.dataset),
    split: {
      seed: request.splitSeed,
      train: request.train,
      heldOut: { count: request.heldOut, images: cidOf(await putImages(store, heldOut, options)) },
    },
    parameters: { seed: request.seed, epochs: request.epochs },
  };
  return putInput(store, inputSchema.parse(body) satisfies Json, options);
}

function parseInput(input: JobInput): TrainingInput {
  return parseJson(inputSchema, input.body, "invalidInput", "the input");
}

/** A unit is one epoch over 1,000 images. */
function describe(input: JobInput): JobDescription {
  const { dataset, split, parameters } = parseInput(input);
  return { datasets: [digestFromCid(dataset)], units: parameters.epochs * Math.ceil(split.train / 1000) };
}

async function validateInput(context: JobContext): Promise<PreparedJob> {
  const input = parseInput(context.input);
  const descriptor = decodeDescriptor(context.model);
  const set = await getImages(context.store, digestFromCid(input.dataset), context);
  assertFits(descriptor, set);
  return new TrainingJob(context, input, descriptor, set, divideAs(set, input.split));
}

function assertFits(descriptor: MlpDescriptor, set: ImageSet): void {
  const [inputs, outputs] = [descriptor.layers[0], descriptor.layers.at(-1)];
  if (inputs === set.width * set.height && outputs === set.classes) return;
  throw new WorkloadError(
    "invalidInput",
    `the model takes ${inputs} pixels and knows ${outputs} classes, the images have ${set.width * set.height} and ${set.classes}`,
  );
}

class TrainingJob implements PreparedJob {
  constructor(
    private readonly context: JobContext,
    private readonly input: TrainingInput,
    private readonly descriptor: MlpDescriptor,
    private readonly set: ImageSet,
    private readonly division: Division,
  ) {}

  async *run({ checkpoint, breathe }: RunOptions): AsyncGenerator<WorkEvent, ResultFiles, void> {
    const { epochs } = this.input.parameters;
    const start = checkpoint === undefined ? undefined : this.#read(checkpoint);
    const weights = this.#weights(start);
    const velocity = start?.velocity ?? new Float64Array(weights.values.length);
    const trainer = new Trainer(weights, velocity, this.descriptor.optimiser.momentumMicro / MICRO);
    const lossMicro = [...(start?.lossMicro ?? [])];
    let previous = checkpoint === undefined ? ZERO_DIGEST : digestOf(checkpoint);
    for (let epoch = lossMicro.length + 1; epoch <= epochs; epoch++) {
      lossMicro.push(await this.#epoch(trainer, epoch, breathe));
      const { digest: input, modelDigest: model } = this.context.input;
      const state = {
        input,
        model,
        previous,
        epoch,
        lossMicro: Float64Array.from(lossMicro),
        values: weights.values,
        velocity,
      };
      const bytes = encodeCheckpoint(state, this.descriptor);
      previous = digestOf(bytes);
      yield { type: "progress", done: epoch, total: epochs };
      yield { type: "checkpoint", step: epoch, bytes };
    }
    const metrics: TrainingMetrics = {
      version: 1,
      kind: ID,
      epochs,
      trained: this.division.train.length,
      lossMicro,
      heldOut: await this.#judge(weights, breathe),
    };
    return { metrics: encodeCanonical(metrics), weights: encodeWeights(weights) };
  }

  stepOf(checkpoint: Uint8Array): number {
    return this.#read(checkpoint).epoch;
  }

  async verify(files: ResultFiles): Promise<Findings> {
    const metrics = parseJson(metricsSchema, this.#json(files["metrics"]), "invalidResult", "the metrics file");
    const weights = decodeWeights(files["weights"] ?? new Uint8Array(), "invalidResult");
    const { descriptor } = this;
    if (weights.layers.join() !== descriptor.layers.join() || weights.activation !== descriptor.activation) {
      return {
        problems: [
          `the weights are of a ${weights.layers.join("-")} ${weights.activation} network, not the one agreed on`,
        ],
      };
    }
    const accuracy = await this.#judge(weights, async () => {});
    const problems: string[] = [];
    if (metrics.heldOut.correct !== accuracy.correct || metrics.heldOut.total !== accuracy.total) {
      problems.push(
        `the metrics claim ${metrics.heldOut.correct} of ${metrics.heldOut.total} right, the weights get ${accuracy.correct} of ${accuracy.total}`,
      );
    }
    const { epochs } = this.input.parameters;
    if (
      metrics.epochs !== epochs ||
      metrics.lossMicro.length !== epochs ||
      metrics.trained !== this.division.train.length
    ) {
      problems.push("the metrics speak of other training than the input asks for");
    }
    return { problems, accuracy };
  }

  #json(bytes: Uint8Array | undefined): Json {
    return decodeJson(bytes ?? new Uint8Array(), "invalidResult", "the metrics file");
  }

  #read(bytes: Uint8Array): TrainingCheckpoint {
    const { digest: input, modelDigest: model } = this.context.input;
    return decodeCheckpoint(bytes, { input, model, epochs: this.input.parameters.epochs, descriptor: this.descriptor });
  }

  #weights(start: TrainingCheckpoint | undefined): Weights {
    if (start === undefined) return initialWeights(this.descriptor, this.input.parameters.seed);
    return { layers: this.descriptor.layers, activation: this.descriptor.activation, values: start.values };
  }

  /** Trains one epoch and returns its mean loss. The order of the images depends on the seed and the epoch's number only. */
  async #epoch(trainer: Trainer, epoch: number, breathe: () => Promise<void>): Promise<number> {
    const { batch, learningRateMicro, decayMicro } = this.descriptor.optimiser;
    const rate = learningRateMicro / MICRO / (1 + (decayMicro / MICRO) * (epoch - 1));
    const order = Uint32Array.from(this.division.train);
    randomStream(this.input.parameters.seed, "epoch", epoch).shuffle(order);
    let loss = 0;
    for (let from = 0, batches = 1; from < order.length; from += batch, batches++) {
      loss += trainer.train(this.set, order, from, Math.min(from + batch, order.length), rate);
      if (batches % BATCHES_PER_BREATH === 0) await breathe();
    }
    await breathe();
    return Math.min(Math.floor((loss / order.length) * MICRO + 0.5), LOSS_LIMIT_MICRO);
  }

  async #judge(weights: Weights, breathe: () => Promise<void>): Promise<{ correct: number; total: number }> {
    const network = new Network(weights);
    const { heldOut } = this.division;
    let correct = 0;
    for (let image = 0; image < heldOut.count; image++) {
      if (network.classify(heldOut, image) === heldOut.labels[image]) correct++;
      if (image % 500 === 499) await breathe();
    }
    return { correct, total: heldOut.count };
  }
}

/** Half the hidden neurons: about half the work. */
function cheaperModel(model: Uint8Array): Uint8Array {
  const descriptor = decodeDescriptor(model);
  const last = descriptor.layers.length - 1;
  const layers = descriptor.layers.map((size, index) => (index === 0 || index === last ? size : Math.ceil(size / 2)));
  return encodeDescriptor({ ...descriptor, layers });
}

/** Training of a multilayer perceptron, with a checkpoint after every epoch. Result files: metrics and weights. */
export const kind: WorkloadKind = { id: ID, outputs: ["metrics", "weights"], describe, validateInput, cheaperModel };
