import { day, gweiTokens, outOfBounds, text, time, type Sentences } from "./values";

/** Sentences for the errors of registry and its votes. */
export const REGISTRY_SENTENCES: Sentences = {
  RegistryUnknownGpu: (v) => `there is no GPU ${text(v, "gpu")}`,
  RegistryNotOwner: (v) => `${text(v, "caller")} does not own GPU ${text(v, "gpu")}`,
  RegistryNotWorker: (v) => `${text(v, "caller")} is neither operator nor owner of GPU ${text(v, "gpu")}`,
  RegistryMissingScope: (v) => `module ${text(v, "module")} lacks the right ${text(v, "scope")}`,
  RegistryUnknownScopes: (v) => `${text(v, "scopes")} names rights that do not exist`,
  RegistryPaused: () => "new work is stopped at present; running work goes on",
  RegistryZeroAddress: () => "the zero address was given where an address is needed",
  RegistryZeroAmount: () => "the amount has to be more than nothing",
  RegistryOutOfBounds: outOfBounds,
  RegistryClassClosed: (v) => `GPU class ${text(v, "classId")} is unknown or takes no GPUs`,
  RegistryStakeOutOfBounds: (v) =>
    `${gweiTokens(v, "amountGwei")} do not fit: the stake has to stay at ${gweiTokens(v, "leastGwei")} at least`,
  RegistryBadPossession: (v) => `the proof of possession is not signed by device ${text(v, "device")}`,
  RegistryDeviceBound: (v) => `device ${text(v, "device")} belongs to GPU ${text(v, "gpu")}, which has not left`,
  RegistryDeviceBarred: (v) => `a fraud bars device ${text(v, "device")} until ${day(v, "untilDay")}`,
  RegistryOwnerBarred: (v) => `a fraud bars the owner with account ${text(v, "owner")}`,
  RegistryLeaving: (v) => `GPU ${text(v, "gpu")} is leaving`,
  RegistryTrancheOpen: (v) => `stake of GPU ${text(v, "gpu")} is unbonding already; take it out first`,
  RegistryNoTranche: (v) => `no stake of GPU ${text(v, "gpu")} is unbonding`,
  RegistryStillUnbonding: (v) => `the stake is unbonding until ${time(v, "endsAt")}`,
  RegistryStakeLocked: (v) => `jobs lock ${gweiTokens(v, "lockedGwei")} of GPU ${text(v, "gpu")}; nothing is free`,
  RegistryRoundOpen: (v) => `round ${text(v, "round")} is open; try again after it`,
  RegistryNoOpenRound: (v) => `module ${text(v, "module")} has no open round`,
  RegistryFrozenEntrant: (v) =>
    `GPU ${text(v, "gpu")} takes part in open round ${text(v, "round")} and cannot be named before its end`,
  RegistryNoFreeSlot: (v) => `GPU ${text(v, "gpu")} has no free slot`,
  RegistryStakeShort: (v) =>
    `GPU ${text(v, "gpu")} has ${gweiTokens(v, "unlockedGwei")} free, the job locks ${gweiTokens(v, "neededGwei")}`,
  RegistryImplausibleEnergy: (v) =>
    `${text(v, "reported")} milliwatt-hours cannot be true: between ${text(v, "least")} and ${text(v, "greatest")} are possible`,
  RegistrySlashNotHeld: (v) => `slash ${text(v, "slash")} is unknown or held no longer`,
  RegistryStillHeld: (v) => `slash ${text(v, "slash")} is held until ${time(v, "holdUntil")}`,
  RegistryNothingPending: (v) => `nothing of slash ${text(v, "slash")} is left to take`,
  RegistryNotSlasher: (v) => `${text(v, "caller")} neither slashed nor owns the registry`,
  RegistryNotVotes: (v) => `${text(v, "caller")} is not the ledger of votes`,
  RegistryVotesFixed: () => "the ledger of votes is set for good",
  EnergyZeroReference: () => "a report of energy needs a reference",
  EnergyTooLarge: (v) => `${text(v, "energy")} milliwatt-hours are more than can be reported`,
  StakeVotesOnlyRegistry: (v) => `${text(v, "caller")} is not the registry`,
  StakeVotesNoAccount: (v) => `${text(v, "holder")} has no vault account, and so no stake`,
};
