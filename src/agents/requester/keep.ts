import { join } from "node:path";
import { digestSchema } from "../../store";
import type { Agreement } from "../../protocol/agreement";
import { ContentKeeper } from "../shared/keep";
import type { Reporter } from "../shared/report";
import type { Session } from "../shared/session";

/** What a requester keeps: input, model and datasets of its jobs, by the input. Its folder may be cleared once none is open. */
export function requesterKeeper({ store, stateDir }: Pick<Session, "store" | "stateDir">): ContentKeeper {
  return new ContentKeeper(store, join(stateDir, "kept"));
}

/** Puts back what the store has lost of a job that was posted from this folder. */
export function putBack(
  session: Pick<Session, "store" | "stateDir">,
  { inputDigest }: Pick<Agreement, "inputDigest">,
  reporter: Reporter,
): Promise<void> {
  return requesterKeeper(session).putBack(digestSchema.parse(inputDigest), reporter);
}
