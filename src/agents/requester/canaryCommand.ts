/** `job canaries`: reads a plan, and runs its keeper until it is stopped. */
import { readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { lockFolder } from "../../chain/stateFile";
import { WrongChain } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import type { JobLimits } from "../../workload/runner";
import { readJsonFile } from "../shared/config";
import { CommandFailure, EXIT } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { runLoop, stopSignal } from "../shared/loop";
import type { Reporter } from "../shared/report";
import type { Session } from "../shared/session";
import { requireInputs, type CanaryInput } from "./canaryInputs";
import { CanaryKeeper } from "./canaryKeeper";
import { canaryPlanSchema, type CanaryPlan } from "./canaryPlan";
import { readJobFile } from "./jobFile";
import type { Leave } from "./post";

/** Reads a plan file. Throws CommandFailure (usage). */
export function readCanaryPlan(path: string): CanaryPlan {
  const parsed = canaryPlanSchema.safeParse(readJsonFile(path, "plan"));
  if (!parsed.success) throw new CommandFailure(EXIT.usage, `${path} is no plan: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The job files that a plan names, those of folders in the order of their names. Throws CommandFailure (usage). */
export function readInputs(plan: Pick<CanaryPlan, "inputs">, path: string): CanaryInput[] {
  const files = plan.inputs.flatMap((name) => filesAt(resolve(dirname(path), name)));
  return files.map((file) => ({ path: file, job: readJobFile(file) }));
}

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith(".json"));
    return names.sort().map((name) => join(path, name));
  } catch (cause) {
    throw new CommandFailure(EXIT.usage, `cannot read ${path}`, {}, { cause });
  }
}

/** What the command works with. */
export interface CanaryCommand {
  readonly session: Session;
  readonly requester: string;
  readonly withAccount: <T>(work: (sender: TransactionSender) => Promise<T>) => Promise<T>;
  readonly leave: Leave;
  readonly limits: Partial<JobLimits>;
  readonly once: boolean;
  readonly reporter: Reporter;
  readonly onEnd: (cleanUp: () => void) => void;
}

/** Keeps canaries by the plan in a file until told to stop, or for one round. */
export async function keepCanaries(path: string, command: CanaryCommand): Promise<void> {
  const { session, reporter, once, onEnd, ...rest } = command;
  const plan = readCanaryPlan(path);
  const inputs = requireInputs(readInputs(plan, path));
  const service = inputs[0].job.service;
  onEnd(lockFolder(join(session.stateDir, `canaries-${service}`)));
  const signal = stopSignal();
  const keeper = await CanaryKeeper.open({ ...rest, session, reporter, plan, inputs, signal });
  // What an earlier run had sent is waited for before anything is decided.
  await command.withAccount(async () => undefined);
  const how = plan.rate === undefined ? `${plan.perDay} a day` : `a share of ${plan.rate}`;
  reporter.news("ready", `canaries for service ${service}: ${how}, over ${inputs.length} inputs`, {
    service,
    rate: plan.rate,
    perDay: plan.perDay,
    inputs: inputs.length,
    open: keeper.open,
  });
  if (once) return keeper.tick();
  await runLoop({
    pollMs: session.pollMs,
    signal,
    tick: () => keeper.tick(),
    onFailure: (error, failures) => {
      if (error instanceof WrongChain) return false;
      const reason = error instanceof Error ? error.message : String(error);
      reporter.news("roundFailed", `round failed (${failures} in a row): ${reason}`, { failures, reason });
      return isPassing(error);
    },
  });
}
