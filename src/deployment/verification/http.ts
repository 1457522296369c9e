import { setTimeout as sleep } from "node:timers/promises";

/** A service could not be asked, or answered with something that its protocol does not know. */
export class ServiceFault extends Error {
  override readonly name = "ServiceFault";
}

/** How patient a client is, milliseconds. */
export interface Patience {
  readonly timeoutMs: number;
  /** Between two looks at a job. */
  readonly pollMs: number;
  /** Until a job has to be done, and a contract known to the service. */
  readonly givingUpMs: number;
}

export const PATIENCE: Patience = { timeoutMs: 60_000, pollMs: 3_000, givingUpMs: 300_000 };

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const MAX_ATTEMPTS = 4;
const TOO_MANY = 429;
const SERVER_ERROR = 500;

/**
 * Sends a request and reads JSON. Asks again after a while when the service is overloaded.
 * @throws ServiceFault; its message never holds the query, where keys are
 */
export async function request(url: URL, init: RequestInit, patience: Patience): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await once(url, init, patience);
    const isBusy = answer.status === TOO_MANY || answer.status >= SERVER_ERROR;
    if (!isBusy) return answer;
    if (attempt >= MAX_ATTEMPTS) throw new ServiceFault(`${url.host} answered with status ${answer.status}`);
    await sleep(patience.pollMs * attempt);
  }
}

async function once(url: URL, init: RequestInit, { timeoutMs }: Patience): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    text = await response.text();
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.name === "TimeoutError" ? `no answer in ${timeoutMs} ms` : "no answer";
    throw new ServiceFault(`${url.host}: ${reason}`, { cause });
  }
  try {
    return { status: response.status, body: JSON.parse(text) as unknown };
  } catch {
    if (response.status === TOO_MANY || response.status >= SERVER_ERROR) return { status: response.status, body: null };
    throw new ServiceFault(`${url.host} answered with something that is not JSON (status ${response.status})`);
  }
}
