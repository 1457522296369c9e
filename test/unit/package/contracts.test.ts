import { readdirSync } from "node:fs";
import { join, posix } from "node:path";
import { expect } from "chai";
import { config } from "hardhat";
import { FACTORIES } from "../../../src/deployment/contracts";
import {
  abiNameOf,
  FOREIGN_CONTRACTS,
  LINKED_LIBRARIES,
  nameOf,
  PUBLIC_CONTRACTS,
  PUBLIC_INTERFACES,
} from "../../../src/package/contracts";
import { readArtifact } from "../../../src/package/artifacts";
import { ROOT } from "../../../src/toolchain/run";

const sources = readdirSync(join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
  .map((file) => file.split("\\").join(posix.sep))
  .filter((file) => file.endsWith(".sol") && !file.startsWith("mocks/"))
  .map((file) => file.replace(/\.sol$/, ""));

describe("package/contracts", () => {
  it("shows every contract that is deployed, or says why not", () => {
    const known: string[] = [...PUBLIC_CONTRACTS.map(nameOf), ...LINKED_LIBRARIES.map(nameOf), ...FOREIGN_CONTRACTS];
    const missing = Object.keys(FACTORIES).filter((name) => !known.includes(name));
    expect(missing, "add them to PUBLIC_CONTRACTS in src/package/contracts.ts").to.deep.equal([]);
  });

  it("shows every interface", () => {
    const interfaces = sources.filter((path) => /^I[A-Z]/.test(nameOf(path)));
    expect([...PUBLIC_INTERFACES].sort(), "see PUBLIC_INTERFACES in src/package/contracts.ts").to.deep.equal(
      interfaces.sort(),
    );
  });

  it("lists no test double, and nothing that cannot be deployed as a contract", () => {
    for (const path of PUBLIC_CONTRACTS) {
      expect(sources).to.include(path);
      expect(readArtifact(path, config.paths.artifacts).bytecode, path).to.not.equal("0x");
    }
  });

  it("has the libraries of every contract, so that artefacts can be deployed", () => {
    const needed = [...PUBLIC_CONTRACTS, ...LINKED_LIBRARIES].flatMap((path) =>
      Object.values(readArtifact(path, config.paths.artifacts).linkReferences).flatMap((libraries) =>
        Object.keys(libraries as object),
      ),
    );
    expect([...LINKED_LIBRARIES.map(nameOf)].sort()).to.deep.equal([...new Set(needed)].sort());
  });

  it("has one name per contract", () => {
    const names = [...PUBLIC_CONTRACTS, ...PUBLIC_INTERFACES, ...LINKED_LIBRARIES].map(nameOf);
    expect(new Set(names).size).to.equal(names.length);
    expect(abiNameOf("JobEscrow")).to.equal("jobEscrowAbi");
    expect(abiNameOf("IJobEscrow")).to.equal("iJobEscrowAbi");
  });
});
