import { expect } from "chai";
import fc from "fast-check";
import { digestFromBytes, digestOf, MemoryStore, ZERO_DIGEST } from "../../src/store";
import {
  createTrainingJob,
  decodeCanonical,
  decodeWeights,
  encodeCanonical,
  encodeWeights,
  execute,
  getImages,
  meterEnergy,
  putImages,
  verifyResult,
  WorkloadError,
  type ImageSet,
  type Json,
  type MlpDescriptor,
} from "../../src/workload";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/workload/checkpoint";
import { parameterCount } from "../../src/workload/model";
import { RandomStream, randomStream } from "../../src/workload/random";
import { exp, log, tanh } from "../../src/workload/realMath";
import { divide } from "../../src/workload/split";
import { DIGITS_MLP } from "../../src/workload";
import { run } from "../unit/workload/fixture";

/** The place of a double among all doubles in ascending order, so that neighbours differ by one. */
function place(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

/** Units in the last place between two doubles. */
function apart(a: number, b: number): bigint {
  const difference = place(a) - place(b);
  return difference < 0n ? -difference : difference;
}

/** As chai's expect, a hundred times as fast: for what is asked thousands of times. */
function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(digestFromBytes);
const layers = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 5 });
const activation = fc.constantFrom("relu" as const, "tanh" as const);
const micro = (max: number) => fc.integer({ min: 1, max });

describe("realMath (property)", () => {
  it("exp is within two units of the engine's, over its whole range", () => {
    for (const range of [within(-745.2, 709.8), within(-1, 1), fc.double({ noNaN: true })]) {
      fc.assert(
        fc.property(range, (x) => {
          holds(apart(exp(x), Math.exp(x)) <= 2n, `exp(${x})`);
        }),
        { numRuns: 5_000 },
      );
    }
  });

  it("log is within two units of the engine's, over its whole range", () => {
    for (const range of [within(0, Number.MAX_VALUE), within(0.5, 2), within(0, 1e-300)]) {
      fc.assert(
        fc.property(range, (x) => {
          holds(apart(log(x), Math.log(x)) <= 2n, `log(${x})`);
        }),
        { numRuns: 5_000 },
      );
    }
  });

  it("tanh is within four units of the engine's, odd, and never beyond one", () => {
    for (const range of [within(-25, 25), within(-1, 1), fc.double({ noNaN: true })]) {
      fc.assert(
        fc.property(range, (x) => {
          holds(apart(tanh(x), Math.tanh(x)) <= 4n, `tanh(${x})`);
          holds(Object.is(tanh(-x) + 0, 0 - tanh(x)), `tanh is odd at ${x}`);
          holds(Math.abs(tanh(x)) <= 1, `tanh(${x}) is beyond one`);
        }),
        { numRuns: 5_000 },
      );
    }
  });
});

describe("RandomStream (property)", () => {
  it("stays below its bound, and a shuffle is a permutation", () => {
    fc.assert(
      fc.property(
        digest,
        fc.integer({ min: 1, max: 2 ** 32 }),
        fc.integer({ min: 0, max: 200 }),
        (seed, bound, size) => {
          const stream = randomStream(seed, "test");
          const value = stream.below(bound);
          expect(Number.isInteger(value) && value >= 0 && value < bound).to.equal(true);
          const values = Uint32Array.from({ length: size }, (_, index) => index);
          stream.shuffle(values);
          expect([...values].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: size }, (_, index) => index));
        },
      ),
    );
  });

  it("yields 32 bits from any state", () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        fc.pre((a | b | c | d) !== 0);
        const stream = new RandomStream([a, b, c, d]);
        for (let draw = 0; draw < 20; draw++) expect(stream.uint32()).to.be.within(0, 2 ** 32 - 1);
      }),
    );
  });
});

describe("file formats (property)", () => {
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger().map((number) => number + 0),
      fc.string({ unit: "grapheme" }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;

  it("canonical JSON comes back, and its bytes do not depend on the order of keys", () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = encodeCanonical(value);
        expect(encodeCanonical(decodeCanonical(bytes))).to.deep.equal(bytes);
        expect(decodeCanonical(bytes)).to.deep.equal(value);
        if (typeof value !== "object" || value === null || Array.isArray(value)) return;
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(encodeCanonical(turned)).to.deep.equal(bytes);
      }),
    );
  });

  it("weights come back bit by bit", () => {
    fc.assert(
      fc.property(layers, activation, digest, (sizes, kind, seed) => {
        const stream = randomStream(seed, "test");
        const values = Float64Array.from({ length: parameterCount(sizes) }, () => (stream.unit() - 0.5) * 2e6);
        const weights = { layers: sizes, activation: kind, values };
        expect(decodeWeights(encodeWeights(weights), "invalidResult")).to.deep.equal(weights);
      }),
    );
  });

  it("checkpoints come back bit by bit, and no single changed byte yields another that is the same", () => {
    fc.assert(
      fc.property(
        layers,
        activation,
        digest,
        fc.integer({ min: 2, max: 9 }),
        fc.nat(),
        (sizes, kind, seed, epoch, at) => {
          const stream = randomStream(seed, "test");
          const numbers = (): Float64Array =>
            Float64Array.from({ length: parameterCount(sizes) }, () => stream.unit() - 0.5);
          const descriptor: MlpDescriptor = { ...DIGITS_MLP, layers: sizes, activation: kind };
          const owner = { input: seed, model: digestOf(Buffer.from("m")), epochs: 9, descriptor };
          const lossMicro = Float64Array.from({ length: epoch }, () => stream.below(2 ** 31));
          const previous = digestOf(Buffer.from("p"));
          const state = {
            input: seed,
            model: owner.model,
            previous,
            epoch,
            lossMicro,
            values: numbers(),
            velocity: numbers(),
          };
          const bytes = encodeCheckpoint(state, descriptor);
          expect(decodeCheckpoint(bytes, owner)).to.deep.equal(state);
          const damaged = Uint8Array.from(bytes);
          damaged[at % bytes.length] = (damaged[at % bytes.length] ?? 0) ^ 0x55;
          let found: unknown;
          try {
            found = decodeCheckpoint(damaged, owner);
          } catch (cause) {
            expect(cause).to.be.instanceOf(WorkloadError).with.property("code", "invalidCheckpoint");
          }
          expect(found).to.not.deep.equal(state);
        },
      ),
    );
  });

  it("arbitrary bytes are no weights and no checkpoint, and nothing but a clear error comes of them", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom("", "GCWT\u0001\0", "GCCK\u0001\0"),
        (tail, head) => {
          const bytes = Buffer.concat([Buffer.from(head, "latin1"), tail]);
          const owner = { input: ZERO_DIGEST, model: ZERO_DIGEST, epochs: 5, descriptor: DIGITS_MLP };
          for (const read of [() => decodeWeights(bytes, "invalidModel"), () => decodeCheckpoint(bytes, owner)]) {
            try {
              read();
            } catch (cause) {
              expect(cause).to.be.instanceOf(WorkloadError);
            }
          }
        },
      ),
    );
  });

  const images = fc
    .record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
      classes: fc.integer({ min: 2, max: 256 }),
      count: fc.integer({ min: 1, max: 40 }),
      seed: digest,
    })
    .map(({ width, height, classes, count, seed }): ImageSet => {
      const stream = randomStream(seed, "images");
      const pixels = Uint8Array.from({ length: count * width * height }, () => stream.below(256));
      return {
        width,
        height,
        classes,
        count,
        pixels,
        labels: Uint8Array.from({ length: count }, () => stream.below(classes)),
      };
    });

  it("image sets come back, and a split divides without loss or overlap", async () => {
    await fc.assert(
      fc.asyncProperty(images, digest, fc.double({ min: 0, max: 1, noNaN: true }), async (set, seed, share) => {
        const store = new MemoryStore();
        expect(await getImages(store, await putImages(store, set))).to.deep.equal(set);
        const heldOut = Math.floor(set.count * share);
        const { train, heldOut: rest } = divide(set, seed, set.count - heldOut, heldOut);
        expect(rest.count).to.equal(heldOut);
        expect(new Set(train).size).to.equal(set.count - heldOut);
        const tally = (labels: Iterable<number>) => [...labels].sort((a, b) => a - b);
        const trained = [...train].map((index) => set.labels[index] ?? NaN);
        expect(tally([...trained, ...rest.labels])).to.deep.equal(tally(set.labels));
      }),
      { numRuns: 50 },
    );
  });
});

describe("training (property)", () => {
  const job = fc.record({
    layers: fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
    activation,
    batch: fc.integer({ min: 1, max: 40 }),
    learningRateMicro: fc.oneof(micro(100_000), micro(10_000_000)),
    momentumMicro: fc.integer({ min: 0, max: 999_999 }),
    decayMicro: fc.integer({ min: 0, max: 1_000_000 }),
    train: fc.integer({ min: 1, max: 40 }),
    heldOut: fc.integer({ min: 1, max: 20 }),
    epochs: fc.integer({ min: 1, max: 6 }),
    seed: digest,
    splitSeed: digest,
  });

  it("every valid job has a result, resuming from any epoch yields the same, and the result verifies", async () => {
    await fc.assert(
      fc.asyncProperty(
        job,
        fc.nat(),
        async ({ layers: hidden, train, heldOut, epochs, seed, splitSeed, activation: kind, ...rest }, at) => {
          const store = new MemoryStore();
          const stream = randomStream(splitSeed, "pixels");
          const set: ImageSet = {
            width: 3,
            height: 3,
            classes: 3,
            count: 60,
            pixels: Uint8Array.from({ length: 540 }, () => (stream.below(2) === 0 ? 0 : stream.below(256))),
            labels: Uint8Array.from({ length: 60 }, () => stream.below(3)),
          };
          const model: MlpDescriptor = {
            ...DIGITS_MLP,
            layers: [9, ...hidden, 3],
            activation: kind,
            optimiser: { type: "sgd-momentum", ...rest },
          };
          const dataset = await putImages(store, set);
          const input = await createTrainingJob(store, { model, dataset, splitSeed, train, heldOut, seed, epochs });
          const whole = await run({ store, input });
          const step = (at % epochs) + 1;
          const resumed = await execute({
            store,
            inputDigest: input.digest,
            checkpointDigest: whole.checkpoints.get(step),
          });
          expect(resumed).to.include({ resultDigest: whole.resultDigest, resumedFrom: step });
          const verdict = await verifyResult({ store, inputDigest: input.digest, resultDigest: whole.resultDigest });
          expect(verdict.problems).to.deep.equal([]);
          expect(verdict.accuracy?.total).to.equal(heldOut);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("meterEnergy (property)", () => {
  it("is always a report that the chain accepts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 72 * 3600 }),
        fc.integer({ min: 30, max: 1500 }),
        within(0, 1),
        fc.integer({ min: 1, max: 8 }),
        fc.double(),
        (elapsed, watts, idleShare, slots, load) => {
          const idleWatts = Math.floor(watts * idleShare);
          const report = meterEnergy(elapsed, { watts, idleWatts, slots }, Number.isNaN(load) ? 0 : load);
          // The bounds as EnergyReport.sol computes them, in integers, rounded down.
          const per = 3_600n * BigInt(slots);
          expect(report >= (BigInt(idleWatts) * BigInt(elapsed) * 1_000n) / per).to.equal(true);
          expect(report <= (BigInt(watts) * BigInt(elapsed + 1) * 1_200n) / per).to.equal(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
