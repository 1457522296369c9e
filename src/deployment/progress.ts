import { join } from "node:path";
import { z } from "zod";
import { addressSchema } from "../chain/manifest";
import { StateFile } from "../chain/stateFile";
import type { Deployed } from "./execute";
import { COMPILER, type Noted } from "./manifest";
import type { Plan } from "./predict";

const decimal = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));

const progressSchema = z.object({
  compiler: z.object({ version: z.string(), settingsHash: z.string() }),
  factory: addressSchema,
  salt: z.string(),
  contracts: z.record(z.string(), z.object({ address: addressSchema, constructorArgs: z.string() })),
  created: z.record(
    z.string(),
    z.object({ address: addressSchema, block: z.number().int(), transaction: z.string(), gas: decimal }),
  ),
});

/** What a deployment noted before it was finished: which plan it follows, and when contracts were created. */
export interface Progress extends Noted {
  readonly created: Readonly<Record<string, Deployed>>;
}

/** The file of an unfinished deployment. Nothing depends on it: without it everything is found on the chain. */
export function progressIn(folder: string): StateFile<Progress> {
  const toJson = (progress: Progress): unknown =>
    JSON.parse(JSON.stringify(progress, (_key, value: unknown) => (typeof value === "bigint" ? `${value}` : value)));
  return new StateFile<Progress>(join(folder, "progress.json"), progressSchema as z.ZodType<Progress>, toJson);
}

/** What is noted of a plan before its first transaction. */
export function beginningOf(plan: Plan): Progress {
  const rows = [...plan.creations.values()].map(({ name, address, encodedArgs }) => [
    name,
    { address, constructorArgs: encodedArgs },
  ]);
  const { factory, salt } = plan.place;
  const contracts = Object.fromEntries(rows) as Progress["contracts"];
  return { compiler: COMPILER, factory: factory.address, salt, contracts, created: {} };
}
