/** A small pool, an issuable token, and contracts to fill the slots with. */
import { setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";

export const DAY = 86_400n;
export const YEAR = 365n * DAY;
export const PERIOD = 2n * YEAR;
export const GENESIS = 10n ** 27n;
export const POOL = (GENESIS * 45n) / 100n;

/** Account with delegated code: its prefix, and an address. */
export const DELEGATED_CODE = `0xef0100${"22".repeat(20)}`;

/** A token of a preset without issuance, all of it with `holder`. */
export function fixedToken(holder: string) {
  return ethers.deployContract("ComputeToken", ["VaikerAI Token", "VAIK", GENESIS, holder, ethers.ZeroAddress]);
}

/** A token of a preset with issuance, all of it with `holder`. */
export function issuableToken(holder: string, minter: string) {
  const args = ["AI Crypto", "AIC", GENESIS, holder, ethers.ZeroAddress, minter];
  return ethers.deployContract("IssuableToken", args);
}

export async function actors() {
  const [owner, alice, stranger] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  return { owner, alice, stranger };
}

/** A contract, as a signer. */
export async function played(contract: { getAddress(): Promise<string> }): Promise<HardhatEthersSigner> {
  const signer = await ethers.getImpersonatedSigner(await contract.getAddress());
  await setBalance(signer.address, 10n ** 20n);
  return signer;
}

/** A contract that can stand in a slot. */
export async function anyContract() {
  const { owner } = await actors();
  return ethers.deployContract("ContractWallet", [owner.address]);
}

/** A distributor whose pool has not arrived; the owner holds it. */
export async function distributorWorld() {
  const people = await actors();
  const token = await fixedToken(people.owner.address);
  const distributor = await ethers.deployContract("EmissionDistributor", [token, POOL, PERIOD, people.owner.address]);
  const drawer = await played(await anyContract());
  return { ...people, token, distributor, drawer };
}

/** The emission began at `began`, and the drawer may draw. */
export async function drawingWorld() {
  const world = await distributorWorld();
  await world.token.transfer(world.distributor, POOL);
  await world.distributor.start();
  const began = BigInt(await time.latest());
  await world.distributor.setDrawer(world.drawer.address);
  return { ...world, began };
}

/** A controller that knows neither token nor rewards contract. */
export async function controllerWorld() {
  const people = await actors();
  const controller = await ethers.deployContract("EmissionController", [people.owner.address]);
  const token = await issuableToken(people.alice.address, await controller.getAddress());
  const rewards = await anyContract();
  return { ...people, controller, token, rewards };
}

/** Both slots are filled. */
export async function issuingWorld() {
  const world = await controllerWorld();
  await world.controller.setToken(world.token);
  await world.controller.setRewards(world.rewards);
  return world;
}
