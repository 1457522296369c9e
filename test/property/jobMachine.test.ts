/** Random histories of jobs on the real suite against the reference model: who may do what when, and everyone's money. */
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import fc from "fast-check";
import type { ContractTransactionResponse } from "ethers";
import { ARROWS, type MachineJob } from "../../src/model/job";
import { drawFeesSpent, potTotal } from "../../src/model/payouts";
import { JobMode, JobStatus, Verdict } from "../../src/protocol/status";
import { jobLines, jobReserves, jobWindows } from "../../src/protocol/words";
import { CLASSES, deployArena, Duel, VERDICTS, type Played, type Step } from "../fixtures/duel";
import { fieldsOf, NONE, plainRequest, RESULT, SALT, settingsOf } from "../fixtures/market";
import { digest, plausibleEnergy } from "../fixtures/suite";

const HOUR = 3_600n;
const DAY = 86_400n;
const FALLBACK_BLOCKS = 65;
/** Accounts that allowed the escrow at the beginning. */
const REQUESTERS = 3;
const { Posted, Assigned, Committed, Delivered, Disputed, Expired } = JobStatus;

/** What a random step is made of; each kind uses what it needs. */
interface Dice {
  /** Which job, caller, class or service. */
  readonly pick: number;
  readonly other: number;
  /** Whether the caller, the job's status and the agreement are those that fit; mostly true. */
  readonly fitting: boolean;
  readonly allowed: boolean;
  readonly genuine: boolean;
  readonly plausible: boolean;
  readonly small: number;
}

type Kind = (duel: Duel, dice: Dice, now: bigint) => Promise<Step | undefined>;

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** A job in one of the statuses, or any when the dice say so. */
function jobIn({ jobs, machine }: Duel, statuses: readonly JobStatus[], { pick, fitting }: Dice): Played | undefined {
  const current = ({ model }: Played) => machine.rings.get(`${model.requester}/${model.ring}`) === model;
  const fits = jobs.filter((job) => statuses.includes(job.model.status) && current(job));
  return fitting && fits.length !== 0 ? at(fits, pick) : jobs.length === 0 ? undefined : at(jobs, pick);
}

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
  const idle = crowd.filter((who) => freeRings(who).length !== 0);
  const by = !dice.allowed ? stranger : at(dice.fitting && idle.length !== 0 ? idle : crowd, dice.other);
  const free = freeRings(by);
  const service = at(arena.services, dice.pick);
  const units = at([1, 2, 7, 100], by === requester2 ? 0 : dice.small);
  const named = dice.other % 6 === 0;
  const namedGpu = named ? at([1n, 2n, 3n, 4n, 5n, 99n], dice.pick) : 0n;
  const verifier = at([undefined, undefined, undefined, ...arena.verifiers], dice.pick + dice.small);
  const offer = await arena.catalog.offer(service.id, units, named);
  const windows = jobWindows.decode(offer.windows);
  const posting = {
    ring: dice.fitting && free.length !== 0 ? at(free, dice.pick) : dice.small % 3,
    classId: service.classId,
    mode: verifier === undefined ? JobMode.Acceptance : JobMode.Proof,
    namedGpu,
    pot: { ...jobLines.decode(offer.lines), ...jobReserves.decode(offer.reserves) },
    maxTotal: dice.plausible ? 2n ** 64n - 1n : offer.totalGwei - 1n,
    secondsPerAttempt: 1_000n,
    heartbeat: at([0n, 300n, 900n], dice.pick),
    expiry: now + at([0n, 900n, 5_000n, DAY], dice.other),
    payees: [windows.modelPayee, windows.datasetPayee] as const,
  };
  const request = {
    ...(await plainRequest(arena)),
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

/** A kind that acts on a job: which statuses it is for, and what it does on either side. */
function onJob(
  name: string,
  statuses: readonly JobStatus[],
  act: (
    duel: Duel,
    job: Played,
    dice: Dice,
    now: bigint,
  ) => Promise<{ model: () => void; send: () => Promise<ContractTransactionResponse> }>,
): Kind {
  return async (duel, dice, now) => {
    const job = jobIn(duel, statuses, dice);
    if (job === undefined) return undefined;
    return { name: `${name}(${JobStatus[job.model.status]})`, ...(await act(duel, job, dice, now)) };
  };
}

const cancel = onJob("cancel", [Posted], async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  const ticket = dice.plausible ? job.ticket : job.ticket + 1n;
  return {
    model: () => duel.machine.cancel(by.address, job.model, dice.genuine, ticket, job.front),
    send: () => duel.arena.escrow.connect(by).cancel(job.chain.id, agreementFor(job, dice), ticket, job.front),
  };
});

const expire = onJob("expire", [Posted], async (duel, job, dice) => {
  const by = callerOf(duel, undefined, dice);
  const front = dice.plausible ? job.front : !job.front;
  return {
    model: () => duel.machine.expire(job.model, dice.genuine, job.ticket, front),
    send: () => duel.arena.escrow.connect(by).expire(job.chain.id, agreementFor(job, dice), job.ticket, front),
  };
});

const refund = onJob("refund", [Expired], async (duel, job, dice) => ({
  model: () => duel.machine.refund(job.model, dice.genuine),
  send: () => duel.arena.escrow.connect(callerOf(duel, undefined, dice)).refund(job.chain.id, agreementFor(job, dice)),
}));

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
  const most = at([1, 1, 2, 5, 0], dice.small + dice.pick);
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

const decline = onJob("decline", [Assigned], async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  return {
    model: () => duel.machine.decline(by.address, job.model, dice.genuine, dice.plausible),
    send: () => duel.arena.escrow.connect(by).decline(job.chain.id, agreementFor(job, dice), dice.plausible),
  };
});

const heartbeat = onJob("heartbeat", [Assigned], async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  return {
    model: () => duel.machine.heartbeat(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).heartbeat(job.chain.id, agreementFor(job, dice), dice.small, NONE),
  };
});

const commit = onJob("commit", [Assigned], async (duel, job, dice) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const { attempt, gpu } = job.model;
  const sealed = await duel.arena.escrow.commitmentOf(job.chain.id, attempt, gpu, RESULT, SALT);
  return {
    model: () => duel.machine.commit(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).commit(job.chain.id, agreementFor(job, dice), sealed),
  };
});

const reveal = onJob("reveal", [Committed], async (duel, job, dice, now) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    model: () => duel.machine.reveal(by.address, job.model, dice.genuine, dice.plausible),
    send: () => duel.arena.escrow.connect(by).reveal(job.chain.id, RESULT, dice.genuine ? SALT : NONE, energy),
  };
});

const deliver = onJob("deliver", [Assigned], async (duel, job, dice, now) => {
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    model: () => duel.machine.deliver(by.address, job.model, dice.plausible),
    send: () => duel.arena.escrow.connect(by).deliver(job.chain.id, RESULT, energy),
  };
});

const deliverWithProof: Kind = async (duel, dice, now) => {
  const proofs = duel.jobs.filter(({ model }) => model.mode === JobMode.Proof && model.status === Assigned);
  const job = dice.fitting && proofs.length !== 0 ? at(proofs, dice.pick) : jobIn(duel, [Assigned], dice);
  if (job === undefined) return undefined;
  const by = callerOf(duel, operatorOf(duel, job), dice);
  const energy = await energyOf(duel, job, dice, now);
  return {
    name: `deliverWithProof(${JobStatus[job.model.status]}, ${job.verdict})`,
    model: () => duel.machine.deliverWithProof(by.address, job.model, dice.genuine, dice.plausible, job.verdict),
    send: () =>
      duel.arena.escrow
        .connect(by)
        .deliverWithProof(job.chain.id, agreementFor(job, dice), RESULT, energy, "0x", { gasLimit: 3_000_000 }),
  };
};

const miss = onJob("miss", [Assigned, Committed], async (duel, job, dice) => {
  const by = callerOf(duel, undefined, dice);
  return {
    model: () => duel.machine.miss(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).miss(job.chain.id, agreementFor(job, dice)),
  };
});

const settle = onJob("settle", [Delivered], async (duel, job, dice) => {
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

const reject = onJob("reject", [Delivered], async (duel, job, dice) => {
  const by = callerOf(duel, job.chain.requester, dice);
  return {
    model: () => duel.machine.reject(by.address, job.model, dice.genuine),
    send: () => duel.arena.escrow.connect(by).reject(job.chain.id, agreementFor(job, dice), NONE),
  };
});

const rule = onJob("rule", [Disputed], async (duel, job, dice) => {
  const { resolver } = duel.arena;
  const by = callerOf(duel, resolver, dice);
  const verdict = dice.plausible ? at([Verdict.Valid, Verdict.Invalid, Verdict.Unavailable], dice.pick) : Verdict.None;
  return {
    model: () => duel.machine.rule(by.address === resolver.address, job.model, dice.genuine, verdict),
    send: () => duel.arena.escrow.connect(by).rule(job.chain.id, agreementFor(job, dice), verdict, NONE),
  };
});

const splitDispute = onJob("splitDispute", [Disputed], async (duel, job, dice) => ({
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

/** Whether a current job is in one of the statuses. */
const some =
  (...statuses: readonly JobStatus[]) =>
  ({ machine }: Duel) =>
    [...machine.rings.values()].some(({ status }) => statuses.includes(status));

const open = ({ machine }: Duel) => [...machine.rings.values()].filter(({ status }) => ARROWS[status].length !== 0);
const queued = ({ machine }: Duel) =>
  CLASSES.some((id) => machine.queue(id).main.length + machine.queue(id).front.length !== 0);

/** Kinds of steps: weight where they make sense, when that is, and what they do. */
const KINDS: Readonly<Record<string, readonly [number, (duel: Duel) => boolean, Kind]>> = {
  post: [10, (duel) => !duel.machine.paused && open(duel).length < 6, post],
  cancel: [1, some(Posted), cancel],
  expire: [1, some(Posted), expire],
  refund: [6, ({ machine }) => [...machine.rings.values()].some(({ refundDue }) => refundDue), refund],
  requestRound: [
    12,
    (duel) => queued(duel) && !(duel.machine.rounds.state === "answered" && duel.machine.remaining !== 0),
    requestRound,
  ],
  answer: [12, ({ machine }) => machine.rounds.state === "requested", answer],
  assign: [20, ({ machine }) => machine.rounds.state === "answered" && machine.remaining !== 0, assign],
  closeRound: [2, ({ machine }) => machine.rounds.state === "answered" && machine.remaining !== 0, closeRound],
  collect: [1, ({ machine }) => [...machine.books.drawFees.values()].some((fees) => fees !== 0n), collect],
  decline: [3, some(Assigned), decline],
  heartbeat: [6, some(Assigned), heartbeat],
  commit: [5, some(Assigned), commit],
  reveal: [14, some(Committed), reveal],
  deliver: [7, some(Assigned), deliver],
  deliverWithProof: [
    12,
    ({ machine }) =>
      [...machine.rings.values()].some(({ status, mode }) => status === Assigned && mode === JobMode.Proof),
    deliverWithProof,
  ],
  miss: [4, some(Assigned, Committed), miss],
  settle: [6, some(Delivered), settle],
  settleMany: [2, some(Delivered), settleMany],
  reject: [8, some(Delivered), reject],
  rule: [12, some(Disputed), rule],
  splitDispute: [3, some(Disputed), splitDispute],
  fixFallback: [2, ({ machine }) => machine.rounds.state === "requested" && !machine.rounds.fallbackFixed, fixFallback],
  answerByFallback: [12, ({ machine }) => machine.rounds.fallbackFixed, answerByFallback],
  setPaused: [1, () => true, setPaused],
  resume: [20, ({ machine }) => machine.paused, setPaused],
  setSettings: [1, () => true, setSettings],
  authorise: [1, () => true, authorise],
  allow: [10, ({ machine }) => machine.books.authorised.size < REQUESTERS, authorise],
  setSequencer: [1, () => true, setSequencer],
  sequencerUp: [10, ({ machine }) => machine.sequencerUpSince === undefined, setSequencer],
  finaliseSlash: [3, ({ machine }) => machine.books.slashes.some((slash) => slash.open), finaliseSlash],
  collectCredit: [
    2,
    ({ machine }) => [...machine.books.credits.values()].some((credit) => credit !== 0n),
    collectCredit,
  ],
};

/** One of the kinds that make sense now, by weight; any, when the die says so. */
function chosenBy(duel: Duel, { die, sensible }: { readonly die: number; readonly sensible: boolean }): string {
  const kinds = Object.entries(KINDS).filter(([, [, fits]]) => !sensible || fits(duel));
  const total = kinds.reduce((sum, [, [weight]]) => sum + weight, 0);
  let left = die % total;
  for (const [name, [weight]] of kinds) {
    if (left < weight) return name;
    left -= weight;
  }
  throw new Error("the weights do not add up");
}

const mostly = fc.nat(9).map((n) => n > 0);
const dice: fc.Arbitrary<Dice> = fc.record({
  pick: fc.nat(999),
  other: fc.nat(999),
  fitting: mostly,
  allowed: mostly,
  genuine: mostly,
  plausible: mostly,
  small: fc.nat(3),
});

/** When a step comes: soon, or around the second at which something opens or closes. */
interface When {
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
  offset: fc.constantFrom(-1n, 0n, 0n, 1n, 1n, 1n),
});

const kind = fc.record({ die: fc.nat(9_999), sensible: fc.nat(9).map((n) => n > 0) });
const history = fc.array(fc.record({ kind, dice, when }), { minLength: 50, maxLength: 90, size: "max" });

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
    rule: dues(Disputed),
    splitDispute: dues(Disputed),
    reveal: dues(Committed),
    finaliseSlash: machine.books.slashes.map(({ holdUntil }) => holdUntil),
  };
  return deadlines[kind] ?? dues(Assigned);
}

/** Kinds that mostly wait for their time. */
const PATIENT = ["expire", "miss", "splitDispute", "closeRound", "fixFallback", "finaliseSlash"];

function timeOf(duel: Duel, kind: string, { soon, patience, edge, offset }: When, latest: bigint): bigint {
  const later = edgesOf(duel, kind).filter((second) => second + offset > latest);
  const waits = patience < (PATIENT.includes(kind) ? 8 : 1);
  return waits && later.length !== 0 ? at(later, edge) + offset : latest + soon;
}

/** I12, I13: a job that ended has paid out what was paid in, to the unit, and an open one no more than its draws. */
function expectPotsBalance({ jobs }: Duel): void {
  for (const { model } of jobs) {
    const ended = ARROWS[model.status].length === 0 && !model.refundDue;
    const spent = drawFeesSpent(model.pot, model);
    expect(model.paidOut, JobStatus[model.status]).to.equal(ended ? model.paidIn : spent);
    expect(model.paidIn).to.be.at.least(potTotal(model.pot));
  }
}

/** I15: strangers and time alone bring every open job to its end; what is left in the escrow are uncollected draw fees. */
async function endByTime(duel: Duel): Promise<void> {
  const { arena, machine } = duel;
  if (machine.sequencerUpSince === undefined) await playNow(duel, setSequencer, 2n);
  for (let steps = 0; ; steps += 1) {
    duel.locate();
    const job = duel.jobs.find(({ model }) => ARROWS[model.status].length !== 0 || model.refundDue);
    if (job === undefined) break;
    expect(steps, "steps of strangers").to.be.lessThan(200);
    const sure = { pick: 0, other: 8, fitting: true, allowed: false, genuine: true, plausible: true, small: 3 };
    const only = { ...duel, jobs: [job], arena, machine, draw: duel.draw, frozen: duel.frozen } as unknown as Duel;
    const latest = BigInt(await time.latest());
    const { status, refundDue, due, expiry, classId } = job.model;
    const queue = machine.queue(classId);
    const line = job.front ? queue.front : queue.main;
    const bound = queue.round === machine.rounds.number && line.isBound(job.ticket);
    const isClosable = status === Posted && bound && machine.rounds.state === "answered";
    const opens = isClosable
      ? machine.rounds.answeredAt + 600n
      : status === Posted
        ? (bound ? machine.rounds.requestedAt + HOUR : 0n) > expiry + 1n
          ? machine.rounds.requestedAt + HOUR
          : expiry + 1n
        : due + 1n;
    const upSince = machine.sequencerUpSince ?? 0n;
    const soonest = opens > upSince + HOUR ? opens : upSince + HOUR;
    const now = soonest > latest ? soonest : latest + 1n;
    const way = refundDue
      ? refund
      : isClosable
        ? { kind: closeRound, pick: CLASSES.indexOf(classId as (typeof CLASSES)[number]) }
        : status === Posted
          ? expire
          : status === Delivered
            ? settle
            : status === Disputed
              ? splitDispute
              : miss;
    const [leave, pick] = typeof way === "function" ? [way, 0] : [way.kind, way.pick];
    const step = await leave(only, { ...sure, pick }, now);
    expect(await duel.play(step!, now), `${step!.name} by a stranger`).to.equal(true);
  }
  const uncollected = [...machine.books.drawFees.values()].reduce((sum, fee) => sum + fee, 0n);
  expect(machine.books.held).to.equal(uncollected);
  expect([...machine.books.gpus.values()].every(({ locked, busy }) => locked === 0n && !busy)).to.equal(true);
  await duel.compare("the end by time");
}

async function playNow(duel: Duel, chosen: Kind, later: bigint): Promise<void> {
  const now = BigInt(await time.latest()) + later;
  const plain = { pick: 0, other: 0, fitting: true, allowed: true, genuine: true, plausible: true, small: 0 };
  const step = await chosen(duel, plain, now);
  await duel.play(step!, now);
}

describe("the job machine against its model", () => {
  it("agrees on every refusal, status, queue and balance through random histories (I11 to I16, I18)", async function () {
    this.timeout(600_000);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async (list) => {
        const duel = await Duel.begin(await loadFixture(deployArena));
        for (const { kind: chosen, dice: thrown, when: moment } of list)
          await takeStep(duel, chosen, thrown, moment, done);
        await endByTime(duel);
        expectPotsBalance(duel);
      }),
      { numRuns: 12, endOnFailure: true, seed: -1391931311 },
    );
    // The histories must have reached what they are about.
    console.table([...done].sort());
  });

  /** One random step on both sides, and everything compared. Counts what passed and what was refused. */
  async function takeStep(
    duel: Duel,
    chosen: { readonly die: number; readonly sensible: boolean },
    thrown: Dice,
    moment: When,
    done: Map<string, number>,
  ): Promise<void> {
    duel.locate();
    const name = chosenBy(duel, chosen);
    const now = timeOf(duel, name, moment, BigInt(await time.latest()));
    const step = await KINDS[name]![2](duel, thrown, now);
    if (step === undefined) return;
    const before = duel.jobs.map(({ model }) => model.status);
    const passed = await duel.play(step, now);
    const key = `${name} ${passed ? "passed" : "refused"}`;
    done.set(key, (done.get(key) ?? 0) + 1);
    await duel.compare(`${step.name} ${passed ? "passed" : "refused"}`);
    expectPotsBalance(duel);
    if (!passed) expect(duel.jobs.map(({ model }) => model.status)).to.deep.equal(before);
  }

  it("the model's word of a posted job is what the contract packs", async () => {
    const duel = await Duel.begin(await loadFixture(deployArena));
    await playNow(duel, post, 5n);
    const { model, chain } = duel.jobs[0]!;
    const { payGwei, status, generation } = await fieldsOf(duel.arena, chain);
    expect([payGwei, status, generation]).to.deep.equal([model.pot.compute, BigInt(model.status), 1n]);
  });
});
