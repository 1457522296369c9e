import { loadFixture, reset, setCode } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import { ethers } from "hardhat";
import { chainOf } from "../../../src/chain/chains";
import { beaconFor } from "../../../src/deployment/config";
import { checkExternals, dataFee, ExternalFault } from "../../../src/deployment/externals";
import { FactoryMissing } from "../../../src/deployment/factory";
import type { CoordinatorStub, SequencerFeed } from "../../../typechain-types";
import { rejection } from "../store/rejection";

const BASE = chainOf(8453);

describe("what the suite relies on", () => {
  // Base's oracle of data fees, left standing, would change what a round costs in the tests after these.
  after(() => reset());

  /** For loadFixture: everything of Base at its address. */
  async function dressed() {
    const stand = async (at: string, name: string, args: readonly unknown[] = []): Promise<void> => {
      const made = await ethers.deployContract(name, [...args]);
      await setCode(at, await ethers.provider.getCode(await made.getAddress()));
    };
    const { factory, usdc = "", link = "", vrf, sequencerUptimeFeed = "", l1FeeOracle = "" } = BASE;
    if (vrf === undefined) throw new Error("Base has a coordinator");
    await setCode(factory.address, factory.runtime);
    await stand(usdc, "CurrencyStub", [encodeBytes32String("USDC"), 6]);
    await stand(link, "CurrencyStub", [encodeBytes32String("LINK"), 18]);
    await stand(sequencerUptimeFeed, "SequencerFeed");
    await stand(l1FeeOracle, "GasPriceOracleMock");
    await stand(vrf.coordinator, "CoordinatorStub");
    const coordinator = (await ethers.getContractAt("CoordinatorStub", vrf.coordinator)) as unknown as CoordinatorStub;
    await coordinator.configure(0, 2_500_000, 60, 50);
    for (const { keyHash } of vrf.lanes) await coordinator.addKey(keyHash, 30n * 10n ** 9n);
    const feed = (await ethers.getContractAt("SequencerFeed", sequencerUptimeFeed)) as unknown as SequencerFeed;
    return { coordinator, feed, vrf, beacon: beaconFor(vrf), usdc, link, factory };
  }

  const check = (beacon: ReturnType<typeof beaconFor>) => checkExternals(ethers.provider, BASE, { beacon });

  async function fault(beacon: ReturnType<typeof beaconFor>): Promise<ExternalFault> {
    const failure = await rejection(check(beacon));
    expect(failure).to.be.instanceOf(ExternalFault);
    return failure as ExternalFault;
  }

  it("is believed when it answers as the chain table says", async () => {
    const { beacon } = await loadFixture(dressed);
    expect((await check(beacon)).map(({ what }) => what)).to.deep.equal([
      "Safe singleton factory",
      "USDC",
      "LINK",
      "the VRF coordinator",
      "the sequencer's uptime feed",
      "the oracle of data fees",
    ]);
  });

  it("is not believed when it is missing", async () => {
    const { beacon, usdc, link, vrf, factory } = await loadFixture(dressed);
    for (const address of [BASE.l1FeeOracle ?? "", BASE.sequencerUptimeFeed ?? "", vrf.coordinator, link, usdc]) {
      await setCode(address, "0x");
      expect(await fault(beacon)).to.include({ address, isMissing: true });
    }
    await setCode(factory.address, "0x");
    expect(await rejection(check(beacon))).to.be.instanceOf(FactoryMissing);
  });

  it("is not believed when it is something else", async () => {
    const { beacon, usdc, link, vrf, feed } = await loadFixture(dressed);
    await setCode(usdc, await ethers.provider.getCode(BASE.sequencerUptimeFeed ?? ""));
    expect((await fault(beacon)).message).to.contain("does not answer symbol()");
    // An account that answers everything with nothing.
    await setCode(usdc, "0x00");
    expect((await fault(beacon)).message).to.contain("answers symbol() with something else");
    const usd = await ethers.deployContract("CurrencyStub", [encodeBytes32String("USDC"), 18]);
    await setCode(usdc, await ethers.provider.getCode(await usd.getAddress()));
    expect((await fault(beacon)).message).to.contain("has 18 decimals, expected 6");
    const right = await ethers.deployContract("CurrencyStub", [encodeBytes32String("USDC"), 6]);
    await setCode(usdc, await ethers.provider.getCode(await right.getAddress()));
    await feed.set(7, 0);
    expect((await fault(beacon)).message).to.contain("answers 7, expected 0 or 1");
    await feed.set(1, 0);
    await check(beacon);
    await setCode(vrf.coordinator, await ethers.provider.getCode(link));
    expect((await fault(beacon)).message).to.contain("does not answer s_config()");
  });

  it("is not believed when the coordinator's terms are others than the beacon counts on", async () => {
    const { beacon, coordinator } = await loadFixture(dressed);
    for (const [terms, words] of [
      [[3, 2_500_000, 60, 50], "asks for 3 confirmations"],
      [[0, 100_000, 60, 50], "allows 100000 gas"],
      [[0, 2_500_000, 70, 50], "takes a premium of 70%"],
    ] as const) {
      await coordinator.configure(...terms);
      expect((await fault(beacon)).message).to.contain(words);
    }
    await coordinator.configure(0, 2_500_000, 60, 50);
    expect((await fault({ ...beacon, keyHash: ethers.id("another lane") })).message).to.contain("serves no key hash");
  });

  it("tells what the data of a transaction costs", async () => {
    await loadFixture(dressed);
    const oracle = await ethers.getContractAt("GasPriceOracleMock", BASE.l1FeeOracle ?? "");
    await oracle.setFeePerByte(1_000);
    expect(await dataFee(ethers.provider, BASE.l1FeeOracle ?? "", `0x${"11".repeat(100)}`)).to.equal(168_000n);
  });
});
