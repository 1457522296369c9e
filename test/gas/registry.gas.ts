/** Rows of the GpuRegistry: registration, stake, slash, and an outcome recorded inside a settlement. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { register as row } from "../../src/toolchain/gas";
import type { GpuRegistry, RegistryModuleMock } from "../../typechain-types";
import * as f from "../unit/registry/fixture";

interface Settled {
  w: f.World;
  mock: RegistryModuleMock;
  owner: GpuRegistry;
}

/** A market in use: the owner has a GPU in a list of fifty, fees wait for the treasury, slots and words are not fresh. */
async function used(): Promise<Settled> {
  const w = await f.deployWorld();
  const mock = await ethers.deployContract("RegistryModuleMock", [w.registry]);
  await (w.registry.connect(w.governor) as GpuRegistry).setModule(mock, f.DRAW | f.RECORD | f.LOCK | f.SLASH);
  for (let i = 0; i < 5; i++) {
    const list = await Promise.all(Array.from({ length: 8 }, () => f.registrationOf(w, w.bob)));
    await (w.registry.connect(w.bob) as GpuRegistry).registerMany(list);
  }
  await f.register(w, w.alice);
  const owner = w.registry.connect(w.alice) as GpuRegistry;
  return { w, mock, owner };
}

const hashOf = async (sent: Promise<{ hash: string }>): Promise<string> => (await sent).hash;

row("register_gpu", async () => {
  const { w, owner } = await used();
  const registration = await f.registrationOf(w, w.alice);
  return {
    transactions: [await hashOf(owner.register(registration))],
    note: "an owner with a GPU already, without a hot key of its own (+22,000); the GPU list grows by a word every sixth time (+17,000, not here)",
  };
});

row("register_gpu_8_each", async () => {
  const { w, owner } = await used();
  const list = await Promise.all(Array.from({ length: 8 }, () => f.registrationOf(w, w.alice)));
  return { transactions: [await hashOf(owner.registerMany(list))], per: 8 };
});

row("add_stake", async () => {
  const { w, owner } = await used();
  return { transactions: [await hashOf(owner.addStake(await f.newest(w), 100n * f.TOKEN))] };
});

row("begin_unbond", async () => {
  const { w, owner } = await used();
  const gpu = await f.newest(w);
  await owner.addStake(gpu, 100n * f.TOKEN);
  return {
    transactions: [await hashOf(owner.beginUnbond(gpu, 100n * f.TOKEN))],
    note: "a first part of the stake",
  };
});

row("withdraw_stake", async () => {
  const { w, owner } = await used();
  const gpu = await f.newest(w);
  await owner.addStake(gpu, 100n * f.TOKEN);
  await owner.beginUnbond(gpu, 100n * f.TOKEN);
  await time.increase(21n * f.DAY);
  return {
    transactions: [await hashOf(owner.withdraw(gpu, w.alice))],
    note: "the reentrancy guard and the check against locks and pending slashes cost the last thousand",
  };
});

row("slash", async () => {
  const { w } = await used();
  const gpu = await f.newest(w);
  await w.registry.slash(f.slashOf(gpu, f.UNIT, { fromLockGwei: 0 }));
  await w.registry.assignNamed(gpu, 50n * f.UNIT);
  return {
    transactions: [await hashOf(w.registry.slash(f.slashOf(gpu, 50n * f.UNIT)))],
    note: "the lock of a job, to the treasury; a beneficiary's claim is a fresh word (+23,000)",
  };
});

/** Two assignments of a GPU with two slots, taken and delivered; the score has history of the same day. */
async function assigned(count: number): Promise<Settled & { calls: string[] }> {
  const world = await used();
  const { w, mock } = world;
  const gpu = await f.register(w, w.alice, { slots: 2 });
  const owner = w.registry.connect(w.alice) as GpuRegistry;
  const lockGwei = 5n * f.UNIT;
  await w.registry.assignNamed(gpu, lockGwei);
  await w.registry.conclude(f.outcomeOf(gpu, { lockGwei, freeSlot: true, requester: 1 }));
  // The latest round was opened by the module that settles, as in a running market.
  const run = async (data: string): Promise<unknown> => mock.run([data]);
  await run(w.registry.interface.encodeFunctionData("openRound", [(await f.roundNumber(w)) + 1n, 1, 0]));
  await run(w.registry.interface.encodeFunctionData("dropFromRound", [1]));
  const calls: string[] = [];
  for (let i = 0; i < count; i++) {
    await w.registry.assignNamed(gpu, lockGwei);
    await owner.getFunction("ownerOf")(gpu);
    const outcome = f.outcomeOf(gpu, { lockGwei, requester: 2 + i });
    calls.push(w.registry.interface.encodeFunctionData("conclude", [outcome]));
  }
  return { ...world, calls };
}

row("record_outcome_cold", async () => {
  const { w, mock, calls } = await assigned(1);
  const { selector } = w.registry.interface.getFunction("conclude");
  return {
    transactions: [await hashOf(mock.run(calls))],
    inner: { to: await w.registry.getAddress(), selector },
    note: "releases the stake's lock (5,000), reads the open round with the module's rights (2,100) and the class for T / Tmax (2,100): the floor has none of them. Not the first of a day, which files a lane (+5,000)",
  };
});

row("record_outcome_warm", async () => {
  const { w, mock, calls } = await assigned(2);
  const { selector } = w.registry.interface.getFunction("conclude");
  return {
    transactions: [await hashOf(mock.run(calls))],
    inner: { to: await w.registry.getAddress(), selector, nth: 1 },
  };
});
