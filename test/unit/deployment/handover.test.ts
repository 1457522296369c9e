import { loadFixture, takeSnapshot } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { PRESET_IDS, presetOf } from "../../../deploy/presets";
import { supplyWei } from "../../../deploy/presets/allocation";
import {
  connectSuite,
  execute,
  handoverPlan,
  installFactory,
  interfaceOf,
  ownedIn,
  Plan,
  StepFailed,
  suitePlan,
  type Executed,
} from "../../../src/deployment";
import { accessOf, STRANGER } from "../../../src/audit/access";
import { actFaults, actTopics, ACTS, HARMLESS, reachTimelock } from "../../../src/deployment/acts";
import { deployersRights, historyFaults, historyOf, historyTopics } from "../../../src/deployment/handover";
import { localPayees } from "../../../src/deployment/settings";
import { differencesOf, snapshot } from "../../../src/deployment/snapshot";
import { castActors } from "../../fixtures/actors";
import { deploySuite, freshConfig } from "../../fixtures/suite";
import { rejection } from "../store/rejection";

describe("hand-over", () => {
  async function handedOver() {
    const world = await deploySuite();
    const { deployer, owner } = world.actors;
    const plan = suitePlan(world.config);
    const handover = handoverPlan(world.config, plan);
    const signers = { deployer, owner };
    const { reports } = await execute(handover, { signers });
    return { ...world, plan, handover, signers, reports };
  }

  async function historyNow({ timelock }: Awaited<ReturnType<typeof handedOver>>) {
    const filter = { address: await timelock.getAddress(), topics: [[...historyTopics()]], fromBlock: 0 };
    return historyOf(await ethers.provider.getLogs(filter));
  }

  it("gives everything that has an owner to the timelock, which the governor alone commands", async () => {
    const { plan, timelock, governor, executed, actors } = await loadFixture(handedOver);
    const owned = ownedIn(plan);
    expect(owned.length).to.equal(16);
    for (const name of owned) {
      const contract = await ethers.getContractAt("Ownable2Step", executed.addresses[name] ?? "");
      expect(await contract.owner(), name).to.equal(await timelock.getAddress());
    }
    for (const role of [
      await timelock.PROPOSER_ROLE(),
      await timelock.CANCELLER_ROLE(),
      await timelock.EXECUTOR_ROLE(),
    ]) {
      expect(await timelock.hasRole(role, governor)).to.equal(true);
      expect(await timelock.hasRole(role, actors.owner)).to.equal(false);
      expect(await timelock.hasRole(role, ethers.ZeroAddress)).to.equal(false);
    }
    expect(await timelock.appointer()).to.equal(ethers.ZeroAddress);
  });

  it("covers every contract of the plan with an owner: none is left with anybody else (I46)", async () => {
    const { plan, timelock } = await loadFixture(handedOver);
    const owner = new ethers.Interface(["function owner() view returns (address)"]);
    for (const { name, address } of plan.creations.values()) {
      // Chainlink's mock of local chains, which the factory owns.
      if (name === "VRFCoordinatorV2_5Mock") continue;
      const answer = await ethers.provider
        .call({ to: address, data: owner.encodeFunctionData("owner") })
        .catch(() => "0x");
      if (answer === "0x") continue;
      const [found] = owner.decodeFunctionResult("owner", answer) as unknown as [string];
      expect([await timelock.getAddress(), ethers.ZeroAddress], name).to.include(found);
    }
  });

  it("sends nothing when it runs again, and goes on where it stopped", async () => {
    const { handover, signers } = await loadFixture(handedOver);
    const again = await execute(handover, { signers });
    expect(again.reports.filter(({ outcome }) => outcome === "sent")).to.deep.equal([]);

    const world = await deploySuite();
    const plan = suitePlan(world.config);
    const whole = handoverPlan(world.config, plan);
    const calls = whole.steps.filter(({ kind }) => kind === "call").length;
    const half = whole.steps.slice(0, 7);
    const first = await execute(new Plan(half, plan.place, plan.creations), { signers });
    const second = await execute(whole, { signers });
    const sent = [...first.reports, ...second.reports].filter(({ outcome }) => outcome === "sent").length;
    expect(sent).to.equal(calls);
  });

  it("is not thrown off when somebody else makes a call that anybody may make, just before", async () => {
    const world = await loadFixture(deploySuite);
    const { deployer, owner, stranger } = world.actors;
    const courier = {
      provider: ethers.provider,
      send: async (by: "deployer" | "owner", { key, to, data }: { key: string; to: string; data: string }) => {
        if (key.startsWith("CommonsTimelock.takeOver")) await (await stranger.sendTransaction({ to, data })).wait();
        const sender = by === "owner" ? owner : deployer;
        return (await sender.sendTransaction({ to, data })).wait() as never;
      },
    };
    const { reports } = await execute(handoverPlan(world.config, suitePlan(world.config)), { courier });
    const took = reports.filter(({ step }) => step.id.startsWith("CommonsTimelock.takeOver"));
    expect(took.map(({ outcome }) => outcome)).to.deep.equal(took.map(() => "skipped"));
  });

  it("is over for the plan, too: nothing of it is left, and its checks hold", async () => {
    const { plan, signers } = await loadFixture(handedOver);
    const { reports } = await execute(plan, { signers });
    expect(reports.filter(({ outcome }) => outcome === "sent")).to.deep.equal([]);
  });

  it("fails its proof when the deployer has a token or a right left", async () => {
    const { handover, signers, token, actors, arbiter } = await loadFixture(handedOver);
    await token.connect(actors.faucet).transfer(actors.owner, 1n);
    const failure = await rejection(execute(handover, { signers }));
    expect(failure).to.be.instanceOf(StepFailed);
    expect((failure as Error).message).to.contain(
      "ComputeToken.balanceOf of the deployer as expected: found 1, expected 0",
    );
    expect(await arbiter.isArbiter(actors.owner)).to.equal(false);
  });

  it("is refused beforehand where the configuration keeps rights for the deployer", async () => {
    const { config } = await loadFixture(handedOver);
    expect(deployersRights(config)).to.deep.equal([]);
    const { owner } = config;
    const all = deployersRights({
      ...config,
      treasury: owner,
      arbiters: [owner],
      attestation: { signers: [owner], threshold: 1 },
      payees: { development: owner },
      diverted: { team: owner },
      governance: { ...config.governance, guardian: owner },
    });
    expect(all.length).to.equal(6);
  });

  it("finds roles that views cannot list, and operations queued before it", async () => {
    const world = await loadFixture(handedOver);
    const { plan, timelock, governor, actors } = world;
    expect(historyFaults(await historyNow(world), plan)).to.deep.equal([]);
    // Only the timelock itself could have done so; it is made to.
    await ethers.provider.send("hardhat_impersonateAccount", [await timelock.getAddress()]);
    await ethers.provider.send("hardhat_impersonateAccount", [await governor.getAddress()]);
    for (const contract of [timelock, governor]) {
      await ethers.provider.send("hardhat_setBalance", [await contract.getAddress(), "0x56bc75e2d63100000"]);
    }
    const asTimelock = await ethers.getSigner(await timelock.getAddress());
    const asGovernor = await ethers.getSigner(await governor.getAddress());
    await timelock.connect(asTimelock).grantRole(await timelock.PROPOSER_ROLE(), actors.stranger);
    const delay = await timelock.getMinDelay();
    await timelock.connect(asGovernor).schedule(actors.stranger, 0, "0x", ethers.ZeroHash, ethers.ZeroHash, delay);
    const faults = historyFaults(await historyNow(world), plan);
    expect(faults.length).to.equal(2);
    expect(faults[0]).to.contain(`${actors.stranger.address} has the role`);
    expect(faults[1]).to.contain("was queued");
  });

  describe("acts of the owner before it", () => {
    async function actLogs(world: { readonly executed: Executed }, plan: Plan) {
      const address = ownedIn(plan).map((name) => world.executed.addresses[name] ?? "");
      const filter = { address, topics: [[...actTopics(plan)]], fromBlock: 0 };
      const logs = await ethers.provider.getLogs(filter);
      return logs.map(({ address: at, topics, data }) => ({ address: at, topics, data }));
    }

    async function faultsNow(world: Awaited<ReturnType<typeof deploySuite>>) {
      const plan = suitePlan(world.config);
      return actFaults(await actLogs(world, plan), plan);
    }

    it("are those of the plan, and from then on governance's", async () => {
      const world = await loadFixture(handedOver);
      expect(await faultsNow(world)).to.deep.equal([]);
      const timelock = await world.timelock.getAddress();
      await ethers.provider.send("hardhat_impersonateAccount", [timelock]);
      await ethers.provider.send("hardhat_setBalance", [timelock, "0x56bc75e2d63100000"]);
      await world.vault.connect(await ethers.getSigner(timelock)).setModule(world.actors.stranger, 1);
      expect(await faultsNow(world)).to.deep.equal([]);
    });

    it("are found when they gave anybody a right that outlives it", async () => {
      const world = await loadFixture(deploySuite);
      const { vault, registry, beacon, assets, catalog, attestation, arbiter, escrow, distributor } = world;
      const { owner, deployer, stranger } = world.actors;
      const contract = await world.currency.getAddress();
      const beyond: [string, () => Promise<unknown>][] = [
        ["PaymentVault.setModule", () => vault.connect(owner).setModule(stranger, 1)],
        ["PaymentVault.setSpendHook", () => vault.connect(owner).setSpendHook(contract)],
        ["RandomnessBeacon.setConsumer", () => beacon.connect(owner).setConsumer(stranger, true)],
        ["GpuRegistry.setModule", () => registry.connect(owner).setModule(contract, 15)],
        ["AssetRegistry.setTrainingRecord", () => assets.connect(owner).setTrainingRecord(stranger, true)],
        ["ServiceCatalog.setFees", () => catalog.connect(owner).setFees(world.config.fees)],
        ["AttestationVerifier.setSigners", () => attestation.connect(owner).setSigners([stranger], 1, 0)],
        ["GovernedArbiter.setArbiter", () => arbiter.connect(owner).setArbiter(stranger, true)],
        [
          "JobEscrow.setSettings",
          () => escrow.connect(owner).setSettings({ ...world.config.escrow, resolver: stranger }),
        ],
        ["JobEscrow.setVerifier", () => escrow.connect(owner).setVerifier(stranger, true)],
        ["JobEscrow.setSequencerFeed", () => escrow.connect(owner).setSequencerFeed(stranger)],
        ["EmissionDistributor.setDrawer", () => distributor.connect(owner).setDrawer(contract)],
      ];
      for (const [, give] of beyond) await give();
      // Nothing of it is in the way of the hand-over itself, nor of its checks of views.
      const plan = suitePlan(world.config);
      await execute(handoverPlan(world.config, plan), { signers: { deployer, owner } });
      await execute(plan, { signers: { deployer, owner } });
      const faults = await faultsNow(world);
      // A new set of signers retires the last one.
      for (const [what] of [...beyond, ["AttestationVerifier.retireSigners"]]) {
        expect(faults.filter((fault) => fault.startsWith(`the owner called ${what}, `)).length, what).to.equal(1);
      }
      expect(faults.length).to.equal(beyond.length + 1);
      expect(faults.join()).to.contain(`ModuleChanged(${stranger.address.toLowerCase()})`);
    });

    it("count when somebody else owned a contract for a moment", async () => {
      const world = await loadFixture(deploySuite);
      const { owner, stranger } = world.actors;
      await world.vault.connect(owner).transferOwnership(stranger);
      await world.vault.connect(stranger).acceptOwnership();
      await world.vault.connect(stranger).setModule(stranger, 1);
      await world.vault.connect(stranger).transferOwnership(owner);
      await world.vault.connect(owner).acceptOwnership();
      expect(await faultsNow(world)).to.have.lengthOf(1);
    });

    it("need not be read beyond the hand-over", async () => {
      const world = await loadFixture(handedOver);
      const logs = await actLogs(world, world.plan);
      expect(reachTimelock(logs, world.plan)).to.equal(true);
      expect(reachTimelock(logs.slice(0, -1), world.plan)).to.equal(false);
    });

    it("are not proved by events that begin too late", async () => {
      const world = await loadFixture(handedOver);
      const logs = await actLogs(world, world.plan);
      const faults = actFaults(logs.slice(1), world.plan);
      expect(faults).to.deep.equal(["the events of PaymentVault do not reach back to its creation"]);
    });

    it("are everything that only an owner can do, but for stops and the like", async () => {
      const actors = castActors(await ethers.getSigners());
      const preset = presetOf("aicrypto");
      const config = { ...(await freshConfig(actors)), preset, payees: localPayees(preset), diverted: {} };
      await installFactory(ethers.provider, config.place);
      const plan = suitePlan(config);
      const { addresses } = await execute(plan, { signers: { deployer: actors.deployer, owner: actors.owner } });
      const subjects = ownedIn(plan).map((name) => ({
        name,
        address: addresses[name] ?? "",
        abi: interfaceOf(plan.creation(name).contract),
      }));
      const callers = { stranger: STRANGER, deployer: actors.deployer.address, timelock: actors.owner.address };
      const found = (await accessOf(subjects, callers, ethers.provider))
        .filter(({ answers }) => answers.stranger.includes("OwnableUnauthorizedAccount"))
        .map(({ contract, signature }) => `${contract}.${signature.split("(")[0]}`)
        .filter((name) => !name.endsWith(".acceptOwnership"));
      const known = ownedIn(plan).flatMap((name) => ACTS[name].map(({ method }) => `${name}.${method}`));
      const harmless = HARMLESS.filter((name) => ownedIn(plan).some((owned) => name.startsWith(`${owned}.`)));
      expect(found.sort()).to.deep.equal([...known, ...harmless].sort());
    });
  });

  it("is what a snapshot of everything tells apart from the time before", async () => {
    const world = await loadFixture(deploySuite);
    const plan = suitePlan(world.config);
    const handover = handoverPlan(world.config, plan);
    const read = () => snapshot(ethers.provider, [plan, handover], { faucet: world.actors.faucet.address });
    const before = await read();
    expect(differencesOf(before, await read())).to.deep.equal([]);
    const { deployer, owner } = world.actors;
    await execute(handover, { signers: { deployer, owner } });
    const changed = differencesOf(before, await read());
    expect(changed.map(({ what }) => what)).to.include.members(["owner of JobEscrow", "CommonsTimelock.appointer()"]);
    expect(changed.every(({ isMoving }) => !isMoving)).to.equal(true);
    const state = await takeSnapshot();
    await world.token.connect(world.actors.faucet).transfer(world.actors.stranger, 1n);
    const moved = differencesOf(await read(), before).filter(({ isMoving }) => isMoving);
    expect(moved.map(({ what }) => what)).to.deep.equal(["balance of faucet"]);
    await state.restore();
  });

  for (const id of PRESET_IDS) {
    it(`ends a deployment of the preset ${id} with everything where the preset says`, async () => {
      const actors = castActors(await ethers.getSigners());
      const preset = presetOf(id);
      const { treasury: _timelock, ...base } = await freshConfig(actors);
      const config = { ...base, preset, payees: localPayees(preset), diverted: {} };
      await installFactory(ethers.provider, config.place);
      const signers = { deployer: actors.deployer, owner: actors.owner };
      const plan = suitePlan(config);
      const { addresses } = await execute(plan, { signers });
      await execute(handoverPlan(config, plan), { signers });
      const suite = connectSuite(addresses, ethers.provider);
      const { token, vesting, sale, distributor, timelock, controller } = suite;
      const held = await Promise.all(
        [vesting, sale, timelock, ...(distributor === undefined ? [] : [distributor])].map((holder) =>
          token.balanceOf(holder),
        ),
      );
      expect(held.reduce((sum, wei) => sum + wei, 0n)).to.equal(supplyWei(preset));
      expect(await sale.tokensForSale()).to.equal(await token.balanceOf(sale));
      expect((controller === undefined) === (preset.issuance.value.kind === "none")).to.equal(true);
      if (controller !== undefined) expect(await controller.token()).to.equal(await token.getAddress());
      for (let schedule = await vesting.scheduleCount(); schedule > 0n; schedule--) {
        expect(await vesting.grantorOf(schedule)).to.equal(await timelock.getAddress());
      }
    });
  }
});
