import { agreementFrom, totalOf, type AgreementStruct } from "../protocol/agreement";
import { weiOf } from "../protocol/amounts";
import { ENDED, Finding, JobStatus, type Verdict } from "../protocol/status";

/** An event of the suite, decoded: arguments by name. Times in chain seconds. */
export interface SceneEvent {
  readonly contract: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly block: number;
  readonly time: number;
}

/** A draw of a job. */
export interface Draw {
  readonly gpu: bigint;
  readonly attempt: number;
  readonly at: number;
  /** Steps of the checkpoints that were named on chain, in order. */
  readonly steps: readonly number[];
  readonly outcome?: "declined" | "missed" | "delivered";
}

/** All that happened to a job. */
export interface JobStory {
  readonly id: bigint;
  readonly requester: bigint;
  readonly service: bigint;
  readonly classId: number;
  readonly postedAt: number;
  /** Wei: what posting debited, the pay for the work, bond of a rejection, what returned when it ended without pay. */
  readonly total: bigint;
  readonly compute: bigint;
  readonly bond: bigint;
  readonly returned: bigint;
  /** Wei paid to the GPU's owner. */
  readonly paid: bigint;
  readonly status: JobStatus;
  /** When the present wait ends by time; 0 when nothing is waited for. */
  readonly due: number;
  readonly draws: readonly Draw[];
  readonly deliveredAt?: number;
  readonly resultDigest?: string;
  readonly verdict?: Verdict;
  /** Length of the chain that its operator committed to. */
  readonly segments?: number;
  readonly bySilence?: boolean;
  readonly endedAt?: number;
}

export interface GpuStory {
  readonly gpu: bigint;
  readonly owner: bigint;
  readonly classId: number;
  /** Wei. */
  readonly staked: bigint;
  readonly slashed: bigint;
}

export interface SlashStory {
  readonly id: bigint;
  readonly gpu: bigint;
  readonly holdUntil: number;
  readonly isOpen: boolean;
  /** Wei, once finalised. */
  readonly toBeneficiary: bigint;
  readonly toFinder: bigint;
}

/** All that happened to a dispute before the panel. */
export interface ReviewStory {
  readonly question: string;
  readonly job: bigint;
  /** Owners in the pool that the present panel was or will be drawn from, and the round that draws it. */
  readonly owners: number;
  readonly round: number;
  /** Vault accounts of the validators who sit, in the order of the seats. */
  readonly seats: readonly bigint[];
  readonly stage: "waiting" | "voting" | "decided" | "closed";
  /** When the verdict so far was counted, and what it is. */
  readonly decidedAt: number;
  readonly finding: Finding;
  /** Segments of the job's chain that were opened to the panel, and how many the chain has; 0 without one. */
  readonly opened: number;
  readonly segments: number;
  /** How many were paid, and what each got, wei. */
  readonly payees: number;
  readonly share: bigint;
}

/** What the events of a demonstration add up to. */
export interface Chronicle {
  readonly jobs: ReadonlyMap<bigint, JobStory>;
  readonly gpus: ReadonlyMap<bigint, GpuStory>;
  readonly slashes: ReadonlyMap<bigint, SlashStory>;
  /** Wei paid for work, by GPU. */
  readonly pay: ReadonlyMap<bigint, bigint>;
  /** Disputes before the panel, by question. */
  readonly reviews: ReadonlyMap<string, ReviewStory>;
  readonly lastRound: number;
  readonly lastRoundAt: number;
  /** Whether a round still has jobs to be drawn. */
  readonly isRoundOpen: boolean;
}

export const EMPTY_CHRONICLE: Chronicle = {
  jobs: new Map(),
  gpus: new Map(),
  slashes: new Map(),
  pay: new Map(),
  reviews: new Map(),
  lastRound: 0,
  lastRoundAt: 0,
  isRoundOpen: false,
};

/** The chronicle with one more event in it. Events that tell nothing new leave it as it is. */
export function record(chronicle: Chronicle, event: SceneEvent): Chronicle {
  if (event.contract === "JobEscrow") return recordEscrow(chronicle, event);
  if (event.contract === "GpuRegistry") return recordRegistry(chronicle, event);
  if (event.contract === "RandomnessBeacon" && event.name === "RoundRequested") {
    return { ...chronicle, lastRound: Number(event.args["round"]), lastRoundAt: event.time };
  }
  if (event.contract === "DisputeCourt" || event.contract === "ReviewPanel") return recordReview(chronicle, event);
  if (event.contract === "TrainingChains") return recordChain(chronicle, event);
  return chronicle;
}

function recordChain(chronicle: Chronicle, { name, args }: SceneEvent): Chronicle {
  const story = chronicle.jobs.get(args["jobId"] as bigint);
  if (name === "ChainCommitted" && story !== undefined) {
    return withJob(chronicle, { ...story, segments: Number(args["segments"]) });
  }
  const question = String(args["question"]);
  const review = chronicle.reviews.get(question);
  if (name !== "SegmentsOpened" || review === undefined) return chronicle;
  const opened = (args["ends"] as readonly string[]).length;
  const reviews = new Map(chronicle.reviews).set(question, { ...review, opened, segments: story?.segments ?? 0 });
  return { ...chronicle, reviews };
}

function recordReview(chronicle: Chronicle, { name, args, time }: SceneEvent): Chronicle {
  const question = String(args["question"]);
  const known = chronicle.reviews.get(question);
  const write = (story: ReviewStory): Chronicle => {
    return { ...chronicle, reviews: new Map(chronicle.reviews).set(question, story) };
  };
  if (name === "CaseOpened") {
    const job = args["jobId"] as bigint;
    const opened = { owners: 0, round: 0, seats: [], stage: "waiting", decidedAt: 0, opened: 0, segments: 0 } as const;
    return write({ ...opened, question, job, finding: Finding.None, payees: 0, share: 0n });
  }
  if (known === undefined) return chronicle;
  switch (name) {
    case "PanelBound":
      return write({ ...known, stage: "waiting", owners: Number(args["owners"]), round: Number(args["round"]) });
    case "PanelDrawn":
      return write({ ...known, stage: "voting", seats: [...(args["validators"] as readonly bigint[])] });
    case "QuestionDecided":
      return write({ ...known, stage: "decided", decidedAt: time, finding: Number(args["finding"]) });
    case "CaseClosed": {
      const [payees, share] = [Number(args["payees"]), args["share"] as bigint];
      return write({ ...known, stage: "closed", finding: Number(args["finding"]), payees, share });
    }
    default:
      return chronicle;
  }
}

function recordEscrow(chronicle: Chronicle, event: SceneEvent): Chronicle {
  const { args, time } = event;
  const id = args["jobId"];
  if (typeof id !== "bigint") return chronicle;
  if (event.name === "JobPosted") {
    const agreement = agreementFrom(args["agreement"] as AgreementStruct);
    const story: JobStory = {
      id,
      requester: args["requester"] as bigint,
      service: args["service"] as bigint,
      classId: Number(agreement.terms.classId),
      postedAt: time,
      total: totalOf(agreement),
      compute: weiOf(agreement.lines.compute),
      bond: 0n,
      returned: 0n,
      paid: 0n,
      status: JobStatus.Posted,
      due: 0,
      draws: [],
    };
    return withJob(chronicle, story);
  }
  const story = chronicle.jobs.get(id);
  if (story === undefined) return chronicle;
  const changed = withJob(chronicle, changeJob(story, event));
  if (event.name !== "JobSettled") return changed;
  const gpu = args["gpu"] as bigint;
  const pay = new Map(chronicle.pay).set(gpu, (chronicle.pay.get(gpu) ?? 0n) + (args["paid"] as bigint));
  return { ...changed, pay };
}

function changeJob(story: JobStory, { name, args, time }: SceneEvent): JobStory {
  const due = Number(args["due"] ?? 0);
  switch (name) {
    case "JobAssigned": {
      const draw = { gpu: args["gpu"] as bigint, attempt: Number(args["attempt"]), at: time, steps: [] };
      return { ...story, status: JobStatus.Assigned, due, draws: [...story.draws, draw] };
    }
    case "JobCheckpointed": {
      const step = Number(args["step"]);
      const steps = [...(story.draws.at(-1)?.steps ?? []), ...(step > 0 ? [step] : [])];
      return { ...withLastDraw(story, { steps }), due };
    }
    case "JobDeclined":
      return withLastDraw(story, { outcome: "declined" });
    case "JobMissed":
      return withLastDraw(story, { outcome: "missed" });
    case "JobRequeued":
      return { ...story, status: JobStatus.Posted, due: 0 };
    case "JobCommitted":
      return { ...story, status: JobStatus.Committed, due };
    case "JobDelivered": {
      const delivered = { status: JobStatus.Delivered, due, deliveredAt: time };
      return {
        ...withLastDraw(story, { outcome: "delivered" }),
        ...delivered,
        resultDigest: String(args["resultDigest"]),
      };
    }
    case "JobAccused":
      return { ...story, status: JobStatus.Accused, due, bond: args["bond"] as bigint };
    case "JobChallenged":
      return { ...story, bond: args["bond"] as bigint };
    case "JobDisputed":
      return { ...story, status: JobStatus.Disputed, due };
    case "JobRejected":
      return { ...story, bond: args["bond"] as bigint };
    case "JobRuled":
      return { ...story, verdict: Number(args["verdict"]) };
    case "JobSettled": {
      const [paid, bySilence] = [args["paid"] as bigint, args["bySilence"] as boolean];
      return { ...story, status: JobStatus.Settled, due: 0, endedAt: time, bySilence, paid };
    }
    case "JobRefunded": {
      const returned = args["amount"] as bigint;
      return { ...story, status: Number(args["status"]), due: 0, endedAt: time, returned };
    }
    case "JobSplit":
      return { ...story, status: JobStatus.Split, due: 0, endedAt: time };
    default:
      return story;
  }
}

function withLastDraw(story: JobStory, change: Partial<Draw>): JobStory {
  const last = story.draws.at(-1);
  return last === undefined ? story : { ...story, draws: [...story.draws.slice(0, -1), { ...last, ...change }] };
}

function withJob(chronicle: Chronicle, story: JobStory): Chronicle {
  return { ...chronicle, jobs: new Map(chronicle.jobs).set(story.id, story) };
}

function recordRegistry(chronicle: Chronicle, { name, args }: SceneEvent): Chronicle {
  switch (name) {
    case "GpuRegistered": {
      const gpu = args["gpu"] as bigint;
      const staked = args["stake"] as bigint;
      const story = { gpu, owner: args["owner"] as bigint, classId: Number(args["classId"]), staked, slashed: 0n };
      return { ...chronicle, gpus: new Map(chronicle.gpus).set(gpu, story) };
    }
    case "RoundOpened":
      return { ...chronicle, isRoundOpen: true };
    case "RoundClosed":
      return { ...chronicle, isRoundOpen: false };
    case "Slashed": {
      const [id, gpu] = [args["slash"] as bigint, args["gpu"] as bigint];
      const slash = { id, gpu, holdUntil: Number(args["holdUntil"]), isOpen: true, toBeneficiary: 0n, toFinder: 0n };
      const story = chronicle.gpus.get(gpu);
      const gpus = new Map(chronicle.gpus);
      if (story !== undefined) gpus.set(gpu, { ...story, slashed: story.slashed + (args["taken"] as bigint) });
      return { ...chronicle, gpus, slashes: new Map(chronicle.slashes).set(id, slash) };
    }
    case "SlashFinalised": {
      const slash = chronicle.slashes.get(args["slash"] as bigint);
      if (slash === undefined) return chronicle;
      const { toBeneficiary, toFinder } = args as { readonly toBeneficiary: bigint; readonly toFinder: bigint };
      const finalised = { ...slash, isOpen: false, toBeneficiary, toFinder };
      return { ...chronicle, slashes: new Map(chronicle.slashes).set(slash.id, finalised) };
    }
    default:
      return chronicle;
  }
}

/** Whether nothing more can happen to a job. */
export function hasEnded(story: JobStory): boolean {
  return ENDED.has(story.status);
}

/** The GPU that holds a job now, or did when it ended. */
export function holderOf(story: JobStory): bigint | undefined {
  return story.draws.at(-1)?.gpu;
}

/** A job that someone else finished from the checkpoint of a GPU that fell silent; undefined while there is none. */
export function resumedJob(chronicle: Chronicle, silent: ReadonlySet<bigint>): JobStory | undefined {
  return [...chronicle.jobs.values()].find(({ draws }) => {
    const missed = draws.findIndex(
      ({ gpu, outcome, steps }) => silent.has(gpu) && outcome === "missed" && steps.length > 0,
    );
    return missed >= 0 && draws.slice(missed).some(({ gpu, outcome }) => !silent.has(gpu) && outcome === "delivered");
  });
}

/** The review of a job's dispute; undefined while there is none. */
export function reviewOf({ reviews }: Chronicle, job: bigint): ReviewStory | undefined {
  return [...reviews.values()].find((story) => story.job === job);
}
