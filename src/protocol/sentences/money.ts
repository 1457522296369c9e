import { text, time, tokens, type Sentences } from "./values";

/** Sentences for the errors of token, genesis and vault. */
export const MONEY_SENTENCES: Sentences = {
  TokenZeroSupply: () => "a token has to have a supply",
  DelegableOnlyDesk: (v) => `${text(v, "caller")} is not the delegation desk`,
  AllocatorInvalidAddress: (v) => `${text(v, "given")} can receive no part of the supply`,
  AllocatorZeroHash: () => "the hash of the allocation table is zero",
  AllocatorZeroAmount: (v) => `line ${text(v, "row")} of the allocation table pays nothing`,
  AllocatorTableAlreadyFixed: (v) => `the allocation table is fixed already: ${text(v, "tableHash")}`,
  AllocatorTableNotFixed: () => "the allocation table is not fixed yet",
  AllocatorAlreadyExecuted: () => "the allocation table was executed already",
  AllocatorWrongTable: (v) => `the table given hashes to ${text(v, "given")}, fixed is ${text(v, "expected")}`,
  AllocatorSumMismatch: (v) => `the table pays ${tokens(v, "sum")}, the allocator holds ${tokens(v, "balance")}`,
  VaultUnknownAccount: (v) => `vault account ${text(v, "account")} was never opened`,
  VaultNoAccount: (v) => `${text(v, "holder")} has no vault account; deposit first`,
  VaultZeroAddress: () => "the zero address was given where an address is needed",
  VaultZeroAmount: () => "a deposit or withdrawal has to be of something",
  VaultSelfRecipient: () => "tokens cannot be withdrawn to the vault itself",
  VaultInsufficientBalance: (v) =>
    `vault account ${text(v, "account")} holds ${tokens(v, "balance")}, ${tokens(v, "amount")} are needed`,
  VaultInsufficientHeld: (v) =>
    `${tokens(v, "held")} are held for module ${text(v, "module")}, it would pay ${tokens(v, "amount")}`,
  VaultNotAuthorised: (v) => `vault account ${text(v, "account")} has not authorised ${text(v, "module")} to spend`,
  VaultUnknownModule: (v) => `${text(v, "module")} is no module of the vault`,
  VaultMissingScope: (v) => `module ${text(v, "module")} lacks the right ${text(v, "scope")}`,
  VaultUnknownScopes: (v) => `${text(v, "scopes")} names rights that do not exist`,
  VaultAmountNotWhole: (v) => `${text(v, "amount")} wei are no whole units of 1e9 wei`,
  VaultAmountTooLarge: (v) => `${tokens(v, "amount")} are more than the vault can take`,
  VaultTransferShort: (v) => `the token delivered ${text(v, "received")} wei instead of ${text(v, "expected")}`,
  VaultTooManyModules: () => "the vault has as many modules as it can have",
  VaultHookWithoutCode: (v) => `${text(v, "hook")} has no code and cannot be told of spending`,
  VaultHookGasShort: (v) => `${text(v, "available")} gas is left, the spend hook needs ${text(v, "needed")}`,
  VaultSignatureExpired: (v) => `the signature was good until ${time(v, "deadline")}`,
  VaultInvalidSignature: (v) => `the signature is not one of ${text(v, "holder")} for this`,
};
