import { expect } from "chai";
import fc from "fast-check";
import { decodeBytes32String, ethers, ZeroAddress } from "ethers";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { allocationRows, supplyWei, tableHash } from "../../../deploy/presets/allocation";
import { PRESET_IDS, presetOf } from "../../../deploy/presets/index";
import { partsOf, presetSchema, type Part, type Preset, type VestingTerms } from "../../../deploy/presets/schema";
import { emissionParameters, partWei, saleParameters, vestingParameters } from "../../../deploy/presets/terms";
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

const DEPLOY = join(__dirname, "..", "..", "..", "deploy", "presets");

const shares = (lines: readonly { key: string; shareBps: { value: number } }[]) =>
  Object.fromEntries(lines.map(({ key, shareBps }) => [key, shareBps.value / 100]));

/** Vesting terms of a part of a preset. */
function termsOf(preset: Preset, key: string): VestingTerms {
  const part = partsOf(preset).find((it) => it.key === key);
  if (part?.destination.kind !== "vesting") throw new Error(`${key} does not vest`);
  return part.destination.terms.value;
}

/** Every figure of a preset by its path, and whether it is assumed. */
function figuresOf(preset: Preset): Map<string, boolean> {
  const figures = new Map<string, boolean>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== "object") return;
    if ("value" in value) {
      figures.set(path, "assumed" in value);
      if (!("assumed" in value)) expect(value, path).to.have.property("source");
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      const label = inner !== null && typeof inner === "object" && "key" in inner ? String(inner.key) : name;
      walk(inner, path === "" ? label : `${path}.${label}`);
    }
  };
  walk(preset, "");
  return figures;
}

describe("presets", () => {
  describe("index", () => {
    it("finds every file of the folder that is no support, and vaiker, aicrypto, tensorchain, verai", () => {
      const support = ["allocation", "defaults", "index", "schema", "terms"];
      const files = readdirSync(DEPLOY).map((file) => file.replace(/\.ts$/, ""));
      for (const name of support) expect(existsSync(join(DEPLOY, `${name}.ts`)), name).to.equal(true);
      expect(PRESET_IDS).to.deep.equal(files.filter((name) => !support.includes(name)).sort());
      expect(PRESET_IDS).to.deep.equal(["aicrypto", "tensorchain", "vaiker", "verai"]);
    });

    it("gives each under its own id, and no other", () => {
      for (const id of PRESET_IDS) expect(presetOf(id).id).to.equal(id);
      expect(presetOf("vaiker")).to.deep.equal(vaiker);
      for (const id of ["schema", "../vaiker", "dogecoin", ""]) {
        expect(() => presetOf(id)).to.throw(`there is no preset ${id}; known: aicrypto, `);
      }
    });
  });

  describe("vaiker", () => {
    it("has the figures of SPEC 2", () => {
      expect(vaiker.token.symbol.value).to.equal("VAIK");
      expect(vaiker.token.supply.value).to.equal(1_000_000_000n);
      expect(Object.values(shares(vaiker.allocations))).to.deep.equal([45, 25, 20, 5, 5]);
      expect(vaiker.sale.tokens.value).to.equal(100_000_000n);
      expect(vaiker.sale.raise.value).to.equal(2_000_000n);
      expect(vaiker.sale.price.value).to.equal(20_000n);
      expect(Object.values(shares(vaiker.proceeds))).to.deep.equal([50, 20, 20, 5, 5]);
      expect(vaiker.issuance.value.kind).to.equal("none");
    });

    it("emits 45% by halving every two years", () => {
      expect(emissionParameters(vaiker)).to.deep.equal({
        part: "node-rewards",
        pool: 450_000_000n * 10n ** 18n,
        period: 2 * 365 * 86_400,
      });
    });

    it("vests by the defaults of SPEC 2", () => {
      const common = { startBps: 0, stepMonths: 0, revocable: false, votes: false, grantor: "timelock" };
      const expected: Record<string, object> = {
        team: { ...common, cliffMonths: 12, totalMonths: 48, revocable: true },
        advisors: { ...common, cliffMonths: 6, totalMonths: 24, revocable: true },
        "investors-outside-sale": { ...common, cliffMonths: 6, totalMonths: 24, votes: true },
        "research-development": { ...common, cliffMonths: 0, totalMonths: 36, stepMonths: 3 },
        ecosystem: { ...common, cliffMonths: 0, totalMonths: 48, startBps: 1_000, votes: true },
      };
      for (const [key, terms] of Object.entries(expected)) expect(termsOf(vaiker, key), key).to.deep.equal(terms);
      const { vesting } = vaiker.sale.terms.value;
      const purchases = { ...common, cliffMonths: 0, totalMonths: 6, startBps: 2_000, votes: true, grantor: "sale" };
      expect(vesting).to.deep.equal(purchases);
    });

    it("says of every figure where it comes from, or that it is assumed", () => {
      const figures = figuresOf(vaiker);
      expect(figures.size).to.equal(3 + 1 + 5 + 7 + 6 + 4 + 5);
      expect([...figures].filter(([, assumed]) => assumed).map(([path]) => path)).to.deep.equal([
        "allocations.node-providers-community.parts.node-rewards.destination.schedule",
        "allocations.investors.parts.investors-outside-sale.shareBps",
        "allocations.investors.parts.investors-outside-sale.destination.terms",
        "allocations.research-development.parts.research-development.destination.terms",
        "allocations.team-advisors.parts.team.shareBps",
        "allocations.team-advisors.parts.team.destination.terms",
        "allocations.team-advisors.parts.advisors.shareBps",
        "allocations.team-advisors.parts.advisors.destination.terms",
        "allocations.ecosystem.parts.ecosystem.destination.terms",
        "sale.terms",
      ]);
    });
  });

  describe("aicrypto", () => {
    const aicrypto = presetOf("aicrypto");

    it("has the figures of SPEC 2", () => {
      expect(aicrypto.token.symbol.value).to.equal("AIC");
      expect(aicrypto.token.supply.value).to.equal(10_000_000_000n);
      expect(shares(aicrypto.allocations)).to.deep.equal({
        investor: 30,
        team: 25,
        "ecosystem-incentive": 20,
        marketing: 15,
        advisor: 5,
        "company-reserve": 5,
      });
      expect(aicrypto.sale.tokens.value).to.equal(3_000_000_000n);
      expect(Object.values(shares(aicrypto.proceeds))).to.deep.equal([42, 25, 14, 11, 8]);
      const issuance = { kind: "controller", capBps: 200, windowDays: 365, delayDays: 7 };
      expect(aicrypto.issuance.value).to.deep.equal(issuance);
      expect(emissionParameters(aicrypto)).to.equal(undefined);
    });

    it("assumes what the paper leaves open, and nothing else", () => {
      const assumed = [...figuresOf(aicrypto)].filter(([, it]) => it).map(([path]) => path);
      const open = ["issuance", "sale.raise", "sale.price", "sale.terms"];
      expect(assumed.filter((path) => !path.endsWith(".destination.terms"))).to.deep.equal(open);
      expect(assumed.length).to.equal(open.length + 5);
    });

    it("vests marketing and reserve by the defaults of SPEC 2", () => {
      expect(termsOf(aicrypto, "marketing")).to.include({ cliffMonths: 0, totalMonths: 24, startBps: 500 });
      expect(termsOf(aicrypto, "company-reserve")).to.include({ cliffMonths: 12, totalMonths: 48, revocable: false });
    });

    it("gives insiders, who hold half of the supply, no votes on day one", () => {
      const silent = partsOf(aicrypto).filter(({ destination: it }) => it.kind === "vesting" && !it.terms.value.votes);
      expect(silent.map(({ key }) => key)).to.deep.equal(["team", "marketing", "advisors", "company-reserve"]);
      expect(silent.reduce((sum, { shareBps }) => sum + shareBps.value, 0)).to.equal(5_000);
    });
  });

  for (const id of ["tensorchain", "verai"]) {
    describe(id, () => {
      it("has our figures, all of them marked as assumed but its name", () => {
        const preset = presetOf(id);
        expect(shares(preset.allocations)).to.deep.equal(shares(vaiker.allocations));
        expect(shares(partsOf(preset))).to.deep.equal(shares(partsOf(vaiker)));
        expect(Object.values(shares(preset.proceeds))).to.deep.equal(Object.values(shares(vaiker.proceeds)));
        expect(preset.token.supply.value).to.equal(vaiker.token.supply.value);
        const named = [...figuresOf(preset)].filter(([, assumed]) => !assumed).map(([path]) => path);
        expect(named).to.deep.equal(id === "verai" ? ["token.name", "token.symbol"] : ["token.name"]);
      });
    });
  }

  describe("schema", () => {
    it("accepts every preset, though it was parsed before", () => {
      for (const id of PRESET_IDS) expect(complaints(presetOf(id)), id).to.deep.equal([]);
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
      expect(sale((it) => (it.raise.value = 2_000_001n))).to.deep.equal([
        "tokens x price is not the raise",
        "the rounds do not bring the raise",
      ]);
      const more = sale((it) => {
        it.tokens.value = 200_000_000n;
        it.price.value = 10_000n;
      });
      expect(more).to.deep.equal(["sale is not 200000000 tokens", "the rounds do not sell the tokens"]);
      expect(sale((it) => (it.part = "team"))).to.include("the sale gets sale");
    });

    it("refuses terms of the sale that contradict it", () => {
      const terms = (change: (terms: Preset["sale"]["terms"]["value"]) => void) =>
        complaints(changed(({ sale }) => change(sale.terms.value)));
      const round = () => structuredClone(first(vaiker.sale.terms.value.rounds));
      expect(terms((it) => it.rounds.push(round()))).to.deep.equal([
        "rounds use a key twice",
        "the rounds do not sell the tokens",
        "the rounds do not bring the raise",
      ]);
      expect(terms((it) => (it.buyerCap = 100_000_001n))).to.deep.equal(["one buyer may buy more than there is"]);
      expect(terms((it) => (it.minTicket = 100_000_000_001n))).to.deep.equal([
        "the least ticket is above a buyer's cap",
      ]);
      expect(terms((it) => (it.vesting.grantor = "timelock"))).to.deep.equal(["purchases are not granted by the sale"]);
      expect(terms((it) => (it.vesting.revocable = true))).to.deep.equal(["purchases can be revoked"]);
      expect(terms((it) => (it.vesting.votes = false))).to.deep.equal(["purchases do not vote"]);
      expect(terms((it) => it.rounds.push({ ...round(), key: "second", days: 336 }))).to.include(
        "the rounds take over a year",
      );
      // Two rounds at two prices, as long as both sums fit.
      const two = terms((it) => {
        const price = (by: bigint) => first(vaiker.sale.terms.value.rounds).price + by;
        it.rounds = [
          { ...round(), key: "list", allowList: true, tokens: 50_000_000n, price: price(-1_000n) },
          { ...round(), tokens: 50_000_000n, price: price(1_000n) },
        ];
      });
      expect(two).to.deep.equal([]);
    });

    it("refuses insiders that vote, hold for good, or get something at once", () => {
      const part = (key: string, change: (terms: VestingTerms) => void) =>
        complaints(changed((preset) => change(termsOf(preset, key))));
      expect(part("team", (it) => (it.votes = true))).to.deep.equal(["team votes while it vests"]);
      expect(part("team", (it) => (it.revocable = false))).to.deep.equal(["team must be revocable"]);
      expect(part("advisors", (it) => (it.startBps = 1))).to.deep.equal(["advisors has something before a cliff"]);
      expect(part("advisors", (it) => (it.cliffMonths = 0))).to.deep.equal(["advisors has something before a cliff"]);
      expect(part("research-development", (it) => (it.votes = true))).to.deep.equal([
        "research-development votes while it vests",
      ]);
      expect(part("investors-outside-sale", (it) => (it.revocable = true))).to.deep.equal([
        "investors-outside-sale must not be revocable",
      ]);
      expect(part("ecosystem", (it) => (it.grantor = "sale"))).to.deep.equal(["ecosystem is granted by the sale"]);
      expect(part("team", (it) => (it.cliffMonths = 49))).to.deep.equal(["the cliff is after the end"]);
      expect(part("team", (it) => (it.stepMonths = 5))).to.deep.equal(["the steps do not add up to the whole time"]);
    });

    it("refuses parts that go where their group does not belong", () => {
      const to = (key: string, destination: Part["destination"]) =>
        complaints(
          changed((preset) => {
            for (const part of partsOf(preset)) if (part.key === key) part.destination = destination;
          }),
        );
      const emission = first(partsOf(vaiker)).destination;
      expect(to("team", { kind: "treasury" })).to.deep.equal(["team is for team and must vest"]);
      expect(to("research-development", { kind: "treasury" })).to.deep.equal([]);
      expect(to("team", emission)).to.deep.equal([
        "team is emitted but not for community",
        "2 parts are emitted, there is one distributor",
      ]);
      expect(to("ecosystem", { kind: "sale" })).to.deep.equal([
        "ecosystem is sold but not for investors",
        "the sale gets sale, ecosystem",
      ]);
      expect(to("sale", { kind: "treasury" })).to.deep.equal(["the sale gets nothing"]);
    });

    it("knows no other bound of issuance than that of the code", () => {
      const issuance = (change: object) =>
        complaints({ ...presetOf("aicrypto"), issuance: { assumed: true, why: "to see it refused", value: change } });
      const terms = { kind: "controller", capBps: 200, windowDays: 365, delayDays: 7 };
      expect(issuance(terms)).to.deep.equal([]);
      for (const change of [{ capBps: 201 }, { windowDays: 30 }, { delayDays: 6 }, { kind: "free" }]) {
        expect(issuance({ ...terms, ...change }), JSON.stringify(change)).not.to.deep.equal([]);
      }
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

  describe("terms", () => {
    it("are seconds of months of 365 days / 12", () => {
      expect(vestingParameters(termsOf(vaiker, "team"))).to.deep.equal({
        cliff: 365 * 86_400,
        duration: 4 * 365 * 86_400,
        step: 0,
        startBps: 0,
        revocable: true,
        votes: false,
      });
      expect(vestingParameters(termsOf(vaiker, "research-development")).step).to.equal(3 * 2_628_000);
    });

    it("plan the rounds of a sale one after the other, in the units of its contract", () => {
      const preset = changed(({ sale }) => {
        const { value } = sale.terms;
        const only = first(value.rounds);
        value.minTicket = 50_000_001n;
        value.rounds = [
          { ...only, key: "list", tokens: 4_000_000n, days: 7, allowList: true },
          { ...only, tokens: 96_000_000n, days: 21 },
        ];
      });
      const { vesting, rounds, ...caps } = saleParameters(preset, 1_000);
      expect(caps).to.deep.equal({ tokensForSale: 10n ** 26n, softCap: 500_000n * 10n ** 6n });
      expect(vesting).to.deep.equal({ startBps: 2_000, cliff: 0, duration: 6 * 2_628_000, step: 0, votes: true });
      const common = { price: 20_000n, minimum: 2_500_001n * 10n ** 15n };
      const [list, open] = [4_000_000n, 96_000_000n].map((tokens) => tokens * 10n ** 18n);
      const week = 7 * 86_400;
      expect(rounds).to.deep.equal([
        { ...common, start: 1_000, end: 1_000 + week, cap: list, perBuyer: list, listed: true },
        {
          ...common,
          start: 1_000 + week,
          end: 1_000 + 4 * week,
          cap: open,
          perBuyer: 5_000_000n * 10n ** 18n,
          listed: false,
        },
      ]);
    });

    it("give each part its share of every preset, to the wei", () => {
      for (const id of PRESET_IDS) {
        const preset = presetOf(id);
        const sum = partsOf(preset).reduce((total, part) => total + partWei(preset, part), 0n);
        expect(sum, id).to.equal(supplyWei(preset));
      }
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
