/**
 * The coverage floor: every metric of every contract at 100%, less the exceptions that are written down with a reason; what
 * several runs over the same contracts reached together; and the record of what runs have reached.
 */
import { createHash } from "node:crypto";
import { z } from "zod";

export const METRICS = ["lines", "statements", "functions", "branches"] as const;

const metricSchema = z.object({ total: z.number(), covered: z.number(), pct: z.number() });

/** istanbul's coverage-summary.json: metrics by path relative to the repository, and `total`; percentages from 0 to 100. */
export const summarySchema = z.record(
  z.string(),
  z.object({ lines: metricSchema, statements: metricSchema, functions: metricSchema, branches: metricSchema }),
);
export type Summary = z.infer<typeof summarySchema>;

/** docs/coverage-exceptions.json: file to metric to the lowest percentage allowed and why. */
export const exceptionsSchema = z.record(
  z.string().startsWith("contracts/"),
  z.partialRecord(z.enum(METRICS), z.strictObject({ floor: z.number().min(0).lt(100), why: z.string().min(20) })),
);
export type Exceptions = z.infer<typeof exceptionsSchema>;

/**
 * What is wrong with a coverage run; empty when nothing is.
 * @param contracts every contract file that must be in it
 */
export function coverageFindings(summary: Summary, contracts: readonly string[], exceptions: Exceptions): string[] {
  const missing = contracts.filter((file) => summary[file] === undefined).map((file) => `${file}: not in the report`);
  const low = contracts.flatMap((file) =>
    METRICS.flatMap((metric) => {
      const measured = summary[file]?.[metric];
      const floor = exceptions[file]?.[metric]?.floor ?? 100;
      if (measured === undefined || measured.pct >= floor) return [];
      return [`${file}: ${metric} ${measured.pct}% (${measured.covered} of ${measured.total}), floor ${floor}%`];
    }),
  );
  const stale = Object.entries(exceptions).flatMap(([file, metrics]) =>
    METRICS.filter((metric) => metrics[metric] !== undefined && (summary[file]?.[metric].pct ?? 100) === 100).map(
      (metric) => `${file}: the exception for ${metric} is not needed`,
    ),
  );
  return [...missing, ...low, ...stale];
}

const hitsSchema = z.record(z.string(), z.number());

/** coverage.json of solidity-coverage: by path relative to the repository, how often each line, statement, function and way was reached. */
export const hitMapSchema = z.record(
  z.string(),
  z.looseObject({
    path: z.string(),
    l: hitsSchema,
    s: hitsSchema,
    f: hitsSchema,
    b: z.record(z.string(), z.array(z.number())),
  }),
);
export type HitMap = z.infer<typeof hitMapSchema>;
type FileHits = HitMap[string];

/**
 * Adds up runs over the same contracts. istanbul's own sum forgets which lines solidity-coverage counts.
 * @param pathOf where a file's source is, for the report
 */
export function addHits(maps: readonly HitMap[], pathOf: (file: string) => string): HitMap {
  const entries = Object.entries(maps[0] ?? {}).map(([file, first]) => {
    const total = (hitsOf: (run: FileHits) => number | undefined) =>
      maps.reduce((sum, map) => sum + known(map[file] && hitsOf(map[file])), 0);
    const totals = (kind: "l" | "s" | "f") => mapValues(first[kind], (_, id) => total((run) => run[kind][id]));
    const b = mapValues(first.b, (ways, id) => ways.map((_, way) => total((run) => run.b[id]?.[way])));
    return [file, { ...first, path: pathOf(file), l: totals("l"), s: totals("s"), f: totals("f"), b }] as const;
  });
  return Object.fromEntries(entries);
}

function known(hits: number | undefined): number {
  if (hits === undefined) throw new Error("coverage: the runs were not of the same contracts");
  return hits;
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}

/**
 * Folders of contracts/ that the tests of one folder reach completely, and these tests. The libraries are missing: they are
 * reached by everybody's, and only a whole run says that all of them are.
 */
export const PARTS = {
  assets: "test/unit/assets/**/*.test.ts",
  emission: "test/unit/emission/**/*.test.ts",
  governance: "test/unit/governance/**/*.test.ts",
  market: "test/{scenario/market/{fallback,reentry},unit/market/**/*}.test.ts",
  randomness: "test/unit/randomness/**/*.test.ts",
  registry: "test/unit/registry/**/*.test.ts",
  review: "test/unit/review/**/*.test.ts",
  sale: "test/unit/sale/**/*.test.ts",
  token: "test/unit/token/**/*.test.ts",
  vault: "test/unit/vault/**/*.test.ts",
  vesting: "test/unit/vesting/**/*.test.ts",
} as const;
export type Part = keyof typeof PARTS;

const isPart = (name: string): name is Part => Object.hasOwn(PARTS, name);

/** Parts of these names. Throws on one that is none. */
export function partsOf(names: readonly string[]): Part[] {
  return names.map((name) => {
    if (!isPart(name))
      throw new Error(`coverage: no part is called ${name}; there are ${Object.keys(PARTS).join(", ")}`);
    return name;
  });
}

/** Parts that take ten minutes with counters in them; the others take two. */
const LONG: readonly Part[] = ["market", "registry"];

/** A sample of `size` parts that depends on nothing but the seed; the long ones are left to whole runs. */
export function sampleParts(size: number, seed: string): Part[] {
  const rank = (part: string) => createHash("sha256").update(`${seed}:${part}`).digest("hex");
  const short = partsOf(Object.keys(PARTS)).filter((part) => !LONG.includes(part));
  return short.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, size);
}

const entrySchema = z.strictObject({
  source: z.string().regex(/^[0-9a-f]{64}$/),
  lines: metricSchema,
  statements: metricSchema,
  functions: metricSchema,
  branches: metricSchema,
});

/**
 * docs/coverage.json: by contract file, the hash of the source that a run reached to its floor, and what it reached. Tests that
 * another run adds can only reach more, so that each run may renew the entries of the files that it finds at their floor.
 */
export const recordSchema = z.record(z.string().startsWith("contracts/"), entrySchema);
export type CoverageRecord = z.infer<typeof recordSchema>;

/** Source by contract file, relative to the repository. */
export type Sources = Readonly<Record<string, string>>;

/** sha-256 of a source, hex. */
export function hashOf(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}

/** The record after a run: entries of the files that it found at their floor are new, those of files that are gone are left out. */
export function renewRecord(
  record: CoverageRecord,
  summary: Summary,
  sources: Sources,
  exceptions: Exceptions,
): CoverageRecord {
  const entries = Object.entries(sources).flatMap(([file, source]) => {
    const measured = summary[file];
    if (measured === undefined || isLow(file, measured, exceptions)) {
      const known = record[file];
      return known === undefined ? [] : [[file, known] as const];
    }
    const { lines, statements, functions, branches } = measured;
    return [[file, { source: hashOf(source), lines, statements, functions, branches }] as const];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is wrong with the record: nothing, or the files that it has not in their present state, or that are gone. */
export function recordFindings(record: CoverageRecord, sources: Sources): string[] {
  const stale = Object.entries(sources)
    .filter(([file, source]) => record[file]?.source !== hashOf(source))
    .map(([file]) => `${file}: docs/coverage.json is not of its present state: npm run coverage measures it`);
  const gone = Object.keys(record)
    .filter((file) => sources[file] === undefined)
    .map((file) => `${file}: in docs/coverage.json, but not there any more`);
  return [...stale, ...gone];
}

function isLow(file: string, measured: Summary[string], exceptions: Exceptions): boolean {
  return METRICS.some((metric) => measured[metric].pct < (exceptions[file]?.[metric]?.floor ?? 100));
}
