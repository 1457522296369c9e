import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import compiler from "../../compiler.json";
import { addressSchema, manifestSchema, type Manifest } from "../chain/manifest";
import { FACTORIES, sourceOf, type Addresses, type ContractName } from "./contracts";
import type { Deployed, Executed } from "./execute";
import type { Origin } from "./origins";
import type { Plan } from "./predict";
import type { Snapshot } from "./snapshot";

/** The record of a deployment for agents: where every contract is, and since which block. */
export function manifestOf(chainId: number, { deployed }: Pick<Executed, "deployed">): Manifest {
  const rows = Object.entries(deployed) as [ContractName, Deployed][];
  const contracts = rows.map(([name, { address, block, transaction }]) => [name, { address, block, transaction }]);
  const blockNumber = Math.min(...rows.map(([, { block }]) => block));
  return manifestSchema.parse({ chainId, blockNumber, contracts: Object.fromEntries(contracts) });
}

/** Addresses of a manifest's contracts that this version of the suite knows. */
export function addressesOf(manifest: Manifest): Addresses {
  const rows = Object.entries(manifest.contracts).filter(([name]) => name in FACTORIES);
  return Object.fromEntries(rows.map(([name, row]) => [name, (row as { address: string }).address])) as Addresses;
}

/** Compiler and settings, as the addresses depend on them. */
export const COMPILER = {
  version: compiler.longVersion,
  settingsHash: createHash("sha256").update(JSON.stringify(compiler.settings)).digest("hex"),
} as const;

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

const contractSchema = z.looseObject({
  address: addressSchema,
  block: z.number().int().nonnegative(),
  transaction: hash.nullable(),
  gas: z.string().regex(/^\d+$/).nullable(),
  salt: hash,
  initCodeHash: hash,
  codeHash: hash,
  /** Constructor arguments as the ABI encodes them. */
  constructorArgs: z.string(),
  libraries: z.record(z.string(), addressSchema),
  source: z.string(),
  /** Pages with the verified source, by service. */
  verified: z.record(z.string(), z.string()).default({}),
});

/** zod schema of `deployments/<chainId>.json` as this program writes it; agents read a part of it. */
export const deploymentSchema = z.looseObject({
  chainId: z.number().int(),
  blockNumber: z.number().int(),
  /** Hash of the chain's first block: a local chain that began anew is another one. */
  genesis: hash,
  deployer: addressSchema,
  preset: z.string(),
  factory: addressSchema,
  salt: hash,
  compiler: z.object({ version: z.string(), settingsHash: z.string() }),
  /** Commit of the sources; "unknown" outside a repository. */
  commit: z.string(),
  contracts: z.record(z.string(), contractSchema),
  /** Answers of every view that the plan looks at, owners, roles, code and balances. */
  state: z.record(z.string(), z.string()),
  handedOver: z.boolean(),
});

export type DeploymentRecord = z.output<typeof deploymentSchema>;

/** What a record is made of. */
export interface RecordParts {
  readonly chainId: number;
  readonly genesis: string;
  readonly deployer: string;
  readonly preset: string;
  readonly plan: Plan;
  readonly origins: Readonly<Partial<Record<ContractName, Origin>>>;
  readonly state: Snapshot;
  readonly commit: string;
  readonly handedOver: boolean;
  /** Of an earlier record: what verification noted there is kept. */
  readonly earlier: DeploymentRecord | undefined;
}

/** Puts a record together. */
export function recordOf(parts: RecordParts): DeploymentRecord {
  const { plan, origins, state, earlier } = parts;
  const rows = [...plan.creations.values()].map((creation) => {
    const { name, contract, address, salt, initCodeHash, encodedArgs, libraries } = creation;
    const { block = 0, transaction = null, gas = null } = origins[name] ?? {};
    const old = earlier?.contracts[name];
    const verified = old?.address === address ? old.verified : {};
    const place = { address, block, transaction, gas: gas?.toString() ?? null, salt, initCodeHash };
    const codeHash = state[`code of ${name}`];
    return [
      name,
      {
        ...place,
        codeHash,
        constructorArgs: encodedArgs,
        libraries,
        source: `${sourceOf(contract)}:${contract}`,
        verified,
      },
    ];
  });
  const { chainId, genesis, deployer, preset, commit, handedOver } = parts;
  const { factory, salt } = plan.place;
  return deploymentSchema.parse({
    chainId,
    blockNumber: Math.min(...Object.values(origins).map(({ block }) => block)),
    genesis,
    deployer,
    preset,
    factory: factory.address,
    salt,
    compiler: COMPILER,
    commit,
    contracts: Object.fromEntries(rows),
    state,
    handedOver,
  });
}

/** A record, where there is one of this program at the path. */
export function readRecord(path: string): DeploymentRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
  const parsed = deploymentSchema.safeParse(json);
  return parsed.success ? parsed.data : undefined;
}

/** Writes a record, so that a crash leaves the old one or the new one. */
export function saveRecord(path: string, record: DeploymentRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.draft`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(draft, path);
}

/** Creations that a record tells of. */
export function knownFrom(record: DeploymentRecord | undefined): Readonly<Partial<Record<ContractName, Deployed>>> {
  const rows = Object.entries(record?.contracts ?? {}).flatMap(([name, { address, block, transaction, gas }]) =>
    transaction === null || !(name in FACTORIES)
      ? []
      : [[name, { address, block, transaction, gas: BigInt(gas ?? 0) }]],
  );
  return Object.fromEntries(rows) as Partial<Record<ContractName, Deployed>>;
}

/** What addresses followed from, as it was noted. */
export interface Noted {
  readonly compiler: DeploymentRecord["compiler"];
  readonly factory: string;
  readonly salt: string;
  readonly contracts: Readonly<Record<string, { readonly address: string; readonly constructorArgs: string }>>;
}

/** Why a plan is not the one that a record is of; undefined when it is. */
export function changeSince(record: Noted, plan: Plan): string | undefined {
  const moved = [...plan.creations.values()].filter(({ name, address }) => {
    const old = record.contracts[name];
    return old !== undefined && old.address !== address;
  });
  const [first] = moved;
  if (first === undefined) return undefined;
  const old = record.contracts[first.name];
  const { version, settingsHash } = record.compiler;
  const isOther = version !== COMPILER.version || settingsHash !== COMPILER.settingsHash;
  const why = isOther
    ? `the compiler was ${version} with settings ${settingsHash.slice(0, 12)}, it is ${COMPILER.version} with settings ${COMPILER.settingsHash.slice(0, 12)}`
    : record.salt !== plan.place.salt
      ? "the salt is another one"
      : record.factory !== plan.place.factory.address
        ? "the factory is another one"
        : old?.constructorArgs === first.encodedArgs
          ? "its code, or that of a library of it, was changed"
          : "its constructor arguments are others";
  return `${first.name} (and ${moved.length - 1} more) would be at ${first.address}, the record says ${old?.address}: ${why}`;
}
