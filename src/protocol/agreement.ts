import { AbiCoder, keccak256 } from "ethers";
import { jobLines, jobReserves, jobTerms, jobWindows } from "./words";
import type { JobLines, JobReserves, JobTerms, JobWindows } from "./words";
import { weiOf } from "./amounts";

/** Everything that is fixed when a job is posted, with its packed words read. Source: contracts/market/JobTypes.sol. */
export interface Agreement {
  readonly requester: string;
  readonly model: bigint;
  readonly dataset: bigint;
  readonly modelHash: string;
  readonly datasetHash: string;
  readonly inputDigest: string;
  readonly parametersHash: string;
  readonly note: string;
  readonly terms: JobTerms;
  readonly windows: JobWindows;
  readonly lines: JobLines;
  readonly reserves: JobReserves;
  readonly resolver: string;
  readonly verifier: string;
  readonly verifierGas: bigint;
}

/** An agreement as contract calls take it and JobPosted gives it: packed words are numbers. */
export interface AgreementStruct {
  requester: string;
  model: bigint;
  dataset: bigint;
  modelHash: string;
  datasetHash: string;
  inputDigest: string;
  parametersHash: string;
  note: string;
  terms: bigint;
  windows: bigint;
  lines: bigint;
  reserves: bigint;
  resolver: string;
  verifier: string;
  verifierGas: bigint;
}

const AGREEMENT_TUPLE =
  "tuple(address requester, uint256 model, uint256 dataset, bytes32 modelHash, bytes32 datasetHash, bytes32 inputDigest, " +
  "bytes32 parametersHash, bytes32 note, uint256 terms, uint256 windows, uint256 lines, uint256 reserves, " +
  "address resolver, address verifier, uint32 verifierGas)";

/** Reads the packed words of an agreement. Throws WordOutOfRange. */
export function agreementFrom(struct: Readonly<AgreementStruct>): Agreement {
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
export function agreementStruct(agreement: Agreement): AgreementStruct {
  return {
    ...agreement,
    terms: jobTerms.encode(agreement.terms),
    windows: jobWindows.encode(agreement.windows),
    lines: jobLines.encode(agreement.lines),
    reserves: jobReserves.encode(agreement.reserves),
  };
}

/** ABI encoding of an agreement, the short text that agents keep. */
export function encodeAgreement(agreement: Agreement): string {
  return AbiCoder.defaultAbiCoder().encode([AGREEMENT_TUPLE], [agreementStruct(agreement)]);
}

/** The inverse of `encodeAgreement`. Throws when the text is no agreement. */
export function decodeAgreement(encoded: string): Agreement {
  const [struct] = AbiCoder.defaultAbiCoder().decode([AGREEMENT_TUPLE], encoded);
  return agreementFrom(struct as AgreementStruct);
}

/** Where an agreement or commitment holds: chain, escrow, job. */
export interface JobPlace {
  readonly chainId: bigint;
  readonly escrow: string;
  readonly jobId: bigint;
}

/** The hash that the escrow stores of an agreement (JobEscrow.hashAgreement). */
export function hashAgreement({ chainId, escrow, jobId }: JobPlace, agreement: Agreement): string {
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256", AGREEMENT_TUPLE],
      [chainId, escrow, jobId, agreementStruct(agreement)],
    ),
  );
}

/** A result as an operator seals it. `salt` is 32 random bytes. */
export interface SealedResult {
  readonly attempt: bigint;
  readonly gpu: bigint;
  readonly resultDigest: string;
  readonly salt: string;
}

/** The commitment to a result of seat 0 (JobEscrow.commitmentOf). */
export function commitmentOf({ chainId, escrow, jobId }: JobPlace, sealed: SealedResult): string {
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(
      ["uint256", "address", "uint256", "uint8", "uint8", "uint40", "bytes32", "bytes32"],
      [chainId, escrow, jobId, sealed.attempt, 0n, sealed.gpu, sealed.resultDigest, sealed.salt],
    ),
  );
}

/** What posting debited, wei: every line of the agreement. */
export function totalOf({ lines, reserves }: Agreement): bigint {
  const paid = lines.compute + lines.modelRoyalty + lines.datasetRoyalty + lines.protocolFee;
  return weiOf(paid + reserves.drawReserve + reserves.reviewFee);
}

/** Bond of a rejection, wei: the lesser of the review fee and 10% of compute (Payouts.rejectionBond). */
export function rejectionBondOf({ lines, reserves }: Agreement): bigint {
  const tenth = lines.compute / 10n;
  return weiOf(tenth < reserves.reviewFee ? tenth : reserves.reviewFee);
}

/** Stake that the job locks of its GPU, wei: L x compute. */
export function lockOf({ lines, terms }: Agreement): bigint {
  return weiOf(lines.compute * terms.lockFactor);
}
