import type { TypedDataDomain, TypedDataField } from "ethers";

/** EIP-712 data ready for a signer's `signTypedData`. */
export interface TypedMessage<M> {
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataField[]>;
  readonly message: M;
}

/** Leave for a module to debit its holder's vault account. Times in seconds. */
export interface Authorisation {
  readonly holder: string;
  readonly module: string;
  readonly allowed: boolean;
  readonly nonce: bigint;
  readonly deadline: bigint;
}

/** Typed data of PaymentVault.setAuthorisationBySignature. Source: contracts/vault/PaymentVault.sol. */
export function authorisationMessage(
  chainId: bigint,
  vault: string,
  message: Authorisation,
): TypedMessage<Authorisation> {
  return {
    domain: { name: "GPU Commons PaymentVault", version: "1", chainId, verifyingContract: vault },
    types: {
      SetAuthorisation: [
        { name: "holder", type: "address" },
        { name: "module", type: "address" },
        { name: "allowed", type: "bool" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    },
    message,
  };
}

/** Key under which the vault counts a holder's nonces for a module (OpenZeppelin NoncesKeyed). */
export function authorisationNonceKey(module: string): bigint {
  return BigInt(module);
}

/** A device key's consent to be bound to a GPU of `owner`. */
export interface Possession {
  readonly owner: string;
  readonly classId: number;
  readonly region: number;
  readonly device: string;
  readonly nonce: bigint;
}

/** Typed data of a proof of possession. Source: contracts/registry/IGpuRegistry.sol, register. */
export function possessionMessage(chainId: bigint, registry: string, message: Possession): TypedMessage<Possession> {
  return {
    domain: { name: "GPU Commons Registry", version: "1", chainId, verifyingContract: registry },
    types: {
      Possession: [
        { name: "owner", type: "address" },
        { name: "classId", type: "uint8" },
        { name: "region", type: "uint8" },
        { name: "device", type: "address" },
        { name: "nonce", type: "uint256" },
      ],
    },
    message,
  };
}
