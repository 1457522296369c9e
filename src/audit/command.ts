/** `npm run access`: asks a deployment who may call what, and fails where the deployer has kept a right. */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { runAction, withCommonFlags, type CliFlags } from "../agents/shared/cli";
import { baseConfigShape, endpointsOf, loadConfig, manifestOf } from "../agents/shared/config";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { chainOf } from "../chain/chains";
import { addressSchema, readManifest, type Manifest } from "../chain/manifest";
import { RpcClient } from "../chain/rpc";
import { interfaceOf } from "../deployment/contracts";
import { addressesOf } from "../deployment/manifest";
import type { ContractName } from "../deployment/contracts";
import { accessFaults, accessOf, STRANGER, type Subject } from "./access";
import { accessLines, accessPage } from "./document";

interface Flags extends CliFlags {
  readonly deployer?: string;
  readonly page?: string;
}

const configSchema = z.strictObject(baseConfigShape);

async function access(flags: Flags): Promise<void> {
  await runAction(flags, false, async ({ reporter, onEnd }) => {
    const config = loadConfig(configSchema, flags, process.env);
    const manifest = readManifest(manifestOf(config));
    const deployer = deployerOf(flags, manifest);
    const timelock = timelockOf(manifest);
    const rpc = new RpcClient({ urls: endpointsOf(config), chain: chainOf(config.chainId) });
    onEnd(() => rpc.destroy());
    const findings = await accessOf(subjectsOf(manifest), { stranger: STRANGER, deployer, timelock }, rpc);
    const faults = accessFaults(findings);
    if (flags.page !== undefined) writeFileSync(flags.page, accessPage(findings));
    const verdict =
      faults.length === 0
        ? `${findings.length} functions: the deployer may do nothing that a stranger may not`
        : `${faults.length} faults:\n${faults.join("\n")}`;
    reporter.answer(`${accessLines(findings)}\n${verdict}`, {
      ok: faults.length === 0,
      ...(faults.length === 0 ? {} : { exitCode: EXIT.checkFailed }),
      faults,
      findings,
    });
    if (faults.length > 0) process.exitCode = EXIT.checkFailed;
  });
}

/** The contracts of a manifest that this version has the ABIs of. */
export function subjectsOf(manifest: Manifest): Subject[] {
  const rows = Object.entries(addressesOf(manifest)) as [ContractName, string][];
  return rows.map(([name, address]) => ({ name, address, abi: interfaceOf(name) }));
}

function deployerOf({ deployer }: Flags, manifest: Manifest): string {
  const found = addressSchema.safeParse(deployer ?? manifest["deployer"]);
  if (found.success) return found.data;
  throw new CommandFailure(EXIT.usage, "the manifest names no deployer: give --deployer");
}

function timelockOf(manifest: Manifest): string {
  const { CommonsTimelock: timelock } = addressesOf(manifest);
  if (timelock !== undefined) return timelock;
  throw new CommandFailure(EXIT.usage, "the manifest names no CommonsTimelock");
}

/** The program. */
export function accessProgram(): Command {
  return withCommonFlags(
    new Command("access").description("Ask every function of a deployment as stranger, deployer and timelock"),
  )
    .option("--deployer <address>", "who deployed, where the manifest does not say")
    .option("--page <file>", "also write the findings as a Markdown page")
    .action(access);
}
