/** Quotes and offers of the catalogue against the plain model, for random services, classes, fees and units. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { type QuotedService, type QuoteFees, quoteOf, standingOf } from "../../src/model/quote";
import { jobLines, jobReserves, jobTerms, jobWindows } from "../../src/protocol/words";
import { addService, catalogWorld, CLASS, linesOf, NOTHING } from "../unit/market/catalogFixture";

const MAX_64 = 2n ** 64n - 1n;
const DRAW_STEP = 100_000n;

/** Prices as a market has them, and now and then the extremes. */
const price = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 14n }) },
  { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 1_000n }) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, 2n ** 63n, MAX_64) },
);
const units = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 1_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }) },
);

const services: fc.Arbitrary<QuotedService> = fc.record({
  pricePerUnit: price,
  modelPrice: price,
  datasetPrice: price,
  classRate: fc.bigInt({ min: 0n, max: MAX_64 / 60n }).map((rate) => (rate % 3n === 0n ? rate : rate % 10n ** 10n)),
  inputCharge: price,
  listing: fc.option(
    fc.record({
      secondsPerUnit: fc.bigInt({ min: 1n, max: 86_400n }),
      complexity: fc.bigInt({ min: 1n, max: 10n }),
    }),
    { nil: undefined },
  ),
});

const fees: fc.Arbitrary<QuoteFees> = fc.record({
  feeBps: fc.bigInt({ min: 0n, max: 1_000n }),
  drawUnit: fc.bigInt({ min: 1n, max: 10n ** 7n }).map((steps) => steps * DRAW_STEP),
  validatorFee: fc.bigInt({ min: 0n, max: 10n ** 12n }),
});

describe("quotes against the plain model", () => {
  it("every line, the total and what counts for reputation are the model's; too large a sum is refused", async () => {
    let quoted = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        services,
        fees,
        units,
        fc.boolean(),
        fc.boolean(),
        async (service, charged, count, named, both) => {
          const world = await loadFixture(catalogWorld);
          const { catalog, classes, assets, alice, bob, model, dataset } = world;
          const seen = both ? service : { ...service, datasetPrice: 0n };
          await classes.set(CLASS, seen.classRate, seen.inputCharge, true);
          await assets.connect(alice).setPrice(model.id, seen.modelPrice);
          await assets.connect(bob).setPrice(dataset.id, service.datasetPrice);
          await catalog.setFees({
            feeBps: charged.feeBps,
            drawUnitGwei: charged.drawUnit,
            validatorFeeGwei: charged.validatorFee,
          });
          const id = await addService(world, {
            pricePerUnit: seen.pricePerUnit,
            ...(both ? {} : { dataset: NOTHING }),
          });
          const { listing } = seen;
          if (listing !== undefined) await catalog.list(id, listing.complexity, listing.secondsPerUnit, true);

          const expected = quoteOf(seen, charged, count, named);
          if (expected.total > MAX_64) {
            refused++;
            await expect(catalog.quote(id, count, named))
              .to.be.revertedWithCustomError(catalog, "PricingSumTooLarge")
              .withArgs(expected.total);
            return;
          }
          quoted++;
          expect(linesOf(await catalog.quote(id, count, named))).to.deep.equal(expected);

          const offer = await catalog.offer(id, count, named);
          const { compute, modelRoyalty, datasetRoyalty, protocolFee, drawReserve, reviewFee, drawUnit, total } =
            expected;
          expect(offer.totalGwei).to.equal(total);
          expect(jobLines.decode(offer.lines)).to.deep.equal({ compute, modelRoyalty, datasetRoyalty, protocolFee });
          expect(jobReserves.decode(offer.reserves)).to.deep.equal({
            drawUnit: drawUnit / DRAW_STEP,
            drawReserve,
            reviewFee,
            inputCharge: seen.inputCharge,
          });
          const { complexity, feeBps } = jobTerms.decode(offer.terms);
          const { referenceSeconds } = jobWindows.decode(offer.windows);
          expect({ complexity, referenceSeconds }).to.deep.equal(standingOf(seen, count));
          expect(feeBps).to.equal(charged.feeBps);
        },
      ),
      { numRuns: 150 },
    );
    expect(quoted, "quotes that fit").to.be.greaterThan(20);
    expect(refused, "quotes that do not").to.be.greaterThan(5);
  });

  it("the model's total is the sum of its lines, and its fee is the rate rounded up", () => {
    fc.assert(
      fc.property(services, fees, units, fc.boolean(), (service, charged, count, named) => {
        const quote = quoteOf(service, charged, count, named);
        const taxed = quote.compute + quote.modelRoyalty + quote.datasetRoyalty;
        expect(quote.total).to.equal(taxed + quote.protocolFee + quote.drawReserve + quote.reviewFee);
        const over = quote.protocolFee * 10_000n - taxed * charged.feeBps;
        expect(over >= 0n && over < 10_000n).to.equal(true);
        expect(quote.compute >= 60n * service.classRate && quote.compute >= count * service.pricePerUnit).to.equal(
          true,
        );
      }),
    );
  });
});
