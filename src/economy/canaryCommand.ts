/** `npm run canaries`: what cheating is worth against canaries, by the closed form and by a run on the contracts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { runAction, type CliFlags } from "../agents/shared/cli";
import { EXIT_HELP } from "../agents/shared/exit";
import { breakEvenCells, canaryPage, measuredCells } from "./canaryDocument";
import { gridRunToJson, runGrid } from "./canaryGrid";
import { DEFAULT_CANARY_RATE, DEFAULT_LOCK_FACTOR } from "./canaryModel";
import { compareCell, type CanaryMarket } from "./canarySimulation";
import { aligned } from "./table";

const DOCS = join(__dirname, "..", "..", "docs");

/** Jobs of each cell of docs/canaries.md, and the seed of its throws. */
export const DOCUMENTED = { jobs: 200, seed: "gpu commons canaries" } as const;

interface Flags extends CliFlags {
  readonly simulate?: boolean;
  readonly docs?: boolean;
  readonly jobs: number;
  readonly seed: string;
}

async function canaries(flags: Flags, openMarket: () => Promise<CanaryMarket>): Promise<void> {
  await runAction(flags, false, async ({ reporter }) => {
    const rates = { lockFactor: DEFAULT_LOCK_FACTOR, canaryRate: DEFAULT_CANARY_RATE };
    if (flags.simulate !== true && flags.docs !== true) {
      return reporter.answer(aligned(breakEvenCells(), false), { ok: true, defaults: rates });
    }
    const { jobs, seed } = flags.docs === true ? DOCUMENTED : flags;
    const run = await runGrid(await openMarket(), jobs, seed, (cell) => {
      const { lockFactor, canaryRate, cheatingRate, convicted } = cell;
      reporter.news("cell", `L ${lockFactor}, p ${canaryRate}, q ${cheatingRate}: ${convicted} convicted`, {
        convicted,
      });
    });
    if (flags.docs === true) {
      mkdirSync(DOCS, { recursive: true });
      writeFileSync(join(DOCS, "canaries.json"), `${JSON.stringify(gridRunToJson(run), null, 2)}\n`);
      writeFileSync(join(DOCS, "canaries.md"), canaryPage(run));
    }
    const cells = run.cells.map((cell) => ({ ...cell, ...compareCell(cell, 1) }));
    reporter.answer(aligned(measuredCells(run), false), { ok: true, defaults: rates, seed, cells });
  });
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("expected a number of jobs");
  return Number(text);
}

/** The program. `openMarket` deploys the suite for a run. */
export function canariesProgram(openMarket: () => Promise<CanaryMarket>): Command {
  return new Command("canaries")
    .description("What cheating is worth where some jobs are canaries: break-even rates, and a run on the contracts.")
    .option("--simulate", "run every cell of the grid on the contracts; takes minutes")
    .option("--jobs <count>", "jobs of each cell", count, DOCUMENTED.jobs)
    .option("--seed <text>", "of which jobs are canaries and which are cheated in", DOCUMENTED.seed)
    .option("--docs", "run the documented grid, and write docs/canaries.md and docs/canaries.json")
    .option("--json", "machine-readable output")
    .option("--verbose", "more news on standard error")
    .addHelpText("after", EXIT_HELP)
    .action((flags: Flags) => canaries(flags, openMarket));
}
