/** Helpers of the tests of rounds, draws, outcomes and slashes. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers, network } from "hardhat";
import type { Entrant } from "../../../src/model/draw";
import { asideWord, classWord, gpuWord, ownerWord, stakerWord } from "../../../src/model/registryWords";
import type { GpuRegistry, RegistryLens } from "../../../typechain-types";
import * as f from "./fixture";

/** The registry as `who` calls it. */
export function as(w: f.World, who: HardhatEthersSigner): GpuRegistry {
  return w.registry.connect(who) as GpuRegistry;
}

/** Makes `who` a module with `scopes`. */
export async function setScopes(w: f.World, who: { address: string }, scopes: number): Promise<void> {
  await as(w, w.governor).setModule(who.address, scopes);
}

export async function gpuWordOf(w: f.World, gpu: bigint) {
  return gpuWord.decode(await w.registry.wordOf(f.Table.Gpu, gpu));
}

export async function ownerWordOf(w: f.World, owner: bigint) {
  return ownerWord.decode(await w.registry.wordOf(f.Table.Owner, owner));
}

export async function stakerWordOf(w: f.World, owner: bigint) {
  return stakerWord.decode(await w.registry.wordOf(f.Table.Staker, owner));
}

export async function asideWordOf(w: f.World, gpu: bigint) {
  return asideWord.decode(await w.registry.wordOf(f.Table.Aside, gpu));
}

export async function classWordOf(w: f.World, classId: number) {
  return classWord.decode(await w.registry.wordOf(f.Table.Class, classId));
}

export function reputationOf(w: f.World, owner: bigint): ReturnType<RegistryLens["reputationOf"]> {
  return w.lens.reputationOf(owner);
}

/** Storage slot of the registry's state, found by the value of its first word. */
export async function stateSlot(w: f.World): Promise<bigint> {
  const hub = await w.registry.wordOf(f.Table.Hub, 0);
  const at = await w.registry.getAddress();
  for (let slot = 0n; slot < 32n; slot++) {
    if (BigInt(await ethers.provider.getStorage(at, slot)) === hub) return slot;
  }
  throw new Error("the first word of the state is in none of the first 32 slots");
}

const MAPPING = { pools: 7n, lists: 8n, gpus: 10n, owners: 14n } as const;

/** Writes a word of a mapping of the registry's state. */
export async function setMapped(
  w: f.World,
  name: keyof typeof MAPPING,
  key: bigint,
  value: bigint,
  state: bigint,
): Promise<void> {
  const coder = ethers.AbiCoder.defaultAbiCoder();
  const slot = ethers.keccak256(coder.encode(["uint256", "uint256"], [key, state + MAPPING[name]]));
  const at = await w.registry.getAddress();
  await network.provider.send("hardhat_setStorageAt", [
    at,
    ethers.toQuantity(BigInt(slot)),
    ethers.zeroPadValue(ethers.toBeHex(value), 32),
  ]);
}

/** Gives an owner a score (1e-6 points) and jobs verified, as many outcomes would. */
export async function setScore(w: f.World, owner: bigint, score: bigint, verified = 5n): Promise<void> {
  const word = await ownerWordOf(w, owner);
  await setMapped(w, "owners", owner, ownerWord.encode({ ...word, score, verified }), await stateSlot(w));
}

/** What the draws of a round see of the lists of a class, for the reference model. To be read right at the request. */
export async function entrantsOf(w: f.World, classId = 1): Promise<Entrant[][]> {
  const lists: Entrant[][] = [];
  for (let region = 0; region < 12; region++) {
    const { entrants } = await w.registry.listOf(classId, region);
    const list: Entrant[] = [];
    for (let i = 0n; i < entrants; i++) {
      const gpu = await w.registry.listedAt(classId, region, i);
      const word = await gpuWordOf(w, gpu);
      const reputation = await w.lens.reputationOf(word.owner);
      list.push({
        gpu,
        owner: word.owner,
        out: word.paused || word.leaving,
        stake: word.stake,
        locked: word.locked,
        free: Number(word.slots - word.active),
        weight: reputation.drawWeight,
        probation: reputation.probation,
      });
    }
    lists.push(list);
  }
  return lists;
}
