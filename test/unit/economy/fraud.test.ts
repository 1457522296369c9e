/** Odds and expected profits of frauds against slow and obvious counts. */
import { expect } from "chai";
import fc from "fast-check";
import * as fraud from "../../../src/economy/fraud";
import { fraudTable, shareInWords, signed, withTable } from "../../../src/economy/fraudTable";
import { atLeast, binomial, breakEven, choose, expectation, hypergeometric } from "../../../src/economy/odds";
import { count, outcomeOf, type ModelVerdict } from "../../../src/model/review";
import { canaryBond, potTotal } from "../../../src/model/payouts";

const GWEI = 10n ** 9n;
const TERMS: fraud.JobTerms = {
  pot: {
    compute: GWEI,
    modelRoyalty: GWEI / 10n,
    datasetRoyalty: GWEI / 20n,
    protocolFee: GWEI / 40n,
    drawUnit: 500n,
    drawReserve: (3n * GWEI) / 10n,
    reviewFee: GWEI / 2n,
    inputCharge: 0n,
  },
  history: { drawFees: 1n, inputCharges: 0n },
  lockFactor: 5n,
  finderBps: 1_000n,
};
const COURT: fraud.Court = { seats: 5, reviewFee: 0.5, silence: 10 };

const near = (a: number, b: number, within = 1e-9): boolean => Math.abs(a - b) <= within * Math.max(1, Math.abs(b));
const share = fc.double({ min: 0, max: 1, noNaN: true });
const sumOf = (odds: readonly number[]): number => odds.reduce((sum, one) => sum + one, 0);

describe("Odds of panels", () => {
  it("binomial: what counting every assignment of seats gives", () => {
    const odds = fc.property(fc.integer({ min: 1, max: 9 }), share, (seats, x) => {
      const counted = new Array<number>(seats + 1).fill(0);
      for (let mask = 0; mask < 2 ** seats; mask++) {
        const own = mask.toString(2).replaceAll("0", "").length;
        counted[own]! += x ** own * (1 - x) ** (seats - own);
      }
      return binomial(seats, x).every((one, k) => near(one, counted[k]!));
    });
    fc.assert(odds, { numRuns: 100 });
  });

  it("hypergeometric: what counting every panel of a small pool gives", () => {
    for (const [pool, own, seats] of [
      [9, 2, 5],
      [11, 4, 5],
      [12, 0, 3],
      [12, 12, 3],
      [10, 6, 7],
    ] as const) {
      const counted = new Array<number>(seats + 1).fill(0);
      let panels = 0;
      for (let mask = 0; mask < 2 ** pool; mask++) {
        const seated = Array.from({ length: pool }, (_, i) => i).filter((i) => (mask >> i) % 2 === 1);
        if (seated.length !== seats) continue;
        panels++;
        counted[seated.filter((i) => i < own).length]!++;
      }
      expect(panels).to.equal(choose(pool, seats));
      const odds = hypergeometric(pool, own, seats);
      expect(odds.every((one, k) => near(one, counted[k]! / panels))).to.equal(true);
    }
  });

  it("add up to 1; a pool that shrinks to its panel favours the minority less than a large one", () => {
    const sums = fc.property(fc.integer({ min: 15, max: 400 }), share, (pool, x) => {
      const own = Math.round(pool * x);
      return near(sumOf(hypergeometric(pool, own, 5)), 1) && near(sumOf(binomial(5, x)), 1);
    });
    fc.assert(sums, { numRuns: 200 });
    let before = 0;
    for (const pool of [15, 35, 100, 1_000]) {
      const chance = atLeast(hypergeometric(pool, pool / 5, 5), 3);
      expect(chance)
        .to.be.greaterThan(before)
        .and.lessThan(atLeast(binomial(5, 0.2), 3));
      before = chance;
    }
    expect(atLeast(binomial(5, 0.2), 3)).to.be.closeTo(0.05792, 1e-9);
    expect(before).to.be.closeTo(0.05792, 1e-3);
  });

  it("break even where a profit first turns, also when it falls again", () => {
    expect(breakEven((x) => x - 0.25)).to.be.closeTo(0.25, 1e-8);
    expect(breakEven((x) => 0.01 - (x - 0.6) ** 2)).to.be.closeTo(0.5, 1e-7);
    expect(breakEven(() => -1)).to.equal(undefined);
    expect(breakEven(() => 0)).to.equal(undefined);
    expect(breakEven((x) => 1 - x)).to.equal(0);
    expect(expectation(binomial(4, 0.5), (k) => k)).to.be.closeTo(2, 1e-12);
  });
});

describe("Money of a disputed job", () => {
  const amount = fc.bigInt(0n, 10n ** 15n);
  const terms: fc.Arbitrary<fraud.JobTerms> = fc
    .record({
      compute: amount,
      modelRoyalty: amount,
      datasetRoyalty: amount,
      protocolFee: amount,
      drawUnit: fc.bigInt(0n, 10_000n),
      reviewFee: amount,
      inputCharge: fc.bigInt(0n, 10n ** 9n),
      drawFees: fc.bigInt(0n, 6n),
      inputCharges: fc.bigInt(0n, 3n),
      lockFactor: fc.bigInt(1n, 50n),
      finderBps: fc.bigInt(0n, 2_000n),
    })
    .map(({ drawFees, inputCharges, lockFactor, finderBps, ...lines }) => ({
      pot: { ...lines, drawReserve: 600_000n * lines.drawUnit + 3n * lines.inputCharge },
      history: { drawFees, inputCharges },
      lockFactor,
      finderBps,
    }));

  it("is nobody's from nowhere, and an honest party's never for the worse", () => {
    const property = fc.property(
      terms,
      fc.constantFrom("rejection", "challenge", "canary" as const),
      fc.constantFrom("accepted", "valid", "invalid", "split" as const),
      (it, objection, ending) => {
        const money = fraud.moneyOfCase(it, objection as fraud.Objection, ending as fraud.Ending);
        const { owner, requester, challenger } = money;
        if (Object.values(money).reduce((sum, one) => sum + one, 0n) !== 0n) return false;
        const accepted = fraud.moneyOfCase(it, objection as fraud.Objection, "accepted");
        if (ending === "valid") return owner >= accepted.owner && challenger <= 0n;
        const charged = it.history.inputCharges * it.pot.inputCharge;
        return ending !== "invalid" || (requester >= -charged && challenger >= 0n);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });

  it("of a false canary is the operator's to the last unit", () => {
    const { owner, requester } = fraud.moneyOfCase(TERMS, "canary", "valid");
    const bond = canaryBond(5n * GWEI, TERMS.pot, TERMS.history);
    expect(owner).to.equal(GWEI + bond);
    const unspent = TERMS.pot.drawReserve - 50_000_000n;
    expect(requester).to.equal(unspent - potTotal(TERMS.pot) - bond);
  });
});

describe("Expected profit of frauds", () => {
  const RIGHT = "0xaa";
  const LIE = "0xbb";

  /** Votes of a panel with `own` attackers. */
  const votes = (seats: number, own: number, attackers: string): string[] =>
    Array.from({ length: seats }, (_, seat) => (seat < own ? attackers : RIGHT));

  /** The attackers' pay when these panels end with this verdict, by the panel's own model and the court's rule. */
  function payBy(panels: readonly { votes: string[]; own: number }[], claim: string, final: ModelVerdict, pot: number) {
    const paid = panels.flatMap(({ votes: all, own }) =>
      all.map((vote, seat) => ({ own: seat < own, isPaid: outcomeOf(vote, claim, final) === "coherent" })),
    );
    const coherent = paid.filter(({ isPaid }) => isPaid);
    const part = coherent.length === 0 ? 0 : Math.min(pot / coherent.length, (2 * pot) / paid.length);
    return part * coherent.filter(({ own }) => own).length;
  }

  /**
   * The best of every pure strategy, played out: in each panel the attackers vote rightly or lie, or the first is silent; he
   * appeals or not; the honest party appeals whenever it lost.
   */
  function playedOut(x: number, prize: fraud.Prize, isClaimRight: boolean): number {
    const claim = isClaimRight ? RIGHT : LIE;
    const odds = [binomial(5, x), binomial(11, x)] as const;
    const isHonest = ({ finding }: ModelVerdict) => (finding === "valid") === isClaimRight;
    const sum = (verdict: ModelVerdict) => (isHonest(verdict) ? prize.lost : prize.won);

    function second(first: { votes: string[]; own: number }, before: ModelVerdict, byAttacker: boolean): number {
      return expectation(odds[1], (own) =>
        Math.max(
          ...[RIGHT, LIE].map((attackers) => {
            const panel = { votes: votes(11, own, attackers), own };
            const final = count(panel.votes, claim)!;
            const isSame = final.finding === before.finding;
            const bond = byAttacker && isSame ? -1 : 0;
            return sum(final) + bond + payBy([first, panel], claim, final, isSame ? 1.5 : 0.5);
          }),
        ),
      );
    }
    function first(own: number, mayStall: boolean): number {
      const options = [RIGHT, LIE].flatMap((attackers) => {
        const panel = { votes: votes(5, own, attackers), own };
        const verdict = count(panel.votes, claim)!;
        if (!isHonest(verdict)) return [second(panel, verdict, false)];
        return [sum(verdict) + payBy([panel], claim, verdict, 0.5), second(panel, verdict, true)];
      });
      if (2 * own > 5) {
        const next = (later: number) =>
          2 * later > 5 ? Math.max(prize.split - 10 * later, first(later, false)) : first(later, false);
        options.push(mayStall ? expectation(odds[0], next) - 10 * own : prize.split - 10 * own);
      }
      return Math.max(...options);
    }
    return expectation(odds[0], (own) => first(own, true));
  }

  for (const [name, isClaimRight] of [
    ["a right result is objected to", true],
    ["a wrong result is defended", false],
  ] as const) {
    it(`is that of the best strategy played out over all panels: ${name}`, () => {
      const prizes = fc.record({
        won: fc.double({ min: 0, max: 5_000, noNaN: true }),
        lost: fc.double({ min: -5_000, max: 0, noNaN: true }),
        split: fc.double({ min: -50, max: 500, noNaN: true }),
      });
      const property = fc.property(share, prizes, (x, prize) =>
        near(fraud.contested(x, prize, COURT), playedOut(x, prize, isClaimRight), 1e-6),
      );
      fc.assert(property, { numRuns: 60 });
    });
  }

  it("without any seats is what losing the case costs", () => {
    expect(fraud.cheapModel(TERMS, COURT, 0)).to.equal(-5);
    expect(fraud.falseRejection(TERMS, COURT, 0)).to.be.closeTo(-0.6, 1e-12);
    expect(fraud.falseCanary(TERMS, COURT, 0)).to.be.closeTo(-5.5, 1e-12);
    expect(fraud.spamChallenge(TERMS, COURT, 0)).to.be.closeTo(-0.6, 1e-12);
    expect(fraud.ownChallenge(TERMS, COURT, 0)).to.be.closeTo(-4.5, 1e-12);
    expect(fraud.minority(TERMS, COURT, 0)).to.equal(0);
  });

  it("with every seat is what winning it brings", () => {
    const { requester } = fraud.moneyOfCase(TERMS, "rejection", "invalid");
    const accepted = fraud.moneyOfCase(TERMS, "rejection", "accepted").requester;
    // All sixteen seats share the review fee and the lost bond of the honest appeal.
    expect(fraud.falseRejection(TERMS, COURT, 1)).to.be.closeTo(fraud.inTokens(requester - accepted) + 1.5, 1e-9);
    expect(fraud.spamChallenge(TERMS, COURT, 1)).to.be.closeTo(0.5 + 1.5, 1e-9);
  });

  it("of a cheaper model is nothing when just enough jobs are checked", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.5, noNaN: true }), (x) => {
        const checked = fraud.checksNeeded(TERMS, COURT, x);
        return near(fraud.cheapModelUnchecked(TERMS, COURT, x, checked), 0);
      }),
    );
    expect(fraud.checksNeeded(TERMS, COURT, 0)).to.be.closeTo(1 / 6, 1e-12);
  });

  it("of voting unseen: the pay of right results, never a stake", () => {
    expect(fraud.blindPay(COURT, 0, 1)).to.be.closeTo(0.1, 1e-12);
    expect(fraud.blindPay(COURT, 0, 0)).to.equal(0);
    // When all do it, all are paid, and nobody is left to overturn it: an honest appeal's bond is shared as well.
    expect(fraud.blindPay(COURT, 1, 0)).to.be.closeTo(1.5 / 16, 1e-12);
    expect(fraud.blindVote(COURT, 0, 0.5, 0)).to.be.closeTo(-0.05, 1e-12);
    expect(fraud.copiedVote(COURT)).to.be.closeTo(-10.1, 1e-12);
  });

  it("turns at a price where the fees are outweighed", () => {
    const price = fraud.payingPrice(fraud.falseRejection, TERMS, COURT, 0.2)!;
    const at = (factor: bigint) => fraud.falseRejection(fraud.enlarged(TERMS, factor), COURT, 0.2);
    expect(at(BigInt(price))).to.be.greaterThan(0);
    expect(at(BigInt(price) - 1n)).to.be.at.most(0);
    expect(fraud.payingPrice(fraud.spamChallenge, TERMS, COURT, 0.2)).to.equal(undefined);
    expect(fraud.payingPrice(fraud.falseRejection, TERMS, COURT, 0.9)).to.equal(1);
    expect(fraud.uncappedRejection(fraud.enlarged(TERMS, 1_000n), COURT, 0.2)).to.be.lessThan(0);
  });
});

describe("Table of frauds", () => {
  it("has one row a fraud, and goes between the marks of a page that has them", () => {
    const row = {
      attack: "a",
      attacker: -5n * 10n ** 17n,
      others: { requester: 10n ** 18n, treasury: 25n * 10n ** 15n },
      days: 2,
      small: (x: number) => x - 0.5,
      large: () => -1,
      why: "because",
    };
    const [head, rule, line, ...rest] = fraudTable([row]).split("\n");
    expect([head?.startsWith("| attack"), rule?.startsWith("| ---"), rest.length]).to.deep.equal([true, true, 0]);
    const cells = line!.split("|").map((cell) => cell.trim());
    expect(cells.slice(1, -1)).to.deep.equal([
      "a",
      "-0.5",
      "requester +1, treasury +0.025",
      "2.0",
      "-0.5",
      "-0.3",
      "50.0%",
      "-1",
      "never",
      "because",
    ]);
    const page = "before\n<!-- frauds:begin -->\nold\n<!-- frauds:end -->\nafter\n";
    expect(withTable(page, "new")).to.equal("before\n<!-- frauds:begin -->\n\nnew\n\n<!-- frauds:end -->\nafter\n");
    expect(withTable(withTable(page, "x"), "new")).to.equal(withTable(page, "new"));
    expect(() => withTable("no marks", "new")).to.throw("has no");
  });

  it("writes shares and sums as they are read", () => {
    expect([0, undefined, 0.4].map(shareInWords)).to.deep.equal(["any share", "never", "40.0%"]);
    expect([0, -1e-9, 10, -0.25, 100.10004].map(signed)).to.deep.equal(["0", "0", "+10", "-0.25", "+100.1"]);
  });
});
