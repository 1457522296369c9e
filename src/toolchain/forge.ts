/** forge over the same contracts: where its binary is, and the compiler settings it takes from compiler.json. */
import { spawnSync } from "node:child_process";
import compiler from "../../compiler.json";

/** The forge that the suites were written for. */
export const FORGE_VERSION = "1.7.1";

const ARCHITECTURES: Partial<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** The forge of npm's optional dependency for this machine, else the one on PATH; throws how to get one. */
export function findForge(): string {
  const name = `@foundry-rs/forge-${process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`;
  try {
    return require.resolve(`${name}/bin/forge${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    if (spawnSync("forge", ["--version"]).status === 0) return "forge";
    throw new Error(
      `forge is missing: neither ${name} (npm install --no-save ${name}@${FORGE_VERSION}) nor a forge on PATH is installed`,
    );
  }
}

/** foundry.toml leaves out what compiler.json already says; forge reads these instead. */
export function forgeEnvironment(profile: "default" | "deep"): NodeJS.ProcessEnv {
  const { optimizer, evmVersion, viaIR } = compiler.settings;
  return {
    ...process.env,
    FOUNDRY_PROFILE: profile,
    FOUNDRY_OPTIMIZER: String(optimizer.enabled),
    FOUNDRY_OPTIMIZER_RUNS: String(optimizer.runs),
    FOUNDRY_EVM_VERSION: evmVersion,
    FOUNDRY_VIA_IR: String(viaIR),
    FOUNDRY_DISABLE_NIGHTLY_WARNING: "1",
  };
}

export type ForgeSummary = { passed: number; failed: number };

/** Reads forge's closing line; undefined when forge ran no test. */
export function forgeSummary(output: string): ForgeSummary | undefined {
  const line = /Ran \d+ test suites? .*: (\d+) tests? passed, (\d+) failed, \d+ skipped/.exec(stripColours(output));
  return line === null ? undefined : { passed: Number(line[1]), failed: Number(line[2]) };
}

function stripColours(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
