/** Whether forge and Hardhat built the same code: what the suites under forge prove then holds for what is deployed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ROOT } from "./run";

export type Comparison = { same: string[]; different: string[] };

/** Compares the runtime code of every contract of contracts/ that both built, and lists those that only Hardhat built. */
export function compareBuilds(root = ROOT): Comparison {
  const folder = join(root, "artifacts", "contracts");
  const comparison: Comparison = { same: [], different: [] };
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".json") || file.endsWith(".dbg.json")) continue;
    const artifact = read(join(folder, file)) as { contractName: string; deployedBytecode: string };
    if (artifact.deployedBytecode === "0x") continue;
    const twin = join(root, "forge-out", basename(dirname(file)), `${artifact.contractName}.json`);
    const other = existsSync(twin)
      ? (read(twin) as { deployedBytecode: { object: string } }).deployedBytecode.object
      : "";
    const equal = withoutMetadata(artifact.deployedBytecode) === withoutMetadata(other);
    (equal ? comparison.same : comparison.different).push(artifact.contractName);
  }
  return comparison;
}

/** Cuts the metadata hash, which depends on how a tool names the files of packages; the last two bytes are its length. */
export function withoutMetadata(code: string): string {
  const hex = code.replace(/^0x/, "");
  const bytes = parseInt(hex.slice(-4), 16) + 2;
  return Number.isNaN(bytes) || 2 * bytes > hex.length ? hex : hex.slice(0, -2 * bytes);
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, "utf8"));
}
