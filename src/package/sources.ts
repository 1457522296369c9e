/** Generates the TypeScript sources of the package from artefacts, manifests and src/protocol. */
import { id } from "ethers";
import { z } from "zod";
import { addressSchema } from "../chain/manifest";
import type { ErrorEntry, ErrorTable } from "../protocol/errorData";
import type { AbiEntry, AbiParameter, Artifact } from "./artifacts";
import { abiNameOf } from "./contracts";

/** Files by path relative to the staging folder. */
export type Files = ReadonlyMap<string, string>;

/** Files of src/protocol that need no library, in the order of the root entry. */
export const PROTOCOL_FILES = [
  "amounts",
  "jobId",
  "status",
  "words",
  "agreement",
  "review",
  "scores",
  "merkle",
  "training",
  "quote",
  "eip712",
  "errorData",
  "refusal",
  "sentences/index",
  "sentences/values",
  "sentences/common",
  "sentences/money",
  "sentences/economy",
  "sentences/randomness",
  "sentences/registry",
  "sentences/validators",
  "sentences/review",
  "sentences/scores",
  "sentences/assets",
  "sentences/market",
  "sentences/governance",
] as const;

/** Of these the root entry shows everything. */
const ROOT_PROTOCOL = [
  "amounts",
  "jobId",
  "status",
  "words",
  "agreement",
  "review",
  "scores",
  "merkle",
  "training",
  "quote",
  "eip712",
] as const;

/** A file of src/protocol with import paths as Node's ES modules want them. */
export function withFileNames(source: string): string {
  return source.replace(/(\bfrom ")(\.[^"]+)"/g, (_all, start: string, path: string) => {
    const target = path.endsWith("/sentences") ? `${path}/index` : path;
    return `${start}${target}.js"`;
  });
}

/** One module per ABI, and one with all of them. */
export function abiFiles(artifacts: readonly Artifact[]): Files {
  const files = new Map<string, string>();
  for (const { contractName, abi } of artifacts) {
    const constant = abiNameOf(contractName);
    const text = `/** ABI of ${contractName}. */\nexport const ${constant} = ${JSON.stringify(abi, null, 2)} as const;\n`;
    files.set(`abi/${contractName}.ts`, text);
  }
  const lines = artifacts.map(
    ({ contractName }) => `export { ${abiNameOf(contractName)} } from "./${contractName}.js";`,
  );
  files.set("abi/index.ts", `${lines.join("\n")}\nexport { errorsAbi } from "../errors.js";\n`);
  return files;
}

/** Every custom error of the given contracts, once. Throws when two errors share a selector. */
export function errorEntries(artifacts: readonly Pick<Artifact, "abi">[]): ReadonlyMap<string, AbiEntry> {
  const found = new Map<string, AbiEntry>();
  for (const entry of artifacts.flatMap(({ abi }) => abi.filter(({ type }) => type === "error"))) {
    const selector = id(signatureOf(entry)).slice(0, 10);
    const known = found.get(selector);
    if (known !== undefined && signatureOf(known) !== signatureOf(entry)) {
      throw new Error(`${signatureOf(known)} and ${signatureOf(entry)} have the same selector`);
    }
    if (known === undefined) found.set(selector, entry);
  }
  return new Map([...found].sort(([, a], [, b]) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1)));
}

/** The table that decodes errors. */
export function errorTableOf(artifacts: readonly Pick<Artifact, "abi">[]): ErrorTable {
  const rows = [...errorEntries(artifacts)].map(([selector, { name = "", inputs = [] }]): [string, ErrorEntry] => [
    selector,
    [name, inputs.map((input) => `${input.type} ${input.name}`)],
  ]);
  return Object.fromEntries(rows);
}

/** The errors of the suite: as a table, as an ABI, and explained. */
export function errorFile(artifacts: readonly Pick<Artifact, "abi">[]): string {
  const entries = [...errorEntries(artifacts).values()];
  return [
    'import type { ErrorTable } from "./protocol/errorData.js";',
    'import { explainErrorData, revertDataOf, type Refusal } from "./protocol/refusal.js";',
    "",
    "/** Every custom error of the suite by selector. */",
    `export const errorTable: ErrorTable = ${JSON.stringify(errorTableOf(artifacts), null, 2)};`,
    "",
    "/** Every custom error of the suite as an ABI: append it to a contract's to decode what it passes on from others. */",
    `export const errorsAbi = ${JSON.stringify(entries, null, 2)} as const;`,
    "",
    "/**",
    " * Explains why a call or a transaction was refused, in a sentence.",
    " * @param error what ethers or viem threw, or anything with it as a cause",
    " * @returns undefined when the error is no refusal by a contract",
    " */",
    "export function explainError(error: unknown): Refusal | undefined {",
    "  const data = revertDataOf(error);",
    "  return data === undefined ? undefined : explainErrorData(errorTable, data);",
    "}",
    "",
    "/** Explains revert data as an endpoint gives it. */",
    "export function explainRevertData(data: string): Refusal {",
    "  return explainErrorData(errorTable, data);",
    "}",
    "",
  ].join("\n");
}

function signatureOf({ name, inputs = [] }: AbiEntry): string {
  return `${name}(${inputs.map(typeOf).join()})`;
}

function typeOf({ type, components = [] }: AbiParameter): string {
  return type.startsWith("tuple") ? `(${components.map(typeOf).join()})${type.slice("tuple".length)}` : type;
}

const manifestSchema = z.looseObject({
  chainId: z.number().int().positive(),
  blockNumber: z.number().int().nonnegative(),
  contracts: z.record(z.string(), z.looseObject({ address: addressSchema, block: z.number().int().nonnegative() })),
});

/** A deployment's manifest as far as the package reads it. */
export type PackagedManifest = z.output<typeof manifestSchema>;

/** Checks a manifest. Throws a ZodError. */
export function parseManifest(json: unknown): PackagedManifest {
  return manifestSchema.parse(json);
}

/**
 * Addresses and deployment blocks by chain id, and a reader for the manifests of other chains.
 * @param names contracts of the package; others in a manifest are left out
 */
export function addressFile(manifests: readonly PackagedManifest[], names: readonly string[]): string {
  const sorted = [...manifests].sort((a, b) => a.chainId - b.chainId);
  const deployments = sorted.map(({ chainId, blockNumber, contracts }) => {
    const rows = names.flatMap((name) => {
      const row = contracts[name];
      return row === undefined ? [] : [[name, { address: row.address, block: row.block }] as const];
    });
    return [chainId, { blockNumber, contracts: Object.fromEntries(rows) }] as const;
  });
  const addresses = deployments.map(([chainId, { contracts }]) => {
    return [
      chainId,
      Object.fromEntries(Object.entries(contracts).map(([name, { address }]) => [name, address])),
    ] as const;
  });
  return ADDRESS_MODULE.replace("NAMES", names.map((name) => `\n  | ${JSON.stringify(name)}`).join(""))
    .replace("DEPLOYMENTS", byChain(deployments))
    .replace("ADDRESSES", byChain(addresses));
}

/** An object whose keys are numbers to TypeScript as well, as JSON's are not. */
function byChain(rows: readonly (readonly [chainId: number, value: unknown])[]): string {
  return `{\n${rows.map(([chainId, value]) => `${chainId}: ${JSON.stringify(value, null, 2)},\n`).join("")}}`;
}

const ADDRESS_MODULE = `/** Name of a contract of the suite. */
export type ContractName =NAMES;

/** An address, as viem types it. */
export type Address = \`0x\${string}\`;

/** Where a contract is, and the block that created it: followers of its events begin there. */
export interface DeployedContract {
  readonly address: Address;
  readonly block: number;
}

/** The suite on one chain. */
export interface Deployment {
  /** Earliest block that can hold an event of the suite. */
  readonly blockNumber: number;
  readonly contracts: Readonly<Partial<Record<ContractName, DeployedContract>>>;
}

/** Public deployments by numeric chain id. A local chain's is read with \`readDeployment\`. */
export const deployments = DEPLOYMENTS as const satisfies Readonly<Record<number, Deployment>>;

/** Addresses by numeric chain id and contract. */
export const addresses = ADDRESSES as const satisfies Readonly<
  Record<number, Readonly<Partial<Record<ContractName, Address>>>>
>;

/** Ids of the chains that the suite is on. */
export type SupportedChainId = keyof typeof deployments;

/** Whether the suite is on a chain. */
export function isSupportedChain(chainId: number): chainId is SupportedChainId {
  return Object.hasOwn(deployments, chainId);
}

/** A deployment that was read from a manifest. */
export interface ReadDeployment extends Deployment {
  readonly chainId: number;
}

/** A file that is no manifest of a deployment, or one without the contract asked for. */
export class InvalidDeployment extends Error {
  override readonly name = "InvalidDeployment";
}

/**
 * Reads a manifest: the JSON of \`deployments/<chain id>.json\`, as the deployment of a chain of your own wrote it.
 * @throws InvalidDeployment
 */
export function readDeployment(manifest: unknown): ReadDeployment {
  const { chainId, blockNumber, contracts } = record(manifest, "manifest");
  if (typeof chainId !== "number" || typeof blockNumber !== "number") {
    throw new InvalidDeployment("the manifest has no chain id or block number");
  }
  const rows = Object.entries(record(contracts, "contracts")).map(([name, row]) => [name, deployedIn(name, row)]);
  return { chainId, blockNumber, contracts: Object.fromEntries(rows) as Deployment["contracts"] };
}

/** The address of a contract of a deployment. Throws InvalidDeployment when it has none. */
export function addressOf(deployment: Deployment, name: ContractName): Address {
  const contract = deployment.contracts[name];
  if (contract === undefined) throw new InvalidDeployment(\`the deployment has no \${name}\`);
  return contract.address;
}

function deployedIn(name: string, row: unknown): DeployedContract {
  const { address, block } = record(row, name);
  if (typeof address !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(address) || typeof block !== "number") {
    throw new InvalidDeployment(\`\${name} has no address or block\`);
  }
  return { address: address as Address, block };
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw new InvalidDeployment(\`\${what} is no object\`);
  return value as Record<string, unknown>;
}
`;

/** The root entry: nothing here asks for a library. */
export function rootFile(): string {
  return [
    "/** ABIs, addresses and helpers of the suite; needs no other package. */",
    'export * from "./abi/index.js";',
    'export * from "./addresses.js";',
    'export { errorTable, explainError, explainRevertData } from "./errors.js";',
    'export type { ErrorEntry, ErrorTable } from "./protocol/errorData.js";',
    'export { revertDataOf, type Refusal } from "./protocol/refusal.js";',
    ...ROOT_PROTOCOL.map((file) => `export * from "./protocol/${file}.js";`),
    "",
  ].join("\n");
}

/** The entry for ethers: typings, factories, and the hashes that need an encoder. */
export function ethersFile(names: readonly string[]): string {
  return [
    "/** Typed contracts for ethers 6. */",
    "export type {",
    "  TypedContractEvent,",
    "  TypedContractMethod,",
    "  TypedDeferredTopicFilter,",
    "  TypedEventLog,",
    "  TypedListener,",
    "  TypedLogDescription,",
    '} from "./types/common.js";',
    ...names.map((name) => `export type { ${name} } from "./types/${name}.js";`),
    ...names.map((name) => `export { ${name}__factory } from "./types/factories/${name}__factory.js";`),
    'export { commitmentOf, decodeAgreement, encodeAgreement, hashAgreement } from "../protocol/hashes.js";',
    "",
  ].join("\n");
}
