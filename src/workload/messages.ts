import { z } from "zod";
import { digestSchema } from "../store";

/** What parent and child say to each other. Both sides check every message; bytes travel as Uint8Array. */

const count = z.number().int().min(0);
const requestId = count;
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected bytes");

/** Reasons for which a job fails, beside those of the content and the workload themselves. */
export const failureCodeSchema = z.enum([
  "contentMismatch",
  "contentMissing",
  "contentTooLarge",
  "contentUnavailable",
  "invalidInput",
  "invalidModel",
  "invalidCheckpoint",
  "invalidResult",
  "modelMismatch",
  "unknownKind",
  /** The work threw an error that is none of the above, or its process ended without an outcome. */
  "crashed",
  /** The work wrote more than its limit. */
  "outputTooLarge",
  /** The process sent something that it should not. */
  "protocol",
]);
export type FailureCode = z.infer<typeof failureCodeSchema>;

const usageSchema = z.strictObject({ cpuMicros: count, residentBytes: count });
export type ChildUsage = z.infer<typeof usageSchema>;

/** From the child: requests to the store, steps of the work, and one outcome. */
export const childMessageSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("get"), id: requestId, digest: digestSchema, maxBytes: count.optional() }),
  z.strictObject({ type: z.literal("put"), id: requestId, bytes }),
  z.strictObject({ type: z.literal("has"), id: requestId, digest: digestSchema }),
  z.strictObject({ type: z.literal("progress"), done: count, total: count, usage: usageSchema }),
  z.strictObject({ type: z.literal("checkpoint"), step: count, digest: digestSchema }),
  z.strictObject({
    type: z.literal("checkpointRejected"),
    digest: digestSchema,
    reason: z.enum(["unavailable", "malformed", "poisoned"]),
    detail: z.string().max(2_000),
  }),
  z.strictObject({
    type: z.literal("delivered"),
    resultDigest: digestSchema,
    resumedFrom: count,
    usage: usageSchema,
  }),
  z.strictObject({
    type: z.literal("failed"),
    code: failureCodeSchema.or(z.literal("outOfMemory")),
    message: z.string().max(2_000),
    usage: usageSchema,
  }),
]);
export type ChildMessage = z.infer<typeof childMessageSchema>;

const contentErrorCode = z.enum(["contentMismatch", "contentMissing", "contentTooLarge", "contentUnavailable"]);

/** The job, as the parent hands it to the child. */
const startSchema = z.strictObject({
  type: z.literal("start"),
  inputDigest: digestSchema,
  kind: z.string().optional(),
  modelDescriptorDigest: digestSchema.optional(),
  checkpointDigest: digestSchema.optional(),
  checkpointTrust: z.enum(["resume", "replay"]).optional(),
  substituteModelDigest: digestSchema.optional(),
  kindDirectories: z.array(z.string()),
  /** Process id of the parent, and when the child must be gone at the latest, in Unix milliseconds. */
  parent: count,
  until: count,
});

/** From the parent: the job, then answers to the child's requests. */
export const parentMessageSchema = z.discriminatedUnion("type", [
  startSchema,
  z.strictObject({ type: z.literal("found"), id: requestId, bytes }),
  z.strictObject({ type: z.literal("stored"), id: requestId, digest: digestSchema, size: count }),
  z.strictObject({ type: z.literal("present"), id: requestId, present: z.boolean() }),
  z.strictObject({
    type: z.literal("storeError"),
    id: requestId,
    code: contentErrorCode,
    digest: digestSchema.optional(),
    message: z.string(),
  }),
]);
export type ParentMessage = z.infer<typeof parentMessageSchema>;
export type StartMessage = z.infer<typeof startSchema>;

/** A text short enough for a message. */
export function shortened(text: string): string {
  return text.slice(0, 2_000);
}
