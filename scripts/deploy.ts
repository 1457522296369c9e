/**
 * `npm run deploy -- --network <name>`: deploy the suite, or go on where an earlier run stopped. Exit codes are those of
 * src/agents/shared/exit.ts. The key comes from the environment or a keystore, never from an argument.
 */
import { runProgram } from "../src/agents/shared/cli";
import { deployProgram } from "../src/deployment/command";

void runProgram(deployProgram(), process.argv);
