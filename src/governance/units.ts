/** Figures of proposals in words, and words as figures: the name of a parameter tells its unit, as in the contracts. */
import { ZeroAddress, type ParamType } from "ethers";
import { formatTokens, parseTokens, weiOf } from "../protocol/amounts";

const SECONDS = { second: 1n, minute: 60n, hour: 3_600n, day: 86_400n } as const;
const SECONDS_NAME =
  /(seconds|delay|period|extension|duration|unbonding|delay_?|start|cliff|step)$|^(newVoteExtension|grace)$/i;

/** What a figure that a person wrote for an argument means: `12.5 tokens`, `2.5%`, `3 days`; other text stays. */
export function figureOf(text: string, parameter: string): string {
  const percent = /^(\d{1,3})(?:\.(\d{1,2}))?%$/.exec(text);
  if (percent !== null) return String(Number(percent[1]) * 100 + Number((percent[2] ?? "").padEnd(2, "0")));
  const amount = /^([\d.]+) tokens?$/.exec(text);
  if (amount !== null) {
    const wei = parseTokens(amount[1] ?? "");
    return String(/gwei$/i.test(parameter) ? wei / weiOf(1n) : wei);
  }
  const time = /^(\d{1,9}) (second|minute|hour|day)s?$/.exec(text);
  if (time !== null) return String(BigInt(time[1] ?? "0") * SECONDS[time[2] as keyof typeof SECONDS]);
  return text;
}

/** A value as people read it; `names` gives the names of known addresses. */
export function wordsOf(value: unknown, type: ParamType, names: ReadonlyMap<string, string>): string {
  if (type.baseType === "array") {
    const items = (value as readonly unknown[]).map((item) => wordsOf(item, type.arrayChildren!, names));
    return `[${items.join(", ")}]`;
  }
  if (type.baseType === "tuple") {
    const parts = type.components!.map((part, index) => {
      return `${part.name} ${wordsOf((value as readonly unknown[])[index], part, names)}`;
    });
    return `{${parts.join(", ")}}`;
  }
  if (type.type === "address") return namedAddress(String(value), names);
  if (type.type === "bool") return value === true ? "yes" : "no";
  if (typeof value === "bigint") return numberWords(value, type.name);
  if (type.type === "string") return JSON.stringify(value);
  return String(value);
}

/** An address with the name of its contract, where that is known. */
export function namedAddress(address: string, names: ReadonlyMap<string, string>): string {
  if (address === ZeroAddress) return "nobody (zero address)";
  const name = names.get(address.toLowerCase());
  return name === undefined ? address : `${name} (${address})`;
}

function numberWords(value: bigint, name: string): string {
  if (value === 2n ** 256n - 1n) return "the greatest number";
  if (/bps$|^newQuorum|^newProposalThreshold/i.test(name)) return `${Number(value) / 100}% (${value} basis points)`;
  if (/percent$/i.test(name)) return `${value}%`;
  if (/gwei$/i.test(name)) return `${formatTokens(weiOf(value))} tokens (${value} gwei)`;
  if (/minutes$/i.test(name)) return `${value} minutes`;
  if (/hours$/i.test(name)) return `${value} hours`;
  if (/^(amount|value|supply|total|stake|maxAmount)$/i.test(name))
    return `${formatTokens(value)} tokens (${value} wei)`;
  if (SECONDS_NAME.test(name)) return `${durationWords(value)} (${value} s)`;
  return String(value);
}

/** A number of seconds in days, hours, minutes and seconds. */
export function durationWords(seconds: bigint): string {
  if (seconds >= 10n ** 9n) return timeWords(seconds);
  const parts: string[] = [];
  let rest = seconds;
  for (const unit of ["day", "hour", "minute", "second"] as const) {
    const count = rest / SECONDS[unit];
    rest -= count * SECONDS[unit];
    if (count > 0n) parts.push(`${count} ${unit}${count === 1n ? "" : "s"}`);
  }
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}

/** A point in time, to the second. */
export function timeWords(seconds: bigint | number): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000Z", "Z");
}
