import type { SuiteConfig } from "./config";
import type { ContractName } from "./contracts";
import { economySteps, genesisSteps, tokenSteps, treasuryIn } from "./economy";
import { atLeast, call, check, create, equal, read, ref, type Step } from "./plan";
import { Plan, predict } from "./predict";

/** Scope of a module of the vault (PaymentVault.SPEND). */
const SPEND = 1;
/** Scopes of the validators' modules: DRAW | RECORD | SLASH. */
const ALL_VALIDATOR_SCOPES = 7;
/** Scopes of the registry's modules: DRAW | RECORD | LOCK | SLASH. */
const ALL_REGISTRY_SCOPES = 15;

/** The whole suite as one plan: token, vault, beacon, registry, assets, market, economy, governance, and how they know each other. */
export function suitePlan(config: SuiteConfig): Plan {
  const steps = [
    create("CommonsTimelock", [config.governance.delay, config.owner]),
    ...tokenSteps(config),
    ...moneySteps(config),
    ...beaconSteps(config),
    ...registrySteps(config),
    ...assetSteps(config),
    ...reviewSteps(config),
    ...marketSteps(config),
    ...wiringSteps(),
    ...economySteps(config),
    ...governanceSteps(config),
  ];
  const creations = predict(steps, config.place);
  return new Plan([...steps, ...genesisSteps(config, creations), ...ownerChecks(config, steps)], config.place);
}

function moneySteps(config: SuiteConfig): readonly Step[] {
  const treasury = treasuryIn(config);
  return [
    create("PaymentVault", [ref("ComputeToken"), config.owner]),
    call({
      contract: "PaymentVault",
      method: "openAccount",
      args: [treasury],
      by: "deployer",
      unless: atLeast(read("PaymentVault", "accountOf", treasury), 1n),
      note: "of the treasury",
    }),
    call({
      contract: "PaymentVault",
      method: "setTreasury",
      args: [read("PaymentVault", "accountOf", treasury)],
      by: "owner",
      unless: equal(read("PaymentVault", "treasury"), read("PaymentVault", "accountOf", treasury)),
    }),
  ];
}

function beaconSteps(config: SuiteConfig): readonly Step[] {
  const { owner, vrf, beacon } = config;
  const treasury = treasuryIn(config);
  if (vrf.kind === "live") return [create("RandomnessBeacon", [owner, treasury, vrf.coordinator, beacon])];
  return [
    // Fees in native coin: a thousandth of a coin per million gas, so that funding is seen to be spent.
    create("VRFCoordinatorV2_5Mock", [0n, 1_000_000_000n, 1n]),
    create("RandomnessBeacon", [owner, treasury, ref("VRFCoordinatorV2_5Mock"), beacon]),
    call({
      contract: "RandomnessBeacon",
      method: "fund",
      args: [],
      by: "deployer",
      value: vrf.fundingWei,
      unless: atLeast(read("VRFCoordinatorV2_5Mock", "s_totalNativeBalance"), vrf.fundingWei),
    }),
  ];
}

function registrySteps({ owner, registryTerms, gpuClasses }: SuiteConfig): readonly Step[] {
  return [
    create("RegistryTables", []),
    create("Enrolment", []),
    create("RegistryViews", []),
    create("RoundDesk", []),
    create("StakeDesk", []),
    create("Slashes", []),
    create(
      "GpuRegistry",
      [ref("PaymentVault"), owner, registryTerms],
      ["RegistryTables", "Enrolment", "RegistryViews", "RoundDesk", "StakeDesk", "Slashes"],
    ),
    create("RegistryLens", [ref("GpuRegistry")]),
    create("StakeVotes", [ref("GpuRegistry"), ref("DelegationDesk")]),
    call({
      contract: "GpuRegistry",
      method: "setVotes",
      args: [ref("StakeVotes")],
      by: "owner",
      unless: equal(read("GpuRegistry", "votes"), ref("StakeVotes")),
    }),
    ...gpuClasses.map(({ classId, name, value }) =>
      call({
        contract: "GpuRegistry",
        method: "setClass",
        args: [classId, name, value],
        by: "owner",
        unless: equal(read("GpuRegistry", "classOf", classId), value),
        note: name,
      }),
    ),
  ];
}

function assetSteps({ owner, fees }: SuiteConfig): readonly Step[] {
  return [
    create("AssetRegistry", [ref("PaymentVault"), owner]),
    create("ServiceCatalog", [ref("GpuRegistry"), ref("AssetRegistry"), fees, owner]),
  ];
}

/** Validators, the panels that are drawn from them, and the court that asks these about disputed jobs. */
function reviewSteps(config: SuiteConfig): readonly Step[] {
  const { owner, validatorTerms, panelWindows, court, arbiters } = config;
  const panel = ref("ReviewPanel");
  return [
    create("ValidatorRegistry", [ref("PaymentVault"), owner, validatorTerms]),
    create("ReviewPanel", [ref("RandomnessBeacon"), ref("ValidatorRegistry"), panelWindows, owner]),
    create("DisputeCourt", [panel, ref("GpuRegistry"), court.seats, court.domain, owner]),
    create("TrainingChains", [ref("DisputeCourt"), ref("GpuRegistry")]),
    call({
      contract: "ValidatorRegistry",
      method: "setModule",
      args: [panel, ALL_VALIDATOR_SCOPES],
      by: "owner",
      unless: equal(read("ValidatorRegistry", "scopesOf", panel), ALL_VALIDATOR_SCOPES),
    }),
    call({
      contract: "RandomnessBeacon",
      method: "setConsumer",
      args: [panel, true],
      by: "owner",
      unless: equal(read("RandomnessBeacon", "isConsumer", panel), true),
      note: "ReviewPanel",
    }),
    call({
      contract: "ReviewPanel",
      method: "setAsker",
      args: [ref("DisputeCourt"), true],
      by: "owner",
      unless: equal(read("ReviewPanel", "isAsker", ref("DisputeCourt")), true),
    }),
    ...arbiters.map((arbiter) =>
      call({
        contract: "ReviewPanel",
        method: "setArbiter",
        args: [arbiter, true],
        by: "owner",
        unless: equal(read("ReviewPanel", "isArbiter", arbiter), true),
        note: arbiter,
      }),
    ),
    ...scoreSteps(config),
  ];
}

/** The board on which validators score. Who asks is added by governance with the modules that do. */
function scoreSteps({ owner, scoreTerms }: SuiteConfig): readonly Step[] {
  const board = ref("ScoreBoard");
  return [
    create("ScoreSettlement", []),
    create("ScoreBoard", [ref("RandomnessBeacon"), ref("ValidatorRegistry"), scoreTerms, owner], ["ScoreSettlement"]),
    call({
      contract: "ValidatorRegistry",
      method: "setModule",
      args: [board, ALL_VALIDATOR_SCOPES],
      by: "owner",
      unless: equal(read("ValidatorRegistry", "scopesOf", board), ALL_VALIDATOR_SCOPES),
      note: "ScoreBoard",
    }),
    call({
      contract: "RandomnessBeacon",
      method: "setConsumer",
      args: [board, true],
      by: "owner",
      unless: equal(read("RandomnessBeacon", "isConsumer", board), true),
      note: "ScoreBoard",
    }),
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [board, SPEND],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", board), SPEND),
      note: "ScoreBoard",
    }),
  ];
}

function marketSteps(config: SuiteConfig): readonly Step[] {
  const { owner, escrow, attestation, arbiters, resolver, sequencerFeed } = config;
  return [
    create("AttestationVerifier", [[...attestation.signers], attestation.threshold, owner]),
    create("GovernedArbiter", [ref("PaymentVault"), owner]),
    ...arbiters.map((arbiter) =>
      call({
        contract: "GovernedArbiter",
        method: "setArbiter",
        args: [arbiter, true],
        by: "owner",
        unless: equal(read("GovernedArbiter", "isArbiter", arbiter), true),
        note: arbiter,
      }),
    ),
    create("DrawDesk", []),
    create("JobExits", []),
    create("Disputes", []),
    create(
      "JobEscrow",
      [
        owner,
        ref("PaymentVault"),
        ref("RandomnessBeacon"),
        ref("GpuRegistry"),
        ref("AssetRegistry"),
        ref("ServiceCatalog"),
        { ...escrow, resolver: ref(resolver) },
      ],
      ["DrawDesk", "JobExits", "Disputes"],
    ),
    call({
      contract: "JobEscrow",
      method: "setVerifier",
      args: [ref("AttestationVerifier"), true],
      by: "owner",
      unless: equal(read("JobEscrow", "isVerifier", ref("AttestationVerifier")), true),
    }),
    ...(sequencerFeed === undefined
      ? []
      : [
          call({
            contract: "JobEscrow",
            method: "setSequencerFeed",
            args: [sequencerFeed],
            by: "owner",
            unless: equal(read("JobEscrow", "sequencerFeed"), sequencerFeed),
          }),
        ]),
  ];
}

/** Who may do what with whom. */
function wiringSteps(): readonly Step[] {
  const escrow = ref("JobEscrow");
  const court = ref("DisputeCourt");
  const royaltySink = ref("AssetRegistry");
  return [
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [escrow, SPEND],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", escrow), SPEND),
      note: "JobEscrow",
    }),
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [court, SPEND],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", court), SPEND),
      note: "DisputeCourt",
    }),
    call({
      contract: "DisputeCourt",
      method: "authorise",
      args: [],
      by: "deployer",
      unless: equal(read("PaymentVault", "isAuthorised", read("DisputeCourt", "account"), court), true),
    }),
    call({
      contract: "DisputeCourt",
      method: "setEscrow",
      args: [escrow, true],
      by: "owner",
      unless: equal(read("DisputeCourt", "isEscrow", escrow), true),
    }),
    // Holds royalties in the vault and pays them out; takes nothing from accounts.
    call({
      contract: "PaymentVault",
      method: "setModule",
      args: [royaltySink, 0],
      by: "owner",
      unless: equal(read("PaymentVault", "scopesOf", royaltySink), 0),
      note: "AssetRegistry",
    }),
    call({
      contract: "RandomnessBeacon",
      method: "setConsumer",
      args: [escrow, true],
      by: "owner",
      unless: equal(read("RandomnessBeacon", "isConsumer", escrow), true),
    }),
    call({
      contract: "GpuRegistry",
      method: "setModule",
      args: [escrow, ALL_REGISTRY_SCOPES],
      by: "owner",
      unless: equal(read("RegistryLens", "moduleOf", escrow), [ALL_REGISTRY_SCOPES, ALL_REGISTRY_SCOPES, 0]),
    }),
    call({
      contract: "AssetRegistry",
      method: "setTrainingRecord",
      args: [escrow, true],
      by: "owner",
      unless: equal(read("AssetRegistry", "isTrainingRecord", escrow), true),
    }),
  ];
}

/** Who decides, and who may stop new work for some days. Nothing is theirs before the hand-over. */
function governanceSteps({ governance }: SuiteConfig): readonly Step[] {
  return [
    create("CompositeVotes", [ref("ComputeToken"), ref("StakeVotes"), ref("VestingVault")]),
    create("CommonsGuardian", [ref("CommonsTimelock"), governance.guardian]),
    create("CommonsGovernor", [
      ref("CompositeVotes"),
      ref("CommonsTimelock"),
      ref("CommonsGuardian"),
      governance.settings,
    ]),
    call({
      contract: "JobEscrow",
      method: "setGuardian",
      args: [ref("CommonsGuardian")],
      by: "owner",
      unless: equal(read("JobEscrow", "guardian"), ref("CommonsGuardian")),
    }),
  ];
}

function ownerChecks(config: SuiteConfig, steps: readonly Step[]): readonly Step[] {
  const created = new Set(steps.map(({ id }) => id));
  return [
    ...OWNED.filter((name) => created.has(name)).map((contract) =>
      check([
        equal(read(contract, "owner"), config.owner),
        // After the hand-over.
        equal(read(contract, "owner"), ref("CommonsTimelock")),
      ]),
    ),
    check(equal(read("RandomnessBeacon", "treasury"), treasuryIn(config))),
    check(equal(read("JobEscrow", "vault"), ref("PaymentVault"))),
    check(equal(read("GpuRegistry", "vault"), ref("PaymentVault"))),
    check(equal(read("CommonsGovernor", "timelock"), ref("CommonsTimelock"))),
  ];
}

/** Contracts with an owner, to become the timelock; the last three where the preset has them. */
export const OWNED = [
  "PaymentVault",
  "RandomnessBeacon",
  "GpuRegistry",
  "AssetRegistry",
  "ServiceCatalog",
  "AttestationVerifier",
  "GovernedArbiter",
  "ValidatorRegistry",
  "ReviewPanel",
  "ScoreBoard",
  "DisputeCourt",
  "JobEscrow",
  "VestingVault",
  "ProceedsSplitter",
  "TokenSale",
  "EmissionDistributor",
  "EmissionController",
] as const satisfies readonly ContractName[];

/** Contracts of a plan that have an owner. */
export function ownedIn({ creations }: Pick<Plan, "creations">): readonly (typeof OWNED)[number][] {
  return OWNED.filter((name) => creations.has(name));
}
