/**
 * `npm run arbiter`: do disputed jobs again and rule by the digest. Exit codes are those of src/agents/shared/exit.ts. The key comes from the
 * environment or a keystore, never from an argument.
 */
import { arbiterProgram } from "../src/agents/arbiter/command";
import { runProgram } from "../src/agents/shared/cli";

void runProgram(arbiterProgram(), process.argv);
