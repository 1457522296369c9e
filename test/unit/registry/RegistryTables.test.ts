import { expect } from "chai";
import type { Terms } from "./fixture";
import { world } from "./fixture";

/** The ends of every bound of SPEC 12. */
const LEAST: Terms = {
  gainPercent: 50,
  lossMinPercent: 50,
  lossMaxPercent: 50,
  fraudPercent: 50,
  dayCapPercent: 50,
  probationShare: 5,
  probationJobs: 1,
  freeDeclines: 0,
  finderBps: 0,
  incidentPercent: 10,
  moduleCapPercent: 1,
  registrationFeeBps: 0,
  callerPayBps: 0,
  unbonding: 14 * 86_400,
};
const GREATEST: Terms = {
  gainPercent: 150,
  lossMinPercent: 150,
  lossMaxPercent: 150,
  fraudPercent: 150,
  dayCapPercent: 150,
  probationShare: 50,
  probationJobs: 50,
  freeDeclines: 10,
  finderBps: 2_000,
  incidentPercent: 50,
  moduleCapPercent: 20,
  registrationFeeBps: 500,
  callerPayBps: 100,
  unbonding: 60 * 86_400,
};

describe("RegistryTables", () => {
  describe("setTerms", () => {
    for (const [end, terms] of Object.entries({ least: LEAST, greatest: GREATEST })) {
      it(`keeps the ${end} value of every term (I45)`, async () => {
        const { registry, lens, governor } = await world();
        await registry.connect(governor).getFunction("setTerms")(terms);
        const kept = await lens.terms();
        for (const name of Object.keys(terms) as (keyof Terms)[]) expect(kept[name], name).to.equal(terms[name]);
      });
    }
  });
});
