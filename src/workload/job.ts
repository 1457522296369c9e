import { z } from "zod";
import {
  cidOf,
  cidSchema,
  digestFromCid,
  digestOf,
  type ContentStore,
  type Digest,
  type Stored,
  type WaitOptions,
} from "../store";
import { decodeCanonical, encodeCanonical, NotCanonical, type Json } from "./canonical";
import { WorkloadError, type WorkloadErrorCode } from "./errors";

/** Longest input, manifest or metrics file, in bytes. */
export const MAX_JSON_BYTES = 1024 * 1024;

/** Name of a kind of work; also the name of the file that defines it. */
export const kindIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  .max(32);

/**
 * What every job's input says, whatever its kind; a kind adds fields of its own. The file is canonical JSON. Its digest is
 * the job's input digest, and together with the content it names it alone decides the right result.
 */
const envelopeSchema = z.looseObject({
  version: z.literal(1),
  kind: kindIdSchema,
  /** The model to run. The parties also agree on its digest on chain. */
  model: cidSchema,
  /** The knobs of the work, as opposed to what it is done on. Their digest is the agreement's parameters hash. */
  parameters: z.record(z.string(), z.unknown()),
});

/** A job's input. `body` is the whole file for the kind to read. */
export interface JobInput {
  readonly kind: string;
  readonly digest: Digest;
  readonly modelDigest: Digest;
  readonly parametersHash: Digest;
  readonly body: Json;
}

/** The files of a result, by name. */
export type ResultFiles = Readonly<Record<string, Uint8Array>>;

const manifestSchema = z.strictObject({
  version: z.literal(1),
  kind: kindIdSchema,
  input: cidSchema,
  model: cidSchema,
  outputs: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/), cidSchema),
});

/** What a result digest stands for: which input and model it answers, and its files by name, as CIDs. */
export type ResultManifest = z.infer<typeof manifestSchema>;

/**
 * Reads a job's input, as far as all kinds have it in common.
 * @throws WorkloadError invalidInput.
 */
export function decodeInput(bytes: Uint8Array): JobInput {
  const body = decodeJson(bytes, "invalidInput", "the input");
  const envelope = parseJson(envelopeSchema, body, "invalidInput", "the input");
  // A record of unknown values that came out of canonical JSON has a canonical form again.
  const parameters = envelope.parameters as Record<string, Json>;
  return {
    kind: envelope.kind,
    digest: digestOf(bytes),
    modelDigest: digestFromCid(envelope.model),
    parametersHash: digestOf(encodeCanonical(parameters)),
    body,
  };
}

/**
 * Reads a job's input from a store.
 * @throws WorkloadError invalidInput; any ContentError of the store.
 */
export async function getInput(store: ContentStore, digest: Digest, options?: WaitOptions): Promise<JobInput> {
  return decodeInput(await store.get(digest, { ...options, maxBytes: MAX_JSON_BYTES }));
}

/** Stores a job's input, which must have passed its kind's schema, and returns it as a reader would see it. */
export async function putInput(store: ContentStore, body: Json, options?: WaitOptions): Promise<JobInput> {
  const bytes = encodeCanonical(body);
  const input = decodeInput(bytes);
  await store.put(bytes, options);
  return input;
}

/** Stores the files and the manifest of a result. The manifest's digest is the result digest. */
export async function putResult(
  store: ContentStore,
  input: JobInput,
  files: ResultFiles,
  options?: WaitOptions,
): Promise<Stored & { readonly manifest: ResultManifest }> {
  const outputs: Record<string, string> = {};
  for (const [name, bytes] of Object.entries(files)) outputs[name] = (await store.put(bytes, options)).cid;
  const manifest: ResultManifest = manifestSchema.parse({
    version: 1,
    kind: input.kind,
    input: cidOf(input.digest),
    model: cidOf(input.modelDigest),
    outputs,
  });
  return { ...(await store.put(encodeCanonical(manifest), options)), manifest };
}

/**
 * Reads the manifest of a result.
 * @throws WorkloadError invalidResult; any ContentError of the store.
 */
export async function getManifest(store: ContentStore, digest: Digest, options?: WaitOptions): Promise<ResultManifest> {
  const bytes = await store.get(digest, { ...options, maxBytes: MAX_JSON_BYTES });
  return parseJson(manifestSchema, decodeJson(bytes, "invalidResult", "the result"), "invalidResult", "the result");
}

/**
 * Reads canonical JSON.
 * @throws WorkloadError with `code` when the bytes are not.
 */
export function decodeJson(bytes: Uint8Array, code: WorkloadErrorCode, what: string): Json {
  try {
    return decodeCanonical(bytes);
  } catch (cause) {
    if (!(cause instanceof NotCanonical)) throw cause;
    throw new WorkloadError(code, `${what} is ${cause.message}`, { cause });
  }
}

/**
 * Checks a value against a schema.
 * @throws WorkloadError with `code` and the first few complaints.
 */
export function parseJson<T>(schema: z.ZodType<T>, value: unknown, code: WorkloadErrorCode, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join(".") || "it"}: ${issue.message}`);
  throw new WorkloadError(code, `${what} is malformed: ${complaints.join("; ")}`, { cause: parsed.error });
}
