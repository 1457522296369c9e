import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  cidOf,
  ContentMismatch,
  ContentMissing,
  ContentTooLarge,
  ContentUnavailable,
  digestOf,
  DirectoryStore,
} from "../../../src/store";
import { rejection } from "./rejection";
import { blockOf } from "./writer";

const BYTES = Buffer.from("a model, a dataset or a result");
const DIGEST = digestOf(BYTES);

describe("DirectoryStore", () => {
  let path: string;
  let store: DirectoryStore;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "content-"));
    store = new DirectoryStore({ path, maxBytes: 1000 });
  });
  afterEach(async () => rm(path, { recursive: true, force: true }));

  const fileOf = (digest: `0x${string}`) => join(path, "blocks", cidOf(digest).slice(-3, -1), cidOf(digest));
  const drafts = () => readdir(join(path, "drafts"));

  describe("put and get", () => {
    it("returns what was stored, under its digest and CID, as a file of exactly those bytes", async () => {
      expect(await store.put(BYTES)).to.deep.equal({ digest: DIGEST, cid: cidOf(DIGEST), size: BYTES.length });
      expect(Buffer.from(await store.get(DIGEST))).to.deep.equal(BYTES);
      expect(await readFile(fileOf(DIGEST))).to.deep.equal(BYTES);
      expect(await drafts()).to.deep.equal([]);
    });

    it("stores nothing and the empty block alike", async () => {
      const { digest } = await store.put(new Uint8Array());
      expect((await store.get(digest)).length).to.equal(0);
    });

    it("is seen by another store on the same directory", async () => {
      await store.put(BYTES);
      const other = new DirectoryStore({ path });
      expect(await other.has(DIGEST)).to.equal(true);
      expect(Buffer.from(await other.get(DIGEST))).to.deep.equal(BYTES);
    });

    it("repairs a damaged block when it is stored again", async () => {
      await store.put(BYTES);
      await truncate(fileOf(DIGEST), 3);
      await store.put(BYTES);
      expect(Buffer.from(await store.get(DIGEST))).to.deep.equal(BYTES);
    });
  });

  describe("given the content is absent", () => {
    it("get rejects with ContentMissing and has is false", async () => {
      expect(await rejection(store.get(DIGEST)))
        .to.be.instanceOf(ContentMissing)
        .with.property("digest", DIGEST);
      expect(await store.has(DIGEST)).to.equal(false);
    });
  });

  describe("given the file was tampered with", () => {
    for (const [what, bytes] of [
      ["replaced", Buffer.from("something else")],
      ["truncated", BYTES.subarray(0, 5)],
      ["extended", Buffer.concat([BYTES, BYTES])],
    ] as const) {
      it(`get rejects ${what} content with ContentMismatch`, async () => {
        await store.put(BYTES);
        await writeFile(fileOf(DIGEST), bytes);
        const error = await rejection(store.get(DIGEST));
        expect(error).to.be.instanceOf(ContentMismatch).with.property("found", digestOf(bytes));
        expect(error).to.have.property("code", "contentMismatch");
      });
    }
  });

  describe("limits", () => {
    it("accepts the limit and refuses one byte more, on both sides", async () => {
      const full = new Uint8Array(1000).fill(1);
      const { digest } = await store.put(full);
      expect((await store.get(digest, { maxBytes: 1000 })).length).to.equal(1000);
      expect(await rejection(store.get(digest, { maxBytes: 999 }))).to.be.instanceOf(ContentTooLarge);
      expect(await rejection(store.put(new Uint8Array(1001)))).to.be.instanceOf(ContentTooLarge);
    });

    it("a reader cannot raise the store's limit", async () => {
      const big = new Uint8Array(2000);
      await new DirectoryStore({ path }).put(big);
      expect(await rejection(store.get(digestOf(big), { maxBytes: 5000 }))).to.be.instanceOf(ContentTooLarge);
    });
  });

  describe("given the directory does not work", () => {
    it("get, has and put reject with ContentUnavailable when its path is a file", async () => {
      const file = join(path, "file");
      await writeFile(file, "x");
      const broken = new DirectoryStore({ path: file });
      for (const attempt of [() => broken.get(DIGEST), () => broken.put(BYTES), () => broken.has(DIGEST)]) {
        expect(await rejection(attempt())).to.be.instanceOf(ContentUnavailable);
      }
    });

    it("get rejects with ContentUnavailable when the block is a directory", async () => {
      await mkdir(fileOf(DIGEST), { recursive: true });
      expect(await rejection(store.get(DIGEST))).to.be.instanceOf(ContentUnavailable);
      expect(await store.has(DIGEST)).to.equal(false);
    });

    it("put leaves no draft behind when the rename fails", async () => {
      await mkdir(fileOf(DIGEST), { recursive: true });
      expect(await rejection(store.put(BYTES))).to.be.instanceOf(ContentUnavailable);
      expect(await drafts()).to.deep.equal([]);
    });

    it("still reads, and accepts what it already holds, where nothing can be written", async () => {
      await store.put(BYTES);
      await rm(join(path, "drafts"), { recursive: true });
      await writeFile(join(path, "drafts"), "in the way");
      expect(Buffer.from(await store.get(DIGEST))).to.deep.equal(BYTES);
      expect(await store.put(BYTES)).to.have.property("digest", DIGEST);
      expect(await rejection(store.put(Buffer.from("new")))).to.be.instanceOf(ContentUnavailable);
    });
  });

  describe("signal", () => {
    it("rejects with the signal's reason when already aborted", async () => {
      const reason = new Error("stopped");
      const signal = AbortSignal.abort(reason);
      expect(await rejection(store.get(DIGEST, { signal }))).to.equal(reason);
      expect(await rejection(store.put(BYTES, { signal }))).to.equal(reason);
      expect(await rejection(store.has(DIGEST, { signal }))).to.equal(reason);
      expect(await store.has(DIGEST)).to.equal(false);
    });
  });

  describe("drafts of writers that died", () => {
    it("are removed after an hour, younger ones are left alone", async () => {
      await mkdir(join(path, "drafts"), { recursive: true });
      await writeFile(join(path, "drafts", "old"), "x");
      await writeFile(join(path, "drafts", "young"), "x");
      const longAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
      await utimes(join(path, "drafts", "old"), longAgo, longAgo);
      await store.put(BYTES);
      expect(await drafts()).to.deep.equal(["young"]);
    });
  });

  describe("given many processes", () => {
    const children: ChildProcess[] = [];
    afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

    const start = (rounds: number): Promise<number | null> => {
      const args = ["--require", require.resolve("tsx/cjs"), join(__dirname, "writer.ts"), path, String(rounds)];
      const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, NODE_OPTIONS: "" } });
      children.push(child);
      return new Promise((done) => child.once("exit", (code) => done(code)));
    };

    it("a reader sees a whole block or none while three processes write the same ones and one is killed", async function () {
      this.timeout(60_000);
      const rounds = 40;
      // The third would never end by itself.
      const done = [start(rounds), start(rounds), start(1_000_000)];
      const reader = new DirectoryStore({ path });
      for (let round = 0; round < rounds; round++) {
        const digest = digestOf(blockOf(round));
        // Asks without a pause from before the block is there: half a block would end the loop with ContentMismatch.
        for (;;) {
          const error = await reader.get(digest).then(
            () => undefined,
            (cause: unknown) => cause,
          );
          if (error === undefined) break;
          expect(error).to.be.instanceOf(ContentMissing);
        }
        if (round === 10) children[2]?.kill("SIGKILL");
      }
      expect(await Promise.all(done)).to.deep.equal([0, 0, null]);
    });
  });
});
