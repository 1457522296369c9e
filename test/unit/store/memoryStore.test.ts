import { expect } from "chai";
import { ContentMissing, ContentTooLarge, digestOf, MemoryStore } from "../../../src/store";
import { rejection } from "./rejection";

const BYTES = Buffer.from("scratch");
const DIGEST = digestOf(BYTES);

describe("MemoryStore", () => {
  it("returns what was stored, unaffected by later changes to the caller's bytes", async () => {
    const store = new MemoryStore();
    const mine = Uint8Array.from(BYTES);
    await store.put(mine);
    mine.fill(0);
    (await store.get(DIGEST)).fill(0);
    expect(Buffer.from(await store.get(DIGEST))).to.deep.equal(BYTES);
    expect(await store.has(DIGEST)).to.equal(true);
  });

  it("reads through to its base and writes only to itself", async () => {
    const base = new MemoryStore();
    await base.put(BYTES);
    const scratch = new MemoryStore(base);
    const own = await scratch.put(Buffer.from("own"));
    expect(Buffer.from(await scratch.get(DIGEST))).to.deep.equal(BYTES);
    expect(await scratch.has(DIGEST)).to.equal(true);
    expect(await base.has(own.digest)).to.equal(false);
  });

  it("rejects absent and oversized content, also through its base", async () => {
    const base = new MemoryStore();
    await base.put(BYTES);
    const small = new MemoryStore(base, 3);
    expect(await rejection(new MemoryStore().get(DIGEST))).to.be.instanceOf(ContentMissing);
    expect(await rejection(small.get(DIGEST))).to.be.instanceOf(ContentTooLarge);
    expect(await rejection(base.get(DIGEST, { maxBytes: 3 }))).to.be.instanceOf(ContentTooLarge);
    expect(await rejection(small.put(BYTES))).to.be.instanceOf(ContentTooLarge);
  });
});
