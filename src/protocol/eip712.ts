/**
 * EIP-712 domains and type tables of everything that our contracts take a signature for. The tables fit `signTypedData` of
 * ethers (`signer.signTypedData(domain, types, message)`) and of viem (`client.signTypedData({ account, ...typed })`).
 */

/** A field of a type. */
export interface TypedField {
  name: string;
  type: string;
}

/** A domain as all of our contracts have it. */
export interface TypedDomain<A extends string = string> {
  readonly name: string;
  readonly version: string;
  readonly chainId: bigint;
  readonly verifyingContract: A;
}

/** EIP-712 data ready to be signed. */
export interface TypedMessage<M, T extends Record<string, TypedField[]>, A extends string = string> {
  readonly domain: TypedDomain<A>;
  readonly types: T;
  readonly primaryType: keyof T & string;
  readonly message: M;
}

/** Tables are typed to the letter, and yet mutable as ethers' types demand. */
type Mutable<T> = { -readonly [K in keyof T]: Mutable<T[K]> };

function table<const T extends Readonly<Record<string, readonly TypedField[]>>>(types: T): Mutable<T> {
  return types as Mutable<T>;
}

/** Types of everything that is signed, by the name of the signed struct. */
export const EIP712_TYPES = {
  SetAuthorisation: table({
    SetAuthorisation: [
      { name: "holder", type: "address" },
      { name: "module", type: "address" },
      { name: "allowed", type: "bool" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  }),
  Possession: table({
    Possession: [
      { name: "owner", type: "address" },
      { name: "classId", type: "uint8" },
      { name: "region", type: "uint8" },
      { name: "device", type: "address" },
      { name: "nonce", type: "uint256" },
    ],
  }),
  Attestation: table({
    Attestation: [
      { name: "escrow", type: "address" },
      { name: "jobId", type: "uint256" },
      { name: "agreementHash", type: "bytes32" },
      { name: "resultDigest", type: "bytes32" },
    ],
  }),
  ScoreSheet: table({
    ScoreSheet: [
      { name: "batch", type: "uint40" },
      { name: "rows", type: "Row[]" },
    ],
    Row: [
      { name: "question", type: "bytes32" },
      { name: "sheet", type: "uint168" },
    ],
  }),
  Permit: table({
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  }),
  DelegateAll: table({
    DelegateAll: [
      { name: "account", type: "address" },
      { name: "delegatee", type: "address" },
      { name: "sources", type: "address[]" },
      { name: "nonce", type: "uint256" },
      { name: "expiry", type: "uint256" },
    ],
  }),
  Ballot: table({
    Ballot: [
      { name: "proposalId", type: "uint256" },
      { name: "support", type: "uint8" },
      { name: "voter", type: "address" },
      { name: "nonce", type: "uint256" },
    ],
  }),
  ExtendedBallot: table({
    ExtendedBallot: [
      { name: "proposalId", type: "uint256" },
      { name: "support", type: "uint8" },
      { name: "voter", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "reason", type: "string" },
      { name: "params", type: "bytes" },
    ],
  }),
  Delegation: table({
    Delegation: [
      { name: "delegatee", type: "address" },
      { name: "nonce", type: "uint256" },
      { name: "expiry", type: "uint256" },
    ],
  }),
};

/** EIP-712 names of the contracts with a fixed one; all have version 1. A token's is the token's name. */
export const EIP712_NAMES = {
  PaymentVault: "GPU Commons PaymentVault",
  GpuRegistry: "GPU Commons Registry",
  AttestationVerifier: "GPU Commons Attestation",
  ScoreBoard: "GPU Commons ScoreBoard",
  StakeVotes: "GPU Commons StakeVotes",
  VestingVault: "GPU Commons VestingVault",
  DelegationDesk: "GPU Commons DelegationDesk",
  CommonsGovernor: "GPU Commons Governor",
} as const;

/** The domain of a contract. */
export function domainOf<A extends string>(name: string, chainId: bigint, verifyingContract: A): TypedDomain<A> {
  return { name, version: "1", chainId, verifyingContract };
}

/** Leave for a module to debit its holder's vault account. */
export interface Authorisation<A extends string = string> {
  readonly holder: A;
  readonly module: A;
  readonly allowed: boolean;
  /** PaymentVault.nonces(holder, authorisationNonceKey(module)). */
  readonly nonce: bigint;
  /** Seconds since 1970. */
  readonly deadline: bigint;
}

/** Typed data of PaymentVault.setAuthorisationBySignature. Source: contracts/vault/PaymentVault.sol. */
export function authorisationMessage<A extends string>(
  chainId: bigint,
  vault: A,
  message: Authorisation<A>,
): TypedMessage<Authorisation<A>, typeof EIP712_TYPES.SetAuthorisation, A> {
  const domain = domainOf(EIP712_NAMES.PaymentVault, chainId, vault);
  return { domain, types: EIP712_TYPES.SetAuthorisation, primaryType: "SetAuthorisation", message };
}

/** Key under which the vault counts a holder's nonces for a module (OpenZeppelin NoncesKeyed). */
export function authorisationNonceKey(module: string): bigint {
  return BigInt(module);
}

/** A device key's consent to be bound to a GPU of `owner`. */
export interface Possession<A extends string = string> {
  readonly owner: A;
  readonly classId: number;
  /** 0..11. */
  readonly region: number;
  readonly device: A;
  /** GpuRegistry.deviceOf(device).nonce. */
  readonly nonce: bigint;
}

/** Typed data of a proof of possession. Source: contracts/registry/IGpuRegistry.sol, register. */
export function possessionMessage<A extends string>(
  chainId: bigint,
  registry: A,
  message: Possession<A>,
): TypedMessage<Possession<A>, typeof EIP712_TYPES.Possession, A> {
  const domain = domainOf(EIP712_NAMES.GpuRegistry, chainId, registry);
  return { domain, types: EIP712_TYPES.Possession, primaryType: "Possession", message };
}

/** What a signer of the attestation verifier vouches for: the result of a job. */
export interface Attestation<A extends string = string> {
  readonly escrow: A;
  readonly jobId: bigint;
  /** JobEscrow.agreementHashOf(jobId). */
  readonly agreementHash: A;
  /** sha-256 digest of the result. */
  readonly resultDigest: A;
}

/** Typed data of an attestation. Source: contracts/market/AttestationVerifier.sol. */
export function attestationMessage<A extends string>(
  chainId: bigint,
  verifier: A,
  message: Attestation<A>,
): TypedMessage<Attestation<A>, typeof EIP712_TYPES.Attestation, A> {
  const domain = domainOf(EIP712_NAMES.AttestationVerifier, chainId, verifier);
  return { domain, types: EIP712_TYPES.Attestation, primaryType: "Attestation", message };
}

/** Leave for `spender` to take tokens (ERC-2612), for PaymentVault.depositWithPermit and the like. */
export interface Permit<A extends string = string> {
  readonly owner: A;
  readonly spender: A;
  /** Token wei. */
  readonly value: bigint;
  /** `nonces(owner)` of the token. */
  readonly nonce: bigint;
  /** Seconds since 1970. */
  readonly deadline: bigint;
}

/**
 * Typed data of a permit of the compute token.
 * @param tokenName `name()` of the token
 */
export function permitMessage<A extends string>(
  chainId: bigint,
  token: A,
  tokenName: string,
  message: Permit<A>,
): TypedMessage<Permit<A>, typeof EIP712_TYPES.Permit, A> {
  return { domain: domainOf(tokenName, chainId, token), types: EIP712_TYPES.Permit, primaryType: "Permit", message };
}

/** Whom a holder's votes go to, in one source of votes (ERC-5805, `delegateBySig`). */
export interface Delegation<A extends string = string> {
  readonly delegatee: A;
  /** `nonces(holder)` of the source. */
  readonly nonce: bigint;
  /** Seconds since 1970. */
  readonly expiry: bigint;
}

/**
 * Typed data of a delegation of the votes of one source.
 * @param sourceName the source's EIP-712 name: the token's name, or one of EIP712_NAMES
 */
export function delegationMessage<A extends string>(
  chainId: bigint,
  source: A,
  sourceName: string,
  message: Delegation<A>,
): TypedMessage<Delegation<A>, typeof EIP712_TYPES.Delegation, A> {
  return {
    domain: domainOf(sourceName, chainId, source),
    types: EIP712_TYPES.Delegation,
    primaryType: "Delegation",
    message,
  };
}

/** Whom a holder's votes go to, in every source named: wallet, stake, unvested grants. */
export interface DelegateAll<A extends string = string> {
  readonly account: A;
  readonly delegatee: A;
  /** Contracts that follow the desk, in the order of the call; mutable because both libraries' types ask for it. */
  readonly sources: A[];
  /** DelegationDesk.nonces(account). */
  readonly nonce: bigint;
  /** Last second in which the signature is taken, since 1970. */
  readonly expiry: bigint;
}

/** Typed data of DelegationDesk.delegateAllBySig. Source: contracts/governance/DelegationDesk.sol. */
export function delegateAllMessage<A extends string>(
  chainId: bigint,
  desk: A,
  message: DelegateAll<A>,
): TypedMessage<DelegateAll<A>, typeof EIP712_TYPES.DelegateAll, A> {
  const domain = domainOf(EIP712_NAMES.DelegationDesk, chainId, desk);
  return { domain, types: EIP712_TYPES.DelegateAll, primaryType: "DelegateAll", message };
}

/** A vote on a proposal. */
export interface Ballot<A extends string = string> {
  readonly proposalId: bigint;
  /** 0 against, 1 for, 2 abstaining. */
  readonly support: number;
  readonly voter: A;
  /** CommonsGovernor.nonces(voter, ballotNonceKey(proposalId)). */
  readonly nonce: bigint;
}

/** Typed data of CommonsGovernor.castVoteBySig. Source: OpenZeppelin Governor. */
export function ballotMessage<A extends string>(
  chainId: bigint,
  governor: A,
  message: Ballot<A>,
): TypedMessage<Ballot<A>, typeof EIP712_TYPES.Ballot, A> {
  const domain = domainOf(EIP712_NAMES.CommonsGovernor, chainId, governor);
  return { domain, types: EIP712_TYPES.Ballot, primaryType: "Ballot", message };
}

/** A vote with a reason, or with votes split among the answers. */
export interface ExtendedBallot<A extends string = string> extends Ballot<A> {
  readonly reason: string;
  /** Empty (`0x`), or 16 bytes each of votes against, for and abstaining (GovernorCountingFractional). */
  readonly params: A;
}

/** Typed data of CommonsGovernor.castVoteWithReasonAndParamsBySig. Source: OpenZeppelin Governor. */
export function extendedBallotMessage<A extends string>(
  chainId: bigint,
  governor: A,
  message: ExtendedBallot<A>,
): TypedMessage<ExtendedBallot<A>, typeof EIP712_TYPES.ExtendedBallot, A> {
  const domain = domainOf(EIP712_NAMES.CommonsGovernor, chainId, governor);
  return { domain, types: EIP712_TYPES.ExtendedBallot, primaryType: "ExtendedBallot", message };
}

/** Key under which the governor counts a voter's nonces for a proposal: the lower 192 bits of its id. */
export function ballotNonceKey(proposalId: bigint): bigint {
  return proposalId & (2n ** 192n - 1n);
}

/** What all seats of a batch sign: the marks and medians of some of its questions. */
export interface ScoreSheet<A extends string = string> {
  readonly batch: bigint;
  readonly rows: readonly { readonly question: A; readonly sheet: bigint }[];
}

/** Typed data of a sheet of scores. Source: contracts/review/IScoreBoard.sol, report. */
export function scoreSheetMessage<A extends string>(
  chainId: bigint,
  board: A,
  message: ScoreSheet<A>,
): TypedMessage<ScoreSheet<A>, typeof EIP712_TYPES.ScoreSheet, A> {
  const domain = domainOf(EIP712_NAMES.ScoreBoard, chainId, board);
  return { domain, types: EIP712_TYPES.ScoreSheet, primaryType: "ScoreSheet", message };
}
