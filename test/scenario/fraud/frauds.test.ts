/** Frauds on the contracts at default parameters: nobody honest pays for them, and the table of docs/threat-model.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import {
  blindPay,
  blindVote,
  cheapModel,
  checksNeeded,
  copiedVote,
  enlarged,
  falseCanary,
  falseRejection,
  inTokens,
  minority,
  ownChallenge,
  payingPrice,
  scoreTrade,
  spamChallenge,
  uncappedRejection,
  type Court,
  type Gamble,
  type JobTerms,
} from "../../../src/economy/fraud";
import { fraudTable, SHARE, shareInWords, withTable, type FraudRow } from "../../../src/economy/fraudTable";
import { atLeast, binomial, breakEven, hypergeometric } from "../../../src/economy/odds";
import { ROOT } from "../../../src/toolchain/run";
import { CLASS, TOKEN } from "../../fixtures/suite";
import * as cases from "./cases";
import { courtMarket, courtOf, POOL, type Scene } from "./ledger";

/** How much larger the large jobs of the table are. */
const FACTOR = 1_000n;
/** Part of disputed results that are right, in the figures of seats that vote unseen. */
const RIGHT_PART = 0.5;
/** Credited seconds of the run's job. */
const SECONDS = 60n;

/** What else the profits follow: fees of the court, what a timeout pays its caller, what doing the job again costs. */
interface Facts {
  readonly court: Court;
  /** Tokens. */
  readonly callerPay: number;
  /** Tokens for a second, at the rate of the class. */
  readonly work: number;
}

type Profit = (terms: JobTerms, facts: Facts, share: number) => number;

interface Fraud<P extends cases.Played> {
  readonly attack: string;
  readonly play: (scene: Scene) => Promise<P>;
  readonly profit: Profit;
  /** The attackers' result that the closed form gives for what was played, tokens. */
  readonly inRun: Profit;
  readonly why: (played: P, facts: Facts) => string;
  /** Where the attack pays at 20%: a finding, not an aim. Absent: nowhere. */
  readonly pays?: readonly ("small" | "large")[];
}

const gamble =
  (it: Gamble, share?: number): Profit =>
  (terms, { court }, at) =>
    it(terms, court, share ?? at);
const unpaid: Profit = (_, { callerPay }) => -callerPay;
const priceOf = ({ pot }: JobTerms, { work }: Facts): number => (work * inTokens(pot.compute)) / inTokens(BASE);
/** Compute line of the run's job, whose work is SECONDS. */
const BASE = 10n ** 9n;
const blind: Profit = (terms, facts, share) => blindVote(facts.court, share, RIGHT_PART, priceOf(terms, facts));
const percent = (part: number): string => `${(100 * part).toFixed(1)}%`;

const fraud = <P extends cases.Played>(it: Fraud<P>): Fraud<P> => it;

const FRAUDS = [
  fraud({
    attack: "operator: another model than the agreement's",
    play: cases.cheaperModel,
    profit: gamble(cheapModel),
    inRun: gamble(cheapModel, 0),
    why: ({ terms }, { court }) => {
      const [none, some] = [0, SHARE].map((share) => percent(checksNeeded(terms, court, share)));
      return `the lock is slashed; figures are for results that meet an objection, unseen ones gain the compute: it pays where fewer than ${none} of jobs (${some} at 20%) are checked`;
    },
  }),
  fraud({
    attack: "operator: copies a sealed result",
    play: cases.copiedResult,
    profit: unpaid,
    inRun: unpaid,
    why: () =>
      "a seal binds job, attempt and GPU: opening the copy is refused, so that it is a result revealed by nobody. Two single jobs of one input are not sealed against each other: who waits may deliver a digest that is already shown; replicated jobs, which seal all before any is opened, come later",
  }),
  fraud({
    attack: "operator: result revealed by nobody",
    play: cases.neverRevealed,
    profit: unpaid,
    inRun: unpaid,
    why: ({ terms }) =>
      `pays the timeout's caller and 10 points; calling it first from another account returns the pay, never more. The requester pays one more draw (${inTokens(terms.pot.drawUnit * 100_000n * terms.history.drawFees) / 2}): nobody makes that good`,
  }),
  fraud({
    attack: "operator: challenges its own GPU",
    play: cases.ownGpuChallenged,
    profit: gamble(ownChallenge),
    inRun: gamble(ownChallenge, 0),
    why: () =>
      "owner and operator are refused; another account of theirs is not, and gets the finder's tenth of what it loses",
  }),
  fraud({
    attack: "operator and requester: jobs for score",
    play: cases.scoreTraded,
    profit: gamble(scoreTrade),
    inRun: gamble(scoreTrade, 1),
    why: ({ points, terms }, { court }) =>
      `the share is of GPUs; its own and its payees' are never drawn for it, those of other accounts may be. Royalties, fees and draws are gone even at 100% (${-scoreTrade(terms, court, 1).toFixed(4)}) for ${points.toFixed(2)} points a requester and day: what points earn is not counted`,
  }),
  fraud({
    attack: "requester: rejects good work",
    play: cases.rightResultRejected,
    profit: gamble(falseRejection),
    inRun: gamble(falseRejection, 0),
    pays: ["large"],
    why: ({ terms }, { court }) =>
      `bond and review fee are lost. They do not grow with the job, what a won case brings does: **at 20% it pays from ${payingPrice(falseRejection, terms, court, SHARE)} tokens of compute on**`,
  }),
  fraud({
    attack: "requester: false canary",
    play: cases.canaryMadeUp,
    profit: gamble(falseCanary),
    inRun: gamble(falseCanary, 0),
    why: () => "the bond is the most that a conviction takes, and the operator's when it contests in time",
  }),
  fraud({
    attack: "anyone: spam challenges",
    play: cases.challengedForNothing,
    profit: gamble(spamChallenge),
    inRun: gamble(spamChallenge, 0),
    why: () => "the bond pays the panel, and the owner a tenth of compute for waiting",
  }),
  fraud({
    attack: "validators: a panel's minority lies",
    play: cases.minorityLies,
    profit: gamble(minority),
    inRun: (_, { court }) => (-2 * court.reviewFee) / court.seats,
    why: () =>
      "guilt needs more than half of all seats; who lost gets nothing and 5 points less, and an appeal asks 11 others",
  }),
  fraud({
    attack: "validator: copies a sealed vote",
    play: cases.sealedVoteCopied,
    profit: (_, { court }) => copiedVote(court),
    inRun: (_, { court }) => copiedVote(court),
    why: () => "a seal binds the validator: the copy cannot be opened, and ends as silence",
  }),
  fraud({
    attack: "validator: says Valid unseen",
    play: cases.validUnseen,
    profit: blind,
    inRun: (_, { court }) => blindPay(court, 0, 0) - court.reviewFee / court.seats,
    pays: ["small", "large"],
    why: ({ accuracyLost, terms }, facts) =>
      `**not stopped by money**: no stake is lost, ${accuracyLost.toFixed(0)} points of accuracy between right and wrong are; figures are against doing the job again at the class rate (${priceOf(terms, facts).toFixed(4)}), more than a seat is paid (${facts.court.reviewFee / facts.court.seats}), when half of the disputed results are right; it pays where the work costs more than ${(-blindVote(facts.court, 0, RIGHT_PART, 0)).toFixed(2)}; the share is of seats that do the same`,
  }),
] as const;

describe("frauds before the court", () => {
  const rows: FraudRow[] = [];
  const notes: string[] = [];

  async function factsOf(scene: Scene, terms: JobTerms): Promise<Facts> {
    const { ratePerSecondGwei } = await scene.registry.classOf(CLASS.T4);
    return {
      court: courtOf(scene, terms),
      callerPay: inTokens(await scene.registry.callerPayGwei(CLASS.T4)),
      work: inTokens(ratePerSecondGwei * SECONDS),
    };
  }

  for (const it_ of FRAUDS) {
    const { attack, play, profit, inRun, why, pays = [] } = it_ as Fraud<cases.Played>;
    it(attack, async () => {
      const scene = await loadFixture(courtMarket);
      const played = await play(scene);
      const { changes, days, terms, attackers, guilty = [], honest, without } = played;
      const facts = await factsOf(scene, terms);
      expect(terms.pot.compute).to.equal(BASE);

      const others = new Map([...changes].filter(([party]) => !attackers.includes(party)));
      for (const [party, least] of Object.entries(honest)) {
        expect((others.get(party) ?? 0n) >= least, `${party} loses by it`).to.equal(true);
      }
      for (const [party, change] of others) {
        expect(change > 0n || party in honest || guilty.includes(party), `${party} pays`).to.equal(true);
      }

      const attacker = attackers.reduce((sum, party) => sum + (changes.get(party) ?? 0n), 0n) - without;
      expect(attacker < 0n).to.equal(true);
      expect(Number(attacker) / Number(TOKEN)).to.be.closeTo(inRun(terms, facts, 0), 1e-9);

      const small = (share: number) => profit(terms, facts, share);
      const large = (share: number) => profit(enlarged(terms, FACTOR), facts, share);
      for (const [size, expectedProfit] of Object.entries({ small, large })) {
        const doesPay = pays.includes(size as "small" | "large");
        expect(expectedProfit(SHARE) > 0, `${size}: ${expectedProfit(SHARE)} at 20%`).to.equal(doesPay);
        if (doesPay) expect(breakEven(expectedProfit)).to.be.lessThan(SHARE);
        else expect(breakEven(expectedProfit) ?? 1, shareInWords(breakEven(expectedProfit))).to.be.greaterThan(SHARE);
      }
      rows.push({ attack, attacker, others: grouped(others, guilty), days, small, large, why: why(played, facts) });
    });
  }

  it("win by chance as often as the odds say, and a false rejection would not pay at 20% with a bond without a cap", async () => {
    const scene = await loadFixture(courtMarket);
    const { terms } = await cases.rightResultRejected(scene);
    const { court } = await factsOf(scene, terms);
    const [first, appeal] = [court.seats, 2 * court.seats + 1].map((seats) =>
      atLeast(binomial(seats, SHARE), (seats + 1) / 2),
    ) as [number, number];
    const ofPool = atLeast(hypergeometric(POOL, POOL * SHARE, court.seats), (court.seats + 1) / 2);
    expect(ofPool).to.be.lessThan(first);
    const large = enlarged(terms, FACTOR);
    const uncapped = (share: number) => uncappedRejection(large, court, share) / inTokens(large.pot.compute);
    const from = breakEven(uncapped) ?? 1;
    expect(from).to.be.greaterThan(SHARE);
    notes.push(
      `At 20% he has the majority of a panel in ${percent(first)} of cases (${percent(ofPool)} with ${POOL * SHARE} of ${POOL} owners), of an appeal in ${percent(appeal)}, of both in ${(100 * first * appeal).toFixed(2)}%, and of two panels in a row, for a split, in ${(100 * first * first).toFixed(2)}%. Then an honest party loses the case. Panels price this, they do not exclude it.`,
      `With a bond of 10% of compute that the review fee does not cap, a false rejection of the large job would bring ${(100 * uncapped(SHARE)).toFixed(1)}% of compute at 20% and pay from ${percent(from)}.`,
    );
  });

  it("are what docs/threat-model.md says (UPDATE_DOCS=1 renews it)", () => {
    expect(rows.length).to.equal(FRAUDS.length);
    const file = join(ROOT, "docs", "threat-model.md");
    const page = withTable(readFileSync(file, "utf8"), [fraudTable(rows), ...notes].join("\n\n"));
    if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, page);
    expect(readFileSync(file, "utf8")).to.equal(page);
  });
});

/** Parties as the table calls them: seats of panels together, a GPU's owner by its part. */
function grouped(changes: ReadonlyMap<string, bigint>, guilty: readonly string[]): Record<string, bigint> {
  const names: [RegExp, string][] = [
    [/^validator /, "panel"],
    [/^owner[A-D]$/, "operator"],
    [/^keeper$/, "draws"],
    [/^stranger$/, "timeout's caller"],
  ];
  const sums: Record<string, bigint> = {};
  for (const [party, change] of changes) {
    const called = names.find(([pattern]) => pattern.test(party))?.[1] ?? party;
    const name = guilty.includes(party) ? `guilty ${called}` : called;
    sums[name] = (sums[name] ?? 0n) + change;
  }
  // In an order that does not depend on which GPU was drawn.
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
}
