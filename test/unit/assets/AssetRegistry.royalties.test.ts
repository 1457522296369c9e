/** AssetRegistry: royalties that the vault books here, claims, and transfers that settle first. */
import { loadFixture, setBalance } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { accrue, assetWorld, type AssetWorld, balanceIn, GWEI, mintFor, TOKEN, viewOf } from "./fixture";

const UNKNOWN = 123_456_789n;
const MAX_USES = 2n ** 32n - 1n;

type Royalties = { asset: bigint; amount: bigint; uses: bigint }[];

/** Alice owns `a` and `b`, Bob owns `c`. The module can be asked for releases of several royalties at once. */
async function royaltyWorld() {
  const world = await assetWorld();
  const { assets, vault, alice, bob } = world;
  const [a, b, c] = [
    await mintFor(assets, alice, "a"),
    await mintFor(assets, alice, "b"),
    await mintFor(assets, bob, "c"),
  ];
  const moduleAddress = await world.module.getAddress();
  const signer = await ethers.getImpersonatedSigner(moduleAddress);
  await setBalance(moduleAddress, 10n ** 18n);
  const release = (royalties: Royalties) => vault.connect(signer).releaseWithRoyalties([], 0, assets, royalties);
  return { ...world, a, b, c, moduleAddress, release };
}

/** What the registry owes by its own books, wei. */
async function owed({ assets }: AssetWorld, ids: readonly bigint[]): Promise<bigint> {
  const accrued = await Promise.all(ids.map(async (id) => (await assets.assetOf(id)).accruedGwei));
  return accrued.reduce((sum, one) => sum + one, 0n) * GWEI;
}

describe("AssetRegistry royalties", () => {
  describe("onRoyalties", () => {
    it("is the vault's alone: neither a module, the owner nor an asset's owner can book anything", async () => {
      const { assets, governor, alice, a, moduleAddress } = await loadFixture(royaltyWorld);
      const module = await ethers.getImpersonatedSigner(moduleAddress);
      for (const caller of [governor, alice, module]) {
        await expect(assets.connect(caller).onRoyalties(moduleAddress, [{ asset: a, amount: GWEI, uses: 1 }]))
          .to.be.revertedWithCustomError(assets, "AssetNotVault")
          .withArgs(caller.address);
      }
      expect((await assets.assetOf(a)).accruedGwei).to.equal(0);
    });

    it("refuses an unknown asset, and the vault undoes the whole release", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, vault, a, moduleAddress, release } = world;
      const held = await vault.heldBy(moduleAddress);
      const royalties = [
        { asset: a, amount: GWEI, uses: 1n },
        { asset: UNKNOWN, amount: GWEI, uses: 1n },
      ];
      await expect(release(royalties)).to.be.revertedWithCustomError(assets, "AssetUnknown").withArgs(UNKNOWN);
      expect(await vault.heldBy(moduleAddress)).to.equal(held);
      expect(await vault.heldBy(assets)).to.equal(0);
      expect((await assets.assetOf(a)).accruedGwei).to.equal(0);
    });

    it("books every royalty, tells each with its module, and touches nothing else of an asset", async () => {
      const { assets, vault, a, c, moduleAddress, release } = await loadFixture(royaltyWorld);
      const before = await viewOf(assets, a);
      const sent = release([
        { asset: a, amount: 5n * GWEI, uses: 2n },
        { asset: c, amount: 7n * GWEI, uses: 1n },
        { asset: a, amount: 11n * GWEI, uses: 0n },
      ]);
      await expect(sent)
        .to.emit(assets, "RoyaltyAccrued")
        .withArgs(a, moduleAddress, 5n * GWEI, 2)
        .and.to.emit(assets, "RoyaltyAccrued")
        .withArgs(c, moduleAddress, 7n * GWEI, 1)
        .and.to.emit(assets, "RoyaltyAccrued")
        .withArgs(a, moduleAddress, 11n * GWEI, 0);
      expect(await viewOf(assets, a)).to.deep.equal({ ...before, accruedGwei: 16n, uses: 2n });
      expect((await assets.assetOf(c)).accruedGwei).to.equal(7n);
      expect(await vault.heldBy(assets)).to.equal(23n * GWEI);
    });

    it("counts a free use without money, and stops counting at the maximum without ever refusing", async () => {
      const { assets, a, release } = await loadFixture(royaltyWorld);
      await release([{ asset: a, amount: 0n, uses: 1n }]);
      expect((await assets.assetOf(a)).uses).to.equal(1n);
      await release([{ asset: a, amount: 0n, uses: MAX_USES - 1n }]);
      expect((await assets.assetOf(a)).uses).to.equal(MAX_USES);
      await release([{ asset: a, amount: GWEI, uses: MAX_USES }]);
      const { uses, accruedGwei, payee } = await assets.assetOf(a);
      expect([uses, accruedGwei]).to.deep.equal([MAX_USES, 1n]);
      expect(payee).to.equal((await assets.termsOf(a)).payee);
    });

    it("goes on for an asset whose mints are paused and whose price changed", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, a } = world;
      await assets.pause();
      await assets.connect(alice).setPrice(a, 0);
      await accrue(world, a, 9n);
      expect((await assets.assetOf(a)).accruedGwei).to.equal(9n);
    });

    it("keeps everything that the vault can hold in one asset", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, vault, alice, a, moduleAddress, release } = world;
      const all = await vault.heldBy(moduleAddress);
      await release([{ asset: a, amount: all, uses: 1n }]);
      expect((await assets.assetOf(a)).accruedGwei * GWEI).to.equal(all);
      await assets.claim(a);
      expect(await balanceIn(world, alice.address)).to.equal(all);
    });
  });

  describe("claim", () => {
    it("refuses an unknown asset", async () => {
      const { assets } = await loadFixture(royaltyWorld);
      await expect(assets.claim(UNKNOWN)).to.be.revertedWithCustomError(assets, "AssetUnknown").withArgs(UNKNOWN);
    });

    it("I19 pays once, to the owner alone, whoever calls", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, vault, alice, carol, a, b } = world;
      await accrue(world, a, 30n);
      await accrue(world, b, 4n);
      const payee = await vault.accountOf(alice.address);
      expect(await assets.connect(carol).claim.staticCall(a)).to.equal(30n * GWEI);
      await expect(assets.connect(carol).claim(a))
        .to.emit(assets, "RoyaltyClaimed")
        .withArgs(a, payee, 30n * GWEI)
        .and.to.emit(vault, "Credited")
        .withArgs(payee, await assets.getAddress(), 30n * GWEI);
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      expect(await balanceIn(world, carol.address)).to.equal(0);
      expect((await assets.assetOf(b)).accruedGwei).to.equal(4n);

      expect(await assets.claim.staticCall(a)).to.equal(0);
      await expect(assets.connect(alice).claim(a)).not.to.emit(assets, "RoyaltyClaimed");
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      expect(await vault.heldBy(assets)).to.equal(4n * GWEI);
    });

    it("leaves uses, terms and owner as they are, and later royalties are claimed later", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, a } = world;
      await accrue(world, a, 3n, 2n);
      const before = await viewOf(assets, a);
      await assets.claim(a);
      expect(await viewOf(assets, a)).to.deep.equal({ ...before, accruedGwei: 0n });
      await accrue(world, a, 5n);
      await assets.claim(a);
      expect(await balanceIn(world, alice.address)).to.equal(8n * GWEI);
    });

    it("I44 goes on when mints are paused and the vault took every right from module and registry", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, vault, alice, module, a } = world;
      await accrue(world, a, 3n);
      await assets.pause();
      await vault.setModule(assets, 0);
      await vault.setModule(module, 0);
      await assets.claim(a);
      expect(await balanceIn(world, alice.address)).to.equal(3n * GWEI);
    });

    it("cannot be entered again, not even by a vault that calls back while it pays", async () => {
      const { governor, alice } = await loadFixture(royaltyWorld);
      const vault = await ethers.deployContract("CallingBackVault");
      const assets = await ethers.deployContract("AssetRegistry", [vault, governor.address]);
      const id = await mintFor(assets, alice, "model");
      await vault.book(assets, id, 5n * GWEI);
      await expect(assets.claim(id)).to.be.revertedWithCustomError(assets, "ReentrancyGuardReentrantCall");
      expect((await assets.assetOf(id)).accruedGwei).to.equal(5n);
      expect(await vault.paid()).to.equal(0);
    });

    it("I19 cannot be held up by another asset's owner", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, bob, a, c } = world;
      await accrue(world, a, 3n);
      await accrue(world, c, 5n);
      const receiver = await ethers.deployContract("AssetReceiver");
      await receiver.setMode(2);
      await assets.connect(bob).transferFrom(bob.address, await receiver.getAddress(), c);
      await assets.claim(a);
      await assets.claim(c);
      expect(await balanceIn(world, alice.address)).to.equal(3n * GWEI);
      expect(await balanceIn(world, bob.address)).to.equal(5n * GWEI);
    });
  });

  describe("transfer", () => {
    it("settles to the old owner first: what accrued before is his, what comes after the new one's", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, vault, alice, carol, a } = world;
      await accrue(world, a, 30n);
      const payee = await vault.accountOf(alice.address);
      await expect(assets.connect(alice).transferFrom(alice.address, carol.address, a))
        .to.emit(assets, "RoyaltyClaimed")
        .withArgs(a, payee, 30n * GWEI);
      await accrue(world, a, 4n);
      await assets.claim(a);
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      expect(await balanceIn(world, carol.address)).to.equal(4n * GWEI);
      expect(await vault.heldBy(assets)).to.equal(0);
    });

    it("by an approved buyer settles to the old owner too", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, carol, a } = world;
      await accrue(world, a, 30n);
      await assets.connect(alice).approve(carol.address, a);
      await assets.connect(carol).transferFrom(alice.address, carol.address, a);
      await assets.connect(carol).claim(a);
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      expect(await balanceIn(world, carol.address)).to.equal(0);
    });

    it("to oneself pays what had accrued, once", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, a } = world;
      await accrue(world, a, 30n);
      await assets.connect(alice).transferFrom(alice.address, alice.address, a);
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      expect((await assets.assetOf(a)).accruedGwei).to.equal(0);
    });

    it("keeps the count of uses", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, carol, a } = world;
      await accrue(world, a, 1n, 9n);
      await assets.connect(alice).transferFrom(alice.address, carol.address, a);
      expect((await assets.assetOf(a)).uses).to.equal(9n);
    });

    it("that is refused leaves what had accrued where it is", async () => {
      const world = await loadFixture(royaltyWorld);
      const { assets, alice, carol, a } = world;
      await accrue(world, a, 30n);
      await expect(assets.connect(alice).transferFrom(carol.address, alice.address, a)).to.be.revertedWithCustomError(
        assets,
        "ERC721IncorrectOwner",
      );
      expect((await assets.assetOf(a)).accruedGwei).to.equal(30n);
      expect(await balanceIn(world, alice.address)).to.equal(0);
    });
  });

  it("I1 I6 I19 what the books owe is what the vault holds, and everyone gets exactly his, for any order of calls", async () => {
    const actions = fc.oneof(
      fc.record({ kind: fc.constant("accrue" as const), which: fc.nat(2), amount: fc.nat(1_000), uses: fc.nat(5) }),
      fc.record({ kind: fc.constant("claim" as const), which: fc.nat(2), amount: fc.nat(0), uses: fc.nat(0) }),
      fc.record({ kind: fc.constant("move" as const), which: fc.nat(2), amount: fc.nat(2), uses: fc.nat(0) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(actions, { minLength: 5, maxLength: 25 }), async (steps) => {
        const world = await loadFixture(royaltyWorld);
        const { assets, vault, token, alice, bob, carol, a, b, c } = world;
        const ids = [a, b, c];
        const people = [alice, bob, carol];
        const owners = [0, 0, 1];
        const pending = [0n, 0n, 0n];
        const earned = [0n, 0n, 0n];
        const pay = (which: number) => {
          earned[owners[which]!]! += pending[which]!;
          pending[which] = 0n;
        };
        for (const { kind, which, amount, uses } of steps) {
          const id = ids[which]!;
          if (kind === "accrue") {
            await accrue(world, id, BigInt(amount), BigInt(uses));
            pending[which]! += BigInt(amount);
          } else if (kind === "claim") {
            await assets.claim(id);
            pay(which);
          } else {
            const [from, to] = [people[owners[which]!]!, people[amount]!];
            await assets.connect(from).transferFrom(from.address, to.address, id);
            pay(which);
            owners[which] = amount;
          }
          expect(await owed(world, ids)).to.equal(await vault.heldBy(assets));
        }
        for (const [index, person] of people.entries()) {
          expect(await balanceIn(world, person.address)).to.equal(earned[index]! * GWEI);
        }
        expect(await owed(world, ids)).to.equal(pending.reduce((sum, one) => sum + one, 0n) * GWEI);
        expect(await vault.liabilities()).to.equal(await token.balanceOf(vault));
        expect(await vault.liabilities()).to.equal(1_000_000n * TOKEN);
      }),
      { numRuns: 15 },
    );
  });
});
