/** docs/canaries.md, written from a run of the grid and from the closed form. */
import {
  breakEvenRate,
  breakEvenShare,
  DEFAULT_CANARY_RATE,
  DEFAULT_LOCK_FACTOR,
  expectedProfit,
  safeRate,
  standardError,
} from "./canaryModel";
import type { GridRun } from "./canaryGrid";
import { compareCell, measuredLoss, type CellCounts } from "./canarySimulation";
import { aligned } from "./table";

/** What cheating is taken to save in the measured table: everything, the worst case for the network. */
const SAVED_SHARE = 1;

const SHARES = [0.25, 0.5, 0.75, 1];
const LOCK_FACTORS = [1, DEFAULT_LOCK_FACTOR, 10, 20, 50];

const LETTERS = [
  ["letter", "what"],
  ["L", `\`lockFactor\`: the stake that a job locks, in prices; ${DEFAULT_LOCK_FACTOR} as deployed`],
  ["p", "canary rate: share of all jobs that are canaries"],
  ["q", "cheating rate: share of its jobs in which the operator cheats"],
  ["s", "saved share: what a cheated job saves, 1 where cheating costs nothing"],
];

/** The break-even canary rates by L and saved share. */
export function breakEvenCells(): string[][] {
  const head = ["L", ...SHARES.map((share) => `s = ${share}`), "rate at which nothing pays"];
  const rows = LOCK_FACTORS.map((lockFactor) => [
    String(lockFactor),
    ...SHARES.map((savedShare) => inPercent(breakEvenRate({ lockFactor, savedShare }))),
    inPercent(safeRate(lockFactor), 0),
  ]);
  return [head, ...rows];
}

/** The cells of a run, measured and expected. */
export function measuredCells({ cells }: Pick<GridRun, "cells">): string[][] {
  const head = ["L", "p", "q", "jobs", "canaries", "cheated", "convicted", "loss each"];
  return [[...head, "profit a job", "closed form", "± 1 s.e.", "off by", "s*"], ...cells.map(measuredRow)];
}

function measuredRow(cell: CellCounts): string[] {
  const { measured, expected, standardError, deviation } = compareCell(cell, SAVED_SHARE);
  const loss = measuredLoss(cell);
  return [
    String(cell.lockFactor),
    inPercent(cell.canaryRate, 0),
    inPercent(cell.cheatingRate, 0),
    ...[cell.jobs, cell.canaries, cell.cheated, cell.convicted].map(String),
    loss === undefined ? "none" : loss.toFixed(2),
    signed(measured),
    signed(expected),
    standardError.toFixed(3),
    `${signed(deviation, 1)} s.e.`,
    breakEvenShare(cell).toFixed(2),
  ];
}

/** Profit of a cheated job by L and canary rate, over all cheating rates: the sign does not depend on these. */
export function pooledCells({ cells }: Pick<GridRun, "cells">): string[][] {
  const head = ["L", "p", "cheated", "convicted", "profit a cheated job", "closed form", "± 1 s.e."];
  const groups = new Map<string, CellCounts[]>();
  for (const cell of cells) {
    const key = `${cell.lockFactor} ${cell.canaryRate}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [head, ...[...groups.values()].map(pooledRow)];
}

function pooledRow(group: readonly CellCounts[]): string[] {
  const [{ lockFactor = 0, canaryRate = 0 } = {}] = group;
  const sum = (field: (cell: CellCounts) => number): number => group.reduce((total, cell) => total + field(cell), 0);
  const cheated = sum((cell) => cell.cheated);
  const profit = sum((cell) => compareCell(cell, SAVED_SHARE).measured * cell.jobs) / cheated;
  const always = { lockFactor, canaryRate, cheatingRate: 1, savedShare: SAVED_SHARE };
  return [
    String(lockFactor),
    inPercent(canaryRate, 0),
    String(cheated),
    String(sum((cell) => cell.convicted)),
    signed(profit, 2),
    signed(expectedProfit(always), 2),
    standardError(always, cheated).toFixed(2),
  ];
}

function inPercent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

function signed(value: number, digits = 3): string {
  // A figure that rounds to nothing has no sign.
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text;
}

/** The page. */
export function canaryPage(run: GridRun): string {
  const always = { lockFactor: DEFAULT_LOCK_FACTOR, canaryRate: DEFAULT_CANARY_RATE, cheatingRate: 1, savedShare: 1 };
  const largest = run.cells.reduce(
    (most, cell) => Math.max(most, Math.abs(compareCell(cell, SAVED_SHARE).deviation)),
    0,
  );
  const total = run.cells.reduce((sum, { jobs }) => sum + jobs, 0);
  return `# Canaries: what cheating is worth

Written by \`npm run canaries -- --docs\`; the figures of the run are in \`canaries.json\`, and a test fails when either is stale.
How to run a planner: [operating](operating.md). Code: \`src/economy/canaryModel.ts\`, \`canarySimulation.ts\`.

A canary is an ordinary-looking job whose right result its requester knows, sealed in the job's note. An operator that cheats
cannot tell which jobs are canaries. All sums here are in parts of a job's compute price.

${aligned(LETTERS, true)}

## Closed form

A cheated job saves s, canary or not. With probability p it was a canary; then its pay (1) is refunded to the requester and its
lock (L) is slashed. None of that comes back: the finder's tenth goes to who accused, the rest to the treasury. So per job

    profit over honest work = q · (s − p · (1 + L))          break-even: p* = s / (1 + L),  s* = p · (1 + L)

The sign does not depend on q: whoever gains by cheating gains most by cheating always, and where p > p* one cheated job already
loses. This is conservative: not counted are the 25 points of score, the 180 days for which owner and GPU are barred, the fee of
registering again, and rewards. It takes for granted that every wrong canary is opened in its window; where only a share o is,
o · p stands in for p.

Break-even rates p*, and the least whole percent above the one of s = 1:

${aligned(breakEvenCells(), true)}

## Measured

${run.cells.length} cells of ${run.jobs} jobs, ${total} in all, on the contracts (Hardhat's chain): posted, drawn, delivered, and accepted, or accused and
convicted after the time to contest. The profit is what the operators' vault accounts and stakes gained, less the price of every
job, plus s for each cheated one, with s = 1. "Loss each" is what a convicted canary cost by the same accounts; s* is where the
cell's cheat would break even. Seed: "${run.seed}". The largest distance from the closed form is ${largest.toFixed(1)} standard errors.

${aligned(measuredCells(run), true)}

Wherever a canary was convicted, it cost exactly 1 + L, so that the measured break-even is the closed form's: s divided by that loss.
A single cell near it shows either sign by chance. Over all cheating rates, per cheated job:

${aligned(pooledCells(run), true)}

A convicted operator is barred; here it comes back at once under another name, with a new stake, which again favours the cheat.

## What follows

- With L = ${DEFAULT_LOCK_FACTOR} cheating that costs nothing (s = 1) loses from p = ${inPercent(DEFAULT_CANARY_RATE, 0)} on: ${signed(expectedProfit(always))} a job. That is the planner's default rate.
- At p = 5% and L = ${DEFAULT_LOCK_FACTOR} only cheats that save less than ${inPercent(breakEvenShare({ lockFactor: DEFAULT_LOCK_FACTOR, canaryRate: 0.05 }), 0)} of the price lose, while nothing but money is counted. A rate of 5% for every
  cheat takes L = 20 (break-even ${inPercent(breakEvenRate({ lockFactor: 20, savedShare: 1 }))}), which binds four times the stake.
- A canary is paid like any job, and its result is known before: its price is what the deterrent costs. Who catches a cheat gets
  the price back, the draw fee out of the lock, and the finder's tenth of the lock.
- The margin at the default is thin, in money alone. What widens it is not counted: a first conviction also ends 180 days of
  honest earnings. Whoever wants more raises \`rate\`; governance can raise L.
- L = 1 is too little for any use: ${inPercent(safeRate(1), 0)} of all jobs would have to be canaries.
`;
}
