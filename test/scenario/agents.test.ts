/** Agents as processes of the commands that users run, against the embedded chain. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { JobStatus } from "../../src/protocol/status";
import { Market, type Agent } from "./agents/market";

const SHORT = { epochs: 3 };

describe("agents", function () {
  this.timeout(180_000);
  let market: Market;

  beforeEach(async () => {
    market = await Market.open(await loadFixture(Market.deploy));
  });

  afterEach(async function () {
    await market.close(this.currentTest?.state === "failed");
  });

  it("a job from posting to payment, by the commands alone", async () => {
    const { ownerA, keeper, requester } = market.world.actors;
    await market.register(ownerA, "a");
    const operator = market.start("operator", "a", ownerA);
    market.answerRounds();
    market.start("keeper", "keeper", keeper, { always: true });
    const jobId = await market.post(SHORT);
    await market.reaches(jobId, JobStatus.Delivered);
    const checked = await market.command(
      "job",
      ["result", `${jobId}`, "--check", "--out", `${market.folder}/out`],
      requester,
    );
    expect(checked.code, JSON.stringify(checked.answer)).to.equal(0);
    expect(checked.answer).to.include({ ok: true, agrees: true });
    const accepted = await market.command("job", ["accept", `${jobId}`, "--yes"], requester);
    expect(accepted.answer).to.include({ ok: true, status: "Settled" });
    await operator.hears("ended");
    expect(operator.news.filter(({ event }) => event === "delivered")).to.have.length(1);
  });
});
