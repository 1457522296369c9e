import { KeyUnavailable } from "../../chain/keys";
import { isRpcFault, WrongChain } from "../../chain/rpc";
import { NoGasMoney, NonceTaken, StillPending, TransactionRefused } from "../../chain/sender";
import { InvalidState, StateInUse } from "../../chain/stateFile";
import { InvalidAmount } from "../../protocol/amounts";
import { InvalidJobId } from "../../protocol/jobId";
import type { Refusal } from "../../protocol/revert";
import { ContentError, InvalidDigest } from "../../store";
import { WorkloadError } from "../../workload/errors";
import { CommandFailure, EXIT, type ExitCode } from "./exit";

/** Names of contract errors that say what the exit code shall be. */
const NOT_FOUND =
  /^(EscrowUnknownJob|VaultUnknownAccount|CatalogUnknown\w+|RegistryUnknown\w+|ValidatorsUnknown|CourtNoCase|AssetUnknown|GovernorNonexistentProposal)$/;
const FUNDS =
  /^(VaultInsufficientBalance|VaultNoAccount|VaultNotAuthorised|ERC20InsufficientBalance|ERC20InsufficientAllowance|BeaconUnderpaid|RegistryStakeShort|ValidatorsStakeShort|GovernorInsufficientProposerVotes)$/;
const WRONG_STATE =
  /^(EscrowWrongStatus|EscrowForbiddenTransition|EscrowRingBusy|EscrowTooEarly|EscrowTooLate|EscrowBoundToRound|EscrowWrongTicket|EscrowNothingWaiting|EscrowNoRound|EscrowRoundOpen|EscrowAlreadyAccepted|EscrowWrongMode|EscrowPaused|EscrowQueueFull|EscrowPriceAboveMaximum|EscrowSequencerDown|EscrowNoRefundDue|EscrowNothingToCollect|Beacon(TooSoon|RoundUnanswered|NoSeed|Fallback\w+)|Registry(RoundOpen|TrancheOpen|NoTranche|StillUnbonding|Leaving|StakeLocked|StillHeld|DeviceBound|NoFreeSlot)|Validators(Known|NotOutLongEnough|SameAvailability|DomainFull|TrancheOpen|NoTranche|StillUnbonding|SeatsOpen|Stopped)|Panel(KnownQuestion|WrongStatus|VotedBefore|RoundUnanswered|RoundAlive|TooEarly|TooLate|NoAppeal|Unconfirmed)|CourtNotDisputed|Governor(UnexpectedProposalState|ProposalLive|AlreadyCastVote)|TimelockUnexpectedOperationState|Guardian(TooSoon|Expired))$/;
const CHECK_FAILED =
  /^(EscrowWrongAgreement|EscrowWrongCommitment|EscrowProofRejected|ResolverVerdictMismatch|CourtWrongAgreement|PanelWrongCommitment)$/;

/** How a failed command ends. */
export interface Ending {
  readonly exitCode: ExitCode;
  readonly sentence: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Exit code of a contract's refusal. */
export function exitCodeOf(refusal: Refusal): ExitCode {
  if (NOT_FOUND.test(refusal.name)) return EXIT.notFound;
  if (FUNDS.test(refusal.name)) return EXIT.funds;
  if (WRONG_STATE.test(refusal.name)) return EXIT.wrongState;
  if (CHECK_FAILED.test(refusal.name)) return EXIT.checkFailed;
  return EXIT.reverted;
}

/** Whether a failure may pass by itself: of the endpoint, or of a transaction that a later round sees to. */
export function isPassing(error: unknown): boolean {
  const kinds = [NoGasMoney, StillPending, NonceTaken, TransactionRefused, StateInUse];
  return isRpcFault(error) || kinds.some((kind) => error instanceof kind);
}

/** What a failure means to the user of a command. `explain` decodes refusals of contracts. */
export function endingOf(error: unknown, explain: (error: unknown) => Refusal | undefined): Ending {
  const sentence = error instanceof Error ? error.message : String(error);
  const end = (exitCode: ExitCode, details: Ending["details"] = {}): Ending => ({ exitCode, sentence, details });
  if (error instanceof CommandFailure) return end(error.exitCode, error.details);
  if (error instanceof KeyUnavailable || error instanceof InvalidAmount) return end(EXIT.usage);
  if (error instanceof InvalidJobId || error instanceof InvalidDigest) return end(EXIT.usage);
  if (error instanceof InvalidState || error instanceof StateInUse) return end(EXIT.usage);
  if (error instanceof NoGasMoney) return end(EXIT.funds);
  if (error instanceof WrongChain) return end(EXIT.usage);
  if (error instanceof StillPending || error instanceof NonceTaken || isRpcFault(error)) return end(EXIT.chain);
  if (error instanceof ContentError) return end(error.code === "contentMissing" ? EXIT.notFound : EXIT.store);
  if (error instanceof WorkloadError) return end(EXIT.checkFailed, { code: error.code });
  const refusal = explain(error);
  if (refusal === undefined) return end(error instanceof TransactionRefused ? EXIT.reverted : EXIT.failed);
  const details = { error: refusal.name, values: refusal.values };
  return { exitCode: exitCodeOf(refusal), sentence: refusal.sentence, details };
}
