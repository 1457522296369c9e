/** Proposals as the chain has them: content, state, votes by source. */
import { id as keccakText, Interface } from "ethers";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { LogReader } from "../chain/logs";
import type { ChainFacts } from "../chain/chains";
import type { RpcClient } from "../chain/rpc";
import type { Action } from "./build";
import type { Commons } from "./contracts";

/** States of a proposal, as the governor numbers them. */
export const PROPOSAL_STATES = [
  "pending",
  "active",
  "cancelled",
  "defeated",
  "succeeded",
  "queued",
  "expired",
  "executed",
] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** What the chain knows of a proposal. Times in seconds, votes in token wei. */
export interface Proposal {
  readonly id: bigint;
  readonly actions: readonly Action[];
  readonly descriptionHash: string;
  readonly state: ProposalState;
  readonly proposer: string;
  /** Moment whose votes count; the vote opens a second later. */
  readonly snapshot: bigint;
  readonly deadline: bigint;
  /** From when on it may be executed, 0 before it is queued. */
  readonly eta: bigint;
  readonly votes: { readonly against: bigint; readonly for: bigint; readonly abstain: bigint };
  /** Votes for and abstaining that it needs; undefined before the snapshot is over. */
  readonly quorum: bigint | undefined;
}

/** Votes of an account at a moment, by where its tokens are. */
export interface VotesBySource {
  readonly wallet: bigint;
  readonly stake: bigint;
  readonly grants: bigint;
  readonly total: bigint;
}

/** Id of a proposal given as its number from 0 on, or as the id. Throws CommandFailure. */
export async function proposalIdOf(commons: Commons, text: string): Promise<bigint> {
  if (!/^(\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(text)) throw new CommandFailure(EXIT.usage, `${text} is no proposal`);
  const number = BigInt(text);
  if (number >= 2n ** 32n) return number;
  const count = await commons.governor.proposalCount();
  if (number >= count) throw new CommandFailure(EXIT.notFound, `there are ${count} proposals, the first is number 0`);
  return (await commons.governor.proposalDetailsAt(number))[0];
}

/** Reads a proposal. Throws what the governor reverts with where there is none. */
export async function readProposal({ governor }: Commons, id: bigint, now: number): Promise<Proposal> {
  const [details, state, proposer, snapshot, deadline, eta, votes] = await Promise.all([
    governor.proposalDetails(id),
    governor.state(id),
    governor.proposalProposer(id),
    governor.proposalSnapshot(id),
    governor.proposalDeadline(id),
    governor.proposalEta(id),
    governor.proposalVotes(id),
  ]);
  const [targets, values, calldatas, descriptionHash] = details;
  const actions = targets.map((target, index) => ({
    target,
    value: values[index] ?? 0n,
    data: calldatas[index] ?? "0x",
  }));
  return {
    id,
    actions,
    descriptionHash,
    state: PROPOSAL_STATES[Number(state)] ?? "pending",
    proposer,
    snapshot,
    deadline,
    eta,
    votes: { against: votes.againstVotes, for: votes.forVotes, abstain: votes.abstainVotes },
    quorum: snapshot < BigInt(now) ? await governor.quorum(snapshot) : undefined,
  };
}

/** How many of the newest proposals a list shows, whatever became of them. */
const NEWEST = 20n;
/**
 * From the snapshot on no proposal lives longer, seconds: 14 days of voting, 3 more, 14 until it is queued, 14 in the timelock,
 * 14 until it is executed; and the next one's snapshot may come 13 days earlier.
 */
const LONGEST_LIFE = 90n * 86_400n;
const OVER: readonly ProposalState[] = ["cancelled", "defeated", "expired", "executed"];

/**
 * The newest proposals with their numbers, and every older one that is not over: nobody hides a proposal behind others.
 * @param count how many proposals there are
 */
export async function listProposals(
  commons: Commons,
  count: bigint,
  now: number,
): Promise<(Proposal & { readonly number: bigint })[]> {
  const listed: (Proposal & { readonly number: bigint })[] = [];
  for (let end = count; end > 0n; end -= NEWEST) {
    const start = end > NEWEST ? end - NEWEST : 0n;
    const numbers = Array.from({ length: Number(end - start) }, (_, index) => start + BigInt(index));
    const rows = await Promise.all(
      numbers.map(async (number) => {
        const [id] = await commons.governor.proposalDetailsAt(number);
        return { ...(await readProposal(commons, id, now)), number };
      }),
    );
    listed.unshift(...rows.filter(({ state }) => end === count || !OVER.includes(state)));
    if (rows.every(({ snapshot }) => snapshot + LONGEST_LIFE < BigInt(now))) break;
  }
  return listed;
}

/** Votes of an account: at a snapshot that is over, or at the last second. */
export async function votesOf({ votes }: Commons, account: string, moment: bigint): Promise<VotesBySource> {
  const { ofWallet, ofStake, ofGrants } = await votes.pastVotesBySource(account, moment);
  return { wallet: ofWallet, stake: ofStake, grants: ofGrants, total: ofWallet + ofStake + ofGrants };
}

const CREATED =
  "event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)";
const events = new Interface([CREATED]);

/**
 * The description of a proposal out of the governor's events, newest blocks first. The chain keeps its hash, so an endpoint
 * cannot make one up. Undefined where no block that the endpoint still has holds it.
 */
export async function findDescription(
  { at, since }: Commons,
  rpc: RpcClient,
  chain: ChainFacts,
  head: number,
  proposal: Pick<Proposal, "id" | "descriptionHash">,
): Promise<string | undefined> {
  const reader = new LogReader(rpc, chain.logRange);
  const filter = { addresses: [at.CommonsGovernor], topics: [[events.getEvent("ProposalCreated")!.topicHash]] };
  for (let to = head; to >= since; to -= chain.logRange) {
    const from = Math.max(since, to - chain.logRange + 1);
    for (const { topics, data } of await reader.read(filter, from, to)) {
      const found = events.parseLog({ topics: [...topics], data });
      if (found?.args["proposalId"] !== proposal.id) continue;
      const description = String(found.args["description"]);
      if (keccakText(description) === proposal.descriptionHash) return description;
    }
  }
  return undefined;
}
