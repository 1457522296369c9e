import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { expect } from "chai";
import { PUBLIC_INTERFACES } from "../../../src/package/contracts";
import { ROOT } from "../../../src/toolchain/run";

interface Conditions {
  readonly types: string;
  readonly default: string;
}
interface PackageJson {
  readonly files: readonly string[];
  readonly sideEffects: boolean;
  readonly exports: Readonly<Record<string, string | { readonly import: Conditions; readonly require: Conditions }>>;
  readonly typesVersions: Readonly<Record<"*", Readonly<Record<string, readonly string[]>>>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

const json = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as PackageJson;

/** Whether a file of contracts/ is in the package, by the patterns of `files`. */
function isPacked(path: string): boolean {
  const patterns = json.files.filter((pattern) => pattern.startsWith("contracts"));
  return patterns.some((pattern) => {
    const text = pattern
      .replaceAll(".", "\\.")
      .replaceAll("/**/", "/(?:.*/)?")
      .replaceAll(/(?<!\.)\*(?!\))/g, "[^/]*");
    return new RegExp(`^${text}(?:$|/)`).test(path);
  });
}

describe("package.json", () => {
  it("has its users install nothing", () => {
    expect(json).to.not.have.any.keys("dependencies", "optionalDependencies", "bundleDependencies");
    for (const name of Object.keys(json.peerDependencies)) {
      expect(json.peerDependenciesMeta[name]?.optional, name).to.equal(true);
    }
    expect(json.sideEffects).to.equal(false);
  });

  it("runs nothing on installation", () => {
    expect((json as unknown as { scripts: object }).scripts).to.not.have.any.keys(
      ...["preinstall", "install", "postinstall", "prepare"],
    );
  });

  it("types each entry for each module system, and for classic resolution", () => {
    for (const [path, entry] of Object.entries(json.exports)) {
      if (typeof entry === "string") continue;
      expect(entry.import.default).to.match(/^\.\/dist\/esm\/.*\.js$/);
      expect(entry.require.default).to.equal(entry.import.default.replace("esm", "cjs"));
      for (const { types, default: file } of [entry.import, entry.require]) {
        expect(types).to.equal(file.replace(/js$/, "d.ts"));
      }
      if (path !== ".") {
        expect(json.typesVersions["*"][path.slice(2)], path).to.deep.equal([entry.require.types]);
      }
    }
  });

  it("packs every interface with all that it imports of ours", () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      expect(isPacked(path), `${path} is not matched by files of package.json`).to.equal(true);
      const source = readFileSync(join(ROOT, path), "utf8");
      for (const [, imported = ""] of source.matchAll(/^(?:import\b|\} from )[^";]*"([^"]+)"/gm)) {
        if (imported.startsWith(".")) visit(posix.join(dirname(path), imported));
        else expect(imported).to.match(/^@openzeppelin\//);
      }
    };
    for (const path of PUBLIC_INTERFACES) visit(`contracts/${path}.sol`);
    expect(isPacked("contracts/market/JobEscrow.sol")).to.equal(false);
  });
});
