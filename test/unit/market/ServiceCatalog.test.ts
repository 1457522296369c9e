import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { quoteOf } from "../../../src/model/quote";
import { jobLines, jobReserves, jobTerms, jobWindows } from "../../../src/protocol/words";
import { digest, Kind, mintFor, mintOf } from "../assets/fixture";
import {
  addService,
  catalogWorld,
  type CatalogWorld,
  CLASS,
  FEES,
  INPUT_CHARGE,
  linesOf,
  NOTHING,
  RATE,
  serviceIn,
  TOKEN_GWEI,
} from "./catalogFixture";

const NOBODY = ethers.ZeroAddress;
const MAX_64 = 2n ** 64n - 1n;
const MAX_UNITS = 2n ** 32n - 1n;
const MINIMUM = 60n * RATE;

/** A service of 1 token a unit over both assets, unlisted. */
async function serviceWorld(): Promise<CatalogWorld & { id: bigint }> {
  const world = await catalogWorld();
  return { ...world, id: await addService(world) };
}

describe("ServiceCatalog", () => {
  describe("constructor", () => {
    it("refuses zero addresses and fees out of bounds", async () => {
      const { catalog, classes, assets, governor } = await loadFixture(catalogWorld);
      const factory = await ethers.getContractFactory("ServiceCatalog");
      for (const deployed of [
        () => factory.deploy(NOBODY, assets, FEES, governor.address),
        () => factory.deploy(classes, NOBODY, FEES, governor.address),
      ]) {
        await expect(deployed()).to.be.revertedWithCustomError(catalog, "CatalogZeroAddress");
      }
      await expect(factory.deploy(classes, assets, FEES, NOBODY)).to.be.revertedWithCustomError(
        catalog,
        "OwnableInvalidOwner",
      );
      await expect(factory.deploy(classes, assets, { ...FEES, feeBps: 1_001 }, governor.address))
        .to.be.revertedWithCustomError(catalog, "CatalogOutOfBounds")
        .withArgs(1_001, 0, 1_000);
    });

    it("keeps what it was given, tells the first fees, and has no service", async () => {
      const { catalog, classes, assets, alice } = await loadFixture(catalogWorld);
      expect(await catalog.registry()).to.equal(await classes.getAddress());
      expect(await catalog.assets()).to.equal(await assets.getAddress());
      expect(await catalog.serviceCount()).to.equal(0);
      const other = await ethers.deployContract("ServiceCatalog", [classes, assets, FEES, alice.address]);
      expect(await other.owner()).to.equal(alice.address);
      await expect(other.deploymentTransaction())
        .to.emit(other, "FeesChanged")
        .withArgs(FEES.feeBps, FEES.drawUnitGwei, FEES.validatorFeeGwei);
    });
  });

  describe("register", () => {
    it("refuses a class that is unknown or closed", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, classes } = world;
      await classes.set(7, RATE, INPUT_CHARGE, false);
      for (const classId of [0, 7, 255]) {
        await expect(addService(world, { classId }))
          .to.be.revertedWithCustomError(catalog, "CatalogUnknownClass")
          .withArgs(classId);
      }
    });

    it("refuses a model whose id is not that of its hash as a Model or TrainedModel", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, assets, alice, dataset } = world;
      const data = { id: await mintFor(assets, alice, "model", { kind: Kind.Data }), hash: digest("model") };
      for (const model of [
        { ...world.model, hash: digest("another") },
        { ...world.model, id: world.model.id + 1n },
        { id: 0n, hash: world.model.hash },
        NOTHING,
        dataset,
        data,
      ]) {
        await expect(addService(world, { model }))
          .to.be.revertedWithCustomError(catalog, "CatalogHashMismatch")
          .withArgs(model.id, model.hash);
      }
    });

    it("refuses a dataset whose id is not that of its hash as a Dataset or Data", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, model } = world;
      for (const dataset of [
        { ...world.dataset, hash: digest("another") },
        { ...world.dataset, hash: ethers.ZeroHash },
        { id: 0n, hash: world.dataset.hash },
        model,
      ]) {
        await expect(addService(world, { dataset }))
          .to.be.revertedWithCustomError(catalog, "CatalogHashMismatch")
          .withArgs(dataset.id, dataset.hash);
      }
    });

    it("refuses assets that nobody minted", async () => {
      const world = await loadFixture(catalogWorld);
      const { assets } = world;
      const hash = digest("never minted");
      const model = await assets.assetId(Kind.Model, hash);
      await expect(addService(world, { model: { id: model, hash } }))
        .to.be.revertedWithCustomError(assets, "AssetUnknown")
        .withArgs(model);
      const trained = await assets.trainedAssetId(hash, 1);
      await expect(addService(world, { model: { id: trained, hash } }))
        .to.be.revertedWithCustomError(world.catalog, "CatalogHashMismatch")
        .withArgs(trained, hash);
      for (const kind of [Kind.Dataset, Kind.Data]) {
        const id = await assets.assetId(kind, hash);
        await expect(addService(world, { dataset: { id, hash } }))
          .to.be.revertedWithCustomError(assets, "AssetUnknown")
          .withArgs(id);
      }
    });

    it("refuses a class whose minimum job would not fit in 64 bits", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, classes } = world;
      const largest = MAX_64 / 60n;
      await classes.set(CLASS, largest + 1n, 0, true);
      await expect(addService(world))
        .to.be.revertedWithCustomError(catalog, "PricingSumTooLarge")
        .withArgs(60n * (largest + 1n));
      await classes.set(CLASS, largest, 0, true);
      const id = await addService(world);
      expect((await catalog.classFiguresOf(id)).minComputeGwei).to.equal(60n * largest);
    });

    it("is open to anyone, numbers services from 1, and tells everything", async () => {
      const { catalog, payer, model, dataset } = await loadFixture(catalogWorld);
      const call = catalog
        .connect(payer)
        .register(model.id, model.hash, dataset.id, dataset.hash, CLASS, 5n * TOKEN_GWEI);
      const told = [model.id, model.hash, dataset.id, dataset.hash, CLASS, 0, 0, 5n * TOKEN_GWEI, false];
      await expect(call)
        .to.emit(catalog, "ServiceRegistered")
        .withArgs(1, payer.address, told)
        .and.to.emit(catalog, "ServiceRefreshed")
        .withArgs(1, MINIMUM, INPUT_CHARGE);
      expect(await serviceIn(catalog, 1n)).to.deep.equal({
        model: model.id,
        modelHash: model.hash,
        dataset: dataset.id,
        datasetHash: dataset.hash,
        classId: BigInt(CLASS),
        complexity: 0n,
        secondsPerUnit: 0n,
        pricePerUnitGwei: 5n * TOKEN_GWEI,
        listed: false,
      });
      expect(await catalog.register.staticCall(model.id, model.hash, 0, ethers.ZeroHash, CLASS, 0)).to.equal(2);
    });

    it("takes trained models, raw data, models alone, and the same content as often as wanted", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, assets, module, alice } = world;
      await module.setTrained(1, digest("trained"), alice.address);
      await assets.connect(alice).mintTrained(mintOf("trained", { kind: Kind.TrainedModel }), module, 1);
      const account = await world.vault.accountOf(alice.address);
      const trained = { id: await assets.trainedAssetId(digest("trained"), account), hash: digest("trained") };
      const raw = { id: await mintFor(assets, alice, "raw", { kind: Kind.Data }), hash: digest("raw") };
      for (const [model, dataset] of [
        [trained, raw],
        [trained, world.dataset],
        [world.model, raw],
        [world.model, NOTHING],
        [world.model, NOTHING],
      ] as const) {
        const id = await addService(world, { model, dataset });
        const service = await serviceIn(catalog, id);
        expect([service.model, service.modelHash]).to.deep.equal([model.id, model.hash]);
        expect([service.dataset, service.datasetHash]).to.deep.equal([dataset.id, dataset.hash]);
      }
      expect(await catalog.serviceCount()).to.equal(5);
    });

    it("goes on when the assets change hands, and when their owners change the price", async () => {
      const world = await loadFixture(serviceWorld);
      const { catalog, assets, alice, carol, vault, model, id } = world;
      await assets.connect(alice).transferFrom(alice.address, carol.address, model.id);
      await assets.connect(carol).setPrice(model.id, 7);
      const offer = await catalog.offer(id, 1, false);
      expect(jobLines.decode(offer.lines).modelRoyalty).to.equal(7n);
      expect(jobWindows.decode(offer.windows).modelPayee).to.equal(await vault.accountOf(carol.address));
    });
  });

  describe("list", () => {
    it("is governance's alone", async () => {
      const { catalog, alice, id } = await loadFixture(serviceWorld);
      await expect(catalog.connect(alice).list(id, 5, 60, true))
        .to.be.revertedWithCustomError(catalog, "OwnableUnauthorizedAccount")
        .withArgs(alice.address);
    });

    it("refuses an unknown service, and figures outside their bounds", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      for (const unknown of [0, id + 1n]) {
        await expect(catalog.list(unknown, 5, 60, true))
          .to.be.revertedWithCustomError(catalog, "CatalogUnknownService")
          .withArgs(unknown);
      }
      for (const complexity of [0, 11, 255]) {
        await expect(catalog.list(id, complexity, 60, true))
          .to.be.revertedWithCustomError(catalog, "CatalogOutOfBounds")
          .withArgs(complexity, 1, 10);
      }
      for (const seconds of [0n, 86_401n, MAX_UNITS]) {
        await expect(catalog.list(id, 5, seconds, true))
          .to.be.revertedWithCustomError(catalog, "CatalogOutOfBounds")
          .withArgs(seconds, 1, 86_400);
      }
    });

    it("takes both ends of the bounds, and lists and takes off as often as wanted", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      for (const [complexity, seconds, listed] of [
        [1, 1, true],
        [10, 86_400, true],
        [10, 86_400, false],
        [3, 60, true],
      ] as const) {
        await expect(catalog.list(id, complexity, seconds, listed))
          .to.emit(catalog, "ServiceListed")
          .withArgs(id, complexity, seconds, listed);
        const service = await serviceIn(catalog, id);
        expect([service.complexity, service.secondsPerUnit, service.listed]).to.deep.equal([
          BigInt(complexity),
          BigInt(seconds),
          listed,
        ]);
      }
    });

    it("also reads the figures of the class again, and leaves price and content as they are", async () => {
      const { catalog, classes, id } = await loadFixture(serviceWorld);
      const before = await serviceIn(catalog, id);
      await classes.set(CLASS, 2n * RATE, 3n * INPUT_CHARGE, true);
      await expect(catalog.list(id, 4, 30, true))
        .to.emit(catalog, "ServiceRefreshed")
        .withArgs(id, 2n * MINIMUM, 3n * INPUT_CHARGE);
      expect([...(await catalog.classFiguresOf(id))]).to.deep.equal([2n * MINIMUM, 3n * INPUT_CHARGE]);
      expect(await serviceIn(catalog, id)).to.deep.equal({
        ...before,
        complexity: 4n,
        secondsPerUnit: 30n,
        listed: true,
      });
    });
  });

  describe("refresh", () => {
    it("refuses an unknown service", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      await expect(catalog.refresh(id + 1n))
        .to.be.revertedWithCustomError(catalog, "CatalogUnknownService")
        .withArgs(id + 1n);
    });

    it("is open to anyone: until then the old figures hold, afterwards the new ones", async () => {
      const { catalog, classes, carol, id } = await loadFixture(serviceWorld);
      await catalog.list(id, 4, 30, true);
      const before = await serviceIn(catalog, id);
      await classes.set(CLASS, 1_000n * RATE, 0, true);
      expect((await catalog.quote(id, 1, false)).compute).to.equal(TOKEN_GWEI);
      await expect(catalog.connect(carol).refresh(id))
        .to.emit(catalog, "ServiceRefreshed")
        .withArgs(id, 1_000n * MINIMUM, 0);
      const quote = await catalog.quote(id, 1, false);
      expect([quote.compute, quote.drawReserve]).to.deep.equal([1_000n * MINIMUM, 6n * FEES.drawUnitGwei]);
      expect(await serviceIn(catalog, id)).to.deep.equal(before);
    });

    it("works for a class that was closed to new GPUs since", async () => {
      const { catalog, classes, id } = await loadFixture(serviceWorld);
      await classes.set(CLASS, RATE, INPUT_CHARGE, false);
      await catalog.refresh(id);
      expect((await catalog.classFiguresOf(id)).minComputeGwei).to.equal(MINIMUM);
    });
  });

  describe("setFees", () => {
    it("is governance's alone", async () => {
      const { catalog, alice } = await loadFixture(catalogWorld);
      await expect(catalog.connect(alice).setFees(FEES))
        .to.be.revertedWithCustomError(catalog, "OwnableUnauthorizedAccount")
        .withArgs(alice.address);
    });

    it("I45 holds every bound, naming it", async () => {
      const { catalog } = await loadFixture(catalogWorld);
      const most = 10n ** 12n;
      for (const [change, value, low, high] of [
        [{ feeBps: 1_001n }, 1_001n, 0n, 1_000n],
        [{ feeBps: 65_535n }, 65_535n, 0n, 1_000n],
        [{ drawUnitGwei: 0n }, 0n, 100_000n, most],
        [{ drawUnitGwei: 99_999n }, 99_999n, 100_000n, most],
        [{ drawUnitGwei: most + 100_000n }, most + 100_000n, 100_000n, most],
        [{ drawUnitGwei: MAX_64 }, MAX_64, 100_000n, most],
        [{ validatorFeeGwei: most + 1n }, most + 1n, 0n, most],
        [{ validatorFeeGwei: MAX_64 }, MAX_64, 0n, most],
      ] as const) {
        await expect(catalog.setFees({ ...FEES, ...change }))
          .to.be.revertedWithCustomError(catalog, "CatalogOutOfBounds")
          .withArgs(value, low, high);
      }
      for (const drawUnitGwei of [100_001n, 199_999n, most - 1n]) {
        await expect(catalog.setFees({ ...FEES, drawUnitGwei }))
          .to.be.revertedWithCustomError(catalog, "CatalogNotWhole")
          .withArgs(drawUnitGwei);
      }
      expect([...(await catalog.fees())]).to.deep.equal(Object.values(FEES));
    });

    it("takes both ends of every bound; later quotes charge them", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      const most = 10n ** 12n;
      for (const fees of [
        { feeBps: 0n, drawUnitGwei: 100_000n, validatorFeeGwei: 0n },
        { feeBps: 1_000n, drawUnitGwei: most, validatorFeeGwei: most },
      ]) {
        await expect(catalog.setFees(fees))
          .to.emit(catalog, "FeesChanged")
          .withArgs(fees.feeBps, fees.drawUnitGwei, fees.validatorFeeGwei);
        expect([...(await catalog.fees())]).to.deep.equal(Object.values(fees));
        const quote = await catalog.quote(id, 1, false);
        expect(quote.protocolFee).to.equal((TOKEN_GWEI * fees.feeBps) / 10_000n);
        expect(quote.drawUnit).to.equal(fees.drawUnitGwei);
        expect(quote.reviewFee).to.equal(5n * fees.validatorFeeGwei);
        expect(jobTerms.decode((await catalog.offer(id, 1, false)).terms).feeBps).to.equal(fees.feeBps);
      }
    });
  });

  describe("worked prices of the papers", () => {
    it("16 power at 0.01 token an hour each cost 0.16 token an hour", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, classes } = world;
      const rate = TOKEN_GWEI / 100n;
      expect(await catalog.priceOfPower(16, rate, 3_600)).to.equal((16n * TOKEN_GWEI) / 100n);
      // The same as a service: a unit is one power for an hour.
      await classes.set(CLASS, 1, 0, true);
      const id = await addService(world, {
        pricePerUnit: await catalog.priceOfPower(1, rate, 3_600),
        dataset: NOTHING,
      });
      expect((await catalog.quote(id, 16, true)).compute).to.equal((16n * TOKEN_GWEI) / 100n);
    });

    it("a model of 1,100 and a dataset of 1,100 cost 2,200 besides the computing", async () => {
      const world = await loadFixture(serviceWorld);
      const { catalog, assets, alice, bob, model, dataset, id } = world;
      await assets.connect(alice).setPrice(model.id, 1_100n * TOKEN_GWEI);
      await assets.connect(bob).setPrice(dataset.id, 1_100n * TOKEN_GWEI);
      for (const units of [1, 7]) {
        const { modelRoyalty, datasetRoyalty } = await catalog.quote(id, units, false);
        expect([modelRoyalty, datasetRoyalty]).to.deep.equal([1_100n * TOKEN_GWEI, 1_100n * TOKEN_GWEI]);
        expect(modelRoyalty + datasetRoyalty).to.equal(2_200n * TOKEN_GWEI);
      }
    });

    it("priceOfPower rounds up, and refuses what does not fit", async () => {
      const { catalog } = await loadFixture(catalogWorld);
      expect(await catalog.priceOfPower(1, 1, 1)).to.equal(1);
      expect(await catalog.priceOfPower(1, 3_600, 1)).to.equal(1);
      expect(await catalog.priceOfPower(1, 3_601, 1)).to.equal(2);
      expect(await catalog.priceOfPower(0, MAX_64, MAX_UNITS)).to.equal(0);
      expect(await catalog.priceOfPower(1, MAX_64, 3_600)).to.equal(MAX_64);
      await expect(catalog.priceOfPower(2, MAX_64, 3_600))
        .to.be.revertedWithCustomError(catalog, "PricingSumTooLarge")
        .withArgs(2n * MAX_64);
    });
  });

  describe("quote", () => {
    it("refuses an unknown service and no units", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      for (const unknown of [0n, id + 1n, MAX_UNITS]) {
        for (const view of ["quote", "offer"] as const) {
          await expect(catalog[view](unknown, 1, false))
            .to.be.revertedWithCustomError(catalog, "CatalogUnknownService")
            .withArgs(unknown);
        }
        for (const view of ["serviceOf", "classFiguresOf"] as const) {
          await expect(catalog[view](unknown))
            .to.be.revertedWithCustomError(catalog, "CatalogUnknownService")
            .withArgs(unknown);
        }
      }
      for (const view of ["quote", "offer"] as const) {
        await expect(catalog[view](id, 0, false)).to.be.revertedWithCustomError(catalog, "CatalogZeroUnits");
      }
    });

    it("has every line, and their sum", async () => {
      const world = await loadFixture(serviceWorld);
      const { catalog, assets, alice, bob, model, dataset, id } = world;
      await assets.connect(alice).setPrice(model.id, 300_000_001n);
      await assets.connect(bob).setPrice(dataset.id, 200_000_000n);
      const taxed = 3n * TOKEN_GWEI + 500_000_001n;
      const lines = {
        compute: 3n * TOKEN_GWEI,
        modelRoyalty: 300_000_001n,
        datasetRoyalty: 200_000_000n,
        drawUnit: 50_000_000n,
        drawReserve: 6n * 50_000_000n + 3n * INPUT_CHARGE,
        reviewFee: 500_000_000n,
        // 2.5% of 3,500,000,001 is 87,500,000.025.
        protocolFee: 87_500_001n,
      };
      const total = taxed + lines.drawReserve + lines.reviewFee + lines.protocolFee;
      expect(linesOf(await catalog.quote(id, 3, false))).to.deep.equal({ ...lines, total });
    });

    it("of a named job has no draw", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      const drawn = await catalog.quote(id, 3, false);
      const named = await catalog.quote(id, 3, true);
      expect(linesOf(named)).to.deep.equal({
        ...linesOf(drawn),
        drawUnit: 0n,
        drawReserve: 0n,
        total: drawn.total - drawn.drawReserve,
      });
    });

    it("of a service over a model alone has no dataset royalty and no dataset payee", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, assets, alice, vault, model } = world;
      await assets.connect(alice).setPrice(model.id, 9);
      const id = await addService(world, { dataset: NOTHING });
      const offer = await catalog.offer(id, 1, false);
      expect([offer.dataset, offer.datasetHash]).to.deep.equal([0n, ethers.ZeroHash]);
      const { modelPayee, datasetPayee } = jobWindows.decode(offer.windows);
      expect([modelPayee, datasetPayee]).to.deep.equal([await vault.accountOf(alice.address), 0n]);
      const { modelRoyalty, datasetRoyalty } = jobLines.decode(offer.lines);
      expect([modelRoyalty, datasetRoyalty]).to.deep.equal([9n, 0n]);
    });

    it("asks at least for 60 seconds of the class rate", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog } = world;
      for (const [pricePerUnit, units, compute] of [
        [0n, 1n, MINIMUM],
        [0n, MAX_UNITS, MINIMUM],
        [MINIMUM - 1n, 1n, MINIMUM],
        [MINIMUM, 1n, MINIMUM],
        [MINIMUM + 1n, 1n, MINIMUM + 1n],
        [MINIMUM / 4n, 4n, MINIMUM],
        [MINIMUM / 4n, 5n, (MINIMUM / 4n) * 5n],
      ] as const) {
        const id = await addService(world, { pricePerUnit });
        expect((await catalog.quote(id, units, false)).compute).to.equal(compute);
      }
    });

    it("rounds the protocol fee up against the payer, to the unit", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, classes } = world;
      await classes.set(CLASS, 0, 0, true);
      for (const [price, fee] of [
        [1n, 1n],
        [40n, 1n],
        [41n, 2n],
      ] as const) {
        const id = await addService(world, { pricePerUnit: price, dataset: NOTHING });
        expect((await catalog.quote(id, 1, true)).protocolFee).to.equal(fee);
      }
    });

    it("fits up to the last unit of 64 bits, and refuses one more, naming the sum", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, assets, classes, alice, model } = world;
      await classes.set(CLASS, 0, 0, true);
      await catalog.setFees({ feeBps: 0, drawUnitGwei: 100_000, validatorFeeGwei: 0 });
      const id = await addService(world, { pricePerUnit: 1n, dataset: NOTHING });
      await assets.connect(alice).setPrice(model.id, MAX_64 - 7n);
      const quote = await catalog.quote(id, 7, true);
      expect([quote.total, quote.modelRoyalty]).to.deep.equal([MAX_64, MAX_64 - 7n]);
      for (const [units, named, sum] of [
        [8, true, MAX_64 + 1n],
        [7, false, MAX_64 + 600_000n],
      ] as const) {
        await expect(catalog.quote(id, units, named))
          .to.be.revertedWithCustomError(catalog, "PricingSumTooLarge")
          .withArgs(sum);
      }
    });

    it("refuses, and never wraps, at the maximum of everything", async () => {
      const world = await loadFixture(catalogWorld);
      const { catalog, assets, classes, alice, bob, model, dataset } = world;
      const rate = MAX_64 / 60n;
      await classes.set(CLASS, rate, MAX_64, true);
      const most = 10n ** 12n;
      await catalog.setFees({ feeBps: 1_000, drawUnitGwei: most, validatorFeeGwei: most });
      await assets.connect(alice).setPrice(model.id, MAX_64);
      await assets.connect(bob).setPrice(dataset.id, MAX_64);
      const id = await addService(world, { pricePerUnit: MAX_64 });
      const service = { pricePerUnit: MAX_64, modelPrice: MAX_64, datasetPrice: MAX_64, classRate: rate };
      const { total } = quoteOf(
        { ...service, inputCharge: MAX_64, listing: undefined },
        { feeBps: 1_000n, drawUnit: most, validatorFee: most },
        MAX_UNITS,
        false,
      );
      await expect(catalog.quote(id, MAX_UNITS, false))
        .to.be.revertedWithCustomError(catalog, "PricingSumTooLarge")
        .withArgs(total);
    });
  });

  describe("offer", () => {
    it("is the quote, packed, with what an agreement fixes of the service", async () => {
      const world = await loadFixture(serviceWorld);
      const { catalog, vault, alice, bob, model, dataset, id } = world;
      await catalog.list(id, 8, 100, true);
      const quote = await catalog.quote(id, 3, false);
      const offer = await catalog.offer(id, 3, false);
      expect([offer.model, offer.modelHash, offer.dataset, offer.datasetHash]).to.deep.equal([
        model.id,
        model.hash,
        dataset.id,
        dataset.hash,
      ]);
      expect(offer.totalGwei).to.equal(quote.total);
      expect(jobTerms.decode(offer.terms)).to.deep.equal({
        ...jobTerms.decode(0n),
        service: id,
        units: 3n,
        classId: BigInt(CLASS),
        complexity: 8n,
        feeBps: FEES.feeBps,
      });
      expect(jobWindows.decode(offer.windows)).to.deep.equal({
        ...jobWindows.decode(0n),
        referenceSeconds: 300n,
        modelPayee: await vault.accountOf(alice.address),
        datasetPayee: await vault.accountOf(bob.address),
      });
      const { compute, modelRoyalty, datasetRoyalty, protocolFee, drawUnit, drawReserve, reviewFee } = linesOf(quote);
      expect(jobLines.decode(offer.lines)).to.deep.equal({ compute, modelRoyalty, datasetRoyalty, protocolFee });
      expect(jobReserves.decode(offer.reserves)).to.deep.equal({
        drawUnit: drawUnit / 100_000n,
        drawReserve,
        reviewFee,
        inputCharge: INPUT_CHARGE,
      });
    });

    it("of an unlisted service counts as complexity 1 without reference seconds", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      const standing = async () => {
        const { terms, windows } = await catalog.offer(id, 10, false);
        return [jobTerms.decode(terms).complexity, jobWindows.decode(windows).referenceSeconds];
      };
      expect(await standing()).to.deep.equal([1n, 0n]);
      await catalog.list(id, 9, 60, true);
      expect(await standing()).to.deep.equal([9n, 600n]);
      await catalog.list(id, 9, 60, false);
      expect(await standing()).to.deep.equal([1n, 0n]);
    });

    it("counts at most a day of reference seconds, for any number of units", async () => {
      const { catalog, id } = await loadFixture(serviceWorld);
      await catalog.list(id, 1, 86_400, true);
      for (const [seconds, units, counted] of [
        [1n, 86_399n, 86_399n],
        [1n, 86_400n, 86_400n],
        [1n, 86_401n, 86_400n],
        [86_400n, 2n, 86_400n],
        [86_400n, MAX_UNITS, 86_400n],
      ] as const) {
        await catalog.list(id, 1, seconds, true);
        // The price of a unit is small enough that the sum fits for any number of them.
        const { windows } = await catalog.offer(id, units, false);
        expect(jobWindows.decode(windows).referenceSeconds).to.equal(counted);
      }
    });
  });
});
