import { Interface, type JsonRpcProvider, type Log } from "ethers";
import { interfaceOf, type Addresses, type ContractName } from "../deployment";
import { EMPTY_CHRONICLE, record, type Chronicle, type SceneEvent } from "./chronicle";

/** Contracts whose events tell the story. */
const TOLD = [
  "JobEscrow",
  "GpuRegistry",
  "RandomnessBeacon",
  "AssetRegistry",
  "DisputeCourt",
  "ReviewPanel",
  "TrainingChains",
] as const;

/** Follows the chain and keeps the chronicle. */
export class Watcher {
  chronicle: Chronicle = EMPTY_CHRONICLE;
  /** Time of the newest block seen. */
  now = 0;
  #next: number;
  readonly #interfaces: ReadonlyMap<string, { readonly name: ContractName; readonly abi: Interface }>;

  constructor(
    private readonly provider: JsonRpcProvider,
    addresses: Addresses,
    fromBlock: number,
    private readonly onEvent: (event: SceneEvent, chronicle: Chronicle) => void,
  ) {
    this.#next = fromBlock;
    this.#interfaces = new Map(
      TOLD.flatMap((name) => {
        const address = addresses[name];
        return address === undefined ? [] : [[address.toLowerCase(), { name, abi: interfaceOf(name) }]];
      }),
    );
  }

  /** Takes in what happened since the last call. */
  async refresh(): Promise<void> {
    const head = await this.provider.getBlock("latest");
    if (head === null || head.number < this.#next) return;
    const logs = await this.provider.getLogs({
      address: [...this.#interfaces.keys()],
      fromBlock: this.#next,
      toBlock: head.number,
    });
    const times = new Map([[head.number, head.timestamp]]);
    for (const log of logs) {
      const event = await this.#decode(log, times);
      if (event === undefined) continue;
      this.chronicle = record(this.chronicle, event);
      this.onEvent(event, this.chronicle);
    }
    this.#next = head.number + 1;
    this.now = head.timestamp;
  }

  async #decode(log: Log, times: Map<number, number>): Promise<SceneEvent | undefined> {
    const source = this.#interfaces.get(log.address.toLowerCase());
    const parsed = source?.abi.parseLog({ topics: [...log.topics], data: log.data });
    if (source === undefined || parsed === null || parsed === undefined) return undefined;
    const known = times.get(log.blockNumber);
    const time = known ?? (await this.provider.getBlock(log.blockNumber))?.timestamp ?? this.now;
    times.set(log.blockNumber, time);
    return { contract: source.name, name: parsed.name, args: parsed.args.toObject(), block: log.blockNumber, time };
  }
}
