/** A funded sale of a real token against a currency with any decimals, with a vesting vault, a splitter and buyers. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { ethers } from "hardhat";
import type { ComputeToken, CurrencyMock, ProceedsSplitter, TokenSale, VestingVault } from "../../../typechain-types";
import type { ITokenSale } from "../../../typechain-types/contracts/sale/TokenSale";

export const GWEI = 10n ** 9n;
export const TOKEN = 10n ** 18n;
export const DAY = 86_400n;
export const MONTH = 2_628_000n;
export const SUPPLY = 10n ** 27n;
export const FOR_SALE = 100_000_000n * TOKEN;
export const SPLITTER_LOCK = 30n * DAY;

export const Status = { Unfunded: 0n, Open: 1n, Succeeded: 2n, Failed: 3n } as const;

/** 20% at finalisation, the rest over 6 months; unvested purchases vote. */
export const VESTING = { startBps: 2_000n, cliff: 0n, duration: 6n * MONTH, step: 0n, votes: true };

export type Round = ITokenSale.RoundTermsStruct & { price: bigint; start: bigint; end: bigint; cap: bigint };

export type SaleWorld = {
  owner: HardhatEthersSigner;
  alice: HardhatEthersSigner;
  bob: HardhatEthersSigner;
  carol: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  treasury: HardhatEthersSigner;
  payees: HardhatEthersSigner[];
  token: ComputeToken;
  currency: CurrencyMock;
  vault: VestingVault;
  splitter: ProceedsSplitter;
  sale: TokenSale;
  /** One unit of money: 10^decimals. */
  usd: bigint;
  setup: ITokenSale.SetupStruct;
};

/** Shares of the `vaiker` preset. */
export const SHARES = [5_000n, 2_000n, 2_000n, 500n, 500n] as const;

/** Everything deployed; the sale has no rounds yet, and all its tokens. Soft cap: 500,000 units of money. */
export async function deployWorld(decimals = 6n): Promise<SaleWorld> {
  const signers = await ethers.getSigners();
  const [owner, alice, bob, carol, stranger, treasury] = signers as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const payees = signers.slice(6, 11);
  const usd = 10n ** decimals;
  const desk = await ethers.deployContract("DelegationDesk");
  const token = await ethers.deployContract("ComputeToken", ["VaikerAI", "VAIK", SUPPLY, owner.address, desk]);
  const currency = await ethers.deployContract("CurrencyMock", [decimals]);
  const vault = await ethers.deployContract("VestingVault", [token, desk, owner.address]);
  const list = payees.map((payee, i) => ({ payee: payee.address, bps: SHARES[i] ?? 0n }));
  const splitter = await ethers.deployContract("ProceedsSplitter", [currency, list, SPLITTER_LOCK, owner.address]);
  const setup = {
    token,
    currency,
    vault,
    splitter,
    treasury: treasury.address,
    tokensForSale: FOR_SALE,
    softCap: 500_000n * usd,
  };
  const sale = await ethers.deployContract("TokenSale", [setup, VESTING, owner.address]);
  await token.transfer(sale, FOR_SALE);
  for (const buyer of [alice, bob, carol]) {
    await currency.mint(buyer.address, 10_000_000n * usd);
    await currency.connect(buyer).approve(sale, ethers.MaxUint256);
  }
  return { owner, alice, bob, carol, stranger, treasury, payees, token, currency, vault, splitter, sale, usd, setup };
}

/** Terms of a round of 10 days from `start` on: USD 0.02, half of the sale, no list. */
export function roundOf(usd: bigint, start: bigint, changes: Partial<Round> = {}): Round {
  return {
    price: usd / 50n,
    start,
    end: start + 10n * DAY,
    cap: FOR_SALE / 2n,
    perBuyer: FOR_SALE / 2n,
    minimum: 100n * TOKEN,
    listed: false,
    ...changes,
  };
}

export async function now(): Promise<bigint> {
  return BigInt(await time.latest());
}

/** Two rounds of 10 days each: USD 0.02 each, then USD 0.04 for whatever is left. Not started. */
export async function plannedWorld(decimals = 6n): Promise<SaleWorld & { first: Round; second: Round }> {
  const world = await deployWorld(decimals);
  const start = (await now()) + DAY;
  const first = roundOf(world.usd, start);
  const second = roundOf(world.usd, first.end, { price: world.usd / 25n, cap: FOR_SALE, perBuyer: FOR_SALE });
  await world.sale.setRounds([first, second]);
  return { ...world, first, second };
}

/** As planned, in the first round. */
export async function openWorld(decimals = 6n): Promise<SaleWorld & { first: Round; second: Round }> {
  const world = await plannedWorld(decimals);
  await time.increaseTo(world.first.start);
  return world;
}

/** Alice bought 30M tokens for USD 600,000 in the first round, Bob 1,000 tokens for USD 20; the sale succeeded. */
export async function succeededWorld(): Promise<SaleWorld & { first: Round; second: Round }> {
  const world = await openWorld();
  await world.sale.connect(world.alice).buy(0, 30_000_000n * TOKEN, ethers.MaxUint256);
  await world.sale.connect(world.bob).buy(0, 1_000n * TOKEN, ethers.MaxUint256);
  await time.increaseTo(world.second.end);
  await world.sale.finalise();
  return world;
}

/** Alice paid USD 2,000 and Bob USD 20; the soft cap was missed. */
export async function failedWorld(): Promise<SaleWorld & { first: Round; second: Round }> {
  const world = await openWorld();
  await world.sale.connect(world.alice).buy(0, 100_000n * TOKEN, ethers.MaxUint256);
  await world.sale.connect(world.bob).buy(0, 1_000n * TOKEN, ethers.MaxUint256);
  await time.increaseTo(world.second.end);
  await world.sale.finalise();
  return world;
}

/** As open, with a vault that can refuse, in a sale of its own. */
export async function refusableWorld() {
  const world = await deployWorld();
  const { setup, owner, token, currency, alice, usd } = world;
  const vault = await ethers.deployContract("SaleVestingMock", [token]);
  const sale = await ethers.deployContract("TokenSale", [{ ...setup, vault }, VESTING, owner.address]);
  await token.transfer(sale, FOR_SALE);
  await currency.connect(alice).approve(sale, ethers.MaxUint256);
  const first = roundOf(usd, (await now()) + DAY);
  await sale.setRounds([first]);
  await time.increaseTo(first.start);
  return { ...world, vault, sale, first };
}

/** Token wei granted to a buyer on the schedule of the vault's only sale. */
export async function grantedTo(vault: VestingVault, buyer: { address: string }): Promise<bigint> {
  return (await vault.grantOf(1, buyer.address)).total;
}

/** A tree of (buyer, token wei) leaves as OpenZeppelin's StandardMerkleTree builds it, written out for the tests. */
export class AllowList {
  private readonly leaves: string[];
  private readonly nodes: string[];

  constructor(readonly entries: readonly (readonly [buyer: string, amount: bigint])[]) {
    this.leaves = entries.map(([buyer, amount]) => leafOf(buyer, amount));
    const sorted = [...this.leaves].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const count = sorted.length;
    this.nodes = new Array<string>(2 * count - 1).fill("");
    sorted.forEach((leaf, i) => (this.nodes[2 * count - 2 - i] = leaf));
    for (let i = count - 2; i >= 0; i--) this.nodes[i] = pairOf(this.at(2 * i + 1), this.at(2 * i + 2));
  }

  get root(): string {
    return this.at(0);
  }

  /** Proof of the leaf of a buyer. */
  proof(buyer: string): string[] {
    const leaf = this.leaves[this.entries.findIndex(([name]) => name === buyer)];
    if (leaf === undefined) throw new Error(`${buyer} is not on the list`);
    const proof: string[] = [];
    for (let i = this.nodes.indexOf(leaf); i > 0; i = Math.floor((i - 1) / 2)) {
      proof.push(this.at(i % 2 === 1 ? i + 1 : i - 1));
    }
    return proof;
  }

  private at(index: number): string {
    const node = this.nodes[index];
    if (node === undefined) throw new Error(`no node ${index}`);
    return node;
  }
}

function leafOf(buyer: string, amount: bigint): string {
  const { keccak256, AbiCoder } = ethers;
  return keccak256(keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [buyer, amount])));
}

function pairOf(a: string, b: string): string {
  return ethers.keccak256(BigInt(a) < BigInt(b) ? ethers.concat([a, b]) : ethers.concat([b, a]));
}

/** Signs a permit of the currency for the sale. */
export async function signPermit(
  world: SaleWorld,
  signer: HardhatEthersSigner,
  value: bigint,
  deadline: bigint = ethers.MaxUint256,
): Promise<{ deadline: bigint; v: number; r: string; s: string }> {
  const { currency, sale } = world;
  const { name, version, chainId, verifyingContract } = await currency.eip712Domain();
  const types = {
    Permit: [
      { name: "owner", type: "address" },
      { name: "spender", type: "address" },
      { name: "value", type: "uint256" },
      { name: "nonce", type: "uint256" },
      { name: "deadline", type: "uint256" },
    ],
  };
  const message = {
    owner: signer.address,
    spender: await sale.getAddress(),
    value,
    nonce: await currency.nonces(signer.address),
    deadline,
  };
  const signature = await signer.signTypedData({ name, version, chainId, verifyingContract }, types, message);
  const { v, r, s } = ethers.Signature.from(signature);
  return { deadline, v, r, s };
}

/** A struct that a contract returned, as an object. */
export function plain(struct: object): Record<string, unknown> {
  return (struct as { toObject(): Record<string, unknown> }).toObject();
}
