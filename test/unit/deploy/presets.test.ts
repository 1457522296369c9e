import { expect } from "chai";
import fc from "fast-check";
import { decodeBytes32String, ethers, ZeroAddress } from "ethers";
import { allocationRows, supplyWei, tableHash } from "../../../deploy/presets/allocation";
import { presetSchema, type Preset } from "../../../deploy/presets/schema";
import { vaiker } from "../../../deploy/presets/vaiker";

const PARTS = vaiker.allocations.flatMap(({ parts }) => parts.map(({ key }) => key));
const DESTINATIONS = Object.fromEntries(PARTS.map((key, i) => [key, ethers.toBeHex(0xa000 + i, 20)]));

/** The preset with a change made to a deep copy. */
function changed(change: (preset: Preset) => void): Preset {
  const copy = structuredClone(vaiker);
  change(copy);
  return copy;
}

/** Messages of the schema's complaints. */
function complaints(preset: unknown): string[] {
  return presetSchema.safeParse(preset).error?.issues.map(({ message }) => message) ?? [];
}

function first<T>(list: readonly T[]): T {
  const [item] = list;
  if (item === undefined) throw new Error("empty list");
  return item;
}

describe("presets", () => {
  describe("vaiker", () => {
    it("has the figures of SPEC 2", () => {
      const shares = (lines: Preset["proceeds"]) => lines.map(({ shareBps }) => shareBps.value / 100);
      expect(vaiker.token.symbol.value).to.equal("VAIK");
      expect(vaiker.token.supply.value).to.equal(1_000_000_000n);
      expect(shares(vaiker.allocations)).to.deep.equal([45, 25, 20, 5, 5]);
      expect(vaiker.sale.tokens.value).to.equal(100_000_000n);
      expect(vaiker.sale.raise.value).to.equal(2_000_000n);
      expect(vaiker.sale.price.value).to.equal(20_000n);
      expect(shares(vaiker.proceeds)).to.deep.equal([50, 20, 20, 5, 5]);
    });

    it("says of every figure where it comes from, or that it is assumed", () => {
      const assumed: string[] = [];
      let figures = 0;
      const walk = (value: unknown, path: string): void => {
        if (value === null || typeof value !== "object") return;
        if ("value" in value) {
          figures += 1;
          if ("assumed" in value) assumed.push(path);
          else expect(value, path).to.have.property("source");
          return;
        }
        for (const [name, inner] of Object.entries(value)) {
          const label = inner !== null && typeof inner === "object" && "key" in inner ? String(inner.key) : name;
          walk(inner, path === "" ? label : `${path}.${label}`);
        }
      };
      walk(vaiker, "");
      expect(figures).to.equal(3 + 5 + 7 + 3 + 5);
      expect(assumed).to.deep.equal([
        "allocations.investors.parts.investors-outside-sale.shareBps",
        "allocations.team-advisors.parts.team.shareBps",
        "allocations.team-advisors.parts.advisors.shareBps",
      ]);
    });
  });

  describe("schema", () => {
    it("accepts vaiker", () => {
      expect(complaints(vaiker)).to.deep.equal([]);
    });

    it("refuses shares that are not exactly 100%", () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 9_999 }), (index, share) => {
          const before = vaiker.proceeds[index]?.shareBps.value ?? 0;
          fc.pre(share !== before);
          const preset = changed(({ proceeds }) => {
            const line = proceeds[index];
            if (line !== undefined) line.shareBps.value = share;
          });
          expect(complaints(preset)).to.deep.equal([`proceeds add up to ${10_000 - before + share} bps, not 10000`]);
        }),
      );
    });

    it("refuses parts that are not exactly their line", () => {
      const preset = changed(({ allocations }) => {
        const line = allocations.find(({ key }) => key === "team-advisors");
        if (line !== undefined) first(line.parts).shareBps.value = 401;
      });
      expect(complaints(preset)).to.deep.equal(["parts of team-advisors add up to 501 bps, not 500"]);
    });

    it("refuses lines that are not 100% though their parts fit them", () => {
      const preset = changed(({ allocations }) => {
        allocations.pop();
      });
      expect(complaints(preset)).to.deep.equal(["allocations add up to 9500 bps, not 10000"]);
    });

    it("refuses a key used twice", () => {
      const preset = changed(({ proceeds }) => {
        const line = proceeds[1];
        if (line !== undefined) line.key = first(proceeds).key;
      });
      expect(complaints(preset)).to.deep.equal(["proceeds use a key twice"]);
    });

    it("refuses a sale that contradicts the shares or its own price", () => {
      const sale = (change: (sale: Preset["sale"]) => void) => complaints(changed((preset) => change(preset.sale)));
      expect(sale((it) => (it.part = "no-part"))).to.deep.equal(["no part no-part to sell"]);
      expect(sale((it) => (it.price.value = 20_001n))).to.deep.equal(["tokens x price is not the raise"]);
      expect(sale((it) => (it.raise.value = 2_000_001n))).to.deep.equal(["tokens x price is not the raise"]);
      const more = sale((it) => {
        it.tokens.value = 200_000_000n;
        it.price.value = 10_000n;
      });
      expect(more).to.deep.equal(["sale is not 200000000 tokens"]);
    });

    it("refuses figures without a source, with both, and fields that it does not know", () => {
      const bad: ((preset: Preset) => void)[] = [
        ({ token }) => Object.assign(token, { supply: { value: 1_000_000_000n } }),
        ({ token }) => Object.assign(token.supply, { assumed: true, why: "because we like it" }),
        ({ token }) => Object.assign(token, { supply: { value: 1_000_000_000n, assumed: false, why: "not assumed" } }),
        ({ token }) => Object.assign(token, { supply: { value: 1_000_000_000, source: "000 Tokenomics" } }),
        ({ token }) => Object.assign(token.supply, { value: 0n }),
        ({ token }) => Object.assign(token.supply, { source: "hearsay" }),
        ({ token }) => Object.assign(token, { decimals: 6 }),
        ({ proceeds }) => Object.assign(first(proceeds), { key: "Has Spaces" }),
        ({ proceeds }) => Object.assign(first(proceeds), { key: "x".repeat(32) }),
      ];
      for (const [i, change] of bad.entries()) expect(complaints(changed(change)), `case ${i}`).not.to.deep.equal([]);
    });
  });

  describe("allocationRows", () => {
    it("pays every part its share, adding up to the supply exactly", () => {
      const rows = allocationRows(vaiker, DESTINATIONS);
      expect(rows.map(({ label, amount }) => [decodeBytes32String(label), amount / 10n ** 18n])).to.deep.equal([
        ["node-rewards", 450_000_000n],
        ["sale", 100_000_000n],
        ["investors-outside-sale", 150_000_000n],
        ["research-development", 200_000_000n],
        ["team", 40_000_000n],
        ["advisors", 10_000_000n],
        ["ecosystem", 50_000_000n],
      ]);
      expect(rows.reduce((sum, { amount }) => sum + amount, 0n)).to.equal(supplyWei(vaiker));
      expect(rows.map(({ destination }) => destination.toLowerCase())).to.deep.equal(Object.values(DESTINATIONS));
    });

    it("adds up exactly for any supply", () => {
      fc.assert(
        fc.property(fc.bigInt({ min: 1n, max: 10n ** 10n }), (supply) => {
          // Not through the schema: the sale of vaiker fits its own supply only.
          const preset = changed(({ token }) => (token.supply.value = supply));
          const rows = allocationRows(preset, DESTINATIONS);
          expect(rows.reduce((sum, { amount }) => sum + amount, 0n)).to.equal(supplyWei(preset));
        }),
      );
    });

    it("refuses missing, superfluous, zero and mistyped destinations", () => {
      const { sale, ...withoutSale } = DESTINATIONS;
      expect(() => allocationRows(vaiker, withoutSale)).to.throw("vaiker needs a destination for sale");
      expect(() => allocationRows(vaiker, { ...DESTINATIONS, foundation: sale ?? "" })).to.throw(
        "vaiker has no part foundation",
      );
      expect(() => allocationRows(vaiker, { ...DESTINATIONS, sale: ZeroAddress })).to.throw("zero address");
      expect(() => allocationRows(vaiker, { ...DESTINATIONS, sale: "0x12" })).to.throw("expected an address");
      const badChecksum = "0x52908400098527886E0F7030069857D2E4169Ee7";
      expect(() => allocationRows(vaiker, { ...DESTINATIONS, sale: badChecksum })).to.throw("expected an address");
    });
  });

  describe("tableHash", () => {
    it("changes with every field of every row and with their order", () => {
      const rows = allocationRows(vaiker, DESTINATIONS);
      const hashes = new Set([tableHash(rows), tableHash([...rows].reverse())]);
      for (const i of rows.keys()) {
        const edit = (change: object) => rows.map((row, j) => (i === j ? { ...row, ...change } : row));
        hashes.add(tableHash(edit({ amount: 1n })));
        hashes.add(tableHash(edit({ label: ethers.ZeroHash })));
        hashes.add(tableHash(edit({ destination: ethers.toBeHex(1, 20) })));
      }
      expect(hashes.size).to.equal(2 + 3 * rows.length);
    });
  });
});
