import type { Verifier } from "../../chain/chains";
import { EtherscanClient } from "./etherscan";
import type { Patience } from "./http";
import type { Payload } from "./payload";
import { SourcifyClient } from "./sourcify";

/** What came of a verification. */
export type Verification =
  | { readonly verified: true; readonly already: boolean; readonly page: string }
  | { readonly verified: false; readonly page: string; readonly reason: string };

/** A service that publishes sources. */
export interface VerificationClient {
  readonly kind: Verifier["kind"];
  /** Publishes a contract's sources, or finds that they are. Throws ServiceFault when the service cannot be asked. */
  verify(payload: Payload): Promise<Verification>;
}

/** Environment variable with the key of Etherscan's API. */
export const ETHERSCAN_KEY_ENV = "ETHERSCAN_API_KEY";

/** A client of a service. */
export function clientOf(
  { kind, api, pages }: Verifier,
  chainId: number,
  apiKey: string | undefined,
  patience?: Patience,
): VerificationClient {
  const common = { api, pages, ...(patience === undefined ? {} : { patience }) };
  if (kind === "sourcify") return new SourcifyClient({ ...common, chainId });
  if (kind === "blockscout") return new EtherscanClient(kind, common);
  return new EtherscanClient(kind, { ...common, chainId, ...(apiKey === undefined ? {} : { apiKey }) });
}
