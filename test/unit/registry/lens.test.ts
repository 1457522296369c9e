/** RegistryLens, the packed words behind it, and the views of the registry: what they say, and that they always answer. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import {
  asideWord,
  bondWord,
  deviceWord,
  registryModuleWord,
  slashClaimWord,
  slashWord,
  stakeLedgerWord,
} from "../../../src/model/registryWords";
import * as f from "./fixture";
import { as, classWordOf, gpuWordOf, ownerWordOf, setScore, setScopes, stakerWordOf } from "./rounds.fixture";

const State = { None: 0n, Held: 1n, Finalised: 2n, Reversed: 3n } as const;
const UNKNOWN = 999n;
const LAST_ACCOUNT = 2n ** 40n - 1n;
const ENERGY = 500n;

/** A market with one GPU of alice in class 1, region 0. */
async function single(wish: f.Wish = {}) {
  const w = await f.world();
  await f.nextDay();
  const gpu = await f.register(w, w.alice, wish);
  return { w, gpu, alice: await f.accountOf(w, w.alice) };
}

describe("RegistryLens", () => {
  it("reads the registry that it was made for", async () => {
    const w = await f.world();
    expect(await w.lens.registry()).to.equal(await w.registry.getAddress());
  });

  describe("unknown ids", () => {
    for (const account of [0n, UNKNOWN, LAST_ACCOUNT]) {
      it(`account ${account} reads as zero: no score, no draw weight, no stake (I48)`, async () => {
        const w = await f.world();
        expect(await w.registry.scoreOf(account)).to.equal(0);
        // It would be on probation, as everybody is who has not verified anything.
        expect(await w.lens.reputationOf(account)).to.deep.equal([0n, 0n, 0n, 0n, true, 0n, 0n, 0n, 0n, false]);
        expect(await w.lens.stakerOf(account)).to.deep.equal([0n, 0n, 0n, false]);
        expect(await w.registry.windowOf(account)).to.deep.equal([0n, 0n]);
        expect([await w.registry.stakeOf(account), await w.registry.creditOf(account)]).to.deep.equal([0n, 0n]);
      });
    }

    it("GPUs, devices, slashes, modules and classes read as zero (I48)", async () => {
      const { w } = await single();
      const zero = ethers.ZeroAddress;
      const nothing = [0n, zero, 0n, 0n, 0n, 0n, false, false, false, 0n, 0n, 0n, 0n];
      for (const gpu of [0n, 2n, LAST_ACCOUNT]) {
        expect(await w.registry.gpuOf(gpu)).to.deep.equal(nothing);
        expect(await w.registry.ownerOf(gpu)).to.equal(0);
        for (const caller of [w.alice.address, zero]) expect(await w.registry.worksFor(gpu, caller)).to.equal(false);
      }
      expect(await w.registry.deviceOf(w.dave)).to.deep.equal([0n, 0n]);
      for (const slash of [0n, 1n, 2n ** 256n - 1n]) {
        expect(await w.lens.slashOf(slash)).to.deep.equal([0n, zero, 0n, 0n, 0n, 0n, 0n, 0n, State.None]);
      }
      for (const module of [zero, w.dave.address]) {
        expect(await w.lens.moduleOf(module)).to.deep.equal([0n, 0n, 0n]);
      }
      for (const classId of [0, 11, 255]) {
        expect(await w.registry.classOf(classId)).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n, false]);
        expect(await w.lens.energyOf(classId)).to.equal(0);
        expect(await w.registry.callerPayGwei(classId)).to.equal(0);
        expect(await w.registry.probationValueGwei(classId)).to.equal(0);
        expect(await w.registry.listOf(classId, 0)).to.deep.equal([0n, 0n]);
      }
      for (const region of [12, 255]) expect(await w.registry.listOf(1, region)).to.deep.equal([0n, 0n]);
      expect(await w.registry.listedAt(1, 0, 65_535)).to.equal(0);
    });
  });

  describe("reputationOf", () => {
    it("shows a fresh owner at 50 points, on probation", async () => {
      const { w, alice } = await single();
      const today = await f.today();
      expect(await w.lens.reputationOf(alice)).to.deep.equal([
        50n * f.POINT,
        0n,
        0n,
        5_000n,
        true,
        0n,
        0n,
        today,
        0n,
        true,
      ]);
    });

    it("shows the gain of today until midnight, and counts jobs of the window", async () => {
      const { w, gpu, alice } = await single();
      await w.registry.conclude(f.outcomeOf(gpu));
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion, requester: 2 }));
      const view = await w.lens.reputationOf(alice);
      expect([view.completed, view.attempted, view.verified]).to.deep.equal([1n, 2n, 1n]);
      expect(view.gainedToday)
        .to.equal((await ownerWordOf(w, alice)).dayGain)
        .and.not.equal(0n);
      expect(view.score).to.equal(await w.registry.scoreOf(alice));
      await f.nextDay();
      const next = await w.lens.reputationOf(alice);
      expect([next.gainedToday, next.score, next.lastDay]).to.deep.equal([0n, view.score, view.lastDay]);
      await f.nextDay(29n);
      expect(await w.registry.windowOf(alice)).to.deep.equal([0n, 0n]);
    });

    it("ends probation with the fifth verified job", async () => {
      const { w, alice } = await single();
      for (const [verified, probation] of [
        [4n, true],
        [5n, false],
      ] as const) {
        await setScore(w, alice, 60n * f.POINT, verified);
        expect((await w.lens.reputationOf(alice)).probation).to.equal(probation);
      }
    });

    it("gives a score under 20 no weight for 30 days, then 20 points on probation", async () => {
      const { w, alice } = await single();
      await setScore(w, alice, 20n * f.POINT - 1n, 40n);
      const since = await f.today();
      await time.increaseTo((since + 30n) * f.DAY - 1n);
      const before = await w.lens.reputationOf(alice);
      expect([before.score, before.drawWeight, before.probation, before.verified]).to.deep.equal([
        20n * f.POINT - 1n,
        0n,
        false,
        40n,
      ]);
      await time.increaseTo((since + 30n) * f.DAY);
      const after = await w.lens.reputationOf(alice);
      expect([after.score, after.drawWeight, after.probation, after.verified]).to.deep.equal([
        20n * f.POINT,
        2_000n,
        true,
        0n,
      ]);
      expect(await w.registry.scoreOf(alice)).to.equal(20n * f.POINT);
    });

    it("gives a score of exactly 20 its weight, and does not let it rest", async () => {
      const { w, alice } = await single();
      await setScore(w, alice, 20n * f.POINT, 40n);
      await f.nextDay(40n);
      const view = await w.lens.reputationOf(alice);
      expect([view.score, view.drawWeight, view.probation]).to.deep.equal([20n * f.POINT, 2_000n, false]);
    });

    it("gives a barred owner no weight until the day on which the bar ends", async () => {
      const { w, gpu, alice } = await single();
      await setScore(w, alice, 90n * f.POINT);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
      const until = (await f.today()) + 180n;
      const barred = await w.lens.reputationOf(alice);
      expect([barred.barredUntil, barred.score, barred.drawWeight]).to.deep.equal([until, 65n * f.POINT, 0n]);
      await time.increaseTo(until * f.DAY - 1n);
      expect((await w.lens.reputationOf(alice)).drawWeight).to.equal(0);
      await time.increaseTo(until * f.DAY);
      expect((await w.lens.reputationOf(alice)).drawWeight).to.equal(6_500);
    });
  });

  describe("stakerOf", () => {
    it("sums stake in force, GPUs in service and energy of an owner (I21)", async () => {
      const { w, gpu, alice } = await single();
      const least = await f.minStake(w);
      const second = await f.register(w, w.alice, { stake: least + f.TOKEN });
      await w.registry.assignNamed(gpu, 0);
      await w.registry.finishWork(gpu, w.alice, ENERGY, 100);
      await w.votes.connect(w.alice).getFunction("delegate")(w.bob);
      expect(await w.lens.stakerOf(alice)).to.deep.equal([2n * least + f.TOKEN, 2n, ENERGY, true]);
      await as(w, w.alice).beginUnbond(second, least + f.TOKEN);
      expect(await w.lens.stakerOf(alice)).to.deep.equal([least, 1n, ENERGY, true]);
    });
  });

  describe("slashOf", () => {
    it("shows a slash from taken to paid out, and another given back", async () => {
      const { w, gpu } = await single();
      const whale = await f.register(w, w.bob);
      await as(w, w.bob).addStake(whale, 9_000_000n * f.TOKEN);
      const finder = await f.accountOf(w, w.carol);
      const beneficiary = await f.accountOf(w, w.requester);
      const holdUntil = BigInt(await time.latest()) + 10n * f.DAY;
      const request = { fromLockGwei: 0n, finder, beneficiary, beneficiaryGwei: 40n, holdUntil };
      await w.registry.slash(f.slashOf(gpu, 100n, request));
      await w.registry.slash(f.slashOf(gpu, 7n, { fromLockGwei: 0n, holdUntil }));
      const shown = [gpu, w.module.address, finder, beneficiary, 40n, 100n, 0n, holdUntil, State.Held];
      expect(await w.lens.slashOf(1)).to.deep.equal(shown);

      await w.registry.reverseSlash(2);
      expect((await w.lens.slashOf(2)).state).to.equal(State.Reversed);
      await time.increaseTo(holdUntil);
      await w.registry.finaliseSlash(1);
      const { state, takenGwei } = await w.lens.slashOf(1);
      expect([state, takenGwei]).to.deep.equal([State.Finalised, 0n]);
    });

    it("names the module that slashed, not the first of the table", async () => {
      const { w, gpu } = await single();
      await setScopes(w, w.dave, f.SLASH);
      await as(w, w.dave).slash(f.slashOf(gpu, 1n, { fromLockGwei: 0n }));
      expect((await w.lens.slashOf(1)).module).to.equal(w.dave.address);
    });
  });

  describe("moduleOf", () => {
    it("shows what was slashed today until midnight", async () => {
      const { w, gpu } = await single();
      await w.registry.slash(f.slashOf(gpu, 12n, { fromLockGwei: 0n }));
      expect(await w.lens.moduleOf(w.module)).to.deep.equal([15n, 15n, 12n]);
      await time.increaseTo(((await f.today()) + 1n) * f.DAY - 1n);
      expect((await w.lens.moduleOf(w.module)).slashedTodayGwei).to.equal(12);
      await time.increase(1);
      expect((await w.lens.moduleOf(w.module)).slashedTodayGwei).to.equal(0);
    });
  });

  describe("totals", () => {
    it("counts GPUs, classes, stake, fees and slashes, and names the ledger of votes", async () => {
      const { w, gpu } = await single();
      const least = await f.minStake(w);
      await w.registry.slash(f.slashOf(gpu, f.UNIT, { fromLockGwei: 0n }));
      await as(w, w.governor).setWorkStopped(true);
      const ledger = await w.votes.getAddress();
      const expected = [1n, 10n, least - f.TOKEN, least / 100n, 1n, true, ledger];
      expect(await w.lens.totals()).to.deep.equal(expected);
    });
  });

  describe("energyOf", () => {
    it("adds what was reported outside of rounds and in an open one", async () => {
      const { w, gpu } = await single({ slots: 2 });
      const work = async () => {
        await w.registry.finishWork(gpu, w.alice, ENERGY, 100);
      };
      await w.registry.assignNamed(gpu, 0);
      await work();
      expect(await w.lens.energyOf(1)).to.equal(ENERGY);
      await f.openRound(w, 2);
      await f.drawAny(w);
      await work();
      expect(await w.lens.energyOf(1)).to.equal(2n * ENERGY);
      await f.closeRound(w);
      expect(await w.lens.energyOf(1)).to.equal(2n * ENERGY);
      await work();
      expect([await w.lens.energyOf(1), await w.lens.energyOf(2)]).to.deep.equal([3n * ENERGY, 0n]);
    });
  });

  describe("efficiencyGain", () => {
    it("refuses to compare against nothing, and energies above 128 bits", async () => {
      const w = await f.world();
      const tooMuch = 2n ** 128n;
      await expect(w.lens.efficiencyGain(0, 1)).to.be.revertedWithCustomError(w.lens, "EnergyZeroReference");
      for (const [conventional, used] of [
        [tooMuch, 1n],
        [1n, tooMuch],
      ] as const) {
        await expect(w.lens.efficiencyGain(conventional, used))
          .to.be.revertedWithCustomError(w.lens, "EnergyTooLarge")
          .withArgs(tooMuch);
      }
    });

    for (const [conventional, used, gain] of [
      [1_000n, 600n, 4_000n],
      [1_000n, 1_000n, 0n],
      [1_000n, 0n, 10_000n],
      [600n, 1_000n, -6_666n],
      [3n, 2n, 3_333n],
      [2n ** 128n - 1n, 0n, 10_000n],
      [1n, 2n ** 128n - 1n, (2n - 2n ** 128n) * 10_000n],
    ] as const) {
      it(`is ${gain} bps for ${used} against ${conventional}`, async () => {
        const w = await f.world();
        expect(await w.lens.efficiencyGain(conventional, used)).to.equal(gain);
      });
    }
  });
});

describe("RegistryViews", () => {
  describe("wordOf", () => {
    for (const [tables, bits] of [
      [["Gpu", "Bond", "Aside", "Owner", "Staker"], 40],
      [["Class", "Pool", "Joined"], 8],
      [["Device", "Module"], 160],
    ] as const) {
      it(`refuses keys above ${bits} bits of ${tables.join(", ")}, and answers the last`, async () => {
        const w = await f.world();
        const views = await ethers.getContractAt("RegistryViews", await w.registry.getAddress());
        for (const table of tables) {
          const key = 2n ** BigInt(bits);
          await expect(w.registry.wordOf(f.Table[table], key), table)
            .to.be.revertedWithCustomError(views, "SafeCastOverflowedUintDowncast")
            .withArgs(bits, key);
          expect(await w.registry.wordOf(f.Table[table], key - 1n), table).to.equal(0);
        }
      });
    }

    it("refuses a table that does not exist", async () => {
      const w = await f.world();
      await expect(w.registry.wordOf(15, 0)).to.be.revertedWithoutReason();
    });

    it("ignores the key of the single words", async () => {
      const { w } = await single();
      for (const table of [f.Table.Hub, f.Table.Ledger, f.Table.Penalties]) {
        const word = await w.registry.wordOf(table, 0);
        expect(word).to.not.equal(0);
        expect(await w.registry.wordOf(table, 2n ** 256n - 1n)).to.equal(word);
      }
    });

    it("shows every table's word, as the views tell it", async () => {
      const device = ethers.Wallet.createRandom();
      const { w, gpu, alice } = await single({ device, operator: ethers.Wallet.createRandom().address });
      const finder = await f.accountOf(w, w.carol);
      await as(w, w.alice).addStake(gpu, 10n * f.TOKEN);
      await as(w, w.alice).beginUnbond(gpu, f.TOKEN);
      await w.registry.recordDecline(gpu, 0);
      const claim = { fromLockGwei: 0n, finder, beneficiary: finder, beneficiaryGwei: 3n };
      await w.registry.slash(f.slashOf(gpu, 9n, claim));
      const word = (table: keyof typeof f.Table, key: bigint) => w.registry.wordOf(f.Table[table], key);

      const least = (await w.registry.classOf(1)).minStakeGwei;
      const staked = least + 9n * f.UNIT - 9n;
      const ledger = stakeLedgerWord.decode(await word("Ledger", 0n));
      expect([ledger.gpus, ledger.total, ledger.fees, ledger.slashes]).to.deep.equal([1n, staked, least / 100n, 1n]);
      const gpuWord = await gpuWordOf(w, gpu);
      expect([gpuWord.owner, gpuWord.stake, gpuWord.hasBond]).to.deep.equal([alice, staked, true]);
      const bond = bondWord.decode(await word("Bond", gpu));
      const view = await w.registry.gpuOf(gpu);
      expect([bond.operator, bond.unbonding, bond.endsAt]).to.deep.equal([
        BigInt(view.operator),
        f.UNIT,
        view.unbondingEnds,
      ]);
      const aside = asideWord.decode(await word("Aside", gpu));
      expect([aside.declines, aside.declineDay]).to.deep.equal([1n, await f.today()]);
      const bound = deviceWord.decode(await word("Device", BigInt(device.address)));
      expect([bound.gpu, bound.nonce]).to.deep.equal([gpu, 1n]);
      expect((await ownerWordOf(w, alice)).score).to.equal(50n * f.POINT);
      expect((await stakerWordOf(w, alice)).stake).to.equal(staked);
      expect((await classWordOf(w, 1)).minStakeGwei).to.equal(least);
      const module = registryModuleWord.decode(await word("Module", BigInt(w.module.address)));
      expect([module.scopes, module.granted]).to.deep.equal([15n, 15n]);
      const slash = slashWord.decode(await word("Slash", 1n));
      expect([slash.gpu, slash.taken, slash.finder]).to.deep.equal([gpu, 9n, finder]);
      const claimed = slashClaimWord.decode(await word("Claim", 1n));
      expect([claimed.beneficiary, claimed.amount]).to.deep.equal([finder, 3n]);
    });

    it("shows a list's length, and who joined behind it in the open round", async () => {
      const { w } = await single();
      expect((await w.registry.wordOf(f.Table.Pool, 1)) & 0xffffn).to.equal(1);
      expect(await w.registry.wordOf(f.Table.Joined, 1)).to.equal(0);
      await f.openRound(w);
      await f.register(w, w.bob);
      expect((await w.registry.wordOf(f.Table.Pool, 1)) & 0xffffn).to.equal(1);
      expect((await w.registry.wordOf(f.Table.Joined, 1)) & 0xffffn).to.equal(1);
      expect(await w.registry.listOf(1, 0)).to.deep.equal([1n, 1n]);
    });
  });

  describe("worksFor", () => {
    it("is true for the hot key and for the owner's holder, for nobody else", async () => {
      const { w, gpu } = await single();
      const works = async (who: { address: string }) => w.registry.worksFor(gpu, who.address);
      expect([await works(w.alice), await works(w.keeper), await works(w.bob)]).to.deep.equal([true, false, false]);
      await as(w, w.alice).setOperator(gpu, w.keeper);
      expect([await works(w.alice), await works(w.keeper), await works(w.bob)]).to.deep.equal([true, true, false]);
      await as(w, w.alice).setOperator(gpu, ethers.ZeroAddress);
      expect([await works(w.alice), await works(w.keeper)]).to.deep.equal([true, false]);
      expect(await w.registry.worksFor(gpu, ethers.ZeroAddress)).to.equal(false);
    });
  });
});
