import { GWEI_PER_DRAW_UNIT, weiOf } from "./amounts";
import { jobLines, jobReserves, jobTerms, jobWindows } from "./words";
import type { JobLines, JobReserves, JobTerms, JobWindows } from "./words";

/**
 * Everything that is fixed when a job is posted, with its packed words read. Source: contracts/market/JobTypes.sol.
 * `A` is how the client types hexadecimal text, `N` how it types a uint32: ethers text and bigint, viem `0x...` and number.
 */
export interface Agreement<A extends string = string, N extends bigint | number = bigint> {
  /** Who posted it. */
  readonly requester: A;
  /** Asset id of the model. */
  readonly model: bigint;
  /** Asset id of the dataset, 0 for none. */
  readonly dataset: bigint;
  /** sha-256 digests: of the model, of the dataset (zero for none), of the input. */
  readonly modelHash: A;
  readonly datasetHash: A;
  readonly inputDigest: A;
  /** keccak256 hash of the job's parameters. */
  readonly parametersHash: A;
  /** 32 opaque bytes, random in ordinary jobs. */
  readonly note: A;
  readonly terms: JobTerms;
  readonly windows: JobWindows;
  /** What settlement pays, units of 1e9 wei. */
  readonly lines: JobLines;
  /** What returns unless it is spent, units of 1e9 wei. */
  readonly reserves: JobReserves;
  readonly resolver: A;
  /** Contract that checks proofs; the zero address where the requester accepts. */
  readonly verifier: A;
  /** Gas of a call of the verifier. */
  readonly verifierGas: N;
}

/** An agreement as contract calls take it and JobPosted gives it: packed words are numbers. */
export interface AgreementStruct<A extends string = string, N extends bigint | number = bigint> {
  requester: A;
  model: bigint;
  dataset: bigint;
  modelHash: A;
  datasetHash: A;
  inputDigest: A;
  parametersHash: A;
  note: A;
  terms: bigint;
  windows: bigint;
  lines: bigint;
  reserves: bigint;
  resolver: A;
  verifier: A;
  verifierGas: N;
}

/** Reads the packed words of an agreement. Throws WordOutOfRange. */
export function agreementFrom<A extends string = string, N extends bigint | number = bigint>(
  struct: Readonly<AgreementStruct<A, N>>,
): Agreement<A, N> {
  return {
    requester: struct.requester,
    model: struct.model,
    dataset: struct.dataset,
    modelHash: struct.modelHash,
    datasetHash: struct.datasetHash,
    inputDigest: struct.inputDigest,
    parametersHash: struct.parametersHash,
    note: struct.note,
    terms: jobTerms.decode(struct.terms),
    windows: jobWindows.decode(struct.windows),
    lines: jobLines.decode(struct.lines),
    reserves: jobReserves.decode(struct.reserves),
    resolver: struct.resolver,
    verifier: struct.verifier,
    verifierGas: struct.verifierGas,
  };
}

/** The inverse of `agreementFrom`. */
export function agreementStruct<A extends string = string, N extends bigint | number = bigint>(
  agreement: Agreement<A, N>,
): AgreementStruct<A, N> {
  return {
    ...agreement,
    terms: jobTerms.encode(agreement.terms),
    windows: jobWindows.encode(agreement.windows),
    lines: jobLines.encode(agreement.lines),
    reserves: jobReserves.encode(agreement.reserves),
  };
}

/** Where an agreement or commitment holds: chain, escrow, job. */
export interface JobPlace<A extends string = string> {
  readonly chainId: bigint;
  readonly escrow: A;
  readonly jobId: bigint;
}

/** A result as an operator seals it. */
export interface SealedResult<A extends string = string> {
  /** Attempt of the job, from 0. */
  readonly attempt: bigint;
  /** Number of the GPU. */
  readonly gpu: bigint;
  /** sha-256 digest of the result. */
  readonly resultDigest: A;
  /** 32 random bytes, secret until the result is revealed. */
  readonly salt: A;
}

/** ABI parameters of an agreement, for an encoder. */
export const AGREEMENT_PARAMETER = {
  name: "agreement",
  type: "tuple",
  components: [
    { name: "requester", type: "address" },
    { name: "model", type: "uint256" },
    { name: "dataset", type: "uint256" },
    { name: "modelHash", type: "bytes32" },
    { name: "datasetHash", type: "bytes32" },
    { name: "inputDigest", type: "bytes32" },
    { name: "parametersHash", type: "bytes32" },
    { name: "note", type: "bytes32" },
    { name: "terms", type: "uint256" },
    { name: "windows", type: "uint256" },
    { name: "lines", type: "uint256" },
    { name: "reserves", type: "uint256" },
    { name: "resolver", type: "address" },
    { name: "verifier", type: "address" },
    { name: "verifierGas", type: "uint32" },
  ],
} as const;

/**
 * What the escrow hashes of an agreement: keccak256 of the ABI encoding of `agreementHashValues` by these parameters
 * (JobEscrow.hashAgreement). With viem: `keccak256(encodeAbiParameters(AGREEMENT_HASH_PARAMETERS, values))`.
 */
export const AGREEMENT_HASH_PARAMETERS = [
  { name: "chainId", type: "uint256" },
  { name: "escrow", type: "address" },
  { name: "jobId", type: "uint256" },
  AGREEMENT_PARAMETER,
] as const;

/** Values for AGREEMENT_HASH_PARAMETERS. */
export function agreementHashValues<A extends string = string, N extends bigint | number = bigint>(
  { chainId, escrow, jobId }: JobPlace<A>,
  agreement: Agreement<A, N>,
): readonly [chainId: bigint, escrow: A, jobId: bigint, agreement: AgreementStruct<A, N>] {
  return [chainId, escrow, jobId, agreementStruct(agreement)];
}

/**
 * What seals a result: keccak256 of the ABI encoding of `commitmentValues` by these parameters (JobEscrow.commitmentOf).
 * Hash it yourself: a salt given to an endpoint is no secret.
 */
export const COMMITMENT_PARAMETERS = [
  { name: "chainId", type: "uint256" },
  { name: "escrow", type: "address" },
  { name: "jobId", type: "uint256" },
  { name: "attempt", type: "uint8" },
  { name: "seat", type: "uint8" },
  { name: "gpu", type: "uint40" },
  { name: "resultDigest", type: "bytes32" },
  { name: "salt", type: "bytes32" },
] as const;

/** Values for COMMITMENT_PARAMETERS, of seat 0; small ones as numbers, which every encoder takes. */
export function commitmentValues<A extends string = string>(
  { chainId, escrow, jobId }: JobPlace<A>,
  { attempt, gpu, resultDigest, salt }: SealedResult<A>,
): readonly [
  chainId: bigint,
  escrow: A,
  jobId: bigint,
  attempt: number,
  seat: number,
  gpu: number,
  resultDigest: A,
  salt: A,
] {
  return [chainId, escrow, jobId, Number(attempt), 0, Number(gpu), resultDigest, salt];
}

/** What posting debited, wei: every line of the agreement. */
export function totalOf({ lines, reserves }: Pick<Agreement, "lines" | "reserves">): bigint {
  const paid = lines.compute + lines.modelRoyalty + lines.datasetRoyalty + lines.protocolFee;
  return weiOf(paid + reserves.drawReserve + reserves.reviewFee);
}

/** Bond of a rejection, wei: the lesser of the review fee and 10% of compute (Payouts.rejectionBond). */
export function rejectionBondOf({ lines, reserves }: Pick<Agreement, "lines" | "reserves">): bigint {
  const tenth = lines.compute / 10n;
  return weiOf(tenth < reserves.reviewFee ? tenth : reserves.reviewFee);
}

/** Bond of a challenge by anyone, wei: the review fee and 10% of compute (Payouts.challengeBond). */
export function challengeBondOf({ lines, reserves }: Pick<Agreement, "lines" | "reserves">): bigint {
  return weiOf(reserves.reviewFee + lines.compute / 10n);
}

/**
 * Bond of opening a canary, wei: the most that a conviction could take (Payouts.canaryBond).
 * @param drawFees draw fees spent, as the job's word counts them
 */
export function canaryBondOf(agreement: Pick<Agreement, "lines" | "reserves" | "terms">, drawFees: bigint): bigint {
  const { drawUnit, reviewFee } = agreement.reserves;
  const spent = weiOf(drawFees * drawUnit * GWEI_PER_DRAW_UNIT + reviewFee);
  const lock = lockOf(agreement);
  return lock > spent ? lock : spent;
}

/** What a canary's note seals. */
export interface SealedCanary {
  readonly requester: string;
  readonly inputDigest: string;
  readonly expectedDigest: string;
  readonly salt: string;
}

/** Types of a canary's note, as the escrow encodes them. */
export const CANARY_PARAMETERS = ["bytes32", "uint256", "address", "address", "bytes32", "bytes32", "bytes32"] as const;

/** Bond of an appeal before the court, wei: twice the review fee. */
export function appealBondOf({ reserves }: Pick<Agreement, "reserves">): bigint {
  return weiOf(2n * reserves.reviewFee);
}

/** Stake that the job locks of its GPU, wei: L x compute. */
export function lockOf({ lines, terms }: Pick<Agreement, "lines" | "terms">): bigint {
  return weiOf(lines.compute * terms.lockFactor);
}
