/**
 * What others do on the chain between the examples of docs/dapp.md: a sale opens and ends, somebody stakes, somebody proposes.
 * The examples themselves do only what their readers would.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AbiCoder, concat, id, keccak256, MaxUint256, Wallet, type ContractTransactionResponse } from "ethers";
import { newestBlock, passTime, type Stage } from "../demo/stage";
import { parseTokens, weiOf } from "../protocol/amounts";
import { possessionMessage } from "../protocol/eip712";

/** Brings the chain to where an example begins. */
export type Scene = () => Promise<void>;

const DAY = 86_400;
const T4 = 1;
const REGION = 0;
/** Rounds of the sale that the examples buy in: for a list first, for everybody after it. */
const ROUND = { listed: 0, open: 1 } as const;
const LIST = { days: 7, tokens: parseTokens("4000000"), perBuyer: parseTokens("10000") } as const;
/** Units of the sale's currency that the reader begins with: a thousand, in six decimals. */
const BUDGET = 1_000_000_000n;
/** Each buys as much as one buyer may; together they reach the soft cap. */
const OTHER_BUYERS = ["Ben", "Cleo", "Dan", "Olga", "Silas"] as const;

/** Where the sale's allow list is published: address to amount and proof. */
export function listPath({ folder }: Pick<Stage, "folder">): string {
  return join(folder, "allow-list.json");
}

/**
 * The scenes of a stage by the example that each belongs to; they are played in the guide's order.
 * @param reader whose key the examples use
 */
export function scenesOf(stage: Stage, reader: string): ReadonlyMap<string, Scene> {
  let beforeTheEnd = "";
  return new Map<string, Scene>([
    ["listed.ts", () => openListedRound(stage, reader)],
    ["buy.ts", () => passToRound(stage, ROUND.open)],
    [
      "refund.ts",
      async () => {
        beforeTheEnd = String(await stage.provider.send("evm_snapshot", []));
        await passToEnd(stage);
      },
    ],
    [
      "claim.ts",
      async () => {
        // The same sale again, this time with enough buyers.
        await stage.provider.send("evm_revert", [beforeTheEnd]);
        for (const name of OTHER_BUYERS) await buyMost(stage, name);
        await passToEnd(stage);
      },
    ],
    // A part of what was bought vests by the second.
    ["vesting.ts", () => passSeconds(stage, 30 * DAY)],
    ["delegate.ts", () => stakeGpu(stage, reader)],
    // Votes are read at a second that is over.
    ["votes.ts", () => passSeconds(stage, 1)],
    ["vote.ts", () => openVote(stage, "faucet")],
  ]);
}

async function sent(sending: Promise<ContractTransactionResponse>): Promise<void> {
  await (await sending).wait();
}

async function passSeconds({ provider }: Stage, seconds: number): Promise<void> {
  await passTime(provider, (await newestBlock(provider)).timestamp + seconds);
}

/** The owner divides the round into one for a list and one for everybody, and the first begins. */
async function openListedRound(stage: Stage, reader: string): Promise<void> {
  const { wallet, suite } = stage;
  const sale = suite.sale.connect(wallet("governance"));
  const { price, start, end, cap, perBuyer, minimum } = await sale.roundTerms(0);
  const between = start + BigInt(LIST.days * DAY);
  const common = { price, minimum };
  const listed = { ...common, start, end: between, cap: LIST.tokens, perBuyer: LIST.perBuyer, listed: true };
  const open = { ...common, start: between, end, cap: cap - LIST.tokens, perBuyer, listed: false };
  await sent(sale.setRounds([listed, open]));
  await sent(sale.setAllowList(ROUND.listed, publishList(stage, [wallet(reader), wallet(OTHER_BUYERS[0])])));
  await sent(currencyOf(stage).connect(wallet(reader)).mint(wallet(reader).address, BUDGET));
  await passToRound(stage, ROUND.listed);
}

/** Writes a list of two with their proofs, as OpenZeppelin's StandardMerkleTree has them. Returns its root. */
function publishList(stage: Stage, [one, two]: readonly [Wallet, Wallet]): string {
  const leafOf = ({ address }: Wallet): string => {
    return keccak256(keccak256(AbiCoder.defaultAbiCoder().encode(["address", "uint256"], [address, LIST.perBuyer])));
  };
  const leaves = [leafOf(one), leafOf(two)] as const;
  const listed = LIST.perBuyer.toString();
  const list = { [one.address]: { listed, proof: [leaves[1]] }, [two.address]: { listed, proof: [leaves[0]] } };
  writeFileSync(listPath(stage), JSON.stringify(list));
  return keccak256(concat([...leaves].sort()));
}

function currencyOf({ suite }: Stage): NonNullable<Stage["suite"]["currency"]> {
  if (suite.currency === undefined) throw new Error("the plan of a local chain deploys a currency");
  return suite.currency;
}

async function passToRound({ provider, suite }: Stage, round: number): Promise<void> {
  await passTime(provider, Number((await suite.sale.roundTerms(round)).start));
}

async function passToEnd({ provider, suite }: Stage): Promise<void> {
  await passTime(provider, Number((await suite.sale.plan()).endsAt));
}

async function buyMost(stage: Stage, name: string): Promise<void> {
  const { suite, wallet } = stage;
  const buyer = wallet(name);
  const { perBuyer } = await suite.sale.roundTerms(ROUND.open);
  const cost = await suite.sale.costOf(ROUND.open, perBuyer);
  const currency = currencyOf(stage).connect(buyer);
  await sent(currency.mint(buyer.address, cost));
  await sent(currency.approve(suite.sale, cost));
  await sent(suite.sale.connect(buyer).buy(ROUND.open, perBuyer, cost));
}

/** Stakes the least that a GPU needs. */
async function stakeGpu({ suite, wallet, provider }: Stage, name: string): Promise<void> {
  const owner = wallet(name);
  const device = Wallet.createRandom();
  const registry = suite.registry.connect(owner);
  const { chainId } = await provider.getNetwork();
  const binding = { owner: owner.address, classId: T4, region: REGION, device: device.address, nonce: 0n };
  const { domain, types, message } = possessionMessage(chainId, await registry.getAddress(), binding);
  await sent(suite.token.connect(owner).approve(registry, MaxUint256));
  await sent(
    registry.register({
      classId: T4,
      region: REGION,
      slots: 1,
      device: device.address,
      operator: owner.address,
      stake: weiOf((await registry.classOf(T4)).minStakeGwei),
      metadataDigest: id("metadata"),
      endpoint: "https://gpu.example",
      possession: await device.signTypedData(domain, types, message),
    }),
  );
}

/** Somebody with enough votes proposes a lower fee, and the vote begins. */
async function openVote(stage: Stage, proposer: string): Promise<void> {
  const { suite, wallet } = stage;
  const { address } = wallet(proposer);
  await sent(suite.token.connect(wallet(proposer)).delegate(address));
  await passSeconds(stage, 1);
  const { feeBps, drawUnitGwei, validatorFeeGwei } = await suite.catalog.fees();
  const fees = { feeBps: feeBps / 2n, drawUnitGwei, validatorFeeGwei };
  const call = suite.catalog.interface.encodeFunctionData("setFees", [fees]);
  const description = `# Half the fee\n\n#proposer=${address.toLowerCase()}`;
  await sent(suite.governor.connect(wallet(proposer)).propose([suite.catalog], [0n], [call], description));
  await passSeconds(stage, Number(await suite.governor.votingDelay()) + 1);
}
