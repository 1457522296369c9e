import { expect } from "chai";
import { ethers } from "hardhat";
import { chainOfJob, noteStep, rootOf } from "../../../src/agents/operator/chain";
import type { OperatorJob } from "../../../src/agents/operator/state";
import { chainOf } from "../../../src/protocol/training";
import { digestOf, type Digest } from "../../../src/store";

const digest = (text: string): Digest => digestOf(Buffer.from(text));
const step = (number: number): Digest => digest(`step ${number}`);
const keccak = (joined: string): string => ethers.keccak256(joined);

/** A job after so many steps, with a result. */
function jobAfter(count: number, change: Partial<OperatorJob> = {}): OperatorJob {
  const job: OperatorJob = {
    jobId: 1n,
    gpu: 7n,
    attempt: 1n,
    seenAt: 0,
    namedStep: 0,
    failedRuns: 0,
    checkpoint: { step: count, digest: step(count) },
    result: { digest: digest("result"), load: 1, resumedFrom: 0 },
  };
  for (let number = 1; number <= count; number++) noteStep(job, number, step(number));
  return { ...job, ...change };
}

describe("agents/operator/chain", () => {
  it("is the checkpoints of every step, the result in the place of the last", () => {
    const chain = chainOfJob(jobAfter(6));
    expect(chain).to.deep.equal([step(1), step(2), step(3), step(4), step(5), digest("result")]);
    expect(rootOf(chain!)).to.equal(chainOf(chain!, keccak).root);
  });

  it("is none of a job that a panel would look at whole, without a result, or without checkpoints", () => {
    expect(chainOfJob(jobAfter(4))).to.equal(undefined);
    expect(chainOfJob(jobAfter(6, { result: undefined }))).to.equal(undefined);
    expect(chainOfJob(jobAfter(6, { steps: undefined }))).to.equal(undefined);
    expect(chainOfJob(jobAfter(6, { checkpoint: undefined }))).to.equal(undefined);
  });

  it("follows work that began anew", () => {
    const job = jobAfter(6);
    noteStep(job, 1, digest("anew"));
    expect(job.steps).to.deep.equal([digest("anew")]);
    expect(chainOfJob(job)).to.equal(undefined);
  });

  it("is none of work that went on from somebody else's checkpoint", () => {
    const job: OperatorJob = jobAfter(0, { checkpoint: { step: 9, digest: step(9) } });
    for (let number = 4; number <= 9; number++) noteStep(job, number, step(number));
    expect(job.steps).to.equal(undefined);
    expect(chainOfJob(job)).to.equal(undefined);
  });

  it("remembers 2,000 steps at most", () => {
    const job = jobAfter(2_001);
    expect(job.steps).to.have.length(2_000);
    expect(chainOfJob(job)).to.equal(undefined);
  });
});
