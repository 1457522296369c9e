/**
 * `npm run validator`: stake as a validator, sit on panels, and do disputed jobs again. Exit codes are those of
 * src/agents/shared/exit.ts. Keys come from the environment or keystores, never from an argument.
 */
import { runProgram } from "../src/agents/shared/cli";
import { validatorProgram } from "../src/agents/validator/command";

void runProgram(validatorProgram(), process.argv);
