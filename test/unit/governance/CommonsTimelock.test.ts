/** The owner of everything: who may tell it what, when it learns its governor, what it takes over. */
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./fixture";

const ROLES = ["DEFAULT_ADMIN_ROLE", "PROPOSER_ROLE", "CANCELLER_ROLE", "EXECUTOR_ROLE"] as const;

describe("CommonsTimelock", () => {
  describe("the constructor", () => {
    it("makes nobody admin but itself, and gives no role to anybody (I46)", async () => {
      const { alice, deployer } = await f.governance();
      const timelock = await ethers.deployContract("CommonsTimelock", [2n * f.DAY, alice], deployer);
      const granted = await timelock.queryFilter(timelock.filters.RoleGranted());
      expect(granted.map(({ args }) => [args.role, args.account])).to.deep.equal([
        [ethers.ZeroHash, await timelock.getAddress()],
      ]);
      expect(await timelock.appointer()).to.equal(alice.address);
      expect(await timelock.getMinDelay()).to.equal(2n * f.DAY);
    });

    it("refuses a delay outside one to fourteen days, and nobody as appointer", async () => {
      const { alice, timelock } = await f.governance();
      const deploy = (delay: bigint, who: string) => ethers.deployContract("CommonsTimelock", [delay, who]);
      for (const delay of [0n, f.DAY - 1n, 14n * f.DAY + 1n]) {
        await expect(deploy(delay, alice.address))
          .to.be.revertedWithCustomError(timelock, "TimelockDelayOutOfBounds")
          .withArgs(delay, f.DAY, 14n * f.DAY);
      }
      for (const delay of [f.DAY, 14n * f.DAY]) await deploy(delay, alice.address);
      await expect(deploy(f.DAY, ethers.ZeroAddress))
        .to.be.revertedWithCustomError(timelock, "TimelockInvalidAppointer")
        .withArgs(ethers.ZeroAddress);
    });
  });

  describe("appoint", () => {
    it("gives the governor every role but admin, once, and forgets the appointer (I46)", async () => {
      const { alice, dao, deployer } = await f.governance();
      const timelock = await ethers.deployContract("CommonsTimelock", [2n * f.DAY, alice], deployer);
      await expect(timelock.connect(deployer).appoint(dao))
        .to.be.revertedWithCustomError(timelock, "TimelockNotAppointer")
        .withArgs(deployer.address);
      await expect(timelock.connect(alice).appoint(deployer))
        .to.be.revertedWithCustomError(timelock, "TimelockInvalidGovernor")
        .withArgs(deployer.address);
      await expect(timelock.connect(alice).appoint(dao))
        .to.emit(timelock, "GovernorAppointed")
        .withArgs(await dao.getAddress());

      const roles = await Promise.all(ROLES.map((role) => timelock[role]()));
      for (const [index, role] of roles.entries()) {
        expect(await timelock.hasRole(role, dao), ROLES[index]).to.equal(index !== 0);
        for (const other of [alice, deployer]) expect(await timelock.hasRole(role, other)).to.equal(false);
        // Open to everybody would be a role of the zero address.
        expect(await timelock.hasRole(role, ethers.ZeroAddress)).to.equal(false);
      }
      expect(await timelock.appointer()).to.equal(ethers.ZeroAddress);
      await expect(timelock.connect(alice).appoint(dao))
        .to.be.revertedWithCustomError(timelock, "TimelockNotAppointer")
        .withArgs(alice.address);
    });

    it("leaves nobody who could schedule, cancel, execute or grant but by a proposal (I45, I46)", async () => {
      const g = await f.governance();
      const { timelock } = g;
      const data = g.target.interface.encodeFunctionData("setNumber", [9]);
      const call = [g.target, 0, data, ethers.ZeroHash, ethers.ZeroHash] as const;
      for (const caller of [g.deployer, g.guardian, g.alice, g.stranger]) {
        const as = timelock.connect(caller);
        const role = await timelock.PROPOSER_ROLE();
        const attempts = [
          () => as.schedule(...call, 2n * f.DAY),
          () => as.execute(...call),
          () => as.executeBatch([g.target], [0], [data], ethers.ZeroHash, ethers.ZeroHash),
          () => as.cancel(ethers.ZeroHash),
          () => as.grantRole(role, caller),
        ];
        for (const attempt of attempts) {
          await expect(attempt()).to.be.revertedWithCustomError(timelock, "AccessControlUnauthorizedAccount");
        }
        await expect(as.updateDelay(f.DAY))
          .to.be.revertedWithCustomError(timelock, "TimelockUnauthorizedCaller")
          .withArgs(caller.address);
      }
    });
  });

  describe("takeOver", () => {
    it("accepts what its owner offered, for anyone, and nothing else", async () => {
      const g = await f.governance();
      const target = await ethers.deployContract("ProposalTarget", [g.alice]);
      await expect(g.timelock.connect(g.stranger).takeOver(target))
        .to.be.revertedWithCustomError(target, "OwnableUnauthorizedAccount")
        .withArgs(await g.timelock.getAddress());
      await target.connect(g.alice).transferOwnership(g.timelock);
      await g.timelock.connect(g.stranger).takeOver(target);
      expect(await target.owner()).to.equal(await g.timelock.getAddress());
      await expect(g.timelock.takeOver(target)).to.be.reverted;
    });
  });

  describe("updateDelay", () => {
    it("changes by a proposal, within the bounds", async () => {
      const g = await f.governance();
      const action = (delay: bigint) => ({
        target: g.timelock,
        data: g.timelock.interface.encodeFunctionData("updateDelay", [delay]),
      });
      await expect(f.decide(g, [action(3n * f.DAY)]))
        .to.emit(g.timelock, "MinDelayChange")
        .withArgs(2n * f.DAY, 3n * f.DAY);
      for (const delay of [f.DAY - 1n, 14n * f.DAY + 1n]) {
        await expect(f.decide(g, [action(delay)]))
          .to.be.revertedWithCustomError(g.timelock, "TimelockDelayOutOfBounds")
          .withArgs(delay, f.DAY, 14n * f.DAY);
      }
      expect(await g.timelock.getMinDelay()).to.equal(3n * f.DAY);
    });
  });
});
