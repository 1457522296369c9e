import { RoyaltySinkMock__factory } from "../../../typechain-types";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import {
  changes,
  DAY,
  GWEI,
  MAX_LIABILITIES,
  moneyOf,
  nonceFor,
  signAuthorisation,
  signPermit,
  SPEND,
  TOKEN,
  vaultWorld,
} from "./fixture";

const FOREVER = 2n ** 40n;

const royaltyOf = (amount: bigint) => [{ asset: 1n, amount, uses: 1 }];

describe("PaymentVault", () => {
  describe("constructor", () => {
    it("refuses a zero token and a zero owner", async () => {
      const { owner, token, vault } = await loadFixture(vaultWorld);
      const factory = await ethers.getContractFactory("PaymentVault");
      await expect(factory.deploy(ethers.ZeroAddress, owner.address)).to.be.revertedWithCustomError(
        vault,
        "VaultZeroAddress",
      );
      await expect(factory.deploy(token, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        vault,
        "OwnableInvalidOwner",
      );
    });

    it("takes its owner from the argument, not from the deployer", async () => {
      const { token, stranger } = await loadFixture(vaultWorld);
      const vault = await ethers.deployContract("PaymentVault", [token, stranger.address]);
      expect(await vault.owner()).to.equal(stranger.address);
      expect(await vault.token()).to.equal(await token.getAddress());
    });

    it("starts owing nothing, to nobody", async () => {
      const { token, owner } = await loadFixture(vaultWorld);
      const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
      expect(await vault.liabilities()).to.equal(0);
      expect(await vault.treasury()).to.equal(0);
      expect(await vault.modules()).to.deep.equal([]);
      expect(await vault.spendHook()).to.equal(ethers.ZeroAddress);
    });
  });

  describe("openAccount", () => {
    it("numbers accounts from 1 and tells the holder", async () => {
      const { vault, stranger, alice } = await loadFixture(vaultWorld);
      await expect(vault.connect(alice).openAccount(stranger.address))
        .to.emit(vault, "AccountOpened")
        .withArgs(4, stranger.address);
      expect(await vault.accountOf(stranger.address)).to.equal(4);
      expect(await vault.holderOf(4)).to.equal(stranger.address);
      expect(await vault.balanceOf(4)).to.equal(0);
    });

    it("returns the account a holder has, without a second one", async () => {
      const { vault, alice } = await loadFixture(vaultWorld);
      expect(await vault.openAccount.staticCall(alice.address)).to.equal(1);
      await expect(vault.openAccount(alice.address)).not.to.emit(vault, "AccountOpened");
    });

    it("refuses the zero address", async () => {
      const { vault } = await loadFixture(vaultWorld);
      await expect(vault.openAccount(ethers.ZeroAddress)).to.be.revertedWithCustomError(vault, "VaultZeroAddress");
    });

    it("never issues id 0", async () => {
      const { vault } = await loadFixture(vaultWorld);
      expect(await vault.holderOf(0)).to.equal(ethers.ZeroAddress);
      expect(await vault.accountOf(ethers.ZeroAddress)).to.equal(0);
      expect(await vault.lowestBalance(0)).to.equal(0);
    });
  });

  describe("deposit", () => {
    it("credits exactly what was paid (I6)", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, alice, aliceId } = world;
      const before = await moneyOf(world);
      await expect(vault.connect(alice).deposit(aliceId, 7n))
        .to.emit(vault, "Deposited")
        .withArgs(aliceId, alice.address, 7n);
      expect(changes(before, await moneyOf(world))).to.deep.equal({
        alice: 7n,
        liabilities: 7n,
        tokens: 7n,
        aliceOutside: -7n,
      });
    });

    it("pays into anybody's account", async () => {
      const world = await loadFixture(vaultWorld);
      await world.vault.connect(world.alice).deposit(world.bobId, TOKEN);
      expect(await world.vault.balanceOf(world.bobId)).to.equal(TOKEN);
    });

    it("refuses accounts that do not exist, 0 and the highest among them", async () => {
      const world = await loadFixture(vaultWorld);
      const before = await moneyOf(world);
      for (const account of [0n, 4n, 2n ** 40n - 1n]) {
        await expect(world.vault.connect(world.alice).deposit(account, TOKEN))
          .to.be.revertedWithCustomError(world.vault, "VaultUnknownAccount")
          .withArgs(account);
      }
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("refuses nothing, and more than the caller has or allowed", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, token, alice, aliceId } = world;
      const before = await moneyOf(world);
      await expect(vault.connect(alice).deposit(aliceId, 0)).to.be.revertedWithCustomError(vault, "VaultZeroAmount");
      await expect(vault.connect(alice).deposit(aliceId, ethers.MaxUint256)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientBalance",
      );
      await token.connect(alice).approve(vault, TOKEN - 1n);
      await expect(vault.connect(alice).deposit(aliceId, TOKEN)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientAllowance",
      );
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("stops at the largest sum that fits the words", async () => {
      const { owner } = await loadFixture(vaultWorld);
      const token = await ethers.deployContract("ComputeToken", [
        "Big",
        "BIG",
        2n ** 200n,
        owner.address,
        ethers.ZeroAddress,
      ]);
      const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
      await token.approve(vault, ethers.MaxUint256);
      await vault.openAccount(owner.address);

      await expect(vault.deposit(1, MAX_LIABILITIES + 1n))
        .to.be.revertedWithCustomError(vault, "VaultAmountTooLarge")
        .withArgs(MAX_LIABILITIES + 1n);
      await vault.deposit(1, MAX_LIABILITIES);
      expect(await vault.balanceOf(1)).to.equal(MAX_LIABILITIES);
      await expect(vault.deposit(1, 1)).to.be.revertedWithCustomError(vault, "VaultAmountTooLarge").withArgs(1);

      // The same largest sum survives the whole way through a module's word and back.
      await vault.setModule(owner.address, SPEND);
      await vault.setAuthorisation(owner.address, true);
      await vault.debit(1, MAX_LIABILITIES, 0);
      expect(await vault.heldBy(owner.address)).to.equal(MAX_LIABILITIES);
      await vault.release([], MAX_LIABILITIES);
      expect(await vault.feesOf(owner.address)).to.equal(MAX_LIABILITIES);
      await vault.setTreasury(1);
      await vault.collectFees(owner.address);
      await vault.withdraw(MAX_LIABILITIES, owner.address);
      expect(await vault.liabilities()).to.equal(0);
    });
  });

  describe("depositFor", () => {
    it("opens an account where there is none", async () => {
      const { vault, alice, stranger } = await loadFixture(vaultWorld);
      expect(await vault.connect(alice).depositFor.staticCall(stranger.address, 5)).to.equal(4);
      await expect(vault.connect(alice).depositFor(stranger.address, 5))
        .to.emit(vault, "AccountOpened")
        .withArgs(4, stranger.address)
        .and.to.emit(vault, "Deposited")
        .withArgs(4, alice.address, 5);
      expect(await vault.balanceOf(4)).to.equal(5);
    });

    it("refuses the zero address", async () => {
      const { vault, alice } = await loadFixture(vaultWorld);
      await expect(vault.connect(alice).depositFor(ethers.ZeroAddress, 5)).to.be.revertedWithCustomError(
        vault,
        "VaultZeroAddress",
      );
    });
  });

  describe("depositWithPermit", () => {
    async function permitWorld() {
      const world = await vaultWorld();
      await world.token.connect(world.alice).approve(world.vault, 0);
      const spender = await world.vault.getAddress();
      const permit = await signPermit(world.alice, world.token, spender, TOKEN, FOREVER);
      return { ...world, permit, spender };
    }

    it("needs no allowance before, and uses the permit's nonce once (I10)", async () => {
      const { vault, token, alice, aliceId, permit } = await loadFixture(permitWorld);
      const { v, r, s } = permit;
      await vault.connect(alice).depositWithPermit(alice.address, TOKEN, FOREVER, v, r, s);
      expect(await vault.balanceOf(aliceId)).to.equal(1_001n * TOKEN);
      expect(await token.nonces(alice.address)).to.equal(1);
      expect(await token.allowance(alice.address, vault)).to.equal(0);
      await expect(
        vault.connect(alice).depositWithPermit(alice.address, TOKEN, FOREVER, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });

    it("works after somebody else sent the permit first", async () => {
      const { vault, token, alice, aliceId, permit, spender, stranger } = await loadFixture(permitWorld);
      const { v, r, s } = permit;
      await token.connect(stranger).permit(alice.address, spender, TOKEN, FOREVER, v, r, s);
      await vault.connect(alice).depositWithPermit(alice.address, TOKEN, FOREVER, v, r, s);
      expect(await vault.balanceOf(aliceId)).to.equal(1_001n * TOKEN);
    });

    it("gives a front-runner who sends the whole call nothing", async () => {
      const world = await loadFixture(permitWorld);
      const { vault, token, permit, stranger } = world;
      const before = await moneyOf(world);
      const { v, r, s } = permit;
      await expect(
        vault.connect(stranger).depositWithPermit(stranger.address, TOKEN, FOREVER, v, r, s),
      ).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("relies on the allowance when the permit is expired, and fails without one", async () => {
      const { vault, token, alice, aliceId, spender } = await loadFixture(permitWorld);
      const past = BigInt(await time.latest()) - 1n;
      const { v, r, s } = await signPermit(alice, token, spender, TOKEN, past);
      const call = () => vault.connect(alice).depositWithPermit(alice.address, TOKEN, past, v, r, s);
      await expect(call()).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
      await token.connect(alice).approve(vault, TOKEN);
      await call();
      expect(await vault.balanceOf(aliceId)).to.equal(1_001n * TOKEN);
    });

    it("opens an account where there is none", async () => {
      const { vault, alice, stranger, permit } = await loadFixture(permitWorld);
      const { v, r, s } = permit;
      await vault.connect(alice).depositWithPermit(stranger.address, TOKEN, FOREVER, v, r, s);
      expect(await vault.balanceOf(await vault.accountOf(stranger.address))).to.equal(TOKEN);
    });
  });

  describe("withdraw", () => {
    it("pays out of the caller's account to any address (I6, I19)", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, alice, aliceId, bob } = world;
      const before = await moneyOf(world);
      await expect(vault.connect(alice).withdraw(3n, bob.address))
        .to.emit(vault, "Withdrawn")
        .withArgs(aliceId, bob.address, 3n);
      expect(changes(before, await moneyOf(world))).to.deep.equal({
        alice: -3n,
        liabilities: -3n,
        tokens: -3n,
        bobOutside: 3n,
      });
    });

    it("pays everything, to the last wei, and not one more", async () => {
      const { vault, alice, aliceId } = await loadFixture(vaultWorld);
      const all = await vault.balanceOf(aliceId);
      await expect(vault.connect(alice).withdraw(all + 1n, alice.address))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(aliceId, all, all + 1n);
      await vault.connect(alice).withdraw(all, alice.address);
      expect(await vault.balanceOf(aliceId)).to.equal(0);
    });

    it("refuses nothing, the zero address, the vault itself, the unknown and the maximum", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, alice, aliceId, stranger } = world;
      const before = await moneyOf(world);
      const asAlice = vault.connect(alice);
      await expect(asAlice.withdraw(0, alice.address)).to.be.revertedWithCustomError(vault, "VaultZeroAmount");
      await expect(asAlice.withdraw(1, ethers.ZeroAddress)).to.be.revertedWithCustomError(vault, "VaultZeroAddress");
      await expect(asAlice.withdraw(1, vault)).to.be.revertedWithCustomError(vault, "VaultSelfRecipient");
      await expect(vault.connect(stranger).withdraw(1, stranger.address))
        .to.be.revertedWithCustomError(vault, "VaultNoAccount")
        .withArgs(stranger.address);
      await expect(asAlice.withdraw(ethers.MaxUint256, alice.address))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(aliceId, before.alice, ethers.MaxUint256);
      expect(await moneyOf(world)).to.deep.equal(before);
    });
  });

  describe("setAuthorisation", () => {
    it("allows and forbids one module", async () => {
      const { vault, alice, aliceId, module, sink } = await loadFixture(vaultWorld);
      expect(await vault.isAuthorised(aliceId, module.address)).to.equal(true);
      expect(await vault.isAuthorised(aliceId, sink.address)).to.equal(false);
      await expect(vault.connect(alice).setAuthorisation(module.address, false))
        .to.emit(vault, "AuthorisationChanged")
        .withArgs(aliceId, module.address, false);
      expect(await vault.isAuthorised(aliceId, module.address)).to.equal(false);
    });

    it("opens the caller's account when it has none", async () => {
      const { vault, stranger, sink } = await loadFixture(vaultWorld);
      await expect(vault.connect(stranger).setAuthorisation(sink.address, true))
        .to.emit(vault, "AccountOpened")
        .withArgs(4, stranger.address);
      expect(await vault.isAuthorised(4, sink.address)).to.equal(true);
    });

    it("refuses an unknown module", async () => {
      const { vault, alice, stranger } = await loadFixture(vaultWorld);
      for (const module of [stranger.address, ethers.ZeroAddress]) {
        await expect(vault.connect(alice).setAuthorisation(module, true))
          .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
          .withArgs(module);
      }
      expect(await vault.isAuthorised(1, stranger.address)).to.equal(false);
    });

    it("uses up the nonce, so that an older signature cannot undo it (I10)", async () => {
      const { vault, alice, bob, bobId, module } = await loadFixture(vaultWorld);
      const nonce = await nonceFor(vault, bob.address, module.address);
      const message = { holder: bob.address, module: module.address, allowed: true, nonce, deadline: FOREVER };
      const signature = await signAuthorisation(bob, vault, message);
      await vault.connect(bob).setAuthorisation(module.address, false);
      expect(await nonceFor(vault, bob.address, module.address)).to.equal(nonce + 1n);
      await expect(
        vault.connect(alice).setAuthorisationBySignature(bob.address, module.address, true, FOREVER, signature),
      ).to.be.revertedWithCustomError(vault, "VaultInvalidSignature");
      expect(await vault.isAuthorised(bobId, module.address)).to.equal(false);
    });
  });

  describe("setAuthorisationBySignature", () => {
    async function signedWorld() {
      const world = await vaultWorld();
      const { vault, bob, module } = world;
      const nonce = await nonceFor(vault, bob.address, module.address);
      const message = { holder: bob.address, module: module.address, allowed: true, nonce, deadline: FOREVER };
      const send = (signature: string, change: Partial<typeof message> = {}) => {
        const { holder, module: about, allowed, deadline } = { ...message, ...change };
        return vault.connect(world.stranger).setAuthorisationBySignature(holder, about, allowed, deadline, signature);
      };
      return { ...world, message, send };
    }

    it("lets anyone send what the holder signed, once (I10)", async () => {
      const { vault, bob, bobId, module, message, send } = await loadFixture(signedWorld);
      const signature = await signAuthorisation(bob, vault, message);
      await expect(send(signature)).to.emit(vault, "AuthorisationChanged").withArgs(bobId, module.address, true);
      expect(await nonceFor(vault, bob.address, module.address)).to.equal(message.nonce + 1n);
      await expect(send(signature)).to.be.revertedWithCustomError(vault, "VaultInvalidSignature").withArgs(bob.address);
    });

    it("opens the holder's account when it has none", async () => {
      const { vault, owner, message, send } = await loadFixture(signedWorld);
      const signature = await signAuthorisation(owner, vault, { ...message, holder: owner.address });
      await send(signature, { holder: owner.address });
      expect(await vault.holderOf(4)).to.equal(owner.address);
    });

    it("keeps the nonces of different modules apart", async () => {
      const { vault, bob, bobId, sink, message, send } = await loadFixture(signedWorld);
      const first = await signAuthorisation(bob, vault, message);
      const nonce = await nonceFor(vault, bob.address, sink.address);
      const second = await signAuthorisation(bob, vault, { ...message, module: sink.address, nonce });
      await send(second, { module: sink.address });
      await send(first);
      expect(await vault.isAuthorised(bobId, message.module)).to.equal(true);
      expect(await vault.isAuthorised(bobId, sink.address)).to.equal(true);
    });

    it("refuses a signature for another chain, contract, holder, module, answer or nonce (I10)", async () => {
      const { vault, alice, bob, sink, token, message, send } = await loadFixture(signedWorld);
      const wrong = [
        await signAuthorisation(bob, vault, message, { chainId: 8453n }),
        await signAuthorisation(bob, vault, message, { verifyingContract: await token.getAddress() }),
        await signAuthorisation(alice, vault, message),
        await signAuthorisation(bob, vault, { ...message, holder: alice.address }),
        await signAuthorisation(bob, vault, { ...message, module: sink.address }),
        await signAuthorisation(bob, vault, { ...message, allowed: false }),
        await signAuthorisation(bob, vault, { ...message, nonce: message.nonce + 1n }),
        await signAuthorisation(bob, vault, { ...message, deadline: FOREVER - 1n }),
        "0x",
        `0x${"00".repeat(65)}`,
      ];
      for (const signature of wrong) {
        await expect(send(signature))
          .to.be.revertedWithCustomError(vault, "VaultInvalidSignature")
          .withArgs(bob.address);
      }
    });

    it("refuses a signature replayed on a second vault of the same token", async () => {
      const { vault, token, owner, bob, module, message } = await loadFixture(signedWorld);
      const second = await ethers.deployContract("PaymentVault", [token, owner.address]);
      await second.setModule(module.address, SPEND);
      const signature = await signAuthorisation(bob, vault, message);
      await expect(
        second.setAuthorisationBySignature(bob.address, module.address, true, FOREVER, signature),
      ).to.be.revertedWithCustomError(second, "VaultInvalidSignature");
    });

    it("counts in the second of its deadline and not after", async () => {
      const { vault, bob, message, send } = await loadFixture(signedWorld);
      const deadline = BigInt(await time.latest()) + 100n;
      const signature = await signAuthorisation(bob, vault, { ...message, deadline });
      await time.setNextBlockTimestamp(deadline);
      await send(signature, { deadline });

      const nonce = message.nonce + 1n;
      const late = await signAuthorisation(bob, vault, { ...message, nonce, deadline });
      await time.setNextBlockTimestamp(deadline + 1n);
      await expect(send(late, { deadline }))
        .to.be.revertedWithCustomError(vault, "VaultSignatureExpired")
        .withArgs(deadline);
    });

    it("refuses an unknown module even when it is signed", async () => {
      const { vault, bob, stranger, message, send } = await loadFixture(signedWorld);
      const nonce = await nonceFor(vault, bob.address, stranger.address);
      const signature = await signAuthorisation(bob, vault, { ...message, module: stranger.address, nonce });
      await expect(send(signature, { module: stranger.address }))
        .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
        .withArgs(stranger.address);
    });

    it("asks a contract holder by ERC-1271, and believes only the right answer", async () => {
      const { vault, bob, module, message, send } = await loadFixture(signedWorld);
      const wallet = await ethers.deployContract("ContractWallet", [bob.address]);
      const holder = await wallet.getAddress();
      const nonce = await nonceFor(vault, holder, module.address);
      const signature = await signAuthorisation(bob, vault, { ...message, holder, nonce });
      for (const badMode of [1, 2, 3]) {
        await wallet.setMode(badMode);
        await expect(send(signature, { holder }))
          .to.be.revertedWithCustomError(vault, "VaultInvalidSignature")
          .withArgs(holder);
      }
      await wallet.setMode(0);
      await send(signature, { holder });
      expect(await vault.isAuthorised(await vault.accountOf(holder), module.address)).to.equal(true);
      await expect(send(signature, { holder })).to.be.revertedWithCustomError(vault, "VaultInvalidSignature");
    });

    it("refuses the zero address as holder", async () => {
      const { vault, message, send } = await loadFixture(signedWorld);
      await expect(send(`0x${"00".repeat(65)}`, { ...message, holder: ethers.ZeroAddress }))
        .to.be.revertedWithCustomError(vault, "VaultInvalidSignature")
        .withArgs(ethers.ZeroAddress);
    });
  });

  describe("debit", () => {
    it("moves from the account into the module's held sum (I6)", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, module, aliceId } = world;
      const before = await moneyOf(world);
      await expect(vault.connect(module).debit(aliceId, 5n * GWEI, 3))
        .to.emit(vault, "Debited")
        .withArgs(aliceId, module.address, 5n * GWEI, 3);
      expect(changes(before, await moneyOf(world))).to.deep.equal({ alice: -5n * GWEI, held: 5n * GWEI });
    });

    it("takes everything, and not one unit more", async () => {
      const { vault, module, aliceId } = await loadFixture(vaultWorld);
      const all = await vault.balanceOf(aliceId);
      await expect(vault.connect(module).debit(aliceId, all + GWEI, 0))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(aliceId, all, all + GWEI);
      await vault.connect(module).debit(aliceId, all, 0);
      expect(await vault.heldBy(module.address)).to.equal(all);
    });

    it("lets a zero amount pass without moving anything", async () => {
      const world = await loadFixture(vaultWorld);
      const before = await moneyOf(world);
      await world.vault.connect(world.module).debit(world.aliceId, 0, 0);
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("refuses strangers, modules without SPEND, accounts that did not allow it, fractions and the maximum", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, alice, aliceId, bobId, module, sink, stranger } = world;
      const before = await moneyOf(world);
      await expect(vault.connect(stranger).debit(aliceId, GWEI, 0))
        .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
        .withArgs(stranger.address);
      await vault.connect(alice).setAuthorisation(sink.address, true);
      await expect(vault.connect(sink).debit(aliceId, GWEI, 0))
        .to.be.revertedWithCustomError(vault, "VaultMissingScope")
        .withArgs(sink.address, SPEND);
      const asModule = vault.connect(module);
      await expect(asModule.debit(bobId, GWEI, 0))
        .to.be.revertedWithCustomError(vault, "VaultNotAuthorised")
        .withArgs(bobId, module.address);
      for (const unknown of [0n, 4n]) {
        await expect(asModule.debit(unknown, 0, 0))
          .to.be.revertedWithCustomError(vault, "VaultUnknownAccount")
          .withArgs(unknown);
      }
      await expect(asModule.debit(aliceId, GWEI + 1n, 0))
        .to.be.revertedWithCustomError(vault, "VaultAmountNotWhole")
        .withArgs(GWEI + 1n);
      const most = ethers.MaxUint256 - (ethers.MaxUint256 % GWEI);
      await expect(asModule.debit(aliceId, most, 0))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientBalance")
        .withArgs(aliceId, before.alice, most);
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("stops with the holder's authorisation and with the module's scope", async () => {
      const { vault, alice, aliceId, module } = await loadFixture(vaultWorld);
      await vault.connect(alice).setAuthorisation(module.address, false);
      await expect(vault.connect(module).debit(aliceId, GWEI, 0)).to.be.revertedWithCustomError(
        vault,
        "VaultNotAuthorised",
      );
      await vault.connect(alice).setAuthorisation(module.address, true);
      await vault.setModule(module.address, 0);
      await expect(vault.connect(module).debit(aliceId, GWEI, 0)).to.be.revertedWithCustomError(
        vault,
        "VaultMissingScope",
      );
    });
  });

  describe("debitHolder", () => {
    it("debits the holder's account and returns its id", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, module, alice, aliceId } = world;
      const before = await moneyOf(world);
      expect(await vault.connect(module).debitHolder.staticCall(alice.address, GWEI, 0)).to.equal(aliceId);
      await vault.connect(module).debitHolder(alice.address, GWEI, 0);
      expect(changes(before, await moneyOf(world))).to.deep.equal({ alice: -GWEI, held: GWEI });
    });

    it("refuses a holder without account", async () => {
      const { vault, module, stranger } = await loadFixture(vaultWorld);
      await expect(vault.connect(module).debitHolder(stranger.address, 0, 0))
        .to.be.revertedWithCustomError(vault, "VaultNoAccount")
        .withArgs(stranger.address);
    });
  });

  describe("release", () => {
    async function heldWorld() {
      const world = await vaultWorld();
      await world.vault.connect(world.module).debit(world.aliceId, 100n * GWEI, 0);
      return world;
    }

    it("splits the held sum without gaining or losing a wei (I6, I12, I13)", async () => {
      const world = await loadFixture(heldWorld);
      const { vault, module, sink, aliceId, bobId } = world;
      const before = await moneyOf(world);
      const payments = [
        { account: bobId, amount: 50n * GWEI },
        { account: aliceId, amount: 20n * GWEI },
        { account: bobId, amount: 7n * GWEI },
        { account: 0, amount: 0 },
      ];
      const royalties = [
        { asset: 7n, amount: 8n * GWEI, uses: 1 },
        { asset: 9n, amount: 3n * GWEI, uses: 4 },
      ];
      const tx = vault.connect(module).releaseWithRoyalties(payments, 3n * GWEI, sink.address, royalties);
      await expect(tx)
        .to.emit(vault, "Credited")
        .withArgs(bobId, module.address, 50n * GWEI);
      await expect(tx)
        .to.emit(vault, "Credited")
        .withArgs(aliceId, module.address, 20n * GWEI);
      await expect(tx)
        .to.emit(vault, "Credited")
        .withArgs(bobId, module.address, 7n * GWEI);
      const books = RoyaltySinkMock__factory.connect(sink.address, module);
      await expect(tx)
        .to.emit(books, "Booked")
        .withArgs(module.address, 7n, 8n * GWEI, 1, 11n * GWEI);
      await expect(tx)
        .to.emit(books, "Booked")
        .withArgs(module.address, 9n, 3n * GWEI, 4, 11n * GWEI);
      expect(changes(before, await moneyOf(world))).to.deep.equal({
        alice: 20n * GWEI,
        bob: 57n * GWEI,
        held: -91n * GWEI,
        fees: 3n * GWEI,
        sunk: 11n * GWEI,
      });
    });

    it("needs no scope, so that a removed module can end its business (I44)", async () => {
      const world = await loadFixture(heldWorld);
      const { vault, module, bobId } = world;
      await vault.setModule(module.address, 0);
      await vault.connect(module).release([{ account: bobId, amount: 100n * GWEI }], 0);
      expect(await vault.balanceOf(bobId)).to.equal(100n * GWEI);
      expect(await vault.heldBy(module.address)).to.equal(0);
    });

    it("lets a sink pay on what it received, and a module be its own sink", async () => {
      const { vault, module, sink, bobId } = await loadFixture(heldWorld);
      await vault.connect(module).releaseWithRoyalties([], 0, sink.address, royaltyOf(40n * GWEI));
      await vault.connect(sink).releaseWithRoyalties([], 10n * GWEI, sink.address, royaltyOf(30n * GWEI));
      expect(await vault.heldBy(sink.address)).to.equal(30n * GWEI);
      expect(await vault.feesOf(sink.address)).to.equal(10n * GWEI);
      await vault.connect(sink).release([{ account: bobId, amount: 30n * GWEI }], 0);
      expect(await vault.balanceOf(bobId)).to.equal(30n * GWEI);
      expect(await vault.heldBy(sink.address)).to.equal(0);
    });

    it("lets a sink pay on in the midst of being told", async () => {
      const world = await loadFixture(heldWorld);
      const { vault, module, sink } = world;
      await RoyaltySinkMock__factory.connect(sink.address, module).setPassesOn(true);
      const before = await moneyOf(world);
      await vault.connect(module).releaseWithRoyalties([], 0, sink.address, royaltyOf(40n * GWEI));
      expect(changes(before, await moneyOf(world))).to.deep.equal({ alice: 40n * GWEI, held: -40n * GWEI });
    });

    it("undoes everything when the sink refuses", async () => {
      const world = await loadFixture(heldWorld);
      const { vault, module, sink, bobId } = world;
      const books = RoyaltySinkMock__factory.connect(sink.address, module);
      await books.setRefuses(true);
      const before = await moneyOf(world);
      const payments = [{ account: bobId, amount: 5n * GWEI }];
      await expect(
        vault.connect(module).releaseWithRoyalties(payments, 0, sink.address, royaltyOf(40n * GWEI)),
      ).to.be.revertedWithCustomError(books, "SinkRefused");
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("lets nothing at all pass", async () => {
      const world = await loadFixture(heldWorld);
      const before = await moneyOf(world);
      await world.vault.connect(world.module).release([], 0);
      await world.vault.connect(world.module).releaseWithRoyalties([], 0, world.sink.address, []);
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("refuses strangers, unknown receivers and sinks, fractions and too much", async () => {
      const world = await loadFixture(heldWorld);
      const { vault, module, sink, stranger, bobId } = world;
      const before = await moneyOf(world);
      const asModule = vault.connect(module);
      await expect(vault.connect(stranger).release([], 0))
        .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
        .withArgs(stranger.address);
      await expect(asModule.releaseWithRoyalties([], 0, stranger.address, royaltyOf(GWEI)))
        .to.be.revertedWithCustomError(vault, "VaultUnknownModule")
        .withArgs(stranger.address);
      for (const account of [0n, 4n]) {
        await expect(asModule.release([{ account, amount: GWEI }], 0))
          .to.be.revertedWithCustomError(vault, "VaultUnknownAccount")
          .withArgs(account);
      }
      for (const [payment, fee, royalty] of [
        [1n, 0n, 0n],
        [0n, 1n, 0n],
        [0n, 0n, 1n],
        [GWEI - 1n, 1n, 0n],
      ] as const) {
        await expect(
          asModule.releaseWithRoyalties([{ account: bobId, amount: payment }], fee, sink.address, royaltyOf(royalty)),
        ).to.be.revertedWithCustomError(vault, "VaultAmountNotWhole");
      }
      const payments = [{ account: bobId, amount: 60n * GWEI }];
      await expect(asModule.releaseWithRoyalties(payments, 40n * GWEI, sink.address, royaltyOf(GWEI)))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientHeld")
        .withArgs(module.address, 100n * GWEI, 101n * GWEI);
      const most = ethers.MaxUint256 - (ethers.MaxUint256 % GWEI);
      await expect(asModule.release([{ account: bobId, amount: most }], 0))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientHeld")
        .withArgs(module.address, 100n * GWEI, most);
      await expect(asModule.release([{ account: bobId, amount: most }], most)).to.be.revertedWithPanic(0x11);
      expect(await moneyOf(world)).to.deep.equal(before);
    });

    it("cannot touch what another module holds", async () => {
      const { vault, module, sink, bobId } = await loadFixture(heldWorld);
      await expect(vault.connect(sink).release([{ account: bobId, amount: GWEI }], 0))
        .to.be.revertedWithCustomError(vault, "VaultInsufficientHeld")
        .withArgs(sink.address, 0, GWEI);
      expect(await vault.heldBy(module.address)).to.equal(100n * GWEI);
    });
  });

  describe("collectFees", () => {
    it("credits a module's fees to the treasury, once, for anyone (I19)", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, module, stranger, aliceId, treasuryId } = world;
      await vault.connect(module).debit(aliceId, 9n * GWEI, 0);
      await vault.connect(module).release([], 9n * GWEI);
      const before = await moneyOf(world);
      const tx = vault.connect(stranger).collectFees(module.address);
      await expect(tx)
        .to.emit(vault, "FeesCollected")
        .withArgs(module.address, 9n * GWEI)
        .and.to.emit(vault, "Credited")
        .withArgs(treasuryId, module.address, 9n * GWEI);
      expect(changes(before, await moneyOf(world))).to.deep.equal({ treasury: 9n * GWEI, fees: -9n * GWEI });
      expect(await vault.collectFees.staticCall(module.address)).to.equal(0);
      await expect(vault.collectFees(module.address)).not.to.emit(vault, "FeesCollected");
    });

    it("refuses an unknown module, and waits for a treasury", async () => {
      const { token, owner, alice, vault: other } = await loadFixture(vaultWorld);
      await expect(other.collectFees(alice.address))
        .to.be.revertedWithCustomError(other, "VaultUnknownModule")
        .withArgs(alice.address);
      const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
      await vault.setModule(owner.address, SPEND);
      await token.approve(vault, GWEI);
      await vault.depositFor(owner.address, GWEI);
      await vault.setAuthorisation(owner.address, true);
      await vault.debit(1, GWEI, 0);
      await vault.release([], GWEI);
      await expect(vault.collectFees(owner.address))
        .to.be.revertedWithCustomError(vault, "VaultUnknownAccount")
        .withArgs(0);
      expect(await vault.feesOf(owner.address)).to.equal(GWEI);
    });
  });

  describe("skim", () => {
    it("credits only the surplus, only to the treasury (I6, I7)", async () => {
      const world = await loadFixture(vaultWorld);
      const { vault, token, stranger, treasuryId } = world;
      await token.transfer(vault, 123n);
      const before = await moneyOf(world);
      const tx = vault.connect(stranger).skim();
      await expect(tx).to.emit(vault, "SurplusSkimmed").withArgs(123n);
      await expect(tx).to.emit(vault, "Credited").withArgs(treasuryId, ethers.ZeroAddress, 123n);
      expect(changes(before, await moneyOf(world))).to.deep.equal({ treasury: 123n, liabilities: 123n });
      expect(await vault.skim.staticCall()).to.equal(0);
      await expect(vault.skim()).not.to.emit(vault, "SurplusSkimmed");
    });

    it("raises nobody's claim by a donation alone (I6)", async () => {
      const world = await loadFixture(vaultWorld);
      const before = await moneyOf(world);
      await world.token.transfer(world.vault, 5n);
      expect(changes(before, await moneyOf(world))).to.deep.equal({ tokens: 5n, ownerOutside: -5n });
    });

    it("waits for a treasury", async () => {
      const { token, owner } = await loadFixture(vaultWorld);
      const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
      await token.transfer(vault, 5n);
      await expect(vault.skim()).to.be.revertedWithCustomError(vault, "VaultUnknownAccount").withArgs(0);
    });
  });

  describe("setModule", () => {
    it("gives each module one index for good, and tells every change", async () => {
      const { vault, module, sink, stranger } = await loadFixture(vaultWorld);
      await expect(vault.setModule(stranger.address, SPEND))
        .to.emit(vault, "ModuleChanged")
        .withArgs(stranger.address, 2, 0, SPEND);
      await expect(vault.setModule(module.address, 0))
        .to.emit(vault, "ModuleChanged")
        .withArgs(module.address, 0, SPEND, 0);
      expect(await vault.scopesOf(module.address)).to.equal(0);
      expect(await vault.scopesOf(stranger.address)).to.equal(SPEND);
      expect(await vault.modules()).to.deep.equal([module.address, sink.address, stranger.address]);
    });

    it("holds 48 modules with separate authorisations and no more (I47)", async () => {
      const { vault, alice, aliceId, bob } = await loadFixture(vaultWorld);
      const known = (await vault.modules()).length;
      const added = Array.from({ length: 48 - known }, (_, i) => ethers.toBeHex(0x1000 + i, 20));
      for (const module of added) await vault.setModule(module, SPEND);
      await expect(vault.setModule(bob.address, SPEND)).to.be.revertedWithCustomError(vault, "VaultTooManyModules");
      await vault.setModule(added.at(-1) ?? "", 0);

      await vault.connect(alice).setAuthorisation(added.at(-1) ?? "", true);
      const allowed = await Promise.all((await vault.modules()).map((module) => vault.isAuthorised(aliceId, module)));
      expect(allowed).to.deep.equal([true, ...Array<boolean>(46).fill(false), true]);
      expect(await vault.balanceOf(aliceId)).to.equal(1_000n * TOKEN);

      // The loop over all modules is the governance's own, and fits a block.
      const hook = await ethers.deployContract("SpendHookMock");
      const receipt = await (await vault.setSpendHook(hook)).wait();
      expect(receipt?.gasUsed).to.be.lessThan(500_000n);
    });

    it("refuses the zero address, unknown scopes and everybody but the owner", async () => {
      const { vault, module, stranger } = await loadFixture(vaultWorld);
      await expect(vault.setModule(ethers.ZeroAddress, SPEND)).to.be.revertedWithCustomError(vault, "VaultZeroAddress");
      for (const scopes of [2, 3, 255]) {
        await expect(vault.setModule(module.address, scopes))
          .to.be.revertedWithCustomError(vault, "VaultUnknownScopes")
          .withArgs(scopes);
      }
      await expect(vault.connect(stranger).setModule(stranger.address, SPEND))
        .to.be.revertedWithCustomError(vault, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      await expect(vault.scopesOf(stranger.address)).to.be.revertedWithCustomError(vault, "VaultUnknownModule");
    });
  });

  describe("setTreasury", () => {
    it("redirects what is collected from then on", async () => {
      const { vault, bobId, treasuryId } = await loadFixture(vaultWorld);
      await expect(vault.setTreasury(bobId)).to.emit(vault, "TreasuryChanged").withArgs(treasuryId, bobId);
      expect(await vault.treasury()).to.equal(bobId);
    });

    it("refuses unknown accounts and everybody but the owner", async () => {
      const { vault, bobId, stranger } = await loadFixture(vaultWorld);
      for (const account of [0, 4]) {
        await expect(vault.setTreasury(account))
          .to.be.revertedWithCustomError(vault, "VaultUnknownAccount")
          .withArgs(account);
      }
      await expect(vault.connect(stranger).setTreasury(bobId)).to.be.revertedWithCustomError(
        vault,
        "OwnableUnauthorizedAccount",
      );
    });
  });

  describe("setSpendHook", () => {
    it("tells modules old and new, and is told no more once removed", async () => {
      const { vault, alice, aliceId, module, stranger } = await loadFixture(vaultWorld);
      const hook = await ethers.deployContract("SpendHookMock");
      await expect(vault.setSpendHook(hook))
        .to.emit(vault, "SpendHookChanged")
        .withArgs(ethers.ZeroAddress, await hook.getAddress());
      expect(await vault.spendHook()).to.equal(await hook.getAddress());
      await vault.setModule(stranger.address, SPEND);
      await vault.connect(alice).setAuthorisation(stranger.address, true);

      await vault.connect(module).debit(aliceId, 2n * GWEI, 1);
      const midnight = (BigInt(await time.latest()) / DAY + 1n) * DAY;
      await time.setNextBlockTimestamp(midnight - 1n);
      await expect(vault.connect(stranger).debit(aliceId, 3n * GWEI, 2))
        .to.emit(hook, "Told")
        .withArgs(aliceId, 3n * GWEI, 2, midnight / DAY - 1n);
      await time.setNextBlockTimestamp(midnight);
      await expect(vault.connect(module).debit(aliceId, 4n * GWEI, 255))
        .to.emit(hook, "Told")
        .withArgs(aliceId, 4n * GWEI, 255, midnight / DAY);
      expect(await hook.calls()).to.equal(3);

      await vault.setSpendHook(ethers.ZeroAddress);
      await vault.connect(module).debit(aliceId, GWEI, 0);
      await vault.connect(stranger).debit(aliceId, GWEI, 0);
      expect(await hook.calls()).to.equal(3);
    });

    it("replaces one hook by another", async () => {
      const { vault, aliceId, module } = await loadFixture(vaultWorld);
      const first = await ethers.deployContract("SpendHookMock");
      const second = await ethers.deployContract("SpendHookMock");
      await vault.setSpendHook(first);
      await vault.setSpendHook(second);
      await vault.connect(module).debit(aliceId, GWEI, 0);
      expect([await first.calls(), await second.calls()]).to.deep.equal([0n, 1n]);
    });

    it("refuses an address without code and everybody but the owner", async () => {
      const { vault, stranger } = await loadFixture(vaultWorld);
      await expect(vault.setSpendHook(stranger.address))
        .to.be.revertedWithCustomError(vault, "VaultHookWithoutCode")
        .withArgs(stranger.address);
      await expect(vault.connect(stranger).setSpendHook(ethers.ZeroAddress)).to.be.revertedWithCustomError(
        vault,
        "OwnableUnauthorizedAccount",
      );
    });
  });

  describe("lowestBalance", () => {
    /** Moves to `hours` after the start of the UTC day that is `days` from the day after now. */
    async function clock() {
      const start = (BigInt(await time.latest()) / DAY + 1n) * DAY;
      return (days: bigint, hours: bigint) => time.increaseTo(start + days * DAY + hours * 3600n);
    }

    it("forgets a day when the day after the next begins, not earlier", async () => {
      const { vault, alice, bobId } = await loadFixture(vaultWorld);
      const goTo = await clock();
      await goTo(0n, 12n);
      await vault.connect(alice).deposit(bobId, 10n * TOKEN);
      expect(await vault.lowestBalance(bobId)).to.equal(0);
      await goTo(1n, 23n);
      expect(await vault.lowestBalance(bobId)).to.equal(0);
      await goTo(2n, 0n);
      expect(await vault.lowestBalance(bobId)).to.equal(10n * TOKEN);
    });

    it("keeps a dip of yesterday after today's deposit", async () => {
      const { vault, alice, aliceId } = await loadFixture(vaultWorld);
      const goTo = await clock();
      await goTo(3n, 1n);
      await vault.connect(alice).withdraw(900n * TOKEN, alice.address);
      await vault.connect(alice).deposit(aliceId, 900n * TOKEN);
      await goTo(4n, 1n);
      expect(await vault.lowestBalance(aliceId)).to.equal(100n * TOKEN);
      await vault.connect(alice).deposit(aliceId, 500n * TOKEN);
      expect(await vault.lowestBalance(aliceId)).to.equal(100n * TOKEN);
      await goTo(5n, 1n);
      expect(await vault.lowestBalance(aliceId)).to.equal(1_000n * TOKEN);
      await goTo(6n, 1n);
      expect(await vault.lowestBalance(aliceId)).to.equal(1_500n * TOKEN);
    });

    it("reads the balance after any number of days without a change", async () => {
      const { vault, aliceId } = await loadFixture(vaultWorld);
      const goTo = await clock();
      for (const days of [2n, 3n, 40n, 4_000n]) {
        await goTo(days, 5n);
        expect(await vault.lowestBalance(aliceId)).to.equal(1_000n * TOKEN);
      }
    });

    it("is not raised by a deposit and withdrawal within one block", async () => {
      const { vault, alice, aliceId } = await loadFixture(vaultWorld);
      const goTo = await clock();
      await goTo(5n, 1n);
      await vault.connect(alice).deposit(aliceId, 1_000n * TOKEN);
      expect(await vault.lowestBalance(aliceId)).to.equal(1_000n * TOKEN);
      await vault.connect(alice).withdraw(1_000n * TOKEN, alice.address);
      await goTo(7n, 1n);
      expect(await vault.lowestBalance(aliceId)).to.equal(1_000n * TOKEN);
    });

    it("rounds down to a ten-thousandth of a token", async () => {
      const { vault, alice, aliceId } = await loadFixture(vaultWorld);
      const goTo = await clock();
      await vault.connect(alice).withdraw(1n, alice.address);
      await goTo(5n, 1n);
      expect(await vault.lowestBalance(aliceId)).to.equal(1_000n * TOKEN - 10n ** 14n);
    });
  });

  describe("ownership", () => {
    it("moves in two steps, and never away (I46)", async () => {
      const { vault, owner, bob, stranger } = await loadFixture(vaultWorld);
      await vault.transferOwnership(bob.address);
      expect(await vault.owner()).to.equal(owner.address);
      await expect(vault.connect(stranger).acceptOwnership()).to.be.revertedWithCustomError(
        vault,
        "OwnableUnauthorizedAccount",
      );
      await vault.connect(bob).acceptOwnership();
      expect(await vault.owner()).to.equal(bob.address);
      await expect(vault.connect(bob).renounceOwnership()).to.be.revertedWithCustomError(vault, "OwnershipRequired");
      await expect(vault.renounceOwnership()).to.be.revertedWithCustomError(vault, "OwnableUnauthorizedAccount");
    });
  });

  describe("with every switch off", () => {
    it("still takes deposits, pays out, releases, collects and withdraws (I44)", async () => {
      const { vault, alice, aliceId, bob, bobId, module, treasurer } = await loadFixture(vaultWorld);
      await vault.connect(module).debit(aliceId, 100n * GWEI, 0);
      for (const known of await vault.modules()) await vault.setModule(known, 0);
      await vault.connect(alice).setAuthorisation(module.address, false);

      await vault.connect(module).release([{ account: bobId, amount: 90n * GWEI }], 10n * GWEI);
      await vault.collectFees(module.address);
      await vault.connect(alice).deposit(aliceId, 1n);
      await vault.connect(bob).withdraw(90n * GWEI, bob.address);
      await vault.connect(treasurer).withdraw(10n * GWEI, treasurer.address);
      await vault.connect(alice).withdraw(await vault.balanceOf(aliceId), alice.address);
      expect(await vault.liabilities()).to.equal(0);
    });

    it("has no way for the owner to take a user's balance (I45)", async () => {
      const { vault, aliceId, stranger, module } = await loadFixture(vaultWorld);
      // The most a hostile owner can do: add itself as a module; without the holder's authorisation it gets nothing.
      const [owner] = await ethers.getSigners();
      await vault.setModule(owner?.address ?? "", SPEND);
      await expect(vault.debit(aliceId, GWEI, 0)).to.be.revertedWithCustomError(vault, "VaultNotAuthorised");
      await expect(vault.connect(stranger).skim()).not.to.emit(vault, "SurplusSkimmed");
      expect(await vault.heldBy(module.address)).to.equal(0);
    });
  });
});
