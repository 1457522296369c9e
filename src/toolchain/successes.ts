/**
 * How often each action of the invariant handlers did what its name says. forge leaves one file per handler, written by
 * test/invariant/base/InvariantBase.sol: `|Handler.0xselector=count|` for each action of each run.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./run";

/** Fewer successes than this in one invocation say nothing about an action. */
export const MIN_SUCCESSES = 100;

export const SUCCESS_FOLDER = join(ROOT, "forge-cache", "successes");

export type HandlerActions = { handler: string; /** Selector to function name. */ actions: Map<string, string> };

export type ActionSuccesses = { handler: string; action: string; successes: number };

/** Empties the folder that forge writes to. */
export function clearSuccesses(): void {
  rmSync(SUCCESS_FOLDER, { recursive: true, force: true });
  mkdirSync(SUCCESS_FOLDER, { recursive: true });
}

/** Adds up the counts of all lines; keys are `Handler.0xselector`. Writers may interleave, so `|` separates, not lines. */
export function sumSuccesses(texts: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const entry of texts.flatMap((text) => text.split(/[|\n]/)).filter((entry) => entry !== "")) {
    const match = /^(\w+\.0x[0-9a-f]{8})=(\d+)$/.exec(entry);
    if (match?.[1] === undefined) throw new Error(`unreadable count of successes: ${entry}`);
    sums.set(match[1], (sums.get(match[1]) ?? 0) + Number(match[2]));
  }
  return sums;
}

/** One row per action; actions that never succeeded are rows with zero. Throws on a count that belongs to no handler. */
export function actionSuccesses(handlers: readonly HandlerActions[], sums: Map<string, number>): ActionSuccesses[] {
  const left = new Map(sums);
  const rows = handlers.flatMap(({ handler, actions }) =>
    [...actions].map(([selector, action]) => {
      const key = `${handler}.${selector}`;
      const successes = left.get(key) ?? 0;
      left.delete(key);
      return { handler, action, successes };
    }),
  );
  if (left.size > 0) throw new Error(`no handler has the counted actions ${[...left.keys()].join(", ")}`);
  return rows;
}

/** Reads what forge wrote since `clearSuccesses`. */
export function readSuccesses(): Map<string, number> {
  return sumSuccesses(readdirSync(SUCCESS_FOLDER).map((file) => readFileSync(join(SUCCESS_FOLDER, file), "utf8")));
}

type ForgeArtifact = {
  abi: { type: string; name?: string; stateMutability?: string }[];
  bytecode: { object: string };
  methodIdentifiers: Record<string, string>;
  metadata?: { settings: { compilationTarget: Record<string, string> } };
};

/** The handlers that forge compiled: contracts of test/invariant with the functions of base/Handler.sol. */
export function findHandlers(out = join(ROOT, "forge-out")): HandlerActions[] {
  return readdirSync(out, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".json") && !file.startsWith("build-info"))
    .map((file) => JSON.parse(readFileSync(join(out, file), "utf8")) as ForgeArtifact)
    .flatMap((artifact) => handlerOf(artifact));
}

function handlerOf(artifact: ForgeArtifact): HandlerActions[] {
  const [source, handler] = Object.entries(artifact.metadata?.settings.compilationTarget ?? {})[0] ?? ["", ""];
  const selectors = Object.entries(artifact.methodIdentifiers ?? {});
  const isHandler = ["succeeded()", "successes(bytes4)"].every((signature) => selectors.some(([s]) => s === signature));
  if (!isHandler || artifact.bytecode.object === "0x" || !existsSync(join(ROOT, source))) return [];
  const changing = artifact.abi.filter((f) => f.type === "function" && !/^(view|pure)$/.test(f.stateMutability ?? ""));
  const names = new Set(changing.map((f) => f.name));
  const actions = selectors
    .map(([signature, selector]) => [`0x${selector}`, signature.split("(")[0] ?? ""] as const)
    .filter(([, name]) => names.has(name));
  return [{ handler, actions: new Map(actions) }];
}
