import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { expect } from "chai";
import { config } from "hardhat";
import ts from "typescript";
import { readArtifact, type Artifact } from "../../../src/package/artifacts";
import { nameOf, PUBLIC_CONTRACTS, PUBLIC_INTERFACES } from "../../../src/package/contracts";
import {
  abiFiles,
  addressFile,
  errorEntries,
  errorFile,
  errorTableOf,
  ethersFile,
  parseManifest,
  PROTOCOL_FILES,
  rootFile,
  withFileNames,
} from "../../../src/package/sources";
import { ROOT } from "../../../src/toolchain/run";

const names = PUBLIC_CONTRACTS.map(nameOf);
const address = `0x${"Ab".repeat(20)}`.toLowerCase();

/** What a module of generated text exports, with no other module at hand. */
function load<T>(text: string): T {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exported = {};
  new Function("exports", "require", outputText)(exported, () => ({}));
  return exported as T;
}

const options: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  types: [],
};
const host = ts.createCompilerHost(options);
const library = new Map<string, ts.SourceFile | undefined>();

/** Errors of TypeScript in one generated file. */
function findings(text: string): string[] {
  const read = (file: string): ts.SourceFile | undefined => {
    if (file === "generated.ts") return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
    if (!library.has(file)) library.set(file, host.getSourceFile(file, ts.ScriptTarget.ES2022));
    return library.get(file);
  };
  const program = ts.createProgram(["generated.ts"], options, { ...host, getSourceFile: read });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

describe("package/sources", () => {
  let artifacts: readonly Artifact[];

  before(() => {
    artifacts = [...PUBLIC_CONTRACTS, ...PUBLIC_INTERFACES].map((path) => readArtifact(path, config.paths.artifacts));
  });

  it("writes ABIs that equal the artefacts", () => {
    const files = abiFiles(artifacts);
    for (const { contractName, abi } of artifacts) {
      const text = files.get(`abi/${contractName}.ts`) ?? "";
      expect(JSON.parse(text.slice(text.indexOf("= ") + 2, text.lastIndexOf(" as const"))), contractName).to.deep.equal(
        abi,
      );
      expect(text).to.match(/ as const;\n$/);
    }
    expect(files.get("abi/index.ts")).to.contain('export { jobEscrowAbi } from "./JobEscrow.js";');
  });

  it("lists every custom error once, under its selector", () => {
    const table = errorTableOf(artifacts);
    expect(table["0xcdb333b0"]).to.deep.equal(["EscrowUnknownJob", ["uint256 jobId"]]);
    const errors = [...errorEntries(artifacts).values()].map(({ name }) => name);
    expect(new Set(errors).size).to.equal(errors.length);
    expect(load<{ errorsAbi: unknown[] }>(errorFile(artifacts)).errorsAbi).to.have.length(errors.length);
  });

  it("refuses two errors with one selector", () => {
    // Both begin with 0x42966c68.
    const clash = ["burn(uint256)", "collate_propagate_storage(bytes16)"].map((signature) => {
      const [name = "", type = ""] = signature.slice(0, -1).split("(");
      return { abi: [{ type: "error", name, inputs: [{ name: "a", type }] }] };
    });
    expect(() => errorEntries(clash)).to.throw("have the same selector");
  });

  describe("addresses", () => {
    const manifest = (chainId: number) =>
      parseManifest({
        chainId,
        blockNumber: 5,
        contracts: { JobEscrow: { address, block: 7, transaction: "0x1" }, Elsewhere: { address, block: 6 } },
      });

    it("are by numeric chain id, typed to the letter, with the block of each contract", () => {
      const text = addressFile([manifest(84532), manifest(137)], names);
      const written = /"address": "(0x[0-9a-fA-F]{40})"/.exec(text)?.[1];
      expect(written?.toLowerCase()).to.equal(address);
      const right = `const a: "${written}" = addresses[84532].JobEscrow; const b: 7 = deployments[137].contracts.JobEscrow.block;`;
      const wrong = ["addresses[1]", 'addresses["137x"]', "addresses[137].JobEscrw", "(a as 1)"];
      const lines = wrong.map((expression) => `// @ts-expect-error\nvoid ${expression};`);
      const chain = "const id: number = 137; if (isSupportedChain(id)) void addresses[id];";
      expect(findings([text, right, chain, ...lines].join("\n"))).to.deep.equal([]);
      expect(text).to.not.contain("Elsewhere");
    });

    it("compile without a deployment", () => {
      const text = addressFile([], names);
      expect(findings(`${text}\n// @ts-expect-error\nvoid addresses[137];`)).to.deep.equal([]);
    });

    interface Module {
      readDeployment(manifest: unknown): {
        chainId: number;
        contracts: Record<string, { address: string; block: number }>;
      };
      addressOf(deployment: unknown, name: string): string;
      isSupportedChain(chainId: number): boolean;
    }

    it("of other chains are read from a manifest, which is checked", () => {
      const { readDeployment, addressOf, isSupportedChain } = load<Module>(addressFile([manifest(137)], names));
      const read = readDeployment({ chainId: 31337, blockNumber: 0, contracts: { JobEscrow: { address, block: 3 } } });
      expect(read.contracts["JobEscrow"]).to.deep.equal({ address, block: 3 });
      expect(addressOf(read, "JobEscrow")).to.equal(address);
      expect(() => addressOf(read, "PaymentVault")).to.throw("the deployment has no PaymentVault");
      expect([isSupportedChain(137), isSupportedChain(31337)]).to.deep.equal([true, false]);
      const wrong = [
        undefined,
        {},
        { chainId: 1, blockNumber: 0 },
        { chainId: "1", blockNumber: 0, contracts: {} },
        { chainId: 1, blockNumber: 0, contracts: { JobEscrow: { address: "0x1", block: 3 } } },
        { chainId: 1, blockNumber: 0, contracts: { JobEscrow: { address } } },
      ];
      for (const bad of wrong) expect(() => readDeployment(bad)).to.throw(Error);
    });
  });

  it("names files in imports as ES modules want them", () => {
    const text =
      'import { a } from "./a";\nexport type { b } from "../b";\nimport { c } from "./sentences";\nimport { d } from "ethers";';
    expect(withFileNames(text)).to.equal(
      'import { a } from "./a.js";\nexport type { b } from "../b.js";\nimport { c } from "./sentences/index.js";\nimport { d } from "ethers";',
    );
  });

  it("takes helpers along with everything that they import, and none that needs a library", () => {
    const folder = join(ROOT, "src", "protocol");
    for (const file of PROTOCOL_FILES) {
      const text = readFileSync(join(folder, `${file}.ts`), "utf8");
      for (const [, path = ""] of text.matchAll(/from "([^"]+)"/g)) {
        expect(path, `${file} imports ${path}`).to.match(/^\./);
        const target = relative(folder, join(folder, dirname(file), path))
          .split("\\")
          .join(posix.sep);
        expect([...PROTOCOL_FILES, ...PROTOCOL_FILES.map((each) => each.replace(/\/index$/, ""))]).to.include(target);
      }
    }
    const sentences = readdirSync(join(folder, "sentences")).map((file) => `sentences/${file.replace(/\.ts$/, "")}`);
    expect(PROTOCOL_FILES).to.include.members(sentences);
  });

  it("shows every contract in the entry for ethers, and no library in the root entry", () => {
    const text = ethersFile(names);
    for (const name of names) expect(text).to.contain(`export { ${name}__factory }`);
    expect(rootFile()).to.not.match(/ethers|viem|hashes/);
  });
});
