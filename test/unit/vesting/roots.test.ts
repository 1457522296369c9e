/** Grants by Merkle root. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { VestingVault } from "../../../typechain-types";
import {
  plain,
  at,
  hashLeaf,
  type Leaf,
  MONTH,
  owedBy,
  POOL,
  ROOT_LAPSE,
  TOKEN,
  treeOf,
  vestingWorld,
} from "./fixture";

const LINEAR = 3;
const THOUSAND = 1_000n * TOKEN;

/** Alice, Bob and five others have leaves of 1,000, 1,001, ... tokens under a root of schedules 1 and 3. */
async function rootWorld() {
  const world = await vestingWorld();
  const others = Array.from({ length: 5 }, (_, i) => ethers.getAddress(ethers.dataSlice(ethers.id(`other ${i}`), 12)));
  const leaves = [world.alice.address, world.bob.address, ...others].map((beneficiary, i) => ({
    beneficiary,
    amount: THOUSAND + BigInt(i) * TOKEN,
  }));
  const { root, proofs } = treeOf(leaves);
  const total = leaves.reduce((sum, { amount }) => sum + amount, 0n);
  await world.vault.grantByRoot(1, root, total);
  await world.vault.grantByRoot(LINEAR, root, total);
  const [aliceLeaf, bobLeaf] = leaves as [Leaf, Leaf];
  const [aliceProof, bobProof] = proofs as [string[], string[]];
  return { ...world, leaves, root, proofs, total, aliceLeaf, bobLeaf, aliceProof, bobProof };
}

const claim = (vault: VestingVault, schedule: number, root: string, leaf: Leaf, proof: string[]) =>
  vault.claimGrant(schedule, root, leaf.beneficiary, leaf.amount, proof);

describe("VestingVault: Merkle roots", () => {
  describe("grantByRoot", () => {
    it("reserves the total from the pool (I3)", async () => {
      const { vault, start } = await loadFixture(vestingWorld);
      const root = ethers.id("root");
      await at(start);
      await expect(vault.grantByRoot(1, root, 7n))
        .to.emit(vault, "RootSet")
        .withArgs(1, root, 7n);
      expect(plain(await vault.rootOf(1, root))).to.deep.equal({ left: 7n, setAt: start, number: 1n });
      expect((await vault.rootOf(2, root)).number).to.equal(0);
      expect(await vault.poolOf(1)).to.equal(POOL - 7n);
    });

    it("refuses nothing, more than the pool, and the same root again", async () => {
      const { vault, root } = await loadFixture(rootWorld);
      const left = await vault.poolOf(1);
      await expect(vault.grantByRoot(1, ethers.id("other"), 0)).to.be.revertedWithCustomError(
        vault,
        "VestingZeroAmount",
      );
      await expect(vault.grantByRoot(1, ethers.id("other"), left + 1n))
        .to.be.revertedWithCustomError(vault, "VestingPoolShort")
        .withArgs(1, left, left + 1n);
      await expect(vault.grantByRoot(1, root, 1n))
        .to.be.revertedWithCustomError(vault, "VestingRootKnown")
        .withArgs(1, root);
    });

    it("takes 23 roots a schedule, each with a leaf for the same beneficiary", async () => {
      const { vault, alice } = await loadFixture(vestingWorld);
      const trees = Array.from({ length: 24 }, (_, i) => {
        const leaf = { beneficiary: alice.address, amount: 2n ** BigInt(i) };
        return { leaf, ...treeOf([leaf]) };
      });
      for (const { root, leaf } of trees.slice(0, 23)) await vault.grantByRoot(1, root, leaf.amount);
      await expect(vault.grantByRoot(1, trees[23]!.root, 1n))
        .to.be.revertedWithCustomError(vault, "VestingTooManyRoots")
        .withArgs(1);
      // Claimed out of order, each once; the other schedule's count is its own.
      const order = trees.slice(0, 23).reverse();
      for (const [index, { root, leaf }] of order.entries()) {
        expect(await vault.hasClaimed(1, root, alice.address), `${index}`).to.equal(false);
        await claim(vault, 1, root, leaf, []);
        expect(await vault.hasClaimed(1, root, alice.address), `${index}`).to.equal(true);
      }
      expect((await vault.grantOf(1, alice.address)).total).to.equal(2n ** 23n - 1n);
      for (const { root, leaf } of order) {
        await expect(claim(vault, 1, root, leaf, [])).to.be.revertedWithCustomError(vault, "VestingAlreadyClaimed");
      }
      await vault.grantByRoot(2, trees[23]!.root, 1n);
      // The last bit of the word is next to nothing that it could spill into: the grant is as it should be.
      expect(plain(await vault.grantOf(1, alice.address))).to.include({ paid: 0n, revokedAt: 0n });
    });
  });

  describe("claimGrant", () => {
    it("makes a grant of every leaf, sent by anybody, and is used up with the last", async () => {
      const { vault, stranger, leaves, proofs, root } = await loadFixture(rootWorld);
      const before = await vault.poolOf(1);
      for (const [index, leaf] of leaves.entries()) {
        await expect(claim(vault.connect(stranger), 1, root, leaf, proofs[index] ?? []))
          .to.emit(vault, "GrantClaimed")
          .withArgs(1, leaf.beneficiary, root, leaf.amount, 0n);
        expect((await vault.grantOf(1, leaf.beneficiary)).total).to.equal(leaf.amount);
        expect(await vault.hasClaimed(1, root, leaf.beneficiary)).to.equal(true);
        expect(await vault.hasClaimed(LINEAR, root, leaf.beneficiary)).to.equal(false);
      }
      expect((await vault.rootOf(1, root)).left).to.equal(0);
      expect(await vault.poolOf(1)).to.equal(before);
    });

    it("adds to a grant made by hand, and is added to", async () => {
      const { vault, root, aliceLeaf, aliceProof } = await loadFixture(rootWorld);
      await vault.grant(1, aliceLeaf.beneficiary, 5n);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      await vault.grant(1, aliceLeaf.beneficiary, 7n);
      expect((await vault.grantOf(1, aliceLeaf.beneficiary)).total).to.equal(aliceLeaf.amount + 12n);
    });

    it("vests what is claimed late as if it had been claimed early (I33)", async () => {
      const { vault, token, root, aliceLeaf, aliceProof, end } = await loadFixture(rootWorld);
      await at(end);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      await vault.release(1, aliceLeaf.beneficiary);
      expect(await token.balanceOf(aliceLeaf.beneficiary)).to.equal(aliceLeaf.amount);
    });

    it("refuses a leaf twice, changed, with another's proof, under another root or schedule", async () => {
      const { vault, root, aliceLeaf, bobLeaf, aliceProof, bobProof, total } = await loadFixture(rootWorld);
      const changed = { ...aliceLeaf, amount: aliceLeaf.amount + 1n };
      const stolen = { ...aliceLeaf, beneficiary: bobLeaf.beneficiary };
      const wrong: [Leaf, string[]][] = [
        [changed, aliceProof],
        [stolen, aliceProof],
        [aliceLeaf, bobProof],
        [aliceLeaf, []],
        [aliceLeaf, [...aliceProof, root]],
      ];
      for (const [leaf, proof] of wrong) {
        await expect(claim(vault, 1, root, leaf, proof))
          .to.be.revertedWithCustomError(vault, "VestingInvalidProof")
          .withArgs(root, leaf.beneficiary, leaf.amount);
      }
      await expect(claim(vault, 2, root, aliceLeaf, aliceProof))
        .to.be.revertedWithCustomError(vault, "VestingUnknownRoot")
        .withArgs(2, root);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      await expect(claim(vault, 1, root, aliceLeaf, aliceProof))
        .to.be.revertedWithCustomError(vault, "VestingAlreadyClaimed")
        .withArgs(root, aliceLeaf.beneficiary);
      expect((await vault.rootOf(1, root)).left).to.equal(total - aliceLeaf.amount);
    });

    it("takes no inner node for a leaf", async () => {
      const { vault, alice, bob } = await loadFixture(vestingWorld);
      // A tree of two leaves; its root is the hash of 64 bytes, as abi.encode(beneficiary, amount) is.
      const leaves = [alice, bob].map(({ address }) => ({ beneficiary: address, amount: TOKEN }));
      const [low, high] = leaves.map(hashLeaf).sort() as [string, string];
      const { root } = treeOf(leaves);
      expect(ethers.keccak256(ethers.concat([low, high]))).to.equal(root);
      expect(await vault.leafOf(alice.address, TOKEN)).to.equal(hashLeaf(leaves[0] as Leaf));
      const inner = ethers.keccak256(
        ethers.AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [alice.address, 1]),
      );
      expect(await vault.leafOf(alice.address, 1)).not.to.equal(inner);
    });

    it("refuses beneficiaries whom nobody could pay", async () => {
      const { vault } = await loadFixture(vestingWorld);
      for (const [beneficiary, error] of [
        [ethers.ZeroAddress, "VestingZeroAddress"],
        [await vault.getAddress(), "VestingSelfRecipient"],
      ] as const) {
        const leaf = { beneficiary, amount: 1n };
        const { root } = treeOf([leaf]);
        await vault.grantByRoot(1, root, 1n);
        await expect(claim(vault, 1, root, leaf, [])).to.be.revertedWithCustomError(vault, error);
      }
    });

    it("pays no more than was reserved, though the leaves add up to more (I3)", async () => {
      const { vault, alice, bob } = await loadFixture(vestingWorld);
      const leaves = [alice, bob].map(({ address }) => ({ beneficiary: address, amount: TOKEN }));
      const { root, proofs } = treeOf(leaves);
      await vault.grantByRoot(1, root, 2n * TOKEN - 1n);
      await claim(vault, 1, root, leaves[0] as Leaf, proofs[0] ?? []);
      await expect(claim(vault, 1, root, leaves[1] as Leaf, proofs[1] ?? []))
        .to.be.revertedWithCustomError(vault, "VestingRootShort")
        .withArgs(root, TOKEN - 1n, TOKEN);
      expect(await owedBy(vault, 1, [alice.address, bob.address], [root])).to.equal(POOL);
    });

    it("pays whoever took the beneficiary's grant over, and no leaf twice", async () => {
      const { vault, alice, bob, root, aliceLeaf, bobLeaf, aliceProof, bobProof } = await loadFixture(rootWorld);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      await vault.connect(alice).offerGrant(1, alice.address, bob.address);
      await vault.connect(bob).acceptGrant(1, alice.address);
      await expect(claim(vault, 1, root, aliceLeaf, aliceProof)).to.be.revertedWithCustomError(
        vault,
        "VestingAlreadyClaimed",
      );
      // Bob's own leaf is still his, on his own key.
      await claim(vault, 1, root, bobLeaf, bobProof);
      expect((await vault.grantOf(1, bob.address)).total).to.equal(bobLeaf.amount);
    });
  });

  describe("a leaf of a beneficiary who was revoked", () => {
    it("I34 is worth what had vested by the revocation, whoever claims it and whenever", async () => {
      const { vault, token, alice, root, aliceLeaf, aliceProof, start, end } = await loadFixture(rootWorld);
      await vault.grant(1, alice.address, TOKEN);
      await at(start + 24n * MONTH);
      await vault.revoke(1, alice.address);
      const before = await vault.poolOf(1);
      const kept = aliceLeaf.amount / 10n + (aliceLeaf.amount * 9n) / 10n / 2n;
      const own = (await vault.grantOf(1, alice.address)).total;
      await at(end);
      await expect(claim(vault, 1, root, aliceLeaf, aliceProof))
        .to.emit(vault, "GrantClaimed")
        .withArgs(1, alice.address, root, aliceLeaf.amount, aliceLeaf.amount - kept);
      expect((await vault.grantOf(1, alice.address)).total).to.equal(own + kept);
      expect(await vault.poolOf(1)).to.equal(before + aliceLeaf.amount - kept);
      await vault.release(1, alice.address);
      expect(await token.balanceOf(alice.address)).to.equal(own + kept);
    });

    it("returns to the pool as a whole when nothing had vested", async () => {
      const { vault, alice, root, aliceLeaf, aliceProof, total } = await loadFixture(rootWorld);
      await vault.grant(1, alice.address, TOKEN);
      await vault.revoke(1, alice.address);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      expect(await vault.poolOf(1)).to.equal(POOL - total + aliceLeaf.amount);
      expect((await vault.grantOf(1, alice.address)).total).to.equal(0);
      await expect(claim(vault, 1, root, aliceLeaf, aliceProof)).to.be.revertedWithCustomError(
        vault,
        "VestingAlreadyClaimed",
      );
    });
  });

  describe("closeRoot", () => {
    it("returns everything while nothing has vested on a revocable schedule", async () => {
      const { vault, root, total, aliceLeaf, bobLeaf, aliceProof, bobProof, start } = await loadFixture(rootWorld);
      await claim(vault, 1, root, aliceLeaf, aliceProof);
      await at(start - 1n);
      const left = total - aliceLeaf.amount;
      await expect(vault.closeRoot(1, root)).to.emit(vault, "RootClosed").withArgs(1, root, left);
      expect(await vault.poolOf(1)).to.equal(POOL - aliceLeaf.amount);
      await expect(claim(vault, 1, root, bobLeaf, bobProof))
        .to.be.revertedWithCustomError(vault, "VestingRootShort")
        .withArgs(root, 0n, bobLeaf.amount);
      // Neither again, nor set anew; the claimed leaf stands.
      await expect(vault.closeRoot(1, root)).to.be.revertedWithCustomError(vault, "VestingRootShort");
      await expect(vault.grantByRoot(1, root, 1n)).to.be.revertedWithCustomError(vault, "VestingRootKnown");
      expect((await vault.grantOf(1, aliceLeaf.beneficiary)).total).to.equal(aliceLeaf.amount);
    });

    it("I34 never takes what has vested: not from the start on, until two years after the end", async () => {
      const { vault, root, start, end } = await loadFixture(rootWorld);
      const closable = end + ROOT_LAPSE;
      expect(await vault.rootClosableFrom(1, root)).to.equal(closable);
      for (const when of [start, start + 12n * MONTH, end, closable - 1n]) {
        await at(when);
        await expect(vault.closeRoot(1, root))
          .to.be.revertedWithCustomError(vault, "VestingRootOpen")
          .withArgs(root, closable);
      }
      await at(closable);
      await vault.closeRoot(1, root);
      expect(await vault.poolOf(1)).to.equal(POOL);
      expect((await vault.rootOf(1, root)).left).to.equal(0);
    });

    it("waits for two years after the end on an irrevocable schedule, whatever has vested", async () => {
      const { vault, root, end } = await loadFixture(rootWorld);
      await expect(vault.closeRoot(LINEAR, root)).to.be.revertedWithCustomError(vault, "VestingRootOpen");
      await vault.renounceRevocation(1);
      await expect(vault.closeRoot(1, root)).to.be.revertedWithCustomError(vault, "VestingRootOpen");
      await at(end + ROOT_LAPSE);
      await vault.closeRoot(LINEAR, root);
      expect(await vault.poolOf(LINEAR)).to.equal(POOL);
    });

    it("counts the two years from the day the root was set, when that is later", async () => {
      const { vault, alice, end } = await loadFixture(vestingWorld);
      const { root } = treeOf([{ beneficiary: alice.address, amount: 1n }]);
      await at(end + 10n);
      await vault.grantByRoot(1, root, 1n);
      const closable = end + 10n + ROOT_LAPSE;
      expect(await vault.rootClosableFrom(1, root)).to.equal(closable);
      await at(closable - 1n);
      await expect(vault.closeRoot(1, root)).to.be.revertedWithCustomError(vault, "VestingRootOpen");
      await vault.closeRoot(1, root);
    });

    it("stays possible until the cliff where nothing vests at the start", async () => {
      const { vault, grantor, alice, start, terms } = await loadFixture(vestingWorld);
      await vault.createSchedule({ ...terms, startBps: 0n }, grantor.address);
      await vault.fund(4, 10n * TOKEN);
      const { root } = treeOf([{ beneficiary: alice.address, amount: TOKEN }]);
      const other = ethers.id("another root");
      await vault.grantByRoot(4, root, TOKEN);
      await vault.grantByRoot(4, other, TOKEN);
      await at(start + 12n * MONTH - 1n);
      await vault.closeRoot(4, root);
      await expect(vault.closeRoot(4, other)).to.be.revertedWithCustomError(vault, "VestingRootOpen");
      expect(await vault.poolOf(4)).to.equal(9n * TOKEN);
    });

    it("needs a root", async () => {
      const { vault } = await loadFixture(vestingWorld);
      const root = ethers.id("no root");
      const calls = [
        () => vault.closeRoot(1, root),
        () => vault.rootClosableFrom(1, root),
        () => vault.claimGrant(1, root, root.slice(0, 42), 1n, []),
      ];
      for (const call of calls) {
        await expect(call()).to.be.revertedWithCustomError(vault, "VestingUnknownRoot").withArgs(1, root);
      }
      expect(await vault.hasClaimed(1, root, root.slice(0, 42))).to.equal(false);
    });
  });
});
