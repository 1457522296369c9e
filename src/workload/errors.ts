/** What is wrong with a piece of work, as opposed to the machinery that runs it. */
export type WorkloadErrorCode =
  "invalidInput" | "invalidModel" | "invalidCheckpoint" | "invalidResult" | "modelMismatch" | "unknownKind";

/** A defect of a job's content. Everyone who looks at the same bytes comes to the same verdict. */
export class WorkloadError extends Error {
  constructor(
    readonly code: WorkloadErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "WorkloadError";
  }
}
