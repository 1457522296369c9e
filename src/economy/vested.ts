/** What of an amount has vested, as the vesting vault counts it. Amounts are token wei, times are seconds. */

const BPS = 10_000n;

/** Times and shares of a schedule. */
export type Curve = { start: bigint; cliff: bigint; duration: bigint; step: bigint; startBps: bigint };

/** What of `total` has vested at `time`. */
export function vestedAmount(total: bigint, { start, cliff, duration, step, startBps }: Curve, time: bigint): bigint {
  if (time < start) return 0n;
  if (time >= start + duration) return total;
  const first = (total * startBps) / BPS;
  if (time < start + cliff) return first;
  const length = step === 0n ? 1n : step;
  const steps = (time - start) / length;
  return first + ((total - first) * (steps * length)) / duration;
}
