/**
 * Scratch copies of the repository, for tools that change sources or leave instrumented artifacts behind: nothing in the
 * working tree is touched, and nothing has to be repaired when they are killed.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./run";

/** Outputs of the compiler; a copy that has them compiles only what changed in it. */
export const BUILD_FOLDERS = ["artifacts", "cache", "typechain-types"] as const;

/**
 * Copies every file that git does not ignore, as it is in the working tree, into a new temporary folder; node_modules is
 * linked. Returns the folder's real path; it is removed at the latest when this process exits.
 * @param build also copy what the compiler wrote
 */
export function makeScratch({ build }: { build: boolean }): string {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "gpu-commons-")));
  process.once("exit", () => removeScratch(scratch));
  for (const file of workingFiles()) {
    mkdirSync(dirname(join(scratch, file)), { recursive: true });
    cpSync(join(ROOT, file), join(scratch, file));
  }
  for (const folder of build ? BUILD_FOLDERS : []) {
    if (existsSync(join(ROOT, folder))) {
      cpSync(join(ROOT, folder), join(scratch, folder), { recursive: true, preserveTimestamps: true });
    }
  }
  if (build) moveCompilerCache(scratch);
  symlinkSync(realpathSync(join(ROOT, "node_modules")), join(scratch, "node_modules"), "dir");
  return scratch;
}

/** Hardhat's cache names sources by absolute path; without this everything would be compiled again. */
function moveCompilerCache(scratch: string): void {
  const file = join(scratch, "cache", "solidity-files-cache.json");
  if (!existsSync(file)) return;
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(`"${ROOT}/contracts/`, `"${scratch}/contracts/`));
}

/** Removes a scratch copy; the linked node_modules stays. */
export function removeScratch(scratch: string): void {
  rmSync(scratch, { recursive: true, force: true });
}

/** Files that git tracks or would track, without those deleted in the working tree. */
function workingFiles(): string[] {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (listed.status !== 0) throw new Error(`git ls-files failed: ${listed.stderr}`);
  return listed.stdout.split("\0").filter((file) => file !== "" && existsSync(join(ROOT, file)));
}
