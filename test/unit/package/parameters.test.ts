import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { boundsIn, constantsIn, fieldsOf, parametersPage, readable } from "../../../src/package/parameters";
import { ROOT } from "../../../src/toolchain/run";

describe("package/parameters", () => {
  const page = parametersPage();

  it("are those of docs/parameters.md", () => {
    expect(readFileSync(join(ROOT, "docs", "parameters.md"), "utf8"), "npm run parameters -- --write").to.equal(page);
  });

  it("have defaults within what the contracts check", () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| [^|]* \| ([\d,]+) \| ([^|]+) \|$/gm)];
    expect(rows.length).to.be.above(20);
    for (const [, name = "", value = "", bounds = ""] of rows) {
      for (const [, low = "", high = ""] of bounds.matchAll(
        /(?:^|; )(?:\d+ \w+ \()?([\d,]+)\)? to (?:\d+ \w+ \()?([\d,]+)/g,
      )) {
        const [least, is, most] = [low, value, high].map((text) => Number(text.replaceAll(",", "")));
        expect(is, name).to.be.within(least ?? NaN, most ?? NaN);
      }
    }
  });

  it("say what every field is, and its bounds where the contract checks them", () => {
    expect(page).to.contain(
      "| `unbonding` | seconds a tranche unbonds, 14..60 days | 1,814,400 | 14 days (1,209,600) to",
    );
    expect(page).to.contain("| `feeBps` | protocol fee, 0..1,000 basis points | 250 | 0 to 1,000 |");
    expect(page).to.not.match(/undefined|NaN|_TYPEHASH/);
  });

  it("read constants with their comments, over several lines, and no type hashes", () => {
    const source = [
      "    /// @notice Most of all.",
      "    /// @dev Over two lines.",
      "    uint256 internal constant MOST =",
      "        5 * 2;",
      '    bytes32 private constant A_TYPEHASH = keccak256("A()");',
      "    uint8 public constant ONE = 1;",
    ].join("\n");
    expect(constantsIn(source)).to.deep.equal([
      { name: "MOST", value: "5 * 2", visibility: "internal", meaning: "Most of all. Over two lines." },
      { name: "ONE", value: "1", visibility: "public", meaning: "" },
    ]);
  });

  it("read fields of a struct with what is said of each", () => {
    const source =
      "/// @notice S.\n/// @param a first\n/// of two\n/// @param b second\nstruct S {\n  uint8 a;\n  bool b;\n  bool c;\n}";
    expect([...fieldsOf(source, "S")]).to.deep.equal([
      ["a", "first of two"],
      ["b", "second"],
      ["c", ""],
    ]);
    expect(() => fieldsOf(source, "T")).to.throw("no struct T");
  });

  it("read bounds from helpers and from refusals, but not from the helper itself", () => {
    const source = [
      "_requireWithin(s.a, uint256(LOW) + f(1, 2), 3 days);",
      "if (x > 9) revert XOutOfBounds(x, 1, 9);",
      "_requireAtLeast(y, 2);",
      "_requireWithin(t.end - t.start, 1, 5);",
      "function _requireWithin(uint256 value, uint256 low, uint256 high) {",
      "revert XOutOfBounds(value, low, high);",
      "error XOutOfBounds(uint256 value, uint256 low, uint256 high);",
    ].join("\n");
    expect(boundsIn(source)).to.deep.equal([
      { name: "a", low: "uint256(LOW) + f(1, 2)", high: "3 days" },
      { name: "x", low: "1", high: "9" },
      { name: "y", low: "2", high: undefined },
    ]);
  });

  it("show numbers with commas, times in seconds too, and constants by their value", () => {
    const constants = new Map([["MAX", "30 days"]]);
    expect(readable("A.MAX", constants)).to.equal("30 days (2,592,000)");
    expect(readable("2_500_000", constants)).to.equal("2,500,000");
    expect(readable("1e5", constants)).to.equal("100,000");
    expect(readable("block.timestamp", constants)).to.equal("`block.timestamp`");
  });
});
