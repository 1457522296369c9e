/**
 * Packed words of the GpuRegistry, as contracts/libraries lays them out and `wordOf` returns them. The address fields are
 * numbers of 160 bits.
 */
import { WordCodec } from "../protocol/words";

/** The latest draw round, who runs it, and the terms that every draw and success needs, in one storage word. */
export const registryWord = new WordCodec("RegistryWord", {
  module: [0, 160],
  round: [160, 32],
  remaining: [192, 16],
  day: [208, 16],
  gainPercent: [224, 8],
  dayCapPercent: [232, 8],
  probationShare: [240, 6],
  probationJobs: [246, 6],
  canDraw: [252, 1, "flag"],
  canRecord: [253, 1, "flag"],
  paused: [254, 1, "flag"],
});

/** Totals of the registry and the terms that stake movements need, in one storage word. */
export const stakeLedgerWord = new WordCodec("StakeLedgerWord", {
  gpus: [0, 40],
  total: [40, 64],
  fees: [104, 64],
  unbonding: [168, 23],
  registrationFeeBps: [191, 9],
  callerPayBps: [200, 7],
  incidentPercent: [207, 6],
  moduleCapPercent: [213, 5],
  slashes: [218, 32],
});

/** Governed terms that only failures, fraud and new rounds need, in one storage word. */
export const penaltyTermsWord = new WordCodec("PenaltyTermsWord", {
  lossMinPercent: [0, 8],
  lossMaxPercent: [8, 8],
  fraudPercent: [16, 8],
  probationShare: [24, 6],
  probationJobs: [30, 6],
  freeDeclines: [36, 4],
  finderBps: [40, 11],
});

/** What draws, assignments and settlements need of a GPU, in one storage word. Zero means unknown. */
export const gpuWord = new WordCodec("GpuWord", {
  owner: [0, 40],
  classId: [40, 8],
  region: [48, 4],
  slots: [52, 6],
  active: [58, 6],
  position: [64, 16],
  stake: [80, 64],
  locked: [144, 64],
  stamp: [208, 32],
  listed: [240, 1, "flag"],
  paused: [241, 1, "flag"],
  leaving: [242, 1, "flag"],
  wasOut: [243, 1, "flag"],
  hasBond: [244, 1, "flag"],
  hasPending: [245, 1, "flag"],
});

/** Hot key and unbonding tranche of a GPU in one storage word; written when the first of them is needed. */
export const bondWord = new WordCodec("BondWord", {
  operator: [0, 160],
  unbonding: [160, 64],
  endsAt: [224, 32],
});

/** Rarely needed state of a GPU in one storage word: values at the request of a round, declines, deferred slashes. */
export const asideWord = new WordCodec("AsideWord", {
  frozenStake: [0, 64],
  frozenLocked: [64, 64],
  frozenActive: [128, 6],
  pending: [134, 64],
  declineDay: [198, 16],
  declines: [214, 8],
  barredUntil: [222, 16],
});

/** A device key in one storage word. Zero means never bound. */
export const deviceWord = new WordCodec("DeviceWord", {
  gpu: [0, 40],
  nonce: [40, 32],
});

/** Reputation of an owner in one storage word. Zero means that the account never registered a GPU. */
export const ownerWord = new WordCodec("OwnerWord", {
  score: [0, 27],
  completed: [27, 21],
  attempted: [48, 21],
  day: [69, 16],
  dayCompleted: [85, 16],
  dayAttempted: [101, 16],
  dayGain: [117, 24],
  requesters: [141, 64],
  verified: [205, 6],
  barred: [211, 1, "flag"],
  frozenWeight: [212, 14],
  frozenProbation: [226, 1, "flag"],
  frozenRound: [227, 24],
  known: [251, 1, "flag"],
});

/** An owner's sums over its GPUs in one storage word. */
export const stakerWord = new WordCodec("StakerWord", {
  stake: [0, 64],
  energy: [64, 64],
  gpus: [128, 24],
  barredUntil: [152, 16],
  votes: [168, 1, "flag"],
});

/** A GPU class in one storage word. Zero means unknown. */
export const classWord = new WordCodec("ClassWord", {
  vramGb: [0, 16],
  tflopsDeci: [16, 24],
  watts: [40, 16],
  idleWatts: [56, 16],
  ratePerSecondGwei: [72, 64],
  minStakeGwei: [136, 64],
  enabled: [200, 1, "flag"],
  maxTflopsDeci: [201, 24],
});

/** A module of the registry in one storage word. Zero means unknown. */
export const registryModuleWord = new WordCodec("RegistryModuleWord", {
  scopes: [0, 8],
  granted: [8, 8],
  slot: [16, 8],
  slashDay: [24, 16],
  slashedToday: [40, 64],
  lostRound: [104, 1, "flag"],
});

/** A slash in one storage word. Zero means unknown. */
export const slashWord = new WordCodec("SlashWord", {
  gpu: [0, 40],
  taken: [40, 64],
  pending: [104, 64],
  holdUntil: [168, 40],
  finder: [208, 40],
  module: [248, 6],
  state: [254, 2],
});

/** Who is made whole first out of a slash, in one storage word. */
export const slashClaimWord = new WordCodec("SlashClaimWord", {
  beneficiary: [0, 40],
  amount: [40, 64],
});
