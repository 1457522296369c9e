/** A score board over the real vault, a beacon whose rounds tests answer, and a registry that seats whom tests name. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { keccak256 } from "ethers";
import { ethers } from "hardhat";
import { scoreSheetMessage } from "../../../src/protocol/eip712";
import { markLeafOf } from "../../../src/protocol/hashes";
import { merkleTree } from "../../../src/protocol/merkle";
import { markOf, mediansOf, seatCommitOf, sheetOf, type Scores } from "../../../src/protocol/scores";
import type { ComputeToken, PaymentVault, RoundsMock, ScoreBoard, ValidatorsMock } from "../../../typechain-types";
import { DAY, HOUR, inSecond, now, Round } from "./fixture";

export const TOKEN = 10n ** 18n;
export const GWEI = 10n ** 9n;
export const FEE_UNIT = 10n ** 12n;
export const CHAIN = 31_337n;
export const DOMAIN = 3n;
export const TERMS = {
  epochSeconds: 7n * DAY,
  seats: 5n,
  commitSeconds: 24n * HOUR,
  revealSeconds: 24n * HOUR,
  gradeSeconds: 24n * HOUR,
  tolerance: 15n,
  maxQuestions: 64n,
  minFee: 100_000n,
};
/** Order of IScoreBoard.Status. */
export const BatchStatus = {
  None: 0n,
  Asking: 1n,
  Waiting: 2n,
  Committing: 3n,
  Revealing: 4n,
  Grading: 5n,
  Settling: 6n,
  Failed: 7n,
  Closed: 8n,
};
/** Order of IScoreBoard.Stage. */
export const QuestionStage = { None: 0n, Asked: 1n, Scored: 2n, Settled: 3n };
/** Validators 1..9, each with a key of its own. */
export const VOTERS = 9;

export type ScoreWorld = {
  owner: HardhatEthersSigner;
  asker: HardhatEthersSigner;
  setter: HardhatEthersSigner;
  stranger: HardhatEthersSigner;
  treasurer: HardhatEthersSigner;
  voters: HardhatEthersSigner[];
  token: ComputeToken;
  vault: PaymentVault;
  rounds: RoundsMock;
  validators: ValidatorsMock;
  board: ScoreBoard;
};

/** Text of a question, as the board takes it. */
export type Text = {
  batch: bigint;
  asker: string;
  subject: string;
  claim: string;
  dimensions: bigint;
  party: bigint;
  note: string;
};
export type Asked = { id: string; batch: bigint; fee: bigint; text: Text };
/** Scores by seat, undefined for a seat that says nothing. */
export type Marks = readonly (Scores | undefined)[];

export async function deployBoard(
  rounds: RoundsMock,
  validators: ValidatorsMock,
  terms: typeof TERMS,
  owner: string,
): Promise<ScoreBoard> {
  const settlement = await ethers.deployContract("ScoreSettlement");
  const factory = await ethers.getContractFactory("ScoreBoard", {
    libraries: { ScoreSettlement: await settlement.getAddress() },
  });
  return (await factory.deploy(rounds, validators, terms, owner)) as unknown as ScoreBoard;
}

export async function scoreWorld(): Promise<ScoreWorld> {
  const signers = await ethers.getSigners();
  const [owner, asker, setter, stranger, treasurer] = signers as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const voters = signers.slice(5, 5 + VOTERS);
  const parts = ["VaikerAI", "VAIK", 10n ** 27n, owner.address, ethers.ZeroAddress];
  const token = await ethers.deployContract("ComputeToken", parts);
  const vault = await ethers.deployContract("PaymentVault", [token, owner.address]);
  const rounds = await ethers.deployContract("RoundsMock");
  const validators = await ethers.deployContract("ValidatorsMock");
  await validators.setVault(vault);
  const board = await deployBoard(rounds, validators, TERMS, owner.address);
  for (const [index, voter] of voters.entries()) {
    await vault.openAccount(voter);
    await validators.setWorker(index + 1, voter);
  }
  await validators.setPool(12, VOTERS);
  await vault.openAccount(treasurer);
  await vault.setTreasury(await vault.accountOf(treasurer));
  await vault.setModule(board, 1);
  await token.approve(vault, ethers.MaxUint256);
  await vault.depositFor(asker, 1_000n * TOKEN);
  await vault.connect(asker).setAuthorisation(board, true);
  await board.setAsker(asker, true);
  await board.setGoldSetter(setter, true);
  return { owner, asker, setter, stranger, treasurer, voters, token, vault, rounds, validators, board };
}

export type AskOptions = {
  subject: string;
  claim: string;
  domain: bigint;
  dimensions: bigint;
  party: bigint;
  fee: bigint;
  note: string;
};

export const requestFor = (some: Partial<AskOptions> = {}): AskOptions => ({
  subject: some.subject ?? ethers.id("subject"),
  claim: some.claim ?? ethers.id("content"),
  domain: some.domain ?? DOMAIN,
  dimensions: some.dimensions ?? 3n,
  party: some.party ?? 0n,
  fee: some.fee ?? 5n * TOKEN,
  note: some.note ?? ethers.id("random"),
});

/** Asks a question; by the asker of the world, unless another is named. */
export async function askScore(
  { board, asker }: ScoreWorld,
  some: Partial<AskOptions> = {},
  by: HardhatEthersSigner = asker,
): Promise<Asked> {
  const request = requestFor(some);
  const [batch, id] = await board.connect(by).ask.staticCall(request);
  await board.connect(by).ask(request);
  const { subject, claim, dimensions, party, note } = request;
  return { id, batch, fee: request.fee, text: { batch, asker: by.address, subject, claim, dimensions, party, note } };
}

/** Lets the asking end, binds, answers the round and draws; returns who sits. */
export async function seatBatch(world: ScoreWorld, batch: bigint): Promise<bigint[]> {
  const { board, rounds, stranger } = world;
  const { askEnd } = await board.batchOf(batch);
  await inSecond(askEnd + 1n);
  await board.connect(stranger).bind(batch);
  await rounds.set((await board.batchOf(batch)).round, Round.Answered, false);
  await board.connect(stranger).draw(batch);
  return [...(await board.seatsOf(batch))];
}

export const saltFor = (question: string, seat: number): string =>
  ethers.solidityPackedKeccak256(["bytes32", "uint256"], [question, seat]);

/** Key of the validator of a seat. */
export function keyOf({ voters }: ScoreWorld, validator: bigint): HardhatEthersSigner {
  const voter = voters[Number(validator) - 1];
  if (voter === undefined) throw new Error("no such validator");
  return voter;
}

export type Sealed = { seat: number; validator: bigint; root: string; leaves: Leaf[] };
export type Leaf = { question: string; mark: number; salt: string; proof: string[] };

/** What a seat seals of its marks, by question id. */
export async function sealOf(
  { board }: ScoreWorld,
  seat: number,
  validator: bigint,
  marks: ReadonlyMap<string, number>,
): Promise<Sealed> {
  const address = await board.getAddress();
  const rows = [...marks].map(([question, mark]) => ({ question, mark, salt: saltFor(question, seat) }));
  const hashes = rows.map(({ question, mark, salt }) =>
    markLeafOf({ chainId: CHAIN, board: address, question, validator }, mark, salt),
  );
  const { root, proofs } = merkleTree(hashes, keccak256);
  return { seat, validator, root, leaves: rows.map((row, index) => ({ ...row, proof: [...(proofs[index] ?? [])] })) };
}

/** By question, what each seat says. */
export type Said = readonly (readonly [question: Asked, marks: Marks])[];

/** All seats that say something commit; returns what they sealed, in the order of the commits. */
export async function commitAll(world: ScoreWorld, batch: bigint, said: Said): Promise<Sealed[]> {
  const panel = await world.board.seatsOf(batch);
  const sealed: Sealed[] = [];
  for (const [seat, validator] of panel.entries()) {
    const marks = new Map<string, number>();
    for (const [question, all] of said) {
      const scores = all[seat];
      if (scores !== undefined) marks.set(question.id, markOf(scores));
    }
    if (marks.size === 0) continue;
    const one = await sealOf(world, seat, validator, marks);
    await world.board.connect(keyOf(world, validator)).commit(batch, seat, one.root);
    sealed.push(one);
  }
  return sealed;
}

/** Commits as `report` takes them. */
export const commitsOf = (world: ScoreWorld, sealed: readonly Sealed[]): bigint[] =>
  sealed.map(({ seat, validator }) => seatCommitOf({ signer: keyOf(world, validator).address, validator, seat }));

export type Row = { question: string; sheet: bigint };

/** Rows of a sheet about what was said. */
export const rowsOf = (said: Said): Row[] =>
  said.map(([question, marks]) => {
    const packed = marks.map((scores) => (scores === undefined ? undefined : markOf(scores)));
    return { question: question.id, sheet: sheetOf(packed, mediansOf(packed)) };
  });

/** Signature of a sheet by a key. */
export async function signSheet(
  { board }: ScoreWorld,
  key: HardhatEthersSigner,
  batch: bigint,
  rows: readonly Row[],
): Promise<string> {
  const typed = scoreSheetMessage(CHAIN, await board.getAddress(), { batch, rows });
  return key.signTypedData(typed.domain, typed.types, { batch, rows: [...rows] });
}

export const signaturesOf = (
  world: ScoreWorld,
  batch: bigint,
  rows: readonly Row[],
  sealed: readonly Sealed[],
): Promise<string[]> =>
  Promise.all(sealed.map(({ validator }) => signSheet(world, keyOf(world, validator), batch, rows)));

/** Waits for the reveal window, if it is not open yet. */
export async function passCommits({ board }: ScoreWorld, batch: bigint): Promise<void> {
  const { status, commitEnd } = await board.batchOf(batch);
  if (status === BatchStatus.Committing) await time.increaseTo(commitEnd + 1n);
}

/** Everyone who committed signs what was said, and a stranger reports it. */
export async function reportAll(world: ScoreWorld, batch: bigint, said: Said, sealed: readonly Sealed[]) {
  await passCommits(world, batch);
  const rows = rowsOf(said);
  const signatures = await signaturesOf(world, batch, rows, sealed);
  return world.board.connect(world.stranger).report(batch, rows, commitsOf(world, sealed), signatures);
}

/** Everyone who committed opens all of its marks. */
export async function revealAll(world: ScoreWorld, batch: bigint, sealed: readonly Sealed[]): Promise<void> {
  await passCommits(world, batch);
  for (const { seat, leaves } of sealed) await world.board.connect(world.stranger).reveal(batch, seat, leaves);
}

/** Goes to the first second after a window of the batch. */
export async function pass(
  { board }: ScoreWorld,
  batch: bigint,
  window: "askEnd" | "commitEnd" | "revealEnd" | "gradeEnd",
): Promise<void> {
  const end = (await board.batchOf(batch))[window];
  if ((await now()) <= end) await time.increaseTo(end + 1n);
}

/** Vault balances of these accounts, token wei. */
export const balancesOf = ({ vault }: ScoreWorld, accounts: readonly bigint[]): Promise<bigint[]> =>
  Promise.all(accounts.map((account) => vault.balanceOf(account)));
