/**
 * Reviews by panels of validators: what questions are called and how votes are sealed. Sources:
 * contracts/review/IReviewPanel.sol, contracts/market/IDisputeCourt.sol.
 */
import type { JobPlace } from "./agreement";
import { Finding } from "./status";

/**
 * What the court asks about: keccak256 of the ABI encoding of `subjectValues` by these parameters
 * (DisputeCourt.subjectOf).
 */
export const SUBJECT_PARAMETERS = [
  { name: "chainId", type: "uint256" },
  { name: "escrow", type: "address" },
  { name: "jobId", type: "uint256" },
] as const;

/** Values for SUBJECT_PARAMETERS. */
export function subjectValues<A extends string = string>({
  chainId,
  escrow,
  jobId,
}: JobPlace<A>): readonly [chainId: bigint, escrow: A, jobId: bigint] {
  return [chainId, escrow, jobId];
}

/**
 * Id of a question: keccak256 of the ABI encoding of asker and subject by these parameters (ReviewPanel.questionIdOf).
 */
export const QUESTION_PARAMETERS = [
  { name: "asker", type: "address" },
  { name: "subject", type: "bytes32" },
] as const;

/** Where a vote counts: chain, panel, question, and the beacon's round that drew the seats. */
export interface VotePlace<A extends string = string> {
  readonly chainId: bigint;
  readonly panel: A;
  /** 32 bytes. */
  readonly question: A;
  /** Round of the present panel; no other panel of the question has it. */
  readonly round: bigint;
}

/** A vote as a validator seals it. */
export interface SealedVote<A extends string = string> {
  /** Vault account of the validator. */
  readonly validator: bigint;
  /** sha-256 digest that was found, zero for content that cannot be had. */
  readonly digest: A;
  /** 32 random bytes, secret until the vote is revealed. */
  readonly salt: A;
}

/**
 * What seals a vote: keccak256 of the ABI encoding of `voteValues` by these parameters (ReviewPanel.commitmentOf). Hash it
 * yourself: a salt given to an endpoint is no secret.
 */
export const VOTE_PARAMETERS = [
  { name: "chainId", type: "uint256" },
  { name: "panel", type: "address" },
  { name: "question", type: "bytes32" },
  { name: "round", type: "uint32" },
  { name: "validator", type: "uint40" },
  { name: "digest", type: "bytes32" },
  { name: "salt", type: "bytes32" },
] as const;

/** Values for VOTE_PARAMETERS; small ones as numbers, which every encoder takes. */
export function voteValues<A extends string = string>(
  { chainId, panel, question, round }: VotePlace<A>,
  { validator, digest, salt }: SealedVote<A>,
): readonly [chainId: bigint, panel: A, question: A, round: number, validator: number, digest: A, salt: A] {
  return [chainId, panel, question, Number(round), Number(validator), digest, salt];
}

const ZERO = /^0x0*$/;

/** What a vote for a digest says of a claim: zero is Unavailable, the claim itself Valid, anything else Invalid. */
export function findingOf(claim: string, digest: string): Finding {
  if (ZERO.test(digest)) return Finding.Unavailable;
  return digest.toLowerCase() === claim.toLowerCase() ? Finding.Valid : Finding.Invalid;
}

/** Whether a finding is guilt of who delivered: it may be appealed by the GPU's owner, and may need confirmation. */
export function isGuilt(finding: Finding): boolean {
  return finding === Finding.Invalid || finding === Finding.Unavailable;
}

/** Whether the party may appeal: the requester against Valid, the GPU's owner against guilt. */
export function mayAppeal(finding: Finding, party: "requester" | "owner"): boolean {
  return party === "owner" ? isGuilt(finding) : finding === Finding.Valid;
}

/** Bit set of validators' domains. Throws RangeError for a number outside of 0 to 31, or none at all. */
export function domainSet(domains: readonly number[]): number {
  const isWrong =
    domains.length === 0 || domains.some((domain) => !Number.isInteger(domain) || domain < 0 || domain > 31);
  if (isWrong) throw new RangeError("expected domains from 0 to 31");
  return Number(domains.reduce((set, domain) => set | (1n << BigInt(domain)), 0n));
}

/** Domains of a bit set, ascending. */
export function domainsIn(set: bigint | number): number[] {
  return Array.from({ length: 32 }, (_, domain) => domain).filter(
    (domain) => ((BigInt(set) >> BigInt(domain)) & 1n) === 1n,
  );
}
