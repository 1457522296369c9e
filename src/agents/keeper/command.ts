import { Command, InvalidArgumentError } from "commander";
import { WrongChain } from "../../chain/rpc";
import { lockFolder } from "../../chain/stateFile";
import { runAction, withCommonFlags, type CliFlags } from "../shared/cli";
import { loadConfig, type CommonFlags } from "../shared/config";
import { isPassing } from "../shared/failures";
import { runLoop, stopSignal } from "../shared/loop";
import { openSender, openSession, openWallet } from "../shared/session";
import { KeeperAgent } from "./agent";
import { keeperConfigSchema, type KeeperConfig } from "./config";

interface KeeperFlags extends CliFlags {
  readonly always?: boolean;
  readonly tokenPrice?: string;
  readonly once?: boolean;
}

/** The configuration with this command's own flags on top. */
function configOf(flags: KeeperFlags): KeeperConfig {
  const { always, tokenPrice } = flags;
  const extra = { ...(always === true ? { always } : {}), ...(tokenPrice === undefined ? {} : { tokenPrice }) };
  return loadConfig(keeperConfigSchema, flags as CommonFlags, process.env, extra);
}

async function run(flags: KeeperFlags): Promise<void> {
  await runAction(flags, true, async (context) => {
    const config = configOf(flags);
    const { reporter } = context;
    const session = openSession(config, "keeper", reporter);
    context.explain = session.explain;
    context.onEnd(() => session.close());
    context.onEnd(lockFolder(session.stateDir));
    const sender = openSender(session, await openWallet(config.key), "mined");
    const keeper = await KeeperAgent.open({ session, sender, config, reporter });
    const signal = stopSignal();
    reporter.news("ready", `keeper ${sender.address} watches chain ${session.chain.chainId}`, {
      address: sender.address,
    });
    let isReady = false;
    const tick = async (): Promise<void> => {
      if (!isReady) {
        await sender.recover();
        await keeper.openAccount();
      }
      isReady = true;
      await keeper.tick();
    };
    if (flags.once === true) return tick();
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

/** The keeper's program: one command that runs until it is stopped. */
export function keeperProgram(): Command {
  return withCommonFlags(new Command("keeper"))
    .description("Keep the market moving for pay: request rounds, draw, end what is overdue")
    .option("--always", "do everything that can be done, whether or not it pays")
    .option("--token-price <coins>", "what a token is worth in native coin, such as 0.00001", decimal)
    .option("--once", "one round, then stop")
    .action(run);
}

function decimal(text: string): string {
  if (!/^\d{1,20}(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError("expected a number such as 0.00001");
  return text;
}
