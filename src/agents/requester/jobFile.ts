import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { addressSchema } from "../../chain/manifest";
import { digestFromCid, digestOf, digestSchema, type ContentStore, type Digest } from "../../store";
import { describeJob, openJob, type JobOffer } from "../../workload/execute";
import { tokensSchema } from "../operator/config";
import { readJsonFile } from "../shared/config";
import { CommandFailure, EXIT } from "../shared/exit";

/** A content address: a CID or a digest. */
const contentSchema = z.string().transform((text, context) => {
  try {
    return text.startsWith("0x") ? digestSchema.parse(text) : digestFromCid(text);
  } catch {
    context.addIssue({ code: "custom", message: "expected a CIDv1 of a raw sha2-256 block, or a 32-byte digest" });
    return z.NEVER;
  }
});

/** A seed: 32 bytes in hexadecimal, or any text, of which the sha-256 digest is taken. */
const seedSchema = z
  .string()
  .min(1)
  .max(200)
  .transform((text): Digest => {
    const exact = digestSchema.safeParse(text);
    return exact.success ? exact.data : digestOf(Buffer.from(text, "utf8"));
  });

const count = z.number().int().min(1).max(10_000_000);

const workSchema = z.union([
  /** An input that is in the content store already. */
  z.strictObject({ input: contentSchema }),
  /** An input file beside the job file. */
  z.strictObject({ inputFile: z.string().min(1) }),
  /** Training of the service's model on the service's dataset. */
  z.strictObject({
    kind: z.literal("train-mlp"),
    train: count,
    heldOut: count,
    epochs: z.number().int().min(1).max(10_000),
    seed: seedSchema,
    splitSeed: seedSchema,
  }),
  /** Classification of images of the service's dataset with the service's weights. */
  z.strictObject({
    kind: z.literal("infer-batch"),
    images: z.union([
      z.array(z.number().int().min(0)).min(1).max(100_000),
      z.strictObject({ from: z.number().int().min(0), count: z.number().int().min(1).max(100_000) }),
    ]),
    /** Which images, where the service has no dataset of its own. */
    dataset: contentSchema.optional(),
  }),
]);

const jobFileShape = {
  service: z.number().int().positive().max(0xffffffff),
  work: workSchema,
  /** Files stored before posting, so that operators find what the input names. */
  uploads: z.array(z.string().min(1)).default([]),
  /** Units paid; what the work needs when absent. */
  units: z.number().int().min(1).max(0xffffffff).optional(),
  region: z.union([z.literal("any"), z.number().int().min(0).max(11)]).default("any"),
  /** Longest work time from acceptance, seconds. */
  secondsPerAttempt: z.number().int().min(60).max(259_200).default(3600),
  /** Longest silence while working, seconds; 0 for the whole attempt. */
  heartbeat: z.union([z.literal(0), z.number().int().min(60).max(259_200)]).default(0),
  /** Seconds from posting after which an undrawn job may be closed. */
  expirySeconds: z.number().int().min(60).max(31_536_000).default(86_400),
  /** Never pay more than this, tokens; the quote shown when absent. */
  maximum: tokensSchema.optional(),
  ring: z.number().int().min(0).max(65_535).optional(),
  /** GPU to work for it without a draw. */
  namedGpu: z.number().int().positive().optional(),
  /** A verifier decides, instead of the requester. */
  proof: z.strictObject({ verifier: addressSchema, gas: z.number().int().min(50_000).max(5_000_000) }).optional(),
  /** Who can object to the result without a proof: the requester, or in `optimistic` jobs anyone with a bond. */
  mode: z.enum(["acceptance", "optimistic"]).default("acceptance"),
  /** Makes the job a canary: the result that is known to be right, which `job accuse` opens when another is delivered. */
  canary: contentSchema.optional(),
};

/** zod schema of a job file: what `job post` reads. */
export const jobFileSchema = z
  .strictObject(jobFileShape)
  .refine(({ proof, mode }) => proof === undefined || mode === "acceptance", {
    message: "a job with a proof is not optimistic",
    path: ["mode"],
  })
  .refine(
    ({ canary, proof, mode, namedGpu }) =>
      canary === undefined || (proof === undefined && mode === "acceptance" && namedGpu === undefined),
    { message: "a canary is a drawn job that its requester accepts", path: ["canary"] },
  );

/** A job as its file asks for it. Amounts in token wei. */
export type JobFile = z.output<typeof jobFileSchema>;

/** What a service fixes of a job. */
export interface ServiceContent {
  readonly modelHash: Digest;
  /** Zero for none. */
  readonly datasetHash: Digest;
}

/** Reads a job file. Throws CommandFailure (usage). */
export function readJobFile(path: string): JobFile {
  const parsed = jobFileSchema.safeParse(readJsonFile(path, "job file"));
  if (!parsed.success) throw new CommandFailure(EXIT.usage, `${path} is no job: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Puts a job's content into the store and returns what operators will read, checked against the service as they will.
 * @param path the job file, beside which its files are
 * @throws CommandFailure (usage, checkFailed), WorkloadError, ContentError.
 */
export async function prepareWork(
  store: ContentStore,
  job: JobFile,
  path: string,
  service: ServiceContent,
): Promise<JobOffer> {
  const near = (name: string): string => resolve(dirname(path), name);
  for (const upload of job.uploads) await store.put(readBytes(near(upload)));
  const inputDigest = await inputOf(store, job, near, service);
  const offer = await describeJob({ store, inputDigest, modelDescriptorDigest: service.modelHash });
  const isFree = /^0x0+$/.test(service.datasetHash);
  if (!isFree && !offer.datasets.includes(service.datasetHash)) {
    throw new CommandFailure(
      EXIT.checkFailed,
      "the input does not use the service's dataset: operators would decline it",
    );
  }
  if (job.units !== undefined && job.units < offer.units) {
    throw new CommandFailure(EXIT.checkFailed, `the work needs ${offer.units} units, the file pays ${job.units}`);
  }
  // All of it, datasets included, as operators and whoever judges will: what they cannot have is the requester's loss.
  await openJob({ store, inputDigest, modelDescriptorDigest: service.modelHash });
  return offer;
}

async function inputOf(
  store: ContentStore,
  { work }: JobFile,
  near: (name: string) => string,
  service: ServiceContent,
): Promise<Digest> {
  if ("input" in work) return work.input;
  if ("inputFile" in work) return (await store.put(readBytes(near(work.inputFile)))).digest;
  if (work.kind === "train-mlp") {
    // The kinds bring their data formats along: they are loaded only where a job is written.
    const { createTrainingJob } =
      require("../../workload/kinds/train-mlp") as typeof import("../../workload/kinds/train-mlp");
    const { decodeDescriptor } = require("../../workload/model") as typeof import("../../workload/model");
    const { train, heldOut, epochs, seed, splitSeed } = work;
    const model = decodeDescriptor(await store.get(service.modelHash));
    const request = { model, dataset: service.datasetHash, splitSeed, train, heldOut, seed, epochs };
    return (await createTrainingJob(store, request)).digest;
  }
  const { createInferenceJob } =
    require("../../workload/kinds/infer-batch") as typeof import("../../workload/kinds/infer-batch");
  const { images } = work;
  const list = Array.isArray(images) ? images : Array.from({ length: images.count }, (_, index) => images.from + index);
  const dataset = work.dataset ?? service.datasetHash;
  return (await createInferenceJob(store, { weights: service.modelHash, dataset, images: list })).digest;
}

function readBytes(path: string): Uint8Array {
  try {
    return Uint8Array.from(readFileSync(path));
  } catch (cause) {
    throw new CommandFailure(EXIT.usage, `cannot read ${path}`, {}, { cause });
  }
}
