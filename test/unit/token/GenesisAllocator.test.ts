import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { allocationRows, supplyWei, tableHash, type AllocationRow } from "../../../deploy/presets/allocation";
import { vaiker } from "../../../deploy/presets/vaiker";

/** The preset's table with made-up destinations, and the allocator holding the preset's supply; nothing is fixed yet. */
async function genesisWorld() {
  const [owner, stranger, successor] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const allocator = await ethers.deployContract("GenesisAllocator", [owner.address]);
  const supply = supplyWei(vaiker);
  const token = await ethers.deployContract("ComputeToken", [
    "VaikerAI Token",
    "VAIK",
    supply,
    allocator,
    ethers.ZeroAddress,
  ]);
  const parts = vaiker.allocations.flatMap((line) => line.parts);
  const destinations = Object.fromEntries(parts.map(({ key }, i) => [key, ethers.toBeHex(0xa000 + i, 20)]));
  const table = allocationRows(vaiker, destinations);
  return { owner, stranger, successor, allocator, token, supply, table };
}

async function fixedWorld() {
  const world = await genesisWorld();
  await world.allocator.fixTable(world.token, tableHash(world.table));
  return world;
}

describe("GenesisAllocator", () => {
  describe("constructor", () => {
    it("holds only an explicit owner in its init code", async () => {
      const { stranger } = await loadFixture(genesisWorld);
      const factory = await ethers.getContractFactory("GenesisAllocator");
      const { data } = await factory.getDeployTransaction(stranger.address);
      expect(data).to.equal(factory.bytecode + stranger.address.slice(2).toLowerCase().padStart(64, "0"));
      const allocator = await factory.deploy(stranger.address);
      expect(await allocator.owner()).to.equal(stranger.address);
      await expect(factory.deploy(ethers.ZeroAddress)).to.be.revertedWithCustomError(allocator, "OwnableInvalidOwner");
    });

    it("starts with nothing fixed", async () => {
      const { allocator, token, supply } = await loadFixture(genesisWorld);
      expect(await allocator.token()).to.equal(ethers.ZeroAddress);
      expect(await allocator.tableHash()).to.equal(ethers.ZeroHash);
      expect(await allocator.executed()).to.equal(false);
      expect(await token.balanceOf(allocator)).to.equal(supply);
    });
  });

  describe("fixTable", () => {
    it("fixes token and hash", async () => {
      const { allocator, token, table } = await loadFixture(genesisWorld);
      const hash = tableHash(table);
      expect(await allocator.hashOf(table)).to.equal(hash);
      await expect(allocator.fixTable(token, hash))
        .to.emit(allocator, "TableFixed")
        .withArgs(await token.getAddress(), hash);
      expect(await allocator.token()).to.equal(await token.getAddress());
      expect(await allocator.tableHash()).to.equal(hash);
    });

    it("happens once", async () => {
      const { allocator, token, table } = await loadFixture(fixedWorld);
      const hash = tableHash(table);
      for (const next of [hash, ethers.id("another")]) {
        await expect(allocator.fixTable(token, next))
          .to.be.revertedWithCustomError(allocator, "AllocatorTableAlreadyFixed")
          .withArgs(hash);
      }
    });

    it("refuses strangers, the zero token and the zero hash", async () => {
      const { allocator, token, table, stranger } = await loadFixture(genesisWorld);
      const hash = tableHash(table);
      await expect(allocator.connect(stranger).fixTable(token, hash)).to.be.revertedWithCustomError(
        allocator,
        "OwnableUnauthorizedAccount",
      );
      await expect(allocator.fixTable(ethers.ZeroAddress, hash))
        .to.be.revertedWithCustomError(allocator, "AllocatorInvalidAddress")
        .withArgs(ethers.ZeroAddress);
      await expect(allocator.fixTable(token, ethers.ZeroHash)).to.be.revertedWithCustomError(
        allocator,
        "AllocatorZeroHash",
      );
    });
  });

  describe("execute", () => {
    it("pays every destination exactly and keeps nothing, for anyone, after the owner has left (I8)", async () => {
      const { allocator, token, table, supply, stranger } = await loadFixture(fixedWorld);
      await allocator.renounceOwnership();
      expect(await allocator.owner()).to.equal(ethers.ZeroAddress);

      const tx = allocator.connect(stranger).execute(table);
      await expect(tx).to.emit(allocator, "TableExecuted").withArgs(tableHash(table), table.length, supply);
      for (const { destination, amount, label } of table) {
        await expect(tx).to.emit(allocator, "Allocated").withArgs(destination, label, amount);
        expect(await token.balanceOf(destination)).to.equal(amount);
      }
      expect(await token.balanceOf(allocator)).to.equal(0);
      expect(await token.totalSupply()).to.equal(supply);
      expect(await allocator.executed()).to.equal(true);
    });

    it("happens once, whatever arrives later", async () => {
      const { allocator, table } = await loadFixture(fixedWorld);
      await allocator.execute(table);
      await expect(allocator.execute(table)).to.be.revertedWithCustomError(allocator, "AllocatorAlreadyExecuted");
    });

    it("waits for the table to be fixed", async () => {
      const { allocator, table } = await loadFixture(genesisWorld);
      for (const given of [table, []]) {
        await expect(allocator.execute(given)).to.be.revertedWithCustomError(allocator, "AllocatorTableNotFixed");
      }
    });

    it("pays by no other table, not even the same lines in another order", async () => {
      const { allocator, token, table, stranger, supply } = await loadFixture(fixedWorld);
      const [first, ...rest] = table as [AllocationRow, ...AllocationRow[]];
      const others = [
        [],
        [...table].reverse(),
        rest,
        [{ ...first, destination: stranger.address }, ...rest],
        [{ ...first, amount: first.amount - 1n }, ...rest],
        [{ ...first, label: ethers.ZeroHash }, ...rest],
        [...table, { destination: stranger.address, amount: 1n, label: ethers.ZeroHash }],
      ];
      for (const other of others) {
        await expect(allocator.connect(stranger).execute(other))
          .to.be.revertedWithCustomError(allocator, "AllocatorWrongTable")
          .withArgs(tableHash(table), tableHash(other));
      }
      expect(await token.balanceOf(allocator)).to.equal(supply);
    });

    it("refuses a fixed table that does not add up to the balance, above or below", async () => {
      for (const by of [1n, -1n]) {
        const { allocator, token, table, supply } = await loadFixture(genesisWorld);
        const [first, ...rest] = table as [AllocationRow, ...AllocationRow[]];
        const wrong = [{ ...first, amount: first.amount + by }, ...rest];
        await allocator.fixTable(token, tableHash(wrong));
        await expect(allocator.execute(wrong))
          .to.be.revertedWithCustomError(allocator, "AllocatorSumMismatch")
          .withArgs(supply, supply + by);
      }
    });

    it("refuses a line for nobody, for itself or of nothing", async () => {
      const bad: [(allocator: string) => Partial<AllocationRow>, string][] = [
        [() => ({ destination: ethers.ZeroAddress }), "AllocatorInvalidAddress"],
        [(allocator) => ({ destination: allocator }), "AllocatorInvalidAddress"],
        [() => ({ amount: 0n }), "AllocatorZeroAmount"],
      ];
      for (const [change, error] of bad) {
        const { allocator, token, table } = await loadFixture(genesisWorld);
        const [first, ...rest] = table as [AllocationRow, ...AllocationRow[]];
        const wrong = [{ ...first, ...change(await allocator.getAddress()) }, ...rest];
        await allocator.fixTable(token, tableHash(wrong));
        await expect(allocator.execute(wrong)).to.be.revertedWithCustomError(allocator, error);
      }
    });

    it("pays nobody twice for a token that calls back, and nothing for one that returns false", async () => {
      const { owner, stranger } = await loadFixture(genesisWorld);
      const allocator = await ethers.deployContract("GenesisAllocator", [owner.address]);
      const token = await ethers.deployContract("HostileToken", [await allocator.getAddress(), 10n]);
      const table = [{ destination: stranger.address, amount: 10n, label: ethers.ZeroHash }];
      await allocator.fixTable(token, tableHash(table));

      await token.setLying(true);
      await expect(allocator.execute(table)).to.be.revertedWithCustomError(allocator, "SafeERC20FailedOperation");
      await token.setLying(false);
      await token.setAttack(allocator, allocator.interface.encodeFunctionData("execute", [table]));
      await allocator.execute(table);
      expect(await token.attackResult()).to.equal(allocator.interface.encodeErrorResult("AllocatorAlreadyExecuted"));
      expect(await token.balanceOf(stranger.address)).to.equal(10);
    });

    it("fits a block with 200 lines", async () => {
      const { allocator, token, supply } = await loadFixture(genesisWorld);
      const table = Array.from({ length: 200 }, (_, i) => ({
        destination: ethers.toBeHex(0xb000 + i, 20),
        amount: supply / 200n,
        label: ethers.ZeroHash,
      }));
      await allocator.fixTable(token, tableHash(table));
      const receipt = await (await allocator.execute(table)).wait();
      expect(receipt?.gasUsed).to.be.lessThan(2n ** 24n);
    });
  });

  describe("ownership", () => {
    it("cannot be renounced before the table is fixed, which would lock the supply (I46)", async () => {
      const { allocator, stranger } = await loadFixture(genesisWorld);
      await expect(allocator.renounceOwnership()).to.be.revertedWithCustomError(allocator, "AllocatorTableNotFixed");
      await expect(allocator.connect(stranger).renounceOwnership()).to.be.revertedWithCustomError(
        allocator,
        "OwnableUnauthorizedAccount",
      );
    });

    it("moves in two steps", async () => {
      const { allocator, owner, successor, token, table } = await loadFixture(genesisWorld);
      await allocator.transferOwnership(successor.address);
      expect(await allocator.owner()).to.equal(owner.address);
      await allocator.connect(successor).acceptOwnership();
      await allocator.connect(successor).fixTable(token, tableHash(table));
      expect(await allocator.owner()).to.equal(successor.address);
    });

    it("has no power left once the table is fixed", async () => {
      const { allocator, token, table, supply, owner } = await loadFixture(fixedWorld);
      const [first, ...rest] = table as [AllocationRow, ...AllocationRow[]];
      const own = [{ ...first, destination: owner.address }, ...rest];
      await expect(allocator.fixTable(token, tableHash(own))).to.be.revertedWithCustomError(
        allocator,
        "AllocatorTableAlreadyFixed",
      );
      await expect(allocator.execute(own)).to.be.revertedWithCustomError(allocator, "AllocatorWrongTable");
      expect(await token.balanceOf(allocator)).to.equal(supply);
    });
  });
});
