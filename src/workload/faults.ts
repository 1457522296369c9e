import type { ContentStore, Digest, WaitOptions } from "../store";
import { WorkloadError } from "./errors";
import { loadKind } from "./registry";

/**
 * For tests and demonstrations only: what a dishonest operator would rather run than the model agreed on. Stores the model
 * and returns its digest, for `substituteModelDigest`.
 * @throws WorkloadError unknownKind when the kind has none.
 */
export async function putCheaperModel(
  store: ContentStore,
  kindId: string,
  modelDigest: Digest,
  options?: WaitOptions & { readonly kindDirectories?: readonly string[] },
): Promise<Digest> {
  const kind = loadKind(kindId, options?.kindDirectories);
  if (kind.cheaperModel === undefined) throw new WorkloadError("unknownKind", `${kindId} knows no cheaper model`);
  const model = await store.get(modelDigest, options);
  return (await store.put(kind.cheaperModel(model), options)).digest;
}
