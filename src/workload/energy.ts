/** The board a job ran on, as its class is listed on chain. */
export interface Board {
  /** Board power under full load, in watts. */
  readonly watts: number;
  /** Board power when idle, in watts; the chain refuses reports below it. Default 0. */
  readonly idleWatts?: number;
  /** Slots that share the board. Default 1. */
  readonly slots?: number;
}

const MILLION = 1_000_000n;

/**
 * Estimates the energy of a job from time and load: the slot's share of idle power plus, in proportion to the load, of what
 * lies between idle and full power; rounded up. An estimate, not a measurement.
 *
 * Given the seconds that the chain will count, the report is one it accepts: at least the idle floor, and below
 * watts / slots x (elapsed + 1 s) x 1.2 (SPEC 3, energy) for any slot of 3 W or more.
 * @param elapsedSeconds time from acceptance to commit
 * @param load share of full power, 0 to 1; what lies outside counts as the nearest
 * @returns milliwatt-hours
 */
export function meterEnergy(elapsedSeconds: number, board: Board, load: number): bigint {
  const { watts, idleWatts = 0, slots = 1 } = board;
  const idle = millionths(Math.min(idleWatts, watts));
  const share = millionths(Math.min(Math.max(load, 0), 1));
  const power = idle + ((millionths(watts) - idle) * share) / MILLION;
  const milliseconds = BigInt(Math.max(Math.round(elapsedSeconds * 1000), 0));
  // Millionths of a watt times milliseconds are nanojoules; 3.6 J are a milliwatt-hour.
  const perUnit = 3_600_000_000n * BigInt(slots);
  return (power * milliseconds + perUnit - 1n) / perUnit;
}

/** The load that a job put on its processor: processor seconds per second, at most 1. */
export function loadOf(usage: { readonly elapsedSeconds: number; readonly cpuSeconds: number }): number {
  return usage.elapsedSeconds > 0 ? Math.min(usage.cpuSeconds / usage.elapsedSeconds, 1) : 0;
}

function millionths(value: number): bigint {
  return BigInt(Math.round(value * 1_000_000));
}
