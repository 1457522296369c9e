/** Reads what Hardhat compiled. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../toolchain/run";
import { nameOf } from "./contracts";

/** An input or output of an ABI. */
export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  readonly internalType?: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

/** An entry of an ABI. */
export interface AbiEntry {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

/** A Hardhat artefact. */
export interface Artifact {
  readonly contractName: string;
  readonly sourceName: string;
  readonly abi: readonly AbiEntry[];
  readonly bytecode: string;
  readonly deployedBytecode: string;
  readonly linkReferences: Readonly<Record<string, unknown>>;
  readonly deployedLinkReferences: Readonly<Record<string, unknown>>;
}

/** The artefact of `folder/Name`. Throws when it was not compiled. */
export function readArtifact(path: string, artifacts = join(ROOT, "artifacts")): Artifact {
  const file = join(artifacts, "contracts", `${path}.sol`, `${nameOf(path)}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Artifact;
}
