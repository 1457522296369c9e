import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { addressSchema } from "../chain/manifest";
import { StateFile } from "../chain/stateFile";
import { FACTORIES, type ContractName } from "./contracts";
import type { Deployed } from "./execute";

/** Contracts of a deployment that may be unfinished. */
export type Known = Readonly<Partial<Record<ContractName, Deployed>>>;

const deployedSchema = z.object({
  address: addressSchema,
  block: z.number().int().nonnegative(),
  transaction: z.string(),
  gas: z
    .string()
    .regex(/^\d+$/)
    .default("0")
    .transform((text) => BigInt(text)),
});

const knownSchema = z.record(z.string(), deployedSchema).transform((rows): Known => {
  return Object.fromEntries(Object.entries(rows).filter(([name]) => isContract(name)));
});

/** Whether a deployment creates a contract of that name. */
export function isContract(name: string): name is ContractName {
  return Object.hasOwn(FACTORIES, name);
}

/** The file that a deployment notes every contract in as soon as it is there. */
export function recordIn(folder: string): StateFile<Known> {
  const toJson = (known: Known): unknown =>
    Object.fromEntries(Object.entries(known).map(([name, row]) => [name, { ...row, gas: row.gas.toString() }]));
  return new StateFile(join(folder, "contracts.json"), knownSchema, toJson);
}

const manifestSchema = z.looseObject({ genesis: z.string(), deployer: addressSchema, contracts: knownSchema });

/** What a deployment wrote to its manifest besides the addresses. */
export interface Origin {
  /** Hash of the chain's first block. */
  readonly genesis: string;
  readonly deployer: string;
}

/**
 * Contracts of a manifest, where it is of this very chain: a local chain that began anew has the id of the old one.
 * @throws CommandFailure (usage) when somebody else deployed them: going on would fail half-way, or replace the manifest.
 */
export function knownFromManifest(path: string, { genesis, deployer }: Origin): Known {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return {};
  }
  const parsed = manifestSchema.safeParse(parsedJson(text));
  if (!parsed.success || parsed.data.genesis !== genesis) return {};
  if (parsed.data.deployer === deployer) return parsed.data.contracts;
  const sentence = `${path} is of a deployment by ${parsed.data.deployer}, the key given is that of ${deployer}`;
  throw new CommandFailure(EXIT.usage, sentence);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
