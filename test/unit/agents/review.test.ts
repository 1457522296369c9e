/** What the parties do about a review, and the commands of validators, against a made-up chain. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import type { Examination } from "../../../src/agents/shared/examine";
import { JobActions } from "../../../src/agents/operator/actions";
import { operatorConfigSchema } from "../../../src/agents/operator/config";
import type { OperatorJob } from "../../../src/agents/operator/state";
import { createReporter } from "../../../src/agents/shared/report";
import { openSender, openSession, type Session } from "../../../src/agents/shared/session";
import { packJobId } from "../../../src/protocol/jobId";
import { JobStatus, Verdict } from "../../../src/protocol/status";
import { jobWord } from "../../../src/protocol/words";
import { digestOf } from "../../../src/store";
import { Agent } from "../../scenario/agents/market";
import { agreementWith, FakeReview, MANIFEST } from "./fakeReview";

const JOB = packJobId({ requester: 9n, ring: 0n, generation: 1n });
const CLAIM = digestOf(Buffer.from("claim"));
const OTHER = digestOf(Buffer.from("other"));

describe("agents/review", function () {
  this.timeout(60_000);
  let node: FakeReview;
  let url: string;
  let folder: string;
  let wallet: Wallet;
  let session: Session | undefined;
  /** Settings beyond those of every test. */
  let extra: Record<string, unknown>;

  beforeEach(async () => {
    extra = {};
    node = new FakeReview();
    url = await node.start();
    folder = mkdtempSync(join(tmpdir(), "review-"));
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
    wallet = new Wallet(Wallet.createRandom().privateKey);
    node.mineMany(3);
  });

  afterEach(async () => {
    session?.close();
    session = undefined;
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = (): Record<string, unknown> => ({
    rpc: url,
    manifest: join(folder, "manifest.json"),
    store: `directory:${join(folder, "store")}`,
    stateDir: join(folder, "state"),
    pollMs: 50,
    ...extra,
  });

  async function command(
    script: string,
    ...args: string[]
  ): Promise<{ code: number | null; answer: Record<string, unknown> }> {
    const path = join(folder, "config.json");
    writeFileSync(path, JSON.stringify(settings()));
    const agent = new Agent(script, [...args, "--config", path, "--json"], wallet.address, {
      GPU_COMMONS_KEY: wallet.privateKey,
    });
    const code = await agent.exited;
    const answer = agent.news.at(-1) as Record<string, unknown> | undefined;
    if (answer === undefined) throw new Error(agent.stderr);
    return { code, answer };
  }

  describe("a requester", () => {
    beforeEach(() => node.accounts.set(wallet.address, 9n));

    it("brings a rejected job before the panel", async () => {
      node.deliver(JOB, agreementWith(), CLAIM);
      const { code, answer } = await command("job", "reject", "9/0/1", "--reason", "wrong", "--yes");
      expect([code, answer["caseOpened"]], JSON.stringify(answer)).to.deep.equal([0, true]);
      expect(node.sent).to.deep.equal(["reject", "openCase"]);
    });

    it("does so later when the command was cut short, and is content when somebody was faster", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      const first = await command("job", "reject", "9/0/1", "--reason", "wrong", "--yes");
      expect([first.code, node.sent]).to.deep.equal([0, ["openCase"]]);
      const again = await command("job", "reject", "9/0/1", "--reason", "wrong", "--yes");
      expect([again.code, again.answer["error"]]).to.deep.equal([4, "PanelKnownQuestion"]);
    });

    it("rejects as ever where another resolver judges", async () => {
      node.deliver(JOB, agreementWith({ resolver: wallet.address }), CLAIM);
      const { code } = await command("job", "reject", "9/0/1", "--reason", "wrong", "--yes");
      expect([code, node.sent]).to.deep.equal([0, ["reject"]]);
    });

    it("appeals a verdict that the result is valid, with leave to debit the bond", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.seat(JOB, 1n, 2n, 3n);
      const early = await command("job", "appeal", "9/0/1", "--yes");
      expect([early.code, early.answer["status"]]).to.deep.equal([4, "Committing"]);
      node.decide(JOB, CLAIM);
      const status = await command("job", "status", "9/0/1");
      expect(status.answer["review"]).to.include({ status: "Decided", finding: "Valid", isAppealed: false });
      // The made-up vault holds 5 wei; the bond is twice the review fee of 3e9.
      const poor = await command("job", "appeal", "9/0/1", "--yes");
      expect([poor.code, poor.answer["missing"]]).to.deep.equal([7, "5999999995"]);
      node.balance = 10n ** 20n;
      const unasked = await command("job", "appeal", "9/0/1", "--yes");
      expect([unasked.code, unasked.answer["sentence"]]).to.deep.equal([
        7,
        "the court may not debit the vault account yet: add --authorise",
      ]);
      const { code, answer } = await command("job", "appeal", "9/0/1", "--yes", "--authorise");
      expect([code, answer["bond"]], JSON.stringify(answer)).to.deep.equal([0, "6000000000"]);
      expect(node.sent.slice(-2)).to.deep.equal(["setAuthorisation", "appeal"]);
    });

    it("cannot appeal guilt: that went for it", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.seat(JOB, 1n, 2n, 3n);
      node.decide(JOB, OTHER);
      const { code, answer } = await command("job", "appeal", "9/0/1", "--yes");
      expect([code, answer["finding"]]).to.deep.equal([4, "Invalid"]);
    });
  });

  describe("an operator", () => {
    let actions: JobActions;
    let job: OperatorJob;
    let found: Examination;
    let news: { event: string; [field: string]: unknown }[];
    let looks: number;

    beforeEach(() => {
      const config = operatorConfigSchema.parse(settings());
      news = [];
      looks = 0;
      const out = (line: string): unknown => news.push(JSON.parse(line) as (typeof news)[number]);
      const reporter = createReporter({ json: true, streaming: true, out, err: out });
      session = openSession(config, "operator", reporter);
      const sender = openSender(session, wallet, "mined");
      const examine = async (): Promise<Examination> => {
        looks++;
        return found;
      };
      const nothing = (): void => undefined;
      const tools = { session, sender, ownerSender: sender, config, reporter, save: nothing, tempt: nothing, examine };
      actions = new JobActions(tools);
      job = { jobId: JOB, gpu: 3n, attempt: 1n, seenAt: 0, namedStep: 0, failedRuns: 0 };
      node.accounts.set(wallet.address, 7n);
      node.dispute(JOB, agreementWith(), CLAIM);
      node.seat(JOB, 1n, 2n, 3n);
      node.decide(JOB, OTHER);
    });

    afterEach(() => actions.close());

    const act = async (): Promise<void> => {
      if (session === undefined) throw new Error("no session");
      const word = { ...jobWord.decode(0n), status: BigInt(JobStatus.Disputed) };
      await actions.act({ do: "appeal" }, { job, word, agreement: agreementWith(), head: await session.head() });
      const until = performance.now() + 5000;
      while (looks === 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      await new Promise((resolve) => setTimeout(resolve, 10));
    };

    it("appeals when it did the job again and was right, and lets the court take the bond", async () => {
      found = { verdict: Verdict.Valid, rightDigest: CLAIM, reason: "the same" };
      await act();
      expect([job.defence, node.sent.includes("appeal")]).to.deep.equal(["right", false]);
      await act();
      expect(node.sent.slice(-2)).to.deep.equal(["setAuthorisation", "appeal"]);
      expect(looks).to.equal(1);
    });

    it("does not when it was wrong", async () => {
      found = { verdict: Verdict.Invalid, rightDigest: OTHER, reason: "another" };
      await act();
      expect(job.defence).to.equal("hopeless");
    });

    it("waits when it does not know", async () => {
      found = { verdict: undefined, obstacle: "missing", reason: "no input", isFinal: false };
      await act();
      await act();
      expect([job.defence, looks]).to.deep.equal([undefined, 1]);
      expect(news.at(-1)?.event).to.equal("doubtful");
    });

    it("leaves it to the owner where that is somebody else", async () => {
      node.accounts.set(wallet.address, 8n);
      job.defence = "right";
      looks = 1;
      await act();
      expect(job.defence).to.equal("hopeless");
      expect(node.sent).to.not.include("appeal");
    });
  });

  describe("a validator's commands", () => {
    it("register, pause, unbond and withdraw, and say what is wrong", async () => {
      node.forgetValidator();
      const nobody = await command("validator", "status");
      expect(nobody.code).to.equal(3);
      const args = ["register", "--stake", "1000", "--domains", "0,3"];
      const unasked = await command("validator", ...args);
      expect([unasked.code, unasked.answer["needed"]]).to.deep.equal([7, String(10n ** 21n)]);
      const { code, answer } = await command("validator", ...args, "--approve");
      expect(code, JSON.stringify(answer)).to.equal(0);
      expect(answer).to.deep.include({ isNew: true, validator: "2", domains: [0, 3], stake: String(10n ** 21n) });
      const again = await command("validator", ...args);
      expect([again.code, again.answer["isNew"]]).to.deep.equal([0, false]);
      expect((await command("validator", "pause")).answer["available"]).to.equal(false);
      const paused = await command("validator", "pause");
      expect([paused.code, paused.answer["error"]]).to.deep.equal([4, "ValidatorsSameAvailability"]);
      expect((await command("validator", "unbond")).answer["unbonding"]).to.equal(String(10n ** 21n));
      expect((await command("validator", "withdraw")).code).to.equal(0);
      expect(node.sent).to.deep.equal(["approve", "register", "setAvailable", "beginUnbond", "withdraw"]);
    });

    it("run a round, and no more than one program at a time in a folder", async () => {
      node.accounts.set(wallet.address, 2n);
      node.dispute(JOB, agreementWith(), CLAIM);
      const { code } = await command("validator", "run", "--once");
      expect(code).to.equal(0);
      expect(node.sent).to.deep.equal(["openCase", "requestRound"]);
      const other = new Wallet(Wallet.createRandom().privateKey);
      wallet = other;
      expect((await command("validator", "run", "--once")).code).to.equal(3);
    });

    it("run with a working key of its own, which is given an account to be paid into", async () => {
      node.workAs(wallet.address);
      const unnamed = await command("validator", "run", "--once");
      expect(unnamed.code).to.equal(3);
      extra = { validator: 2 };
      const { code } = await command("validator", "run", "--once");
      expect([code, node.accounts.get(wallet.address), node.sent]).to.deep.equal([0, 50n, ["openAccount"]]);
      extra = { validator: 2 };
      wallet = new Wallet(Wallet.createRandom().privateKey);
      expect((await command("validator", "run", "--once")).code).to.equal(4);
    });

    it("refuse domains that there are not", async () => {
      const { code } = await command("validator", "register", "--domains", "32");
      expect(code).to.equal(2);
    });
  });

  it("is no matter of a deployment without panels", async () => {
    const { ReviewPanel, ...rest } = MANIFEST.contracts;
    expect(ReviewPanel).to.not.equal(undefined);
    writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...MANIFEST, contracts: rest }));
    const { code, answer } = await command("validator", "status");
    expect([code, answer["sentence"]]).to.deep.equal([
      2,
      "the deployment on chain 31337 has no panels: its manifest names no ReviewPanel",
    ]);
  });
});
