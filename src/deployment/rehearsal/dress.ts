import { ContractFactory, encodeBytes32String, HDNodeWallet, NonceManager, type JsonRpcProvider } from "ethers";
import { CoordinatorStub__factory } from "../../../typechain-types/factories/contracts/mocks/deployment/CoordinatorStub__factory";
import { CurrencyStub__factory } from "../../../typechain-types/factories/contracts/mocks/deployment/CurrencyStub__factory";
import { GasPriceOracleMock__factory } from "../../../typechain-types/factories/contracts/mocks/randomness/GasPriceOracleMock__factory";
import { SequencerFeed__factory } from "../../../typechain-types/factories/contracts/mocks/SequencerFeed__factory";
import type { ChainFacts, VrfFacts } from "../../chain/chains";
import { DEV_MNEMONIC } from "../../chain/devChain";
import { installFactory } from "../factory";

/** Wei that the stub of the data fee's oracle asks per byte: what an L1 at 1 gwei with blobs at their floor comes to. */
const DATA_FEE_PER_BYTE = 20_000n;
const GWEI = 1_000_000_000n;

/**
 * Puts everything on a development chain that a public one has and the suite asks: the factory, USDC, LINK, the VRF
 * coordinator, the uptime feed and the oracle of data fees, each a stub that answers as the chain table says.
 */
export async function dress(provider: JsonRpcProvider, chain: ChainFacts): Promise<void> {
  const rich = new NonceManager(HDNodeWallet.fromPhrase(DEV_MNEMONIC).connect(provider));
  const stand = async (at: string, factory: ContractFactory, args: readonly unknown[] = []): Promise<void> => {
    const made = await factory.connect(rich).deploy(...args);
    await made.waitForDeployment();
    await provider.send("hardhat_setCode", [at, await provider.getCode(await made.getAddress())]);
  };
  await installFactory(provider, chain);
  const { usdc, link, vrf, sequencerUptimeFeed, l1FeeOracle } = chain;
  if (usdc !== undefined) await stand(usdc, new CurrencyStub__factory(), [encodeBytes32String("USDC"), 6]);
  if (link !== undefined) await stand(link, new CurrencyStub__factory(), [encodeBytes32String("LINK"), 18]);
  if (sequencerUptimeFeed !== undefined) await stand(sequencerUptimeFeed, new SequencerFeed__factory());
  if (l1FeeOracle !== undefined) {
    await stand(l1FeeOracle, new GasPriceOracleMock__factory());
    const oracle = GasPriceOracleMock__factory.connect(l1FeeOracle, rich);
    await (await oracle.setFeePerByte(DATA_FEE_PER_BYTE)).wait();
  }
  if (vrf !== undefined) {
    await stand(vrf.coordinator, new CoordinatorStub__factory());
    await answerAs(vrf, rich);
  }
}

async function answerAs(vrf: VrfFacts, by: NonceManager): Promise<void> {
  const coordinator = CoordinatorStub__factory.connect(vrf.coordinator, by);
  const { minConfirmations, maxCallbackGas, premiumNativePercent, premiumLinkPercent } = vrf;
  const configured = coordinator.configure(minConfirmations, maxCallbackGas, premiumNativePercent, premiumLinkPercent);
  await (await configured).wait();
  for (const { keyHash, maxGasPriceGwei } of vrf.lanes) {
    await (await coordinator.addKey(keyHash, BigInt(maxGasPriceGwei) * GWEI)).wait();
  }
}
