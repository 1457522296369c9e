import { big, text, time, type Sentences } from "./values";

const KINDS = ["none", "data", "dataset", "model", "trained model"];

/** Sentences for the errors of the asset registry. */
export const ASSET_SENTENCES: Sentences = {
  AssetUnknown: (v) => `there is no asset ${text(v, "id")}`,
  AssetDuplicate: (v) => `this content was minted before, as asset ${text(v, "id")}`,
  AssetKindNotMintable: (v) =>
    `an asset of kind ${KINDS[Number(big(v, "kind"))] ?? text(v, "kind")} is not minted in this way`,
  AssetZeroDigest: () => "a digest that is needed is zero",
  AssetEmptyBatch: () => "the list is empty",
  AssetNotCommitted: (v) => `nothing was committed as ${text(v, "commitment")}; commit a minute before minting`,
  AssetAlreadyCommitted: (v) => `${text(v, "commitment")} was committed before`,
  AssetCommitmentTooYoung: (v) => `the commitment can be used from ${time(v, "readyAt")} on`,
  AssetNotTrainedBy: (v) => `the result is one of ${text(v, "requester")}, not of ${text(v, "minter")}`,
  AssetNotOwner: (v) => `${text(v, "caller")} does not own asset ${text(v, "id")}`,
  AssetUnknownRecord: (v) => `results of ${text(v, "record")} cannot be minted`,
  AssetNotVault: (v) => `${text(v, "caller")} is not the vault, which alone books royalties`,
  AssetRoyaltyTooHigh: (v) =>
    `a royalty of ${text(v, "bps")} hundredths of a percent is above the most, ${text(v, "maximum")}`,
  AssetAlreadySet: (v) => `this is written once, and is written for asset ${text(v, "id")}`,
  AssetVersionConflict: (v) => `asset ${text(v, "id")} cannot follow asset ${text(v, "previous")} as a version`,
  AssetZeroAddress: () => "the zero address was given where an address is needed",
  LineageIndexTooLarge: (v) => `an asset has no parent number ${text(v, "index")}`,
};
