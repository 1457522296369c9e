/** Shares, credits and changes of payees of the ProceedsSplitter, and tokens that misbehave. */
import type { HardhatEthersSigner as Signer } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { INSTRUMENTED } from "../../fixtures/instrumented";
import { DAY, deployWorld, now, plain, SHARES, SPLITTER_LOCK } from "./fixture";

const YEAR = 365n * DAY;

/** A splitter of a currency that refuses addresses, with the shares of `vaiker`. */
async function refusingWorld() {
  const world = await deployWorld();
  const { owner, payees } = world;
  const currency = await ethers.deployContract("RefusingCurrency", [6]);
  const list = payees.map((payee, i) => ({ payee: payee.address, bps: SHARES[i] ?? 0n }));
  const splitter = await ethers.deployContract("ProceedsSplitter", [currency, list, SPLITTER_LOCK, owner.address]);
  return { ...world, currency, splitter, list };
}

describe("ProceedsSplitter", () => {
  describe("constructor", () => {
    it("names the payees, the currency, the lock and the owner", async () => {
      const { splitter, currency, list, owner } = await loadFixture(refusingWorld);
      expect((await splitter.payees()).map(plain)).to.deep.equal(list);
      expect(await splitter.currency()).to.equal(await currency.getAddress());
      expect(await splitter.owner()).to.equal(owner.address);
      expect(await splitter.lockedUntil()).to.be.greaterThan((await now()) + SPLITTER_LOCK - 100n);
    });

    it("refuses lists that cannot be right", async () => {
      const { splitter, currency, list, owner, stranger } = await loadFixture(refusingWorld);
      const factory = await ethers.getContractFactory("ProceedsSplitter");
      const [a, b] = list;
      const many = Array.from({ length: 11 }, (_, i) => ({ payee: ethers.toBeHex(0xaa00 + i, 20), bps: 900n }));
      const wrong: [string, typeof list][] = [
        ["SplitterPayeeCount", []],
        ["SplitterPayeeCount", many],
        ["SplitterInvalidAddress", [{ payee: ethers.ZeroAddress, bps: 10_000n }]],
        ["SplitterZeroShare", [...list, { payee: stranger.address, bps: 0n }]],
        ["SplitterDuplicatePayee", [a, b, a].map((entry) => ({ payee: entry?.payee ?? "", bps: 3_000n }))],
        ["SplitterWrongSum", [{ payee: stranger.address, bps: 9_999n }]],
        ["SplitterWrongSum", [...list, { payee: stranger.address, bps: 1n }]],
      ];
      for (const [error, given] of wrong) {
        const deployment = factory.deploy(currency, given, SPLITTER_LOCK, owner.address);
        await expect(deployment, error).to.be.revertedWithCustomError(splitter, error);
      }
      for (const lock of [30n * DAY - 1n, 4n * YEAR + 1n]) {
        await expect(factory.deploy(currency, list, lock, owner.address))
          .to.be.revertedWithCustomError(splitter, "SplitterLockOutOfBounds")
          .withArgs(lock, 30n * DAY, 4n * YEAR);
      }
      await expect(
        factory.deploy(ethers.ZeroAddress, list, SPLITTER_LOCK, owner.address),
      ).to.be.revertedWithCustomError(splitter, "SplitterInvalidAddress");
      await factory.deploy(currency, [{ payee: stranger.address, bps: 10_000n }], 4n * YEAR, owner.address);
    });
  });

  describe("split", () => {
    it("pays each payee its share, whoever asks, and nothing stays behind", async () => {
      const { splitter, currency, payees, stranger, usd } = await loadFixture(refusingWorld);
      await currency.mint(splitter, 2_000_000n * usd);
      expect(await splitter.pending(currency)).to.equal(2_000_000n * usd);
      await expect(splitter.connect(stranger).split(currency))
        .to.emit(splitter, "ProceedsSplit")
        .withArgs(await currency.getAddress(), 2_000_000n * usd, 0);
      const paid = await Promise.all(payees.map((payee) => currency.balanceOf(payee.address)));
      expect(paid).to.deep.equal([1_000_000n, 400_000n, 400_000n, 100_000n, 100_000n].map((x) => x * usd));
      expect(await currency.balanceOf(splitter)).to.equal(0n);
      expect(await splitter.split.staticCall(currency)).to.equal(0n);
      await expect(splitter.split(currency)).not.to.emit(splitter, "ProceedsSplit");
    });

    it("gives what rounding leaves to the last payee, and skips shares of nothing", async () => {
      const { splitter, currency, payees } = await loadFixture(refusingWorld);
      await currency.mint(splitter, 9_999n);
      await splitter.split(currency);
      const paid = await Promise.all(payees.map((payee) => currency.balanceOf(payee.address)));
      expect(paid).to.deep.equal([4_999n, 1_999n, 1_999n, 499n, 503n]);
      await currency.mint(splitter, 1n);
      await expect(splitter.split(currency)).to.changeTokenBalances(currency, payees, [0, 0, 0, 0, 1]);
    });

    it("pays tokens that return nothing, one whole to one payee, and 10 payees", async () => {
      const { currency, owner, stranger } = await loadFixture(refusingWorld);
      const silent = await ethers.deployContract("SilentToken", [owner.address, 1_000n]);
      const one = await ethers.deployContract("ProceedsSplitter", [
        currency,
        [{ payee: stranger.address, bps: 10_000n }],
        SPLITTER_LOCK,
        owner.address,
      ]);
      await silent.transfer(one, 7n);
      await one.split(silent);
      expect(await silent.balanceOf(stranger.address)).to.equal(7n);

      const many = Array.from({ length: 10 }, (_, i) => ({ payee: ethers.toBeHex(0xaa00 + i, 20), bps: 1_000n }));
      const ten = await ethers.deployContract("ProceedsSplitter", [currency, many, SPLITTER_LOCK, owner.address]);
      await silent.transfer(ten, 105n);
      await ten.split(silent);
      for (const [i, { payee }] of many.entries()) expect(await silent.balanceOf(payee)).to.equal(i === 9 ? 15n : 10n);
    });
  });

  describe("a payee whose transfer fails", () => {
    for (const [manner, name] of ["reverts", "spends all gas", "reverts with a long answer"].entries()) {
      it(`is credited and blocks nobody, when the token ${name}`, async () => {
        const { splitter, currency, payees, usd } = await loadFixture(refusingWorld);
        const [first, second, , , last] = payees as [Signer, Signer, Signer, Signer, Signer];
        await currency.setManner(manner);
        await currency.setBlacklisted(second.address, true);
        await currency.setBlacklisted(last.address, true);
        await currency.mint(splitter, 1_000n * usd);
        const tx = splitter.split(currency);
        await expect(tx)
          .to.emit(splitter, "PayeeCredited")
          .withArgs(await currency.getAddress(), second.address, 200n * usd);
        await expect(tx)
          .to.emit(splitter, "ProceedsSplit")
          .withArgs(await currency.getAddress(), 1_000n * usd, 250n * usd);
        expect(await currency.balanceOf(first.address)).to.equal(500n * usd);
        expect(await splitter.creditsOf(currency)).to.equal(250n * usd);
        expect(await currency.balanceOf(splitter)).to.equal(250n * usd);
        expect(await splitter.pending(currency)).to.equal(0n);
        if (!INSTRUMENTED && manner === 1) expect((await (await tx).wait())?.gasUsed).to.be.lessThan(700_000n);
      });
    }

    /** The second payee has a credit of USD 200. */
    async function creditWorld() {
      const world = await refusingWorld();
      const [, second] = world.payees;
      if (second === undefined) throw new Error("no payee");
      await world.currency.setBlacklisted(second.address, true);
      await world.currency.mint(world.splitter, 1_000n * world.usd);
      await world.splitter.split(world.currency);
      return { ...world, second };
    }

    it("is never paid its credit twice, nor out of another's money", async () => {
      const { splitter, currency, second, stranger, usd, payees } = await loadFixture(creditWorld);
      await expect(splitter.payCredit(currency, second.address)).to.be.revertedWithCustomError(currency, "Blacklisted");
      await currency.setBlacklisted(second.address, false);
      await currency.mint(splitter, 100n * usd);
      expect(await splitter.pending(currency)).to.equal(100n * usd);
      await splitter.split(currency);
      expect(await currency.balanceOf(second.address)).to.equal(20n * usd);
      expect(await splitter.creditOf(currency, second.address)).to.equal(200n * usd);

      await expect(splitter.connect(stranger).payCredit(currency, second.address))
        .to.emit(splitter, "CreditPaid")
        .withArgs(await currency.getAddress(), second.address, second.address, 200n * usd);
      expect(await currency.balanceOf(second.address)).to.equal(220n * usd);
      expect(await splitter.creditsOf(currency)).to.equal(0n);
      await expect(splitter.payCredit(currency, second.address))
        .to.be.revertedWithCustomError(splitter, "SplitterNoCredit")
        .withArgs(await currency.getAddress(), second.address);
      await currency.mint(splitter, 100n * usd);
      await expect(splitter.split(currency)).to.changeTokenBalances(
        currency,
        payees,
        [50n, 20n, 20n, 5n, 5n].map((x) => x * usd),
      );
    });

    it("may take its credit elsewhere itself, and nobody else may", async () => {
      const { splitter, currency, second, stranger, usd } = await loadFixture(creditWorld);
      await expect(splitter.connect(stranger).takeCredit(currency, stranger.address)).to.be.revertedWithCustomError(
        splitter,
        "SplitterNoCredit",
      );
      for (const to of [ethers.ZeroAddress, await splitter.getAddress()]) {
        await expect(splitter.connect(second).takeCredit(currency, to)).to.be.revertedWithCustomError(
          splitter,
          "SplitterInvalidAddress",
        );
      }
      await splitter.connect(second).takeCredit(currency, stranger.address);
      expect(await currency.balanceOf(stranger.address)).to.equal(200n * usd);
      expect(await currency.balanceOf(splitter)).to.equal(0n);
    });

    it("gathers credits over splits and tokens, each token with books of its own", async () => {
      const { splitter, currency, second, usd } = await loadFixture(creditWorld);
      const other = await ethers.deployContract("RefusingCurrency", [18]);
      await other.setBlacklisted(second.address, true);
      await other.mint(splitter, 10n);
      await splitter.split(other);
      await currency.mint(splitter, 500n * usd);
      await splitter.split(currency);
      expect(await splitter.creditOf(currency, second.address)).to.equal(300n * usd);
      expect(await splitter.creditOf(other, second.address)).to.equal(2n);
      for (const token of [currency, other]) {
        await token.setBlacklisted(second.address, false);
        await splitter.payCredit(token, second.address);
        expect(await token.balanceOf(splitter)).to.equal(0n);
        expect(await splitter.creditsOf(token)).to.equal(0n);
      }
    });

    it("cannot be made to fail by a caller who sends too little gas", async () => {
      const { splitter, currency, usd } = await loadFixture(refusingWorld);
      await currency.mint(splitter, 1_000n * usd);
      await expect(splitter.split(currency, { gasLimit: 240_000 })).to.be.revertedWithCustomError(
        splitter,
        "SplitterGasShort",
      );
      expect(await splitter.creditsOf(currency)).to.equal(0n);
    });
  });

  describe("setPayees", () => {
    /** The lock is over; USD 1,000 and 100 units of another token lie there. */
    async function unlockedWorld() {
      const world = await refusingWorld();
      await world.currency.mint(world.splitter, 1_000n * world.usd);
      const other = await ethers.deployContract("CurrencyMock", [18]);
      await other.mint(world.splitter, 100n);
      await time.increaseTo(await world.splitter.lockedUntil());
      const next = [{ payee: world.stranger.address, bps: 10_000n }];
      return { ...world, other, next };
    }

    it("waits for the lock date, and sets another one", async () => {
      const { splitter, stranger } = await loadFixture(refusingWorld);
      const next = [{ payee: stranger.address, bps: 10_000n }];
      const until = await splitter.lockedUntil();
      await time.setNextBlockTimestamp(until - 1n);
      await expect(splitter.setPayees(next, SPLITTER_LOCK, []))
        .to.be.revertedWithCustomError(splitter, "SplitterLocked")
        .withArgs(until);
      await time.setNextBlockTimestamp(until);
      await expect(splitter.setPayees(next, YEAR, [])).to.emit(splitter, "PayeesSet");
      expect(await splitter.lockedUntil()).to.equal(until + YEAR);
      expect((await splitter.payees()).map(plain)).to.deep.equal(next);
    });

    it("pays the old payees first what is there of the currency and the named tokens", async () => {
      const { splitter, currency, other, next, payees, stranger, usd } = await loadFixture(unlockedWorld);
      const third = await ethers.deployContract("CurrencyMock", [18]);
      await third.mint(splitter, 50n);
      await splitter.setPayees(next, SPLITTER_LOCK, [other]);
      expect(await currency.balanceOf(payees[0]?.address ?? "")).to.equal(500n * usd);
      expect(await other.balanceOf(payees[0]?.address ?? "")).to.equal(50n);
      await splitter.split(third);
      expect(await third.balanceOf(stranger.address)).to.equal(50n);
    });

    it("leaves old payees their credits", async () => {
      const { splitter, currency, next, payees, stranger, usd } = await loadFixture(unlockedWorld);
      const [old] = payees;
      await currency.setBlacklisted(old?.address ?? "", true);
      await splitter.setPayees(next, SPLITTER_LOCK, []);
      await currency.mint(splitter, 10n * usd);
      await splitter.split(currency);
      expect(await currency.balanceOf(stranger.address)).to.equal(10n * usd);
      await currency.setBlacklisted(old?.address ?? "", false);
      await splitter.payCredit(currency, old?.address ?? "");
      expect(await currency.balanceOf(old?.address ?? "")).to.equal(500n * usd);
    });

    it("belongs to the owner, within bounds, and a longer list follows a shorter one", async () => {
      const { splitter, next, list, stranger, other } = await loadFixture(unlockedWorld);
      await expect(splitter.connect(stranger).setPayees(next, SPLITTER_LOCK, [])).to.be.revertedWithCustomError(
        splitter,
        "OwnableUnauthorizedAccount",
      );
      await expect(splitter.setPayees(next, SPLITTER_LOCK, new Array<string>(9).fill(await other.getAddress())))
        .to.be.revertedWithCustomError(splitter, "SplitterTooManyTokens")
        .withArgs(9, 8);
      await expect(
        splitter.setPayees([{ payee: await splitter.getAddress(), bps: 10_000n }], SPLITTER_LOCK, []),
      ).to.be.revertedWithCustomError(splitter, "SplitterInvalidAddress");
      await splitter.setPayees(next, SPLITTER_LOCK, []);
      await time.increaseTo(await splitter.lockedUntil());
      await splitter.setPayees(list, SPLITTER_LOCK, []);
      expect(await splitter.payees()).to.have.length(5);
      await expect(splitter.renounceOwnership()).to.be.revertedWithCustomError(splitter, "OwnershipRequired");
    });
  });

  describe("against hostile tokens", () => {
    /** A splitter of a token that lies, takes fees or calls back. */
    async function hostileWorld() {
      const world = await refusingWorld();
      const hostile = await ethers.deployContract("HostileToken", [world.owner.address, 10_000_000n]);
      await hostile.transfer(world.splitter, 10_000n);
      await world.currency.mint(world.splitter, 100n * world.usd);
      return { ...world, hostile };
    }

    it("credits everybody when the token returns false, and pays later", async () => {
      const { splitter, hostile, payees } = await loadFixture(hostileWorld);
      await hostile.setLying(true);
      await splitter.split(hostile);
      expect(await splitter.creditsOf(hostile)).to.equal(10_000n);
      await hostile.setLying(false);
      for (const payee of payees) await splitter.payCredit(hostile, payee.address);
      expect(await hostile.balanceOf(splitter)).to.equal(0n);
    });

    it("cannot re-enter any entry, nor touch another token's books", async () => {
      const { splitter, hostile, currency, payees, usd } = await loadFixture(hostileWorld);
      const face = splitter.interface;
      const calls = [
        face.encodeFunctionData("split", [await currency.getAddress()]),
        face.encodeFunctionData("split", [await hostile.getAddress()]),
        face.encodeFunctionData("payCredit", [await hostile.getAddress(), payees[0]?.address ?? ""]),
        face.encodeFunctionData("takeCredit", [await hostile.getAddress(), payees[0]?.address ?? ""]),
      ];
      for (const call of calls) {
        await hostile.setAttack(splitter, call);
        await hostile.transfer(splitter, 10_000n);
        expect(await hostile.attackSucceeded()).to.equal(call === calls[0] || call === calls[1]);
        await hostile.transfer(splitter, 10_000n);
        await hostile.setAttack(splitter, call);
        await splitter.split(hostile);
        expect(await hostile.attackSucceeded()).to.equal(false);
        expect(await hostile.attackResult()).to.equal(face.encodeErrorResult("ReentrancyGuardReentrantCall"));
      }
      expect(await currency.balanceOf(payees[0]?.address ?? "")).to.equal(50n * usd);
    });

    it("cannot change the payees in the middle of a split, though it owns the splitter and the lock is over", async () => {
      const { currency, list, stranger, owner } = await loadFixture(refusingWorld);
      const hostile = await ethers.deployContract("HostileToken", [owner.address, 10_000n]);
      const splitter = await ethers.deployContract("ProceedsSplitter", [currency, list, SPLITTER_LOCK, hostile]);
      await hostile.transfer(splitter, 10_000n);
      await time.increaseTo(await splitter.lockedUntil());
      const face = splitter.interface;
      const next = [{ payee: stranger.address, bps: 10_000n }];
      await hostile.setAttack(splitter, face.encodeFunctionData("setPayees", [next, SPLITTER_LOCK, []]));
      await splitter.split(hostile);
      expect(await hostile.attackResult()).to.equal(face.encodeErrorResult("ReentrancyGuardReentrantCall"));
      expect((await splitter.payees()).map(plain)).to.deep.equal(list);
      expect(await hostile.balanceOf(list[0]?.payee ?? "")).to.equal(5_000n);
    });

    it("harms itself alone when its balance shrinks below its credits", async () => {
      const { splitter, currency, owner, payees } = await loadFixture(refusingWorld);
      const hostile = await ethers.deployContract("HostileToken", [owner.address, 10_000n]);
      await hostile.transfer(splitter, 100n);
      await hostile.setLying(true);
      await splitter.split(hostile);
      await hostile.setLying(false);
      await hostile.setFee(5_000);
      await splitter.payCredit(hostile, payees[0]?.address ?? "");
      expect(await splitter.pending(hostile)).to.equal(0n);
      expect(await splitter.split.staticCall(hostile)).to.equal(0n);
      expect(await splitter.split.staticCall(currency)).to.equal(0n);
    });

    it("has no business with accounts without code", async () => {
      const { splitter, stranger } = await loadFixture(refusingWorld);
      await expect(splitter.split(stranger.address)).to.be.reverted;
    });
  });
});
