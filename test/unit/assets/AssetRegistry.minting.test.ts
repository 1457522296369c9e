/** AssetRegistry: commitments, mints alone and in batches, and the mint of trained models. */
import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { AssetRegistry } from "../../../typechain-types";
import {
  assetWorld,
  commitTo,
  digest,
  idOf,
  trainedIdOf,
  Kind,
  mintFor,
  mintOf,
  type MintStruct,
  tupleOf,
  viewOf,
} from "./fixture";

const SALT = digest("salt");
const NO_KIND = 5;

/** The commitment as SPEC 8 and the interface describe it, computed off-chain. */
async function commitmentFor(
  registry: string,
  minter: string,
  ids: readonly bigint[],
  salt: string,
  chainId?: bigint,
): Promise<string> {
  const chain = chainId ?? (await ethers.provider.getNetwork()).chainId;
  const list = ethers.solidityPackedKeccak256(
    ids.map(() => "uint256"),
    [...ids],
  );
  return ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "address", "bytes32", "bytes32"],
      [chain, registry, minter, salt, list],
    ),
  );
}

describe("AssetRegistry minting", () => {
  describe("assetId", () => {
    it("is keccak256 over kind and content hash, another one for each kind", async () => {
      const { assets } = await loadFixture(assetWorld);
      const ids = new Set<bigint>();
      for (const kind of Object.values(Kind)) {
        const asset = mintOf("content", { kind });
        expect(await assets.assetId(kind, asset.contentHash)).to.equal(idOf(asset));
        ids.add(idOf(asset));
      }
      expect(ids.size).to.equal(5);
    });

    it("knows no sixth kind", async () => {
      const { assets } = await loadFixture(assetWorld);
      await expect(assets.assetId(NO_KIND, digest("content"))).to.be.revertedWithoutReason();
    });
  });

  describe("commitmentOf", () => {
    it("binds chain, contract, minter, salt and the ids in their order", async () => {
      const { assets, alice, bob } = await loadFixture(assetWorld);
      const registry = await assets.getAddress();
      const ids = [1n, 2n];
      const made = await assets.commitmentOf(alice.address, ids, SALT);
      expect(made).to.equal(await commitmentFor(registry, alice.address, ids, SALT));
      const others = [
        await commitmentFor(registry, alice.address, ids, SALT, 1n),
        await commitmentFor(bob.address, alice.address, ids, SALT),
        await assets.commitmentOf(bob.address, ids, SALT),
        await assets.commitmentOf(alice.address, [2n, 1n], SALT),
        await assets.commitmentOf(alice.address, [1n], SALT),
        await assets.commitmentOf(alice.address, ids, digest("other salt")),
      ];
      expect(new Set([made, ...others]).size).to.equal(others.length + 1);
    });
  });

  describe("commitMint", () => {
    it("refuses the same commitment twice, also after a time", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const commitment = await assets.commitmentOf(alice.address, [1n], SALT);
      await assets.connect(alice).commitMint(commitment);
      await time.increase(3_600);
      await expect(assets.connect(alice).commitMint(commitment))
        .to.be.revertedWithCustomError(assets, "AssetAlreadyCommitted")
        .withArgs(commitment);
    });

    it("tells the commitment, opens an account for a newcomer, and says when it can be revealed", async () => {
      const { assets, vault, alice, bob } = await loadFixture(assetWorld);
      const commitment = await assets.commitmentOf(alice.address, [1n], SALT);
      expect(await vault.accountOf(alice.address)).to.equal(0);
      expect(await assets.readyAt(alice.address, commitment)).to.equal(0);
      await expect(assets.connect(alice).commitMint(commitment))
        .to.emit(assets, "MintCommitted")
        .withArgs(commitment, alice.address)
        .and.to.emit(vault, "AccountOpened");
      expect(await vault.holderOf(await vault.accountOf(alice.address))).to.equal(alice.address);
      expect(await assets.readyAt(alice.address, commitment)).to.equal((await time.latest()) + 60);
      expect(await assets.readyAt(bob.address, commitment)).to.equal(0);
    });

    it("uses the account that a minter has", async () => {
      const { assets, vault, payer } = await loadFixture(assetWorld);
      const account = await vault.accountOf(payer.address);
      const id = await mintFor(assets, payer, "model");
      expect((await assets.assetOf(id)).payee).to.equal(account);
    });

    it("lets two minters commit to the same hash without minding each other", async () => {
      const { assets, alice, bob } = await loadFixture(assetWorld);
      const commitment = await assets.commitmentOf(alice.address, [1n], SALT);
      await assets.connect(bob).commitMint(commitment);
      await assets.connect(alice).commitMint(commitment);
      expect(await assets.readyAt(alice.address, commitment)).to.equal((await time.latest()) + 60);
    });
  });

  describe("mint", () => {
    describe("given no commitment that fits", () => {
      it("refuses a mint out of the blue, naming the commitment that is missing", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        const asset = mintOf("model");
        const missing = await assets.commitmentOf(alice.address, [idOf(asset)], SALT);
        await expect(assets.connect(alice).mint(asset, SALT))
          .to.be.revertedWithCustomError(assets, "AssetNotCommitted")
          .withArgs(missing);
      });

      it("refuses who saw a mint in flight: another's commitment does not count for him", async () => {
        const { assets, alice, bob } = await loadFixture(assetWorld);
        const asset = mintOf("model");
        const salt = await commitTo(assets, alice, [asset]);
        await expect(assets.connect(bob).mint(asset, salt)).to.be.revertedWithCustomError(assets, "AssetNotCommitted");
        // Copying the commitment itself does not help either: it names its minter.
        await assets.connect(bob).commitMint(await assets.commitmentOf(alice.address, [idOf(asset)], salt));
        await time.increase(60);
        await expect(assets.connect(bob).mint(asset, salt)).to.be.revertedWithCustomError(assets, "AssetNotCommitted");
        // And a commitment of his own comes a minute too late.
        const own = await assets.commitmentOf(bob.address, [idOf(asset)], salt);
        await assets.connect(bob).commitMint(own);
        await expect(assets.connect(bob).mint(asset, salt))
          .to.be.revertedWithCustomError(assets, "AssetCommitmentTooYoung")
          .withArgs(await assets.readyAt(bob.address, own));
        await assets.connect(alice).mint(asset, salt);
        expect(await assets.ownerOf(idOf(asset))).to.equal(alice.address);
      });

      it("refuses another salt, another content and another kind than committed to", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        const asset = mintOf("model");
        const salt = await commitTo(assets, alice, [asset]);
        const attempts: [MintStruct, string][] = [
          [asset, digest("other salt")],
          [mintOf("other"), salt],
          [{ ...asset, kind: Kind.Dataset }, salt],
        ];
        for (const [other, otherSalt] of attempts) {
          await expect(assets.connect(alice).mint(other, otherSalt)).to.be.revertedWithCustomError(
            assets,
            "AssetNotCommitted",
          );
        }
      });

      it("refuses a second mint under one commitment", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        const asset = mintOf("model");
        const salt = await commitTo(assets, alice, [asset]);
        await assets.connect(alice).mint(asset, salt);
        const used = await assets.commitmentOf(alice.address, [idOf(asset)], salt);
        expect(await assets.readyAt(alice.address, used)).to.equal(0);
        await expect(assets.connect(alice).mint(asset, salt))
          .to.be.revertedWithCustomError(assets, "AssetNotCommitted")
          .withArgs(used);
      });

      it("refuses a commitment made at another registry of the same vault", async () => {
        const { assets, vault, alice, governor } = await loadFixture(assetWorld);
        const other = await ethers.deployContract("AssetRegistry", [vault, governor.address]);
        const asset = mintOf("model");
        const salt = await commitTo(assets, alice, [asset]);
        await other.connect(alice).commitMint(await assets.commitmentOf(alice.address, [idOf(asset)], salt));
        await time.increase(60);
        await expect(other.connect(alice).mint(asset, salt)).to.be.revertedWithCustomError(other, "AssetNotCommitted");
      });
    });

    describe("given a commitment", () => {
      it("waits for its sixtieth second, not for the sixty-first", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        const asset = mintOf("model");
        const commitment = await assets.commitmentOf(alice.address, [idOf(asset)], SALT);
        await assets.connect(alice).commitMint(commitment);
        const ready = Number(await assets.readyAt(alice.address, commitment));
        await time.setNextBlockTimestamp(ready - 1);
        await expect(assets.connect(alice).mint(asset, SALT))
          .to.be.revertedWithCustomError(assets, "AssetCommitmentTooYoung")
          .withArgs(ready);
        await time.setNextBlockTimestamp(ready);
        await assets.connect(alice).mint(asset, SALT);
        expect(await assets.ownerOf(idOf(asset))).to.equal(alice.address);
      });

      it("refuses content without a hash, a description without a digest", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        for (const change of [{ contentHash: ethers.ZeroHash }, { metadataDigest: ethers.ZeroHash }]) {
          const asset = mintOf("model", change);
          const salt = await commitTo(assets, alice, [asset]);
          await expect(assets.connect(alice).mint(asset, salt)).to.be.revertedWithCustomError(
            assets,
            "AssetZeroDigest",
          );
          expect(await assets.balanceOf(alice.address)).to.equal(0);
        }
      });

      it("refuses the kinds None and TrainedModel, whatever was committed to", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        for (const kind of [Kind.None, Kind.TrainedModel]) {
          const asset = mintOf("model", { kind });
          const salt = await commitTo(assets, alice, [asset]);
          await expect(assets.connect(alice).mint(asset, salt))
            .to.be.revertedWithCustomError(assets, "AssetKindNotMintable")
            .withArgs(kind);
        }
      });

      it("refuses content that was minted before as the same kind, by anyone, also after it was sold", async () => {
        const { assets, alice, bob, carol } = await loadFixture(assetWorld);
        const id = await mintFor(assets, alice, "model");
        const again = mintOf("model", { metadataDigest: digest("dressed up"), priceGwei: 1n, size: 1n });
        for (const minter of [alice, bob]) {
          const salt = await commitTo(assets, minter, [again]);
          await expect(assets.connect(minter).mint(again, salt))
            .to.be.revertedWithCustomError(assets, "AssetDuplicate")
            .withArgs(id);
        }
        await assets.connect(alice).transferFrom(alice.address, carol.address, id);
        const salt = await commitTo(assets, bob, [again]);
        await expect(assets.connect(bob).mint(again, salt)).to.be.revertedWithCustomError(assets, "AssetDuplicate");
      });

      it("mints the same content once as each kind", async () => {
        const { assets, alice, bob } = await loadFixture(assetWorld);
        for (const kind of [Kind.Data, Kind.Dataset, Kind.Model]) {
          const id = await mintFor(assets, kind === Kind.Dataset ? bob : alice, "content", { kind });
          expect((await assets.assetOf(id)).kind).to.equal(kind);
        }
        expect(await assets.balanceOf(alice.address)).to.equal(2);
        expect(await assets.balanceOf(bob.address)).to.equal(1);
      });

      it("writes everything that was said and tells it in two events", async () => {
        const { assets, vault, alice } = await loadFixture(assetWorld);
        const asset = mintOf("model", {
          flags: 255n,
          format: 65_535n,
          priceGwei: 2n ** 64n - 1n,
          size: 2n ** 64n - 1n,
        });
        const salt = await commitTo(assets, alice, [asset]);
        const id = idOf(asset);
        expect(await assets.connect(alice).mint.staticCall(asset, salt)).to.equal(id);
        await expect(assets.connect(alice).mint(asset, salt))
          .to.emit(assets, "Transfer")
          .withArgs(ethers.ZeroAddress, alice.address, id)
          .and.to.emit(assets, "AssetMinted")
          .withArgs(id, tupleOf(asset));
        const payee = await vault.accountOf(alice.address);
        expect(await viewOf(assets, id)).to.deep.equal({
          owner: alice.address,
          payee,
          kind: Kind.Model,
          flags: 255n,
          format: 65_535n,
          sizeBits: 64n,
          termsEpoch: 0n,
          uses: 0n,
          priceGwei: 2n ** 64n - 1n,
          accruedGwei: 0n,
          metadataDigest: ethers.ZeroHash,
        });
        expect([...(await assets.termsOf(id))]).to.deep.equal([2n ** 64n - 1n, payee]);
        expect(await assets.balanceOf(alice.address)).to.equal(1);
      });

      it("keeps the size as a bit length, 0 for nothing", async () => {
        const { assets, alice } = await loadFixture(assetWorld);
        const sizes = [0n, 1n, 2n, 3n, 4n, 255n, 256n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n];
        for (const size of sizes) {
          const id = await mintFor(assets, alice, `of ${size} bytes`, { size });
          const bits = size === 0n ? 0 : size.toString(2).length;
          expect((await assets.assetOf(id)).sizeBits, `${size} bytes`).to.equal(bits);
        }
      });

      it("never calls the minter back: a contract without a receiver can mint", async () => {
        const { assets, token } = await loadFixture(assetWorld);
        const contract = await ethers.getImpersonatedSigner(await token.getAddress());
        await setBalance(contract.address, 10n ** 18n);
        const id = await mintFor(assets, contract, "model");
        expect(await assets.ownerOf(id)).to.equal(contract.address);
      });
    });

    it("refuses a kind beyond the enumeration before it does anything", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const data = encodeWithKind(assets, NO_KIND);
      await expect(alice.sendTransaction({ to: assets, data })).to.be.revertedWithoutReason();
    });
  });

  describe("mintMany", () => {
    it("refuses an empty batch", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      await expect(assets.connect(alice).mintMany([], SALT)).to.be.revertedWithCustomError(assets, "AssetEmptyBatch");
    });

    it("refuses the list in another order, shortened or lengthened", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const [a, b, c] = [mintOf("a"), mintOf("b"), mintOf("c")];
      const salt = await commitTo(assets, alice, [a, b]);
      for (const list of [[b, a], [a], [b], [a, b, c]]) {
        await expect(assets.connect(alice).mintMany(list, salt)).to.be.revertedWithCustomError(
          assets,
          "AssetNotCommitted",
        );
      }
      await expect(assets.connect(alice).mint(a, salt)).to.be.revertedWithCustomError(assets, "AssetNotCommitted");
    });

    it("is all or nothing: one bad asset undoes the batch and leaves the commitment", async () => {
      const { assets, alice, bob } = await loadFixture(assetWorld);
      const taken = mintOf("taken");
      await mintFor(assets, bob, "taken");
      const bad: [MintStruct, string][] = [
        [taken, "AssetDuplicate"],
        [mintOf("fresh"), "AssetDuplicate"],
        [mintOf("x", { contentHash: ethers.ZeroHash }), "AssetZeroDigest"],
        [mintOf("x", { metadataDigest: ethers.ZeroHash }), "AssetZeroDigest"],
        [mintOf("x", { kind: Kind.TrainedModel }), "AssetKindNotMintable"],
        [mintOf("x", { kind: Kind.None }), "AssetKindNotMintable"],
      ];
      for (const [asset, error] of bad) {
        const list = [mintOf("fresh"), asset];
        const salt = await commitTo(assets, alice, list);
        await expect(assets.connect(alice).mintMany(list, salt)).to.be.revertedWithCustomError(assets, error);
        const commitment = await assets.commitmentOf(alice.address, list.map(idOf), salt);
        expect(await assets.readyAt(alice.address, commitment)).not.to.equal(0);
      }
      expect(await assets.balanceOf(alice.address)).to.equal(0);
      await expect(assets.ownerOf(idOf(mintOf("fresh")))).to.be.revertedWithCustomError(
        assets,
        "ERC721NonexistentToken",
      );
    });

    it("refuses a commitment that is too young", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const list = [mintOf("a"), mintOf("b")];
      const commitment = await assets.commitmentOf(alice.address, list.map(idOf), SALT);
      await assets.connect(alice).commitMint(commitment);
      await expect(assets.connect(alice).mintMany(list, SALT))
        .to.be.revertedWithCustomError(assets, "AssetCommitmentTooYoung")
        .withArgs(await assets.readyAt(alice.address, commitment));
    });

    it("mints every asset of the list, in its order", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const list = [
        mintOf("a", { kind: Kind.Data, priceGwei: 0n }),
        mintOf("a", { kind: Kind.Dataset, flags: 1n }),
        mintOf("b", { size: 0n }),
      ];
      const salt = await commitTo(assets, alice, list);
      expect(await assets.connect(alice).mintMany.staticCall(list, salt)).to.deep.equal(list.map(idOf));
      const sent = await assets.connect(alice).mintMany(list, salt);
      for (const asset of list) {
        await expect(sent)
          .to.emit(assets, "Transfer")
          .withArgs(ethers.ZeroAddress, alice.address, idOf(asset))
          .and.to.emit(assets, "AssetMinted")
          .withArgs(idOf(asset), tupleOf(asset));
        const { kind, flags, priceGwei } = await assets.assetOf(idOf(asset));
        expect([kind, flags, priceGwei]).to.deep.equal([asset.kind, asset.flags, asset.priceGwei]);
      }
      expect(await assets.balanceOf(alice.address)).to.equal(3);
    });

    it("takes a list of one, under the same commitment as mint, and a list of a hundred", async () => {
      const { assets, alice } = await loadFixture(assetWorld);
      const one = [mintOf("one")];
      await assets.connect(alice).mintMany(one, await commitTo(assets, alice, one));
      const hundred = Array.from({ length: 100 }, (_, index) => mintOf(`number ${index}`));
      await assets.connect(alice).mintMany(hundred, await commitTo(assets, alice, hundred));
      expect(await assets.balanceOf(alice.address)).to.equal(101);
    });
  });

  describe("mintTrained", () => {
    const JOB = (7n << 56n) | 3n;
    const trained = (change: Partial<MintStruct> = {}) => mintOf("result", { kind: Kind.TrainedModel, ...change });

    async function trainedWorld() {
      const world = await assetWorld();
      await world.module.setTrained(JOB, digest("result"), world.alice.address);
      return world;
    }

    it("refuses every other kind", async () => {
      const { assets, module, alice } = await loadFixture(trainedWorld);
      for (const kind of [Kind.None, Kind.Data, Kind.Dataset, Kind.Model]) {
        await expect(assets.connect(alice).mintTrained(trained({ kind }), module, JOB))
          .to.be.revertedWithCustomError(assets, "AssetKindNotMintable")
          .withArgs(kind);
      }
    });

    it("refuses a record that governance does not know, or does no longer", async () => {
      const { assets, vault, module, alice } = await loadFixture(trainedWorld);
      const fake = await ethers.deployContract("RoyaltyModuleMock", [vault, assets]);
      await fake.setTrained(JOB, digest("result"), alice.address);
      await expect(assets.connect(alice).mintTrained(trained(), fake, JOB))
        .to.be.revertedWithCustomError(assets, "AssetUnknownRecord")
        .withArgs(await fake.getAddress());
      await assets.setTrainingRecord(module, false);
      await expect(assets.connect(alice).mintTrained(trained(), module, JOB))
        .to.be.revertedWithCustomError(assets, "AssetUnknownRecord")
        .withArgs(await module.getAddress());
    });

    it("refuses anyone but the requester, another result, and another job", async () => {
      const { assets, module, alice, bob } = await loadFixture(trainedWorld);
      await expect(assets.connect(bob).mintTrained(trained(), module, JOB))
        .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
        .withArgs(bob.address, alice.address);
      await expect(assets.connect(alice).mintTrained(trained({ contentHash: digest("better") }), module, JOB))
        .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
        .withArgs(alice.address, ethers.ZeroAddress);
      await expect(assets.connect(alice).mintTrained(trained(), module, JOB + 1n))
        .to.be.revertedWithCustomError(assets, "AssetNotTrainedBy")
        .withArgs(alice.address, ethers.ZeroAddress);
    });

    it("passes on what a record reverts with", async () => {
      const { assets, module, alice } = await loadFixture(trainedWorld);
      await module.setBroken(true);
      await expect(assets.connect(alice).mintTrained(trained(), module, JOB)).to.be.revertedWithCustomError(
        module,
        "RecordBroken",
      );
    });

    it("refuses a zero description and a second mint of the result", async () => {
      const { assets, vault, module, alice } = await loadFixture(trainedWorld);
      const call = assets.connect(alice).mintTrained(trained({ metadataDigest: ethers.ZeroHash }), module, JOB);
      await expect(call).to.be.revertedWithCustomError(assets, "AssetZeroDigest");
      await assets.connect(alice).mintTrained(trained(), module, JOB);
      await expect(assets.connect(alice).mintTrained(trained(), module, JOB))
        .to.be.revertedWithCustomError(assets, "AssetDuplicate")
        .withArgs(trainedIdOf(trained(), await vault.accountOf(alice.address)));
    });

    it("lets nobody take the result of another by having the same digest delivered to him (regression)", async () => {
      const { assets, vault, module, alice, bob } = await loadFixture(trainedWorld);
      await module.setTrained(JOB + 5n, digest("result"), bob.address);
      await assets.connect(bob).mintTrained(trained(), module, JOB + 5n);
      await assets.connect(alice).mintTrained(trained(), module, JOB);
      for (const minter of [alice, bob]) {
        const id = trainedIdOf(trained(), await vault.accountOf(minter.address));
        expect(await assets.ownerOf(id)).to.equal(minter.address);
        expect(await assets.trainedContentOf(id)).to.equal(digest("result"));
        expect(await assets.trainedAssetId(digest("result"), await vault.accountOf(minter.address))).to.equal(id);
      }
      expect(await assets.trainedContentOf(idOf(trained()))).to.equal(ethers.ZeroHash);
    });

    it("mints to the requester without a commitment, opens his account, and names the job", async () => {
      const { assets, vault, module, alice } = await loadFixture(trainedWorld);
      expect(await vault.accountOf(alice.address)).to.equal(0);
      const id = trainedIdOf(trained(), await vault.openAccount.staticCall(alice.address));
      expect(await assets.connect(alice).mintTrained.staticCall(trained(), module, JOB)).to.equal(id);
      await expect(assets.connect(alice).mintTrained(trained(), module, JOB))
        .to.emit(assets, "Transfer")
        .withArgs(ethers.ZeroAddress, alice.address, id)
        .and.to.emit(assets, "AssetMinted")
        .withArgs(id, tupleOf(trained()))
        .and.to.emit(assets, "AssetTrained")
        .withArgs(id, await module.getAddress(), JOB);
      const { owner, payee, kind } = await assets.assetOf(id);
      expect([owner, payee, kind]).to.deep.equal([
        alice.address,
        await vault.accountOf(alice.address),
        Kind.TrainedModel,
      ]);
      expect(await assets.balanceOf(alice.address)).to.equal(1);
    });

    it("does not stand in the way of the same content minted as a Model", async () => {
      const { assets, vault, module, alice, bob } = await loadFixture(trainedWorld);
      await mintFor(assets, bob, "result", { kind: Kind.Model });
      await assets.connect(alice).mintTrained(trained(), module, JOB);
      const id = trainedIdOf(trained(), await vault.accountOf(alice.address));
      expect(await assets.ownerOf(id)).to.equal(alice.address);
    });
  });
});

/** Calldata of `mint` with a kind that no ABI coder would write. */
function encodeWithKind(assets: AssetRegistry, kind: number): string {
  const data = assets.interface.encodeFunctionData("mint", [mintOf("model", { kind: 0n }), SALT]);
  return ethers.concat([ethers.dataSlice(data, 0, 4), ethers.toBeHex(kind, 32), ethers.dataSlice(data, 36)]);
}
