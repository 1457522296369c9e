import { ZERO_DIGEST, type Digest } from "../store";
import { BinaryReader, BinaryWriter, Malformed } from "./binary";
import { WorkloadError } from "./errors";
import { parameterCount, type MlpDescriptor } from "./model";
import { PARAMETER_LIMIT, readShape, shapeBytes, writeShape } from "./weights";

/** The state of a training job after an epoch. It names no operator, no job and no time: equal states have equal bytes. */
export interface TrainingCheckpoint {
  readonly input: Digest;
  readonly model: Digest;
  /** Digest of the checkpoint of the epoch before; zero after the first. Makes the checkpoints of a job a chain. */
  readonly previous: Digest;
  readonly epoch: number;
  /** Mean loss of each epoch so far, in millionths of a nat. */
  readonly lossMicro: Float64Array;
  readonly values: Float64Array;
  readonly velocity: Float64Array;
}

/** What a checkpoint is checked against. */
export interface CheckpointOwner {
  readonly input: Digest;
  readonly model: Digest;
  readonly epochs: number;
  readonly descriptor: MlpDescriptor;
}

/** Losses are cut off here; far beyond anything a network that learns produces, and exact as a double. */
export const LOSS_LIMIT_MICRO = 1e15;

const MAGIC = "GCCK";
const VERSION = 1;

/** Bytes of a checkpoint: "GCCK", version, three digests, epoch, shape, losses, numbers and velocities; little-endian. */
export function checkpointBytes(layers: readonly number[], epoch: number): number {
  return 6 + 3 * 32 + 4 + shapeBytes(layers) + 8 * epoch + 16 * parameterCount(layers);
}

/** Writes a checkpoint. */
export function encodeCheckpoint(checkpoint: TrainingCheckpoint, descriptor: MlpDescriptor): Uint8Array {
  const writer = new BinaryWriter(checkpointBytes(descriptor.layers, checkpoint.epoch));
  writer.ascii(MAGIC).uint16(VERSION);
  writer.digest(checkpoint.input).digest(checkpoint.model).digest(checkpoint.previous).uint32(checkpoint.epoch);
  writeShape(writer, descriptor.layers, descriptor.activation);
  return writer.float64s(checkpoint.lossMicro).float64s(checkpoint.values).float64s(checkpoint.velocity).finish();
}

/**
 * Reads a checkpoint of one job. Structure is all that is checked: that it belongs to the input and the model, that its
 * epoch, its shape and its length fit, and that its numbers are ones that training can produce.
 * @throws WorkloadError invalidCheckpoint.
 */
export function decodeCheckpoint(bytes: Uint8Array, owner: CheckpointOwner): TrainingCheckpoint {
  try {
    return read(new BinaryReader(bytes), owner);
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
    throw new WorkloadError("invalidCheckpoint", `not a checkpoint of this job: ${cause.message}`, { cause });
  }
}

function read(reader: BinaryReader, owner: CheckpointOwner): TrainingCheckpoint {
  const { descriptor } = owner;
  reader.expectAscii(MAGIC);
  reader.expectUint16(VERSION, "version");
  const [input, model, previous] = [reader.digest(), reader.digest(), reader.digest()] as const;
  if (input !== owner.input) throw new Malformed("it belongs to another input");
  if (model !== owner.model) throw new Malformed("it belongs to another model");
  const epoch = reader.uint32();
  if (epoch < 1 || epoch > owner.epochs) throw new Malformed(`epoch ${epoch} of ${owner.epochs}`);
  if ((previous === ZERO_DIGEST) !== (epoch === 1))
    throw new Malformed("its place in the chain does not fit its epoch");
  const shape = readShape(reader);
  if (shape.layers.join() !== descriptor.layers.join() || shape.activation !== descriptor.activation) {
    throw new Malformed("its network has another shape");
  }
  const lossMicro = reader.float64s(epoch, LOSS_LIMIT_MICRO, "loss");
  if (lossMicro.some((loss) => !Number.isInteger(loss) || loss < 0)) throw new Malformed("a loss is no whole number");
  const count = parameterCount(descriptor.layers);
  const values = reader.float64s(count, PARAMETER_LIMIT, "weight");
  const velocity = reader.float64s(count, PARAMETER_LIMIT, "velocity");
  reader.end();
  return { input, model, previous, epoch, lossMicro, values, velocity };
}
