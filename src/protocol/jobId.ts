/**
 * A job's public id: key << 32 | generation, key = requester account (40 bits) << 16 | ring index (16 bits).
 * Source: contracts/market/IJobEscrow.sol.
 */

/** The parts of a job id. */
export interface JobIdParts {
  readonly requester: bigint;
  readonly ring: bigint;
  readonly generation: bigint;
}

/** A text or number that is no job id. */
export class InvalidJobId extends Error {
  override readonly name = "InvalidJobId";
}

const GENERATION_BITS = 32n;
const RING_BITS = 16n;
const REQUESTER_BITS = 40n;

function fits(value: bigint, bits: bigint): boolean {
  return value >= 0n && value >> bits === 0n;
}

/** The id of requester, ring index and generation. Throws InvalidJobId. */
export function packJobId({ requester, ring, generation }: JobIdParts): bigint {
  const fit = fits(requester, REQUESTER_BITS) && fits(ring, RING_BITS) && fits(generation, GENERATION_BITS);
  if (!fit || requester === 0n || generation === 0n) {
    throw new InvalidJobId(`no job has requester ${requester}, ring index ${ring}, generation ${generation}`);
  }
  return (((requester << RING_BITS) | ring) << GENERATION_BITS) | generation;
}

/** The parts of an id. Throws InvalidJobId. */
export function splitJobId(jobId: bigint): JobIdParts {
  const generation = jobId & ((1n << GENERATION_BITS) - 1n);
  const key = jobId >> GENERATION_BITS;
  const parts = { requester: key >> RING_BITS, ring: key & ((1n << RING_BITS) - 1n), generation };
  if (packJobId(parts) !== jobId) throw new InvalidJobId(`${jobId} is no job id`);
  return parts;
}

/** How people read and write a job id: `requester/ring/generation`, for example `12/0/3`. */
export function formatJobId(jobId: bigint): string {
  const { requester, ring, generation } = splitJobId(jobId);
  return `${requester}/${ring}/${generation}`;
}

/** Reads `requester/ring/generation`, or the number in decimal or 0x form. Throws InvalidJobId. */
export function parseJobId(text: string): bigint {
  const parts = /^(\d{1,13})\/(\d{1,5})\/(\d{1,10})$/.exec(text);
  if (parts !== null) {
    const [requester, ring, generation] = parts.slice(1).map(BigInt) as [bigint, bigint, bigint];
    return packJobId({ requester, ring, generation });
  }
  if (!/^(\d{1,30}|0x[0-9a-fA-F]{1,22})$/.test(text)) {
    throw new InvalidJobId(`${text.slice(0, 60)} is no job id: expected requester/ring/generation or a number`);
  }
  const jobId = BigInt(text);
  splitJobId(jobId);
  return jobId;
}
