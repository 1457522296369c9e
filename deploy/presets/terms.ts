/** From the terms of a preset to what the contracts are told. Months are 365 days / 12 there. */
import { supplyWei } from "./allocation";
import { BPS, CURRENCY_DECIMALS, partsOf, TOKEN_DECIMALS, type Part, type Preset, type VestingTerms } from "./schema";

const DAY = 86_400;
const TOKEN = 10n ** TOKEN_DECIMALS;
/** Amounts of a sale's plan are multiples of this many token wei. */
const PLAN_UNIT = 10n ** 15n;
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

/**
 * What the sale is told besides addresses: its caps, how purchases vest, and its rounds one after the other.
 * @param startsAt time of the first round, seconds
 */
export function saleParameters({ sale }: Preset, startsAt: number) {
  const { softCapBps, minTicket, buyerCap, rounds, vesting } = sale.terms.value;
  const { startBps, cliff, duration, step, votes } = vestingParameters(vesting);
  let end = startsAt;
  return {
    tokensForSale: sale.tokens.value * TOKEN,
    softCap: (sale.raise.value * 10n ** CURRENCY_DECIMALS * BigInt(softCapBps)) / BigInt(BPS),
    vesting: { startBps, cliff, duration, step, votes },
    rounds: rounds.map(({ tokens, price, days, allowList }) => {
      const start = end;
      end += days * DAY;
      const least = (minTicket * TOKEN) / price;
      return {
        price,
        start,
        end,
        cap: tokens * TOKEN,
        perBuyer: (buyerCap < tokens ? buyerCap : tokens) * TOKEN,
        // Rounded up to the unit of the plan, so that it is never worth less.
        minimum: ((least + PLAN_UNIT - 1n) / PLAN_UNIT) * PLAN_UNIT,
        listed: allowList,
      };
    }),
  };
}
