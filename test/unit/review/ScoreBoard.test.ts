import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { Result } from "ethers";
import { ethers } from "hardhat";
import { goldNoteOf, markLeafOf, scoreQuestionIdOf } from "../../../src/protocol/hashes";
import { markOf, marksIn, sheetOf } from "../../../src/protocol/scores";
import { DAY, HOUR, inSecond, now, Outcome, Round } from "./fixture";
import {
  askScore,
  balancesOf,
  BatchStatus,
  CHAIN,
  commitAll,
  commitsOf,
  deployBoard,
  DOMAIN,
  FEE_UNIT,
  keyOf,
  pass,
  passCommits,
  QuestionStage,
  reportAll,
  requestFor,
  revealAll,
  rowsOf,
  saltFor,
  scoreWorld,
  sealOf,
  seatBatch,
  signaturesOf,
  signSheet,
  TERMS,
  TOKEN,
  type Asked,
  type Marks,
  type ScoreWorld,
} from "./scoreFixture";

const NOBODY = ethers.ZeroAddress;
const SAME: Marks = Array.from({ length: 5 }, () => [80, 60, 40]);
const MIXED: Marks = [
  [80, 60, 40],
  [82, 60, 41],
  [79, 64, 40],
  [60, 10, 99],
  [81, 61, 39],
];
const salt = ethers.id("gold salt");
const NOTHING_SAID = { rows: [], index: 0, signature: "0x" };
const viewOf = (value: unknown) => (value as Result).toObject();
const statusOf = async ({ board }: ScoreWorld, batch: bigint) => (await board.batchOf(batch)).status;

/** One question whose panel sits. */
async function seated(): Promise<ScoreWorld & { question: Asked; batch: bigint; panel: bigint[] }> {
  const world = await scoreWorld();
  const question = await askScore(world);
  const panel = await seatBatch(world, question.batch);
  return { ...world, question, batch: question.batch, panel };
}

/** One question with a result of MIXED, by signatures. */
async function scored() {
  const world = await seated();
  const { batch, question } = world;
  const sealed = await commitAll(world, batch, [[question, MIXED]]);
  await reportAll(world, batch, [[question, MIXED]], sealed);
  return { ...world, sealed };
}

describe("ScoreBoard", () => {
  describe("constructor", () => {
    it("refuses zero addresses and terms out of bounds", async () => {
      const { rounds, validators, owner, board } = await loadFixture(scoreWorld);
      const settlement = await ethers.deployContract("ScoreSettlement");
      const factory = await ethers.getContractFactory("ScoreBoard", {
        libraries: { ScoreSettlement: await settlement.getAddress() },
      });
      for (const [beacon, registry] of [
        [NOBODY, validators],
        [rounds, NOBODY],
      ] as const) {
        const made = factory.deploy(beacon, registry, TERMS, owner);
        // A zero registry has no vault to ask for.
        await expect(made).to.be.revertedWithCustomError(board, "BoardZeroAddress");
      }
      await expect(factory.deploy(rounds, validators, { ...TERMS, seats: 4n }, owner)).to.be.revertedWithCustomError(
        board,
        "BoardEvenSeats",
      );
      await expect(factory.deploy(rounds, validators, TERMS, NOBODY)).to.be.revertedWithCustomError(
        board,
        "OwnableInvalidOwner",
      );
    });

    it("keeps what it is given, and lets nobody ask or open gold questions", async () => {
      const world = await loadFixture(scoreWorld);
      const { rounds, validators, vault, owner, stranger } = world;
      const board = await deployBoard(rounds, validators, TERMS, owner.address);
      expect(await board.beacon()).to.equal(await rounds.getAddress());
      expect(await board.validators()).to.equal(await validators.getAddress());
      expect(await board.vault()).to.equal(await vault.getAddress());
      expect([...(await board.terms())]).to.deep.equal(Object.values(TERMS));
      expect(await board.owner()).to.equal(owner.address);
      expect([await board.isAsker(stranger), await board.isGoldSetter(stranger)]).to.deep.equal([false, false]);
    });
  });

  describe("setAsker, setGoldSetter", () => {
    it("are the owner's, and refuse the zero address", async () => {
      const { board, asker, stranger } = await loadFixture(scoreWorld);
      for (const name of ["setAsker", "setGoldSetter"] as const) {
        await expect(board.connect(asker)[name](stranger, true))
          .to.be.revertedWithCustomError(board, "OwnableUnauthorizedAccount")
          .withArgs(asker.address);
        await expect(board[name](NOBODY, true)).to.be.revertedWithCustomError(board, "BoardZeroAddress");
      }
      await expect(board.setAsker(stranger, true)).to.emit(board, "AskerChanged").withArgs(stranger.address, true);
      await expect(board.setGoldSetter(stranger, true))
        .to.emit(board, "GoldSetterChanged")
        .withArgs(stranger.address, true);
      expect([await board.isAsker(stranger), await board.isGoldSetter(stranger)]).to.deep.equal([true, true]);
      await board.setAsker(stranger, false);
      expect(await board.isAsker(stranger)).to.equal(false);
    });
  });

  describe("setTerms", () => {
    const BOUNDS = {
      epochSeconds: [DAY, 30n * DAY],
      seats: [3n, 7n],
      commitSeconds: [12n * HOUR, 72n * HOUR],
      revealSeconds: [12n * HOUR, 72n * HOUR],
      gradeSeconds: [12n * HOUR, 7n * DAY],
      tolerance: [6n, 50n],
      maxQuestions: [1n, 1_024n],
      minFee: [1n, 1_000_000_000n],
    } as const;

    it("is the owner's, and takes odd seats only", async () => {
      const { board, stranger } = await loadFixture(scoreWorld);
      await expect(board.connect(stranger).setTerms(TERMS)).to.be.revertedWithCustomError(
        board,
        "OwnableUnauthorizedAccount",
      );
      await expect(board.setTerms({ ...TERMS, seats: 4n }))
        .to.be.revertedWithCustomError(board, "BoardEvenSeats")
        .withArgs(4n);
    });

    for (const [field, [low, high]] of Object.entries(BOUNDS)) {
      it(`takes ${field} from ${low} to ${high}`, async () => {
        const { board } = await loadFixture(scoreWorld);
        for (const value of [low, high]) {
          const terms = { ...TERMS, [field]: value };
          await expect(board.setTerms(terms)).to.emit(board, "TermsChanged").withArgs(Object.values(terms));
          expect([...(await board.terms())]).to.deep.equal(Object.values(terms));
        }
        for (const value of [low - 1n, high + 1n]) {
          await expect(board.setTerms({ ...TERMS, [field]: value }))
            .to.be.revertedWithCustomError(board, "BoardOutOfBounds")
            .withArgs(value, low, high);
        }
      });
    }

    it("I18 leaves open batches as they were", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const { batch } = await askScore(world);
      const { askEnd } = await board.batchOf(batch);
      const changed = { ...TERMS, epochSeconds: DAY, seats: 7n, gradeSeconds: 7n * DAY, tolerance: 50n };
      await board.setTerms({ ...changed, commitSeconds: 72n * HOUR, revealSeconds: 72n * HOUR });
      const panel = await seatBatch(world, batch);
      expect(panel.length).to.equal(5);
      const view = await board.batchOf(batch);
      const drawnAt = await now();
      expect([view.askEnd, view.tolerance]).to.deep.equal([askEnd, 15n]);
      expect([view.commitEnd, view.revealEnd, view.gradeEnd]).to.deep.equal(
        [24n, 48n, 72n].map((hours) => drawnAt + hours * HOUR),
      );
    });
  });

  describe("ask", () => {
    it("is for askers, within bounds, once a question", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, asker, stranger, vault } = world;
      await expect(board.connect(stranger).ask(requestFor()))
        .to.be.revertedWithCustomError(board, "BoardNotAsker")
        .withArgs(stranger.address);
      const by = board.connect(asker);
      const most = 2n ** 40n - 1n;
      for (const [some, bounds] of [
        [{ domain: 32n }, [32n, 0n, 31n]],
        [{ dimensions: 0n }, [0n, 1n, 3n]],
        [{ dimensions: 4n }, [4n, 1n, 3n]],
        [{ fee: 499_999n * FEE_UNIT }, [499_999n, 500_000n, most]],
        [{ fee: (most + 1n) * FEE_UNIT }, [most + 1n, 500_000n, most]],
      ] as const) {
        await expect(by.ask(requestFor(some)))
          .to.be.revertedWithCustomError(board, "BoardOutOfBounds")
          .withArgs(...bounds);
      }
      await expect(by.ask(requestFor({ fee: TOKEN + 1n })))
        .to.be.revertedWithCustomError(board, "BoardFeeNotWhole")
        .withArgs(TOKEN + 1n);
      const { id } = await askScore(world, { fee: 500_000n * FEE_UNIT });
      await expect(by.ask(requestFor())).to.be.revertedWithCustomError(board, "BoardKnownQuestion").withArgs(id);
      await askScore(world, { note: ethers.id("another") });
      await vault.connect(asker).setAuthorisation(board, false);
      await expect(by.ask(requestFor({ note: ethers.id("third") }))).to.be.revertedWithCustomError(
        vault,
        "VaultNotAuthorised",
      );
    });

    it("opens a batch with the terms of that second, debits the fee and tells the text", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, asker, vault } = world;
      const account = await vault.accountOf(asker);
      const before = await vault.balanceOf(account);
      const request = requestFor({ party: 77n, dimensions: 2n });
      const batch = (DOMAIN << 32n) + 1n;
      const { subject, claim, dimensions, party, note, fee } = request;
      const text = { batch, asker: asker.address, subject, claim, dimensions, party, note };
      const id = scoreQuestionIdOf({ ...text, dimensions: 2 });
      expect(await board.questionIdOf(text)).to.equal(id);
      const asked = board.connect(asker).ask(request);
      await expect(asked)
        .to.emit(board, "QuestionAsked")
        .withArgs(batch, id, [batch, asker.address, subject, claim, 2n, 77n, note], fee);
      await expect(asked)
        .to.emit(board, "BatchOpened")
        .withArgs(batch, DOMAIN, 5n, (await now()) + TERMS.epochSeconds);
      expect(await vault.balanceOf(account)).to.equal(before - fee);
      expect(await vault.heldBy(board)).to.equal(fee);
      expect(viewOf(await board.batchOf(batch))).to.deep.equal({
        status: BatchStatus.Asking,
        seats: 5n,
        tolerance: 15n,
        asked: 1n,
        settled: 0n,
        askEnd: (await now()) + TERMS.epochSeconds,
        frozenAt: 0n,
        round: 0n,
        commitEnd: 0n,
        revealEnd: 0n,
        gradeEnd: 0n,
        committed: 0n,
        failed: 0n,
      });
      expect(viewOf(await board.scoreOf(batch, id))).to.deep.equal({
        stage: QuestionStage.Asked,
        dimensions: 2n,
        quality: 0n,
        relevance: 0n,
        uniqueness: 0n,
        count: 0n,
        drawnAt: 0n,
      });
      expect(await board.newestBatch(DOMAIN)).to.equal(batch);
      expect([...(await board.seatsOf(batch))]).to.deep.equal([]);
    });

    it("goes to the same batch until its last second, and to another one of another domain", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const first = await askScore(world);
      const { askEnd } = await board.batchOf(first.batch);
      const other = await askScore(world, { domain: 4n });
      expect(other.batch).to.equal((4n << 32n) + 1n);
      await time.setNextBlockTimestamp(askEnd);
      await board.connect(world.asker).ask(requestFor({ note: ethers.id("last") }));
      expect((await board.batchOf(first.batch)).asked).to.equal(2n);
      expect(await statusOf(world, first.batch)).to.equal(BatchStatus.Asking);
      await time.setNextBlockTimestamp(askEnd + 1n);
      await board.connect(world.asker).ask(requestFor({ note: ethers.id("late") }));
      expect((await board.batchOf(first.batch)).asked).to.equal(2n);
      expect(await board.newestBatch(DOMAIN)).to.equal(first.batch + 1n);
      expect(await statusOf(world, first.batch)).to.equal(BatchStatus.Waiting);
    });

    it("I47 a batch ends when it is full, so that others' questions make nobody's panel read more", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      await board.setTerms({ ...TERMS, maxQuestions: 2n });
      const first = await askScore(world, { note: ethers.id("1") });
      await askScore(world, { note: ethers.id("2") });
      expect(await statusOf(world, first.batch)).to.equal(BatchStatus.Waiting);
      const third = await askScore(world, { note: ethers.id("3") });
      expect(third.batch).to.equal(first.batch + 1n);
      await board.setTerms({ ...TERMS, maxQuestions: 1n });
      const fourth = await askScore(world, { note: ethers.id("4") });
      expect(fourth.batch).to.equal(first.batch + 2n);
      expect(await statusOf(world, fourth.batch)).to.equal(BatchStatus.Waiting);
      expect(await statusOf(world, third.batch)).to.equal(BatchStatus.Asking);
    });
  });

  describe("bind, requestRound, draw", () => {
    it("bind freezes the pool after the last question and binds to the next round", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, rounds, stranger } = world;
      const { batch } = await askScore(world);
      const { askEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(askEnd);
      await expect(board.bind(batch))
        .to.be.revertedWithCustomError(board, "BoardWrongStatus")
        .withArgs(batch, BatchStatus.Asking);
      await rounds.set(7, Round.Answered, false);
      await expect(board.connect(stranger).bind(batch)).to.emit(board, "BatchBound").withArgs(batch, 9, 8);
      const view = await board.batchOf(batch);
      expect([view.status, view.frozenAt, view.round]).to.deep.equal([BatchStatus.Waiting, await now(), 8n]);
      await expect(board.bind(99)).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(99, 0);
    });

    it("bind again only when the round died, left the ring, or the pool got old", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, rounds } = world;
      const { batch } = await askScore(world);
      await pass(world, batch, "askEnd");
      await board.bind(batch);
      const refused = () => expect(board.bind(batch)).to.be.revertedWithCustomError(board, "BoardRoundAlive");
      await refused();
      for (const state of [Round.Requested, Round.Answered]) {
        await rounds.set(1, state, false);
        await refused();
      }
      for (const [round, state] of [
        [1, Round.Dead],
        [2, Round.None],
      ] as const) {
        await rounds.set(round, state, false);
        await board.bind(batch);
        expect((await board.batchOf(batch)).round).to.equal(BigInt(round) + 1n);
      }
      const frozenAt = await now();
      await time.setNextBlockTimestamp(frozenAt + 3n * DAY - 1n);
      await refused();
      await time.setNextBlockTimestamp(frozenAt + 3n * DAY);
      await board.bind(batch);
    });

    it("requestRound requests the very round with all of the value, unless somebody did", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, rounds, stranger } = world;
      const { batch } = await askScore(world);
      await pass(world, batch, "askEnd");
      const by = board.connect(stranger);
      await expect(by.requestRound(batch)).to.be.revertedWithCustomError(board, "BoardUnbound").withArgs(batch);
      await expect(by.draw(batch)).to.be.revertedWithCustomError(board, "BoardUnbound").withArgs(batch);
      await board.bind(batch);
      expect(await by.requestRound.staticCall(batch)).to.equal(1n);
      await expect(by.requestRound(batch, { value: 9n })).to.changeEtherBalances([stranger, rounds], [-9n, 9n]);
      await expect(by.requestRound(batch)).to.be.revertedWithCustomError(board, "BoardRoundAlive").withArgs(batch, 1);
      await expect(by.draw(batch)).to.be.revertedWithCustomError(board, "BoardRoundUnanswered").withArgs(batch, 1);
    });

    it("draw asks the registry for the batch's pool and seats all, or nobody", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators, rounds } = world;
      const { batch } = await askScore(world);
      await pass(world, batch, "askEnd");
      await board.bind(batch);
      const frozenAt = await now();
      await rounds.set(1, Round.Answered, true);
      await validators.setNext([9, 2, 4, 6, 1]);
      await expect(board.draw(batch)).to.emit(board, "BatchDrawn").withArgs(batch, 1, [9n, 2n, 4n, 6n, 1n]);
      const request = await validators.lastRequest();
      const [seed] = await rounds.seedOf(1);
      const coder = ethers.AbiCoder.defaultAbiCoder();
      const drawDomain = ethers.id("GPU Commons ScoreBoard draw");
      expect(viewOf(request)).to.deep.equal({
        domain: DOMAIN,
        frozenAt,
        length: 12n,
        seats: 5n,
        tries: 160n,
        seed: ethers.keccak256(coder.encode(["bytes32", "bytes32", "uint40"], [seed, drawDomain, batch])),
        excluded: [],
      });
      expect([...(await board.seatsOf(batch))]).to.deep.equal([9n, 2n, 4n, 6n, 1n]);
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Committing);
    });

    for (const drawn of [[], [3n, 4n]]) {
      it(`fails with ${drawn.length} of 5 seats: those leave without consequence and the fees go back`, async () => {
        const world = await loadFixture(scoreWorld);
        const { board, validators, rounds, vault, asker } = world;
        const { batch, text, fee, id } = await askScore(world);
        await pass(world, batch, "askEnd");
        await board.bind(batch);
        await rounds.set(1, Round.Answered, false);
        await validators.setNext(drawn);
        await expect(board.draw(batch)).to.emit(board, "BatchFailed").withArgs(batch);
        expect(await validators.totalOpen()).to.equal(0n);
        for (const one of drawn) expect(await validators.ended(one, Outcome.Void)).to.equal(1n);
        expect(await statusOf(world, batch)).to.equal(BatchStatus.Failed);
        await expect(board.settle([text]))
          .to.emit(board, "QuestionSettled")
          .withArgs(batch, id, 0n, fee);
        expect(await vault.balanceOf(await vault.accountOf(asker))).to.equal(1_000n * TOKEN);
        expect(await vault.heldBy(board)).to.equal(0n);
        await expect(board.close(batch)).to.be.revertedWithCustomError(board, "BoardWrongStatus");
      });
    }

    it("fails without asking the registry when the pool was empty", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators, rounds } = world;
      const { batch } = await askScore(world);
      await validators.setPool(0, 0);
      await pass(world, batch, "askEnd");
      await board.bind(batch);
      await rounds.set(1, Round.Answered, false);
      await board.draw(batch);
      expect(await validators.takings()).to.equal(0n);
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Failed);
    });

    it("I15 a batch that nobody draws for 14 days gives its fees back, also one that was never bound", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, vault } = world;
      const { batch, text } = await askScore(world);
      const { askEnd } = await board.batchOf(batch);
      await time.increaseTo(askEnd + 14n * DAY);
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Waiting);
      await board.settle([text]);
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Failed);
      await expect(board.bind(batch)).to.be.revertedWithCustomError(board, "BoardWrongStatus");
      expect(await vault.heldBy(board)).to.equal(0n);
    });
  });

  describe("commit", () => {
    it("is for the seat's validator or its hot key, once, in the window", async () => {
      const world = await loadFixture(seated);
      const { board, batch, panel, stranger } = world;
      const root = ethers.id("root");
      const validator = panel[2] ?? 0n;
      const key = keyOf(world, validator);
      await expect(board.connect(stranger).commit(batch, 2, root))
        .to.be.revertedWithCustomError(board, "BoardNotSeated")
        .withArgs(batch, 2, stranger.address);
      await expect(board.connect(key).commit(batch, 5, root))
        .to.be.revertedWithCustomError(board, "BoardOutOfBounds")
        .withArgs(5, 0, 4);
      await expect(board.connect(key).commit(batch, 2, ethers.ZeroHash)).to.be.revertedWithCustomError(
        board,
        "BoardZeroRoot",
      );
      const seatCommit = BigInt(key.address) | (validator << 160n) | (2n << 200n);
      await expect(board.connect(key).commit(batch, 2, root))
        .to.emit(board, "MarksCommitted")
        .withArgs(batch, seatCommit, root);
      expect(await board.rootOf(batch, 2)).to.equal(root);
      expect((await board.batchOf(batch)).committed).to.equal(4n);
      await expect(board.connect(key).commit(batch, 2, root))
        .to.be.revertedWithCustomError(board, "BoardCommittedBefore")
        .withArgs(batch, 2);
      const { commitEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(commitEnd);
      await board.connect(keyOf(world, panel[0] ?? 0n)).commit(batch, 0, root);
      await time.setNextBlockTimestamp(commitEnd + 1n);
      await expect(board.connect(keyOf(world, panel[1] ?? 0n)).commit(batch, 1, root))
        .to.be.revertedWithCustomError(board, "BoardWrongStatus")
        .withArgs(batch, BatchStatus.Revealing);
    });

    it("the window ends as soon as all committed", async () => {
      const world = await loadFixture(seated);
      const { batch, question } = world;
      await commitAll(world, batch, [[question, SAME]]);
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Revealing);
    });
  });

  describe("report", () => {
    it("scores a question by the signatures of all seats", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, panel } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      const [row] = rowsOf([[question, MIXED]]);
      await expect(reportAll(world, batch, [[question, MIXED]], sealed))
        .to.emit(board, "QuestionScored")
        .withArgs(batch, question.id, row?.sheet);
      const view = await board.scoreOf(batch, question.id);
      const drawnAt = (await board.batchOf(batch)).commitEnd - TERMS.commitSeconds;
      expect([...view]).to.deep.equal([QuestionStage.Scored, 3n, 80n, 60n, 40n, 5n, drawnAt]);
      const { marks } = marksIn(await board.wordOf(batch, question.id));
      expect(marks.slice(0, 5)).to.deep.equal(MIXED.map((scores) => markOf(scores ?? [])));
      expect(panel.length).to.equal(5);
    });

    it("takes many questions of one sheet, an even count by its lower median, and fewer dimensions", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const one = await askScore(world, { dimensions: 1n, note: ethers.id("1") });
      const two = await askScore(world, { dimensions: 2n, note: ethers.id("2") });
      await seatBatch(world, one.batch);
      const said = [
        [one, [[10], [20], [30], [40], undefined]],
        [two, [[0, 100], [0, 100], [50, 1], [51, 2], undefined]],
      ] as const;
      const sealed = await commitAll(world, one.batch, said);
      await reportAll(world, one.batch, said, sealed);
      const [first, second] = [await board.scoreOf(one.batch, one.id), await board.scoreOf(one.batch, two.id)];
      expect([first.quality, first.relevance, first.uniqueness, first.count]).to.deep.equal([20n, 0n, 0n, 4n]);
      expect([second.quality, second.relevance, second.uniqueness]).to.deep.equal([0n, 2n, 0n]);
    });

    it("leaves out the party that sits", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators } = world;
      const question = await askScore(world, { party: 2n });
      await validators.setNext([1, 2, 3, 4, 5]);
      await seatBatch(world, question.batch);
      const said = [[question, [[1, 1, 1], undefined, [2, 2, 2], [3, 3, 3], [4, 4, 4]]]] as const;
      const sealed = await commitAll(world, question.batch, said);
      const own = await sealOf(world, 1, 2n, new Map([[ethers.id("nothing"), 1]]));
      await board.connect(keyOf(world, 2n)).commit(question.batch, 1, own.root);
      const withParty = [
        [
          question,
          [
            [1, 1, 1],
            [1, 1, 1],
            [2, 2, 2],
            [3, 3, 3],
            [4, 4, 4],
          ],
        ],
      ] as const;
      await expect(reportAll(world, question.batch, withParty, [...sealed, own]))
        .to.be.revertedWithCustomError(board, "BoardWrongMark")
        .withArgs(question.id, 1);
      await reportAll(world, question.batch, said, [...sealed, own]);
      expect((await board.scoreOf(question.batch, question.id)).quality).to.equal(2n);
      await pass(world, question.batch, "gradeEnd");
      await board.settle([question.text]);
      await board.close(question.batch);
      expect(await validators.ended(2n, Outcome.Coherent)).to.equal(1n);
    });

    it("refuses before and after the reveal window", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = (await commitAll(world, batch, [[question, MIXED.slice(0, 4)]])).slice(0, 4);
      const rows = rowsOf([[question, MIXED.slice(0, 4)]]);
      const signatures = await signaturesOf(world, batch, rows, sealed);
      const send = () => board.report(batch, rows, commitsOf(world, sealed), signatures);
      const { commitEnd, revealEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(commitEnd);
      await expect(send()).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(batch, 3);
      await time.setNextBlockTimestamp(revealEnd + 1n);
      await expect(send()).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(batch, 5);
    });

    it("works in the last second of the reveal window", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      await time.setNextBlockTimestamp((await board.batchOf(batch)).revealEnd);
      await reportAll(world, batch, [[question, MIXED]], sealed);
    });

    it("refuses other commits, counts and signatures", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, stranger } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      const rows = rowsOf([[question, MIXED]]);
      const signatures = await signaturesOf(world, batch, rows, sealed);
      const commits = commitsOf(world, sealed);
      await expect(board.report(batch, [], commits, signatures)).to.be.revertedWithCustomError(board, "BoardEmpty");
      for (const wrong of [[], commits.slice(1), [...commits].reverse()]) {
        await expect(board.report(batch, rows, wrong, signatures))
          .to.be.revertedWithCustomError(board, "BoardWrongCommits")
          .withArgs(batch);
      }
      await expect(board.report(batch, rows, commits, signatures.slice(1)))
        .to.be.revertedWithCustomError(board, "BoardWrongCount")
        .withArgs(4, 5);
      const forged = [...signatures];
      forged[3] = await signSheet(world, stranger, batch, rows);
      await expect(board.report(batch, rows, commits, forged))
        .to.be.revertedWithCustomError(board, "BoardWrongSignature")
        .withArgs(3);
      const elsewhere = await signaturesOf(world, batch + 1n, rows, sealed);
      await expect(board.report(batch, rows, commits, elsewhere)).to.be.revertedWithCustomError(
        board,
        "BoardWrongSignature",
      );
    });

    it("refuses what no honest sheet says", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const four = MIXED.slice(0, 4);
      const sealed = await commitAll(world, batch, [[question, four]]);
      await passCommits(world, batch);
      const marks = four.map((scores) => markOf(scores ?? []));
      const medians = markOf([79, 60, 40]);
      const send = async (row: { question: string; sheet: bigint }) => {
        const signatures = await signaturesOf(world, batch, [row], sealed);
        return board.report(batch, [row], commitsOf(world, sealed), signatures);
      };
      const id = question.id;
      const tooHigh = (marks[0] ?? 0) + 21;
      for (const [seat, wrong] of [
        [0, [0, ...marks.slice(1)]],
        [0, [tooHigh, ...marks.slice(1)]],
        [0, [markOf([80, 60]), ...marks.slice(1)]],
        [4, [...marks, marks[0] ?? 0]],
        [6, [...marks, undefined, undefined, marks[0] ?? 0]],
      ] as const) {
        await expect(send({ question: id, sheet: sheetOf(wrong, medians) }))
          .to.be.revertedWithCustomError(board, "BoardWrongMark")
          .withArgs(id, seat);
      }
      for (const wrong of [
        markOf([80, 60, 40]),
        markOf([79, 60, 41]),
        markOf([79, 61, 40]),
        markOf([79, 60]),
        0,
        markOf([78, 60, 40]),
      ]) {
        await expect(send({ question: id, sheet: sheetOf(marks, wrong) }))
          .to.be.revertedWithCustomError(board, "BoardWrongMedians")
          .withArgs(id, wrong);
      }
      const unknown = ethers.id("unknown");
      await expect(send({ question: unknown, sheet: sheetOf(marks, medians) }))
        .to.be.revertedWithCustomError(board, "BoardWrongQuestion")
        .withArgs(unknown, QuestionStage.None);
      await send({ question: id, sheet: sheetOf(marks, medians) });
      await expect(send({ question: id, sheet: sheetOf(marks, medians) }))
        .to.be.revertedWithCustomError(board, "BoardWrongQuestion")
        .withArgs(id, QuestionStage.Scored);
    });

    it("refuses marks of half of the seats", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const said = [[question, MIXED.slice(0, 2)]] as const;
      const sealed = await commitAll(world, batch, said);
      await expect(reportAll(world, batch, said, sealed))
        .to.be.revertedWithCustomError(board, "BoardTooFewMarks")
        .withArgs(question.id, 2, 3);
    });

    it("refuses another mark than one that was opened", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      await board.reveal(batch, 3, sealed[3]?.leaves ?? []);
      const lie = MIXED.map((scores, seat) => (seat === 3 ? [80, 60, 40] : scores));
      await expect(reportAll(world, batch, [[question, lie]], sealed))
        .to.be.revertedWithCustomError(board, "BoardWrongMark")
        .withArgs(question.id, 3);
      await reportAll(world, batch, [[question, MIXED]], sealed);
    });

    it("takes the signature of a contract that committed, and none that it refuses", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, panel, validators, owner, stranger } = world;
      const wallet = await ethers.deployContract("ContractWallet", [owner]);
      const first = panel[0] ?? 0n;
      await validators.setWorker(first, wallet);
      const sealed = [];
      for (const [seat, validator] of panel.entries()) {
        const marks = new Map([[question.id, markOf(MIXED[seat] ?? [])]]);
        const one = await sealOf(world, seat, validator, marks);
        const data = board.interface.encodeFunctionData("commit", [batch, seat, one.root]);
        if (seat === 0) await wallet.connect(owner).forward(board, data);
        else await board.connect(keyOf(world, validator)).commit(batch, seat, one.root);
        sealed.push(one);
      }
      const rows = rowsOf([[question, MIXED]]);
      const commits = commitsOf(world, sealed);
      commits[0] = BigInt(await wallet.getAddress()) | (first << 160n);
      const signatures = await signaturesOf(world, batch, rows, sealed);
      signatures[0] = await signSheet(world, owner, batch, rows);
      for (const mode of [1, 2, 3]) {
        await wallet.setMode(mode);
        await expect(board.report(batch, rows, commits, signatures))
          .to.be.revertedWithCustomError(board, "BoardWrongSignature")
          .withArgs(0);
      }
      await wallet.setMode(0);
      await board.connect(stranger).report(batch, rows, commits, signatures);
      expect((await board.scoreOf(batch, question.id)).stage).to.equal(QuestionStage.Scored);
    });
  });

  describe("reveal and tally", () => {
    it("open what was sealed, and count it after the window", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      await expect(board.reveal(batch, 0, sealed[0]?.leaves ?? []))
        .to.emit(board, "MarkRevealed")
        .withArgs(batch, question.id, 0, markOf([80, 60, 40]));
      await revealAll(world, batch, sealed);
      await expect(board.tally(batch, [question.id])).to.be.revertedWithCustomError(board, "BoardWrongStatus");
      await pass(world, batch, "revealEnd");
      const [row] = rowsOf([[question, MIXED]]);
      await expect(board.tally(batch, [question.id]))
        .to.emit(board, "QuestionScored")
        .withArgs(batch, question.id, row?.sheet);
      await expect(board.tally(batch, [question.id])).to.be.revertedWithCustomError(board, "BoardWrongQuestion");
      const view = await board.scoreOf(batch, question.id);
      expect([view.quality, view.relevance, view.uniqueness, view.count]).to.deep.equal([80n, 60n, 40n, 5n]);
    });

    it("pass over what is known, so that nobody can spoil a batch of leaves", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const one = await askScore(world, { note: ethers.id("1") });
      const two = await askScore(world, { note: ethers.id("2") });
      await seatBatch(world, one.batch);
      const said = [
        [one, MIXED],
        [two, SAME],
      ] as const;
      const sealed = await commitAll(world, one.batch, said);
      const leaves = sealed[1]?.leaves ?? [];
      await board.reveal(one.batch, 1, leaves.slice(0, 1));
      await reportAll(world, one.batch, [[one, MIXED]], sealed);
      await board.reveal(one.batch, 1, leaves);
      await board.reveal(one.batch, 1, leaves);
      expect((await board.scoreOf(one.batch, two.id)).count).to.equal(1n);
    });

    it("take no score of a dimension that was not asked for", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const question = await askScore(world, { dimensions: 1n });
      const { batch } = question;
      await seatBatch(world, batch);
      const sealed = await commitAll(world, batch, [[question, [[80], [80, 60], [81], [82], [83]]]]);
      await board.reveal(batch, 0, sealed[0]?.leaves ?? []);
      await expect(board.reveal(batch, 1, sealed[1]?.leaves ?? []))
        .to.be.revertedWithCustomError(board, "BoardWrongMark")
        .withArgs(question.id, 1);
    });

    it("refuse other leaves, another's leaves, and what is no mark", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators } = world;
      const question = await askScore(world, { party: 4n });
      const batch = question.batch;
      await validators.setNext([1, 2, 3, 4, 5]);
      await seatBatch(world, batch);
      const bad = markOf([80, 60]);
      const sealed = [
        await sealOf(world, 0, 1n, new Map([[question.id, bad]])),
        await sealOf(world, 1, 2n, new Map([[question.id, markOf([1, 2, 3])]])),
        await sealOf(world, 2, 3n, new Map([[ethers.id("unknown"), markOf([1, 2, 3])]])),
        await sealOf(world, 3, 4n, new Map([[question.id, markOf([1, 2, 3])]])),
      ];
      // Copies the root of another.
      sealed.push({ ...sealed[1]!, seat: 4, validator: 5n });
      for (const { seat, validator, root } of sealed) {
        await board.connect(keyOf(world, validator)).commit(batch, seat, root);
      }
      const send = (seat: number) => board.reveal(batch, seat, sealed[seat]?.leaves ?? []);
      await expect(send(0)).to.be.revertedWithCustomError(board, "BoardWrongMark").withArgs(question.id, 0);
      await expect(send(2)).to.be.revertedWithCustomError(board, "BoardWrongQuestion");
      await expect(send(3)).to.be.revertedWithCustomError(board, "BoardWrongMark").withArgs(question.id, 3);
      await expect(send(4)).to.be.revertedWithCustomError(board, "BoardWrongLeaf").withArgs(question.id, 4);
      await expect(send(7)).to.be.revertedWithCustomError(board, "BoardOutOfBounds").withArgs(7, 0, 4);
      const [leaf] = sealed[1]?.leaves ?? [];
      const changed = { ...leaf!, mark: markOf([1, 2, 4]) };
      await expect(board.reveal(batch, 1, [changed])).to.be.revertedWithCustomError(board, "BoardWrongLeaf");
      await send(1);
    });

    it("need marks of more than half of the seats", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      await revealAll(world, batch, sealed.slice(0, 2));
      await pass(world, batch, "revealEnd");
      await expect(board.tally(batch, [question.id]))
        .to.be.revertedWithCustomError(board, "BoardTooFewMarks")
        .withArgs(question.id, 2, 3);
      await expect(board.tally(batch, [ethers.id("unknown")])).to.be.revertedWithCustomError(
        board,
        "BoardWrongQuestion",
      );
    });

    it("refuse outside of their windows", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED.slice(0, 4)]]);
      const send = () => board.reveal(batch, 0, sealed[0]?.leaves ?? []);
      const { commitEnd, revealEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(commitEnd);
      await expect(send()).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(batch, 3);
      await time.setNextBlockTimestamp(revealEnd + 1n);
      await expect(send()).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(batch, 5);
    });
  });

  describe("openGold", () => {
    const known = markOf([80, 60, 40]);

    /** A gold question with the scores of MIXED, and an ordinary one. */
    async function golden() {
      const world = await scoreWorld();
      const { board, setter } = world;
      const place = { chainId: CHAIN, board: await board.getAddress(), setter: setter.address };
      const subject = ethers.id("subject");
      const note = goldNoteOf(place, { subject, known, salt });
      expect(await board.noteOf(setter, subject, known, salt)).to.equal(note);
      const gold = await askScore(world, { note });
      const plain = await askScore(world, { note: ethers.id("plain") });
      await seatBatch(world, gold.batch);
      const sealed = await commitAll(world, gold.batch, [
        [gold, MIXED],
        [plain, SAME],
      ]);
      await reportAll(
        world,
        gold.batch,
        [
          [gold, MIXED],
          [plain, SAME],
        ],
        sealed,
      );
      return { ...world, gold, plain, batch: gold.batch };
    }

    it("fails seats that miss what is known by more than the tolerance in any dimension", async () => {
      const world = await loadFixture(golden);
      const { board, setter, gold, plain, batch, validators } = world;
      await pass(world, batch, "revealEnd");
      await expect(board.connect(setter).openGold(gold.text, known, salt))
        .to.emit(board, "GoldOpened")
        .withArgs(batch, gold.id, known, 8);
      expect((await board.batchOf(batch)).failed).to.equal(8n);
      // Again, for the same.
      await board.connect(setter).openGold(gold.text, known, salt);
      await pass(world, batch, "gradeEnd");
      const panel = await board.seatsOf(batch);
      const before = await balancesOf(world, panel);
      await board.settle([gold.text, plain.text]);
      const after = await balancesOf(world, panel);
      // Its marks of the other question are right, and not paid either.
      expect(after.map((balance, seat) => balance - (before[seat] ?? 0n))[3]).to.equal(0n);
      await board.close(batch);
      expect(await validators.ended(panel[3] ?? 0n, Outcome.Silent)).to.equal(1n);
      for (const seat of [0, 1, 2, 4]) {
        expect(await validators.ended(panel[seat] ?? 0n, Outcome.Coherent)).to.equal(1n);
      }
    });

    it("is for gold setters, in the grading window, with what the note sealed", async () => {
      const world = await loadFixture(golden);
      const { board, setter, gold, batch, stranger } = world;
      const by = board.connect(setter);
      const { revealEnd, gradeEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(revealEnd);
      await expect(by.openGold(gold.text, known, salt)).to.be.revertedWithCustomError(board, "BoardWrongStatus");
      await time.increaseTo(revealEnd + 1n);
      await expect(board.connect(stranger).openGold(gold.text, known, salt))
        .to.be.revertedWithCustomError(board, "BoardNotGoldSetter")
        .withArgs(stranger.address);
      for (const [mark, other] of [
        [known + 1, salt],
        [known, ethers.id("another salt")],
      ] as const) {
        await expect(by.openGold(gold.text, mark, other))
          .to.be.revertedWithCustomError(board, "BoardWrongNote")
          .withArgs(gold.id);
      }
      await board.setGoldSetter(stranger, true);
      await expect(board.connect(stranger).openGold(gold.text, known, salt)).to.be.revertedWithCustomError(
        board,
        "BoardWrongNote",
      );
      const unknown = { ...gold.text, claim: ethers.id("unknown") };
      await expect(by.openGold(unknown, known, salt)).to.be.revertedWithCustomError(board, "BoardWrongQuestion");
      await time.setNextBlockTimestamp(gradeEnd + 1n);
      await expect(by.openGold(gold.text, known, salt)).to.be.revertedWithCustomError(board, "BoardWrongStatus");
    });

    it("works in the last second of the window, also for a question without a result", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, setter } = world;
      const subject = ethers.id("subject");
      const gold = await askScore(world, { note: await board.noteOf(setter, subject, known, salt) });
      await seatBatch(world, gold.batch);
      const sealed = await commitAll(world, gold.batch, [[gold, MIXED]]);
      await revealAll(world, gold.batch, sealed.slice(2, 4));
      await time.setNextBlockTimestamp((await board.batchOf(gold.batch)).gradeEnd);
      await expect(board.connect(setter).openGold(gold.text, known, salt))
        .to.emit(board, "GoldOpened")
        .withArgs(gold.batch, gold.id, known, 8);
    });

    it("refuses known scores that are none", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, setter } = world;
      const wrong = markOf([80, 60]);
      const note = await board.noteOf(setter, ethers.id("subject"), wrong, salt);
      const gold = await askScore(world, { note });
      await seatBatch(world, gold.batch);
      await pass(world, gold.batch, "revealEnd");
      await expect(board.connect(setter).openGold(gold.text, wrong, salt))
        .to.be.revertedWithCustomError(board, "BoardWrongMark")
        .withArgs(gold.id, 255);
    });

    it("gold and ordinary questions differ in random bytes only: calldata, events, storage, gas", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, asker, setter } = world;
      // Opens the batch, so that both find the same state.
      await askScore(world, { note: ethers.id("first") });
      const seen = [];
      for (const isGold of [false, true]) {
        const subject = ethers.hexlify(ethers.randomBytes(32));
        const ordinary = ethers.hexlify(ethers.randomBytes(32));
        const note = isGold ? await board.noteOf(setter, subject, known, salt) : ordinary;
        const request = requestFor({ subject, claim: ethers.hexlify(ethers.randomBytes(32)), note });
        const sent = await board.connect(asker).ask(request);
        const receipt = await sent.wait();
        const text = { ...request, batch: (DOMAIN << 32n) + 1n, asker: asker.address };
        const id = await board.questionIdOf(text);
        const random = [subject, request.claim, note, id].map((word) => word.slice(2));
        const blank = (data: string) => random.reduce((rest, word) => rest.replaceAll(word, "?".repeat(64)), data);
        const logs = receipt?.logs.map(({ address, topics, data }) => [address, ...topics.map(blank), blank(data)]);
        const zeros = [...Buffer.from(sent.data.slice(2), "hex")].filter((byte) => byte === 0).length;
        seen.push({
          calldata: blank(sent.data),
          logs,
          stored: await board.wordOf(text.batch, id),
          // What remains differs by the price of zero bytes, 12 each.
          gas: (receipt?.gasUsed ?? 0n) + 12n * BigInt(zeros),
        });
      }
      // The asker's balance stands in no event; all else is alike to the byte.
      expect(seen[0]).to.deep.equal(seen[1]);
    });
  });

  describe("accuse", () => {
    const LIE: Marks = MIXED.map((scores, seat) => (seat === 3 ? [80, 60, 40] : scores));

    async function statementOf(world: ScoreWorld, batch: bigint, said: Parameters<typeof rowsOf>[0], seat: number) {
      const rows = rowsOf(said);
      const validator = (await world.board.seatsOf(batch))[seat] ?? 0n;
      return { rows, index: 0, signature: await signSheet(world, keyOf(world, validator), batch, rows) };
    }

    it("convicts a seat that signed two marks, whoever shows it", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, stranger } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      const commits = commitsOf(world, sealed);
      const one = await statementOf(world, batch, [[question, MIXED]], 3);
      const other = await statementOf(world, batch, [[question, LIE]], 3);
      const by = board.connect(stranger);
      await expect(by.accuse(batch, commits, 3, one, other))
        .to.emit(board, "SeatConvicted")
        .withArgs(batch, 3, question.id);
      expect((await board.batchOf(batch)).failed).to.equal(8n);
      // What others say on a sheet is not what the seat says.
      const [good, same] = [
        await statementOf(world, batch, [[question, MIXED]], 2),
        await statementOf(world, batch, [[question, LIE]], 2),
      ];
      await expect(by.accuse(batch, commits, 2, good, same))
        .to.be.revertedWithCustomError(board, "BoardNoContradiction")
        .withArgs(2);
    });

    it("convicts a seat that signed another mark than it opened", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      const commits = commitsOf(world, sealed);
      const lie = await statementOf(world, batch, [[question, LIE]], 3);
      const truth = await statementOf(world, batch, [[question, MIXED]], 3);
      const nothing = { rows: [], index: 0, signature: "0x" };
      const refused = (statement: typeof lie) =>
        expect(board.accuse(batch, commits, 3, statement, nothing)).to.be.revertedWithCustomError(
          board,
          "BoardNoContradiction",
        );
      await refused(lie);
      await revealAll(world, batch, sealed);
      await refused(truth);
      await board.accuse(batch, commits, 3, lie, nothing);
      await pass(world, batch, "gradeEnd");
      await board.settle([question.text]);
      await board.close(batch);
      const validator = (await board.seatsOf(batch))[3] ?? 0n;
      expect(await world.validators.ended(validator, Outcome.Silent)).to.equal(1n);
      expect(await world.vault.balanceOf(validator)).to.equal(0n);
    });

    it("refuses other questions, signatures, commits, places and times", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      const one = await askScore(world, { note: ethers.id("1") });
      const two = await askScore(world, { note: ethers.id("2") });
      const batch = one.batch;
      const nothing = { rows: [], index: 0, signature: "0x" };
      await expect(board.accuse(batch, [], 0, nothing, nothing)).to.be.revertedWithCustomError(
        board,
        "BoardWrongStatus",
      );
      await seatBatch(world, batch);
      const sealed = await commitAll(world, batch, [
        [one, MIXED],
        [two, MIXED],
      ]);
      const commits = commitsOf(world, sealed);
      const about = (question: Asked, marks: Marks) => statementOf(world, batch, [[question, marks]], 3);
      const [first, second, lie] = [await about(one, MIXED), await about(two, LIE), await about(one, LIE)];
      await expect(board.accuse(batch, commits, 3, first, second)).to.be.revertedWithCustomError(
        board,
        "BoardNoContradiction",
      );
      for (const wrong of [
        [4, first, lie],
        [3, first, { ...lie, signature: first.signature }],
      ] as const) {
        await expect(board.accuse(batch, commits, ...wrong)).to.be.revertedWithCustomError(
          board,
          "BoardWrongSignature",
        );
      }
      await expect(board.accuse(batch, commits.slice(1), 2, first, lie)).to.be.revertedWithCustomError(
        board,
        "BoardWrongCommits",
      );
      await expect(board.accuse(batch, commits, 5, first, lie))
        .to.be.revertedWithCustomError(board, "BoardOutOfBounds")
        .withArgs(5, 0, 4);
      await expect(board.accuse(batch, commits, 3, { ...first, index: 1 }, lie))
        .to.be.revertedWithCustomError(board, "BoardOutOfBounds")
        .withArgs(1, 0, 0);
      const { gradeEnd } = await board.batchOf(batch);
      await time.setNextBlockTimestamp(gradeEnd + 1n);
      await expect(board.accuse(batch, commits, 3, first, lie)).to.be.revertedWithCustomError(
        board,
        "BoardWrongStatus",
      );
    });
  });

  describe("settle and close", () => {
    it("pay by distance and return the rest, to the wei", async () => {
      const world = await loadFixture(scored);
      const { board, batch, question, panel, vault, asker } = world;
      await expect(board.settle([question.text])).to.be.revertedWithCustomError(board, "BoardWrongStatus");
      await pass(world, batch, "gradeEnd");
      const account = await vault.accountOf(asker);
      const before = await balancesOf(world, [...panel, account]);
      // MAD: quality 1, relevance 1, uniqueness 1: full up to 2 points, nothing from 6 on.
      // Seat 2 is 1, 4 and 0 off: 1, 1/2 and 1. Seat 3 is far off.
      const part = TOKEN;
      const half = (part * 833_333n) / 1_000_000n;
      const paid = 3n * part + half;
      await expect(board.settle([question.text]))
        .to.emit(board, "QuestionSettled")
        .withArgs(batch, question.id, paid, 5n * TOKEN - paid);
      const after = await balancesOf(world, [...panel, account]);
      expect(after.map((balance, index) => balance - (before[index] ?? 0n))).to.deep.equal([
        part,
        part,
        half,
        0n,
        part,
        5n * TOKEN - paid,
      ]);
      expect(await vault.heldBy(board)).to.equal(0n);
      await expect(board.settle([question.text]))
        .to.be.revertedWithCustomError(board, "BoardWrongQuestion")
        .withArgs(question.id, QuestionStage.Settled);
    });

    it("close ends every seat once, when all is settled", async () => {
      const world = await loadFixture(scored);
      const { board, batch, question, panel, validators } = world;
      await pass(world, batch, "gradeEnd");
      await expect(board.close(batch)).to.be.revertedWithCustomError(board, "BoardUnsettled").withArgs(batch, 0, 1);
      await board.settle([question.text]);
      expect([...(await board.markingOf(batch, 3))]).to.deep.equal([1n, 0n]);
      expect([...(await board.markingOf(batch, 0))]).to.deep.equal([1n, 1n]);
      await expect(board.markingOf(batch, 7)).to.be.revertedWithCustomError(board, "BoardOutOfBounds");
      await expect(board.close(batch)).to.emit(board, "BatchClosed").withArgs(batch);
      const outcomes = [Outcome.Coherent, Outcome.Coherent, Outcome.Coherent, Outcome.Incoherent, Outcome.Coherent];
      for (const [seat, outcome] of outcomes.entries()) {
        expect(await validators.ended(panel[seat] ?? 0n, outcome)).to.equal(1n);
      }
      expect(await statusOf(world, batch)).to.equal(BatchStatus.Closed);
      await expect(board.close(batch)).to.be.revertedWithCustomError(board, "BoardWrongStatus").withArgs(batch, 8);
      expect([...(await board.seatsOf(batch))]).to.deep.equal(panel);
    });

    it("count what was opened and not counted, and slash who opened too little", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators, vault } = world;
      const one = await askScore(world, { note: ethers.id("1") });
      const two = await askScore(world, { note: ethers.id("2") });
      const batch = one.batch;
      const panel = await seatBatch(world, batch);
      const said = [
        [one, SAME],
        [two, SAME],
      ] as const;
      const sealed = await commitAll(world, batch, said);
      await revealAll(world, batch, sealed.slice(0, 3));
      await board.reveal(batch, 3, sealed[3]?.leaves.slice(0, 1) ?? []);
      await pass(world, batch, "gradeEnd");
      await expect(board.settle([one.text])).to.emit(board, "QuestionScored");
      await board.settle([two.text]);
      await board.close(batch);
      for (const seat of [0, 1, 2]) expect(await validators.ended(panel[seat] ?? 0n, Outcome.Coherent)).to.equal(1n);
      for (const seat of [3, 4]) expect(await validators.ended(panel[seat] ?? 0n, Outcome.Silent)).to.equal(1n);
      expect(await balancesOf(world, panel)).to.deep.equal([2n, 2n, 2n, 1n, 0n].map((count) => count * TOKEN));
      expect(await vault.heldBy(board)).to.equal(0n);
    });

    it("I15 a silent panel returns everything", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, panel, validators, vault, asker } = world;
      await pass(world, batch, "gradeEnd");
      await board.settle([question.text]);
      await board.close(batch);
      for (const one of panel) expect(await validators.ended(one, Outcome.Silent)).to.equal(1n);
      expect(await vault.balanceOf(await vault.accountOf(asker))).to.equal(1_000n * TOKEN);
    });

    it("without a result nobody is paid, and who gave a mark leaves as sound", async () => {
      const world = await loadFixture(seated);
      const { board, batch, question, panel, validators } = world;
      const sealed = await commitAll(world, batch, [[question, MIXED]]);
      await revealAll(world, batch, sealed.slice(2, 4));
      await pass(world, batch, "gradeEnd");
      await expect(board.settle([question.text]))
        .to.emit(board, "QuestionSettled")
        .withArgs(batch, question.id, 0n, 5n * TOKEN);
      await board.close(batch);
      const ends = [Outcome.Silent, Outcome.Silent, Outcome.Coherent, Outcome.Coherent, Outcome.Silent];
      for (const [seat, end] of ends.entries()) expect(await validators.ended(panel[seat] ?? 0n, end)).to.equal(1n);
    });

    it("refuse nothing, questions of another batch, and twice the same", async () => {
      const world = await loadFixture(scoreWorld);
      const { board } = world;
      await expect(board.settle([])).to.be.revertedWithCustomError(board, "BoardEmpty");
      const one = await askScore(world, { note: ethers.id("1") });
      const other = await askScore(world, { domain: 9n });
      await seatBatch(world, one.batch);
      await seatBatch(world, other.batch);
      await pass(world, other.batch, "gradeEnd");
      await expect(board.settle([one.text, other.text]))
        .to.be.revertedWithCustomError(board, "BoardWrongQuestion")
        .withArgs(other.id, 0);
      await expect(board.settle([one.text, one.text]))
        .to.be.revertedWithCustomError(board, "BoardWrongQuestion")
        .withArgs(one.id, QuestionStage.Settled);
      const forged = { ...one.text, asker: world.stranger.address };
      await expect(board.settle([forged])).to.be.revertedWithCustomError(board, "BoardWrongQuestion");
    });

    it("I19 a removed asker gets its money back all the same, and so does one of many", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, vault, owner, asker, token, stranger } = world;
      await token.connect(owner).approve(vault, ethers.MaxUint256);
      await vault.depositFor(stranger, 100n * TOKEN);
      await vault.connect(stranger).setAuthorisation(board, true);
      await board.setAsker(stranger, true);
      const one = await askScore(world);
      const two = await askScore(world, { fee: 7n * TOKEN }, stranger);
      await board.setAsker(stranger, false);
      await vault.setModule(board, 0);
      await seatBatch(world, one.batch);
      await pass(world, one.batch, "gradeEnd");
      await board.settle([one.text, two.text]);
      expect(await vault.balanceOf(await vault.accountOf(asker))).to.equal(1_000n * TOKEN);
      expect(await vault.balanceOf(await vault.accountOf(stranger))).to.equal(100n * TOKEN);
    });
  });

  describe("a hostile registry", () => {
    it("cannot come back in while it seats or ends", async () => {
      const world = await loadFixture(scoreWorld);
      const { board, validators, rounds } = world;
      const question = await askScore(world);
      const { batch } = question;
      await pass(world, batch, "askEnd");
      await board.bind(batch);
      await rounds.set(1, Round.Answered, false);
      const guard = board.interface.getError("ReentrancyGuardReentrantCall")?.selector;
      for (const [name, args] of [
        ["draw", [batch]],
        ["bind", [batch]],
        ["requestRound", [batch]],
        ["commit", [batch, 0, ethers.id("root")]],
        ["settle", [[question.text]]],
        ["tally", [batch, [question.id]]],
        ["reveal", [batch, 0, []]],
        ["report", [batch, [], [], []]],
        ["close", [batch]],
        ["ask", [requestFor()]],
        ["openGold", [question.text, 1, salt]],
        ["accuse", [batch, [], 0, NOTHING_SAID, NOTHING_SAID]],
      ] as const) {
        const data = board.interface.encodeFunctionData(name as "draw", args as unknown as [bigint]);
        await validators.callBack(board, data);
        await board.draw.staticCall(batch);
        const snapshot = await ethers.provider.send("evm_snapshot");
        await board.draw(batch);
        expect([await validators.answered(), await validators.answer()]).to.deep.equal([false, guard]);
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    });
  });

  it("hashes leaves as the client does", async () => {
    const { board } = await loadFixture(scoreWorld);
    const place = { chainId: CHAIN, board: await board.getAddress(), question: ethers.id("q"), validator: 7n };
    expect(await board.leafOf(place.question, 7n, 99, saltFor(place.question, 1))).to.equal(
      markLeafOf(place, 99, saltFor(place.question, 1)),
    );
    await inSecond((await now()) + 1n);
  });
});
