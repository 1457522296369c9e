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

/** A contract of the package's lists that is not there. */
export class MissingArtifact extends Error {
  override readonly name = "MissingArtifact";
}

/** The artefact of `folder/Name`. Throws MissingArtifact. */
export function readArtifact(path: string, artifacts = join(ROOT, "artifacts")): Artifact {
  const file = join(artifacts, "contracts", `${path}.sol`, `${nameOf(path)}.json`);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new MissingArtifact(`${path} of src/package/contracts.ts is not compiled, or is no more`, { cause });
  }
  return JSON.parse(text) as Artifact;
}
