import { expect } from "chai";
import { digestOf, ZERO_DIGEST } from "../../../src/store";
import {
  decodeDescriptor,
  DIGITS_MLP,
  encodeDescriptor,
  encodeWeights,
  decodeWeights,
  WorkloadError,
} from "../../../src/workload";
import {
  checkpointBytes,
  decodeCheckpoint,
  encodeCheckpoint,
  type CheckpointOwner,
  type TrainingCheckpoint,
} from "../../../src/workload/checkpoint";
import { encodeCanonical } from "../../../src/workload";
import { parameterCount } from "../../../src/workload/model";
import { seedOf } from "./fixture";

const descriptor = { ...DIGITS_MLP, layers: [4, 3, 2] };
const count = parameterCount(descriptor.layers);
const values = Float64Array.from({ length: count }, (_, index) => index / 7 - 1);
const owner: CheckpointOwner = { input: seedOf("input"), model: seedOf("model"), epochs: 5, descriptor };
const checkpoint: TrainingCheckpoint = {
  input: owner.input,
  model: owner.model,
  previous: seedOf("previous"),
  epoch: 3,
  lossMicro: Float64Array.of(3, 2, 1),
  values,
  velocity: values.map((value) => -value),
};

/** A copy with some bytes replaced. */
function patched(bytes: Uint8Array, at: number, replacement: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(replacement, at);
  return copy;
}

const float = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
};

describe("model descriptor", () => {
  it("has a pinned digest, the model hash of the demonstration", () => {
    expect(digestOf(encodeDescriptor(DIGITS_MLP))).to.equal(
      "0xb310621f7ce598b81ed8b6d9fea7bc563208ed2fa0567a243c882b41335eb473",
    );
    expect(decodeDescriptor(encodeDescriptor(DIGITS_MLP))).to.deep.equal(DIGITS_MLP);
  });

  const wrong: readonly [string, object][] = [
    ["no hidden input", { layers: [784] }],
    ["a layer of nothing", { layers: [784, 0, 10] }],
    ["too many parameters", { layers: [4096, 4096, 10] }],
    ["too many layers", { layers: Array(9).fill(2) }],
    ["an unknown activation", { activation: "gelu" }],
    ["an unknown field", { dropout: 1 }],
    ["another version", { version: 2 }],
    ["momentum of one", { optimiser: { ...DIGITS_MLP.optimiser, momentumMicro: 1_000_000 } }],
    ["no learning", { optimiser: { ...DIGITS_MLP.optimiser, learningRateMicro: 0 } }],
    ["no batch", { optimiser: { ...DIGITS_MLP.optimiser, batch: 0 } }],
  ];
  for (const [what, change] of wrong) {
    it(`refuses ${what}`, () => {
      const bytes = encodeCanonical({ ...DIGITS_MLP, ...change } as never);
      expect(() => decodeDescriptor(bytes))
        .to.throw(WorkloadError)
        .with.property("code", "invalidModel");
    });
  }

  it("refuses bytes that are no canonical JSON", () => {
    expect(() => decodeDescriptor(Buffer.from("{ }")))
      .to.throw(WorkloadError)
      .with.property("code", "invalidModel");
  });
});

describe("weights file", () => {
  const weights = { layers: [4, 3, 2], activation: "tanh" as const, values };
  const bytes = encodeWeights(weights);

  it("is laid out as documented and comes back", () => {
    expect(bytes.length).to.equal(6 + 2 + 3 * 4 + 8 * count);
    expect(Buffer.from(bytes.subarray(0, 12)).toString("hex")).to.equal("4743575401000103" + "04000000");
    expect(Buffer.from(bytes).readDoubleLE(20)).to.equal(-1);
    expect(decodeWeights(bytes, "invalidResult")).to.deep.equal(weights);
  });

  const wrong: readonly [string, Uint8Array][] = [
    ["nothing", new Uint8Array()],
    ["another magic", patched(bytes, 0, Buffer.from("GCWX"))],
    ["another version", patched(bytes, 4, Uint8Array.of(2))],
    ["an unknown activation", patched(bytes, 6, Uint8Array.of(9))],
    ["a shape that needs more", patched(bytes, 8, Uint8Array.of(5))],
    ["a shape without end", patched(bytes, 7, Uint8Array.of(255))],
    ["a shape of 4 billion neurons", patched(bytes, 8, Uint8Array.of(255, 255, 255, 255))],
    ["too few bytes", bytes.subarray(0, -1)],
    ["too many bytes", Buffer.concat([bytes, Uint8Array.of(0)])],
    ["NaN", patched(bytes, 20, float(NaN))],
    ["infinity", patched(bytes, 28, float(-Infinity))],
    ["a number beyond the limit", patched(bytes, 28, float(1e6 + 1))],
  ];
  for (const [what, file] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => decodeWeights(file, "invalidResult"))
        .to.throw(WorkloadError)
        .with.property("code", "invalidResult");
      expect(() => decodeWeights(file, "invalidModel"))
        .to.throw(WorkloadError)
        .with.property("code", "invalidModel");
    });
  }
});

describe("checkpoint", () => {
  const bytes = encodeCheckpoint(checkpoint, descriptor);
  const lossAt = 6 + 96 + 4 + 2 + 3 * 4;
  const valuesAt = lossAt + 3 * 8;

  it("comes back, and has the documented length", () => {
    expect(bytes.length).to.equal(checkpointBytes(descriptor.layers, 3));
    expect(decodeCheckpoint(bytes, owner)).to.deep.equal(checkpoint);
  });

  it("of the first epoch has nothing before it", () => {
    const first = { ...checkpoint, epoch: 1, lossMicro: Float64Array.of(1), previous: ZERO_DIGEST };
    expect(decodeCheckpoint(encodeCheckpoint(first, descriptor), owner)).to.deep.equal(first);
  });

  const wrong: readonly [string, Uint8Array, CheckpointOwner?][] = [
    ["nothing", new Uint8Array()],
    ["another magic", patched(bytes, 0, Buffer.from("XXXX"))],
    ["another version", patched(bytes, 4, Uint8Array.of(9))],
    ["another input", bytes, { ...owner, input: seedOf("other") }],
    ["another model", bytes, { ...owner, model: seedOf("other") }],
    ["an epoch beyond the last", bytes, { ...owner, epochs: 2 }],
    ["epoch zero", patched(bytes, 102, Uint8Array.of(0))],
    ["a later epoch without a chain", patched(bytes, 70, new Uint8Array(32))],
    [
      "a first epoch with a chain",
      encodeCheckpoint({ ...checkpoint, epoch: 1, lossMicro: Float64Array.of(1) }, descriptor),
    ],
    ["another shape", bytes, { ...owner, descriptor: { ...descriptor, layers: [4, 2, 2] } }],
    ["another activation", bytes, { ...owner, descriptor: { ...descriptor, activation: "tanh" } }],
    ["a loss that is no whole number", patched(bytes, lossAt, float(0.5))],
    ["a negative loss", patched(bytes, lossAt, float(-1))],
    ["NaN among the weights", patched(bytes, valuesAt, float(NaN))],
    ["infinity among the velocities", patched(bytes, valuesAt + 8 * count, float(Infinity))],
    ["a weight beyond the limit", patched(bytes, valuesAt + 8, float(-2e6))],
    ["too few bytes", bytes.subarray(0, -8)],
    ["too many bytes", Buffer.concat([bytes, bytes])],
  ];
  for (const [what, file, other] of wrong) {
    it(`refuses ${what}`, () => {
      expect(() => decodeCheckpoint(file, other ?? owner))
        .to.throw(WorkloadError)
        .with.property("code", "invalidCheckpoint");
    });
  }
});
