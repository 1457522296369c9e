import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Interface, makeError } from "ethers";
import { IJobEscrow__factory, IPaymentVault__factory } from "../../../typechain-types";
import { arbiterConfigSchema } from "../../../src/agents/arbiter/agent";
import { keeperConfigSchema } from "../../../src/agents/keeper/config";
import { operatorConfigSchema } from "../../../src/agents/operator/config";
import { jobFileSchema } from "../../../src/agents/requester/jobFile";
import { endpointsOf, loadConfig, manifestOf } from "../../../src/agents/shared/config";
import { CommandFailure, EXIT } from "../../../src/agents/shared/exit";
import { endingOf } from "../../../src/agents/shared/failures";
import { createReporter, toJson } from "../../../src/agents/shared/report";
import { runLoop } from "../../../src/agents/shared/loop";
import { validatorConfigSchema } from "../../../src/agents/validator/config";
import { KeyUnavailable } from "../../../src/chain/keys";
import { BadAnswer, RpcFault, WrongChain } from "../../../src/chain/rpc";
import { NoGasMoney, NonceTaken, StillPending, TransactionRefused } from "../../../src/chain/sender";
import { explainRefusal } from "../../../src/protocol/revert";
import { ContentMissing, ContentUnavailable, digestOf } from "../../../src/store";
import { WorkloadError } from "../../../src/workload/errors";

const escrow = IJobEscrow__factory.createInterface();
const vault = IPaymentVault__factory.createInterface();
const explain = (error: unknown) => explainRefusal(error, [escrow, vault] as Interface[]);

function refused(data: string): TransactionRefused {
  const cause = makeError("refused", "CALL_EXCEPTION", {
    action: "estimateGas",
    data,
    reason: null,
    transaction: { to: null, data: "0x" },
    invocation: null,
    revert: null,
  });
  return new TransactionRefused("x", { cause });
}

describe("agents/shared", () => {
  describe("exit codes", () => {
    const digest = digestOf(Buffer.from("x"));
    const cases: [string, unknown, number][] = [
      ["a command's own failure", new CommandFailure(EXIT.declined, "no"), 8],
      ["a missing key", new KeyUnavailable("no key"), 2],
      ["a dead endpoint", new RpcFault("eth_call", "http://x", "down"), 6],
      ["an endpoint that lies", new BadAnswer("lie"), 6],
      ["an endpoint of another chain", new WrongChain("http://x", 1, "2"), 2],
      ["a transaction that hangs", new StillPending("hangs"), 6],
      ["a nonce used elsewhere", new NonceTaken("taken"), 6],
      ["no money for gas", new NoGasMoney("none"), 7],
      ["missing content", new ContentMissing(digest), 3],
      ["a broken store", new ContentUnavailable(digest, "down"), 9],
      ["a malformed job", new WorkloadError("invalidInput", "bad"), 5],
      ["an unknown job", refused(escrow.encodeErrorResult("EscrowUnknownJob", [1])), 3],
      ["a job in another state", refused(escrow.encodeErrorResult("EscrowWrongStatus", [1, 2])), 4],
      ["too early", refused(escrow.encodeErrorResult("EscrowTooEarly", [1, 2])), 4],
      [
        "another agreement",
        refused(escrow.encodeErrorResult("EscrowWrongAgreement", [1, `0x${"0".repeat(64)}`, `0x${"0".repeat(64)}`])),
        5,
      ],
      ["an empty vault account", refused(vault.encodeErrorResult("VaultInsufficientBalance", [1, 2, 3])), 7],
      ["missing leave to debit", refused(vault.encodeErrorResult("VaultNotAuthorised", [1, `0x${"0".repeat(40)}`])), 7],
      ["another refusal", refused(escrow.encodeErrorResult("EscrowVerifierNotAllowed", [`0x${"0".repeat(40)}`])), 10],
      ["a refusal nobody can read", refused("0xdeadbeef"), 10],
      ["anything else", new Error("odd"), 1],
    ];
    for (const [name, error, code] of cases) {
      it(`${name}: ${code}`, () => expect(endingOf(error, explain).exitCode).to.equal(code));
    }

    it("come with the contract's reason in words, and its name and values for machines", () => {
      const ending = endingOf(refused(escrow.encodeErrorResult("EscrowTooLate", [1, 1_800_000_000])), explain);
      expect(ending.sentence).to.equal("this was possible until 2027-01-15T08:00:00.000Z");
      expect(ending.details).to.deep.equal({ error: "EscrowTooLate", values: { jobId: 1n, closedAt: 1_800_000_000n } });
    });
  });

  describe("configuration", () => {
    let folder: string;
    const write = (value: unknown): string => {
      const path = join(folder, "config.json");
      writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
      return path;
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "config-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is taken from flags over environment over file over defaults", () => {
      const config = write({ rpc: "http://file", pollMs: 500, manifest: "file.json", stateDir: "file" });
      const env = {
        GPU_COMMONS_RPC: "http://env,http://env2",
        GPU_COMMONS_POLL_MS: "700",
        GPU_COMMONS_STATE_DIR: "env",
      };
      const loaded = loadConfig(operatorConfigSchema, { config, state: "flag" }, env);
      expect(loaded).to.deep.include({
        rpc: ["http://env", "http://env2"],
        pollMs: 700,
        manifest: "file.json",
        stateDir: "flag",
      });
      expect(loaded.store).to.deep.equal({ kind: "directory", path: ".local/store" });
      expect(manifestOf(loadConfig(operatorConfigSchema, { chain: "84532" }, {}))).to.equal("deployments/84532.json");
    });

    const wrong: Record<string, unknown> = {
      "an unknown setting": { rpcs: "http://x" },
      "an endpoint that is no URL": { rpc: "localhost:8545" },
      "a key itself": { key: `0x${"11".repeat(32)}` },
      "a list": [],
      "no JSON": "{",
      "polling too often": { pollMs: 1 },
      "an amount that is a number": { minimumPay: 5 },
      "an unknown misbehaviour": { misbehave: "lazy" },
    };
    for (const [name, value] of Object.entries(wrong)) {
      it(`is refused: ${name}`, () => {
        const load = (): unknown => loadConfig(operatorConfigSchema, { config: write(value) }, {});
        expect(load).to.throw(CommandFailure);
        try {
          load();
        } catch (error) {
          expect((error as CommandFailure).exitCode).to.equal(EXIT.usage);
          expect(String(error)).to.not.contain("11111111");
        }
      });
    }

    it("allows misbehaviour on the local chain only", () => {
      const parse = (chainId: number) => operatorConfigSchema.safeParse({ chainId, misbehave: "otherModel" });
      expect(parse(31337).data?.misbehave).to.deep.equal({ how: "otherModel", jobs: 1 });
      for (const chainId of [84532, 8453, 80002, 137]) {
        expect(parse(chainId).error?.issues[0]?.message).to.contain("31337");
      }
    });

    it("wants a token's price from a keeper, unless it works for nothing", () => {
      expect(keeperConfigSchema.safeParse({}).success).to.equal(false);
      expect(keeperConfigSchema.parse({ always: true }).tokenPrice).to.equal(undefined);
      expect(keeperConfigSchema.parse({ tokenPrice: "0.00001" }).tokenPrice).to.equal(10n ** 13n);
      expect(arbiterConfigSchema.parse({}).attempts).to.equal(24);
      expect(validatorConfigSchema.parse({})).to.include({ keep: true, attempts: 24, maxRoundPrice: 10n ** 16n });
    });

    it("uses the chain's public endpoints where none is named, and knows no other chain", () => {
      expect(endpointsOf({ chainId: 8453, rpc: undefined })).to.deep.equal(["https://mainnet.base.org"]);
      expect(() => endpointsOf({ chainId: 1, rpc: undefined })).to.throw(CommandFailure, "chain 1");
    });
  });

  describe("job files", () => {
    const base = { service: 1, work: { input: digestOf(Buffer.from("x")) } };

    it("have sensible defaults", () => {
      const job = jobFileSchema.parse(base);
      expect(job).to.include({ region: "any", secondsPerAttempt: 3600, heartbeat: 0, expirySeconds: 86_400 });
    });

    it("take seeds as digests or as any text", () => {
      const parse = (seed: string) =>
        jobFileSchema.parse({
          ...base,
          work: { kind: "train-mlp", train: 1, heldOut: 1, epochs: 1, seed, splitSeed: "split" },
        }).work;
      const exact = digestOf(Buffer.from("a"));
      expect(parse(exact)).to.include({ seed: exact });
      expect(parse("a")).to.include({ seed: exact });
    });

    for (const [name, change] of Object.entries({
      "no service": { service: 0 },
      "an input that is no address": { work: { input: "hello" } },
      "an unknown kind": { work: { kind: "mine-coins" } },
      "a short attempt": { secondsPerAttempt: 59 },
      "a region beyond the last": { region: 12 },
      "an amount that is a number": { maximum: 5 },
      "a misspelt field": { heartBeat: 5 },
    })) {
      it(`are refused: ${name}`, () => {
        expect(jobFileSchema.safeParse({ ...base, ...change }).success).to.equal(false);
      });
    }
  });

  describe("reports", () => {
    it("go to people as sentences and to machines as one object a line", () => {
      const lines: string[] = [];
      const sink = {
        out: (line: string) => lines.push(`out ${line}`),
        err: (line: string) => lines.push(`err ${line}`),
      };
      const people = createReporter({ json: false, streaming: false, ...sink });
      people.news("e", "it happened", { amount: 5n });
      people.detail("d");
      people.answer("done", { ok: true });
      expect(lines.splice(0)).to.deep.equal(["err it happened", "out done"]);
      const machines = createReporter({ json: true, streaming: true, ...sink });
      machines.news("e", "it happened", { amount: 5n });
      machines.answer("done", { ok: true, amount: 2n ** 80n });
      expect(JSON.parse((lines[0] as string).slice(4))).to.include({
        event: "e",
        sentence: "it happened",
        amount: "5",
      });
      expect(lines[1]).to.equal(`out ${toJson({ ok: true, amount: 2n ** 80n })}`);
    });
  });

  describe("runLoop", () => {
    it("goes on after failures that pass, with growing pauses, until told to stop", async () => {
      const controller = new AbortController();
      const failures: number[] = [];
      let ticks = 0;
      await runLoop({
        pollMs: 1,
        signal: controller.signal,
        tick: async () => {
          if (++ticks >= 6) controller.abort();
          if (ticks <= 3) throw new Error("passing");
        },
        onFailure: (_error, count) => failures.push(count) > 0,
      });
      expect([ticks, failures]).to.deep.equal([6, [1, 2, 3]]);
    });

    it("ends with a failure that does not pass", async () => {
      const end = runLoop({
        pollMs: 1,
        signal: new AbortController().signal,
        tick: () => Promise.reject(new Error("final")),
        onFailure: () => false,
      });
      let message = "";
      await end.catch((error: Error) => (message = error.message));
      expect(message).to.equal("final");
    });
  });

  describe("programs", () => {
    const run = (script: string, ...args: string[]) =>
      spawnSync(process.execPath, ["--require", require.resolve("tsx/cjs"), `scripts/${script}.ts`, ...args], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"] ?? "" },
      });

    it("end with code 2 and one sentence when they are called wrongly", () => {
      for (const [script, args] of [
        ["job", ["status"]],
        ["job", ["frobnicate"]],
        ["operator", ["run", "--state", "/nonexistent/state", "--manifest", "/nonexistent.json"]],
        ["keeper", ["--token-price", "cheap"]],
        ["arbiter", ["--chain", "1"]],
        ["validator", ["register"]],
      ] as const) {
        const { status, stderr } = run(script, ...args);
        expect(status, `${script} ${args.join(" ")}: ${stderr}`).to.equal(2);
        expect(stderr).to.match(/\S/).and.not.contain("    at ");
      }
    }).timeout(60_000);

    it("answer with one JSON object when asked to", () => {
      const { status, stdout } = run("job", "status", "1/0/1", "--manifest", "/nonexistent.json", "--json");
      expect(status).to.equal(2);
      expect(JSON.parse(stdout)).to.include({ ok: false, exitCode: 2 });
      const mistaken = run("job", "status", "--json", "--colour");
      expect(mistaken.status).to.equal(2);
      expect(mistaken.stderr).to.equal("");
      expect(JSON.parse(mistaken.stdout)).to.include({ ok: false, exitCode: 2, sentence: "unknown option '--colour'" });
    }).timeout(30_000);

    it("explain their exit codes", () => {
      const { status, stdout } = run("operator", "run", "--help");
      expect(status).to.equal(0);
      for (const code of Object.values(EXIT)) expect(stdout).to.match(new RegExp(`^ *${code}  \\w`, "m"));
    }).timeout(30_000);
  });
});
