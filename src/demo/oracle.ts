import type { Signer } from "ethers";
import type { RandomnessBeacon, VRFCoordinatorV2_5Mock } from "../../typechain-types";

/** Plays the oracle of Chainlink's mock coordinator: every request is answered with the mock's own words. */
export class Oracle {
  #next = 0;

  constructor(
    private readonly coordinator: VRFCoordinatorV2_5Mock,
    private readonly beacon: RandomnessBeacon,
    private readonly signer: Signer,
  ) {}

  /** Answers what was requested up to `block`. Returns how many requests that were. */
  async answer(block: number): Promise<number> {
    if (block < this.#next) return 0;
    const filter = this.coordinator.filters.RandomWordsRequested();
    const requests = await this.coordinator.queryFilter(filter, this.#next, block);
    for (const { args } of requests) {
      const sent = await this.coordinator.connect(this.signer).fulfillRandomWords(args.requestId, this.beacon);
      await sent.wait();
    }
    this.#next = block + 1;
    return requests.length;
  }
}
