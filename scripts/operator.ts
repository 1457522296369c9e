/**
 * `npm run operator -- <command>`: stake a GPU and work for it. `--help` lists the commands; exit codes are those of
 * src/agents/shared/exit.ts. Keys come from the environment or a keystore, never from an argument.
 */
import { operatorProgram } from "../src/agents/operator/command";
import { runProgram } from "../src/agents/shared/cli";

void runProgram(operatorProgram(), process.argv);
