/**
 * I15: from each state time alone and any caller reach an end with all money out. The states and the functions that leave
 * them are read from docs/state-machines.md, so that the page, the contract and this test cannot drift apart.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadFixture, mineUpTo, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ENDED, JobStatus, jobStatus } from "../../../src/protocol/status";
import { jobWord } from "../../../src/protocol/words";
import { Answers__factory } from "../../../typechain-types";
import {
  accusedJob,
  agreementOf,
  assignedJob,
  canaryJob,
  challengedJob,
  commitTo,
  committedJob,
  contestedJob,
  deliveredJob,
  disputedJob,
  fieldsOf,
  HOUR,
  missOnce,
  NONE,
  optimisticJob,
  overdue,
  queueOf,
  RESULT,
  type Market,
} from "../../fixtures/market";
import {
  addService,
  CLASS,
  conserve,
  deliver,
  deployMarket,
  drawRound,
  eventsOf,
  fundRequester,
  holderOf,
  type Job,
  mined,
  Mode,
  passInterval,
  plausibleEnergy,
  postAndDraw,
  postJob,
  requestRound,
  statusOf,
} from "../../fixtures/suite";

interface Way {
  readonly state: string;
  readonly functions: readonly string[];
}

/** Rows of the page's table of ways out by time. */
function documentedWays(): Way[] {
  const page = readFileSync(join(__dirname, "../../../docs/state-machines.md"), "utf8");
  const table = page.split("Ways out by time alone")[1]?.split("\n\n")[1] ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((row) => {
      const [, state = "", , functions = ""] = row.split("|").map((cell) => cell.trim());
      return { state, functions: [...functions.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name) };
    });
}

interface Stuck {
  readonly world: Market;
  readonly job: Job;
  /** Where a waiting job stands. */
  readonly ticket?: bigint;
  readonly front?: boolean;
}

const posted = async (change = {}): Promise<Stuck> => {
  const world = await loadFixture(deployMarket);
  return { world, job: await postJob(world, world.actors.requester, world.service, change) };
};

const heldBy = async (world: Market, job: Job) => holderOf(world, job, world.gpus);

/** A job of the only owner of a GPU, whose draws find no one. */
const lonely = async (): Promise<Stuck> => {
  const world = await loadFixture(deployMarket);
  const [own, ...others] = world.gpus;
  for (const gpu of others) await world.registry.connect(gpu.owner).setPaused(gpu.id, true);
  await fundRequester(world, own!.owner);
  return { world, job: await postJob(world, own!.owner, world.service) };
};

/** A job in proof mode whose verifier fails. */
const failing = async (): Promise<Stuck> => {
  const world = await loadFixture(deployMarket);
  const answers = await new Answers__factory(world.actors.deployer).deploy();
  await answers.setMode(2);
  await world.escrow.connect(world.actors.owner).setVerifier(answers, true);
  const change = { mode: Mode.Proof, verifier: await answers.getAddress(), verifierGas: 100_000 };
  const { job, gpu } = await postAndDraw(world, world.actors.requester, change);
  const energy = await plausibleEnergy(world, gpu, 1);
  await world.escrow.connect(gpu.operator).deliverWithProof(job.id, job.agreement, RESULT, energy, "0x");
  return { world, job };
};

/** Every situation that a job can be left in, by the row of the page that it belongs to. */
const SITUATIONS: Record<string, Record<string, () => Promise<Stuck>>> = {
  Posted: {
    "never bound": posted,
    "with a year to its expiry": async () => {
      await loadFixture(deployMarket);
      return posted({ expiry: (await time.latest()) + 364 * 86_400 });
    },
    "after a decline": async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).decline(job.id, job.agreement, true);
      return { world, job, ticket: 0n, front: true };
    },
    "after a miss": async () => {
      const { world, job } = await assignedJob();
      await missOnce(world, job);
      return { world, job, ticket: 0n, front: true };
    },
    "after a draw that found no one": async () => {
      const { world, job } = await lonely();
      await drawRound(world, [CLASS.T4]);
      return { world, job, ticket: (await queueOf(world, CLASS.T4)).mainHead };
    },
    "of a class without a GPU": async () => {
      const world = await loadFixture(deployMarket);
      const service = await addService(world, { label: "empty", classId: CLASS.L4 });
      return { world, job: await postJob(world, world.actors.requester, service) };
    },
    "behind a line of other jobs": async () => {
      const world = await loadFixture(deployMarket);
      for (let ring = 0; ring < 5; ring += 1) await postJob(world, world.actors.requester2, world.service, { ring });
      return { world, job: await postJob(world, world.actors.requester, world.service) };
    },
    "with the market stopped": async () => {
      const stuck = await posted();
      await stuck.world.escrow.connect(stuck.world.actors.owner).setPaused(true);
      await stuck.world.registry.connect(stuck.world.actors.owner).setWorkStopped(true);
      return stuck;
    },
  },
  "Posted, bound to an answered round": {
    "not drawn": async () => {
      const stuck = await posted();
      await requestRound(stuck.world, [CLASS.T4]);
      return stuck;
    },
    "in the middle of its tries": async () => {
      const stuck = await lonely();
      await requestRound(stuck.world, [CLASS.T4]);
      await stuck.world.escrow.connect(stuck.world.actors.keeper).assign(CLASS.T4, 1);
      return stuck;
    },
    "with the registry stopped": async () => {
      const stuck = await posted();
      await requestRound(stuck.world, [CLASS.T4]);
      await stuck.world.registry.connect(stuck.world.actors.owner).setWorkStopped(true);
      return stuck;
    },
  },
  "Posted, bound to an unanswered round": {
    "the first": async () => {
      const stuck = await posted();
      await passInterval(stuck.world);
      await stuck.world.escrow.connect(stuck.world.actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
      return stuck;
    },
    "the second": async () => {
      const stuck = await posted();
      const ask = () =>
        stuck.world.escrow.connect(stuck.world.actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
      await ask();
      await time.increase(HOUR);
      await ask();
      return stuck;
    },
    "with a fallback fixed that nobody takes": async () => {
      const stuck = await posted();
      const { escrow, beacon, actors } = stuck.world;
      await escrow.connect(actors.keeper).requestRound([CLASS.T4], { value: 10n ** 18n });
      await time.increase(24 * HOUR);
      await beacon.connect(actors.stranger).fixFallback();
      return stuck;
    },
  },
  "Assigned, Committed": {
    "drawn and silent": assignedJob,
    "accepted and silent": async () => {
      const { world, job, gpu } = await assignedJob();
      await world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 1, NONE);
      return { world, job };
    },
    "accepted without heart-beats": async () => {
      const { world, job, gpu } = await assignedJob({ heartbeat: 0, secondsPerAttempt: 72 * HOUR });
      await world.escrow.connect(gpu.operator).heartbeat(job.id, job.agreement, 1, NONE);
      return { world, job };
    },
    "drawn a third time": async () => {
      const { world, job } = await assignedJob();
      for (let draws = 1; draws < 3; draws += 1) {
        await missOnce(world, job);
        await drawRound(world, [CLASS.T4]);
      }
      return { world, job };
    },
    named: async () => posted({ namedGpu: 1n }),
    sealed: committedJob,
    "named and sealed": async () => {
      const { world, job } = await posted({ namedGpu: 1n });
      await commitTo({ world, job, gpu: await heldBy(world, job) });
      return { world, job };
    },
    "held by a GPU that left": async () => {
      const { world, job, gpu } = await assignedJob();
      await world.registry.connect(gpu.owner).beginUnbond(gpu.id, (await world.registry.gpuOf(gpu.id)).stake);
      return { world, job };
    },
  },
  Delivered: {
    "and forgotten": deliveredJob,
    "of a named GPU": async () => {
      const { world, job } = await posted({ namedGpu: 1n });
      await deliver(world, job, await heldBy(world, job));
      return { world, job };
    },
    "without a challenge": optimisticJob,
    "as a canary that nobody opens": canaryJob,
  },
  Accused: {
    "and not contested": accusedJob,
    "with the market stopped": async () => {
      const { world, job } = await accusedJob();
      await world.escrow.connect(world.actors.owner).setPaused(true);
      await world.registry.connect(world.actors.owner).setWorkStopped(true);
      return { world, job };
    },
  },
  Disputed: {
    "and never ruled": disputedJob,
    "by a challenge": challengedJob,
    "by who contests a canary": contestedJob,
    "by a verifier that failed": failing,
  },
};

/** Jobs of the other requester that wait in front of ours in one situation; each is worth what ours is. */
async function othersWaiting({ escrow, vault, actors }: Market): Promise<number> {
  const account = await vault.accountOf(actors.requester2);
  const jobs = await Promise.all([0, 1, 2, 3, 4].map((ring) => escrow.jobAt(account, ring)));
  return jobs.filter(({ job }) => jobWord.decode(job).status === BigInt(JobStatus.Posted)).length;
}

/** One step of a stranger at the time when it opens; what the page names for the state the job is in. */
async function leave(stuck: Stuck, ways: readonly Way[]): Promise<Stuck> {
  const { world, job } = stuck;
  const { escrow, beacon, actors } = world;
  const by = escrow.connect(actors.stranger);
  const { status, refundDue } = await fieldsOf(world, job);
  const allowed = (row: string, name: string) => {
    const way = ways.find(({ state }) => state === row);
    expect(way?.functions, `${row} by ${name}`).to.include(name);
  };
  switch (jobStatus(status)) {
    case JobStatus.Posted: {
      const queue = await queueOf(world, job.classId);
      const [{ ticket = job.ticket, front = false }, { round }] = [stuck, await escrow.roundOf()];
      const bound =
        queue.round === round &&
        (front ? ticket - queue.frontHead < queue.pendingFront : ticket - queue.mainHead < queue.pendingMain);
      const answered = bound && (await beacon.roundInfo(round)).status === 2n;
      if (answered) {
        allowed("Posted, bound to an answered round", "closeRound");
        await time.increase(600);
        await by.closeRound(job.classId, 256);
        return stuck;
      }
      const row = bound ? "Posted, bound to an unanswered round" : "Posted";
      const target = bound ? await beacon.fallbackTarget() : 0n;
      if (target !== 0n) {
        allowed(row, "answerByFallback");
        await mineUpTo(target + 1n);
        await beacon.connect(actors.stranger).answerByFallback();
        return stuck;
      }
      allowed(row, "expire");
      const expiry = Number(agreementOf(job).terms.expiry);
      await time.increaseTo(Math.max(expiry + 1, (await time.latest()) + (bound ? HOUR : 1)));
      await by.expire(job.id, job.agreement, ticket, front);
      return stuck;
    }
    case JobStatus.Assigned:
    case JobStatus.Committed: {
      allowed("Assigned, Committed", "miss");
      await overdue(world, job);
      const receipt = await mined(by.miss(job.id, job.agreement));
      const [requeued] = eventsOf(receipt, escrow, "JobRequeued");
      return { ...stuck, ticket: requeued?.args["ticket"] as bigint, front: true };
    }
    case JobStatus.Delivered:
      allowed("Delivered", "settle");
      await overdue(world, job);
      await by.settle(job.id, job.agreement);
      return stuck;
    case JobStatus.Accused:
      allowed("Accused", "convict");
      await overdue(world, job);
      await by.convict(job.id, job.agreement);
      return stuck;
    case JobStatus.Disputed:
      allowed("Disputed", "splitDispute");
      await overdue(world, job);
      await by.splitDispute(job.id, job.agreement);
      return stuck;
    default:
      expect(refundDue).to.equal(true);
      allowed("Posted, bound to an answered round", "refund");
      await by.refund(job.id, job.agreement);
      return stuck;
  }
}

describe("I15: every state is left by time and any caller", () => {
  const ways = documentedWays();

  it("the page has a row for each situation of this test, and this test one for each row", () => {
    expect(ways.map(({ state }) => state)).to.deep.equal(Object.keys(SITUATIONS));
  });

  for (const [row, situations] of Object.entries(SITUATIONS)) {
    for (const [name, make] of Object.entries(situations)) {
      it(`${row}: ${name}`, async () => {
        let stuck = await make();
        const { world, job } = stuck;
        const { escrow, vault, registry } = world;
        for (let steps = 0; ; steps += 1) {
          const { status, refundDue } = await fieldsOf(world, job);
          if (ENDED.has(jobStatus(status)) && !refundDue) break;
          expect(steps, "steps of strangers").to.be.lessThan(8);
          stuck = await leave(stuck, ways);
        }
        // All of its money is out: what is still held are other jobs and draw fees nobody has collected yet.
        const fees = await Promise.all(Object.values(world.actors).map((actor) => escrow.drawFeesOf(actor)));
        const uncollected = fees.reduce((sum, fee) => sum + fee, 0n);
        expect(await vault.heldBy(escrow)).to.equal(uncollected + BigInt(await othersWaiting(world)) * job.total);
        for (const gpu of world.gpus) {
          const { locked, active } = await registry.gpuOf(gpu.id);
          expect([locked, active]).to.deep.equal([0n, 0n]);
        }
        expect(ENDED.has(jobStatus(await statusOf(world, job)))).to.equal(true);
        await conserve(world);
      });
    }
  }
});
