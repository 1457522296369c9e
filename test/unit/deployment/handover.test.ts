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
  ownedIn,
  Plan,
  StepFailed,
  suitePlan,
} from "../../../src/deployment";
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
    expect(owned.length).to.equal(15);
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
