import { setTimeout as sleep } from "node:timers/promises";
import type { Provider, Signer } from "ethers";
import { TransactionRefused } from "../chain/sender";
import { codeFault } from "./code";
import { interfaceOf, type Addresses, type ContractName } from "./contracts";
import { requireFactory } from "./factory";
import { needsOf, type CallStep, type CheckStep, type CreateStep, type Sender, type Step } from "./plan";
import { addressesIn, addressIn, factoryInput, type Plan } from "./predict";
import { canonical, isRevert, Reader } from "./reader";

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
  /** Hash of what was sent. */
  readonly transaction?: string;
}

/** A transaction of a step. */
export interface Errand {
  /** Id of the step: names the purpose, so that what is on its way already is not sent again. */
  readonly key: string;
  readonly to: string;
  readonly data: string;
  readonly value: bigint;
}

/** A transaction of a step that is in a block and succeeded. */
export interface Sent {
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
}

/** Between two looks at an endpoint that may lag, milliseconds. */
const LOOK_MS = 500;

/** Sends transactions, and waits as long as it takes until they count. */
export interface Courier {
  readonly provider: Provider;
  send(by: Sender, errand: Errand): Promise<Sent>;
}

export interface ExecuteOptions {
  /** Who sends: signers with a connection, or a courier. */
  readonly signers?: Readonly<Record<Sender, Signer>>;
  readonly courier?: Courier;
  /** When contracts of an earlier run were created; only for the record, never believed. */
  readonly known?: Readonly<Partial<Record<ContractName, Deployed>>>;
  /** After a transaction, how long an endpoint that lags may take to show its effect, milliseconds; 0 when absent. */
  readonly patienceMs?: number;
  /** Sends nothing: only says what is left to do. */
  readonly dryRun?: boolean;
  readonly onStep?: (report: StepReport) => void;
}

/** A plan that is complete: every step done, every check passed. */
export interface Executed {
  /** Every contract whose creation is known: of this run, or of an earlier one that was told of. */
  readonly deployed: Readonly<Partial<Record<ContractName, Deployed>>>;
  /** Every contract of the plan. */
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

/** Something else is where a contract of the plan belongs. */
export class Occupied extends StepFailed {
  constructor(step: string, address: string, fault: string) {
    super(step, `${address} is occupied: it holds ${fault}`);
  }
}

/** Runs a plan, one transaction after the other. What is done already is read from the chain. Throws FactoryMissing, StepFailed. */
export async function execute(plan: Plan, options: ExecuteOptions): Promise<Executed> {
  const executor = new Executor(plan, options);
  await executor.begin();
  for (const step of plan.steps) await executor.run(step);
  return executor.result();
}

class Executor {
  readonly #deployed: Partial<Record<ContractName, Deployed>> = {};
  readonly #reports: StepReport[] = [];
  readonly #courier: Courier;
  readonly #provider: Provider;
  readonly #reader: Reader;
  /** In a dry run: contracts that are not there yet. */
  readonly #missing = new Set<ContractName>();

  constructor(
    private readonly plan: Plan,
    private readonly options: ExecuteOptions,
  ) {
    this.#courier = options.courier ?? signerCourier(options.signers);
    this.#provider = this.#courier.provider;
    this.#reader = new Reader(this.#provider, plan.creations);
  }

  async begin(): Promise<void> {
    if (this.options.dryRun !== true && this.plan.steps.some(({ kind }) => kind === "create2")) {
      await requireFactory(this.#provider, this.plan.place.factory);
    }
  }

  result(): Executed {
    return { deployed: this.#deployed, addresses: addressesIn(this.plan.creations), reports: this.#reports };
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
    if (step.kind === "create2") return this.#create(step);
    const isWaiting = this.options.dryRun === true && needsOf(step).some((contract) => this.#missing.has(contract));
    if (isWaiting) return { step, outcome: "planned", gas: 0n };
    return step.kind === "call" ? this.#call(step) : this.#check(step);
  }

  async #create(step: CreateStep): Promise<StepReport> {
    const skipped = { step, outcome: "skipped", gas: 0n } as const;
    if (await this.#isThere(step)) return this.#recall(step, skipped);
    if (this.options.dryRun === true) {
      this.#missing.add(step.id);
      return { step, outcome: "planned", gas: 0n };
    }
    const creation = this.plan.creation(step.id);
    const { address } = creation;
    const errand = { key: step.id, to: this.plan.place.factory.address, data: factoryInput(creation), value: 0n };
    let sent: Sent;
    try {
      sent = await this.#courier.send("deployer", errand);
    } catch (cause) {
      // The same code may be sent to the factory by anybody, and is then as good as ours.
      if (isRefusal(cause) && (await this.#isThere(step))) return this.#recall(step, skipped);
      throw cause;
    }
    if (!(await this.#eventually(() => this.#isThere(step)))) {
      throw new StepFailed(step.id, `nothing was created at ${address}`);
    }
    const { blockNumber: block, hash: transaction, gasUsed: gas } = sent;
    this.#deployed[step.id] = { address, block, transaction, gas };
    return { step, outcome: "sent", gas, transaction };
  }

  #recall(step: CreateStep, report: StepReport): StepReport {
    const known = this.options.known?.[step.id];
    if (known?.address === this.plan.creation(step.id).address) this.#deployed[step.id] = known;
    return report;
  }

  /** Whether the contract exists. Throws Occupied where something else does. */
  async #isThere({ id }: CreateStep): Promise<boolean> {
    const { address, bytecode } = this.plan.creation(id);
    const code = await this.#provider.getCode(address);
    if (code === "0x") return false;
    const fault = codeFault(bytecode, code, address);
    if (fault !== undefined) throw new Occupied(id, address, fault);
    return true;
  }

  async #call(step: CallStep): Promise<StepReport> {
    if (await this.#reader.anyHolds(step.unless, true)) return { step, outcome: "skipped", gas: 0n };
    if (this.options.dryRun === true) return { step, outcome: "planned", gas: 0n };
    const args = await this.#reader.resolveAll(step.args);
    const data = interfaceOf(step.contract).encodeFunctionData(step.method, args);
    const errand = { key: step.id, to: this.#addressOf(step.contract), data, value: step.value };
    const receipt = await this.#courier.send(step.by, errand);
    if (!(await this.#eventually(() => this.#reader.anyHolds(step.unless, false)))) {
      throw new StepFailed(step.id, "it was sent and had no effect");
    }
    return { step, outcome: "sent", gas: receipt.gasUsed, transaction: receipt.hash };
  }

  async #check(step: CheckStep): Promise<StepReport> {
    if (await this.#reader.anyHolds(step.anyOf, false)) return { step, outcome: "checked", gas: 0n };
    // What is planned before it may make it hold.
    if (this.options.dryRun === true) return { step, outcome: "planned", gas: 0n };
    const found = canonical(await this.#reader.resolve(step.anyOf[0].read));
    const wanted = await Promise.all(step.anyOf.map(async ({ value }) => canonical(await this.#reader.resolve(value))));
    throw new StepFailed(step.id, `found ${found}, expected ${wanted.join(" or ")}`);
  }

  async #eventually(isSo: () => Promise<boolean>): Promise<boolean> {
    for (let waited = 0; ; waited += LOOK_MS) {
      if (await isSo()) return true;
      if (waited >= (this.options.patienceMs ?? 0)) return false;
      await sleep(LOOK_MS);
    }
  }

  #addressOf(contract: ContractName): string {
    return addressIn(this.plan.creations, contract);
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

/** Whether a transaction was refused, as opposed to an endpoint that failed: then nobody knows. */
function isRefusal(cause: unknown): boolean {
  return cause instanceof TransactionRefused || isRevert(cause);
}
