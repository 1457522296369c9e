/** The owner's part of the TokenSale: rounds, allow lists, pauses. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import {
  DAY,
  deployWorld,
  failedWorld,
  FOR_SALE,
  now,
  openWorld,
  plain,
  plannedWorld,
  roundOf,
  Status,
  succeededWorld,
  TOKEN,
  type Round,
} from "./fixture";

const ANY = ethers.MaxUint256;
const MILLI = 10n ** 15n;

/** Two rounds that may sell everything, the second at another price. */
function both(usd: bigint, first: Round, price: bigint): Round[] {
  return [{ ...first, cap: FOR_SALE }, roundOf(usd, first.end, { price, cap: FOR_SALE })];
}

describe("SalePlan", () => {
  describe("setRounds", () => {
    it("plans rounds one after another", async () => {
      const { sale, usd } = await loadFixture(deployWorld);
      const first = roundOf(usd, (await now()) + DAY, { listed: true, minimum: 0n });
      const second = roundOf(usd, first.end + 5n, { price: 1n + usd, perBuyer: 5n * MILLI, minimum: 5n * MILLI });
      const tx = sale.setRounds([first, second]);
      await expect(tx).to.emit(sale, "PlanSet").withArgs(2, first.start, second.end);
      await expect(tx).to.emit(sale, "RoundPlanned").withArgs(1, Object.values(second));
      expect(plain(await sale.roundTerms(0))).to.deep.equal(first);
      expect(plain(await sale.roundTerms(1))).to.deep.equal(second);
      expect([...(await sale.plan())]).to.deep.equal([2n, first.start, second.end]);
      expect(await sale.available(0)).to.equal(first.cap);
      for (const view of [sale.roundTerms, sale.available] as const) {
        await expect(view(2)).to.be.revertedWithCustomError(sale, "SaleUnknownRound").withArgs(2);
      }
      await expect(sale.costOf(2, 1)).to.be.revertedWithCustomError(sale, "SaleUnknownRound");
    });

    it("replaces the plan and forgets its allow lists until the first round starts, not later (I18)", async () => {
      const { sale, first, second, usd } = await loadFixture(plannedWorld);
      await sale.setRounds([
        { ...first, listed: true },
        { ...second, listed: true },
      ]);
      for (const round of [0, 1]) await sale.setAllowList(round, ethers.id("list"));
      await time.setNextBlockTimestamp(first.start - 10n);
      const alone = roundOf(usd, first.start, { listed: true });
      await sale.setRounds([alone]);
      expect(await sale.allowList(0)).to.equal(ethers.ZeroHash);
      expect(await sale.allowList(1)).to.equal(ethers.ZeroHash);
      await expect(sale.roundTerms(1)).to.be.revertedWithCustomError(sale, "SaleUnknownRound");

      await time.setNextBlockTimestamp(first.start);
      await expect(sale.setRounds([roundOf(usd, first.start + DAY)]))
        .to.be.revertedWithCustomError(sale, "SaleRoundStarted")
        .withArgs(first.start);
    });

    it("belongs to the owner", async () => {
      const { sale, stranger, first } = await loadFixture(plannedWorld);
      for (const call of [
        () => sale.connect(stranger).setRounds([first]),
        () => sale.connect(stranger).setAllowList(0, ethers.id("list")),
        () => sale.connect(stranger).pause(1),
        () => sale.connect(stranger).unpause(),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(sale, "OwnableUnauthorizedAccount");
      }
      await expect(sale.renounceOwnership()).to.be.revertedWithCustomError(sale, "OwnershipRequired");
    });

    it("refuses plans that cannot be right", async () => {
      const { sale, usd } = await loadFixture(deployWorld);
      const start = (await now()) + DAY;
      const good = roundOf(usd, start);
      const wrong: [string, Round[]][] = [
        ["SaleRoundCount", []],
        ["SaleRoundCount", Array.from({ length: 9 }, (_, i) => roundOf(usd, start + BigInt(i) * 10n * DAY))],
        ["SaleRoundTimes", [{ ...good, start: 1n }]],
        ["SaleRoundTimes", [{ ...good, end: good.start }]],
        ["SaleRoundTimes", [good, roundOf(usd, good.end - 1n)]],
        ["SaleOutOfBounds", [{ ...good, end: good.start + 2n ** 24n }]],
        ["SaleOutOfBounds", [good, roundOf(usd, start + 356n * DAY)]],
        ["SaleOutOfBounds", [{ ...good, cap: 0n }]],
        ["SaleOutOfBounds", [{ ...good, cap: FOR_SALE + MILLI }]],
        ["SaleOutOfBounds", [{ ...good, perBuyer: 0n }]],
        ["SaleOutOfBounds", [{ ...good, perBuyer: good.cap + MILLI }]],
        ["SaleOutOfBounds", [{ ...good, minimum: 2n ** 31n * MILLI }]],
        ["SaleOutOfBounds", [{ ...good, perBuyer: 9n * MILLI, minimum: 10n * MILLI }]],
        ["SaleOutOfBounds", [{ ...good, price: 0n }]],
        ["SaleOutOfBounds", [{ ...good, price: (2n ** 90n - 2n ** 64n) / 10n ** 8n + 1n }]],
        ["SaleNotWhole", [{ ...good, cap: good.cap - 1n, perBuyer: TOKEN, minimum: 0n }]],
        ["SaleNotWhole", [{ ...good, perBuyer: 10n ** 18n + 1n, minimum: 0n }]],
        ["SaleNotWhole", [{ ...good, minimum: MILLI + 1n }]],
        ["SaleSoftCapUnreachable", [{ ...good, price: usd / 1_000n }]],
        // Either round can sell everything, the second for too little.
        ["SaleSoftCapUnreachable", both(usd, good, usd / 1_000n)],
        ["SaleSoftCapUnreachable", both(usd, good, usd / 200n - 1n)],
        ["SafeCastOverflowedUintDowncast", [{ ...good, start: 2n ** 32n, end: 2n ** 32n + DAY }]],
      ];
      for (const [error, rounds] of wrong) {
        await expect(sale.setRounds(rounds), `${error} ${rounds.length}`).to.be.revertedWithCustomError(sale, error);
      }
      expect([...(await sale.plan())]).to.deep.equal([0n, 0n, 0n]);
      await sale.setRounds(Array.from({ length: 8 }, (_, i) => roundOf(usd, start + BigInt(i) * 10n * DAY)));
      await sale.setRounds(both(usd, good, usd / 200n));
      await sale.setRounds([{ ...good, price: (2n ** 90n - 2n ** 64n) / 10n ** 8n }]);
      await sale.setRounds([{ ...good, minimum: (2n ** 31n - 1n) * MILLI }, roundOf(usd, start + 355n * DAY)]);
    });
  });

  describe("setAllowList", () => {
    it("names the list of a listed round until it starts, even when another round runs (I18)", async () => {
      const { sale, first, second } = await loadFixture(plannedWorld);
      await sale.setRounds([first, { ...second, listed: true }]);
      await expect(sale.setAllowList(0, ethers.id("list")))
        .to.be.revertedWithCustomError(sale, "SaleRoundNotListed")
        .withArgs(0);
      await expect(sale.setAllowList(2, ethers.id("list"))).to.be.revertedWithCustomError(sale, "SaleUnknownRound");
      await time.setNextBlockTimestamp(second.start - 1n);
      await expect(sale.setAllowList(1, ethers.id("list")))
        .to.emit(sale, "AllowListSet")
        .withArgs(1, ethers.id("list"));
      expect(await sale.allowList(1)).to.equal(ethers.id("list"));
      await time.setNextBlockTimestamp(second.start);
      await expect(sale.setAllowList(1, ethers.id("another")))
        .to.be.revertedWithCustomError(sale, "SaleRoundStarted")
        .withArgs(second.start);
    });
  });

  describe("pause", () => {
    it("stops purchases for its time only, or until the owner ends it", async () => {
      const { sale, alice } = await loadFixture(openWorld);
      const buy = () => sale.connect(alice).buy(0, 100n * TOKEN, ANY);
      const from = (await now()) + 10n;
      await time.setNextBlockTimestamp(from);
      await expect(sale.pause(DAY))
        .to.emit(sale, "SalePaused")
        .withArgs(from + DAY);
      expect(await sale.pausedUntil()).to.equal(from + DAY);
      await time.setNextBlockTimestamp(from + DAY - 1n);
      await expect(buy())
        .to.be.revertedWithCustomError(sale, "SaleIsPaused")
        .withArgs(from + DAY);
      await time.setNextBlockTimestamp(from + DAY);
      await buy();

      await sale.pause(DAY);
      await expect(sale.pause(1)).to.be.revertedWithCustomError(sale, "SaleIsPaused");
      await expect(sale.unpause()).to.emit(sale, "SaleUnpaused");
      await buy();
      await expect(sale.unpause()).to.be.revertedWithCustomError(sale, "SaleNotPaused");
    });

    it("has 7 days in all, and a quarter of the plan; what an early end left over can be used again", async () => {
      const { sale, first } = await loadFixture(openWorld);
      // A plan of 20 days.
      expect(await sale.pauseLeft()).to.equal(5n * DAY);
      for (const duration of [0n, 5n * DAY + 1n]) {
        await expect(sale.pause(duration))
          .to.be.revertedWithCustomError(sale, "SalePauseTooLong")
          .withArgs(duration, 5n * DAY);
      }
      await time.setNextBlockTimestamp(first.start + DAY);
      await sale.pause(2n * DAY);
      expect(await sale.pauseLeft()).to.equal(3n * DAY);
      await time.setNextBlockTimestamp(first.start + DAY + 100n);
      await sale.unpause();
      expect(await sale.pauseLeft()).to.equal(5n * DAY - 100n);
      await sale.pause(5n * DAY - 100n);
      expect(await sale.pauseLeft()).to.equal(0n);
      await time.increase(5n * DAY);
      await expect(sale.pause(1)).to.be.revertedWithCustomError(sale, "SalePauseTooLong").withArgs(1, 0);
    });

    it("is at most 7 days of a long plan, and a shorter plan takes back no more than there is", async () => {
      const { sale, usd } = await loadFixture(deployWorld);
      await expect(sale.pause(1)).to.be.revertedWithCustomError(sale, "SalePauseTooLong").withArgs(1, 0);
      const start = (await now()) + 30n * DAY;
      await sale.setRounds([roundOf(usd, start, { end: start + 190n * DAY })]);
      expect(await sale.pauseLeft()).to.equal(7n * DAY);
      await sale.pause(6n * DAY);
      await sale.setRounds([roundOf(usd, start)]);
      expect(await sale.pauseLeft()).to.equal(0n);
    });

    it("neither postpones the end nor stops finalisation, claims or refunds (I44)", async () => {
      const won = await openWorld();
      await won.sale.connect(won.alice).buy(0, 30_000_000n * TOKEN, ANY);
      const lost = await openWorld();
      await lost.sale.connect(lost.alice).buy(0, 1_000n * TOKEN, ANY);
      for (const { sale, second } of [won, lost]) {
        await time.increaseTo(second.end - DAY);
        await sale.pause(5n * DAY);
      }
      for (const { sale, second } of [won, lost]) {
        if ((await now()) < second.end) await time.increaseTo(second.end);
        await sale.finalise();
        expect(await sale.pausedUntil()).to.be.greaterThan(await now());
      }
      await won.sale.claim(won.alice.address);
      await lost.sale.refund(lost.alice.address);
    });

    it("can end after the sale has, and changes nothing then", async () => {
      for (const make of [succeededWorld, failedWorld]) {
        const { sale } = await make();
        await expect(sale.unpause()).to.be.revertedWithCustomError(sale, "SaleNotPaused");
        expect(await sale.status()).not.to.equal(Status.Open);
      }
    });
  });
});
