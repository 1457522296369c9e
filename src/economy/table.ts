/** The allocation table of a preset, and tables of text in general. */
import { supplyWei } from "../../deploy/presets/allocation";
import { BPS, partsOf, type Group, type Preset } from "../../deploy/presets/schema";
import { partWei } from "../../deploy/presets/terms";
import { holderOf, originOf, percent, releaseInWords, wholeTokens } from "./words";

export interface Row {
  readonly key: string;
  readonly purpose: string;
  readonly group: Group;
  readonly shareBps: number;
  readonly shareFrom: string;
  /** Token wei. */
  readonly amount: bigint;
  readonly holder: string;
  readonly release: string;
  readonly releaseFrom: string;
  readonly votes: string;
}

export interface Table {
  readonly rows: readonly Row[];
  /** Token wei of all rows, which is the supply. */
  readonly sum: bigint;
}

/** The table of a preset. @throws when its amounts do not add up to the supply, to the wei */
export function tableOf(preset: Preset): Table {
  const rows = partsOf(preset).map((part) => {
    const { text, from, votes } = releaseInWords(preset, part.destination);
    return {
      key: part.key,
      purpose: part.purpose,
      group: part.group,
      shareBps: part.shareBps.value,
      shareFrom: originOf(part.shareBps),
      amount: partWei(preset, part),
      holder: holderOf(part.destination),
      release: text,
      releaseFrom: from,
      votes,
    };
  });
  const sum = rows.reduce((total, { amount }) => total + amount, 0n);
  const shares = rows.reduce((total, { shareBps }) => total + shareBps, 0);
  if (sum !== supplyWei(preset) || shares !== BPS) {
    throw new Error(`${preset.id}: the parts add up to ${sum} wei and ${shares} bps, not to the supply`);
  }
  return { rows, sum };
}

/** Headings and cells of the table, for `aligned`. */
export function tableCells({ rows }: Table): string[][] {
  const headings = ["part", "share", "tokens", "paid to", "comes out", "votes before", "share from", "terms from"];
  return [
    headings,
    ...rows.map((row) => [
      row.key,
      percent(row.shareBps),
      wholeTokens(row.amount),
      row.holder,
      row.release,
      row.votes,
      row.shareFrom,
      row.releaseFrom,
    ]),
  ];
}

/** A table with padded columns: plain, or as Markdown. */
export function aligned(cells: readonly (readonly string[])[], isMarkdown: boolean): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => {
    const padded = widths.map((width, column) => (row[column] ?? "").padEnd(width));
    return isMarkdown ? `| ${padded.join(" | ")} |` : padded.join("  ").trimEnd();
  };
  const [head = [], ...rest] = cells;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(head), line(rule), ...rest.map(line)].join("\n");
}
