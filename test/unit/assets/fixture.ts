/** Vault, AssetRegistry and a royalty module, all real but the module, with funded actors. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";
import type { AssetRegistry, ComputeToken, PaymentVault, RoyaltyModuleMock } from "../../../typechain-types";
import type { IAssetRegistry } from "../../../typechain-types/contracts/assets/AssetRegistry";

export const GWEI = 10n ** 9n;
export const TOKEN = 10n ** 18n;
/** Kinds of assets, in the order of the enum. */
export const Kind = { None: 0n, Data: 1n, Dataset: 2n, Model: 3n, TrainedModel: 4n } as const;

export type MintStruct = IAssetRegistry.MintStruct;

export type AssetWorld = {
  governor: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
  payer: HardhatEthersSigner;
  token: ComputeToken;
  vault: PaymentVault;
  assets: AssetRegistry;
  module: RoyaltyModuleMock;
};

/** Digest of a label; stands for a sha-256 digest. */
export function digest(label: string): string {
  return ethers.sha256(ethers.toUtf8Bytes(label));
}

/** What a minter says of an asset, with sensible values where none are given. */
export function mintOf(label: string, change: Partial<MintStruct> = {}): MintStruct {
  return {
    kind: Kind.Model,
    contentHash: digest(label),
    metadataDigest: digest(`${label} metadata`),
    previewDigest: digest(`${label} preview`),
    size: 123_456n,
    format: 7n,
    flags: 0n,
    priceGwei: 1_100n * 10n ** 9n,
    ...change,
  };
}

/** The same as the tuple in which ethers gives it back. */
export function tupleOf(asset: MintStruct): unknown[] {
  const { kind, contentHash, metadataDigest, previewDigest, size, format, flags, priceGwei } = asset;
  return [kind, contentHash, metadataDigest, previewDigest, size, format, flags, priceGwei];
}

/** Id of an asset, computed off-chain. */
export function idOf(asset: MintStruct): bigint {
  const encoded = ethers.AbiCoder.defaultAbiCoder().encode(["uint8", "bytes32"], [asset.kind, asset.contentHash]);
  return BigInt(ethers.keccak256(encoded));
}

/** Id of a trained model that the holder of `account` mints, computed off-chain. */
export function trainedIdOf(asset: MintStruct, account: bigint): bigint {
  const encoded = ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint40"], [idOf(asset), account]);
  return BigInt(ethers.keccak256(encoded));
}

/** Commits to `list` for `minter`, lets a minute pass, and returns the salt. */
export async function commitTo(
  assets: AssetRegistry,
  minter: HardhatEthersSigner,
  list: MintStruct[],
): Promise<string> {
  const ids = list.map(idOf);
  const salt = digest(`${minter.address} ${ids.join()} ${await time.latestBlock()}`);
  const commitment = await assets.commitmentOf(minter.address, ids, salt);
  await assets.connect(minter).commitMint(commitment);
  await time.increase(60);
  return salt;
}

/** Mints one asset for `minter` and returns its id. */
export async function mintFor(
  assets: AssetRegistry,
  minter: HardhatEthersSigner,
  label: string,
  change: Partial<MintStruct> = {},
): Promise<bigint> {
  const asset = mintOf(label, change);
  const salt = await commitTo(assets, minter, [asset]);
  await assets.connect(minter).mint(asset, salt);
  return idOf(asset);
}

/** Everything stored of an asset, as a plain object. */
export async function viewOf(assets: AssetRegistry, id: bigint) {
  const { owner, payee, kind, flags, format, sizeBits, termsEpoch, uses, priceGwei, accruedGwei, metadataDigest } =
    await assets.assetOf(id);
  const fixed = { kind, flags, format, sizeBits };
  return { owner, payee, ...fixed, termsEpoch, uses, priceGwei, accruedGwei, metadataDigest };
}

/** Royalties of one asset, brought by the module as a settlement does. */
export async function accrue(world: AssetWorld, id: bigint, amountGwei: bigint, uses = 1n): Promise<void> {
  await world.module.settle(id, amountGwei, uses);
}

/** Vault balance of a holder, wei; 0 without an account. */
export async function balanceIn(world: AssetWorld, holder: string): Promise<bigint> {
  return world.vault.balanceOf(await world.vault.accountOf(holder));
}

/** Deploys everything; the payer has 1,000,000 tokens in the vault of which the module holds half. */
export async function assetWorld(): Promise<AssetWorld> {
  const [governor, alice, bob, carol, payer] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const token = await ethers.deployContract("ComputeToken", [
    "VAIK",
    "VAIK",
    10n ** 27n,
    governor.address,
    ethers.ZeroAddress,
  ]);
  const vault = await ethers.deployContract("PaymentVault", [token, governor.address]);
  const assets = await ethers.deployContract("AssetRegistry", [vault, governor.address]);
  const module = await ethers.deployContract("RoyaltyModuleMock", [vault, assets]);
  await vault.setModule(assets, 0);
  await vault.setModule(module, 1);
  await assets.setTrainingRecord(module, true);
  await token.approve(vault, ethers.MaxUint256);
  await vault.depositFor(payer.address, 1_000_000n * TOKEN);
  await vault.connect(payer).setAuthorisation(module, true);
  await module.take(payer.address, 500_000n * GWEI);
  return { governor, alice, bob, carol, payer, token, vault, assets, module };
}
