/** Currencies, vaults and callers that misbehave. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { TokenSale } from "../../../typechain-types";
import {
  DAY,
  deployWorld,
  FOR_SALE,
  grantedTo,
  now,
  openWorld,
  refusableWorld,
  roundOf,
  Status,
  TOKEN,
  VESTING,
} from "./fixture";

const ANY = ethers.MaxUint256;
const NO_PERMIT = { deadline: 0n, v: 27, r: ethers.ZeroHash, s: ethers.ZeroHash };

/** As the world of the fixture, in its first round, with a currency that the tests can turn against the sale. */
async function hostileWorld() {
  const world = await deployWorld(18n);
  const { alice, bob, owner, setup, token } = world;
  const currency = await ethers.deployContract("HostileToken", [alice.address, 10n ** 25n]);
  await currency.connect(alice).transfer(bob.address, 10n ** 24n);
  return { ...world, currency, ...(await saleOf({ ...setup, currency }, world.usd, currency)), token, owner };

  async function saleOf(changed: object, usd: bigint, money: typeof currency) {
    const sale = await ethers.deployContract("TokenSale", [
      { ...setup, ...changed, softCap: 100n * usd },
      VESTING,
      owner.address,
    ]);
    await token.transfer(sale, FOR_SALE);
    const first = roundOf(usd, (await now()) + DAY);
    await sale.setRounds([first]);
    for (const buyer of [alice, bob]) await money.connect(buyer).approve(sale, ANY);
    await time.increaseTo(first.start);
    return { sale, first };
  }
}

/** A sale whose currency refuses some addresses; Alice and Bob have bought. */
async function refusingWorld(amount = 10_000n * TOKEN) {
  const world = await deployWorld();
  const { alice, bob, owner, setup, token, usd } = world;
  const currency = await ethers.deployContract("RefusingCurrency", [6]);
  const sale = await ethers.deployContract("TokenSale", [
    { ...setup, currency, softCap: 1_000n * usd },
    VESTING,
    owner.address,
  ]);
  await token.transfer(sale, FOR_SALE);
  const first = roundOf(usd, (await now()) + DAY);
  await sale.setRounds([first]);
  await time.increaseTo(first.start);
  for (const buyer of [alice, bob]) {
    await currency.mint(buyer.address, 10_000_000n * usd);
    await currency.connect(buyer).approve(sale, ANY);
    await sale.connect(buyer).buy(0, amount, ANY);
  }
  return { ...world, currency, sale, first };
}

describe("TokenSale against hostile contracts", () => {
  describe("a currency that takes a fee on transfer", () => {
    it("cannot be paid with, and no purchase is booked (I5)", async () => {
      const { sale, currency, alice, usd } = await loadFixture(hostileWorld);
      await currency.setFee(1);
      const cost = 20n * usd;
      for (const call of [
        () => sale.connect(alice).buy(0, 1_000n * TOKEN, ANY),
        () => sale.connect(alice).buyListed(0, 1_000n * TOKEN, ANY, 0, []),
        () => sale.connect(alice).buyWithPermit(0, 1_000n * TOKEN, ANY, 0, [], NO_PERMIT),
      ]) {
        await expect(call())
          .to.be.revertedWithCustomError(sale, "SaleTransferShort")
          .withArgs(cost - cost / 10_000n, cost);
      }
      expect([...(await sale.purchaseOf(alice.address))]).to.deep.equal([0n, 0n]);
      expect(await sale.raised()).to.equal(0n);
    });

    it("is refused also once it begins to take fees in the middle of the sale", async () => {
      const { sale, currency, alice, bob } = await loadFixture(hostileWorld);
      await sale.connect(alice).buy(0, 1_000n * TOKEN, ANY);
      await currency.setFee(1);
      await expect(sale.connect(bob).buy(0, 1_000n * TOKEN, ANY)).to.be.revertedWithCustomError(
        sale,
        "SaleTransferShort",
      );
    });

    it("never makes the sale insolvent, whatever surplus lies there (I5)", async () => {
      const { sale, currency, alice, bob, usd } = await loadFixture(hostileWorld);
      await sale.connect(alice).buy(0, 1_000n * TOKEN, ANY);
      await currency.connect(alice).transfer(sale, usd / 1_000n);
      await currency.setFee(1);
      // A fee of 0.0002 each: the surplus of 0.001 takes three of 0.0003 below, and no fourth.
      for (let i = 0; i < 3; i++) await sale.connect(bob).buy(0, 150n * TOKEN, ANY);
      await expect(sale.connect(bob).buy(0, 150n * TOKEN, ANY)).to.be.revertedWithCustomError(
        sale,
        "SaleTransferShort",
      );
      expect(await currency.balanceOf(sale)).to.be.greaterThanOrEqual(await sale.owed(currency));
    });
  });

  describe("a caller that brings little gas", () => {
    it("@gas cannot finalise without paying the proceeds, however dear the currency's transfers are", async () => {
      const { sale, currency, splitter, first, stranger, usd } = await refusingWorld(25_000_000n * TOKEN);
      await time.increaseTo(first.end);
      await currency.setToil(250_000);
      const needed = await sale.finalise.estimateGas();
      let refused = 0;
      let finalised = 0;
      for (let gas = needed - 300_000n; gas < needed + 50_000n; gas += 5_003n) {
        const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        const passed = await sale
          .connect(stranger)
          .finalise({ gasLimit: gas })
          .then(
            () => true,
            () => false,
          );
        if (passed) {
          finalised += 1;
          expect(await currency.balanceOf(splitter), `${gas}`).to.equal(1_000_000n * usd);
        } else {
          refused += 1;
          expect(await sale.status(), `${gas}`).to.equal(Status.Open);
        }
        await ethers.provider.send("evm_revert", [snapshot]);
      }
      expect([refused > 10, finalised > 5]).to.deep.equal([true, true]);
    });
  });

  describe("a currency that returns false", () => {
    it("neither buys nor refunds, and a refund stays due", async () => {
      const { sale, currency, alice, first } = await loadFixture(hostileWorld);
      await sale.connect(alice).buy(0, 1_000n * TOKEN, ANY);
      await currency.setLying(true);
      await expect(sale.connect(alice).buy(0, 1_000n * TOKEN, ANY)).to.be.revertedWithCustomError(
        sale,
        "SafeERC20FailedOperation",
      );
      await time.increaseTo(first.end);
      await sale.finalise();
      await expect(sale.refund(alice.address)).to.be.revertedWithCustomError(sale, "SafeERC20FailedOperation");
      await currency.setLying(false);
      await sale.refund(alice.address);
      expect(await currency.balanceOf(sale)).to.equal(0n);
    });
  });

  describe("a currency that calls back in the middle of a transfer", () => {
    const entries = (sale: TokenSale, buyer: string, currency: string): [string, string][] => {
      const face = sale.interface;
      return [
        ["buy", face.encodeFunctionData("buy", [0, 100n * TOKEN, ANY])],
        ["buyListed", face.encodeFunctionData("buyListed", [0, 100n * TOKEN, ANY, 0, []])],
        ["buyWithPermit", face.encodeFunctionData("buyWithPermit", [0, 100n * TOKEN, ANY, 0, [], NO_PERMIT])],
        ["claim", face.encodeFunctionData("claim", [buyer])],
        ["refund", face.encodeFunctionData("refund", [buyer])],
        ["refundTo", face.encodeFunctionData("refundTo", [buyer])],
        ["finalise", face.encodeFunctionData("finalise")],
        ["expire", face.encodeFunctionData("expire")],
        ["payProceeds", face.encodeFunctionData("payProceeds")],
        ["skim", face.encodeFunctionData("skim", [currency])],
      ];
    };

    it("cannot re-enter any entry during a purchase, a refund or a payment (I5)", async () => {
      const { sale, currency, alice, bob, first } = await loadFixture(hostileWorld);
      const reentrant = sale.interface.encodeErrorResult("ReentrancyGuardReentrantCall");
      const calls = entries(sale, bob.address, await currency.getAddress());
      const meet = async (act: () => Promise<unknown>, name: string) => {
        await act();
        expect(await currency.attackSucceeded(), name).to.equal(false);
        expect(await currency.attackResult(), name).to.equal(reentrant);
      };
      await sale.connect(bob).buy(0, 100n * TOKEN, ANY);
      for (const [name, call] of calls) {
        await currency.setAttack(sale, call);
        await meet(() => sale.connect(alice).buy(0, 100n * TOKEN, ANY), `buy > ${name}`);
      }
      await time.increaseTo(first.end);
      await sale.finalise();
      expect(await sale.status()).to.equal(Status.Failed);
      for (const [name, call] of calls) {
        const snapshot = (await ethers.provider.send("evm_snapshot", [])) as string;
        await currency.setAttack(sale, call);
        await meet(() => sale.refund(alice.address), `refund > ${name}`);
        await ethers.provider.send("evm_revert", [snapshot]);
      }
    });

    it("cannot make a success expire by calling from within another payment (I36)", async () => {
      const { sale, currency, alice, first, treasury } = await loadFixture(hostileWorld);
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await time.increaseTo(first.end + 30n * DAY);
      await currency.connect(alice).transfer(sale, 5n);
      await currency.setAttack(sale, sale.interface.encodeFunctionData("expire"));
      await sale.skim(currency);
      expect(await currency.attackResult()).to.equal(sale.interface.encodeErrorResult("ReentrancyGuardReentrantCall"));
      expect(await currency.balanceOf(treasury.address)).to.equal(5n);
      expect(await sale.status()).to.equal(Status.Open);
      await sale.expire();
      expect(await sale.status()).to.equal(Status.Succeeded);
    });

    it("cannot change the owner's words meanwhile either", async () => {
      const { sale, currency, alice } = await loadFixture(hostileWorld);
      await sale.transferOwnership(currency);
      await currency.setAttack(sale, sale.interface.encodeFunctionData("acceptOwnership"));
      await sale.connect(alice).buy(0, 100n * TOKEN, ANY);
      expect(await sale.owner()).to.equal(await currency.getAddress());
      for (const call of [
        sale.interface.encodeFunctionData("pause", [100]),
        sale.interface.encodeFunctionData("unpause"),
        sale.interface.encodeFunctionData("setRounds", [[]]),
      ]) {
        await currency.setAttack(sale, call);
        await sale.connect(alice).buy(0, 100n * TOKEN, ANY);
        expect(await currency.attackResult()).to.equal(
          sale.interface.encodeErrorResult("ReentrancyGuardReentrantCall"),
        );
      }
    });

    it("finds the sale solvent whenever it looks (I5, I48)", async () => {
      const { sale, currency, alice, bob, first } = await loadFixture(hostileWorld);
      await sale.connect(bob).buy(0, 1_000n * TOKEN, ANY);
      const owed = sale.interface.encodeFunctionData("owed", [await currency.getAddress()]);
      await currency.setAttack(sale, owed);
      await sale.connect(alice).buy(0, 1_000n * TOKEN, ANY);
      expect(BigInt(await currency.attackResult())).to.equal(20n * TOKEN);
      await time.increaseTo(first.end);
      await sale.finalise();
      await currency.setAttack(sale, sale.interface.encodeFunctionData("purchaseOf", [alice.address]));
      await sale.refund(alice.address);
      expect(BigInt(await currency.attackResult()), "the record is gone before the money").to.equal(0n);
    });
  });

  describe("a currency that refuses addresses", () => {
    it("blocks a blacklisted buyer alone, who may take its refund elsewhere (I19)", async () => {
      const { sale, currency, alice, bob, carol, first, usd } = await refusingWorld();
      await time.increaseTo(first.end);
      await sale.finalise();
      expect(await sale.status()).to.equal(Status.Failed);
      await currency.setBlacklisted(alice.address, true);
      await expect(sale.refund(alice.address)).to.be.revertedWithCustomError(currency, "Blacklisted");
      await sale.refund(bob.address);
      await sale.connect(alice).refundTo(carol.address);
      expect(await currency.balanceOf(carol.address)).to.equal(200n * usd);
      expect(await currency.balanceOf(sale)).to.equal(0n);
    });

    it("cannot hold up the buyers' grants by refusing the splitter, which is paid later", async () => {
      for (const manner of [0, 1, 2]) {
        const { sale, currency, alice, vault, splitter, first, usd, stranger } = await refusingWorld(30_000n * TOKEN);
        await currency.setManner(manner);
        await currency.setBlacklisted(splitter, true);
        await time.increaseTo(first.end);
        // One manner spends all gas that it gets: an estimate would try it with every limit up to the block's.
        await expect(sale.finalise({ gasLimit: 3_000_000 })).not.to.emit(sale, "ProceedsPaid");
        expect(await sale.status()).to.equal(Status.Succeeded);
        await sale.claim(alice.address);
        expect(await grantedTo(vault, alice)).to.equal(30_000n * TOKEN);
        expect(await sale.owed(currency)).to.equal(1_200n * usd);
        await sale.skim(currency);
        await expect(sale.payProceeds({ gasLimit: 500_000 })).to.be.reverted;

        await currency.setBlacklisted(splitter, false);
        await expect(sale.connect(stranger).payProceeds())
          .to.emit(sale, "ProceedsPaid")
          .withArgs(await splitter.getAddress(), 1_200n * usd);
        expect(await currency.balanceOf(splitter)).to.equal(1_200n * usd);
        await expect(sale.payProceeds())
          .to.be.revertedWithCustomError(sale, "SaleNothingDue")
          .withArgs(await splitter.getAddress());
      }
    });

    it("pays proceeds only after a success", async () => {
      const { sale, first } = await refusingWorld();
      await expect(sale.payProceeds()).to.be.revertedWithCustomError(sale, "SaleWrongStatus");
      await time.increaseTo(first.end);
      await sale.finalise();
      await expect(sale.payProceeds()).to.be.revertedWithCustomError(sale, "SaleWrongStatus").withArgs(Status.Failed);
    });
  });

  describe("a vault that refuses", () => {
    it("leaves a purchase claimable", async () => {
      const { sale, alice, vault, first } = await loadFixture(refusableWorld);
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await time.increaseTo(first.end);
      await sale.finalise();
      await vault.setRefusing(true);
      await expect(sale.claim(alice.address)).to.be.revertedWithCustomError(vault, "Refused");
      await vault.setRefusing(false);
      await sale.claim(alice.address);
      expect(await vault.grantOf(1, alice.address)).to.equal(30_000_000n * TOKEN);
    });
  });
});
