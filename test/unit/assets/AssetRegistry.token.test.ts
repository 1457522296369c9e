/** AssetRegistry as an ERC-721: balances, approvals, transfers, receivers, interfaces. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { AssetReceiver } from "../../../typechain-types";
import { accrue, assetWorld, type AssetWorld, balanceIn, GWEI, idOf, Kind, mintFor, mintOf } from "./fixture";

const NOBODY = ethers.ZeroAddress;
const UNKNOWN = 123_456_789n;

const Receipt = { Accept: 0, WrongMagic: 1, Revert: 2, BurnGas: 3, ReEnter: 4, Look: 5 } as const;

/** Alice owns one asset; a contract that can receive is there. */
async function tokenWorld(): Promise<AssetWorld & { id: bigint; receiver: AssetReceiver; receiverAddress: string }> {
  const world = await assetWorld();
  const id = await mintFor(world.assets, world.alice, "model");
  const receiver = await ethers.deployContract("AssetReceiver");
  return { ...world, id, receiver, receiverAddress: await receiver.getAddress() };
}

const SAFE = "safeTransferFrom(address,address,uint256)";
const SAFE_WITH_DATA = "safeTransferFrom(address,address,uint256,bytes)";

describe("AssetRegistry as ERC-721", () => {
  it("has the name and the symbol", async () => {
    const { assets } = await loadFixture(assetWorld);
    expect(await assets.name()).to.equal("GPU Commons Asset");
    expect(await assets.symbol()).to.equal("ASSET");
  });

  describe("supportsInterface", () => {
    const interfaces = [
      ["0x01ffc9a7", "ERC-165", true],
      ["0x80ac58cd", "ERC-721", true],
      ["0x5b5e139f", "ERC-721 metadata", true],
      ["0x2a55205a", "ERC-2981", true],
      ["0x49064906", "ERC-4906", true],
      ["0x780e9d63", "ERC-721 enumerable", false],
      ["0xd9b67a26", "ERC-1155", false],
      ["0xffffffff", "the invalid id", false],
    ] as const;
    for (const [interfaceId, name, supported] of interfaces) {
      it(`says ${supported ? "yes" : "no"} to ${name}`, async () => {
        const { assets } = await loadFixture(assetWorld);
        expect(await assets.supportsInterface(interfaceId)).to.equal(supported);
      });
    }
  });

  describe("balanceOf and ownerOf", () => {
    it("refuse the zero address and an unknown token, as ERC-721 asks", async () => {
      const { assets } = await loadFixture(assetWorld);
      await expect(assets.balanceOf(NOBODY))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidOwner")
        .withArgs(NOBODY);
      await expect(assets.ownerOf(UNKNOWN))
        .to.be.revertedWithCustomError(assets, "ERC721NonexistentToken")
        .withArgs(UNKNOWN);
      await expect(assets.getApproved(UNKNOWN)).to.be.revertedWithCustomError(assets, "ERC721NonexistentToken");
    });

    it("the owner is the holder of the payee's account, always", async () => {
      const { assets, vault, alice, bob, id } = await loadFixture(tokenWorld);
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
        [alice, alice],
      ] as const) {
        await assets.connect(from).transferFrom(from.address, to.address, id);
        const { owner, payee } = await assets.assetOf(id);
        expect([owner, await vault.holderOf(payee)]).to.deep.equal([to.address, to.address]);
        expect(await assets.ownerOf(id)).to.equal(to.address);
      }
    });

    it("I38 the sum of balances is the number of minted assets, whatever happens", async () => {
      const world = await loadFixture(tokenWorld);
      const { assets, alice, bob, carol, payer } = world;
      const people = [alice, bob, carol, payer];
      const owners = new Map<bigint, number>([[world.id, 0]]);
      const step = fc.record({ mint: fc.boolean(), who: fc.nat(3), whom: fc.nat(3), which: fc.nat(100) });
      let minted = 0;
      for (const { mint, who, whom, which } of fc.sample(step, { numRuns: 40, seed: 38 })) {
        if (mint) {
          owners.set(await mintFor(assets, people[who]!, `asset ${minted++}`), who);
        } else {
          const ids = [...owners.keys()];
          const id = ids[which % ids.length]!;
          const from = people[owners.get(id)!]!;
          await assets.connect(from).transferFrom(from.address, people[whom]!.address, id);
          owners.set(id, whom);
        }
        for (const [index, person] of people.entries()) {
          const held = [...owners.values()].filter((owner) => owner === index).length;
          expect(await assets.balanceOf(person.address)).to.equal(held);
        }
      }
      for (const [id, owner] of owners) expect(await assets.ownerOf(id)).to.equal(people[owner]!.address);
      expect(owners.size).to.be.greaterThan(10);
    });
  });

  describe("approvals", () => {
    it("are given by the owner or an operator only", async () => {
      const { assets, alice, bob, carol, id } = await loadFixture(tokenWorld);
      await expect(assets.connect(bob).approve(bob.address, id))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidApprover")
        .withArgs(bob.address);
      await expect(assets.connect(bob).approve(bob.address, UNKNOWN)).to.be.revertedWithCustomError(
        assets,
        "ERC721NonexistentToken",
      );
      await expect(assets.connect(alice).setApprovalForAll(NOBODY, true))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidOperator")
        .withArgs(NOBODY);
      await assets.connect(alice).setApprovalForAll(bob.address, true);
      await expect(assets.connect(bob).approve(carol.address, id))
        .to.emit(assets, "Approval")
        .withArgs(alice.address, carol.address, id);
      expect(await assets.getApproved(id)).to.equal(carol.address);
    });

    it("I38 clear on transfer: who was approved by the old owner can do nothing any more", async () => {
      const { assets, alice, bob, carol, id } = await loadFixture(tokenWorld);
      await assets.connect(alice).approve(bob.address, id);
      await assets.connect(bob).transferFrom(alice.address, carol.address, id);
      expect(await assets.getApproved(id)).to.equal(NOBODY);
      await expect(assets.connect(bob).transferFrom(carol.address, bob.address, id))
        .to.be.revertedWithCustomError(assets, "ERC721InsufficientApproval")
        .withArgs(bob.address, id);
      expect(await assets.ownerOf(id)).to.equal(carol.address);
    });

    it("I38 clear on a transfer to oneself too", async () => {
      const { assets, alice, bob, id } = await loadFixture(tokenWorld);
      await assets.connect(alice).approve(bob.address, id);
      await assets.connect(alice).transferFrom(alice.address, alice.address, id);
      expect(await assets.getApproved(id)).to.equal(NOBODY);
      expect(await assets.balanceOf(alice.address)).to.equal(1);
    });

    it("of an operator follow the owner, not the token", async () => {
      const { assets, alice, bob, carol, id } = await loadFixture(tokenWorld);
      await assets.connect(alice).setApprovalForAll(bob.address, true);
      await assets.connect(bob).transferFrom(alice.address, carol.address, id);
      await expect(assets.connect(bob).transferFrom(carol.address, bob.address, id)).to.be.revertedWithCustomError(
        assets,
        "ERC721InsufficientApproval",
      );
    });

    it("give no right over terms: only the owner sets price, description and royalty", async () => {
      const { assets, alice, bob, id } = await loadFixture(tokenWorld);
      await assets.connect(alice).setApprovalForAll(bob.address, true);
      await assets.connect(alice).approve(bob.address, id);
      for (const call of [
        () => assets.connect(bob).setPrice(id, 1),
        () => assets.connect(bob).setMetadata(id, ethers.id("x"), ethers.ZeroHash),
        () => assets.connect(bob).setResaleRoyalty(id, bob.address, 1),
        () => assets.connect(bob).declareVersion(id, id),
      ]) {
        await expect(call()).to.be.revertedWithCustomError(assets, "AssetNotOwner").withArgs(id, bob.address);
      }
    });
  });

  describe("transferFrom", () => {
    it("refuses strangers, a wrong sender, an unknown token and the zero address", async () => {
      const { assets, alice, bob, carol, id } = await loadFixture(tokenWorld);
      await expect(assets.connect(bob).transferFrom(alice.address, bob.address, id))
        .to.be.revertedWithCustomError(assets, "ERC721InsufficientApproval")
        .withArgs(bob.address, id);
      await expect(assets.connect(alice).transferFrom(carol.address, bob.address, id))
        .to.be.revertedWithCustomError(assets, "ERC721IncorrectOwner")
        .withArgs(carol.address, id, alice.address);
      await expect(assets.connect(alice).transferFrom(alice.address, bob.address, UNKNOWN))
        .to.be.revertedWithCustomError(assets, "ERC721NonexistentToken")
        .withArgs(UNKNOWN);
      await expect(assets.connect(alice).transferFrom(alice.address, NOBODY, id))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidReceiver")
        .withArgs(NOBODY);
      expect(await assets.balanceOf(alice.address)).to.equal(1);
      expect(await assets.balanceOf(bob.address)).to.equal(0);
    });

    it("moves token, balance and payee, opens the newcomer's account and counts a change of terms", async () => {
      const { assets, vault, alice, carol, id } = await loadFixture(tokenWorld);
      expect(await vault.accountOf(carol.address)).to.equal(0);
      const { priceGwei } = await assets.assetOf(id);
      await expect(assets.connect(alice).transferFrom(alice.address, carol.address, id))
        .to.emit(assets, "Transfer")
        .withArgs(alice.address, carol.address, id);
      const payee = await vault.accountOf(carol.address);
      expect(payee).not.to.equal(0);
      const asset = await assets.assetOf(id);
      expect([asset.owner, asset.payee, asset.termsEpoch]).to.deep.equal([carol.address, payee, 1n]);
      expect([asset.priceGwei, asset.kind, asset.format]).to.deep.equal([priceGwei, Kind.Model, 7n]);
      expect(await assets.balanceOf(alice.address)).to.equal(0);
      expect(await assets.balanceOf(carol.address)).to.equal(1);
    });

    it("does not call the receiver, so that a contract may take it without a callback", async () => {
      const { assets, alice, receiver, receiverAddress, id } = await loadFixture(tokenWorld);
      await receiver.setMode(Receipt.Revert);
      await assets.connect(alice).transferFrom(alice.address, receiverAddress, id);
      expect(await assets.ownerOf(id)).to.equal(receiverAddress);
    });
  });

  describe("safeTransferFrom", () => {
    it("refuses a contract without a callback, and one that answers wrongly", async () => {
      const { assets, token, alice, receiver, receiverAddress, id } = await loadFixture(tokenWorld);
      const noReceiver = await token.getAddress();
      await expect(assets.connect(alice)[SAFE](alice.address, noReceiver, id))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidReceiver")
        .withArgs(noReceiver);
      await receiver.setMode(Receipt.WrongMagic);
      await expect(assets.connect(alice)[SAFE](alice.address, receiverAddress, id))
        .to.be.revertedWithCustomError(assets, "ERC721InvalidReceiver")
        .withArgs(receiverAddress);
      expect(await assets.ownerOf(id)).to.equal(alice.address);
    });

    it("given a receiver that reverts or burns all gas, moves neither token nor money", async () => {
      const world = await loadFixture(tokenWorld);
      const { assets, alice, receiver, receiverAddress, id } = world;
      await accrue(world, id, 30n);
      for (const mode of [Receipt.Revert, Receipt.BurnGas]) {
        await receiver.setMode(mode);
        const call = assets.connect(alice)[SAFE](alice.address, receiverAddress, id, { gasLimit: 3_000_000 });
        if (mode === Receipt.Revert) {
          await expect(call).to.be.revertedWithCustomError(receiver, "ReceiverRefused");
        } else {
          await expect(call).to.be.revertedWithCustomError(assets, "ERC721InvalidReceiver").withArgs(receiverAddress);
        }
        const { owner, accruedGwei, termsEpoch } = await assets.assetOf(id);
        expect([owner, accruedGwei, termsEpoch]).to.deep.equal([alice.address, 30n, 0n]);
        expect(await balanceIn(world, alice.address)).to.equal(0);
      }
    });

    it("hands on the data and completes for a receiver that accepts", async () => {
      const { assets, alice, receiverAddress, id } = await loadFixture(tokenWorld);
      await assets.connect(alice)[SAFE_WITH_DATA](alice.address, receiverAddress, id, "0x1234");
      expect(await assets.ownerOf(id)).to.equal(receiverAddress);
    });

    it("I48 is complete before the receiver is called: it sees itself as the paid owner", async () => {
      const world = await loadFixture(tokenWorld);
      const { assets, vault, alice, receiver, receiverAddress, id } = world;
      await accrue(world, id, 30n);
      await receiver.setMode(Receipt.Look);
      const account = (await vault.accountOf(alice.address)) + 1n;
      await expect(assets.connect(alice)[SAFE](alice.address, receiverAddress, id))
        .to.emit(receiver, "Seen")
        .withArgs(account, receiverAddress, 0, 1);
      expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
    });

    describe("given a receiver that re-enters", () => {
      it("I19 cannot have the old owner's royalties: a claim from within finds nothing", async () => {
        const world = await loadFixture(tokenWorld);
        const { assets, alice, receiver, receiverAddress, id } = world;
        await accrue(world, id, 30n);
        await receiver.setAttack(assets.interface.encodeFunctionData("claim", [id]));
        await assets.connect(alice)[SAFE](alice.address, receiverAddress, id);
        expect(await receiver.attackSucceeded()).to.equal(true);
        expect(await receiver.attackResult()).to.equal(ethers.ZeroHash);
        expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
        expect(await balanceIn(world, receiverAddress)).to.equal(0);
      });

      it("can pass the token on, as its owner, and no one loses anything", async () => {
        const world = await loadFixture(tokenWorld);
        const { assets, alice, bob, receiver, receiverAddress, id } = world;
        await accrue(world, id, 30n);
        const onward = assets.interface.encodeFunctionData("transferFrom", [receiverAddress, bob.address, id]);
        await receiver.setAttack(onward);
        await assets.connect(alice)[SAFE](alice.address, receiverAddress, id);
        expect(await receiver.attackSucceeded()).to.equal(true);
        expect(await assets.ownerOf(id)).to.equal(bob.address);
        expect(await assets.balanceOf(receiverAddress)).to.equal(0);
        expect(await assets.balanceOf(bob.address)).to.equal(1);
        expect(await balanceIn(world, alice.address)).to.equal(30n * GWEI);
      });

      it("cannot take another asset of the sender, nor change its terms", async () => {
        const { assets, alice, receiver, receiverAddress, id } = await loadFixture(tokenWorld);
        const other = await mintFor(assets, alice, "another");
        for (const attack of [
          assets.interface.encodeFunctionData("transferFrom", [alice.address, receiverAddress, other]),
          assets.interface.encodeFunctionData("setPrice", [other, 1]),
        ]) {
          await receiver.setAttack(attack);
          await assets.connect(alice)[SAFE](alice.address, receiverAddress, id);
          expect(await receiver.attackSucceeded()).to.equal(false);
          const back = assets.interface.encodeFunctionData("transferFrom", [receiverAddress, alice.address, id]);
          await receiver.forward(assets, back);
        }
        expect(await assets.ownerOf(other)).to.equal(alice.address);
        expect((await assets.assetOf(other)).priceGwei).to.equal(mintOf("another").priceGwei);
      });
    });
  });

  it("a contract can mint, price and claim like anyone", async () => {
    const world = await loadFixture(tokenWorld);
    const { assets, receiver, receiverAddress } = world;
    const asset = mintOf("of a contract");
    const salt = ethers.id("salt");
    const commitment = await assets.commitmentOf(receiverAddress, [idOf(asset)], salt);
    await receiver.forward(assets, assets.interface.encodeFunctionData("commitMint", [commitment]));
    await time.increase(60);
    await receiver.forward(assets, assets.interface.encodeFunctionData("mint", [asset, salt]));
    await receiver.forward(assets, assets.interface.encodeFunctionData("setPrice", [idOf(asset), 5]));
    await accrue(world, idOf(asset), 5n);
    await assets.claim(idOf(asset));
    expect(await balanceIn(world, receiverAddress)).to.equal(5n * GWEI);
  });
});
