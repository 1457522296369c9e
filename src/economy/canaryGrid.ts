/** The simulated grid of canary rates, lock factors and cheating rates: its cells, how a run is kept, and its verdict. */
import { z } from "zod";
import { DEFAULT_CANARY_RATE, DEFAULT_LOCK_FACTOR } from "./canaryModel";
import { simulateCell, type CanaryMarket, type CellCounts, type CellTerms } from "./canarySimulation";

/** The grid of docs/canaries.md: each axis has the deployed or recommended value in its middle. */
export const GRID = {
  lockFactors: [1, DEFAULT_LOCK_FACTOR, 20],
  canaryRates: [0.05, DEFAULT_CANARY_RATE, 0.3],
  cheatingRates: [0.1, 0.5, 1],
} as const;

/** All cells of the grid, by L, canary rate, cheating rate. */
export function gridCells(): CellTerms[] {
  return GRID.lockFactors.flatMap((lockFactor) =>
    GRID.canaryRates.flatMap((canaryRate) =>
      GRID.cheatingRates.map((cheatingRate) => ({ lockFactor, canaryRate, cheatingRate })),
    ),
  );
}

const amountSchema = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const countSchema = z.number().int().min(0);
const shareSchema = z.number().min(0).max(1);

/** zod schema of a kept run, docs/canaries.json; amounts are token wei as text. */
export const gridRunSchema = z.strictObject({
  seed: z.string(),
  /** Jobs of each cell. */
  jobs: countSchema,
  cells: z.array(
    z.strictObject({
      lockFactor: z.number().int().min(1).max(50),
      canaryRate: shareSchema,
      cheatingRate: shareSchema,
      jobs: countSchema,
      canaries: countSchema,
      cheated: countSchema,
      convicted: countSchema,
      operators: countSchema,
      price: amountSchema,
      earned: amountSchema,
    }),
  ),
});

/** A run of the grid. */
export type GridRun = z.output<typeof gridRunSchema>;

/** Runs the whole grid on one market, cell after cell. `onCell` is told of each as it ends. */
export async function runGrid(
  market: CanaryMarket,
  jobs: number,
  seed: string,
  onCell: (cell: CellCounts) => void,
): Promise<GridRun> {
  const cells: CellCounts[] = [];
  for (const terms of gridCells()) {
    const cell = await simulateCell(market, terms, jobs, seed);
    cells.push(cell);
    onCell(cell);
  }
  return { seed, jobs, cells };
}

/** A run as JSON keeps it. */
export function gridRunToJson({ cells, ...run }: GridRun): unknown {
  const rows = cells.map((cell) => ({ ...cell, price: String(cell.price), earned: String(cell.earned) }));
  return { ...run, cells: rows };
}
