/**
 * How the genesis supply of a preset comes out of the contracts that hold it, month by month, by the models that the
 * contracts are tested against. Three things are taken as given: everything starts at genesis, all tokens for sale are sold
 * and the sale is finalised at once, and all that is emitted is drawn. Later or never is possible for each, sooner is not.
 */
import { emissionParameters, MONTH_SECONDS, partWei, vestingParameters } from "../../deploy/presets/terms";
import { partsOf, type Part, type Preset, type VestingTerms } from "../../deploy/presets/schema";
import { emitted } from "../model/emission";
import { vestedAmount } from "../model/vesting";

/** Five years. */
export const MONTHS = 60;

export interface PartCurve {
  readonly key: string;
  readonly purpose: string;
  readonly amount: bigint;
  /** Token wei released by the end of month 0 (genesis), 1, ... */
  readonly released: readonly bigint[];
}

export interface ReleaseCurve {
  readonly parts: readonly PartCurve[];
  readonly total: readonly bigint[];
}

/** Release of every part at the end of each month from genesis on. */
export function releaseCurve(preset: Preset, months = MONTHS): ReleaseCurve {
  const points = Array.from({ length: months + 1 }, (_, month) => BigInt(month * MONTH_SECONDS));
  const parts = partsOf(preset).map((part) => {
    const amount = partWei(preset, part);
    const released = points.map((time) => releasedOf(preset, part, amount, time));
    return { key: part.key, purpose: part.purpose, amount, released };
  });
  const total = points.map((_, month) => parts.reduce((sum, { released }) => sum + (released[month] ?? 0n), 0n));
  return { parts, total };
}

/** Token wei of a part that its contract has let go `time` seconds after genesis. */
function releasedOf(preset: Preset, { destination }: Part, amount: bigint, time: bigint): bigint {
  switch (destination.kind) {
    case "treasury":
      return amount;
    case "sale":
      return vestedAmount(amount, curveOf(preset.sale.terms.value.vesting), time);
    case "vesting":
      return vestedAmount(amount, curveOf(destination.terms.value), time);
    case "emission": {
      const period = emissionParameters(preset)?.period ?? 0;
      return emitted(amount, BigInt(period), time);
    }
  }
}

function curveOf(terms: VestingTerms) {
  const { cliff, duration, step, startBps } = vestingParameters(terms);
  return {
    start: 0n,
    cliff: BigInt(cliff),
    duration: BigInt(duration),
    step: BigInt(step),
    startBps: BigInt(startBps),
  };
}
