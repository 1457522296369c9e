import { setTimeout as sleep } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import { isRpcFault } from "../../chain/rpc";
import { lockFolderPatiently } from "../../chain/stateFile";
import { agreementStruct, canaryBondOf, challengeBondOf, rejectionBondOf } from "../../protocol/agreement";
import { formatTokens, parseTokens } from "../../protocol/amounts";
import { formatJobId, parseJobId } from "../../protocol/jobId";
import { formatQuote, quoteInWei } from "../../protocol/quote";
import { ENDED, JobMode, JobStatus } from "../../protocol/status";
import { confirm, runAction, withCommonFlags, type ActionContext, type CliFlags } from "../shared/cli";
import { baseConfigShape, loadConfig } from "../shared/config";
import { CommandFailure, EXIT } from "../shared/exit";
import { KEEP_MS } from "../shared/keep";
import { call, readBalances, tokenSymbol } from "../shared/money";
import { chainLength, nameSegmentCall } from "../shared/chains";
import { courtCall, isForCourt, openCase } from "../shared/review";
import { openSender, openSession, openWallet, reviewOf, sendReported, type Session } from "../shared/session";
import { stopSignal } from "../shared/loop";
import { jobLines, openJob, postedIn, readJob, requireStatus, ticketOf, type JobReport, type OpenedJob } from "./jobs";
import { openingOf } from "./canary";
import { keepCanaries } from "./canaryCommand";
import { prepareWork, readJobFile } from "./jobFile";
import { putBack, requesterKeeper } from "./keep";
import { deposit, isPostingOf, postJob, provideFunds, readOffer, type Posted } from "./post";
import { appealable, readReview, reviewLines, type ReviewReport } from "./review";
import { deliveredDigest, downloadResult, inspectResult } from "./result";

/** zod schema of a requester's configuration. */
export const requesterConfigSchema = z.strictObject({
  ...baseConfigShape,
  /** Limits of doing a job again. */
  childSeconds: z.number().int().min(1).max(259_200).default(3600),
  childMemoryMiB: z.number().int().min(16).max(1_048_576).default(512),
});

type RequesterConfig = z.output<typeof requesterConfigSchema>;

/** How long a command waits for another one of the same account to finish, milliseconds. */
const LOCK_PATIENCE_MS = 120_000;

interface Opened {
  readonly session: Session;
  readonly config: RequesterConfig;
}

function open(flags: CliFlags, context: ActionContext): Opened {
  const config = loadConfig(requesterConfigSchema, flags, process.env);
  const { childSeconds: _seconds, childMemoryMiB: _memory, ...base } = config;
  const session = openSession(base, "requester", context.reporter);
  context.explain = session.explain;
  context.onEnd(() => session.close());
  return { session, config };
}

/** The account's sender. Commands of one account take turns: two would use the same nonces. */
async function openAccount(opened: Opened, context: ActionContext): Promise<TransactionSender> {
  return (await recoverAccount(opened, context)).sender;
}

/** As `openAccount`, with the posting that an earlier command was cut short after, if there is one. */
async function recoverAccount(
  { session, config }: Opened,
  context: ActionContext,
): Promise<{ sender: TransactionSender; earlier: Posted | undefined }> {
  const wallet = await openWallet(config.key);
  const release = await lockFolderPatiently(`${session.stateDir}/${wallet.address.toLowerCase()}`, LOCK_PATIENCE_MS);
  context.onEnd(release);
  const sender = openSender(session, wallet, "settled");
  const mined = await sender.recover();
  const posted = mined === undefined ? undefined : postedIn(mined.logs);
  if (mined === undefined || posted === undefined) return { sender, earlier: undefined };
  const name = formatJobId(posted.jobId);
  context.reporter.news("recovered", `an earlier command was cut short after it posted job ${name}`, { job: name });
  return { sender, earlier: { ...posted, mined } };
}

interface PostFlags extends CliFlags {
  readonly yes?: boolean;
  readonly authorise?: boolean;
  readonly deposit?: boolean;
  readonly quote?: boolean;
}

async function post(path: string, flags: PostFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { reporter } = context;
    const job = readJobFile(path);
    const opened = open(flags, context);
    const { session } = opened;
    const { service, classId, quoteFor } = await readOffer(session, job);
    const offer = await requesterKeeper(session).keeping(
      (store) => prepareWork(store, job, path, service),
      ({ inputDigest }) => inputDigest,
    );
    const quote = await quoteFor(job.units ?? offer.units);
    const symbol = await tokenSymbol(session);
    const table = formatQuote(quote, symbol);
    const summary = { service: job.service, classId, kind: offer.kind, units: job.units ?? offer.units };
    if (flags.quote === true) {
      return reporter.answer(table, { ok: true, ...summary, quote: quoteInWei(quote), inputDigest: offer.inputDigest });
    }
    if (job.maximum !== undefined && quoteInWei(quote).total > job.maximum) {
      const sentence = `the price is ${formatTokens(quoteInWei(quote).total)} ${symbol}, above the file's maximum`;
      throw new CommandFailure(EXIT.wrongState, sentence, { quote: quoteInWei(quote) });
    }
    reporter.news("quote", table, { quote: quoteInWei(quote), ...summary });
    if (flags.yes !== true) await confirm("Post this job?");
    const { sender, earlier } = await recoverAccount(opened, context);
    // Whoever repeats a command that was cut short wants the job once.
    const isRepeated = earlier !== undefined && isPostingOf(earlier, offer, summary.units);
    const leave = { authorise: flags.authorise === true, deposit: flags.deposit === true };
    if (!isRepeated) await provideFunds(session, sender, quoteInWei(quote).total, leave, reporter);
    const posted = isRepeated ? earlier : await postJob(session, sender, job, offer, quote, reporter);
    const { jobId, total, mined } = posted;
    const when = isRepeated ? "had been posted before the command was cut short" : "posted";
    reporter.answer(`job ${formatJobId(jobId)} ${when}, for ${formatTokens(total)} ${symbol}`, {
      ok: true,
      recovered: isRepeated,
      job: formatJobId(jobId),
      jobId,
      total,
      ...summary,
      inputDigest: offer.inputDigest,
      transaction: mined.hash,
      block: mined.blockNumber,
      gasUsed: mined.gasUsed,
    });
  });
}

async function status(text: string, flags: CliFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session } = open(flags, context);
    const report = await readJob(session, parseJobId(text));
    const { timestamp } = await session.head();
    const review = await reviewFor(session, report);
    const lines = [jobLines(report, timestamp), ...(review === undefined ? [] : [reviewLines(review, timestamp)])];
    context.reporter.answer(lines.join("\n"), { ok: true, ...report, review, time: timestamp });
  });
}

/** The review of a disputed job; the agreement, which names the resolver, is looked for only then. */
async function reviewFor(session: Session, { jobId, status }: JobReport): Promise<ReviewReport | undefined> {
  if (session.market.review === undefined || status !== JobStatus[JobStatus.Disputed]) return undefined;
  return readReview(session, jobId, (await openJob(session, jobId)).agreement);
}

interface WatchFlags extends CliFlags {
  readonly until?: string;
  readonly timeout?: number;
}

/** Follows a job until it ends, or reaches the state asked for. */
async function watch(text: string, flags: WatchFlags): Promise<void> {
  await runAction(flags, true, async (context) => {
    const { session } = open(flags, context);
    const jobId = parseJobId(text);
    const goal = statusNamed(flags.until);
    const signal = stopSignal();
    const giveUpAt = flags.timeout === undefined ? Infinity : performance.now() + flags.timeout * 1000;
    let last = "";
    let nextKeep = 0;
    while (!signal.aborted) {
      const report = await readWhenPossible(session, jobId);
      if (report !== undefined) {
        const { timestamp } = await session.head();
        const summary = [report.status, report.gpu, report.attempt, report.accepted, report.result].join();
        if (summary !== last)
          context.reporter.news("status", jobLines(report, timestamp), { ...report, time: timestamp });
        last = summary;
        const reached = JobStatus[report.status as keyof typeof JobStatus];
        if (!ENDED.has(reached) && performance.now() >= nextKeep) {
          nextKeep = performance.now() + KEEP_MS;
          await keepWhenPossible(session, jobId, context);
        }
        if (reached === goal || ENDED.has(reached)) return finishWatch(report, reached, goal);
      }
      if (performance.now() > giveUpAt) {
        throw new CommandFailure(
          EXIT.wrongState,
          `job ${formatJobId(jobId)} is not there yet: ${report?.status ?? "unread"}`,
        );
      }
      await sleep(session.pollMs, undefined, { signal }).catch(() => undefined);
    }
    throw new CommandFailure(EXIT.interrupted, `stopped before job ${formatJobId(jobId)} got there`);
  });
}

function finishWatch(report: JobReport, reached: JobStatus, goal: JobStatus | undefined): void {
  if (goal === undefined || reached === goal) return;
  throw new CommandFailure(EXIT.wrongState, `job ${report.job} ended as ${report.status}`, { ...report });
}

/** A failing endpoint interrupts no watch. */
async function readWhenPossible(session: Session, jobId: bigint): Promise<JobReport | undefined> {
  try {
    return await readJob(session, jobId);
  } catch (error) {
    if (!isRpcFault(error)) throw error;
    return undefined;
  }
}

/** Puts back what the store has lost of a job that is not over. A failing endpoint interrupts no watch. */
async function keepWhenPossible(session: Session, jobId: bigint, { reporter }: ActionContext): Promise<void> {
  try {
    const { agreement } = await openJob(session, jobId);
    await putBack(session, agreement, reporter);
  } catch (error) {
    if (!isRpcFault(error)) throw error;
  }
}

function statusNamed(text: string | undefined): JobStatus | undefined {
  if (text === undefined) return undefined;
  const name = Object.keys(JobStatus).find((known) => known.toLowerCase() === text.toLowerCase());
  if (name === undefined || /^\d/.test(name)) throw new CommandFailure(EXIT.usage, `${text} is no state of a job`);
  return JobStatus[name as keyof typeof JobStatus];
}

interface SigningFlags extends CliFlags {
  readonly yes?: boolean;
}

/** What a command is about to do. */
interface Decision {
  readonly question: string;
  readonly intent: Intent;
  /** What has to be seen to first. */
  readonly before?: (sender: TransactionSender) => Promise<void>;
  /** What follows; its fields are part of the answer. */
  readonly after?: ((sender: TransactionSender) => Promise<Readonly<Record<string, unknown>>>) | undefined;
}

function onEscrow({ market }: Session, name: string, jobId: bigint, values: readonly unknown[]): Intent {
  return call(`${name}:${jobId}`, market.at.escrow, market.escrow.interface, name, [jobId, ...values]);
}

/** A command that checks a job's state, asks, and sends a transaction about it. */
async function decideOn(
  text: string,
  flags: SigningFlags,
  work: (at: { session: Session; jobId: bigint; job: OpenedJob; context: ActionContext }) => Promise<Decision>,
): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session } = opened;
    const jobId = parseJobId(text);
    const job = await openJob(session, jobId);
    const { question, intent, before, after } = await work({ session, jobId, job, context });
    if (flags.yes !== true) await confirm(question);
    const sender = await openAccount(opened, context);
    await before?.(sender);
    const mined = await sendReported(sender, intent, context.reporter);
    const more = await after?.(sender);
    const report = await readJob(session, jobId);
    const { timestamp } = await session.head();
    const { hash, gasUsed } = mined;
    context.reporter.answer(jobLines(report, timestamp), { ok: true, ...report, ...more, transaction: hash, gasUsed });
  });
}

function accept(text: string, flags: SigningFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job }) => {
    requireStatus(jobId, job.status, JobStatus.Delivered);
    const intent = onEscrow(session, "settle", jobId, [agreementStruct(job.agreement)]);
    return { question: "Accept the result and pay?", intent };
  });
}

interface RejectFlags extends SigningFlags {
  readonly reason: string;
  readonly segments?: boolean;
}

/** Consents to a look at a few segments of the result's chain. Before the case is opened: later it may be too late. */
async function consentToSegments(
  session: Session,
  sender: TransactionSender,
  jobId: bigint,
  { reporter }: ActionContext,
): Promise<void> {
  const length = await chainLength(session, jobId);
  if (length === 0)
    return reporter.news("noChain", "the result has no chain of checkpoints: the job is done again whole");
  try {
    // The last one is looked at anyway.
    await sendReported(sender, nameSegmentCall(session, jobId, length - 1), reporter);
  } catch (error) {
    if (!(error instanceof TransactionRefused)) throw error;
    // Somebody had a panel drawn first. The case goes on without it.
    reporter.news("segmentsRefused", `the job is done again whole: ${error.message}`);
  }
}

/** Rejects a result, and brings the dispute before the panel where one judges it. */
function reject(text: string, flags: RejectFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job, context }) => {
    const { agreement } = job;
    const isJudged = isForCourt(session, agreement);
    // Who judges does the job again: what cannot be had then speaks for the operator.
    await putBack(session, agreement, context.reporter);
    // An earlier command may have been cut short after the rejection.
    if (isJudged && job.status === JobStatus.Disputed) {
      const intent = courtCall(session, "openCase", jobId, agreement);
      return { question: "It is rejected already. Bring it before the panel?", intent };
    }
    requireStatus(jobId, job.status, JobStatus.Delivered);
    const bond = rejectionBondOf(agreement);
    const { digest } = await session.store.put(Buffer.from(flags.reason, "utf8"));
    const question = `Reject the result? A bond of ${formatTokens(bond)} tokens is taken, and returned when you are right.`;
    const intent = onEscrow(session, "reject", jobId, [agreementStruct(agreement), digest]);
    if (!isJudged) return { question, intent };
    const after = async (sender: TransactionSender): Promise<Readonly<Record<string, unknown>>> => {
      if (flags.segments === true) await consentToSegments(session, sender, jobId, context);
      return { caseOpened: await openCase(session, sender, jobId, agreement, context.reporter) };
    };
    return { question, intent, after };
  });
}

/** Challenges the result of an optimistic job, anyone's, and brings it before the panel where one judges it. */
function challenge(text: string, flags: ChallengeFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job, context }) => {
    const { agreement } = job;
    requireStatus(jobId, job.status, JobStatus.Delivered);
    if (agreement.terms.mode !== BigInt(JobMode.Optimistic)) {
      throw new CommandFailure(
        EXIT.wrongState,
        `job ${formatJobId(jobId)} is not optimistic: only its requester objects`,
      );
    }
    const bond = challengeBondOf(agreement);
    const { digest } = await session.store.put(Buffer.from(flags.reason, "utf8"));
    const leave = { authorise: flags.authorise === true, deposit: flags.deposit === true };
    return {
      question: `Challenge the result? A bond of ${formatTokens(bond)} tokens is taken, and returned when you are right.`,
      intent: onEscrow(session, "challenge", jobId, [agreementStruct(agreement), digest]),
      before: (sender) => provideFunds(session, sender, bond, leave, context.reporter),
      after: async (sender) => {
        const isJudged = isForCourt(session, agreement);
        const caseOpened = isJudged && (await openCase(session, sender, jobId, agreement, context.reporter));
        return { bond, caseOpened };
      },
    };
  });
}

/** Opens a canary whose operator delivered another result than the one that its note sealed. */
function accuse(text: string, flags: AppealFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job, context }) => {
    const { agreement } = job;
    requireStatus(jobId, job.status, JobStatus.Delivered);
    const { expectedDigest, salt } = openingOf(session, agreement);
    if ((await session.market.escrow.resultOf(jobId)) === expectedDigest) {
      throw new CommandFailure(EXIT.wrongState, `the result of job ${formatJobId(jobId)} is the one expected`);
    }
    const bond = canaryBondOf(agreement, job.word.drawFees);
    const leave = { authorise: flags.authorise === true, deposit: flags.deposit === true };
    return {
      question: `Open the canary? A bond of ${formatTokens(bond)} tokens is taken; it is the operator's if it was right.`,
      intent: onEscrow(session, "accuse", jobId, [agreementStruct(agreement), expectedDigest, salt]),
      before: (sender) => provideFunds(session, sender, bond, leave, context.reporter),
      after: async () => ({ bond, expectedDigest }),
    };
  });
}

/** Runs the keeper of a plan's canaries. The account is taken for each transaction only: other commands work beside it. */
async function canaries(path: string, flags: AppealFlags & { readonly once?: boolean }): Promise<void> {
  await runAction(flags, true, async (context) => {
    const opened = open(flags, context);
    const { session, config } = opened;
    const { reporter } = context;
    if (flags.yes !== true) await confirm("Post canaries by this plan, until the command is stopped?");
    await keepCanaries(path, {
      session,
      reporter,
      requester: (await openWallet(config.key)).address,
      withAccount: (work) => borrowAccount(opened, context, work),
      leave: { authorise: flags.authorise === true, deposit: flags.deposit === true },
      limits: { seconds: config.childSeconds, memoryMiB: config.childMemoryMiB },
      once: flags.once === true,
      onEnd: (cleanUp) => context.onEnd(cleanUp),
    });
  });
}

/** As `openAccount`, for a piece of work: the account is given back after it. */
async function borrowAccount<T>(
  opened: Opened,
  context: ActionContext,
  work: (sender: TransactionSender) => Promise<T>,
): Promise<T> {
  const cleanUps: (() => void | Promise<void>)[] = [];
  try {
    return await work(await openAccount(opened, { ...context, onEnd: (cleanUp) => cleanUps.unshift(cleanUp) }));
  } finally {
    for (const cleanUp of cleanUps) await cleanUp();
  }
}

interface AppealFlags extends SigningFlags {
  readonly authorise?: boolean;
  readonly deposit?: boolean;
}

interface ChallengeFlags extends AppealFlags {
  readonly reason: string;
}

/** Appeals the verdict of a panel that found the result valid. */
function appeal(text: string, flags: AppealFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job, context }) => {
    requireStatus(jobId, job.status, JobStatus.Disputed);
    await putBack(session, job.agreement, context.reporter);
    const { bond } = await appealable(session, jobId, job.agreement);
    const question = `Appeal the verdict? A bond of ${formatTokens(bond)} tokens is taken, and returned when it changes.`;
    const leave = { authorise: flags.authorise === true, deposit: flags.deposit === true };
    const court = { address: reviewOf(session).at.court, name: "court" };
    return {
      question,
      intent: courtCall(session, "appeal", jobId, job.agreement),
      before: (sender) => provideFunds(session, sender, bond, leave, context.reporter, court),
      after: async () => ({ bond, review: await readReview(session, jobId, job.agreement) }),
    };
  });
}

/** Takes a job back in the way that its state allows: cancel, close after expiry, or fetch the refund of a closed one. */
function cancel(text: string, flags: SigningFlags): Promise<void> {
  return decideOn(text, flags, async ({ session, jobId, job }) => {
    const struct = agreementStruct(job.agreement);
    if (job.status === JobStatus.Expired && job.word.refundDue) {
      return { question: "Fetch the refund?", intent: onEscrow(session, "refund", jobId, [struct]) };
    }
    requireStatus(jobId, job.status, JobStatus.Posted);
    const { ticket, front } = ticketOf(jobId, job.history);
    const isExpired = (await session.head()).timestamp > Number(job.agreement.terms.expiry);
    const name = isExpired ? "expire" : "cancel";
    return { question: "Take the job back?", intent: onEscrow(session, name, jobId, [struct, ticket, front]) };
  });
}

interface ResultFlags extends CliFlags {
  readonly check?: boolean;
  readonly out?: string;
}

async function result(text: string, flags: ResultFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config } = open(flags, context);
    const { reporter } = context;
    const jobId = parseJobId(text);
    const job = await openJob(session, jobId);
    const digest = await deliveredDigest(session, jobId, job);
    const limits = { seconds: config.childSeconds, memoryMiB: config.childMemoryMiB };
    const found = await inspectResult(session, job, digest, {
      reexecute: flags.check === true,
      limits,
      signal: stopSignal(),
      onProgress: (done, total) => reporter.detail("progress", { done, total }),
    });
    const { manifest } = found;
    const files =
      flags.out === undefined || manifest === undefined ? {} : await downloadResult(session, manifest, flags.out);
    const report = { ...found, files, job: formatJobId(jobId), jobId, checked: flags.check === true };
    if (flags.check === true && found.agrees === undefined) {
      throw new CommandFailure(EXIT.failed, "doing the job again did not come to a result: nothing is proven", report);
    }
    if (!found.ok) throw new CommandFailure(EXIT.checkFailed, resultLines(report), report);
    reporter.answer(resultLines(report), report);
  });
}

function resultLines(report: Awaited<ReturnType<typeof inspectResult>>): string {
  const { accuracy, problems, agrees, reexecuted, files, resultDigest } = report;
  const lines = [`result ${resultDigest}`];
  if (accuracy !== undefined) {
    const percent = ((100 * accuracy.correct) / accuracy.total).toFixed(2);
    lines.push(`  accuracy ${percent}% (${accuracy.correct} of ${accuracy.total}), recomputed from the result's files`);
  }
  for (const problem of problems) lines.push(`  wrong: ${problem}`);
  if (agrees === true) lines.push("  doing the job again gave the same result");
  if (agrees === false) lines.push(`  wrong: doing the job again gave ${reexecuted}`);
  for (const [name, path] of Object.entries(files)) lines.push(`  ${name}: ${path}`);
  return lines.join("\n");
}

async function account(flags: CliFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config } = open(flags, context);
    const { address } = await openWallet(config.key);
    const balances = await readBalances(session, address);
    const { vault, at } = session.market;
    const authorised = balances.account !== 0n && (await vault.isAuthorised(balances.account, at.escrow));
    const symbol = await tokenSymbol(session);
    const lines = [
      `${address}: vault account ${balances.account === 0n ? "none yet" : balances.account}`,
      `  in the vault ${formatTokens(balances.vault)} ${symbol}, in the wallet ${formatTokens(balances.wallet)} ${symbol}`,
      `  the escrow ${authorised ? "may" : "may not"} debit the account`,
    ];
    context.reporter.answer(lines.join("\n"), { ok: true, ...balances, authorised });
  });
}

async function move(
  flags: CliFlags & { readonly to?: string },
  amount: bigint,
  direction: "in" | "out",
): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session } = opened;
    const sender = await openAccount(opened, context);
    if (direction === "in") await deposit(session, sender, amount, context.reporter);
    else {
      const { vault, at } = session.market;
      const values = [amount, flags.to ?? sender.address];
      await sendReported(
        sender,
        call(`withdraw:${amount}`, at.vault, vault.interface, "withdraw", values),
        context.reporter,
      );
    }
    const balances = await readBalances(session, sender.address);
    context.reporter.answer(`in the vault now: ${formatTokens(balances.vault)} tokens`, { ok: true, ...balances });
  });
}

async function authorise(flags: CliFlags & { readonly revoke?: boolean }): Promise<void> {
  await runAction(flags, false, async (context) => {
    const opened = open(flags, context);
    const { session } = opened;
    const sender = await openAccount(opened, context);
    const { vault, at } = session.market;
    const allowed = flags.revoke !== true;
    const values = [at.escrow, allowed];
    const intent = call(`authorise:${allowed}`, at.vault, vault.interface, "setAuthorisation", values);
    await sendReported(sender, intent, context.reporter);
    context.reporter.answer(`the escrow ${allowed ? "may" : "may no longer"} debit the account`, { ok: true, allowed });
  });
}

function tokens(text: string): bigint {
  try {
    return parseTokens(text);
  } catch {
    throw new InvalidArgumentError("expected tokens, such as 12.5");
  }
}

function seconds(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError("expected seconds");
  return Number(text);
}

/** The requester's commands: `post`, `status`, `watch`, `accept`, `reject`, `challenge`, `accuse`, `canaries`, `appeal`, `cancel`, `result`, and those of the account. */
export function jobProgram(): Command {
  const program = new Command("job").description("Post jobs, follow them, and judge their results");
  const add = (name: string, description: string): Command =>
    withCommonFlags(program.command(name).description(description));
  const signing = (command: Command): Command => command.option("--yes", "do not ask");

  signing(add("post", "post a job from a job file"))
    .argument("<file>")
    .option("--quote", "show the price and stop")
    .option("--authorise", "let the escrow debit the vault account, if it may not yet")
    .option("--deposit", "deposit from the wallet what the vault account lacks")
    .action(post);
  add("status", "where a job stands").argument("<job>").action(status);
  add("watch", "follow a job until it ends")
    .argument("<job>")
    .option("--until <state>", "stop at this state, such as delivered")
    .option("--timeout <seconds>", "give up after this long", seconds)
    .action(watch);
  signing(add("accept", "accept a delivered result and pay")).argument("<job>").action(accept);
  signing(add("reject", "reject a delivered result, with a bond, and bring it before the panel where one judges"))
    .argument("<job>")
    .requiredOption("--reason <text>", "what is wrong; stored, and its digest posted")
    .option("--segments", "have a few segments of the result's chain done again instead of the whole job")
    .action(reject);
  signing(add("challenge", "challenge the result of anyone's optimistic job, with a bond"))
    .argument("<job>")
    .requiredOption("--reason <text>", "what is wrong; stored, and its digest posted")
    .option("--authorise", "let the escrow debit the vault account, if it may not yet")
    .option("--deposit", "deposit from the wallet what the vault account lacks")
    .action(challenge);
  signing(add("accuse", "open a canary that another result was delivered for, with a bond"))
    .argument("<job>")
    .option("--authorise", "let the escrow debit the vault account, if it may not yet")
    .option("--deposit", "deposit from the wallet what the vault account lacks")
    .action(accuse);
  signing(add("canaries", "post canaries by a plan, watch them, and open those that came out wrong, until stopped"))
    .argument("<plan>")
    .option("--authorise", "let the escrow debit the vault account, if it may not yet")
    .option("--deposit", "deposit from the wallet what the vault account lacks")
    .option("--once", "one round, then stop")
    .action(canaries);
  signing(add("appeal", "appeal the verdict of a panel that found a rejected result valid, with a bond"))
    .argument("<job>")
    .option("--authorise", "let the court debit the vault account, if it may not yet")
    .option("--deposit", "deposit from the wallet what the vault account lacks")
    .action(appeal);
  signing(add("cancel", "take a waiting job back, or fetch the refund of a closed one"))
    .argument("<job>")
    .action(cancel);
  add("result", "look at a delivered result")
    .argument("<job>")
    .option("--check", "do the job again and compare")
    .option("--out <folder>", "write its files here")
    .action(result);
  add("account", "balances of the account").action(account);
  add("deposit", "move tokens from the wallet into the vault account")
    .argument("<tokens>", "amount", tokens)
    .action((amount: bigint, flags: CliFlags) => move(flags, amount, "in"));
  add("withdraw", "move tokens out of the vault account")
    .argument("<tokens>", "amount", tokens)
    .option("--to <address>", "receiver; the account's holder when absent")
    .action((amount: bigint, flags: CliFlags & { to?: string }) => move(flags, amount, "out"));
  add("authorise", "let the escrow debit the vault account").option("--revoke", "no longer").action(authorise);
  return program;
}
