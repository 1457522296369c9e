/** An AttestationVerifier of five keys, three of which prove a result, and proofs for it. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";
import type { BaseWallet } from "ethers";
import type { AttestationVerifier } from "../../../typechain-types";
import { digest } from "../assets/fixture";

export const THRESHOLD = 3;

/** What is attested. */
export interface Claim {
  readonly escrow: string;
  readonly jobId: bigint;
  readonly agreementHash: string;
  readonly resultDigest: string;
}

/** One entry of a proof. */
export interface Entry {
  readonly signer: string;
  readonly signature: string;
}

export const CLAIM: Claim = {
  escrow: ethers.getAddress(`0x${"e5".repeat(20)}`),
  jobId: (5n << 48n) | (2n << 32n) | 9n,
  agreementHash: digest("agreement"),
  resultDigest: digest("result"),
};

export type AttestationWorld = {
  readonly governor: HardhatEthersSigner;
  readonly stranger: HardhatEthersSigner;
  readonly verifier: AttestationVerifier;
  /** In ascending order of their addresses. */
  readonly keys: readonly BaseWallet[];
};

/** Keys with these labels, in ascending order of their addresses. */
export function keysOf(...labels: string[]): BaseWallet[] {
  return labels.map((label) => new ethers.Wallet(ethers.id(label))).sort(byAddress);
}

/** Order of a set and of a proof. */
export function byAddress(a: { readonly address: string }, b: { readonly address: string }): number {
  return BigInt(a.address) < BigInt(b.address) ? -1 : 1;
}

export const addressesOf = (keys: readonly { readonly address: string }[]) => keys.map(({ address }) => address);

export async function attestationWorld(): Promise<AttestationWorld> {
  const [governor, stranger] = (await ethers.getSigners()) as [HardhatEthersSigner, HardhatEthersSigner];
  const keys = keysOf("a", "b", "c", "d", "e");
  const given = [addressesOf(keys), THRESHOLD, governor.address] as const;
  const verifier = await ethers.deployContract("AttestationVerifier", [...given]);
  return { governor, stranger, verifier, keys };
}

/** A key's signature over a claim; `domain` replaces parts of the domain. */
export async function attest(
  verifier: AttestationVerifier,
  key: BaseWallet,
  claim = CLAIM,
  domain: { chainId?: bigint; verifyingContract?: string; name?: string; version?: string } = {},
): Promise<Entry> {
  const { chainId } = await ethers.provider.getNetwork();
  const full = {
    name: "GPU Commons Attestation",
    version: "1",
    chainId,
    verifyingContract: await verifier.getAddress(),
    ...domain,
  };
  return { signer: key.address, signature: await key.signTypedData(full, TYPES, claim) };
}

export const TYPES = {
  Attestation: [
    { name: "escrow", type: "address" },
    { name: "jobId", type: "uint256" },
    { name: "agreementHash", type: "bytes32" },
    { name: "resultDigest", type: "bytes32" },
  ],
};

/** The packed proof: version, then address, length and signature of each entry, in the order given. */
export function proofOf(version: number, entries: readonly Entry[]): string {
  const packed = entries.map(({ signer, signature }) =>
    ethers.solidityPacked(["address", "uint16", "bytes"], [signer, ethers.dataLength(signature), signature]),
  );
  return ethers.concat([ethers.toBeHex(version, 4), ...packed]);
}

/** A proof by several keys over a claim. */
export async function prove(
  verifier: AttestationVerifier,
  keys: readonly BaseWallet[],
  { version = 1, claim = CLAIM } = {},
): Promise<string> {
  return proofOf(version, await Promise.all(keys.map((key) => attest(verifier, key, claim))));
}

/** What the verifier says to a proof of a claim. */
export async function verified(verifier: AttestationVerifier, proof: string, claim = CLAIM): Promise<boolean> {
  return verifier.verify(claim.escrow, claim.jobId, claim.agreementHash, claim.resultDigest, proof);
}
