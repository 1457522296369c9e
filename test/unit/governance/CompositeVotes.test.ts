/** The reader of votes: sums of three sources, each token once, and nobody's choice to make. */
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import * as market from "../registry/fixture";
import * as f from "./fixture";

/** Alice with 3 tokens staked more than the least, 5 million granted, the rest in her wallet. */
async function spread() {
  const g = await f.governance();
  const stake = (await market.minStake(g)) + 3n * f.TOKEN;
  await market.register(g, g.alice, { stake });
  const granted = 5_000_000n * f.TOKEN;
  await g.token.connect(g.governor).approve(g.grants, granted);
  await g.grants.connect(g.governor).grant(g.alice, granted);
  const wallet = await g.token.balanceOf(g.alice);
  return { g, wallet, stake, granted };
}

describe("CompositeVotes", () => {
  describe("the constructor", () => {
    it("keeps the sources and their desk", async () => {
      const g = await f.governance();
      const { composite } = g;
      expect(await composite.token()).to.equal(await g.token.getAddress());
      expect(await composite.stake()).to.equal(await g.votes.getAddress());
      expect(await composite.grants()).to.equal(await g.grants.getAddress());
      expect(await composite.delegationDesk()).to.equal(await g.desk.getAddress());
      expect(await composite.CLOCK_MODE()).to.equal("mode=timestamp");
      expect(await composite.clock()).to.equal(await time.latest());
    });

    it("refuses a source twice, which would count its votes twice (I40)", async () => {
      const g = await f.governance();
      const deploy = (...sources: string[]) => ethers.deployContract("CompositeVotes", sources);
      const [token, stake, grants] = (await Promise.all(
        [g.token, g.votes, g.grants].map((source) => source.getAddress()),
      )) as [string, string, string];
      for (const [sources, twice] of [
        [[token, token, grants], token],
        [[token, stake, token], token],
        [[token, stake, stake], stake],
      ] as const) {
        await expect(deploy(...sources))
          .to.be.revertedWithCustomError(g.composite, "CompositeVotesSameSource")
          .withArgs(twice);
      }
      await deploy(token, stake, grants);
    });

    it("refuses a source with another clock or another desk", async () => {
      const g = await f.governance();
      const [token, stake] = [await g.token.getAddress(), await g.votes.getAddress()];
      for (const [mode, ahead] of [
        ["mode=blocknumber&from=default", 0],
        ["mode=timestamp", 1],
      ] as const) {
        const odd = await ethers.deployContract("ClockMock", [g.desk, mode, ahead]);
        const address = await odd.getAddress();
        for (const sources of [
          [token, stake, address],
          [token, address, stake],
          [address, stake, token],
        ]) {
          await expect(ethers.deployContract("CompositeVotes", sources))
            .to.be.revertedWithCustomError(g.composite, "CompositeVotesWrongClock")
            .withArgs(address);
        }
      }
      const astray = await ethers.deployContract("ClockMock", [g.alice, "mode=timestamp", 0]);
      for (const sources of [
        [token, stake, await astray.getAddress()],
        [token, await astray.getAddress(), stake],
      ]) {
        await expect(ethers.deployContract("CompositeVotes", sources))
          .to.be.revertedWithCustomError(g.composite, "CompositeVotesWrongDesk")
          .withArgs(await astray.getAddress(), g.alice.address);
      }
    });
  });

  it("adds up wallet, stake in force and grants, now and in the past, as the governor does", async () => {
    const { g, wallet, stake, granted } = await spread();
    const sum = wallet + stake + granted;
    expect(sum).to.be.greaterThan(wallet);
    expect(await g.composite.getVotes(g.alice)).to.equal(sum);
    const then = await time.latest();
    await time.increase(5);
    expect(await g.composite.getPastVotes(g.alice, then)).to.equal(sum);
    expect(await g.composite.pastVotesBySource(g.alice, then)).to.deep.equal([wallet, stake, granted]);
    expect(await g.dao.getVotes(g.alice, then)).to.equal(sum);
    expect(await g.dao.getVotesWithParams(g.alice, then, "0x1234")).to.equal(sum);
    expect(await g.composite.getPastVotes(g.alice, then - 1_000_000)).to.equal(0);
  });

  it("counts the supply of the token, in which stake and grants are already (I41)", async () => {
    const { g } = await spread();
    const then = await time.latest();
    await time.increase(5);
    expect(await g.composite.getPastTotalSupply(then)).to.equal(f.SUPPLY);
    await expect(g.composite.getPastTotalSupply(2n ** 40n)).to.be.revertedWithCustomError(
      g.token,
      "ERC5805FutureLookup",
    );
  });

  it("counts a token once wherever it moves: wallet to stake, to a grant, and back (I40)", async () => {
    const { g, wallet, stake, granted } = await spread();
    const sum = wallet + stake + granted;
    await g.token.connect(g.alice).approve(g.grants, f.TOKEN);
    await g.grants.connect(g.alice).grant(g.alice, f.TOKEN);
    expect(await g.composite.getVotes(g.alice)).to.equal(sum);
    await g.grants.release(g.alice, granted);
    expect(await g.composite.getVotes(g.alice)).to.equal(sum);
    await g.registry.connect(g.alice).addStake(1, 7n * f.TOKEN);
    expect(await g.composite.getVotes(g.alice)).to.equal(sum);
    await g.registry.connect(g.alice).beginUnbond(1, stake + 7n * f.TOKEN);
    expect(await g.composite.getVotes(g.alice)).to.equal(sum - stake - 7n * f.TOKEN);
  });

  it("says whom an account chose at each source, and at the token where one answer is asked for", async () => {
    const g = await f.governance();
    await g.token.connect(g.alice).delegate(g.bob);
    await g.votes.connect(g.alice).delegate(g.carol);
    expect(await g.composite.delegatesBySource(g.alice)).to.deep.equal([
      g.bob.address,
      g.carol.address,
      g.alice.address,
    ]);
    expect(await g.composite.delegates(g.alice)).to.equal(g.bob.address);
  });

  it("chooses for nobody and names the desk, which does", async () => {
    const g = await f.governance();
    const desk = await g.desk.getAddress();
    const calls = [
      () => g.composite.connect(g.alice).delegate(g.bob),
      () => g.composite.delegateBySig(g.bob, 0, 2n ** 40n, 27, ethers.ZeroHash, ethers.ZeroHash),
    ];
    for (const call of calls) {
      await expect(call()).to.be.revertedWithCustomError(g.composite, "CompositeVotesUseDesk").withArgs(desk);
    }
  });
});
