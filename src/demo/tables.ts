/** Tables of plain text: pure functions of what is to be shown. */

/** How the cells of a column stand. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** A table with a rule under its titles. Every row has one cell per column. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === "right" ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [
    line(columns.map(({ title }) => title)),
    widths.map((width) => "-".repeat(width)).join("  "),
    ...rows.map(line),
  ].join("\n");
}

const WEI_PER_TOKEN = 10n ** 18n;

/** Wei as tokens with `digits` decimals, cut off, not rounded; with a sign where asked. */
export function tokens(wei: bigint, { digits = 2, signed = false } = {}): string {
  const size = wei < 0n ? -wei : wei;
  const whole = (size / WEI_PER_TOKEN).toString();
  const decimals = (size % WEI_PER_TOKEN).toString().padStart(18, "0").slice(0, digits);
  const sign = wei < 0n ? "-" : signed && wei > 0n ? "+" : "";
  return `${sign}${whole}${digits === 0 ? "" : `.${decimals}`}`;
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

/** A score in 1e-6 points as points. */
export function points(score: bigint): string {
  return (Number(score) / 1e6).toFixed(2);
}
