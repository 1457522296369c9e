/**
 * `npm run audit`: Slither, and Halmos with two solvers, as far as they are installed; says what is missing and how to get
 * it. Fails on a finding of a tool that ran. Nothing else needs these tools.
 *
 * Detectors that slither.config.json leaves out, because what they look for is meant: deadlines in block time (timestamp),
 * ring indices by modulo (weak-prng), ids and states compared for equality (incorrect-equality), batches with a governed
 * bound (calls-loop), addresses that may be zero to switch something off (missing-zero-check), locals that start at zero
 * (uninitialized-local), parts of a tuple that are not needed (unused-return), parameters named after a getter
 * (shadowing-local), events and harmless writes after calls into our own modules (reentrancy-events, reentrancy-benign).
 */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { findForge, forgeEnvironment } from "../src/toolchain/forge";
import { failWith, run, runBin } from "../src/toolchain/run";
import { makeScratch, removeScratch } from "../src/toolchain/scratch";

type Tool = { name: string; commands: string[]; install: string; audit: (scratch: string) => Promise<boolean> };

const HALMOS = "pip install halmos==0.3.3";

const TOOLS: Tool[] = [
  { name: "Slither", commands: ["slither"], install: "pip install slither-analyzer==0.11.6", audit: slither },
  {
    name: "Halmos, packed words",
    commands: ["halmos"],
    install: HALMOS,
    audit: (scratch) => halmos(scratch, "WordProofs"),
  },
  {
    name: "Halmos, amounts (SMT over integers)",
    commands: ["halmos", "cvc5"],
    install: `${HALMOS}; apt-get install cvc5`,
    audit: (scratch) => halmos(scratch, "ArithmeticProofs", "--solver", "cvc5-int"),
  },
];

async function slither(scratch: string): Promise<boolean> {
  const compiled = await runBin("hardhat", ["compile", "--quiet"], { cwd: scratch });
  return compiled.code === 0 && (await run("slither", ["."], { cwd: scratch })).code === 0;
}

async function halmos(scratch: string, contract: string, ...solver: string[]): Promise<boolean> {
  const settings = forgeEnvironment("default");
  // Halmos calls forge by name.
  const env = { ...settings, PATH: `${dirname(findForge())}:${process.env["PATH"] ?? ""}` };
  const args = [
    "--forge-build-out",
    "forge-out",
    "--contract",
    contract,
    "--solver-timeout-assertion",
    "120s",
    ...solver,
  ];
  return (await run("halmos", args, { cwd: scratch, env })).code === 0;
}

async function main(): Promise<number> {
  const scratch = makeScratch({ build: false });
  let failed = false;
  try {
    for (const { name, commands, install, audit } of TOOLS) {
      if (commands.some((command) => spawnSync(command, ["--version"]).error !== undefined)) {
        console.log(`== ${name}: missing (${install})`);
        continue;
      }
      console.log(`== ${name}`);
      const clean = await audit(scratch);
      failed ||= !clean;
      console.log(`== ${name}: ${clean ? "ok" : "findings"}`);
    }
  } finally {
    removeScratch(scratch);
  }
  return failed ? 1 : 0;
}

main().then((code) => process.exit(code), failWith);
