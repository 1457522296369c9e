import {
  encodeBytes32String,
  HDNodeWallet,
  type ContractFactory,
  type JsonRpcProvider,
  type TransactionReceipt,
} from "ethers";
import { CoordinatorStub__factory } from "../../../typechain-types/factories/contracts/mocks/deployment/CoordinatorStub__factory";
import { CurrencyStub__factory } from "../../../typechain-types/factories/contracts/mocks/deployment/CurrencyStub__factory";
import { GasPriceOracleMock__factory } from "../../../typechain-types/factories/contracts/mocks/randomness/GasPriceOracleMock__factory";
import { SequencerFeed__factory } from "../../../typechain-types/factories/contracts/mocks/SequencerFeed__factory";
import type { ChainFacts, VrfFacts } from "../../chain/chains";
import { DEV_MNEMONIC, receiptOn } from "../../chain/devChain";
import { installFactory } from "../factory";

/** Wei that the stub of the data fee's oracle asks per byte: what an L1 at 1 gwei with blobs at their floor comes to. */
const DATA_FEE_PER_BYTE = 20_000n;
const GWEI = 1_000_000_000n;

/**
 * Puts everything on a development chain that a public one has and the suite asks: the factory, USDC, LINK, the VRF
 * coordinator, the uptime feed and the oracle of data fees, each a stub that answers as the chain table says.
 */
export async function dress(provider: JsonRpcProvider, chain: ChainFacts): Promise<void> {
  const rich = HDNodeWallet.fromPhrase(DEV_MNEMONIC).address;
  const send = async (to: string | undefined, data: string): Promise<TransactionReceipt> => {
    const hash: unknown = await provider.send("eth_sendTransaction", [{ from: rich, ...(to && { to }), data }]);
    return receiptOn(provider, String(hash));
  };
  const stand = async (at: string, factory: ContractFactory, args: readonly unknown[] = []): Promise<void> => {
    const { data } = await factory.getDeployTransaction(...args);
    const { contractAddress } = await send(undefined, data);
    if (contractAddress === null) throw new Error(`the stub of ${at} was not created`);
    await provider.send("hardhat_setCode", [at, await provider.getCode(contractAddress)]);
  };
  await installFactory(provider, chain);
  const { usdc, link, vrf, sequencerUptimeFeed, l1FeeOracle } = chain;
  if (usdc !== undefined) await stand(usdc, new CurrencyStub__factory(), [encodeBytes32String("USDC"), 6]);
  if (link !== undefined) await stand(link, new CurrencyStub__factory(), [encodeBytes32String("LINK"), 18]);
  if (sequencerUptimeFeed !== undefined) await stand(sequencerUptimeFeed, new SequencerFeed__factory());
  if (l1FeeOracle !== undefined) {
    await stand(l1FeeOracle, new GasPriceOracleMock__factory());
    const abi = GasPriceOracleMock__factory.createInterface();
    await send(l1FeeOracle, abi.encodeFunctionData("setFeePerByte", [DATA_FEE_PER_BYTE]));
  }
  if (vrf === undefined) return;
  await stand(vrf.coordinator, new CoordinatorStub__factory());
  for (const data of answersOf(vrf)) await send(vrf.coordinator, data);
}

/** Calls that make the stub of a coordinator answer as the chain table says. */
function answersOf({ minConfirmations, maxCallbackGas, lanes, ...premiums }: VrfFacts): readonly string[] {
  const abi = CoordinatorStub__factory.createInterface();
  const { premiumNativePercent, premiumLinkPercent } = premiums;
  const settings = [minConfirmations, maxCallbackGas, premiumNativePercent, premiumLinkPercent] as const;
  return [
    abi.encodeFunctionData("configure", [...settings]),
    ...lanes.map(({ keyHash, maxGasPriceGwei }) =>
      abi.encodeFunctionData("addKey", [keyHash, BigInt(maxGasPriceGwei) * GWEI]),
    ),
  ];
}
