/** What the governor should make of votes: tally, deadline and outcome, from the rules of SPEC 11 alone. */

/** Rules that a vote runs by. Times in seconds. */
export interface VoteRules {
  readonly start: bigint;
  readonly end: bigint;
  /** At least so long is left after the quorum is reached. */
  readonly lateExtension: bigint;
  /** Votes for and abstaining that are needed. */
  readonly quorum: bigint;
}

/** Votes cast at a moment. */
export interface CastVotes {
  readonly time: bigint;
  readonly against: bigint;
  readonly for: bigint;
  readonly abstain: bigint;
}

/** A vote so far. */
export interface Tally {
  readonly against: bigint;
  readonly for: bigint;
  readonly abstain: bigint;
  readonly deadline: bigint;
}

/** The tally after all votes, in order; those outside the time that is open then are not counted. */
export function tallyOf(rules: VoteRules, votes: readonly CastVotes[]): Tally {
  let tally: Tally = { against: 0n, for: 0n, abstain: 0n, deadline: rules.end };
  for (const vote of votes) {
    if (vote.time <= rules.start || vote.time > tally.deadline) continue;
    const before = tally.for + tally.abstain;
    const after = before + vote.for + vote.abstain;
    const reaches = before < rules.quorum && after >= rules.quorum;
    const extended = vote.time + rules.lateExtension;
    tally = {
      against: tally.against + vote.against,
      for: tally.for + vote.for,
      abstain: tally.abstain + vote.abstain,
      deadline: reaches && extended > tally.deadline ? extended : tally.deadline,
    };
  }
  return tally;
}

/** Whether a vote that is over decided for the proposal. */
export function isAccepted({ quorum }: Pick<VoteRules, "quorum">, tally: Tally): boolean {
  return tally.for + tally.abstain >= quorum && tally.for > tally.against;
}
