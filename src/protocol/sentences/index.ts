import { ASSET_SENTENCES } from "./assets";
import { COMMON_SENTENCES } from "./common";
import { ECONOMY_SENTENCES } from "./economy";
import { GOVERNANCE_SENTENCES } from "./governance";
import { MARKET_SENTENCES } from "./market";
import { MONEY_SENTENCES } from "./money";
import { RANDOMNESS_SENTENCES } from "./randomness";
import { REGISTRY_SENTENCES } from "./registry";
import { REVIEW_SENTENCES } from "./review";
import { SCORE_SENTENCES } from "./scores";
import { VALIDATOR_SENTENCES } from "./validators";
import type { Sentences, Values } from "./values";

export type { Sentence, Sentences, Values } from "./values";

/** A sentence for every custom error that a contract of the suite can answer with. */
export const SENTENCES: Sentences = {
  ...COMMON_SENTENCES,
  ...MONEY_SENTENCES,
  ...RANDOMNESS_SENTENCES,
  ...REGISTRY_SENTENCES,
  ...VALIDATOR_SENTENCES,
  ...REVIEW_SENTENCES,
  ...SCORE_SENTENCES,
  ...ASSET_SENTENCES,
  ...MARKET_SENTENCES,
  ...ECONOMY_SENTENCES,
  ...GOVERNANCE_SENTENCES,
};

/** What solc's own checks say, by code of `Panic(uint256)`. */
const PANICS: Readonly<Record<string, string>> = {
  "1": "something that must always hold does not: please report it",
  "17": "a sum, difference or product does not fit its type",
  "18": "a division by zero",
  "33": "a number is no value of its enumeration",
  "50": "a list has no entry with this index",
};

/** One sentence about an error. Errors without one of their own are spelt out from their names and values. */
export function sentenceOf(name: string, values: Values): string {
  if (name === "Error") return String(Object.values(values)[0]);
  if (name === "Panic") return PANICS[String(Object.values(values)[0])] ?? `panic ${String(Object.values(values)[0])}`;
  try {
    const known = Object.hasOwn(SENTENCES, name) ? SENTENCES[name]?.(values) : undefined;
    if (known !== undefined) return known;
  } catch {
    // A value that the sentence cannot show, such as an id of a job that cannot exist: spell it out instead.
  }
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  const shown = Object.entries(values).map(([key, value]) => `${key} ${String(value)}`);
  return shown.length === 0 ? words : `${words} (${shown.join(", ")})`;
}
