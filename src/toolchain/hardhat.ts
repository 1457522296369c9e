/** Hardhat hooks: the compiler of npm, and warnings of our own contracts as errors. Imported by hardhat.config.ts. */
import {
  TASK_COMPILE_SOLIDITY_CHECK_ERRORS,
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
} from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import type { HardhatRuntimeEnvironment, SolcBuild } from "hardhat/types";
import compiler from "../../compiler.json";
import { strictDiagnostics, type CompilerOutput } from "./diagnostics";

// The compiler comes from npm, so that a machine without access to solc's download host builds the same bytes.
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, async (args: { solcVersion: string }): Promise<SolcBuild> => {
  const { version } = require("solc/package.json") as { version: string };
  if (args.solcVersion !== version) throw new Error(`solc ${args.solcVersion} was asked for, npm installed ${version}`);
  const compilerPath = require.resolve("./solc.cjs");
  return { version, longVersion: compiler.longVersion, compilerPath, isSolcJs: false };
});

type CheckArguments = { output: CompilerOutput; quiet: boolean };

subtask(
  TASK_COMPILE_SOLIDITY_CHECK_ERRORS,
  async ({ output, quiet }: CheckArguments, hre: HardhatRuntimeEnvironment, runSuper) => {
    // Code that coverage or a planted fault changed may hold unused variables; it is never deployed.
    const lenient = "__SOLIDITY_COVERAGE_RUNNING" in hre || process.env["SOLIDITY_WARNINGS"] === "allow";
    const checked = lenient ? output : { ...output, errors: strictDiagnostics(output.errors ?? []) };
    return runSuper({ output: checked, quiet });
  },
);
