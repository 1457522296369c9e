import type { ActionContext } from "../../agents/shared/cli";
import { CommandFailure, EXIT } from "../../agents/shared/exit";
import { ROOT } from "../../toolchain/run";
import type { ContractName } from "../contracts";
import { changeSince, saveRecord, type DeploymentRecord } from "../manifest";
import { CompiledSources } from "../verification/compiled";
import { PATIENCE, ServiceFault, type Patience } from "../verification/http";
import { payloadOf } from "../verification/payload";
import { clientOf, ETHERSCAN_KEY_ENV, type VerificationClient } from "../verification/service";
import { explained, open, type DeployFlags, type Undertaking } from "./opening";

interface Row {
  readonly contract: string;
  readonly service: string;
  readonly verified: boolean;
  readonly page?: string;
  readonly reason?: string;
}

/** `verify`: publishes the sources of every contract at every service of the chain, and notes the pages in the manifest. */
export async function verifyAction(flags: DeployFlags, context: ActionContext): Promise<void> {
  const undertaking = await open(flags, context);
  const { record, manifest, chain } = undertaking;
  if (record === undefined) {
    throw new CommandFailure(EXIT.notFound, `${manifest} tells of no deployment on this ${chain.name}`);
  }
  const change = changeSince(record, undertaking.plan);
  if (change !== undefined) {
    throw new CommandFailure(EXIT.checkFailed, `the sources here are not those of the deployment: ${change}`);
  }
  const clients = clientsOf(undertaking, flags, context);
  const rows: Row[] = [];
  let noted: DeploymentRecord = record;
  const sources = new CompiledSources(ROOT);
  for (const creation of undertaking.plan.creations.values()) {
    const payload = await explained(
      context,
      Promise.resolve().then(() => payloadOf(sources.read(creation.contract), creation)),
    );
    for (const client of clients) {
      const row = await verified(client, payload);
      rows.push(row);
      if (row.page !== undefined && row.verified) saveRecord(manifest, (noted = noteIn(noted, creation.name, row)));
      const end = row.verified ? "verified" : `not verified: ${row.reason}`;
      context.reporter.news("verification", `${row.contract} at ${row.service}: ${end}`, { ...row });
    }
  }
  const failed = rows.filter((row) => !row.verified);
  const text = `${rows.length - failed.length} of ${rows.length} verifications are there on ${chain.name}`;
  const isDone = failed.length === 0;
  const exitCode = failed.some(({ page }) => page === undefined) ? EXIT.chain : EXIT.checkFailed;
  context.reporter.answer(text, { ok: isDone, ...(isDone ? {} : { exitCode }), network: chain.name, rows });
  if (!isDone) process.exitCode = exitCode;
}

async function verified(client: VerificationClient, payload: ReturnType<typeof payloadOf>): Promise<Row> {
  const place = { contract: payload.name, service: client.kind };
  try {
    const outcome = await client.verify(payload);
    const { page } = outcome;
    return outcome.verified
      ? { ...place, verified: true, page }
      : { ...place, verified: false, page, reason: outcome.reason };
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    return { ...place, verified: false, reason: error.message };
  }
}

function noteIn(record: DeploymentRecord, name: ContractName, { service, page }: Row): DeploymentRecord {
  const contract = record.contracts[name];
  if (contract === undefined || page === undefined) return record;
  const noted = { ...contract, verified: { ...contract.verified, [service]: page } };
  return { ...record, contracts: { ...record.contracts, [name]: noted } };
}

function clientsOf({ chain, config }: Undertaking, flags: DeployFlags, context: ActionContext): VerificationClient[] {
  const key = process.env[ETHERSCAN_KEY_ENV];
  const asked = flags.only?.split(",").map((name) => name.trim());
  const all = (config.verifiers ?? chain.verifiers).filter(({ kind }) => asked?.includes(kind) ?? true);
  const usable = all.filter(({ kind }) => kind !== "etherscan" || key !== undefined);
  if (usable.length < all.length) {
    context.reporter.news("skipped", `etherscan is left out: ${ETHERSCAN_KEY_ENV} is not set`);
  }
  if (usable.length === 0) throw new CommandFailure(EXIT.usage, `no service to verify at on ${chain.name}`);
  const patience: Patience = config.pollMs === undefined ? PATIENCE : { ...PATIENCE, pollMs: config.pollMs };
  return usable.map((verifier) => clientOf(verifier, chain.chainId, key, patience));
}
