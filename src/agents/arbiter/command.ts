import { Command } from "commander";
import { WrongChain } from "../../chain/rpc";
import { lockFolder } from "../../chain/stateFile";
import { runAction, withCommonFlags, type CliFlags } from "../shared/cli";
import { loadConfig } from "../shared/config";
import { CommandFailure, EXIT } from "../shared/exit";
import { isPassing } from "../shared/failures";
import { runLoop, stopSignal } from "../shared/loop";
import { openSender, openSession, openWallet } from "../shared/session";
import { ArbiterAgent, arbiterConfigSchema } from "./agent";

interface ArbiterFlags extends CliFlags {
  readonly once?: boolean;
}

async function run(flags: ArbiterFlags): Promise<void> {
  await runAction(flags, true, async (context) => {
    const config = loadConfig(arbiterConfigSchema, flags, process.env);
    const { reporter } = context;
    const session = openSession(config, "arbiter", reporter);
    context.explain = session.explain;
    context.onEnd(() => session.close());
    context.onEnd(lockFolder(session.stateDir));
    const sender = openSender(session, await openWallet(config.key), "mined");
    if (!(await session.market.arbiter.isArbiter(sender.address))) {
      throw new CommandFailure(EXIT.wrongState, `${sender.address} is not an arbiter: governance has to name it`);
    }
    const signal = stopSignal();
    const agent = await ArbiterAgent.open({ session, sender, config, reporter, signal });
    reporter.news("ready", `arbiter ${sender.address} watches chain ${session.chain.chainId}`, {
      address: sender.address,
    });
    let isRecovered = false;
    const tick = async (): Promise<void> => {
      if (!isRecovered) await sender.recover();
      isRecovered = true;
      await agent.tick();
    };
    if (flags.once === true) return tick();
    await runLoop({
      pollMs: session.pollMs,
      signal,
      tick,
      onFailure: (error, failures) => {
        if (error instanceof WrongChain) return false;
        const reason = error instanceof Error ? error.message : String(error);
        reporter.news("roundFailed", `round failed (${failures} in a row): ${reason}`, { failures, reason });
        return isPassing(error);
      },
    });
  });
}

/** The arbiter's program: one command that runs until it is stopped. */
export function arbiterProgram(): Command {
  return withCommonFlags(new Command("arbiter"))
    .description("Do disputed jobs again and rule by the digest")
    .option("--once", "one round, then stop")
    .action(run);
}
