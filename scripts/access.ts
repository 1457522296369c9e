/**
 * `npm run access -- [--chain ID] [--rpc URL] [--manifest FILE] [--json] [--page FILE]`: who may call what in a deployment.
 * Sends nothing. Exit codes are those of src/agents/shared/exit.ts.
 */
import { runProgram } from "../src/agents/shared/cli";
import { accessProgram } from "../src/audit/command";

void runProgram(accessProgram(), process.argv);
