/** Places in the lists that panels are drawn from are for those who have stake: nobody keeps one for a unit of it. */
import { expect } from "chai";
import { ethers } from "hardhat";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

const ALL = ethers.MaxUint256;
const MINIMUM = f.MIN_STAKE / f.GWEI;

/** Alice, in domains 0 and 1, unbonds everything since the second that is returned. */
async function unbonding() {
  const w = await f.world();
  const alice = await f.register(w, w.alice, { domains: 3, operator: w.bob.address });
  await as(w, w.alice).beginUnbond(alice, ALL);
  return { w, alice, since: await f.now() };
}

describe("ValidatorRegistry: delist", () => {
  it("takes the places of one that got its stake out but for a unit, which anyone may add (I47)", async () => {
    const { w, alice } = await unbonding();
    await f.pass(f.UNBONDING);
    await as(w, w.bob).addStake(alice, f.GWEI);
    await expect(as(w, w.alice).withdraw(alice, w.alice)).to.changeTokenBalance(w.token, w.alice, f.MIN_STAKE);
    expect(await w.registry.poolOf(0)).to.deep.equal([1n, 0n]);

    await expect(as(w, w.stranger).delist(alice)).to.emit(w.registry, "DomainsChanged").withArgs(alice, 3, 0);
    expect(await w.registry.poolOf(0)).to.deep.equal([0n, 0n]);
    expect(await w.registry.poolOf(1)).to.deep.equal([0n, 0n]);
    expect((await w.registry.validatorOf(alice)).domains).to.equal(0);
    await expect(as(w, w.stranger).delist(alice))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
      .withArgs(0, 1, 2n ** 32n - 1n);
  });

  it("waits for 3 days after it stopped, to the second, and is for validators only", async () => {
    const { w, alice, since } = await unbonding();
    await expect(as(w, w.stranger).delist(77)).to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough");
    await f.at(since + f.FREEZE - 1n);
    await expect(as(w, w.stranger).delist(alice))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough")
      .withArgs(alice, since + f.FREEZE);
    await f.at(since + f.FREEZE);
    await expect(as(w, w.stranger).delist(alice)).to.emit(w.registry, "DomainsChanged");
  });

  it("leaves who pauses with the minimum stake, and who is available, where they are", async () => {
    const w = await f.world();
    const alice = await f.register(w, w.alice);
    const second = (await f.now()) + 5n;
    await f.at(second);
    await expect(as(w, w.stranger).delist(alice))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough")
      .withArgs(alice, second + f.FREEZE);
    await as(w, w.alice).setAvailable(alice, false);
    await f.pass(f.FREEZE);
    await expect(as(w, w.stranger).delist(alice))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsStakeEnough")
      .withArgs(alice, MINIMUM, MINIMUM);
  });

  it("ends with stake and domains of its owner's choice, in that order", async () => {
    const { w, alice } = await unbonding();
    await f.pass(f.FREEZE);
    await as(w, w.stranger).delist(alice);
    await expect(as(w, w.alice).setDomains(alice, 1))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsStakeShort")
      .withArgs(0, MINIMUM);
    await as(w, w.alice).cancelUnbond(alice);
    await expect(as(w, w.bob).setAvailable(alice, true))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
      .withArgs(0, 1, 2n ** 32n - 1n);
    await as(w, w.alice).setDomains(alice, 4);
    await as(w, w.bob).setAvailable(alice, true);
    await f.pass(1n);
    expect(await w.registry.poolOf(2)).to.deep.equal([1n, 1n]);
    expect(await w.registry.poolOf(0)).to.deep.equal([0n, 0n]);
  });

  it("touches neither stake nor open seats, and its validator leaves as anyone", async () => {
    const w = await f.world();
    const alice = await f.register(w, w.alice);
    await f.pass(1n);
    await f.seat(w, alice);
    await as(w, w.alice).beginUnbond(alice, ALL);
    await f.pass(f.UNBONDING);
    await as(w, w.stranger).delist(alice);
    await expect(as(w, w.alice).withdraw(alice, w.alice))
      .to.be.revertedWithCustomError(w.registry, "ValidatorsSeatsOpen")
      .withArgs(alice, 1);
    await f.end(w, alice, f.Outcome.Void);
    await expect(as(w, w.alice).withdraw(alice, w.alice)).to.changeTokenBalance(w.token, w.alice, f.MIN_STAKE);
    expect(await f.register(w, w.alice)).to.equal(alice);
    expect((await w.registry.poolOf(0)).places).to.equal(1n);
  });
});
