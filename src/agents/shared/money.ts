import type { Interface } from "ethers";
import { callToken, tokenInterface } from "../../chain/contracts";
import { TransactionRefused, type Intent, type TransactionSender } from "../../chain/sender";
import { formatTokens } from "../../protocol/amounts";
import { CommandFailure, EXIT } from "./exit";
import type { Reporter } from "./report";
import { sendReported, type Session } from "./session";

/** Balances of one holder, token wei. */
export interface Balances {
  readonly holder: string;
  /** Vault account, 0 when it has none. */
  readonly account: bigint;
  readonly wallet: bigint;
  readonly vault: bigint;
  /** Native coin for gas, wei. */
  readonly native: bigint;
}

/** Reads the balances of a holder. */
export async function readBalances(session: Session, holder: string): Promise<Balances> {
  const { rpc, market } = session;
  const account = await market.vault.accountOf(holder);
  const [wallet, vault, native] = await Promise.all([
    callToken(rpc, market.at.token, "balanceOf", [holder]),
    account === 0n ? 0n : market.vault.balanceOf(account),
    rpc.getBalance(holder),
  ]);
  return { holder, account, wallet: BigInt(wallet), vault, native };
}

/** Symbol of the token, for people. */
export async function tokenSymbol(session: Session): Promise<string> {
  return String(await callToken(session.rpc, session.market.at.token, "symbol"));
}

/**
 * The transaction that lets `spender` take `amount` of the holder's tokens; undefined when it may already.
 * @throws CommandFailure (funds) when the holder does not have that much.
 */
export async function approvalFor(
  session: Session,
  holder: string,
  spender: string,
  amount: bigint,
): Promise<Intent | undefined> {
  const { rpc, market } = session;
  const [balance, allowance] = await Promise.all([
    callToken(rpc, market.at.token, "balanceOf", [holder]),
    callToken(rpc, market.at.token, "allowance", [holder, spender]),
  ]);
  if (BigInt(balance) < amount) {
    const sentence = `${holder} holds ${formatTokens(BigInt(balance))} tokens, ${formatTokens(amount)} are needed`;
    throw new CommandFailure(EXIT.funds, sentence, { balance, needed: amount });
  }
  if (BigInt(allowance) >= amount) return undefined;
  return call("approve", market.at.token, tokenInterface, "approve", [spender, amount]);
}

/**
 * Lets the contract that an intent calls take the tokens that it would take: asked, it names the sum in its refusal for want
 * of an allowance.
 * @param leave what the contract is called, and whether it may be allowed to take exactly that sum
 * @throws CommandFailure (funds) without leave, TransactionRefused for another refusal.
 */
export async function allowIfAsked(
  session: Session,
  sender: TransactionSender,
  intent: Intent & { readonly to: string },
  leave: { readonly what: string; readonly approve: boolean },
  reporter: Reporter,
): Promise<void> {
  let refused: unknown;
  try {
    await session.rpc.call({ from: sender.address, to: intent.to, data: intent.data });
    return;
  } catch (error) {
    refused = error;
  }
  const refusal = session.explain(refused);
  if (refusal?.name !== "ERC20InsufficientAllowance") throw new TransactionRefused(intent.key, { cause: refused });
  const needed = BigInt(refusal.values["needed"] as bigint);
  if (!leave.approve) {
    const sentence = `the ${leave.what} must be allowed to take ${formatTokens(needed)} tokens: add --approve`;
    throw new CommandFailure(EXIT.funds, sentence, { needed });
  }
  const approval = await approvalFor(session, sender.address, intent.to, needed);
  if (approval !== undefined) await sendReported(sender, approval, reporter);
}

/**
 * Withdraws from the sender's vault account.
 * @param amount token wei; everything when absent
 * @returns token wei withdrawn
 * @throws CommandFailure (funds) when there is not that much.
 */
export async function withdrawBalance(
  session: Session,
  sender: TransactionSender,
  to: string,
  amount: bigint | undefined,
  reporter: Reporter,
): Promise<bigint> {
  const { vault, at } = session.market;
  const account = await vault.accountOf(sender.address);
  if (account === 0n) throw new CommandFailure(EXIT.funds, `${sender.address} has no vault account`);
  const balance = await vault.balanceOf(account);
  const sum = amount ?? balance;
  if (sum === 0n || sum > balance) {
    throw new CommandFailure(EXIT.funds, `vault account ${account} holds ${formatTokens(balance)} tokens`, { balance });
  }
  await sendReported(sender, call(`withdraw:${sum}`, at.vault, vault.interface, "withdraw", [sum, to]), reporter);
  return sum;
}

/** Opens the sender's vault account, where it has none: contracts pay callers into accounts only. */
export async function openAccountOf(session: Session, sender: TransactionSender, reporter: Reporter): Promise<void> {
  const { vault, at } = session.market;
  if ((await vault.accountOf(sender.address)) !== 0n) return;
  await sendReported(sender, call("account", at.vault, vault.interface, "openAccount", [sender.address]), reporter);
}

/** A transaction that calls a contract. */
export function call(
  key: string,
  to: string,
  abi: Interface,
  name: string,
  values: readonly unknown[],
  value = 0n,
): Intent & { readonly to: string } {
  return { key, to, data: abi.encodeFunctionData(name, values), value };
}
