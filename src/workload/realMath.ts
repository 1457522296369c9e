/**
 * Exponential, logarithm and hyperbolic tangent from + - * / and exact bit operations alone. IEEE 754 fixes the result of
 * each of these operations to the last bit, and ECMAScript forbids fusing them, so every engine computes the same; the
 * engine's own Math.exp, Math.log and Math.tanh may differ in the last bits and are never used in work.
 */

/** ln 2 split so that k * LN2_HIGH is exact for every |k| < 2^20: the upper 32 bits, and the rest. */
const LN2_HIGH = 0.693147180369123816490173339844;
const LN2_LOW = 1.90821492927058770002e-10;
const LOG2_E = 1.44269504088896340735992468100189214;

/** Beyond these, exp overflows or underflows to zero. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.133219101941;

const view = new DataView(new ArrayBuffer(8));

/** 2^k for -1022 <= k <= 1023, from its bit pattern. */
function powerOfTwo(k: number): number {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

/** e^x, within about one unit in the last place; exactly 1 at 0. NaN stays NaN. */
export function exp(x: number): number {
  if (x !== x) return x;
  if (x > EXP_OVERFLOW) return Infinity;
  if (x < EXP_UNDERFLOW) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  // Taylor, |r| <= 0.347: the first term left out, r^14 / 14!, is below 2^-57.
  let tail = 1 / 6227020800;
  tail = tail * r + 1 / 479001600;
  tail = tail * r + 1 / 39916800;
  tail = tail * r + 1 / 3628800;
  tail = tail * r + 1 / 362880;
  tail = tail * r + 1 / 40320;
  tail = tail * r + 1 / 5040;
  tail = tail * r + 1 / 720;
  tail = tail * r + 1 / 120;
  tail = tail * r + 1 / 24;
  tail = tail * r + 1 / 6;
  tail = tail * r + 0.5;
  // 1 + r + r^2 (1/2 + ...), where r itself is high - low: adding the rounding error of r back keeps the last bit.
  const scaled = 1 + (high + (tail * r * r - low));
  // Two exact steps, because 2^1024 and 2^-1074 are out of reach of one.
  const half = k >= 0 ? Math.floor(k / 2) : -Math.floor(-k / 2);
  return scaled * powerOfTwo(half) * powerOfTwo(k - half);
}

/** The natural logarithm, within about one unit in the last place; exactly 0 at 1; NaN below 0, -Infinity at 0. */
export function log(x: number): number {
  if (x !== x || x < 0) return NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return x;
  let k = 0;
  let scaled = x;
  if (scaled < 2.2250738585072014e-308) {
    scaled *= 18014398509481984;
    k = -54;
  }
  view.setFloat64(0, scaled);
  const head = view.getUint32(0);
  k += (head >>> 20) - 1023;
  view.setUint32(0, (head & 0xfffff) | 0x3ff00000);
  let m = view.getFloat64(0);
  // m in [sqrt(1/2), sqrt(2)), so that f is small and exact.
  if (m > 1.4142135623730951) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (2 + f);
  const z = s * s;
  // 2 atanh(s) = 2s + s (2/3 z + 2/5 z^2 + ...), z <= 0.0295: the first term left out is below 2^-60.
  let tail = 2 / 23;
  tail = tail * z + 2 / 21;
  tail = tail * z + 2 / 19;
  tail = tail * z + 2 / 17;
  tail = tail * z + 2 / 15;
  tail = tail * z + 2 / 13;
  tail = tail * z + 2 / 11;
  tail = tail * z + 2 / 9;
  tail = tail * z + 2 / 7;
  tail = tail * z + 2 / 5;
  tail = tail * z + 2 / 3;
  tail *= z;
  // 2s = f - s f, and f is exact, which keeps the leading digits free of the division's rounding.
  return k * LN2_HIGH + (f + (k * LN2_LOW + s * (tail - f)));
}

/** The hyperbolic tangent, within about two units in the last place; odd, and 1 from 22 upwards. */
export function tanh(x: number): number {
  if (x !== x) return x;
  const a = x < 0 ? -x : x;
  if (a > 22) return x < 0 ? -1 : 1;
  if (a < 0.55) {
    // Lambert's continued fraction x / (1 + x^2 / (3 + x^2 / (5 + ...))), which converges fast here.
    const z = x * x;
    return x / (1 + z / (3 + z / (5 + z / (7 + z / (9 + z / (11 + z / (13 + z / (15 + z / 17))))))));
  }
  const t = 1 - 2 / (exp(a + a) + 1);
  return x < 0 ? -t : t;
}
