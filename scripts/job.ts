/**
 * `npm run job -- <command>`: post jobs, follow them, judge their results. `--help` lists the commands; exit codes are those
 * of src/agents/shared/exit.ts. Keys come from the environment or a keystore, never from an argument.
 */
import { jobProgram } from "../src/agents/requester/command";
import { runProgram } from "../src/agents/shared/cli";

void runProgram(jobProgram(), process.argv);
