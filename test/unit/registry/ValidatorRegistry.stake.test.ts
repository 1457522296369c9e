/** Stake of validators: unbonding, withdrawals, slashes with their daily cap, and what is owed. */
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

const ALL = ethers.MaxUint256;
/** Three validators; the first has so many seats. */
async function seated(seats: number, stake = f.MIN_STAKE) {
  const w = await f.world();
  const alice = await f.register(w, w.alice, { stake });
  const bob = await f.register(w, w.bob);
  const carol = await f.register(w, w.carol);
  await f.pass(1n);
  await f.seat(w, alice, seats);
  return { w, alice, bob, carol };
}

/** Ends so many seats of a validator as silent in one call. */
function silent(w: f.World, validator: bigint, count: number) {
  return w.registry.endSeats(new Array(count).fill(validator), new Array(count).fill(f.Outcome.Silent));
}

describe("ValidatorRegistry: stake", () => {
  describe("beginUnbond", () => {
    it("of all also stops being available (I24)", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      const second = (await f.now()) + 7n;
      await f.at(second);
      await expect(as(w, w.alice).beginUnbond(alice, ALL))
        .to.emit(w.registry, "UnbondingBegun")
        .withArgs(alice, f.MIN_STAKE, second + f.UNBONDING)
        .and.to.emit(w.registry, "AvailabilityChanged")
        .withArgs(alice, false);
      expect(await f.stateOf(w, alice)).to.include({
        available: false,
        outSince: second,
        stake: 0n,
        unbonding: f.MIN_STAKE,
        unbondingEnds: second + f.UNBONDING,
      });
      expect(await f.totals(w)).to.deep.equal({ stake: 0n, unbonding: f.MIN_STAKE, slashed: 0n });
    });

    it("of exactly all does as well, and says nothing when it was not available", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      await as(w, w.alice).setAvailable(alice, false);
      const { outSince } = await w.registry.validatorOf(alice);
      await expect(as(w, w.alice).beginUnbond(alice, f.MIN_STAKE))
        .to.emit(w.registry, "UnbondingBegun")
        .and.not.to.emit(w.registry, "AvailabilityChanged");
      expect((await w.registry.validatorOf(alice)).outSince).to.equal(outSince);
    });

    it("of a part leaves the minimum, to the unit, and goes on", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { stake: f.MIN_STAKE + 5n * f.GWEI });
      await expect(as(w, w.alice).beginUnbond(alice, 6n * f.GWEI))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsStakeShort")
        .withArgs(1_000n * f.UNIT - 1n, 1_000n * f.UNIT);
      await expect(as(w, w.alice).beginUnbond(alice, f.MIN_STAKE + 6n * f.GWEI))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsStakeShort")
        .withArgs(0, 1_000n * f.UNIT);
      await expect(as(w, w.alice).beginUnbond(alice, 5n * f.GWEI)).not.to.emit(w.registry, "AvailabilityChanged");
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: f.MIN_STAKE, unbonding: 5n * f.GWEI, owed: 0n });
      expect((await w.registry.validatorOf(alice)).available).to.equal(true);
    });

    it("refuses a second tranche, nothing, parts of a unit, and anybody but the owner", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { stake: 2n * f.MIN_STAKE, operator: w.bob.address });
      const mine = as(w, w.alice);
      await expect(as(w, w.bob).beginUnbond(alice, ALL))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOwner")
        .withArgs(alice, w.bob.address);
      await expect(mine.beginUnbond(alice, 0)).to.be.revertedWithCustomError(w.registry, "ValidatorsZeroAmount");
      await expect(mine.beginUnbond(alice, 1)).to.be.revertedWithCustomError(
        await ethers.getContractAt("Units", w.registry),
        "UnitsNotWhole",
      );
      await mine.beginUnbond(alice, f.MIN_STAKE);
      await expect(mine.beginUnbond(alice, ALL))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsTrancheOpen")
        .withArgs(alice);
      await mine.cancelUnbond(alice);
      await mine.beginUnbond(alice, ALL);
      await f.pass(f.UNBONDING);
      await mine.withdraw(alice, w.alice);
    });

    it("of what somebody added after all was unbonding waits for the tranche before it", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await f.pass(f.UNBONDING);
      await as(w, w.governor).setTerms({ ...f.TERMS, minStakeGwei: 1n });
      await as(w, w.bob).addStake(alice, f.GWEI);
      await as(w, w.alice).withdraw(alice, w.alice);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await as(w, w.alice).cancelUnbond(alice);
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: f.GWEI, unbonding: 0n, owed: 0n });
    });
  });

  describe("cancelUnbond", () => {
    it("returns the tranche and does not make available again", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { operator: w.bob.address });
      await expect(as(w, w.alice).cancelUnbond(alice))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNoTranche")
        .withArgs(alice);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await expect(as(w, w.bob).cancelUnbond(alice))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOwner")
        .withArgs(alice, w.bob.address);
      await expect(as(w, w.alice).cancelUnbond(alice))
        .to.emit(w.registry, "UnbondingCancelled")
        .withArgs(alice, f.MIN_STAKE)
        .and.not.to.emit(w.registry, "AvailabilityChanged");
      expect(await f.stateOf(w, alice)).to.include({
        available: false,
        stake: f.MIN_STAKE,
        unbonding: 0n,
        unbondingEnds: 0n,
      });
      expect(await f.totals(w)).to.deep.equal({ stake: f.MIN_STAKE, unbonding: 0n, slashed: 0n });
    });
  });

  describe("withdraw", () => {
    it("pays the tranche from the second it matures, not before; adding stake changes nothing (I24)", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { stake: 2n * f.MIN_STAKE, operator: w.bob.address });
      const begun = (await f.now()) + 5n;
      await f.at(begun);
      await as(w, w.alice).beginUnbond(alice, f.MIN_STAKE);
      await as(w, w.bob).addStake(alice, f.TOKEN);
      await as(w, w.governor).setTerms({ ...f.TERMS, unbonding: 14n * f.DAY });
      await f.at(begun + f.UNBONDING - 1n);
      await expect(as(w, w.alice).withdraw(alice, w.carol))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsStillUnbonding")
        .withArgs(alice, begun + f.UNBONDING);
      await f.at(begun + f.UNBONDING);
      const call = as(w, w.alice).withdraw(alice, w.carol);
      await expect(call).to.changeTokenBalances(w.token, [w.registry, w.carol], [-f.MIN_STAKE, f.MIN_STAKE]);
      await expect(call)
        .to.emit(w.registry, "StakeWithdrawn")
        .withArgs(alice, w.carol.address, f.MIN_STAKE)
        .and.not.to.emit(w.registry, "ValidatorSlashed");
      expect(await f.stateOf(w, alice)).to.include({ available: true, unbonding: 0n, unbondingEnds: 0n, domains: 1n });
      await expect(as(w, w.alice).withdraw(alice, w.carol))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNoTranche")
        .withArgs(alice);
    });

    it("refuses the zero address and anybody but the owner", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { operator: w.bob.address });
      await expect(as(w, w.alice).withdraw(alice, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsZeroAddress",
      );
      await expect(as(w, w.bob).withdraw(alice, w.bob))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOwner")
        .withArgs(alice, w.bob.address);
    });

    it("waits for the end of every question that it sits on", async () => {
      const { w, alice } = await seated(2);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await f.pass(f.UNBONDING);
      for (const left of [2, 1]) {
        await expect(as(w, w.alice).withdraw(alice, w.alice))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsSeatsOpen")
          .withArgs(alice, left);
        await f.end(w, alice, f.Outcome.Void);
      }
      await as(w, w.alice).withdraw(alice, w.alice);
    });

    it("lets who has nothing left leave, and come back with its accuracy, at most the initial one", async () => {
      const { w, alice } = await seated(3);
      await f.end(w, alice, f.Outcome.Incoherent);
      await f.end(w, alice, f.Outcome.Void);
      await f.end(w, alice, f.Outcome.Void);
      await as(w, w.alice).setOperator(alice, w.bob);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await expect(as(w, w.alice).register(w.alice, 1, f.MIN_STAKE)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsKnown",
      );
      await f.pass(f.UNBONDING);
      await as(w, w.alice).withdraw(alice, w.alice);
      const gone = {
        operator: ethers.ZeroAddress,
        domains: 0n,
        available: false,
        inSince: 0n,
        outSince: 0n,
        accuracy: 450_000n,
        openSeats: 0n,
        stake: 0n,
        unbonding: 0n,
        unbondingEnds: 0n,
        owed: 0n,
      };
      expect(await f.stateOf(w, alice)).to.deep.equal(gone);
      expect(await w.registry.listedAt(0, 0)).to.equal(0);
      expect(await w.registry.worksFor(alice, w.alice)).to.equal(false);
      expect(await w.registry.worksFor(alice, w.bob)).to.equal(false);
      await expect(as(w, w.bob).addStake(alice, f.GWEI)).to.be.revertedWithCustomError(w.registry, "ValidatorsUnknown");
      await expect(as(w, w.alice).withdraw(alice, w.alice)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsNotOwner",
      );
      await f.register(w, w.alice, { domains: 3 });
      expect(await w.registry.listedAt(0, 0)).to.equal(alice);
      expect(await f.stateOf(w, alice)).to.include({ accuracy: 450_000n, available: true, domains: 3n });
      await f.pass(1n);
      expect(await w.registry.accuracyAt(alice, await f.now())).to.equal(450_000n);
    });

    it("does not let come back with more than the initial accuracy, not even for a question of the same epoch", async () => {
      const { w, alice } = await seated(2);
      await f.end(w, alice, f.Outcome.Coherent);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await f.pass(f.UNBONDING);
      await f.end(w, alice, f.Outcome.Coherent);
      expect((await w.registry.validatorOf(alice)).accuracy).to.equal(540_000n);
      await as(w, w.alice).withdraw(alice, w.alice);
      await f.register(w, w.alice);
      expect((await w.registry.validatorOf(alice)).accuracy).to.equal(f.INITIAL);
      await f.pass(1n);
      expect(await w.registry.accuracyAt(alice, await f.now())).to.equal(f.INITIAL);
    });
  });

  describe("slash of a silent seat", () => {
    it("takes its share of the minimum out of the stake in force (I20)", async () => {
      const { w, alice } = await seated(1, 2n * f.MIN_STAKE);
      await expect(f.end(w, alice, f.Outcome.Silent))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, f.SILENCE, 0)
        .and.not.to.emit(w.registry, "AvailabilityChanged");
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: 2n * f.MIN_STAKE - f.SILENCE, unbonding: 0n, owed: 0n });
      expect(await f.totals(w)).to.deep.equal({
        stake: 4n * f.MIN_STAKE - f.SILENCE,
        unbonding: 0n,
        slashed: f.SILENCE,
      });
    });

    it("costs nothing when the module lost the right to slash, but counts", async () => {
      const { w, alice } = await seated(1);
      await as(w, w.governor).setModule(w.module, f.DRAW | f.RECORD);
      await expect(f.end(w, alice, f.Outcome.Silent)).not.to.emit(w.registry, "ValidatorSlashed");
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: f.MIN_STAKE, unbonding: 0n, owed: 0n });
      expect((await w.registry.validatorOf(alice)).accuracy).to.equal(400_000n);
    });

    it("below the minimum makes unavailable in that second, and stays so until it is topped up and 3 days passed", async () => {
      const { w, alice } = await seated(2);
      const second = (await f.now()) + 5n;
      await f.at(second);
      await expect(f.end(w, alice, f.Outcome.Silent))
        .to.emit(w.registry, "AvailabilityChanged")
        .withArgs(alice, false);
      expect(await f.stateOf(w, alice)).to.include({ available: false, outSince: second });
      await expect(f.end(w, alice, f.Outcome.Silent)).not.to.emit(w.registry, "AvailabilityChanged");
      expect((await w.registry.validatorOf(alice)).outSince).to.equal(second);
      await f.pass(f.FREEZE);
      await expect(as(w, w.alice).setAvailable(alice, true)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsStakeShort",
      );
      await as(w, w.alice).addStake(alice, 2n * f.SILENCE);
      await as(w, w.alice).setAvailable(alice, true);
    });

    it("takes the tranche after the stake in force, whichever came first: unbonding or slash (I22)", async () => {
      const { w, alice } = await seated(2, f.MIN_STAKE + 3n * f.TOKEN);
      await as(w, w.governor).setTerms({ ...f.TERMS, minStakeGwei: 4n * f.UNIT, silenceBps: 1_000 });
      await as(w, w.alice).beginUnbond(alice, f.MIN_STAKE - f.TOKEN);
      await as(w, w.governor).setTerms({ ...f.TERMS, silenceBps: 100 });
      expect(await f.bondOf(w, alice)).to.deep.equal({
        stake: 4n * f.TOKEN,
        unbonding: f.MIN_STAKE - f.TOKEN,
        owed: 0n,
      });
      await f.end(w, alice, f.Outcome.Silent);
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: 0n, unbonding: f.MIN_STAKE - 7n * f.TOKEN, owed: 0n });
      await f.pass(f.UNBONDING);
      // Matured is not out of reach: in the very second of the withdrawal the slash still counts.
      await f.end(w, alice, f.Outcome.Silent);
      await expect(as(w, w.alice).withdraw(alice, w.alice)).to.changeTokenBalance(
        w.token,
        w.alice,
        f.MIN_STAKE - 17n * f.TOKEN,
      );
    });

    it("takes at most all, ends the tranche with it, and lets who has nothing left leave 3 days later", async () => {
      const { w, alice } = await seated(3);
      await as(w, w.governor).setTerms({ ...f.TERMS, minStakeGwei: 10_000n * f.UNIT, silenceBps: 600 });
      await as(w, w.alice).beginUnbond(alice, ALL);
      await as(w, w.bob).addStake(alice, f.GWEI);
      await as(w, w.governor).setTerms({
        ...f.TERMS,
        moduleCapPercent: 20,
        minStakeGwei: 10_000n * f.UNIT,
        silenceBps: 600,
      });
      await f.end(w, alice, f.Outcome.Silent);
      const first = f.MIN_STAKE + f.GWEI - 600n * f.TOKEN;
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: 0n, unbonding: first, owed: 0n });
      await f.pass(f.DAY);
      await expect(f.end(w, alice, f.Outcome.Silent))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, first, 0);
      expect(await f.stateOf(w, alice)).to.include({ unbonding: 0n, unbondingEnds: 0n, owed: 0n });
      // Nothing is left to slash.
      await expect(f.end(w, alice, f.Outcome.Silent)).not.to.emit(w.registry, "ValidatorSlashed");
      await expect(as(w, w.alice).withdraw(alice, w.alice))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNoTranche")
        .withArgs(alice);
      await expect(as(w, w.alice).beginUnbond(alice, ALL)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsZeroAmount",
      );
      const { outSince } = await w.registry.validatorOf(alice);
      await f.at(outSince + f.FREEZE);
      await expect(as(w, w.alice).withdraw(alice, w.alice))
        .to.emit(w.registry, "StakeWithdrawn")
        .withArgs(alice, w.alice.address, 0);
      expect(await w.registry.listedAt(0, 0)).to.equal(0);
      await as(w, w.governor).setTerms(f.TERMS);
      await f.register(w, w.alice);
    });

    it("keeps the places of who lost all while available, until it was out for 3 days", async () => {
      const { w, alice } = await seated(3, 2n * f.MIN_STAKE);
      await as(w, w.alice).beginUnbond(alice, f.MIN_STAKE);
      await f.pass(f.UNBONDING);
      await as(w, w.governor).setTerms({
        ...f.TERMS,
        moduleCapPercent: 20,
        minStakeGwei: 10_000n * f.UNIT,
        silenceBps: 500,
      });
      await f.end(w, alice, f.Outcome.Silent);
      await f.pass(f.DAY);
      const second = (await f.now()) + 5n;
      await silent(w, alice, 2);
      expect(await f.stateOf(w, alice)).to.include({
        stake: 0n,
        unbonding: 900n * f.TOKEN,
        owed: 400n * f.TOKEN,
        openSeats: 0n,
      });
      const { outSince } = await w.registry.validatorOf(alice);
      expect(outSince).to.be.below(second);
      await f.at(outSince + f.FREEZE - 1n);
      await expect(as(w, w.alice).withdraw(alice, w.alice)).to.changeTokenBalance(w.token, w.alice, 500n * f.TOKEN);
      expect(await w.registry.listedAt(0, 0)).to.equal(alice);
      await f.at(outSince + f.FREEZE);
      await as(w, w.alice).withdraw(alice, w.alice);
      expect(await w.registry.listedAt(0, 0)).to.equal(0);
    });
  });

  describe("daily cap and takeOwed", () => {
    it("lets a module take its share of all stake a day; the rest is owed and taken later (I22)", async () => {
      const { w, alice } = await seated(20);
      await expect(silent(w, alice, 16))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, 0, 17n * f.TOKEN);
      const slashed = (await f.totals(w)).slashed;
      // Each slash lowers the stake that the cap is a share of: 5% of 2,860 tokens when 140 were taken.
      expect(slashed).to.equal(143n * f.TOKEN);
      const owed = 16n * f.SILENCE - slashed;
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake: f.MIN_STAKE - slashed, unbonding: 0n, owed });
      await expect(as(w, w.stranger).takeOwed(alice)).not.to.emit(w.registry, "ValidatorSlashed");
      expect(await w.registry.takeOwed.staticCall(alice)).to.equal(0);

      await f.pass(f.DAY);
      expect(await w.registry.takeOwed.staticCall(alice)).to.equal(owed);
      await expect(as(w, w.stranger).takeOwed(alice))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, owed, 0);
      expect(await f.bondOf(w, alice)).to.deep.equal({
        stake: f.MIN_STAKE - 16n * f.SILENCE,
        unbonding: 0n,
        owed: 0n,
      });
      expect(await w.registry.takeOwed.staticCall(alice)).to.equal(0);
      await w.registry.takeOwed(alice);
      expect(await w.registry.takeOwed.staticCall(99)).to.equal(0);
    });

    it("takes exactly the cap, rounded up, and counts the tranches in", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { stake: f.MIN_STAKE + f.GWEI });
      await f.pass(1n);
      await f.seat(w, alice, 8);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await as(w, w.governor).setTerms({ ...f.TERMS, silenceBps: 1_000 });
      // 5% of 1,000 tokens and a unit, rounded up.
      const cap = 50n * f.TOKEN + f.GWEI;
      await expect(silent(w, alice, 1))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, cap, 100n * f.TOKEN - cap);
      // Taking makes the cap of the day smaller, which never goes below nothing.
      await expect(silent(w, alice, 1))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, 0, 200n * f.TOKEN - cap);
      expect(await f.totals(w)).to.deep.equal({
        stake: 0n,
        unbonding: f.MIN_STAKE + f.GWEI - cap,
        slashed: cap,
      });
    });

    it("counts the cap of each module by itself, and that of the module that slashed last when it is taken", async () => {
      const { w, alice } = await seated(20);
      await as(w, w.governor).setModule(w.bob, f.RECORD | f.SLASH);
      await silent(w, alice, 16);
      const { owed } = await f.bondOf(w, alice);
      expect(owed).to.be.above(0);
      await expect(as(w, w.bob).endSeats([alice], [f.Outcome.Silent]))
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.bob.address, owed + f.SILENCE, 0);
    });

    it("claims no more than what is held, however many seats are silent", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      await f.pass(1n);
      await f.seat(w, alice, 12);
      await as(w, w.governor).setTerms({ ...f.TERMS, silenceBps: 1_000 });
      await silent(w, alice, 12);
      const { stake, owed } = await f.bondOf(w, alice);
      expect(owed).to.equal(stake).and.above(0);
      for (let day = 0; day < 200 && (await f.bondOf(w, alice)).owed > 0n; day++) {
        await f.pass(f.DAY);
        await w.registry.takeOwed(alice);
      }
      expect(await f.totals(w)).to.deep.equal({
        stake: (await f.bondOf(w, alice)).stake,
        unbonding: 0n,
        slashed: f.MIN_STAKE - (await f.bondOf(w, alice)).stake,
      });
    });

    it("makes unavailable who falls below the minimum by it", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { stake: f.MIN_STAKE + 50n * f.TOKEN });
      await f.pass(1n);
      await f.seat(w, alice, 1);
      await as(w, w.governor).setTerms({ ...f.TERMS, moduleCapPercent: 1, silenceBps: 600 });
      await f.end(w, alice, f.Outcome.Silent);
      expect((await w.registry.validatorOf(alice)).available).to.equal(true);
      for (let day = 0; day < 3; day++) {
        await f.pass(f.DAY);
        await w.registry.takeOwed(alice);
      }
      expect((await w.registry.validatorOf(alice)).available).to.equal(true);
      for (let day = 0; day < 2; day++) {
        await f.pass(f.DAY);
        await w.registry.takeOwed(alice);
      }
      expect((await w.registry.validatorOf(alice)).available).to.equal(false);
    });

    it("keeps what is owed out of a withdrawal, whatever the cap, and the loss is the same (I22)", async () => {
      const { w, alice } = await seated(16);
      await as(w, w.alice).beginUnbond(alice, ALL);
      await f.pass(f.UNBONDING);
      await silent(w, alice, 16);
      const { unbonding, owed } = await f.bondOf(w, alice);
      expect(owed).to.be.above(0);
      const call = as(w, w.alice).withdraw(alice, w.alice);
      await expect(call).to.changeTokenBalance(w.token, w.alice, unbonding - owed);
      await expect(call).to.emit(w.registry, "ValidatorSlashed").withArgs(alice, w.module.address, owed, 0);
      expect(f.MIN_STAKE - (unbonding - owed)).to.equal(16n * f.SILENCE);
      expect((await f.totals(w)).slashed).to.equal(16n * f.SILENCE);
      expect(await w.registry.listedAt(0, 0)).to.equal(0);
    });

    it("takes a tranche that does not cover what is owed, and leaves the rest owed", async () => {
      const { w, alice } = await seated(16, f.MIN_STAKE + f.TOKEN);
      await as(w, w.alice).beginUnbond(alice, f.TOKEN);
      await f.pass(f.UNBONDING);
      await silent(w, alice, 16);
      const { stake, unbonding, owed } = await f.bondOf(w, alice);
      expect([unbonding, owed > f.TOKEN]).to.deep.equal([f.TOKEN, true]);
      const call = as(w, w.alice).withdraw(alice, w.alice);
      await expect(call).to.changeTokenBalance(w.token, w.alice, 0);
      await expect(call)
        .to.emit(w.registry, "ValidatorSlashed")
        .withArgs(alice, w.module.address, f.TOKEN, owed - f.TOKEN)
        .and.to.emit(w.registry, "StakeWithdrawn")
        .withArgs(alice, w.alice.address, 0);
      expect(await f.bondOf(w, alice)).to.deep.equal({ stake, unbonding: 0n, owed: owed - f.TOKEN });
      expect(await w.registry.listedAt(0, 0)).to.equal(alice);
    });
  });

  describe("collectSlashes", () => {
    it("pays the treasury's account, once (I2)", async () => {
      const { w, alice } = await seated(2);
      expect(await w.registry.collectSlashes.staticCall()).to.equal(0);
      await expect(w.registry.collectSlashes()).not.to.emit(w.registry, "SlashesCollected");
      await f.end(w, alice, f.Outcome.Silent);
      expect(await as(w, w.stranger).collectSlashes.staticCall()).to.equal(f.SILENCE);
      const call = as(w, w.stranger).collectSlashes();
      await expect(call).to.changeTokenBalances(w.token, [w.registry, w.vault], [-f.SILENCE, f.SILENCE]);
      await expect(call).to.emit(w.registry, "SlashesCollected").withArgs(f.SILENCE);
      expect(await w.vault.balanceOf(w.treasury)).to.equal(f.SILENCE);
      expect((await f.totals(w)).slashed).to.equal(0);
      expect(await w.token.balanceOf(w.registry)).to.equal(3n * f.MIN_STAKE - f.SILENCE);
      expect(await w.token.allowance(w.registry, w.vault)).to.equal(0);
    });
  });
});
