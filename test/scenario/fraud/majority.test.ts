/** What the closed forms say about an attacker with a majority of a panel, on the contracts. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { moneyOfCase, payOf } from "../../../src/economy/fraud";
import { overdue } from "../../fixtures/market";
import { drawPanel, Finding, vote, type Validator } from "../../fixtures/review";
import { holderOf, TOKEN } from "../../fixtures/suite";
import { acceptedOf, all, fight, reject, wei } from "./fight";
import { courtMarket, courtOf, MADE_UP, RIGHT, validatorName, type Changes, type Scene, type Sitting } from "./ledger";

/** `lies` seats of the made-up digest, then right ones. */
const ballot = (seats: number, lies: number): string[] => [...all(MADE_UP, lies), ...all(RIGHT, seats - lies)];

const sumOf = (world: Scene, changes: Changes, seats: readonly Validator[]): bigint =>
  seats.reduce((sum, one) => sum + (changes.get(validatorName(world, one)) ?? 0n), 0n);

describe("a requester with a majority of the first panel", () => {
  /** Three of five lie, the owner appeals, and `lies` of eleven lie. Seats that lied come first. */
  async function appealed(world: Scene, lies: number) {
    const { court, escrow, panel, pool, gpus, actors } = world;
    const seats = { liars: [] as Validator[], honest: [] as Validator[] };
    const note = (seated: readonly Validator[], lied: number) => {
      seats.liars.push(...seated.slice(0, lied));
      seats.honest.push(...seated.slice(lied));
    };
    const votes = async ({ job, question, seated }: Sitting): Promise<void> => {
      await vote(world, question, seated, ballot(5, 3));
      expect((await panel.questionOf(question)).finding).to.equal(Finding.Invalid);
      note(seated, 3);
      const { owner } = await holderOf(world, job, gpus);
      await court.connect(owner).appeal(escrow, job.id, job.agreement);
      const second = await drawPanel(world, question, pool, actors.deployer);
      await vote(world, question, second, ballot(11, lies));
      note(second, lies);
    };
    const ending = lies > 5 ? "invalid" : "valid";
    // An appeal's bond is two review fees, 0.5 each.
    const run = await fight(world, RIGHT, "rejection", reject(world), votes, ending, lies > 5 ? 10n ** 9n : 0n);
    return { ...run, ...seats };
  }

  it("loses an appeal to others: the owner has its work paid, its bond back, and the rejection's bond", async () => {
    const world = await loadFixture(courtMarket);
    const { changes, terms, owner, liars, honest } = await appealed(world, 2);
    expect(changes.get(owner)).to.equal(wei(acceptedOf(terms).owner) + TOKEN / 10n);
    const { reviewFee } = courtOf(world, terms);
    expect(sumOf(world, changes, liars)).to.equal(0n);
    expect(Number(sumOf(world, changes, honest)) / 1e18).to.be.closeTo(payOf(reviewFee, 11, 11, 16), 1e-7);
  });

  it("and of the second wins the case, and its seats share the fee and the owner's bond", async () => {
    const world = await loadFixture(courtMarket);
    const { changes, terms, liars, honest } = await appealed(world, 6);
    expect(changes.get("requester")).to.equal(wei(moneyOfCase(terms, "rejection", "invalid").requester));
    const { reviewFee } = courtOf(world, terms);
    expect(Number(sumOf(world, changes, liars)) / 1e18).to.be.closeTo(payOf(3 * reviewFee, 9, 9, 16), 1e-7);
    expect(sumOf(world, changes, honest)).to.equal(0n);
  });

  it("and of the next, all silent, has the dispute split for the slash of every silent seat", async () => {
    const world = await loadFixture(courtMarket);
    const { escrow, court, panel, pool, actors } = world;
    const votes = [undefined, undefined, undefined, RIGHT, RIGHT];
    const silent: Validator[] = [];
    const stall = async ({ job, question, seated }: Sitting): Promise<void> => {
      await vote(world, question, seated, votes);
      const second = await drawPanel(world, question, pool, actors.deployer);
      await vote(world, question, second, votes);
      silent.push(...seated.slice(0, 3), ...second.slice(0, 3));
      expect((await panel.questionOf(question)).finding).to.equal(Finding.None);
      await overdue(world, job);
      await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
      expect((await court.caseOf(escrow, job.id)).closed).to.equal(false);
    };
    const { changes, terms, days } = await fight(world, RIGHT, "rejection", reject(world), stall, "split");
    const { silence } = courtOf(world, terms);
    expect(sumOf(world, changes, silent)).to.equal(-6n * BigInt(silence) * TOKEN);
    expect(days).to.be.greaterThan(14);
  });
});
