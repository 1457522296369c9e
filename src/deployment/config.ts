import { id, parseUnits } from "ethers";
import type { Preset } from "../../deploy/presets/schema";
import { SAFE_SINGLETON_FACTORY, type VrfFacts } from "../chain/chains";
import type { ICommonsGovernor } from "../../typechain-types/contracts/governance/CommonsGovernor";
import type {
  IGpuRegistry,
  IJobEscrow,
  IRandomnessBeacon,
  IReviewPanel,
  IScoreBoard,
  IServiceCatalog,
  IValidatorRegistry,
} from "../../typechain-types";
import { saltOf, type Place } from "./predict";

/** A GPU class with its id. */
export interface GpuClassRow {
  readonly classId: number;
  readonly name: string;
  readonly value: IGpuRegistry.GpuClassStruct;
}

/** Where seeds come from: a coordinator of the chain, or Chainlink's own mock of one, deployed along. */
export type VrfSource =
  { readonly kind: "mock"; readonly fundingWei: bigint } | { readonly kind: "live"; readonly coordinator: string };

/** What buyers pay with: a token of the chain, or a stub that anybody can mint, deployed along. */
export type CurrencySource = { readonly kind: "stub" } | { readonly kind: "live"; readonly address: string };

/** Who decides, and who guards at first. */
export interface GovernanceConfig {
  /** Seconds between queue and execution. */
  readonly delay: number;
  readonly settings: ICommonsGovernor.SettingsStruct;
  /** First holder of the guardian's rights. */
  readonly guardian: string;
}

/** Terms of new cases before the court. */
export interface CourtConfig {
  /** Seats of a disputed job's panel, odd. */
  readonly seats: number;
  /** Domain that its validators review. */
  readonly domain: number;
}

/** Everything that a deployment is told. Addresses are final: nothing follows from who sends the transactions. */
export interface SuiteConfig {
  /** The factory and the salt: with code and arguments they decide every address. */
  readonly place: Place;
  /** Owner of every contract; sends the owner's steps. */
  readonly owner: string;
  /**
   * Holder of the account that fees go to; also takes unsold tokens, treasury shares, and back native coin of closed VRF
   * subscriptions. The timelock when absent.
   */
  readonly treasury?: string;
  /** The token, its shares, how they vest, and the sale. */
  readonly preset: Preset;
  /** Receivers of vesting or treasury shares instead of those of the preset, by part: for development chains. */
  readonly diverted: Readonly<Record<string, string>>;
  /** When vesting begins, seconds. */
  readonly vestingStart: number;
  /** When the sale's first round begins, seconds; after the deployment. */
  readonly saleStart: number;
  readonly currency: CurrencySource;
  /** Receiver of each line of the proceeds, by its key; all different. */
  readonly payees: Readonly<Record<string, string>>;
  /** Seconds until governance may change them. */
  readonly payeeLock: number;
  readonly governance: GovernanceConfig;
  readonly vrf: VrfSource;
  readonly beacon: IRandomnessBeacon.SettingsStruct;
  readonly registryTerms: IGpuRegistry.TermsStruct;
  readonly gpuClasses: readonly GpuClassRow[];
  readonly fees: IServiceCatalog.FeesStruct;
  readonly escrow: Omit<IJobEscrow.SettingsStruct, "resolver">;
  readonly attestation: { readonly signers: readonly string[]; readonly threshold: number };
  /** Terms of the validators. */
  readonly validatorTerms: IValidatorRegistry.TermsStruct;
  /** Windows of a question before the panel. */
  readonly panelWindows: IReviewPanel.WindowsStruct;
  /** Terms of new batches of the score board. */
  readonly scoreTerms: IScoreBoard.TermsStruct;
  readonly court: CourtConfig;
  /** Who rules on disputes of new jobs: a drawn panel, or the arbiters alone. */
  readonly resolver: "DisputeCourt" | "GovernedArbiter";
  /** Who may rule on disputes that name the GovernedArbiter, and confirm a panel's guilt where that is needed. */
  readonly arbiters: readonly string[];
  /** Chainlink's uptime feed of the sequencer, where the chain has one. */
  readonly sequencerFeed?: string;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Governed terms of the registry, defaults of SPEC 12. Percentages of the figures written there. */
export const DEFAULT_REGISTRY_TERMS = {
  gainPercent: 100,
  dayCapPercent: 100,
  lossMinPercent: 100,
  lossMaxPercent: 100,
  fraudPercent: 100,
  probationShare: 10,
  probationJobs: 5,
  freeDeclines: 3,
  finderBps: 1_000,
  incidentPercent: 30,
  moduleCapPercent: 5,
  registrationFeeBps: 100,
  callerPayBps: 10,
  unbonding: 21 * DAY,
} as const;

/** Settings of new agreements, defaults of SPEC 12. */
export const DEFAULT_ESCROW = {
  acceptanceMinutes: 10,
  reviewHours: 24,
  challengeHours: 48,
  revealSeconds: 2 * HOUR,
  disputeSeconds: 14 * DAY,
  lockFactor: 5,
} as const;

/**
 * Fees of quotes: 2.5%; a draw unit of 0.05 and validators at 0.1 token each, until prices of a live chain are known. The
 * lock of the cheapest job there is (5 x 60 s of a T4) covers a draw and a review, so that whoever was cheated gets back
 * everything.
 */
export const DEFAULT_FEES = {
  feeBps: 250,
  drawUnitGwei: parseUnits("0.05", 9),
  validatorFeeGwei: parseUnits("0.1", 9),
} as const;

/** Terms of validators: a stake of 1,000 tokens, of which a silent seat costs a hundredth. SPEC 7 and 12. */
export const DEFAULT_VALIDATOR_TERMS = {
  minStakeGwei: parseUnits("1000", 9),
  unbonding: 21 * DAY,
  silenceBps: 100,
  moduleCapPercent: 5,
  gain: 20_000,
  incoherentLoss: 50_000,
  silentLoss: 100_000,
} as const;

/** Windows of a question, defaults of SPEC 12. */
export const DEFAULT_PANEL_WINDOWS = {
  commitSeconds: 24 * HOUR,
  revealSeconds: 24 * HOUR,
  appealSeconds: 48 * HOUR,
} as const;

/**
 * Terms of new batches of questions to be scored, defaults of SPEC 7 and 12; the least fee of a seat is that of quotes, 0.1
 * token.
 */
export const DEFAULT_SCORE_TERMS = {
  epochSeconds: 7 * DAY,
  seats: 5,
  commitSeconds: 24 * HOUR,
  revealSeconds: 24 * HOUR,
  gradeSeconds: 24 * HOUR,
  tolerance: 15,
  maxQuestions: 64,
  minFee: parseUnits("0.1", 6),
} as const;

/** A quote provides for as many validators' fees as a panel has seats. */
export const DEFAULT_COURT = { seats: 5, domain: 0 } as const;

/** Governance's settings, defaults of SPEC 11. */
export const DEFAULT_GOVERNANCE = {
  delay: 2 * DAY,
  settings: {
    votingDelay: 2 * DAY,
    votingPeriod: 5 * DAY,
    lateExtension: 2 * DAY,
    thresholdBps: 10,
    quorumBps: 200,
  },
} as const;

/** Beacon settings of a local chain: the mock asks for no premium and takes any key hash. */
export const LOCAL_BEACON = {
  keyHash: id("GPU Commons local key lane"),
  callbackGas: 120_000,
  confirmations: 0,
  interval: 10,
  paidGas: 250_000,
  premiumPercent: 0,
} as const;

/**
 * Beacon settings for a chain's own coordinator: as on a local chain, with the chain's confirmations and premium. The lane
 * with the highest gas price costs no more than another and is still served when gas is dear.
 */
export function beaconFor({ lanes, minConfirmations, premiumNativePercent }: VrfFacts): SuiteConfig["beacon"] {
  const { keyHash } = lanes.reduce((best, lane) => (lane.maxGasPriceGwei > best.maxGasPriceGwei ? lane : best));
  return { ...LOCAL_BEACON, keyHash, confirmations: minConfirmations, premiumPercent: premiumNativePercent };
}

/** Defaults of SPEC 12 for everything that has one. */
export const DEFAULTS = {
  place: { factory: SAFE_SINGLETON_FACTORY, salt: saltOf("1") },
  registryTerms: DEFAULT_REGISTRY_TERMS,
  escrow: DEFAULT_ESCROW,
  fees: DEFAULT_FEES,
  validatorTerms: DEFAULT_VALIDATOR_TERMS,
  panelWindows: DEFAULT_PANEL_WINDOWS,
  scoreTerms: DEFAULT_SCORE_TERMS,
  court: DEFAULT_COURT,
  /** A panel that cannot be drawn, as before there are validators, finds nothing: the dispute is split. */
  resolver: "DisputeCourt",
  /** A year: until then the proceeds go where buyers were told. */
  payeeLock: 365 * DAY,
} as const;
