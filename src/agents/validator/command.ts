import { Command, InvalidArgumentError } from "commander";
import { isAddress, MaxUint256 } from "ethers";
import { WrongChain } from "../../chain/rpc";
import type { TransactionSender } from "../../chain/sender";
import { lockFolder } from "../../chain/stateFile";
import { formatTokens, parseTokens } from "../../protocol/amounts";
import { domainSet } from "../../protocol/review";
import { runAction, withCommonFlags, type ActionContext, type CliFlags } from "../shared/cli";
import { loadConfig } from "../shared/config";
import { runLoop, stopSignal } from "../shared/loop";
import { isPassing } from "../shared/failures";
import { call, openAccountOf, withdrawBalance } from "../shared/money";
import { openSender, openSession, openWallet, reviewOf, sendReported, type Session } from "../shared/session";
import { validatorConfigSchema, type ValidatorConfig } from "./config";
import { readValidator, registerValidator, validatorFor, validatorLines } from "./stake";
import { validatorStateFile } from "./state";

interface Opened {
  readonly session: Session;
  readonly config: ValidatorConfig;
  /** The sender of the working key, or of the owner's. */
  senderOf(who: "operator" | "owner"): Promise<TransactionSender>;
}

function open(flags: CliFlags, context: ActionContext): Opened {
  const config = loadConfig(validatorConfigSchema, flags, process.env);
  const session = openSession(config, "validator", context.reporter);
  context.explain = session.explain;
  context.onEnd(() => session.close());
  reviewOf(session);
  const senderOf = async (who: "operator" | "owner"): Promise<TransactionSender> => {
    const wallet = await openWallet(who === "owner" ? (config.ownerKey ?? config.key) : config.key);
    const sender = openSender(session, wallet, "settled");
    await sender.recover();
    return sender;
  };
  return { session, config, senderOf };
}

interface RunFlags extends CliFlags {
  readonly once?: boolean;
}

async function run(flags: RunFlags): Promise<void> {
  await runAction(flags, true, async (context) => {
    const { session, config } = open(flags, context);
    const { reporter } = context;
    context.onEnd(lockFolder(session.stateDir));
    const sender = openSender(session, await openWallet(config.key), "mined");
    const validator = await validatorFor(session, sender.address, config.validator);
    // The worker is loaded only where it is needed: the other commands start faster without it.
    const { ValidatorAgent } = require("./agent") as typeof import("./agent");
    const agent = await ValidatorAgent.open({ session, sender, config, reporter, validator });
    context.onEnd(() => agent.close());
    const signal = stopSignal();
    reporter.news("ready", `validator ${validator} (${sender.address}) watches chain ${session.chain.chainId}`, {
      address: sender.address,
      validator,
      seats: agent.seats.length,
      cases: agent.cases.length,
    });
    let isReady = false;
    const tick = async (): Promise<void> => {
      if (!isReady) {
        await sender.recover();
        // Whoever draws is paid into the account of the very key that called.
        if (config.keep) await openAccountOf(session, sender, reporter);
      }
      isReady = true;
      await agent.tick();
    };
    if (flags.once === true) return runOnce(agent, tick);
    await runLoop({
      pollMs: session.pollMs,
      signal,
      tick,
      onFailure: (error, failures) => {
        if (error instanceof WrongChain) return false;
        const refusal = session.explain(error);
        const reason = refusal?.sentence ?? (error instanceof Error ? error.message : String(error));
        reporter.news("roundFailed", `round failed (${failures} in a row): ${reason}`, { failures, reason });
        return isPassing(error) || refusal !== undefined;
      },
    });
  });
}

/** One round with its work, and one that seals what came of it. */
async function runOnce(agent: { idle(): Promise<void> }, tick: () => Promise<void>): Promise<void> {
  await tick();
  await agent.idle();
  await tick();
}

interface RegisterFlags extends CliFlags {
  readonly stake?: bigint;
  readonly domains: number;
  readonly operator?: string;
  readonly approve?: boolean;
}

async function register(flags: RegisterFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config, senderOf } = open(flags, context);
    const sender = await senderOf("owner");
    const operator = flags.operator ?? (await openWallet(config.key)).address;
    const offer = { operator, domains: flags.domains, stake: flags.stake };
    const approve = flags.approve === true;
    const { validator, isNew } = await registerValidator(session, sender, offer, approve, context.reporter);
    const report = await readValidator(session, validator);
    const sentence = `validator ${validator} ${isNew ? "is registered" : "was registered already"}`;
    context.reporter.answer(`${sentence}\n${validatorLines(report)}`, { ok: true, isNew, ...report });
  });
}

async function status(flags: CliFlags): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config } = open(flags, context);
    const state = validatorStateFile(session).read();
    const named = config.validator === undefined ? state?.validator : BigInt(config.validator);
    const validator = named ?? (await session.market.vault.accountOf((await openWallet(config.key)).address));
    const report = await readValidator(session, validator);
    const seats = (state?.seats ?? []).map(({ question, round, jobId, looks, votes, silent }) => {
      // A vote is secret until it is revealed: whether there is one is all that is shown.
      return { question, round, jobId, looks, hasVote: votes.length > 0, silent };
    });
    const cases = (state?.cases ?? []).map(({ question, jobId }) => ({ question, jobId }));
    const text = `${validatorLines(report)}\n${seats.length} seats and ${cases.length} cases at hand`;
    context.reporter.answer(text, { ok: true, ...report, seats, cases });
  });
}

/** A command that sends one transaction of the registry and shows the validator afterwards. */
async function change(
  flags: CliFlags,
  who: "operator" | "owner",
  name: "setAvailable" | "beginUnbond" | "cancelUnbond" | "withdraw",
  values: (validator: bigint, sender: TransactionSender) => readonly unknown[],
): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, config, senderOf } = open(flags, context);
    const { validators, at } = reviewOf(session);
    const sender = await senderOf(who);
    const validator = await validatorFor(session, sender.address, config.validator);
    const key = `${name}:${validator}`;
    const intent = call(key, at.validators, validators.interface, name, values(validator, sender));
    const { hash } = await sendReported(sender, intent, context.reporter);
    const report = await readWhatIsLeft(session, validator);
    const text = report === undefined ? `validator ${validator} has left` : validatorLines(report);
    context.reporter.answer(text, { ok: true, validator, ...report, transaction: hash });
  });
}

/** Who withdrew everything is no validator any more. */
async function readWhatIsLeft(
  session: Session,
  validator: bigint,
): Promise<Awaited<ReturnType<typeof readValidator>> | undefined> {
  const { stake, unbonding, openSeats } = await reviewOf(session).validators.validatorOf(validator);
  return stake + unbonding === 0n && openSeats === 0n ? undefined : readValidator(session, validator);
}

async function earnings(flags: CliFlags & { amount?: bigint; to?: string }): Promise<void> {
  await runAction(flags, false, async (context) => {
    const { session, senderOf } = open(flags, context);
    const sender = await senderOf("owner");
    const to = flags.to ?? sender.address;
    const amount = await withdrawBalance(session, sender, to, flags.amount, context.reporter);
    context.reporter.answer(`withdrew ${formatTokens(amount)} tokens to ${to}`, { ok: true, amount, to });
  });
}

function tokens(text: string): bigint {
  try {
    return parseTokens(text);
  } catch {
    throw new InvalidArgumentError("expected tokens, such as 12.5");
  }
}

function domains(text: string): number {
  if (!/^\d{1,2}(,\d{1,2})*$/.test(text)) throw new InvalidArgumentError("expected domains, such as 0 or 0,3");
  try {
    return domainSet(text.split(",").map(Number));
  } catch {
    throw new InvalidArgumentError("expected domains from 0 to 31");
  }
}

function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError("expected an address");
  return text;
}

/** The validator's commands: `register`, `run`, `status`, `pause`, `resume`, `unbond`, `withdraw`, `earnings`. */
export function validatorProgram(): Command {
  const program = new Command("validator").description("Stake, sit on panels, and do disputed jobs again");
  const add = (name: string, description: string): Command =>
    withCommonFlags(program.command(name).description(description));

  add("run", "follow the chain, vote on the panels drawn, and move cases on")
    .option("--once", "one round with its work, then stop")
    .action(run);
  add("register", "stake as a validator")
    .option("--stake <tokens>", "stake; the minimum when absent", tokens)
    .requiredOption("--domains <list>", "domains that are reviewed, such as 0 or 0,3", domains)
    .option("--operator <address>", "working key; the configured key when absent", address)
    .option("--approve", "allow the registry to take exactly the stake")
    .action(register);
  add("status", "stake, accuracy, seats and earnings").action(status);
  add("pause", "be drawn for no question asked from now on; panels that are drawn go on").action((flags: CliFlags) =>
    change(flags, "operator", "setAvailable", (validator) => [validator, false]),
  );
  add("resume", "be drawn again, at least 3 days after the pause").action((flags: CliFlags) =>
    change(flags, "operator", "setAvailable", (validator) => [validator, true]),
  );
  add("unbond", "begin to take stake out; all of it when no amount is given")
    .option("--amount <tokens>", "part of the stake", tokens)
    .action((flags: CliFlags & { amount?: bigint }) =>
      change(flags, "owner", "beginUnbond", (validator) => [validator, flags.amount ?? MaxUint256]),
    );
  add("cancel-unbond", "return stake that is unbonding to the stake in force").action((flags: CliFlags) =>
    change(flags, "owner", "cancelUnbond", (validator) => [validator]),
  );
  add("withdraw", "take out stake that has unbonded")
    .option("--to <address>", "receiver; the owner when absent", address)
    .action((flags: CliFlags & { to?: string }) =>
      change(flags, "owner", "withdraw", (validator, sender) => [validator, flags.to ?? sender.address]),
    );
  add("earnings", "move earnings out of the vault")
    .option("--amount <tokens>", "part of the earnings", tokens)
    .option("--to <address>", "receiver; the owner when absent", address)
    .action(earnings);
  return program;
}
