import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import {
  type Ending,
  type PotHistory,
  type PotLines,
  canaryBond,
  challengeBond,
  drawFeesSpent,
  payouts,
  potTotal,
  rejectionBond,
} from "../../src/model/payouts";
import { jobLines, jobReserves, jobWord } from "../../src/protocol/words";
import { MarketHarness__factory } from "../../typechain-types";

const MAX_LINE = 2n ** 60n;

/** A pot whose reserve covers six draw fees and three charges, as the catalogue quotes it. */
const pots = fc
  .record({
    compute: fc.bigInt(0n, MAX_LINE),
    modelRoyalty: fc.bigInt(0n, MAX_LINE),
    datasetRoyalty: fc.bigInt(0n, MAX_LINE),
    protocolFee: fc.bigInt(0n, MAX_LINE),
    drawUnit: fc.bigInt(0n, 2n ** 28n - 1n),
    reviewFee: fc.bigInt(0n, MAX_LINE),
    inputCharge: fc.bigInt(0n, 2n ** 58n),
  })
  .map((l): PotLines => ({ ...l, drawReserve: 6n * l.drawUnit * 100_000n + 3n * l.inputCharge }));

const histories: fc.Arbitrary<PotHistory> = fc.record({ drawFees: fc.bigInt(0n, 6n), inputCharges: fc.bigInt(0n, 3n) });
const endings = fc.constantFrom<Ending>(
  "settled",
  "ruledValid",
  "challengedWrongly",
  "refunded",
  "ruledAgainst",
  "halved",
);

/** Bond that an ending has to share out: of a rejection, of a challenge, or none. */
function bondIn(ending: Ending, l: PotLines, isDrained: boolean): bigint {
  if (ending === "challengedWrongly") return isDrained ? 0n : challengeBond(l);
  return ending === "settled" || ending === "refunded" ? 0n : rejectionBond(l);
}

async function deployHarness() {
  const [deployer] = await ethers.getSigners();
  return new MarketHarness__factory(deployer!).deploy();
}

function words(l: PotLines, h: PotHistory) {
  const job = jobWord.encode({ ...jobWord.decode(0n), drawFees: h.drawFees, inputCharges: h.inputCharges });
  const lines = jobLines.encode({
    compute: l.compute,
    modelRoyalty: l.modelRoyalty,
    datasetRoyalty: l.datasetRoyalty,
    protocolFee: l.protocolFee,
  });
  const reserves = jobReserves.encode({
    drawUnit: l.drawUnit,
    drawReserve: l.drawReserve,
    reviewFee: l.reviewFee,
    inputCharge: l.inputCharge,
  });
  return { job, lines, reserves };
}

describe("Payouts against the plain model", () => {
  it("I12 I13 each ending pays exactly what was debited, bond and draw fees included", () => {
    fc.assert(
      fc.property(pots, histories, endings, fc.boolean(), (l, h, ending, isDrained) => {
        const bond = bondIn(ending, l, isDrained);
        const s = payouts(ending, l, h, bond);
        const out = s.owner + s.requester + s.resolver + s.fee + s.modelRoyalty + s.datasetRoyalty;
        expect(out + drawFeesSpent(l, h)).to.equal(potTotal(l) + bond);
        expect(Object.values(s).every((sum) => sum >= 0n)).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("I13 I17 the library pays what the model says", async () => {
    const harness = await loadFixture(deployHarness);
    await fc.assert(
      fc.asyncProperty(pots, histories, endings, fc.boolean(), async (l, h, ending, isDrained) => {
        const bond = bondIn(ending, l, isDrained);
        const { job, lines, reserves } = words(l, h);
        expect(await harness.rejectionBond(lines, reserves)).to.equal(rejectionBond(l));
        expect(await harness.challengeBond(lines, reserves)).to.equal(challengeBond(l));
        const lock = isDrained ? 0n : l.compute;
        expect(await harness.canaryBond(lock, job, reserves)).to.equal(canaryBond(lock, l, h));
        const sums =
          ending === "challengedWrongly"
            ? await harness.challenged(job, lines, reserves, bond)
            : ending === "settled" || ending === "ruledValid"
              ? await harness.settled(job, lines, reserves, ending === "ruledValid", bond)
              : ending === "halved"
                ? await harness.halved(job, lines, reserves, bond)
                : await harness.refunded(job, lines, reserves, ending === "ruledAgainst", bond);
        const { owner, requester, resolver, fee, modelRoyalty, datasetRoyalty } = payouts(ending, l, h, bond);
        expect([...sums]).to.deep.equal([owner, requester, resolver, fee, modelRoyalty, datasetRoyalty]);
      }),
      { numRuns: 120 },
    );
  });
});
