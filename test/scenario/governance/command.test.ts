/** `npm run govern` as people run it, in a process of its own against the chain: a proposal from its making to its end. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers, network } from "hardhat";
import * as g from "../../fixtures/governance";
import { ChainServer } from "../agents/chainServer";

const PROPOSER = new Wallet(ethers.id("proposer of the command's tests"));
const VOTER = new Wallet(ethers.id("voter of the command's tests"));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What the commands answer with --json. */
interface Answer {
  readonly ok: boolean;
  readonly exitCode?: number;
  readonly sentence?: string;
  readonly id?: string;
  readonly state?: string;
  readonly title?: string;
  readonly discussion?: string;
  readonly count?: string;
  readonly proposals?: readonly { readonly number: string; readonly id: string; readonly state: string }[];
  readonly sources?: readonly string[];
  readonly leftOut?: readonly string[];
  readonly votesBySource?: Readonly<Record<string, string>>;
  readonly refusals?: readonly (string | null)[];
  readonly actions?: readonly { readonly function?: string; readonly change?: { from: string; to: string } }[];
}

/** Two holders of 3% of the supply with keys that a process can be given, and native coin. */
async function holders() {
  const w = await g.deployGovernedMarket();
  for (const { address } of [PROPOSER, VOTER]) {
    await w.token.connect(w.actors.faucet).transfer(address, g.tokens(30_000_000n));
    await w.actors.faucet.sendTransaction({ to: address, value: ethers.parseEther("10") });
  }
  return w;
}

describe("npm run govern", () => {
  let server: ChainServer;
  let folder: string;
  let child: ChildProcess | undefined;
  let w: g.GovernedWorld;

  beforeEach(async () => {
    w = await loadFixture(holders);
    folder = mkdtempSync(join(tmpdir(), "govern-"));
    const block = w.manifest.blockNumber;
    const added = {
      CommonsGovernor: w.dao,
      CommonsTimelock: w.timelock,
      CommonsGuardian: w.guard,
      CompositeVotes: w.composite,
      DelegationDesk: w.desk,
    };
    const rows = await Promise.all(
      Object.entries(added).map(async ([name, contract]) => [name, { address: await contract.getAddress(), block }]),
    );
    const contracts = { ...w.manifest.contracts, ...(Object.fromEntries(rows) as object) };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...w.manifest, contracts }));
    server = new ChainServer(network.provider);
    await server.start();
  });

  afterEach(async () => {
    child?.kill("SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(args: readonly string[], key: string | undefined = PROPOSER.privateKey): Promise<Ended> {
    const [command = "", ...rest] = args;
    const places = ["--rpc", server.url, "--manifest", join(folder, "manifest.json"), "--state", join(folder, "state")];
    const script = ["--require", require.resolve("tsx/cjs"), "scripts/govern.ts", command, ...places, ...rest];
    const running = spawn(process.execPath, script, {
      env: {
        PATH: process.env["PATH"] ?? "",
        GPU_COMMONS_POLL_MS: "50",
        ...(key === "" ? {} : { GPU_COMMONS_KEY: key }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = running;
    let [out, err] = ["", ""];
    running.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    running.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    return new Promise((resolve) => running.once("close", (code) => resolve({ code, out, err })));
  }

  async function answer(args: readonly string[], key?: string): Promise<Answer & { readonly code: number | null }> {
    const ended = await run([...args, "--json"], key);
    if (ended.out === "") throw new Error(`no answer: ${ended.err}`);
    return { ...(JSON.parse(ended.out) as Answer), code: ended.code };
  }

  const FEE = ["--call", "ServiceCatalog.setFees", "--title", "A fee of 2%"];
  const ARGS = ["--args", '[{"feeBps": "2%", "drawUnitGwei": "0.05 tokens", "validatorFeeGwei": "0.1 tokens"}]'];

  it("takes a proposal from delegation to execution", async () => {
    for (const key of [PROPOSER.privateKey, VOTER.privateKey]) {
      const delegated = await answer(["delegate", "self", "--yes"], key);
      expect(delegated).to.deep.include({ code: 0, sources: ["wallet", "grants"], leftOut: ["stake"] });
    }
    await time.increase(1);
    const made = await answer(["propose", ...FEE, ...ARGS, "--discussion", "https://forum.example/t/2", "--yes"]);
    expect(made.code, made.sentence).to.equal(0);
    expect(made.actions?.[0]?.change?.from).to.contain("2.5% (250 basis points)");
    expect(made.refusals).to.deep.equal([null]);
    const id = BigInt(made.id ?? 0);
    expect(await w.dao.latestProposalOf(PROPOSER.address)).to.equal(id);

    expect(await answer(["vote", "0", "for", "--yes"], VOTER.privateKey)).to.include({ code: 4, ok: false });
    await time.increaseTo((await w.dao.proposalSnapshot(id)) + 1n);
    const vote = await answer(["vote", "0", "for", "--reason", "cheaper", "--yes"], VOTER.privateKey);
    expect(vote.code, vote.sentence).to.equal(0);
    expect(vote.votesBySource).to.include({ wallet: String(g.tokens(30_000_000n)), stake: "0", grants: "0" });
    expect((await answer(["vote", "0", "against", "--yes"], VOTER.privateKey)).code).to.equal(7);
    const split = await answer(["vote", String(id), "--split", "50,50,0", "--yes"]);
    expect(split.code, split.sentence).to.equal(0);
    expect(await w.dao.proposalVotes(id)).to.deep.equal([g.tokens(15_000_000n), g.tokens(45_000_000n), 0n]);

    expect((await answer(["queue", "0", "--yes"])).code).to.equal(4);
    await time.increaseTo((await w.dao.proposalDeadline(id)) + 1n);
    const status = await answer(["status", "0"], "");
    expect(status).to.include({ state: "succeeded", title: "A fee of 2%", discussion: "https://forum.example/t/2" });
    expect((await answer(["queue", "0", "--yes"])).state).to.equal("queued");
    expect((await answer(["execute", "0", "--yes"])).code).to.equal(4);
    await time.increaseTo(await w.dao.proposalEta(id));
    expect((await answer(["execute", "0", "--yes"], VOTER.privateKey)).state).to.equal("executed");
    expect((await w.catalog.fees()).feeBps).to.equal(200);
    expect((await answer(["cancel", "0", "--yes"])).code).to.equal(4);
    expect((await answer(["status"], "")).count).to.equal("1");
  });

  it("lists what is not over, however many proposals were made since", async () => {
    await answer(["delegate", "self", "--yes"]);
    const voter = VOTER.connect(ethers.provider);
    await w.token.connect(voter).delegate(voter);
    await time.increase(1);
    const { id } = await answer(["propose", ...FEE, ...ARGS, "--yes"]);
    for (let i = 0; i < 45; i++) {
      const description = `# ${i}\n\n#proposer=${voter.address}`;
      await w.dao.connect(voter).propose([voter.address], [0], ["0x"], description);
      const details = await w.dao.proposalDetailsAt(i + 1);
      await w.dao.connect(voter)["cancel(uint256)"](details[0]);
    }
    const status = await answer(["status"], "");
    expect(status.count).to.equal("46");
    expect(status.proposals?.map(({ number }) => Number(number))).to.deep.equal([
      0,
      ...Array.from({ length: 20 }, (_, index) => 26 + index),
    ]);
    expect(status.proposals?.[0]).to.include({ id, state: "pending" });
    await time.increase(200n * 86_400n);
    expect((await answer(["status"], "")).proposals).to.have.lengthOf(20);
  });

  it("shows in words what would be signed, and signs nothing unasked", async () => {
    const file = join(folder, "proposal.json");
    const fees = { feeBps: "2%", drawUnitGwei: "0.05 tokens", validatorFeeGwei: "0.1 tokens" };
    writeFileSync(
      file,
      JSON.stringify({
        title: "Two things",
        text: "As talked about.",
        actions: [
          { call: "ServiceCatalog.setFees", args: [fees] },
          { call: "PaymentVault.setTreasury", args: [999] },
        ],
      }),
    );
    const shown = await run(["propose", file, "--dry-run"]);
    expect(shown.code, shown.err).to.equal(0);
    for (const words of [
      "Two things",
      "As talked about.",
      "No place of discussion is named.",
      "What it does (2 calls by the timelock):",
      "ServiceCatalog.fees(): {feeBps 2.5% (250 basis points)",
      "WARNING: call 2 would fail now",
      "votes (wallet 0, stake 0, grants 0); 1000000 are needed to propose",
    ]) {
      expect(shown.out).to.contain(words);
    }
    expect((await answer(["propose", file, "--yes"])).code).to.equal(7);
    await answer(["delegate", "self", "--yes"]);
    await time.increase(1);
    expect((await answer(["propose", file])).code).to.equal(8);
    expect(await w.dao.proposalCount()).to.equal(0);
  });

  it("lets the guardian cancel and pause through its contract, and nobody else", async () => {
    const phrase = ethers.Mnemonic.fromPhrase("test test test test test test test test test test test junk");
    const index = (await ethers.getSigners()).findIndex(({ address }) => address === w.guardian.address);
    const guardianKey = ethers.HDNodeWallet.fromMnemonic(phrase, `m/44'/60'/0'/0/${index}`).privateKey;
    await answer(["delegate", "self", "--yes"]);
    await time.increase(1);
    const { id = "" } = await answer(["propose", ...FEE, ...ARGS, "--yes"]);
    const refused = await answer(["cancel", "0", "--yes"], VOTER.privateKey);
    expect(refused).to.include({ code: 10 });
    expect(refused.sentence).to.contain("cannot cancel proposal");
    const cancelled = await answer(["cancel", id, "--yes"], guardianKey);
    expect(cancelled, cancelled.sentence).to.include({ code: 0, state: "cancelled" });

    expect(await answer(["pause", "7", "--yes"], VOTER.privateKey)).to.include({ code: 10 });
    expect(await answer(["pause", "8", "--yes"], guardianKey)).to.include({ code: 2 });
    expect(await answer(["pause", "1", "--contracts", "Nobody", "--yes"], guardianKey)).to.include({ code: 2 });
    expect(await answer(["pause", "7", "--yes"], guardianKey)).to.include({ code: 0 });
    expect(await w.escrow.pausedUntil()).to.be.greaterThan(await time.latest());
    expect(await answer(["pause", "1", "--yes"], guardianKey)).to.include({ code: 4 });
  });

  it("reads calls and proposals of others into words", async () => {
    const calldata = w.catalog.interface.encodeFunctionData("setFees", [
      { feeBps: 1, drawUnitGwei: 1, validatorFeeGwei: 1 },
    ]);
    const decoded = await answer(["decode", "--target", "ServiceCatalog", "--calldata", calldata], "");
    expect(decoded.actions?.[0]?.function).to.equal("setFees((uint16,uint64,uint64))");
    expect((await answer(["decode", "--target", "Nobody", "--calldata", "0x"], "")).code).to.equal(2);
  });

  it("ends with the exit codes that it documents", async () => {
    expect((await answer(["status", "7"], "")).code).to.equal(3);
    expect((await answer(["status", String(2n ** 200n)], "")).code).to.equal(3);
    expect((await answer(["status", "seven"], "")).code).to.equal(2);
    expect((await answer(["delegate", "somebody", "--yes"])).code).to.equal(2);
    expect((await answer(["delegate", "self", "--sources", "purse", "--yes"])).code).to.equal(2);
    expect((await answer(["delegate", "self", "--sources", "stake", "--yes"])).code).to.equal(4);
    expect((await answer(["delegate", "self"], "")).code).to.equal(2);
    expect((await answer(["propose", "--title", "T", "--yes"])).code).to.equal(2);
    expect((await answer(["propose", ...FEE, "--args", "[", "--yes"])).code).to.equal(2);
    expect((await run(["propose", "--key", "0x01"])).code).to.equal(2);
    const help = await run(["vote", "--help"]);
    expect(help.out).to.contain("Exit codes:");
  });
});
