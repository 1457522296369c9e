/** Random steps of jobs, played on the real suite and on the reference model (jobMachine.test.ts). */
import { mine } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import fc from "fast-check";
import type { ContractTransactionResponse } from "ethers";
import { ARROWS, type MachineJob } from "../../src/model/job";
import { JobMode, JobStatus, Verdict } from "../../src/protocol/status";
import { jobLines, jobReserves, jobWindows } from "../../src/protocol/words";
import { CLASSES, type Duel, VERDICTS, type Played, type Step } from "../fixtures/duel";
import { NONE, plainRequest, RESULT, SALT, settingsOf } from "../fixtures/market";
import { digest, GWEI, plausibleEnergy } from "../fixtures/suite";

const HOUR = 3_600n;
const DAY = 86_400n;
/** What the notes of canaries seal; every operator delivers RESULT. */
const EXPECTED = digest("expected");
const FALLBACK_BLOCKS = 65;
/** Accounts that allowed the escrow at the beginning. */
const REQUESTERS = 3;
const { Posted, Assigned, Committed, Delivered, Disputed, Expired, Accused } = JobStatus;

/** What a random step is made of; each kind uses what it needs. */
export interface Dice {
  /** Which job, caller, class or service. */
  readonly pick: number;
  readonly other: number;
  /** Whether the caller, the job's status and the agreement are those that fit; mostly true. */
  readonly fitting: boolean;
  readonly allowed: boolean;
  readonly genuine: boolean;
  readonly plausible: boolean;
  readonly small: number;
  /** The job that is meant, where it is not left to chance. */
  readonly job?: Played;
}

export type Kind = (duel: Duel, dice: Dice, now: bigint) => Promise<Step | undefined>;

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** Which jobs a kind of step is for, at a time. */
type Fits = (job: MachineJob, now: bigint) => boolean;

const inStatus =
  (...statuses: readonly JobStatus[]): Fits =>
  ({ status }) =>
    statuses.includes(status);
/** Held, sealed or delivered, and its due time not past. */
const inTime =
  (status: JobStatus, mode?: JobMode): Fits =>
  (job, now) =>
    job.status === status && now <= job.due && (mode === undefined || job.mode === mode);

/** Held, in time, and not to be delivered with a proof. */
const unproven: Fits = (job, now) => inTime(Assigned)(job, now) && job.mode !== JobMode.Proof;

/** A current job that fits, or any when the dice say so. */
function jobFor({ jobs, machine }: Duel, fits: Fits, now: bigint, { pick, fitting, job }: Dice): Played | undefined {
  if (job !== undefined) return job;
  const fit = jobs.filter(({ model }) => isCurrent(machine, model) && fits(model, now));
  return fitting && fit.length !== 0 ? at(fit, pick) : jobs.length === 0 ? undefined : at(jobs, pick);
}

const isCurrent = ({ rings }: Duel["machine"], job: MachineJob) => rings.get(`${job.requester}/${job.ring}`) === job;

/** Whoever may do it, or anyone. */
function callerOf({ arena }: Duel, right: HardhatEthersSigner | undefined, { allowed, other }: Dice) {
  const { actors } = arena;
  const anyone = [
    actors.requester,
    actors.requester2,
    actors.ownerA,
    actors.operatorA,
    actors.operatorB,
    actors.ownerC,
    actors.modelOwner,
    actors.keeper,
    actors.stranger,
  ];
  return allowed && right !== undefined ? right : at(anyone, other);
}

const operatorOf = ({ arena }: Duel, { model }: Played) => arena.allGpus.find(({ id }) => id === model.gpu)?.operator;

const agreementFor = ({ chain }: Played, { genuine }: Dice) =>
  genuine ? chain.agreement : { ...chain.agreement, note: digest("another") };

/** Energy of the work so far, or more than any board draws. */
async function energyOf({ arena }: Duel, { model }: Played, { plausible }: Dice, now: bigint): Promise<bigint> {
  const gpu = arena.allGpus.find(({ id }) => id === model.gpu);
  if (gpu === undefined || ![Assigned, Committed].includes(model.status)) return 0n;
  const since = model.accepted ? model.startedAt : model.due - model.acceptance;
  const elapsed = model.status === Committed ? model.elapsed : now - since;
  return plausible ? plausibleEnergy(arena, gpu, Number(elapsed)) : 2n ** 32n - 1n;
}

// The kinds of steps

const post: Kind = async (duel, dice, now) => {
  const { arena, machine } = duel;
  const { requester, requester2, ownerA, stranger } = arena.actors;
  const freeRings = ({ address }: HardhatEthersSigner) =>
    [0, 1, 2].filter((ring) => {
      const last = machine.rings.get(`${machine.books.accounts.get(address)!}/${ring}`);
      return last === undefined || (ARROWS[last.status].length === 0 && !last.refundDue);
    });
  const crowd = [requester, requester, requester, ownerA, ownerA, requester2];
  const ready = crowd.filter((who) => {
    const account = machine.books.accounts.get(who.address)!;
    const funds = machine.books.balances.get(account) ?? 0n;
    return freeRings(who).length !== 0 && machine.books.authorised.has(account) && funds > 30n * GWEI;
  });
  const by = !dice.allowed ? stranger : at(dice.fitting && ready.length !== 0 ? ready : crowd, dice.other);
  const free = freeRings(by);
  const service = at([...arena.services, ...arena.services.slice(0, 2)], dice.pick);
  const units = at([1, 2, 7, 20], by === requester ? dice.small : 0);
  const named = dice.other % 6 === 0;
  const namedGpu = named ? at([1n, 2n, 3n, 4n, 5n, 6n, 99n], dice.pick) : 0n;
  const verifier = at([undefined, undefined, undefined, ...arena.verifiers], dice.pick + dice.small);
  const isOptimistic = verifier === undefined && dice.other % 3 === 1;
  const sealed = at([undefined, "another", "another", "result"] as const, dice.pick + dice.other);
  const offer = await arena.catalog.offer(service.id, units, named);
  const windows = jobWindows.decode(offer.windows);
  const posting = {
    ring: dice.fitting && free.length !== 0 ? at(free, dice.pick) : dice.small % 3,
    classId: service.classId,
    mode: isOptimistic ? JobMode.Optimistic : verifier === undefined ? JobMode.Acceptance : JobMode.Proof,
    sealed,
    namedGpu,
    pot: { ...jobLines.decode(offer.lines), ...jobReserves.decode(offer.reserves) },
    maxTotal: dice.plausible ? 2n ** 64n - 1n : offer.totalGwei - 1n,
    secondsPerAttempt: 1_000n,
    heartbeat: at([0n, 300n, 900n], dice.pick),
    expiry: now + at([0n, 900n, 5_000n, DAY], dice.other),
    payees: [windows.modelPayee, windows.datasetPayee] as const,
  };
  const plain = await plainRequest(arena);
  const request = {
    ...plain,
    note:
      sealed === undefined
        ? plain.note
        : await arena.escrow.canaryNoteOf(by, plain.inputDigest, sealed === "result" ? RESULT : EXPECTED, SALT),
    ring: posting.ring,
    service: service.id,
    units,
    mode: posting.mode,
    secondsPerAttempt: posting.secondsPerAttempt,
    heartbeat: posting.heartbeat,
    expiry: posting.expiry,
    namedGpu,
    maxTotalGwei: posting.maxTotal,
    ...(verifier === undefined ? {} : { verifier: await verifier.getAddress(), verifierGas: 60_000 }),
  };
  const verdict = verifier === undefined ? undefined : VERDICTS[arena.verifiers.indexOf(verifier)];
  let made: MachineJob;
  return {
    name: `post(${service.id}, ring ${posting.ring}, GPU ${namedGpu})`,
    model: () => void (made = machine.post(by.address, posting, duel.frozen)),
    send: () => arena.escrow.connect(by).post(request),
    after: (sent) => duel.posted(sent, by, made, verdict),
  };
};

/** A kind that acts on a job: which it is for, and what it does on either side. */
function onJob(
  name: string,
  fits: Fits,
  act: (
    duel: Duel,
    job: Played,
    dice: Dice,
    now: bigint,
  ) => Promise<{ model: () => void; send: () => Promise<ContractTransactionResponse> }>,
): Kind {
  return async (duel, dice, now) => {
    const job = jobFor(duel, fits, now, dice);
    if (job === undefined) return undefined;
    return { name: `${name}(${JobStatus[job.model.status]})`, ...(await act(duel, job, dice, now)) };
  };
}

const cancel = onJob("cancel", inStatus(Posted), async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  const ticket = dice.plausible ? job.ticket : job.ticket + 1n;
  return {
    model: () => duel.machine.cancel(by.address, job.model, dice.genuine, ticket, job.front),
    send: () => duel.arena.escrow.connect(by).cancel(job.chain.id, agreementFor(job, dice), ticket, job.front),
  };
});

const expire = onJob("expire", inStatus(Posted), async (duel, job, dice) => {
  const by = callerOf(duel, undefined, dice);
  const front = dice.plausible ? job.front : !job.front;
  return {
    model: () => duel.machine.expire(job.model, dice.genuine, job.ticket, front),
    send: () => duel.arena.escrow.connect(by).expire(job.chain.id, agreementFor(job, dice), job.ticket, front),
  };
});

const refund = onJob(
  "refund",
  ({ refundDue }) => refundDue,
  async (duel, job, dice) => ({
    model: () => duel.machine.refund(job.model, dice.genuine),
    send: () =>
      duel.arena.escrow.connect(callerOf(duel, undefined, dice)).refund(job.chain.id, agreementFor(job, dice)),
  }),
);

const requestRound: Kind = async (duel, dice) => {
  const { arena, machine } = duel;
  const waiting = CLASSES.filter((id) => machine.queue(id).main.length + machine.queue(id).front.length !== 0);
  const classes = dice.fitting ? [...waiting] : at([[], [CLASSES[0], CLASSES[0]], [...CLASSES], [9]], dice.pick);
  const by = callerOf(duel, arena.actors.keeper, dice);
  return {
    name: `requestRound(${classes.join()})`,
    model: () => machine.requestRound(by.address, classes),
    send: () => arena.escrow.connect(by).requestRound(classes, { value: 10n ** 17n }),
    after: () => duel.freeze(),
  };
};

const answer: Kind = async (duel, dice) => {
  const { arena, machine, unanswered } = duel;
  const newest = dice.fitting || dice.pick % 2 === 0;
  const requestId = newest ? unanswered.at(-1) : unanswered.at(0);
  if (requestId === undefined) return undefined;
  const wanted = machine.rounds.state === "requested" && requestId === unanswered.at(-1);
  return {
    name: `answer(${wanted ? "waited for" : "late"})`,
    model: () => void (wanted && machine.rounds.answer(machine.now)),
    send: () => arena.coordinator.connect(arena.actors.stranger).fulfillRandomWords(requestId, arena.beacon),
    after: async () => void unanswered.splice(unanswered.indexOf(requestId), 1),
  };
};

const assign: Kind = async (duel, dice) => {
  const { arena, machine } = duel;
  const pending = CLASSES.filter((id) => machine.queue(id).pending !== 0);
  const classId = dice.fitting && pending.length !== 0 ? at(pending, dice.pick) : at([...CLASSES, 9], dice.pick);
  const by = callerOf(duel, undefined, dice);
  const most = at([5, 1, 2, 5, 0], dice.small + dice.pick);
  if (machine.rounds.state === "answered") duel.seed = (await arena.beacon.seedOf(machine.rounds.number)).seed;
  return {
    name: `assign(${classId}, ${most})`,
    model: () => machine.assign(by.address, classId, most, duel.draw),
    send: () => arena.escrow.connect(by).assign(classId, most),
  };
};

const closeRound: Kind = async (duel, dice) => {
  const classId = at([...CLASSES], dice.pick);
  const by = callerOf(duel, undefined, dice);
  return {
    name: `closeRound(${classId})`,
    model: () => duel.machine.closeRound(by.address, classId, dice.small),
    send: () => duel.arena.escrow.connect(by).closeRound(classId, dice.small),
  };
};

const collect: Kind = async (duel, dice) => {
  const earners = [...duel.machine.books.drawFees].filter(([, fees]) => fees !== 0n).map(([who]) => who);
  const earner = Object.values(duel.arena.actors).find(({ address }) => address === at(earners, dice.pick));
  const by = callerOf(duel, earner, dice);
  return {
    name: "collect",
    model: () => duel.machine.books.collect(by.address),
    send: () => duel.arena.escrow.connect(by).collect(),
  };
};

const decline = onJob(
  "decline",
  (job, now) => inTime(Assigned)(job, now) && !job.accepted,
  async (duel, job, dice) => {
    const by = callerOf(duel, operatorOf(duel, job), dice);
    return {
      model: () => duel.machine.decline(by.address, job.model, dice.genuine, dice.plausible),
      send: () => duel.arena.escrow.connect(by).decline(job.chain.id, agreementFor(job, dice), dice.plausible),
    };
  },
);

const heartbeat = onJob("heartbeat", inTime(Assigned), async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  return {
    model: () => duel.machine.heartbeat(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).heartbeat(job.chain.id, agreementFor(job, dice), dice.small, NONE),
  };
});

const commit = onJob("commit", unproven, async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const { attempt, gpu } = job.model;
  const sealed = await duel.arena.escrow.commitmentOf(job.chain.id, attempt, gpu, RESULT, SALT);
  return {
    model: () => duel.machine.commit(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).commit(job.chain.id, agreementFor(job, dice), sealed),
  };
});

const reveal = onJob("reveal", inTime(Committed), async (duel, job, dice, now) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    model: () => duel.machine.reveal(by.address, job.model, dice.genuine, dice.plausible),
    send: () => duel.arena.escrow.connect(by).reveal(job.chain.id, RESULT, dice.genuine ? SALT : NONE, energy),
  };
});

const deliver = onJob("deliver", unproven, async (duel, job, dice, now) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    model: () => duel.machine.deliver(by.address, job.model, dice.plausible),
    send: () => duel.arena.escrow.connect(by).deliver(job.chain.id, RESULT, energy),
  };
});

const deliverWithProof = onJob("deliverWithProof", inTime(Assigned, JobMode.Proof), async (duel, job, dice, now) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    model: () => duel.machine.deliverWithProof(by.address, job.model, dice.genuine, dice.plausible, job.verdict),
    send: () =>
      duel.arena.escrow
        .connect(by)
        .deliverWithProof(job.chain.id, agreementFor(job, dice), RESULT, energy, "0x", { gasLimit: 3_000_000 }),
  };
});

const miss = onJob(
  "miss",
  (job, now) => inStatus(Assigned, Committed)(job, now) && now > job.due,
  async (duel, job, dice) => {
    const by = callerOf(duel, undefined, dice);
    return {
      model: () => duel.machine.miss(by.address, job.model, dice.genuine),
      send: () => duel.arena.escrow.connect(by).miss(job.chain.id, agreementFor(job, dice)),
    };
  },
);

const settle = onJob("settle", inStatus(Delivered), async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  return {
    model: () => duel.machine.settle(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).settle(job.chain.id, agreementFor(job, dice)),
  };
});

const settleMany: Kind = async (duel, dice) => {
  const { jobs, machine, arena } = duel;
  if (jobs.length === 0) return undefined;
  const rows = [0, 1, 2].map((step) => at(jobs, dice.pick + step * dice.other));
  const by = callerOf(duel, at(jobs, dice.pick).chain.requester, dice);
  const genuine = (row: number) => row !== dice.small;
  return {
    name: "settleMany",
    model: () =>
      void machine.settleMany(
        by.address,
        rows.map(({ model }, row) => ({ job: model, genuine: genuine(row) })),
      ),
    send: () =>
      arena.escrow.connect(by).settleMany(
        rows.map(({ chain }) => chain.id),
        rows.map((job, row) => agreementFor(job, { ...dice, genuine: genuine(row) })),
      ),
  };
};

const reject = onJob("reject", inTime(Delivered), async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  return {
    model: () => duel.machine.reject(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).reject(job.chain.id, agreementFor(job, dice), NONE),
  };
});

const challenge = onJob("challenge", inTime(Delivered, JobMode.Optimistic), async (duel, job, dice) => {
  const { requester, requester2, ownerA } = duel.arena.actors;
  const by = callerOf(duel, at([requester, requester2, ownerA], dice.pick), dice);
  return {
    model: () => duel.machine.challenge(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).challenge(job.chain.id, agreementFor(job, dice), NONE),
  };
});

const isCanary: Fits = (job, now) =>
  inTime(Delivered, JobMode.Acceptance)(job, now) && job.namedGpu === 0n && job.sealed === "another";

const accuse = onJob("accuse", isCanary, async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  const expected = job.model.sealed === "result" ? RESULT : EXPECTED;
  const salt = dice.plausible ? SALT : NONE;
  return {
    model: () => duel.machine.accuse(by.address, job.model, dice.genuine, dice.plausible),
    send: () => duel.arena.escrow.connect(by).accuse(job.chain.id, agreementFor(job, dice), expected, salt),
  };
});

const contest = onJob("contest", inTime(Accused), async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  return {
    model: () => duel.machine.contest(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).contest(job.chain.id, agreementFor(job, dice)),
  };
});

const convict = onJob("convict", inStatus(Accused), async (duel, job, dice) => ({
  model: () => duel.machine.convict(job.model, dice.genuine),
  send: () => duel.arena.escrow.connect(callerOf(duel, undefined, dice)).convict(job.chain.id, agreementFor(job, dice)),
}));

const rule = onJob("rule", inTime(Disputed), async (duel, job, dice) => {
  const { resolver } = duel.arena;
  const by = callerOf(duel, resolver, dice);
  const verdict = dice.plausible ? at([Verdict.Valid, Verdict.Invalid, Verdict.Unavailable], dice.pick) : Verdict.None;
  return {
    model: () => duel.machine.rule(by.address === resolver.address, job.model, dice.genuine, verdict),
    send: () => duel.arena.escrow.connect(by).rule(job.chain.id, agreementFor(job, dice), verdict, NONE),
  };
});

const splitDispute = onJob("splitDispute", inStatus(Disputed), async (duel, job, dice) => ({
  model: () => duel.machine.splitDispute(job.model, dice.genuine),
  send: () =>
    duel.arena.escrow.connect(callerOf(duel, undefined, dice)).splitDispute(job.chain.id, agreementFor(job, dice)),
}));

const fixFallback: Kind = async ({ arena, machine }) => ({
  name: "fixFallback",
  model: () => machine.rounds.fixFallback(machine.now),
  send: () => arena.beacon.connect(arena.actors.stranger).fixFallback(),
  after: async () => mine(FALLBACK_BLOCKS, { interval: 0 }),
});

const answerByFallback: Kind = async ({ arena, machine }) => ({
  name: "answerByFallback",
  model: () => machine.rounds.answerByFallback(machine.now),
  send: () => arena.beacon.connect(arena.actors.stranger).answerByFallback(),
});

const setPaused: Kind = async ({ arena, machine }) => ({
  name: `setPaused(${!machine.paused})`,
  model: () => void (machine.paused = !machine.paused),
  send: () => arena.escrow.connect(arena.actors.owner).setPaused(machine.paused),
});

const setSettings: Kind = async ({ arena, machine }, { pick, small }) => {
  const next = {
    acceptanceMinutes: at([2, 10, 120], pick),
    reviewHours: at([12, 24, 168], small),
    challengeHours: at([24, 48, 168], pick),
    revealSeconds: at([1_800, 7_200], pick),
    disputeSeconds: at([7, 14, 30], small) * Number(DAY),
    lockFactor: at([1, 5, 50], pick + small),
  };
  const settings = { ...(await settingsOf(arena)), ...next };
  return {
    name: "setSettings",
    model: () =>
      void Object.assign(machine.settings, {
        acceptance: BigInt(next.acceptanceMinutes) * 60n,
        review: BigInt(next.reviewHours) * HOUR,
        challenge: BigInt(next.challengeHours) * HOUR,
        reveal: BigInt(next.revealSeconds),
        dispute: BigInt(next.disputeSeconds),
        lockFactor: BigInt(next.lockFactor),
      }),
    send: () => arena.escrow.connect(arena.actors.owner).setSettings(settings),
  };
};

const authorise: Kind = async ({ arena, machine }, { pick }) => {
  const { requester, requester2, ownerA } = arena.actors;
  const revoked = [requester, requester2, ownerA].filter(
    ({ address }) => !machine.books.authorised.has(machine.books.accounts.get(address)!),
  );
  const by = at(revoked.length === 0 ? [requester, requester2, ownerA] : revoked, pick);
  const account = machine.books.accounts.get(by.address)!;
  const allowed = !machine.books.authorised.has(account);
  return {
    name: `authorise(${allowed})`,
    model: () => void (allowed ? machine.books.authorised.add(account) : machine.books.authorised.delete(account)),
    send: () => arena.vault.connect(by).setAuthorisation(arena.escrow, allowed),
  };
};

const setSequencer: Kind = async ({ arena, machine }, _, now) => {
  const down = machine.sequencerUpSince !== undefined;
  return {
    name: `setSequencer(${down ? "down" : "up"})`,
    model: () => void (machine.sequencerUpSince = down ? undefined : now),
    send: () => arena.feed.connect(arena.actors.stranger).set(down ? 1 : 0, now),
  };
};

const finaliseSlash: Kind = async ({ arena, machine }, { pick }) => {
  const slash = (pick % (machine.books.slashes.length + 1)) + 1;
  return {
    name: `finaliseSlash(${slash})`,
    model: () => machine.books.finaliseSlash(slash, machine.now),
    send: () => arena.registry.connect(arena.actors.stranger).finaliseSlash(slash),
  };
};

const collectCredit: Kind = async ({ arena, machine }, { pick }) => {
  const { credits, tariff } = machine.books;
  const account = at([...credits.keys(), tariff.treasury], pick);
  return {
    name: "collectCredit",
    model: () => machine.books.collectCredit(account),
    send: () => arena.registry.connect(arena.actors.stranger).collect(account),
  };
};

/** Whether a current job fits a moment from now. */
const some =
  (fits: Fits) =>
  ({ machine }: Duel) =>
    [...machine.rings.values()].some((job) => fits(job, machine.now + 60n));

const open = ({ machine }: Duel) => [...machine.rings.values()].filter(({ status }) => ARROWS[status].length !== 0);
const queued = ({ machine }: Duel) =>
  CLASSES.some((id) => machine.queue(id).main.length + machine.queue(id).front.length !== 0);

/** Kinds of steps: weight where they make sense, when that is, and what they do. */
export const KINDS: Readonly<Record<string, readonly [number, (duel: Duel) => boolean, Kind]>> = {
  post: [16, (duel) => !duel.machine.paused && open(duel).length < 6, post],
  cancel: [2, some(inStatus(Posted)), cancel],
  expire: [1, some(inStatus(Posted)), expire],
  refund: [8, some(({ refundDue }) => refundDue), refund],
  requestRound: [
    16,
    (duel) => queued(duel) && !(duel.machine.rounds.state === "answered" && duel.machine.remaining !== 0),
    requestRound,
  ],
  answer: [20, ({ machine }) => machine.rounds.state === "requested", answer],
  assign: [20, ({ machine }) => machine.rounds.state === "answered" && machine.remaining !== 0, assign],
  closeRound: [3, ({ machine }) => machine.rounds.state === "answered" && machine.remaining !== 0, closeRound],
  collect: [2, ({ machine }) => [...machine.books.drawFees.values()].some((fees) => fees !== 0n), collect],
  decline: [8, some((job, now) => inTime(Assigned)(job, now) && !job.accepted), decline],
  heartbeat: [14, some(inTime(Assigned)), heartbeat],
  commit: [14, some(unproven), commit],
  reveal: [40, some(inTime(Committed)), reveal],
  deliver: [26, some(unproven), deliver],
  deliverWithProof: [24, some(inTime(Assigned, JobMode.Proof)), deliverWithProof],
  miss: [2, some(inStatus(Assigned, Committed)), miss],
  report: [16, some((job, now) => inStatus(Assigned, Committed)(job, now) && now > job.due), miss],
  settle: [12, some(inStatus(Delivered)), settle],
  settleMany: [6, some(inStatus(Delivered)), settleMany],
  reject: [26, some(inTime(Delivered)), reject],
  challenge: [200, some(inTime(Delivered, JobMode.Optimistic)), challenge],
  accuse: [250, some(isCanary), accuse],
  contest: [80, some(inTime(Accused)), contest],
  convict: [80, some(inStatus(Accused)), convict],
  rule: [30, some(inTime(Disputed)), rule],
  splitDispute: [8, some(inStatus(Disputed)), splitDispute],
  fixFallback: [2, ({ machine }) => machine.rounds.state === "requested" && !machine.rounds.fallbackFixed, fixFallback],
  answerByFallback: [
    30,
    ({ machine }) => machine.rounds.fallbackFixed && machine.rounds.state === "requested",
    answerByFallback,
  ],
  setPaused: [1, () => true, setPaused],
  resume: [60, ({ machine }) => machine.paused, setPaused],
  setSettings: [1, () => true, setSettings],
  authorise: [1, () => true, authorise],
  allow: [30, ({ machine }) => machine.books.authorised.size < REQUESTERS, authorise],
  setSequencer: [1, () => true, setSequencer],
  sequencerUp: [30, ({ machine }) => machine.sequencerUpSince === undefined, setSequencer],
  finaliseSlash: [6, ({ machine }) => machine.books.slashes.some((slash) => slash.open), finaliseSlash],
  collectCredit: [
    3,
    ({ machine }) => [...machine.books.credits.values()].some((credit) => credit !== 0n),
    collectCredit,
  ],
};

/** One of the kinds that make sense now, by weight; any, when the die says so. */
export function chosenBy(duel: Duel, { die, sensible }: RandomStep["kind"]): string {
  const kinds = Object.entries(KINDS).filter(([, [, fits]]) => !sensible || fits(duel));
  const total = kinds.reduce((sum, [, [weight]]) => sum + weight, 0);
  let left = die % total;
  for (const [name, [weight]] of kinds) {
    if (left < weight) return name;
    left -= weight;
  }
  throw new Error("the weights do not add up");
}

const mostly = fc.nat(19).map((n) => n > 0);
const dice: fc.Arbitrary<Omit<Dice, "job">> = fc.record({
  pick: fc.nat(999),
  other: fc.nat(999),
  fitting: mostly,
  allowed: mostly,
  genuine: mostly,
  plausible: mostly,
  small: fc.nat(3),
});

/** When a step comes: soon, or around the second at which something opens or closes. */
export interface When {
  readonly soon: bigint;
  /** Out of ten; the less, the sooner a step waits for an edge. */
  readonly patience: number;
  readonly edge: number;
  readonly offset: bigint;
}
const when: fc.Arbitrary<When> = fc.record({
  soon: fc.oneof({ weight: 30, arbitrary: fc.bigInt(2n, 60n) }, { weight: 1, arbitrary: fc.bigInt(2n, 30n * HOUR) }),
  patience: fc.nat(9),
  edge: fc.nat(99),
  offset: fc.constantFrom(1n, 1n, 1n, 0n, 0n, -1n),
});

/** A step before it is known what there is to do. */
export interface RandomStep {
  readonly kind: { readonly die: number; readonly sensible: boolean };
  readonly dice: Dice;
  readonly when: When;
}
const kind = fc.record({ die: fc.nat(9_999), sensible: fc.nat(19).map((n) => n > 0) });
/** Steps in order. */
export const history: fc.Arbitrary<RandomStep[]> = fc.array(fc.record({ kind, dice, when }), {
  minLength: 50,
  maxLength: 90,
  size: "max",
});

/** Seconds at which a kind of step opens or closes. */
function edgesOf({ machine }: Duel, kind: string): readonly bigint[] {
  const jobs = [...machine.rings.values()];
  const dues = (...statuses: readonly JobStatus[]) =>
    jobs.filter(({ status }) => statuses.includes(status)).map(({ due }) => due);
  const { state, requestedAt, answeredAt } = machine.rounds;
  const deadlines: Readonly<Record<string, readonly bigint[]>> = {
    expire: jobs.filter(({ status }) => status === Posted).map(({ expiry }) => expiry),
    cancel: state === "requested" ? [requestedAt + HOUR] : [],
    requestRound: state === "requested" ? [requestedAt + HOUR] : [requestedAt + machine.rounds.interval],
    fixFallback: [requestedAt + DAY],
    closeRound: [answeredAt + 600n],
    miss: dues(Assigned, Committed),
    settle: dues(Delivered),
    settleMany: dues(Delivered),
    reject: dues(Delivered),
    challenge: dues(Delivered),
    accuse: dues(Delivered),
    contest: dues(Accused),
    convict: dues(Accused),
    rule: dues(Disputed),
    splitDispute: dues(Disputed),
    reveal: dues(Committed),
    finaliseSlash: machine.books.slashes.map(({ holdUntil }) => holdUntil),
  };
  return deadlines[kind] ?? dues(Assigned);
}

/** Kinds that mostly wait for their time. */
const PATIENT = ["expire", "miss", "convict", "splitDispute", "closeRound", "fixFallback", "finaliseSlash"];

/** When a step of a kind comes. */
export function timeOf(duel: Duel, kind: string, { soon, patience, edge, offset }: When, latest: bigint): bigint {
  const later = edgesOf(duel, kind).filter((second) => second + offset > latest);
  const waits = patience < (PATIENT.includes(kind) ? 8 : 1);
  return waits && later.length !== 0 ? at(later, edge) + offset : latest + soon;
}
