/** A VRF coordinator that calls back into the escrow in the middle of a request for a round. Everyone's money. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import type { FunctionFragment, Interface, ParamType } from "ethers";
import { ethers } from "hardhat";
import { CoordinatorMock__factory, JobEscrow__factory } from "../../../typechain-types";
import { changesSince, moneyOf, plainRequest, queueOf } from "../../fixtures/market";
import { CLASS, deployMarket, eventsOf, GWEI, mined, postJob, Status, statusOf } from "../../fixtures/suite";

const escrowInterface: Interface = JobEscrow__factory.createInterface();

const NOT_OWNER = "OwnableUnauthorizedAccount";

/**
 * Functions without the guard, and how each refuses a stranger: they move nothing, and are for the owner, who is offered
 * the ownership, or the guardian. renounceOwnership refuses everybody and is a view for the ABI.
 */
const UNGUARDED: Readonly<Record<string, string>> = {
  acceptOwnership: NOT_OWNER,
  pauseUntil: "PauseNotGuardian",
  setGuardian: NOT_OWNER,
  setPaused: NOT_OWNER,
  setSequencerFeed: NOT_OWNER,
  setSettings: NOT_OWNER,
  setVerifier: NOT_OWNER,
  transferOwnership: NOT_OWNER,
};

const changing: readonly FunctionFragment[] = escrowInterface.fragments
  .filter((fragment): fragment is FunctionFragment => fragment.type === "function")
  .filter(({ stateMutability }) => stateMutability === "nonpayable" || stateMutability === "payable");

/** The zero of a type of the ABI, of a struct with zeros for its fields. */
function zeroOf({ baseType, type, components }: ParamType): unknown {
  if (baseType === "array") return [];
  if (baseType === "tuple") return components?.map(zeroOf);
  if (type === "address") return ethers.ZeroAddress;
  if (type === "bool") return false;
  if (type === "bytes") return "0x";
  if (type === "string") return "";
  return type.startsWith("bytes") ? ethers.zeroPadBytes("0x", Number(type.slice("bytes".length))) : 0;
}

/** A call that decodes, so that only the function itself can refuse it. */
function callOf(fragment: FunctionFragment): string {
  return escrowInterface.encodeFunctionData(fragment, fragment.inputs.map(zeroOf));
}

/** A waiting job of a market whose beacon has moved to a coordinator of ours. */
async function turned() {
  const world = await deployMarket();
  const { beacon, actors } = world;
  const hostile = await new CoordinatorMock__factory(actors.deployer).deploy();
  const { keyHash, callbackGas, confirmations, interval, paidGas, premiumPercent } = await beacon.settings();
  const settings = { keyHash, callbackGas, confirmations, interval, paidGas, premiumPercent };
  await beacon.connect(actors.owner).moveCoordinator(hostile, settings);
  return { world, hostile, job: await postJob(world, actors.requester, world.service) };
}

/** Requests a round while the coordinator makes a call; the request itself must go through and move no token. */
async function requestWith(given: Awaited<ReturnType<typeof turned>>, data: string): Promise<void> {
  const { world, hostile, job } = given;
  const { escrow, beacon, actors } = world;
  await hostile.setAttack(escrow, data);
  const before = await moneyOf(world);
  const receipt = await mined(escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: GWEI * GWEI }));
  expect(eventsOf(receipt, beacon, "RoundRequested")).to.have.length(1);
  expect(eventsOf(receipt, escrow, "RoundRequested")).to.have.length(1);
  expect(await changesSince(world, before)).to.deep.equal({});
  expect([...(await escrow.roundOf())]).to.deep.equal([1n, actors.keeper.address]);
  const { round, pendingMain } = await queueOf(world, CLASS.T4);
  expect([round, pendingMain]).to.deep.equal([1n, 1n]);
  expect(await statusOf(world, job)).to.equal(BigInt(Status.Posted));
}

describe("scenario: hostile coordinator", () => {
  it("knows every function that can change something", () => {
    const names = changing.map(({ name }) => name);
    expect(names).to.include.members(Object.keys(UNGUARDED));
    expect(names).to.have.length(24 + Object.keys(UNGUARDED).length);
  });

  for (const fragment of changing) {
    const refusal = UNGUARDED[fragment.name];
    if (refusal !== undefined) {
      it(`I16 that calls ${fragment.name} in the middle of a request has no right to`, async () => {
        const given = await loadFixture(turned);
        await requestWith(given, callOf(fragment));
        const { hostile } = given;
        expect(await hostile.attackSucceeded()).to.equal(false);
        expect(await hostile.attackResult()).to.equal(
          escrowInterface.encodeErrorResult(refusal, [await hostile.getAddress()]),
        );
      });
      continue;
    }
    it(`I12 I16 that calls ${fragment.name} in the middle of a request is refused`, async () => {
      const given = await loadFixture(turned);
      await requestWith(given, callOf(fragment));
      const { hostile, world } = given;
      expect(await hostile.attackSucceeded()).to.equal(false);
      expect(await hostile.attackResult()).to.equal(
        world.escrow.interface.encodeErrorResult("ReentrancyGuardReentrantCall"),
      );
    });
  }

  it("I16 leaves the guard open behind it: the next call of anyone goes through", async () => {
    const given = await loadFixture(turned);
    const { world, hostile } = given;
    const { escrow, actors } = world;
    const request = await plainRequest(world);
    await requestWith(given, escrow.interface.encodeFunctionData("post", [request]));
    expect(await hostile.attackResult()).to.equal(escrow.interface.encodeErrorResult("ReentrancyGuardReentrantCall"));
    await expect(escrow.connect(actors.requester2).post(request)).to.emit(escrow, "JobPosted");
  });
});
