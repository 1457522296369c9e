import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet, ZeroHash } from "ethers";
import { createReporter } from "../../../src/agents/shared/report";
import type { Examination, ExaminationRequest } from "../../../src/agents/shared/examine";
import { openSender, openSession, type Session } from "../../../src/agents/shared/session";
import { ValidatorAgent } from "../../../src/agents/validator/agent";
import { validatorConfigSchema } from "../../../src/agents/validator/config";
import { validatorStateFile } from "../../../src/agents/validator/state";
import { InvalidState } from "../../../src/chain/stateFile";
import type { Mischief } from "../chain/fakeNode";
import { packJobId } from "../../../src/protocol/jobId";
import { JobStatus, Verdict } from "../../../src/protocol/status";
import { digestOf } from "../../../src/store";
import { rejection } from "../store/rejection";
import { agreementWith, COURT, courtAbi, ESCROW, FakeReview, logOf, MANIFEST, PANEL, panelAbi } from "./fakeReview";

const JOB = packJobId({ requester: 9n, ring: 0n, generation: 1n });
const CLAIM = digestOf(Buffer.from("claim"));
const RIGHT = digestOf(Buffer.from("right"));
const HOUR = 3600;
const US = 2n;

interface News {
  readonly event: string;
  readonly [field: string]: unknown;
}

describe("agents/validator", function () {
  this.timeout(30_000);
  let node: FakeReview;
  let url: string;
  let folder: string;
  let wallet: Wallet;
  let news: News[];
  let sessions: Session[];
  let agents: ValidatorAgent[];
  let looks: ExaminationRequest[];
  let found: Examination;
  let failure: Error | undefined;
  /** What a look waits for. */
  let gate: Promise<void> | undefined;

  const valid: Examination = { verdict: Verdict.Valid, rightDigest: CLAIM, reason: "the same" };
  const invalid: Examination = { verdict: Verdict.Invalid, rightDigest: RIGHT, reason: "another" };
  const missing: Examination = { verdict: undefined, obstacle: "missing", reason: "no input", isFinal: false };
  const gone: Examination = { verdict: Verdict.Unavailable, rightDigest: CLAIM, reason: "no files" };

  beforeEach(async () => {
    node = new FakeReview();
    url = await node.start();
    folder = mkdtempSync(join(tmpdir(), "validator-"));
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(MANIFEST));
    wallet = new Wallet(Wallet.createRandom().privateKey);
    node.accounts.set(wallet.address, US);
    node.mineMany(3);
    [news, sessions, agents, looks] = [[], [], [], []];
    found = invalid;
    failure = undefined;
    gate = undefined;
  });

  afterEach(async () => {
    node.mischief = [];
    for (const agent of agents) await agent.close().catch(() => undefined);
    for (const session of sessions) session.close();
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const examine = async (request: ExaminationRequest): Promise<Examination> => {
    looks.push(request);
    await gate;
    if (failure !== undefined) throw failure;
    return found;
  };

  /** A process of its own: nothing is shared with an earlier one but the folder. */
  async function open(config: Record<string, unknown> = {}, state = "state"): Promise<ValidatorAgent> {
    const shared = {
      rpc: url,
      manifest: join(folder, "manifest.json"),
      pollMs: 50,
      rpcTimeoutMs: 2000,
      rpcAttempts: 2,
    };
    const store = `directory:${join(folder, "store")}`;
    const parsed = validatorConfigSchema.parse({
      ...shared,
      store,
      stateDir: join(folder, state),
      keep: false,
      sweepSeconds: 86_400,
      ...config,
    });
    mkdirSync(join(folder, state), { recursive: true });
    const out = (line: string): unknown => news.push(JSON.parse(line) as News);
    const reporter = createReporter({ json: true, streaming: true, out, err: out });
    const session = openSession(parsed, "validator", reporter);
    sessions.push(session);
    const sender = openSender(session, wallet, "mined");
    await sender.recover();
    const agent = await ValidatorAgent.open({ session, sender, config: parsed, reporter, validator: US, examine });
    agents.push(agent);
    return agent;
  }

  const round = async (agent: ValidatorAgent, times = 1): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await agent.tick();
      await agent.idle();
    }
  };
  const heard = (event: string): News[] => news.filter((one) => one.event === event);
  const stored = (state = "state") => validatorStateFile({ stateDir: join(folder, state) }).read();
  const voteOf = (state = "state") => stored(state)?.seats[0]?.votes[0];
  const drawn = (agreement = agreementWith()): void => {
    node.dispute(JOB, agreement, CLAIM);
    node.seat(JOB, 1n, US, 3n);
  };
  const others = (): void => {
    node.commitAs(JOB, 1n, `0x${"01".repeat(32)}`);
    node.commitAs(JOB, 3n, `0x${"03".repeat(32)}`);
  };
  const refuseSending: Mischief = ({ method }, response) => {
    if (method !== "eth_sendRawTransaction") return undefined;
    response.destroy();
    return undefined;
  };

  describe("a seat", () => {
    it("is found from the draw, its job done again, the vote stored, sealed, and revealed when all are sealed", async () => {
      drawn();
      const agent = await open();
      await round(agent);
      expect(looks).to.have.length(1);
      expect(looks[0]).to.deep.include({ resultDigest: CLAIM, agreement: agreementWith() });
      const vote = voteOf();
      expect(vote).to.include({ digest: RIGHT, claim: CLAIM });
      expect(node.accepted).to.deep.equal([]);

      await round(agent, 3);
      const { commitment } = node.question(JOB).ballots[1] ?? {};
      expect(node.accepted).to.deep.equal([`commit ${commitment}`]);
      others();
      await round(agent, 2);
      expect(node.accepted.slice(1)).to.deep.equal([`reveal ${RIGHT}`]);
      expect(voteOf()).to.deep.equal(vote);
      expect(looks).to.have.length(1);
      expect(heard("found")[0]).to.include({ finding: "Invalid", job: "9/0/1" });

      // The salt never leaves the state file before the reveal.
      expect(JSON.stringify(news)).to.not.contain(vote?.salt.slice(2));
    });

    it("is revealed after the commit window though others sealed nothing", async () => {
      drawn();
      const agent = await open();
      await round(agent, 2);
      node.skip(23 * HOUR);
      await round(agent);
      expect(node.accepted).to.have.length(1);
      node.skip(2 * HOUR);
      await round(agent);
      expect(node.accepted[1]).to.equal(`reveal ${RIGHT}`);
    });

    it("is forgotten when its question is over", async () => {
      drawn();
      const agent = await open();
      await round(agent, 2);
      node.question(JOB).closed = true;
      node.mine();
      await round(agent);
      expect(agent.seats).to.have.length(0);
      expect(stored()?.seats).to.have.length(0);
    });

    it("of others, or of a draw that the panel does not know, is nobody's business", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.seat(JOB, 1n, 3n, 4n);
      const question = node.questionOf(JOB);
      const values = [question, node.question(JOB).round, COURT, [US]];
      node.mine([logOf(PANEL, panelAbi, "PanelDrawn", values)]);
      const agent = await open();
      await round(agent, 3);
      expect([looks.length, node.sent.length]).to.deep.equal([0, 3]);
      expect(heard("stepFailed")).to.deep.equal([]);
    });

    it("is one seat however often its draw is told, and also when its case is not told", async () => {
      drawn();
      const values = [node.questionOf(JOB), node.question(JOB).round, COURT, [1n, US, 3n]];
      for (let time = 0; time < 3; time++) node.mine([logOf(PANEL, panelAbi, "PanelDrawn", values)]);
      const agent = await open();
      await round(agent, 3);
      expect(agent.seats).to.have.length(1);
      expect(looks).to.have.length(1);
      expect(node.accepted).to.have.length(1);
    });

    it("that an endpoint hid is found by the registry's count", async () => {
      drawn();
      const topic = logOf(PANEL, panelAbi, "PanelDrawn", [ZeroHash, 1, COURT, []]).topics[0] as string;
      node.mischief = [
        ({ method, params, id }) => {
          if (method !== "eth_getLogs") return undefined;
          const logs = node.result({ method, params, id }) as { topics: string[] }[];
          return { result: logs.filter(({ topics }) => topics[0] !== topic) };
        },
      ];
      const agent = await open();
      await round(agent);
      expect(agent.seats).to.have.length(0);
      expect(heard("seatsMissing")).to.have.length(1);
      node.mischief = [];
      await round(agent);
      expect(agent.seats).to.have.length(1);
    });

    it("of another asker's question is left, and said so once", async () => {
      drawn();
      node.question(JOB).asker = ESCROW;
      const agent = await open();
      await round(agent, 3);
      expect([looks.length, node.accepted.length, heard("silent").length]).to.deep.equal([0, 0, 1]);
    });
  });

  describe("a vote", () => {
    it("is the claim when doing the job again gave it, or nobody can do it", async () => {
      for (const result of [valid, { ...missing, obstacle: "malformed", isFinal: true } as const]) {
        node.mineMany(1);
        const jobId = packJobId({ requester: 9n, ring: result === valid ? 1n : 2n, generation: 1n });
        found = result;
        node.dispute(jobId, agreementWith(), CLAIM);
        node.seat(jobId, US, 1n, 3n);
        const agent = await open({}, `state-${jobId}`);
        await round(agent, 2);
        expect(agent.seats.find((seat) => seat.jobId === jobId)?.votes[0]?.digest).to.equal(CLAIM);
      }
    });

    it("is for missing files of the result only after so many looks, with pauses that double", async () => {
      drawn();
      found = gone;
      const agent = await open({ unavailableLooks: 3, retrySeconds: 60 });
      await round(agent, 3);
      expect(looks).to.have.length(1);
      node.skip(61);
      await round(agent, 2);
      expect([looks.length, node.accepted.length]).to.deep.equal([2, 0]);
      node.skip(61);
      await round(agent);
      expect(looks).to.have.length(2);
      node.skip(60);
      await round(agent, 2);
      expect(looks).to.have.length(3);
      expect(voteOf()?.digest).to.equal(ZeroHash);
      expect(node.accepted).to.have.length(1);
    });

    it("is the claim when what the requester brought stays away, after as many looks, or at the last", async () => {
      drawn();
      found = missing;
      const agent = await open({ unavailableLooks: 2, retrySeconds: 60 });
      await round(agent, 3);
      expect([looks.length, node.accepted.length]).to.deep.equal([1, 0]);
      node.skip(61);
      await round(agent, 2);
      expect([looks.length, voteOf()?.digest]).to.deep.equal([2, CLAIM]);
      expect(voteOf()?.reason).to.contain("what the requester brought is gone");
    });

    it("is the claim at the last look that does not find the input either", async () => {
      drawn();
      found = missing;
      const agent = await open({ unavailableLooks: 100, retrySeconds: 21_600 });
      await round(agent);
      node.skip(node.question(JOB).commitEnd - node.now - 1800);
      await round(agent, 2);
      expect([voteOf()?.digest, node.accepted.length]).to.deep.equal([CLAIM, 1]);
    });

    it("is for missing files at the last look, whatever was configured, and in time", async () => {
      drawn();
      found = gone;
      const agent = await open({ unavailableLooks: 100, retrySeconds: 21_600 });
      await round(agent);
      expect(stored()?.seats[0]?.known?.digest).to.equal(CLAIM);
      const { commitEnd } = node.question(JOB);
      node.skip(commitEnd - node.now - 1800);
      await round(agent, 2);
      // The right digest is known: only the files are looked for again.
      expect(looks.at(-1)?.known).to.equal(CLAIM);
      expect(voteOf()?.digest).to.equal(ZeroHash);
      expect(node.accepted).to.have.length(1);
    });

    it("is not for missing content when it turns up", async () => {
      drawn();
      found = missing;
      const agent = await open();
      await round(agent);
      found = valid;
      node.skip(61);
      await round(agent, 2);
      expect(voteOf()?.digest).to.equal(CLAIM);
    });

    it("is not given, and that is said, when the job cannot be done here in time", async () => {
      drawn();
      found = { verdict: undefined, obstacle: "failed", reason: "timedOut", isFinal: false };
      const agent = await open();
      await round(agent);
      node.skip(23.6 * HOUR);
      await round(agent);
      node.skip(0.3 * HOUR);
      await round(agent, 2);
      expect(heard("undecided").length).to.be.greaterThan(1);
      node.skip(HOUR);
      await round(agent, 2);
      expect(heard("silent")).to.have.length(1);
      expect([node.accepted.length, voteOf()]).to.deep.equal([0, undefined]);
    });

    it("is not given on work of an unknown kind, until the program begins anew and knows it", async () => {
      drawn();
      found = { verdict: undefined, obstacle: "unknownKind", reason: "mystery", isFinal: true };
      await round(await open(), 3);
      expect([looks.length, heard("silent").length]).to.deep.equal([1, 1]);
      found = valid;
      await round(await open(), 2);
      expect(node.accepted).to.have.length(1);
    });

    it("comes too late after a late draw: nothing is done again, and that is said", async () => {
      drawn();
      node.skip(24 * HOUR - 500);
      const agent = await open();
      await round(agent, 2);
      expect(heard("silent")[0]).to.include({ reason: "too little time is left to do the job again" });
      expect([looks.length, node.accepted.length]).to.deep.equal([0, 0]);
      node.skip(HOUR);
      await round(agent, 2);
      expect(node.accepted).to.deep.equal([]);
    });

    it("waits for what it needs of the job, and is given when that is shown", async () => {
      drawn();
      let isHidden = true;
      node.mischief = [
        ({ method, params }) => {
          const topics = (params[0] as { topics?: (string[] | null)[] } | undefined)?.topics;
          return isHidden && method === "eth_getLogs" && (topics?.length ?? 0) > 1 ? { result: [] } : undefined;
        },
      ];
      const agent = await open();
      await round(agent, 2);
      expect(heard("stepFailed")[0]?.["sentence"]).to.contain("was not found in the events");
      isHidden = false;
      await round(agent, 6);
      expect(node.accepted).to.have.length(1);
    });
  });

  describe("a crash", () => {
    it("before the vote is stored: the job is done again", async () => {
      drawn();
      found = missing;
      await round(await open());
      found = invalid;
      const agent = await open();
      await round(agent, 2);
      expect(looks).to.have.length(2);
      expect(node.accepted).to.have.length(1);
    });

    it("between storing and sending: the very vote with the very salt is sealed, once", async () => {
      drawn();
      await round(await open());
      const vote = voteOf();
      expect(vote).to.not.equal(undefined);
      expect(node.accepted).to.deep.equal([]);
      // Whatever a second look would have found.
      found = valid;
      const agent = await open();
      await round(agent, 3);
      expect(looks).to.have.length(1);
      expect(voteOf()).to.deep.equal(vote);
      others();
      await round(agent, 2);
      expect(node.accepted).to.have.length(2);
      expect(node.accepted[1]).to.equal(`reveal ${RIGHT}`);
    });

    it("between signing and sending: what was signed is followed up, and nothing is sealed twice", async () => {
      drawn();
      const first = await open();
      await round(first);
      node.mischief = [refuseSending];
      await round(first);
      expect(heard("stepFailed")).to.have.length(1);
      expect(node.accepted).to.deep.equal([]);
      node.mischief = [];
      const agent = await open();
      await round(agent, 3);
      expect(node.accepted).to.have.length(1);
      others();
      await round(agent, 2);
      expect(node.accepted[1]).to.equal(`reveal ${RIGHT}`);
    });

    it("after sending, before the answer: the chain is asked, and nothing is sealed twice", async () => {
      drawn();
      const first = await open();
      await round(first);
      node.mischief = [
        (request, response) => {
          if (request.method === "eth_sendRawTransaction") node["reply"](request);
          if (request.method === "eth_sendRawTransaction" || request.method === "eth_getTransactionReceipt")
            response.destroy();
          return undefined;
        },
      ];
      await round(first);
      expect(node.accepted).to.have.length(1);
      node.mischief = [];
      const agent = await open();
      await round(agent, 3);
      others();
      await round(agent, 2);
      expect(node.accepted).to.have.length(2);
      expect(node.accepted[1]).to.equal(`reveal ${RIGHT}`);
    });

    it("while the disk is full: nothing is sealed before the salt is written down", async () => {
      drawn();
      const agent = await open();
      const path = join(folder, "state", "validator.json");
      let goOn = (): void => undefined;
      gate = new Promise((resolve) => (goOn = resolve));
      await agent.tick();
      // From now on the state cannot be replaced.
      rmSync(path, { force: true });
      mkdirSync(path);
      goOn();
      await agent.idle();
      expect(heard("notStored")).to.have.length(1);
      await agent.tick();
      expect(node.accepted).to.deep.equal([]);
      expect(heard("stepFailed").length).to.be.greaterThan(0);
      rmSync(path, { recursive: true });
      await round(agent, 4);
      expect(voteOf()?.digest).to.equal(RIGHT);
      expect(node.accepted).to.have.length(1);
    });
  });

  describe("a copied state", () => {
    it("votes the same: the second program finds the vote sealed and, later, revealed", async () => {
      drawn();
      const first = await open();
      await round(first);
      cpSync(join(folder, "state"), join(folder, "copy"), { recursive: true });
      const second = await open({}, "copy");
      await round(first, 2);
      await round(second, 3);
      expect(node.accepted).to.have.length(1);
      others();
      await round(first);
      await round(second, 3);
      expect(node.accepted).to.have.length(2);
      expect(heard("silent")).to.deep.equal([]);
    });

    it("from before the vote seals none of its own, reveals nothing, and says so", async () => {
      drawn();
      node.commitAs(JOB, US, `0x${"77".repeat(32)}`);
      const agent = await open();
      await round(agent, 3);
      others();
      await round(agent, 3);
      expect([looks.length, node.accepted.length, heard("silent").length]).to.deep.equal([0, 0, 1]);
      expect(heard("silent")[0]?.["reason"]).to.contain("another program");
    });

    it("of another validator or deployment is refused", async () => {
      await (await open()).close();
      const path = join(folder, "state", "validator.json");
      const state = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
      writeFileSync(path, JSON.stringify({ ...state, validator: "3" }));
      expect(await rejection(open())).to.be.instanceOf(InvalidState);
      writeFileSync(path, JSON.stringify({ ...state, panel: ESCROW }));
      expect(await rejection(open())).to.be.instanceOf(InvalidState);
      writeFileSync(path, "{");
      expect(await rejection(open())).to.be.instanceOf(InvalidState);
    });
  });

  describe("a reorg", () => {
    it("that removes the sealed vote has the same vote sealed again", async () => {
      drawn();
      const agent = await open();
      await round(agent, 2);
      const [commitment] = node.accepted;
      node.fork(1);
      node.mineMany(3);
      expect(node.question(JOB).ballots[1]?.commitment).to.equal("");
      await round(agent, 3);
      expect(node.accepted).to.deep.equal([commitment, commitment]);
      expect(looks).to.have.length(1);
      others();
      await round(agent, 2);
      expect(node.accepted[2]).to.equal(`reveal ${RIGHT}`);
    });

    it("that brings another result keeps the old vote, and adds one on the new claim", async () => {
      drawn();
      found = gone;
      const agent = await open({ unavailableLooks: 1 });
      await round(agent);
      node.question(JOB).claim = RIGHT;
      found = { ...valid, rightDigest: RIGHT };
      await round(agent, 2);
      expect(stored()?.seats[0]?.votes.map(({ digest }) => digest)).to.deep.equal([ZeroHash, RIGHT]);
      expect(node.accepted).to.have.length(1);
      others();
      await round(agent, 2);
      expect(node.accepted[1]).to.equal(`reveal ${RIGHT}`);
    });

    it("that removes the draw stops the work", async () => {
      drawn();
      const agent = await open();
      await round(agent);
      node.fork(1);
      node.mineMany(3);
      await round(agent, 3);
      expect(node.accepted).to.deep.equal([]);
      node.act("draw", JOB);
      await round(agent, 3);
      expect(agent.seats).to.have.length(1);
      expect([looks.length, node.accepted.length]).to.deep.equal([1, 1]);
    });
  });

  describe("hostility", () => {
    it("of an endpoint that answers nonsense, or nothing, ends no program", async () => {
      drawn();
      const agent = await open();
      const nonsense = panelAbi.getFunction("questionOf")?.selector ?? "";
      let answer: object = { result: "0x" };
      node.mischief = [
        ({ method, params }) => {
          const data = (params[0] as { data?: string } | undefined)?.data ?? "";
          return method === "eth_call" && data.startsWith(nonsense) ? answer : undefined;
        },
      ];
      await round(agent);
      answer = { result: `0x${"ff".repeat(18 * 32)}` };
      await round(agent, 3);
      answer = { result: `0x${"00".repeat(31)}63${"00".repeat(17 * 32)}` };
      await round(agent, 9);
      answer = { error: { code: 3, message: "execution reverted", data: "0xdeadbeef" } };
      await round(agent, 9);
      expect(heard("stepFailed").length).to.be.greaterThan(2);
      expect(node.accepted).to.deep.equal([]);
      node.mischief = [];
      await round(agent, 70);
      expect(node.accepted).to.have.length(1);
    });

    it("of made-up cases, and of jobs that nobody has, changes nothing", async () => {
      const question = `0x${"55".repeat(32)}`;
      node.mine([
        logOf(COURT, courtAbi, "CaseOpened", [ESCROW, 0n, question, 0, CLAIM]),
        logOf(COURT, courtAbi, "CaseOpened", [COURT, JOB, question, 0, CLAIM]),
        logOf(COURT, courtAbi, "CaseOpened", [ESCROW, JOB, question, 0, CLAIM]),
        {
          address: PANEL,
          topics: [logOf(PANEL, panelAbi, "PanelDrawn", [question, 1, COURT, []]).topics[0] as string],
        },
        logOf(PANEL, panelAbi, "PanelDrawn", [question, 1, COURT, [US]]),
      ]);
      const agent = await open({ keep: true });
      await round(agent, 3);
      expect(agent.cases).to.have.length(0);
      expect(agent.seats).to.have.length(0);
    });

    it("of a job that breaks the looking is a look that came to nothing", async () => {
      drawn();
      const agent = await open();
      failure = new Error("boom");
      await round(agent);
      expect(heard("undecided")[0]?.["reason"]).to.contain("boom");
      failure = undefined;
      found = valid;
      node.skip(61);
      await round(agent, 2);
      expect(node.accepted).to.have.length(1);
    });
  });

  describe("keeping", () => {
    const keeping = { keep: true };

    it("takes a dispute from its rejection to its end, when nobody else does", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.nextPanel = [1n, 3n, US];
      const agent = await open(keeping);
      await round(agent, 2);
      expect(node.sent).to.deep.equal(["openCase", "requestRound"]);
      node.answerRounds();
      await round(agent, 4);
      expect(node.sent.slice(2)).to.deep.equal(["draw", "commit"]);
      others();
      await round(agent, 2);
      node.skip(49 * HOUR);
      await round(agent, 2);
      expect(node.sent.slice(4)).to.deep.equal(["reveal", "tally"]);
      await round(agent, 2);
      node.skip(49 * HOUR);
      await round(agent, 3);
      expect(node.sent.slice(6)).to.deep.equal(["conclude"]);
      expect([agent.cases.length, agent.seats.length]).to.deep.equal([0, 0]);
    });

    it("leaves disputes of other resolvers, and those that are over", async () => {
      node.dispute(JOB, agreementWith({ resolver: ESCROW }), CLAIM);
      const late = packJobId({ requester: 9n, ring: 1n, generation: 1n });
      node.dispute(late, agreementWith(), CLAIM);
      node.endJob(late, JobStatus.Split);
      const agent = await open(keeping);
      await round(agent, 3);
      expect(node.sent).to.deep.equal([]);
      expect(agent.cases).to.have.length(0);
    });

    it("pays no more for a round than it may", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.price = 2n * 10n ** 16n;
      const agent = await open(keeping);
      await round(agent, 3);
      expect(node.sent).to.deep.equal(["openCase"]);
      expect(heard("roundTooDear")).to.have.length(1);
      node.price = 10n ** 16n;
      await round(agent, 9);
      expect(node.sent).to.deep.equal(["openCase", "requestRound"]);
    });

    it("counts what others did first as done", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.nextPanel = [1n, 3n, 4n];
      const agent = await open(keeping);
      const steps = ["openCase", "requestRound", "draw"] as const;
      for (const step of steps) {
        if (step === "draw") node.answerRounds();
        let isDone = false;
        // Someone else is faster by one block: after the look, before the simulation.
        node.mischief = [
          ({ method }) => {
            if (method !== "eth_estimateGas" || isDone) return undefined;
            isDone = true;
            node.act(step, JOB);
            return undefined;
          },
        ];
        // As long as what was refused rests.
        await round(agent, 8);
      }
      expect(node.sent).to.deep.equal([...steps]);
      expect(heard("lostRace")).to.have.length(3);
      expect(heard("taskFailed")).to.deep.equal([]);
    });

    it("binds a question anew whose pool is too old", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      node.act("openCase", JOB);
      node.act("requestRound", JOB);
      node.skip(73 * HOUR);
      const agent = await open(keeping);
      await round(agent, 1);
      expect(node.sent.at(-1)).to.equal("rebind");
      expect(node.question(JOB).round).to.equal(2);
    });

    it("goes on after a restart with what it knew", async () => {
      node.dispute(JOB, agreementWith(), CLAIM);
      await round(await open(keeping));
      const agent = await open(keeping);
      expect(agent.cases).to.have.length(1);
      await round(agent, 2);
      expect(node.sent).to.deep.equal(["openCase", "requestRound"]);
    });
  });
});
