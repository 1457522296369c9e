import { concat, getAddress, Interface, type Provider, type Signer } from "ethers";
import {
  FACTORIES,
  interfaceOf,
  linkedBytecode,
  type Addresses,
  type ContractName,
  type LibraryName,
} from "./contracts";
import {
  checkPlan,
  needsOf,
  Read,
  Ref,
  type CallStep,
  type CheckStep,
  type Condition,
  type DeployStep,
  type Sender,
  type Step,
  type Value,
} from "./plan";

/** Where and when a contract was created. */
export interface Deployed {
  readonly address: string;
  readonly block: number;
  readonly transaction: string;
  readonly gas: bigint;
}

/** What became of a step. `skipped`: it was done before; `planned`: a real run would send it, or check it. */
export interface StepReport {
  readonly step: Step;
  readonly outcome: "sent" | "skipped" | "checked" | "planned";
  readonly gas: bigint;
}

/** A transaction of a step. */
export interface Errand {
  /** Id of the step: names the purpose, so that what is on its way already is not sent again. */
  readonly key: string;
  /** null where a contract is created. */
  readonly to: string | null;
  readonly data: string;
  readonly value: bigint;
}

/** A transaction of a step that is in a block and succeeded. */
export interface Sent {
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
  readonly contractAddress: string | null;
}

/** Sends transactions, and waits as long as it takes until they count. */
export interface Courier {
  readonly provider: Provider;
  send(by: Sender, errand: Errand): Promise<Sent>;
}

export interface ExecuteOptions {
  /** Who sends: signers with a connection, or a courier. */
  readonly signers?: Readonly<Record<Sender, Signer>>;
  readonly courier?: Courier;
  /** Contracts of an earlier run; they are taken over where they still have code. */
  readonly known?: Readonly<Partial<Record<ContractName, Deployed>>>;
  /** Sends nothing: only says what is left to do. */
  readonly dryRun?: boolean;
  readonly onStep?: (report: StepReport) => void;
}

/** A deployment that is complete: every step done, every check passed. */
export interface Executed {
  readonly deployed: Readonly<Partial<Record<ContractName, Deployed>>>;
  readonly addresses: Addresses;
  readonly reports: readonly StepReport[];
}

/** A step of a deployment went wrong; what was done before stays done, and a second run goes on from there. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
  constructor(
    readonly step: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${step}: ${reason}`, options);
  }
}

/** Runs a plan, one transaction after the other. Throws InvalidPlan, StepFailed. */
export async function execute(steps: readonly Step[], options: ExecuteOptions): Promise<Executed> {
  checkPlan(steps);
  const executor = new Executor(options);
  for (const step of steps) await executor.run(step);
  return executor.result();
}

class Executor {
  readonly #deployed: Partial<Record<ContractName, Deployed>> = {};
  readonly #reports: StepReport[] = [];
  readonly #courier: Courier;
  readonly #provider: Provider;

  constructor(private readonly options: ExecuteOptions) {
    this.#courier = options.courier ?? signerCourier(options.signers);
    this.#provider = this.#courier.provider;
  }

  result(): Executed {
    const entries = Object.entries(this.#deployed).map(([name, { address }]) => [name, address]);
    return { deployed: this.#deployed, addresses: Object.fromEntries(entries) as Addresses, reports: this.#reports };
  }

  async run(step: Step): Promise<void> {
    try {
      const report = await this.#perform(step);
      this.#reports.push(report);
      this.options.onStep?.(report);
    } catch (cause) {
      if (cause instanceof StepFailed) throw cause;
      throw new StepFailed(step.id, cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  async #perform(step: Step): Promise<StepReport> {
    if (this.options.dryRun === true && !this.#isReady(step)) return { step, outcome: "planned", gas: 0n };
    if (step.kind === "deploy") return this.#deploy(step);
    return step.kind === "call" ? this.#call(step) : this.#check(step);
  }

  async #deploy(step: DeployStep): Promise<StepReport> {
    const known = this.options.known?.[step.id];
    if (known !== undefined && (await this.#provider.getCode(known.address)) !== "0x") {
      this.#deployed[step.id] = known;
      return { step, outcome: "skipped", gas: 0n };
    }
    if (this.options.dryRun === true) return { step, outcome: "planned", gas: 0n };
    const data = await this.#initCode(step);
    const receipt = await this.#courier.send("deployer", { key: step.id, to: null, data, value: 0n });
    if (receipt.contractAddress === null) throw new StepFailed(step.id, "no contract was created");
    const { blockNumber: block, hash: transaction, gasUsed: gas } = receipt;
    this.#deployed[step.id] = { address: getAddress(receipt.contractAddress), block, transaction, gas };
    return { step, outcome: "sent", gas };
  }

  async #call(step: CallStep): Promise<StepReport> {
    if (await this.#holds(step.unless, true)) return { step, outcome: "skipped", gas: 0n };
    if (this.options.dryRun === true) return { step, outcome: "planned", gas: 0n };
    const args = await this.#resolveAll(step.args);
    const data = interfaceOf(step.contract).encodeFunctionData(step.method, args);
    const errand = { key: step.id, to: this.#addressOf(step.contract), data, value: step.value };
    const receipt = await this.#courier.send(step.by, errand);
    if (!(await this.#holds(step.unless, false))) throw new StepFailed(step.id, "it was sent and had no effect");
    return { step, outcome: "sent", gas: receipt.gasUsed };
  }

  async #check(step: CheckStep): Promise<StepReport> {
    if (await this.#holds(step.condition, false)) return { step, outcome: "checked", gas: 0n };
    // What is planned before it may make it hold.
    if (this.options.dryRun === true) return { step, outcome: "planned", gas: 0n };
    const found = await this.#resolve(step.condition.read);
    const wanted = await this.#resolve(step.condition.value);
    throw new StepFailed(step.id, `found ${canonical(found)}, expected ${canonical(wanted)}`);
  }

  /** @param lenient a view that reverts (nothing is set yet) counts as not holding */
  async #holds(condition: Condition, lenient: boolean): Promise<boolean> {
    let found: unknown;
    try {
      found = await this.#resolve(condition.read);
    } catch (cause) {
      if (lenient && isRevert(cause)) return false;
      throw cause;
    }
    const wanted = await this.#resolve(condition.value);
    return condition.is === "equal"
      ? canonical(found) === canonical(shapedLike(found, wanted))
      : BigInt(found as bigint) >= BigInt(wanted as bigint);
  }

  async #initCode(step: DeployStep): Promise<string> {
    const libraries = Object.fromEntries(step.libraries.map((name) => [name, this.#addressOf(name)]));
    return initCode(step.id, libraries, await this.#resolveAll(step.args));
  }

  /** In a dry run: whether everything that a step reads is there. A contract is known before its creation is looked at. */
  #isReady(step: Step): boolean {
    return step.kind === "deploy" || needsOf(step).every((contract) => this.#deployed[contract] !== undefined);
  }

  #addressOf(contract: ContractName): string {
    const deployed = this.#deployed[contract];
    if (deployed === undefined) throw new StepFailed(contract, "not deployed yet");
    return deployed.address;
  }

  #resolveAll(values: readonly Value[]): Promise<unknown[]> {
    return Promise.all(values.map((value) => this.#resolve(value)));
  }

  async #resolve(value: Value): Promise<unknown> {
    if (value instanceof Ref) return this.#addressOf(value.contract);
    if (value instanceof Read) {
      const abi = interfaceOf(value.contract);
      const data = abi.encodeFunctionData(value.method, await this.#resolveAll(value.args));
      const answer = await this.#provider.call({ to: this.#addressOf(value.contract), data });
      const results = abi.decodeFunctionResult(value.method, answer);
      return results.length === 1 ? (results[0] as unknown) : [...results];
    }
    if (Array.isArray(value)) return this.#resolveAll(value as readonly Value[]);
    if (typeof value !== "object") return value;
    const fields = Object.entries(value as Record<string, Value>);
    return Object.fromEntries(await Promise.all(fields.map(async ([key, part]) => [key, await this.#resolve(part)])));
  }
}

/** Sends by signers, one block being enough. */
function signerCourier(signers: ExecuteOptions["signers"]): Courier {
  const provider = signers?.deployer.provider ?? null;
  if (signers === undefined || provider === null) {
    throw new StepFailed("start", "the deployer has no connection to a chain");
  }
  return {
    provider,
    async send(by, { to, data, value }): Promise<Sent> {
      const sent = await signers[by].sendTransaction({ to, data, value });
      const receipt = await sent.wait();
      if (receipt === null) throw new StepFailed(sent.hash, "no receipt");
      return receipt;
    },
  };
}

/** Creation code with its constructor arguments: what a deployment sends, and what a CREATE2 address depends on. */
export function initCode(
  name: ContractName,
  libraries: Readonly<Partial<Record<LibraryName, string>>>,
  args: readonly unknown[],
): string {
  const abi = new Interface(FACTORIES[name].abi);
  return concat([linkedBytecode(name, libraries), abi.encodeDeploy(args)]);
}

/** Whether a contract refused, as opposed to a chain that cannot be asked. Hardhat's provider gives the data alone. */
function isRevert(cause: unknown): boolean {
  const { code, data } = cause as { readonly code?: unknown; readonly data?: unknown };
  return code === "CALL_EXCEPTION" || (typeof data === "string" && data.startsWith("0x"));
}

/** Puts the fields of a struct in the order of the ABI's answer. */
function shapedLike(answer: unknown, wanted: unknown): unknown {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return wanted;
  const named = answer as { toObject?: () => Record<string, unknown> };
  const order = named.toObject === undefined ? Object.keys(wanted) : Object.keys(named.toObject());
  return order.map((key) => (wanted as Record<string, unknown>)[key]);
}

/** One text per value: numbers in decimal, hexadecimal text in lower case, lists in brackets. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === "object" && value !== null && Symbol.iterator in value) {
    return canonical([...(value as Iterable<unknown>)]);
  }
  const text = String(value);
  return /^0x[0-9a-fA-F]*$/.test(text) ? text.toLowerCase() : text;
}
