/** The audit of access on suites whose answers are known: one that still belongs to its deployer's owner key. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Interface } from "ethers";
import { ethers } from "hardhat";
import { accessFaults, accessOf, STRANGER, type Finding, type Subject } from "../../../src/audit/access";
import { subjectsOf } from "../../../src/audit/command";
import { accessPage } from "../../../src/audit/document";
import { interfaceOf, type ContractName } from "../../../src/deployment/contracts";
import { ROOT } from "../../../src/toolchain/run";
import { deployGovernedMarket } from "../../fixtures/governance";
import { deployMarket } from "../../fixtures/suite";

describe("Audit of access", () => {
  /** What stands in for Chainlink's coordinator and USDC on a local chain. */
  const FOREIGN = ["VRFCoordinatorV2_5Mock", "CurrencyStub"];

  /** Everything of ours that the plan deploys, after the hand-over. */
  async function governed(): Promise<Finding[]> {
    const world = await loadFixture(deployGovernedMarket);
    const { owner, deployer } = world.actors;
    const timelock = await world.timelock.getAddress();
    // The plan's owner and the sender of its other steps are two accounts here: neither may have kept anything.
    const subjects = subjectsOf(world.manifest).filter(({ name }) => !FOREIGN.includes(name));
    const bySender = { stranger: STRANGER, deployer: deployer.address, timelock };
    expect(accessFaults(await accessOf(subjects, bySender, ethers.provider))).to.deep.equal([]);
    return accessOf(subjects, { stranger: STRANGER, deployer: owner.address, timelock }, ethers.provider);
  }

  describe("after the hand-over", () => {
    it("I46 the deployer may do nothing that a stranger may not, and every answer is understood", async () => {
      const findings = await governed();
      expect(accessFaults(findings)).to.deep.equal([]);
      expect(findings.length).to.be.greaterThan(200);
      const ofTimelock = findings.filter((finding) => finding.access === "timelock");
      expect(ofTimelock.length).to.be.greaterThan(50);
      for (const { contract, signature } of findings) {
        if (!signature.startsWith("transferOwnership(")) continue;
        const expected = contract === "GenesisAllocator" ? "role" : "timelock";
        expect(access(findings, contract, "transferOwnership"), contract).to.equal(expected);
      }
    });

    it("is what docs/access.md says (UPDATE_DOCS=1 renews it)", async () => {
      const page = accessPage(await governed());
      const file = join(ROOT, "docs", "access.md");
      if (process.env["UPDATE_DOCS"] === "1") writeFileSync(file, page);
      expect(readFileSync(file, "utf8")).to.equal(page);
    });
  });

  /** `timelock` is the owner of the fixture's suite. */
  async function audited(deployerOwns = false): Promise<Finding[]> {
    const world = await loadFixture(deployMarket);
    const names: ContractName[] = ["PaymentVault", "JobEscrow", "GpuRegistry", "AssetRegistry", "DrawDesk"];
    const subjects: Subject[] = names.map((name) => ({
      name,
      address: world.executed.addresses[name] ?? ethers.ZeroAddress,
      // solc lists no function of a library that takes storage.
      abi: name === "DrawDesk" ? new Interface(["function assign()"]) : interfaceOf(name),
    }));
    const { owner, stranger } = world.actors;
    const [nobody] = (await ethers.getSigners()).slice(-1);
    const callers = deployerOwns
      ? { stranger: stranger.address, deployer: owner.address, timelock: nobody!.address }
      : { stranger: stranger.address, deployer: nobody!.address, timelock: owner.address };
    return accessOf(subjects, callers, ethers.provider);
  }

  const access = (findings: readonly Finding[], contract: string, name: string) =>
    findings.find((finding) => finding.contract === contract && finding.signature.startsWith(`${name}(`))?.access;

  it("tells owner, modules, parties and anyone apart, and libraries from contracts", async () => {
    const findings = await audited();
    expect(access(findings, "PaymentVault", "setModule")).to.equal("timelock");
    expect(access(findings, "PaymentVault", "debit")).to.equal("role");
    expect(access(findings, "PaymentVault", "withdraw")).to.equal("anyone");
    expect(access(findings, "JobEscrow", "setSettings")).to.equal("timelock");
    expect(access(findings, "JobEscrow", "post")).to.equal("anyone");
    expect(access(findings, "GpuRegistry", "draw")).to.equal("role");
    expect(access(findings, "AssetRegistry", "pause")).to.equal("timelock");
    expect(access(findings, "DrawDesk", "assign")).to.equal("library");
    expect(accessFaults(findings)).to.deep.equal([]);
  });

  it("I46 finds every right that a deployer has kept", async () => {
    const faults = accessFaults(await audited(true));
    expect(faults).to.include("AssetRegistry.pause(): deployer");
    expect(faults.some((fault) => fault.startsWith("JobEscrow.setSettings("))).to.equal(true);
    expect(faults.every((fault) => fault.endsWith(": deployer"))).to.equal(true);
  });
});
