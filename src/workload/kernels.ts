/**
 * The inner loops of a network, over flat arrays and nothing else, so that engines compile each of them once and well. The
 * order of operations is fixed; terms whose factor is zero are left out, which is part of the definition too.
 */
import { tanh } from "./realMath";
import { PARAMETER_LIMIT } from "./weights";

/** The input of a pixel: byte / 255, the same double everywhere. */
const SHADES = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Collects an image's pixels that are not zero, and returns how many there are. */
export function gatherLit(pixels: Uint8Array, from: number, litAt: Uint32Array, litShade: Float64Array): number {
  const size = litAt.length;
  let lit = 0;
  for (let at = 0; at < size; at++) {
    const byte = pixels[from + at] as number;
    if (byte !== 0) {
      litAt[lit] = at;
      litShade[lit] = SHADES[byte] as number;
      lit++;
    }
  }
  return lit;
}

/**
 * out += sum over lit pixels of shade * row of the matrix. Four pixels are added in one pass, one after another, which
 * rounds exactly as four passes do and reads and writes `out` a quarter as often.
 */
export function addLitRows(
  out: Float64Array,
  matrix: Float64Array,
  base: number,
  litAt: Uint32Array,
  litShade: Float64Array,
  lit: number,
): void {
  const width = out.length;
  let index = 0;
  for (; index + 4 <= lit; index += 4) {
    const a = base + (litAt[index] as number) * width;
    const b = base + (litAt[index + 1] as number) * width;
    const c = base + (litAt[index + 2] as number) * width;
    const d = base + (litAt[index + 3] as number) * width;
    const shadeA = litShade[index] as number;
    const shadeB = litShade[index + 1] as number;
    const shadeC = litShade[index + 2] as number;
    const shadeD = litShade[index + 3] as number;
    for (let j = 0; j < width; j++) {
      let sum = (out[j] as number) + shadeA * (matrix[a + j] as number);
      sum += shadeB * (matrix[b + j] as number);
      sum += shadeC * (matrix[c + j] as number);
      out[j] = sum + shadeD * (matrix[d + j] as number);
    }
  }
  for (; index < lit; index++) {
    const shade = litShade[index] as number;
    const row = base + (litAt[index] as number) * width;
    for (let j = 0; j < width; j++) out[j] = (out[j] as number) + shade * (matrix[row + j] as number);
  }
}

/** out += sum over inputs of input * row of the matrix. */
export function addRows(out: Float64Array, matrix: Float64Array, base: number, input: Float64Array): void {
  const width = out.length;
  for (let i = 0; i < input.length; i++) {
    const value = input[i] as number;
    if (value === 0) continue;
    const row = base + i * width;
    for (let j = 0; j < width; j++) out[j] = (out[j] as number) + value * (matrix[row + j] as number);
  }
}

/** matrix += shade of each lit pixel times delta. */
export function addLitOuter(
  matrix: Float64Array,
  base: number,
  delta: Float64Array,
  litAt: Uint32Array,
  litShade: Float64Array,
  lit: number,
): void {
  const width = delta.length;
  for (let index = 0; index < lit; index++) {
    const shade = litShade[index] as number;
    const row = base + (litAt[index] as number) * width;
    for (let j = 0; j < width; j++) matrix[row + j] = (matrix[row + j] as number) + shade * (delta[j] as number);
  }
}

/** matrix += input times delta. */
export function addOuter(matrix: Float64Array, base: number, delta: Float64Array, input: Float64Array): void {
  const width = delta.length;
  for (let i = 0; i < input.length; i++) {
    const value = input[i] as number;
    if (value === 0) continue;
    const row = base + i * width;
    for (let j = 0; j < width; j++) matrix[row + j] = (matrix[row + j] as number) + value * (delta[j] as number);
  }
}

/** before = matrix times delta, times the activation's slope at each input. */
export function sumError(
  before: Float64Array,
  matrix: Float64Array,
  base: number,
  delta: Float64Array,
  input: Float64Array,
  isTanh: boolean,
): void {
  const width = delta.length;
  for (let i = 0; i < before.length; i++) {
    const value = input[i] as number;
    if (!isTanh && value === 0) {
      before[i] = 0;
      continue;
    }
    const row = base + i * width;
    let error = 0;
    for (let j = 0; j < width; j++) error += (matrix[row + j] as number) * (delta[j] as number);
    before[i] = isTanh ? error * (1 - value * value) : error;
  }
}

/** max(x, 0) in place. */
export function rectify(out: Float64Array): void {
  for (let j = 0; j < out.length; j++) if (!((out[j] as number) > 0)) out[j] = 0;
}

/** tanh in place. */
export function squash(out: Float64Array): void {
  for (let j = 0; j < out.length; j++) out[j] = tanh(out[j] as number);
}

/** velocity := momentum velocity - rate gradient; values += velocity; both within the limit; gradient := 0. */
export function step(
  values: Float64Array,
  velocity: Float64Array,
  gradient: Float64Array,
  momentum: number,
  rate: number,
): void {
  // Copied, because an import is looked up anew at every use.
  const limit = PARAMETER_LIMIT;
  for (let index = 0; index < values.length; index++) {
    let v = momentum * (velocity[index] as number) - rate * (gradient[index] as number);
    if (v > limit) v = limit;
    else if (v < -limit) v = -limit;
    let w = (values[index] as number) + v;
    if (w > limit) w = limit;
    else if (w < -limit) w = -limit;
    velocity[index] = v;
    values[index] = w;
    gradient[index] = 0;
  }
}
