/** The inputs that canaries are posted over, and what they come to. */
import { ContentError, type Digest } from "../../store";
import { WorkloadError } from "../../workload/errors";
import type { JobOffer } from "../../workload/execute";
import { reexecute } from "../../workload/reexecute";
import type { JobLimits } from "../../workload/runner";
import { CommandFailure, EXIT } from "../shared/exit";
import type { Session } from "../shared/session";
import { pickInput, type Dice } from "./canaryPlan";
import { prepareWork, type JobFile, type ServiceContent } from "./jobFile";
import { requesterKeeper } from "./keep";

/** A job file of the plan. */
export interface CanaryInput {
  readonly path: string;
  readonly job: JobFile;
}

/** An input that is in the store, with what operators will read. */
export interface PreparedInput extends CanaryInput {
  readonly inputDigest: Digest;
  readonly offer: JobOffer;
}

/** The inputs of a plan: prepared once, picked at random, done here for their right results. */
export class CanaryInputs {
  readonly #prepared = new Map<string, PreparedInput>();
  /** Job files that came to nothing here: their right results cannot be known. */
  readonly #useless = new Set<string>();

  constructor(
    private readonly options: {
      readonly session: Pick<Session, "store" | "stateDir">;
      readonly inputs: readonly CanaryInput[];
      readonly limits: Partial<JobLimits>;
      readonly signal: AbortSignal;
    },
    private readonly dice: Dice,
    private readonly note: (event: string, sentence: string) => void,
  ) {}

  /** One that was never on the chain, each as likely as another; undefined when none is left. */
  async choose(service: ServiceContent, seen: ReadonlySet<Digest>): Promise<PreparedInput | undefined> {
    for (const input of this.options.inputs) {
      if (!this.#prepared.has(input.path) && !this.#useless.has(input.path)) await this.#prepare(input, service);
    }
    const candidates = [...this.#prepared.values()].filter(({ path }) => !this.#useless.has(path));
    return pickInput(candidates, seen, this.dice);
  }

  async #prepare(input: CanaryInput, service: ServiceContent): Promise<void> {
    const { session } = this.options;
    try {
      const offer = await requesterKeeper(session).keeping(
        (store) => prepareWork(store, input.job, input.path, service),
        (found) => found.inputDigest,
      );
      this.#prepared.set(input.path, { ...input, offer, inputDigest: offer.inputDigest });
    } catch (error) {
      const isOfInput = [CommandFailure, ContentError, WorkloadError].some((kind) => error instanceof kind);
      if (!isOfInput || !(error instanceof Error)) throw error;
      this.#useless.add(input.path);
      this.note("badInput", `${input.path} is left out: ${error.message}`);
    }
  }

  /** The right result, by doing the job here; an input that comes to none is left out from now on. */
  async resultOf({ path, inputDigest }: PreparedInput, service: ServiceContent): Promise<Digest | undefined> {
    const { session, limits, signal } = this.options;
    const { outcome } = await reexecute({
      store: session.store,
      inputDigest,
      modelDescriptorDigest: service.modelHash,
      limits,
      signal,
    });
    if (outcome.status === "delivered") return outcome.resultDigest;
    signal.throwIfAborted();
    this.#useless.add(path);
    this.note("noResult", `${path} came to no result here (${outcome.status}): it is left out`);
    return undefined;
  }
}

/** Checks that inputs are ordinary jobs of one service, as canaries are. Throws CommandFailure (usage). */
export function requireInputs(inputs: readonly CanaryInput[]): readonly [CanaryInput, ...CanaryInput[]] {
  const [first, ...others] = inputs;
  if (first === undefined) throw new CommandFailure(EXIT.usage, "the plan's inputs hold no job file");
  for (const { path, job } of inputs) {
    const wrong =
      job.service !== first.job.service
        ? `is of service ${job.service}, ${first.path} of service ${first.job.service}`
        : job.canary !== undefined
          ? "names the expected result: the keeper finds it"
          : job.mode !== "acceptance" || job.proof !== undefined || job.namedGpu !== undefined || job.ring !== undefined
            ? "is not drawn and accepted by its requester at a free ring index, as canaries are"
            : undefined;
    if (wrong !== undefined) throw new CommandFailure(EXIT.usage, `${path} ${wrong}`);
  }
  return [first, ...others];
}
