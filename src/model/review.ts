/**
 * The ReviewPanel in plain TypeScript: slow and obvious, for tests to compare the contract with. Times are seconds; a call
 * that the contract refuses throws ReviewRefusal with the name of the contract's error.
 */

const FREEZE = 3n * 86_400n;
const ZERO = `0x${"0".repeat(64)}`;

/** Thrown where the contract reverts; `error` is the name of its custom error. */
export class ReviewRefusal extends Error {
  constructor(readonly error: string) {
    super(error);
  }
}

/** In the order of IReviewPanel.Finding. */
export const FINDINGS = ["none", "valid", "invalid", "unavailable"] as const;
export type ModelFinding = (typeof FINDINGS)[number];

/** In the order of IReviewPanel.Status. */
export const STATUSES = ["none", "waiting", "committing", "revealing", "counting", "decided", "closed"] as const;
export type ModelStatus = (typeof STATUSES)[number];

/** In the order of IValidatorRegistry.SeatOutcome. */
export const OUTCOMES = ["void", "coherent", "incoherent", "silent"] as const;
export type ModelOutcome = (typeof OUTCOMES)[number];

/** A digest that a seat revealed, or nothing. */
export type ModelVote = string | undefined;

export type ModelVerdict = { finding: ModelFinding; digest: string };

const NO_VERDICT: ModelVerdict = { finding: "none", digest: ZERO };

/** What a vote says about a claim. */
export function opinionOf(vote: string, claim: string): ModelFinding {
  if (vote === ZERO) return "unavailable";
  return vote === claim ? "valid" : "invalid";
}

/** What a panel says; undefined when fewer than half of its seats revealed a vote. */
export function count(votes: readonly ModelVote[], claim: string): ModelVerdict | undefined {
  const revealed = votes.filter((vote) => vote !== undefined);
  if (revealed.length < votes.length / 2) return undefined;
  for (const digest of new Set(revealed)) {
    const agree = revealed.filter((vote) => vote === digest).length;
    const finding = opinionOf(digest, claim);
    if (finding !== "valid" && agree > votes.length / 2) return { finding, digest };
  }
  return { finding: "valid", digest: claim };
}

/** How a seat ends under the final verdict. */
export function outcomeOf(vote: ModelVote, claim: string, final: ModelVerdict): ModelOutcome {
  if (vote === undefined) return "silent";
  if (final.finding === "none") return "void";
  const agrees = opinionOf(vote, claim) === final.finding && (final.finding !== "invalid" || vote === final.digest);
  return agrees ? "coherent" : "incoherent";
}

/** A drawn panel. */
export type ModelPanel = {
  instance: number;
  drawnAt: bigint;
  validators: readonly bigint[];
  drawer: bigint;
  /** What each seat sealed. */
  sealed: ModelVote[];
  votes: ModelVote[];
  fate: "votes" | "voted" | "failed";
};

export type ModelWindows = { commitSeconds: bigint; revealSeconds: bigint; appealSeconds: bigint };

export type ModelRound = "none" | "requested" | "answered" | "fallback" | "dead";

/** What beacon and registry say when they are asked. */
export type ModelChain = { now: bigint; current: bigint; owners: bigint; roundOf: (round: bigint) => ModelRound };

export type ModelClose = ModelVerdict & { payees: bigint[]; seats: number };

/** One question from the asking to the close. */
export class QuestionModel {
  stage: "waiting" | "voting" | "decided" | "closed" = "waiting";
  instance = 0;
  redrawn = false;
  verdict: ModelVerdict = NO_VERDICT;
  confirmed = false;
  byFallback = false;
  appealFailed = false;
  decidedAt = 0n;
  round = 0n;
  frozenAt = 0n;
  owners = 0n;
  appellant = 0n;
  readonly panels: ModelPanel[] = [];
  /** How the seats ended, in order. */
  readonly ended: { validator: bigint; outcome: ModelOutcome }[] = [];

  constructor(
    readonly claim: string,
    readonly asked: number,
    readonly deadline: bigint,
    readonly parties: readonly bigint[],
    readonly windows: ModelWindows,
    chain: ModelChain,
  ) {
    this.bind(chain);
  }

  get seats(): number {
    return this.instance === 0 ? this.asked : 2 * this.asked + 1;
  }

  /** Who may not sit on the present panel. */
  get excluded(): bigint[] {
    return [...this.parties, this.appellant, ...this.panels.flatMap(({ validators }) => validators)];
  }

  /** The panel that votes. */
  get panel(): ModelPanel {
    const last = this.panels.at(-1);
    if (last === undefined) throw new Error("no panel was drawn");
    return last;
  }

  commitEnd(panel: ModelPanel): bigint {
    return panel.drawnAt + this.windows.commitSeconds;
  }

  revealEnd(panel: ModelPanel): bigint {
    return this.commitEnd(panel) + this.windows.revealSeconds;
  }

  status(now: bigint): ModelStatus {
    if (this.stage !== "voting") return this.stage;
    const { panel } = this;
    const sealed = panel.sealed.filter((digest) => digest !== undefined).length;
    const revealed = panel.votes.filter((vote) => vote !== undefined).length;
    if (now <= this.commitEnd(panel) && sealed < this.seats) return "committing";
    return revealed < sealed && now <= this.revealEnd(panel) ? "revealing" : "counting";
  }

  get guilty(): boolean {
    return this.verdict.finding === "invalid" || this.verdict.finding === "unavailable";
  }

  get needsConfirmation(): boolean {
    const weak = this.byFallback || this.appealFailed || this.owners < 3n * BigInt(this.seats);
    return (this.stage === "decided" || this.stage === "closed") && this.guilty && weak;
  }

  /** Last second for an appeal, 0 when there is nothing to appeal. */
  get appealEnd(): bigint {
    const open = this.stage === "decided" && this.instance === 0 && this.verdict.finding !== "none";
    return open ? this.decidedAt + this.windows.appealSeconds : 0n;
  }

  hasTime(now: bigint): boolean {
    return now + this.windows.commitSeconds + this.windows.revealSeconds <= this.deadline;
  }

  rebind(chain: ModelChain): void {
    this.expect("waiting", chain.now);
    const round = chain.roundOf(this.round);
    const gone = round === "none" && this.round <= chain.current;
    if (!gone && round !== "dead" && chain.now < this.frozenAt + FREEZE) throw new ReviewRefusal("PanelRoundAlive");
    this.bind(chain);
  }

  /** `validators`: whom the registry would draw. */
  draw(validators: readonly bigint[], drawer: bigint, chain: ModelChain): void {
    this.expect("waiting", chain.now);
    if (!this.hasTime(chain.now)) return this.fail(chain);
    if (chain.now >= this.frozenAt + FREEZE) throw new ReviewRefusal("PanelTooLate");
    const round = chain.roundOf(this.round);
    if (round !== "answered" && round !== "fallback") throw new ReviewRefusal("PanelRoundUnanswered");
    if (validators.length < this.seats) {
      for (const validator of validators) this.ended.push({ validator, outcome: "void" });
      return this.fail(chain);
    }
    this.byFallback = round === "fallback";
    this.stage = "voting";
    this.panels.push({
      instance: this.instance,
      drawnAt: chain.now,
      validators,
      drawer,
      sealed: validators.map(() => undefined),
      votes: validators.map(() => undefined),
      fate: "votes",
    });
  }

  commit(seat: number, digest: string, now: bigint): void {
    this.expect("committing", now);
    if (this.panel.sealed[seat] !== undefined) throw new ReviewRefusal("PanelVotedBefore");
    this.panel.sealed[seat] = digest;
  }

  reveal(seat: number, digest: string, now: bigint): void {
    this.expect("revealing", now);
    if (this.panel.votes[seat] !== undefined) throw new ReviewRefusal("PanelVotedBefore");
    if (this.panel.sealed[seat] !== digest) throw new ReviewRefusal("PanelWrongCommitment");
    this.panel.votes[seat] = digest;
  }

  tally(chain: ModelChain): void {
    this.expect("counting", chain.now);
    const { panel } = this;
    const verdict = count(panel.votes, this.claim);
    panel.fate = verdict === undefined ? "failed" : "voted";
    if (verdict === undefined) {
      this.end(panel, NO_VERDICT);
      return this.fail(chain);
    }
    this.verdict = verdict;
    this.decide(chain.now);
  }

  appeal(appellant: bigint, chain: ModelChain): void {
    this.expect("decided", chain.now);
    if (this.appealEnd === 0n) throw new ReviewRefusal("PanelNoAppeal");
    if (chain.now > this.appealEnd || !this.hasTime(chain.now)) throw new ReviewRefusal("PanelTooLate");
    this.appellant = appellant;
    this.instance = 1;
    this.redrawn = false;
    this.confirmed = false;
    this.bind(chain);
  }

  confirm(confirmed: boolean, now: bigint): void {
    this.expect("decided", now);
    if (now > this.deadline) throw new ReviewRefusal("PanelTooLate");
    if (!this.needsConfirmation || this.confirmed) throw new ReviewRefusal("PanelNothingToConfirm");
    if (confirmed) this.confirmed = true;
    else this.verdict = NO_VERDICT;
  }

  close(now: bigint): ModelClose {
    if (this.stage === "closed") throw new ReviewRefusal("PanelWrongStatus");
    if (now > this.deadline) this.verdict = NO_VERDICT;
    else {
      this.expect("decided", now);
      if (now <= this.appealEnd) throw new ReviewRefusal("PanelTooEarly");
      if (this.needsConfirmation && !this.confirmed) throw new ReviewRefusal("PanelUnconfirmed");
    }
    this.stage = "closed";
    const before = this.ended.length;
    for (const panel of this.panels) if (panel.fate !== "failed") this.end(panel, this.verdict);
    const coherent = this.ended.slice(before).filter(({ outcome }) => outcome === "coherent");
    const voted = this.panels.filter(({ fate }) => fate === "voted");
    const drawers = voted.map(({ drawer }) => drawer).filter((drawer) => drawer !== 0n);
    return {
      ...this.verdict,
      payees: [...drawers, ...coherent.map(({ validator }) => validator)],
      seats: voted.reduce((sum, { validators }) => sum + validators.length, 0),
    };
  }

  private expect(status: ModelStatus, now: bigint): void {
    if (this.status(now) !== status) throw new ReviewRefusal("PanelWrongStatus");
  }

  private bind({ now, current, owners }: ModelChain): void {
    this.stage = "waiting";
    [this.frozenAt, this.round, this.owners] = [now, current + 1n, owners];
  }

  private decide(now: bigint): void {
    this.stage = "decided";
    this.decidedAt = now;
  }

  private fail(chain: ModelChain): void {
    if (!this.redrawn && this.hasTime(chain.now)) {
      this.redrawn = true;
      return this.bind(chain);
    }
    if (this.instance === 1) this.appealFailed = true;
    this.decide(chain.now);
  }

  private end(panel: ModelPanel, final: ModelVerdict): void {
    panel.validators.forEach((validator, seat) => {
      this.ended.push({ validator, outcome: outcomeOf(panel.votes[seat], this.claim, final) });
    });
  }
}
