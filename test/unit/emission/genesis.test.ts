/** Genesis of every preset with its own contracts: no address depends on another in a circle, and emission can begin. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { allocationRows, supplyWei, tableHash } from "../../../deploy/presets/allocation";
import { PRESET_IDS, presetOf } from "../../../deploy/presets/index";
import { partsOf } from "../../../deploy/presets/schema";
import { emissionParameters, saleParameters, vestingParameters } from "../../../deploy/presets/terms";
import { actors, anyContract, DAY } from "./fixture";

async function genesisOf(id: string) {
  const { owner, stranger } = await loadFixture(actors);
  const preset = presetOf(id);
  const supply = supplyWei(preset);
  const names = [preset.token.name.value, preset.token.symbol.value];
  // Neither of the first two is told anything but its owner.
  const allocator = await ethers.deployContract("GenesisAllocator", [owner.address]);
  const controller = await ethers.deployContract("EmissionController", [owner.address]);
  const issues = preset.issuance.value.kind === "controller";
  const common = [...names, supply, await allocator.getAddress(), ethers.ZeroAddress];
  const token = issues
    ? await ethers.deployContract("IssuableToken", [...common, await controller.getAddress()])
    : await ethers.deployContract("ComputeToken", common);

  const emission = emissionParameters(preset);
  const destinations = Object.fromEntries(
    partsOf(preset).map(({ key }, i) => [key, ethers.getAddress(ethers.toBeHex(0xa000 + i, 20))]),
  );
  let distributor;
  if (emission !== undefined) {
    const args = [token, emission.pool, emission.period, owner.address];
    distributor = await ethers.deployContract("EmissionDistributor", args);
    destinations[emission.part] = await distributor.getAddress();
  }
  const rows = allocationRows(preset, destinations);
  await allocator.fixTable(token, tableHash(rows));
  await allocator.renounceOwnership();
  await allocator.connect(stranger).execute(rows);
  return { preset, supply, token, controller, distributor, emission, rows, owner, stranger };
}

describe("genesis of a preset", () => {
  for (const id of PRESET_IDS) {
    it(`I8 ${id} pays every part, and what is emitted begins`, async () => {
      const { supply, token, distributor, emission, rows, stranger } = await genesisOf(id);
      const balances = await Promise.all(rows.map(({ destination }) => token.balanceOf(destination)));
      expect(balances).to.deep.equal(rows.map(({ amount }) => amount));
      expect(balances.reduce((sum, balance) => sum + balance, 0n)).to.equal(supply);
      if (distributor === undefined || emission === undefined) return;
      await distributor.connect(stranger).start();
      await time.increase(DAY);
      const day = emission.pool / 2n / (BigInt(emission.period) / DAY);
      expect(await distributor.emittedAt(await time.latest())).to.equal(day);
    });
  }

  for (const id of PRESET_IDS) {
    it(`I36 ${id} has terms that the vesting vault, the sale and the splitter take`, async () => {
      const { preset, token, owner, stranger } = await genesisOf(id);
      const start = BigInt(await time.latest()) + DAY;
      const desk = await ethers.deployContract("DelegationDesk");
      const vault = await ethers.deployContract("VestingVault", [token, desk, owner.address]);
      for (const { destination } of partsOf(preset)) {
        if (destination.kind !== "vesting") continue;
        const terms = { start, ...vestingParameters(destination.terms.value) };
        await expect(vault.createSchedule(terms, owner.address)).to.emit(vault, "ScheduleCreated");
      }

      const currency = await ethers.deployContract("CurrencyMock", [6]);
      const payees = preset.proceeds.map(({ shareBps }, i) => ({
        payee: ethers.getAddress(ethers.toBeHex(0xc000 + i, 20)),
        bps: shareBps.value,
      }));
      const splitter = await ethers.deployContract("ProceedsSplitter", [currency, payees, 30n * DAY, owner.address]);
      const { tokensForSale, softCap, vesting, rounds } = saleParameters(preset, Number(start));
      const places = { token, currency, vault, splitter, treasury: stranger.address };
      const sale = await ethers.deployContract("TokenSale", [
        { ...places, tokensForSale, softCap },
        vesting,
        owner.address,
      ]);
      await expect(sale.setRounds(rounds)).to.emit(sale, "PlanSet");
      expect(await sale.tokensForSale()).to.equal(preset.sale.tokens.value * 10n ** 18n);
    });
  }

  it("I9 aicrypto can issue what its preset says, and no more", async () => {
    const { preset, supply, token, controller } = await genesisOf("aicrypto");
    const { value } = preset.issuance;
    if (value.kind !== "controller") throw new Error("aicrypto has issuance");
    await controller.setToken(token);
    await controller.setRewards(await anyContract());
    const most = (supply * BigInt(value.capBps)) / 10_000n;
    await expect(controller.announce(most + 1n)).to.be.revertedWithCustomError(controller, "ControllerAboveBound");
    await controller.announce(most);
    await time.increase(BigInt(value.delayDays) * DAY);
    await controller.execute(1);
    expect(await token.totalSupply()).to.equal(supply + most);
    await time.increase(BigInt(value.windowDays) * DAY - 60n);
    expect(await controller.mintable()).to.equal(0);
    await time.increase(60n);
    expect(await controller.mintable()).to.equal((most * 102n) / 100n);
  });
});
