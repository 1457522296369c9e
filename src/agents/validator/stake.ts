import type { Mined, TransactionSender } from "../../chain/sender";
import { formatTokens, weiOf } from "../../protocol/amounts";
import { decodeValidatorEvent } from "../../protocol/events";
import { domainsIn } from "../../protocol/review";
import { CommandFailure, EXIT } from "../shared/exit";
import { allowIfAsked, call } from "../shared/money";
import type { Reporter } from "../shared/report";
import { reviewOf, sendReported, type Session } from "../shared/session";

/** What an owner says of itself as a validator. */
export interface ValidatorOffer {
  /** Working key. */
  readonly operator: string;
  /** Bit set of domains. */
  readonly domains: number;
  /** Token wei; the minimum when absent. */
  readonly stake: bigint | undefined;
}

/**
 * Registers the sender as a validator. One that is registered already is returned as it is, so that the command can be
 * repeated.
 * @param approve whether the registry may be allowed to take exactly the stake, when it is not
 * @returns the validator's vault account, and whether it was registered now
 */
export async function registerValidator(
  session: Session,
  sender: TransactionSender,
  offer: ValidatorOffer,
  approve: boolean,
  reporter: Reporter,
): Promise<{ validator: bigint; isNew: boolean }> {
  const { validators, at } = reviewOf(session);
  const account = await session.market.vault.accountOf(sender.address);
  if (account !== 0n && (await validators.validatorOf(account)).stake > 0n) return { validator: account, isNew: false };
  const stake = offer.stake ?? weiOf((await validators.terms()).minStakeGwei);
  const values = [offer.operator, offer.domains, stake];
  const intent = call(`registerValidator:${stake}`, at.validators, validators.interface, "register", values);
  await allowIfAsked(session, sender, intent, { what: "registry of validators", approve }, reporter);
  return { validator: registeredIn(await sendReported(sender, intent, reporter)), isNew: true };
}

function registeredIn(mined: Mined): bigint {
  for (const log of mined.logs) {
    const event = decodeValidatorEvent(log);
    if (event?.name === "ValidatorRegistered") return event.validator;
  }
  throw new CommandFailure(EXIT.failed, `transaction ${mined.hash} registered nobody`);
}

/**
 * The validator that a key works for: the one named, else the key's own.
 * @throws CommandFailure (notFound) when it is none, (wrongState) when the key does not work for it.
 */
export async function validatorFor(session: Session, address: string, named: number | undefined): Promise<bigint> {
  const { validators } = reviewOf(session);
  const validator = named === undefined ? await session.market.vault.accountOf(address) : BigInt(named);
  if (validator === 0n) {
    const sentence = `${address} has no vault account: register first, or name the validator that it works for`;
    throw new CommandFailure(EXIT.notFound, sentence);
  }
  await readValidator(session, validator);
  if (await validators.worksFor(validator, address)) return validator;
  throw new CommandFailure(EXIT.wrongState, `${address} does not work for validator ${validator}`);
}

/** State of a validator, for people and machines. Token wei; times in seconds; accuracy in 1e-4 points. */
export interface ValidatorReport {
  readonly validator: bigint;
  readonly operator: string;
  readonly domains: readonly number[];
  readonly available: boolean;
  readonly inSince: bigint;
  readonly outSince: bigint;
  readonly accuracy: bigint;
  readonly openSeats: bigint;
  readonly stake: bigint;
  readonly unbonding: bigint;
  readonly unbondingEnds: bigint;
  readonly owed: bigint;
  /** Spendable balance of its vault account. */
  readonly earned: bigint;
}

/** Reads the state of a validator. Throws CommandFailure (notFound). */
export async function readValidator(session: Session, validator: bigint): Promise<ValidatorReport> {
  const view = await reviewOf(session).validators.validatorOf(validator);
  const { operator, domains, available, inSince, outSince, accuracy, openSeats } = view;
  const { stake, unbonding, unbondingEnds, owed } = view;
  if (stake + unbonding === 0n && openSeats === 0n) {
    throw new CommandFailure(EXIT.notFound, `account ${validator} is no validator`);
  }
  const earned = await session.market.vault.balanceOf(validator);
  const standing = { available, inSince, outSince, accuracy, openSeats };
  const money = { stake, unbonding, unbondingEnds, owed, earned };
  return { validator, operator, domains: domainsIn(domains), ...standing, ...money };
}

/** A report as text. */
export function validatorLines(report: ValidatorReport): string {
  const { validator, domains, available, accuracy, openSeats, stake, unbonding, owed, earned } = report;
  return [
    `validator ${validator}: domains ${domains.join(", ")}, ${available ? "available" : "not available"}, ` +
      `${openSeats} open seats, accuracy ${Number(accuracy) / 10_000}`,
    `  stake ${formatTokens(stake)}, unbonding ${formatTokens(unbonding)}, owed ${formatTokens(owed)}, ` +
      `${formatTokens(earned)} tokens in the vault`,
  ].join("\n");
}
