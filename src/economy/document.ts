/** docs/tokenomics.md and its pictures, written from the presets. */
import { supplyWei } from "../../deploy/presets/allocation";
import { PRESET_IDS, presetOf } from "../../deploy/presets/index";
import type { Preset } from "../../deploy/presets/schema";
import { releaseCurve } from "./release";
import { curveSvg } from "./svg";
import { aligned, tableCells, tableOf } from "./table";
import {
  assumptionsOf,
  dollars,
  grouped,
  issuanceInWords,
  originOf,
  percent,
  termsInWords,
  wholeTokens,
} from "./words";

/** The files by their path in the repository. */
export function documentFiles(): ReadonlyMap<string, string> {
  const presets = PRESET_IDS.map(presetOf);
  const files = new Map([["docs/tokenomics.md", page(presets)]]);
  for (const preset of presets) files.set(`docs/${pictureOf(preset)}`, pictureSvg(preset));
  return files;
}

/** The picture of a preset's release. */
export function pictureSvg(preset: Preset): string {
  const title = `${preset.token.symbol.value}: release of the genesis supply (preset ${preset.id})`;
  return curveSvg(title, releaseCurve(preset), supplyWei(preset));
}

function pictureOf(preset: Preset): string {
  return `img/tokenomics-${preset.id}.svg`;
}

const INTRODUCTION = `# Tokenomics

Written by \`npm run tokenomics -- --docs\` from \`deploy/presets\`; a test fails when it is stale. Sources are paper number and
section; what no paper fixes is marked as assumed, with the reason below each table. A preset is one file of that folder: the
schema wants shares of exactly 100%, a sale that fits its part and its price, and insiders' grants that neither vote nor come
out before their cliff.

\`npm run tokenomics -- --preset X\` prints the same for one preset; \`--json\` and \`--csv FILE\` give the curve as data,
\`--svg FILE\` the picture.

A month is 365 days / 12. Pictures show the most that can be out at a time: everything starts at genesis, all tokens for sale are
sold and the sale is finalised at once, everything emitted is drawn.`;

function page(presets: readonly Preset[]): string {
  return `${[INTRODUCTION, ...presets.map(section)].join("\n\n")}\n`;
}

function section(preset: Preset): string {
  const { token, issuance, proceeds } = preset;
  const table = tableOf(preset);
  const names = [token.name, token.symbol].map((it) => `${it.value} (${originOf(it)})`);
  return [
    `## ${preset.id}`,
    `Token: ${names.join(", symbol ")}. Supply at genesis: ${grouped(token.supply.value)} tokens (${originOf(token.supply)}). ` +
      `Issuance after genesis: ${issuanceInWords(issuance)} (${originOf(issuance)}).`,
    aligned(tableCells(table), true),
    `Sum of the ${table.rows.length} parts: ${table.sum} wei, the supply exactly.`,
    `![Release of ${token.symbol.value} over five years](${pictureOf(preset)})`,
    aligned(yearlyCells(preset), true),
    `Sale: ${saleInWords(preset)}`,
    `Proceeds (${[...new Set(proceeds.map((line) => originOf(line.shareBps)))].join(", ")}): ` +
      `${proceeds.map((line) => `${line.purpose.toLowerCase()} ${percent(line.shareBps.value)}`).join(", ")}.`,
    ...assumedLines(preset),
  ].join("\n\n");
}

/** What is out at the end of each year. */
export function yearlyCells(preset: Preset): string[][] {
  const { parts, total } = releaseCurve(preset);
  const years = total.flatMap((_, month) => (month % 12 === 0 ? [month] : []));
  const row = (name: string, released: readonly bigint[]) => [
    name,
    ...years.map((month) => wholeTokens(released[month] ?? 0n)),
  ];
  return [
    ["tokens out after", ...years.map((month) => `${month} months`)],
    ...parts.map(({ key, released }) => row(key, released)),
    row("total", total),
  ];
}

/** The sale in one sentence each. */
export function saleInWords({ token, sale }: Preset): string {
  const { softCapBps, minTicket, buyerCap, rounds, vesting } = sale.terms.value;
  const symbol = token.symbol.value;
  const each = rounds.map(
    (round) =>
      `${round.key}: ${grouped(round.tokens)} ${symbol} at ${dollars(round.price)} in ${round.days} days, ` +
      (round.allowList ? "for a list" : "for everybody"),
  );
  return (
    `${grouped(sale.tokens.value)} ${symbol} (${originOf(sale.tokens)}) at ${dollars(sale.price.value)} each ` +
    `(${originOf(sale.price)}) for ${dollars(sale.raise.value * 1_000_000n)} (${originOf(sale.raise)}). ` +
    `Rounds (${originOf(sale.terms)}): ${each.join("; ")}. ` +
    `Less than ${percent(softCapBps)} of it: all is refunded. One purchase from ${dollars(minTicket)}, one buyer to ` +
    `${grouped(buyerCap)} ${symbol}. Purchases: ${termsInWords(vesting)}, from the finalisation on.`
  );
}

function assumedLines(preset: Preset): string[] {
  const lines = assumptionsOf(preset).map(({ why, figures }) => `- ${why}: ${figures.join(", ")}`);
  return lines.length === 0 ? [] : ["Assumed:", lines.join("\n")];
}
