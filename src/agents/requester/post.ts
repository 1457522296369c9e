import { randomBytes } from "node:crypto";
import { TransactionRefused, type Mined, type TransactionSender } from "../../chain/sender";
import type { Agreement } from "../../protocol/agreement";
import { JobMode } from "../../protocol/status";
import { formatTokens, gweiUp, weiOf } from "../../protocol/amounts";
import type { Quote } from "../../protocol/quote";
import { digestSchema } from "../../store";
import type { JobOffer } from "../../workload/execute";
import { CommandFailure, EXIT } from "../shared/exit";
import { approvalFor, call, readBalances } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";
import { sealCanary } from "./canary";
import { freeRing, postedIn } from "./jobs";
import type { JobFile, ServiceContent } from "./jobFile";

/** What may be done on the way to a posting, beyond the posting itself. */
export interface Leave {
  /** Let the escrow, or the court, debit the vault account. */
  readonly authorise: boolean;
  /** Deposit what is missing from the wallet. */
  readonly deposit: boolean;
}

const ANY_REGION = 255;
/** Ring indices tried when other postings take them first. */
const RING_TRIES = 16;

/** What a service fixes, and what its units cost. Throws the catalogue's refusal of an unknown service. */
export async function readOffer(
  session: Session,
  job: JobFile,
): Promise<{ service: ServiceContent; classId: bigint; quoteFor: (units: number) => Promise<Quote> }> {
  const { catalog } = session.market;
  const found = await catalog.serviceOf(job.service);
  if (found.model === 0n) throw new CommandFailure(EXIT.notFound, `there is no service ${job.service}`);
  const service = {
    modelHash: digestSchema.parse(found.modelHash),
    datasetHash: digestSchema.parse(found.datasetHash),
  };
  const quoteFor = async (units: number): Promise<Quote> => {
    const quote = await catalog.quote(job.service, units, job.namedGpu !== undefined);
    const { compute, modelRoyalty, datasetRoyalty, drawUnit, drawReserve, reviewFee, protocolFee, total } = quote;
    return { compute, modelRoyalty, datasetRoyalty, drawUnit, drawReserve, reviewFee, protocolFee, total };
  };
  return { service, classId: found.classId, quoteFor };
}

/** A contract that debits vault accounts, and what people call it. */
export interface Spender {
  readonly address: string;
  readonly name: string;
}

/** Sees to it that the account can pay and the spender may debit it, as far as leave was given. */
export async function provideFunds(
  session: Session,
  sender: TransactionSender,
  total: bigint,
  leave: Leave,
  reporter: Reporter,
  spender: Spender = { address: session.market.at.escrow, name: "escrow" },
): Promise<void> {
  const { vault, at } = session.market;
  const balances = await readBalances(session, sender.address);
  const missing = total - balances.vault;
  if (missing > 0n) {
    if (!leave.deposit) {
      const sentence = `the vault account lacks ${formatTokens(missing)} tokens: deposit them, or add --deposit`;
      throw new CommandFailure(EXIT.funds, sentence, { missing, balance: balances.vault, wallet: balances.wallet });
    }
    await deposit(session, sender, weiOf(gweiUp(missing)), reporter);
  }
  const account = balances.account === 0n ? await vault.accountOf(sender.address) : balances.account;
  const { address, name } = spender;
  if (await vault.isAuthorised(account, address)) return;
  if (!leave.authorise) {
    const sentence = `the ${name} may not debit the vault account yet: add --authorise`;
    throw new CommandFailure(EXIT.funds, sentence, { account });
  }
  const intent = call(`authorise:${address}`, at.vault, vault.interface, "setAuthorisation", [address, true]);
  await sendReported(sender, intent, reporter);
}

/** Moves tokens from the wallet into the vault account, with exactly the allowance needed. */
export async function deposit(
  session: Session,
  sender: TransactionSender,
  amount: bigint,
  reporter: Reporter,
): Promise<void> {
  const { vault, at } = session.market;
  const approval = await approvalFor(session, sender.address, at.vault, amount);
  if (approval !== undefined) await sendReported(sender, approval, reporter);
  const values = [sender.address, amount];
  await sendReported(sender, call(`deposit:${amount}`, at.vault, vault.interface, "depositFor", values), reporter);
}

/** A posting that is on the chain. */
export interface Posted {
  readonly jobId: bigint;
  readonly agreement: Agreement;
  readonly total: bigint;
  readonly mined: Mined;
}

/** Whether a posting asks for the very work of an offer. */
export function isPostingOf({ agreement }: Posted, offer: JobOffer, units: number): boolean {
  const { inputDigest, modelHash, terms } = agreement;
  return inputDigest === offer.inputDigest && modelHash === offer.modelDigest && terms.units === BigInt(units);
}

/** Posts a job at a free ring index; goes on to the next one when another posting took it first. */
export async function postJob(
  session: Session,
  sender: TransactionSender,
  job: JobFile,
  offer: JobOffer,
  quote: Quote,
  reporter: Reporter,
): Promise<Posted> {
  const { escrow, vault, at } = session.market;
  const account = await vault.accountOf(sender.address);
  const note = noteOf(session, sender.address, job, offer);
  const taken = new Set<number>();
  for (let tries = 1; ; tries++) {
    const ring = job.ring ?? (await freeRing(session, account, taken));
    const request = await requestOf(session, job, offer, quote, ring, note);
    try {
      const mined = await sendReported(
        sender,
        call(`post:${note}`, at.escrow, escrow.interface, "post", [request]),
        reporter,
      );
      const posted = postedIn(mined.logs);
      if (posted === undefined) throw new CommandFailure(EXIT.failed, `transaction ${mined.hash} posted nothing`);
      return { ...posted, mined };
    } catch (error) {
      const isBusy = error instanceof TransactionRefused && session.explain(error)?.name === "EscrowRingBusy";
      if (!isBusy || job.ring !== undefined || tries >= RING_TRIES) throw error;
      taken.add(ring);
    }
  }
}

/** Random bytes, or what seals a canary's result; the opening is on disk before anything is posted. */
function noteOf(session: Session, requester: string, job: JobFile, offer: JobOffer): string {
  if (job.canary === undefined) return `0x${randomBytes(32).toString("hex")}`;
  return sealCanary(session, requester, offer.inputDigest, job.canary);
}

function modeOf({ proof, mode }: JobFile): JobMode {
  if (proof !== undefined) return JobMode.Proof;
  return mode === "optimistic" ? JobMode.Optimistic : JobMode.Acceptance;
}

async function requestOf(
  session: Session,
  job: JobFile,
  offer: JobOffer,
  quote: Quote,
  ring: number,
  note: string,
): Promise<Record<string, unknown>> {
  const maximum = job.maximum === undefined ? quote.total : job.maximum / 1_000_000_000n;
  return {
    ring,
    service: job.service,
    units: job.units ?? offer.units,
    region: job.region === "any" ? ANY_REGION : job.region,
    mode: modeOf(job),
    secondsPerAttempt: job.secondsPerAttempt,
    heartbeat: job.heartbeat,
    expiry: (await session.head()).timestamp + job.expirySeconds,
    namedGpu: job.namedGpu ?? 0,
    maxTotalGwei: maximum,
    inputDigest: offer.inputDigest,
    parametersHash: offer.parametersHash,
    note,
    verifier: job.proof?.verifier ?? `0x${"0".repeat(40)}`,
    verifierGas: job.proof?.gas ?? 0,
  };
}
