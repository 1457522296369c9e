/** Child processes of the tools: run a command, show what it says, keep what it said. */
import { spawn } from "node:child_process";
import { join } from "node:path";

/** The repository's top folder. */
export const ROOT = join(__dirname, "..", "..");

export type RunOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Do not show the output while the command runs. */
  quiet?: boolean;
  /** Kill the whole process group after this many milliseconds; `timedOut` tells. */
  timeoutMs?: number;
};

/** `output` is both streams as they came, `stdout` the first alone. */
export type RunResult = { code: number; output: string; stdout: string; timedOut: boolean };

/** Runs a command to its end. `code` is its exit code (128 when a signal ended it); a missing command rejects. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { cwd = ROOT, env = process.env, quiet = false, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    let stdout = "";
    let timedOut = false;
    const keep = (sink: NodeJS.WriteStream) => (text: string) => {
      output += text;
      if (!quiet) sink.write(text);
    };
    child.stdout.setEncoding("utf8").on("data", keep(process.stdout));
    child.stdout.on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", keep(process.stderr));
    const endGroup = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    };
    const interrupted = () => {
      endGroup();
      process.exit(130);
    };
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup();
          }, timeoutMs);
    process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
      finish();
    };
    child.on("error", (error) => settle(() => reject(error)));
    child.on("close", (code) => settle(() => resolve({ code: code ?? 128, output, stdout, timedOut })));
  });
}

/** Runs one of the commands that npm installed here, e.g. `hardhat`, without npx. */
export function runBin(name: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(join(ROOT, "node_modules", ".bin", name), args, options);
}

/** Ends the script with the error's message instead of a stack, and exit code 1. */
export function failWith(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
