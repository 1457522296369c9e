import { z } from "zod";
import type { ContentStore } from "./contentStore";
import { DirectoryStore } from "./directoryStore";
import { HttpStore } from "./httpStore";

const DIRECTORY_PREFIX = "directory:";
const maxBytes = z
  .number()
  .int()
  .min(1)
  .max(1024 * 1024 * 1024)
  .optional();

const directorySchema = z.strictObject({ kind: z.literal("directory"), path: z.string().min(1), maxBytes });

const ipfsSchema = z.strictObject({
  kind: z.literal("ipfs"),
  url: z.url({ protocol: /^https?$/ }),
  authorization: z.string().min(1).optional(),
  maxBytes,
  timeoutMs: z.number().int().min(1).max(3_600_000).optional(),
  attempts: z.number().int().min(1).max(100).optional(),
  backoffMs: z.number().int().min(0).max(60_000).optional(),
});

const shortSchema = z.string().transform((text, context) => {
  if (text.startsWith(DIRECTORY_PREFIX) && text.length > DIRECTORY_PREFIX.length) {
    return { kind: "directory" as const, path: text.slice(DIRECTORY_PREFIX.length) };
  }
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return { kind: "ipfs" as const, url: text };
  context.addIssue({ code: "custom", message: "expected directory:<path> or the http(s) URL of an IPFS node's RPC" });
  return z.NEVER;
});

/**
 * Where content is kept: `directory:<path>`, the http(s) URL of an IPFS node's RPC, or an object with either and its limits
 * (bytes, milliseconds). An Authorization header belongs in the object form, filled from the environment.
 */
export const storeConfigSchema = z.union([shortSchema, z.discriminatedUnion("kind", [directorySchema, ipfsSchema])]);

/** A store configuration in its object form. */
export type StoreConfig = z.output<typeof storeConfigSchema>;

/** Opens the store that a configuration describes. Throws a zod error when the configuration is wrong. */
export function openStore(config: z.input<typeof storeConfigSchema>): ContentStore {
  const parsed = storeConfigSchema.parse(config);
  return parsed.kind === "directory" ? new DirectoryStore(parsed) : new HttpStore(parsed);
}
