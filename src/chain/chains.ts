/**
 * The one table of chains that the suite runs on. Every other module takes chain facts from here. Facts that were looked up
 * name their source in `SOURCES`; `deploy:plan` checks code and answers of the addresses before it trusts them.
 */

/** A VRF key hash and the gas price up to which it is served. */
export interface VrfLane {
  readonly maxGasPriceGwei: number;
  readonly keyHash: string;
}

/** Chainlink VRF v2.5 on a chain. */
export interface VrfFacts {
  readonly coordinator: string;
  readonly wrapper: string;
  readonly lanes: readonly [VrfLane, ...VrfLane[]];
  readonly minConfirmations: number;
  readonly maxCallbackGas: number;
  readonly maxWords: number;
  readonly premiumNativePercent: number;
  readonly premiumLinkPercent: number;
}

/** A CREATE2 factory: its input is a salt of 32 bytes and the init code, its answer the 20 bytes of the new address. */
export interface FactoryFacts {
  readonly name: string;
  readonly address: string;
  /** Code that has to be at the address: it decides what becomes of init code. */
  readonly runtime: string;
}

/** Where the sources of contracts are published. `api` is the base of the service's requests. */
export interface Verifier {
  readonly kind: "etherscan" | "blockscout" | "sourcify";
  readonly api: string;
  /** Pages for people; `/address/<address>` is appended, for Sourcify `/<chain id>/<address>`. */
  readonly pages: string;
}

/** What the toolchain knows of one chain. */
export interface ChainFacts {
  readonly chainId: number;
  readonly name: string;
  /** Local chains are those where test-only behaviour is allowed. */
  readonly isLocal: boolean;
  readonly nativeSymbol: "ETH" | "POL";
  /** Public, rate-limited endpoints; a production agent configures its own. */
  readonly publicRpcs: readonly string[];
  readonly explorers: readonly string[];
  /** Where sources are published; none for a local chain. */
  readonly verifiers: readonly Verifier[];
  /** Creates every contract of the suite; one and the same on every chain, so that addresses are, too. */
  readonly factory: FactoryFacts;
  /** Usual distance of two blocks in milliseconds. Blocks share whole seconds of block.timestamp where it is below 1,000. */
  readonly blockTimeMs: number;
  /** Most blocks asked for in one eth_getLogs; halved further when an endpoint refuses. */
  readonly logRange: number;
  /**
   * Blocks on top after which a transaction or the end of a job counts as settled: a command answers no earlier, and an
   * agent forgets nothing earlier. Acting needs none, as state is read again before every step.
   */
  readonly confirmations: number;
  /** Depth of reorgs that a follower can walk back over by its own record of block hashes. */
  readonly reorgDepth: number;
  /** Block tag that means "cannot be undone", where the chain has one. */
  readonly finalityTag: "finalized" | "latest";
  /** Gas cap of one transaction (EIP-7825). */
  readonly transactionGasCap: bigint;
  /** Smallest priority fee that block producers take, in wei. */
  readonly minPriorityFeeWei: bigint;
  /** Most ever paid per gas unless configured otherwise, in wei: an endpoint that lies about fees cannot empty an account. */
  readonly maxFeePerGasWei: bigint;
  /** Whether a data fee of the L1 comes on top (GasPriceOracle predeploy). */
  readonly l1FeeOracle?: string;
  readonly sequencerUptimeFeed?: string;
  readonly usdc?: string;
  readonly link?: string;
  readonly vrf?: VrfFacts;
}

/** EIP-7825: 2^24 gas, in force on Base (Azul) and Polygon (Madhugiri). */
export const TRANSACTION_GAS_CAP = 2n ** 24n;

const GWEI = 1_000_000_000n;
/** Predeploy of OP-stack chains. */
const GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F";

/**
 * The Safe singleton factory. Chosen over Arachnid's at 0x4e59b44847b379578588920ca78fbf26c0b4956c, whose code is the same,
 * because its owners publish the signed creation for each of our chains, where that of the other is not confirmed for the two
 * testnets; and over CreateX because it neither mixes the caller nor the chain into a salt.
 */
export const SAFE_SINGLETON_FACTORY: FactoryFacts = {
  name: "Safe singleton factory",
  address: "0x914d7Fec6aaC8cd542e72Bca78B30650d45643d7",
  runtime:
    "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b" +
    "8082525050506014600cf3",
};

const ETHERSCAN_V2 = "https://api.etherscan.io/v2/api";
const SOURCIFY: Verifier = {
  kind: "sourcify",
  api: "https://sourcify.dev/server",
  pages: "https://repo.sourcify.dev",
};

/** Where the facts come from, as read in November 2026. */
export const SOURCES = {
  factory:
    "npm @safe-global/safe-singleton-factory 2.0.0, artifacts/<chain id>/deployment.json (address and creation code)",
  verifiers:
    "docs.etherscan.io/v2-migration; docs.blockscout.com/api-reference/contract; docs.sourcify.dev (API v2); no Blockscout of " +
    "Polygon Amoy is confirmed",
  rpc: "docs.base.org network page; 0xPolygon/polygon-docs docs/pos/reference/rpc-endpoints.md; viem 2.57.0 chains",
  blockTime: "docs.base.org/base-chain/specs/upgrades/denim/overview (200 ms); PIP-86, PIP-75 (about 2 s)",
  gasCap: "docs.base.org/upgrades/azul/overview; PIP-76",
  priorityFee: "PIP-35: 25 gwei floor in Polygon clients, 30 taken here",
  usdc: "Circle's npm package @circle-fin/bridge-kit 1.15.1",
  vrf: "smartcontractkit/documentation src/content/vrf/v2-5/supported-networks.mdx",
  link: "smartcontractkit/documentation src/content/resources/link-token-contracts.mdx",
  sequencerUptimeFeed: "docs.chain.link/data-feeds/l2-sequencer-feeds",
  logRange: "not published by the endpoints; chosen below the common limit of 10,000 blocks, halved on refusal",
  maxFee:
    "chosen: far above usual fees (Base below 0.1 gwei, Polygon 30 to 300) and above the dearest VRF lane of Base",
  confirmations: "chosen: two seconds of Base blocks, four Polygon blocks; both chains finalise later by themselves",
} as const;

const hardhatChain: ChainFacts = {
  chainId: 31337,
  name: "local",
  isLocal: true,
  nativeSymbol: "ETH",
  publicRpcs: ["http://127.0.0.1:8545"],
  explorers: [],
  verifiers: [],
  factory: SAFE_SINGLETON_FACTORY,
  blockTimeMs: 1000,
  logRange: 10_000,
  confirmations: 0,
  reorgDepth: 256,
  finalityTag: "latest",
  transactionGasCap: TRANSACTION_GAS_CAP,
  minPriorityFeeWei: 0n,
  maxFeePerGasWei: 1000n * GWEI,
};

const base = {
  isLocal: false,
  factory: SAFE_SINGLETON_FACTORY,
  nativeSymbol: "ETH",
  blockTimeMs: 200,
  logRange: 2000,
  confirmations: 10,
  reorgDepth: 512,
  finalityTag: "finalized",
  transactionGasCap: TRANSACTION_GAS_CAP,
  minPriorityFeeWei: 0n,
  maxFeePerGasWei: 50n * GWEI,
  l1FeeOracle: GAS_PRICE_ORACLE,
} as const;

const polygon = {
  isLocal: false,
  factory: SAFE_SINGLETON_FACTORY,
  nativeSymbol: "POL",
  blockTimeMs: 2000,
  logRange: 1000,
  confirmations: 4,
  reorgDepth: 256,
  finalityTag: "finalized",
  transactionGasCap: TRANSACTION_GAS_CAP,
  minPriorityFeeWei: 30n * GWEI,
  maxFeePerGasWei: 3000n * GWEI,
} as const;

const baseVrf = {
  minConfirmations: 0,
  maxCallbackGas: 2_500_000,
  maxWords: 500,
  premiumNativePercent: 60,
  premiumLinkPercent: 50,
} as const;

const polygonVrf = {
  minConfirmations: 3,
  maxCallbackGas: 2_500_000,
  maxWords: 500,
  premiumNativePercent: 84,
  premiumLinkPercent: 70,
} as const;

const baseSepolia: ChainFacts = {
  ...base,
  chainId: 84532,
  name: "base-sepolia",
  publicRpcs: ["https://sepolia.base.org"],
  explorers: ["https://sepolia.basescan.org", "https://base-sepolia.blockscout.com"],
  verifiers: [
    { kind: "etherscan", api: ETHERSCAN_V2, pages: "https://sepolia.basescan.org" },
    {
      kind: "blockscout",
      api: "https://base-sepolia.blockscout.com/api",
      pages: "https://base-sepolia.blockscout.com",
    },
    SOURCIFY,
  ],
  usdc: "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
  link: "0xE4aB69C077896252FAFBD49EFD26B5D171A32410",
  vrf: {
    ...baseVrf,
    coordinator: "0x5C210eF41CD1a72de73bF76eC39637bB0d3d7BEE",
    wrapper: "0x7a1BaC17Ccc5b313516C5E16fb24f7659aA5ebed",
    lanes: [{ maxGasPriceGwei: 30, keyHash: "0x9e1344a1247c8a1785d0a4681a27152bffdb43666ae5bf7d14d24a5efd44bf71" }],
  },
};

const baseMainnet: ChainFacts = {
  ...base,
  chainId: 8453,
  name: "base",
  publicRpcs: ["https://mainnet.base.org"],
  explorers: ["https://basescan.org", "https://base.blockscout.com"],
  verifiers: [
    { kind: "etherscan", api: ETHERSCAN_V2, pages: "https://basescan.org" },
    { kind: "blockscout", api: "https://base.blockscout.com/api", pages: "https://base.blockscout.com" },
    SOURCIFY,
  ],
  sequencerUptimeFeed: "0xBCF85224fc0756B9Fa45aA7892530B47e10b6433",
  usdc: "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
  link: "0x88Fb150BDc53A65fe94Dea0c9BA0a6dAf8C6e196",
  vrf: {
    ...baseVrf,
    coordinator: "0xd5D517aBE5cF79B7e95eC98dB0f0277788aFF634",
    wrapper: "0xb0407dbe851f8318bd31404A49e658143C982F23",
    lanes: [
      { maxGasPriceGwei: 2, keyHash: "0x00b81b5a830cb0a4009fbd8904de511e28631e62ce5ad231373d3cdad373ccab" },
      { maxGasPriceGwei: 30, keyHash: "0xdc2f87677b01473c763cb0aee938ed3341512f6057324a584e5944e786144d70" },
    ],
  },
};

const polygonAmoy: ChainFacts = {
  ...polygon,
  chainId: 80002,
  name: "polygon-amoy",
  publicRpcs: [
    "https://rpc-amoy.polygon.technology",
    "https://polygon-amoy.drpc.org",
    "https://polygon-amoy-bor-rpc.publicnode.com",
  ],
  explorers: ["https://amoy.polygonscan.com"],
  verifiers: [{ kind: "etherscan", api: ETHERSCAN_V2, pages: "https://amoy.polygonscan.com" }, SOURCIFY],
  usdc: "0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582",
  link: "0x0Fd9e8d3aF1aaee056EB9e802c3A762a667b1904",
  vrf: {
    ...polygonVrf,
    coordinator: "0x343300b5d84D444B2ADc9116FEF1bED02BE49Cf2",
    wrapper: "0x6e6c366a1cd1F92ba87Fd6f96F743B0e6c967Bf0",
    lanes: [{ maxGasPriceGwei: 500, keyHash: "0x816bedba8a50b294e5cbd47842baf240c2385f2eaf719edbd4f250a137a8c899" }],
  },
};

const polygonMainnet: ChainFacts = {
  ...polygon,
  chainId: 137,
  name: "polygon",
  publicRpcs: ["https://polygon-rpc.com", "https://polygon.drpc.org"],
  explorers: ["https://polygonscan.com"],
  verifiers: [{ kind: "etherscan", api: ETHERSCAN_V2, pages: "https://polygonscan.com" }, SOURCIFY],
  usdc: "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359",
  link: "0xb0897686c545045aFc77CF20eC7A532E3120E0F1",
  vrf: {
    ...polygonVrf,
    coordinator: "0xec0Ed46f36576541C75739E915ADbCb3DE24bD77",
    wrapper: "0xc8F13422c49909F4Ec24BF65EDFBEbe410BB9D7c",
    lanes: [{ maxGasPriceGwei: 500, keyHash: "0x719ed7d7664abc3001c18aac8130a2265e1e70b7e036ae20f3ca8b92b3154d86" }],
  },
};

/** Every chain of the suite. */
export const CHAINS: readonly ChainFacts[] = [hardhatChain, baseSepolia, baseMainnet, polygonAmoy, polygonMainnet];

/** A chain id that is not in the table. */
export class UnknownChain extends Error {
  override readonly name = "UnknownChain";
  constructor(readonly chainId: number) {
    super(`chain ${chainId} is not supported; known: ${CHAINS.map((chain) => chain.chainId).join(", ")}`);
  }
}

/** Facts of a chain by id. Throws UnknownChain. */
export function chainOf(chainId: number): ChainFacts {
  const facts = CHAINS.find((chain) => chain.chainId === chainId);
  if (facts === undefined) throw new UnknownChain(chainId);
  return facts;
}
