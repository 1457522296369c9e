import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import * as f from "./fixture";
import { as, asideWordOf, gpuWordOf, setScopes } from "./rounds.fixture";

const HELD = 1n;
const FINALISED = 2n;
const REVERSED = 3n;
const HOLD = 48n * 3_600n;

/** A market whose total stake keeps the daily cap far above what a test slashes, and a GPU of alice. */
async function wide(slots = 1): Promise<{ w: f.World; gpu: bigint; stake: bigint }> {
  const w = await f.world();
  const whale = await f.register(w, w.bob);
  await as(w, w.bob).addStake(whale, 9_000_000n * f.TOKEN);
  const gpu = await f.register(w, w.alice, { slots });
  return { w, gpu, stake: (await gpuWordOf(w, gpu)).stake };
}

async function slash(w: f.World, gpu: bigint, amount: bigint, change: Partial<f.SlashRequest> = {}): Promise<bigint> {
  await w.registry.slash(f.slashOf(gpu, amount, change));
  return (await w.lens.totals()).slashes;
}

async function mature(w: f.World, id: bigint): Promise<void> {
  await time.increaseTo((await w.lens.slashOf(id)).holdUntil);
}

describe("GpuRegistry slashes", () => {
  describe("slash", () => {
    it("refuses a caller without the right, and an unknown GPU", async () => {
      const { w, gpu } = await wide();
      await setScopes(w, w.dave, f.DRAW | f.RECORD | f.LOCK);
      for (const caller of [w.dave, w.governor, w.alice]) {
        await expect(as(w, caller).slash(f.slashOf(gpu, 1n)))
          .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
          .withArgs(caller.address, f.SLASH);
      }
      await expect(w.registry.slash(f.slashOf(gpu + 1n, 1n)))
        .to.be.revertedWithCustomError(w.registry, "RegistryUnknownGpu")
        .withArgs(gpu + 1n);
    });

    it("takes at most 30% of what is held without a lock, and never reverts for more", async () => {
      const { w, gpu, stake } = await wide();
      const most = (stake * 30n) / 100n;
      const request = f.slashOf(gpu, 2n ** 64n - 1n, { fromLockGwei: 0 });
      expect(await w.registry.slash.staticCall(request)).to.deep.equal([1n, most]);
      await w.registry.slash(request);
      expect((await gpuWordOf(w, gpu)).stake).to.equal(stake - most);
    });

    it("takes a lock above 30% whole, and frees it", async () => {
      const { w, gpu, stake } = await wide();
      const lock = (stake * 80n) / 100n;
      await w.registry.assignNamed(gpu, lock);
      await slash(w, gpu, stake, { fromLockGwei: lock });
      const word = await gpuWordOf(w, gpu);
      expect([word.stake, word.locked]).to.deep.equal([stake - lock, 0n]);
    });

    it("takes no more for a lock than is locked", async () => {
      const { w, gpu, stake } = await wide();
      await slash(w, gpu, stake, { fromLockGwei: stake });
      expect((await gpuWordOf(w, gpu)).stake).to.equal(stake - (stake * 30n) / 100n);
    });

    it("bounds the hold by 48 hours and 90 days", async () => {
      const { w, gpu } = await wide();
      for (const [asked, least] of [
        [0n, HOLD],
        [2n ** 40n - 1n, 90n * f.DAY],
      ] as const) {
        const id = await slash(w, gpu, 1n, { holdUntil: asked });
        expect((await w.lens.slashOf(id)).holdUntil).to.equal(BigInt(await time.latest()) + least);
      }
      const asked = BigInt(await time.latest()) + 10n * f.DAY;
      expect((await w.lens.slashOf(await slash(w, gpu, 1n, { holdUntil: asked }))).holdUntil).to.equal(asked);
    });

    it("files a slash of nothing on a GPU that holds nothing", async () => {
      const { w, gpu, stake } = await wide();
      await as(w, w.alice).beginUnbond(gpu, stake * f.GWEI);
      await f.nextDay(30n);
      await as(w, w.alice).withdraw(gpu, w.alice);
      expect(await w.registry.slash.staticCall(f.slashOf(gpu, 5n))).to.deep.equal([1n, 0n]);
    });

    it("leaves to a deferred slash what it claims: another takes or defers only what is free (I22, I23)", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.nextDay();
      const { stake } = await gpuWordOf(w, gpu);
      const lock = (stake * 80n) / 100n;
      await w.registry.assignNamed(gpu, lock);
      const first = await w.lens.slashOf(await slash(w, gpu, lock));
      expect([first.takenGwei, first.pendingGwei]).to.deep.equal([(stake * 5n) / 100n, (stake * 75n) / 100n]);

      // 30% of the 95% that are held would be more than the 20% beside the deferred part.
      await setScopes(w, w.dave, f.SLASH);
      await as(w, w.dave).slash(f.slashOf(gpu, stake));
      const second = await w.lens.slashOf(2);
      expect(second.takenGwei + second.pendingGwei).to.equal((stake * 20n) / 100n);
      const word = await gpuWordOf(w, gpu);
      expect(word.stake).to.equal(stake - first.takenGwei - second.takenGwei);
      expect(word.locked).to.equal(word.stake, "all that is left is claimed");
      expect((await asideWordOf(w, gpu)).pending).to.equal(word.stake);

      await w.registry.slash(f.slashOf(gpu, stake));
      const third = await w.lens.slashOf(3);
      expect([third.takenGwei, third.pendingGwei]).to.deep.equal([0n, 0n]);
      expect(await gpuWordOf(w, gpu)).to.deep.equal(word);
    });

    it("takes the same whether unbonding began before or after (I22)", async () => {
      const { w, gpu, stake } = await wide();
      const twin = await f.register(w, w.carol);
      await as(w, w.alice).addStake(gpu, 10n * f.TOKEN);
      await as(w, w.carol).addStake(twin, 10n * f.TOKEN);
      const amount = ((stake + 10n * f.UNIT) * 30n) / 100n;
      await as(w, w.alice).beginUnbond(gpu, (stake + 10n * f.UNIT) * f.GWEI);
      await slash(w, gpu, amount, { fromLockGwei: 0 });
      await slash(w, twin, amount, { fromLockGwei: 0 });
      await as(w, w.carol).beginUnbond(twin, (stake + 10n * f.UNIT - amount) * f.GWEI);
      for (const id of [gpu, twin]) {
        const view = await w.registry.gpuOf(id);
        expect(view.stake + view.unbonding).to.equal((stake + 10n * f.UNIT - amount) * f.GWEI);
      }
    });

    it("takes a matured tranche that was not withdrawn, and moves no maturity (I22, I24)", async () => {
      const { w, gpu, stake } = await wide();
      await as(w, w.alice).beginUnbond(gpu, stake * f.GWEI);
      const { unbondingEnds } = await w.registry.gpuOf(gpu);
      await time.increaseTo(unbondingEnds + f.DAY);
      await slash(w, gpu, f.UNIT, { fromLockGwei: 0 });
      const view = await w.registry.gpuOf(gpu);
      expect([view.unbonding, view.unbondingEnds]).to.deep.equal([(stake - f.UNIT) * f.GWEI, unbondingEnds]);
      await expect(as(w, w.alice).withdraw(gpu, w.keeper)).to.changeTokenBalance(
        w.token,
        w.keeper,
        (stake - f.UNIT) * f.GWEI,
      );
    });

    it("withdraws at the second of maturity, not one before (I24)", async () => {
      const { w, gpu, stake } = await wide();
      await as(w, w.alice).beginUnbond(gpu, stake * f.GWEI);
      const { unbondingEnds } = await w.registry.gpuOf(gpu);
      await time.setNextBlockTimestamp(unbondingEnds - 1n);
      await expect(as(w, w.alice).withdraw(gpu, w.alice))
        .to.be.revertedWithCustomError(w.registry, "RegistryStillUnbonding")
        .withArgs(unbondingEnds);
      await time.setNextBlockTimestamp(unbondingEnds);
      await as(w, w.alice).withdraw(gpu, w.alice);
    });
  });

  describe("the daily cap of a module", () => {
    /** Only alice has stake, so that 5% of all is less than 30% of hers. */
    async function narrow(): Promise<{
      w: f.World;
      gpu: bigint;
      stake: bigint;
      cap: bigint;
      id: bigint;
      rest: bigint;
    }> {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.nextDay();
      const { stake } = await gpuWordOf(w, gpu);
      const cap = (stake * 5n) / 100n;
      const wanted = (stake * 30n) / 100n;
      const id = await slash(w, gpu, wanted, { fromLockGwei: 0 });
      return { w, gpu, stake, cap, id, rest: wanted - cap };
    }

    it("takes 5% of all stake and locks the deferred rest (I23)", async () => {
      const { w, gpu, stake, cap, id, rest } = await narrow();
      const view = await w.lens.slashOf(id);
      expect([view.takenGwei, view.pendingGwei, view.state]).to.deep.equal([cap, rest, HELD]);
      const word = await gpuWordOf(w, gpu);
      expect([word.stake, word.locked, word.hasPending]).to.deep.equal([stake - cap, rest, true]);
      expect((await asideWordOf(w, gpu)).pending).to.equal(rest);
    });

    it("takes nothing more on the same day, and again the cap on the next", async () => {
      const { w, gpu, stake, cap, id, rest } = await narrow();
      expect(await w.registry.continueSlash.staticCall(id)).to.equal(0n);
      await f.nextDay();
      const next = ((stake - cap) * 5n) / 100n;
      const { holdUntil } = await w.lens.slashOf(id);
      await expect(as(w, w.keeper).continueSlash(id))
        .to.emit(w.registry, "Slashed")
        .withArgs(id, gpu, next * f.GWEI, (rest - next) * f.GWEI, holdUntil);
      expect((await gpuWordOf(w, gpu)).locked).to.equal(rest - next);
    });

    it("counts modules apart", async () => {
      const { w, gpu } = await narrow();
      await setScopes(w, w.dave, f.SLASH);
      const [, taken] = await as(w, w.dave).slash.staticCall(f.slashOf(gpu, f.UNIT, { fromLockGwei: 0 }));
      expect(taken).to.equal(f.UNIT);
    });

    it("releases no deferred part with a lock, and ends with nothing pending", async () => {
      const { w, gpu, id, rest } = await narrow();
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Released, lockGwei: 2n ** 64n - 1n }));
      expect((await gpuWordOf(w, gpu)).locked).to.equal(rest);
      for (let day = 0; day < 12 && (await w.lens.slashOf(id)).pendingGwei !== 0n; day++) {
        await f.nextDay();
        await w.registry.continueSlash(id);
      }
      const word = await gpuWordOf(w, gpu);
      expect([word.locked, word.hasPending]).to.deep.equal([0n, false]);
      await expect(w.registry.continueSlash(id))
        .to.be.revertedWithCustomError(w.registry, "RegistryNothingPending")
        .withArgs(id);
    });

    it("keeps a deferred slash open when what was taken is paid out", async () => {
      const { w, id } = await narrow();
      await mature(w, id);
      await w.registry.finaliseSlash(id);
      const view = await w.lens.slashOf(id);
      expect([view.takenGwei, view.state]).to.deep.equal([0n, HELD]);
      expect(await w.registry.continueSlash.staticCall(id)).to.be.greaterThan(0n);
    });

    it("keeps the deferred part in an unbonding GPU, where it is still taken (I22)", async () => {
      const { w, gpu, stake, cap, id, rest } = await narrow();
      await as(w, w.alice).beginUnbond(gpu, (stake - cap) * f.GWEI);
      await f.nextDay(30n);
      await expect(as(w, w.alice).withdraw(gpu, w.keeper)).to.changeTokenBalance(
        w.token,
        w.keeper,
        (stake - cap - rest) * f.GWEI,
      );
      // With the stake of others one day's cap is enough.
      const whale = await f.register(w, w.bob);
      await as(w, w.bob).addStake(whale, 9_000_000n * f.TOKEN);
      await w.registry.continueSlash(id);
      expect((await w.registry.gpuOf(gpu)).unbonding).to.equal(0n);
      expect((await w.lens.slashOf(id)).takenGwei).to.equal(cap + rest);
    });

    it("gives back taken and deferred parts when reversed", async () => {
      const { w, gpu, stake, id } = await narrow();
      await as(w, w.governor).reverseSlash(id);
      const word = await gpuWordOf(w, gpu);
      expect([word.stake, word.locked, word.hasPending]).to.deep.equal([stake, 0n, false]);
      await expect(w.registry.continueSlash(id))
        .to.be.revertedWithCustomError(w.registry, "RegistrySlashNotHeld")
        .withArgs(id);
    });
  });

  describe("finaliseSlash", () => {
    it("refuses an unknown slash and one already paid", async () => {
      const { w, gpu } = await wide();
      await expect(w.registry.finaliseSlash(1))
        .to.be.revertedWithCustomError(w.registry, "RegistrySlashNotHeld")
        .withArgs(1);
      const id = await slash(w, gpu, f.UNIT);
      await mature(w, id);
      await w.registry.finaliseSlash(id);
      await expect(w.registry.finaliseSlash(id))
        .to.be.revertedWithCustomError(w.registry, "RegistrySlashNotHeld")
        .withArgs(id);
    });

    it("refuses one second before the hold is over, pays in that second", async () => {
      const { w, gpu } = await wide();
      const id = await slash(w, gpu, f.UNIT);
      const { holdUntil } = await w.lens.slashOf(id);
      await time.setNextBlockTimestamp(holdUntil - 1n);
      await expect(w.registry.finaliseSlash(id))
        .to.be.revertedWithCustomError(w.registry, "RegistryStillHeld")
        .withArgs(id, holdUntil);
      await time.setNextBlockTimestamp(holdUntil);
      await expect(w.registry.finaliseSlash(id))
        .to.emit(w.registry, "SlashFinalised")
        .withArgs(id, 0, 0, f.UNIT * f.GWEI);
      expect((await w.lens.slashOf(id)).state).to.equal(FINALISED);
    });

    it("makes the beneficiary whole, then pays the finder's 10% of all, then the treasury", async () => {
      const { w, gpu } = await wide();
      const beneficiary = await f.accountOf(w, w.requester);
      const finder = await f.accountOf(w, w.keeper);
      const amount = 10n * f.UNIT;
      const id = await slash(w, gpu, amount, { beneficiary, finder, beneficiaryGwei: 4n * f.UNIT });
      await mature(w, id);
      const { fees } = await w.lens.totals();
      const vault = await w.vault.getAddress();
      const before = await w.token.balanceOf(vault);
      await expect(as(w, w.carol).finaliseSlash(id))
        .to.emit(w.registry, "SlashFinalised")
        .withArgs(id, 4n * f.TOKEN, f.TOKEN, 5n * f.TOKEN)
        .and.to.emit(w.registry, "Collected")
        .withArgs(beneficiary, 4n * f.TOKEN)
        .and.to.emit(w.registry, "Collected")
        .withArgs(finder, f.TOKEN);
      expect((await w.token.balanceOf(vault)) - before).to.equal(5n * f.TOKEN);
      expect((await w.lens.totals()).fees - fees).to.equal(5n * f.TOKEN);
    });

    it("leaves the finder what the beneficiary leaves", async () => {
      const { w, gpu } = await wide();
      const beneficiary = await f.accountOf(w, w.requester);
      const finder = await f.accountOf(w, w.keeper);
      const id = await slash(w, gpu, 10n * f.UNIT, { beneficiary, finder, beneficiaryGwei: (19n * f.UNIT) / 2n });
      await mature(w, id);
      await expect(w.registry.finaliseSlash(id))
        .to.emit(w.registry, "SlashFinalised")
        .withArgs(id, (19n * f.TOKEN) / 2n, f.TOKEN / 2n, 0);
    });

    it("pays a claim above what the cap lets it take day by day, all of it first, and never more than the claim", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await f.nextDay();
      const { stake } = await gpuWordOf(w, gpu);
      const beneficiary = await f.accountOf(w, w.requester);
      const finder = await f.accountOf(w, w.keeper);
      const claim = (stake * 9n) / 100n;
      const id = await slash(w, gpu, (stake * 30n) / 100n, {
        fromLockGwei: 0,
        finder,
        beneficiary,
        beneficiaryGwei: claim,
      });
      await mature(w, id);
      const before = await w.vault.balanceOf(beneficiary);
      const cap = (stake * 5n) / 100n;
      await expect(w.registry.finaliseSlash(id))
        .to.emit(w.registry, "SlashFinalised")
        .withArgs(id, cap * f.GWEI, 0, 0);
      expect((await w.lens.slashOf(id)).beneficiaryGwei).to.equal(claim - cap);

      await w.registry.continueSlash(id);
      const { takenGwei: taken } = await w.lens.slashOf(id);
      const rest = claim - cap;
      expect(taken).to.be.greaterThan(rest);
      const toFinder = taken / 10n;
      await expect(w.registry.finaliseSlash(id))
        .to.emit(w.registry, "SlashFinalised")
        .withArgs(id, rest * f.GWEI, toFinder * f.GWEI, (taken - rest - toFinder) * f.GWEI);
      expect((await w.lens.slashOf(id)).beneficiaryGwei).to.equal(0n);

      await f.nextDay();
      await w.registry.continueSlash(id);
      await w.registry.finaliseSlash(id);
      expect((await w.vault.balanceOf(beneficiary)) - before).to.equal(claim * f.GWEI);
    });

    it("owes to the treasury what names an account that does not exist", async () => {
      const { w, gpu } = await wide();
      const id = await slash(w, gpu, 10n * f.UNIT, { finder: 999_999, beneficiary: 999_998, beneficiaryGwei: f.UNIT });
      await mature(w, id);
      const { fees } = await w.lens.totals();
      await w.registry.finaliseSlash(id);
      expect((await w.lens.totals()).fees - fees).to.equal(10n * f.TOKEN);
    });
  });

  describe("reverseSlash", () => {
    it("refuses anybody but the owner and the module that slashed, and a slash paid out", async () => {
      const { w, gpu } = await wide();
      await setScopes(w, w.dave, f.SLASH);
      const id = await slash(w, gpu, f.UNIT);
      for (const caller of [w.alice, w.dave]) {
        await expect(as(w, caller).reverseSlash(id))
          .to.be.revertedWithCustomError(w.registry, "RegistryNotSlasher")
          .withArgs(caller.address);
      }
      await mature(w, id);
      await w.registry.finaliseSlash(id);
      await expect(as(w, w.governor).reverseSlash(id))
        .to.be.revertedWithCustomError(w.registry, "RegistrySlashNotHeld")
        .withArgs(id);
    });

    it("returns the stake, by the owner as by the module", async () => {
      const { w, gpu, stake } = await wide();
      for (const caller of [w.governor, w.module]) {
        const id = await slash(w, gpu, f.UNIT);
        await expect(as(w, caller).reverseSlash(id)).to.emit(w.registry, "SlashReversed").withArgs(id, f.TOKEN);
        expect((await w.lens.slashOf(id)).state).to.equal(REVERSED);
        expect((await gpuWordOf(w, gpu)).stake).to.equal(stake);
      }
    });

    it("returns it to the tranche of a GPU that leaves, without moving its end (I24)", async () => {
      const { w, gpu, stake } = await wide();
      await as(w, w.alice).beginUnbond(gpu, stake * f.GWEI);
      const { unbondingEnds } = await w.registry.gpuOf(gpu);
      const id = await slash(w, gpu, f.UNIT);
      await w.registry.reverseSlash(id);
      const view = await w.registry.gpuOf(gpu);
      expect([view.stake, view.unbonding, view.unbondingEnds]).to.deep.equal([0n, stake * f.GWEI, unbondingEnds]);
    });

    it("pays it to the owner's vault account when the GPU is gone", async () => {
      const { w, gpu, stake } = await wide();
      await as(w, w.alice).beginUnbond(gpu, stake * f.GWEI);
      await f.nextDay(25n);
      const id = await slash(w, gpu, f.UNIT, { fromLockGwei: 0 });
      await as(w, w.alice).withdraw(gpu, w.alice);
      await expect(w.registry.reverseSlash(id))
        .to.emit(w.registry, "Collected")
        .withArgs(await f.accountOf(w, w.alice), f.TOKEN);
    });
  });
});
