import { ZeroHash, type Wallet } from "ethers";
import { z } from "zod";
import { addressSchema } from "../../chain/manifest";
import type { Mined, TransactionSender } from "../../chain/sender";
import { decodeRegistryEvent } from "../../protocol/events";
import { possessionMessage } from "../../protocol/eip712";
import { weiOf } from "../../protocol/amounts";
import { CommandFailure, EXIT } from "../shared/exit";
import { allowIfAsked, call, withdrawBalance } from "../shared/money";
import type { Reporter } from "../shared/report";
import { sendReported, type Session } from "../shared/session";

/** What an owner says of a GPU. */
export interface GpuOffer {
  readonly classId: number;
  readonly region: number;
  readonly slots: number;
  /** Token wei; the class minimum when absent. */
  readonly stake: bigint | undefined;
  readonly operator: string;
  readonly endpoint: string;
  /** sha-256 digest of a description, zero for none. */
  readonly metadataDigest: string;
}

/** Who registers: the owner's sender and wallet, and the device's key. */
export interface Registrant {
  readonly sender: TransactionSender;
  readonly device: Wallet;
}

const endpointSchema = z.string().max(256);

/**
 * Registers a GPU: proof of possession by the device key, stake and fee from the owner's tokens. A device that is bound
 * to a GPU of the same owner already is returned as it is, so that the command can be repeated.
 * @param approve whether the registry may be allowed to take exactly stake and fee, when it is not
 * @returns the GPU's number and whether it was registered now
 */
export async function registerGpu(
  session: Session,
  { sender, device }: Registrant,
  offer: GpuOffer,
  approve: boolean,
  reporter: Reporter,
): Promise<{ gpu: bigint; isNew: boolean }> {
  const { registry, vault } = session.market;
  const owner = sender.address;
  const [bound, nonce] = await registry.deviceOf(device.address);
  if (bound !== 0n) {
    const found = await registry.gpuOf(bound);
    if (!found.leaving && found.owner === (await vault.accountOf(owner))) return { gpu: bound, isNew: false };
  }
  const { classId, region } = offer;
  const { domain, types, message } = possessionMessage(BigInt(session.chain.chainId), session.market.at.registry, {
    owner,
    classId,
    region,
    device: device.address,
    nonce,
  });
  const registration = {
    classId,
    region,
    slots: offer.slots,
    device: device.address,
    operator: addressSchema.parse(offer.operator),
    stake: offer.stake ?? weiOf((await registry.classOf(classId)).minStakeGwei),
    metadataDigest: offer.metadataDigest,
    endpoint: endpointSchema.parse(offer.endpoint),
    possession: await device.signTypedData(domain, types, message),
  };
  const intent = call(
    `register:${device.address}:${nonce}`,
    session.market.at.registry,
    registry.interface,
    "register",
    [registration],
  );
  await allowIfAsked(session, sender, intent, { what: "registry", approve }, reporter);
  return { gpu: registeredIn(await sendReported(sender, intent, reporter)), isNew: true };
}

function registeredIn(mined: Mined): bigint {
  for (const log of mined.logs) {
    const event = decodeRegistryEvent(log);
    if (event?.name === "GpuRegistered") return event.gpu;
  }
  throw new CommandFailure(EXIT.failed, `transaction ${mined.hash} registered nothing`);
}

/** State of a GPU and its owner, for people and machines. Token wei; score in 1e-6 points. */
export interface GpuReport {
  readonly gpu: bigint;
  readonly owner: bigint;
  readonly operator: string;
  readonly classId: bigint;
  readonly active: bigint;
  readonly slots: bigint;
  readonly listed: boolean;
  readonly paused: boolean;
  readonly leaving: boolean;
  readonly stake: bigint;
  readonly locked: bigint;
  readonly unbonding: bigint;
  readonly unbondingEnds: bigint;
  readonly score: bigint;
  readonly completed: bigint;
  readonly attempted: bigint;
  /** Spendable balance of the owner's vault account. */
  readonly earned: bigint;
}

/** Reads the state of a GPU. Throws CommandFailure (notFound). */
export async function readGpu(session: Session, gpu: bigint): Promise<GpuReport> {
  const { registry, vault } = session.market;
  const view = await registry.gpuOf(gpu);
  if (view.owner === 0n) throw new CommandFailure(EXIT.notFound, `there is no GPU ${gpu}`);
  const [score, [completed, attempted], earned] = await Promise.all([
    registry.scoreOf(view.owner),
    registry.windowOf(view.owner),
    vault.balanceOf(view.owner),
  ]);
  const { owner, operator, classId, active, slots, listed, paused, leaving } = view;
  const { stake, locked, unbonding, unbondingEnds } = view;
  const standing = { score, completed, attempted, earned };
  return {
    gpu,
    owner,
    operator,
    classId,
    active,
    slots,
    listed,
    paused,
    leaving,
    stake,
    locked,
    unbonding,
    unbondingEnds,
    ...standing,
  };
}

/**
 * Moves an owner's credits into its vault account and withdraws from there.
 * @param amount token wei; everything when absent
 * @returns token wei withdrawn
 */
export async function withdrawEarnings(
  session: Session,
  sender: TransactionSender,
  to: string,
  amount: bigint | undefined,
  reporter: Reporter,
): Promise<bigint> {
  const { registry, vault, at } = session.market;
  const account = await vault.accountOf(sender.address);
  if (account === 0n) throw new CommandFailure(EXIT.funds, `${sender.address} has no vault account`);
  if ((await registry.creditOf(account)) > 0n) {
    await sendReported(
      sender,
      call(`collect:${account}`, at.registry, registry.interface, "collect", [account]),
      reporter,
    );
  }
  return withdrawBalance(session, sender, to, amount, reporter);
}

export { ZeroHash as NO_METADATA };
