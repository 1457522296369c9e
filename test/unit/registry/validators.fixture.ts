/** Token, vault and ValidatorRegistry, all real; modules are plain signers, because the registry only asks who calls. */
import { loadFixture, setBalance, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import type { ContractTransactionResponse, Result } from "ethers";
import { ethers, network } from "hardhat";
import type { HostileToken, PaymentVault, ValidatorRegistry } from "../../../typechain-types";
import type { IValidatorRegistry } from "../../../typechain-types/contracts/registry/ValidatorRegistry";

export type Terms = IValidatorRegistry.TermsStruct;
export type SeatRequest = IValidatorRegistry.SeatRequestStruct;

export const GWEI = 10n ** 9n;
export const TOKEN = 10n ** 18n;
/** One token in gwei units. */
export const UNIT = 10n ** 9n;
export const DAY = 86_400n;
export const EPOCH = 7n * DAY;
/** How long a pool can be drawn from, and how long who stopped stays out. */
export const FREEZE = 3n * DAY;
export const UNBONDING = 21n * DAY;
export const MIN_STAKE = 1_000n * TOKEN;
/** Slash of a silent seat by the default terms. */
export const SILENCE = 10n * TOKEN;
export const INITIAL = 500_000n;

export const DRAW = 1;
export const RECORD = 2;
export const SLASH = 4;
export const Outcome = { Void: 0, Coherent: 1, Incoherent: 2, Silent: 3 } as const;

/** Defaults of IValidatorRegistry.Terms. */
export const TERMS = {
  minStakeGwei: 1_000n * UNIT,
  unbonding: UNBONDING,
  silenceBps: 100n,
  moduleCapPercent: 5n,
  gain: 20_000n,
  incoherentLoss: 50_000n,
  silentLoss: 100_000n,
} satisfies Terms;

export interface World {
  governor: HardhatEthersSigner;
  /** Module with every right. */
  module: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  /** Hold and allowed 10 million tokens each. */
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
  others: HardhatEthersSigner[];
  token: HostileToken;
  vault: PaymentVault;
  /** As the module calls it. */
  registry: ValidatorRegistry;
  /** Account of the treasury. */
  treasury: bigint;
}

/** A registry without validators. The token behaves unless a test tells it otherwise. */
export async function deployWorld(): Promise<World> {
  const [governor, module, stranger, treasurer, alice, bob, carol, ...others] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    ...HardhatEthersSigner[],
  ];
  const token = await ethers.deployContract("HostileToken", [governor.address, 10n ** 9n * TOKEN]);
  const vault = await ethers.deployContract("PaymentVault", [token, governor.address]);
  const registry = await ethers.deployContract("ValidatorRegistry", [vault, governor.address, TERMS]);
  await registry.setModule(module, DRAW | RECORD | SLASH);
  await vault.openAccount(treasurer);
  const treasury = await vault.accountOf(treasurer);
  await vault.setTreasury(treasury);
  for (const actor of [alice, bob, carol]) {
    await token.transfer(actor, 10_000_000n * TOKEN);
    await token.connect(actor).approve(registry, ethers.MaxUint256);
  }
  return {
    governor,
    module,
    stranger,
    alice,
    bob,
    carol,
    others,
    token,
    vault,
    registry: registry.connect(module),
    treasury,
  };
}

/** The same registry for every test of a file; the clock stands at 01:00 of a day on which an epoch begins. */
export function world(): Promise<World> {
  return loadFixture(deployDefault);
}

async function deployDefault(): Promise<World> {
  const w = await deployWorld();
  const now = BigInt(await time.latest());
  await time.increaseTo((now / EPOCH + 1n) * EPOCH + 3_600n);
  return w;
}

/** The registry as `caller` calls it. */
export function as(w: World, caller: HardhatEthersSigner): ValidatorRegistry {
  return w.registry.connect(caller);
}

export interface Wish {
  operator?: string;
  domains?: number;
  stake?: bigint;
}

/** Registers `owner`, in domain 0 with the minimum stake unless told otherwise; returns the validator. */
export async function register(w: World, owner: HardhatEthersSigner, wish: Wish = {}): Promise<bigint> {
  await as(w, owner).register(wish.operator ?? ethers.ZeroAddress, wish.domains ?? 1, wish.stake ?? MIN_STAKE);
  return w.vault.accountOf(owner);
}

/** Fresh addresses that registered in domain 0, with tokens and coin of their own. */
export async function registerMany(w: World, count: number, stake = MIN_STAKE): Promise<bigint[]> {
  const ids: bigint[] = [];
  const { governor, token } = w;
  for (let i = 0; i < count; i++) {
    const address = ethers.getAddress(ethers.dataSlice(ethers.id(`validator ${i}`), 12));
    await setBalance(address, 10n ** 24n);
    await token.connect(governor).transfer(address, stake);
    const owner = await ethers.getImpersonatedSigner(address);
    await token.connect(owner).approve(w.registry, ethers.MaxUint256);
    ids.push(await register(w, owner, { stake }));
  }
  return ids;
}

/** Validators of three owners, in domain 0. */
export async function three(w: World): Promise<[bigint, bigint, bigint]> {
  return [await register(w, w.alice), await register(w, w.bob), await register(w, w.carol)];
}

/** Seed of a label. */
export function seedOf(label: string | number): string {
  return ethers.id(`seed ${label}`);
}

/** Second of the latest block. */
export async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

/** The next block comes at `second`. */
export async function at(second: bigint): Promise<void> {
  await time.setNextBlockTimestamp(second);
}

/** Moves the clock. */
export async function pass(seconds: bigint): Promise<void> {
  await time.increase(seconds);
}

/** A request for one seat of domain 0, as of the latest second, that hardly runs out of tries. */
export async function request(w: World, change: Partial<SeatRequest> = {}): Promise<SeatRequest> {
  const domain = change.domain ?? 0;
  const { places } = await w.registry.poolOf(domain);
  return {
    domain,
    frozenAt: await now(),
    length: places,
    seats: 1,
    tries: 256,
    seed: seedOf("any"),
    excluded: [],
    ...change,
  };
}

/** Takes seats and returns who sits. */
export async function take(w: World, change: Partial<SeatRequest> = {}): Promise<bigint[]> {
  const wanted = await request(w, change);
  const drawn = await w.registry.takeSeats.staticCall(wanted);
  await w.registry.takeSeats(wanted);
  return [...drawn];
}

/** Has `validator` take so many seats, alone in a draw. */
export async function seat(w: World, validator: bigint, count = 1): Promise<void> {
  const { places } = await w.registry.poolOf(0);
  const excluded: bigint[] = [];
  for (let place = 0n; place < places; place++) {
    const other = await w.registry.listedAt(0, place);
    if (other !== validator) excluded.push(other);
  }
  for (let i = 0; i < count; i++) expect(await take(w, { excluded, seed: seedOf(i) })).to.deep.equal([validator]);
}

/** Ends a seat of `validator`. */
export async function end(w: World, validator: bigint, outcome: number): Promise<ContractTransactionResponse> {
  return w.registry.endSeats([validator], [outcome]);
}

/** Sends calls in one block, one after the other; returns whether each went through, and the block's second. */
export async function inOneSecond(
  second: bigint,
  calls: readonly ((overrides: { gasLimit: number; maxPriorityFeePerGas: bigint }) => Promise<{ hash: string }>)[],
): Promise<boolean[]> {
  await network.provider.send("evm_setAutomine", [false]);
  const sent: { hash: string }[] = [];
  try {
    for (const [index, call] of calls.entries()) {
      const maxPriorityFeePerGas = 10n ** 9n - BigInt(index) * 10n ** 7n;
      sent.push(await call({ gasLimit: 2_000_000, maxPriorityFeePerGas }));
    }
    await at(second);
    await network.provider.send("evm_mine");
  } finally {
    await network.provider.send("evm_setAutomine", [true]);
  }
  const receipts = await Promise.all(sent.map(({ hash }) => ethers.provider.getTransactionReceipt(hash)));
  return receipts.map((receipt) => receipt?.status === 1);
}

/** Fields of a struct that a view returned. */
function plain(struct: object): Record<string, unknown> {
  return (struct as Result).toObject();
}

/** State of a validator as an object. */
export async function stateOf(w: World, validator: bigint): Promise<Record<string, unknown>> {
  return plain(await w.registry.validatorOf(validator));
}

/** Present terms as an object. */
export async function termsOf(w: World): Promise<Record<string, unknown>> {
  return plain(await w.registry.terms());
}

/** Fields of a validator's bond, token wei. */
export async function bondOf(w: World, validator: bigint) {
  const { stake, unbonding, owed } = await w.registry.validatorOf(validator);
  return { stake, unbonding, owed };
}

/** Stake, unbonding and slashed sums; the contract holds at least as much (I2). */
export async function totals(w: World) {
  const { stake, unbonding, slashed } = await w.registry.totals();
  expect((await w.token.balanceOf(w.registry)) >= stake + unbonding + slashed, "I2").to.equal(true);
  return { stake, unbonding, slashed };
}
