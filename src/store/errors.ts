import { cidOf, type Digest } from "./digest";

/** Machine-readable names of what can go wrong with content. */
export type ContentErrorCode = "contentMismatch" | "contentMissing" | "contentTooLarge" | "contentUnavailable";

/** Any failure of a content store; `code` says which, `digest` which content (absent when it concerns the store itself). */
export abstract class ContentError extends Error {
  abstract readonly code: ContentErrorCode;
  constructor(
    readonly digest: Digest | undefined,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The store answered with bytes that do not hash to the digest asked for. */
export class ContentMismatch extends ContentError {
  readonly code = "contentMismatch";
  constructor(
    digest: Digest,
    readonly found: string,
  ) {
    super(digest, `content ${cidOf(digest)} does not match its digest: found ${found}`);
  }
}

/** The store is working and does not have the content. */
export class ContentMissing extends ContentError {
  readonly code = "contentMissing";
  constructor(digest: Digest) {
    super(digest, `content ${cidOf(digest)} is not in the store`);
  }
}

/** The content is longer than the reader, or the store, allows. */
export class ContentTooLarge extends ContentError {
  readonly code = "contentTooLarge";
  constructor(
    digest: Digest,
    readonly maxBytes: number,
    size?: number,
  ) {
    const found = size === undefined ? `more than ${maxBytes}` : `${size}`;
    super(digest, `content ${cidOf(digest)} has ${found} bytes, at most ${maxBytes} are accepted`);
  }
}

/** The store could not be reached, did not answer in time, or failed; whether it has the content is unknown. */
export class ContentUnavailable extends ContentError {
  readonly code = "contentUnavailable";
  constructor(digest: Digest | undefined, reason: string, options?: ErrorOptions) {
    super(digest, `content ${digest === undefined ? "store" : cidOf(digest)} is unavailable: ${reason}`, options);
  }
}
