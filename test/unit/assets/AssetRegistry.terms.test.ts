/** AssetRegistry: price, description, resale royalty, versions and lineage of an asset. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { CID } from "multiformats/cid";
import { base16 } from "multiformats/bases/base16";
import { accrue, assetWorld, type AssetWorld, digest, Kind, mintFor, mintOf } from "./fixture";

const NOBODY = ethers.ZeroAddress;
const UNKNOWN = 123_456_789n;
const MAX_PRICE = 2n ** 64n - 1n;

async function termsWorld(): Promise<AssetWorld & { id: bigint }> {
  const world = await assetWorld();
  return { ...world, id: await mintFor(world.assets, world.alice, "model") };
}

describe("AssetRegistry terms", () => {
  describe("setPrice", () => {
    it("refuses an unknown asset and anyone but the owner, the former owner too", async () => {
      const { assets, alice, bob, id } = await loadFixture(termsWorld);
      await expect(assets.connect(alice).setPrice(UNKNOWN, 1))
        .to.be.revertedWithCustomError(assets, "AssetUnknown")
        .withArgs(UNKNOWN);
      await expect(assets.connect(bob).setPrice(id, 1))
        .to.be.revertedWithCustomError(assets, "AssetNotOwner")
        .withArgs(id, bob.address);
      await assets.connect(alice).transferFrom(alice.address, bob.address, id);
      await expect(assets.connect(alice).setPrice(id, 1))
        .to.be.revertedWithCustomError(assets, "AssetNotOwner")
        .withArgs(id, alice.address);
    });

    it("takes every price from free to the largest, tells old and new, and counts the change", async () => {
      const { assets, alice, id } = await loadFixture(termsWorld);
      let old = BigInt(mintOf("model").priceGwei);
      for (const [index, price] of [0n, 1n, MAX_PRICE, MAX_PRICE].entries()) {
        await expect(assets.connect(alice).setPrice(id, price))
          .to.emit(assets, "PriceChanged")
          .withArgs(id, old, price);
        const { priceGwei, termsEpoch } = await assets.assetOf(id);
        expect([priceGwei, termsEpoch]).to.deep.equal([price, BigInt(index + 1)]);
        expect((await assets.termsOf(id)).priceGwei).to.equal(price);
        old = price;
      }
    });

    it("leaves what accrued, and the uses, as they are", async () => {
      const world = await loadFixture(termsWorld);
      const { assets, alice, id } = world;
      await accrue(world, id, 7n, 3n);
      await assets.connect(alice).setPrice(id, 1);
      const { accruedGwei, uses } = await assets.assetOf(id);
      expect([accruedGwei, uses]).to.deep.equal([7n, 3n]);
    });
  });

  describe("setMetadata", () => {
    it("refuses an unknown asset, anyone but the owner, and a zero description", async () => {
      const { assets, alice, bob, id } = await loadFixture(termsWorld);
      await expect(assets.connect(alice).setMetadata(UNKNOWN, digest("x"), digest("y")))
        .to.be.revertedWithCustomError(assets, "AssetUnknown")
        .withArgs(UNKNOWN);
      await expect(assets.connect(bob).setMetadata(id, digest("x"), digest("y")))
        .to.be.revertedWithCustomError(assets, "AssetNotOwner")
        .withArgs(id, bob.address);
      await expect(assets.connect(alice).setMetadata(id, ethers.ZeroHash, digest("y"))).to.be.revertedWithCustomError(
        assets,
        "AssetZeroDigest",
      );
      expect((await assets.assetOf(id)).termsEpoch).to.equal(0);
    });

    it("stores the description, tells both digests and the ERC-4906 event, and counts the change", async () => {
      const { assets, alice, id } = await loadFixture(termsWorld);
      for (const [index, preview] of [digest("preview"), ethers.ZeroHash].entries()) {
        const metadata = digest(`description ${index}`);
        await expect(assets.connect(alice).setMetadata(id, metadata, preview))
          .to.emit(assets, "MetadataChanged")
          .withArgs(id, metadata, preview)
          .and.to.emit(assets, "MetadataUpdate")
          .withArgs(id);
        const { metadataDigest, termsEpoch } = await assets.assetOf(id);
        expect([metadataDigest, termsEpoch]).to.deep.equal([metadata, BigInt(index + 1)]);
      }
    });
  });

  describe("tokenURI", () => {
    it("refuses an unknown asset", async () => {
      const { assets } = await loadFixture(assetWorld);
      await expect(assets.tokenURI(UNKNOWN)).to.be.revertedWithCustomError(assets, "AssetUnknown").withArgs(UNKNOWN);
    });

    it("is empty while only the mint event names the description", async () => {
      const { assets, id } = await loadFixture(termsWorld);
      expect(await assets.tokenURI(id)).to.equal("");
    });

    it("is the address of the description: a CIDv1 whose sha-256 is the digest", async () => {
      const { assets, alice, id } = await loadFixture(termsWorld);
      const first = `0x${"00".repeat(31)}01`;
      for (const metadata of [digest("description"), first, `0x${"ff".repeat(32)}`]) {
        await assets.connect(alice).setMetadata(id, metadata, ethers.ZeroHash);
        const uri = await assets.tokenURI(id);
        expect(uri.startsWith("ipfs://")).to.equal(true);
        const { version, code, multihash } = CID.parse(uri.slice("ipfs://".length), base16);
        expect([version, code, multihash.code]).to.deep.equal([1, 0x55, 0x12]);
        expect(ethers.hexlify(multihash.digest)).to.equal(metadata);
      }
    });
  });

  describe("setResaleRoyalty", () => {
    it("refuses an unknown asset, anyone but the owner, and the zero address", async () => {
      const { assets, alice, bob, id } = await loadFixture(termsWorld);
      await expect(assets.connect(alice).setResaleRoyalty(UNKNOWN, alice.address, 1))
        .to.be.revertedWithCustomError(assets, "AssetUnknown")
        .withArgs(UNKNOWN);
      await expect(assets.connect(bob).setResaleRoyalty(id, bob.address, 1))
        .to.be.revertedWithCustomError(assets, "AssetNotOwner")
        .withArgs(id, bob.address);
      await expect(assets.connect(alice).setResaleRoyalty(id, NOBODY, 1)).to.be.revertedWithCustomError(
        assets,
        "AssetZeroAddress",
      );
    });

    it("refuses nothing and more than a tenth, naming the bound", async () => {
      const { assets, alice, id } = await loadFixture(termsWorld);
      for (const bps of [0, 1_001, 65_535]) {
        await expect(assets.connect(alice).setResaleRoyalty(id, alice.address, bps))
          .to.be.revertedWithCustomError(assets, "AssetRoyaltyTooHigh")
          .withArgs(bps, 1_000);
      }
      expect(await assets.MAX_RESALE_BPS()).to.equal(1_000);
    });

    it("is fixed for good, also against a later owner", async () => {
      const { assets, alice, bob, id } = await loadFixture(termsWorld);
      await expect(assets.connect(alice).setResaleRoyalty(id, alice.address, 250))
        .to.emit(assets, "ResaleRoyaltySet")
        .withArgs(id, alice.address, 250);
      await expect(assets.connect(alice).setResaleRoyalty(id, alice.address, 250))
        .to.be.revertedWithCustomError(assets, "AssetAlreadySet")
        .withArgs(id);
      await assets.connect(alice).transferFrom(alice.address, bob.address, id);
      await expect(assets.connect(bob).setResaleRoyalty(id, bob.address, 1)).to.be.revertedWithCustomError(
        assets,
        "AssetAlreadySet",
      );
      expect([...(await assets.royaltyInfo(id, 10_000))]).to.deep.equal([alice.address, 250n]);
    });
  });

  describe("royaltyInfo", () => {
    it("is nothing while no royalty is set, and for an unknown asset", async () => {
      const { assets, id } = await loadFixture(termsWorld);
      for (const asset of [id, UNKNOWN]) {
        expect([...(await assets.royaltyInfo(asset, ethers.MaxUint256))]).to.deep.equal([NOBODY, 0n]);
      }
    });

    it("I38 I48 is the share rounded down, never above a tenth of the price, for any price", async () => {
      const { assets, alice } = await loadFixture(termsWorld);
      for (const bps of [1n, 250n, 999n, 1_000n]) {
        const id = await mintFor(assets, alice, `with ${bps}`);
        await assets.connect(alice).setResaleRoyalty(id, alice.address, bps);
        const prices = fc.oneof(fc.bigInt({ min: 0n, max: ethers.MaxUint256 }), fc.bigInt({ min: 0n, max: 20_000n }));
        await fc.assert(
          fc.asyncProperty(prices, async (price) => {
            const { amount } = await assets.royaltyInfo(id, price);
            expect(amount).to.equal((price * bps) / 10_000n);
            expect(amount <= price / 10n).to.equal(true);
          }),
          { numRuns: 30, examples: [[0n], [9_999n], [ethers.MaxUint256]] },
        );
      }
    });
  });

  describe("declareVersion", () => {
    const CONFLICT = "AssetVersionConflict";

    /** Alice owns four models in no line, `a` to `d`. */
    async function versionWorld() {
      const world = await assetWorld();
      const [a, b, c, d] = [
        await mintFor(world.assets, world.alice, "a"),
        await mintFor(world.assets, world.alice, "b"),
        await mintFor(world.assets, world.alice, "c"),
        await mintFor(world.assets, world.alice, "d"),
      ];
      return { ...world, a, b, c, d };
    }

    it("refuses unknown assets and anyone who does not own both", async () => {
      const { assets, alice, bob, a, b } = await loadFixture(versionWorld);
      const strange = await mintFor(assets, bob, "of Bob");
      for (const [id, previous] of [
        [UNKNOWN, a],
        [a, UNKNOWN],
      ] as const) {
        await expect(assets.connect(alice).declareVersion(id, previous))
          .to.be.revertedWithCustomError(assets, "AssetUnknown")
          .withArgs(UNKNOWN);
      }
      for (const [id, previous] of [
        [strange, a],
        [a, strange],
      ] as const) {
        await expect(assets.connect(alice).declareVersion(id, previous))
          .to.be.revertedWithCustomError(assets, "AssetNotOwner")
          .withArgs(strange, alice.address);
      }
      expect([...(await assets.versionsOf(b))]).to.deep.equal([0n, 0n]);
    });

    it("refuses an asset as its own version, and assets of two kinds", async () => {
      const { assets, alice, a } = await loadFixture(versionWorld);
      const dataset = await mintFor(assets, alice, "a", { kind: Kind.Dataset });
      for (const [id, previous] of [
        [a, a],
        [a, dataset],
        [dataset, a],
      ] as const) {
        await expect(assets.connect(alice).declareVersion(id, previous))
          .to.be.revertedWithCustomError(assets, CONFLICT)
          .withArgs(id, previous);
      }
    });

    it("builds a line at its end, and keeps it", async () => {
      const { assets, alice, a, b, c } = await loadFixture(versionWorld);
      await expect(assets.connect(alice).declareVersion(b, a)).to.emit(assets, "VersionDeclared").withArgs(b, a);
      await assets.connect(alice).declareVersion(c, b);
      expect([...(await assets.versionsOf(a))]).to.deep.equal([0n, b]);
      expect([...(await assets.versionsOf(b))]).to.deep.equal([a, c]);
      expect([...(await assets.versionsOf(c))]).to.deep.equal([b, 0n]);
    });

    it("never forks, never joins two lines, never rewrites a link and never closes to a ring", async () => {
      const { assets, alice, a, b, c, d } = await loadFixture(versionWorld);
      await assets.connect(alice).declareVersion(b, a);
      await assets.connect(alice).declareVersion(d, c);
      const fresh = await mintFor(assets, alice, "fresh");
      for (const [id, previous, what] of [
        [fresh, a, "a has a follower already"],
        [c, a, "neither is at the end of its line"],
        [b, c, "b has a predecessor already"],
        [a, b, "a ring of two"],
        [b, a, "the same link again"],
        [c, b, "c begins a line of its own"],
        [d, b, "d ends a line of its own"],
      ] as const) {
        await expect(assets.connect(alice).declareVersion(id, previous), what)
          .to.be.revertedWithCustomError(assets, CONFLICT)
          .withArgs(id, previous);
      }
    });

    it("survives a sale: the next version is up to the owner of the last one", async () => {
      const { assets, alice, bob, a, b } = await loadFixture(versionWorld);
      await assets.connect(alice).declareVersion(b, a);
      await assets.connect(alice).transferFrom(alice.address, bob.address, b);
      const next = await mintFor(assets, bob, "next");
      await assets.connect(bob).declareVersion(next, b);
      expect([...(await assets.versionsOf(b))]).to.deep.equal([a, next]);
    });
  });

  describe("parentOf", () => {
    it("has four empty places for every asset, and no fifth", async () => {
      const { assets, id } = await loadFixture(termsWorld);
      for (const asset of [id, UNKNOWN]) {
        for (const index of [0, 1, 2, 3]) {
          expect([...(await assets.parentOf(asset, index))]).to.deep.equal([0n, 0n]);
        }
      }
      const words = await ethers.deployContract("AssetWords");
      for (const index of [4n, ethers.MaxUint256]) {
        await expect(assets.parentOf(id, index))
          .to.be.revertedWithCustomError(words, "LineageIndexTooLarge")
          .withArgs(index);
      }
    });
  });
});
