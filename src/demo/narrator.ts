import { formatTokens } from "../protocol/amounts";
import { formatJobId } from "../protocol/jobId";
import { Finding, JobStatus, Verdict } from "../protocol/status";
import type { Chronicle, SceneEvent } from "./chronicle";

/** Names for people: of a GPU, of a vault account, of an address. */
export interface Names {
  gpu(gpu: bigint): string;
  account(account: bigint): string;
}

/** A time of the chain since `start`, as d hh:mm:ss. */
export function clock(time: number, start: number): string {
  const seconds = Math.max(time - start, 0);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const days = Math.floor(seconds / 86_400);
  return `${days}d ${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/** One line about an event; undefined for those that tell people nothing. */
export function narrate(event: SceneEvent, chronicle: Chronicle, names: Names): string | undefined {
  if (event.contract === "JobEscrow") return narrateJob(event, chronicle, names);
  if (event.contract === "GpuRegistry") return narrateRegistry(event, names);
  if (event.contract === "RandomnessBeacon" && event.name === "RoundAnswered") {
    return `round ${String(event.args["round"])}: the seed is known`;
  }
  if (event.contract === "DisputeCourt" || event.contract === "ReviewPanel") {
    return narrateReview(event, chronicle, names);
  }
  if (event.contract === "TrainingChains") return narrateChain(event, chronicle, names);
  if (event.contract === "AssetRegistry" && event.name === "AssetTrained") {
    return `trained model ${short(event.args["id"] as bigint)} is minted, out of job ${jobName(event)}`;
  }
  return undefined;
}

function narrateJob(event: SceneEvent, chronicle: Chronicle, names: Names): string | undefined {
  const { name, args } = event;
  if (name === "RoundRequested") return `round ${String(args["round"])} is requested for ${String(args["jobs"])} jobs`;
  if (typeof args["jobId"] !== "bigint") return undefined;
  const job = `job ${jobName(event)}`;
  const gpu = typeof args["gpu"] === "bigint" ? names.gpu(args["gpu"]) : "";
  switch (name) {
    case "JobPosted":
      return `${job} posted by ${names.account(args["requester"] as bigint)}`;
    case "JobAssigned":
      return `${job} drawn for ${gpu}${args["attempt"] === 1n ? "" : `, draw ${String(args["attempt"])}`}`;
    case "JobCheckpointed":
      return args["step"] === 0n
        ? `${job} accepted by ${gpu}`
        : `${job}: ${gpu} names checkpoint ${String(args["step"])}`;
    case "JobDeclined":
      return `${job} declined by ${gpu}`;
    case "JobMissed":
      return `${job}: ${gpu} missed its due time`;
    case "JobRequeued":
      return `${job} waits for another draw`;
    case "JobDelivered":
      return `${job} delivered by ${gpu}: ${short(String(args["resultDigest"]))}`;
    case "JobRejected":
      return `${job} rejected, bond ${formatTokens(args["bond"] as bigint)}`;
    case "JobChallenged":
      return `${job} challenged, bond ${formatTokens(args["bond"] as bigint)}`;
    case "JobAccused":
      return `${job} opened as a canary, bond ${formatTokens(args["bond"] as bigint)}`;
    case "JobConvicted":
      return `${job}: nobody contested, ${gpu} is convicted`;
    case "JobRuled":
      return `${job} ruled ${Verdict[Number(args["verdict"])] ?? "nothing"}`;
    case "JobSettled":
      return `${job} settled${args["bySilence"] === true ? " by silence" : ""}, ${formatTokens(args["paid"] as bigint)} to ${gpu}`;
    case "JobRefunded":
      return `${job} ${JobStatus[Number(args["status"])]?.toLowerCase() ?? "closed"}, ${formatTokens(args["amount"] as bigint)} returned`;
    case "JobDrawFailed":
      return `${job}: no GPU fitted the draw`;
    default:
      return undefined;
  }
}

function narrateReview({ name, args }: SceneEvent, { reviews }: Chronicle, names: Names): string | undefined {
  const story = reviews.get(String(args["question"]));
  if (story === undefined) return undefined;
  const review = `review of job ${formatJobId(story.job)}`;
  switch (name) {
    case "PanelBound":
      return `${review}: ${String(args["seats"])} seats to be drawn from ${String(args["owners"])} owners in round ${String(args["round"])}`;
    case "PanelDrawn":
      return `${review}: ${story.seats.map((seat) => names.account(seat)).join(", ")} are drawn`;
    case "VoteCommitted":
      return `${review}: ${names.account(args["validator"] as bigint)} did it again and seals a vote`;
    case "VoteRevealed":
      return `${review}: ${names.account(args["validator"] as bigint)} found ${short(String(args["digest"]))}`;
    case "PanelFailed":
      return `${review}: the panel came to nothing`;
    case "QuestionDecided":
      return `${review}: the panel says ${Finding[Number(args["finding"])] ?? "nothing"}`;
    case "CaseClosed":
      return `${review} is over: ${String(args["payees"])} are paid ${formatTokens(args["share"] as bigint)} each`;
    default:
      return undefined;
  }
}

function narrateChain(event: SceneEvent, { reviews }: Chronicle, names: Names): string | undefined {
  const { name, args } = event;
  if (name === "ChainCommitted") {
    return `job ${jobName(event)}: ${names.gpu(args["gpu"] as bigint)} commits to its ${String(args["segments"])} checkpoints`;
  }
  const review = reviews.get(String(args["question"]));
  if (name !== "SegmentsOpened" || review === undefined) return undefined;
  return `review of job ${jobName(event)}: ${review.opened} of ${review.segments} segments are opened to the panel`;
}

function narrateRegistry({ name, args }: SceneEvent, names: Names): string | undefined {
  switch (name) {
    case "GpuRegistered":
      return `GPU ${String(args["gpu"])} staked by ${names.account(args["owner"] as bigint)}: ${formatTokens(args["stake"] as bigint)}`;
    case "Slashed":
      return `${names.gpu(args["gpu"] as bigint)} loses ${formatTokens(args["taken"] as bigint)} of its stake, held for appeal`;
    case "SlashFinalised":
      return (
        `slash ${String(args["slash"])} is final: ${formatTokens(args["toBeneficiary"] as bigint)} makes the requester whole, ` +
        `${formatTokens(args["toFinder"] as bigint)} to the finder, ${formatTokens(args["toTreasury"] as bigint)} to the treasury`
      );
    default:
      return undefined;
  }
}

function jobName({ args }: SceneEvent): string {
  return formatJobId(args["jobId"] as bigint);
}

function short(value: string | bigint): string {
  const text = typeof value === "bigint" ? `0x${value.toString(16)}` : value;
  return `${text.slice(0, 10)}..`;
}
