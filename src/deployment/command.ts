import { Command } from "commander";
import { runAction, type ActionContext } from "../agents/shared/cli";
import { EXIT_HELP } from "../agents/shared/exit";
import { CHAINS } from "../chain/chains";
import { applyAction } from "./commands/apply";
import { handoverAction } from "./commands/handover";
import type { DeployFlags } from "./commands/opening";
import { planAction } from "./commands/plan";
import { statusAction } from "./commands/status";
import { verifyAction } from "./commands/verify";
import { DEFAULT_PRESET, PRESET_IDS } from "./presets";

type Action = (flags: DeployFlags, context: ActionContext) => Promise<void>;

const ACTIONS: readonly (readonly [name: string, description: string, action: Action])[] = [
  ["plan", "predict addresses, check what the suite relies on, price every transaction; sends nothing", planAction],
  ["apply", "send what is left of the plan; safe to repeat, and to kill at any time", applyAction],
  ["handover", "give everything to the timelock and prove that the deployer has nothing left", handoverAction],
  ["verify", "publish the sources at Etherscan, Blockscout and Sourcify", verifyAction],
  ["status", "read everything again and compare it with the manifest", statusAction],
];

/** The deployment's program. */
export function deployProgram(): Command {
  const program = new Command("deploy").description("Deploy the suite, publish its sources, look after it");
  for (const [name, description, action] of ACTIONS) program.addCommand(subcommand(name, description, action));
  return program.addHelpText("after", EXIT_HELP);
}

function subcommand(name: string, description: string, action: Action): Command {
  return new Command(name)
    .description(description)
    .option("--network <name>", `one of ${CHAINS.map((chain) => chain.name).join(", ")} (default: local)`)
    .option("--preset <name>", `one of ${PRESET_IDS.join(", ")} (default: ${DEFAULT_PRESET})`)
    .option("--deployer <address>", "whose deployment, where no key is at hand (plan, verify, status)")
    .option("--yes", "do not ask before sending on a public chain")
    .option("--only <services>", "verify: etherscan, blockscout, sourcify, comma separated")
    .option("--config <file>", "JSON configuration")
    .option("--rpc <urls>", "endpoints, comma separated")
    .option("--manifest <file>", "where the addresses are (default: deployments/<chain id>.json)")
    .option("--state <folder>", "folder for the record of an unfinished deployment")
    .option("--json", "machine-readable output")
    .option("--verbose", "more news on standard error")
    .addHelpText("after", EXIT_HELP)
    .action((flags: DeployFlags) => runAction(flags, false, (context) => action(flags, context)));
}
