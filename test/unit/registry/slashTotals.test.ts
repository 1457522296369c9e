import { expect } from "chai";
import type { GpuRegistry } from "../../../typechain-types";
import { GWEI, Kind, minStake, nextDay, outcomeOf, register, registrationOf, slashOf, TERMS, world } from "./fixture";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";

describe("Slashes", () => {
  describe("continueSlash", () => {
    describe("given a deferred part that a caller's pay cut into, and a GPU that leaves", () => {
      it("drops what is no longer held, so that the slash ends and the device can come back (I22)", async () => {
        const w = await world();
        const device = ethers.Wallet.createRandom();
        const gpu = await register(w, w.alice, { device, slots: 2 });
        const stake = (await minStake(w)) / GWEI;
        await w.registry.assignNamed(gpu, stake - 1n);
        await w.registry.assignNamed(gpu, 1n);
        // A twentieth of all stake is taken today, the rest is deferred; then a miss is paid out of the same stake.
        await w.registry.slash(slashOf(gpu, stake - 1n));
        const caller = await w.vault.accountOf(w.keeper.address);
        await w.registry.conclude(outcomeOf(gpu, { lockGwei: 1n, kind: Kind.NonCompletion, freeSlot: true, caller }));
        await w.registry.conclude(outcomeOf(gpu, { kind: Kind.Released, freeSlot: true }));

        // Bob's stake raises the cap, so that one day is enough.
        await register(w, w.bob, { stake: 20n * stake * GWEI });
        await nextDay();
        const alice = w.registry.connect(w.alice) as GpuRegistry;
        await alice.beginUnbond(gpu, (await w.registry.gpuOf(gpu)).stake);
        const paid = await w.registry.callerPayGwei(1);
        const taken = stake / 20n;
        await expect(w.registry.continueSlash(1))
          .to.emit(w.registry, "Slashed")
          .withArgs(1, gpu, (stake - paid - taken) * GWEI, 0, (await w.lens.slashOf(1)).holdUntil);
        const view = await w.registry.gpuOf(gpu);
        expect([view.stake, view.unbonding, view.locked]).to.deep.equal([0n, 0n, 0n]);

        await time.increase(TERMS.unbonding);
        await w.registry.finaliseSlash(1);
        expect((await w.lens.slashOf(1)).state).to.equal(2);
        await expect(
          (w.registry.connect(w.carol) as GpuRegistry).register(await registrationOf(w, w.carol, { device })),
        ).to.emit(w.registry, "GpuRegistered");
      });
    });
  });
});
