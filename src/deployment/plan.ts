import type { Addressable, Provider } from "ethers";
import type { TypedContractMethod } from "../../typechain-types/common";
import type { ContractName, FACTORIES, LibraryName } from "./contracts";

/**
 * A deployment as data: steps that name contracts, arguments and preconditions, and refer to each other by contract name.
 * Nothing here sends or asks anything; execute.ts does.
 */

/** Stands for the address of the contract of that name. */
export class Ref {
  constructor(readonly contract: ContractName) {}
}

/** Stands for the answer of a view of an earlier contract. */
export class Read {
  constructor(
    readonly contract: ContractName,
    readonly method: string,
    readonly args: readonly Value[],
  ) {}
}

/** Stands for something that takes several questions to find, in one contract of the plan. */
export class Lookup {
  constructor(
    /** What is looked for, in words: two lookups of one contract and name find the same. */
    readonly name: string,
    readonly contract: ContractName,
    readonly find: (provider: Pick<Provider, "call">, address: string) => Promise<bigint>,
  ) {}
}

/** An argument: a literal, something that an earlier step settles, or a list or struct of arguments. */
export type Value =
  string | bigint | number | boolean | Ref | Read | Lookup | readonly Value[] | { readonly [field: string]: Value };

/** Who sends a step. Nobody may be privileged by being the deployer: rights belong to the owner. */
export type Sender = "deployer" | "owner";

/** Creates a contract through the factory, so that its address follows from its code, arguments and salt alone. */
export interface CreateStep {
  readonly kind: "create2";
  /** What the contract is called in the deployment. */
  readonly id: ContractName;
  /** What it is called in its source, where that is a special form of `id`. */
  readonly contract: ContractName;
  readonly libraries: readonly LibraryName[];
  readonly args: readonly Value[];
}

/** Calls a contract, unless one of `unless` already holds. */
export interface CallStep {
  readonly kind: "call";
  readonly id: string;
  readonly contract: ContractName;
  readonly method: string;
  readonly args: readonly Value[];
  readonly by: Sender;
  /** Native coin sent along, wei. */
  readonly value: bigint;
  /** The first one is what the step brings about; any one means that nothing is left to do. */
  readonly unless: readonly [Condition, ...Condition[]];
}

/** Stops the deployment unless one of the conditions holds. */
export interface CheckStep {
  readonly kind: "check";
  readonly id: string;
  readonly anyOf: readonly [Condition, ...Condition[]];
}

/** A view's answer equals a value; with `atLeast`, is not below it. */
export interface Condition {
  readonly read: Read | Lookup;
  readonly is: "equal" | "atLeast" | "differs";
  readonly value: Value;
}

export type Step = CreateStep | CallStep | CheckStep;

/** The types of ethers' arguments with what the plan may put in their place. */
export type Deferred<T> = Ref | Read | Lookup | Literal<T>;
type Literal<T> = T extends string | bigint | number | boolean
  ? T
  : T extends Promise<unknown> | Addressable | undefined
    ? never
    : T extends readonly (infer E)[]
      ? readonly Deferred<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Deferred<T[K]> }
        : never;

type Deployed<N extends ContractName> = ReturnType<(typeof FACTORIES)[N]["connect"]>;
/** ethers allows overrides after the arguments; a plan does not use them. */
type ConstructorArgs<N extends ContractName> = Parameters<InstanceType<(typeof FACTORIES)[N]>["getDeployTransaction"]>;

/** Names of a contract's functions. */
export type MethodOf<N extends ContractName> = keyof Deployed<N> & string;
type MethodArgs<N extends ContractName, M extends MethodOf<N>> =
  Deployed<N>[M] extends TypedContractMethod<infer A, infer _R, infer _S> ? A : never;
type DeferredArgs<A extends readonly unknown[]> = { readonly [K in keyof A]: Deferred<A[K]> };

/** The address of a contract of the plan. */
export function ref(contract: ContractName): Ref {
  return new Ref(contract);
}

/** The answer of a view of a contract of the plan. */
export function read<N extends ContractName, M extends MethodOf<N>>(
  contract: N,
  method: M,
  ...args: DeferredArgs<MethodArgs<N, M>>
): Read {
  return new Read(contract, method, args as readonly Value[]);
}

/** A step that creates a contract. No argument may be read from the chain: the address would not be known beforehand. */
export function create<N extends ContractName>(
  id: N,
  args: DeferredArgs<ConstructorArgs<N>>,
  libraries: readonly LibraryName[] = [],
): CreateStep {
  return { kind: "create2", id, contract: id, libraries, args: args as readonly Value[] };
}

/** A step that creates a contract of one source in the place of another, whose functions it has as well. */
export function createAs<N extends ContractName>(
  id: ContractName,
  contract: N,
  args: DeferredArgs<ConstructorArgs<N>>,
): CreateStep {
  return { kind: "create2", id, contract, libraries: [], args: args as readonly Value[] };
}

/** A step that calls a contract unless it was done before. */
export function call<N extends ContractName, M extends MethodOf<N>>(step: {
  readonly contract: N;
  readonly method: M;
  readonly args: DeferredArgs<MethodArgs<N, M>>;
  readonly by: Sender;
  readonly unless: Condition | readonly [Condition, ...Condition[]];
  readonly value?: bigint;
  /** Tells apart steps that call the same function. */
  readonly note?: string;
}): CallStep {
  const { contract, method, by, unless, note, value = 0n } = step;
  const id = `${contract}.${method}${note === undefined ? "" : ` ${note}`}`;
  return { kind: "call", id, contract, method, args: step.args as readonly Value[], by, value, unless: listed(unless) };
}

function listed(conditions: Condition | readonly [Condition, ...Condition[]]): readonly [Condition, ...Condition[]] {
  return "read" in conditions ? [conditions] : conditions;
}

/** A step that stops the deployment unless a view answers as expected, in one of several ways where they are given. */
export function check(conditions: Condition | readonly [Condition, ...Condition[]], note = ""): CheckStep {
  const anyOf = listed(conditions);
  const { read: first } = anyOf[0];
  const asked = `${first.contract}.${first instanceof Read ? first.method : first.name}`;
  return { kind: "check", id: `${asked}${note === "" ? "" : ` ${note}`} as expected`, anyOf };
}

/** A view answers exactly this. */
export function equal(reading: Read | Lookup, value: Value): Condition {
  return { read: reading, is: "equal", value };
}

/** A view answers this number or a greater one. */
export function atLeast(reading: Read | Lookup, value: bigint): Condition {
  return { read: reading, is: "atLeast", value };
}

/** A view answers anything but this. */
export function differs(reading: Read | Lookup, value: Value): Condition {
  return { read: reading, is: "differs", value };
}

/** Contracts that a value refers to. */
export function referencesOf(value: Value): readonly ContractName[] {
  if (value instanceof Ref || value instanceof Lookup) return [value.contract];
  if (value instanceof Read) return [value.contract, ...value.args.flatMap(referencesOf)];
  return partsOf(value).flatMap(referencesOf);
}

/** Whether a value has to be asked of the chain. */
export function isRead(value: Value): boolean {
  return value instanceof Read || value instanceof Lookup || (!(value instanceof Ref) && partsOf(value).some(isRead));
}

function partsOf(value: Value): readonly Value[] {
  if (typeof value !== "object") return [];
  return Array.isArray(value) ? (value as readonly Value[]) : Object.values(value as Record<string, Value>);
}

/** A plan whose steps do not fit together. */
export class InvalidPlan extends Error {
  override readonly name = "InvalidPlan";
}

/**
 * Checks that ids are unique, that every step refers to contracts created before it, and that no creation waits for an
 * answer of the chain.
 * @param known contracts that an earlier plan created
 * @throws InvalidPlan
 */
export function checkPlan(steps: readonly Step[], known: Iterable<ContractName> = []): void {
  const ids = new Set<string>();
  const created = new Set<ContractName>(known);
  for (const step of steps) {
    if (ids.has(step.id)) throw new InvalidPlan(`two steps are called ${step.id}`);
    ids.add(step.id);
    for (const contract of needsOf(step)) {
      if (!created.has(contract)) throw new InvalidPlan(`${step.id} needs ${contract}, which no earlier step creates`);
    }
    if (step.kind !== "create2") continue;
    if (step.args.some(isRead)) throw new InvalidPlan(`the address of ${step.id} depends on an answer of the chain`);
    created.add(step.id);
  }
}

/** Contracts that must be there before a step. */
export function needsOf(step: Step): readonly ContractName[] {
  if (step.kind === "create2") return [...step.libraries, ...referencesOf(step.args)];
  const conditions = step.kind === "call" ? step.unless : step.anyOf;
  const asked = conditions.flatMap(({ read: reading, value }) => [...referencesOf(reading), ...referencesOf(value)]);
  return step.kind === "call" ? [step.contract, ...referencesOf(step.args), ...asked] : asked;
}
