import { Interface, type Provider } from "ethers";
import type { ChainFacts } from "../chain/chains";
import { isRpcFault } from "../chain/rpc";
import { requireFactory } from "./factory";
import type { SuiteConfig } from "./config";

/** A contract of the chain that the suite would rely on is missing or answers otherwise than the chain table says. */
export class ExternalFault extends Error {
  override readonly name = "ExternalFault";
  constructor(
    readonly what: string,
    readonly address: string,
    /** Whether nothing at all is at the address. */
    readonly isMissing: boolean,
    reason: string,
  ) {
    super(`${what} at ${address} ${reason}`);
  }
}

/** What was looked at, in words. */
export interface ExternalFinding {
  readonly what: string;
  readonly address: string;
  readonly answers: string;
}

const VIEWS = new Interface([
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
  "function s_config() view returns (uint16 minimumRequestConfirmations, uint32 maxGasLimit, bool reentrancyLock, uint32 stalenessSeconds, uint32 gasAfterPaymentCalculation, uint32 fulfillmentFlatFeeNativePPM, uint32 fulfillmentFlatFeeLinkDiscountPPM, uint8 nativePremiumPercentage, uint8 linkPremiumPercentage)",
  "function s_provingKeys(bytes32) view returns (bool exists, uint64 maxGas)",
  "function latestRoundData() view returns (uint80, int256 answer, uint256 startedAt, uint256, uint80)",
  "function getL1Fee(bytes) view returns (uint256)",
]);

type Chain = Pick<Provider, "getCode" | "call">;

/**
 * Asks every contract that the suite relies on and does not deploy: code, and the answers that the chain table promises.
 * @param asked beacon settings that the coordinator has to accept
 * @throws FactoryMissing, ExternalFault
 */
export async function checkExternals(
  provider: Chain,
  chain: ChainFacts,
  asked: Pick<SuiteConfig, "beacon">,
): Promise<readonly ExternalFinding[]> {
  const { factory } = chain;
  await requireFactory(provider, factory);
  const found: ExternalFinding[] = [{ what: factory.name, address: factory.address, answers: "code as published" }];
  const { usdc, link, vrf, sequencerUptimeFeed, l1FeeOracle } = chain;
  if (usdc !== undefined) found.push(await token(provider, "USDC", usdc, 6n));
  if (link !== undefined) found.push(await token(provider, "LINK", link, 18n));
  if (vrf !== undefined) found.push(await coordinator(provider, chain, asked));
  if (sequencerUptimeFeed !== undefined) found.push(await uptimeFeed(provider, sequencerUptimeFeed));
  if (l1FeeOracle !== undefined) found.push(await feeOracle(provider, l1FeeOracle));
  return found;
}

class Asked {
  constructor(
    private readonly provider: Chain,
    private readonly what: string,
    private readonly address: string,
  ) {}

  async exists(): Promise<void> {
    if ((await this.provider.getCode(this.address)) === "0x") this.fail("is missing: there is no code", true);
  }

  async view(name: string, args: readonly unknown[] = []): Promise<readonly unknown[]> {
    let answer: string;
    try {
      answer = await this.provider.call({ to: this.address, data: VIEWS.encodeFunctionData(name, args) });
    } catch (cause) {
      if (isRpcFault(cause)) throw cause;
      return this.fail(`does not answer ${name}()`);
    }
    try {
      return VIEWS.decodeFunctionResult(name, answer);
    } catch {
      return this.fail(`answers ${name}() with something else`);
    }
  }

  fail(reason: string, isMissing = false): never {
    throw new ExternalFault(this.what, this.address, isMissing, reason);
  }

  finding(answers: string): ExternalFinding {
    return { what: this.what, address: this.address, answers };
  }
}

async function token(provider: Chain, symbol: string, address: string, decimals: bigint): Promise<ExternalFinding> {
  const asked = new Asked(provider, symbol, address);
  await asked.exists();
  const [name] = await asked.view("symbol");
  const [places] = await asked.view("decimals");
  if (name !== symbol) asked.fail(`calls itself ${String(name)}`);
  if (places !== decimals) asked.fail(`has ${String(places)} decimals, expected ${decimals}`);
  return asked.finding(`symbol ${symbol}, ${decimals} decimals`);
}

async function coordinator(
  provider: Chain,
  { vrf }: ChainFacts,
  { beacon }: Pick<SuiteConfig, "beacon">,
): Promise<ExternalFinding> {
  const { coordinator: address, maxCallbackGas, minConfirmations, premiumNativePercent } = vrf ?? absent();
  const asked = new Asked(provider, "the VRF coordinator", address);
  await asked.exists();
  const config = await asked.view("s_config");
  const [confirmations, maxGas, , , , , , premium] = config as readonly [bigint, bigint, ...unknown[]];
  if (Number(confirmations) !== minConfirmations || BigInt(beacon.confirmations) < confirmations) {
    asked.fail(`asks for ${confirmations} confirmations, the beacon gives ${beacon.confirmations}`);
  }
  if (maxGas < BigInt(beacon.callbackGas) || Number(maxGas) !== maxCallbackGas) {
    asked.fail(`allows ${maxGas} gas for a callback, expected ${maxCallbackGas}`);
  }
  if (Number(premium) !== premiumNativePercent) {
    asked.fail(`takes a premium of ${String(premium)}%, the beacon counts on ${premiumNativePercent}%`);
  }
  const [exists] = await asked.view("s_provingKeys", [beacon.keyHash]);
  if (exists !== true) asked.fail(`serves no key hash ${String(beacon.keyHash)}`);
  return asked.finding(`${confirmations} confirmations, ${maxGas} gas for a callback, premium ${String(premium)}%`);
}

function absent(): never {
  throw new Error("the chain has no coordinator");
}

async function uptimeFeed(provider: Chain, address: string): Promise<ExternalFinding> {
  const asked = new Asked(provider, "the sequencer's uptime feed", address);
  await asked.exists();
  const [, answer] = await asked.view("latestRoundData");
  if (answer !== 0n && answer !== 1n) asked.fail(`answers ${String(answer)}, expected 0 or 1`);
  return asked.finding(answer === 0n ? "the sequencer is up" : "the sequencer is down");
}

async function feeOracle(provider: Chain, address: string): Promise<ExternalFinding> {
  const asked = new Asked(provider, "the oracle of data fees", address);
  await asked.exists();
  const [fee] = await asked.view("getL1Fee", ["0x02"]);
  return asked.finding(`${String(fee)} wei for a transaction of one byte`);
}

/** Wei that an OP-stack chain takes for the data of a transaction, besides its gas. */
export async function dataFee(provider: Chain, oracle: string, unsigned: string): Promise<bigint> {
  const [fee] = await new Asked(provider, "the oracle of data fees", oracle).view("getL1Fee", [unsigned]);
  return fee as bigint;
}
