/** Rounds of the reference model (jobMachine.ts): when the beacon takes a request, and when it answers. Seeds are not its concern. */
import { refuse } from "./job";

const HOUR = 3_600n;

export type RoundState = "none" | "requested" | "answered";

/** The newest round of a beacon with one consumer. */
export class Rounds {
  number = 0n;
  state: RoundState = "none";
  byFallback = false;
  fallbackFixed = false;
  requestedBy = "";
  requestedAt = 0n;
  answeredAt = 0n;
  /** First of the requests that have had no answer. */
  #waitingSince = 0n;

  constructor(readonly interval: bigint) {}

  /** Refuses a request that comes too early. */
  requireRequestable(now: bigint): void {
    if (this.state === "requested") {
      if (this.fallbackFixed || now < this.requestedAt + HOUR) refuse("BeaconRoundUnanswered");
    } else if (this.number !== 0n && now < this.requestedAt + this.interval) refuse("BeaconTooSoon");
  }

  /** The next round; one that waits for its answer is dead from now on. */
  request(from: string, now: bigint): void {
    if (this.state !== "requested") this.#waitingSince = now;
    this.number += 1n;
    this.state = "requested";
    this.byFallback = this.fallbackFixed = false;
    this.requestedBy = from;
    this.requestedAt = now;
  }

  /** VRF answers the newest request. An answer that nobody waits for, or after a fallback block, changes nothing. */
  answer(now: bigint): void {
    if (this.state === "requested" && !this.fallbackFixed) this.#close(now);
  }

  /** The block that is fixed is past at once: nobody acts in between here. */
  fixFallback(now: bigint): void {
    if (this.state !== "requested") refuse("BeaconNoRoundWaiting");
    if (now < this.#waitingSince + 24n * HOUR) refuse("BeaconFallbackClosed");
    if (this.fallbackFixed) refuse("BeaconFallbackAlreadyFixed");
    this.fallbackFixed = true;
  }

  answerByFallback(now: bigint): void {
    if (this.state !== "requested") refuse("BeaconNoRoundWaiting");
    if (!this.fallbackFixed) refuse("BeaconFallbackNotFixed");
    this.byFallback = true;
    this.#close(now);
  }

  /** Whether the newest round no longer holds its jobs: it had no answer for an hour, and no fallback is fixed. */
  isDead(now: bigint): boolean {
    return this.state !== "answered" && now >= this.requestedAt + HOUR && !this.fallbackFixed;
  }

  #close(now: bigint): void {
    this.state = "answered";
    this.answeredAt = now;
  }
}
