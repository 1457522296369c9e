/** Rows of the VestingVault: grants alone and in a batch of 100, a release, a revocation. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { register as row } from "../../src/toolchain/gas";
import { at, MONTH, TERMS, TOKEN, type VestingWorld, worldFrom } from "../unit/vesting/fixture";

const VOTING = 2;

const THOUSAND = 1_000n * TOKEN;
const figure = (gas: bigint) => Number(gas).toLocaleString("en-US");

/** Addresses that never had anything, with amounts as a genesis table has them. */
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    beneficiary: ethers.getAddress(ethers.dataSlice(ethers.id(`beneficiary ${i}`), 12)),
    amount: 123_456_789_012_345_678_901n + BigInt(i),
  }));

const now = async () => BigInt(await time.latest());

/** Schedules that started just now: other rows have their own times. */
const freshWorld = async () => worldFrom(await now());

/** Alice's grant of 1,000 on `schedule`, two thirds of the way, of which she holds a part already. */
async function grown(world: VestingWorld, schedule: number): Promise<void> {
  const { vault, alice } = world;
  await vault.grant(schedule, alice.address, THOUSAND);
  await at((await now()) + 30n * MONTH);
  await vault.connect(alice).release(schedule, alice.address);
  await at((await now()) + MONTH);
}

/** The same on the schedule that votes, before and after Alice chose a delegate on vault and token. */
async function votingToo(act: (world: VestingWorld) => Promise<bigint>): Promise<string> {
  const costs: bigint[] = [];
  for (const delegated of [false, true]) {
    const world = await freshWorld();
    if (delegated) {
      await world.vault.connect(world.alice).delegate(world.alice.address);
      await world.token.connect(world.alice).delegate(world.alice.address);
    }
    costs.push(await act(world));
  }
  const [without, withDelegate] = costs as [bigint, bigint];
  return `on a schedule that votes ${figure(without)} without a delegate, ${figure(withDelegate)} with one`;
}

const gasOf = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>): Promise<bigint> => {
  const receipt = await (await sent).wait();
  return receipt?.gasUsed ?? 0n;
};

row("vest_create", async () => {
  const { vault, alice } = await freshWorld();
  const voting = await votingToo((world) => gasOf(world.vault.grant(VOTING, world.alice.address, THOUSAND)));
  const { hash } = await vault.grant(1, alice.address, THOUSAND);
  return { transactions: [hash], note: `from a funded pool; ${voting} (a first grant: its voting units are a new word)` };
});

row("vest_batch_each", async () => {
  const { vault } = await freshWorld();
  const voting = await gasOf((await freshWorld()).vault.grantMany(VOTING, rowsOf(100)));
  const { hash } = await vault.grantMany(1, rowsOf(100));
  const note = `batch of 100; on a schedule that votes ${figure(voting / 100n)} each`;
  return { transactions: [hash], per: 100, note };
});

row("vest_release", async () => {
  const voting = await votingToo(async (other) => {
    await grown(other, VOTING);
    return gasOf(other.vault.connect(other.alice).release(VOTING, other.alice.address));
  });
  const world = await freshWorld();
  await grown(world, 1);
  const { hash } = await world.vault.connect(world.stranger).release(1, world.alice.address);
  return { transactions: [hash], note: `to somebody who holds tokens; ${voting}, who delegated on the token too` };
});

row("vest_revoke", async () => {
  const voting = await votingToo(async (other) => {
    await grown(other, VOTING);
    return gasOf(other.vault.revoke(VOTING, other.alice.address));
  });
  const world = await freshWorld();
  await grown(world, 1);
  const { hash } = await world.vault.revoke(1, world.alice.address);
  return { transactions: [hash], note: `to the pool, after ${TERMS.startBps / 100n}% at the start; ${voting}` };
});
