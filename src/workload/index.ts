export { decodeCanonical, encodeCanonical, NotCanonical, type Json } from "./canonical";
export { loadDigits, putDigits } from "./digits";
export { loadOf, meterEnergy, type Board } from "./energy";
export { WorkloadError, type WorkloadErrorCode } from "./errors";
export {
  describeJob,
  execute,
  type CheckpointRejection,
  type CheckpointTrust,
  type ExecuteOptions,
  type Execution,
  type JobEvent,
  type JobOffer,
  type JobReference,
} from "./execute";
export { putCheaperModel } from "./faults";
export { getImages, packImages, putImages, selectImages, type ImageSet, type PackedImages } from "./images";
export { getInput, getManifest, type JobInput, type ResultFiles, type ResultManifest } from "./job";
export type {
  CheckpointEvent,
  Findings,
  JobContext,
  JobDescription,
  PreparedJob,
  ProgressEvent,
  RunOptions,
  WorkEvent,
  WorkloadKind,
} from "./kind";
export { createInferenceJob, decodeLabels, type InferenceMetrics, type InferenceRequest } from "./kinds/infer-batch";
export { createTrainingJob, type TrainingMetrics, type TrainingRequest } from "./kinds/train-mlp";
export type { FailureCode } from "./messages";
export { decodeDescriptor, DIGITS_MLP, encodeDescriptor, putDescriptor, type MlpDescriptor } from "./model";
export { reexecute, type Reexecution, type ReexecuteOptions } from "./reexecute";
export { BUILT_IN_KINDS, loadKind } from "./registry";
export { DEFAULT_LIMITS, runJob, type JobLimits, type JobOutcome, type JobUsage, type RunJobOptions } from "./runner";
export { doSegment, type SegmentOfWork, type SegmentOptions, type SegmentOutcome } from "./segment";
export { decodeWeights, encodeWeights, type Weights } from "./weights";
export { verifyCheckpoint, verifyResult, type CheckpointVerification, type ResultVerification } from "./verify";
