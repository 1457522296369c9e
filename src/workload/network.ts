import type { ImageSet } from "./images";
import { addLitOuter, addLitRows, addOuter, addRows, gatherLit, rectify, squash, step, sumError } from "./kernels";
import { parameterCount, type MlpDescriptor } from "./model";
import { randomStream } from "./random";
import { exp, log } from "./realMath";
import type { Weights } from "./weights";
import type { Digest } from "../store";

/** Where a layer's numbers lie: `inputs * outputs` weights from `weights`, then `outputs` biases from `biases`. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: number;
  readonly biases: number;
}

function layout(sizes: readonly number[]): readonly Layer[] {
  const layers: Layer[] = [];
  let at = 0;
  for (let index = 1; index < sizes.length; index++) {
    const inputs = sizes[index - 1] as number;
    const outputs = sizes[index] as number;
    layers.push({ inputs, outputs, weights: at, biases: at + inputs * outputs });
    at += (inputs + 1) * outputs;
  }
  return layers;
}

/**
 * A multilayer perceptron over byte images. The order of every floating-point operation, here and in the kernels, is part
 * of its definition: what is written here is what everyone must compute.
 */
export class Network {
  protected readonly layers: readonly Layer[];
  /** Outputs of each layer for the last image; the last entry holds the class scores. */
  protected readonly outputs: readonly Float64Array[];
  /** Positions and shades of the last image's pixels that are not zero: a fifth of them. */
  protected readonly litAt: Uint32Array;
  protected readonly litShade: Float64Array;
  protected lit = 0;

  constructor(protected readonly weights: Weights) {
    if (weights.values.length !== parameterCount(weights.layers)) throw new RangeError("wrong number of parameters");
    this.layers = layout(weights.layers);
    this.outputs = this.layers.map((layer) => new Float64Array(layer.outputs));
    this.litAt = new Uint32Array(weights.layers[0] as number);
    this.litShade = new Float64Array(weights.layers[0] as number);
  }

  /** The class with the greatest score for an image; of equal scores, the first. */
  classify(set: ImageSet, image: number): number {
    this.forward(set, image);
    const scores = this.outputs[this.outputs.length - 1] as Float64Array;
    let best = 0;
    for (let index = 1; index < scores.length; index++) {
      if ((scores[index] as number) > (scores[best] as number)) best = index;
    }
    return best;
  }

  protected forward(set: ImageSet, image: number): void {
    const { litAt, litShade, layers, outputs } = this;
    const { values } = this.weights;
    this.lit = gatherLit(set.pixels, image * litAt.length, litAt, litShade);
    for (let index = 0; index < layers.length; index++) {
      const layer = layers[index] as Layer;
      const out = outputs[index] as Float64Array;
      for (let j = 0; j < out.length; j++) out[j] = values[layer.biases + j] as number;
      if (index === 0) addLitRows(out, values, layer.weights, litAt, litShade, this.lit);
      else addRows(out, values, layer.weights, outputs[index - 1] as Float64Array);
      if (index === layers.length - 1) break;
      if (this.weights.activation === "tanh") squash(out);
      else rectify(out);
    }
  }
}

/**
 * A network in training. Numbers and velocities are held within ±PARAMETER_LIMIT after every batch. With at most 8 layers
 * of at most 4,096 neurons nothing can then overflow, so there is no NaN and no infinity, and every valid job has a result,
 * however badly its rates were chosen: nobody can be given work that cannot be delivered.
 */
export class Trainer extends Network {
  readonly #gradient: Float64Array;
  /** Derivative of the loss by each layer's sums, for the last image. */
  readonly #deltas: readonly Float64Array[];

  constructor(
    weights: Weights,
    /** One for each parameter; kept up to date by `train`. */
    readonly velocity: Float64Array,
    private readonly momentum: number,
  ) {
    super(weights);
    if (velocity.length !== weights.values.length) throw new RangeError("wrong number of velocities");
    this.#gradient = new Float64Array(weights.values.length);
    this.#deltas = this.layers.map((layer) => new Float64Array(layer.outputs));
  }

  /**
   * One step on the images `order[from]` to `order[to - 1]`.
   * @returns the sum of their cross-entropies before the step, in nats.
   */
  train(set: ImageSet, order: Uint32Array, from: number, to: number, rate: number): number {
    let loss = 0;
    for (let at = from; at < to; at++) {
      const image = order[at] as number;
      this.forward(set, image);
      loss += this.#judge(set.labels[image] as number);
      this.#backward();
    }
    step(this.weights.values, this.velocity, this.#gradient, this.momentum, rate / (to - from));
    return loss;
  }

  /** Turns class scores into the loss and its gradient: softmax and cross-entropy. */
  #judge(label: number): number {
    const last = this.layers.length - 1;
    const scores = this.outputs[last] as Float64Array;
    const delta = this.#deltas[last] as Float64Array;
    let greatest = scores[0] as number;
    for (let j = 1; j < scores.length; j++) if ((scores[j] as number) > greatest) greatest = scores[j] as number;
    let sum = 0;
    for (let j = 0; j < scores.length; j++) {
      const power = exp((scores[j] as number) - greatest);
      delta[j] = power;
      sum += power;
    }
    for (let j = 0; j < scores.length; j++) delta[j] = (delta[j] as number) / sum;
    delta[label] = (delta[label] as number) - 1;
    return log(sum) - ((scores[label] as number) - greatest);
  }

  /** Adds every layer's gradient, from the last to the first, passing the error on from each to the one before it. */
  #backward(): void {
    const { layers, outputs } = this;
    const { values, activation } = this.weights;
    const gradient = this.#gradient;
    for (let index = layers.length - 1; index >= 0; index--) {
      const layer = layers[index] as Layer;
      const delta = this.#deltas[index] as Float64Array;
      if (index === 0) addLitOuter(gradient, layer.weights, delta, this.litAt, this.litShade, this.lit);
      else {
        const input = outputs[index - 1] as Float64Array;
        addOuter(gradient, layer.weights, delta, input);
        sumError(this.#deltas[index - 1] as Float64Array, values, layer.weights, delta, input, activation === "tanh");
      }
      for (let j = 0; j < delta.length; j++) {
        gradient[layer.biases + j] = (gradient[layer.biases + j] as number) + (delta[j] as number);
      }
    }
  }
}

/** The weights a descriptor and a seed start from. */
export function initialWeights(descriptor: MlpDescriptor, seed: Digest): Weights {
  const values = new Float64Array(parameterCount(descriptor.layers));
  const stream = randomStream(seed, "initial weights");
  for (const layer of layout(descriptor.layers)) {
    const bound = Math.sqrt(6 / (layer.inputs + layer.outputs));
    for (let at = layer.weights; at < layer.biases; at++) values[at] = (2 * stream.unit() - 1) * bound;
  }
  return { layers: descriptor.layers, activation: descriptor.activation, values };
}
