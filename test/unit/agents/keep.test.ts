import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JobKeeper, KeepingStore, putBack } from "../../../src/agents/requester/keep";
import { createReporter } from "../../../src/agents/shared/report";
import {
  ContentMissing,
  ContentUnavailable,
  digestOf,
  MemoryStore,
  type ContentStore,
  type Digest,
} from "../../../src/store";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const [INPUT, MODEL, OTHER] = ["input", "model", "other"].map((text) => digestOf(bytes(text))) as [
  Digest,
  Digest,
  Digest,
];

describe("agents/requester/keep", () => {
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
    await new JobKeeper(before, folder).keeping(prepare, (input) => input);
    const empty = new MemoryStore();
    const keeper = new JobKeeper(empty, folder);
    expect((await keeper.restore(INPUT)).restored).to.have.members([INPUT, MODEL]);
    expect(await keeper.restore(INPUT)).to.deep.equal({ restored: [], lost: [] });
    expect(Buffer.from(await empty.get(INPUT)).toString()).to.equal("input");
    expect(await keeper.restore(OTHER)).to.deep.equal({ restored: [], lost: [] });
  });

  it("says what neither the store nor the folder has", async () => {
    await new JobKeeper(before, folder).keeping(prepare, (input) => input);
    rmSync(join(folder, "kept", "blocks"), { recursive: true });
    const { restored, lost } = await new JobKeeper(new MemoryStore(), folder).restore(INPUT);
    expect([restored, lost.length]).to.deep.equal([[], 2]);
  });

  it("reports it, and lets a store that is down stop nothing", async () => {
    await new JobKeeper(before, folder).keeping(prepare, (input) => input);
    const lines: string[] = [];
    const reporter = createReporter({ json: true, streaming: true, out: (line) => void lines.push(line) });
    const store = new MemoryStore();
    await putBack({ store, stateDir: folder }, INPUT, reporter);
    const down = Object.assign(new MemoryStore(), {
      has: (digest: Digest) => Promise.reject(new ContentUnavailable(digest, "no route")),
    });
    await putBack({ store: down, stateDir: folder }, INPUT, reporter);
    rmSync(join(folder, "kept", "blocks"), { recursive: true });
    await putBack({ store: new MemoryStore(), stateDir: folder }, INPUT, reporter);
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).to.deep.equal([
      "putBack",
      "storeFailed",
      "lost",
    ]);
    const broken = Object.assign(new MemoryStore(), { has: () => Promise.reject(new Error("a bug")) });
    const failure: unknown = await putBack({ store: broken, stateDir: folder }, INPUT, reporter).catch(
      (error: unknown) => error,
    );
    expect(failure).to.have.property("message", "a bug");
  });
});
