/** What governance sets: classes, modules, terms, the ledger of votes, the stop of new work, and the governor itself. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./fixture";
import { as, classWordOf, setScopes } from "./rounds.fixture";

const MAX = 2n ** 256n - 1n;
const DAY = Number(f.DAY);
const CLASSES = 10;
const MOST_CLASSES = 64;
const MOST_MODULES = 48;

const ROW = {
  vramGb: 12n,
  tflopsDeci: 500n,
  watts: 200n,
  idleWatts: 15n,
  ratePerSecondGwei: 7n,
  minStakeGwei: 1_000n * f.UNIT,
  enabled: true,
};

type Row = typeof ROW;

/** Every term with its bounds of SPEC 12. */
const BOUNDS: readonly (readonly [keyof f.Terms, number, number])[] = [
  ["gainPercent", 50, 150],
  ["lossMinPercent", 50, 150],
  ["lossMaxPercent", 50, 150],
  ["fraudPercent", 50, 150],
  ["dayCapPercent", 50, 150],
  ["probationShare", 5, 50],
  ["probationJobs", 1, 50],
  ["freeDeclines", 0, 10],
  ["finderBps", 0, 2_000],
  ["incidentPercent", 10, 50],
  ["moduleCapPercent", 1, 20],
  ["registrationFeeBps", 0, 500],
  ["callerPayBps", 0, 100],
  ["unbonding", 14 * DAY, 60 * DAY],
];

/** The registry as its owner calls it. */
async function governed() {
  const w = await f.world();
  return { w, registry: as(w, w.governor) };
}

/** Every class of a market whose table is full. */
async function fullTable() {
  const w = await f.deployWorld();
  for (let id = CLASSES + 1; id <= MOST_CLASSES; id++) await as(w, w.governor).setClass(id, `class ${id}`, ROW);
  return w;
}

/** A market with as many modules as there may be. */
async function fullOfModules() {
  const w = await f.deployWorld();
  const modules = [w.module.address];
  while (modules.length < MOST_MODULES) {
    const module = ethers.Wallet.createRandom().address;
    await setScopes(w, { address: module }, f.RECORD);
    modules.push(module);
  }
  return { w, modules };
}

describe("GpuRegistry tables", () => {
  describe("setClass", () => {
    it("refuses everybody but the owner (I45)", async () => {
      const w = await f.world();
      for (const caller of [w.alice, w.module, w.keeper]) {
        await expect(as(w, caller).setClass(1, "x", ROW))
          .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    it("refuses id 0 and an id that leaves a gap", async () => {
      const { w, registry } = await governed();
      for (const id of [0, CLASSES + 2, 255]) {
        await expect(registry.setClass(id, "x", ROW))
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(id, 1, CLASSES + 1);
      }
      expect(await w.registry.classCount()).to.equal(CLASSES);
    });

    for (const figure of ["vramGb", "tflopsDeci", "ratePerSecondGwei", "minStakeGwei"] as const) {
      it(`refuses a ${figure} of zero and takes one`, async () => {
        const { w, registry } = await governed();
        await expect(registry.setClass(1, "x", { ...ROW, [figure]: 0n }))
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(0, 1, MAX);
        await registry.setClass(1, "x", { ...ROW, [figure]: 1n });
        expect((await w.registry.classOf(1))[figure]).to.equal(1n);
      });
    }

    for (const [watts, idleWatts] of [
      [0n, 0n],
      [15n, 15n],
      [14n, 15n],
      [65_535n, 65_535n],
    ] as const) {
      it(`refuses ${watts} W with an idle floor of ${idleWatts} W`, async () => {
        const { w, registry } = await governed();
        await expect(registry.setClass(1, "x", { ...ROW, watts, idleWatts }))
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(watts, idleWatts + 1n, MAX);
      });
    }

    it("takes an idle floor one watt below the board power, and none", async () => {
      const { w, registry } = await governed();
      await registry.setClass(1, "x", { ...ROW, watts: 16n, idleWatts: 15n });
      await registry.setClass(2, "y", { ...ROW, watts: 1n, idleWatts: 0n });
      expect([(await w.registry.classOf(1)).watts, (await w.registry.classOf(2)).watts]).to.deep.equal([16n, 1n]);
    });

    it("adds the next class and tells its name and figures", async () => {
      const { w, registry } = await governed();
      await expect(registry.setClass(CLASSES + 1, "eleventh", ROW))
        .to.emit(w.registry, "ClassChanged")
        .withArgs(CLASSES + 1, "eleventh", Object.values(ROW));
      expect(await w.registry.classCount()).to.equal(CLASSES + 1);
      expect(await w.registry.classOf(CLASSES + 1)).to.deep.equal(Object.values(ROW));
    });

    it("keeps the greatest value of every figure apart from its neighbours", async () => {
      const { w, registry } = await governed();
      const greatest: Row = {
        vramGb: 2n ** 16n - 1n,
        tflopsDeci: 2n ** 24n - 1n,
        watts: 2n ** 16n - 1n,
        idleWatts: 2n ** 16n - 2n,
        ratePerSecondGwei: 2n ** 64n - 1n,
        minStakeGwei: 2n ** 64n - 1n,
        enabled: false,
      };
      await registry.setClass(3, "greatest", greatest);
      expect(await w.registry.classOf(3)).to.deep.equal(Object.values(greatest));
    });

    it("changes a class without adding one, and touches no other", async () => {
      const { w, registry } = await governed();
      const others = [await w.registry.classOf(1), await w.registry.classOf(3)];
      await registry.setClass(2, "second", { ...ROW, enabled: false });
      expect(await w.registry.classCount()).to.equal(CLASSES);
      expect(await w.registry.classOf(2)).to.deep.equal(Object.values({ ...ROW, enabled: false }));
      expect([await w.registry.classOf(1), await w.registry.classOf(3)]).to.deep.equal(others);
    });

    it("takes 64 classes, refuses the 65th, and still changes the 64th", async () => {
      const w = await loadFixture(fullTable);
      const registry = as(w, w.governor);
      await expect(registry.setClass(MOST_CLASSES + 1, "x", ROW))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(MOST_CLASSES + 1, 1, MOST_CLASSES);
      await registry.setClass(MOST_CLASSES, "x", { ...ROW, vramGb: 99n });
      expect((await w.registry.classOf(MOST_CLASSES)).vramGb).to.equal(99n);
      expect(await w.registry.classCount()).to.equal(MOST_CLASSES);
    });

    it("tells every class the highest throughput of the table, up and down again", async () => {
      const { w, registry } = await governed();
      const greatestOfAll = async () => {
        const kept = new Set<bigint>();
        for (let id = 1; id <= CLASSES; id++) kept.add((await classWordOf(w, id)).maxTflopsDeci);
        return [...kept];
      };
      const [before, ...disagreeing] = await greatestOfAll();
      expect(disagreeing).to.deep.equal([]);
      const row = await w.registry.classOf(1);
      const changed = { ...ROW, tflopsDeci: 2n ** 24n - 1n };
      await registry.setClass(1, "fastest", changed);
      expect(await greatestOfAll()).to.deep.equal([2n ** 24n - 1n]);
      await registry.setClass(1, "as before", { ...ROW, tflopsDeci: row.tflopsDeci });
      expect(await greatestOfAll()).to.deep.equal([before]);
    });

    it("closes a class to newcomers only: its GPUs are still drawn", async () => {
      const { w, registry } = await governed();
      const gpu = await f.register(w, w.alice);
      const row = { ...ROW, minStakeGwei: (await w.registry.classOf(1)).minStakeGwei };
      await registry.setClass(1, "closed", { ...row, enabled: false });
      await expect(as(w, w.bob).register(await f.registrationOf(w, w.bob)))
        .to.be.revertedWithCustomError(w.registry, "RegistryClassClosed")
        .withArgs(1);
      await f.openRound(w);
      expect(await f.drawAny(w)).to.equal(gpu);
    });

    it("raises the least stake for newcomers and partial exits, not for GPUs in service", async () => {
      const { w, registry } = await governed();
      const least = (await w.registry.classOf(1)).minStakeGwei;
      const gpu = await f.register(w, w.alice, { stake: (least + 2n) * f.GWEI });
      await registry.setClass(1, "dearer", { ...ROW, minStakeGwei: least + 2n });
      await expect(as(w, w.alice).beginUnbond(gpu, f.GWEI))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
        .withArgs(1, least + 2n);
      await expect(as(w, w.bob).register(await f.registrationOf(w, w.bob, { stake: (least + 1n) * f.GWEI })))
        .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
        .withArgs(least + 1n, least + 2n);
      expect((await w.registry.gpuOf(gpu)).listed).to.equal(true);
    });
  });

  describe("setModule", () => {
    it("refuses everybody but the owner (I45)", async () => {
      const w = await f.world();
      for (const caller of [w.alice, w.module]) {
        await expect(as(w, caller).setModule(caller, f.SLASH))
          .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    it("refuses the zero address", async () => {
      const { w, registry } = await governed();
      await expect(registry.setModule(ethers.ZeroAddress, f.DRAW)).to.be.revertedWithCustomError(
        w.registry,
        "RegistryZeroAddress",
      );
    });

    for (const scopes of [16, 31, 128, 255]) {
      it(`refuses scopes ${scopes}, which name a right that does not exist`, async () => {
        const { w, registry } = await governed();
        await expect(registry.setModule(w.dave, scopes))
          .to.be.revertedWithCustomError(w.registry, "RegistryUnknownScopes")
          .withArgs(scopes);
      });
    }

    it("adds a module at the end of the table, with rights or without", async () => {
      const { w, registry } = await governed();
      await expect(registry.setModule(w.dave, f.DRAW | f.LOCK))
        .to.emit(w.registry, "ModuleChanged")
        .withArgs(w.dave.address, 0, f.DRAW | f.LOCK);
      await registry.setModule(w.carol, 0);
      const table = [0, 1, 2, 3, 255].map(async (index) => w.registry.moduleAt(index));
      expect(await Promise.all(table)).to.deep.equal([
        w.module.address,
        w.dave.address,
        w.carol.address,
        ethers.ZeroAddress,
        ethers.ZeroAddress,
      ]);
      expect(await w.lens.moduleOf(w.dave)).to.deep.equal([5n, 5n, 0n]);
      expect(await w.lens.moduleOf(w.carol)).to.deep.equal([0n, 0n, 0n]);
    });

    it("changes rights in place and remembers every right that it ever had", async () => {
      const { w, registry } = await governed();
      await registry.setModule(w.dave, f.DRAW);
      await expect(registry.setModule(w.dave, f.SLASH))
        .to.emit(w.registry, "ModuleChanged")
        .withArgs(w.dave.address, f.DRAW, f.SLASH);
      await registry.setModule(w.dave, 0);
      expect(await w.lens.moduleOf(w.dave)).to.deep.equal([0n, BigInt(f.DRAW | f.SLASH), 0n]);
      expect([await w.registry.moduleAt(1), await w.registry.moduleAt(2)]).to.deep.equal([
        w.dave.address,
        ethers.ZeroAddress,
      ]);
    });

    it("takes 48 modules, refuses the 49th, and still changes the others", async () => {
      const { w, modules } = await loadFixture(fullOfModules);
      const registry = as(w, w.governor);
      await expect(registry.setModule(w.dave, f.DRAW))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(MOST_MODULES + 1, 1, MOST_MODULES);
      const last = modules[MOST_MODULES - 1] as string;
      await registry.setModule(last, f.SLASH);
      expect(await w.registry.moduleAt(MOST_MODULES - 1)).to.equal(last);
      expect(await w.registry.moduleAt(MOST_MODULES)).to.equal(ethers.ZeroAddress);
      expect((await w.lens.moduleOf(last)).scopes).to.equal(f.SLASH);
    });

    it("closes the open round of a module that loses the right to draw", async () => {
      const { w, registry } = await governed();
      const round = await f.openRound(w, 3);
      await expect(registry.setModule(w.module, f.RECORD)).to.emit(w.registry, "RoundClosed").withArgs(round);
      expect(await w.registry.openRoundInfo()).to.deep.equal([0n, 0n, ethers.ZeroAddress]);
      await registry.setModule(w.dave, f.DRAW);
      await expect(as(w, w.dave).openRound(round + 1n, 1, 0)).to.emit(w.registry, "RoundOpened");
    });

    it("leaves the open round to a module that keeps the right to draw", async () => {
      const { w, registry } = await governed();
      const round = await f.openRound(w, 3);
      await expect(registry.setModule(w.module, f.DRAW)).to.not.emit(w.registry, "RoundClosed");
      expect(await w.registry.openRoundInfo()).to.deep.equal([round, 3n, w.module.address]);
    });

    it("leaves the open round of another module alone", async () => {
      const { w, registry } = await governed();
      await registry.setModule(w.dave, f.DRAW);
      const round = await f.openRound(w, 3);
      await expect(registry.setModule(w.dave, 0)).to.not.emit(w.registry, "RoundClosed");
      expect(await w.registry.openRoundInfo()).to.deep.equal([round, 3n, w.module.address]);
    });

    it("refuses rounds to the module of the last round once it lost the right, and allows them with the right", async () => {
      const { w, registry } = await governed();
      const round = await f.openRound(w);
      await w.registry.dropFromRound(1);
      await expect(registry.setModule(w.module, 0)).to.not.emit(w.registry, "RoundClosed");
      await expect(w.registry.openRound(round + 1n, 1, 0))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.module.address, f.DRAW);
      await registry.setModule(w.module, f.DRAW);
      await w.registry.openRound(round + 1n, 1, 0);
    });

    it("lets a module that lost every right end what it began, and only that", async () => {
      const { w, registry } = await governed();
      const gpu = await f.register(w, w.alice);
      await w.registry.assignNamed(gpu, 5n);
      await registry.setModule(w.module, 0);
      await w.registry.finishWork(gpu, w.alice, 1_000, 100);
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 5n }));
      await expect(w.registry.assignNamed(gpu, 5n))
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.module.address, f.DRAW);
    });

    it("lets the module of the last round record as soon as it may", async () => {
      const { w, registry } = await governed();
      await registry.setModule(w.dave, f.DRAW);
      const gpu = await f.register(w, w.alice);
      await as(w, w.dave).openRound(1, 1, 0);
      const record = async () => as(w, w.dave).recordDecline(gpu, 0);
      await expect(record())
        .to.be.revertedWithCustomError(w.registry, "RegistryMissingScope")
        .withArgs(w.dave.address, f.RECORD);
      await registry.setModule(w.dave, f.DRAW | f.RECORD);
      await expect(record()).to.emit(w.registry, "Declined").withArgs(gpu, 1, 0);
    });
  });

  describe("setTerms", () => {
    it("refuses everybody but the owner (I45)", async () => {
      const w = await f.world();
      for (const caller of [w.alice, w.module]) {
        await expect(as(w, caller).setTerms(f.TERMS))
          .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    for (const [term, low, high] of BOUNDS) {
      it(`keeps ${term} within ${low}..${high}, both ends included (I45)`, async () => {
        const { w, registry } = await governed();
        for (const value of [low - 1, high + 1].filter((out) => out >= 0)) {
          await expect(registry.setTerms({ ...f.TERMS, [term]: value }))
            .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
            .withArgs(value, low, high);
        }
        expect(await w.lens.terms()).to.deep.equal(Object.values(f.TERMS).map(BigInt));
        for (const value of [low, high]) {
          const terms = { ...f.TERMS, [term]: value };
          await expect(registry.setTerms(terms))
            .to.emit(w.registry, "TermsChanged")
            .withArgs(Object.values(terms).map(BigInt));
          expect(await w.lens.terms()).to.deep.equal(Object.values(terms).map(BigInt));
        }
      });
    }

    it("refuses the greatest value of every term's type", async () => {
      const { w, registry } = await governed();
      for (const [term, low, high] of BOUNDS) {
        const bits = { finderBps: 16, registrationFeeBps: 16, unbonding: 32 }[term as string] ?? 8;
        await expect(registry.setTerms({ ...f.TERMS, [term]: 2 ** bits - 1 }), term)
          .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
          .withArgs(2 ** bits - 1, low, high);
      }
    });

    it("leaves stake, fees and the open round as they are", async () => {
      const { w, registry } = await governed();
      await f.register(w, w.alice);
      const round = await f.openRound(w, 2);
      const before = await w.lens.totals();
      await registry.setTerms({ ...f.TERMS, gainPercent: 51, registrationFeeBps: 0, unbonding: 14 * DAY });
      expect(await w.lens.totals()).to.deep.equal(before);
      expect(await w.registry.openRoundInfo()).to.deep.equal([round, 2n, w.module.address]);
    });

    it("moves the caller's pay and the price bound of probation", async () => {
      const { w, registry } = await governed();
      const least = (await w.registry.classOf(1)).minStakeGwei;
      expect(await w.registry.callerPayGwei(1)).to.equal(least / 1_000n);
      expect(await w.registry.probationValueGwei(1)).to.equal(least / 10n);
      await registry.setTerms({ ...f.TERMS, callerPayBps: 100, probationShare: 50 });
      expect(await w.registry.callerPayGwei(1)).to.equal(least / 100n);
      expect(await w.registry.probationValueGwei(1)).to.equal(least / 2n);
    });
  });

  describe("setVotes", () => {
    async function undecided() {
      const w = await f.deployWorld();
      const registry = await f.deployRegistry(await w.vault.getAddress(), w.governor.address);
      return { w, registry };
    }

    it("refuses everybody but the owner (I45)", async () => {
      const { w, registry } = await loadFixture(undecided);
      await expect((registry.connect(w.alice) as typeof registry).setVotes(w.votes))
        .to.be.revertedWithCustomError(registry, "OwnableUnauthorizedAccount")
        .withArgs(w.alice.address);
    });

    it("refuses the zero address, so that the one chance is not lost", async () => {
      const { w, registry } = await loadFixture(undecided);
      await expect(registry.setVotes(ethers.ZeroAddress)).to.be.revertedWithCustomError(
        registry,
        "RegistryZeroAddress",
      );
      await registry.setVotes(w.votes);
    });

    it("sets the ledger once, for good (I45)", async () => {
      const { w, registry } = await loadFixture(undecided);
      expect(await registry.votes()).to.equal(ethers.ZeroAddress);
      const ledger = await w.votes.getAddress();
      await expect(registry.setVotes(ledger)).to.emit(registry, "VotesFixed").withArgs(ledger);
      expect(await registry.votes()).to.equal(ledger);
      for (const next of [w.dave.address, ledger, ethers.ZeroAddress]) {
        await expect(registry.setVotes(next)).to.be.revertedWithCustomError(registry, "RegistryVotesFixed");
      }
    });
  });

  describe("setWorkStopped", () => {
    it("refuses everybody but the owner (I45)", async () => {
      const w = await f.world();
      for (const caller of [w.alice, w.module]) {
        await expect(as(w, caller).setWorkStopped(true))
          .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
          .withArgs(caller.address);
      }
    });

    it("tells each change, and does not mind a repetition", async () => {
      const { w, registry } = await governed();
      for (const stopped of [true, true, false, false]) {
        await expect(registry.setWorkStopped(stopped)).to.emit(w.registry, "WorkStopped").withArgs(stopped);
        expect((await w.lens.totals()).workStopped).to.equal(stopped);
      }
    });

    it("stops registration, rounds, draws and namings until work is allowed again", async () => {
      const { w, registry } = await governed();
      const gpu = await f.register(w, w.alice);
      const round = await f.openRound(w, 2);
      const registration = await f.registrationOf(w, w.alice);
      const permit = { amount: 0, deadline: 0, v: 27, r: ethers.ZeroHash, s: ethers.ZeroHash };
      await registry.setWorkStopped(true);
      for (const call of [
        () => as(w, w.alice).register(registration),
        () => as(w, w.alice).registerMany([registration]),
        () => as(w, w.alice).registerWithPermit([registration], permit),
        () => w.registry.openRound(round + 1n, 1, round),
        () => w.registry.draw(f.drawOf()),
        () => w.registry.assignNamed(gpu, 0),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(w.registry, "RegistryPaused");
      }
      await registry.setWorkStopped(false);
      await as(w, w.alice).register(registration);
      expect(await f.drawAny(w)).to.equal(gpu);
    });

    it("stops nothing that ends work or pays out (I44)", async () => {
      const { w, registry } = await governed();
      const gpu = await f.register(w, w.alice, { slots: 4 });
      for (let i = 0; i < 4; i++) await w.registry.assignNamed(gpu, 5n);
      const leaver = await f.register(w, w.bob);
      await as(w, w.bob).beginUnbond(leaver, (await w.registry.gpuOf(leaver)).stake);
      await f.openRound(w, 2);
      await registry.setWorkStopped(true);

      await w.registry.finishWork(gpu, w.alice, 300, 100);
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 5n }));
      const caller = await f.accountOf(w, w.keeper);
      const missed = { lockGwei: 5n, kind: f.Kind.NonCompletion, freeSlot: true, caller };
      await w.registry.conclude(f.outcomeOf(gpu, missed));
      await w.registry.recordDecline(gpu, 5n);
      await w.registry.slash(f.slashOf(gpu, 5n));
      await w.registry.slash(f.slashOf(gpu, 5n, { fromLockGwei: 0 }));
      await w.registry.dropFromRound(2);

      await as(w, w.alice).addStake(gpu, 10n * f.TOKEN);
      await as(w, w.alice).setPaused(gpu, true);
      await as(w, w.alice).setOperator(gpu, w.keeper);
      await as(w, w.keeper).setEndpoint(gpu, ethers.ZeroHash, "moved");
      await as(w, w.alice).beginUnbond(gpu, f.GWEI);
      await as(w, w.alice).cancelUnbond(gpu);
      await w.registry.prune([gpu]);
      await w.votes.connect(w.alice).getFunction("delegate")(w.alice);

      await f.nextDay(100n);
      await registry.reverseSlash(1);
      await w.registry.finaliseSlash(2);
      expect(await w.registry.collect.staticCall(caller)).to.equal((await w.registry.callerPayGwei(1)) * f.GWEI);
      await w.registry.collect(caller);
      await expect(as(w, w.bob).withdraw(leaver, w.bob)).to.changeTokenBalance(w.token, w.bob, await f.minStake(w));
    });
  });

  describe("the constructor", () => {
    it("refuses terms out of their bounds and no owner", async () => {
      const w = await f.world();
      const vault = await w.vault.getAddress();
      const terms = { ...f.TERMS, registrationFeeBps: 501 };
      await expect(f.deployRegistry(vault, w.governor.address, terms))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(501, 0, 500);
      await expect(f.deployRegistry(vault, ethers.ZeroAddress))
        .to.be.revertedWithCustomError(w.registry, "OwnableInvalidOwner")
        .withArgs(ethers.ZeroAddress);
    });

    it("takes the vault's token, the terms and nothing else", async () => {
      const w = await f.world();
      const registry = await f.deployRegistry(await w.vault.getAddress(), w.dave.address);
      const lens = await ethers.deployContract("RegistryLens", [registry]);
      expect(await registry.vault()).to.equal(await w.vault.getAddress());
      expect(await registry.token()).to.equal(await w.token.getAddress());
      expect(await registry.owner()).to.equal(w.dave.address);
      expect(await lens.terms()).to.deep.equal(Object.values(f.TERMS).map(BigInt));
      expect(await lens.totals()).to.deep.equal([0n, 0n, 0n, 0n, 0n, false, ethers.ZeroAddress]);
    });
  });

  describe("the owner", () => {
    it("hands over in two steps and keeps its rights until the other accepts (I45)", async () => {
      const { w, registry } = await governed();
      await registry.transferOwnership(w.dave);
      await expect(as(w, w.dave).setWorkStopped(true)).to.be.revertedWithCustomError(
        w.registry,
        "OwnableUnauthorizedAccount",
      );
      await expect(as(w, w.carol).acceptOwnership())
        .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
        .withArgs(w.carol.address);
      await registry.setWorkStopped(true);
      await expect(as(w, w.dave).acceptOwnership())
        .to.emit(w.registry, "OwnershipTransferred")
        .withArgs(w.governor.address, w.dave.address);
      await as(w, w.dave).setWorkStopped(false);
      await expect(registry.setWorkStopped(true))
        .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
        .withArgs(w.governor.address);
    });

    it("cannot give the registry up", async () => {
      const { w, registry } = await governed();
      await expect(registry.renounceOwnership()).to.be.revertedWithCustomError(w.registry, "OwnershipRequired");
      await expect(as(w, w.dave).renounceOwnership()).to.be.revertedWithCustomError(
        w.registry,
        "OwnableUnauthorizedAccount",
      );
      expect(await w.registry.owner()).to.equal(w.governor.address);
    });
  });
});
