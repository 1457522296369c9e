import { z } from "zod";
import { cidOf, cidSchema, digestSchema, type Digest } from "../store";
import { WorkloadError } from "./errors";
import { packImages, selectImages, type ImageSet } from "./images";
import { randomStream } from "./random";

const share = z.number().int().min(1).max(10_000_000);

/**
 * How a set is divided: its images are shuffled with the seed; the first `heldOut.count` are held out, the next `train` are
 * trained on. `heldOut.images` is the address of the held-out images as a set of their own, so that whoever checks a result
 * needs those alone.
 */
export const splitSchema = z.strictObject({
  seed: digestSchema,
  train: share,
  heldOut: z.strictObject({ count: share, images: cidSchema }),
});
export type Split = z.infer<typeof splitSchema>;

/** The two parts of a divided set. */
export interface Division {
  /** Positions of the training images in the whole set, in shuffled order. */
  readonly train: Uint32Array;
  readonly heldOut: ImageSet;
}

/**
 * Divides a set.
 * @throws WorkloadError invalidInput when it has fewer images than both parts need.
 */
export function divide(set: ImageSet, seed: Digest, train: number, heldOut: number): Division {
  if (train + heldOut > set.count) {
    throw new WorkloadError("invalidInput", `the split needs ${train + heldOut} images, the set has ${set.count}`);
  }
  const order = Uint32Array.from({ length: set.count }, (_, index) => index);
  randomStream(seed, "split").shuffle(order);
  return {
    train: order.slice(heldOut, heldOut + train),
    heldOut: selectImages(set, order.subarray(0, heldOut)),
  };
}

/**
 * Divides a set as a job's split says, and checks the held-out part against its address.
 * @throws WorkloadError invalidInput when they differ.
 */
export function divideAs(set: ImageSet, split: Split): Division {
  const division = divide(set, split.seed, split.train, split.heldOut.count);
  const found = cidOf(packImages(division.heldOut).digest);
  if (found !== split.heldOut.images) {
    throw new WorkloadError("invalidInput", `the held-out images are ${found}, the input says ${split.heldOut.images}`);
  }
  return division;
}
