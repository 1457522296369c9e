import { createHash } from "node:crypto";
import { CID } from "multiformats/cid";
import { create as createMultihash } from "multiformats/hashes/digest";
import { z } from "zod";

/** Multicodec of a raw block. Source: multicodec table, "raw". */
const RAW_CODEC = 0x55;
/** Multicodec of sha2-256. Source: multicodec table, "sha2-256". */
const SHA2_256 = 0x12;
const DIGEST_BYTES = 32;

/** A sha-256 digest as the chain stores it: a bytes32, `0x` and 64 lower-case hexadecimal digits. */
export type Digest = `0x${string}`;

/** The digest that stands for "none", as an unset bytes32 does on chain. */
export const ZERO_DIGEST: Digest = `0x${"0".repeat(64)}`;

/** A text is neither a digest nor the CID of a raw sha-256 block. */
export class InvalidDigest extends Error {
  override readonly name = "InvalidDigest";
  constructor(
    readonly text: string,
    reason: string,
  ) {
    super(`not a content address (${reason}): ${text.slice(0, 80)}`);
  }
}

/** The sha-256 digest of `bytes`. */
export function digestOf(bytes: Uint8Array): Digest {
  return `0x${createHash("sha256").update(bytes).digest("hex")}`;
}

/**
 * Reads a digest written as 32 hexadecimal bytes in either case, and returns it in lower case.
 * @throws InvalidDigest for anything else.
 */
export function parseDigest(text: string): Digest {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidDigest(text, "expected 0x and 64 hexadecimal digits");
  return text.toLowerCase() as Digest;
}

/** The 32 bytes of a digest. */
export function digestBytes(digest: Digest): Uint8Array {
  return Uint8Array.from(Buffer.from(parseDigest(digest).slice(2), "hex"));
}

/**
 * The digest whose 32 bytes are given.
 * @throws InvalidDigest when there are not 32 bytes.
 */
export function digestFromBytes(bytes: Uint8Array): Digest {
  if (bytes.length !== DIGEST_BYTES) throw new InvalidDigest(Buffer.from(bytes).toString("hex"), "expected 32 bytes");
  return `0x${Buffer.from(bytes).toString("hex")}`;
}

/** The CIDv1 (raw codec, sha2-256, base32) of the block that hashes to `digest`: `bafkrei...`. */
export function cidOf(digest: Digest): string {
  return CID.createV1(RAW_CODEC, createMultihash(SHA2_256, digestBytes(digest))).toString();
}

/**
 * The digest inside a CIDv1 of a raw sha2-256 block, in any multibase that CIDs are usually written in.
 * @throws InvalidDigest for text that is no CID, for another version, codec or hash function.
 */
export function digestFromCid(text: string): Digest {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch {
    throw new InvalidDigest(text, "not a CID");
  }
  if (cid.version !== 1) throw new InvalidDigest(text, `CID version ${cid.version}, expected 1`);
  if (cid.code !== RAW_CODEC) throw new InvalidDigest(text, `codec 0x${cid.code.toString(16)}, expected raw`);
  if (cid.multihash.code !== SHA2_256) throw new InvalidDigest(text, "hash function is not sha2-256");
  return digestFromBytes(cid.multihash.digest);
}

/** zod schema of a digest; accepts either case, yields lower case. */
export const digestSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "expected a 32-byte digest")
  .transform((text) => text.toLowerCase() as Digest);

/**
 * zod schema of a content address inside a file: the one canonical spelling (CIDv1, raw, sha2-256, base32), so that equal
 * content has equal bytes. Yields the text; `digestFromCid` turns it into a digest.
 */
export const cidSchema = z.string().refine((text) => {
  try {
    return cidOf(digestFromCid(text)) === text;
  } catch {
    return false;
  }
}, "expected a base32 CIDv1 of a raw sha2-256 block");
