/** Encodings and hashes of agreements and results, as the escrow computes them. */
import { AbiCoder, id, keccak256, ParamType } from "ethers";
import {
  AGREEMENT_HASH_PARAMETERS,
  AGREEMENT_PARAMETER,
  agreementFrom,
  agreementHashValues,
  agreementStruct,
  CANARY_PARAMETERS,
  COMMITMENT_PARAMETERS,
  commitmentValues,
  type Agreement,
  type AgreementStruct,
  type JobPlace,
  type SealedCanary,
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
import {
  GOLD_DOMAIN_TEXT,
  GOLD_PARAMETERS,
  MARK_PARAMETERS,
  markValues,
  SCORE_QUESTION_PARAMETERS,
  scoreQuestionValues,
  type MarkPlace,
  type ScoreQuestion,
} from "./scores";

const CANARY_DOMAIN = "gpu-commons.canary.v1";
const agreementType = ParamType.from(AGREEMENT_PARAMETER);
const agreementHashTypes = AGREEMENT_HASH_PARAMETERS.map((parameter) => ParamType.from(parameter));
const commitmentTypes = COMMITMENT_PARAMETERS.map((parameter) => ParamType.from(parameter));
const subjectTypes = SUBJECT_PARAMETERS.map((parameter) => ParamType.from(parameter));
const questionTypes = QUESTION_PARAMETERS.map((parameter) => ParamType.from(parameter));
const scoreQuestionTypes = SCORE_QUESTION_PARAMETERS.map((parameter) => ParamType.from(parameter));
const markTypes = MARK_PARAMETERS.map((parameter) => ParamType.from(parameter));
const goldTypes = GOLD_PARAMETERS.map((parameter) => ParamType.from(parameter));
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

/** The note of a canary (JobEscrow.canaryNoteOf). */
export function canaryNoteOf(
  { chainId, escrow }: Pick<JobPlace, "chainId" | "escrow">,
  { requester, inputDigest, expectedDigest, salt }: SealedCanary,
): string {
  const values = [id(CANARY_DOMAIN), chainId, escrow, requester, inputDigest, expectedDigest, salt];
  return keccak256(AbiCoder.defaultAbiCoder().encode([...CANARY_PARAMETERS], values));
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

/** Id of a question of the score board (ScoreBoard.questionIdOf). */
export function scoreQuestionIdOf(question: ScoreQuestion): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(scoreQuestionTypes, scoreQuestionValues(question)));
}

/** Leaf of a mark (ScoreBoard.leafOf). */
export function markLeafOf(place: MarkPlace, mark: number, salt: string): string {
  return keccak256(keccak256(AbiCoder.defaultAbiCoder().encode(markTypes, markValues(place, mark, salt))));
}

/** What seals known marks in the note of a gold question (ScoreBoard.noteOf). */
export function goldNoteOf(
  { chainId, board, setter }: { readonly chainId: bigint; readonly board: string; readonly setter: string },
  gold: { readonly subject: string; readonly known: number; readonly salt: string },
): string {
  const { subject, known, salt } = gold;
  const values = [id(GOLD_DOMAIN_TEXT), chainId, board, setter, subject, known, salt];
  return keccak256(AbiCoder.defaultAbiCoder().encode(goldTypes, values));
}
