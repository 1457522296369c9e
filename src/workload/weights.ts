import { BinaryReader, BinaryWriter, Malformed } from "./binary";
import { WorkloadError } from "./errors";
import { activationSchema, layersSchema, parameterCount, type Activation } from "./model";

/** What a network computes: its layers, its hidden activation, and all its numbers. */
export interface Weights {
  readonly layers: readonly number[];
  readonly activation: Activation;
  /** Layer by layer: the weights, input by input, then the biases. */
  readonly values: Float64Array;
}

/** Numbers stay within this distance of zero, at every step of training. Why is said in network.ts. */
export const PARAMETER_LIMIT = 1e6;

/** Longest weights file, in bytes. */
export const MAX_WEIGHTS_BYTES = 17 * 1024 * 1024;

const MAGIC = "GCWT";
const VERSION = 1;
const ACTIVATIONS: readonly Activation[] = activationSchema.options;

/** Writes the shape that weights files and checkpoints share: activation, number of layers, the layers. */
export function writeShape(writer: BinaryWriter, layers: readonly number[], activation: Activation): void {
  writer.uint8(ACTIVATIONS.indexOf(activation)).uint8(layers.length);
  for (const size of layers) writer.uint32(size);
}

/** Reads what writeShape wrote. Throws Malformed for a shape that no descriptor may have. */
export function readShape(reader: BinaryReader): { layers: readonly number[]; activation: Activation } {
  const activation = ACTIVATIONS[reader.uint8()];
  if (activation === undefined) throw new Malformed("unknown activation");
  const layers = layersSchema.safeParse(Array.from({ length: reader.uint8() }, () => reader.uint32()));
  if (!layers.success) throw new Malformed("impossible layers");
  return { layers: layers.data, activation };
}

/** Bytes of a shape. */
export function shapeBytes(layers: readonly number[]): number {
  return 2 + 4 * layers.length;
}

/** The weights file: "GCWT", version, shape, numbers as IEEE doubles; all little-endian. */
export function encodeWeights(weights: Weights): Uint8Array {
  const writer = new BinaryWriter(6 + shapeBytes(weights.layers) + 8 * weights.values.length);
  writer.ascii(MAGIC).uint16(VERSION);
  writeShape(writer, weights.layers, weights.activation);
  return writer.float64s(weights.values).finish();
}

/**
 * Reads a weights file.
 * @throws WorkloadError with `code`, when the bytes are not one or hold a number that training cannot produce.
 */
export function decodeWeights(bytes: Uint8Array, code: "invalidModel" | "invalidResult"): Weights {
  try {
    const reader = new BinaryReader(bytes);
    reader.expectAscii(MAGIC);
    reader.expectUint16(VERSION, "version");
    const shape = readShape(reader);
    const values = reader.float64s(parameterCount(shape.layers), PARAMETER_LIMIT, "weight");
    reader.end();
    return { ...shape, values };
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw new WorkloadError(code, `not a weights file: ${cause.message}`, { cause });
  }
}
