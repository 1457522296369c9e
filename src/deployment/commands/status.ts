import type { ActionContext } from "../../agents/shared/cli";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { codeFault } from "../code";
import { changeSince } from "../manifest";
import { Reader } from "../reader";
import { differencesOf, type Difference } from "../snapshot";
import { ownersFaults } from "./acts";
import { stateOf } from "./apply";
import { disputesLine, readDisputes } from "./disputes";
import { explained, open, type DeployFlags, type Undertaking } from "./opening";

/** `status`: reads everything again and compares it with the manifest. */
export async function statusAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const undertaking = await open(flags, context);
  const { record, manifest, chain, rpc, plan } = undertaking;
  if (record === undefined) {
    throw new CommandFailure(EXIT.notFound, `${manifest} tells of no deployment on this ${chain.name}`);
  }
  const change = changeSince(record, plan);
  const isOurs = change === undefined;
  const wrongCode = isOurs ? await explained(context, codeFaults(undertaking)) : [];
  const faults = isOurs
    ? [...wrongCode, ...(await explained(context, ownersFaults(undertaking, record)))]
    : [`the sources here are not those of the deployment: ${change}`];
  const state = isOurs ? await explained(context, stateOf(undertaking)) : undefined;
  const isReadable = isOurs && wrongCode.length === 0;
  const reader = new Reader(rpc, plan.creations);
  const disputes = isReadable ? await explained(context, readDisputes(reader, plan)) : undefined;
  const differences = state === undefined ? [] : differencesOf(record.state, state);
  const grave = differences.filter(({ isMoving }) => !isMoving);
  const isAsRecorded = faults.length === 0 && grave.length === 0;
  const text = [
    ...faults,
    ...differences.map(lineOf),
    `${Object.keys(record.contracts).length} contracts and ${Object.keys(state ?? {}).length} answers on ${chain.name} (block ${await rpc.getBlockNumber()}): ` +
      (isAsRecorded ? "as the manifest says" : `${faults.length + grave.length} are not as the manifest says`),
    ...(disputes === undefined ? [] : [disputesLine(disputes)]),
    `owner is ${record.handedOver ? "the timelock" : `the deployer, ${record.deployer}`}`,
  ].join("\n");
  context.reporter.answer(text, {
    ok: isAsRecorded,
    ...(isAsRecorded ? {} : { exitCode: EXIT.checkFailed }),
    network: chain.name,
    chainId: chain.chainId,
    deployer: record.deployer,
    handedOver: record.handedOver,
    faults,
    differences,
    state,
    disputes,
  });
  if (!isAsRecorded) process.exitCode = EXIT.checkFailed;
}

function lineOf({ what, expected, found, isMoving }: Difference): string {
  return `${what}: ${found}, the manifest says ${expected}${isMoving ? " (balances move)" : ""}`;
}

/** Contracts whose code is not what the sources make. */
async function codeFaults({ rpc, plan }: Undertaking): Promise<readonly string[]> {
  const found = [...plan.creations.values()].map(async ({ name, address, bytecode }) => {
    const code = await rpc.getCode(address);
    const fault = code === "0x" ? "nothing" : codeFault(bytecode, code, address);
    return fault === undefined ? [] : [`${name} at ${address} has ${fault}`];
  });
  return (await Promise.all(found)).flat();
}
