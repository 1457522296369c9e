/** Governance over a market's votes: token, stake and grants, with voters who delegated, and a target it owns. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";
import type { AddressLike, ContractTransactionResponse } from "ethers";
import type {
  CommonsGovernor,
  CommonsGuardian,
  CommonsTimelock,
  CompositeVotes,
  GrantVotesMock,
  ProposalTarget,
} from "../../../typechain-types";
import * as market from "../registry/fixture";

export const DAY = 86_400n;
export const TOKEN = market.TOKEN;
export const SUPPLY = 1_000_000_000n * TOKEN;
export const State = {
  Pending: 0,
  Active: 1,
  Canceled: 2,
  Defeated: 3,
  Succeeded: 4,
  Queued: 5,
  Expired: 6,
  Executed: 7,
};
export const Support = { Against: 0, For: 1, Abstain: 2, Fractional: 255 } as const;
export const SETTINGS = {
  votingDelay: 2n * DAY,
  votingPeriod: 5n * DAY,
  lateExtension: 2n * DAY,
  thresholdBps: 10n,
  quorumBps: 200n,
};

export interface Governance extends market.World {
  readonly timelock: CommonsTimelock;
  readonly composite: CompositeVotes;
  readonly guard: CommonsGuardian;
  readonly dao: CommonsGovernor;
  readonly grants: GrantVotesMock;
  readonly target: ProposalTarget;
  /** Who acts as the guardian. */
  readonly guardian: HardhatEthersSigner;
  readonly stranger: HardhatEthersSigner;
  /** Deployed the timelock, appointed the governor. */
  readonly deployer: HardhatEthersSigner;
}

/** What is voted on. */
export interface Proposal {
  readonly id: bigint;
  readonly targets: string[];
  readonly values: bigint[];
  readonly calldatas: string[];
  readonly description: string;
  readonly descriptionHash: string;
}

/** One call of a proposal. */
export interface Action {
  readonly target: AddressLike;
  readonly data: string;
  readonly value?: bigint;
}

async function deploy(): Promise<Governance> {
  const w = await market.deployWorld();
  const [guardian, stranger, deployer] = w.others as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  const grants = await ethers.deployContract("GrantVotesMock", [w.token, w.desk]);
  const timelock = await ethers.deployContract("CommonsTimelock", [2n * DAY, deployer]);
  const composite = await ethers.deployContract("CompositeVotes", [w.token, w.votes, grants]);
  const guard = await ethers.deployContract("CommonsGuardian", [timelock, guardian]);
  const dao = await ethers.deployContract("CommonsGovernor", [composite, timelock, guard, SETTINGS]);
  await timelock.connect(deployer).appoint(dao);
  const target = await ethers.deployContract("ProposalTarget", [w.governor]);
  await target.connect(w.governor).transferOwnership(timelock);
  await timelock.takeOver(target);
  for (const voter of [w.alice, w.bob, w.carol, w.dave]) {
    await w.desk.connect(voter).delegateAll(voter, [w.token, w.votes, grants]);
  }
  await time.increase(10);
  return { ...w, grants, timelock, composite, guard, dao, target, guardian, stranger, deployer };
}

/** The same for every test of a file, restored from a snapshot. Alice, bob, carol and dave hold 1% of the supply each. */
export function governance(): Promise<Governance> {
  return loadFixture(deploy);
}

/** A description that names its proposer. */
export function described(title: string, proposer: { address: string }): string {
  return `# ${title}\n\n#proposer=${proposer.address}`;
}

/** What `propose` would make of it. */
export async function draft(g: Governance, actions: readonly Action[], description: string): Promise<Proposal> {
  const targets = await Promise.all(actions.map(({ target }) => ethers.resolveAddress(target)));
  const values = actions.map(({ value = 0n }) => value);
  const calldatas = actions.map(({ data }) => data);
  const descriptionHash = ethers.id(description);
  const id = await g.dao.hashProposal(targets, values, calldatas, descriptionHash);
  return { id, targets, values, calldatas, description, descriptionHash };
}

/** Sets the target's number. */
export function setNumber(g: Governance, number: bigint): Action {
  return { target: g.target, data: g.target.interface.encodeFunctionData("setNumber", [number]) };
}

/** Sends a draft. */
export function submit(g: Governance, by: HardhatEthersSigner, p: Proposal): Promise<ContractTransactionResponse> {
  return g.dao.connect(by).propose(p.targets, p.values, p.calldatas, p.description);
}

let titles = 0;

/** Proposes actions; by alice, to set the number to 7, unless told otherwise. */
export async function propose(
  g: Governance,
  { by = g.alice, actions = [setNumber(g, 7n)], title = `Proposal ${titles++}` } = {},
): Promise<Proposal> {
  const proposal = await draft(g, actions, described(title, by));
  await submit(g, by, proposal);
  return proposal;
}

/** Waits until the vote is open. */
export async function open(g: Governance, { id }: Proposal): Promise<void> {
  await time.increaseTo((await g.dao.proposalSnapshot(id)) + 1n);
}

/** Waits until the vote is over. */
export async function close(g: Governance, { id }: Proposal): Promise<void> {
  await time.increaseTo((await g.dao.proposalDeadline(id)) + 1n);
}

/** Full arguments of queue, execute and cancel. */
export function argsOf(p: Proposal): [string[], bigint[], string[], string] {
  return [p.targets, p.values, p.calldatas, p.descriptionHash];
}

export function queue(g: Governance, p: Proposal): Promise<ContractTransactionResponse> {
  return g.dao["queue(address[],uint256[],bytes[],bytes32)"](...argsOf(p));
}

export function execute(g: Governance, p: Proposal): Promise<ContractTransactionResponse> {
  return g.dao["execute(address[],uint256[],bytes[],bytes32)"](...argsOf(p));
}

export function cancel(g: Governance, by: HardhatEthersSigner, p: Proposal): Promise<ContractTransactionResponse> {
  return g.dao.connect(by)["cancel(address[],uint256[],bytes[],bytes32)"](...argsOf(p));
}

/** The guardian cancels. */
export function veto(g: Governance, by: HardhatEthersSigner, p: Proposal): Promise<ContractTransactionResponse> {
  return g.guard.connect(by).cancel(g.dao, ...argsOf(p));
}

/** Votes for it, more than the quorum: the three who did not propose. */
export async function approve(g: Governance, p: Proposal): Promise<void> {
  await open(g, p);
  for (const voter of [g.bob, g.carol, g.dave]) await g.dao.connect(voter).castVote(p.id, Support.For);
}

/** A proposal voted for and queued. */
export async function queued(g: Governance, options: Parameters<typeof propose>[1] = {}): Promise<Proposal> {
  const p = await propose(g, options);
  await approve(g, p);
  await close(g, p);
  await queue(g, p);
  return p;
}

/** Waits until a queued proposal may be executed. */
export async function ripen(g: Governance, { id }: Proposal): Promise<void> {
  await time.increaseTo(await g.dao.proposalEta(id));
}

/** Lets governance decide and carry out actions. */
export async function decide(g: Governance, actions: Action[]): Promise<ContractTransactionResponse> {
  const p = await queued(g, { actions });
  await ripen(g, p);
  return execute(g, p);
}
