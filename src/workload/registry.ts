import { existsSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { WorkloadError } from "./errors";
import { kindIdSchema } from "./job";
import type { WorkloadKind } from "./kind";

/** Where the kinds of this project live. */
export const BUILT_IN_KINDS = join(__dirname, "kinds");

/** The compiled kinds end as this file does. */
const EXTENSION = extname(__filename);

/**
 * Finds a kind of work by its id: the file of that name in one of the directories, in order, the built-in one last. Only
 * the kind asked for is loaded.
 * @throws WorkloadError unknownKind.
 */
export function loadKind(id: string, directories: readonly string[] = []): WorkloadKind {
  // The pattern of ids leaves no way out of a directory.
  if (kindIdSchema.safeParse(id).success) {
    for (const directory of [...directories, BUILT_IN_KINDS]) {
      const file = join(resolve(directory), id + EXTENSION);
      if (!existsSync(file)) continue;
      const { kind } = require(file) as { readonly kind?: WorkloadKind };
      if (kind?.id !== id) throw new WorkloadError("unknownKind", `${file} does not export the kind ${id}`);
      return kind;
    }
  }
  throw new WorkloadError("unknownKind", `there is no kind of work called ${id.slice(0, 40)}`);
}
