/** Rows of the AssetRegistry: an asset minted alone, and ten under one commitment. */
import { register as row } from "../../src/toolchain/gas";
import * as f from "../unit/assets/fixture";

/** Commits to `list`, lets a minute pass and mints; says what the commitment cost. */
async function minted(count: number): Promise<{ hash: string; commitment: bigint }> {
  const { assets, alice } = await f.assetWorld();
  // The minter has an account and an asset, so that neither is fresh.
  await f.mintFor(assets, alice, "an asset from before");
  const list = Array.from({ length: count }, (_, index) => f.mintOf(`asset ${index} of ${count}`));
  const salt = await f.commitTo(assets, alice, list);
  const committed = (await assets.queryFilter(assets.filters.MintCommitted())).at(-1);
  const commitment = (await committed!.getTransactionReceipt()).gasUsed;
  const [first] = list;
  const sent = count === 1 ? assets.connect(alice).mint(first!, salt) : assets.connect(alice).mintMany(list, salt);
  return { hash: (await sent).hash, commitment };
}

row("mint_asset", async () => {
  const { hash, commitment } = await minted(1);
  return {
    transactions: [hash],
    note:
      `the commitment, a transaction a minute before, costs ${commitment.toLocaleString("en-US")} besides; all three digests given; a minter's ` +
      "first asset writes a fresh balance (+17,100)",
  };
});

row("mint_asset_10_each", async () => {
  const { hash } = await minted(10);
  return {
    transactions: [hash],
    per: 10,
    note:
      "word, events, calldata and a tenth of the rest are 32,800 by themselves: the event keeps three digests and every " +
      "term in words of their own; decoding, ids and packing take the other 3,300",
  };
});
