/** `npm run tokenomics`: a preset's table with its proof, and its release curve as text, data and picture. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { PRESET_IDS, presetOf } from "../../deploy/presets/index";
import { partsOf, type Preset } from "../../deploy/presets/schema";
import { MONTH_SECONDS } from "../../deploy/presets/terms";
import { runAction, type CliFlags } from "../agents/shared/cli";
import { CommandFailure, EXIT, EXIT_HELP } from "../agents/shared/exit";
import { formatTokens } from "../protocol/amounts";
import { documentFiles, pictureSvg, saleInWords, yearlyCells } from "./document";
import { releaseCurve } from "./release";
import { aligned, tableCells, tableOf } from "./table";
import { assumptionsOf, grouped, issuanceInWords, originOf, percent } from "./words";

const ROOT = join(__dirname, "..", "..");

interface Flags extends CliFlags {
  readonly preset: string;
  readonly svg?: string;
  readonly csv?: string;
  readonly docs?: boolean;
}

async function tokenomics(flags: Flags): Promise<void> {
  await runAction(flags, false, async ({ reporter }) => {
    if (!PRESET_IDS.includes(flags.preset)) {
      throw new CommandFailure(EXIT.usage, `there is no preset ${flags.preset}; known: ${PRESET_IDS.join(", ")}`);
    }
    const preset = presetOf(flags.preset);
    if (flags.svg !== undefined) write(flags.svg, pictureSvg(preset));
    if (flags.csv !== undefined) write(flags.csv, curveCsv(preset));
    if (flags.docs === true) for (const [file, text] of documentFiles()) write(join(ROOT, file), text);
    reporter.answer(presetText(preset), presetData(preset));
  });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Everything about a preset for people. */
export function presetText(preset: Preset): string {
  const { id, token, issuance, proceeds } = preset;
  const table = tableOf(preset);
  const origin = [...new Set([token.name, token.symbol, token.supply].map(originOf))].join(", ");
  const split = proceeds.map((line) => [line.key, percent(line.shareBps.value), originOf(line.shareBps), line.purpose]);
  return [
    `${id}: ${token.name.value} (${token.symbol.value}), ${grouped(token.supply.value)} tokens at genesis (${origin})`,
    `issuance after genesis: ${issuanceInWords(issuance)} (${originOf(issuance)})`,
    aligned(tableCells(table), false),
    `proof: ${table.rows.length} parts, 100%, ${table.sum} wei = the supply, difference 0`,
    `sale: ${saleInWords(preset)}`,
    aligned([["proceeds", "share", "from", "for"], ...split], false),
    aligned(yearlyCells(preset), false),
    "at most: everything starts and is sold at genesis, everything emitted is drawn",
    ["assumed:", ...assumptionsOf(preset).map(({ why, figures }) => `  ${why}: ${figures.join(", ")}`)].join("\n"),
  ].join("\n\n");
}

/** The same for programs; amounts are token wei. */
export function presetData(preset: Preset): Readonly<Record<string, unknown>> {
  const { rows, sum } = tableOf(preset);
  const { parts, total } = releaseCurve(preset);
  return {
    ok: true,
    preset: preset.id,
    token: preset.token,
    issuance: preset.issuance,
    table: rows,
    destinations: Object.fromEntries(partsOf(preset).map(({ key, destination }) => [key, destination])),
    sum,
    sale: preset.sale,
    proceeds: preset.proceeds,
    assumed: assumptionsOf(preset),
    curve: { monthSeconds: MONTH_SECONDS, parts: parts.map(({ key, released }) => ({ key, released })), total },
  };
}

/** The curve as comma-separated values: a line for each month, exact tokens. */
export function curveCsv(preset: Preset): string {
  const { parts, total } = releaseCurve(preset);
  const lines = total.map((sum, month) =>
    [month, ...parts.map(({ released }) => formatTokens(released[month] ?? 0n)), formatTokens(sum)].join(","),
  );
  return `${[["month", ...parts.map(({ key }) => key), "total"].join(","), ...lines].join("\n")}\n`;
}

/** The program. */
export function tokenomicsProgram(): Command {
  return new Command("tokenomics")
    .description("Print who gets what of a preset's supply and when, and prove that it adds up.")
    .option("--preset <id>", PRESET_IDS.join(", "), "vaiker")
    .option("--svg <file>", "write the release curve over five years as a picture")
    .option("--csv <file>", "write the curve as comma-separated values")
    .option("--docs", "write docs/tokenomics.md and its pictures, for every preset")
    .option("--json", "machine-readable output, with the curve")
    .option("--verbose", "more news on standard error")
    .addHelpText("after", EXIT_HELP)
    .action(tokenomics);
}
