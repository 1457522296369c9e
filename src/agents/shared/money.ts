import type { Interface } from "ethers";
import { callToken, tokenInterface } from "../../chain/contracts";
import type { Intent } from "../../chain/sender";
import { formatTokens } from "../../protocol/amounts";
import { CommandFailure, EXIT } from "./exit";
import type { Session } from "./session";

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

/** A transaction that calls a contract. */
export function call(
  key: string,
  to: string,
  abi: Interface,
  name: string,
  values: readonly unknown[],
  value = 0n,
): Intent {
  return { key, to, data: abi.encodeFunctionData(name, values), value };
}
