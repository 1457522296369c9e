/** Amounts: token wei outside, units of 1e9 wei ("gwei units") in packed words. */

/** Wei in one gwei unit. */
export const WEI_PER_GWEI = 1_000_000_000n;
/** Gwei units in one draw unit (1e14 wei). */
export const GWEI_PER_DRAW_UNIT = 100_000n;

const DECIMALS = 18n;

/** Token wei of a sum in gwei units. */
export function weiOf(gwei: bigint): bigint {
  return gwei * WEI_PER_GWEI;
}

/** Gwei units of a sum of token wei, rounded up. */
export function gweiUp(wei: bigint): bigint {
  return (wei + WEI_PER_GWEI - 1n) / WEI_PER_GWEI;
}

/** An amount in whole tokens that is no decimal number with at most 18 places. */
export class InvalidAmount extends Error {
  override readonly name = "InvalidAmount";
}

/** Token wei of a decimal number of tokens, such as `12.5`. Throws InvalidAmount. */
export function parseTokens(text: string): bigint {
  const match = /^(\d{1,20})(?:\.(\d{1,18}))?$/.exec(text);
  if (match === null) throw new InvalidAmount(`${text.slice(0, 60)} is no amount: expected tokens such as 12.5`);
  const fraction = (match[2] ?? "").padEnd(Number(DECIMALS), "0");
  return BigInt(match[1] ?? "0") * 10n ** DECIMALS + BigInt(fraction);
}

/** Decimal number of tokens of an amount in wei, exact, without trailing zeros. */
export function formatTokens(wei: bigint): string {
  const sign = wei < 0n ? "-" : "";
  const digits = (wei < 0n ? -wei : wei).toString().padStart(Number(DECIMALS) + 1, "0");
  const whole = digits.slice(0, -Number(DECIMALS));
  const fraction = digits.slice(-Number(DECIMALS)).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}
