/** A beacon at Chainlink's own mock coordinator, a consumer, and the EIP-2935 history contract that Hardhat lacks. */
import { mine, setCode, setStorageAt, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { ethers } from "hardhat";
import type { BeaconConsumer, RandomnessBeacon, VRFCoordinatorV2_5Mock } from "../../../typechain-types";

export const HOUR = 3_600n;
/** Blocks whose hashes the history serves. */
export const WINDOW = 8_191n;
/** Blocks between fixing a fallback block and that block. */
export const LEAD = 64n;

/** Order of IRandomnessBeacon.RoundStatus. */
export const Status = { None: 0n, Requested: 1n, Answered: 2n, Dead: 3n } as const;

export const SETTINGS = {
  keyHash: ethers.id("key lane"),
  callbackGas: 100_000n,
  confirmations: 3n,
  interval: 10n,
  paidGas: 250_000n,
  premiumPercent: 60n,
};

export type BeaconWorld = {
  owner: HardhatEthersSigner;
  treasury: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  coordinator: VRFCoordinatorV2_5Mock;
  beacon: RandomnessBeacon;
  consumer: BeaconConsumer;
};

export async function beaconWorld(): Promise<BeaconWorld> {
  const [owner, treasury, stranger] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const coordinator = await deployCoordinator();
  const beacon = await ethers.deployContract("RandomnessBeacon", [
    owner.address,
    treasury.address,
    coordinator,
    SETTINGS,
  ]);
  const consumer = await ethers.deployContract("BeaconConsumer", [beacon]);
  await beacon.setConsumer(consumer, true);
  await installHistory();
  return { owner, treasury, stranger, coordinator, beacon, consumer };
}

/** Chainlink's mock: a flat fee and a gas price for answers, and a price of LINK that native payment does not use. */
export function deployCoordinator(): Promise<VRFCoordinatorV2_5Mock> {
  return ethers.deployContract("VRFCoordinatorV2_5Mock", [10n ** 12n, 10n ** 9n, 4n * 10n ** 15n]);
}

/** More than any request of these tests costs, whatever tips another file of the process left behind as the going price. */
export const PLENTY = 10n ** 18n;

/** Requests a round, paying plenty, and returns its number. */
export async function request({ beacon, consumer }: BeaconWorld): Promise<bigint> {
  await consumer.request({ value: PLENTY });
  return beacon.currentRound();
}

/** Lets the coordinator answer its request `id` with its own pseudo-random words. */
export async function answer({ coordinator, beacon }: BeaconWorld, id: bigint): Promise<void> {
  await coordinator.fulfillRandomWords(id, beacon);
}

/** The seed of a round from the low 128 bits of `word`, by the formula of IRandomnessBeacon. */
export async function seedFrom(beacon: RandomnessBeacon, round: bigint, word: bigint): Promise<string> {
  const { chainId } = await ethers.provider.getNetwork();
  return ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "uint256", "address", "uint32", "uint256"],
      [ethers.id("GPU Commons RandomnessBeacon seed"), chainId, await beacon.getAddress(), round, word % 2n ** 128n],
    ),
  );
}

/** First word of Chainlink's mock for a request. */
export function mockWord(requestId: bigint): bigint {
  return BigInt(ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "uint256"], [requestId, 0])));
}

const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";

/** Runtime code of the system contract as EIP-2935 gives it. */
const HISTORY_CODE =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611f" +
  "ff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

/** Puts the real history contract where Hardhat only has a stand-in that always reverts. */
export async function installHistory(): Promise<void> {
  await setCode(HISTORY, HISTORY_CODE);
}

/** Takes the history contract away, as on a chain without EIP-2935. */
export async function removeHistory(): Promise<void> {
  await setCode(HISTORY, "0x");
}

/** Writes what the protocol would have written into the history when `block` was past. */
export async function recordInHistory(block: bigint): Promise<string> {
  const hash = (await ethers.provider.getBlock(Number(block)))?.hash ?? "";
  await setStorageAt(HISTORY, block % WINDOW, hash);
  return hash;
}

/** Mines until the next transaction runs in block `height`. */
export async function mineToRunIn(height: bigint): Promise<void> {
  const next = BigInt(await time.latestBlock()) + 1n;
  if (height < next) throw new Error(`block ${height} is past, the next is ${next}`);
  // Zero seconds apart, so that only blocks pass and no delay of the beacon.
  if (height > next) await mine(height - next, { interval: 0 });
}

/** A round that has waited 24 h, its fallback block fixed; returns round and target. */
export async function fixedFallback(world: BeaconWorld): Promise<{ round: bigint; target: bigint }> {
  const round = await request(world);
  await time.increase(24n * HOUR);
  await world.beacon.fixFallback();
  return { round, target: await world.beacon.fallbackTarget() };
}
