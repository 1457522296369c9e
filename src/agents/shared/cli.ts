import { createInterface } from "node:readline/promises";
import { CommanderError, type Command } from "commander";
import type { Refusal } from "../../protocol/revert";
import type { CommonFlags } from "./config";
import { CommandFailure, EXIT, EXIT_HELP } from "./exit";
import { endingOf } from "./failures";
import { createReporter, printable, toJson, type Reporter } from "./report";

/** Flags of every command, as commander hands them over. */
export interface CliFlags extends CommonFlags {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/** Adds the flags that every command has. */
export function withCommonFlags(command: Command): Command {
  return command
    .option("--config <file>", "JSON configuration")
    .option("--chain <id>", "chain id")
    .option("--rpc <urls>", "endpoints, comma separated")
    .option("--manifest <file>", "addresses of the deployment")
    .option("--store <where>", "content store: directory:<path> or the URL of an IPFS node's RPC")
    .option("--state <folder>", "folder for this agent's state")
    .option("--json", "machine-readable output")
    .option("--verbose", "more news on standard error")
    .addHelpText("after", EXIT_HELP);
}

/** What an action works with besides its arguments. */
export interface ActionContext {
  readonly reporter: Reporter;
  /** Set by the action once it can decode refusals. */
  explain: (error: unknown) => Refusal | undefined;
  /** Runs when the action is over, whatever came of it; last registered first. */
  onEnd(cleanUp: () => void | Promise<void>): void;
}

/**
 * Runs an action and turns whatever comes of it into output and an exit code: one sentence on standard error, or with
 * --json one object `{ok: false, exitCode, sentence, ...}` on standard output.
 */
export async function runAction(
  flags: CliFlags,
  streaming: boolean,
  action: (context: ActionContext) => Promise<void>,
): Promise<void> {
  const reporter = createReporter({ json: flags.json === true, verbose: flags.verbose, streaming });
  const cleanUps: (() => void | Promise<void>)[] = [];
  const context: ActionContext = { reporter, explain: () => undefined, onEnd: (work) => cleanUps.unshift(work) };
  try {
    await action(context);
    process.exitCode ??= EXIT.ok;
  } catch (error) {
    const { exitCode, sentence, details } = endingOf(error, context.explain);
    if (flags.json === true) process.stdout.write(`${toJson({ ...details, ok: false, exitCode, sentence })}\n`);
    else process.stderr.write(`${printable(sentence)}\n`);
    if (flags.verbose === true && error instanceof Error) process.stderr.write(`${printable(String(error.stack))}\n`);
    process.exitCode = exitCode;
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

/**
 * Parses and runs a program. Mistakes on the command line end with code 2, as documented, and with --json in an object like
 * any other failure.
 */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  const isJson = argv.includes("--json");
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    if (isJson) command.configureOutput({ writeErr: () => undefined });
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    process.exitCode = EXIT.usage;
    const sentence = error.message.replace(/^error: /, "");
    if (isJson) process.stdout.write(`${toJson({ ok: false, exitCode: EXIT.usage, sentence })}\n`);
  }
}

/**
 * Asks the person at the keyboard.
 * @throws CommandFailure (declined) for a no, and where nobody can be asked.
 */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandFailure(EXIT.declined, "nothing was sent: add --yes to go ahead without being asked");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${printable(question)} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailure(EXIT.declined, "nothing was sent");
  } finally {
    terminal.close();
  }
}
