import { keccak256, type Provider } from "ethers";
import type { ChainFacts, FactoryFacts } from "../chain/chains";

/** The factory that creates every contract is not there, or is something else. */
export class FactoryMissing extends Error {
  override readonly name = "FactoryMissing";
  constructor(
    readonly factory: FactoryFacts,
    /** Whether other code is in its place. */
    readonly isOther: boolean,
  ) {
    const place = `the ${factory.name} at ${factory.address}`;
    super(
      isOther
        ? `${place} has other code than it should have: nothing may be created through it`
        : `${place} is not on this chain; its owners publish the transaction that creates it (npm @safe-global/safe-singleton-factory)`,
    );
  }
}

/** Throws FactoryMissing. */
export async function requireFactory(provider: Pick<Provider, "getCode">, factory: FactoryFacts): Promise<void> {
  const code = await provider.getCode(factory.address);
  if (code === "0x") throw new FactoryMissing(factory, false);
  if (keccak256(code) !== keccak256(factory.runtime)) throw new FactoryMissing(factory, true);
}

/** A provider that development chains answer their own methods through. */
export interface DevProvider extends Pick<Provider, "getCode"> {
  send(method: string, params: unknown[]): Promise<unknown>;
}

/** Puts the factory on a local chain, where nobody else does. Hardhat and anvil know the method. */
export async function installFactory(provider: DevProvider, { factory }: Pick<ChainFacts, "factory">): Promise<void> {
  if ((await provider.getCode(factory.address)) !== "0x") return;
  await provider.send("hardhat_setCode", [factory.address, factory.runtime]);
}
