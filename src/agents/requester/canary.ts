import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { StateFile } from "../../chain/stateFile";
import type { Agreement } from "../../protocol/agreement";
import { canaryNoteOf } from "../../protocol/hashes";
import { digestSchema } from "../../store";
import { CommandFailure, EXIT } from "../shared/exit";
import type { Session } from "../shared/session";

const openingSchema = z.strictObject({ expectedDigest: digestSchema, salt: digestSchema });
const canariesSchema = z.record(digestSchema, openingSchema);

/** What opens a canary. */
export type Opening = z.output<typeof openingSchema>;

type Canaries = z.output<typeof canariesSchema>;

/** Openings by note. Who reads the file knows which jobs are canaries: it stays with the requester. */
function canaryFile(session: Pick<Session, "stateDir">): StateFile<Canaries> {
  return new StateFile(join(session.stateDir, "canaries.json"), canariesSchema, (canaries) => canaries);
}

/** A new note that seals the result expected of an input. What opens it is on disk when this returns. */
export function sealCanary(
  session: Pick<Session, "stateDir" | "chain" | "market">,
  requester: string,
  inputDigest: string,
  expectedDigest: Opening["expectedDigest"],
): string {
  const salt = digestSchema.parse(`0x${randomBytes(32).toString("hex")}`);
  const place = { chainId: BigInt(session.chain.chainId), escrow: session.market.at.escrow };
  const note = canaryNoteOf(place, { requester, inputDigest, expectedDigest, salt });
  const file = canaryFile(session);
  file.write({ ...file.read(), [note]: { expectedDigest, salt } });
  return note;
}

/** What opens a job's note. Throws CommandFailure (notFound) when none is kept here. */
export function openingOf(session: Pick<Session, "stateDir">, { note }: Pick<Agreement, "note">): Opening {
  const found = canaryFile(session).read()?.[digestSchema.parse(note)];
  if (found === undefined) throw new CommandFailure(EXIT.notFound, "what opens the job's note is not kept here");
  return found;
}
