/** Encodings and hashes of agreements and results, as the escrow computes them. */
import { AbiCoder, keccak256, ParamType } from "ethers";
import {
  AGREEMENT_HASH_PARAMETERS,
  AGREEMENT_PARAMETER,
  agreementFrom,
  agreementHashValues,
  agreementStruct,
  COMMITMENT_PARAMETERS,
  commitmentValues,
  type Agreement,
  type AgreementStruct,
  type JobPlace,
  type SealedResult,
} from "./agreement";
import {
  QUESTION_PARAMETERS,
  SUBJECT_PARAMETERS,
  subjectValues,
  VOTE_PARAMETERS,
  voteValues,
  type SealedVote,
  type VotePlace,
} from "./review";

const agreementType = ParamType.from(AGREEMENT_PARAMETER);
const agreementHashTypes = AGREEMENT_HASH_PARAMETERS.map((parameter) => ParamType.from(parameter));
const commitmentTypes = COMMITMENT_PARAMETERS.map((parameter) => ParamType.from(parameter));
const subjectTypes = SUBJECT_PARAMETERS.map((parameter) => ParamType.from(parameter));
const questionTypes = QUESTION_PARAMETERS.map((parameter) => ParamType.from(parameter));
const voteTypes = VOTE_PARAMETERS.map((parameter) => ParamType.from(parameter));

/** ABI encoding of an agreement, the short text that agents keep. */
export function encodeAgreement(agreement: Agreement): string {
  return AbiCoder.defaultAbiCoder().encode([agreementType], [agreementStruct(agreement)]);
}

/** The inverse of `encodeAgreement`. Throws when the text is no agreement. */
export function decodeAgreement(encoded: string): Agreement {
  const [struct] = AbiCoder.defaultAbiCoder().decode([agreementType], encoded);
  return agreementFrom(struct as AgreementStruct);
}

/** The hash that the escrow stores of an agreement (JobEscrow.hashAgreement). */
export function hashAgreement(place: JobPlace, agreement: Agreement): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(agreementHashTypes, agreementHashValues(place, agreement)));
}

/** The commitment to a result of seat 0 (JobEscrow.commitmentOf). */
export function commitmentOf(place: JobPlace, sealed: SealedResult): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(commitmentTypes, commitmentValues(place, sealed)));
}

/** What the court asks about, of a job (DisputeCourt.subjectOf). */
export function subjectOf(place: JobPlace): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(subjectTypes, subjectValues(place)));
}

/** Id of the question that `asker` asks about a subject (ReviewPanel.questionIdOf). */
export function questionIdOf(asker: string, subject: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(questionTypes, [asker, subject]));
}

/** Id of the question that a court asks about a job. */
export function questionOfJob(court: string, place: JobPlace): string {
  return questionIdOf(court, subjectOf(place));
}

/** The commitment to a vote (ReviewPanel.commitmentOf). */
export function voteCommitmentOf(place: VotePlace, vote: SealedVote): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(voteTypes, voteValues(place, vote)));
}
