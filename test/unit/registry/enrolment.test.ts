/** Registration: what is refused, what is announced, permits, proofs of possession, and the one GPU of a device. */
import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { HDNodeWallet } from "ethers";
import { ethers } from "hardhat";
import type { IGpuRegistry } from "../../../typechain-types/contracts/registry/GpuRegistry";
import { expectBooks, expectIdleListed } from "./books";
import * as f from "./fixture";

/** Least stake of class 1, its registration fee and the greatest stake that 64 bits of gwei units hold. */
const MIN = 2_400n * f.TOKEN;
const FEE = 24n * f.TOKEN;
const MOST = (2n ** 64n - 1n) * f.GWEI;

/** A valid registration of Alice with another value here and there. */
async function changed(w: f.World, change: Partial<f.Registration>, wish: f.Wish = {}): Promise<f.Registration> {
  return { ...(await f.registrationOf(w, w.alice, wish)), ...change };
}

/** Nothing was registered and nothing was paid. */
async function expectUntouched(w: f.World): Promise<void> {
  expect((await w.lens.totals()).gpus).to.equal(0n);
  expect(await w.token.balanceOf(w.registry)).to.equal(0n);
}

/** Makes a GPU leave for good. */
async function retire(w: f.World, owner: f.World["alice"], gpu: bigint): Promise<void> {
  await f.as(w, owner).beginUnbond(gpu, (await w.registry.gpuOf(gpu)).stake);
  await time.increase(21n * f.DAY);
  await f.as(w, owner).withdraw(gpu, owner);
}

describe("GpuRegistry: enrolment", () => {
  describe("register", () => {
    describe("given a registration that breaks a rule", () => {
      it("refuses while work is stopped, and takes it afterwards (I44)", async () => {
        const w = await f.world();
        const registration = await f.registrationOf(w, w.alice);
        await f.as(w, w.governor).setWorkStopped(true);
        await expect(f.as(w, w.alice).register(registration)).to.be.revertedWithCustomError(
          w.registry,
          "RegistryPaused",
        );
        await expectUntouched(w);
        await f.as(w, w.governor).setWorkStopped(false);
        await f.as(w, w.alice).register(registration);
        expect(await f.newest(w)).to.equal(1n);
      });

      for (const classId of [0, 11, 255]) {
        it(`refuses class ${classId}, which does not exist`, async () => {
          const w = await f.world();
          const registration = await changed(w, { classId, stake: MIN });
          await expect(f.as(w, w.alice).register(registration))
            .to.be.revertedWithCustomError(w.registry, "RegistryClassClosed")
            .withArgs(classId);
          await expectUntouched(w);
        });
      }

      it("refuses a class that takes no GPUs", async () => {
        const w = await f.world();
        const registration = await f.registrationOf(w, w.alice, { classId: 2 });
        await f.changeClass(w, 2, { enabled: false });
        await expect(f.as(w, w.alice).register(registration))
          .to.be.revertedWithCustomError(w.registry, "RegistryClassClosed")
          .withArgs(2);
        await expectUntouched(w);
      });

      for (const region of [12, 255]) {
        it(`refuses region ${region}`, async () => {
          const w = await f.world();
          await expect(f.as(w, w.alice).register(await changed(w, {}, { region })))
            .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
            .withArgs(region, 0, 11);
          await expectUntouched(w);
        });
      }

      for (const slots of [0, 33, 255]) {
        it(`refuses ${slots} slots`, async () => {
          const w = await f.world();
          await expect(f.as(w, w.alice).register(await changed(w, { slots })))
            .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
            .withArgs(slots, 1, 32);
          await expectUntouched(w);
        });
      }

      it("refuses a stake that is not whole units", async () => {
        const w = await f.world();
        const units = await ethers.getContractAt("Units", w.registry);
        await expect(f.as(w, w.alice).register(await changed(w, { stake: MIN + 1n })))
          .to.be.revertedWithCustomError(units, "UnitsNotWhole")
          .withArgs(MIN + 1n);
        await expectUntouched(w);
      });

      for (const stake of [0n, MIN - f.GWEI]) {
        it(`refuses a stake of ${stake} wei, below the class minimum`, async () => {
          const w = await f.world();
          await expect(f.as(w, w.alice).register(await changed(w, { stake })))
            .to.be.revertedWithCustomError(w.registry, "RegistryStakeOutOfBounds")
            .withArgs(stake / f.GWEI, MIN / f.GWEI);
          await expectUntouched(w);
        });
      }

      it("refuses a stake above 64 bits of units", async () => {
        const w = await f.world();
        await expect(f.as(w, w.alice).register(await changed(w, { stake: MOST + f.GWEI })))
          .to.be.revertedWithCustomError(w.registry, "SafeCastOverflowedUintDowncast")
          .withArgs(64, 2n ** 64n);
        await expectUntouched(w);
      });

      it("refuses the greatest stake of 64 bits by the token, and beside other stake by the sum", async () => {
        const w = await f.world();
        await expect(f.as(w, w.alice).register(await changed(w, { stake: MOST })))
          .to.be.revertedWithCustomError(w.token, "ERC20InsufficientBalance")
          .withArgs(w.alice, 10_000_000n * f.TOKEN, MOST + FEE);
        await f.register(w, w.bob);
        await expect(f.as(w, w.alice).register(await changed(w, { stake: MOST }))).to.be.revertedWithPanic(0x11);
        expect(await f.newest(w)).to.equal(1n);
      });

      it("refuses a short allowance and leaves no trace", async () => {
        const w = await f.world();
        await w.token.connect(w.alice).approve(w.registry, MIN + FEE - 1n);
        const registration = await f.registrationOf(w, w.alice);
        await expect(f.as(w, w.alice).register(registration))
          .to.be.revertedWithCustomError(w.token, "ERC20InsufficientAllowance")
          .withArgs(w.registry, MIN + FEE - 1n, MIN + FEE);
        await expectUntouched(w);
        expect(await w.registry.deviceOf(registration.device as string)).to.deep.equal([0n, 0n]);
      });
    });

    describe("given a signature that is not the device's for exactly this", () => {
      const owner = (w: f.World): string => w.alice.address;
      const cases: Record<string, (w: f.World, device: HDNodeWallet) => Promise<string>> = {
        "another chain": (w, device) => f.possession(w, device, valueOf(owner(w)), { chainId: 8453 }),
        "another contract": async (w, device) =>
          f.possession(w, device, valueOf(owner(w)), { verifyingContract: await w.vault.getAddress() }),
        "another name": (w, device) => f.possession(w, device, valueOf(owner(w)), { name: "GPU Commons" }),
        "another version": (w, device) => f.possession(w, device, valueOf(owner(w)), { version: "2" }),
        "another owner": (w, device) => f.possession(w, device, valueOf(w.bob.address)),
        "another class": (w, device) => f.possession(w, device, { ...valueOf(owner(w)), classId: 2 }),
        "another region": (w, device) => f.possession(w, device, { ...valueOf(owner(w)), region: 1 }),
        "the next nonce": (w, device) => f.possession(w, device, { ...valueOf(owner(w)), nonce: 1n }),
        "another device": (w) => f.possession(w, ethers.Wallet.createRandom(), valueOf(owner(w))),
        "nobody (no bytes)": async () => "0x",
        "nobody (64 bytes)": async () => ethers.hexlify(new Uint8Array(64)),
        "nobody (zeros)": async () => ethers.hexlify(new Uint8Array(65)),
        "the malleable twin": async (w, device) => twinOf(await f.possession(w, device, valueOf(owner(w)))),
      };
      for (const [name, sign] of Object.entries(cases)) {
        it(`refuses one of ${name}`, async () => {
          const w = await f.world();
          const device = ethers.Wallet.createRandom();
          const registration = await changed(w, { possession: await sign(w, device) }, { device });
          await expect(f.as(w, w.alice).register(registration))
            .to.be.revertedWithCustomError(w.registry, "RegistryBadPossession")
            .withArgs(device.address);
          await expectUntouched(w);
        });
      }

      it("refuses the zero address as device, which no signature recovers to", async () => {
        const w = await f.world();
        const registration = await changed(w, { device: ethers.ZeroAddress, possession: `0x${"00".repeat(65)}` });
        await expect(f.as(w, w.alice).register(registration))
          .to.be.revertedWithCustomError(w.registry, "RegistryBadPossession")
          .withArgs(ethers.ZeroAddress);
      });

      it("refuses somebody else who sends a registration that was signed for its owner", async () => {
        const w = await f.world();
        const registration = await f.registrationOf(w, w.alice);
        await expect(f.as(w, w.bob).register(registration))
          .to.be.revertedWithCustomError(w.registry, "RegistryBadPossession")
          .withArgs(registration.device);
        await expectUntouched(w);
      });
    });

    describe("given a valid registration", () => {
      it("announces it, takes stake and fee, and lists the GPU", async () => {
        const w = await f.world();
        const registration = await f.registrationOf(w, w.alice, { region: 3, slots: 2, operator: w.keeper.address });
        const account = await f.accountOf(w, w.alice);
        const sent = f.as(w, w.alice).register(registration);
        await expect(sent)
          .to.emit(w.registry, "GpuRegistered")
          .withArgs(
            1,
            account,
            registration.device,
            w.keeper.address,
            1,
            3,
            2,
            MIN,
            registration.metadataDigest,
            registration.endpoint,
          );
        await expect(sent).to.changeTokenBalances(w.token, [w.alice, w.registry], [-MIN - FEE, MIN + FEE]);
        expect(f.plain(await w.registry.gpuOf(1))).to.deep.equal({
          owner: account,
          operator: w.keeper.address,
          classId: 1n,
          region: 3n,
          slots: 2n,
          active: 0n,
          listed: true,
          paused: false,
          leaving: false,
          stake: MIN,
          locked: 0n,
          unbonding: 0n,
          unbondingEnds: 0n,
        });
        expect(await w.registry.ownerOf(1)).to.equal(account);
        expect(await w.registry.deviceOf(registration.device as string)).to.deep.equal([1n, 1n]);
        expect(await w.lens.stakerOf(account)).to.deep.equal([MIN, 1n, 0n, false]);
        expect((await w.lens.totals()).fees).to.equal(FEE);
        expect(await f.listed(w, 1, 3)).to.deep.equal([1n]);
        await expectBooks(w);
        await expectIdleListed(w);
      });

      it("starts a fresh owner at 50 points on probation with half the draw weight", async () => {
        const w = await f.world();
        const account = await f.accountOf(w, w.alice);
        await f.register(w, w.alice);
        expect(f.plain(await w.lens.reputationOf(account))).to.deep.equal({
          score: 50n * f.POINT,
          completed: 0n,
          attempted: 0n,
          drawWeight: 5_000n,
          probation: true,
          verified: 0n,
          gainedToday: 0n,
          lastDay: await f.today(),
          barredUntil: 0n,
          known: true,
        });
      });

      it("opens an account for an owner who has none", async () => {
        const w = await f.world();
        const owner = w.others[0]!;
        await w.token.connect(w.alice).transfer(owner, MIN + FEE);
        await w.token.connect(owner).approve(w.registry, MIN + FEE);
        const account = (await f.accountOf(w, w.keeper)) + 1n;
        await expect(f.as(w, owner).register(await f.registrationOf(w, owner)))
          .to.emit(w.vault, "AccountOpened")
          .withArgs(account, owner.address);
        expect(await f.accountOf(w, owner)).to.equal(account);
        expect(await w.registry.ownerOf(1)).to.equal(account);
        expect(await w.token.balanceOf(owner)).to.equal(0n);
      });

      it("lets the owner's holder work when no hot key is named, or the holder itself", async () => {
        const w = await f.world();
        for (const operator of [ethers.ZeroAddress, w.alice.address]) {
          const registration = await f.registrationOf(w, w.alice, { operator });
          await expect(f.as(w, w.alice).register(registration))
            .to.emit(w.registry, "GpuRegistered")
            .withArgs(anyValue, anyValue, registration.device, w.alice.address, 1, 0, 1, MIN, anyValue, anyValue);
          const gpu = await f.newest(w);
          expect((await w.registry.gpuOf(gpu)).operator).to.equal(w.alice.address);
          expect(await w.registry.worksFor(gpu, w.alice)).to.equal(true);
        }
      });

      it("takes the ends of every range: the last region and class, 32 slots", async () => {
        const w = await f.world();
        const gpu = await f.register(w, w.alice, { classId: 10, region: 11, slots: 32 });
        const view = await w.registry.gpuOf(gpu);
        expect([view.classId, view.region, view.slots]).to.deep.equal([10n, 11n, 32n]);
        expect(await f.listed(w, 10, 11)).to.deep.equal([gpu]);
      });

      it("gives every GPU of an owner its own stake, and sums them (I21)", async () => {
        const w = await f.world();
        await f.register(w, w.alice);
        await f.register(w, w.alice, { stake: 3_000n * f.TOKEN });
        await f.register(w, w.bob);
        expect(await w.registry.stakeOf(await f.accountOf(w, w.alice))).to.equal(5_400n * f.TOKEN);
        expect((await w.lens.totals()).stake).to.equal(7_800n * f.TOKEN);
        await expectBooks(w);
      });

      it("lists it behind the frozen entrants of an open round", async () => {
        const w = await f.world();
        await f.register(w, w.alice);
        await f.openRound(w);
        const late = await f.register(w, w.bob);
        expect(await w.registry.listOf(1, 0)).to.deep.equal([1n, 1n]);
        expect(await f.listed(w)).to.deep.equal([1n, late]);
      });

      it("charges what governance set as the fee, nothing included", async () => {
        const w = await f.world();
        await f.as(w, w.governor).setTerms({ ...f.TERMS, registrationFeeBps: 0 });
        const registration = await f.registrationOf(w, w.alice);
        await expect(f.as(w, w.alice).register(registration)).to.changeTokenBalance(w.token, w.alice, -MIN);
        await f.as(w, w.governor).setTerms({ ...f.TERMS, registrationFeeBps: 500 });
        const second = await f.registrationOf(w, w.alice);
        await expect(f.as(w, w.alice).register(second)).to.changeTokenBalance(w.token, w.alice, -MIN - 120n * f.TOKEN);
        await expectBooks(w);
      });
    });
  });

  describe("registerMany", () => {
    it("refuses an empty list and more than 32", async () => {
      const w = await f.world();
      const one = await f.registrationOf(w, w.alice);
      await expect(f.as(w, w.alice).registerMany([]))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(0, 1, 32);
      await expect(f.as(w, w.alice).registerMany(Array.from({ length: 33 }, () => one)))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(33, 1, 32);
    });

    it("refuses while work is stopped", async () => {
      const w = await f.world();
      await f.as(w, w.governor).setWorkStopped(true);
      const list = [await f.registrationOf(w, w.alice)];
      await expect(f.as(w, w.alice).registerMany(list)).to.be.revertedWithCustomError(w.registry, "RegistryPaused");
    });

    it("refuses all of them when one breaks a rule", async () => {
      const w = await f.world();
      const list = [await f.registrationOf(w, w.alice), await changed(w, { slots: 0 })];
      await expect(f.as(w, w.alice).registerMany(list))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(0, 1, 32);
      await expectUntouched(w);
    });

    it("binds no device twice in one batch (I25)", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const first = await f.registrationOf(w, w.alice, { device });
      await expect(f.as(w, w.alice).registerMany([first, first]))
        .to.be.revertedWithCustomError(w.registry, "RegistryBadPossession")
        .withArgs(device.address);
      const second = {
        ...first,
        possession: await f.possession(w, device, { ...valueOf(w.alice.address), nonce: 1n }),
      };
      await expect(f.as(w, w.alice).registerMany([first, second]))
        .to.be.revertedWithCustomError(w.registry, "RegistryDeviceBound")
        .withArgs(device.address, 1);
      await expectUntouched(w);
    });

    it("registers 32 with ids that follow each other and one transfer", async () => {
      const w = await f.world();
      await f.register(w, w.bob);
      const list = await Promise.all(Array.from({ length: 32 }, () => f.registrationOf(w, w.alice)));
      expect(await f.as(w, w.alice).registerMany.staticCall(list)).to.equal(2n);
      const sent = await f.as(w, w.alice).registerMany(list);
      await expect(sent).to.changeTokenBalance(w.token, w.alice, -32n * (MIN + FEE));
      const filter = w.token.filters.Transfer(w.alice.address);
      expect(await w.token.queryFilter(filter, sent.blockNumber!)).to.have.length(1);
      expect(await f.listed(w)).to.deep.equal(Array.from({ length: 33 }, (_, i) => BigInt(i) + 1n));
      expect((await w.lens.stakerOf(await f.accountOf(w, w.alice))).gpus).to.equal(32n);
      await expectBooks(w);
    });
  });

  describe("registerWithPermit", () => {
    async function permitted(): Promise<{ w: f.World; list: f.Registration[]; permit: IGpuRegistry.PermitStruct }> {
      const w = await f.world();
      await w.token.connect(w.alice).approve(w.registry, 0n);
      const permit = await permitOf(w, MIN + FEE, BigInt(await time.latest()) + 3_600n);
      return { w, list: [await f.registrationOf(w, w.alice)], permit };
    }

    it("registers by permit alone", async () => {
      const { w, list, permit } = await permitted();
      await expect(f.as(w, w.alice).registerWithPermit(list, permit)).to.changeTokenBalance(
        w.token,
        w.alice,
        -MIN - FEE,
      );
      expect(await w.token.nonces(w.alice)).to.equal(1n);
      expect(await w.token.allowance(w.alice, w.registry)).to.equal(0n);
    });

    it("is not stopped by a front-runner who used the permit (I10)", async () => {
      const { w, list, permit } = await permitted();
      const { amount, deadline, v, r, s } = permit;
      await w.token.connect(w.bob).permit(w.alice, w.registry, amount, deadline, v, r, s);
      await f.as(w, w.alice).registerWithPermit(list, permit);
      expect(await f.newest(w)).to.equal(1n);
      expect(await w.token.nonces(w.alice)).to.equal(1n);
    });

    it("refuses by the token's error when neither permit nor allowance is good", async () => {
      const { w, list, permit } = await permitted();
      await time.increase(3_601);
      await expect(f.as(w, w.alice).registerWithPermit(list, permit))
        .to.be.revertedWithCustomError(w.token, "ERC20InsufficientAllowance")
        .withArgs(w.registry, 0, MIN + FEE);
      await expectUntouched(w);
    });

    it("refuses a permit of less than stake and fee", async () => {
      const { w, list } = await permitted();
      const permit = await permitOf(w, MIN + FEE - 1n, BigInt(await time.latest()) + 3_600n);
      await expect(f.as(w, w.alice).registerWithPermit(list, permit))
        .to.be.revertedWithCustomError(w.token, "ERC20InsufficientAllowance")
        .withArgs(w.registry, MIN + FEE - 1n, MIN + FEE);
    });

    it("refuses an empty list and stopped work like any batch", async () => {
      const { w, list, permit } = await permitted();
      await expect(f.as(w, w.alice).registerWithPermit([], permit))
        .to.be.revertedWithCustomError(w.registry, "RegistryOutOfBounds")
        .withArgs(0, 1, 32);
      await f.as(w, w.governor).setWorkStopped(true);
      await expect(f.as(w, w.alice).registerWithPermit(list, permit)).to.be.revertedWithCustomError(
        w.registry,
        "RegistryPaused",
      );
    });
  });

  describe("a device", () => {
    it("is bound to one GPU until that has left for good (I25)", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      const again = async (): Promise<void> => {
        await expect(f.as(w, w.bob).register(await f.registrationOf(w, w.bob, { device })))
          .to.be.revertedWithCustomError(w.registry, "RegistryDeviceBound")
          .withArgs(device.address, gpu);
      };
      await again();
      await f.as(w, w.alice).setPaused(gpu, true);
      await again();
      await w.registry.assignNamed(gpu, 1);
      await f.as(w, w.alice).beginUnbond(gpu, MIN);
      await time.increase(21n * f.DAY);
      await again();
      await f.as(w, w.alice).withdraw(gpu, w.alice);
      await again();
      await w.registry.conclude(f.outcomeOf(gpu, { lockGwei: 1, freeSlot: true, kind: f.Kind.Released }));
      await again();
      await f.as(w, w.alice).withdraw(gpu, w.alice);
      const fresh = await f.register(w, w.bob, { device });
      expect(await w.registry.deviceOf(device)).to.deep.equal([fresh, 2n]);
      await expectBooks(w);
    });

    it("stays bound while the last job of a GPU that holds nothing is open (I25)", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      await w.registry.assignNamed(gpu, 0);
      await retire(w, w.alice, gpu);
      const registration = await f.registrationOf(w, w.alice, { device });
      await expect(f.as(w, w.alice).register(registration))
        .to.be.revertedWithCustomError(w.registry, "RegistryDeviceBound")
        .withArgs(device.address, gpu);
      await w.registry.conclude(f.outcomeOf(gpu, { freeSlot: true }));
      await f.as(w, w.alice).register(registration);
      expect((await w.registry.deviceOf(device)).gpu).to.equal(gpu + 1n);
    });

    it("signs anew for every registration: an old proof is refused", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const old = await f.registrationOf(w, w.alice, { device });
      await f.as(w, w.alice).register(old);
      await retire(w, w.alice, 1n);
      await expect(f.as(w, w.alice).register(old))
        .to.be.revertedWithCustomError(w.registry, "RegistryBadPossession")
        .withArgs(device.address);
      await f.register(w, w.alice, { device });
      expect(await w.registry.deviceOf(device)).to.deep.equal([2n, 2n]);
    });

    it("is barred for 180 days by a fraud of its GPU, whoever registers it (the last second, then the day)", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
      const until = (await f.today()) + 180n;
      await retire(w, w.alice, gpu);
      const registration = await f.registrationOf(w, w.bob, { device });

      await time.setNextBlockTimestamp(until * f.DAY - 1n);
      await expect(f.as(w, w.bob).register(registration))
        .to.be.revertedWithCustomError(w.registry, "RegistryDeviceBarred")
        .withArgs(device.address, until);
      await time.setNextBlockTimestamp(until * f.DAY);
      await f.as(w, w.bob).register(registration);
      expect((await w.registry.deviceOf(device)).gpu).to.equal(2n);
    });
  });

  describe("re-entry", () => {
    const FRAUD_LEFT = 25n * f.POINT;

    it("cuts a returning owner to 50 points and keeps its verified jobs", async () => {
      const w = await f.world();
      const account = await f.accountOf(w, w.alice);
      const gpu = await f.register(w, w.alice);
      await w.registry.conclude(f.outcomeOf(gpu));
      const before = await w.registry.scoreOf(account);
      expect(before > 50n * f.POINT).to.equal(true);
      await f.as(w, w.alice).beginUnbond(gpu, MIN);
      expect(await w.registry.scoreOf(account)).to.equal(before);
      await f.register(w, w.alice);
      expect(await w.registry.scoreOf(account)).to.equal(50n * f.POINT);
      expect((await w.lens.reputationOf(account)).verified).to.equal(1n);
    });

    it("gives a returning owner no more than the score it left with", async () => {
      const w = await f.world();
      const account = await f.accountOf(w, w.alice);
      const gpu = await f.register(w, w.alice);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion }));
      await retire(w, w.alice, gpu);
      await f.register(w, w.alice);
      expect(await w.registry.scoreOf(account)).to.equal(40n * f.POINT);
    });

    it("does not cut an owner who has another GPU in service", async () => {
      const w = await f.world();
      const account = await f.accountOf(w, w.alice);
      const gpu = await f.register(w, w.alice);
      await w.registry.conclude(f.outcomeOf(gpu));
      const score = await w.registry.scoreOf(account);
      await f.register(w, w.alice);
      expect(await w.registry.scoreOf(account)).to.equal(score);
    });

    it("starts a fresh owner with the lower score behind the device", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion }));
      await retire(w, w.alice, gpu);
      await f.register(w, w.bob, { device });
      expect(await w.registry.scoreOf(await f.accountOf(w, w.bob))).to.equal(40n * f.POINT);
    });

    it("starts a fresh owner at 50 when more is behind the device", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      await w.registry.conclude(f.outcomeOf(gpu));
      await retire(w, w.alice, gpu);
      await f.register(w, w.bob, { device });
      expect(await w.registry.scoreOf(await f.accountOf(w, w.bob))).to.equal(50n * f.POINT);
    });

    it("cuts a returning owner to the score behind the device", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion }));
      await retire(w, w.alice, gpu);
      const own = await f.register(w, w.bob);
      await retire(w, w.bob, own);
      await f.register(w, w.bob, { device });
      expect(await w.registry.scoreOf(await f.accountOf(w, w.bob))).to.equal(40n * f.POINT);
    });

    it("lets a score under 20 behind the device rest from the registration on", async () => {
      const w = await f.world();
      const device = ethers.Wallet.createRandom();
      const gpu = await f.register(w, w.alice, { device });
      for (let i = 0; i < 4; i++) await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.NonCompletion }));
      const bob = await f.accountOf(w, w.bob);
      await retire(w, w.alice, gpu);
      await f.register(w, w.bob, { device });
      const day = await f.today();
      expect(await w.registry.scoreOf(bob)).to.equal(10n * f.POINT);
      expect((await w.lens.reputationOf(bob)).drawWeight).to.equal(0n);
      await time.increaseTo((day + 30n) * f.DAY - 1n);
      expect(await w.registry.scoreOf(bob)).to.equal(10n * f.POINT);
      await time.increaseTo((day + 30n) * f.DAY);
      expect(await w.registry.scoreOf(bob)).to.equal(20n * f.POINT);
    });

    it("bars an owner for 180 days after a fraud, with any device (the last second, then the day)", async () => {
      const w = await f.world();
      const account = await f.accountOf(w, w.alice);
      const gpu = await f.register(w, w.alice);
      await w.registry.conclude(f.outcomeOf(gpu, { kind: f.Kind.Fraud }));
      const until = (await f.today()) + 180n;
      expect((await w.lens.reputationOf(account)).barredUntil).to.equal(until);
      const registration = await f.registrationOf(w, w.alice);
      await time.setNextBlockTimestamp(until * f.DAY - 1n);
      await expect(f.as(w, w.alice).register(registration))
        .to.be.revertedWithCustomError(w.registry, "RegistryOwnerBarred")
        .withArgs(account);
      await time.setNextBlockTimestamp(until * f.DAY);
      await f.as(w, w.alice).register(registration);
      expect(await w.registry.scoreOf(account)).to.equal(FRAUD_LEFT);
    });

    it("keeps the registration fee: it is owed to the treasury when the GPU has left", async () => {
      const w = await f.world();
      const gpu = await f.register(w, w.alice);
      await retire(w, w.alice, gpu);
      expect(await w.token.balanceOf(w.alice)).to.equal(10_000_000n * f.TOKEN - FEE);
      await w.registry.collect(w.treasury);
      expect(await w.vault.balanceOf(w.treasury)).to.equal(FEE);
      expect(await w.token.balanceOf(w.registry)).to.equal(0n);
    });
  });
});

function valueOf(owner: string): { owner: string; classId: number; region: number; nonce: bigint } {
  return { owner, classId: 1, region: 0, nonce: 0n };
}

/** The other signature over the same message that plain recovery would accept. */
function twinOf(signature: string): string {
  const { r, s, v } = ethers.Signature.from(signature);
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  return ethers.concat([r, ethers.toBeHex(order - BigInt(s), 32), ethers.toBeHex(v === 27 ? 28 : 27)]);
}

/** Alice's permit of `amount` for the registry. */
async function permitOf(w: f.World, amount: bigint, deadline: bigint): Promise<IGpuRegistry.PermitStruct> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: "VaikerAI", version: "1", chainId, verifyingContract: await w.token.getAddress() };
  const fields = ["owner", "spender"].map((name) => ({ name, type: "address" }));
  const numbers = ["value", "nonce", "deadline"].map((name) => ({ name, type: "uint256" }));
  const signature = await w.alice.signTypedData(
    domain,
    { Permit: [...fields, ...numbers] },
    {
      owner: w.alice.address,
      spender: await w.registry.getAddress(),
      value: amount,
      nonce: await w.token.nonces(w.alice),
      deadline,
    },
  );
  const { v, r, s } = ethers.Signature.from(signature);
  return { amount, deadline, v, r, s };
}
