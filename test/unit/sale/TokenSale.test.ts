/** Purchases, endings, claims and refunds of the TokenSale. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { vaiker } from "../../../deploy/presets/vaiker";
import {
  AllowList,
  DAY,
  deployWorld,
  failedWorld,
  FOR_SALE,
  grantedTo,
  GWEI,
  MONTH,
  now,
  openWorld,
  plain,
  plannedWorld,
  refusableWorld,
  roundOf,
  signPermit,
  Status,
  succeededWorld,
  TOKEN,
  VESTING,
  type SaleWorld,
} from "./fixture";

const ANY = ethers.MaxUint256;

/** The first round has a list: Alice may buy 1,000 tokens, Bob half of the sale. */
async function listedWorld() {
  const world = await deployWorld();
  const { alice, bob, carol } = world;
  const first = roundOf(world.usd, (await now()) + DAY, { listed: true, perBuyer: 50_000n * TOKEN });
  const list = new AllowList([
    [alice.address, 1_000n * TOKEN],
    [bob.address, FOR_SALE / 2n],
    ["0x0000000000000000000000000000000000000bad", 5n * TOKEN],
    [carol.address, 3n * GWEI],
    ["0x0000000000000000000000000000000000000dad", 7n * TOKEN],
  ]);
  await world.sale.setRounds([first]);
  await world.sale.setAllowList(0, list.root);
  await time.increaseTo(first.start);
  return { ...world, first, list };
}

describe("TokenSale", () => {
  describe("constructor", () => {
    it("fixes what is sold for what, where both go, and how purchases vest", async () => {
      const world = await loadFixture(deployWorld);
      const { sale, token, currency, vault, splitter, treasury, owner, usd } = world;
      expect(await sale.token()).to.equal(await token.getAddress());
      expect(await sale.currency()).to.equal(await currency.getAddress());
      expect(await sale.vault()).to.equal(await vault.getAddress());
      expect(await sale.splitter()).to.equal(await splitter.getAddress());
      expect(await sale.treasury()).to.equal(treasury.address);
      expect(await sale.tokensForSale()).to.equal(FOR_SALE);
      expect(await sale.softCap()).to.equal(500_000n * usd);
      expect(await sale.owner()).to.equal(owner.address);
      expect(plain(await sale.purchaseVesting())).to.deep.equal(VESTING);
      expect(await sale.status()).to.equal(Status.Unfunded);
      expect([...(await sale.plan())]).to.deep.equal([0n, 0n, 0n]);
    });

    it("refuses addresses, tokens and figures that cannot be right", async () => {
      const { sale, setup, owner, currency, token } = await loadFixture(deployWorld);
      const factory = await ethers.getContractFactory("TokenSale");
      const otherVault = await ethers.deployContract("SaleVestingMock", [currency]);
      const zero = ethers.ZeroAddress;
      const wrong: [string, object, object][] = [
        ["SaleInvalidAddress", { token: zero }, {}],
        ["SaleInvalidAddress", { currency: zero }, {}],
        ["SaleInvalidAddress", { splitter: zero }, {}],
        ["SaleInvalidAddress", { treasury: zero }, {}],
        ["SaleWrongToken", { currency: token }, {}],
        ["SaleWrongToken", { vault: otherVault }, {}],
        ["SaleOutOfBounds", { tokensForSale: 0n }, {}],
        ["SaleOutOfBounds", { tokensForSale: 10n ** 15n - 1n }, {}],
        ["SaleOutOfBounds", { tokensForSale: 2n ** 64n * GWEI }, {}],
        ["SaleNotWhole", { tokensForSale: FOR_SALE + 1n }, {}],
        ["SaleOutOfBounds", { softCap: 2n ** 90n - 2n ** 64n + 1n }, {}],
        ["SaleOutOfBounds", {}, { startBps: 10_001n }],
        ["SaleOutOfBounds", {}, { cliff: VESTING.duration + 1n }],
        ["SaleOutOfBounds", {}, { step: VESTING.duration + 1n }],
      ];
      for (const [error, change, term] of wrong) {
        const deployment = factory.deploy({ ...setup, ...change }, { ...VESTING, ...term }, owner.address);
        await expect(deployment, JSON.stringify(Object.keys({ ...change, ...term }))).to.be.revertedWithCustomError(
          sale,
          error,
        );
      }
      await expect(factory.deploy(setup, VESTING, zero)).to.be.revertedWithCustomError(sale, "OwnableInvalidOwner");
      await factory.deploy(
        { ...setup, softCap: 2n ** 90n - 2n ** 64n, tokensForSale: 10n ** 15n },
        VESTING,
        owner.address,
      );
    });

    it("has no payable function, no receive, no fallback and no batch (I37)", async () => {
      for (const name of ["TokenSale", "ProceedsSplitter"]) {
        const { abi } = await ethers.getContractFactory(name).then(({ interface: face }) => ({ abi: face.fragments }));
        for (const fragment of abi) {
          expect(fragment.type, name).not.to.be.oneOf(["fallback", "receive"]);
          if (ethers.FunctionFragment.isFragment(fragment)) {
            expect(fragment.payable, fragment.name).to.equal(false);
            expect(fragment.name).not.to.match(/multicall|batch/i);
          }
        }
      }
      const { sale, alice } = await loadFixture(deployWorld);
      await expect(alice.sendTransaction({ to: sale, value: 1n })).to.be.revertedWithoutReason();
    });
  });

  describe("buy", () => {
    for (const decimals of [6n, 18n]) {
      it(`takes the price and books the purchase, with ${decimals} decimals`, async () => {
        const { sale, currency, alice, usd, first, token } = await openWorld(decimals);
        expect(await sale.costOf(0, 1_000n * TOKEN)).to.equal(20n * usd);
        await expect(sale.connect(alice).buy(0, 1_000n * TOKEN, 20n * usd))
          .to.emit(sale, "Bought")
          .withArgs(alice.address, 0, 1_000n * TOKEN, 20n * usd)
          .and.to.emit(sale, "SaleFunded")
          .withArgs(FOR_SALE);
        expect(await currency.balanceOf(sale)).to.equal(20n * usd);
        expect([...(await sale.purchaseOf(alice.address))]).to.deep.equal([1_000n * TOKEN, 20n * usd]);
        expect(await sale.boughtIn(0, alice.address)).to.equal(1_000n * TOKEN);
        expect(await sale.sold()).to.equal(1_000n * TOKEN);
        expect(await sale.raised()).to.equal(20n * usd);
        expect(await sale.status()).to.equal(Status.Open);
        expect(await sale.available(0)).to.equal(first.cap - 1_000n * TOKEN);
        expect(await token.balanceOf(alice.address), "nothing is delivered").to.equal(0n);
      });
    }

    it("costs what the preset says: USD 2,000,000 for the whole sale at USD 0.02", async () => {
      const { sale } = await loadFixture(openWorld);
      expect(vaiker.allocations.length).to.be.greaterThan(0);
      expect(await sale.costOf(0, FOR_SALE)).to.equal(2_000_000n * 10n ** 6n);
      expect((await sale.roundTerms(0)).price).to.equal(20_000n);
    });

    it("rounds the cost up, so that no unit of money is given away (I36)", async () => {
      const { sale, alice } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, 100n * TOKEN + GWEI, ANY);
      expect((await sale.purchaseOf(alice.address)).paid).to.equal(2_000_001n);
    });

    it("adds up purchases of a buyer over rounds, and counts each round apart", async () => {
      const { sale, alice, usd, second } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, 1_000n * TOKEN, ANY);
      await sale.connect(alice).buy(0, 500n * TOKEN, ANY);
      expect(await sale.boughtIn(0, alice.address)).to.equal(1_500n * TOKEN);
      await time.increaseTo(second.start);
      await sale.connect(alice).buy(1, 200n * TOKEN, ANY);
      expect([...(await sale.purchaseOf(alice.address))]).to.deep.equal([1_700n * TOKEN, 38n * usd]);
      expect(await sale.boughtIn(1, alice.address)).to.equal(200n * TOKEN);
      expect(await sale.available(0), "an earlier round sells nothing more").to.equal(0n);
      expect(await sale.available(1)).to.equal(FOR_SALE - 1_700n * TOKEN);
    });

    it("guards against a price above what the buyer allowed, and a late arrival in another round", async () => {
      const { sale, alice, usd, second } = await loadFixture(openWorld);
      await expect(sale.connect(alice).buy(0, 1_000n * TOKEN, 20n * usd - 1n))
        .to.be.revertedWithCustomError(sale, "SaleCostAboveMaximum")
        .withArgs(20n * usd, 20n * usd - 1n);
      await time.increaseTo(second.start);
      await expect(sale.connect(alice).buy(0, 1_000n * TOKEN, ANY)).to.be.revertedWithCustomError(
        sale,
        "SaleRoundNotOpen",
      );
      await expect(sale.connect(alice).buy(1, 1_000n * TOKEN, 20n * usd)).to.be.revertedWithCustomError(
        sale,
        "SaleCostAboveMaximum",
      );
    });

    it("opens with the second of its start and closes with that of its end", async () => {
      const { sale, alice, first } = await loadFixture(plannedWorld);
      const buy = () => sale.connect(alice).buy(0, 100n * TOKEN, ANY);
      await time.setNextBlockTimestamp(first.start - 1n);
      await expect(buy()).to.be.revertedWithCustomError(sale, "SaleRoundNotOpen").withArgs(0, first.start, first.end);
      await time.setNextBlockTimestamp(first.start);
      await buy();
      await time.setNextBlockTimestamp(first.end - 1n);
      await buy();
      await time.setNextBlockTimestamp(first.end);
      await expect(buy()).to.be.revertedWithCustomError(sale, "SaleRoundNotOpen");
    });

    it("refuses unknown rounds, nothing, and parts of a gwei unit", async () => {
      const { sale, alice } = await loadFixture(openWorld);
      await expect(sale.connect(alice).buy(2, TOKEN, ANY))
        .to.be.revertedWithCustomError(sale, "SaleUnknownRound")
        .withArgs(2);
      for (const amount of [0n, 1n, 100n * TOKEN + 1n, GWEI - 1n]) {
        await expect(sale.connect(alice).buy(0, amount, ANY))
          .to.be.revertedWithCustomError(sale, "SaleInvalidAmount")
          .withArgs(amount);
      }
      for (const amount of [ethers.MaxUint256 - (ethers.MaxUint256 % GWEI), 2n ** 64n * GWEI]) {
        await expect(sale.connect(alice).buy(0, amount, ANY)).to.be.revertedWithCustomError(sale, "SaleNotEnoughLeft");
      }
    });

    it("keeps to the cap of the round and of the sale (I36)", async () => {
      const { sale, alice, bob, first, second } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, first.cap - 200n * TOKEN, ANY);
      await expect(sale.connect(bob).buy(0, 201n * TOKEN, ANY))
        .to.be.revertedWithCustomError(sale, "SaleNotEnoughLeft")
        .withArgs(0, 201n * TOKEN, 200n * TOKEN);
      await time.increaseTo(second.start);
      // The second round may sell all that the first left.
      await expect(sale.connect(bob).buy(1, FOR_SALE - first.cap + 201n * TOKEN, ANY))
        .to.be.revertedWithCustomError(sale, "SaleNotEnoughLeft")
        .withArgs(1, FOR_SALE - first.cap + 201n * TOKEN, FOR_SALE - first.cap + 200n * TOKEN);
      await sale.connect(bob).buy(1, FOR_SALE - first.cap + 200n * TOKEN, ANY);
      expect(await sale.sold()).to.equal(FOR_SALE);
      expect(await sale.available(1)).to.equal(0n);
      await expect(sale.connect(bob).buy(1, GWEI, ANY)).to.be.revertedWithCustomError(sale, "SaleNotEnoughLeft");
    });

    it("keeps to the limit of a buyer in the round, over several purchases (I36)", async () => {
      const world = await loadFixture(deployWorld);
      const { sale, alice, bob, usd } = world;
      const first = roundOf(usd, (await now()) + DAY, { perBuyer: 1_000n * TOKEN, cap: FOR_SALE });
      const second = roundOf(usd, first.end, { perBuyer: 300n * TOKEN });
      await sale.setRounds([first, second]);
      await time.increaseTo(first.start);
      await sale.connect(alice).buy(0, 900n * TOKEN, ANY);
      await expect(sale.connect(alice).buy(0, 100n * TOKEN + GWEI, ANY))
        .to.be.revertedWithCustomError(sale, "SaleAboveLimit")
        .withArgs(alice.address, 1_000n * TOKEN + GWEI, 1_000n * TOKEN);
      await sale.connect(alice).buy(0, 100n * TOKEN, ANY);
      await sale.connect(bob).buy(0, 1_000n * TOKEN, ANY);
      await time.increaseTo(second.start);
      await sale.connect(alice).buy(1, 300n * TOKEN, ANY);
      await expect(sale.connect(alice).buy(1, 100n * TOKEN, ANY)).to.be.revertedWithCustomError(sale, "SaleAboveLimit");
    });

    it("wants the minimum of each purchase, unless it takes the rest", async () => {
      const { sale, alice, bob, first } = await loadFixture(openWorld);
      await expect(sale.connect(alice).buy(0, 100n * TOKEN - GWEI, ANY))
        .to.be.revertedWithCustomError(sale, "SaleBelowMinimum")
        .withArgs(100n * TOKEN - GWEI, 100n * TOKEN);
      await sale.connect(alice).buy(0, first.cap - 50n * TOKEN, ANY);
      await expect(sale.connect(bob).buy(0, 49n * TOKEN, ANY)).to.be.revertedWithCustomError(sale, "SaleBelowMinimum");
      await sale.connect(bob).buy(0, 50n * TOKEN, ANY);
      expect(await sale.available(0)).to.equal(0n);
    });

    it("is refused while the tokens for sale are not all there (I5)", async () => {
      const { setup, token, currency, alice, owner, usd } = await loadFixture(deployWorld);
      const sale = await ethers.deployContract("TokenSale", [setup, VESTING, owner.address]);
      await currency.connect(alice).approve(sale, ANY);
      const first = roundOf(usd, (await now()) + DAY);
      await sale.setRounds([first]);
      await token.transfer(sale, FOR_SALE - 1n);
      await time.increaseTo(first.start);
      await expect(sale.connect(alice).buy(0, 100n * TOKEN, ANY))
        .to.be.revertedWithCustomError(sale, "SaleNotFunded")
        .withArgs(FOR_SALE - 1n, FOR_SALE);
      await token.transfer(sale, 1n);
      await sale.connect(alice).buy(0, 100n * TOKEN, ANY);
    });

    it("says what a budget buys, to the unit", async () => {
      const { sale, usd } = await loadFixture(openWorld);
      for (const budget of [1n, 19n, usd, 12_345_678n]) {
        const amount = await sale.amountFor(0, budget);
        expect(await sale.costOf(0, amount)).to.be.lessThanOrEqual(budget);
        expect(await sale.costOf(0, amount + GWEI)).to.be.greaterThan(budget);
      }
      await expect(sale.amountFor(7, 1)).to.be.revertedWithCustomError(sale, "SaleUnknownRound");
    });
  });

  describe("allow lists", () => {
    it("let a listed buyer buy up to its own amount and the round's limit", async () => {
      const { sale, alice, bob, list } = await loadFixture(listedWorld);
      await sale.connect(alice).buyListed(0, 900n * TOKEN, ANY, 1_000n * TOKEN, list.proof(alice.address));
      await expect(sale.connect(alice).buyListed(0, 101n * TOKEN, ANY, 1_000n * TOKEN, list.proof(alice.address)))
        .to.be.revertedWithCustomError(sale, "SaleAboveLimit")
        .withArgs(alice.address, 1_001n * TOKEN, 1_000n * TOKEN);
      await expect(sale.connect(bob).buyListed(0, 50_001n * TOKEN, ANY, FOR_SALE / 2n, list.proof(bob.address)))
        .to.be.revertedWithCustomError(sale, "SaleAboveLimit")
        .withArgs(bob.address, 50_001n * TOKEN, 50_000n * TOKEN);
      await sale.connect(bob).buyListed(0, 50_000n * TOKEN, ANY, FOR_SALE / 2n, list.proof(bob.address));
    });

    it("refuse everybody else, other amounts, other proofs and inner nodes", async () => {
      const { sale, alice, bob, stranger, list } = await loadFixture(listedWorld);
      const proof = list.proof(alice.address);
      const tries: [typeof alice, bigint, string[]][] = [
        [stranger, 1_000n * TOKEN, proof],
        [alice, 1_001n * TOKEN, proof],
        [alice, 1_000n * TOKEN, list.proof(bob.address)],
        [alice, 1_000n * TOKEN, []],
        [alice, 1_000n * TOKEN, proof.slice(1)],
        [bob, 1_000n * TOKEN, proof],
      ];
      for (const [buyer, listed, given] of tries) {
        await expect(sale.connect(buyer).buyListed(0, 100n * TOKEN, ANY, listed, given))
          .to.be.revertedWithCustomError(sale, "SaleNotOnList")
          .withArgs(0, buyer.address, listed);
      }
      await expect(sale.connect(alice).buy(0, 100n * TOKEN, ANY))
        .to.be.revertedWithCustomError(sale, "SaleListOnly")
        .withArgs(0);
    });

    it("admit nobody while the root is not named", async () => {
      const { sale, alice, usd } = await loadFixture(deployWorld);
      const first = roundOf(usd, (await now()) + DAY, { listed: true });
      await sale.setRounds([first]);
      await time.increaseTo(first.start);
      await expect(sale.connect(alice).buyListed(0, 100n * TOKEN, ANY, TOKEN, [])).to.be.revertedWithCustomError(
        sale,
        "SaleNotOnList",
      );
    });

    it("play no part in a round without one", async () => {
      const { sale, alice, first } = await loadFixture(openWorld);
      await sale.connect(alice).buyListed(0, 100n * TOKEN, ANY, 0, [ethers.ZeroHash]);
      expect(await sale.available(0)).to.equal(first.cap - 100n * TOKEN);
    });
  });

  describe("buyWithPermit", () => {
    /** Alice has given no allowance. */
    async function permitWorld() {
      const world = await openWorld();
      await world.currency.connect(world.alice).approve(world.sale, 0);
      return world;
    }

    it("buys with a permit for the highest cost", async () => {
      const world = await loadFixture(permitWorld);
      const { sale, alice, currency, usd } = world;
      const permit = await signPermit(world, alice, 25n * usd);
      await sale.connect(alice).buyWithPermit(0, 1_000n * TOKEN, 25n * usd, 0, [], permit);
      expect((await sale.purchaseOf(alice.address)).paid).to.equal(20n * usd);
      expect(await currency.allowance(alice.address, sale)).to.equal(5n * usd);
    });

    it("is not stopped by somebody who sends the permit first", async () => {
      const world = await loadFixture(permitWorld);
      const { sale, alice, stranger, currency, usd } = world;
      const { deadline, v, r, s } = await signPermit(world, alice, 20n * usd);
      await currency.connect(stranger).permit(alice.address, sale, 20n * usd, deadline, v, r, s);
      await sale.connect(alice).buyWithPermit(0, 1_000n * TOKEN, 20n * usd, 0, [], { deadline, v, r, s });
      expect((await sale.purchaseOf(alice.address)).paid).to.equal(20n * usd);
    });

    it("still fails where neither permit nor allowance suffices", async () => {
      const world = await loadFixture(permitWorld);
      const { sale, alice, bob, currency, usd } = world;
      const foreign = await signPermit(world, bob, 20n * usd);
      const expired = await signPermit(world, alice, 20n * usd, 1n);
      for (const permit of [foreign, expired]) {
        await expect(
          sale.connect(alice).buyWithPermit(0, 1_000n * TOKEN, 20n * usd, 0, [], permit),
        ).to.be.revertedWithCustomError(currency, "ERC20InsufficientAllowance");
      }
    });

    it("keeps to the allow list", async () => {
      const world = await loadFixture(listedWorld);
      const { sale, alice, stranger, list, usd } = world;
      const permit = await signPermit(world, alice, 20n * usd);
      const proof = list.proof(alice.address);
      await expect(
        sale.connect(stranger).buyWithPermit(0, 1_000n * TOKEN, 20n * usd, 1_000n * TOKEN, proof, permit),
      ).to.be.revertedWithCustomError(sale, "SaleNotOnList");
      await sale.connect(alice).buyWithPermit(0, 1_000n * TOKEN, 20n * usd, 1_000n * TOKEN, proof, permit);
    });
  });

  describe("finalise", () => {
    it("waits for the end of the last round, whoever asks", async () => {
      const { sale, alice, stranger, second } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await time.setNextBlockTimestamp(second.end - 1n);
      await expect(sale.connect(stranger).finalise())
        .to.be.revertedWithCustomError(sale, "SaleNotEnded")
        .withArgs(second.end);
      await time.setNextBlockTimestamp(second.end);
      await sale.connect(stranger).finalise();
      expect(await sale.status()).to.equal(Status.Succeeded);
    });

    it("does not end a sale that has no rounds", async () => {
      const { sale } = await loadFixture(deployWorld);
      await expect(sale.finalise()).to.be.revertedWithCustomError(sale, "SaleNotEnded").withArgs(0);
      await expect(sale.expire()).to.be.revertedWithCustomError(sale, "SaleNotEnded").withArgs(0);
    });

    it("comes early once everything is sold", async () => {
      const { sale, alice, bob, second, stranger } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, FOR_SALE / 2n, ANY);
      await time.increaseTo(second.start);
      await sale.connect(bob).buy(1, FOR_SALE / 2n - 100n * TOKEN, ANY);
      await expect(sale.finalise()).to.be.revertedWithCustomError(sale, "SaleNotEnded");
      await sale.connect(alice).buy(1, 100n * TOKEN, ANY);
      await sale.connect(stranger).finalise();
      expect(await sale.status()).to.equal(Status.Succeeded);
    });

    it("after a success funds a schedule that starts now, and pays treasury and splitter", async () => {
      const world = await loadFixture(openWorld);
      const { sale, alice, bob, second, token, vault, treasury, splitter, currency, usd } = world;
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await sale.connect(bob).buy(0, 1_000n * TOKEN, ANY);
      const [sold, raised] = [30_001_000n * TOKEN, 600_020n * usd];
      await time.setNextBlockTimestamp(second.end + 5n);
      await expect(sale.finalise())
        .to.emit(sale, "SaleFinalised")
        .withArgs(true, sold, raised, 1)
        .and.to.emit(sale, "ProceedsPaid")
        .withArgs(await splitter.getAddress(), raised);

      expect(plain(await vault.termsOf(1))).to.deep.equal({
        start: second.end + 5n,
        cliff: 0n,
        duration: 6n * MONTH,
        step: 0n,
        startBps: 2_000n,
        revocable: false,
        votes: true,
      });
      expect(await vault.grantorOf(1)).to.equal(await sale.getAddress());
      expect(await vault.poolOf(1)).to.equal(sold);
      expect(await token.balanceOf(vault)).to.equal(sold);
      expect(await token.allowance(sale, vault)).to.equal(0n);
      expect(await token.balanceOf(treasury.address)).to.equal(FOR_SALE - sold);
      expect(await currency.balanceOf(splitter)).to.equal(raised);
      expect(await currency.balanceOf(sale)).to.equal(0n);
      expect(await token.balanceOf(sale)).to.equal(0n);
      expect(await sale.raised()).to.equal(raised);
      expect(await sale.schedule()).to.equal(1n);
    });

    it("succeeds with exactly the soft cap, and fails one unit below it", async () => {
      for (const [less, status] of [
        [0n, Status.Succeeded],
        [10n ** 14n, Status.Failed],
      ] as const) {
        const { sale, alice, second, usd } = await openWorld();
        await sale.connect(alice).buy(0, 25_000_000n * TOKEN - less, ANY);
        expect(await sale.raised()).to.equal(500_000n * usd - less / (50n * 10n ** 12n));
        await time.increaseTo(second.end);
        await sale.finalise();
        expect(await sale.status()).to.equal(status);
      }
    });

    it("without a single purchase fails even with a soft cap of zero, funded or not", async () => {
      const { setup, owner, token, treasury, usd } = await loadFixture(deployWorld);
      for (const funds of [0n, 5n, FOR_SALE]) {
        const sale = await ethers.deployContract("TokenSale", [{ ...setup, softCap: 0n }, VESTING, owner.address]);
        const first = roundOf(usd, (await now()) + DAY);
        await sale.setRounds([first]);
        await token.transfer(sale, funds);
        const before = await token.balanceOf(treasury.address);
        await time.increaseTo(first.end);
        await expect(sale.finalise()).to.emit(sale, "SaleFinalised").withArgs(false, 0, 0, 0);
        expect(await token.balanceOf(treasury.address)).to.equal(before + funds);
      }
    });

    it("happens once, and after it nothing can be bought or planned (I36)", async () => {
      for (const make of [succeededWorld, failedWorld]) {
        const { sale, alice, first } = await make();
        const status = await sale.status();
        for (const call of [
          () => sale.finalise(),
          () => sale.expire(),
          () => sale.setRounds([first]),
          () => sale.pause(1),
        ]) {
          await expect(call()).to.be.revertedWithCustomError(sale, "SaleWrongStatus").withArgs(status);
        }
        await expect(sale.connect(alice).buy(0, 100n * TOKEN, ANY)).to.be.revertedWithCustomError(
          sale,
          "SaleRoundNotOpen",
        );
      }
    });

    it("leaves nothing for sale in a round that still runs", async () => {
      const { sale, alice, second } = await loadFixture(openWorld);
      await sale.connect(alice).buy(0, FOR_SALE / 2n, ANY);
      await time.increaseTo(second.start);
      await sale.connect(alice).buy(1, FOR_SALE / 2n, ANY);
      await sale.finalise();
      await expect(sale.connect(alice).buy(1, GWEI, ANY))
        .to.be.revertedWithCustomError(sale, "SaleWrongStatus")
        .withArgs(Status.Succeeded);
    });
  });

  describe("claim", () => {
    it("makes the purchases a grant, for anybody who asks, once", async () => {
      const { sale, alice, stranger, vault } = await loadFixture(succeededWorld);
      await expect(sale.connect(stranger).claim(alice.address))
        .to.emit(sale, "PurchaseGranted")
        .withArgs(alice.address, 30_000_000n * TOKEN);
      expect(await grantedTo(vault, alice)).to.equal(30_000_000n * TOKEN);
      expect([...(await sale.purchaseOf(alice.address))]).to.deep.equal([0n, 0n]);
      await expect(sale.claim(alice.address))
        .to.be.revertedWithCustomError(sale, "SaleNothingDue")
        .withArgs(alice.address);
    });

    it("gives everybody exactly what was bought, and empties the pool (I5)", async () => {
      const { sale, alice, bob, vault } = await loadFixture(succeededWorld);
      await sale.claim(bob.address);
      await sale.claim(alice.address);
      expect(await grantedTo(vault, bob)).to.equal(1_000n * TOKEN);
      expect(await vault.poolOf(1)).to.equal(0n);
    });

    it("lets purchases vest as announced: 20% at finalisation, the rest over six months, voting meanwhile", async () => {
      const { sale, alice, bob, vault, token } = await loadFixture(succeededWorld);
      const { start } = await vault.termsOf(1);
      await time.increaseTo(start + 3n * MONTH);
      // A late claim takes nothing away.
      await sale.claim(bob.address);
      await vault.connect(bob).delegate(bob.address);
      expect(await vault.getVotes(bob.address)).to.equal(1_000n * TOKEN);
      expect(await vault.vestedOf(1, bob.address)).to.be.within(600n * TOKEN, 601n * TOKEN);
      await vault.connect(bob).release(1, bob.address);
      expect(await token.balanceOf(bob.address)).to.be.within(600n * TOKEN, 601n * TOKEN);
      await sale.claim(alice.address);
      await time.increaseTo(start + 6n * MONTH);
      for (const buyer of [alice, bob]) await vault.connect(buyer).release(1, buyer.address);
      expect(await token.balanceOf(bob.address)).to.equal(1_000n * TOKEN);
      expect(await token.balanceOf(alice.address)).to.equal(30_000_000n * TOKEN);
      expect(await token.balanceOf(vault)).to.equal(0n);
    });

    it("is impossible before a success, and for strangers", async () => {
      const open = await openWorld();
      await open.sale.connect(open.alice).buy(0, 100n * TOKEN, ANY);
      await expect(open.sale.claim(open.alice.address))
        .to.be.revertedWithCustomError(open.sale, "SaleWrongStatus")
        .withArgs(Status.Open);
      const failed = await failedWorld();
      await expect(failed.sale.claim(failed.alice.address)).to.be.revertedWithCustomError(
        failed.sale,
        "SaleWrongStatus",
      );
      const { sale, stranger } = await loadFixture(succeededWorld);
      await expect(sale.claim(stranger.address)).to.be.revertedWithCustomError(sale, "SaleNothingDue");
    });
  });

  describe("refund", () => {
    it("returns all that a buyer paid, for anybody who asks, once (I36)", async () => {
      const { sale, alice, bob, stranger, currency, usd } = await loadFixture(failedWorld);
      for (const buyer of [alice, bob]) {
        const { paid } = await sale.purchaseOf(buyer.address);
        await expect(sale.connect(stranger).refund(buyer.address))
          .to.emit(sale, "Refunded")
          .withArgs(buyer.address, buyer.address, paid);
        expect(await currency.balanceOf(buyer.address)).to.equal(10_000_000n * usd);
        await expect(sale.refund(buyer.address)).to.be.revertedWithCustomError(sale, "SaleNothingDue");
      }
      expect(await currency.balanceOf(sale)).to.equal(0n);
      expect(await sale.raised()).to.equal(2_020n * usd);
    });

    it("sends the tokens to the treasury", async () => {
      const { token, treasury, sale } = await loadFixture(failedWorld);
      expect(await token.balanceOf(treasury.address)).to.equal(FOR_SALE);
      expect(await token.balanceOf(sale)).to.equal(0n);
      expect(await sale.schedule()).to.equal(0n);
    });

    it("goes to another address only by the buyer's own transaction", async () => {
      const { sale, alice, carol, stranger, currency, usd } = await loadFixture(failedWorld);
      await expect(sale.connect(stranger).refundTo(stranger.address)).to.be.revertedWithCustomError(
        sale,
        "SaleNothingDue",
      );
      for (const to of [ethers.ZeroAddress, await sale.getAddress()]) {
        await expect(sale.connect(alice).refundTo(to))
          .to.be.revertedWithCustomError(sale, "SaleInvalidAddress")
          .withArgs(to);
      }
      await expect(sale.connect(alice).refundTo(carol.address))
        .to.emit(sale, "Refunded")
        .withArgs(alice.address, carol.address, 2_000n * usd);
      expect(await currency.balanceOf(carol.address)).to.equal(10_002_000n * usd);
    });

    it("is impossible before a failure and after a success", async () => {
      const open = await openWorld();
      await open.sale.connect(open.alice).buy(0, 100n * TOKEN, ANY);
      const done = await succeededWorld();
      for (const { sale, alice } of [open, done]) {
        await expect(sale.refund(alice.address)).to.be.revertedWithCustomError(sale, "SaleWrongStatus");
        await expect(sale.connect(alice).refundTo(alice.address)).to.be.revertedWithCustomError(
          sale,
          "SaleWrongStatus",
        );
      }
    });
  });

  describe("expire", () => {
    it("fails a sale that nobody could finalise for 30 days, so that no buyer waits for ever", async () => {
      const { sale, alice, vault, first, stranger, currency, usd } = await loadFixture(refusableWorld);
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await vault.setRefusing(true);
      await time.increaseTo(first.end);
      await expect(sale.finalise()).to.be.revertedWithCustomError(vault, "Refused");
      await time.setNextBlockTimestamp(first.end + 30n * DAY - 1n);
      await expect(sale.connect(stranger).expire()).to.be.revertedWithCustomError(sale, "SaleNotEnded");
      await time.setNextBlockTimestamp(first.end + 30n * DAY);
      await expect(sale.connect(stranger).expire()).to.emit(sale, "SaleFinalised");
      expect(await sale.status()).to.equal(Status.Failed);
      await sale.refund(alice.address);
      expect(await currency.balanceOf(alice.address)).to.equal(10_000_000n * usd);
    });

    it("finalises a success that nobody finalised in time, and never fails it, whatever gas it brings (I36)", async () => {
      const { sale, alice, splitter, second, stranger, currency, usd } = await openWorld();
      await sale.connect(alice).buy(0, 30_000_000n * TOKEN, ANY);
      await time.increaseTo(second.end + 30n * DAY);
      await expect(sale.connect(stranger).expire({ gasLimit: 2_900_000n })).to.be.revertedWithCustomError(
        sale,
        "SaleGasShort",
      );
      expect(await sale.status()).to.equal(Status.Open);
      await expect(sale.connect(stranger).expire({ gasLimit: 3_040_000n }))
        .to.emit(sale, "ProceedsPaid")
        .withArgs(await splitter.getAddress(), 600_000n * usd);
      expect(await sale.status()).to.equal(Status.Succeeded);
      await sale.claim(alice.address);
      expect(await currency.balanceOf(splitter)).to.equal(600_000n * usd);
    });

    it("finalises a failure as well", async () => {
      const { sale, alice, second } = await openWorld();
      await sale.connect(alice).buy(0, 100n * TOKEN, ANY);
      await time.increaseTo(second.end + 30n * DAY);
      await expect(sale.expire())
        .to.emit(sale, "SaleFinalised")
        .withArgs(false, 100n * TOKEN, 2_000_000n, 0);
    });
  });

  describe("skim", () => {
    /** Everybody's money and tokens before and after somebody gave the sale too much. */
    async function surplusOf({ sale, token, currency, treasury }: SaleWorld, act: () => Promise<unknown>) {
      const assets = [token, currency];
      const before = await Promise.all(assets.map((asset) => asset.balanceOf(treasury.address)));
      await act();
      for (const asset of assets) await sale.skim(asset);
      const after = await Promise.all(assets.map((asset) => asset.balanceOf(treasury.address)));
      return after.map((value, i) => value - (before[i] ?? 0n));
    }

    it("sends donations to the treasury and never touches what is owed, at any stage (I5, I7)", async () => {
      for (const [make, owed] of [
        [plannedWorld, [FOR_SALE, 0n]],
        [
          async () => {
            const world = await openWorld();
            await world.sale.connect(world.bob).buy(0, 1_000n * TOKEN, ANY);
            return world;
          },
          [FOR_SALE, 20_000_000n],
        ],
        [succeededWorld, [0n, 0n]],
        [failedWorld, [0n, 2_020_000_000n]],
      ] as [() => Promise<SaleWorld>, [bigint, bigint]][]) {
        const world = await make();
        const { sale, token, currency, owner } = world;
        expect([await sale.owed(token), await sale.owed(currency)]).to.deep.equal(owed);
        const moved = await surplusOf(world, async () => {
          await token.connect(owner).transfer(sale, 7n);
          await currency.mint(sale, 9n);
        });
        expect(moved).to.deep.equal([7n, 9n]);
        expect(await surplusOf(world, () => Promise.resolve())).to.deep.equal([0n, 0n]);
        expect(await currency.balanceOf(sale)).to.equal(owed[1]);
      }
    });

    it("takes nothing while too few tokens are there, and any foreign token whole", async () => {
      const { setup, owner, treasury, token, stranger } = await loadFixture(deployWorld);
      const sale = await ethers.deployContract("TokenSale", [setup, VESTING, owner.address]);
      await token.transfer(sale, FOR_SALE - 1n);
      expect(await sale.skim.staticCall(token)).to.equal(0n);
      await sale.skim(token);
      expect(await token.balanceOf(sale)).to.equal(FOR_SALE - 1n);
      const foreign = await ethers.deployContract("CurrencyMock", [18]);
      await foreign.mint(sale, 5n);
      await expect(sale.connect(stranger).skim(foreign))
        .to.emit(sale, "SurplusSkimmed")
        .withArgs(await foreign.getAddress(), 5n);
      expect(await foreign.balanceOf(treasury.address)).to.equal(5n);
    });

    it("after refunds began takes too little rather than too much (I7)", async () => {
      const { sale, currency, alice, bob, usd } = await loadFixture(failedWorld);
      await sale.refund(bob.address);
      await currency.mint(sale, 15n * usd);
      expect(await sale.skim.staticCall(currency)).to.equal(0n);
      await currency.mint(sale, 15n * usd);
      expect(await sale.skim.staticCall(currency)).to.equal(10n * usd);
      await sale.skim(currency);
      await sale.refund(alice.address);
      expect(await currency.balanceOf(alice.address)).to.equal(10_000_000n * usd);
    });
  });
});
