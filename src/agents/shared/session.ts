import { join } from "node:path";
import { Interface, type Wallet } from "ethers";
import { chainOf, type ChainFacts } from "../../chain/chains";
import { connectMarket, type Market, type Review } from "../../chain/contracts";
import { keySourceOf, openKey, type KeySource } from "../../chain/keys";
import { InvalidManifest, readManifest } from "../../chain/manifest";
import { readHead, RpcClient, type BlockInfo } from "../../chain/rpc";
import { journalSchema, journalToJson, TransactionSender, type Intent, type Mined } from "../../chain/sender";
import { lockFolderPatiently, StateFile } from "../../chain/stateFile";
import { explainRefusal, type Refusal } from "../../protocol/revert";
import { openStore, type ContentStore } from "../../store";
import { endpointsOf, manifestOf, type BaseConfig } from "./config";
import { CommandFailure, EXIT } from "./exit";
import type { Reporter } from "./report";

/** Everything that a command works with: the chain, the contracts and the content store. */
export interface Session {
  readonly chain: ChainFacts;
  readonly rpc: RpcClient;
  readonly market: Market;
  readonly store: ContentStore;
  readonly config: BaseConfig;
  readonly stateDir: string;
  readonly pollMs: number;
  /** Newest block: the only clock that deadlines are compared with. */
  head(): Promise<BlockInfo>;
  /** Why a contract refused, undefined when the error is something else. */
  explain(error: unknown): Refusal | undefined;
  close(): void;
}

const WEI_PER_COIN_GWEI = 1e9;
/** How long a transaction waits for the one of another program of the same key, milliseconds. */
const LOCK_PATIENCE_MS = 240_000;
/** Nobody gains from looking at a chain more often than this, unless told to. */
const LEAST_DEFAULT_POLL_MS = 1000;

/** Opens chain, contracts and store of a configuration. Throws CommandFailure (usage). */
export function openSession(config: BaseConfig, role: string, reporter: Reporter): Session {
  const urls = endpointsOf(config);
  const chain = chainOf(config.chainId);
  const manifest = readManifestFor(config);
  const rpc = new RpcClient({
    urls,
    chain,
    timeoutMs: config.rpcTimeoutMs,
    attempts: config.rpcAttempts,
    onRetry: (failure, attempt) => reporter.detail("rpcRetry", { attempt, reason: failure.message }),
  });
  const market = connectMarket(manifest, rpc);
  const interfaces: Interface[] = [
    market.escrow.interface,
    market.registry.interface,
    market.vault.interface,
    market.beacon.interface,
    market.catalog.interface,
    market.assets.interface,
    market.arbiter.interface,
    ...(market.review === undefined ? [] : reviewInterfaces(market.review)),
  ];
  return {
    chain,
    rpc,
    market,
    store: openStore(config.store),
    config,
    stateDir: config.stateDir ?? join(".local", role, String(chain.chainId)),
    pollMs: pollMsOf(config, chain),
    head: () => readHead(rpc),
    explain: (error) => explainRefusal(error, interfaces),
    close: () => rpc.destroy(),
  };
}

function reviewInterfaces({ panel, court, validators, chains }: Review): Interface[] {
  const training = chains === undefined ? [] : [chains.contract.interface];
  return [panel.interface, court.interface, validators.interface, ...training];
}

/** The contracts of panels. Throws CommandFailure (usage) where the deployment has none. */
export function reviewOf({ market, chain }: Pick<Session, "market" | "chain">): Review {
  if (market.review !== undefined) return market.review;
  const sentence = `the deployment on chain ${chain.chainId} has no panels: its manifest names no ReviewPanel`;
  throw new CommandFailure(EXIT.usage, sentence);
}

/** Between two looks at the chain, milliseconds. */
export function pollMsOf(config: Pick<BaseConfig, "pollMs">, chain: ChainFacts): number {
  return config.pollMs ?? Math.max(LEAST_DEFAULT_POLL_MS, chain.blockTimeMs);
}

function readManifestFor(config: BaseConfig): ReturnType<typeof readManifest> {
  const path = manifestOf(config);
  try {
    const manifest = readManifest(path);
    if (manifest.chainId === config.chainId) return manifest;
    throw new InvalidManifest(`${path} is of chain ${manifest.chainId}, the configuration says ${config.chainId}`);
  } catch (cause) {
    if (cause instanceof InvalidManifest) throw new CommandFailure(EXIT.usage, cause.message, {}, { cause });
    throw cause;
  }
}

/** Opens the key of a configuration, or the one that the environment offers. Throws KeyUnavailable. */
export function openWallet(source: KeySource | undefined): Promise<Wallet> {
  return openKey(keySourceOf(source, process.env), process.env);
}

/**
 * A sender of a wallet's transactions, with its journal in the session's folder.
 * @param patience "settled" for a command that answers once: it waits for the chain's confirmations; "mined" for an agent,
 *   which reads the chain before every step and so notices by itself when a block was replaced
 * @param onMined told of every transaction before the journal forgets it
 */
export function openSender(
  session: Pick<Session, "chain" | "config" | "pollMs" | "rpc" | "stateDir">,
  wallet: Wallet,
  patience: "settled" | "mined",
  onMined?: (mined: Mined) => void,
): TransactionSender {
  const { config, rpc, stateDir, pollMs } = session;
  const journal = new StateFile(
    join(stateDir, `sender-${wallet.address.toLowerCase()}.json`),
    journalSchema,
    journalToJson,
  );
  const { raiseAfterSeconds, maxFeePerGasGwei } = config;
  return new TransactionSender({
    rpc,
    wallet,
    journal,
    lock: () => lockFolderPatiently(join(stateDir, `sender-${wallet.address.toLowerCase()}`), LOCK_PATIENCE_MS),
    onMined,
    confirmations: patience === "settled" ? session.chain.confirmations : 0,
    pollMs: Math.min(pollMs, Math.max(session.chain.blockTimeMs / 2, 50)),
    raiseAfterMs: raiseAfterSeconds === undefined ? undefined : raiseAfterSeconds * 1000,
    maxFeePerGas: maxFeePerGasGwei === undefined ? undefined : BigInt(Math.round(maxFeePerGasGwei * WEI_PER_COIN_GWEI)),
  });
}

/** Sends a transaction and reports what it cost. Throws what the sender throws. */
export async function sendReported(sender: TransactionSender, intent: Intent, reporter: Reporter): Promise<Mined> {
  const mined = await sender.send(intent);
  const { key, hash, blockNumber, gasUsed, gasCost } = mined;
  reporter.detail("transaction", { key, hash, blockNumber, gasUsed, gasCost });
  return mined;
}
