/** What `npm run tokenomics` prints and writes, against the presets and against the contracts' own models. */
import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { supplyWei } from "../../../deploy/presets/allocation";
import { PRESET_IDS, presetOf } from "../../../deploy/presets/index";
import { partsOf } from "../../../deploy/presets/schema";
import { MONTH_SECONDS } from "../../../deploy/presets/terms";
import { curveCsv, presetText, tokenomicsProgram } from "../../../src/economy/command";
import { documentFiles } from "../../../src/economy/document";
import { MONTHS, releaseCurve } from "../../../src/economy/release";
import { curveSvg } from "../../../src/economy/svg";
import { aligned, tableOf } from "../../../src/economy/table";
import { assumptionsOf, dollars, grouped, percent } from "../../../src/economy/words";
import { runBin } from "../../../src/toolchain/run";

const ROOT = join(__dirname, "..", "..", "..");
const TOKEN = 10n ** 18n;

describe("tokenomics", () => {
  describe("documents", () => {
    it("are current: docs/tokenomics.md and a picture for every preset (npm run tokenomics -- --docs)", () => {
      const files = documentFiles();
      expect(files.size).to.equal(1 + PRESET_IDS.length);
      for (const [file, text] of files) expect(readFileSync(join(ROOT, file), "utf8") === text, file).to.equal(true);
      const pictures = readdirSync(join(ROOT, "docs", "img")).filter((file) => file.startsWith("tokenomics-"));
      expect(pictures.sort()).to.deep.equal(PRESET_IDS.map((id) => `tokenomics-${id}.svg`));
    });

    it("mark what is assumed", () => {
      const page = documentFiles().get("docs/tokenomics.md") ?? "";
      for (const id of PRESET_IDS) {
        for (const { why } of assumptionsOf(presetOf(id))) expect(page).to.include(`- ${why}: `);
      }
      expect(page).to.match(/\| team +\| 4% +\| 40,000,000 +\|.*\| assumed +\| assumed +\|/);
    });
  });

  describe("table", () => {
    it("has every part with its amount, and proves the sum to the wei", () => {
      for (const id of PRESET_IDS) {
        const preset = presetOf(id);
        const { rows, sum } = tableOf(preset);
        expect(sum).to.equal(supplyWei(preset));
        expect(rows.map(({ key }) => key)).to.deep.equal(partsOf(preset).map(({ key }) => key));
        const text = presetText(preset);
        for (const { key } of rows) expect(text).to.match(new RegExp(`^${key} `, "m"));
        expect(text).to.include(`${sum} wei = the supply, difference 0`);
      }
    });

    it("refuses a preset that does not add up", () => {
      const preset = structuredClone(presetOf("vaiker"));
      for (const part of partsOf(preset)) if (part.key === "team") part.shareBps.value += 1;
      expect(() => tableOf(preset)).to.throw("vaiker: the parts add up to ");
    });

    it("says how each part comes out and whether it votes", () => {
      const release = (id: string, key: string) => {
        const row = tableOf(presetOf(id)).rows.find((it) => it.key === key);
        return [row?.holder, row?.release, row?.votes];
      };
      expect(release("vaiker", "node-rewards")).to.deep.equal([
        "emission distributor",
        "by the second, halving every 2 years",
        "no",
      ]);
      expect(release("vaiker", "sale")[2]).to.equal("once claimed");
      expect(release("vaiker", "research-development")[1]).to.equal("36 months in steps of 3");
      expect(release("vaiker", "team")[1]).to.equal("48 months, cliff of 12, revocable");
      expect(release("aicrypto", "marketing")[1]).to.equal("5% at start, the rest over 24 months");
    });

    it("can hold a part that goes to the timelock at once", () => {
      const preset = structuredClone(presetOf("vaiker"));
      for (const part of partsOf(preset)) if (part.key === "ecosystem") part.destination = { kind: "treasury" };
      const row = tableOf(preset).rows.find(({ key }) => key === "ecosystem");
      expect([row?.holder, row?.release]).to.deep.equal(["timelock", "at once"]);
      expect(releaseCurve(preset).parts.find(({ key }) => key === "ecosystem")?.released[0]).to.equal(
        50_000_000n * TOKEN,
      );
    });

    it("is printed in columns", () => {
      const cells = [
        ["a", "long heading"],
        ["wide cell", "b"],
      ];
      expect(aligned(cells, false)).to.equal("a          long heading\n---------  ------------\nwide cell  b");
      expect(aligned(cells, true)).to.equal(
        "| a         | long heading |\n| --------- | ------------ |\n| wide cell | b            |",
      );
    });
  });

  describe("release curve", () => {
    const tokens = (id: string, key: string, month: number) => {
      const part = releaseCurve(presetOf(id)).parts.find((it) => it.key === key);
      return (part?.released[month] ?? -1n) / TOKEN;
    };

    it("has a point a month for five years, never falls, and never passes the amount", () => {
      for (const id of PRESET_IDS) {
        const { parts, total } = releaseCurve(presetOf(id));
        expect(total.length).to.equal(MONTHS + 1);
        for (const { key, amount, released } of parts) {
          expect(released.length, key).to.equal(MONTHS + 1);
          for (const [month, wei] of released.entries()) {
            expect(wei >= (released[month - 1] ?? 0n) && wei <= amount, `${id} ${key} ${month}`).to.equal(true);
          }
        }
        for (const [month, sum] of total.entries()) {
          expect(parts.reduce((all, { released }) => all + (released[month] ?? 0n), 0n)).to.equal(sum);
        }
      }
    });

    it("follows the terms at their edges", () => {
      expect([0, 11, 12, 48].map((month) => tokens("vaiker", "team", month))).to.deep.equal([
        0n,
        0n,
        10_000_000n,
        40_000_000n,
      ]);
      expect([2, 3, 5, 36].map((month) => tokens("vaiker", "research-development", month))).to.deep.equal([
        0n,
        16_666_666n,
        16_666_666n,
        200_000_000n,
      ]);
      expect([0, 3, 6].map((month) => tokens("vaiker", "sale", month))).to.deep.equal([
        20_000_000n,
        60_000_000n,
        100_000_000n,
      ]);
      expect([0, 24, 48].map((month) => tokens("vaiker", "node-rewards", month))).to.deep.equal([
        0n,
        225_000_000n,
        337_500_000n,
      ]);
      expect(tokens("aicrypto", "marketing", 0)).to.equal(75_000_000n);
      expect(12 * MONTH_SECONDS).to.equal(365 * 86_400);
    });

    it("is data with exact tokens", () => {
      const lines = curveCsv(presetOf("vaiker")).trimEnd().split("\n");
      expect(lines.length).to.equal(MONTHS + 2);
      expect(lines[0]).to.equal(
        "month,node-rewards,sale,investors-outside-sale,research-development,team,advisors,ecosystem,total",
      );
      expect(lines[1]).to.equal("0,0,20000000,0,0,0,0,5000000,25000000");
      expect(lines[4]).to.include("16666666.666666666666666666");
    });

    it("is a picture with a band for each part", () => {
      const preset = presetOf("verai");
      const svg = curveSvg("VER", releaseCurve(preset), supplyWei(preset));
      expect(svg.match(/<polygon /g)?.length).to.equal(7);
      for (const { key } of partsOf(preset)) expect(svg).to.include(`<title>${key}</title>`);
      expect(svg).not.to.match(/NaN|undefined|Infinity/);
      expect(svg).to.match(/^[\x20-\x7e\n]*$/);
    });
  });

  describe("words", () => {
    it("group digits and write shares and prices exactly", () => {
      expect([0n, 999n, 1_000n, 1_234_567n].map(grouped)).to.deep.equal(["0", "999", "1,000", "1,234,567"]);
      expect([1, 50, 2_500, 10_000].map(percent)).to.deep.equal(["0.01%", "0.5%", "25%", "100%"]);
      expect([20_000n, 2_000_000_000_000n, 1n].map(dollars)).to.deep.equal([
        "USD 0.02",
        "USD 2,000,000",
        "USD 0.000001",
      ]);
    });
  });

  describe("program", () => {
    it("prints JSON, writes picture and data, and refuses a preset that is not there", async function () {
      this.timeout(120_000);
      const folder = mkdtempSync(join(tmpdir(), "tokenomics-"));
      try {
        const [svg, csv] = [join(folder, "a.svg"), join(folder, "sub", "a.csv")];
        const args = ["scripts/tokenomics.ts", "--preset", "aicrypto", "--json", "--svg", svg, "--csv", csv];
        const good = await runBin("tsx", args, { quiet: true });
        expect(good.code, good.output).to.equal(0);
        const data = JSON.parse(good.output) as { preset: string; sum: string; curve: { total: string[] } };
        expect([data.preset, data.sum]).to.deep.equal(["aicrypto", String(10n ** 28n)]);
        expect(data.curve.total.length).to.equal(MONTHS + 1);
        expect(data.curve.total.at(-1)).to.equal(String(10n ** 28n));
        expect(readFileSync(svg, "utf8")).to.equal(documentFiles().get("docs/img/tokenomics-aicrypto.svg"));
        expect(readFileSync(csv, "utf8")).to.equal(curveCsv(presetOf("aicrypto")));

        const bad = await runBin("tsx", ["scripts/tokenomics.ts", "--preset", "dogecoin"], { quiet: true });
        expect(bad.code).to.equal(2);
        expect(bad.output).to.include("there is no preset dogecoin; known: aicrypto, tensorchain, vaiker, verai");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it("explains itself", () => {
      const help = tokenomicsProgram().helpInformation();
      for (const flag of ["--preset <id>", "--json", "--svg <file>", "--csv <file>", "--docs"]) {
        expect(help).to.include(flag);
      }
    });
  });
});
