/** Every function on every status, with every word of the agreement changed, and on jobs that are gone. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { AgreementStruct } from "../../../../src/protocol/agreement";
import { JobStatus } from "../../../../src/protocol/status";
import { jobLines, jobReserves, jobTerms, jobWindows } from "../../../../src/protocol/words";
import {
  accusedJob,
  assignedJob,
  committedJob,
  deliveredJob,
  disputedJob,
  EXPECTED,
  fieldsOf,
  missOnce,
  NONE,
  overdue,
  playedBy,
  RESULT,
  ruleOn,
  SALT,
  type Market,
} from "../../../fixtures/market";
import {
  CLASS,
  deployMarket,
  digest,
  type Job,
  postAndDraw,
  postJob,
  requestRound,
  settle,
  statusOf,
  Verdict,
} from "../../../fixtures/suite";

interface Case {
  readonly world: Market;
  readonly job: Job;
}

/** A call of a function on a job, simulated, by whoever would be allowed to make it. */
type Call = (made: Case, id?: bigint, agreement?: Job["agreement"]) => Promise<unknown>;

/** The operator of whoever holds the job, or of the first GPU. */
async function operatorIn({ world: { escrow, gpus } }: Case, id: bigint) {
  const held = await fieldsOf({ escrow }, { id }).catch(() => undefined);
  return (gpus.find((gpu) => gpu.id === held?.gpu) ?? gpus[0]!).operator;
}

/** Functions on a job, with the statuses that they work on. Those that take an agreement come first. */
const FUNCTIONS: Record<string, { on: readonly JobStatus[]; bare?: true; call: Call }> = {
  cancel: {
    on: [JobStatus.Posted],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(job.requester).cancel.staticCall(id, agreement, job.ticket, false),
  },
  expire: {
    on: [JobStatus.Posted],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.stranger).expire.staticCall(id, agreement, job.ticket, false),
  },
  decline: {
    on: [JobStatus.Assigned],
    call: async (made, id = made.job.id, agreement = made.job.agreement) =>
      made.world.escrow.connect(await operatorIn(made, id)).decline.staticCall(id, agreement, false),
  },
  heartbeat: {
    on: [JobStatus.Assigned],
    call: async (made, id = made.job.id, agreement = made.job.agreement) =>
      made.world.escrow.connect(await operatorIn(made, id)).heartbeat.staticCall(id, agreement, 0, NONE),
  },
  commit: {
    on: [JobStatus.Assigned],
    call: async (made, id = made.job.id, agreement = made.job.agreement) =>
      made.world.escrow.connect(await operatorIn(made, id)).commit.staticCall(id, agreement, RESULT),
  },
  deliverWithProof: {
    on: [JobStatus.Assigned],
    call: async (made, id = made.job.id, agreement = made.job.agreement) =>
      made.world.escrow.connect(await operatorIn(made, id)).deliverWithProof.staticCall(id, agreement, RESULT, 1, "0x"),
  },
  miss: {
    on: [JobStatus.Assigned, JobStatus.Committed],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.stranger).miss.staticCall(id, agreement),
  },
  settle: {
    on: [JobStatus.Delivered],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(job.requester).settle.staticCall(id, agreement),
  },
  reject: {
    on: [JobStatus.Delivered],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(job.requester).reject.staticCall(id, agreement, NONE),
  },
  challenge: {
    on: [JobStatus.Delivered],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.requester2).challenge.staticCall(id, agreement, NONE),
  },
  accuse: {
    on: [JobStatus.Delivered],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(job.requester).accuse.staticCall(id, agreement, EXPECTED, SALT),
  },
  contest: {
    on: [JobStatus.Accused],
    call: async (made, id = made.job.id, agreement = made.job.agreement) =>
      made.world.escrow.connect(await operatorIn(made, id)).contest.staticCall(id, agreement),
  },
  convict: {
    on: [JobStatus.Accused],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.stranger).convict.staticCall(id, agreement),
  },
  rule: {
    on: [JobStatus.Disputed],
    call: async ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(await playedBy(world.arbiter)).rule.staticCall(id, agreement, Verdict.Valid, NONE),
  },
  splitDispute: {
    on: [JobStatus.Disputed],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.stranger).splitDispute.staticCall(id, agreement),
  },
  refund: {
    on: [JobStatus.Expired],
    call: ({ world, job }, id = job.id, agreement = job.agreement) =>
      world.escrow.connect(world.actors.stranger).refund.staticCall(id, agreement),
  },
  reveal: {
    on: [JobStatus.Committed],
    bare: true,
    call: async (made, id = made.job.id) =>
      made.world.escrow.connect(await operatorIn(made, id)).reveal.staticCall(id, RESULT, SALT, 1),
  },
  deliver: {
    on: [JobStatus.Assigned],
    bare: true,
    call: async (made, id = made.job.id) =>
      made.world.escrow.connect(await operatorIn(made, id)).deliver.staticCall(id, RESULT, 1),
  },
};

/** A job in each status. */
const STATES: Record<Exclude<keyof typeof JobStatus, "None">, () => Promise<Case>> = {
  Posted: async () => {
    const world = await loadFixture(deployMarket);
    return { world, job: await postJob(world, world.actors.requester, world.service) };
  },
  Assigned: () => assignedJob(),
  Committed: committedJob,
  Delivered: deliveredJob,
  Disputed: disputedJob,
  Settled: async () => {
    const made = await deliveredJob();
    await settle(made.world, made.job);
    return made;
  },
  Refunded: async () => {
    const made = await disputedJob();
    await ruleOn(made.world, made.job, Verdict.Invalid);
    return made;
  },
  Split: async () => {
    const made = await disputedJob();
    await overdue(made.world, made.job);
    await made.world.escrow.connect(made.world.actors.stranger).splitDispute(made.job.id, made.job.agreement);
    return made;
  },
  Cancelled: async () => {
    const { world, job } = await STATES.Posted();
    await world.escrow.connect(job.requester).cancel(job.id, job.agreement, job.ticket, false);
    return { world, job };
  },
  Expired: async () => {
    const { world, job } = await STATES.Posted();
    await requestRound(world, [CLASS.T4]);
    await time.increase(600);
    await world.escrow.connect(world.actors.stranger).closeRound(CLASS.T4, 1);
    return { world, job };
  },
  Accused: accusedJob,
};

/** The agreement with one word changed, for each of its fifteen words. */
function changedWords(agreement: AgreementStruct): [keyof AgreementStruct, AgreementStruct][] {
  const address = ethers.computeAddress(ethers.id("another"));
  const { terms, windows, lines, reserves } = agreement;
  const changes: AgreementStruct = {
    requester: address,
    model: agreement.model + 1n,
    dataset: agreement.dataset + 1n,
    modelHash: digest("another model"),
    datasetHash: digest("another dataset"),
    inputDigest: digest("another input"),
    parametersHash: digest("other parameters"),
    note: digest("another note"),
    terms: jobTerms.with(terms, { expiry: jobTerms.decode(terms).expiry - 1n }),
    windows: jobWindows.with(windows, { modelPayee: 1n }),
    lines: jobLines.with(lines, { compute: jobLines.decode(lines).compute + 1n }),
    reserves: jobReserves.with(reserves, { reviewFee: jobReserves.decode(reserves).reviewFee + 1n }),
    resolver: address,
    verifier: address,
    verifierGas: agreement.verifierGas + 1n,
  };
  return Object.entries(changes).map(([word, value]) => [
    word as keyof AgreementStruct,
    { ...agreement, [word]: value as unknown },
  ]);
}

const withAgreement = Object.entries(FUNCTIONS).filter(([, { bare }]) => bare === undefined);

describe("JobEscrow: every function on every job", () => {
  for (const [state, make] of Object.entries(STATES)) {
    it(`I11 on a job that is ${state}, only what belongs there gets past the status`, async () => {
      const made = await make();
      const { escrow } = made.world;
      const status = JobStatus[state as keyof typeof STATES];
      expect(await statusOf(made.world, made.job)).to.equal(BigInt(status));
      for (const [name, { on, call }] of Object.entries(FUNCTIONS)) {
        if (on.includes(status)) continue;
        await expect(call(made), name)
          .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
          .withArgs(made.job.id, status);
      }
    });
  }

  const firstState = (on: readonly JobStatus[]) => STATES[JobStatus[on[0]!] as keyof typeof STATES];

  for (const [name, { on, call }] of withAgreement) {
    it(`${name} refuses an agreement with any of its fifteen words changed`, async () => {
      const made = await firstState(on)();
      const { escrow } = made.world;
      const words = changedWords(made.job.agreement as AgreementStruct);
      expect(words).to.have.lengthOf(15);
      const stored = await escrow.agreementHashOf(made.job.id);
      for (const [word, agreement] of words) {
        const given = await escrow.hashAgreement(made.job.id, agreement);
        expect(given, word).to.not.equal(stored);
        await expect(call(made, made.job.id, agreement), word)
          .to.be.revertedWithCustomError(escrow, "EscrowWrongAgreement")
          .withArgs(made.job.id, stored, given);
      }
    });
  }

  it("settleMany skips a row with any of the fifteen words changed", async () => {
    const { world, job } = await deliveredJob();
    const words = changedWords(job.agreement as AgreementStruct).map(([, agreement]) => agreement);
    const ids = words.map(() => job.id);
    expect(await world.escrow.connect(job.requester).settleMany.staticCall(ids, words)).to.equal(0n);
    expect(await world.escrow.connect(job.requester).settleMany.staticCall([job.id], [job.agreement])).to.equal(1n);
  });

  it("an agreement with stray bits above an address or a number is another agreement", async () => {
    const { world, job } = await deliveredJob();
    const { escrow } = world;
    const clean = escrow.interface.encodeFunctionData("settle", [job.id, job.agreement]);
    const from = job.requester.address;
    const to = await escrow.getAddress();
    const wordAt = (index: number) => 10 + 64 * (1 + index);
    await ethers.provider.call({ from, to, data: clean });
    for (const index of [0, 12, 13, 14]) {
      const at = wordAt(index);
      const data = `${clean.slice(0, at)}1${clean.slice(at + 1)}`;
      await expect(ethers.provider.call({ from, to, data }), `word ${index}`).to.be.revertedWithCustomError(
        escrow,
        "EscrowWrongAgreement",
      );
    }
  });

  it("the agreement of another job, alike but for its place, is refused (I16)", async () => {
    const world = await loadFixture(deployMarket);
    // The next block's time follows the clock of the machine, which went on since the fixture's snapshot.
    await mine();
    const expiry = (await time.latest()) + 10_000;
    const [a, b] = [
      await postJob(world, world.actors.requester, world.service, { expiry }),
      await postJob(world, world.actors.requester, world.service, { expiry }),
    ];
    expect(a.agreement).to.deep.equal(b.agreement);
    expect(await world.escrow.agreementHashOf(a.id)).to.not.equal(await world.escrow.agreementHashOf(b.id));
  });

  describe("given a stale or unknown id", () => {
    it("every function refuses the generation before, the generation to come, and a job that never was", async () => {
      const world = await loadFixture(deployMarket);
      const old = await postJob(world, world.actors.requester, world.service, { namedGpu: world.gpus[0]!.id });
      await missOnce(world, old);
      const { job } = await postAndDraw(world);
      expect(job.id).to.equal(old.id + 1n);
      const made = { world, job };
      for (const id of [old.id, job.id + 1n, 0n, 1n, (77n << 48n) | 1n, 1n << 200n]) {
        for (const [name, { call }] of Object.entries(FUNCTIONS)) {
          await expect(call(made, id), name)
            .to.be.revertedWithCustomError(world.escrow, "EscrowUnknownJob")
            .withArgs(id);
        }
      }
    });

    it("so do the views, but for jobAt, which tells what is at a ring index", async () => {
      const { world, job } = await deliveredJob();
      const { escrow, vault, actors } = world;
      for (const id of [0n, job.id - 1n, job.id + 1n, job.id + (1n << 32n)]) {
        for (const view of [escrow.jobOf, escrow.agreementHashOf, escrow.resultOf, escrow.accusationOf]) {
          await expect(view(id)).to.be.revertedWithCustomError(escrow, "EscrowUnknownJob").withArgs(id);
        }
      }
      const account = await vault.accountOf(actors.requester);
      expect([...(await escrow.jobAt(account, 0))]).to.deep.equal([job.id, await escrow.jobOf(job.id)]);
      expect([...(await escrow.jobAt(account, 1))]).to.deep.equal([((account << 16n) | 1n) << 32n, 0n]);
    });
  });

  it("resultOf tells a commitment, then a digest, and nothing before (I48)", async () => {
    for (const [state, make] of Object.entries(STATES)) {
      const { world, job } = await make();
      const result = await world.escrow.resultOf(job.id);
      if (state === "Committed") {
        const { gpu } = await fieldsOf(world, job);
        expect(result).to.equal(await world.escrow.commitmentOf(job.id, 1, gpu, RESULT, SALT));
      } else if (["Delivered", "Accused", "Disputed", "Settled", "Refunded", "Split"].includes(state)) {
        expect(result, state).to.equal(RESULT);
      } else {
        expect(result, state).to.equal(NONE);
      }
    }
  });

  it("transitionsFrom is the table of the docs, for every status", async () => {
    const { escrow } = await loadFixture(deployMarket);
    const rows = await Promise.all(Array.from({ length: 12 }, (_, status) => escrow.transitionsFrom(status)));
    // Bits of Posted.. as docs/state-machines.md lists them; TransitionTable.test.ts reads the page itself.
    expect(rows).to.deep.equal([2n, 0x604n, 0x41an, 0x412n, 0x860n, 0x1c0n, 0n, 0n, 0n, 0n, 0n, 0xa0n]);
  });
});
