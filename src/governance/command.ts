import { Command, Option } from "commander";
import { getAddress, isAddress, solidityPacked, ZeroAddress, type Interface } from "ethers";
import { z } from "zod";
import { confirm, runAction, withCommonFlags, type ActionContext, type CliFlags } from "../agents/shared/cli";
import { baseConfigShape, loadConfig, readJsonFile } from "../agents/shared/config";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { call } from "../agents/shared/money";
import { openSender, openSession, openWallet, sendReported, type Session } from "../agents/shared/session";
import type { Intent, Mined, TransactionSender } from "../chain/sender";
import { formatTokens } from "../protocol/amounts";
import { explainRefusal } from "../protocol/revert";
import { actionOf, proposalFileOf, type Action, type ProposalFile } from "./build";
import { connectCommons, type Commons } from "./contracts";
import { decodeActions, dryRun, type DecodedAction } from "./decode";
import { describe, InvalidDescription, readDescription } from "./description";
import { findDescription, listProposals, proposalIdOf, readProposal, votesOf, type Proposal } from "./proposals";
import { contentLines, standingLines, votesLine } from "./text";
import { timeWords } from "./units";

const configSchema = z.strictObject(baseConfigShape);

const SUPPORT = { against: 0, for: 1, abstain: 2 } as const;
const FRACTIONAL = 255;

interface Opened {
  readonly session: Session;
  readonly commons: Commons;
}

function open(flags: CliFlags, context: ActionContext): Opened {
  const session = openSession(loadConfig(configSchema, flags, process.env), "governance", context.reporter);
  context.onEnd(() => session.close());
  const commons = connectCommons(session.market.manifest, session.rpc);
  const interfaces: Interface[] = [...commons.known.values()].map(({ abi }) => abi);
  context.explain = (error) => explainRefusal(error, interfaces);
  return { session, commons };
}

async function openAccount({ session }: Opened): Promise<TransactionSender> {
  const sender = openSender(session, await openWallet(session.config.key), "settled");
  await sender.recover();
  return sender;
}

/** A proposal with its words, read before anything about it is signed. */
interface Read {
  readonly proposal: Proposal;
  readonly description: string | undefined;
  readonly actions: readonly DecodedAction[];
  readonly now: number;
}

async function read({ session, commons }: Opened, text: string): Promise<Read> {
  const id = await proposalIdOf(commons, text);
  const { timestamp, number } = await session.head();
  const proposal = await readProposal(commons, id, timestamp);
  const [description, actions] = await Promise.all([
    findDescription(commons, session.rpc, session.chain, number, proposal),
    decodeActions(proposal.actions, commons.known, session.rpc),
  ]);
  return { proposal, description, actions, now: timestamp };
}

/** What --json says of a proposal. */
function fieldsOf({ proposal, description, actions }: Omit<Read, "now">): Record<string, unknown> {
  const { title, discussion } = description === undefined ? {} : readDescription(description);
  return { ...proposal, id: String(proposal.id), title, discussion, description, actions };
}

function tellTransaction({ hash, blockNumber, gasUsed }: Mined): Record<string, unknown> {
  return { transaction: hash, block: blockNumber, gasUsed };
}

interface SigningFlags extends CliFlags {
  readonly yes?: boolean;
}

// PROPOSE

interface ProposeFlags extends SigningFlags {
  readonly call?: string;
  readonly args?: string;
  readonly value?: string;
  readonly title?: string;
  readonly text?: string;
  readonly discussion?: string;
  readonly dryRun?: boolean;
}

async function propose(path: string | undefined, flags: ProposeFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { reporter } = context;
    const file = path === undefined ? fromFlags(flags) : proposalFileOf(readJsonFile(path, "proposal"));
    const opened = open(flags, context);
    const { session, commons } = opened;
    const actions = file.actions.map((written) => actionOf(written, commons.known));
    const decoded = await decodeActions(actions, commons.known, session.rpc);
    // Who signs is part of the description.
    const { address: proposer } = await openWallet(session.config.key);
    const description = describedBy(file, proposer);
    const { timestamp } = await session.head();
    const [threshold, votes] = await Promise.all([
      commons.governor.proposalThreshold(),
      votesOf(commons, proposer, BigInt(timestamp) - 1n),
    ]);
    const refusals = await refusalsOf(opened, actions, context);
    const warnings = refusals.map((sentence, index) => sentence && `call ${index + 1} would fail now: ${sentence}`);
    const text = [
      contentLines(description, decoded),
      ...warnings.filter((warning) => warning !== undefined).map((warning) => `WARNING: ${warning}`),
      "",
      `${votesLine(proposer, votes)}; ${formatTokens(threshold)} are needed to propose`,
    ].join("\n");
    const fields = { proposer, description, actions: decoded, votes, threshold, refusals };
    if (flags.dryRun === true) return reporter.answer(text, { ok: true, sent: false, ...fields });
    reporter.news("proposal", text, fields);
    if (votes.total < threshold) {
      const sentence = `${proposer} has ${formatTokens(votes.total)} votes, ${formatTokens(threshold)} are needed to propose`;
      throw new CommandFailure(EXIT.funds, sentence, { votes, threshold });
    }
    if (flags.yes !== true) await confirm("Propose this?");
    const args = [actions.map((a) => a.target), actions.map((a) => a.value), actions.map((a) => a.data), description];
    const { governor, at } = commons;
    const mined = await sendReported(
      await openAccount(opened),
      call("propose", at.CommonsGovernor, governor.interface, "propose", args),
      reporter,
    );
    const id = await governor.latestProposalOf(proposer);
    const { snapshot, deadline } = await readProposal(commons, id, timestamp);
    const when = `the vote runs from ${timeWords(snapshot)} to ${timeWords(deadline)}`;
    reporter.answer(`proposal ${id} was made; ${when}`, {
      ok: true,
      sent: true,
      id: String(id),
      snapshot,
      deadline,
      ...fields,
      ...tellTransaction(mined),
    });
  });
}

function fromFlags({ call: written, args, value, title, text = "", discussion }: ProposeFlags): ProposalFile {
  if (written === undefined) throw new CommandFailure(EXIT.usage, "name a file, or a call with --call and --title");
  let list: unknown;
  try {
    list = JSON.parse(args ?? "[]");
  } catch {
    throw new CommandFailure(EXIT.usage, '--args is no JSON list, such as [250, "3 days"]');
  }
  return proposalFileOf({
    title,
    text,
    ...(discussion === undefined ? {} : { discussion }),
    actions: [{ call: written, args: list, ...(value === undefined ? {} : { value }) }],
  });
}

function describedBy(file: ProposalFile, proposer: string): string {
  try {
    return describe(file, proposer);
  } catch (cause) {
    if (cause instanceof InvalidDescription) throw new CommandFailure(EXIT.usage, cause.message, {}, { cause });
    throw cause;
  }
}

/** What each call would be refused with, done at this moment by itself; later calls may need earlier ones. */
function refusalsOf(
  { session, commons }: Opened,
  actions: readonly Action[],
  { explain }: ActionContext,
): Promise<(string | undefined)[]> {
  return Promise.all(actions.map((action) => dryRun(action, commons.at.CommonsTimelock, session.rpc, explain)));
}

// VOTE, QUEUE, EXECUTE, CANCEL

interface Step {
  readonly question: string;
  readonly intent: Intent;
  readonly done: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Reads a proposal into words, asks, and sends one transaction about it. */
async function decideOn(
  text: string,
  flags: SigningFlags,
  work: (at: Opened & Read & { readonly account: string }) => Promise<Step>,
): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const found = await read(opened, text);
    const { reporter } = context;
    const lines = [standingLines(found.proposal, found.now), "", contentLines(found.description, found.actions)];
    reporter.news("proposal", lines.join("\n"), fieldsOf(found));
    const { address: account } = await openWallet(opened.session.config.key);
    const { question, intent, done, fields = {} } = await work({ ...opened, ...found, account });
    if (flags.yes !== true) await confirm(question);
    const mined = await sendReported(await openAccount(opened), intent, reporter);
    const after = await readProposal(opened.commons, found.proposal.id, found.now);
    reporter.answer(`${done}; the proposal is ${after.state}`, {
      ok: true,
      ...fieldsOf({ ...found, proposal: after }),
      ...fields,
      ...tellTransaction(mined),
    });
  });
}

interface VoteFlags extends SigningFlags {
  readonly reason?: string;
  readonly split?: string;
}

function vote(text: string, choice: string | undefined, flags: VoteFlags): Promise<void> {
  return decideOn(text, flags, async ({ commons, proposal, account }) => {
    requireState(proposal, ["active"], "votes are cast while it is active");
    const votes = await votesOf(commons, account, proposal.snapshot);
    const used = await commons.governor.usedVotes(proposal.id, account);
    if (votes.total <= used) {
      const why = used > 0n ? "has cast all its votes" : "had no votes at the snapshot; delegate before the next one";
      throw new CommandFailure(EXIT.funds, `${account} ${why}`, { votes, used });
    }
    const left = votes.total - used;
    const { support, params, words } = ballotOf(choice, flags.split, left);
    const { governor, at } = commons;
    const method = params === "0x" ? "castVoteWithReason" : "castVoteWithReasonAndParams";
    const args = [proposal.id, support, flags.reason ?? "", ...(params === "0x" ? [] : [params])];
    return {
      question: `${votesLine(account, votes)}.\nCast ${words}?`,
      intent: call("vote", at.CommonsGovernor, governor.interface, method, args),
      done: `cast ${words}`,
      fields: { voter: account, votesBySource: votes, cast: left },
    };
  });
}

/** What to send for a choice, or for percentages against, for and abstaining. Throws CommandFailure (usage). */
export function ballotOf(
  choice: string | undefined,
  split: string | undefined,
  left: bigint,
): { readonly support: number; readonly params: string; readonly words: string } {
  if (split === undefined) {
    const support = (SUPPORT as Readonly<Record<string, number | undefined>>)[choice ?? ""];
    if (support === undefined) throw new CommandFailure(EXIT.usage, "say for, against or abstain, or use --split");
    return { support, params: "0x", words: `${formatTokens(left)} votes ${support === 2 ? "abstaining" : choice}` };
  }
  if (choice !== undefined) throw new CommandFailure(EXIT.usage, "either a choice or --split, not both");
  const shares = split.split(",").map((part) => (/^\d{1,3}$/.test(part.trim()) ? Number(part) : NaN));
  const [against, inFavour, abstain] = shares;
  if (shares.length !== 3 || against === undefined || inFavour === undefined || abstain === undefined) {
    throw new CommandFailure(EXIT.usage, "--split takes three percentages: against,for,abstain");
  }
  if (against + inFavour + abstain !== 100) throw new CommandFailure(EXIT.usage, "the percentages must add up to 100");
  const part = (share: number): bigint => (left * BigInt(share)) / 100n;
  const amounts = [part(against), part(inFavour), left - part(against) - part(inFavour)] as const;
  // What rounding leaves goes to the last share that is not zero.
  const cast = abstain > 0 ? amounts : inFavour > 0 ? [amounts[0], left - amounts[0], 0n] : [left, 0n, 0n];
  const [no, yes, none] = cast.map(formatTokens);
  const params = solidityPacked(["uint128", "uint128", "uint128"], cast);
  return { support: FRACTIONAL, params, words: `${yes} votes for, ${no} against, ${none} abstaining` };
}

function queue(text: string, flags: SigningFlags): Promise<void> {
  return decideOn(text, flags, async ({ commons, proposal }) => {
    requireState(proposal, ["succeeded"], "only what was voted through can be queued");
    const { governor, at } = commons;
    return {
      question: "Queue it?",
      intent: call("queue", at.CommonsGovernor, governor.interface, "queue(uint256)", [proposal.id]),
      done: "queued",
    };
  });
}

function execute(text: string, flags: SigningFlags): Promise<void> {
  return decideOn(text, flags, async ({ commons, proposal, now }) => {
    requireState(proposal, ["queued"], "only what is queued can be executed");
    if (proposal.eta > BigInt(now)) {
      throw new CommandFailure(EXIT.wrongState, `it can be executed from ${timeWords(proposal.eta)} on`, {
        eta: proposal.eta,
      });
    }
    const { governor, at } = commons;
    return {
      question: "Execute it?",
      intent: call("execute", at.CommonsGovernor, governor.interface, "execute(uint256)", [proposal.id]),
      done: "executed",
    };
  });
}

function cancel(text: string, flags: SigningFlags): Promise<void> {
  return decideOn(text, flags, async ({ commons, proposal, account }) => {
    requireState(proposal, ["pending", "active", "succeeded", "queued"], "it is over");
    const { governor, guardian, at } = commons;
    if ((await guardian.holder()) !== account) {
      return {
        question: "Cancel it?",
        intent: call("cancel", at.CommonsGovernor, governor.interface, "cancel(uint256)", [proposal.id]),
        done: "cancelled",
      };
    }
    const { actions, descriptionHash } = proposal;
    const lists = [actions.map((a) => a.target), actions.map((a) => a.value), actions.map((a) => a.data)];
    const args = [at.CommonsGovernor, ...lists, descriptionHash];
    return {
      question: "Cancel it as the guardian?",
      intent: call("cancel", at.CommonsGuardian, guardian.interface, "cancel", args),
      done: "cancelled by the guardian",
    };
  });
}

function requireState({ state, id }: Proposal, allowed: readonly Proposal["state"][], why: string): void {
  if (allowed.includes(state)) return;
  throw new CommandFailure(EXIT.wrongState, `the proposal is ${state}: ${why}`, { id: String(id), state });
}

// LOOK

async function status(text: string | undefined, flags: CliFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    if (text === undefined) return list(opened, context);
    const found = await read(opened, text);
    const lines = [standingLines(found.proposal, found.now), "", contentLines(found.description, found.actions)];
    context.reporter.answer(lines.join("\n"), { ok: true, time: found.now, ...fieldsOf(found) });
  });
}

/** The newest proposals, those that are not over, and how governance is set. */
async function list({ session, commons }: Opened, { reporter }: ActionContext): Promise<void> {
  const { governor, timelock, guardian } = commons;
  const { timestamp } = await session.head();
  const count = await governor.proposalCount();
  const proposals = await listProposals(commons, count, timestamp);
  const [delay, period, late, threshold, quorumBps, queueDelay, holder, expiresAt] = await Promise.all([
    governor.votingDelay(),
    governor.votingPeriod(),
    governor.lateQuorumVoteExtension(),
    governor.proposalThreshold(),
    governor["quorumNumerator()"](),
    timelock.getMinDelay(),
    guardian.holder(),
    guardian.expiresAt(),
  ]);
  const settings = { delay, period, late, threshold, quorumBps, queueDelay };
  const guard = { holder, expiresAt, expired: expiresAt <= BigInt(timestamp) };
  const guards = guard.expired || holder === ZeroAddress ? "nobody" : `${holder} until ${timeWords(expiresAt)}`;
  const lines = [
    `${count} proposals; ${formatTokens(threshold)} votes propose, ${Number(quorumBps) / 100}% decide; guardian: ${guards}`,
    ...proposals.map(({ number, state, id }) => `${number}: ${state}, ${id}`),
  ];
  const rows = proposals.map(({ id, actions: _actions, ...row }) => ({ id: String(id), ...row }));
  reporter.answer(lines.join("\n"), { ok: true, time: timestamp, count, settings, guardian: guard, proposals: rows });
}

interface DecodeFlags extends CliFlags {
  readonly calldata?: string;
  readonly target?: string;
}

/** Says what a proposal on the chain does, or what a call to a contract would do. */
async function decode(text: string | undefined, flags: DecodeFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session, commons } = opened;
    if (text !== undefined) {
      const { description, actions, proposal } = await read(opened, text);
      const fields = { id: String(proposal.id), description, actions };
      return context.reporter.answer(contentLines(description, actions), { ok: true, ...fields });
    }
    const { calldata = "", target = "" } = flags;
    const address = commons.known.get(target)?.address ?? target;
    if (!isAddress(address) || !/^0x([0-9a-f]{2})*$/i.test(calldata)) {
      throw new CommandFailure(EXIT.usage, "name a proposal, or --target and --calldata");
    }
    const actions = await decodeActions(
      [{ target: getAddress(address), value: 0n, data: calldata.toLowerCase() }],
      commons.known,
      session.rpc,
    );
    context.reporter.answer(contentLines("A call", actions), { ok: true, actions });
  });
}

// DELEGATE

interface DelegateFlags extends SigningFlags {
  readonly sources?: string;
}

const SOURCES = ["wallet", "stake", "grants"] as const;

/** Sets the delegate of wallet, stake and grants at once; by itself of those that take it. */
async function delegate(to: string, flags: DelegateFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session, commons } = opened;
    const { address: account } = await openWallet(session.config.key);
    const delegatee = to === "self" ? account : to === "nobody" ? ZeroAddress : to;
    if (!isAddress(delegatee)) throw new CommandFailure(EXIT.usage, `${to} is no address, nor self or nobody`);
    const asked = namedSources(flags.sources);
    const fitting = await fittingSources(opened, account, delegatee, asked);
    if (fitting.length === 0) throw new CommandFailure(EXIT.wrongState, `no source takes a delegate of ${account} yet`);
    const names = fitting.map(({ name }) => name);
    const before = await commons.votes.delegatesBySource(account);
    const was = SOURCES.map((name, index) => `${name} ${before[index] === ZeroAddress ? "nobody" : before[index]}`);
    context.reporter.news("delegates", `${account} delegates now: ${was.join(", ")}`, { before: [...before] });
    const left = asked.filter((name) => !names.includes(name));
    if (left.length > 0) {
      const sentence = `left out, because nothing can be delegated there yet: ${left.join(", ")}`;
      context.reporter.news("leftOut", sentence, { leftOut: left });
    }
    const whom = delegatee === ZeroAddress ? "nobody" : delegatee;
    if (flags.yes !== true) await confirm(`Let ${whom} vote with what is in ${names.join(", ")}?`);
    const args = [delegatee, fitting.map(({ address }) => address)];
    const intent = call("delegate", commons.at.DelegationDesk, commons.desk.interface, "delegateAll", args);
    const mined = await sendReported(await openAccount(opened), intent, context.reporter);
    context.reporter.answer(`${whom} votes with what ${account} has in ${names.join(", ")}`, {
      ok: true,
      account,
      delegatee,
      sources: names,
      leftOut: left,
      ...tellTransaction(mined),
    });
  });
}

function namedSources(text: string | undefined): readonly (typeof SOURCES)[number][] {
  if (text === undefined) return SOURCES;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !SOURCES.some((known) => known === name));
  if (unknown.length > 0)
    throw new CommandFailure(EXIT.usage, `${unknown.join(", ")}: known are ${SOURCES.join(", ")}`);
  return SOURCES.filter((name) => names.includes(name));
}

/** Asks each source whether it would take the delegate: StakeVotes knows holders of a vault account only. */
async function fittingSources(
  { session, commons }: Opened,
  account: string,
  delegatee: string,
  asked: readonly (typeof SOURCES)[number][],
): Promise<{ readonly name: (typeof SOURCES)[number]; readonly address: string }[]> {
  const { votes, desk, at } = commons;
  const addresses = { wallet: await votes.token(), stake: await votes.stake(), grants: await votes.grants() };
  const fits = await Promise.all(
    asked.map(async (name) => {
      const data = desk.interface.encodeFunctionData("delegateAll", [delegatee, [addresses[name]]]);
      const refused = await dryRun({ target: at.DelegationDesk, value: 0n, data }, account, session.rpc, (error) =>
        explainRefusal(error, [desk.interface]),
      );
      return refused === undefined;
    }),
  );
  return asked.filter((_, index) => fits[index]).map((name) => ({ name, address: addresses[name] }));
}

// PAUSE

/** The guardian stops new work of contracts for some days. */
async function pause(days: string, flags: SigningFlags & { readonly contracts?: string }): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { at, guardian, known } = opened.commons;
    if (!/^[1-7]$/.test(days)) throw new CommandFailure(EXIT.usage, "the guardian pauses for 1 to 7 days");
    const names = (flags.contracts ?? "JobEscrow").split(",").map((name) => name.trim());
    const targets = names.map((name) => {
      const address = known.get(name)?.address;
      if (address === undefined) throw new CommandFailure(EXIT.usage, `there is no contract ${name} in the manifest`);
      return address;
    });
    if (flags.yes !== true) await confirm(`Stop new work of ${names.join(", ")} for ${days} days?`);
    const args = [targets, BigInt(days) * 86_400n];
    const intent = call("pause", at.CommonsGuardian, guardian.interface, "pause", args);
    const mined = await sendReported(await openAccount(opened), intent, context.reporter);
    const fields = { contracts: names, days: Number(days), ...tellTransaction(mined) };
    context.reporter.answer(`new work of ${names.join(", ")} is stopped for ${days} days`, { ok: true, ...fields });
  });
}

/** The program of governance. */
export function governProgram(): Command {
  const program = new Command("govern").description("Propose, vote, queue, execute, cancel, look, delegate, pause");
  const add = (name: string, description: string): Command =>
    withCommonFlags(program.command(name)).description(description);
  const signing = (name: string, description: string): Command =>
    add(name, description).option("--yes", "do not ask before sending");
  signing("propose", "put a proposal up for a vote, from a file or from one call")
    .argument("[file]", "JSON with title, text, discussion and actions [{call, args, value}]")
    .option("--call <contract.method>", "one call, by the contract's name in the manifest")
    .option("--args <json>", 'its arguments, such as [{"feeBps": "2.3%"}]; units: "5 tokens", "2.5%", "3 days"')
    .option("--value <coins>", "native coin to send along")
    .option("--title <text>", "title of one line")
    .option("--text <markdown>", "what it is about")
    .option("--discussion <uri>", "where it is discussed")
    .option("--dry-run", "show it in words, send nothing")
    .action(propose);
  signing("vote", "vote on a proposal with all votes that are left")
    .argument("<proposal>", "number from 0 on, or id")
    .addArgument(program.createArgument("[choice]", "for, against or abstain"))
    .option("--split <percentages>", "against,for,abstain, such as 20,70,10")
    .option("--reason <text>", "why, for everybody to read")
    .action(vote);
  signing("queue", "hand what was voted through to the timelock").argument("<proposal>").action(queue);
  signing("execute", "carry out what has waited long enough").argument("<proposal>").action(execute);
  signing("cancel", "cancel as proposer, as guardian, or because the proposer lost its votes")
    .argument("<proposal>")
    .action(cancel);
  add("status", "where a proposal stands, or all of them").argument("[proposal]").action(status);
  add("decode", "say in words what a proposal or a call does")
    .argument("[proposal]")
    .addOption(new Option("--target <address>", "address or name of a contract"))
    .addOption(new Option("--calldata <hex>", "data of a call"))
    .action(decode);
  signing("delegate", "let somebody vote with wallet, stake and grants, by one transaction")
    .argument("<to>", "an address, self or nobody")
    .option("--sources <list>", "some of wallet,stake,grants")
    .action(delegate);
  signing("pause", "as the guardian: stop new work for days, once in thirty days")
    .argument("<days>", "1 to 7")
    .option("--contracts <names>", "contracts of the manifest that know the guardian (default: JobEscrow)")
    .action(pause);
  return program;
}
