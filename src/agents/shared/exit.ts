/** Exit codes of every command. They are part of the commands' interface: scripts may rely on them. */
export const EXIT = {
  /** Done. */
  ok: 0,
  /** Something failed that has no code of its own. */
  failed: 1,
  /** The command line, the configuration or a file given is wrong; nothing was sent. */
  usage: 2,
  /** The job, GPU, service or content is not there. */
  notFound: 3,
  /** The job or GPU is in a state (or its time has come or gone) that does not allow it; nothing was sent. */
  wrongState: 4,
  /** A result, digest, model or agreement failed its check. */
  checkFailed: 5,
  /** The chain's endpoint failed, is of another chain, or did not confirm a transaction in time. */
  chain: 6,
  /** The account's tokens, vault balance, native coin or authorisation do not suffice. */
  funds: 7,
  /** The person at the keyboard said no, or `--yes` was missing where nobody could be asked. */
  declined: 8,
  /** The content store failed. */
  store: 9,
  /** A transaction was refused by a contract for another reason. */
  reverted: 10,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure that a command reports in one sentence and with an exit code. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** Machine-readable details for `--json`. */
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
