/** The release curve as a picture: one band per part, on top of each other, as shares of the genesis supply. */
import type { ReleaseCurve } from "./release";
import { percent, wholeTokens } from "./words";

const WIDTH = 960;
const HEIGHT = 500;
const PLOT = { left: 64, right: 660, top: 64, bottom: 430 };
const LEGEND_X = 688;

/** Told apart also by people who see few colours (Okabe and Ito), then lighter ones. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#666666", "#b2df8a"];
const INK = "#222222";
const GRID = "#dddddd";

/** SVG of a curve. @param supply token wei that are 100% */
export function curveSvg(title: string, { parts, total }: ReleaseCurve, supply: bigint): string {
  const months = total.length - 1;
  const x = (month: number) => rounded(PLOT.left + ((PLOT.right - PLOT.left) * month) / months);
  const y = (wei: bigint) => rounded(PLOT.bottom - (PLOT.bottom - PLOT.top) * shareOf(wei, supply));

  let below: readonly bigint[] = total.map(() => 0n);
  const bands = parts.map(({ key, released }, index) => {
    const under = below;
    const above = under.map((wei, month) => wei + (released[month] ?? 0n));
    below = above;
    const forth = above.map((wei, month) => `${x(month)},${y(wei)}`);
    const back = under.map((wei, month) => `${x(month)},${y(wei)}`).reverse();
    const points = [...forth, ...back].join(" ");
    return `<polygon fill="${colourOf(index)}" fill-opacity="0.85" points="${points}"><title>${key}</title></polygon>`;
  });

  const end = total[months] ?? 0n;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif">`,
    `<title>${title}</title>`,
    `<desc>${parts.map(({ key, amount }) => `${key}: ${wholeTokens(amount)} tokens`).join("; ")}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    text(PLOT.left, 32, title, 'font-size="18" font-weight="bold"'),
    ...[0, 20, 40, 60, 80, 100].flatMap((share) => {
      const height = y((supply * BigInt(share)) / 100n);
      const line = `<line x1="${PLOT.left}" y1="${height}" x2="${PLOT.right}" y2="${height}" stroke="${GRID}"/>`;
      return [line, text(PLOT.left - 8, height + 4, `${share}%`, 'font-size="12" text-anchor="end"')];
    }),
    ...bands,
    ...Array.from({ length: Math.floor(months / 12) + 1 }, (_, year) =>
      text(x(12 * year), PLOT.bottom + 20, String(12 * year), 'font-size="12" text-anchor="middle"'),
    ),
    text((PLOT.left + PLOT.right) / 2, PLOT.bottom + 40, "months after genesis", 'font-size="12" text-anchor="middle"'),
    // The band on top comes first.
    ...[...parts.keys()].reverse().flatMap((index, place) => legend(index, place, parts, supply)),
    text(
      PLOT.left,
      HEIGHT - 12,
      `After ${months} months ${percent(Math.round(shareOf(end, supply) * 10_000))} at most: everything sold at genesis, everything emitted drawn.`,
      'font-size="12" fill-opacity="0.8"',
    ),
    "</svg>",
    "",
  ].join("\n");
}

function legend(index: number, place: number, parts: ReleaseCurve["parts"], supply: bigint): string[] {
  const part = parts[index];
  if (part === undefined) return [];
  const top = PLOT.top + 26 * place;
  const share = percent(Math.round(shareOf(part.amount, supply) * 10_000));
  return [
    `<rect x="${LEGEND_X}" y="${top}" width="14" height="14" fill="${colourOf(index)}" fill-opacity="0.85"/>`,
    text(LEGEND_X + 22, top + 12, `${part.key} ${share}`, 'font-size="13"'),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" fill="${INK}" ${attributes}>${content}</text>`;
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? INK;
}

/** A share of the supply, exact enough for a picture. */
function shareOf(wei: bigint, supply: bigint): number {
  return Number((wei * 1_000_000n) / supply) / 1_000_000;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
