import { expect } from "chai";
import { lockFindings, solidityFindings, typescriptFindings } from "../../../src/toolchain/house";

describe("house rules", () => {
  describe("solidityFindings", () => {
    const vault = (line: string) => solidityFindings("contracts/vault/V.sol", line);

    it("lets a layer import itself and the layers below", () => {
      expect(vault('import {T} from "../token/T.sol";')).to.deep.equal([]);
      expect(vault('import {I} from "./I.sol";')).to.deep.equal([]);
      expect(vault('import {E} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";')).to.deep.equal([]);
    });

    it("finds an import of a layer above, of a double and of an unknown folder", () => {
      expect(vault('import {J} from "../market/J.sol";')).to.have.length(1);
      expect(vault('} from "../market/J.sol";')).to.have.length(1);
      expect(vault('import {M} from "../mocks/M.sol";')).to.have.length(1);
      expect(vault('import {M} from "../utils/M.sol";')).to.have.length(1);
    });

    it("lets doubles import every layer", () => {
      expect(solidityFindings("contracts/mocks/M.sol", 'import {J} from "../market/J.sol";')).to.deep.equal([]);
    });

    it("finds characters outside ASCII", () => {
      expect(vault("// at most 5 \u00a0")).to.deep.equal(["contracts/vault/V.sol:1: a character outside ASCII"]);
    });
  });

  it("find a registry in the lock file", () => {
    expect(lockFindings('"resolved": "https://registry/x.tgz"')).to.have.length(1);
    expect(lockFindings('"version": "1.0.0"')).to.deep.equal([]);
  });

  describe("typescriptFindings", () => {
    const findings = (text: string) => typescriptFindings("src/x.ts", text);

    it("finds any and default exports", () => {
      expect(findings("const x: any = 1;")).to.deep.equal(["src/x.ts:1: any"]);
      expect(findings("export default 1;")).to.deep.equal(["src/x.ts:1: a default export"]);
      expect(findings("\nexport default function f() {}")).to.deep.equal(["src/x.ts:2: a default export"]);
    });

    it("leaves words in text and switch defaults alone", () => {
      expect(findings("// any\nswitch (f()) { default: g('any'); }")).to.deep.equal([]);
    });
  });
});
