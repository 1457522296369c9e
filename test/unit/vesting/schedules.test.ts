/** Schedules, their grantors and their pools. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { signPermit } from "../vault/fixture";
import { plain, at, deployToken, MONTH, POOL, TOKEN, vestingWorld, type Terms } from "./fixture";

const FOREVER = 2n ** 40n;
const MAX_POOL = 2n ** 96n - 1n;

describe("VestingVault: schedules and pools", () => {
  describe("constructor", () => {
    it("refuses a zero token, a zero owner and a token that is not there yet", async () => {
      const { token, vault, owner, desk } = await loadFixture(vestingWorld);
      const factory = await ethers.getContractFactory("VestingVault");
      await expect(factory.deploy(ethers.ZeroAddress, desk.address, owner.address)).to.be.revertedWithCustomError(
        vault,
        "VestingZeroAddress",
      );
      await expect(factory.deploy(token, desk.address, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        vault,
        "OwnableInvalidOwner",
      );
      await expect(factory.deploy(owner.address, desk.address, owner.address)).to.be.revertedWithCustomError(
        vault,
        "SafeERC20FailedOperation",
      );
    });

    it("takes its owner from the argument, and has no schedule", async () => {
      const { token, desk, stranger } = await loadFixture(vestingWorld);
      const vault = await ethers.deployContract("VestingVault", [token, desk.address, stranger.address]);
      expect(await vault.owner()).to.equal(stranger.address);
      expect(await vault.token()).to.equal(await token.getAddress());
      expect(await vault.delegationDesk()).to.equal(desk.address);
      expect(await vault.scheduleCount()).to.equal(0);
    });

    it("creates an inbox where anybody can work it out, which lets the vault alone take its tokens", async () => {
      const { token, vault, owner } = await loadFixture(vestingWorld);
      const inbox = await vault.inbox();
      expect(inbox).to.equal(ethers.getCreateAddress({ from: await vault.getAddress(), nonce: 1 }));
      expect(await token.allowance(inbox, vault)).to.equal(ethers.MaxUint256);
      const code = await ethers.provider.getCode(inbox);
      expect(code).not.to.equal("0x");
      // It answers nothing.
      await expect(owner.sendTransaction({ to: inbox, data: "0x12345678" })).to.be.reverted;
    });

    it("never loses its owner (I46)", async () => {
      const { vault, owner } = await loadFixture(vestingWorld);
      await expect(vault.connect(owner).renounceOwnership()).to.be.revertedWithCustomError(vault, "OwnershipRequired");
    });
  });

  describe("createSchedule", () => {
    it("is open to anybody, for any grantor, and counts from 1", async () => {
      const { vault, stranger, alice, terms } = await loadFixture(vestingWorld);
      await expect(vault.connect(stranger).createSchedule(terms, alice.address))
        .to.emit(vault, "ScheduleCreated")
        .withArgs(4, alice.address, Object.values(terms));
      expect(await vault.scheduleCount()).to.equal(4);
      expect(await vault.grantorOf(4)).to.equal(alice.address);
      expect(await vault.poolOf(4)).to.equal(0);
    });

    it("keeps every term", async () => {
      const { vault, alice, terms } = await loadFixture(vestingWorld);
      const kinds: Terms[] = [
        terms,
        { ...terms, revocable: false, votes: true },
        { start: 1n, cliff: 0n, duration: 0n, step: 0n, startBps: 0n, revocable: false, votes: false },
        {
          start: 2n ** 40n - 1n,
          cliff: 2n ** 32n - 1n,
          duration: 2n ** 32n - 1n,
          step: 2n ** 32n - 1n,
          startBps: 10_000n,
          revocable: true,
          votes: true,
        },
      ];
      for (const [index, terms] of kinds.entries()) {
        await vault.createSchedule(terms, alice.address);
        expect(plain(await vault.termsOf(4 + index))).to.deep.equal(terms);
      }
    });

    it("refuses terms out of bounds and a zero grantor", async () => {
      const { vault, alice, terms } = await loadFixture(vestingWorld);
      const duration = 48n * MONTH;
      const wrong: [Partial<Terms>, [bigint, bigint, bigint]][] = [
        [{ start: 0n }, [0n, 1n, 2n ** 40n - 1n]],
        [{ cliff: duration + 1n }, [duration + 1n, 0n, duration]],
        [{ step: duration + 1n }, [duration + 1n, 0n, duration]],
        [{ startBps: 10_001n }, [10_001n, 0n, 10_000n]],
        [{ duration: 0n }, [12n * MONTH, 0n, 0n]],
      ];
      for (const [change, bounds] of wrong) {
        await expect(vault.createSchedule({ ...terms, ...change }, alice.address))
          .to.be.revertedWithCustomError(vault, "VestingOutOfBounds")
          .withArgs(...bounds);
      }
      await expect(vault.createSchedule(terms, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        vault,
        "VestingZeroAddress",
      );
    });

    it("is needed for terms to be read", async () => {
      const { vault } = await loadFixture(vestingWorld);
      for (const id of [0, 4]) {
        await expect(vault.termsOf(id)).to.be.revertedWithCustomError(vault, "VestingUnknownSchedule").withArgs(id);
        expect(await vault.grantorOf(id)).to.equal(ethers.ZeroAddress);
      }
    });
  });

  describe("a grantor", () => {
    it("is the only one to act on a schedule; nobody is on one that does not exist", async () => {
      const { vault, owner, stranger } = await loadFixture(vestingWorld);
      const calls = (id: number, by: typeof owner) => [
        () => vault.connect(by).grant(id, stranger.address, 1),
        () => vault.connect(by).grantMany(id, []),
        () => vault.connect(by).grantByRoot(id, ethers.id("root"), 1),
        () => vault.connect(by).closeRoot(id, ethers.id("root")),
        () => vault.connect(by).revoke(id, stranger.address),
        () => vault.connect(by).renounceRevocation(id),
        () => vault.connect(by).offerGrantor(id, by.address),
        () => vault.connect(by).withdrawPool(id, by.address, 1),
      ];
      for (const [id, by] of [
        [1, stranger],
        [1, owner],
        [4, owner],
        [0, owner],
      ] as const) {
        for (const call of calls(id, by)) {
          await expect(call()).to.be.revertedWithCustomError(vault, "VestingOnlyGrantor").withArgs(id, by.address);
        }
      }
    });

    it("hands the schedule over in two steps", async () => {
      const { vault, grantor, alice, stranger } = await loadFixture(vestingWorld);
      await expect(vault.offerGrantor(1, alice.address))
        .to.emit(vault, "GrantorOffered")
        .withArgs(1, grantor.address, alice.address);
      expect(await vault.offeredGrantorOf(1)).to.equal(alice.address);
      expect(await vault.grantorOf(1)).to.equal(grantor.address);
      await expect(vault.connect(stranger).acceptGrantor(1))
        .to.be.revertedWithCustomError(vault, "VestingNotOffered")
        .withArgs(1, stranger.address);

      await expect(vault.connect(alice).acceptGrantor(1))
        .to.emit(vault, "GrantorChanged")
        .withArgs(1, grantor.address, alice.address);
      expect(await vault.grantorOf(1)).to.equal(alice.address);
      expect(await vault.offeredGrantorOf(1)).to.equal(ethers.ZeroAddress);
      await expect(vault.grant(1, alice.address, 1)).to.be.revertedWithCustomError(vault, "VestingOnlyGrantor");
      await vault.connect(alice).grant(1, alice.address, 1);
      // Other schedules stay where they were.
      expect(await vault.grantorOf(2)).to.equal(grantor.address);
    });

    it("takes an offer back, and an offer is taken once", async () => {
      const { vault, grantor, alice } = await loadFixture(vestingWorld);
      await vault.offerGrantor(1, alice.address);
      await vault.offerGrantor(1, ethers.ZeroAddress);
      await expect(vault.connect(alice).acceptGrantor(1)).to.be.revertedWithCustomError(vault, "VestingNotOffered");
      await vault.offerGrantor(1, alice.address);
      await vault.connect(alice).acceptGrantor(1);
      await vault.connect(alice).offerGrantor(1, grantor.address);
      await expect(vault.connect(alice).acceptGrantor(1)).to.be.revertedWithCustomError(vault, "VestingNotOffered");
    });

    it("gives up revocation for ever, and changes no other term", async () => {
      const { vault, alice, terms } = await loadFixture(vestingWorld);
      await vault.grant(2, alice.address, TOKEN);
      await expect(vault.renounceRevocation(2)).to.emit(vault, "RevocationRenounced").withArgs(2);
      expect(plain(await vault.termsOf(2))).to.deep.equal({ ...terms, votes: true, revocable: false });
      expect(await vault.poolOf(2)).to.equal(POOL - TOKEN);
      for (const call of [() => vault.renounceRevocation(2), () => vault.revoke(2, alice.address)]) {
        await expect(call()).to.be.revertedWithCustomError(vault, "VestingNotRevocable").withArgs(2);
      }
      await expect(vault.renounceRevocation(3)).to.be.revertedWithCustomError(vault, "VestingNotRevocable");
    });
  });

  describe("fund", () => {
    it("pays into any pool, by anybody who allowed it (I3)", async () => {
      const { vault, token, alice, grantor } = await loadFixture(vestingWorld);
      await token.connect(grantor).transfer(alice.address, 5n);
      await token.connect(alice).approve(vault, 5n);
      await expect(vault.connect(alice).fund(2, 5n)).to.emit(vault, "PoolFunded").withArgs(2, alice.address, 5n);
      expect(await vault.poolOf(2)).to.equal(POOL + 5n);
      expect(await token.balanceOf(vault)).to.equal(3n * POOL + 5n);
      await expect(vault.connect(alice).fund(2, 1n)).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });

    it("refuses nothing, unknown schedules, and more than a pool can hold", async () => {
      const { vault, grantor, terms } = await loadFixture(vestingWorld);
      await expect(vault.fund(1, 0)).to.be.revertedWithCustomError(vault, "VestingZeroAmount");
      for (const id of [0, 4]) {
        await expect(vault.fund(id, 1)).to.be.revertedWithCustomError(vault, "VestingUnknownSchedule").withArgs(id);
      }
      const big = await ethers.deployContract("HostileToken", [grantor.address, 2n ** 97n]);
      const other = await ethers.deployContract("VestingVault", [big, grantor.address, grantor.address]);
      await big.connect(grantor).approve(other, ethers.MaxUint256);
      await other.createSchedule(terms, grantor.address);
      await other.connect(grantor).fund(1, MAX_POOL - 1n);
      for (const amount of [2n, 2n ** 96n]) {
        await expect(other.connect(grantor).fund(1, amount))
          .to.be.revertedWithCustomError(other, "VestingAmountTooLarge")
          .withArgs(amount);
      }
      await other.connect(grantor).fund(1, 1n);
      expect(await other.poolOf(1)).to.equal(MAX_POOL);
    });
  });

  describe("fundWithPermit", () => {
    async function permitWorld() {
      const world = await vestingWorld();
      await world.token.connect(world.grantor).transfer(world.alice.address, 2n * TOKEN);
      const address = await world.vault.getAddress();
      const permit = await signPermit(world.alice, world.token, address, TOKEN, FOREVER);
      return { ...world, permit };
    }

    it("needs no approval before", async () => {
      const { vault, alice, token, permit } = await loadFixture(permitWorld);
      await expect(vault.connect(alice).fundWithPermit(1, TOKEN, FOREVER, permit.v, permit.r, permit.s))
        .to.emit(vault, "PoolFunded")
        .withArgs(1, alice.address, TOKEN);
      expect(await vault.poolOf(1)).to.equal(POOL + TOKEN);
      expect(await token.allowance(alice.address, vault)).to.equal(0);
    });

    it("goes through when somebody sent the permit first", async () => {
      const { vault, alice, stranger, token, permit } = await loadFixture(permitWorld);
      await token.connect(stranger).permit(alice.address, vault, TOKEN, FOREVER, permit.v, permit.r, permit.s);
      await vault.connect(alice).fundWithPermit(1, TOKEN, FOREVER, permit.v, permit.r, permit.s);
      expect(await vault.poolOf(1)).to.equal(POOL + TOKEN);
    });

    it("pays nothing on another's permit, nor twice on one (I10)", async () => {
      const { vault, alice, stranger, token, permit } = await loadFixture(permitWorld);
      const send = (by: typeof alice) =>
        vault.connect(by).fundWithPermit(1, TOKEN, FOREVER, permit.v, permit.r, permit.s);
      await expect(send(stranger)).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
      await send(alice);
      await expect(send(alice)).to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance");
    });
  });

  describe("allot", () => {
    it("turns what came into the inbox into a pool, by the owner alone", async () => {
      const { vault, token, owner, grantor, stranger } = await loadFixture(vestingWorld);
      const inbox = await vault.inbox();
      await token.connect(grantor).transfer(inbox, 10n);
      await expect(vault.connect(stranger).allot(1, 1n)).to.be.revertedWithCustomError(
        vault,
        "OwnableUnauthorizedAccount",
      );
      await expect(vault.connect(owner).allot(1, 4n)).to.emit(vault, "PoolAllotted").withArgs(1, 4n);
      await vault.connect(owner).allot(2, 6n);
      expect(await vault.poolOf(1)).to.equal(POOL + 4n);
      expect(await vault.poolOf(2)).to.equal(POOL + 6n);
      expect(await token.balanceOf(vault)).to.equal(3n * POOL + 10n);
    });

    it("takes no more than came, from nowhere else: not from pools, not from grants (I3)", async () => {
      const { vault, token, owner, grantor, alice } = await loadFixture(vestingWorld);
      await vault.grant(1, alice.address, TOKEN);
      await token.connect(grantor).transfer(await vault.inbox(), 10n);
      // Tokens sent to the vault itself are nobody's.
      await token.connect(grantor).transfer(vault, 100n);
      await expect(vault.connect(owner).allot(1, 11n)).to.be.revertedWithCustomError(token, "ERC20InsufficientBalance");
      await expect(vault.connect(owner).allot(1, 0)).to.be.revertedWithCustomError(vault, "VestingZeroAmount");
      await expect(vault.connect(owner).allot(4, 1)).to.be.revertedWithCustomError(vault, "VestingUnknownSchedule");
    });

    it("is not held up by whoever cycles tokens through a schedule of his own", async () => {
      const { vault, token, owner, grantor, alice } = await loadFixture(vestingWorld);
      await token.connect(grantor).transfer(alice.address, TOKEN);
      await token.connect(alice).approve(vault, ethers.MaxUint256);
      const now = { start: 1n, cliff: 0n, duration: 0n, step: 0n, startBps: 0n, revocable: false, votes: false };
      await vault.createSchedule(now, alice.address);
      for (let i = 0; i < 3; i++) {
        await vault.connect(alice).fund(4, TOKEN);
        await vault.connect(alice).grant(4, alice.address, TOKEN);
        await vault.connect(alice).release(4, alice.address);
      }
      await token.connect(grantor).transfer(await vault.inbox(), 2n * TOKEN);
      await vault.connect(owner).allot(1, 2n * TOKEN);
      expect(await vault.poolOf(1)).to.equal(POOL + 2n * TOKEN);
    });
  });

  describe("withdrawPool", () => {
    it("gives back what is not granted, and not a wei more (I3)", async () => {
      const { vault, token, alice, bob } = await loadFixture(vestingWorld);
      await vault.grant(1, alice.address, 100n);
      await vault.grantByRoot(1, ethers.id("root"), 50n);
      const free = POOL - 150n;
      await expect(vault.withdrawPool(1, bob.address, free + 1n))
        .to.be.revertedWithCustomError(vault, "VestingPoolShort")
        .withArgs(1, free, free + 1n);
      await expect(vault.withdrawPool(1, bob.address, free))
        .to.emit(vault, "PoolWithdrawn")
        .withArgs(1, bob.address, free);
      expect(await token.balanceOf(bob.address)).to.equal(free);
      expect(await token.balanceOf(vault)).to.equal(2n * POOL + 150n);
      await expect(vault.withdrawPool(1, bob.address, 1)).to.be.revertedWithCustomError(vault, "VestingPoolShort");
    });

    it("refuses nothing, and receivers who could not spend it", async () => {
      const { vault, bob } = await loadFixture(vestingWorld);
      await expect(vault.withdrawPool(1, bob.address, 0)).to.be.revertedWithCustomError(vault, "VestingZeroAmount");
      await expect(vault.withdrawPool(1, ethers.ZeroAddress, 1)).to.be.revertedWithCustomError(
        vault,
        "VestingZeroAddress",
      );
      await expect(vault.withdrawPool(1, vault, 1)).to.be.revertedWithCustomError(vault, "VestingSelfRecipient");
    });
  });

  it("brings tokens that came without a call to a beneficiary, to the last wei", async () => {
    const { owner, alice, desk, start, terms } = await loadFixture(vestingWorld);
    const token = await deployToken(owner.address);
    const vault = await ethers.deployContract("VestingVault", [token, desk.address, owner.address]);
    await token.transfer(await vault.inbox(), 1_000n);
    await vault.createSchedule({ ...terms, start: start }, owner.address);
    await vault.allot(1, 1_000n);
    await vault.grant(1, alice.address, 1_000n);
    await at(start + 48n * MONTH);
    await expect(vault.release(1, alice.address)).to.emit(token, "Transfer").withArgs(vault, alice.address, 1_000n);
    expect(await token.balanceOf(vault)).to.equal(0);
    await expect(vault.release(1, alice.address)).to.be.revertedWithCustomError(vault, "VestingNothingToRelease");
  });
});
