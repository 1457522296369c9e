/**
 * `npm run govern -- propose|vote|queue|execute|cancel|status|decode|delegate|pause`: governance of a deployment. Exit codes are those of
 * src/agents/shared/exit.ts. The key comes from the environment or a keystore, never from an argument.
 */
import { runProgram } from "../src/agents/shared/cli";
import { governProgram } from "../src/governance/command";

void runProgram(governProgram(), process.argv);
