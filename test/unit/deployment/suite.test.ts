import { setImmediate } from "node:timers/promises";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { TransactionRequest } from "ethers";
import { artifacts, ethers } from "hardhat";
import { manifestSchema } from "../../../src/chain/manifest";
import {
  addressesOf,
  checkPlan,
  connectSuite,
  execute,
  genesisRows,
  inboxIn,
  InvalidPlan,
  ownedIn,
  Plan,
  StepFailed,
  suitePlan,
} from "../../../src/deployment";
import { FACTORIES, linkedBytecode, UnlinkedLibrary, type ContractName } from "../../../src/deployment/contracts";
import { check, create, equal, read, ref } from "../../../src/deployment/plan";
import { rejection } from "../store/rejection";
import { castActors } from "../../fixtures/actors";
import {
  addService,
  conserve,
  deliver,
  deployMarket,
  deploySuite,
  digest,
  drawRound,
  holderOf,
  postJob,
  settle,
  Status,
  statusOf,
  testConfig,
  TOKEN,
  vaultBalance,
  Verdict,
} from "../../fixtures/suite";

describe("deployment of the suite", () => {
  async function plan() {
    return suitePlan(testConfig(castActors(await ethers.getSigners())));
  }

  describe("plan", () => {
    it("is in order: every step refers to contracts deployed before it", async () => {
      checkPlan((await plan()).steps);
    });

    it("links exactly the libraries that the compiled contracts ask for", async () => {
      for (const step of (await plan()).steps) {
        if (step.kind !== "create2") continue;
        const { linkReferences } = await artifacts.readArtifact(step.id);
        const wanted = Object.values(linkReferences).flatMap((file) => Object.keys(file));
        expect([...step.libraries].sort(), step.id).to.deep.equal(wanted.sort());
      }
    });

    it("carries the bytecode of the present sources", async () => {
      for (const name of Object.keys(FACTORIES) as ContractName[]) {
        expect(FACTORIES[name].bytecode, name).to.equal((await artifacts.readArtifact(name)).bytecode);
      }
    });

    it("refuses a step before the contracts it needs, and two steps of one name", () => {
      expect(() => checkPlan([create("StakeVotes", [ref("GpuRegistry"), ethers.ZeroAddress])])).to.throw(
        InvalidPlan,
        "GpuRegistry",
      );
      expect(() => checkPlan([create("DrawDesk", []), create("DrawDesk", [])])).to.throw(InvalidPlan, "two steps");
    });

    it("refuses bytecode with a library missing", () => {
      expect(() => linkedBytecode("JobEscrow", {})).to.throw(UnlinkedLibrary);
    });
  });

  describe("given a run", () => {
    it("makes the configured address the owner of everything and leaves the deployer without tokens", async () => {
      const world = await loadFixture(deploySuite);
      const { owner, deployer } = world.actors;
      for (const name of ownedIn(suitePlan(world.config))) {
        const contract = new ethers.Contract(
          world.executed.addresses[name] ?? "",
          ["function owner() view returns (address)"],
          ethers.provider,
        );
        expect(await contract["owner"]?.(), name).to.equal(owner.address);
      }
      expect(await world.token.balanceOf(deployer)).to.equal(0n);
      expect(await world.token.balanceOf(world.allocator)).to.equal(0n);
    });

    it("pays every line of the genesis table, and leaves nothing where it only passes through", async () => {
      const { token, vesting, config, executed } = await loadFixture(deploySuite);
      const { creations } = suitePlan(config);
      const inbox = inboxIn(creations);
      const paid = new Map<string, bigint>();
      for (const { destination, amount } of genesisRows(config, creations)) {
        const place = destination === inbox ? executed.addresses.VestingVault : destination;
        paid.set(place ?? "", (paid.get(place ?? "") ?? 0n) + amount);
      }
      for (const [place, amount] of paid) expect(await token.balanceOf(place), place).to.equal(amount);
      expect([...paid.values()].reduce((sum, amount) => sum + amount, 0n)).to.equal(await token.totalSupply());
      expect(await token.balanceOf(inbox)).to.equal(0n);
      expect(await vesting.inbox()).to.equal(inbox);
    });

    it("writes a manifest from which the same contracts are found again", async () => {
      const { manifest, executed } = await loadFixture(deploySuite);
      const again = manifestSchema.parse(JSON.parse(JSON.stringify(manifest)));
      expect(addressesOf(again)).to.deep.equal(executed.addresses);
      expect(connectSuite(addressesOf(again), ethers.provider).escrow.target).to.equal(executed.addresses.JobEscrow);
      const { block } = again.contracts.JobEscrow;
      expect(await ethers.provider.getCode(again.contracts.JobEscrow.address, block)).not.to.equal("0x");
      expect(again.blockNumber).to.be.at.most(block);
    });

    it("sends nothing when it runs again over what it deployed", async () => {
      const { config, executed, actors } = await loadFixture(deploySuite);
      const before = await ethers.provider.getBlockNumber();
      const { deployer, owner } = actors;
      const again = await execute(suitePlan(config), { signers: { deployer, owner }, known: executed.deployed });
      expect(await ethers.provider.getBlockNumber()).to.equal(before);
      expect(again.addresses).to.deep.equal(executed.addresses);
      expect(again.reports.filter(({ outcome }) => outcome === "sent")).to.deep.equal([]);
    });

    it("goes on after an interruption: deploys what is missing and repeats nothing", async () => {
      const { config, actors } = await loadFixture(deploySuite);
      const { deployer, owner } = actors;
      const another = { ...config, place: { ...config.place, salt: ethers.id("another suite") } };
      const whole = suitePlan(another);
      const first = await execute(whole.until("JobEscrow"), { signers: { deployer, owner } });
      const second = await execute(whole, { signers: { deployer, owner } });
      for (const [name, address] of Object.entries(first.addresses)) {
        expect(second.addresses[name as ContractName]).to.equal(address);
      }
      const half = first.reports.length;
      const outcomes = (reports: typeof first.reports) => reports.filter(({ outcome }) => outcome === "sent").length;
      expect(outcomes(first.reports)).to.be.greaterThan(20);
      expect(outcomes(second.reports.slice(0, half))).to.equal(0);
    });

    it("finds its schedules behind many that others made before, without asking about one after the other (I47)", async () => {
      const { config, actors } = await loadFixture(deploySuite);
      const { deployer, owner, stranger } = actors;
      const another = { ...config, place: { ...config.place, salt: ethers.id("a suite that somebody expected") } };
      const whole = suitePlan(another);
      const { addresses } = await execute(whole.until("GenesisAllocator.fixTable"), { signers: { deployer, owner } });
      const { vesting, timelock } = connectSuite(addresses, stranger);
      const terms = { start: 7, cliff: 0, duration: 0, step: 0, startBps: 0, revocable: false, votes: false };
      for (let i = 0; i < 120; i++) await vesting.createSchedule({ ...terms, duration: i }, timelock);

      let [asked, most] = [0, 0];
      const provider = Object.create(ethers.provider, {
        call: {
          value: async (transaction: TransactionRequest) => {
            most = Math.max(most, ++asked);
            await setImmediate();
            const answer = await ethers.provider.call(transaction);
            asked--;
            return answer;
          },
        },
      }) as typeof ethers.provider;
      await execute(whole, {
        courier: {
          provider,
          send: async (by, { to, data, value }) => {
            const sent = await (by === "owner" ? owner : deployer).sendTransaction({ to, data, value });
            return (await sent.wait()) ?? expect.fail();
          },
        },
      });
      expect(most).to.be.greaterThanOrEqual(50);
      const pools = await Promise.all(
        Array.from({ length: Number(await vesting.scheduleCount()) }, (_, index) => vesting.poolOf(index + 1)),
      );
      expect(pools.slice(0, 120).every((pool) => pool === 0n)).to.equal(true);
      expect(pools.length).to.be.greaterThan(120);
      expect(pools.slice(120).every((pool) => pool > 0n)).to.equal(true);
    });

    it("stops at a check that does not hold and names both values", async () => {
      const { config, actors } = await loadFixture(deploySuite);
      const { deployer, owner } = actors;
      const steps = [
        create("GenesisAllocator", [deployer.address]),
        check(equal(read("GenesisAllocator", "executed"), true)),
      ];
      const failure = await rejection(execute(new Plan(steps, config.place), { signers: { deployer, owner } }));
      expect(failure).to.be.instanceOf(StepFailed);
      expect((failure as StepFailed).message).to.equal(
        "GenesisAllocator.executed as expected: found false, expected true",
      );
    });
  });

  describe("given a market", () => {
    it("runs a job from posting to payment, and one from posting to a slash", async () => {
      const world = await loadFixture(deployMarket);
      const { requester, requester2, arbiter, keeper } = world.actors;
      const good = await postJob(world, requester, world.service);
      const bad = await postJob(world, requester2, world.service);
      expect((await drawRound(world, [good.classId])).length).to.equal(2);

      const paid = await holderOf(world, good, world.gpus);
      await deliver(world, good, paid);
      await settle(world, good);
      expect(await statusOf(world, good)).to.equal(BigInt(Status.Settled));
      expect(await vaultBalance(world, paid.owner)).to.equal(TOKEN);

      const before = (await vaultBalance(world, requester2)) + bad.total;
      const fraud = await holderOf(world, bad, world.gpus);
      await deliver(world, bad, fraud, { result: digest("made up") });
      await world.escrow.connect(requester2).reject(bad.id, bad.agreement, digest("reason"));
      const { arbiter: resolver, escrow } = world;
      await resolver
        .connect(arbiter)
        .rule(escrow, bad.id, bad.agreement, Verdict.Invalid, digest("result"), digest("evidence"));
      expect(await statusOf(world, bad)).to.equal(BigInt(Status.Refunded));
      await time.increase(96 * 3600);
      await world.registry.connect(keeper).finaliseSlash(1);
      // Draw and review fee come out of the lock (I22), the finder's share besides.
      expect(await vaultBalance(world, requester2)).to.equal(before + TOKEN / 2n);
      await conserve(world);
    });

    it("accounts for every token", async () => {
      const world = await loadFixture(deployMarket);
      await addService(world, { label: "another" });
      const { held, minted } = await conserve(world);
      expect(held.reduce((sum, { wei }) => sum + wei, 0n)).to.equal(minted);
      expect(held.some(({ account }) => account.startsWith("stake of GPU 1"))).to.equal(true);
    });
  });
});
