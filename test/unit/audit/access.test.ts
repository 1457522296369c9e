/** The audit of access on suites whose answers are known: one that still belongs to its deployer's owner key. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Interface } from "ethers";
import { ethers } from "hardhat";
import { accessFaults, accessOf, type Finding, type Subject } from "../../../src/audit/access";
import { interfaceOf, type ContractName } from "../../../src/deployment/contracts";
import { deployMarket } from "../../fixtures/suite";

describe("Audit of access", () => {
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
