/** The table of frauds in docs/threat-model.md, written from what the scenarios played. */
import { breakEven } from "./odds";
import { aligned } from "./table";

/** A fraud as it was played, with what it brings in the long run. */
export interface FraudRow {
  readonly attack: string;
  /** The attackers' money against not attempting it, token wei. */
  readonly attacker: bigint;
  /** Changes of everyone else's money, token wei. */
  readonly others: Readonly<Record<string, bigint>>;
  /** Days until the last of the money was where it belongs. */
  readonly days: number;
  /** Expected profit of an attempt, tokens, at the attacker's share, for a job as large as that of the run. */
  readonly small: (share: number) => number;
  /** The same for a job a thousand times larger. */
  readonly large: (share: number) => number;
  readonly why: string;
}

/** Share at which the profits are shown, beside none. */
export const SHARE = 0.2;

const BEGIN = "<!-- frauds:begin -->";
const END = "<!-- frauds:end -->";

const HEAD = [
  "attack",
  "in the run: attacker",
  "in the run: everyone else",
  "days",
  "expected at 0%",
  "at 20%",
  "pays from",
  "1,000 times the job: at 20%",
  "pays from",
  "why",
];

/** The table as Markdown. */
export function fraudTable(rows: readonly FraudRow[]): string {
  const cells = rows.map(({ attack, attacker, others, days, small, large, why }) => [
    attack,
    signed(fromWei(attacker)),
    Object.entries(others)
      .map(([party, change]) => `${party} ${signed(fromWei(change))}`)
      .join(", "),
    days.toFixed(1),
    signed(small(0)),
    signed(small(SHARE)),
    shareInWords(breakEven(small)),
    signed(large(SHARE)),
    shareInWords(breakEven(large)),
    why,
  ]);
  return aligned([HEAD, ...cells], true);
}

/** The page with the table in its place. @throws when the page has no place for it */
export function withTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} .. ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${page.slice(end)}`;
}

/** A share as a percentage, `never` when there is none. */
export function shareInWords(share: number | undefined): string {
  if (share === undefined) return "never";
  return share === 0 ? "any share" : `${(100 * share).toFixed(1)}%`;
}

/** Tokens with their sign, to the fourth decimal. */
export function signed(tokens: number): string {
  const text = tokens.toFixed(4).replace(/\.?0+$/, "");
  if (text === "-0" || text === "0") return "0";
  return tokens > 0 ? `+${text}` : text;
}

const fromWei = (wei: bigint): number => Number(wei) / 1e18;
