/**
 * `npm run tokenomics -- [--preset X] [--json] [--svg FILE] [--csv FILE] [--docs]`: the table of a preset, the proof of its
 * sum, and its release curve. Exit codes are those of src/agents/shared/exit.ts.
 */
import { runProgram } from "../src/agents/shared/cli";
import { tokenomicsProgram } from "../src/economy/command";

void runProgram(tokenomicsProgram(), process.argv);
