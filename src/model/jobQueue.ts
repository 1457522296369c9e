/** A class queue of the job machine as two plain lines (contracts/market/JobQueue.sol): front before main, first in, first out. */

const CAPACITY = 4_096n;
const ROUND_LIMIT = 256;
const TICKETS = 2n ** 32n;

/** Entries by ticket, from the head up to the tail; both wrap at 2^32. */
export class Line<T> {
  head = 0n;
  tail = 0n;
  /** Entries of the head that the newest round binds. */
  pending = 0;
  readonly #entries: T[] = [];

  get length(): number {
    return this.#entries.length;
  }

  /** Appends; the ticket, or undefined when the line is full. An empty line starts at the next multiple of its capacity. */
  push(entry: T): bigint | undefined {
    if (BigInt(this.length) >= CAPACITY) return undefined;
    if (this.length === 0) this.head = this.tail = (((this.tail + CAPACITY - 1n) / CAPACITY) * CAPACITY) % TICKETS;
    const ticket = this.tail;
    this.#entries.push(entry);
    this.tail = (this.tail + 1n) % TICKETS;
    return ticket;
  }

  /** What is at the head. */
  get first(): T | undefined {
    return this.#entries[0];
  }

  /** Takes the head off. */
  pop(): void {
    this.#entries.shift();
    this.head = (this.head + 1n) % TICKETS;
    this.pending -= 1;
  }

  /** The entry that waits under a ticket. */
  at(ticket: bigint): T | undefined {
    return this.#entries[this.#placeOf(ticket)];
  }

  /** Whether the newest round binds the entry under a ticket that waits. */
  isBound(ticket: bigint): boolean {
    return this.#placeOf(ticket) < this.pending;
  }

  #placeOf(ticket: bigint): number {
    return Number((ticket - this.head + TICKETS) % TICKETS);
  }
}

/** Both lines of a class. */
export class ClassQueue<T> {
  readonly front = new Line<T>();
  readonly main = new Line<T>();
  round = 0n;
  /** Tries already made for the entry that is next. */
  tries = 0;

  /** Jobs of the round that are not concluded yet. */
  get pending(): number {
    return this.front.pending + this.main.pending;
  }

  /** How many entries a round would bind, front line first. */
  bindable(): { front: number; main: number } {
    const front = Math.min(this.front.length, ROUND_LIMIT);
    return { front, main: Math.min(this.main.length, ROUND_LIMIT - front) };
  }

  /** Binds what waits to a round. */
  bind(round: bigint): void {
    const { front, main } = this.bindable();
    this.round = round;
    this.tries = 0;
    this.front.pending = front;
    this.main.pending = main;
  }

  /** The bound entry to be drawn next. */
  get next(): T | undefined {
    if (this.pending === 0) return undefined;
    return this.front.pending > 0 ? this.front.first : this.main.first;
  }

  /** Takes the next entry off its line. */
  pop(): void {
    this.tries = 0;
    if (this.front.pending > 0) this.front.pop();
    else this.main.pop();
  }
}
