/**
 * `npm run rehearse -- [--network base-sepolia|polygon-amoy] [--from N] [--to N] [--every N]`: deploys and hands over on a
 * chain like the public one, killed with SIGKILL at each transaction in turn, and compares with an undisturbed run. Each kill
 * takes one of four forms: mined or left in the pool, state kept or lost. All of them take most of an hour.
 */
import { parseArgs } from "node:util";
import { CHAINS } from "../src/chain/chains";
import { outcomeFindings, Rehearsal } from "../src/deployment/rehearsal/rehearse";
import { failWith } from "../src/toolchain/run";

const COMMANDS = ["apply", "handover"] as const;

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      network: { type: "string", default: "base-sepolia" },
      from: { type: "string", default: "1" },
      to: { type: "string" },
      every: { type: "string", default: "1" },
    },
  });
  const chain = CHAINS.find(({ name, isLocal }) => name === values.network && !isLocal);
  if (chain === undefined) throw new Error(`there is no public network ${values.network}`);
  const stage = await Rehearsal.start(chain);
  let failures = 0;
  try {
    const undisturbed = await stage.undisturbed(COMMANDS);
    console.log(`undisturbed on ${chain.name}: ${undisturbed.nonce} transactions`);
    const last = values.to === undefined ? undisturbed.nonce : Number(values.to);
    for (let at = Number(values.from); at <= last; at += Number(values.every)) {
      const killing = { at, inPool: at % 2 === 0, losesState: at % 4 >= 2 };
      const findings = outcomeFindings(undisturbed, await stage.killed(killing, COMMANDS));
      if (findings.length !== 0) failures++;
      const place = killing.inPool ? "in the pool" : "mined";
      const state = killing.losesState ? "lost" : "kept";
      console.log(
        `killed at ${at} (${place}, state ${state}): ${findings.length === 0 ? "same" : findings.join("; ")}`,
      );
    }
  } finally {
    await stage.stop();
  }
  console.log(`rehearse: ${failures} findings`);
  return failures === 0 ? 0 : 1;
}

main(process.argv.slice(2)).then((code) => process.exit(code), failWith);
