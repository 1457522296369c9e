import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatJobId } from "../protocol/jobId";
import { JobStatus, Verdict } from "../protocol/status";
import { digestFromCid, type Digest } from "../store";
import { DEFAULTS, LOCAL_BEACON } from "../deployment";
import type { Ending, News, Troupe } from "./actors";
import {
  ENCORES,
  FIRST_WAVE,
  INFERENCE,
  MOST_ENCORES,
  OPERATORS,
  REQUESTERS,
  SECOND_WAVE,
  TIMES,
  TRAINING,
  VALIDATORS,
  type Fault,
  type JobOrder,
  type Manner,
} from "./cast";
import { hasEnded, holderOf, resumedJob, reviewOf, type Chronicle, type JobStory } from "./chronicle";
import type { Oracle } from "./oracle";
import {
  commitAsset,
  mintCommitted,
  mintTrained,
  newestBlock,
  openService,
  passTime,
  readScores,
  registerValidator,
  workerOf,
  type Stage,
} from "./stage";
import type { Watcher } from "./watcher";

/** What was learnt of a result by whoever looked at it. */
export interface Inspection {
  readonly job: bigint;
  /** Share of right answers on held-out data, recomputed from the downloaded files. */
  readonly accuracy?: { readonly correct: number; readonly total: number };
  readonly weights?: string;
  /** Whether doing the job again gave the same. */
  readonly agrees?: boolean;
}

/** What happened besides the events of the chain. */
export interface Playbill {
  readonly inspections: ReadonlyMap<bigint, Inspection>;
  /** Kinds of the jobs. */
  readonly kinds: ReadonlyMap<bigint, string>;
  /** Jobs that an operator went on with from another one's checkpoint, and the step it began at. */
  readonly resumed: ReadonlyMap<bigint, number>;
  /** Waits that were fast-forwarded. */
  readonly skipped: readonly { readonly seconds: number; readonly why: string }[];
}

/** A scene is missing at the end: what was to happen did not. */
export class SceneMissing extends Error {
  override readonly name = "SceneMissing";
}

const LOOK_MS = 100;
/** Longest demonstration, wall clock; three times what it may take on a machine without other load. */
const LONGEST_MS = 360_000;
/** Exit code of `job result` for a result that does not stand its check. */
const CHECK_FAILED = 5;
const REQUESTER_PROCESSES = 2;
/** How often a validator that was drawn looks at the chain, milliseconds. */
const SEAT_POLL_MS = "1000";
/** Tokens that each requester deposits. */
const DEPOSIT = "1000";

/** Directs the demonstration: posts the waves, answers for the requesters, lets time pass when all are idle. */
export class Director {
  readonly #inspections = new Map<bigint, Inspection>();
  readonly #kinds = new Map<bigint, string>();
  readonly #resumed = new Map<bigint, number>();
  readonly #skipped: { seconds: number; why: string }[] = [];
  readonly #services = new Map<string, number>();
  /** Jobs whose requester has answered or is about to. */
  readonly #answered = new Set<bigint>();
  readonly #queue: (() => Promise<void>)[] = [];
  readonly #assets = new Map<string, bigint>();
  /** Validators whose programs run. */
  readonly #awake = new Set<string>();
  /** Least seconds between two rounds. */
  readonly #interval = LOCAL_BEACON.interval;
  #working = 0;
  #failure: unknown;
  #encores = 0;
  readonly #startedAt = performance.now();

  constructor(
    private readonly stage: Stage,
    private readonly troupe: Troupe,
    private readonly watcher: Watcher,
    private readonly oracle: Oracle,
    private readonly say: (line: string) => void,
  ) {}

  /** Scores of the operators before the first job, 1e-6 points. */
  scoresBefore: ReadonlyMap<string, bigint> = new Map();

  get playbill(): Playbill {
    return { inspections: this.#inspections, kinds: this.#kinds, resumed: this.#resumed, skipped: this.#skipped };
  }

  /** Plays everything. Throws ActorFailed, SceneMissing. */
  async play(): Promise<void> {
    await this.#mintSources();
    await this.#enrol();
    this.scoresBefore = await readScores(this.stage);
    await this.#deposit();
    await this.#openTraining();
    await this.#post(FIRST_WAVE);
    await this.#startPrograms();
    await this.#untilQuiet();
    await this.#openInference();
    await this.#post(SECOND_WAVE);
    await this.#untilQuiet();
    for (;;) {
      for (let scene = this.#missing(true); scene !== undefined; scene = this.#missing(true)) await this.#encore(scene);
      await this.#untilOver();
      const scene = this.#missing(false);
      if (scene === undefined) break;
      await this.#encore(scene);
    }
    await this.#payOut();
  }

  /** News of the operators that the chain does not tell. */
  hear(news: News): void {
    const { event, job, resumedFrom } = news;
    if (event === "worked" && typeof resumedFrom === "number" && resumedFrom > 0 && typeof job === "string") {
      const story = [...this.#chronicle.jobs.keys()].find((id) => formatJobId(id) === job);
      if (story !== undefined) this.#resumed.set(story, resumedFrom);
    }
  }

  get #chronicle(): Chronicle {
    return this.watcher.chronicle;
  }

  // BEFORE THE CURTAIN

  /** The model to be trained and the digits, minted by two owners. */
  async #mintSources(): Promise<void> {
    const { content } = this.stage;
    const model = { kind: "model", digest: content.modelDigest, bytes: 300, price: "model" } as const;
    const dataset = { kind: "dataset", digest: content.datasetDigest, bytes: 7_850_000, price: "dataset" } as const;
    const committed = [
      await commitAsset(this.stage, "Mona (model)", model),
      await commitAsset(this.stage, "Dita (dataset)", dataset),
    ];
    await this.#skipTo(
      Math.max(...committed.map(({ readyAt }) => readyAt)),
      "a commitment to mint must be a minute old",
    );
    const [modelAsset, datasetAsset] = await Promise.all(committed.map((one) => mintCommitted(this.stage, one)));
    this.#assets.set("model", modelAsset ?? 0n).set("dataset", datasetAsset ?? 0n);
  }

  /** Every operator stakes its GPUs with the command that operators use. */
  async #enrol(): Promise<void> {
    const jobs = OPERATORS.flatMap((role) => Array.from({ length: role.gpus }, () => role));
    const byOwner = new Map(OPERATORS.map((role) => [role.name, jobs.filter(({ name }) => name === role.name)]));
    await inParallel([...byOwner.values()], REQUESTER_PROCESSES, async (roles) => {
      for (const { name, classId } of roles) {
        const device = `0x${Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(32))).toString("hex")}`;
        const args = ["register", "--class", String(classId), "--approve", "--config", this.#operatorConfig(name)];
        await this.troupe.run(name, "operator", args, { ...this.#operatorKeys(name), GPU_COMMONS_DEVICE_KEY: device });
      }
    });
    const [first, ...others] = VALIDATORS;
    const args = ["register", "--domains", String(DEFAULTS.court.domain), "--approve"];
    await this.troupe.run(first, "validator", [...args, "--config", this.#validatorConfig(first)], this.#key(first));
    // The others by the calls that the command makes: eight more processes would show nothing else.
    for (const name of others) await registerValidator(this.stage, name);
    await this.learnHolders();
    await this.watcher.refresh();
  }

  #validatorConfig(name: string): string {
    const path = join(this.stage.folder, `validator-${name}.json`);
    const config = {
      stateDir: join(this.stage.folder, "state", name),
      childMemoryMiB: 384,
      // One program sees to the cases of all.
      keep: name === VALIDATORS[0],
    };
    writeFileSync(path, JSON.stringify(config, null, 2));
    return path;
  }

  #key(name: string): Record<string, string> {
    return { GPU_COMMONS_KEY: this.stage.wallet(name).privateKey };
  }

  /** Who only votes looks at the chain less often than who sees to the cases. */
  #paceOf(name: string): Record<string, string> {
    return name === VALIDATORS[0] ? {} : { GPU_COMMONS_POLL_MS: SEAT_POLL_MS };
  }

  #operatorConfig(name: string): string {
    const role = OPERATORS.find((operator) => operator.name === name);
    const path = join(this.stage.folder, `operator-${name}.json`);
    const config = {
      stateDir: join(this.stage.folder, "state", name),
      ownerKey: { env: "GPU_COMMONS_OWNER_KEY" },
      checkpointSeconds: 0,
      childMemoryMiB: 384,
      // By default an operator starts over and compares; here somebody goes on where the silent one stopped.
      foreignCheckpoints: "resume",
      ...(role?.fault === undefined ? {} : { misbehave: role.fault }),
    };
    writeFileSync(path, JSON.stringify(config, null, 2));
    return path;
  }

  #operatorKeys(name: string): Record<string, string> {
    return {
      GPU_COMMONS_KEY: this.stage.wallet(workerOf(name)).privateKey,
      GPU_COMMONS_OWNER_KEY: this.stage.wallet(name).privateKey,
    };
  }

  /** Every requester puts tokens into the vault and lets the escrow debit them. */
  async #deposit(): Promise<void> {
    await inParallel(REQUESTERS, REQUESTER_PROCESSES, async ({ name }) => {
      await this.#job(name, ["deposit", DEPOSIT]);
      await this.#job(name, ["authorise"]);
    });
  }

  async #openTraining(): Promise<void> {
    const { content } = this.stage;
    const model = { asset: this.#asset("model"), digest: content.modelDigest };
    for (const classId of new Set(FIRST_WAVE.map((order) => order.classId))) {
      const service = await openService(this.stage, {
        by: "Mona (model)",
        model,
        dataset: this.#dataset(),
        classId,
        pricePerUnit: 10n ** 18n,
        complexity: 6,
        secondsPerUnit: 30,
      });
      this.#services.set(`train-mlp ${classId}`, service);
    }
  }

  #dataset(): { asset: bigint; digest: Digest } {
    return { asset: this.#asset("dataset"), digest: this.stage.content.datasetDigest };
  }

  #asset(name: string): bigint {
    const asset = this.#assets.get(name);
    if (asset === undefined) throw new SceneMissing(`nobody minted the ${name}`);
    return asset;
  }

  // JOBS

  /** Posts jobs, each with the requester's own command; two at a time, as commands of one account take turns. */
  async #post(orders: readonly JobOrder[]): Promise<void> {
    mkdirSync(join(this.stage.folder, "jobs"), { recursive: true });
    const byRequester = REQUESTERS.map(({ name }) => orders.filter((order) => order.requester === name));
    await inParallel(
      byRequester.filter((list) => list.length > 0),
      REQUESTER_PROCESSES,
      async (list) => {
        for (const order of list) await this.#postOne(order);
      },
    );
    await this.learnHolders();
    await this.watcher.refresh();
  }

  async #postOne(order: JobOrder): Promise<void> {
    const number = this.#kinds.size + 1;
    const work =
      order.kind === "train-mlp"
        ? { kind: order.kind, ...trainingOf(number) }
        : { kind: order.kind, images: { from: ((number * 613) % 8) * 1000, count: INFERENCE.count } };
    const path = join(
      this.stage.folder,
      "jobs",
      `${order.requester}-${order.kind}-${globalThis.crypto.randomUUID()}.json`,
    );
    const service = this.#services.get(`${order.kind} ${order.classId}`);
    writeFileSync(path, JSON.stringify({ service, work, ...TIMES }, null, 2));
    const { answer } = await this.#job(order.requester, ["post", path, "--yes"]);
    this.#kinds.set(BigInt(String(answer["jobId"])), order.kind);
  }

  #job(requester: string, args: readonly string[], allowed: readonly number[] = [0]): Promise<Ending> {
    const state = join(this.stage.folder, "state", requester);
    const secrets = { GPU_COMMONS_KEY: this.stage.wallet(requester).privateKey, GPU_COMMONS_STATE_DIR: state };
    return this.troupe.run(requester, "job", args, secrets, allowed);
  }

  // PROGRAMS

  async #startPrograms(): Promise<void> {
    await inParallel(OPERATORS, REQUESTER_PROCESSES, async ({ name }) => {
      const args = ["run", "--json", "--config", this.#operatorConfig(name)];
      await this.troupe.start(name, "operator", args, this.#operatorKeys(name), (news) => this.hear(news));
    });
    const state = (name: string): Record<string, string> => ({
      GPU_COMMONS_KEY: this.stage.wallet(name).privateKey,
      GPU_COMMONS_STATE_DIR: join(this.stage.folder, "state", name),
    });
    await Promise.all([
      this.#wake(VALIDATORS[0]),
      this.troupe.start("keeper", "keeper", ["--always", "--json"], state("keeper"), () => undefined),
    ]);
  }

  /** Starts a validator's program, unless it runs. */
  async #wake(name: string): Promise<void> {
    if (this.#awake.has(name)) return;
    this.#awake.add(name);
    const args = ["run", "--json", "--config", this.#validatorConfig(name)];
    await this.troupe.start(name, "validator", args, { ...this.#key(name), ...this.#paceOf(name) }, () => undefined);
  }

  /** Wakes whoever was drawn for a panel. */
  #wakeDrawn(): void {
    for (const { stage, seats } of this.#chronicle.reviews.values()) {
      if (stage !== "voting") continue;
      for (const seat of seats) {
        this.#wake(this.stage.nameOf(this.accountHolder(seat))).catch((cause: unknown) => (this.#failure ??= cause));
      }
    }
  }

  // TIME

  /** Waits until nobody has anything to do but to wait; answers for the requesters meanwhile. */
  async #untilQuiet(): Promise<void> {
    for (;;) {
      await this.#look();
      if (this.#isBusy()) continue;
      const needsRound = (story: JobStory): boolean =>
        story.status === JobStatus.Posted || this.#reviewNeedsRound(story);
      if (this.#waiting().some(needsRound)) await this.#skipInterval();
      else return;
    }
  }

  /** Lets every wait pass, the nearest first, until every job has ended and every slash is final. */
  async #untilOver(): Promise<void> {
    for (;;) {
      await this.#untilQuiet();
      const next = this.#deadlines()[0];
      if (next === undefined) return;
      await this.#skipTo(next.at + 1, next.why);
      await this.#untilChanged();
    }
  }

  async #look(): Promise<void> {
    await sleep(LOOK_MS);
    if (this.#failure !== undefined) throw this.#failure;
    if (performance.now() - this.#startedAt > LONGEST_MS) {
      throw new SceneMissing(`not over after ${LONGEST_MS / 1000} s; open: ${this.#openJobs()}`);
    }
    this.troupe.assertWell();
    const { number } = await newestBlock(this.stage.provider);
    await this.oracle.answer(number);
    await this.watcher.refresh();
    this.#wakeDrawn();
    this.#answer();
  }

  #openJobs(): string {
    return this.#waiting()
      .map(({ id, status }) => `${formatJobId(id)} ${JobStatus[status]}`)
      .join(", ");
  }

  /** Jobs that have not ended. */
  #waiting(): readonly JobStory[] {
    return [...this.#chronicle.jobs.values()].filter((story) => !hasEnded(story));
  }

  #isBusy(): boolean {
    if (this.#working > 0 || this.#queue.length > 0) return true;
    if (this.#waiting().some((story) => story.status !== JobStatus.Posted && !this.#onlyWaits(story))) return true;
    return this.#isRoundDue();
  }

  /** The keeper, the oracle, or both have a round to see to. */
  #isRoundDue(): boolean {
    const { isRoundOpen, lastRoundAt } = this.#chronicle;
    const isWaiting = this.#waiting().some(({ status }) => status === JobStatus.Posted);
    return isRoundOpen || (isWaiting && this.watcher.now >= lastRoundAt + this.#interval);
  }

  /** Nothing will happen to the job before its due time: its GPU fell silent, or its requester does. */
  #onlyWaits(story: JobStory): boolean {
    if (story.status === JobStatus.Delivered) return this.#mannerOf(story) === "silent";
    if (story.status === JobStatus.Disputed) return this.#appealEnd(story) !== undefined || this.#restsForRound(story);
    return story.status === JobStatus.Assigned && this.#fellSilent(story);
  }

  /** Last second for an appeal against the panel's verdict on a job; undefined while there is none, or when it is over. */
  #appealEnd(story: JobStory): number | undefined {
    const review = reviewOf(this.#chronicle, story.id);
    if (review?.stage !== "decided") return undefined;
    const end = review.decidedAt + DEFAULTS.panelWindows.appealSeconds;
    return this.watcher.now <= end ? end : undefined;
  }

  /** A panel waits for a round that nobody has requested. */
  #reviewNeedsRound(story: JobStory): boolean {
    if (story.status !== JobStatus.Disputed) return false;
    const review = reviewOf(this.#chronicle, story.id);
    return review?.stage === "waiting" && review.round > this.#chronicle.lastRound;
  }

  /** As `#reviewNeedsRound`, and that nobody can request yet. */
  #restsForRound(story: JobStory): boolean {
    return this.#reviewNeedsRound(story) && this.watcher.now < this.#chronicle.lastRoundAt + this.#interval;
  }

  #fellSilent(story: JobStory): boolean {
    const draw = story.draws.at(-1);
    return draw !== undefined && draw.steps.length > 0 && this.gpusWith("silentAfterFirstCheckpoint").has(draw.gpu);
  }

  /** What time alone will end, the nearest first. */
  #deadlines(): readonly { at: number; why: string }[] {
    const jobs = this.#waiting().map((story) => this.#deadlineOf(story));
    const slashes = [...this.#chronicle.slashes.values()].filter(({ isOpen }) => isOpen);
    const holds = slashes.map(({ holdUntil }) => ({
      at: holdUntil,
      why: "the hold of the slash, in which it can be appealed",
    }));
    return [...jobs, ...holds].sort((a, b) => a.at - b.at);
  }

  #deadlineOf(story: JobStory): { at: number; why: string } {
    const appealEnd = this.#appealEnd(story);
    if (appealEnd !== undefined) return { at: appealEnd, why: "the appeal window of a panel's verdict" };
    const isDelivered = story.status === JobStatus.Delivered;
    const why = isDelivered
      ? "the review window, which the requester lets pass"
      : "the due time of the silent operator";
    return { at: story.due, why };
  }

  async #skipInterval(): Promise<void> {
    await this.#skipTo(this.#chronicle.lastRoundAt + this.#interval, "the least time between two rounds");
    await this.#untilChanged();
  }

  /** Fast-forwards the chain. Only ever called when everybody waits for time to pass. */
  async #skipTo(time: number, why: string): Promise<void> {
    const { timestamp } = await newestBlock(this.stage.provider);
    if (time <= timestamp) return;
    this.#skipped.push({ seconds: time - timestamp, why });
    this.say(`--- everybody waits: ${time - timestamp} s are fast-forwarded (${why})`);
    await passTime(this.stage.provider, time);
  }

  /** Waits until someone reacts to the new time. */
  async #untilChanged(): Promise<void> {
    const before = this.#chronicle;
    while (this.#chronicle === before) await this.#look();
  }

  // REQUESTERS

  #mannerOf(story: JobStory): Manner {
    const name = this.stage.nameOf(this.accountHolder(story.requester));
    return REQUESTERS.find((requester) => requester.name === name)?.manner ?? "silent";
  }

  readonly #holders = new Map<bigint, string>();

  /** Holder of a vault account; known once `learnHolders` was called. */
  accountHolder(account: bigint): string {
    return this.#holders.get(account) ?? "";
  }

  /** Reads the holders of all accounts. */
  async learnHolders(): Promise<void> {
    for (let account = BigInt(this.#holders.size) + 1n; ; account++) {
      const holder = await this.stage.suite.vault.holderOf(account);
      if (/^0x0+$/.test(holder)) return;
      this.#holders.set(account, holder);
    }
  }

  /** Has the requesters answer what was delivered to them, each in its manner. */
  #answer(): void {
    for (const story of this.#waiting()) {
      if (story.status !== JobStatus.Delivered || this.#answered.has(story.id)) continue;
      const manner = this.#mannerOf(story);
      if (manner === "silent") continue;
      this.#answered.add(story.id);
      this.#queue.push(() => this.#respond(story, manner));
    }
    while (this.#working < REQUESTER_PROCESSES && this.#queue.length > 0) {
      const task = this.#queue.shift();
      if (task === undefined) return;
      this.#working++;
      task()
        .catch((cause: unknown) => (this.#failure ??= cause))
        .finally(() => this.#working--);
    }
  }

  async #respond(story: JobStory, manner: Manner): Promise<void> {
    const name = this.stage.nameOf(this.accountHolder(story.requester));
    const job = formatJobId(story.id);
    if (manner === "rejects") {
      await this.#job(name, ["reject", job, "--yes", "--segments", "--reason", "not what I had hoped for"]);
      return;
    }
    const out = join(this.stage.folder, "results", job.replaceAll("/", "-"));
    const look = manner === "reexecutes" ? ["--check"] : ["--out", out];
    const { code, answer } = await this.#job(name, ["result", job, ...look], [0, CHECK_FAILED]);
    this.#inspections.set(story.id, inspectionOf(story.id, answer));
    if (code === 0) await this.#job(name, ["accept", job, "--yes"]);
    else await this.#job(name, ["reject", job, "--yes", "--reason", "doing the job again gives another result"]);
  }

  // SECOND ACT

  /** The first trained model that was paid for becomes an asset, and a service that infers with its weights. */
  async #openInference(): Promise<void> {
    const trained = [...this.#inspections.values()].find(
      ({ job, weights, accuracy }) => weights !== undefined && accuracy !== undefined && this.#isSettled(job),
    );
    if (trained?.weights === undefined) throw new SceneMissing("no training job was settled in the first wave");
    const story = this.#chronicle.jobs.get(trained.job);
    const owner = this.stage.nameOf(this.accountHolder(story?.requester ?? 0n));
    await mintTrained(this.stage, owner, trained.job, story?.resultDigest as Digest);
    const digest = digestFromCid(trained.weights);
    const { length } = await this.stage.store.get(digest);
    const committed = await commitAsset(this.stage, owner, { kind: "model", digest, bytes: length, price: "weights" });
    const silent = this.#deadlines().filter(({ why }) => why.includes("silent operator"))[0];
    const until = silent === undefined ? committed.readyAt : Math.max(committed.readyAt, silent.at + 1);
    await this.#skipTo(until, silent === undefined ? "a commitment to mint must be a minute old" : silent.why);
    const asset = await mintCommitted(this.stage, committed);
    for (const classId of new Set(SECOND_WAVE.map((order) => order.classId))) {
      const service = await openService(this.stage, {
        by: owner,
        model: { asset, digest },
        dataset: this.#dataset(),
        classId,
        pricePerUnit: 4n * 10n ** 18n,
        complexity: 3,
        secondsPerUnit: 60,
      });
      this.#services.set(`infer-batch ${classId}`, service);
    }
  }

  #isSettled(job: bigint): boolean {
    return this.#chronicle.jobs.get(job)?.status === JobStatus.Settled;
  }

  // SCENES

  /** GPUs of operators with a fault. */
  gpusWith(how: Fault): ReadonlySet<bigint> {
    const names = OPERATORS.filter(({ fault }) => fault?.how === how).map(({ name }) => name);
    const gpus = [...this.#chronicle.gpus.values()].filter(({ owner }) => {
      return names.includes(this.stage.nameOf(this.accountHolder(owner)));
    });
    return new Set(gpus.map(({ gpu }) => gpu));
  }

  /** The fault that was not seen to its end yet; undefined when all were. `mayCome`: a job that waits to be missed counts, and a verdict that waits to be appealed. */
  #missing(mayCome: boolean): Fault | undefined {
    const stories = [...this.#chronicle.jobs.values()];
    const silent = this.gpusWith("silentAfterFirstCheckpoint");
    const cheats = this.gpusWith("otherModel");
    const decliners = this.gpusWith("declineAll");
    const isOpen = mayCome && stories.some((story) => story.status === JobStatus.Assigned && this.#fellSilent(story));
    if (resumedJob(this.#chronicle, silent) === undefined && !isOpen) return "silentAfterFirstCheckpoint";
    const isCaught = stories.some((story) => {
      const isFound = story.verdict === Verdict.Invalid || (mayCome && this.#appealEnd(story) !== undefined);
      return isFound && cheats.has(holderOf(story) ?? 0n);
    });
    if (!isCaught) return "otherModel";
    const isDeclined = stories.some(({ draws }) =>
      draws.some((draw) => draw.outcome === "declined" && decliners.has(draw.gpu)),
    );
    return isDeclined ? undefined : "declineAll";
  }

  async #encore(fault: Fault): Promise<void> {
    if (this.#encores++ >= MOST_ENCORES) {
      throw new SceneMissing(
        `after ${MOST_ENCORES} further jobs no draw led to: ${fault}. Draws are random: run it again`,
      );
    }
    this.say(`--- not drawn yet: ${fault}; another job is posted`);
    await this.#post([ENCORES[fault]]);
    await this.#untilQuiet();
  }

  // CURTAIN

  /** Everyone takes out what was earned. */
  async #payOut(): Promise<void> {
    const { suite, wallet } = this.stage;
    const sender = wallet("oracle");
    for (const asset of this.#assets.values()) await (await suite.assets.connect(sender).claim(asset)).wait();
    await (await suite.vault.connect(sender).collectFees(suite.escrow)).wait();
    await (await suite.registry.connect(sender).collect(await suite.vault.treasury())).wait();
    await inParallel(OPERATORS, REQUESTER_PROCESSES, async ({ name }) => {
      const account = await suite.vault.accountOf(wallet(name).address);
      if ((await suite.vault.balanceOf(account)) === 0n) return;
      const args = [
        "withdraw",
        "--config",
        this.#operatorConfig(name),
        "--state",
        join(this.stage.folder, "state", `${name} owner`),
      ];
      await this.troupe.run(name, "operator", args, this.#operatorKeys(name));
    });
    // One validator shows how; what the others earned stays in the vault.
    for (const name of VALIDATORS) {
      const account = await suite.vault.accountOf(wallet(name).address);
      if ((await suite.vault.balanceOf(account)) === 0n) continue;
      const place = [
        "--config",
        this.#validatorConfig(name),
        "--state",
        join(this.stage.folder, "state", `${name} owner`),
      ];
      await this.troupe.run(name, "validator", ["earnings", ...place], this.#key(name));
      break;
    }
    await this.watcher.refresh();
  }
}

function trainingOf(number: number): Record<string, unknown> {
  const { train, heldOut, epochs } = TRAINING;
  return { train, heldOut, epochs, seed: `training ${number}`, splitSeed: "held out" };
}

function inspectionOf(job: bigint, answer: News): Inspection {
  const accuracy = answer["accuracy"] as Inspection["accuracy"];
  const manifest = answer["manifest"] as { readonly outputs?: Readonly<Record<string, string>> } | undefined;
  const weights = manifest?.outputs?.["weights"];
  const agrees = answer["agrees"] as boolean | undefined;
  return {
    job,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(weights === undefined ? {} : { weights }),
    ...(agrees === undefined ? {} : { agrees }),
  };
}

/** Runs work over a list, at most `width` at a time. */
async function inParallel<T>(list: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
