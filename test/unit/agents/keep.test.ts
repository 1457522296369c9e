import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ResultKeeper } from "../../../src/agents/operator/keep";
import { putBack, requesterKeeper } from "../../../src/agents/requester/keep";
import { prepareWork, jobFileSchema } from "../../../src/agents/requester/jobFile";
import { ContentKeeper, KeepingStore } from "../../../src/agents/shared/keep";
import { createReporter } from "../../../src/agents/shared/report";
import { encodeCanonical } from "../../../src/workload/canonical";
import { decodeInput, putResult, type ResultManifest } from "../../../src/workload/job";
import { reexecute } from "../../../src/workload/reexecute";
import {
  ContentMissing,
  ContentUnavailable,
  cidOf,
  digestFromCid,
  digestOf,
  MemoryStore,
  type ContentStore,
  type Digest,
} from "../../../src/store";
import { smallJob } from "../workload/fixture";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const [INPUT, MODEL, OTHER] = ["input", "model", "other"].map((text) => digestOf(bytes(text))) as [
  Digest,
  Digest,
  Digest,
];

const quiet = createReporter({ json: true, streaming: true, out: () => undefined });

describe("agents/shared/keep", () => {
  let folder: string;
  let before: MemoryStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "keep-"));
    before = new MemoryStore();
    await before.put(bytes("model"));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Posting: writes the input, reads the model. */
  async function prepare(store: ContentStore): Promise<Digest> {
    const { digest } = await store.put(bytes("input"));
    await store.get(MODEL);
    return digest;
  }

  it("keeps what is written and read, and passes everything on", async () => {
    const kept = new MemoryStore();
    const store = new KeepingStore(before, kept);
    await prepare(store);
    expect(store.seen).to.have.members([INPUT, MODEL]);
    for (const digest of [INPUT, MODEL]) expect(await kept.has(digest)).to.equal(true);
    expect([await store.has(INPUT), await before.has(INPUT), await store.has(OTHER)]).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(await store.get(OTHER).catch((error: unknown) => error)).to.be.instanceOf(ContentMissing);
    expect(await kept.has(OTHER)).to.equal(false);
  });

  it("puts back what a store has lost, also after a restart, and nothing else", async () => {
    await new ContentKeeper(before, folder).keeping(prepare, (input) => input);
    const empty = new MemoryStore();
    const keeper = new ContentKeeper(empty, folder);
    expect((await keeper.restore(INPUT)).restored).to.have.members([INPUT, MODEL]);
    expect(await keeper.restore(INPUT)).to.deep.equal({ restored: [], lost: [] });
    expect(Buffer.from(await empty.get(INPUT)).toString()).to.equal("input");
    expect(await keeper.restore(OTHER)).to.deep.equal({ restored: [], lost: [] });
  });

  it("says what neither the store nor the folder has", async () => {
    await new ContentKeeper(before, folder).keeping(prepare, (input) => input);
    rmSync(join(folder, "blocks"), { recursive: true });
    const { restored, lost } = await new ContentKeeper(new MemoryStore(), folder).restore(INPUT);
    expect([restored, lost.length]).to.deep.equal([[], 2]);
  });

  it("reports it, and lets a store that is down stop nothing", async () => {
    await new ContentKeeper(before, folder).keeping(prepare, (input) => input);
    const lines: string[] = [];
    const reporter = createReporter({ json: true, streaming: true, out: (line) => void lines.push(line) });
    const look = (store: ContentStore): Promise<void> => new ContentKeeper(store, folder).putBack(INPUT, reporter);
    await look(new MemoryStore());
    await look(
      Object.assign(new MemoryStore(), {
        has: (digest: Digest) => Promise.reject(new ContentUnavailable(digest, "no route")),
      }),
    );
    rmSync(join(folder, "blocks"), { recursive: true });
    await look(new MemoryStore());
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).to.deep.equal([
      "putBack",
      "storeFailed",
      "lost",
    ]);
    const broken = Object.assign(new MemoryStore(), { has: () => Promise.reject(new Error("a bug")) });
    const failure: unknown = await look(broken).catch((error: unknown) => error);
    expect(failure).to.have.property("message", "a bug");
  });

  describe("of a requester", () => {
    const WORK = { kind: "train-mlp", train: 300, heldOut: 100, epochs: 1, seed: "seed", splitSeed: "split" };
    const job = jobFileSchema.parse({ service: 1, work: WORK });

    it("has all that a judge reads, every block of the dataset included, though a quote needs only the input", async () => {
      const { store: shared, input, dataset } = await smallJob();
      const session = { store: shared, stateDir: folder };
      const service = { modelHash: input.modelDigest, datasetHash: dataset };
      const { inputDigest } = await requesterKeeper(session).keeping(
        (store) => prepareWork(store, job, join(folder, "job.json"), service),
        (offer) => offer.inputDigest,
      );
      const empty = new MemoryStore();
      await putBack({ store: empty, stateDir: folder }, { inputDigest }, quiet);
      const { outcome } = await reexecute({ store: empty, inputDigest, modelDescriptorDigest: input.modelDigest });
      expect(outcome.status).to.equal("delivered");
    });

    it("posts nothing whose dataset nobody can have", async () => {
      const { store: shared, input, dataset } = await smallJob();
      const lacking = new MemoryStore();
      for (const digest of [input.modelDigest, dataset]) await lacking.put(await shared.get(digest));
      const service = { modelHash: input.modelDigest, datasetHash: dataset };
      const failure: unknown = await prepareWork(lacking, job, join(folder, "job.json"), service).catch(
        (error: unknown) => error,
      );
      expect(failure).to.be.instanceOf(ContentMissing);
    });
  });

  describe("of an operator", () => {
    const FILES = { labels: bytes("labels"), metrics: bytes("metrics") };

    /** A result in a store, and who keeps it. */
    async function delivered(): Promise<{ digest: Digest; manifest: ResultManifest; store: MemoryStore }> {
      const store = new MemoryStore();
      const body = { version: 1, kind: "sum-squares", model: cidOf(MODEL), parameters: {} };
      return { ...(await putResult(store, decodeInput(encodeCanonical(body)), FILES)), store };
    }

    async function missingFrom(store: ContentStore, digest: Digest, manifest: ResultManifest): Promise<number> {
      const all = [digest, ...Object.values(manifest.outputs).map(digestFromCid)];
      const found = await Promise.all(all.map((one) => store.has(one)));
      return found.filter((isThere) => !isThere).length;
    }

    it("puts a result and its files back until the job is over", async () => {
      const { digest, manifest, store } = await delivered();
      await new ResultKeeper({ store, stateDir: folder }).keep(7n, digest, manifest);
      const empty = new MemoryStore();
      await new ResultKeeper({ store: empty, stateDir: folder }).look(7n, digest, quiet);
      expect(await missingFrom(empty, digest, manifest)).to.equal(0);
    });

    it("looks at most once a minute for each job", async () => {
      const { digest, manifest, store } = await delivered();
      let asked = 0;
      const counting = Object.assign(new MemoryStore(store), { has: async () => (asked++, true) });
      const keeper = new ResultKeeper({ store: counting, stateDir: folder });
      for (const job of [7n, 8n]) await keeper.keep(job, digest, manifest);
      for (const job of [7n, 7n, 8n, 8n]) await keeper.look(job, digest, quiet);
      expect(asked).to.equal(6);
    });

    it("takes nothing from another job with the same result when one is over", async () => {
      const { digest, manifest, store } = await delivered();
      const keeper = new ResultKeeper({ store, stateDir: folder });
      for (const job of [7n, 8n]) await keeper.keep(job, digest, manifest);
      keeper.release(7n);
      for (const [job, missing] of [
        [7n, 3],
        [8n, 0],
      ] as const) {
        const empty = new MemoryStore();
        await new ResultKeeper({ store: empty, stateDir: folder }).look(job, digest, quiet);
        expect(await missingFrom(empty, digest, manifest), `job ${job}`).to.equal(missing);
      }
      keeper.release(7n);
    });

    it("refuses a result that the store does not give back, so that it is not delivered", async () => {
      const { digest, manifest } = await delivered();
      const keeper = new ResultKeeper({ store: new MemoryStore(), stateDir: folder });
      const failure: unknown = await keeper.keep(7n, digest, manifest).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(ContentMissing);
    });
  });
});
