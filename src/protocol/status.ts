/** Names and meaning of the contracts' enumerations, in their order; the market's are in contracts/market/JobTypes.sol. */

/** States of a job. */
export enum JobStatus {
  None,
  Posted,
  Assigned,
  Committed,
  Delivered,
  Disputed,
  Settled,
  Refunded,
  Split,
  Cancelled,
  Expired,
  Accused,
}

/** How a result is accepted. */
export enum JobMode {
  Acceptance,
  Proof,
  Optimistic,
}

/** What a resolver says of a result. */
export enum Verdict {
  None,
  Valid,
  Invalid,
  Unavailable,
}

/** What a panel of validators says (IReviewPanel). */
export enum Finding {
  None,
  Valid,
  Invalid,
  Unavailable,
}

/** Where a question before a panel stands (IReviewPanel). */
export enum QuestionStatus {
  None,
  Waiting,
  Committing,
  Revealing,
  Counting,
  Decided,
  Closed,
}

/** How a validator's seat ended (IValidatorRegistry). */
export enum SeatOutcome {
  Void,
  Coherent,
  Incoherent,
  Silent,
}

/** Where a round of randomness stands (IRandomnessBeacon). */
export enum RoundStatus {
  None,
  Requested,
  Answered,
  Dead,
}

/** Where a token sale is (ITokenSale); Unfunded and Open may sell. */
export enum SaleStatus {
  Unfunded,
  Open,
  Succeeded,
  Failed,
}

/** Where a proposal is (OpenZeppelin IGovernor, `CommonsGovernor.state`). */
export enum ProposalState {
  Pending,
  Active,
  Canceled,
  Defeated,
  Succeeded,
  Queued,
  Expired,
  Executed,
}

/** How to vote on a proposal (OpenZeppelin GovernorCountingSimple); another number divides the votes by its parameters. */
export enum VoteType {
  Against,
  For,
  Abstain,
}

/** A number that is no value of the enumeration. */
export class UnknownEnumValue extends Error {
  override readonly name = "UnknownEnumValue";
}

/** The status with a number as the chain gives it. Throws UnknownEnumValue. */
export function jobStatus(value: bigint | number): JobStatus {
  const status = Number(value);
  if (JobStatus[status] === undefined) throw new UnknownEnumValue(`no job status has number ${value}`);
  return status;
}

/** The finding with a number as the chain gives it. Throws UnknownEnumValue. */
export function findingNumbered(value: bigint | number): Finding {
  const finding = Number(value);
  if (Finding[finding] === undefined) throw new UnknownEnumValue(`no finding has number ${value}`);
  return finding;
}

/** The status of a question with a number as the chain gives it. Throws UnknownEnumValue. */
export function questionStatus(value: bigint | number): QuestionStatus {
  const status = Number(value);
  if (QuestionStatus[status] === undefined) throw new UnknownEnumValue(`no status of a question has number ${value}`);
  return status;
}

/** Name of a status as Solidity spells it, such as `Delivered`. Throws UnknownEnumValue. */
export function jobStatusName(value: bigint | number): keyof typeof JobStatus {
  return JobStatus[jobStatus(value)] as keyof typeof JobStatus;
}

/** Statuses that end a job: nothing but a due refund follows. */
export const ENDED: ReadonlySet<JobStatus> = new Set([
  JobStatus.Settled,
  JobStatus.Refunded,
  JobStatus.Split,
  JobStatus.Cancelled,
  JobStatus.Expired,
]);

/** One sentence for people about a status. */
export function statusSentence(status: JobStatus): string {
  switch (status) {
    case JobStatus.None:
      return "never posted";
    case JobStatus.Posted:
      return "paid for and waiting to be drawn";
    case JobStatus.Assigned:
      return "a GPU holds it";
    case JobStatus.Committed:
      return "the result is sealed and not yet revealed";
    case JobStatus.Delivered:
      return "delivered, in its review window";
    case JobStatus.Disputed:
      return "rejected, challenged or contested, waiting for a ruling";
    case JobStatus.Accused:
      return "opened as a canary, its operator may contest";
    case JobStatus.Settled:
      return "paid";
    case JobStatus.Refunded:
      return "ruled against the operator and refunded";
    case JobStatus.Split:
      return "no ruling in time, compute was halved";
    case JobStatus.Cancelled:
      return "cancelled by the requester and refunded";
    case JobStatus.Expired:
      return "closed without a result and refunded";
  }
}

/** One sentence for people about where a question stands. */
export function questionSentence(status: QuestionStatus): string {
  switch (status) {
    case QuestionStatus.None:
      return "never asked";
    case QuestionStatus.Waiting:
      return "waits for the draw of its panel";
    case QuestionStatus.Committing:
      return "validators do the work again and seal what they found";
    case QuestionStatus.Revealing:
      return "validators reveal what they found";
    case QuestionStatus.Counting:
      return "the votes may be counted";
    case QuestionStatus.Decided:
      return "decided, the verdict may be appealed in its window";
    case QuestionStatus.Closed:
      return "over";
  }
}
