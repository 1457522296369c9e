import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { examplesIn, keepsPromise } from "../../../src/package/examples";
import { ROOT } from "../../../src/toolchain/run";

describe("package/examples", () => {
  it("are blocks that name a file", () => {
    const text = "Text\n\n```ts a.ts\nf();\n// prints: x ... y\n```\n\n```sh\nls\n```\n\n```solidity B.sol\nb\n```\n";
    expect(examplesIn(text)).to.deep.equal([
      { language: "ts", file: "a.ts", code: "f();\n// prints: x ... y\n", prints: "x ... y" },
      { language: "solidity", file: "B.sol", code: "b\n", prints: undefined },
    ]);
  });

  it("promise what their output begins with", () => {
    expect(keepsPromise("a ... (c)", "a b (c) d")).to.equal(true);
    expect(keepsPromise("a b", "a   b")).to.equal(true);
    expect(keepsPromise("a.c", "abc")).to.equal(false);
    expect(keepsPromise("b", "a b")).to.equal(false);
  });

  it("of the guide are short, and each says what it prints", () => {
    const examples = examplesIn(readFileSync(join(ROOT, "docs", "dapp.md"), "utf8"));
    expect(examples.length).to.be.above(8);
    for (const { file, code, prints, language } of examples) {
      const lines = code.split("\n").filter((line) => line !== "" && !line.startsWith("import "));
      expect(lines.length, file).to.be.below(17);
      if (language === "ts" && file !== "setup.ts") expect(prints, file).to.be.a("string");
    }
  });
});
