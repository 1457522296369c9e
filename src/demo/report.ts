import { ZeroAddress } from "ethers";
import { formatJobId } from "../protocol/jobId";
import { Finding, JobStatus, Verdict } from "../protocol/status";
import { DRAWN_SEGMENTS } from "../protocol/training";
import { GPU_CLASSES } from "../../deploy/data/gpu-classes";
import { describeOperator, OPERATORS, REQUESTERS, SEATS, TRAINING, VALIDATORS, type Fault } from "./cast";
import { resumedJob, reviewOf, type Chronicle, type JobStory, type ReviewStory, type SlashStory } from "./chronicle";
import { difference, type Ledger } from "./conservation";
import type { Playbill } from "./director";
import { gasSteps, type GasUse } from "./gas";
import { duration, points, table, tokens } from "./tables";

/** Everything that a report is made of. */
export interface Findings {
  readonly chronicle: Chronicle;
  readonly playbill: Playbill;
  /** Vault accounts by person. */
  readonly accounts: ReadonlyMap<string, bigint>;
  readonly addresses: ReadonlyMap<string, string>;
  /** 1e-6 points, by person. */
  readonly scoresBefore: ReadonlyMap<string, bigint>;
  readonly scoresAfter: ReadonlyMap<string, bigint>;
  /** Everything that a person has: wallet, vault, stake, credits. Wei. */
  readonly wealthBefore: ReadonlyMap<string, bigint>;
  readonly wealthAfter: ReadonlyMap<string, bigint>;
  readonly ledger: Ledger;
  readonly gas: readonly GasUse[];
  readonly datasetCid: string;
  readonly seconds: number;
  readonly chain: string;
}

/** A promise of the demonstration, and whether it was kept. */
export interface Expectation {
  readonly what: string;
  readonly ok: boolean;
}

/** Least share of held-out digits that the trained model must get right. */
export const LEAST_ACCURACY = 0.92;

/** What the demonstration is to show, checked one by one. */
export function expectations(findings: Findings): readonly Expectation[] {
  const { chronicle, ledger, playbill } = findings;
  const jobs = [...chronicle.jobs.values()];
  const kinds = new Set(playbill.kinds.values());
  const owners = new Set([...chronicle.gpus.values()].map(({ owner }) => owner));
  const classes = new Set([...chronicle.gpus.values()].map(({ classId }) => classId));
  const accuracy = modelOf(findings)?.accuracy ?? 0;
  return [
    { what: "six operators or more over three classes", ok: owners.size >= 6 && classes.size >= 3 },
    { what: "twelve jobs or more of both kinds", ok: jobs.length >= 12 && kinds.size === 2 },
    { what: "every job has ended", ok: jobs.every(({ endedAt }) => endedAt !== undefined) },
    {
      what: `${LEAST_ACCURACY * 100}% or more on held-out digits, from downloaded weights`,
      ok: accuracy >= LEAST_ACCURACY,
    },
    { what: "another operator finished the silent one's job from its checkpoint", ok: isResumed(findings) },
    { what: "who ran another model was rejected, ruled against, slashed and barred", ok: isCheatPunished(findings) },
    {
      what: `a panel of ${SEATS}, drawn from ${VALIDATORS.length} owners, found the cheat out, and was paid for it`,
      ok: isFoundByPanel(findings),
    },
    { what: "the requester who was cheated got back everything, to the wei", ok: isMadeWhole(findings) },
    {
      what: "a requester who never answered paid by silence",
      ok: jobsOf(findings, "silent").some(({ bySilence }) => bySilence === true),
    },
    { what: "a requester who rejected good work lost its bond to the operator", ok: isBondLost(findings) },
    {
      what: `${DRAWN_SEGMENTS} of a training's ${TRAINING.epochs} segments were opened and done again in place of all`,
      ok: isJudgedBySegments(findings),
    },
    { what: "an operator declined, and its job was done all the same", ok: isDeclined(findings) },
    { what: "every token is accounted for, to the wei", ok: difference(ledger) === 0n },
  ];
}

function personOf({ accounts }: Findings, account: bigint): string {
  return [...accounts].find(([, id]) => id === account)?.[0] ?? `account ${account}`;
}

function operatorOf(findings: Findings, gpu: bigint | undefined): string {
  const owner = gpu === undefined ? undefined : findings.chronicle.gpus.get(gpu)?.owner;
  return owner === undefined ? "" : personOf(findings, owner);
}

function jobsOf(findings: Findings, manner: string): readonly JobStory[] {
  const names = REQUESTERS.filter((requester) => requester.manner === manner).map(({ name }) => name);
  return [...findings.chronicle.jobs.values()].filter(({ requester }) => names.includes(personOf(findings, requester)));
}

function gpusOf(findings: Findings, how: Fault): ReadonlySet<bigint> {
  const names = OPERATORS.filter(({ fault }) => fault?.how === how).map(({ name }) => name);
  const gpus = [...findings.chronicle.gpus.keys()].filter((gpu) => names.includes(operatorOf(findings, gpu)));
  return new Set(gpus);
}

function isResumed(findings: Findings): boolean {
  const story = resumedJob(findings.chronicle, gpusOf(findings, "silentAfterFirstCheckpoint"));
  return (
    story !== undefined && (findings.playbill.resumed.get(story.id) ?? 0) > 0 && story.status === JobStatus.Settled
  );
}

/** Jobs of cheats that were ruled against, each with its slash. */
function cheats(findings: Findings): readonly { readonly job: JobStory; readonly slash: SlashStory | undefined }[] {
  const gpus = gpusOf(findings, "otherModel");
  const jobs = [...findings.chronicle.jobs.values()].filter(({ verdict, draws }) => {
    return verdict === Verdict.Invalid && gpus.has(draws.at(-1)?.gpu ?? 0n);
  });
  const slashes = [...findings.chronicle.slashes.values()];
  return jobs.map((job, index) => ({ job, slash: slashes[index] }));
}

function isCheatPunished(findings: Findings): boolean {
  const found = cheats(findings);
  const fallen = [...gpusOf(findings, "otherModel")].every((gpu) => {
    const name = operatorOf(findings, gpu);
    return (findings.scoresBefore.get(name) ?? 0n) - (findings.scoresAfter.get(name) ?? 0n) >= 25_000_000n;
  });
  const taken = found.every(({ job, slash }) => {
    const gpu = findings.chronicle.gpus.get(job.draws.at(-1)?.gpu ?? 0n);
    return slash?.isOpen === false && gpu !== undefined && gpu.slashed >= 5n * job.compute;
  });
  return (
    found.length > 0 &&
    fallen &&
    taken &&
    found.every(({ job }) => findings.playbill.inspections.get(job.id)?.agrees === false)
  );
}

/** Every seat named the same right digest, and got its part of the fee, as did who drew. */
function isFoundByPanel(findings: Findings): boolean {
  const reviews = cheats(findings).map(({ job }) => reviewOf(findings.chronicle, job.id));
  const found = reviews.filter((review) => review?.finding === Finding.Invalid && review.stage === "closed");
  return (
    found.length > 0 &&
    found.length === reviews.length &&
    found.every((review) => review?.seats.length === SEATS && review.owners === VALIDATORS.length) &&
    found.every((review) => review !== undefined && review.payees > SEATS && review.share > 0n)
  );
}

/** What returned at the ruling and what the slash paid are what posting and rejection took. */
function isMadeWhole(findings: Findings): boolean {
  const found = cheats(findings);
  return (
    found.length > 0 &&
    found.every(({ job, slash }) => job.returned + (slash?.toBeneficiary ?? 0n) === job.total + job.bond)
  );
}

/** A training was judged by some of its segments, by consent of the requester. */
function isJudgedBySegments({ chronicle }: Findings): boolean {
  return [...chronicle.reviews.values()].some(
    ({ opened, segments, stage }) => stage === "closed" && opened === DRAWN_SEGMENTS && segments === TRAINING.epochs,
  );
}

function isBondLost(findings: Findings): boolean {
  return jobsOf(findings, "rejects").some(
    ({ verdict, bond, paid, compute }) => verdict === Verdict.Valid && bond > 0n && paid === compute + bond,
  );
}

function isDeclined(findings: Findings): boolean {
  const gpus = gpusOf(findings, "declineAll");
  return [...findings.chronicle.jobs.values()].some(
    ({ draws, status }) =>
      status === JobStatus.Settled && draws.some(({ gpu, outcome }) => outcome === "declined" && gpus.has(gpu)),
  );
}

/** The trained model that was looked at first. */
function modelOf({ playbill }: Findings): { readonly accuracy: number; readonly cid: string } | undefined {
  for (const { accuracy, weights } of playbill.inspections.values()) {
    if (accuracy !== undefined && weights !== undefined)
      return { accuracy: accuracy.correct / accuracy.total, cid: weights };
  }
  return undefined;
}

/** The report as one JSON value. Amounts are decimal strings of wei, scores points. */
export function reportJson(findings: Findings): Record<string, unknown> {
  const { chronicle, ledger, playbill, datasetCid, seconds, chain } = findings;
  const kept = expectations(findings);
  const model = modelOf(findings);
  return {
    ok: kept.every(({ ok }) => ok),
    chain,
    wallSeconds: Math.round(seconds * 10) / 10,
    expectations: kept,
    jobs: [...chronicle.jobs.values()].map((story) => ({
      id: formatJobId(story.id),
      kind: playbill.kinds.get(story.id) ?? "unknown",
      state: JobStatus[story.status],
      operator: findings.addresses.get(operatorOf(findings, story.draws.at(-1)?.gpu)) ?? ZeroAddress,
      seconds: (story.endedAt ?? story.postedAt) - story.postedAt,
      workSeconds: workSeconds(story),
      requester: findings.addresses.get(personOf(findings, story.requester)),
      draws: story.draws.length,
      paid: story.paid.toString(),
      verdict: story.verdict === undefined ? null : Verdict[story.verdict],
      bySilence: story.bySilence ?? false,
    })),
    panels: [...chronicle.reviews.values()].map((review) => panelJson(findings, review)),
    operators: OPERATORS.map((role) => operatorJson(findings, role.name, role.classId)),
    model: { dataset: datasetCid, accuracy: model?.accuracy ?? null, cid: model?.cid ?? null },
    conservation: {
      minted: ledger.minted.toString(),
      held: Object.fromEntries(ledger.held.map(({ account, wei }) => [account, wei.toString()])),
      difference: difference(ledger).toString(),
    },
    gas: Object.fromEntries(gasSteps(findings.gas).map(({ step, mean }) => [step, Number(mean)])),
    fastForwarded: playbill.skipped,
  };
}

function panelJson(findings: Findings, review: ReviewStory): Record<string, unknown> {
  return {
    job: formatJobId(review.job),
    question: review.question,
    owners: review.owners,
    seats: review.seats.map((seat) => findings.addresses.get(personOf(findings, seat))),
    verdict: Finding[review.finding],
    opened: review.opened,
    segments: review.segments,
    payees: review.payees,
    share: review.share.toString(),
  };
}

function operatorJson(findings: Findings, name: string, classId: number): Record<string, unknown> {
  const { staked, slashed, earned } = operatorSums(findings, name);
  return {
    address: findings.addresses.get(name),
    name,
    class: classId,
    scoreBefore: Number(findings.scoresBefore.get(name) ?? 0n) / 1e6,
    scoreAfter: Number(findings.scoresAfter.get(name) ?? 0n) / 1e6,
    staked: staked.toString(),
    slashed: slashed.toString(),
    earned: earned.toString(),
  };
}

function operatorSums(
  findings: Findings,
  name: string,
): { staked: bigint; slashed: bigint; earned: bigint; gpus: number } {
  const gpus = [...findings.chronicle.gpus.values()].filter(({ gpu }) => operatorOf(findings, gpu) === name);
  return {
    gpus: gpus.length,
    staked: gpus.reduce((sum, gpu) => sum + gpu.staked, 0n),
    slashed: gpus.reduce((sum, gpu) => sum + gpu.slashed, 0n),
    earned: gpus.reduce((sum, { gpu }) => sum + (findings.chronicle.pay.get(gpu) ?? 0n), 0n),
  };
}

/** From the last draw to the delivery, chain seconds; null when nothing was delivered. */
function workSeconds({ draws, deliveredAt }: JobStory): number | null {
  const drawn = draws.at(-1)?.at;
  return drawn === undefined || deliveredAt === undefined ? null : deliveredAt - drawn;
}

/** The report as tables for people. */
export function reportText(findings: Findings): string {
  const { ledger, playbill, seconds } = findings;
  const model = modelOf(findings);
  const sum = ledger.held.reduce((total, { wei }) => total + wei, 0n);
  return [
    section("Model", modelLine(model)),
    section("Jobs", jobTable(findings)),
    section("Panels", panelTable(findings)),
    section("Operators", operatorTable(findings)),
    section("Who paid and who earned (tokens; everything a person has: wallet, vault, stake)", moneyTable(findings)),
    section("Gas", gasTable(findings)),
    section("Waits that were fast-forwarded", skipTable(playbill)),
    section("Where every token is", holdingsTable(ledger)),
    `minted ${ledger.minted} wei - held ${sum} wei = ${difference(ledger)} wei`,
    "",
    ...expectations(findings).map(({ what, ok }) => `${ok ? "ok  " : "FAIL"} ${what}`),
    "",
    `${seconds.toFixed(1)} s of wall clock on ${findings.chain}`,
  ].join("\n");
}

function section(title: string, body: string): string {
  return `\n== ${title}\n\n${body}\n`;
}

function modelLine(model: ReturnType<typeof modelOf>): string {
  if (model === undefined) return "no model was downloaded";
  const percent = (model.accuracy * 100).toFixed(2);
  return `${percent}% of the held-out digits right, recomputed by the requester from the downloaded weights ${model.cid}`;
}

function jobTable(findings: Findings): string {
  const rows = [...findings.chronicle.jobs.values()].map((story) => {
    const work = workSeconds(story);
    return [
      formatJobId(story.id),
      findings.playbill.kinds.get(story.id) ?? "unknown",
      personOf(findings, story.requester),
      story.draws
        .map(
          ({ gpu, outcome }) =>
            `${operatorOf(findings, gpu)}${outcome === "delivered" ? "" : ` (${outcome ?? "open"})`}`,
        )
        .join(", "),
      endOf(story),
      work === null ? "" : duration(work),
      duration((story.endedAt ?? story.postedAt) - story.postedAt),
      tokens(story.paid),
    ];
  });
  const right = "right" as const;
  return table(
    [
      { title: "job" },
      { title: "kind" },
      { title: "requester" },
      { title: "drawn" },
      { title: "end" },
      { title: "work", align: right },
      { title: "in all", align: right },
      { title: "paid", align: right },
    ],
    rows,
  );
}

function panelTable(findings: Findings): string {
  const rows = [...findings.chronicle.reviews.values()].map((review) => [
    formatJobId(review.job),
    review.seats.map((seat) => personOf(findings, seat)).join(", "),
    `${review.owners}`,
    review.segments === 0 ? "all" : `${review.opened} of ${review.segments}`,
    Finding[review.finding] ?? "",
    `${review.payees}`,
    tokens(review.share),
  ]);
  const right = "right" as const;
  return table(
    [
      { title: "job" },
      { title: "drawn" },
      { title: "from owners", align: right },
      { title: "done again" },
      { title: "verdict" },
      { title: "paid", align: right },
      { title: "each", align: right },
    ],
    rows,
  );
}

function endOf({ status, bySilence, verdict }: JobStory): string {
  const name = JobStatus[status];
  if (bySilence === true) return `${name} by silence`;
  return verdict === undefined ? name : `${name}, ruled ${Verdict[verdict]}`;
}

function operatorTable(findings: Findings): string {
  const rows = OPERATORS.map((role) => {
    const { staked, slashed, earned, gpus } = operatorSums(findings, role.name);
    const className = GPU_CLASSES.find(({ classId }) => classId === role.classId)?.name ?? "";
    return [
      role.name,
      describeOperator(role),
      `${gpus} x ${className}`,
      points(findings.scoresBefore.get(role.name) ?? 0n),
      points(findings.scoresAfter.get(role.name) ?? 0n),
      tokens(staked),
      tokens(slashed),
      tokens(earned),
    ];
  });
  const right = "right" as const;
  return table(
    [
      { title: "operator" },
      { title: "manner" },
      { title: "GPUs" },
      { title: "score", align: right },
      { title: "after", align: right },
      { title: "staked", align: right },
      { title: "slashed", align: right },
      { title: "earned", align: right },
    ],
    rows,
  );
}

function moneyTable({ wealthBefore, wealthAfter }: Findings): string {
  const rows = [...wealthAfter].map(([name, after]) => {
    const before = wealthBefore.get(name) ?? 0n;
    return { name, before, after, change: after - before };
  });
  const right = "right" as const;
  return table(
    [
      { title: "person" },
      { title: "before", align: right },
      { title: "after", align: right },
      { title: "change", align: right },
    ],
    rows
      .filter(({ change }) => change !== 0n)
      .map(({ name, before, after, change }) => [
        name,
        tokens(before, { digits: 4 }),
        tokens(after, { digits: 4 }),
        tokens(change, { digits: 4, signed: true }),
      ]),
  );
}

function gasTable({ gas }: Findings): string {
  const right = "right" as const;
  return table(
    [
      { title: "step" },
      { title: "times", align: right },
      { title: "least", align: right },
      { title: "mean", align: right },
      { title: "most", align: right },
    ],
    gasSteps(gas)
      .filter(({ step }) => !step.startsWith("deploy "))
      .map(({ step, transactions, least, mean, most }) => [step, `${transactions}`, `${least}`, `${mean}`, `${most}`]),
  );
}

function skipTable({ skipped }: Playbill): string {
  return table(
    [{ title: "wait", align: "right" }, { title: "what for" }],
    skipped.map(({ seconds, why }) => [duration(seconds), why]),
  );
}

function holdingsTable({ held }: Ledger): string {
  return table(
    [{ title: "where" }, { title: "wei", align: "right" }],
    held.map(({ account, wei }) => [account, wei.toString()]),
  );
}
