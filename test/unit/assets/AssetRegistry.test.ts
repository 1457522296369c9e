import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { assetWorld, commitTo, GWEI, idOf, mintFor, mintOf } from "./fixture";

describe("AssetRegistry", () => {
  it("mints, accrues, claims, transfers", async () => {
    const { assets, alice, bob, module, vault } = await loadFixture(assetWorld);
    const id = await mintFor(assets, alice, "m");
    expect(await assets.ownerOf(id)).to.equal(alice.address);
    await module.settle(id, 30, 1);
    await assets.connect(alice).transferFrom(alice.address, bob.address, id);
    expect(await vault.balanceOf(await vault.accountOf(alice.address))).to.equal(30n * GWEI);
    expect(await assets.ownerOf(id)).to.equal(bob.address);
    const list = Array.from({ length: 10 }, (_, i) => mintOf(`x${i}`));
    const salt = await commitTo(assets, alice, list);
    const tx = await (await assets.connect(alice).mintMany(list, salt)).wait();
    const one = mintOf("one");
    const s1 = await commitTo(assets, alice, [one]);
    const t1 = await (await assets.connect(alice).mint(one, s1)).wait();
    console.log("mint", t1?.gasUsed, "batch each", (tx?.gasUsed ?? 0n) / 10n, idOf(one) !== 0n);
  });
});
