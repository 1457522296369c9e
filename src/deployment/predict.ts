import { concat, getCreate2Address, id, Interface, keccak256 } from "ethers";
import type { FactoryFacts } from "../chain/chains";
import { FACTORIES, linkedBytecode, type Addresses, type ContractName, type LibraryName } from "./contracts";
import { checkPlan, Ref, type CreateStep, type Step, type Value } from "./plan";

/** What decides addresses besides code and arguments. */
export interface Place {
  readonly factory: FactoryFacts;
  /** 32 bytes; another salt gives a second suite of the same code and owner. */
  readonly salt: string;
}

/** A contract before it exists: everything about it follows from the plan. */
export interface Creation {
  readonly name: ContractName;
  /** Name in the source, where it is another. */
  readonly contract: ContractName;
  readonly address: string;
  readonly salt: string;
  /** Creation code with libraries linked and constructor arguments appended. */
  readonly initCode: string;
  readonly initCodeHash: string;
  /** Creation code with libraries linked, without arguments. */
  readonly bytecode: string;
  readonly args: readonly unknown[];
  /** The arguments as the ABI encodes them. */
  readonly encodedArgs: string;
  readonly libraries: Readonly<Partial<Record<LibraryName, string>>>;
}

export type Creations = ReadonlyMap<ContractName, Creation>;

/** Steps with everything that follows from them. */
export class Plan {
  /** @param creations contracts of an earlier plan that the steps refer to */
  constructor(
    readonly steps: readonly Step[],
    readonly place: Place,
    readonly creations: Creations = predict(steps, place),
  ) {
    checkPlan(
      steps,
      [...creations.keys()].filter((name) => !steps.some(({ id }) => id === name)),
    );
  }

  /** Throws where the plan creates no contract of that name. */
  creation(name: ContractName): Creation {
    const creation = this.creations.get(name);
    if (creation === undefined) throw new Error(`the plan creates no ${name}`);
    return creation;
  }

  /** The same plan up to a step, for whoever deploys in parts. */
  until(step: string): Plan {
    return new Plan(
      this.steps.slice(
        0,
        this.steps.findIndex(({ id }) => id === step),
      ),
      this.place,
    );
  }
}

/** The salt of a name that a deployer chose. */
export function saltOf(name: string): string {
  return id(`GPU Commons ${name}`);
}

/** Predicts every contract of a plan. Nothing is asked of a chain. Throws InvalidPlan. */
export function predict(steps: readonly Step[], place: Place): Creations {
  checkPlan(steps);
  const creations = new Map<ContractName, Creation>();
  for (const step of steps) if (step.kind === "create2") creations.set(step.id, predicted(step, place, creations));
  return creations;
}

function predicted(step: CreateStep, { factory, salt }: Place, earlier: Creations): Creation {
  const libraries = Object.fromEntries(step.libraries.map((name) => [name, addressIn(earlier, name)]));
  const args = step.args.map((value) => settled(value, earlier));
  const bytecode = linkedBytecode(step.contract, libraries);
  const encodedArgs = new Interface(FACTORIES[step.contract].abi).encodeDeploy(args);
  const initCode = concat([bytecode, encodedArgs]);
  const initCodeHash = keccak256(initCode);
  const address = getCreate2Address(factory.address, salt, initCodeHash);
  return {
    name: step.id,
    contract: step.contract,
    address,
    salt,
    initCode,
    initCodeHash,
    bytecode,
    args,
    encodedArgs,
    libraries,
  };
}

/** A value with addresses in the place of names; it holds no answers of the chain. */
function settled(value: Value, creations: Creations): unknown {
  if (value instanceof Ref) return addressIn(creations, value.contract);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return (value as readonly Value[]).map((part) => settled(part, creations));
  const fields = Object.entries(value as Record<string, Value>);
  return Object.fromEntries(fields.map(([key, part]) => [key, settled(part, creations)]));
}

/** Address of a contract of the plan. Throws where the plan creates none of that name. */
export function addressIn(creations: Creations, name: ContractName): string {
  const creation = creations.get(name);
  if (creation === undefined) throw new Error(`the plan creates no ${name}`);
  return creation.address;
}

/** Addresses by name. */
export function addressesIn(creations: Creations): Addresses {
  return Object.fromEntries([...creations].map(([name, { address }]) => [name, address])) as Addresses;
}

/** What the factory is sent to create a contract. */
export function factoryInput({ salt, initCode }: Pick<Creation, "salt" | "initCode">): string {
  return concat([salt, initCode]);
}
