import { expect } from "chai";
import {
  cidOf,
  cidSchema,
  digestBytes,
  digestFromBytes,
  digestFromCid,
  digestOf,
  digestSchema,
  InvalidDigest,
  parseDigest,
} from "../../../src/store";

const ABC = "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/** The base32 of 01 55 12 20 and the digest, computed outside this project with Python. */
const ABC_CID = "bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu";

describe("digest", () => {
  it("hashes with sha-256 (FIPS 180-2, example B.1)", () => {
    expect(digestOf(Buffer.from("abc"))).to.equal(ABC);
  });

  it("writes a digest as the CIDv1 that IPFS gives the same raw block, and reads it back", () => {
    expect(cidOf(ABC)).to.equal(ABC_CID);
    expect(digestFromCid(ABC_CID)).to.equal(ABC);
  });

  it("reads upper-case digests and yields lower case", () => {
    const upper = `0x${ABC.slice(2).toUpperCase()}`;
    expect(parseDigest(upper)).to.equal(ABC);
    expect(digestSchema.parse(upper)).to.equal(ABC);
    expect(cidOf(upper as `0x${string}`)).to.equal(ABC_CID);
  });

  for (const text of ["", "0x", ABC.slice(0, -1), `${ABC}0`, ABC.slice(2), ABC.replace("ba", "bg")]) {
    it(`refuses the digest "${text.slice(0, 12)}..." of ${text.length} characters`, () => {
      expect(() => parseDigest(text)).to.throw(InvalidDigest);
      expect(digestSchema.safeParse(text).success).to.equal(false);
    });
  }

  it("converts to 32 bytes and back, and refuses other lengths", () => {
    expect(digestFromBytes(digestBytes(ABC))).to.equal(ABC);
    expect(() => digestFromBytes(new Uint8Array(31))).to.throw(InvalidDigest);
  });

  const foreign: readonly [string, string][] = [
    ["a CIDv0", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"],
    ["another codec (dag-pb)", "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"],
    ["another hash (identity)", "bafkqaddimvwgy3zao5xxe3debi"],
    ["no CID", "hello"],
    ["an empty text", ""],
  ];
  for (const [what, text] of foreign) {
    it(`refuses ${what}`, () => {
      expect(() => digestFromCid(text)).to.throw(InvalidDigest);
      expect(cidSchema.safeParse(text).success).to.equal(false);
    });
  }

  it("accepts one spelling of a CID inside files", () => {
    const base58 = "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA";
    expect(() => digestFromCid(base58)).to.not.throw();
    expect(cidSchema.safeParse(base58).success).to.equal(false);
    expect(cidSchema.parse(ABC_CID)).to.equal(ABC_CID);
  });
});
