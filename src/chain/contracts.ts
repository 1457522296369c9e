/**
 * The market's contracts as TypeScript objects. Reads go through interface typings, which carry no bytecode; the ABIs of the
 * implementations (for their errors) are only loaded when a revert has to be explained.
 */
import { Interface, type ContractRunner } from "ethers";
import { IAssetRegistry__factory } from "../../typechain-types/factories/contracts/assets/IAssetRegistry__factory";
import { IDisputeCourt__factory } from "../../typechain-types/factories/contracts/market/IDisputeCourt__factory";
import { IGovernedArbiter__factory } from "../../typechain-types/factories/contracts/market/IGovernedArbiter__factory";
import { IJobEscrow__factory } from "../../typechain-types/factories/contracts/market/IJobEscrow__factory";
import { ITrainingChains__factory } from "../../typechain-types/factories/contracts/market/ITrainingChains__factory";
import { IServiceCatalog__factory } from "../../typechain-types/factories/contracts/market/IServiceCatalog__factory";
import { IRandomnessBeacon__factory } from "../../typechain-types/factories/contracts/randomness/IRandomnessBeacon__factory";
import { IGpuRegistry__factory } from "../../typechain-types/factories/contracts/registry/IGpuRegistry__factory";
import { IValidatorRegistry__factory } from "../../typechain-types/factories/contracts/registry/IValidatorRegistry__factory";
import { IReviewPanel__factory } from "../../typechain-types/factories/contracts/review/IReviewPanel__factory";
import { IPaymentVault__factory } from "../../typechain-types/factories/contracts/vault/IPaymentVault__factory";
import type { IAssetRegistry } from "../../typechain-types/contracts/assets/IAssetRegistry";
import type { IDisputeCourt } from "../../typechain-types/contracts/market/IDisputeCourt";
import type { IGovernedArbiter } from "../../typechain-types/contracts/market/IGovernedArbiter";
import type { IJobEscrow } from "../../typechain-types/contracts/market/IJobEscrow";
import type { ITrainingChains } from "../../typechain-types/contracts/market/ITrainingChains";
import type { IServiceCatalog } from "../../typechain-types/contracts/market/IServiceCatalog";
import type { IRandomnessBeacon } from "../../typechain-types/contracts/randomness/IRandomnessBeacon";
import type { IGpuRegistry } from "../../typechain-types/contracts/registry/IGpuRegistry";
import type { IValidatorRegistry } from "../../typechain-types/contracts/registry/IValidatorRegistry";
import type { IReviewPanel } from "../../typechain-types/contracts/review/IReviewPanel";
import type { IPaymentVault } from "../../typechain-types/contracts/vault/IPaymentVault";
import type { Manifest } from "./manifest";

/** The token as agents use it: ERC-20 with a name for people. */
const TOKEN_ABI = [
  "function symbol() view returns (string)",
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function transfer(address to, uint256 amount) returns (bool)",
];

/** ERC-20 calls to be encoded. */
export const tokenInterface = new Interface(TOKEN_ABI);

/** The contracts by which drawn panels judge disputes. */
export interface Review {
  readonly validators: IValidatorRegistry;
  readonly panel: IReviewPanel;
  readonly court: IDisputeCourt;
  /** Addresses by short name, for transactions. */
  readonly at: Readonly<Record<"validators" | "panel" | "court", string>>;
  /** Chains of training checkpoints; undefined where the deployment has none. */
  readonly chains: { readonly contract: ITrainingChains; readonly address: string } | undefined;
  /** First block that can hold an event of one of them. */
  readonly block: number;
}

/** The contracts of one deployment, read through one runner. */
export interface Market {
  readonly manifest: Manifest;
  readonly vault: IPaymentVault;
  readonly beacon: IRandomnessBeacon;
  readonly registry: IGpuRegistry;
  readonly assets: IAssetRegistry;
  readonly catalog: IServiceCatalog;
  readonly escrow: IJobEscrow;
  readonly arbiter: IGovernedArbiter;
  /** Undefined where the deployment has no panels. */
  readonly review: Review | undefined;
  /** Addresses by short name, for transactions. */
  readonly at: Readonly<
    Record<"token" | "vault" | "beacon" | "registry" | "assets" | "catalog" | "escrow" | "arbiter", string>
  >;
}

/** Connects to the contracts of a manifest. */
export function connectMarket(manifest: Manifest, runner: ContractRunner): Market {
  const { contracts } = manifest;
  const at = {
    token: contracts.ComputeToken.address,
    vault: contracts.PaymentVault.address,
    beacon: contracts.RandomnessBeacon.address,
    registry: contracts.GpuRegistry.address,
    assets: contracts.AssetRegistry.address,
    catalog: contracts.ServiceCatalog.address,
    escrow: contracts.JobEscrow.address,
    arbiter: contracts.GovernedArbiter.address,
  };
  return {
    manifest,
    at,
    vault: IPaymentVault__factory.connect(at.vault, runner),
    beacon: IRandomnessBeacon__factory.connect(at.beacon, runner),
    registry: IGpuRegistry__factory.connect(at.registry, runner),
    assets: IAssetRegistry__factory.connect(at.assets, runner),
    catalog: IServiceCatalog__factory.connect(at.catalog, runner),
    escrow: IJobEscrow__factory.connect(at.escrow, runner),
    arbiter: IGovernedArbiter__factory.connect(at.arbiter, runner),
    review: connectReview(manifest, runner),
  };
}

function connectReview({ contracts }: Manifest, runner: ContractRunner): Review | undefined {
  const { ValidatorRegistry, ReviewPanel, DisputeCourt, TrainingChains } = contracts;
  if (ValidatorRegistry === undefined || ReviewPanel === undefined || DisputeCourt === undefined) return undefined;
  const at = { validators: ValidatorRegistry.address, panel: ReviewPanel.address, court: DisputeCourt.address };
  return {
    at,
    validators: IValidatorRegistry__factory.connect(at.validators, runner),
    panel: IReviewPanel__factory.connect(at.panel, runner),
    court: IDisputeCourt__factory.connect(at.court, runner),
    chains:
      TrainingChains === undefined
        ? undefined
        : {
            contract: ITrainingChains__factory.connect(TrainingChains.address, runner),
            address: TrainingChains.address,
          },
    block: Math.min(ValidatorRegistry.block, ReviewPanel.block, DisputeCourt.block),
  };
}

/** Token amounts of an address: `balanceOf`, `allowance`, `symbol`. */
export async function callToken(
  runner: { call(tx: { to: string; data: string }): Promise<string> },
  token: string,
  name: "symbol" | "balanceOf" | "allowance",
  values: readonly string[] = [],
): Promise<string | bigint> {
  const data = tokenInterface.encodeFunctionData(name, values);
  const [value] = tokenInterface.decodeFunctionResult(name, await runner.call({ to: token, data }));
  return value as string | bigint;
}
