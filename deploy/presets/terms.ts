/** From the terms of a preset to what the contracts are told. Months are 365 days / 12 there. */
import { supplyWei } from "./allocation";
import { BPS, partsOf, type Part, type Preset, type VestingTerms } from "./schema";

const DAY = 86_400;
const YEAR = 365 * DAY;
export const MONTH_SECONDS = YEAR / 12;

/** Terms of a schedule of the vesting vault, all but its start; times in seconds. */
export function vestingParameters({ cliffMonths, totalMonths, stepMonths, startBps, revocable, votes }: VestingTerms) {
  return {
    cliff: cliffMonths * MONTH_SECONDS,
    duration: totalMonths * MONTH_SECONDS,
    step: stepMonths * MONTH_SECONDS,
    startBps,
    revocable,
    votes,
  };
}

/** Token wei of a part; exact, because a whole token has more decimals than a share. */
export function partWei(preset: Preset, part: Pick<Part, "shareBps">): bigint {
  return (supplyWei(preset) * BigInt(part.shareBps.value)) / BigInt(BPS);
}

/** What the emission distributor is told, and the part that is paid to it; undefined for a preset without one. */
export function emissionParameters(preset: Preset): { part: string; pool: bigint; period: number } | undefined {
  for (const part of partsOf(preset)) {
    if (part.destination.kind !== "emission") continue;
    const period = part.destination.schedule.value.halvingYears * YEAR;
    return { part: part.key, pool: partWei(preset, part), period };
  }
  return undefined;
}
