/**
 * Builds dist/: the part of the npm package that is generated. Sources are written into a staging folder (ABIs, addresses and
 * errors from artefacts and manifests, the helpers of src/protocol, typechain's output) and compiled twice, as ES modules and
 * as CommonJS, each with types of its own.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { runTypeChain } from "typechain";
import { CHAINS } from "../chain/chains";
import { ROOT } from "../toolchain/run";
import { readArtifact, type Artifact } from "./artifacts";
import { LINKED_LIBRARIES, nameOf, PUBLIC_CONTRACTS, PUBLIC_INTERFACES } from "./contracts";
import {
  abiFiles,
  addressFile,
  errorFile,
  ethersFile,
  parseManifest,
  PROTOCOL_FILES,
  rootFile,
  withFileNames,
  type PackagedManifest,
} from "./sources";

/** How the two halves of dist/ are typed to Node, and to bundlers: those read the nearest package.json. */
const FORMATS = { esm: "module", cjs: "commonjs" } as const;

/** Generated code does not compile, or typechain made something else than expected. */
export class BuildFailed extends Error {
  override readonly name = "BuildFailed";
}

/** Builds dist/ anew from what is compiled. Throws BuildFailed. */
export async function buildPackage(root = ROOT): Promise<void> {
  const contracts = PUBLIC_CONTRACTS.map((path) => readArtifact(path, join(root, "artifacts")));
  const interfaces = PUBLIC_INTERFACES.map((path) => readArtifact(path, join(root, "artifacts")));
  const libraries = LINKED_LIBRARIES.map((path) => readArtifact(path, join(root, "artifacts")));
  const names = PUBLIC_CONTRACTS.map(nameOf);
  const dist = join(root, "dist");
  mkdirSync(join(root, ".local"), { recursive: true });
  const staging = mkdtempSync(join(root, ".local", "package-"));
  try {
    const shown = [...contracts, ...interfaces];
    writeFiles(staging, abiFiles(shown));
    write(staging, "errors.ts", errorFile([...shown, ...libraries]));
    write(staging, "addresses.ts", addressFile(readManifests(join(root, "deployments")), names));
    write(staging, "index.ts", rootFile());
    for (const file of [...PROTOCOL_FILES, "hashes"]) {
      const source = readFileSync(join(root, "src", "protocol", `${file}.ts`), "utf8");
      write(staging, `protocol/${file}.ts`, withFileNames(source));
    }
    await writeTypings(staging, shown);
    write(staging, "ethers/index.ts", ethersFile(shown.map(({ contractName }) => contractName)));

    rmSync(dist, { recursive: true, force: true });
    for (const [format, type] of Object.entries(FORMATS)) {
      write(staging, "package.json", JSON.stringify({ type }));
      compile(staging, join(dist, format));
      write(dist, `${format}/package.json`, `${JSON.stringify({ type, sideEffects: false })}\n`);
    }
    for (const artifact of [...shown, ...libraries]) writeArtifact(dist, artifact);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Manifests of public chains. What a local chain wrote is nobody else's. */
function readManifests(folder: string): readonly PackagedManifest[] {
  if (!existsSync(folder)) return [];
  const local = new Set(CHAINS.filter(({ isLocal }) => isLocal).map(({ chainId }) => chainId));
  return readdirSync(folder)
    .filter((file) => /^\d+\.json$/.test(file))
    .map((file) => parseManifest(JSON.parse(readFileSync(join(folder, file), "utf8"))))
    .filter(({ chainId }) => !local.has(chainId));
}

/**
 * Runs typechain over ABIs in one flat folder: with nested ones it writes imports that Node's resolution refuses. Without
 * bytecode, so that a dApp that calls contracts does not carry their code along.
 */
async function writeTypings(staging: string, artifacts: readonly Artifact[]): Promise<void> {
  const folder = join(staging, "abis");
  for (const { contractName, abi } of artifacts) write(folder, `${contractName}.json`, JSON.stringify(abi));
  const files = readdirSync(folder).map((file) => join(folder, file));
  await runTypeChain({
    cwd: staging,
    target: require.resolve("@typechain/ethers-v6"),
    filesToProcess: files,
    allFiles: files,
    inputDir: folder,
    outDir: join(staging, "ethers", "types"),
    flags: { alwaysGenerateOverloads: false, discriminateTypes: false, environment: undefined, node16Modules: true },
  });
  rmSync(folder, { recursive: true });
  // Their own lists of everything are replaced by ours.
  rmSync(join(staging, "ethers", "types", "index.ts"));
  rmSync(join(staging, "ethers", "types", "factories", "index.ts"));
}

function compile(staging: string, outDir: string): void {
  const program = ts.createProgram({
    rootNames: ["index.ts", "ethers/index.ts"].map((file) => join(staging, file)),
    options: {
      rootDir: staging,
      outDir,
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts"],
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      types: ["node"],
      declaration: true,
      strict: true,
      noUncheckedIndexedAccess: true,
      noImplicitOverride: true,
      skipLibCheck: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const emitted = program.emit();
  const findings = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics];
  if (findings.length === 0) return;
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => staging, getNewLine: () => "\n" };
  throw new BuildFailed(ts.formatDiagnostics(findings, host));
}

/** Hardhat's own form, which Hardhat, ethers and viem tools read; the source name is the path inside the package. */
function writeArtifact(dist: string, artifact: Artifact): void {
  write(dist, `artifacts/${artifact.contractName}.json`, `${JSON.stringify(artifact, null, 2)}\n`);
}

function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) write(folder, path, text);
}

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Files of dist/, relative to it, sorted. */
export function distFiles(root = ROOT): string[] {
  const dist = join(root, "dist");
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
    .sort();
}
