import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers, network } from "hardhat";
import { CommandFailure } from "../../../src/agents/shared/exit";
import { loadConfig } from "../../../src/agents/shared/config";
import { CHAINS, chainOf } from "../../../src/chain/chains";
import { readManifest } from "../../../src/chain/manifest";
import { connectSuite, suitePlan } from "../../../src/deployment";
import { deployConfigSchema, suiteConfigOf } from "../../../src/deployment/command";
import { addressesOf } from "../../../src/deployment/manifest";
import { ChainServer } from "../../scenario/agents/chainServer";

const DEPLOYER = new Wallet(ethers.id("deployer of the command's tests"));
const ELSEWHERE = new Wallet(ethers.id("somebody else")).address;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Answer {
  readonly ok: boolean;
  readonly sent: number;
  readonly planned: number;
  readonly skipped: number;
  readonly checked: number;
  readonly gasCost: string;
  readonly contracts: Readonly<Record<string, { readonly address: string }>>;
  readonly exitCode?: number;
  readonly sentence?: string;
  readonly step?: string;
}

describe("npm run deploy", () => {
  let server: ChainServer;
  let folder: string;
  let child: ChildProcess | undefined;

  /** For loadFixture: native coin for the deployer, nothing else. */
  async function funded(): Promise<void> {
    const [rich] = await ethers.getSigners();
    await rich?.sendTransaction({ to: DEPLOYER.address, value: ethers.parseEther("100") });
  }

  beforeEach(async () => {
    await loadFixture(funded);
    folder = mkdtempSync(join(tmpdir(), "deploy-"));
    server = new ChainServer(network.provider);
    await server.start();
  });

  afterEach(async () => {
    child?.kill("SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const manifestPath = (): string => join(folder, "manifest.json");
  const nonce = (): Promise<number> => ethers.provider.getTransactionCount(DEPLOYER.address);

  function run(args: readonly string[], key: string | undefined = DEPLOYER.privateKey): Promise<Ended> {
    const places = ["--rpc", server.url, "--manifest", manifestPath(), "--state", join(folder, "state")];
    return runRaw([...places, ...args], key === "" ? {} : { GPU_COMMONS_KEY: key });
  }

  function runRaw(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
    const running = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), "scripts/deploy.ts", ...args], {
      env: { PATH: process.env["PATH"] ?? "", GPU_COMMONS_POLL_MS: "50", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = running;
    let [out, err] = ["", ""];
    running.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    running.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    return new Promise((resolve) => running.once("close", (code) => resolve({ code, out, err })));
  }

  const answerOf = ({ out }: Ended): Answer => JSON.parse(out) as Answer;

  describe("given mistakes", () => {
    it("ends with 2 for a network that is not in the table, and names those that are", async () => {
      const ended = await run(["--network", "atlantis", "--json"]);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.equal(
        `there is no network atlantis; known: ${CHAINS.map(({ name }) => name).join(", ")}`,
      );
    });

    it("ends with 2 without a key, and for a flag that does not exist", async () => {
      expect((await run(["--network", "local"], "")).code).to.equal(2);
      expect((await run(["--key", "0x01"])).code).to.equal(2);
    });

    it("ends with 2 on a public chain that nothing is configured for, and asks nothing of the chain", async () => {
      const ended = await run(["--network", "base-sepolia", "--json"]);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.contain("has to be named on a public chain");
      expect(server.counts.size).to.equal(0);
    });

    it("ends with 7 when the deployer cannot pay for gas", async () => {
      const ended = await run(["--json"], ethers.id("poor"));
      expect(ended.code).to.equal(7);
      expect(answerOf(ended)).to.include({ ok: false, exitCode: 7, step: "DelegationDesk" });
      expect(existsSync(manifestPath())).to.equal(false);
    });

    it("knows its exit codes: --help lists them", async () => {
      const ended = await runRaw(["--help"], {});
      expect(ended.code).to.equal(0);
      expect(ended.out).to.contain("--dry-run").and.to.contain("Exit codes:");
    });
  });

  describe("given a chain without the suite", () => {
    it("sends nothing with --dry-run and lists everything as left to do", async () => {
      const ended = await run(["--network", "local", "--dry-run", "--json"]);
      expect(ended.code, ended.err).to.equal(0);
      expect(answerOf(ended)).to.include({ ok: true, sent: 0, skipped: 0, checked: 0 });
      const config = suiteConfigOf(deployConfigSchema.parse({}), chainOf(31337), DEPLOYER.address);
      expect(answerOf(ended).planned).to.equal(suitePlan(config).length);
      expect(await nonce()).to.equal(0);
      expect(server.counts.get("eth_sendRawTransaction")).to.equal(undefined);
      expect(existsSync(manifestPath())).to.equal(false);
    });

    it("deploys everything once: a second run sends nothing, with or without its own record", async () => {
      const first = await run(["--network", "local", "--json"]);
      expect(first.code, first.err + first.out).to.equal(0);
      const { sent, contracts } = answerOf(first);
      expect(await nonce()).to.equal(sent);
      const manifest = readFileSync(manifestPath(), "utf8");
      const suite = connectSuite(addressesOf(readManifest(manifestPath())), ethers.provider);
      expect(await suite.escrow.owner()).to.equal(DEPLOYER.address);
      expect(await suite.token.balanceOf(DEPLOYER.address)).to.equal(await suite.token.totalSupply());

      const second = await run(["--network", "local", "--json"]);
      expect(second.code, second.err + second.out).to.equal(0);
      expect(answerOf(second)).to.include({ sent: 0, planned: 0, skipped: sent, gasCost: "0" });
      expect(answerOf(second).contracts).to.deep.equal(contracts);
      expect(readFileSync(manifestPath(), "utf8")).to.equal(manifest);

      rmSync(join(folder, "state"), { recursive: true });
      const third = await run(["--network", "local", "--json", "--dry-run"]);
      expect(answerOf(third)).to.include({ sent: 0, planned: 0, skipped: sent });
      expect(await nonce()).to.equal(sent);
    });

    it("goes on after being killed with a transaction on its way, and sends nothing twice", async () => {
      for (const fatal of [3, 20]) {
        let seen = 0;
        server.tricks = [
          async ({ method, params }) => {
            if (method !== "eth_sendRawTransaction" || ++seen !== fatal) return undefined;
            await network.provider.request({ method, params: [...params] });
            child?.kill("SIGKILL");
            return "drop";
          },
        ];
        expect((await run(["--json"])).code).to.equal(null);
        expect(existsSync(manifestPath())).to.equal(false);
      }
      server.tricks = [];
      const last = await run(["--json"]);
      expect(last.code, last.err + last.out).to.equal(0);
      const { sent, skipped } = answerOf(last);
      expect(await nonce()).to.equal(sent + skipped);
    });

    it("ends with 2 when the manifest is of a deployment by another key, and sends nothing", async () => {
      expect((await run(["--json"])).code).to.equal(0);
      const manifest = readFileSync(manifestPath(), "utf8");
      const other = new Wallet(ethers.id("not the owner"));
      const ended = await run(["--json"], other.privateKey);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.contain(`by ${DEPLOYER.address}`).and.to.contain(other.address);
      expect(await ethers.provider.getTransactionCount(other.address)).to.equal(0);
      expect(readFileSync(manifestPath(), "utf8")).to.equal(manifest);
    });

    it("ends with 5 and names the check when a contract has another owner by now", async () => {
      expect((await run(["--json"])).code).to.equal(0);
      const [heir] = await ethers.getSigners();
      const deployer = DEPLOYER.connect(ethers.provider);
      const { vault } = connectSuite(addressesOf(readManifest(manifestPath())), deployer);
      await vault.transferOwnership(heir?.address ?? "");
      if (heir !== undefined) await vault.connect(heir).acceptOwnership();
      const ended = await run(["--json"]);
      expect(ended.code).to.equal(5);
      expect(answerOf(ended)).to.include({ ok: false, step: "PaymentVault.owner as expected" });
    });
  });

  describe("suiteConfigOf", () => {
    const given = {
      treasury: ELSEWHERE,
      arbiters: [ELSEWHERE],
      attestation: { signers: [ELSEWHERE], threshold: 1 },
    };
    const keys = ["node-rewards", "sale", "investors-outside-sale", "research-development", "team", "advisors"];
    const destinations = Object.fromEntries([...keys, "ecosystem"].map((key) => [key, ELSEWHERE]));

    for (const chain of CHAINS.filter(({ isLocal }) => !isLocal)) {
      it(`takes coordinator, premium and sequencer feed of ${chain.name} from the chain table`, () => {
        const config = loadConfig(deployConfigSchema, { chain: String(chain.chainId) }, {}, { ...given, destinations });
        const suite = suiteConfigOf(config, chain, DEPLOYER.address);
        expect(suite.vrf).to.deep.equal({ kind: "live", coordinator: chain.vrf?.coordinator });
        expect(suite.beacon.premiumPercent).to.equal(chain.vrf?.premiumNativePercent);
        expect(suite.beacon.keyHash).to.equal(chain.vrf?.lanes.at(-1)?.keyHash);
        expect(suite.sequencerFeed).to.equal(chain.sequencerUptimeFeed);
        expect(suite.owner).to.equal(DEPLOYER.address);
        expect(suite.treasury).to.equal(ELSEWHERE);
      });
    }

    it("refuses a genesis with a destination missing or unknown", () => {
      const { ecosystem: _left, ...missing } = destinations;
      const config = { ...given, chainId: 8453 };
      for (const wrong of [missing, { ...destinations, moon: ELSEWHERE }]) {
        const parsed = deployConfigSchema.parse({ ...config, destinations: wrong });
        expect(() => suiteConfigOf(parsed, chainOf(8453), DEPLOYER.address)).to.throw(CommandFailure, "destinations");
      }
    });
  });
});
