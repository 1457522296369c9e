/** Which mocha tests make up the suite, and how to read mocha's closing lines. */
import { existsSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { ROOT } from "./run";

/** The longest first, for processes that take file after file. */
const FOLDERS = ["test/scenario", "test/property", "test/unit"] as const;

/** Paths of the suite's test files relative to the repository, sorted within each folder. */
export function testFiles(root = ROOT): string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .map((file) => posix.join(folder, file))
      .filter((file) => file.endsWith(".test.ts"))
      .sort(),
  );
}

export type MochaSummary = { passed: number; failed: number; pending: number };

/** Reads mocha's closing lines; undefined when mocha did not get that far. */
export function mochaSummary(output: string): MochaSummary | undefined {
  const count = (word: string) => new RegExp(`^ *(\\d+) ${word}`, "m").exec(output.replace(/\x1b\[[0-9;]*m/g, ""))?.[1];
  const passed = count("passing");
  if (passed === undefined) return undefined;
  return { passed: Number(passed), failed: Number(count("failing") ?? 0), pending: Number(count("pending") ?? 0) };
}
