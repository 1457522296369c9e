/** Rows of the AssetRegistry: an asset minted alone and ten under one commitment. */
import { register as row } from "../../src/toolchain/gas";
import * as f from "../unit/assets/fixture";

/** A registry in use: the minter has an account and assets, and as many commitments as it needs have aged. */
async function used(): Promise<f.AssetWorld> {
  const world = await f.assetWorld();
  await f.mintFor(world.assets, world.alice, "an asset that was there before");
  return world;
}

row("mint_asset", async () => {
  const { assets, alice } = await used();
  const asset = f.mintOf("measured alone");
  const salt = await f.commitTo(assets, alice, [asset]);
  const { hash } = await assets.connect(alice).mint(asset, salt);
  return { transactions: [hash] };
});

row("mint_asset_10_each", async () => {
  const { assets, alice } = await used();
  const list = Array.from({ length: 10 }, (_, index) => f.mintOf(`measured ${index} of ten`));
  const salt = await f.commitTo(assets, alice, list);
  const { hash } = await assets.connect(alice).mintMany(list, salt);
  return { transactions: [hash], per: 10 };
});
