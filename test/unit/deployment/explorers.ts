/** Local servers that speak the protocols of Etherscan's API v2, of Blockscout's RPC API, and of Sourcify's API v2. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a service takes a submission, chosen by the test for each contract; the default verifies it at the second look. */
export type Mood = "verifies" | "mismatch" | "not indexed yet" | "known already" | "knows since" | "busy";

interface Submission {
  readonly address: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

abstract class LocalService {
  readonly submissions: Submission[] = [];
  readonly moods: Mood[] = [];
  requests = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(request.url ?? "/", "http://localhost");
    const { status, answer } = this.answer(request, url, body);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  }

  protected abstract answer(request: IncomingMessage, url: URL, body: string): { status: number; answer: unknown };
}

/** Etherscan's v2: one address for all chains, a key, submissions by form, answers of status, message and result. */
export class FakeEtherscan extends LocalService {
  readonly #verified = new Set<string>();
  readonly #looks = new Map<string, number>();

  /** @param chainId asked of every request; undefined for Blockscout, which has an address for each chain */
  constructor(
    readonly chainId: number | undefined,
    readonly apiKey: string | undefined,
  ) {
    super();
  }

  protected answer({ method }: IncomingMessage, url: URL, body: string): { status: number; answer: unknown } {
    const form = new URLSearchParams(method === "POST" ? body : url.search);
    if (this.chainId !== undefined && url.searchParams.get("chainid") !== String(this.chainId)) {
      return no("Missing or unsupported chainid parameter (required for v2 api)");
    }
    if (this.apiKey !== undefined && form.get("apikey") !== this.apiKey) return no("Missing/Invalid API Key");
    if (form.get("module") !== "contract") return no("Error! Missing Or invalid Module name");
    const action = form.get("action");
    if (action === "getsourcecode") return this.#source(form.get("address") ?? "");
    if (action === "checkverifystatus") return this.#look(form.get("guid") ?? "");
    if (action === "verifysourcecode" && method === "POST") return this.#submit(form);
    return no("Error! Missing Or invalid Action name");
  }

  #source(address: string): { status: number; answer: unknown } {
    const SourceCode = this.#verified.has(address) ? "{{}}" : "";
    return yes([{ SourceCode, ABI: SourceCode === "" ? "Contract source code not verified" : "[]" }]);
  }

  #submit(form: URLSearchParams): { status: number; answer: unknown } {
    const mood = this.moods.shift() ?? "verifies";
    const address = form.get("contractaddress") ?? "";
    if (mood === "busy") return { status: 429, answer: "slow down" };
    if (mood === "not indexed yet") return no(`Unable to locate ContractCode at ${address}`);
    if (mood === "known already") return no("Contract source code already verified");
    if (form.get("codeformat") !== "solidity-standard-json-input") return no("Invalid codeformat");
    if (!/^v\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}$/.test(form.get("compilerversion") ?? "")) return no("Invalid compiler");
    if (!/^[^:]+\.sol:\w+$/.test(form.get("contractname") ?? "")) return no("Invalid contractname");
    this.submissions.push({ address, fields: Object.fromEntries(form) });
    return yes(`${mood}/${address}`);
  }

  #look(guid: string): { status: number; answer: unknown } {
    const [mood = "", address = ""] = guid.split("/");
    const looks = (this.#looks.get(guid) ?? 0) + 1;
    this.#looks.set(guid, looks);
    if (looks === 1) return no("Pending in queue");
    if (mood === "mismatch") return no("Fail - Unable to verify. Compiled contract deployment bytecode does NOT match");
    if (mood === "knows since") return no("Already Verified");
    this.#verified.add(address);
    return yes("Pass - Verified");
  }
}

function yes(result: unknown): { status: number; answer: unknown } {
  return { status: 200, answer: { status: "1", message: "OK", result } };
}

function no(result: string): { status: number; answer: unknown } {
  return { status: 200, answer: { status: "0", message: "NOTOK", result } };
}

/** Sourcify's v2: standard JSON in, 202 and an id, a job to look at, 409 for what is verified exactly. */
export class FakeSourcify extends LocalService {
  readonly #verified = new Set<string>();
  readonly #jobs = new Map<string, { looks: number; mood: Mood; address: string }>();

  constructor(readonly chainId: number) {
    super();
  }

  protected answer({ method }: IncomingMessage, { pathname }: URL, body: string): { status: number; answer: unknown } {
    const look = /^\/server\/v2\/verify\/([^/]+)$/.exec(pathname)?.[1];
    if (method === "GET" && look !== undefined) return this.#look(decodeURIComponent(look));
    const [, verb, chain, address = ""] =
      /^\/server\/v2\/(contract|verify)\/(\d+)\/(0x[0-9a-fA-F]{40})$/.exec(pathname) ?? [];
    if (chain !== String(this.chainId)) return failure(400, "unsupported_chain", "The chain is not supported");
    if (method === "GET" && verb === "contract") return this.#contract(address);
    if (method === "POST" && verb === "verify") return this.#submit(address, body);
    return failure(404, "not_found", "no such route");
  }

  #contract(address: string): { status: number; answer: unknown } {
    const match = this.#verified.has(address.toLowerCase()) ? "exact_match" : null;
    return {
      status: match === null ? 404 : 200,
      answer: { match, creationMatch: match, runtimeMatch: match, address },
    };
  }

  #submit(address: string, body: string): { status: number; answer: unknown } {
    const mood = this.moods.shift() ?? "verifies";
    if (mood === "busy") return { status: 503, answer: "brownout" };
    if (mood === "known already") return failure(409, "already_verified", "The contract is already verified");
    if (mood === "not indexed yet") return failure(404, "contract_not_deployed", "There is no bytecode at the address");
    const fields = JSON.parse(body) as Record<string, unknown>;
    const { stdJsonInput, compilerVersion, contractIdentifier } = fields;
    if (typeof stdJsonInput !== "object" || typeof contractIdentifier !== "string") {
      return failure(400, "invalid_parameter", "stdJsonInput and contractIdentifier are required");
    }
    if (!/^\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}$/.test(String(compilerVersion))) {
      return failure(400, "invalid_compiler_version", "not a long version");
    }
    this.submissions.push({ address, fields });
    const verificationId = `72d12273-0723-448e-a9f6-f7957128efa${this.#jobs.size}`;
    this.#jobs.set(verificationId, { looks: 0, mood, address });
    return { status: 202, answer: { verificationId } };
  }

  #look(verificationId: string): { status: number; answer: unknown } {
    const job = this.#jobs.get(verificationId);
    if (job === undefined) return failure(404, "job_not_found", "no such job");
    const contract = { chainId: String(this.chainId), address: job.address, match: null };
    const common = { verificationId, jobStartTime: "2026-11-26T00:00:00Z", contract };
    if (++job.looks === 1) return { status: 200, answer: { ...common, isJobCompleted: false } };
    if (job.mood === "mismatch") {
      const error = {
        customCode: "no_match",
        message: "The onchain and recompiled bytecodes don't match",
        errorId: "1",
      };
      return { status: 200, answer: { ...common, isJobCompleted: true, error } };
    }
    this.#verified.add(job.address.toLowerCase());
    return {
      status: 200,
      answer: { ...common, isJobCompleted: true, contract: { ...contract, match: "exact_match" } },
    };
  }
}

function failure(status: number, customCode: string, message: string): { status: number; answer: unknown } {
  return { status, answer: { customCode, message, errorId: "22eef5b3" } };
}
