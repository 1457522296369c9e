import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { concat, dataSlice, getBytes, getCreate2Address, hexlify, keccak256 } from "ethers";
import { artifacts, ethers } from "hardhat";
import { SAFE_SINGLETON_FACTORY } from "../../../src/chain/chains";
import { execute, FactoryMissing, Occupied, Plan, suitePlan, type SuiteConfig } from "../../../src/deployment";
import { blanksOf, codeFault, NoRuntimeCode, runtimeTemplate } from "../../../src/deployment/code";
import type { ContractName } from "../../../src/deployment/contracts";
import { create, equal, read } from "../../../src/deployment/plan";
import { CompiledSources } from "../../../src/deployment/verification/compiled";
import { ROOT } from "../../../src/toolchain/run";
import { castActors } from "../../fixtures/actors";
import { deploySuite, freshConfig, testConfig } from "../../fixtures/suite";
import { rejection } from "../store/rejection";

describe("code that a creation leaves", () => {
  async function world() {
    const actors = castActors(await ethers.getSigners());
    const config = testConfig(actors);
    return { actors, config, plan: suitePlan(config) };
  }

  it("is cut out of creation code where the compiler put it, for every contract of the plan", async () => {
    for (const { name, bytecode, libraries } of (await world()).plan.creations.values()) {
      const { deployedBytecode, deployedLinkReferences } = await artifacts.readArtifact(name);
      let expected = deployedBytecode;
      for (const file of Object.values(deployedLinkReferences)) {
        for (const [library, places] of Object.entries(file)) {
          const address = libraries[library as keyof typeof libraries] ?? "";
          for (const { start } of places) {
            const at = 2 + 2 * start;
            expected = expected.slice(0, at) + address.slice(2).toLowerCase() + expected.slice(at + 40);
          }
        }
      }
      expect(hexlify(runtimeTemplate(bytecode)), name).to.equal(expected);
    }
  });

  it("has its blanks exactly where the compiler says that immutable values go", async () => {
    const sources = new CompiledSources(ROOT);
    for (const { name, bytecode } of (await world()).plan.creations.values()) {
      const { immutableReferences } = sources.read(name).output.evm.deployedBytecode;
      const references = Object.values(immutableReferences).flat();
      const wanted = references.map(({ start, length }) => [start, length]).sort(([a = 0], [b = 0]) => a - b);
      const found = blanksOf(runtimeTemplate(bytecode)).filter(([offset]) => offset !== 1);
      expect(found, name).to.deep.equal(wanted);
    }
  });

  it("is what is found at the predicted address, for every contract of the plan", async () => {
    const { executed, config } = await loadFixture(deploySuite);
    for (const { name, address, bytecode, salt, initCode } of suitePlan(config).creations.values()) {
      expect(executed.addresses[name]).to.equal(address);
      expect(getCreate2Address(SAFE_SINGLETON_FACTORY.address, salt, keccak256(initCode))).to.equal(address);
      expect(codeFault(bytecode, await ethers.provider.getCode(address), address), name).to.equal(undefined);
    }
  });

  it("is refused when a byte, its length, a link or a library's own address differs", async () => {
    const { config } = await loadFixture(deploySuite);
    const { creations } = suitePlan(config);
    for (const name of ["PaymentVault", "DrawDesk", "JobEscrow"] as const) {
      const { address, bytecode } = creations.get(name) ?? expect.fail();
      const code = getBytes(await ethers.provider.getCode(address));
      const blanks = blanksOf(runtimeTemplate(bytecode));
      for (const at of [0, 30, code.length - 1]) {
        if (blanks.some(([offset, length]) => at >= offset && at < offset + length)) continue;
        const changed = Uint8Array.from(code);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(codeFault(bytecode, hexlify(changed), address), `${name} at ${at}`).to.be.a("string");
      }
      expect(codeFault(bytecode, dataSlice(code, 0, code.length - 1), address)).to.contain("bytes of code where");
    }
    const desk = creations.get("DrawDesk") ?? expect.fail();
    const stranger = ethers.computeAddress(ethers.id("stranger"));
    const found = await ethers.provider.getCode(desk.address);
    expect(codeFault(desk.bytecode, found, stranger)).to.contain("another address");
    const escrow = creations.get("JobEscrow") ?? expect.fail();
    const relinked = escrow.bytecode.replaceAll(desk.address.slice(2).toLowerCase(), stranger.slice(2).toLowerCase());
    const there = await ethers.provider.getCode(escrow.address);
    expect(codeFault(relinked, there, escrow.address)).to.contain("code of hash");
  });

  it("is not looked for in code without a runtime part", () => {
    expect(() => runtimeTemplate("0x60fe600160fe")).to.throw(NoRuntimeCode);
  });
});

describe("creation through the factory", () => {
  /** For loadFixture: the factory's place, the plan, and nothing deployed. */
  async function empty() {
    const actors = castActors(await ethers.getSigners());
    const config = await freshConfig(actors);
    await setCode(config.place.factory.address, config.place.factory.runtime);
    return { actors, config, plan: suitePlan(config), signers: { deployer: actors.deployer, owner: actors.owner } };
  }

  it("leaves the same owners whoever sends it: no constructor asks who its sender is", async () => {
    const { config, plan, actors } = await loadFixture(empty);
    // Somebody else sends every creation; the contracts, and whom they belong to, are the same.
    const signers = { deployer: actors.stranger, owner: actors.owner };
    await execute(plan, { signers });
    const owner = new ethers.Interface(["function owner() view returns (address)"]);
    // Chainlink's mock of a local chain is the only contract that takes its sender, the factory, for its owner.
    const foreign: readonly ContractName[] = ["VRFCoordinatorV2_5Mock"];
    let owned = 0;
    for (const { name, address } of plan.creations.values()) {
      const answer = await ethers.provider
        .call({ to: address, data: owner.encodeFunctionData("owner") })
        .catch(() => "0x");
      if (answer === "0x") continue;
      const [found] = owner.decodeFunctionResult("owner", answer) as unknown as [string];
      if (name === "GenesisAllocator") expect(found).to.equal(ethers.ZeroAddress);
      else expect(found, name).to.equal(foreign.includes(name) ? config.place.factory.address : config.owner);
      owned++;
    }
    expect(owned).to.be.greaterThan(8);
  });

  it("writes nothing that depends on who sends it: storage after every constructor is the same", async () => {
    const { plan, actors } = await loadFixture(empty);
    const creations = plan.steps.filter(({ kind }) => kind === "create2");
    const only = new Plan(creations, plan.place);
    const state = async (by: typeof actors.deployer): Promise<string> => {
      await loadFixture(empty);
      // At the same times: some contracts remember when they were created.
      let second = (await time.latest()) + 1_000;
      const courier = {
        provider: ethers.provider,
        send: async (_by: unknown, { to, data }: { to: string; data: string }) => {
          await time.setNextBlockTimestamp(second++);
          return (await by.sendTransaction({ to, data })).wait() as never;
        },
      };
      await execute(only, { courier });
      // The beacon's subscription has an id that Chainlink makes of the block before.
      const same = [...only.creations.values()].filter(({ name }) => !/^(RandomnessBeacon|VRF)/.test(name));
      const words = same.map(async ({ address }) => {
        const slots = await Promise.all([...Array(16).keys()].map((slot) => ethers.provider.getStorage(address, slot)));
        return concat([await ethers.provider.getCode(address), ...slots]);
      });
      return keccak256(concat(await Promise.all(words)));
    };
    expect(await state(actors.deployer)).to.equal(await state(actors.stranger));
  });

  it("takes a contract for created when somebody else sent the very same creation", async () => {
    const { plan, signers, actors } = await loadFixture(empty);
    await execute(plan.until("PaymentVault"), { signers: { deployer: actors.stranger, owner: actors.owner } });
    const before = await ethers.provider.getTransactionCount(actors.deployer);
    const { reports } = await execute(plan.until("PaymentVault"), { signers });
    expect(reports.every(({ outcome }) => outcome === "skipped")).to.equal(true);
    expect(await ethers.provider.getTransactionCount(actors.deployer)).to.equal(before);
  });

  it("is not thrown off when that happens while its own transaction is on its way", async () => {
    const { plan, signers, actors } = await loadFixture(empty);
    const part = plan.until("ComputeToken");
    const courier = {
      provider: ethers.provider,
      send: async (_by: unknown, { to, data }: { to: string; data: string }) => {
        await (await actors.stranger.sendTransaction({ to, data })).wait();
        return (await signers.deployer.sendTransaction({ to, data })).wait() as never;
      },
    };
    const { reports } = await execute(part, { courier });
    expect(reports.map(({ outcome }) => outcome)).to.deep.equal(part.steps.map(() => "skipped"));
  });

  it("stops before the first transaction where the factory is missing or is another contract", async () => {
    const { plan, signers, config } = await loadFixture(empty);
    const { address } = config.place.factory;
    const before = await ethers.provider.getTransactionCount(signers.deployer);
    await setCode(address, "0x");
    expect(await rejection(execute(plan, { signers })))
      .to.be.instanceOf(FactoryMissing)
      .with.property("message")
      .that.contains("is not on this chain");
    await setCode(address, "0x6001");
    expect(await rejection(execute(plan, { signers })))
      .to.be.instanceOf(FactoryMissing)
      .with.property("message")
      .that.contains("other code");
    expect(await ethers.provider.getTransactionCount(signers.deployer)).to.equal(before);
  });

  it("stops at an address that something else occupies", async () => {
    const { plan, signers } = await loadFixture(empty);
    const { address } = plan.creation("ComputeToken");
    await setCode(address, "0x6001");
    const failure = await rejection(execute(plan, { signers }));
    expect(failure).to.be.instanceOf(Occupied);
    expect((failure as Error).message).to.equal(
      `ComputeToken: ${address} is occupied: it holds 2 bytes of code where ${
        runtimeTemplate(plan.creation("ComputeToken").bytecode).length
      } are expected`,
    );
  });

  it("refuses a plan in which an address depends on an answer of the chain", () => {
    const config: Pick<SuiteConfig, "place"> = { place: { factory: SAFE_SINGLETON_FACTORY, salt: ethers.ZeroHash } };
    const steps = [
      create("GenesisAllocator", [ethers.ZeroAddress]),
      create("RegistryLens", [read("GenesisAllocator", "owner")]),
    ];
    expect(() => new Plan(steps, config.place)).to.throw("depends on an answer of the chain");
    expect(equal(read("GenesisAllocator", "executed"), true).is).to.equal("equal");
  });
});
