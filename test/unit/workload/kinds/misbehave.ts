import { digestOf } from "../../../../src/store";
import type { ResultFiles } from "../../../../src/workload";
import type { PreparedJob, RunOptions, WorkEvent, WorkloadKind } from "../../../../src/workload";

/** What a job of this kind does to the process that runs it; chosen by the input's parameters. */
type Deed = (options: RunOptions) => Promise<ResultFiles>;

const megabytes = (count: number): Buffer => Buffer.alloc(count * 1024 * 1024, 1);
const forever = async (breathe: () => Promise<void>): Promise<never> => {
  for (;;) await breathe();
};
/** Speaks to the parent behind the back of the machinery. */
const say = (message: unknown): Promise<void> =>
  new Promise((sent) => process.send?.(message, undefined, undefined, () => sent()));

const deeds: Readonly<Record<string, Deed>> = {
  "loop without yielding": async () => {
    for (;;);
  },
  "loop politely": async ({ breathe }) => forever(breathe),
  "fill the heap": async () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => ({ index })));
  },
  "fill buffers": async ({ breathe }) => {
    const kept: Buffer[] = [];
    for (;;) {
      kept.push(megabytes(8));
      await breathe();
    }
  },
  "fill buffers at once": async () => {
    const kept: Buffer[] = [];
    for (;;) kept.push(megabytes(1024));
  },
  throw: async () => {
    throw new TypeError("the kind has a defect");
  },
  "reject elsewhere": async ({ breathe }) => {
    void Promise.reject(new Error("nobody awaited this"));
    return forever(breathe);
  },
  exit: async () => process.exit(3),
  "kill itself": async ({ breathe }) => {
    process.kill(process.pid, "SIGKILL");
    return forever(breathe);
  },
  "talk nonsense": async ({ breathe }) => {
    await say({ type: "payment", amount: 1_000_000 });
    return forever(breathe);
  },
  "claim a checkpoint": async ({ breathe }) => {
    await say({ type: "checkpoint", step: 1, digest: digestOf(Buffer.from("never written")) });
    return forever(breathe);
  },
  "claim a result": async ({ breathe }) => {
    const usage = { cpuMicros: 1, residentBytes: 1 };
    await say({ type: "delivered", resultDigest: digestOf(Buffer.from("never written")), resumedFrom: 0, usage });
    return forever(breathe);
  },
  "write a lot": async () => ({ note: megabytes(3) }),
  "list the environment": async () => ({ note: Buffer.from(JSON.stringify(process.env)) }),
  behave: async () => ({ note: Buffer.from("done") }),
};

async function* run(deed: string, options: RunOptions): AsyncGenerator<WorkEvent, ResultFiles, void> {
  // The only way out of here for the process id that the tests watch.
  yield { type: "progress", done: process.pid, total: process.pid };
  await new Promise((next) => setTimeout(next, 20));
  return (deeds[deed] ?? (deeds["throw"] as Deed))(options);
}

/** A kind that mistreats its process, to test the runner. */
export const kind: WorkloadKind = {
  id: "misbehave",
  outputs: ["note"],
  describe: () => ({ datasets: [], units: 1 }),
  validateInput: async ({ input }): Promise<PreparedJob> => {
    const { deed } = (input.body as { parameters: { deed: string } }).parameters;
    return { run: (options) => run(deed, options), stepOf: () => 1, verify: async () => ({ problems: [] }) };
  },
};
