import { join } from "node:path";
import { cidOf, MemoryStore } from "../../../src/store";
import { encodeCanonical, runJob } from "../../../src/workload";

/** A parent that starts a job, prints the job's process id, and waits to be killed: `orphanage <deed>`. */
async function main(deed: string): Promise<void> {
  const store = new MemoryStore();
  const model = await store.put(Buffer.from("{}"));
  const body = { version: 1, kind: "misbehave", model: cidOf(model.digest), parameters: { deed } };
  const { digest } = await store.put(encodeCanonical(body));
  const kindDirectories = [join(__dirname, "kinds")];
  const onProgress = (pid: number): void => console.log(pid);
  const limits = { seconds: 60 };
  await runJob({
    kind: "misbehave",
    inputDigest: digest,
    modelDescriptorDigest: model.digest,
    store,
    kindDirectories,
    onProgress,
    limits,
  });
}

if (require.main === module) void main(process.argv[2] ?? "");
