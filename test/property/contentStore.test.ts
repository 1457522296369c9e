import { expect } from "chai";
import fc from "fast-check";
import {
  ContentMismatch,
  cidOf,
  digestBytes,
  digestFromBytes,
  digestFromCid,
  digestOf,
  MemoryStore,
} from "../../src/store";
import { checked } from "../../src/store/contentStore";

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("content addresses (property)", () => {
  it("a digest survives the way through bytes and through a CID", () => {
    fc.assert(
      fc.property(bytes32, (bytes) => {
        const digest = digestFromBytes(bytes);
        expect(digestFromCid(cidOf(digest))).to.equal(digest);
        expect(digestBytes(digest)).to.deep.equal(bytes);
      }),
    );
  });

  it("distinct digests have distinct CIDs", () => {
    fc.assert(
      fc.property(bytes32, fc.nat(255), fc.integer({ min: 1, max: 255 }), (bytes, at, difference) => {
        const other = Uint8Array.from(bytes);
        other[at % 32] = (other[at % 32] ?? 0) ^ difference;
        expect(cidOf(digestFromBytes(other))).to.not.equal(cidOf(digestFromBytes(bytes)));
      }),
    );
  });

  it("any single flipped bit is noticed on reading", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(7), (bytes, at, bit) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at % bytes.length] = (damaged[at % bytes.length] ?? 0) ^ (1 << bit);
        expect(checked(digestOf(bytes), bytes)).to.equal(bytes);
        expect(() => checked(digestOf(bytes), damaged)).to.throw(ContentMismatch);
      }),
    );
  });

  it("what is stored is what is read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), async (blocks) => {
        const store = new MemoryStore();
        const stored = await Promise.all(blocks.map((block) => store.put(block)));
        for (const [index, { digest }] of stored.entries()) {
          expect(await store.get(digest)).to.deep.equal(Uint8Array.from(blocks[index] ?? []));
        }
      }),
    );
  });
});
