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
  /** Stopped by a signal before it was done. */
  interrupted: 130,
} as const;

/** What `--help` says of the codes. */
export const EXIT_HELP = `
Exit codes:
   0  done
   1  failed for a reason without a code of its own
   2  wrong command line, configuration, key or file; nothing was sent
   3  the job, GPU, service or content is not there
   4  its state or time does not allow it; nothing was sent
   5  a result, digest, model or agreement failed its check
   6  the endpoint failed, or a transaction is not confirmed yet
   7  tokens, vault balance, native coin or authorisation do not suffice
   8  declined: answered no, or --yes was missing
   9  the content store failed
  10  a contract refused for another reason
 130  stopped by a signal before it was done`;

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
