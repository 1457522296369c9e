import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { PATIENCE, request, ServiceFault, type Patience } from "./http";
import type { Payload } from "./payload";
import type { Verification, VerificationClient } from "./service";

const submittedSchema = z.object({ verificationId: z.string() });
const failureSchema = z.looseObject({ customCode: z.string(), message: z.string() });
const contractSchema = z.looseObject({ match: z.enum(["exact_match", "match"]).nullable() });
const jobSchema = z.looseObject({
  isJobCompleted: z.boolean(),
  contract: contractSchema.nullish(),
  error: failureSchema.nullish(),
});

const OK = 200;
const NOT_FOUND = 404;
const CONFLICT = 409;

/** Settings of a Sourcify server. */
export interface SourcifyOptions {
  readonly api: string;
  readonly pages: string;
  readonly chainId: number;
  readonly patience?: Patience;
}

/** Client of Sourcify's API v2: standard JSON in, a job to look at, a match with or without the metadata's hash. */
export class SourcifyClient implements VerificationClient {
  readonly kind = "sourcify";
  readonly #options: SourcifyOptions;
  readonly #patience: Patience;

  constructor(options: SourcifyOptions) {
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
  }

  async verify(payload: Payload): Promise<Verification> {
    const { chainId, pages } = this.#options;
    const page = `${pages}/${chainId}/${payload.address}`;
    const known = await this.#ask(`v2/contract/${chainId}/${payload.address}`, {});
    if (known.status === OK && contractSchema.parse(known.body).match === "exact_match") {
      return { verified: true, already: true, page };
    }
    if (known.status !== OK && known.status !== NOT_FOUND) throw this.#fault(known);

    const submitted = await this.#ask(`v2/verify/${chainId}/${payload.address}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        stdJsonInput: payload.input,
        compilerVersion: payload.compilerVersion,
        contractIdentifier: payload.identifier,
      }),
    });
    if (submitted.status === CONFLICT) return { verified: true, already: true, page };
    const parsed = submittedSchema.safeParse(submitted.body);
    if (parsed.success) return { page, ...(await this.#outcomeOf(parsed.data.verificationId)) };
    const failure = failureSchema.safeParse(submitted.body);
    if (!failure.success) throw this.#fault(submitted);
    return { verified: false, page, reason: `${failure.data.customCode}: ${failure.data.message}` };
  }

  async #outcomeOf(id: string): Promise<{ verified: true; already: false } | { verified: false; reason: string }> {
    for (let waited = 0; waited <= this.#patience.givingUpMs; waited += this.#patience.pollMs) {
      await sleep(this.#patience.pollMs);
      const answer = await this.#ask(`v2/verify/${encodeURIComponent(id)}`, {});
      const job = jobSchema.safeParse(answer.body);
      if (!job.success) throw this.#fault(answer);
      const { isJobCompleted, contract, error } = job.data;
      if (!isJobCompleted) continue;
      if (contract?.match != null) return { verified: true, already: false };
      return { verified: false, reason: error == null ? "no match" : `${error.customCode}: ${error.message}` };
    }
    throw new ServiceFault(`sourcify did not finish in ${this.#patience.givingUpMs / 1000} s`);
  }

  #ask(path: string, init: RequestInit): ReturnType<typeof request> {
    return request(new URL(`${this.#options.api.replace(/\/$/, "")}/${path}`), init, this.#patience);
  }

  #fault({ status }: { readonly status: number }): ServiceFault {
    return new ServiceFault(`sourcify answered otherwise than its protocol says (status ${status})`);
  }
}
