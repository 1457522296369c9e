/**
 * `npm run keeper`: keep the market moving for pay. Exit codes are those of src/agents/shared/exit.ts. The key comes from the
 * environment or a keystore, never from an argument.
 */
import { keeperProgram } from "../src/agents/keeper/command";
import { runProgram } from "../src/agents/shared/cli";

void runProgram(keeperProgram(), process.argv);
