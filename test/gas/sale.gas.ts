/** Rows of the TokenSale and the ProceedsSplitter; the currency is a plain ERC-20 with permit. */
import { ethers } from "hardhat";
import { register as row } from "../../src/toolchain/gas";
import * as f from "../unit/sale/fixture";

const hashOf = async (sent: Promise<{ hash: string }>): Promise<string> => (await sent).hash;

/** A sale that somebody bought in already. */
async function running(): Promise<f.SaleWorld> {
  const world = await f.openWorld();
  await world.sale.connect(world.bob).buy(0, 1_000n * f.TOKEN, ethers.MaxUint256);
  return world;
}

row("sale_buy_again", async () => {
  const { sale, bob, usd } = await running();
  return {
    transactions: [await hashOf(sale.connect(bob).buy(0, 500n * f.TOKEN, 10n * usd))],
    note: "an open round, an unlimited allowance; a list of 1,024 buyers costs about 8,400 more",
  };
});

row("sale_buy_new", async () => {
  const { sale, alice, usd } = await running();
  return { transactions: [await hashOf(sale.connect(alice).buy(0, 500n * f.TOKEN, 10n * usd))] };
});

row("sale_refund", async () => {
  const { sale, bob, alice } = await f.failedWorld();
  const earlier = await (await sale.refund(alice.address)).wait();
  return {
    transactions: [await hashOf(sale.refund(bob.address))],
    note:
      "the refund that empties the sale, as the floor's; one that leaves other buyers' money there costs " +
      `${(earlier?.gasUsed ?? 0n).toLocaleString("en-US")}`,
  };
});

row("split_5", async () => {
  const { splitter, currency, usd } = await f.deployWorld();
  await currency.mint(splitter, 1_000n * usd);
  await splitter.split(currency);
  await currency.mint(splitter, 2_000n * usd);
  return {
    transactions: [await hashOf(splitter.split(currency))],
    note: "payees in storage; each transfer has a gas limit and may fail without harm",
  };
});
