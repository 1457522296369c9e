import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { VESTING } from "../../../deploy/presets/defaults";
import { DEFAULT_GOVERNANCE } from "../../../src/deployment";
import { boundsIn, constantsIn, fieldsOf, parametersPage, readable } from "../../../src/package/parameters";
import { ROOT } from "../../../src/toolchain/run";

/** A row of a table with bounds. */
interface Row {
  readonly title: string;
  readonly field: string;
  /** Cells between what the field means and its bounds. */
  readonly defaults: readonly string[];
  readonly bounds: string;
}

function rowsOf(page: string): readonly Row[] {
  return page.split("\n## ").flatMap((section) => {
    const [title = "", ...lines] = section.split("\n");
    if (!lines.some((line) => /^\| field \|.* checked bounds \|$/.test(line))) return [];
    return lines.flatMap((line) => {
      const [, field, , ...cells] = /^\| `\w+` \|/.test(line) ? line.split("|").map((cell) => cell.trim()) : [];
      const [defaults, bounds] = [cells.slice(0, -2), cells.at(-2) ?? ""];
      return field === undefined ? [] : [{ title, field: field.replaceAll("`", ""), defaults, bounds }];
    });
  });
}

/** The number of a cell, of times that in seconds; undefined where an expression stands. */
function figureIn(text: string): bigint | undefined {
  const [, whole, zeros = "0"] = /^(?:.* \()?([\d,]+)(?:e(\d+))?\)?$/.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(whole.replaceAll(",", "")) * 10n ** BigInt(zeros);
}

describe("package/parameters", () => {
  const page = parametersPage();

  it("are those of docs/parameters.md", () => {
    expect(readFileSync(join(ROOT, "docs", "parameters.md"), "utf8"), "npm run parameters -- --write").to.equal(page);
  });

  it("have defaults within what the contracts check", () => {
    let checked = 0;
    for (const { field, defaults, bounds } of rowsOf(page)) {
      for (const bound of bounds.split("; ")) {
        const [low, high] = bound.split(" to ").map(figureIn);
        for (const value of defaults.map(figureIn)) {
          if (value === undefined) continue;
          if (low !== undefined) expect(value >= low, `${field} ${value} from ${low}`).to.equal(true);
          if (high !== undefined) expect(value <= high, `${field} ${value} to ${high}`).to.equal(true);
          if (low !== undefined && high !== undefined) checked++;
        }
      }
    }
    expect(checked).to.be.above(40);
  });

  it("have the defaults of token economy and governance from presets and configuration", () => {
    const told = new Map(rowsOf(page).map(({ title, field, defaults }) => [`${title}: ${field}`, defaults.join(" ")]));
    const kinds = Object.values(VESTING).map(({ value }) => String(value.votes));
    expect(told.get("Vesting schedules: votes")).to.equal(kinds.map((vote) => `\`${vote}\``).join(" "));
    expect(told.get("What a sale sells: softCap")).to.equal("500,000,000,000");
    expect(told.get("Rounds of a sale: minimum")).to.equal("2,500e18");
    expect(told.get("Rounds of a sale: end")).to.equal("`saleStart + 2,592,000`");
    expect(told.get("How purchases vest: startBps")).to.equal("2,000");
    expect(told.get("Proceeds of a sale: list")).to.contain("development 5,000; network 2,000");
    expect(told.get("Emission: pool")).to.equal("450,000,000e18");
    const { delay, settings } = DEFAULT_GOVERNANCE;
    expect(told.get("Timelock: delay")).to.equal(delay.toLocaleString("en"));
    for (const [name, value] of Object.entries(settings)) {
      expect(told.get(`Governor: ${name}`), name).to.equal(value.toLocaleString("en"));
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

  it("read arguments of a constructor with what is said of each", () => {
    const source =
      "/// @notice Makes it.\n/// @param a_ first\n/// of two\n/// @param b second\nconstructor(\n  uint8 a_,\n";
    expect([...fieldsOf(source, "constructor")]).to.deep.equal([
      ["a_", "first of two"],
      ["b", "second"],
    ]);
    expect(() => fieldsOf("contract C {}", "constructor")).to.throw("no constructor");
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
    expect(readable("4 * 365 days", constants)).to.equal("4 * 365 days (126,144,000)");
    expect(readable("2_500_000", constants)).to.equal("2,500,000");
    expect(readable("1e5", constants)).to.equal("100,000");
    expect(readable("block.timestamp", constants)).to.equal("`block.timestamp`");
  });
});
