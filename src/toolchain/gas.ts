/**
 * The gas report: measuring functions are registered by row id and return the transactions to count; the harness adds up
 * gas and calldata, estimates Polygon's price from a trace, and compares with the committed report.
 */
import { getBytes, type Provider } from "ethers";
import { z } from "zod";
import { GAS_ROWS, type GasRow } from "./gas-rows";

/** A call inside the transactions, from the caller's side: the cost of the CALL with all that happened in it. */
export type InnerCall = {
  to: string;
  /** Four bytes, 0x-prefixed. */
  selector: string;
  /** Which of the matching calls of each transaction, from 0; all of them added up when left out. */
  nth?: number;
};

export type Measurement = {
  /** Hashes of the mined transactions that make up the row. */
  transactions: readonly string[];
  /** Divides the sum, for "each" rows; 1 when left out. */
  per?: number;
  /** Counts only this call instead of the whole transactions; no calldata is counted then. */
  inner?: InnerCall;
  /** What the row leaves out, what a miss of the target is spent on. */
  note?: string;
};

export type Measure = () => Promise<Measurement>;

/** Where the gas of a row went; the parts add up to it. */
export const spendingSchema = z.strictObject({
  /** 21,000 a transaction. */
  base: z.int(),
  calldata: z.int(),
  storageReads: z.int(),
  storageWrites: z.int(),
  logs: z.int(),
  /** First touch of each contract in a transaction. */
  accounts: z.int(),
  /** Computation, memory and the calls themselves, less refunds. */
  rest: z.int(),
});
export type Spending = z.infer<typeof spendingSchema>;

export const reportSchema = z.array(
  z.strictObject({
    id: z.string(),
    gas: z.int(),
    calldataBytes: z.int(),
    floor: z.int().nullable(),
    target: z.int().nullable(),
    peer: z.int().nullable(),
    note: z.string(),
    /** Gas on Polygon's schedule, estimated. */
    polygon: z.int(),
    spent: spendingSchema,
  }),
);
export type Report = z.infer<typeof reportSchema>;
export type ReportRow = Report[number];

/** Polygon since PIP-88: what a cold storage read and a cold storage write cost more than on Ethereum. */
const POLYGON_COLD_READ = 5_460 - 2_100;
const POLYGON_COLD_WRITE = 2_940;

const ETHEREUM_COLD_READ = 2_100;
/** Costs of SSTORE that include EIP-2929's surcharge of 2,100: no change, reset, set. */
const ETHEREUM_COLD_WRITES: readonly number[] = [2_200, 5_000, 22_100];

const measures = new Map<string, Measure>();

/** Registers the measuring function of a row of GAS.md; each runs once, in the order of the report. */
export function register(id: string, measure: Measure): void {
  if (!GAS_ROWS.some((row) => row.id === id)) throw new Error(`gas: no row is called ${id}`);
  if (measures.has(id)) throw new Error(`gas: ${id} is registered twice`);
  measures.set(id, measure);
}

/** Runs every registered function against the chain behind `provider`, which must answer debug_traceTransaction. */
export async function measureAll(provider: TracingProvider): Promise<Report> {
  const report: Report = [];
  for (const row of GAS_ROWS) {
    const measure = measures.get(row.id);
    if (measure !== undefined) report.push(await toRow(row, await measure(), provider));
  }
  return report;
}

/** What the harness needs of a provider. */
export type TracingProvider = Pick<Provider, "getTransaction" | "getTransactionReceipt"> & {
  send(method: string, params: unknown[]): Promise<unknown>;
};

async function toRow(row: GasRow, measurement: Measurement, provider: TracingProvider): Promise<ReportRow> {
  const { transactions, per = 1, inner, note = "" } = measurement;
  if (transactions.length === 0) throw new Error(`gas: ${row.id} measured no transaction`);
  let gas = 0;
  let bytes = 0;
  let surcharge = 0;
  const spent: Spending = { base: 0, calldata: 0, storageReads: 0, storageWrites: 0, logs: 0, accounts: 0, rest: 0 };
  for (const hash of transactions) {
    const [transaction, receipt] = [await provider.getTransaction(hash), await provider.getTransactionReceipt(hash)];
    if (transaction === null || receipt === null) throw new Error(`gas: ${row.id}: ${hash} is not mined`);
    if (receipt.status !== 1) throw new Error(`gas: ${row.id}: ${hash} was reverted`);
    const trace = await traceOf(provider, hash, inner !== undefined);
    const frames = inner === undefined ? [trace] : innerFrames(trace, inner);
    gas += inner === undefined ? Number(receipt.gasUsed) : sum(frames.map((frame) => frame.gas));
    bytes += inner === undefined ? getBytes(transaction.data).length : 0;
    surcharge += sum(frames.map((frame) => polygonSurcharge(frame.steps)));
    if (inner === undefined) {
      spent.base += TRANSACTION_BASE;
      spent.calldata += calldataGas(getBytes(transaction.data));
    }
    for (const frame of frames) count(spent, frame.steps, inner === undefined ? transaction.to : null);
  }
  if (gas === 0) throw new Error(`gas: ${row.id}: no call of ${inner?.selector} to ${inner?.to} was found`);
  const { id, floor, target, peer } = row;
  const each = (total: number) => Math.round(total / per);
  for (const part of SPENDING_PARTS) spent[part] = each(spent[part]);
  spent.rest = each(gas) - sum(SPENDING_PARTS.map((part) => spent[part]));
  const polygon = each(gas + surcharge);
  return { id, gas: each(gas), calldataBytes: each(bytes), floor, target, peer, note, polygon, spent };
}

const TRANSACTION_BASE = 21_000;
const COLD_ACCOUNT = 2_600;
const SPENDING_PARTS = ["base", "calldata", "storageReads", "storageWrites", "logs", "accounts"] as const;

function calldataGas(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + (byte === 0 ? 4 : 16), 0);
}

/** Adds what these steps spent; `warm` is the address that the transaction itself warmed. */
export function count(spent: Spending, steps: readonly Step[], warm: string | null): void {
  const touched = new Set(warm === null ? [] : [BigInt(warm)]);
  for (const { op, gasCost, stack } of steps) {
    if (op === "SLOAD") spent.storageReads += gasCost;
    else if (op === "SSTORE") spent.storageWrites += gasCost;
    else if (op.startsWith("LOG")) spent.logs += gasCost;
    const position = ADDRESS_POSITION[op];
    if (position === undefined) continue;
    const address = BigInt(`0x${(stack ?? []).at(-1 - position)?.replace(/^0x/, "") ?? 0}`);
    // Precompiled contracts are always warm.
    if (address > 0xffn && !touched.has(address)) spent.accounts += COLD_ACCOUNT;
    touched.add(address);
  }
}

/** Where an operation that touches an account has its address, counted from the top of the stack. */
const ADDRESS_POSITION: Partial<Record<string, number>> = {
  CALL: 1,
  STATICCALL: 1,
  DELEGATECALL: 1,
  EXTCODESIZE: 0,
  EXTCODEHASH: 0,
  BALANCE: 0,
};

const stepSchema = z.object({
  op: z.string(),
  depth: z.number(),
  gas: z.number(),
  gasCost: z.number(),
  stack: z.array(z.string()).nullish(),
  memory: z.array(z.string()).nullish(),
});
export type Step = z.infer<typeof stepSchema>;
/** Steps of a call, and its gas from the caller's side (0 for a whole transaction, whose receipt says it). */
type Frame = { gas: number; steps: Step[] };

async function traceOf(provider: TracingProvider, hash: string, withMemory: boolean): Promise<Frame> {
  const options = { disableStorage: true, disableMemory: !withMemory };
  const trace = await provider.send("debug_traceTransaction", [hash, options]);
  return { gas: 0, steps: z.object({ structLogs: z.array(stepSchema) }).parse(trace).structLogs };
}

/** What the cold storage accesses of these steps cost more on Polygon. */
export function polygonSurcharge(steps: readonly Step[]): number {
  const reads = steps.filter((step) => step.op === "SLOAD" && step.gasCost === ETHEREUM_COLD_READ);
  const writes = steps.filter((step) => step.op === "SSTORE" && ETHEREUM_COLD_WRITES.includes(step.gasCost));
  return reads.length * POLYGON_COLD_READ + writes.length * POLYGON_COLD_WRITE;
}

/** The matching calls in a trace with stack and memory. */
export function innerFrames({ steps }: Pick<Frame, "steps">, inner: InnerCall): Frame[] {
  const frames = steps.flatMap((step, index) => {
    if (!isCallTo(step, inner)) return [];
    const end = steps.findIndex((later, at) => at > index && later.depth <= step.depth);
    const after = steps[end];
    return after === undefined ? [] : [{ gas: step.gas - after.gas, steps: steps.slice(index, end) }];
  });
  return inner.nth === undefined ? frames : frames.slice(inner.nth, inner.nth + 1);
}

/** Where the offset of the call's input is, counted from the top of the stack. */
const INPUT_OFFSET: Partial<Record<string, number>> = { CALL: 3, STATICCALL: 2, DELEGATECALL: 2 };

function isCallTo({ op, stack, memory }: Step, { to, selector }: InnerCall): boolean {
  const position = INPUT_OFFSET[op];
  if (position === undefined) return false;
  const top = (index: number) => BigInt(`0x${(stack ?? []).at(-1 - index)?.replace(/^0x/, "") ?? 0}`);
  if (top(1) !== BigInt(to)) return false;
  const offset = 2 * Number(top(position));
  const bytes = (memory ?? []).map((word) => word.replace(/^0x/, "").padStart(64, "0")).join("");
  return `0x${bytes.slice(offset, offset + 8)}` === selector.toLowerCase();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Row ids that a commit message excuses: its lines `gas: <id> <reason>`. */
export function excusedRows(commitMessage: string): Set<string> {
  return new Set([...commitMessage.matchAll(/^gas: (\w+) \S.*$/gm)].map((match) => match[1] ?? ""));
}

/** A rise of more than this share of the older figure has to be explained. */
const TOLERANCE = 0.01;

/** What is wrong with a newer report next to an older one; empty when nothing is. */
export function gasFindings(older: Report, newer: Report, excused: ReadonlySet<string>): string[] {
  const gone = older
    .filter(({ id }) => !newer.some((row) => row.id === id))
    .map(({ id }) => `${id}: not measured any more`);
  const risen = newer.flatMap(({ id, gas }) => {
    const before = older.find((row) => row.id === id)?.gas;
    if (before === undefined || gas <= before * (1 + TOLERANCE) || excused.has(id)) return [];
    return [`${id}: ${gas} gas, was ${before}; say why in a line "gas: ${id} <reason>" of the commit message`];
  });
  return [...gone, ...risen];
}

/** Rows over their target without a note that says why. */
export function unexplainedMisses(report: Report): string[] {
  return report
    .filter(({ gas, target, note }) => target !== null && gas > target && note === "")
    .map(({ id, gas, target }) => `${id}: ${gas} gas is over the target of ${target} and no note says why`);
}

/** The report as a Markdown table. */
export function toMarkdown(report: Report): string {
  const number = (value: number | null) => (value === null ? "" : value.toLocaleString("en-US"));
  const rows = report.map((row) => {
    const known = GAS_ROWS.find(({ id }) => id === row.id);
    const verdict =
      row.target === null ? "" : row.gas <= row.target ? "met" : `over by ${number(row.gas - row.target)}`;
    const peer = [number(row.peer), known?.peerName ?? ""].filter((part) => part !== "").join(" ");
    const cells = [
      known?.operation ?? "",
      `\`${row.id}\``,
      number(row.gas),
      number(row.target),
      verdict,
      number(row.floor),
    ];
    return [...cells, peer, number(row.calldataBytes), number(row.polygon), row.note].join(" | ");
  });
  const heads = [
    "operation",
    "id",
    "gas",
    "target",
    "",
    "floor",
    "best peer",
    "calldata bytes",
    "Polygon estimate",
    "note",
  ];
  return [
    "# Gas",
    "",
    "Written by `npm run gas`. Whole transactions on the Ethereum schedule, 21,000 base, calldata and refunds in. The Polygon",
    "estimate adds 3,360 for each cold storage read and 2,940 for each cold storage write (PIP-88).",
    "",
    `| ${heads.join(" | ")} |`,
    `|${heads.map((_, index) => ([2, 3, 5, 7, 8].includes(index) ? " ---: " : " --- ")).join("|")}|`,
    ...rows.map((row) => `| ${row} |`),
    "",
    "Where it goes:",
    "",
    "| id | base | calldata | storage reads | storage writes | logs | first touch of contracts | computing |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...report.map(({ id, spent }) => {
      const parts = [...SPENDING_PARTS.map((part) => spent[part]), spent.rest];
      return `| \`${id}\` | ${parts.map(number).join(" | ")} |`;
    }),
    "",
  ].join("\n");
}
