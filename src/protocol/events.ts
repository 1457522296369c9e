import { Interface, type LogDescription } from "ethers";
import { IJobEscrow__factory } from "../../typechain-types/factories/contracts/market/IJobEscrow__factory";
import { IGpuRegistry__factory } from "../../typechain-types/factories/contracts/registry/IGpuRegistry__factory";
import { IDisputeCourt__factory } from "../../typechain-types/factories/contracts/market/IDisputeCourt__factory";
import { IValidatorRegistry__factory } from "../../typechain-types/factories/contracts/registry/IValidatorRegistry__factory";
import { ITrainingChains__factory } from "../../typechain-types/factories/contracts/market/ITrainingChains__factory";
import { IReviewPanel__factory } from "../../typechain-types/factories/contracts/review/IReviewPanel__factory";
import { agreementFrom, type Agreement, type AgreementStruct } from "./agreement";

/** Events of the escrow that agents act on; fields as in IJobEscrow. */
export type EscrowEvent =
  | {
      readonly name: "JobPosted";
      readonly jobId: bigint;
      readonly requester: bigint;
      readonly service: bigint;
      readonly ticket: bigint;
      readonly agreement: Agreement;
    }
  | {
      readonly name: "JobAssigned";
      readonly jobId: bigint;
      readonly gpu: bigint;
      readonly attempt: bigint;
      readonly due: bigint;
    }
  | {
      readonly name: "JobRequeued";
      readonly jobId: bigint;
      readonly classId: bigint;
      readonly front: boolean;
      readonly ticket: bigint;
    }
  | {
      readonly name: "JobCheckpointed";
      readonly jobId: bigint;
      readonly gpu: bigint;
      readonly step: bigint;
      readonly checkpointDigest: string;
    }
  | { readonly name: "JobDelivered"; readonly jobId: bigint; readonly gpu: bigint; readonly resultDigest: string }
  | {
      readonly name: "JobSettled";
      readonly jobId: bigint;
      readonly gpu: bigint;
      readonly paid: bigint;
      readonly bySilence: boolean;
    }
  | {
      readonly name:
        | "JobDrawFailed"
        | "JobDeclined"
        | "JobCommitted"
        | "JobMissed"
        | "JobRejected"
        | "JobChallenged"
        | "JobAccused"
        | "AccusationContested"
        | "JobConvicted"
        | "JobDisputed"
        | "JobRuled"
        | "JobRefunded"
        | "JobSplit";
      readonly jobId: bigint;
    };

/** Events of the registry that agents act on; fields as in IGpuRegistry. */
export type RegistryEvent =
  | {
      readonly name: "GpuRegistered";
      readonly gpu: bigint;
      readonly owner: bigint;
      readonly device: string;
      readonly operator: string;
    }
  | {
      readonly name: "OperatorChanged";
      readonly gpu: bigint;
      readonly oldOperator: string;
      readonly newOperator: string;
    }
  | {
      readonly name: "Slashed";
      readonly slash: bigint;
      readonly gpu: bigint;
      readonly pending: bigint;
      readonly holdUntil: bigint;
    }
  | { readonly name: "SlashFinalised" | "SlashReversed"; readonly slash: bigint };

/** Events of the review panel that agents act on; fields as in IReviewPanel, digests as the log has them. */
export type PanelEvent =
  | {
      readonly name: "QuestionAsked";
      readonly question: string;
      readonly asker: string;
      readonly subject: string;
      readonly claim: string;
    }
  | {
      readonly name: "PanelBound";
      readonly question: string;
      readonly instance: bigint;
      readonly redrawn: boolean;
      readonly seats: bigint;
      readonly owners: bigint;
      readonly round: bigint;
    }
  | {
      readonly name: "PanelDrawn";
      readonly question: string;
      readonly round: bigint;
      readonly by: string;
      /** In the order of their seats. */
      readonly validators: readonly bigint[];
    }
  | {
      readonly name: "VoteCommitted";
      readonly question: string;
      readonly validator: bigint;
      readonly commitment: string;
    }
  | { readonly name: "VoteRevealed"; readonly question: string; readonly validator: bigint; readonly digest: string }
  | { readonly name: "QuestionDecided"; readonly question: string; readonly finding: bigint; readonly digest: string }
  | {
      readonly name: "PanelFailed" | "QuestionAppealed" | "FindingConfirmed" | "QuestionClosed";
      readonly question: string;
    };

/** Events of the dispute court that agents act on; fields as in IDisputeCourt, amounts in token wei. */
export type CourtEvent =
  | {
      readonly name: "CaseOpened";
      readonly escrow: string;
      readonly jobId: bigint;
      readonly question: string;
      readonly domain: bigint;
      readonly resultDigest: string;
    }
  | { readonly name: "CaseAppealed"; readonly question: string; readonly appellant: bigint; readonly bond: bigint }
  | {
      readonly name: "CaseClosed";
      readonly escrow: string;
      readonly jobId: bigint;
      readonly question: string;
      readonly finding: bigint;
      readonly rightDigest: string;
      readonly ruled: boolean;
      readonly payees: bigint;
      readonly share: bigint;
    };

/** What was opened of a chain to the panel of `lot`; fields as in ITrainingChains. */
export interface SegmentsOpened {
  readonly escrow: string;
  readonly jobId: bigint;
  readonly question: string;
  readonly lot: bigint;
  readonly starts: readonly string[];
  readonly ends: readonly string[];
}

/** Events of the validator registry that agents act on; fields as in IValidatorRegistry, stake in token wei. */
export type ValidatorEvent =
  | {
      readonly name: "ValidatorRegistered";
      readonly validator: bigint;
      readonly operator: string;
      readonly domains: bigint;
      readonly stake: bigint;
    }
  | { readonly name: "AvailabilityChanged"; readonly validator: bigint; readonly available: boolean }
  | {
      readonly name: "SeatEnded";
      readonly validator: bigint;
      /** A number of SeatOutcome. */
      readonly outcome: bigint;
      readonly oldAccuracy: bigint;
      readonly newAccuracy: bigint;
    }
  | { readonly name: "ValidatorSlashed"; readonly validator: bigint; readonly taken: bigint; readonly owed: bigint };

interface RawLog {
  readonly topics: readonly string[];
  readonly data: string;
}

const escrowInterface: Interface = IJobEscrow__factory.createInterface();
const registryInterface: Interface = IGpuRegistry__factory.createInterface();

const panelInterface: Interface = IReviewPanel__factory.createInterface();
const courtInterface: Interface = IDisputeCourt__factory.createInterface();
const chainsInterface = ITrainingChains__factory.createInterface();
const validatorInterface: Interface = IValidatorRegistry__factory.createInterface();

const ESCROW_EVENTS = [
  "JobPosted",
  "JobAssigned",
  "JobRequeued",
  "JobCheckpointed",
  "JobDelivered",
  "JobSettled",
  "JobDrawFailed",
  "JobDeclined",
  "JobCommitted",
  "JobMissed",
  "JobRejected",
  "JobChallenged",
  "JobAccused",
  "AccusationContested",
  "JobConvicted",
  "JobDisputed",
  "JobRuled",
  "JobRefunded",
  "JobSplit",
] as const satisfies readonly EscrowEvent["name"][];

const REGISTRY_EVENTS = [
  "GpuRegistered",
  "OperatorChanged",
  "Slashed",
  "SlashFinalised",
  "SlashReversed",
] as const satisfies readonly RegistryEvent["name"][];

const PANEL_EVENTS = [
  "QuestionAsked",
  "PanelBound",
  "PanelDrawn",
  "VoteCommitted",
  "VoteRevealed",
  "PanelFailed",
  "QuestionDecided",
  "QuestionAppealed",
  "FindingConfirmed",
  "QuestionClosed",
] as const satisfies readonly PanelEvent["name"][];

const COURT_EVENTS = ["CaseOpened", "CaseAppealed", "CaseClosed"] as const satisfies readonly CourtEvent["name"][];

const VALIDATOR_EVENTS = [
  "ValidatorRegistered",
  "AvailabilityChanged",
  "SeatEnded",
  "ValidatorSlashed",
] as const satisfies readonly ValidatorEvent["name"][];

/** First topics of escrow events, for log filters. */
export function escrowTopics(names: readonly EscrowEvent["name"][] = ESCROW_EVENTS): string[] {
  return names.map((name) => topicOf(escrowInterface, name));
}

/** First topics of registry events, for log filters. */
export function registryTopics(names: readonly RegistryEvent["name"][] = REGISTRY_EVENTS): string[] {
  return names.map((name) => topicOf(registryInterface, name));
}

/** First topics of events of the review panel, for log filters. */
export function panelTopics(names: readonly PanelEvent["name"][] = PANEL_EVENTS): string[] {
  return names.map((name) => topicOf(panelInterface, name));
}

/** First topics of events of the dispute court, for log filters. */
export function courtTopics(names: readonly CourtEvent["name"][] = COURT_EVENTS): string[] {
  return names.map((name) => topicOf(courtInterface, name));
}

/** First topics of events of the validator registry, for log filters. */
export function validatorTopics(names: readonly ValidatorEvent["name"][] = VALIDATOR_EVENTS): string[] {
  return names.map((name) => topicOf(validatorInterface, name));
}

/** First topic of SegmentsOpened, for log filters. */
export function segmentsTopic(): string {
  return topicOf(chainsInterface, "SegmentsOpened");
}

/** The topic of a job id or GPU number, as indexed in events. */
export function numberTopic(value: bigint): string {
  return `0x${value.toString(16).padStart(64, "0")}`;
}

function topicOf(abi: Interface, name: string): string {
  const event = abi.getEvent(name);
  if (event === null) throw new Error(`the interface has no event ${name}`);
  return event.topicHash;
}

/** Reads a log of the escrow; undefined when it is none of the events that agents act on, or is malformed. */
export function decodeEscrowEvent(log: RawLog): EscrowEvent | undefined {
  const parsed = parse(escrowInterface, log);
  if (parsed === undefined || !(ESCROW_EVENTS as readonly string[]).includes(parsed.name)) return undefined;
  const values = parsed.args.toObject() as { readonly agreement?: AgreementStruct };
  try {
    const event = values.agreement === undefined ? values : { ...values, agreement: agreementFrom(values.agreement) };
    return { name: parsed.name, ...event } as EscrowEvent;
  } catch {
    return undefined; // An agreement whose words cannot be read was not written by the escrow.
  }
}

/** Reads a log of the registry; undefined when it is none of the events that agents act on, or is malformed. */
export function decodeRegistryEvent(log: RawLog): RegistryEvent | undefined {
  const parsed = parse(registryInterface, log);
  if (parsed === undefined || !(REGISTRY_EVENTS as readonly string[]).includes(parsed.name)) return undefined;
  return { name: parsed.name, ...parsed.args.toObject() } as RegistryEvent;
}

/** Reads a log of the review panel; undefined when it is none of the events that agents act on, or is malformed. */
export function decodePanelEvent(log: RawLog): PanelEvent | undefined {
  const parsed = parse(panelInterface, log);
  if (parsed === undefined || !(PANEL_EVENTS as readonly string[]).includes(parsed.name)) return undefined;
  const values = parsed.args.toObject() as { readonly validators?: readonly bigint[] };
  // A decoded list is a proxy of ethers: whoever keeps it wants plain numbers.
  const event = values.validators === undefined ? values : { ...values, validators: [...values.validators] };
  return { name: parsed.name, ...event } as PanelEvent;
}

/** Reads a log of the dispute court; undefined when it is none of the events that agents act on, or is malformed. */
export function decodeCourtEvent(log: RawLog): CourtEvent | undefined {
  const parsed = parse(courtInterface, log);
  if (parsed === undefined || !(COURT_EVENTS as readonly string[]).includes(parsed.name)) return undefined;
  return { name: parsed.name, ...parsed.args.toObject() } as CourtEvent;
}

/** Reads an opening of segments; undefined when it is none, or is malformed. */
export function decodeSegmentsOpened(log: RawLog): SegmentsOpened | undefined {
  const parsed = parse(chainsInterface, log);
  if (parsed?.name !== "SegmentsOpened") return undefined;
  const { escrow, jobId, question, lot, starts, ends } = parsed.args.toObject() as SegmentsOpened;
  return { escrow, jobId, question, lot, starts: [...starts], ends: [...ends] };
}

/** Reads a log of the validator registry; undefined when it is none of the events that agents act on, or is malformed. */
export function decodeValidatorEvent(log: RawLog): ValidatorEvent | undefined {
  const parsed = parse(validatorInterface, log);
  if (parsed === undefined || !(VALIDATOR_EVENTS as readonly string[]).includes(parsed.name)) return undefined;
  return { name: parsed.name, ...parsed.args.toObject() } as ValidatorEvent;
}

function parse(abi: Interface, log: RawLog): LogDescription | undefined {
  try {
    return abi.parseLog({ topics: [...log.topics], data: log.data }) ?? undefined;
  } catch {
    return undefined;
  }
}
