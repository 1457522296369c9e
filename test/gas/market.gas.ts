/** Rows of the market's hot path: a spot job from posting to settlement, alone and eight together; a round; a deposit. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import { jobWord } from "../../src/protocol/words";
import { register as row } from "../../src/toolchain/gas";
import * as f from "../fixtures/suite";

type Market = Awaited<ReturnType<typeof f.deployMarket>>;

/** Jobs that wear every word in: the accounts, rings, queue slots and lanes of the measured job are not fresh. */
const WARM_UP = 3;

const KEEPER_CLASSES = [f.CLASS.T4];

/** A market in use: the requester's ring indexes, the queue and the owners' windows were written before. */
async function used(jobs: number): Promise<Market> {
  const world = await f.deployMarket();
  for (let i = 4; i < 12; i++) {
    await f.addGpu(world, [world.actors.ownerA, world.actors.ownerB, world.actors.ownerC, world.actors.ownerD][i % 4]!);
  }
  for (let turn = 0; turn < WARM_UP; turn++) {
    const posted = [];
    for (let i = 0; i < jobs; i++) posted.push(await f.postJob(world, world.actors.requester, world.service));
    await f.drawRound(world, KEEPER_CLASSES);
    await time.increase(60);
    for (const job of posted) {
      await deliver(world, job);
      await f.settle(world, job);
    }
  }
  return world;
}

async function worker(world: Market, job: f.Job) {
  const { gpu } = await decoded(world, job);
  const state = await world.registry.gpuOf(gpu);
  return { gpu, signer: await ethers.getSigner(state.operator) };
}

async function decoded(world: Market, job: f.Job) {
  return jobWord.decode(await world.escrow.jobOf(job.id));
}

/** Commit and delivery in one call. */
async function deliver(world: Market, job: f.Job): Promise<string> {
  const { gpu, signer } = await worker(world, job);
  const energy = await f.plausibleEnergy(world, { id: gpu, classId: job.classId } as f.Gpu, 60);
  return (await world.escrow.connect(signer).deliver(job.id, f.digest("result"), energy)).hash;
}

row("spot_job", async () => {
  const world = await used(1);
  const { escrow, actors } = world;
  const job = await f.postJob(world, actors.requester, world.service);
  const post = (await ethers.provider.getBlock("latest"))!.transactions[0]!;
  await f.requestRound(world, KEEPER_CLASSES);
  const assign = (await escrow.connect(actors.keeper).assign(f.CLASS.T4, 1)).hash;
  await time.increase(60);
  const delivered = await deliver(world, job);
  const settled = (await escrow.connect(actors.requester).settle(job.id, job.agreement)).hash;
  return {
    transactions: [post, assign, delivered, settled],
    note:
      "model and dataset royalty, own account entries in vault and assets, sums held per module, escrowed review fee, " +
      "energy report, slot freed at delivery; tries at score 50 included as they fell; queue slot fresh (+17,000 until 4,096 jobs)",
  };
});

row("spot_job_x8_each", async () => {
  const world = await used(8);
  const { escrow, actors } = world;
  const jobs: f.Job[] = [];
  const transactions: string[] = [];
  for (let i = 0; i < 8; i++) {
    jobs.push(await f.postJob(world, actors.requester, world.service));
    transactions.push((await ethers.provider.getBlock("latest"))!.transactions[0]!);
  }
  await f.requestRound(world, KEEPER_CLASSES);
  transactions.push((await escrow.connect(actors.keeper).assign(f.CLASS.T4, 8)).hash);
  await time.increase(60);
  for (const job of jobs) transactions.push(await deliver(world, job));
  await time.increase(25 * 3_600);
  const ids = jobs.map(({ id }) => id);
  const agreements = jobs.map(({ agreement }) => agreement);
  transactions.push((await escrow.connect(actors.keeper).settleMany(ids, agreements)).hash);
  return { transactions, per: 8, note: "as spot_job; post and delivery stay transactions of their own" };
});

row("vrf_round", async () => {
  const world = await used(1);
  const { escrow, beacon, coordinator, actors } = world;
  await f.postJob(world, actors.requester, world.service);
  await f.passInterval(world);
  const gasPrice = 10n ** 10n;
  const value = await beacon.price({ gasPrice });
  const sent = await f.mined(escrow.connect(actors.keeper).requestRound(KEEPER_CLASSES, { value, gasPrice }));
  const [event] = f.eventsOf(sent, beacon, "RoundRequested");
  const answer = await coordinator.connect(actors.stranger).fulfillRandomWords(event!.args["requestId"], beacon);
  return {
    transactions: [sent.hash, answer.hash],
    note: "with binding the class queue in the escrow and freezing the lists in the registry, at Chainlink's mock",
  };
});

row("deposit", async () => {
  const world = await used(1);
  const { vault, token, actors } = world;
  await token.connect(actors.faucet).transfer(actors.requester, 10n ** 20n);
  await token.connect(actors.requester).approve(vault, ethers.MaxUint256);
  const account = await vault.accountOf(actors.requester);
  await vault.connect(actors.requester).deposit(account, 10n ** 18n);
  const { hash } = await vault.connect(actors.requester).deposit(account, 10n ** 18n);
  return {
    transactions: [hash],
    note:
      "the votes token reads two delegates (+4,200) and its balances are measured around the transfer (+1,500); the " +
      "liabilities that bound what can be skimmed are a word of their own (+5,000)",
  };
});
