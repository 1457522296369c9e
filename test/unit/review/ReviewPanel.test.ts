import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { Result } from "ethers";
import { ethers } from "hardhat";
import type { IValidatorRegistry } from "../../../typechain-types/contracts/registry/IValidatorRegistry";
import {
  answer,
  ask,
  CLAIM,
  close,
  commit,
  DAY,
  draw,
  DRAWER,
  Finding,
  GONE,
  HOUR,
  inSecond,
  judge,
  now,
  OTHER,
  Outcome,
  OWNERS,
  PARTIES,
  passAppeal,
  requestOf,
  reveal,
  reviewWorld,
  RIGHT,
  Round,
  same,
  saltOf,
  seated,
  Status,
  vote,
  VOTING,
  WINDOWS,
  type ReviewWorld,
} from "./fixture";

const NOBODY = ethers.ZeroAddress;
const FINDING_NAMES = ["None", "Valid", "Invalid", "Unavailable"];
const statusOf = async ({ panel }: ReviewWorld, question: string) => (await panel.questionOf(question)).status;

describe("ReviewPanel", () => {
  describe("constructor", () => {
    it("refuses zero addresses, a zero owner and windows out of bounds", async () => {
      const { rounds, validators, panel, owner } = await loadFixture(reviewWorld);
      const factory = await ethers.getContractFactory("ReviewPanel");
      for (const [beacon, registry] of [
        [NOBODY, validators],
        [rounds, NOBODY],
      ] as const) {
        const made = factory.deploy(beacon, registry, WINDOWS, owner);
        await expect(made).to.be.revertedWithCustomError(panel, "PanelZeroAddress");
      }
      await expect(factory.deploy(rounds, validators, WINDOWS, NOBODY)).to.be.revertedWithCustomError(
        panel,
        "OwnableInvalidOwner",
      );
      const short = { ...WINDOWS, appealSeconds: 1n };
      await expect(factory.deploy(rounds, validators, short, owner)).to.be.revertedWithCustomError(
        panel,
        "PanelOutOfBounds",
      );
    });

    it("keeps what it is given, and lets nobody ask or confirm", async () => {
      const { rounds, validators, panel, owner, stranger } = await loadFixture(reviewWorld);
      expect(await panel.beacon()).to.equal(await rounds.getAddress());
      expect(await panel.validators()).to.equal(await validators.getAddress());
      expect([...(await panel.windows())]).to.deep.equal(Object.values(WINDOWS));
      expect(await panel.longestQuestion()).to.equal(4n * VOTING + WINDOWS.appealSeconds);
      expect(await panel.owner()).to.equal(owner.address);
      expect(await panel.isAsker(stranger)).to.equal(false);
      expect(await panel.isArbiter(owner)).to.equal(false);
    });
  });

  describe("setAsker, setArbiter", () => {
    it("are the owner's, and refuse the zero address", async () => {
      const { panel, asker, arbiter } = await loadFixture(reviewWorld);
      for (const name of ["setAsker", "setArbiter"] as const) {
        await expect(panel.connect(asker)[name](arbiter, true))
          .to.be.revertedWithCustomError(panel, "OwnableUnauthorizedAccount")
          .withArgs(asker.address);
        await expect(panel[name](NOBODY, true)).to.be.revertedWithCustomError(panel, "PanelZeroAddress");
      }
    });

    it("give and take the right; questions of a removed asker remain its own", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, arbiter } = world;
      const question = await ask(world);
      await expect(panel.setAsker(asker, false)).to.emit(panel, "AskerChanged").withArgs(asker.address, false);
      expect(await panel.isAsker(asker)).to.equal(false);
      await expect(panel.connect(asker).ask(await requestOf({ subject: GONE })))
        .to.be.revertedWithCustomError(panel, "PanelNotAsker")
        .withArgs(asker.address);
      await judge(world, question, same(RIGHT, 5));
      await panel.connect(asker).appeal(question, 50n);
      await judge(world, question, same(RIGHT, 11));
      expect((await close(world, question)).finding).to.equal(Finding.Invalid);

      await expect(panel.setArbiter(arbiter, false)).to.emit(panel, "ArbiterChanged").withArgs(arbiter.address, false);
      await expect(panel.connect(arbiter).confirm(question, true))
        .to.be.revertedWithCustomError(panel, "PanelNotArbiter")
        .withArgs(arbiter.address);
    });
  });

  describe("setWindows", () => {
    const BOUNDS = {
      commitSeconds: [12n * HOUR, 72n * HOUR],
      revealSeconds: [12n * HOUR, 72n * HOUR],
      appealSeconds: [24n * HOUR, 168n * HOUR],
    } as const;

    it("is the owner's", async () => {
      const { panel, stranger } = await loadFixture(reviewWorld);
      await expect(panel.connect(stranger).setWindows(WINDOWS)).to.be.revertedWithCustomError(
        panel,
        "OwnableUnauthorizedAccount",
      );
    });

    for (const [field, [low, high]] of Object.entries(BOUNDS)) {
      it(`takes ${field} from ${low} to ${high}`, async () => {
        const { panel } = await loadFixture(reviewWorld);
        for (const value of [low, high]) {
          const windows = { ...WINDOWS, [field]: value };
          await expect(panel.setWindows(windows)).to.emit(panel, "WindowsChanged").withArgs(Object.values(windows));
          expect([...(await panel.windows())]).to.deep.equal(Object.values(windows));
        }
        for (const value of [low - 1n, high + 1n]) {
          await expect(panel.setWindows({ ...WINDOWS, [field]: value }))
            .to.be.revertedWithCustomError(panel, "PanelOutOfBounds")
            .withArgs(value, low, high);
        }
      });
    }

    it("I18 leaves the windows of asked questions as they were", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel } = world;
      const question = await ask(world);
      await panel.setWindows({ commitSeconds: 72n * HOUR, revealSeconds: 72n * HOUR, appealSeconds: 168n * HOUR });
      await draw(world, question);
      const drawnAt = await now();
      const { commitEnd, revealEnd } = await panel.questionOf(question);
      expect([commitEnd, revealEnd]).to.deep.equal([drawnAt + WINDOWS.commitSeconds, drawnAt + VOTING]);
      await vote(world, question, same(CLAIM, 5));
      await panel.tally(question);
      expect((await panel.questionOf(question)).appealEnd).to.equal((await now()) + WINDOWS.appealSeconds);
    });
  });

  describe("ask", () => {
    it("is for askers, once a subject, within bounds", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, stranger } = world;
      await expect(panel.connect(stranger).ask(await requestOf()))
        .to.be.revertedWithCustomError(panel, "PanelNotAsker")
        .withArgs(stranger.address);
      const by = panel.connect(asker);
      const at = (await now()) + 100n;
      const parties = Array.from({ length: 9 }, (_, i) => BigInt(i));
      const cases = [
        [{ seats: 0n }, [0n, 1n, 15n]],
        [{ seats: 17n }, [17n, 1n, 15n]],
        [{ domain: 32n }, [32n, 0n, 31n]],
        [{ parties }, [9n, 0n, 8n]],
        [{ deadline: at }, [at, at + 1n, 2n ** 40n - 1n]],
      ] as const;
      for (const [some, bounds] of cases) {
        await time.setNextBlockTimestamp(at + BigInt(cases.findIndex(([one]) => one === some)) - 4n);
        await expect(by.ask(await requestOf(some)))
          .to.be.revertedWithCustomError(panel, "PanelOutOfBounds")
          .withArgs(...bounds);
      }
      await expect(by.ask(await requestOf({ seats: 4n })))
        .to.be.revertedWithCustomError(panel, "PanelEvenSeats")
        .withArgs(4n);

      const question = await ask(world, { deadline: (await now()) + 2n });
      await expect(by.ask(await requestOf()))
        .to.be.revertedWithCustomError(panel, "PanelKnownQuestion")
        .withArgs(question);
      await panel.setAsker(stranger, true);
      await panel.connect(stranger).ask(await requestOf());
    });

    it("freezes the pool and binds to the next round, whatever the state of the present one", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, rounds, validators } = world;
      for (const [number, state] of [Round.Requested, Round.Answered, Round.Dead].entries()) {
        await rounds.set(number + 7, state, false);
        const request = await requestOf({ subject: ethers.toBeHex(number, 32), seats: 15n, domain: 31n });
        const question = await panel.questionIdOf(asker, request.subject);
        const asked = panel.connect(asker).ask(request);
        await expect(asked).to.emit(panel, "QuestionAsked").withArgs(question, asker.address, request.subject, CLAIM);
        await expect(asked)
          .to.emit(panel, "PanelBound")
          .withArgs(question, 0, false, 15, OWNERS, number + 8);
        const view = await panel.questionOf(question);
        expect((view as unknown as Result).toObject()).to.deep.equal({
          status: Status.Waiting,
          asker: asker.address,
          claim: CLAIM,
          domain: 31n,
          instance: 0n,
          redrawn: false,
          seats: 15n,
          frozenAt: await now(),
          owners: OWNERS,
          round: BigInt(number + 8),
          commitEnd: 0n,
          revealEnd: 0n,
          appealEnd: 0n,
          deadline: request.deadline,
          finding: Finding.None,
          digest: GONE,
          needsConfirmation: false,
          confirmed: false,
          lot: 0n,
        });
      }
      expect(await validators.takings()).to.equal(0n);
    });
  });

  describe("requestRound", () => {
    it("requests the very round with all of the value, unless somebody did", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, rounds, stranger } = world;
      await rounds.set(4, Round.Answered, false);
      const question = await ask(world);
      const by = panel.connect(stranger);
      expect(await by.requestRound.staticCall(question)).to.equal(5n);
      await expect(by.requestRound(question, { value: 123n })).to.changeEtherBalances(
        [stranger, rounds, panel],
        [-123n, 123n, 0n],
      );
      expect(await rounds.currentRound()).to.equal(5n);
      await expect(by.requestRound(question, { value: 1n }))
        .to.be.revertedWithCustomError(panel, "PanelRoundAlive")
        .withArgs(question, 5n);
    });
  });

  describe("rebind", () => {
    it("refuses while the round can come or be used", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, rounds } = world;
      const question = await ask(world);
      const refused = () =>
        expect(panel.rebind(question)).to.be.revertedWithCustomError(panel, "PanelRoundAlive").withArgs(question, 1n);
      await refused();
      for (const state of [Round.Requested, Round.Answered]) {
        await rounds.set(1, state, false);
        await refused();
      }
    });

    it("binds anew when the round died or left the ring", async () => {
      for (const state of [Round.Dead, Round.None]) {
        const world = await loadFixture(reviewWorld);
        const { panel, rounds, validators, stranger } = world;
        const question = await ask(world);
        await rounds.set(300, Round.Answered, false);
        await rounds.set(1, state, false);
        await validators.setPool(7, 6);
        await expect(panel.connect(stranger).rebind(question))
          .to.emit(panel, "PanelBound")
          .withArgs(question, 0, false, 5, 6, 301);
        const { frozenAt, owners } = await panel.questionOf(question);
        expect([frozenAt, owners]).to.deep.equal([await now(), 6n]);
      }
    });

    it("binds anew from the first second in which the pool cannot be drawn from", async () => {
      for (const state of [undefined, Round.Requested, Round.Answered]) {
        const world = await loadFixture(reviewWorld);
        const { panel, rounds } = world;
        const question = await ask(world);
        const end = (await now()) + 3n * DAY;
        if (state !== undefined) await rounds.set(1, state, false);
        await inSecond(end - 1n);
        await expect(panel.rebind(question)).to.be.revertedWithCustomError(panel, "PanelRoundAlive");
        await inSecond(end);
        await panel.rebind(question);
        expect((await panel.questionOf(question)).frozenAt).to.equal(end);
      }
    });
  });

  describe("draw", () => {
    it("needs the answer of the round", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, rounds } = world;
      const question = await ask(world);
      for (const state of [Round.None, Round.Requested, Round.Dead]) {
        await rounds.set(1, state, false);
        await expect(panel.draw(question))
          .to.be.revertedWithCustomError(panel, "PanelRoundUnanswered")
          .withArgs(question, 1n);
      }
    });

    it("asks the registry for the frozen pool, with a seed of its own and everybody excluded", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, validators, keeper } = world;
      const question = await ask(world, { parties: [901n, 0n, 903n, 904n, 905n, 906n, 907n, 908n] });
      const { frozenAt } = await panel.questionOf(question);
      await answer(world, question);
      const drawn = panel.connect(keeper).draw(question);
      await drawn;
      const seats = await seated(world, question);
      await expect(drawn).to.emit(panel, "PanelDrawn").withArgs(question, 1, keeper.address, seats);
      const coder = ethers.AbiCoder.defaultAbiCoder();
      const seed = (round: bigint, instance: number, redrawn: boolean) =>
        ethers.keccak256(
          coder.encode(
            ["bytes32", "bytes32", "bytes32", "uint8", "bool"],
            [
              ethers.keccak256(coder.encode(["string", "uint32"], ["seed", round])),
              ethers.id("GPU Commons ReviewPanel draw"),
              question,
              instance,
              redrawn,
            ],
          ),
        );
      // `length` is a name that the typings of a result cannot have.
      const lastRequest = async () => {
        const request: unknown = await validators.lastRequest();
        return (request as Result).toObject(true) as { [Name in keyof IValidatorRegistry.SeatRequestStruct]: unknown };
      };
      const first = await lastRequest();
      expect(first).to.deep.equal({
        domain: 3n,
        frozenAt,
        length: 120n,
        seats: 5n,
        tries: 160n,
        seed: seed(1n, 0, false),
        excluded: [901n, 0n, 903n, 904n, 905n, 906n, 907n, 908n, 0n],
      });
      expect(await panel.seatsOf(question, 0, true)).to.deep.equal([]);

      await vote(world, question, same(undefined, 5));
      await panel.tally(question);
      const second = await draw(world, question);
      expect((await lastRequest()).seed).to.equal(seed(2n, 0, true));
      await vote(world, question, same(CLAIM, 5));
      await panel.tally(question);
      await panel.connect(world.asker).appeal(question, 909n);
      await draw(world, question);
      const third = await lastRequest();
      expect([third.seats, third.tries, third.seed]).to.deep.equal([11n, 352n, seed(3n, 1, false)]);
      expect(third.excluded).to.deep.equal([
        ...[901n, 0n, 903n, 904n, 905n, 906n, 907n, 908n, 909n],
        ...seats,
        ...second,
      ]);
    });

    it("is over with the frozen pool", async () => {
      for (const late of [false, true]) {
        const world = await loadFixture(reviewWorld);
        const { panel } = world;
        const question = await ask(world);
        const end = (await now()) + 3n * DAY - 1n;
        await answer(world, question);
        await inSecond(late ? end + 1n : end);
        const drawn = panel.draw(question);
        if (late) await expect(drawn).to.be.revertedWithCustomError(panel, "PanelTooLate").withArgs(question, end);
        else await drawn;
      }
    });

    it("fails without the registry when the list was empty, and twice is no verdict", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, validators } = world;
      await validators.setPool(0, 0);
      const question = await ask(world);
      await answer(world, question);
      const first = panel.draw(question);
      await expect(first).to.emit(panel, "PanelFailed").withArgs(question, 0, false);
      await expect(first).to.emit(panel, "PanelBound").withArgs(question, 0, true, 5, 0, 2);
      await answer(world, question);
      const second = panel.draw(question);
      await expect(second).to.emit(panel, "PanelFailed").withArgs(question, 0, true);
      await expect(second).to.emit(panel, "QuestionDecided").withArgs(question, 0, Finding.None, GONE);
      expect(await validators.takings()).to.equal(0n);
      const closed = await close(world, question);
      expect(closed).to.deep.equal({ finding: Finding.None, digest: GONE, payees: [], seats: 0n });
    });

    it("gives back the seats of a panel that could not be filled, and draws again", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, validators } = world;
      const question = await ask(world);
      await answer(world, question);
      await validators.setNext([1n, 2n, 3n, 4n]);
      const drawn = panel.draw(question);
      await expect(drawn).to.emit(panel, "PanelFailed").withArgs(question, 0, false);
      for (const id of [1n, 2n, 3n, 4n]) {
        await expect(drawn).to.emit(validators, "SeatEnded").withArgs(id, Outcome.Void);
      }
      expect(await statusOf(world, question)).to.equal(Status.Waiting);
      expect(await panel.seatsOf(question, 0, false)).to.deep.equal([]);
      // Who could have sat there can be drawn again.
      await answer(world, question);
      await validators.setNext([1n, 2n, 3n, 4n, 5n]);
      await panel.draw(question);
      expect(await seated(world, question)).to.deep.equal([1n, 2n, 3n, 4n, 5n]);
    });

    it("fits until the last second in which the panel can vote before the deadline; then it fails for good", async () => {
      for (const late of [false, true]) {
        const world = await loadFixture(reviewWorld);
        const { panel, stranger } = world;
        const deadline = (await now()) + VOTING + 10n * HOUR;
        const question = await ask(world, { deadline });
        if (!late) await answer(world, question);
        await inSecond(deadline - VOTING + (late ? 1n : 0n));
        // Late, it needs no seed to fail.
        const drawn = panel.connect(stranger).draw(question);
        if (late) {
          await expect(drawn).to.emit(panel, "PanelFailed").withArgs(question, 0, false);
          await expect(drawn).to.emit(panel, "QuestionDecided").withArgs(question, 0, Finding.None, GONE);
        } else {
          await drawn;
          expect((await panel.questionOf(question)).revealEnd).to.equal(deadline);
        }
      }
      // A deadline that no panel ever fits.
      const world = await loadFixture(reviewWorld);
      const question = await ask(world, { deadline: (await now()) + HOUR });
      await world.panel.draw(question);
      expect(await statusOf(world, question)).to.equal(Status.Decided);
    });

    it("has no second panel when there is no time for it", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, validators } = world;
      const deadline = (await now()) + VOTING + HOUR;
      const question = await ask(world, { deadline });
      await draw(world, question);
      await vote(world, question, same(undefined, 5));
      const counted = panel.tally(question);
      await expect(counted).to.emit(panel, "QuestionDecided").withArgs(question, 0, Finding.None, GONE);
      await expect(counted).to.not.emit(panel, "PanelBound");
      expect(await validators.totalOpen()).to.equal(0n);
    });
  });

  describe("commit", () => {
    it("is for the seat's validator, once, and not for zero", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, voter, stranger, keeper } = world;
      const question = await ask(world);
      const seats = await draw(world, question);
      const seal = ethers.id("sealed");
      await expect(panel.connect(voter).commit(question, 5, seal))
        .to.be.revertedWithCustomError(panel, "PanelOutOfBounds")
        .withArgs(5, 0, 4);
      await expect(panel.connect(stranger).commit(question, 4, seal))
        .to.be.revertedWithCustomError(panel, "PanelNotSeated")
        .withArgs(question, 4, stranger.address);
      await world.validators.setWorker(seats[1] ?? 0n, keeper);
      await expect(panel.connect(keeper).commit(question, 0, seal)).to.be.revertedWithCustomError(
        panel,
        "PanelNotSeated",
      );
      await expect(panel.connect(voter).commit(question, 0, GONE)).to.be.revertedWithCustomError(
        panel,
        "PanelZeroCommitment",
      );
      expect([...(await panel.voteOf(question, 4))]).to.deep.equal([false, false, GONE]);
      await expect(panel.connect(voter).commit(question, 4, seal))
        .to.emit(panel, "VoteCommitted")
        .withArgs(question, seats[4], seal);
      expect([...(await panel.voteOf(question, 4))]).to.deep.equal([true, false, seal]);
      await expect(panel.connect(voter).commit(question, 4, seal))
        .to.be.revertedWithCustomError(panel, "PanelVotedBefore")
        .withArgs(question, 4);
    });

    it("is open until commitEnd, when revealing begins", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel } = world;
      const question = await ask(world);
      await draw(world, question);
      const { commitEnd } = await panel.questionOf(question);
      await commit(world, question, 0, RIGHT);
      await expect(reveal(world, question, 0, RIGHT))
        .to.be.revertedWithCustomError(panel, "PanelWrongStatus")
        .withArgs(question, Status.Committing);
      await inSecond(commitEnd);
      await commit(world, question, 1, RIGHT);
      expect(await now()).to.equal(commitEnd);
      expect(await statusOf(world, question)).to.equal(Status.Committing);
      await inSecond(commitEnd + 1n);
      await expect(commit(world, question, 2, RIGHT))
        .to.be.revertedWithCustomError(panel, "PanelWrongStatus")
        .withArgs(question, Status.Revealing);
      await reveal(world, question, 0, RIGHT);
    });
  });

  describe("reveal", () => {
    it("opens with the last seal, takes what was sealed, once, from anybody", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, stranger } = world;
      const question = await ask(world);
      const seats = await draw(world, question);
      for (const seat of [0, 1, 2, 3, 4]) await commit(world, question, seat, seat === 4 ? GONE : RIGHT);
      const by = panel.connect(stranger);
      await expect(by.reveal(question, 5, RIGHT, saltOf(5)))
        .to.be.revertedWithCustomError(panel, "PanelOutOfBounds")
        .withArgs(5, 0, 4);
      for (const [digest, salt] of [
        [OTHER, saltOf(0)],
        [RIGHT, saltOf(1)],
      ] as const) {
        await expect(by.reveal(question, 0, digest, salt))
          .to.be.revertedWithCustomError(panel, "PanelWrongCommitment")
          .withArgs(question, 0);
      }
      await expect(reveal(world, question, 0, RIGHT))
        .to.emit(panel, "VoteRevealed")
        .withArgs(question, seats[0], RIGHT);
      expect([...(await panel.voteOf(question, 0))]).to.deep.equal([true, true, RIGHT]);
      await reveal(world, question, 4, GONE);
      expect([...(await panel.voteOf(question, 4))]).to.deep.equal([true, true, GONE]);
      await expect(reveal(world, question, 0, RIGHT))
        .to.be.revertedWithCustomError(panel, "PanelVotedBefore")
        .withArgs(question, 0);
    });

    it("refuses a seat that sealed nothing", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel } = world;
      const question = await ask(world);
      await draw(world, question);
      await commit(world, question, 0, RIGHT);
      await time.increaseTo((await panel.questionOf(question)).commitEnd);
      await expect(reveal(world, question, 1, RIGHT))
        .to.be.revertedWithCustomError(panel, "PanelWrongCommitment")
        .withArgs(question, 1);
    });

    it("refuses the seal that another seat copied, even with the salt that was revealed", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, voter } = world;
      const question = await ask(world, { seats: 3n });
      await draw(world, question);
      await commit(world, question, 0, RIGHT);
      const [, , copied] = await panel.voteOf(question, 0);
      await panel.connect(voter).commit(question, 1, copied);
      await commit(world, question, 2, RIGHT);
      await reveal(world, question, 0, RIGHT);
      await expect(panel.reveal(question, 1, RIGHT, saltOf(0)))
        .to.be.revertedWithCustomError(panel, "PanelWrongCommitment")
        .withArgs(question, 1);
    });

    it("is over after revealEnd", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel } = world;
      const question = await ask(world);
      await draw(world, question);
      for (const seat of [0, 1, 2]) await commit(world, question, seat, RIGHT);
      const { revealEnd } = await panel.questionOf(question);
      await inSecond(revealEnd);
      await reveal(world, question, 0, RIGHT);
      expect(await now()).to.equal(revealEnd);
      expect(await statusOf(world, question)).to.equal(Status.Revealing);
      await inSecond(revealEnd + 1n);
      await expect(reveal(world, question, 1, RIGHT))
        .to.be.revertedWithCustomError(panel, "PanelWrongStatus")
        .withArgs(question, Status.Counting);
    });
  });

  describe("commitmentOf", () => {
    it("binds chain, panel, question, round, validator, digest and salt", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, rounds, validators, owner } = world;
      const question = await ask(world);
      const { chainId } = await ethers.provider.getNetwork();
      const hash = ethers.keccak256(
        ethers.AbiCoder.defaultAbiCoder().encode(
          ["uint256", "address", "bytes32", "uint32", "uint40", "bytes32", "bytes32"],
          [chainId, await panel.getAddress(), question, 1, 7, RIGHT, saltOf(7)],
        ),
      );
      expect(await panel.commitmentOf(question, 7, RIGHT, saltOf(7))).to.equal(hash);
      const elsewhere = await ethers.deployContract("ReviewPanel", [rounds, validators, WINDOWS, owner.address]);
      const others = [
        elsewhere.commitmentOf(question, 7, RIGHT, saltOf(7)),
        panel.commitmentOf(await ask(world, { subject: GONE }), 7, RIGHT, saltOf(7)),
        panel.commitmentOf(question, 8, RIGHT, saltOf(7)),
        panel.commitmentOf(question, 7, OTHER, saltOf(7)),
        panel.commitmentOf(question, 7, RIGHT, saltOf(8)),
      ];
      await rounds.set(1, Round.Dead, false);
      await panel.rebind(question);
      others.push(panel.commitmentOf(question, 7, RIGHT, saltOf(7)));
      const all = [hash, ...(await Promise.all(others))];
      expect(new Set(all).size).to.equal(all.length);
    });
  });

  describe("tally", () => {
    const cases = [
      ["the claim", same(CLAIM, 5), Finding.Valid, CLAIM],
      ["a bare majority for another digest", [RIGHT, RIGHT, RIGHT, CLAIM, undefined], Finding.Invalid, RIGHT],
      ["a majority that revealed alone", [RIGHT, RIGHT, RIGHT, undefined, undefined], Finding.Invalid, RIGHT],
      ["two of three votes", [RIGHT, RIGHT, CLAIM, undefined, undefined], Finding.Valid, CLAIM],
      ["no two alike", [RIGHT, OTHER, GONE, CLAIM, undefined], Finding.Valid, CLAIM],
      ["content that is gone", [GONE, GONE, GONE, RIGHT, RIGHT], Finding.Unavailable, GONE],
      ["guilt split in two", [GONE, GONE, RIGHT, RIGHT, CLAIM], Finding.Valid, CLAIM],
    ] as const;
    for (const [name, votes, finding, digest] of cases) {
      it(`finds ${FINDING_NAMES[Number(finding)]}: ${name}`, async () => {
        const world = await loadFixture(reviewWorld);
        const { panel } = world;
        const question = await ask(world);
        await draw(world, question);
        await vote(world, question, votes);
        if (votes.some((one) => one === undefined)) expect(await statusOf(world, question)).to.equal(Status.Counting);
        const counted = panel.tally(question);
        await expect(counted).to.emit(panel, "QuestionDecided").withArgs(question, 0, finding, digest);
        const view = await panel.questionOf(question);
        expect([view.status, view.finding, view.digest]).to.deep.equal([Status.Decided, finding, digest]);
        expect(view.appealEnd).to.equal((await now()) + WINDOWS.appealSeconds);
      });
    }

    it("draws again when less than half revealed, and ends the seats: silence counts, a vote does not", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, validators } = world;
      const question = await ask(world);
      const seats = await draw(world, question);
      await vote(world, question, [RIGHT, undefined, RIGHT, undefined, undefined]);
      const counted = panel.tally(question);
      await expect(counted).to.emit(panel, "PanelFailed").withArgs(question, 0, false);
      await expect(counted).to.emit(panel, "PanelBound").withArgs(question, 0, true, 5, OWNERS, 2);
      for (const [seat, id] of seats.entries()) {
        const outcome = seat === 0 || seat === 2 ? Outcome.Void : Outcome.Silent;
        await expect(counted).to.emit(validators, "SeatEnded").withArgs(id, outcome);
      }
      const others = await draw(world, question);
      expect(others.filter((id) => seats.includes(id))).to.deep.equal([]);
      expect(await panel.seatsOf(question, 0, false)).to.deep.equal(seats);
      await vote(world, question, same(RIGHT, 5));
      await panel.tally(question);
      await passAppeal(world, question);
      const { payees, seats: paid } = await close(world, question);
      expect([payees, paid]).to.deep.equal([[DRAWER, ...others], 5n]);
    });

    it("waits for the last second in which a vote can come, and no longer", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel } = world;
      const question = await ask(world);
      await draw(world, question);
      for (const seat of [0, 1, 2]) await commit(world, question, seat, RIGHT);
      const { commitEnd, revealEnd } = await panel.questionOf(question);
      const early = (status: bigint) =>
        expect(panel.tally(question))
          .to.be.revertedWithCustomError(panel, "PanelWrongStatus")
          .withArgs(question, status);
      await inSecond(commitEnd);
      await early(Status.Committing);
      for (const seat of [0, 1]) await reveal(world, question, seat, RIGHT);
      await inSecond(revealEnd);
      await early(Status.Revealing);
      await inSecond(revealEnd + 1n);
      await panel.tally(question);
    });
  });

  describe("appeal", () => {
    it("is the asker's, of a verdict, once", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, stranger } = world;
      const question = await ask(world);
      await expect(panel.connect(stranger).appeal(question, 50n))
        .to.be.revertedWithCustomError(panel, "PanelNotAsker")
        .withArgs(stranger.address);
      await judge(world, question, same(RIGHT, 5));
      const appealed = panel.connect(asker).appeal(question, 50n);
      await expect(appealed).to.emit(panel, "QuestionAppealed").withArgs(question, 50n);
      await expect(appealed).to.emit(panel, "PanelBound").withArgs(question, 1, false, 11, OWNERS, 2);
      const view = await panel.questionOf(question);
      expect([view.finding, view.digest, view.appealEnd, view.commitEnd]).to.deep.equal([
        Finding.Invalid,
        RIGHT,
        0n,
        0n,
      ]);
      await judge(world, question, same(OTHER, 11));
      await expect(panel.connect(asker).appeal(question, 51n))
        .to.be.revertedWithCustomError(panel, "PanelNoAppeal")
        .withArgs(question);
      const { finding, digest, seats } = await close(world, question);
      expect([finding, digest, seats]).to.deep.equal([Finding.Invalid, OTHER, 16n]);
    });

    it("refuses where there is no verdict", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker } = world;
      const question = await ask(world, { deadline: (await now()) + HOUR });
      await panel.draw(question);
      await expect(panel.connect(asker).appeal(question, 50n)).to.be.revertedWithCustomError(panel, "PanelNoAppeal");
    });

    it("is open until appealEnd, when closing opens", async () => {
      for (const late of [false, true]) {
        const world = await loadFixture(reviewWorld);
        const { panel, asker } = world;
        const question = await ask(world);
        await judge(world, question, same(RIGHT, 5));
        const { appealEnd } = await panel.questionOf(question);
        await inSecond(appealEnd);
        await expect(panel.connect(asker).close(question))
          .to.be.revertedWithCustomError(panel, "PanelTooEarly")
          .withArgs(question, appealEnd);
        if (!late) {
          await time.setNextBlockTimestamp(appealEnd + 1n);
          await expect(panel.connect(asker).appeal(question, 50n))
            .to.be.revertedWithCustomError(panel, "PanelTooLate")
            .withArgs(question, appealEnd);
        } else {
          await inSecond(appealEnd + 1n);
          await panel.connect(asker).close(question);
          expect(await statusOf(world, question)).to.equal(Status.Closed);
        }
      }
      const world = await loadFixture(reviewWorld);
      const question = await ask(world);
      await judge(world, question, same(RIGHT, 5));
      await inSecond((await world.panel.questionOf(question)).appealEnd);
      await world.panel.connect(world.asker).appeal(question, 50n);
    });

    it("needs the time of a panel before the deadline", async () => {
      for (const late of [false, true]) {
        const world = await loadFixture(reviewWorld);
        const { panel, asker } = world;
        const deadline = (await now()) + VOTING + 10n * HOUR;
        const question = await ask(world, { deadline });
        await judge(world, question, same(RIGHT, 5));
        await inSecond(deadline - VOTING + (late ? 1n : 0n));
        const appealed = panel.connect(asker).appeal(question, 50n);
        if (late) {
          await expect(appealed)
            .to.be.revertedWithCustomError(panel, "PanelTooLate")
            .withArgs(question, deadline - VOTING);
        } else await appealed;
      }
    });

    it("that comes to nothing leaves the verdict, and its guilt to an arbiter", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, arbiter, validators } = world;
      const question = await ask(world);
      await judge(world, question, same(RIGHT, 5));
      const first = await panel.seatsOf(question, 0, false);
      await panel.connect(asker).appeal(question, 50n);
      await draw(world, question);
      await vote(world, question, same(undefined, 11));
      await panel.tally(question);
      await validators.setPool(0, 0);
      await answer(world, question);
      await validators.setNext([]);
      const drawn = panel.draw(question);
      await expect(drawn).to.emit(panel, "PanelFailed").withArgs(question, 1, true);
      await expect(drawn).to.emit(panel, "QuestionDecided").withArgs(question, 1, Finding.Invalid, RIGHT);
      const view = await panel.questionOf(question);
      expect([view.appealEnd, view.needsConfirmation, view.confirmed]).to.deep.equal([0n, true, false]);
      await expect(panel.connect(asker).close(question))
        .to.be.revertedWithCustomError(panel, "PanelUnconfirmed")
        .withArgs(question);
      await panel.connect(arbiter).confirm(question, true);
      expect(await close(world, question)).to.deep.equal({
        finding: Finding.Invalid,
        digest: RIGHT,
        payees: [DRAWER, ...first],
        seats: 5n,
      });
    });

    it("that comes to nothing leaves Valid to stand alone", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker } = world;
      const question = await ask(world);
      await judge(world, question, same(CLAIM, 5));
      await panel.connect(asker).appeal(question, 50n);
      for (let again = 0; again < 2; ++again) {
        await draw(world, question);
        await vote(world, question, same(undefined, 11));
        await panel.tally(question);
      }
      expect((await panel.questionOf(question)).needsConfirmation).to.equal(false);
      expect((await close(world, question)).finding).to.equal(Finding.Valid);
    });

    it("takes the arbiter's word back: it was about another verdict", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, arbiter } = world;
      const question = await ask(world);
      await judge(world, question, same(RIGHT, 5), true);
      await panel.connect(arbiter).confirm(question, true);
      await panel.connect(asker).appeal(question, 50n);
      await judge(world, question, same(RIGHT, 11), true);
      await expect(panel.connect(asker).close(question)).to.be.revertedWithCustomError(panel, "PanelUnconfirmed");
    });
  });

  describe("confirm", () => {
    it("is an arbiter's, where guilt needs it, until the deadline", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, arbiter, stranger } = world;
      const deadline = (await now()) + 10n * DAY;
      const question = await ask(world, { deadline });
      await judge(world, question, same(GONE, 5), true);
      for (const caller of [asker, stranger]) {
        await expect(panel.connect(caller).confirm(question, true))
          .to.be.revertedWithCustomError(panel, "PanelNotArbiter")
          .withArgs(caller.address);
      }
      await passAppeal(world, question);
      await expect(panel.connect(asker).close(question)).to.be.revertedWithCustomError(panel, "PanelUnconfirmed");
      await inSecond(deadline);
      await expect(panel.connect(arbiter).confirm(question, true))
        .to.emit(panel, "FindingConfirmed")
        .withArgs(question, arbiter.address, true);
      expect((await panel.questionOf(question)).confirmed).to.equal(true);
      await inSecond(deadline + 1n);
      await expect(panel.connect(arbiter).confirm(question, true))
        .to.be.revertedWithCustomError(panel, "PanelTooLate")
        .withArgs(question, deadline);
    });

    it("happens once, and not where nothing needs it", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, arbiter } = world;
      const refused = (question: string) =>
        expect(panel.connect(arbiter).confirm(question, false))
          .to.be.revertedWithCustomError(panel, "PanelNothingToConfirm")
          .withArgs(question);
      const strong = await ask(world, { subject: ethers.id("strong") });
      await judge(world, strong, same(RIGHT, 5));
      await refused(strong);
      const valid = await ask(world, { subject: ethers.id("valid") });
      await judge(world, valid, same(CLAIM, 5), true);
      await refused(valid);
      const weak = await ask(world, { subject: ethers.id("weak") });
      await judge(world, weak, same(RIGHT, 5), true);
      await panel.connect(arbiter).confirm(weak, true);
      await refused(weak);
      await passAppeal(world, weak);
      expect((await close(world, weak)).finding).to.equal(Finding.Invalid);
    });

    it("that is refused leaves no verdict, at once and without appeal", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, arbiter, validators } = world;
      const question = await ask(world);
      await judge(world, question, [RIGHT, RIGHT, RIGHT, CLAIM, undefined], true);
      const seats = await seated(world, question);
      await expect(panel.connect(arbiter).confirm(question, false))
        .to.emit(panel, "FindingConfirmed")
        .withArgs(question, arbiter.address, false);
      await expect(panel.connect(asker).appeal(question, 50n)).to.be.revertedWithCustomError(panel, "PanelNoAppeal");
      // The panel voted, so that who drew it is paid, and nobody else.
      expect(await close(world, question)).to.deep.equal({
        finding: Finding.None,
        digest: GONE,
        payees: [DRAWER],
        seats: 5n,
      });
      for (const [seat, id] of seats.entries()) {
        expect(await validators.ended(id, seat === 4 ? Outcome.Silent : Outcome.Void)).to.equal(1n);
      }
    });

    for (const [owners, needed] of [
      [15n, false],
      [14n, true],
    ] as const) {
      it(`is ${needed ? "" : "not "}needed with ${owners} owners for 5 seats`, async () => {
        const world = await loadFixture(reviewWorld);
        await world.validators.setPool(120, owners);
        const question = await ask(world);
        await judge(world, question, same(RIGHT, 5));
        expect((await world.panel.questionOf(question)).needsConfirmation).to.equal(needed);
      });
    }
  });

  describe("close", () => {
    it("is the asker's, once", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, stranger } = world;
      const question = await ask(world);
      await judge(world, question, same(CLAIM, 5));
      await passAppeal(world, question);
      await expect(panel.connect(stranger).close(question))
        .to.be.revertedWithCustomError(panel, "PanelNotAsker")
        .withArgs(stranger.address);
      await expect(panel.connect(asker).close(question))
        .to.emit(panel, "QuestionClosed")
        .withArgs(question, Finding.Valid, CLAIM);
      await expect(panel.connect(asker).close(question))
        .to.be.revertedWithCustomError(panel, "PanelWrongStatus")
        .withArgs(question, Status.Closed);
    });

    it("pays who agreed with the verdict, and who drew; a drawer without an account is left out", async () => {
      for (const known of [true, false]) {
        const world = await loadFixture(reviewWorld);
        const { keeper, validators } = world;
        if (!known) await validators.setAccount(keeper, 0n);
        const question = await ask(world);
        await judge(world, question, [RIGHT, CLAIM, RIGHT, OTHER, RIGHT]);
        const seats = await seated(world, question);
        await passAppeal(world, question);
        const { payees } = await close(world, question);
        expect(payees).to.deep.equal([...(known ? [DRAWER] : []), seats[0], seats[2], seats[4]]);
        for (const [seat, id] of seats.entries()) {
          const outcome = seat % 2 === 0 ? Outcome.Coherent : Outcome.Incoherent;
          expect(await validators.ended(id, outcome)).to.equal(1n);
        }
      }
    });

    it("judges the first panel by the verdict of the appeal", async () => {
      const world = await loadFixture(reviewWorld);
      const { panel, asker, validators } = world;
      const question = await ask(world);
      await judge(world, question, [RIGHT, RIGHT, RIGHT, CLAIM, undefined]);
      const first = await panel.seatsOf(question, 0, false);
      await panel.connect(asker).appeal(question, 50n);
      await judge(world, question, [...same(CLAIM, 10), RIGHT]);
      const second = await panel.seatsOf(question, 1, false);
      const { finding, payees, seats } = await close(world, question);
      expect([finding, seats]).to.deep.equal([Finding.Valid, 16n]);
      expect(payees).to.deep.equal([DRAWER, DRAWER, first[3], ...second.slice(0, 10)]);
      expect(await validators.ended(first[0] ?? 0n, Outcome.Incoherent)).to.equal(1n);
      expect(await validators.ended(first[4] ?? 0n, Outcome.Silent)).to.equal(1n);
    });

    it("calls silent who sealed a vote and did not reveal it, in time or late", async () => {
      for (const late of [false, true]) {
        const world = await loadFixture(reviewWorld);
        const { panel, validators, stranger } = world;
        const question = await ask(world);
        const seats = await draw(world, question);
        for (const seat of seats.keys()) await commit(world, question, seat, RIGHT);
        for (const seat of [0, 1, 2]) await reveal(world, question, seat, RIGHT);
        const { revealEnd, deadline } = await panel.questionOf(question);
        await inSecond(revealEnd + 1n);
        await panel.connect(stranger).tally(question);
        if (late) await inSecond(deadline + 1n);
        else await passAppeal(world, question);
        const { payees } = await close(world, question);
        expect(payees).to.deep.equal(late ? [DRAWER] : [DRAWER, ...seats.slice(0, 3)]);
        for (const seat of [3, 4]) expect(await validators.ended(seats[seat] ?? 0n, Outcome.Silent)).to.equal(1n);
        expect(await validators.ended(seats[0] ?? 0n, late ? Outcome.Void : Outcome.Coherent)).to.equal(1n);
      }
    });

    it("has nobody right where zero was claimed and stands", async () => {
      const world = await loadFixture(reviewWorld);
      const question = await ask(world, { claim: GONE });
      await judge(world, question, [GONE, GONE, RIGHT, OTHER, RIGHT]);
      await passAppeal(world, question);
      const { finding, digest, payees } = await close(world, question);
      expect([finding, digest, payees]).to.deep.equal([Finding.Valid, GONE, [DRAWER]]);
    });

    it("I15 says None from the second after the deadline, in every status", async () => {
      const slack = 600n;
      // Less than the appeal window before the deadline.
      const decide = (byFallback: boolean) => async (world: ReviewWorld, question: string) => {
        await draw(world, question, byFallback);
        await time.increase(slack + 1n);
        await vote(world, question, same(RIGHT, 5));
        await world.panel.tally(question);
      };
      const stages: [string, bigint, (world: ReviewWorld, question: string) => Promise<unknown>][] = [
        ["waiting", Status.Waiting, async () => undefined],
        ["voting", Status.Counting, draw],
        ["decided", Status.Decided, decide(false)],
        ["unconfirmed", Status.Decided, decide(true)],
      ];
      for (const [name, status, reach] of stages) {
        const world = await loadFixture(reviewWorld);
        const { panel, asker, validators } = world;
        const deadline = (await now()) + VOTING + slack;
        const question = await ask(world, { deadline });
        await reach(world, question);
        await inSecond(deadline);
        await expect(panel.connect(asker).close(question), name).to.be.revertedWithCustomError(
          panel,
          status === Status.Decided ? "PanelTooEarly" : "PanelWrongStatus",
        );
        await inSecond(deadline + 1n);
        await ethers.provider.send("evm_mine");
        expect(await statusOf(world, question), name).to.equal(status);
        const { finding, digest } = await close(world, question);
        expect([finding, digest], name).to.deep.equal([Finding.None, GONE]);
        expect(await validators.totalOpen(), name).to.equal(0n);
        const view = await panel.questionOf(question);
        expect([view.status, view.finding, view.needsConfirmation]).to.deep.equal([Status.Closed, 0n, false]);
      }
    });

    it("pays nobody for a panel that was not counted in time", async () => {
      const world = await loadFixture(reviewWorld);
      const deadline = (await now()) + VOTING + DAY;
      const question = await ask(world, { deadline });
      const seats = await draw(world, question);
      await vote(world, question, [RIGHT, RIGHT, RIGHT, RIGHT, undefined]);
      await time.increaseTo(deadline);
      const { payees, seats: voted } = await close(world, question);
      expect([payees, voted]).to.deep.equal([[], 0n]);
      expect(await world.validators.ended(seats[0] ?? 0n, Outcome.Void)).to.equal(1n);
      expect(await world.validators.ended(seats[4] ?? 0n, Outcome.Silent)).to.equal(1n);
    });
  });

  describe("in every status", () => {
    /** Ways to each status. */
    const reach: Record<string, (world: ReviewWorld, question: string) => Promise<unknown>> = {
      None: async () => undefined,
      Waiting: (world) => ask(world),
      Committing: async (world) => draw(world, await ask(world)),
      Revealing: async (world) => {
        const question = await ask(world);
        await draw(world, question);
        for (const seat of [0, 1, 2, 3, 4]) await commit(world, question, seat, RIGHT);
      },
      Counting: async (world) => {
        const question = await ask(world);
        await draw(world, question);
        await vote(world, question, same(RIGHT, 5));
      },
      Decided: async (world) => judge(world, await ask(world), same(RIGHT, 5)),
      Closed: async (world) => {
        const question = await ask(world);
        await judge(world, question, same(CLAIM, 5));
        await passAppeal(world, question);
        await close(world, question);
      },
    };
    /** The one status that a function is for; close is told apart below. */
    const home = {
      requestRound: "Waiting",
      rebind: "Waiting",
      draw: "Waiting",
      commit: "Committing",
      reveal: "Revealing",
      tally: "Counting",
      appeal: "Decided",
      confirm: "Decided",
      close: "Decided",
    } as const;

    for (const [status, go] of Object.entries(reach)) {
      it(`I11 ${status} allows what is for it, and nothing else`, async () => {
        const world = await loadFixture(reviewWorld);
        const { panel, asker, arbiter, voter } = world;
        const question = await panel.questionIdOf(asker, ethers.id("subject"));
        await go(world, question);
        const code = Status[status as keyof typeof Status];
        expect(await statusOf(world, question)).to.equal(code);
        const calls = {
          requestRound: () => panel.requestRound(question),
          rebind: () => panel.rebind(question),
          draw: () => panel.draw(question),
          commit: () => panel.connect(voter).commit(question, 0, GONE),
          reveal: () => panel.reveal(question, 0, GONE, GONE),
          tally: () => panel.tally(question),
          appeal: () => panel.connect(asker).appeal(question, 50n),
          confirm: () => panel.connect(arbiter).confirm(question, true),
          close: () => panel.connect(asker).close(question),
        };
        for (const [name, call] of Object.entries(calls)) {
          if (home[name as keyof typeof home] === status) continue;
          const mine = name === "appeal" || name === "close";
          const refusal = status === "None" && mine ? "PanelNotAsker" : "PanelWrongStatus";
          const args = refusal === "PanelNotAsker" ? [asker.address] : [question, code];
          await expect(call(), name)
            .to.be.revertedWithCustomError(panel, refusal)
            .withArgs(...args);
        }
        if (status !== "None") {
          await expect(panel.connect(asker).ask(await requestOf())).to.be.revertedWithCustomError(
            panel,
            "PanelKnownQuestion",
          );
        }
      });
    }
  });

  it("I16 keeps questions apart: what one goes through changes nothing of another", async () => {
    const world = await loadFixture(reviewWorld);
    const { panel, asker } = world;
    const quiet = await ask(world, { subject: ethers.id("quiet") });
    await draw(world, quiet);
    await commit(world, quiet, 0, RIGHT);
    const before = await panel.questionOf(quiet);
    const sealed = await panel.voteOf(quiet, 0);
    const busy = await ask(world, { subject: ethers.id("busy") });
    await judge(world, busy, same(RIGHT, 5));
    await panel.connect(asker).appeal(busy, 50n);
    await judge(world, busy, same(CLAIM, 11));
    await close(world, busy);
    expect(await panel.questionOf(quiet)).to.deep.equal(before);
    expect(await panel.voteOf(quiet, 0)).to.deep.equal(sealed);
  });

  it("I48 lets nothing in while seats are taken or ended, and tells the old or the new state then", async () => {
    const world = await loadFixture(reviewWorld);
    const { panel, validators } = world;
    const question = await ask(world);
    await answer(world, question);
    const guard = panel.interface.getError("ReentrancyGuardReentrantCall")?.selector;
    for (const data of [
      panel.interface.encodeFunctionData("draw", [question]),
      panel.interface.encodeFunctionData("rebind", [question]),
      panel.interface.encodeFunctionData("requestRound", [question]),
      panel.interface.encodeFunctionData("commit", [question, 0, GONE]),
      panel.interface.encodeFunctionData("reveal", [question, 0, GONE, GONE]),
      panel.interface.encodeFunctionData("tally", [question]),
      panel.interface.encodeFunctionData("confirm", [question, true]),
      panel.interface.encodeFunctionData("close", [question]),
      panel.interface.encodeFunctionData("appeal", [question, 1]),
      panel.interface.encodeFunctionData("ask", [await requestOf()]),
    ]) {
      const snapshot = await ethers.provider.send("evm_snapshot");
      await validators.callBack(panel, data);
      await panel.draw(question);
      expect([await validators.answered(), await validators.answer()]).to.deep.equal([false, guard]);
      await ethers.provider.send("evm_revert", [snapshot]);
    }
    const look = panel.interface.encodeFunctionData("questionOf", [question]);
    const seen = async () => {
      const [view] = panel.interface.decodeFunctionResult("questionOf", await validators.answer()) as unknown as [
        { status: bigint },
      ];
      return view.status;
    };
    await validators.callBack(panel, look);
    await panel.draw(question);
    expect(await seen()).to.equal(Status.Waiting);
    await vote(world, question, same(CLAIM, 5));
    await panel.tally(question);
    await passAppeal(world, question);
    await close(world, question);
    expect(await seen()).to.equal(Status.Closed);
  });
});
