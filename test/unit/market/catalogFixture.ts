/** A ServiceCatalog over the real AssetRegistry and a table of GPU classes that tests write. */
import { ethers } from "hardhat";
import type { ClassTableMock, ServiceCatalog } from "../../../typechain-types";
import type { IServiceCatalog } from "../../../typechain-types/contracts/market/ServiceCatalog";
import { assetWorld, type AssetWorld, digest, Kind, mintFor } from "../assets/fixture";

/** A token in units of 1e9 wei. */
export const TOKEN_GWEI = 10n ** 9n;
export const CLASS = 4;
/** Of the class of the fixture. */
export const RATE = 1_000_000n;
export const INPUT_CHARGE = 50_000_000n;

export const FEES = { feeBps: 250n, drawUnitGwei: 50_000_000n, validatorFeeGwei: 100_000_000n };

/** An asset and the hash that its id follows from. */
export interface Content {
  readonly id: bigint;
  readonly hash: string;
}

export const NOTHING: Content = { id: 0n, hash: ethers.ZeroHash };

export type CatalogWorld = AssetWorld & {
  readonly catalog: ServiceCatalog;
  readonly classes: ClassTableMock;
  readonly model: Content;
  readonly dataset: Content;
};

/** Alice's model and Bob's dataset, one enabled class, and no service. */
export async function catalogWorld(): Promise<CatalogWorld> {
  const world = await assetWorld();
  const { assets, alice, bob, governor } = world;
  const classes = await ethers.deployContract("ClassTableMock");
  await classes.set(CLASS, RATE, INPUT_CHARGE, true);
  const catalog = await ethers.deployContract("ServiceCatalog", [classes, assets, FEES, governor.address]);
  const model = { id: await mintFor(assets, alice, "model", { priceGwei: 0n }), hash: digest("model") };
  const kind = Kind.Dataset;
  const dataset = { id: await mintFor(assets, bob, "dataset", { kind, priceGwei: 0n }), hash: digest("dataset") };
  return { ...world, catalog, classes, model, dataset };
}

/** Registers a service over the fixture's model, and over its dataset unless told otherwise; returns its id. */
export async function addService(
  world: CatalogWorld,
  { pricePerUnit = TOKEN_GWEI, model = world.model, dataset = world.dataset, classId = CLASS } = {},
): Promise<bigint> {
  const { catalog } = world;
  await catalog.register(model.id, model.hash, dataset.id, dataset.hash, classId, pricePerUnit);
  return catalog.serviceCount();
}

/** The lines of a quote as a plain object. */
export function linesOf(quote: IServiceCatalog.QuoteStructOutput) {
  const { compute, modelRoyalty, datasetRoyalty, drawUnit, drawReserve, reviewFee, protocolFee, total } = quote;
  return { compute, modelRoyalty, datasetRoyalty, drawUnit, drawReserve, reviewFee, protocolFee, total };
}

/** What a service runs, as a plain object. */
export async function serviceIn(catalog: ServiceCatalog, id: bigint) {
  const service = await catalog.serviceOf(id);
  const { model, modelHash, dataset, datasetHash, classId } = service;
  const { complexity, secondsPerUnit, pricePerUnitGwei, listed } = service;
  return { model, modelHash, dataset, datasetHash, classId, complexity, secondsPerUnit, pricePerUnitGwei, listed };
}
