import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadFixture, reset, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { Wallet } from "ethers";
import { ethers, network } from "hardhat";
import { CommandFailure } from "../../../src/agents/shared/exit";
import { loadConfig } from "../../../src/agents/shared/config";
import { CHAINS, chainOf } from "../../../src/chain/chains";
import { disputesLine, plannedDisputes, type Disputes } from "../../../src/deployment/commands/disputes";
import { readManifest } from "../../../src/chain/manifest";
import { connectSuite, handoverPlan, installFactory, suitePlan } from "../../../src/deployment";
import { deployConfigSchema, localPayees, suiteConfigOf } from "../../../src/deployment/settings";
import { vaiker } from "../../../deploy/presets/vaiker";
import { factoryInput } from "../../../src/deployment/predict";
import { addressesOf, readRecord } from "../../../src/deployment/manifest";
import { FakeEtherscan, FakeSourcify } from "./explorers";
import { settingsOf } from "../../fixtures/market";
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
  readonly steps: readonly { readonly step: string; readonly gas: string }[];
  readonly gas: string;
  readonly largest: string;
  readonly differences: readonly unknown[];
  readonly disputes: Disputes;
  readonly rows: readonly { readonly contract: string; readonly service: string; readonly verified: boolean }[];
  readonly exitCode?: number;
  readonly sentence?: string;
  readonly step?: string;
}

describe("npm run deploy", () => {
  let server: ChainServer;
  let folder: string;
  let child: ChildProcess | undefined;

  /** For loadFixture: native coin for the deployer and the factory, nothing else. */
  async function funded(): Promise<void> {
    await installFactory(ethers.provider, chainOf(31337));
    const [rich] = await ethers.getSigners();
    await rich?.sendTransaction({ to: DEPLOYER.address, value: ethers.parseEther("100") });
  }

  // Other tests move the clock past the sale of a configuration that names no time: this chain begins anew.
  before(() => reset());

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

  function run(
    args: readonly string[],
    key: string | undefined = DEPLOYER.privateKey,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Ended> {
    const places = ["--rpc", server.url, "--manifest", manifestPath(), "--state", join(folder, "state"), "--json"];
    return runRaw([...args, ...places], key === "" ? env : { ...env, GPU_COMMONS_KEY: key });
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
      const ended = await run(["apply", "--network", "atlantis"]);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.equal(
        `there is no network atlantis; known: ${CHAINS.map(({ name }) => name).join(", ")}`,
      );
    });

    it("ends with 2 without a key, and for a flag that does not exist", async () => {
      expect((await run(["apply", "--network", "local"], "")).code).to.equal(2);
      expect((await run(["apply", "--key", "0x01"])).code).to.equal(2);
    });

    it("ends with 2 on a public chain that nothing is configured for, and asks nothing of the chain", async () => {
      const ended = await run(["apply", "--network", "base-sepolia"]);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.contain("has to be named on a public chain");
      expect(server.counts.size).to.equal(0);
    });

    it("ends with 7 when the deployer cannot pay for gas", async () => {
      const ended = await run(["apply"], ethers.id("poor"));
      expect(ended.code).to.equal(7);
      expect(answerOf(ended)).to.include({ ok: false, exitCode: 7, step: "CommonsTimelock" });
      expect(existsSync(manifestPath())).to.equal(false);
    });

    it("knows its exit codes: --help lists them", async () => {
      const ended = await runRaw(["plan", "--help"], {});
      expect(ended.code).to.equal(0);
      expect(ended.out).to.contain("--preset").and.to.contain("Exit codes:");
    });
  });

  describe("given a chain without the suite", () => {
    it("predicts and prices everything by plan, needs no key, and sends nothing", async () => {
      const ended = await run(["plan", "--network", "local", "--deployer", DEPLOYER.address], "");
      expect(ended.code, ended.err).to.equal(0);
      expect(answerOf(ended)).to.include({ ok: true, sent: 0, skipped: 0, checked: 0 });
      const genesisTime = (await ethers.provider.getBlock(0))?.timestamp ?? 0;
      const config = suiteConfigOf(deployConfigSchema.parse({}), chainOf(31337), DEPLOYER.address, vaiker, {
        genesisTime,
      });
      const plan = suitePlan(config);
      const { planned, contracts, steps, largest, gas, disputes } = answerOf(ended);
      const court = { seats: 5, domain: 0 };
      expect(disputes).to.deep.equal({ resolver: plan.creation("DisputeCourt").address, court });
      expect(planned).to.equal(plan.steps.length);
      const all = [...plan.steps, ...handoverPlan(config, plan).steps];
      for (const { name, address } of plan.creations.values()) expect(contracts[name]?.address).to.equal(address);
      expect(steps.map(({ step }) => step)).to.deep.equal(
        all.filter(({ kind }) => kind !== "check").map(({ id }) => id),
      );
      expect(BigInt(gas)).to.equal(steps.reduce((sum, step) => sum + BigInt(step.gas), 0n));
      expect(BigInt(largest)).to.be.lessThan(2n ** 24n / 2n);
      expect(await nonce()).to.equal(0);
      expect(server.counts.get("eth_sendRawTransaction")).to.equal(undefined);
      expect(existsSync(manifestPath())).to.equal(false);
    });

    it("deploys everything once: a second run sends nothing, with or without its own record", async () => {
      const first = await run(["apply", "--network", "local"]);
      expect(first.code, first.err + first.out).to.equal(0);
      const { sent, contracts } = answerOf(first);
      expect(await nonce()).to.equal(sent);
      const manifest = readFileSync(manifestPath(), "utf8");
      const suite = connectSuite(addressesOf(readManifest(manifestPath())), ethers.provider);
      expect(await suite.escrow.owner()).to.equal(DEPLOYER.address);
      expect(await suite.token.balanceOf(DEPLOYER.address)).to.equal(0n);

      const second = await run(["apply", "--network", "local"]);
      expect(second.code, second.err + second.out).to.equal(0);
      expect(answerOf(second)).to.include({ sent: 0, planned: 0, skipped: sent, gasCost: "0" });
      expect(answerOf(second).contracts).to.deep.equal(contracts);
      expect(readFileSync(manifestPath(), "utf8")).to.equal(manifest);

      rmSync(join(folder, "state"), { recursive: true });
      rmSync(manifestPath());
      const third = await run(["apply"]);
      expect(answerOf(third)).to.include({ sent: 0, planned: 0, skipped: sent });
      expect(answerOf(third).contracts).to.deep.equal(contracts);
      expect(readFileSync(manifestPath(), "utf8")).to.equal(manifest);
      expect(await nonce()).to.equal(sent);

      const status = await run(["status"], "");
      expect(status.code, status.out).to.equal(0);
      expect(answerOf(status)).to.deep.include({ ok: true, differences: [], faults: [] });
      const resolver = contracts["DisputeCourt"]?.address;
      const court = { seats: 5, domain: 0 };
      expect(answerOf(status).disputes).to.deep.equal({ resolver, court, owners: 0 });

      const arbiter = contracts["GovernedArbiter"]?.address ?? "";
      const deployer = DEPLOYER.connect(ethers.provider);
      await suite.escrow.connect(deployer).setSettings({ ...(await settingsOf(suite)), resolver: arbiter });
      expect(answerOf(await run(["status"], "")).disputes).to.deep.equal({ resolver: arbiter });
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
        expect((await run(["apply"])).code).to.equal(null);
        expect(existsSync(manifestPath())).to.equal(false);
      }
      server.tricks = [];
      const last = await run(["apply"]);
      expect(last.code, last.err + last.out).to.equal(0);
      const { sent, skipped } = answerOf(last);
      expect(await nonce()).to.equal(sent + skipped);
    });

    it("ends with 2 for a sale in the past, and with 5 for a contract whose term began long ago; sends nothing", async () => {
      const genesisTime = (await ethers.provider.getBlock(0))?.timestamp ?? 0;
      const file = join(folder, "deploy.json");
      writeFileSync(file, JSON.stringify({ saleStart: genesisTime }));
      const past = await run(["apply", "--config", file]);
      expect(past.code).to.equal(2);
      expect(answerOf(past).sentence).to.contain("saleStart lies in the past");

      const later = { saleStart: genesisTime + 10 * 365 * 86_400 };
      writeFileSync(file, JSON.stringify(later));
      const parsed = deployConfigSchema.parse(later);
      const config = suiteConfigOf(parsed, chainOf(31337), DEPLOYER.address, vaiker, { genesisTime });
      const plan = suitePlan(config);
      const [, stranger] = await ethers.getSigners();
      await stranger?.sendTransaction({
        to: config.place.factory.address,
        data: factoryInput(plan.creation("CommonsGuardian")),
      });
      await time.increase(31 * 86_400);
      const old = await run(["apply", "--config", file]);
      expect(old.code).to.equal(5);
      expect(answerOf(old).sentence).to.contain("CommonsGuardian").and.to.contain("choose another salt");
      expect(await nonce()).to.equal(0);
    });

    it("ends with 2 when the manifest is of a deployment by another key, and sends nothing", async () => {
      expect((await run(["apply"])).code).to.equal(0);
      const manifest = readFileSync(manifestPath(), "utf8");
      const other = new Wallet(ethers.id("not the owner"));
      const ended = await run(["apply"], other.privateKey);
      expect(ended.code).to.equal(2);
      expect(answerOf(ended).sentence).to.contain(`by ${DEPLOYER.address}`).and.to.contain(other.address);
      expect(await ethers.provider.getTransactionCount(other.address)).to.equal(0);
      expect(readFileSync(manifestPath(), "utf8")).to.equal(manifest);
    });

    it("ends with 5 and names the check when a contract has another owner by now", async () => {
      expect((await run(["apply"])).code).to.equal(0);
      const [heir] = await ethers.getSigners();
      const deployer = DEPLOYER.connect(ethers.provider);
      const { vault } = connectSuite(addressesOf(readManifest(manifestPath())), deployer);
      await vault.transferOwnership(heir?.address ?? "");
      if (heir !== undefined) await vault.connect(heir).acceptOwnership();
      const ended = await run(["apply"]);
      expect(ended.code).to.equal(5);
      expect(answerOf(ended)).to.include({ ok: false, step: "PaymentVault.owner as expected" });
      const status = await run(["status"]);
      expect(status.code).to.equal(5);
      expect(answerOf(status).differences).to.deep.equal([
        {
          what: "PaymentVault.owner()",
          expected: DEPLOYER.address.toLowerCase(),
          found: heir?.address.toLowerCase(),
          isMoving: false,
        },
        {
          what: "owner of PaymentVault",
          expected: DEPLOYER.address.toLowerCase(),
          found: heir?.address.toLowerCase(),
          isMoving: false,
        },
      ]);
    });
  });

  describe("given the suite", () => {
    it("publishes every source at every service, notes the pages, and finds them published the next time", async () => {
      const [etherscan, sourcify] = [new FakeEtherscan(31337, "key"), new FakeSourcify(31337)];
      const [first, second] = [await etherscan.start(), await sourcify.start()];
      try {
        const pages = "https://explorer.example";
        const verifiers = [
          { kind: "etherscan", api: `${first}/v2/api`, pages },
          { kind: "sourcify", api: `${second}/server`, pages },
        ];
        const config = join(folder, "deploy.json");
        writeFileSync(config, JSON.stringify({ verifiers }));
        expect((await run(["verify", "--config", config])).code).to.equal(3);
        expect((await run(["apply", "--config", config])).code).to.equal(0);
        sourcify.moods.push("mismatch");
        const ended = await run(["verify", "--config", config], DEPLOYER.privateKey, { ETHERSCAN_API_KEY: "key" });
        expect(ended.code).to.equal(5);
        const { rows } = answerOf(ended);
        const count = Object.keys(readRecord(manifestPath())?.contracts ?? {}).length;
        expect(rows.length).to.equal(2 * count);
        const failed = rows.filter(({ verified }) => !verified);
        expect(failed.map(({ service }) => service)).to.deep.equal(["sourcify"]);
        expect(ended.out + ended.err).to.contain("no_match");
        const again = await run(["verify", "--config", config], DEPLOYER.privateKey, { ETHERSCAN_API_KEY: "key" });
        expect(again.code, again.err).to.equal(0);
        expect(etherscan.submissions.length).to.equal(count);
        const { address, verified } = readRecord(manifestPath())?.contracts["JobEscrow"] ?? expect.fail();
        expect(verified).to.deep.equal({
          etherscan: `${pages}/address/${address}#code`,
          sourcify: `${pages}/31337/${address}`,
        });
        expect((await run(["status", "--config", config])).code).to.equal(0);
        await etherscan.stop();
        const away = await run(["verify", "--only", "etherscan", "--config", config], DEPLOYER.privateKey, {
          ETHERSCAN_API_KEY: "key",
        });
        expect(away.code).to.equal(6);
        await etherscan.start();
      } finally {
        await Promise.all([etherscan.stop(), sourcify.stop()]);
      }
    });
  });

  describe("who judges disputes", () => {
    const court = { seats: 5, domain: 2 };

    it("is told by what the pool allows: a split, a confirmed guilt, or panels alone", () => {
      const lineFor = (owners: number) => disputesLine({ resolver: ELSEWHERE, court, owners });
      expect(lineFor(4)).to.contain("4 owners: no panel can be drawn, disputes are split");
      for (const owners of [5, 14]) expect(lineFor(owners)).to.contain("needs an arbiter's confirmation up to 15");
      expect(lineFor(15)).to.match(/validators of domain 2, who have 15 owners$/);
      expect(disputesLine({ resolver: ELSEWHERE, court }))
        .to.contain("fewer than 5 owners")
        .and.to.contain("up to 15");
      expect(disputesLine({ resolver: ELSEWHERE })).to.equal(`disputes of new jobs: ${ELSEWHERE} rules alone`);
    });
  });

  describe("suiteConfigOf", () => {
    const given = {
      payees: localPayees(vaiker),
      guardian: ELSEWHERE,
      arbiters: [ELSEWHERE],
      attestation: { signers: [ELSEWHERE], threshold: 1 },
      vestingStart: "2027-01-01T00:00:00Z",
      saleStart: 1_800_000_000,
    };
    const public_ = CHAINS.filter(({ isLocal }) => !isLocal);
    const suiteOn = (chain: (typeof CHAINS)[number], change: Readonly<Record<string, unknown>> = {}) => {
      const config = loadConfig(deployConfigSchema, { chain: String(chain.chainId) }, {}, { ...given, ...change });
      return suiteConfigOf(config, chain, DEPLOYER.address, vaiker, { genesisTime: 1 });
    };

    for (const chain of public_) {
      it(`takes coordinator, premium, currency and sequencer feed of ${chain.name} from the chain table`, () => {
        const suite = suiteOn(chain);
        expect(suite.vrf).to.deep.equal({ kind: "live", coordinator: chain.vrf?.coordinator });
        expect(suite.beacon.premiumPercent).to.equal(chain.vrf?.premiumNativePercent);
        expect(suite.beacon.keyHash).to.equal(chain.vrf?.lanes.at(-1)?.keyHash);
        expect(suite.currency).to.deep.equal({ kind: "live", address: chain.usdc });
        expect(suite.sequencerFeed).to.equal(chain.sequencerUptimeFeed);
        expect(suite).to.include({ owner: DEPLOYER.address, vestingStart: 1_798_761_600, saleStart: 1_800_000_000 });
      });
    }

    it("gives the same addresses on every chain to what has the same inputs, and says what has not", () => {
      const [first, ...others] = public_.map((chain) => suitePlan(suiteOn(chain)).creations);
      const differing = new Set<string>();
      for (const { name, address } of first?.values() ?? []) {
        for (const other of others) if (other.get(name)?.address !== address) differing.add(name);
      }
      // Coordinator and key lane; the beacon, and who works with it; USDC.
      const [market, money] = [
        ["DisputeCourt", "JobEscrow", "RandomnessBeacon", "ReviewPanel", "ScoreBoard", "TrainingChains"],
        ["ProceedsSplitter", "TokenSale"],
      ];
      expect([...differing].sort()).to.deep.equal([...market, ...money].sort());
    });

    it("sends disputes before the court, or the arbiters where the configuration says so", () => {
      const [court, arbiter] = [suiteOn(chainOf(8453)), suiteOn(chainOf(8453), { resolver: "arbiter" })];
      expect([court.resolver, arbiter.resolver]).to.deep.equal(["DisputeCourt", "GovernedArbiter"]);
      for (const suite of [court, arbiter]) {
        const plan = suitePlan(suite);
        const { address } = plan.creation(suite.resolver);
        expect(plan.creation("JobEscrow").encodedArgs.toLowerCase()).to.contain(address.slice(2).toLowerCase());
        const { resolver, court: terms } = plannedDisputes(plan, suite.resolver, suite.court);
        expect([resolver, terms?.seats]).to.deep.equal([address, suite === court ? 5 : undefined]);
      }
      expect(() => suiteOn(chainOf(8453), { resolver: "nobody" })).to.throw();
    });

    it("refuses payees that do not fit the preset, and shares that go elsewhere on a public chain", () => {
      const { development: _left, ...missing } = given.payees;
      for (const payees of [missing, { ...given.payees, moon: ELSEWHERE }]) {
        expect(() => suiteOn(chainOf(8453), { payees })).to.throw(CommandFailure, /payee|proceeds/);
      }
      const destinations = { ecosystem: ELSEWHERE };
      expect(() => suiteOn(chainOf(8453), { destinations })).to.throw(CommandFailure, "where the preset says");
      const local = suiteOn(chainOf(31337), { destinations: { sale: ELSEWHERE } });
      expect(() => suitePlan(local)).to.throw("sale cannot go anywhere else");
    });
  });
});
