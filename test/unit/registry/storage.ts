/**
 * Writes words of the registry's state where no call sequence of a sensible length reaches them: scores after years, full
 * lists, saturated sums. The slots are found by looking where a word stands that the registry shows, so that nothing here
 * repeats the order of its storage.
 */
import { setStorageAt } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { ownerWord, registryWord, stakeLedgerWord, stakerWord } from "../../../src/model/registryWords";
import { Table, type World } from "./fixture";

const MOST_SLOTS = 64n;

/** Slot of the entry `key` of the mapping at `base`. */
export function entryOf(key: bigint, base: bigint): bigint {
  return BigInt(ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [key, base])));
}

/** Base slot of the mapping that holds `word`, not zero, under `key`. */
export async function baseOf(w: World, key: bigint, word: bigint): Promise<bigint> {
  const address = await w.registry.getAddress();
  for (let base = 0n; base < MOST_SLOTS; base++) {
    if (BigInt(await ethers.provider.getStorage(address, entryOf(key, base))) === word) return base;
  }
  throw new Error(`no mapping holds ${word} under ${key}`);
}

/** Slot of a word outside of mappings. */
async function singleOf(w: World, word: bigint): Promise<bigint> {
  const address = await w.registry.getAddress();
  for (let slot = 0n; slot < MOST_SLOTS; slot++) {
    if (BigInt(await ethers.provider.getStorage(address, slot)) === word) return slot;
  }
  throw new Error(`no slot holds ${word}`);
}

/** Changes a word of a mapping that `wordOf` shows; it must not be zero before. */
export async function changeWord(
  w: World,
  table: number,
  key: bigint,
  change: (word: bigint) => bigint,
): Promise<void> {
  const word = await w.registry.wordOf(table, key);
  const slot = entryOf(key, await baseOf(w, key, word));
  await setStorageAt(await w.registry.getAddress(), slot, change(word));
}

/** Changes the hub or the ledger. */
async function changeSingle(w: World, table: number, change: (word: bigint) => bigint): Promise<void> {
  const word = await w.registry.wordOf(table, 0);
  await setStorageAt(await w.registry.getAddress(), await singleOf(w, word), change(word));
}

export async function changeHub(w: World, fields: Parameters<typeof registryWord.with>[1]): Promise<void> {
  await changeSingle(w, Table.Hub, (word) => registryWord.with(word, fields));
}

export async function changeLedger(w: World, fields: Parameters<typeof stakeLedgerWord.with>[1]): Promise<void> {
  await changeSingle(w, Table.Ledger, (word) => stakeLedgerWord.with(word, fields));
}

/** Gives an owner who registered another reputation. */
export async function changeOwner(
  w: World,
  account: bigint,
  fields: Parameters<typeof ownerWord.with>[1],
): Promise<void> {
  await changeWord(w, Table.Owner, account, (word) => ownerWord.with(word, fields));
}

export async function changeStaker(
  w: World,
  account: bigint,
  fields: Parameters<typeof stakerWord.with>[1],
): Promise<void> {
  await changeWord(w, Table.Staker, account, (word) => stakerWord.with(word, fields));
}
