import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { PATIENCE, request, ServiceFault, type Patience } from "./http";
import type { Payload } from "./payload";
import type { Verification, VerificationClient } from "./service";

const answerSchema = z.object({ status: z.string(), message: z.string().optional(), result: z.unknown() });
const sourceSchema = z.array(z.looseObject({ SourceCode: z.string().nullish() }));

/** Settings of an Etherscan-like service. */
export interface EtherscanOptions {
  /** Address of the API; requests differ by their query alone. */
  readonly api: string;
  /** Pages of the chain's explorer. */
  readonly pages: string;
  /** Etherscan's v2 serves every chain under one address and asks which; Blockscout has one address for each chain. */
  readonly chainId?: number;
  /** Etherscan answers nobody without one; Blockscout everybody. */
  readonly apiKey?: string;
  readonly patience?: Patience;
}

interface EtherscanAnswer {
  readonly ok: boolean;
  /** The result where it is text, the message otherwise. */
  readonly text: string;
  readonly result: unknown;
}

const NOT_INDEXED = /unable to locate contractcode|not a (valid )?smart contract|does not have bytecode/i;
const ALREADY = /already verified/i;
const PENDING = /pending|in progress/i;
const PASSED = /^pass/i;
const BUSY = /rate limit|max (calls|rate)/i;

/**
 * Client of Etherscan's v2 API, and of Blockscout's, which speaks the same: `verifysourcecode`, `checkverifystatus`,
 * `getsourcecode` of the module `contract`.
 */
export class EtherscanClient implements VerificationClient {
  readonly #options: EtherscanOptions;
  readonly #patience: Patience;

  constructor(
    readonly kind: "etherscan" | "blockscout",
    options: EtherscanOptions,
  ) {
    this.#options = options;
    this.#patience = options.patience ?? PATIENCE;
  }

  async verify(payload: Payload): Promise<Verification> {
    const page = `${this.#options.pages}/address/${payload.address}#code`;
    if (await this.#isVerified(payload.address)) return { verified: true, already: true, page };
    const submitted = await this.#submit(payload);
    if (ALREADY.test(submitted.text)) return { verified: true, already: true, page };
    if (!submitted.ok) return { verified: false, page, reason: submitted.text };
    const outcome = await this.#outcomeOf(submitted.text);
    if (PASSED.test(outcome) || ALREADY.test(outcome)) return { verified: true, already: false, page };
    return { verified: false, page, reason: outcome };
  }

  async #isVerified(address: string): Promise<boolean> {
    const { ok, result } = await this.#get({ action: "getsourcecode", address });
    const parsed = sourceSchema.safeParse(result);
    return ok && parsed.success && (parsed.data[0]?.SourceCode ?? "") !== "";
  }

  /** Sends the sources; waits while the service has not heard of the contract yet. */
  async #submit(payload: Payload): Promise<{ readonly ok: boolean; readonly text: string }> {
    const body = new URLSearchParams({
      module: "contract",
      action: "verifysourcecode",
      contractaddress: payload.address,
      sourceCode: JSON.stringify(payload.linkedInput),
      codeformat: "solidity-standard-json-input",
      contractname: payload.identifier,
      compilerversion: `v${payload.compilerVersion}`,
      // The API's own spelling, and the one of its later documentation.
      constructorArguements: payload.constructorArgs,
      constructorArguments: payload.constructorArgs,
      ...this.#key(),
    });
    for (let waited = 0; ; waited += this.#patience.pollMs) {
      const { ok, text } = await this.#ask(this.#url({}), { method: "POST", body });
      const isEarly = !ok && (NOT_INDEXED.test(text) || BUSY.test(text));
      if (!isEarly || waited >= this.#patience.givingUpMs) return { ok, text };
      await sleep(this.#patience.pollMs);
    }
  }

  async #outcomeOf(guid: string): Promise<string> {
    for (let waited = 0; waited <= this.#patience.givingUpMs; waited += this.#patience.pollMs) {
      await sleep(this.#patience.pollMs);
      const { text } = await this.#get({ action: "checkverifystatus", guid });
      if (!PENDING.test(text) && !BUSY.test(text)) return text;
    }
    throw new ServiceFault(`${this.kind} did not finish in ${this.#patience.givingUpMs / 1000} s`);
  }

  #get(query: Readonly<Record<string, string>>): Promise<EtherscanAnswer> {
    return this.#ask(this.#url({ module: "contract", ...query, ...this.#key() }), {});
  }

  #key(): Record<string, string> {
    return this.#options.apiKey === undefined ? {} : { apikey: this.#options.apiKey };
  }

  #url(query: Readonly<Record<string, string>>): URL {
    const url = new URL(this.#options.api);
    if (this.#options.chainId !== undefined) url.searchParams.set("chainid", String(this.#options.chainId));
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return url;
  }

  async #ask(url: URL, init: RequestInit): Promise<EtherscanAnswer> {
    const { body } = await request(url, init, this.#patience);
    const parsed = answerSchema.safeParse(body);
    if (!parsed.success) throw new ServiceFault(`${this.kind} answered otherwise than its protocol says`);
    const { status, result, message = "" } = parsed.data;
    return { ok: status === "1", text: typeof result === "string" ? result : message, result };
  }
}
