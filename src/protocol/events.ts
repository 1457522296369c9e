import { Interface, type LogDescription } from "ethers";
import { IJobEscrow__factory } from "../../typechain-types/factories/contracts/market/IJobEscrow__factory";
import { IGpuRegistry__factory } from "../../typechain-types/factories/contracts/registry/IGpuRegistry__factory";
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

interface RawLog {
  readonly topics: readonly string[];
  readonly data: string;
}

const escrowInterface: Interface = IJobEscrow__factory.createInterface();
const registryInterface: Interface = IGpuRegistry__factory.createInterface();

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

/** First topics of escrow events, for log filters. */
export function escrowTopics(names: readonly EscrowEvent["name"][] = ESCROW_EVENTS): string[] {
  return names.map((name) => topicOf(escrowInterface, name));
}

/** First topics of registry events, for log filters. */
export function registryTopics(names: readonly RegistryEvent["name"][] = REGISTRY_EVENTS): string[] {
  return names.map((name) => topicOf(registryInterface, name));
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

function parse(abi: Interface, log: RawLog): LogDescription | undefined {
  try {
    return abi.parseLog({ topics: [...log.topics], data: log.data }) ?? undefined;
  } catch {
    return undefined;
  }
}
