import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DirectoryStore, HttpStore, openStore, storeConfigSchema } from "../../../src/store";

describe("openStore", () => {
  it("opens a directory by its short form", async () => {
    const path = await mkdtemp(join(tmpdir(), "content-"));
    try {
      const store = openStore(`directory:${path}`);
      expect(store).to.be.instanceOf(DirectoryStore);
      const { digest } = await store.put(Buffer.from("x"));
      expect(Buffer.from(await new DirectoryStore({ path }).get(digest)).toString()).to.equal("x");
    } finally {
      await rm(path, { recursive: true });
    }
  });

  it("opens an IPFS node by its URL", () => {
    expect(openStore("http://127.0.0.1:5001")).to.be.instanceOf(HttpStore);
    expect(openStore("https://user:secret@node.example/ipfs")).to.be.instanceOf(HttpStore);
    expect(openStore({ kind: "ipfs", url: "http://127.0.0.1:5001", attempts: 2, timeoutMs: 10 })).to.be.instanceOf(
      HttpStore,
    );
  });

  for (const wrong of [
    "",
    "directory:",
    "/some/path",
    "ftp://host",
    "http://",
    { kind: "directory" },
    { kind: "ipfs", url: "file:///etc/passwd" },
    { kind: "ipfs", url: "http://127.0.0.1", attempts: 0 },
    { kind: "directory", path: "x", typo: 1 },
    { kind: "other" },
  ]) {
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      expect(storeConfigSchema.safeParse(wrong).success).to.equal(false);
    });
  }
});
