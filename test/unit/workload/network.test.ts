import { expect } from "chai";
import type { ImageSet } from "../../../src/workload";
import { parameterCount, type Activation, type MlpDescriptor } from "../../../src/workload/model";
import { initialWeights, Network, Trainer } from "../../../src/workload/network";
import { randomStream } from "../../../src/workload/random";
import { PARAMETER_LIMIT, type Weights } from "../../../src/workload/weights";
import { seedOf, SMALL_MLP } from "./fixture";

/** Random images of six pixels, about a third of them dark, in three classes. */
function images(count: number): ImageSet {
  const stream = randomStream(seedOf("images"), "test");
  const pixels = Uint8Array.from({ length: count * 6 }, () => (stream.below(3) === 0 ? 0 : stream.below(256)));
  return {
    width: 3,
    height: 2,
    classes: 3,
    count,
    pixels,
    labels: Uint8Array.from({ length: count }, () => stream.below(3)),
  };
}

function network(layers: readonly number[], activation: Activation): Weights {
  return initialWeights({ ...SMALL_MLP, layers: [...layers], activation }, seedOf("weights"));
}

/** Mean loss of a network, written as plainly as possible with the engine's own functions. */
function plainLoss({ layers, activation, values }: Weights, set: ImageSet): { loss: number; classes: number[] } {
  let loss = 0;
  const classes: number[] = [];
  for (let image = 0; image < set.count; image++) {
    let signal = [...set.pixels.subarray(image * 6, image * 6 + 6)].map((byte) => byte / 255);
    let at = 0;
    for (let layer = 1; layer < layers.length; layer++) {
      const width = layers[layer] ?? 0;
      const from = signal;
      const base = at;
      signal = Array.from({ length: width }, (_, j) =>
        from.reduce(
          (sum, x, i) => sum + x * (values[base + i * width + j] ?? NaN),
          values[base + from.length * width + j] ?? NaN,
        ),
      );
      at += (from.length + 1) * width;
      if (layer < layers.length - 1) signal = signal.map(activation === "tanh" ? Math.tanh : (x) => Math.max(x, 0));
    }
    const label = set.labels[image] ?? 0;
    loss += Math.log(signal.reduce((sum, x) => sum + Math.exp(x - (signal[label] ?? NaN)), 0));
    classes.push(signal.indexOf(Math.max(...signal)));
  }
  return { loss: loss / set.count, classes };
}

const everything = (set: ImageSet) => Uint32Array.from({ length: set.count }, (_, index) => index);

describe("Network and Trainer", () => {
  const set = images(40);

  for (const activation of ["relu", "tanh"] as const) {
    for (const layers of [
      [6, 3],
      [6, 5, 3],
      [6, 7, 4, 3],
    ]) {
      describe(`${layers.join("-")} ${activation}`, () => {
        it("classifies and judges as a plain implementation does", () => {
          const weights = network(layers, activation);
          const right = plainLoss(weights, set);
          const net = new Network(weights);
          expect(Array.from({ length: set.count }, (_, image) => net.classify(set, image))).to.deep.equal(
            right.classes,
          );
          const trainer = new Trainer(weights, new Float64Array(weights.values.length), 0);
          const loss = trainer.train(set, everything(set), 0, set.count, 1e-9) / set.count;
          expect(loss).to.be.closeTo(right.loss, 1e-12);
        });

        it("steps down the gradient that finite differences show, in every parameter", () => {
          const weights = network(layers, activation);
          const before = Float64Array.from(weights.values);
          const rate = 0.5;
          new Trainer(weights, new Float64Array(before.length), 0).train(set, everything(set), 0, set.count, rate);
          const h = 1e-6;
          for (let index = 0; index < before.length; index++) {
            const nudged = (by: number): number => {
              const values = Float64Array.from(before);
              values[index] = (values[index] ?? NaN) + by;
              return plainLoss({ ...weights, values }, set).loss;
            };
            const slope = (nudged(h) - nudged(-h)) / (2 * h);
            const taken = ((before[index] ?? NaN) - (weights.values[index] ?? NaN)) / rate;
            expect(taken, `parameter ${index}`).to.be.closeTo(slope, 1e-7);
          }
        });
      });
    }
  }

  it("keeps the share of the last step that momentum says", () => {
    const weights = network([6, 3], "relu");
    const velocity = new Float64Array(weights.values.length).fill(0.25);
    const start = Float64Array.from(weights.values);
    // A rate of zero leaves momentum alone.
    new Trainer(weights, velocity, 0.5).train(set, everything(set), 0, set.count, 0);
    weights.values.forEach((value, index) => expect(value).to.be.closeTo((start[index] ?? NaN) + 0.125, 1e-15));
    expect(velocity.every((v) => v === 0.125)).to.equal(true);
  });

  it("learns", () => {
    const weights = network([6, 16, 3], "relu");
    const trainer = new Trainer(weights, new Float64Array(weights.values.length), 0.9);
    const first = trainer.train(set, everything(set), 0, set.count, 0.2);
    for (let round = 0; round < 400; round++) trainer.train(set, everything(set), 0, set.count, 0.2);
    expect(trainer.train(set, everything(set), 0, set.count, 0.2)).to.be.lessThan(first / 4);
  });

  it("never leaves the limit and never yields NaN, however absurd the rate", () => {
    for (const activation of ["relu", "tanh"] as const) {
      const weights = network([6, 9, 9, 9, 3], activation);
      const trainer = new Trainer(weights, new Float64Array(weights.values.length), 0.999999);
      for (let round = 0; round < 300; round++) {
        const loss = trainer.train(set, everything(set), 0, set.count, 1e9);
        expect(Number.isFinite(loss) && loss >= 0).to.equal(true);
      }
      for (const value of [...weights.values, ...trainer.velocity])
        expect(Math.abs(value)).to.be.at.most(PARAMETER_LIMIT);
      expect(weights.values.some((value) => Math.abs(value) === PARAMETER_LIMIT)).to.equal(true);
    }
  });

  it("does not overflow at the limit itself, in the largest network", () => {
    const layers = [6, 400, 400, 400, 400, 400, 400, 3];
    const values = new Float64Array(parameterCount(layers)).fill(PARAMETER_LIMIT);
    const weights: Weights = { layers, activation: "relu", values };
    const trainer = new Trainer(weights, new Float64Array(values.length), 0.5);
    expect(Number.isFinite(trainer.train(set, everything(set), 0, 4, 10))).to.equal(true);
    expect(values.every((value) => Math.abs(value) <= PARAMETER_LIMIT)).to.equal(true);
  });

  it("starts from weights within the bound of Glorot and Bengio and from zero biases", () => {
    const descriptor: MlpDescriptor = { ...SMALL_MLP, layers: [784, 64, 10] };
    const { values } = initialWeights(descriptor, seedOf("a"));
    const bound = Math.sqrt(6 / (784 + 64));
    const first = values.subarray(0, 784 * 64);
    expect(first.every((value) => Math.abs(value) <= bound)).to.equal(true);
    expect(Math.max(...first)).to.be.greaterThan(bound * 0.99);
    expect(values.subarray(784 * 64, 784 * 64 + 64).every((value) => value === 0)).to.equal(true);
    expect(initialWeights(descriptor, seedOf("b")).values).to.not.deep.equal(values);
  });
});
