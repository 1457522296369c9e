/** What the commands of governance print. */
import { formatTokens } from "../protocol/amounts";
import { actionLines, type DecodedAction } from "./decode";
import { readDescription } from "./description";
import type { Proposal, VotesBySource } from "./proposals";
import { durationWords, timeWords } from "./units";

/**
 * A proposal to be signed or looked at: words first, then every call. Each line of the proposer's is marked, so that none
 * of them passes for what the proposal does.
 */
export function contentLines(description: string | undefined, actions: readonly DecodedAction[]): string {
  const lines: string[] = [];
  if (description === undefined) {
    lines.push("(the description was not found in the events)");
  } else {
    const { title, text, discussion } = readDescription(description);
    const words = text === "" ? title : `${title}\n\n${text}`;
    lines.push(...words.split(/\r?\n/).map((line) => `| ${line}`.trimEnd()), "");
    lines.push(discussion === undefined ? "No place of discussion is named." : `Discussion: ${discussion}`);
  }
  lines.push("", `What it does (${actions.length} ${actions.length === 1 ? "call" : "calls"} by the timelock):`);
  return [...lines, ...actions.flatMap((action, index) => actionLines(action, index + 1))].join("\n");
}

/** Where a proposal stands. */
export function standingLines(p: Proposal, now: number): string {
  const cast = p.votes.for + p.votes.abstain;
  const lines = [
    `proposal ${p.id}`,
    `state:    ${p.state}${nextStep(p, BigInt(now))}`,
    `proposer: ${p.proposer}`,
    `vote:     ${timeWords(p.snapshot)} to ${timeWords(p.deadline)}`,
    `votes:    ${formatTokens(p.votes.for)} for, ${formatTokens(p.votes.against)} against, ${formatTokens(p.votes.abstain)} abstaining`,
  ];
  if (p.quorum !== undefined) {
    const verdict = cast >= p.quorum ? "reached" : `${formatTokens(p.quorum - cast)} are missing`;
    lines.push(`quorum:   ${formatTokens(p.quorum)} for and abstaining: ${verdict}`);
  }
  return lines.join("\n");
}

/** What comes next, and when. */
function nextStep({ state, snapshot, deadline, eta }: Proposal, now: bigint): string {
  if (state === "pending") return `, the vote opens in ${durationWords(later(snapshot + 1n, now))}`;
  if (state === "active") return `, ${durationWords(later(deadline, now))} left`;
  if (state === "succeeded") return ", anyone may queue it";
  if (state !== "queued") return "";
  return eta > now ? `, anyone may execute it in ${durationWords(eta - now)}` : ", anyone may execute it now";
}

function later(time: bigint, now: bigint): bigint {
  return time > now ? time - now : 0n;
}

/** Votes of an account, by source. */
export function votesLine(account: string, { wallet, stake, grants, total }: VotesBySource): string {
  const parts = `wallet ${formatTokens(wallet)}, stake ${formatTokens(stake)}, grants ${formatTokens(grants)}`;
  return `${account} has ${formatTokens(total)} votes (${parts})`;
}
