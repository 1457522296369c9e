/** A vesting vault with a real token, a grantor with tokens, and the trees and times that its tests need. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { Result } from "ethers";
import { ethers } from "hardhat";
import type { ComputeToken, VestingVault } from "../../../typechain-types";
import type { IVestingVault } from "../../../typechain-types/contracts/vesting/VestingVault";

export const TOKEN = 10n ** 18n;
export const SUPPLY = 10n ** 27n;
export const DAY = 86_400n;
/** 365 days / 12. */
export const MONTH = 2_628_000n;
export const ROOT_LAPSE = 730n * DAY;
/** What the pools of `vestingWorld` begin with. */
export const POOL = 1_000_000n * TOKEN;
export type Terms = { [K in keyof IVestingVault.TermsStruct]: K extends "revocable" | "votes" ? boolean : bigint };

/** Nothing for 12 months, then monthly steps up to 48 months; 10% at the start. Revocable, without votes. */
export const TERMS: Omit<Terms, "start"> = {
  cliff: 12n * MONTH,
  duration: 48n * MONTH,
  step: MONTH,
  startBps: 1_000n,
  revocable: true,
  votes: false,
};

export type VestingWorld = {
  owner: HardhatEthersSigner;
  grantor: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Plays the delegation desk. */
  desk: HardhatEthersSigner;
  token: ComputeToken;
  vault: VestingVault;
  /** When the schedules start, and when everything on them has vested. */
  start: bigint;
  end: bigint;
  /** Terms of schedule 1. */
  terms: Terms;
};

/** The token, all of it with `holder`. */
export function deployToken(holder: string): Promise<ComputeToken> {
  return ethers.deployContract("ComputeToken", ["VaikerAI", "VAIK", SUPPLY, holder, ethers.ZeroAddress]);
}

/** Schedules 1 (`TERMS`), 2 (the same, voting) and 3 (linear, irrevocable), each with a pool; they start in a year. */
export async function vestingWorld(): Promise<VestingWorld> {
  return worldFrom(BigInt(await time.latest()) + 12n * MONTH);
}

/** As `vestingWorld`, with schedules that start at `start`. */
export async function worldFrom(start: bigint): Promise<VestingWorld> {
  const [owner, grantor, alice, bob, stranger, desk] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const token = await deployToken(grantor.address);
  const vault = await ethers.deployContract("VestingVault", [token, desk.address, owner.address]);
  await token.connect(grantor).approve(vault, ethers.MaxUint256);
  const terms = { start, ...TERMS };
  const linear = { ...terms, cliff: 0n, step: 0n, startBps: 0n, revocable: false };
  for (const [index, kind] of [terms, { ...terms, votes: true }, linear].entries()) {
    await vault.createSchedule(kind, grantor.address);
    await vault.connect(grantor).fund(index + 1, POOL);
  }
  const end = start + terms.duration;
  return { owner, grantor, alice, bob, stranger, desk, token, vault: vault.connect(grantor), start, end, terms };
}

/** A struct as the contract returned it, by field. */
export function plain(struct: unknown): Record<string, unknown> {
  return (struct as Result).toObject();
}

/** The next block is of `when`. */
export async function at(when: bigint): Promise<void> {
  await time.setNextBlockTimestamp(when);
}

/** Sees to it that views answer as of `when`. */
export async function untilNow(when: bigint): Promise<void> {
  await time.increaseTo(when);
}

export type Leaf = { beneficiary: string; amount: bigint };

/** A leaf as the vault hashes it. */
export function hashLeaf({ beneficiary, amount }: Leaf): string {
  const encoded = ethers.AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [beneficiary, amount]);
  return ethers.keccak256(ethers.keccak256(encoded));
}

/** Root of a tree over `leaves` and the proof of each, in their order. */
export function treeOf(leaves: readonly Leaf[]): { root: string; proofs: string[][] } {
  const proofs: string[][] = leaves.map(() => []);
  let level = leaves.map((leaf, index) => ({ hash: hashLeaf(leaf), below: [index] }));
  while (level.length > 1) {
    const next: typeof level = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      if (left === undefined) break;
      if (right === undefined) {
        next.push(left);
        continue;
      }
      for (const index of left.below) proofs[index]?.push(right.hash);
      for (const index of right.below) proofs[index]?.push(left.hash);
      const [a, b] = left.hash < right.hash ? [left.hash, right.hash] : [right.hash, left.hash];
      next.push({ hash: ethers.keccak256(ethers.concat([a, b])), below: [...left.below, ...right.below] });
    }
    level = next;
  }
  return { root: level[0]?.hash ?? ethers.ZeroHash, proofs };
}

/** What the vault owes for the given grants and roots of a schedule, besides its pool. */
export async function owedBy(
  vault: VestingVault,
  schedule: number,
  beneficiaries: readonly string[],
  roots: readonly string[] = [],
): Promise<bigint> {
  let owed = await vault.poolOf(schedule);
  for (const beneficiary of beneficiaries) {
    const { total, paid } = await vault.grantOf(schedule, beneficiary);
    owed += total - paid;
  }
  for (const root of roots) owed += (await vault.rootOf(schedule, root)).left;
  return owed;
}
