/** A vault with a real token, funded accounts of Alice and Bob, one module (a plain key) and a treasury. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import type { ComputeToken, PaymentVault } from "../../../typechain-types";

export const GWEI = 10n ** 9n;
export const TOKEN = 10n ** 18n;
export const SUPPLY = 10n ** 27n;
export const DAY = 86_400n;
/** Scope of a module that may debit. */
export const SPEND = 1;
/** Largest sum the vault can owe: 2^64 - 1 units of 1e9 wei. */
export const MAX_LIABILITIES = (2n ** 64n - 1n) * GWEI;

export type VaultWorld = {
  owner: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  /** Plays a module: a contract that debits and releases. */
  module: HardhatEthersSigner;
  /** A second module, RoyaltySinkMock. */
  sink: HardhatEthersSigner;
  treasurer: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  token: ComputeToken;
  vault: PaymentVault;
  aliceId: bigint;
  bobId: bigint;
  treasuryId: bigint;
};

/** Alice has 1,000 tokens in the vault and 1,000 outside and authorised `module`; Bob's account is empty. */
export async function vaultWorld(): Promise<VaultWorld> {
  const [owner, alice, bob, module, treasurer, stranger] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const token = await ethers.deployContract("ComputeToken", [
    "VaikerAI",
    "VAIK",
    SUPPLY,
    owner.address,
    ethers.ZeroAddress,
  ]);
  const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
  const books = await ethers.deployContract("RoyaltySinkMock", [vault]);
  const sink = await ethers.getImpersonatedSigner(await books.getAddress());
  await setBalance(sink.address, 10n ** 18n);
  await vault.openAccount(alice.address);
  await vault.openAccount(bob.address);
  await vault.openAccount(treasurer.address);
  await vault.setTreasury(3);
  await vault.setModule(module.address, SPEND);
  await vault.setModule(sink.address, 0);

  await token.transfer(alice.address, 2_000n * TOKEN);
  await token.connect(alice).approve(vault, ethers.MaxUint256);
  await vault.connect(alice).deposit(1, 1_000n * TOKEN);
  await vault.connect(alice).setAuthorisation(module.address, true);
  return {
    owner,
    alice,
    bob,
    module,
    sink,
    treasurer,
    stranger,
    token,
    vault,
    aliceId: 1n,
    bobId: 2n,
    treasuryId: 3n,
  };
}

/** Every figure of the vault that money could hide in; equal before and after a call that must change nothing. */
export async function moneyOf(world: VaultWorld): Promise<Record<string, bigint>> {
  const { vault, token, alice, bob, module, sink, owner } = world;
  return {
    alice: await vault.balanceOf(world.aliceId),
    bob: await vault.balanceOf(world.bobId),
    treasury: await vault.balanceOf(world.treasuryId),
    held: await vault.heldBy(module.address),
    sunk: await vault.heldBy(sink.address),
    fees: await vault.feesOf(module.address),
    liabilities: await vault.liabilities(),
    tokens: await token.balanceOf(vault),
    aliceOutside: await token.balanceOf(alice.address),
    bobOutside: await token.balanceOf(bob.address),
    ownerOutside: await token.balanceOf(owner.address),
  };
}

/** Difference of two records of the same keys, without the keys that did not change. */
export function changes(before: Record<string, bigint>, after: Record<string, bigint>): Record<string, bigint> {
  const moved = Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0n)] as const);
  return Object.fromEntries(moved.filter(([, by]) => by !== 0n));
}

/** EIP-712 types of an authorisation by signature. */
export const AUTHORISATION_TYPES = {
  SetAuthorisation: [
    { name: "holder", type: "address" },
    { name: "module", type: "address" },
    { name: "allowed", type: "bool" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
};

export type Authorisation = { holder: string; module: string; allowed: boolean; nonce: bigint; deadline: bigint };

/** Signs an authorisation for `vault` on this chain, or with whatever the domain is changed to. */
export async function signAuthorisation(
  signer: HardhatEthersSigner,
  vault: PaymentVault,
  message: Authorisation,
  change: { chainId?: bigint; verifyingContract?: string } = {},
): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "GPU Commons PaymentVault",
    version: "1",
    chainId,
    verifyingContract: await vault.getAddress(),
    ...change,
  };
  return signer.signTypedData(domain, AUTHORISATION_TYPES, message);
}

/** Next nonce of `holder` for messages about `module`. */
export function nonceFor(vault: PaymentVault, holder: string, module: string): Promise<bigint> {
  return vault["nonces(address,uint192)"](holder, BigInt(module));
}

/** Signature of an ERC-2612 permit of `owner` for `spender`. */
export async function signPermit(
  owner: HardhatEthersSigner,
  token: ComputeToken,
  spender: string,
  value: bigint,
  deadline: bigint,
): Promise<{ v: number; r: string; s: string }> {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = { name: await token.name(), version: "1", chainId, verifyingContract: await token.getAddress() };
  const types = {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  };
  const nonce = await token.nonces(owner.address);
  const message = { owner: owner.address, spender, value, nonce, deadline };
  return ethers.Signature.from(await owner.signTypedData(domain, types, message));
}
