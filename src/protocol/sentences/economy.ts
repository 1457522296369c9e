import { big, outOfBounds, text, time, tokens, type Sentences } from "./values";

const SALE_STATUSES = ["not yet begun", "open", "successful", "failed"];

/** A sum of the currency that tokens are sold for, in its smallest unit: USDC has 6 decimals, others 18. */
const units = (value: string): string => `${value} units of the currency`;

/** Sentences for the errors of vesting, sale, proceeds and emission. */
export const ECONOMY_SENTENCES: Sentences = {
  TokenZeroMinter: () => "a token that can be issued needs a minter",
  TokenOnlyMinter: (v) => `${text(v, "caller")} may not mint`,
  VestingZeroAddress: () => "the zero address was given where an address is needed",
  VestingZeroAmount: () => "the amount has to be more than nothing",
  VestingSelfRecipient: () => "tokens cannot go to the vesting vault itself",
  VestingOutOfBounds: outOfBounds,
  VestingUnknownSchedule: (v) => `there is no schedule ${text(v, "schedule")}`,
  VestingOnlyGrantor: (v) => `${text(v, "caller")} is not the grantor of schedule ${text(v, "schedule")}`,
  VestingNotOffered: (v) => `nothing of schedule ${text(v, "schedule")} was offered to ${text(v, "caller")}`,
  VestingTransferShort: (v) => `the token delivered ${text(v, "received")} wei instead of ${text(v, "expected")}`,
  VestingAmountTooLarge: (v) => `${tokens(v, "amount")} are more than a pool can hold`,
  VestingPoolShort: (v) =>
    `the free pool of schedule ${text(v, "schedule")} holds ${tokens(v, "pool")}, ${tokens(v, "amount")} are needed`,
  VestingNoGrant: (v) => `${text(v, "beneficiary")} has no grant on schedule ${text(v, "schedule")}`,
  VestingAlreadyRevoked: (v) => `the grant of ${text(v, "beneficiary")} on schedule ${text(v, "schedule")} is revoked`,
  VestingNotRevocable: (v) => `grants of schedule ${text(v, "schedule")} cannot be revoked`,
  VestingNothingToRelease: (v) =>
    `nothing more has vested for ${text(v, "beneficiary")} on schedule ${text(v, "schedule")} yet`,
  VestingPayeeNotDelegated: (v) =>
    `these tokens vote, and would not after this: ${text(v, "payee")} has to release them, or delegate on the token first`,
  VestingOnlyPayee: (v) =>
    `${text(v, "caller")} is not paid by the grant of ${text(v, "beneficiary")} on schedule ${text(v, "schedule")}`,
  VestingRootKnown: (v) => `root ${text(v, "root")} was set before on schedule ${text(v, "schedule")}`,
  VestingUnknownRoot: (v) => `root ${text(v, "root")} was never set on schedule ${text(v, "schedule")}`,
  VestingTooManyRoots: (v) => `schedule ${text(v, "schedule")} has as many roots as it can have`,
  VestingInvalidProof: (v) =>
    `the proof does not lead from ${text(v, "beneficiary")} and ${tokens(v, "amount")} to the root`,
  VestingAlreadyClaimed: (v) => `${text(v, "beneficiary")} claimed its part of the root before`,
  VestingRootShort: (v) => `the root has ${tokens(v, "left")} left, ${tokens(v, "amount")} are needed`,
  VestingRootOpen: (v) => `the root can be closed from ${time(v, "closableFrom")} on`,
  VestingVotesNoTotal: () => "the votes of grants have no total of their own; ask the reader of all votes",
  SaleInvalidAddress: (v) => `${text(v, "given")} cannot be used here`,
  SaleWrongToken: (v) => `${text(v, "given")} is another token than the sale's, or both its token and its currency`,
  SaleOutOfBounds: outOfBounds,
  SaleNotWhole: (v) => `${text(v, "amount")} is no multiple of ${text(v, "unit")}`,
  SaleRoundCount: (v) => `a sale has 1 to ${text(v, "most")} rounds, ${text(v, "rounds")} were given`,
  SaleRoundTimes: (v) =>
    `round ${text(v, "round")} cannot start at ${time(v, "start")}: ${time(v, "earliest")} or later`,
  SaleSoftCapUnreachable: (v) =>
    `a sold-out sale may bring as little as ${units(text(v, "least"))}, the soft cap is ${text(v, "softCap")}`,
  SaleGasShort: (v) => `bring more gas: ${text(v, "available")} was left where ${text(v, "needed")} is needed`,
  SaleRoundStarted: (v) => `it started at ${time(v, "startedAt")} and can no longer change`,
  SaleUnknownRound: (v) => `the sale has no round ${text(v, "round")}`,
  SaleRoundNotListed: (v) => `round ${text(v, "round")} has no allow list`,
  SaleListOnly: (v) => `in round ${text(v, "round")} only buyers on the allow list may buy`,
  SaleNotOnList: (v) =>
    `${text(v, "buyer")} with ${tokens(v, "listed")} is not on the allow list of round ${text(v, "round")}`,
  SaleRoundNotOpen: (v) => `round ${text(v, "round")} is open from ${time(v, "start")} to ${time(v, "end")}`,
  SaleNotFunded: (v) => `the sale holds ${tokens(v, "balance")} of the ${tokens(v, "tokensForSale")} that it sells`,
  SaleIsPaused: (v) => `purchases are paused until ${time(v, "until")}; claims and refunds go on`,
  SaleNotPaused: () => "purchases are not paused",
  SaleWrongStatus: (v) =>
    `the sale is ${SALE_STATUSES[Number(big(v, "status"))] ?? text(v, "status")}, which does not allow this`,
  SaleInvalidAmount: (v) => `${text(v, "amount")} wei are nothing, or no whole units of 1e9 wei`,
  SaleNotEnoughLeft: (v) =>
    `round ${text(v, "round")} has ${tokens(v, "left")} left, ${tokens(v, "amount")} were asked for`,
  SaleBelowMinimum: (v) => `${tokens(v, "amount")} are below the least purchase, ${tokens(v, "minimum")}`,
  SaleAboveLimit: (v) =>
    `${text(v, "buyer")} would have ${tokens(v, "total")}, ${tokens(v, "limit")} are allowed in this round`,
  SaleCostAboveMaximum: (v) => `it costs ${units(text(v, "cost"))}, above the maximum of ${text(v, "maxCost")}`,
  SaleTransferShort: (v) => `the sale would hold ${units(text(v, "balance"))} and owe ${text(v, "owed")}`,
  SaleNotEnded: (v) => (big(v, "endsAt") === 0n ? "the sale has no plan yet" : `the sale ends at ${time(v, "endsAt")}`),
  SaleNothingDue: (v) => `nothing is due to ${text(v, "buyer")}`,
  SalePauseTooLong: (v) => `a pause of ${text(v, "duration")} s is too long: ${text(v, "left")} s are left for pauses`,
  SplitterInvalidAddress: (v) => `${text(v, "given")} cannot be a payee`,
  SplitterPayeeCount: (v) => `there can be 1 to ${text(v, "most")} payees, ${text(v, "payees")} were given`,
  SplitterZeroShare: (v) => `payee ${text(v, "payee")} has no share`,
  SplitterDuplicatePayee: (v) => `payee ${text(v, "payee")} is named twice`,
  SplitterWrongSum: (v) => `the shares add up to ${text(v, "bps")} hundredths of a percent instead of 10000`,
  SplitterLocked: (v) => `the payees can change from ${time(v, "until")} on`,
  SplitterLockOutOfBounds: (v) =>
    `a lock of ${text(v, "lock")} s is outside of ${text(v, "low")} to ${text(v, "high")} s`,
  SplitterTooManyTokens: (v) => `${text(v, "tokens")} tokens were named, ${text(v, "most")} can be`,
  SplitterGasShort: (v) => `${text(v, "available")} gas is left, the transfers need ${text(v, "needed")}`,
  SplitterNoCredit: (v) => `${text(v, "payee")} has no credit in token ${text(v, "token")}`,
  ControllerNotContract: (v) => `${text(v, "given")} is no contract`,
  ControllerTokenAlreadySet: (v) => `the token is named for good: ${text(v, "token")}`,
  ControllerTokenNotSet: () => "the token is not named yet",
  ControllerWrongMinter: (v) => `token ${text(v, "token")} is minted by ${text(v, "minter")}`,
  ControllerRewardsAlreadySet: (v) => `the rewards contract is named for good: ${text(v, "rewards")}`,
  ControllerRewardsNotSet: () => "the rewards contract is not named yet",
  ControllerZeroAmount: () => "nothing would be minted",
  ControllerAboveBound: (v) => `${tokens(v, "amount")} are more than may be minted now, ${tokens(v, "mintable")}`,
  ControllerNotAnnounced: (v) => `there is no announcement ${text(v, "id")}, or no more`,
  ControllerTooEarly: (v) => `announcement ${text(v, "id")} can be executed from ${time(v, "executableAt")} on`,
  ControllerExpired: (v) => `announcement ${text(v, "id")} was good until ${time(v, "expiresAt")}`,
  DistributorInvalidAddress: (v) => `${text(v, "given")} cannot be used here`,
  DistributorZeroPool: () => "there would be nothing to emit",
  DistributorPeriodOutOfBounds: (v) =>
    `a halving after ${text(v, "given")} s is outside of ${text(v, "min")} to ${text(v, "max")} s`,
  DistributorAlreadyStarted: (v) => `the emission began at ${time(v, "startedAt")}`,
  DistributorNotFunded: (v) => `${tokens(v, "balance")} of the pool of ${tokens(v, "pool")} are there`,
  DistributorDrawerAlreadySet: (v) => `who draws is named for good: ${text(v, "drawer")}`,
  DistributorNotContract: (v) => `${text(v, "given")} is no contract`,
  DistributorOnlyDrawer: (v) => `${text(v, "caller")} may not draw`,
  DistributorZeroAmount: () => "nothing would be drawn",
  DistributorAboveEmission: (v) =>
    `${tokens(v, "amount")} are more than was emitted and not drawn, ${tokens(v, "undrawn")}`,
  DistributorAboveAllowance: (v) =>
    `${tokens(v, "amount")} are more than the allowance holds now, ${tokens(v, "allowance")}`,
};
