import { z } from "zod";
import type { ContentStore, Digest, WaitOptions } from "../store";
import { decodeCanonical, encodeCanonical, NotCanonical } from "./canonical";
import { WorkloadError } from "./errors";

/** Most numbers a network may have. Its weights file then stays below 17 MB. */
export const MAX_PARAMETERS = 2_000_000;
/** Longest descriptor read, in bytes. */
export const MAX_DESCRIPTOR_BYTES = 16 * 1024;

/** Neurons of each layer, input first, class scores last. */
export const layersSchema = z
  .array(z.number().int().min(1).max(4096))
  .min(2)
  .max(8)
  .refine((layers) => parameterCount(layers) <= MAX_PARAMETERS, `more than ${MAX_PARAMETERS} parameters`);

export const activationSchema = z.enum(["relu", "tanh"]);
export type Activation = z.infer<typeof activationSchema>;

/**
 * A multilayer perceptron before training: what an operator must not change. Its digest is the model hash that the parties
 * agree on. Rates are in millionths: the file holds no fractions.
 */
export const mlpSchema = z.strictObject({
  version: z.literal(1),
  type: z.literal("mlp"),
  layers: layersSchema,
  /** Of the hidden layers; the output is softmax with cross-entropy. */
  activation: activationSchema,
  /** Uniform between ±sqrt(6 / (inputs + outputs)) of the layer; biases zero (Glorot and Bengio, 2010). */
  initialisation: z.literal("glorot-uniform"),
  /** v := momentum v - rate / (1 + decay (epoch - 1)) g;  w := w + v;  g is the mean gradient of a batch. */
  optimiser: z.strictObject({
    type: z.literal("sgd-momentum"),
    batch: z.number().int().min(1).max(4096),
    learningRateMicro: z.number().int().min(1).max(10_000_000),
    momentumMicro: z.number().int().min(0).max(999_999),
    decayMicro: z.number().int().min(0).max(10_000_000),
  }),
});
export type MlpDescriptor = z.infer<typeof mlpSchema>;

/** Weights and biases of a network with these layers. */
export function parameterCount(layers: readonly number[]): number {
  let count = 0;
  for (let layer = 1; layer < layers.length; layer++) {
    count += ((layers[layer - 1] as number) + 1) * (layers[layer] as number);
  }
  return count;
}

/** 28 x 28 digits, 64 hidden neurons: reaches about 95% on held-out digits in eight epochs over 8,000. */
export const DIGITS_MLP: MlpDescriptor = {
  version: 1,
  type: "mlp",
  layers: [784, 64, 10],
  activation: "relu",
  initialisation: "glorot-uniform",
  optimiser: {
    type: "sgd-momentum",
    batch: 32,
    learningRateMicro: 40_000,
    momentumMicro: 900_000,
    decayMicro: 150_000,
  },
};

/** The canonical bytes of a descriptor. */
export function encodeDescriptor(descriptor: MlpDescriptor): Uint8Array {
  return encodeCanonical(mlpSchema.parse(descriptor));
}

/**
 * Reads a descriptor.
 * @throws WorkloadError invalidModel when the bytes are not one.
 */
export function decodeDescriptor(bytes: Uint8Array): MlpDescriptor {
  try {
    return mlpSchema.parse(decodeCanonical(bytes));
  } catch (cause) {
    if (!(cause instanceof NotCanonical || cause instanceof z.ZodError)) throw cause;
    throw new WorkloadError("invalidModel", `not a model descriptor: ${cause.message}`, { cause });
  }
}

/** Stores a descriptor and returns its digest, the model hash. */
export async function putDescriptor(
  store: ContentStore,
  descriptor: MlpDescriptor,
  options?: WaitOptions,
): Promise<Digest> {
  return (await store.put(encodeDescriptor(descriptor), options)).digest;
}
