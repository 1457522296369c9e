import { outOfBounds, text, time, type Sentences } from "./values";

/** Sentences for the errors of the beacon. */
export const RANDOMNESS_SENTENCES: Sentences = {
  BeaconOnlyConsumer: (v) => `${text(v, "caller")} may not request rounds`,
  BeaconOnlyCoordinator: (v) => `${text(v, "caller")} is not the VRF coordinator`,
  BeaconTooSoon: (v) => `the next round may be requested from ${time(v, "earliest")} on`,
  BeaconRoundUnanswered: (v) =>
    `round ${text(v, "round")} waits for its answer; it may be replaced from ${time(v, "rerequestAt")} on`,
  BeaconUnderpaid: (v) => `a round costs ${text(v, "price")} wei at this gas price, ${text(v, "paid")} were sent`,
  BeaconNoSeed: (v) => `round ${text(v, "round")} has no seed yet, or none any more`,
  BeaconNoRoundWaiting: () => "no round waits for an answer",
  BeaconFallbackClosed: (v) => `the fallback opens at ${time(v, "opensAt")}`,
  BeaconFallbackAlreadyFixed: (v) => `the fallback block is fixed already: ${text(v, "targetBlock")}`,
  BeaconFallbackNotFixed: () => "the waiting round has no fallback block yet",
  BeaconFallbackPending: (v) => `fallback block ${text(v, "targetBlock")} is not past yet`,
  BeaconFallbackHashUnknown: (v) => `the chain no longer knows the hash of fallback block ${text(v, "targetBlock")}`,
  BeaconTooManyConsumers: () => "the beacon has as many consumers as it can have",
  BeaconZeroAddress: () => "the zero address was given where an address is needed",
  BeaconZeroKeyHash: () => "the key hash is zero",
  BeaconOutOfBounds: outOfBounds,
  BeaconSameCoordinator: (v) => `${text(v, "coordinator")} is the coordinator already`,
  BeaconNoFormerSubscription: (v) => `there is no former subscription at ${text(v, "coordinator")}`,
};
