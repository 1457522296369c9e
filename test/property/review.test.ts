/** Counting of votes, and whole lives of questions, against the plain model. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import fc from "fast-check";
import { ethers } from "hardhat";
import {
  count,
  FINDINGS,
  OUTCOMES,
  outcomeOf,
  QuestionModel,
  ReviewRefusal,
  STATUSES,
  type ModelChain,
  type ModelRound,
  type ModelVote,
} from "../../src/model/review";
import type { ReviewWords } from "../../typechain-types";
import {
  ask,
  CLAIM,
  DAY,
  DRAWER,
  GONE,
  HOUR,
  now,
  OTHER,
  PARTIES,
  reviewWorld,
  RIGHT,
  Round,
  saltOf,
  VOTING,
  WINDOWS,
  type ReviewWorld,
} from "../unit/review/fixture";

const DIGESTS = [CLAIM, RIGHT, OTHER, GONE] as const;

const voteOf: fc.Arbitrary<ModelVote> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...DIGESTS) },
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => ethers.hexlify(bytes)) },
);
/** Most often nearly all agree, so that majorities are missed and met by one vote. */
const votesOf: fc.Arbitrary<ModelVote[]> = fc
  .tuple(fc.integer({ min: 0, max: 15 }), voteOf, voteOf, fc.double({ min: 0, max: 1, noNaN: true }))
  .chain(([half, one, two, part]) => {
    const seats = 2 * half + 1;
    const mixed = fc.array(voteOf, { minLength: seats, maxLength: seats });
    const near = Math.min(seats, Math.max(0, Math.round(seats / 2 + (part - 0.5) * 4)));
    const pair = Array.from({ length: seats }, (_, seat) => (seat < near ? one : two));
    const camps = fc.shuffledSubarray(pair, { minLength: seats, maxLength: seats });
    return fc.oneof(mixed, camps);
  });

/** A panel's word with these votes revealed, and the votes as the contract holds them: junk where nobody revealed. */
function ballots(votes: readonly ModelVote[]): { word: bigint; places: string[] } {
  let revealed = 0n;
  votes.forEach((vote, seat) => {
    if (vote !== undefined) revealed |= 1n << BigInt(seat);
  });
  const places = votes.map((vote, seat) => vote ?? (seat % 2 === 0 ? RIGHT : GONE));
  return { word: (BigInt(votes.length) << 40n) | (revealed << 80n), places };
}

describe("votes of a panel against the plain model", () => {
  let words: ReviewWords;

  before(async () => {
    words = await ethers.deployContract("ReviewWords");
  });

  it("are counted alike: ties, missing votes, many digests, a claim of zero", async () => {
    const claims = fc.constantFrom<string>(CLAIM, CLAIM, RIGHT, GONE);
    await fc.assert(
      fc.asyncProperty(votesOf, claims, async (votes, claim) => {
        const { word, places } = ballots(votes);
        const expected = count(votes, claim);
        expect(await words.fallsShort(word)).to.equal(expected === undefined);
        if (expected === undefined) return;
        const [finding, digest] = await words.tally(word, places, claim);
        expect([FINDINGS[Number(finding)], digest]).to.deep.equal([expected.finding, expected.digest]);
        for (const final of [expected, { finding: "none" as const, digest: GONE }]) {
          for (const [seat, place] of places.entries()) {
            const code = FINDINGS.indexOf(final.finding);
            const outcome = await words.outcomeOf(word, seat, place, code, final.digest);
            expect(OUTCOMES[Number(outcome)]).to.equal(outcomeOf(votes[seat], claim, final));
          }
        }
      }),
      {
        numRuns: 120,
        examples: [
          [[RIGHT, RIGHT, CLAIM, CLAIM, undefined], CLAIM],
          [[GONE, GONE, GONE, RIGHT, RIGHT], GONE],
          [[GONE, RIGHT, OTHER], GONE],
          [[RIGHT, RIGHT, undefined, undefined, RIGHT], CLAIM],
          [[undefined], CLAIM],
        ],
      },
    );
  });
});

type Deed = { contract: () => Promise<ContractTransactionResponse>; model: (chain: ModelChain) => unknown };

/** One question on both sides. */
class Journey {
  readonly states = new Map<bigint, ModelRound>();
  model!: QuestionModel;
  question = "";
  owners = 99n;

  constructor(readonly world: ReviewWorld) {}

  async start(seats: number, deadline: bigint): Promise<void> {
    this.question = await ask(this.world, { seats: BigInt(seats), deadline });
    const chain = await this.chain(await now());
    this.model = new QuestionModel(CLAIM, seats, deadline, PARTIES, WINDOWS, chain);
    await this.compare();
  }

  async chain(at: bigint): Promise<ModelChain> {
    const current = await this.world.rounds.currentRound();
    return { now: at, current, owners: this.owners, roundOf: (round) => this.states.get(round) ?? "none" };
  }

  async setRound(state: ModelRound): Promise<void> {
    const codes = { none: 0, requested: 1, answered: 2, fallback: 2, dead: 3 };
    this.states.set(this.model.round, state);
    await this.world.rounds.set(this.model.round, codes[state], state === "fallback");
  }

  /** Does it on both sides in one second; both refuse it with the same error, or neither does. */
  async act({ contract, model }: Deed): Promise<boolean> {
    const at = (await now()) + 1n;
    await time.setNextBlockTimestamp(at);
    const chain = await this.chain(at);
    let refusal: string | undefined;
    try {
      model(chain);
    } catch (error) {
      if (!(error instanceof ReviewRefusal)) throw error;
      refusal = error.error;
    }
    if (refusal === undefined) await contract();
    else await expect(contract()).to.be.revertedWithCustomError(this.world.panel, refusal);
    if (refusal !== undefined) await ethers.provider.send("evm_mine");
    await this.compare();
    return refusal === undefined;
  }

  async compare(): Promise<void> {
    const { model, world } = this;
    const view = await world.panel.questionOf(this.question);
    const at = await now();
    expect(STATUSES[Number(view.status)]).to.equal(model.status(at));
    expect([view.instance, view.redrawn, view.seats]).to.deep.equal([
      BigInt(model.instance),
      model.redrawn,
      BigInt(model.seats),
    ]);
    expect([view.round, view.frozenAt, view.owners]).to.deep.equal([model.round, model.frozenAt, model.owners]);
    expect([FINDINGS[Number(view.finding)], view.digest]).to.deep.equal([model.verdict.finding, model.verdict.digest]);
    expect([view.appealEnd, view.needsConfirmation, view.confirmed]).to.deep.equal([
      model.appealEnd,
      model.needsConfirmation,
      model.confirmed,
    ]);
    const sitting = model.panels.filter(({ fate }) => fate !== "failed").map(({ validators }) => validators.length);
    const open = model.stage === "closed" ? 0 : sitting.reduce((sum, seats) => sum + seats, 0);
    expect(await world.validators.totalOpen()).to.equal(BigInt(open));
  }

  rebind(): Promise<boolean> {
    const { panel, stranger } = this.world;
    return this.act({
      contract: () => panel.connect(stranger).rebind(this.question),
      model: (chain) => this.model.rebind(chain),
    });
  }

  async draw(by: "keeper" | "stranger", missing: number): Promise<boolean> {
    const { panel, validators } = this.world;
    const { excluded, seats } = this.model;
    const drawn: bigint[] = [];
    for (let id = 1n; id <= 99n && drawn.length < seats - missing; ++id) if (!excluded.includes(id)) drawn.push(id);
    await validators.setNext(drawn);
    return this.act({
      contract: () => panel.connect(this.world[by]).draw(this.question),
      model: (chain) => this.model.draw(drawn, by === "keeper" ? DRAWER : 0n, chain),
    });
  }

  async commit(seat: number, digest: string): Promise<boolean> {
    const { panel, voter } = this.world;
    const validator = this.model.panels.at(-1)?.validators[seat] ?? 1n;
    const sealed = await panel.commitmentOf(this.question, validator, digest, saltOf(seat));
    return this.act({
      contract: () => panel.connect(voter).commit(this.question, seat, sealed),
      model: (chain) => this.model.commit(seat, digest, chain.now),
    });
  }

  reveal(seat: number, digest: string): Promise<boolean> {
    const { panel, stranger } = this.world;
    return this.act({
      contract: () => panel.connect(stranger).reveal(this.question, seat, digest, saltOf(seat)),
      model: (chain) => this.model.reveal(seat, digest, chain.now),
    });
  }

  tally(): Promise<boolean> {
    const { panel, stranger } = this.world;
    return this.act({
      contract: () => panel.connect(stranger).tally(this.question),
      model: (chain) => this.model.tally(chain),
    });
  }

  appeal(): Promise<boolean> {
    const { panel, asker } = this.world;
    return this.act({
      contract: () => panel.connect(asker).appeal(this.question, 50n),
      model: (chain) => this.model.appeal(50n, chain),
    });
  }

  confirm(confirmed: boolean): Promise<boolean> {
    const { panel, arbiter } = this.world;
    return this.act({
      contract: () => panel.connect(arbiter).confirm(this.question, confirmed),
      model: (chain) => this.model.confirm(confirmed, chain.now),
    });
  }

  async close(): Promise<boolean> {
    const { panel, asker, validators } = this.world;
    const pending = { blockTag: "pending" };
    let said: unknown;
    const done = await this.act({
      contract: async () => {
        const [finding, digest, payees, seats] = await panel.connect(asker).close.staticCall(this.question, pending);
        said = { finding: FINDINGS[Number(finding)], digest, payees: [...payees].sort(), seats: Number(seats) };
        return panel.connect(asker).close(this.question);
      },
      model: (chain) => {
        const closed = this.model.close(chain.now);
        this.closed = { ...closed, payees: [...closed.payees].sort() };
      },
    });
    if (!done) return false;
    expect(said).to.deep.equal(this.closed);
    for (const [code, outcome] of OUTCOMES.entries()) {
      for (const id of new Set(this.model.ended.map(({ validator }) => validator))) {
        const times = this.model.ended.filter((end) => end.validator === id && end.outcome === outcome).length;
        expect(await validators.ended(id, code), `${outcome} of ${id}`).to.equal(BigInt(times));
      }
    }
    return true;
  }

  private closed: unknown;
}

type Step = (journey: Journey) => Promise<unknown>;

const seat = fc.nat(6);
const digest = fc.oneof({ weight: 3, arbitrary: fc.constant(RIGHT) }, fc.constantFrom(...DIGESTS));
/** What helps a question on: most journeys consist of these. */
const forward = fc
  .record({ votes: fc.array(fc.option(digest, { nil: undefined, freq: 6 }), { minLength: 7, maxLength: 7 }), digest })
  .map(({ votes }): Step => {
    return async (journey) => {
      const { model } = journey;
      const status = model.status(await now());
      if (status === "waiting") {
        await journey.setRound("answered");
        await journey.draw("keeper", 0);
      } else if (status === "committing") {
        for (const [place, one] of votes.slice(0, model.seats).entries()) {
          if (one !== undefined) await journey.commit(place, one);
        }
        const commitEnd = model.commitEnd(model.panel);
        if (model.status(await now()) === "committing" && (await now()) < commitEnd) await time.increaseTo(commitEnd);
        for (const [place, one] of votes.slice(0, model.seats).entries()) {
          if (one !== undefined) await journey.reveal(place, one);
        }
      } else if (status === "counting" || status === "revealing") {
        await journey.tally();
      } else if (status === "decided") {
        await journey.appeal();
      }
    };
  });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<ModelRound>("requested", "answered", "answered", "fallback", "dead", "none").map(
    (state): Step =>
      (journey) =>
        journey.setRound(state),
  ),
  fc.constant<Step>((journey) => journey.rebind()),
  fc.tuple(fc.constantFrom("keeper" as const, "stranger" as const), fc.nat(2)).map(
    ([by, missing]): Step =>
      (journey) =>
        journey.draw(by, missing === 2 ? 1 : 0),
  ),
  fc.constant<Step>((journey) => journey.tally()),
  fc.constant<Step>((journey) => journey.appeal()),
  fc.boolean().map(
    (confirmed): Step =>
      (journey) =>
        journey.confirm(confirmed),
  ),
  fc.constant<Step>((journey) => journey.close()),
  fc.bigInt({ min: 1n, max: 60n }).map(
    (hours): Step =>
      () =>
        time.increase(hours * HOUR),
  ),
  fc.constantFrom(3n, 20n).map((owners): Step => async (journey) => {
    journey.owners = owners;
    await journey.world.validators.setPool(120, owners);
  }),
  seat.map((number): Step => async (journey) => {
    // Any seat of the panel that votes, with the one digest that all such steps use.
    if (journey.model.panels.length !== 0) await journey.commit(number % journey.model.seats, OTHER);
  }),
);

describe("lives of a question against the plain model", () => {
  it("I11, I15 take the same turns, and end whatever happens once the deadline is over", async () => {
    const steps = fc.array(fc.oneof({ weight: 3, arbitrary: forward }, { weight: 2, arbitrary: anyStep }), {
      minLength: 4,
      maxLength: 16,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(1, 3), fc.integer({ min: 1, max: 22 }), steps, async (seats, days, walk) => {
        const world = await loadFixture(reviewWorld);
        const journey = new Journey(world);
        const deadline = (await now()) + VOTING + BigInt(days) * DAY;
        await journey.start(seats, deadline);
        for (const step of walk) await step(journey);
        if (journey.model.stage !== "closed") {
          const at = await now();
          if (at < deadline) await time.increaseTo(deadline);
          expect(await journey.close(), "closable after the deadline").to.equal(true);
        }
        expect(await world.validators.totalOpen()).to.equal(0n);
        // Closed for good.
        expect(await journey.close()).to.equal(false);
        expect(await journey.tally()).to.equal(false);
      }),
      { numRuns: 60 },
    );
  });

  it("I48 are told by views that never revert, also for questions that nobody asked", async () => {
    const { panel } = await loadFixture(reviewWorld);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(255), async (bytes, number) => {
        const question = ethers.hexlify(bytes);
        expect((await panel.questionOf(question)).status).to.equal(0n);
        expect([...(await panel.voteOf(question, number))]).to.deep.equal([false, false, GONE]);
        expect([...(await panel.seatsOf(question, number % 2, true))]).to.deep.equal([]);
        await panel.commitmentOf(question, number, GONE, GONE);
      }),
      { numRuns: 20 },
    );
    expect(Round.None).to.equal(0);
  });
});
