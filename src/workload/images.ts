import { z } from "zod";
import { cidOf, cidSchema, digestFromCid, digestOf, type ContentStore, type Digest, type WaitOptions } from "../store";
import { decodeCanonical, encodeCanonical, NotCanonical } from "./canonical";
import { WorkloadError } from "./errors";

/** Labelled grey-scale images: `count` rows of width x height bytes, and a class from 0 to below `classes` for each. */
export interface ImageSet {
  readonly width: number;
  readonly height: number;
  readonly classes: number;
  readonly count: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** An image set cut into blocks: the manifest's bytes, whose digest is the set's address, and the shards it names. */
export interface PackedImages {
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly shards: readonly Uint8Array[];
}

/** Longest manifest read, in bytes. */
const MAX_MANIFEST_BYTES = 64 * 1024;
/** Longest image set read, in bytes of labels and pixels. */
const MAX_SET_BYTES = 64 * 1024 * 1024;
/** A shard stays below the 1 MiB that IPFS nodes exchange with any peer. */
const SHARD_BYTES = 1_000_000;

const side = z.number().int().min(1).max(1024);
const manifestSchema = z.strictObject({
  version: z.literal(1),
  format: z.literal("labelled-images"),
  width: side,
  height: side,
  classes: z.number().int().min(2).max(256),
  shards: z
    .array(z.strictObject({ cid: cidSchema, count: z.number().int().min(1).max(SHARD_BYTES) }))
    .min(1)
    .max(500),
});
type ImagesManifest = z.infer<typeof manifestSchema>;

/** Images that fit a shard; fixed by the image's size, so that equal sets have equal shards. */
function imagesPerShard(width: number, height: number): number {
  return Math.max(1, Math.floor(SHARD_BYTES / (width * height + 1)));
}

/**
 * Cuts an image set into content-addressed blocks. A shard is its labels, one byte each, followed by its pixels, one byte
 * each, row by row.
 */
export function packImages(set: ImageSet): PackedImages {
  const size = set.width * set.height;
  const step = imagesPerShard(set.width, set.height);
  const shards: Uint8Array[] = [];
  for (let from = 0; from < set.count; from += step) {
    const to = Math.min(from + step, set.count);
    const shard = new Uint8Array((to - from) * (size + 1));
    shard.set(set.labels.subarray(from, to));
    shard.set(set.pixels.subarray(from * size, to * size), to - from);
    shards.push(shard);
  }
  const manifest = encodeCanonical({
    version: 1,
    format: "labelled-images",
    width: set.width,
    height: set.height,
    classes: set.classes,
    shards: shards.map((shard) => ({ cid: cidOf(digestOf(shard)), count: shard.length / (size + 1) })),
  });
  return { digest: digestOf(manifest), manifest, shards };
}

/** Packs an image set, stores its blocks and returns its digest, which is its manifest's. */
export async function putImages(store: ContentStore, set: ImageSet, options?: WaitOptions): Promise<Digest> {
  const packed = packImages(set);
  for (const shard of packed.shards) await store.put(shard, options);
  return (await store.put(packed.manifest, options)).digest;
}

/**
 * Reads an image set from a store.
 * @throws WorkloadError invalidInput when the content is not an image set; any ContentError of the store.
 */
export async function getImages(store: ContentStore, digest: Digest, options?: WaitOptions): Promise<ImageSet> {
  const bytes = await store.get(digest, { ...options, maxBytes: MAX_MANIFEST_BYTES });
  const manifest = parseManifest(bytes);
  const { width, height, classes } = manifest;
  const size = width * height;
  const count = manifest.shards.reduce((sum, shard) => sum + shard.count, 0);
  if (count * (size + 1) > MAX_SET_BYTES) throw invalid(`has ${count * (size + 1)} bytes, at most ${MAX_SET_BYTES}`);
  const set = { width, height, classes, count, pixels: new Uint8Array(count * size), labels: new Uint8Array(count) };
  let from = 0;
  for (const { cid, count: held } of manifest.shards) {
    const shard = await store.get(digestFromCid(cid), { ...options, maxBytes: SHARD_BYTES + size });
    if (shard.length !== held * (size + 1)) throw invalid(`shard ${cid} has ${shard.length} bytes`);
    set.labels.set(shard.subarray(0, held), from);
    set.pixels.set(shard.subarray(held), from * size);
    from += held;
  }
  const stray = set.labels.findIndex((label) => label >= classes);
  if (stray >= 0) throw invalid(`label ${set.labels[stray]} of image ${stray} is not below ${classes}`);
  return set;
}

/**
 * A new set of the chosen images, in the order of `indices`.
 * @throws WorkloadError invalidInput when an index is not below the set's count.
 */
export function selectImages(set: ImageSet, indices: ArrayLike<number>): ImageSet {
  const size = set.width * set.height;
  const chosen = {
    ...set,
    count: indices.length,
    pixels: new Uint8Array(indices.length * size),
    labels: new Uint8Array(indices.length),
  };
  for (let at = 0; at < indices.length; at++) {
    const from = indices[at] as number;
    if (from >= set.count) throw invalid(`has ${set.count} images, number ${from} was chosen`);
    chosen.pixels.set(set.pixels.subarray(from * size, (from + 1) * size), at * size);
    chosen.labels[at] = set.labels[from] as number;
  }
  return chosen;
}

function parseManifest(bytes: Uint8Array): ImagesManifest {
  let manifest: ImagesManifest;
  try {
    manifest = manifestSchema.parse(decodeCanonical(bytes));
  } catch (cause) {
    if (cause instanceof NotCanonical || cause instanceof z.ZodError) throw invalid(cause.message, cause);
    throw cause;
  }
  const full = imagesPerShard(manifest.width, manifest.height);
  const uneven = manifest.shards.slice(0, -1).some((shard) => shard.count !== full);
  if (uneven || (manifest.shards.at(-1)?.count ?? 0) > full) throw invalid(`is not cut into shards of ${full} images`);
  return manifest;
}

function invalid(reason: string, cause?: Error): WorkloadError {
  return new WorkloadError("invalidInput", `the image set ${reason}`, { cause });
}
