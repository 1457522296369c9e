/**
 * What frauds bring: the exact money of each ending of a disputed job, and what an attacker may expect who holds a share of
 * the validators. Sources: SPEC 6, 7 and 12, docs/state-machines.md. Endings are in units of 1e9 wei, expectations in tokens.
 */
import {
  canaryBond,
  challengeBond,
  drawFeesSpent,
  payouts,
  potTotal,
  rejectionBond,
  slashedFirst,
  type PotHistory,
  type PotLines,
} from "../model/payouts";
import { binomial, expectation } from "./odds";

/** A job and the terms that its endings follow. */
export interface JobTerms {
  readonly pot: PotLines;
  readonly history: PotHistory;
  /** Stake per job price. */
  readonly lockFactor: bigint;
  /** Finder's share of a slash, bps. */
  readonly finderBps: bigint;
}

/** How somebody objects to a delivered result. */
export type Objection = "rejection" | "challenge" | "canary";

/** How the job ends; `accepted` is without any objection. */
export type Ending = "accepted" | "valid" | "invalid" | "split";

/** Changes of money by role from before the posting to after the slash, in units of 1e9 wei. They add up to 0. */
export interface CaseMoney {
  readonly requester: bigint;
  readonly owner: bigint;
  /** Who challenged an optimistic job; the requester's own objections count with the requester. */
  readonly challenger: bigint;
  /** What the seats of the panels share. */
  readonly panel: bigint;
  readonly treasury: bigint;
  readonly royalties: bigint;
  /** Who requested rounds and called `assign`. */
  readonly draws: bigint;
}

/** The money of one ending. */
export function moneyOfCase({ pot, history, ...terms }: JobTerms, objection: Objection, ending: Ending): CaseMoney {
  const lock = pot.compute * terms.lockFactor;
  const bond =
    ending === "accepted"
      ? 0n
      : {
          rejection: rejectionBond(pot),
          challenge: challengeBond(pot),
          canary: canaryBond(lock, pot, history),
        }[objection];
  const isLost = ending === "valid";
  // The bond of a rejection is part of the pot in every ending; others join it only when they are lost.
  const inPot = isLost || objection === "rejection" ? bond : 0n;
  const kind = { accepted: "settled", valid: "ruledValid", invalid: "ruledAgainst", split: "halved" } as const;
  const sums = payouts(isLost && objection === "challenge" ? "challengedWrongly" : kind[ending], pot, history, inPot);
  const returned = bond - inPot;

  const spent = slashedFirst(pot, history, true);
  const taken = ending !== "invalid" ? 0n : lock > spent ? lock : spent;
  const toRequester = taken === 0n ? 0n : spent;
  const share = (taken * terms.finderBps) / 10_000n;
  const toFinder = share < taken - toRequester ? share : taken - toRequester;

  const objector = returned - bond + toFinder;
  const isChallenger = objection === "challenge";
  return {
    requester: sums.requester - potTotal(pot) + toRequester + (isChallenger ? 0n : objector),
    owner: sums.owner - taken,
    challenger: isChallenger ? objector : 0n,
    panel: sums.resolver,
    treasury: sums.fee + taken - toRequester - toFinder,
    royalties: sums.modelRoyalty + sums.datasetRoyalty,
    draws: drawFeesSpent(pot, history),
  };
}

/** The same job, so many times larger; fees of draws and reviews stay. */
export function enlarged(terms: JobTerms, factor: bigint): JobTerms {
  const { compute, modelRoyalty, datasetRoyalty, protocolFee } = terms.pot;
  const lines = {
    compute: compute * factor,
    modelRoyalty: modelRoyalty * factor,
    datasetRoyalty: datasetRoyalty * factor,
    protocolFee: protocolFee * factor,
  };
  return { ...terms, pot: { ...terms.pot, ...lines } };
}

/** Amount in tokens. */
export const inTokens = (gwei: bigint): number => Number(gwei) / 1e9;

// Before the court

/** What a case costs those who judge it, tokens. */
export interface Court {
  /** Seats of the first panel, odd; an appeal is heard by twice as many and one. */
  readonly seats: number;
  readonly reviewFee: number;
  /** Slash of a seat that is silent. */
  readonly silence: number;
}

/** The attacker's money by the final verdict, tokens, against not attempting it; pay of seats and appeals not counted. */
export interface Prize {
  readonly won: number;
  readonly lost: number;
  readonly split: number;
}

/** An appeal's bond, in review fees. */
const APPEAL_FEES = 2;

/** What `own` of `paid` coherent seats get of a pot, out of `seats` that voted (DisputeCourt, without pay of drawers). */
export function payOf(pot: number, own: number, paid: number, seats: number): number {
  return own === 0 ? 0 : own * Math.min(pot / paid, (2 * pot) / seats);
}

/**
 * What an attacker may expect from a case in a large pool, of whose draw weight he holds `share`. He knows his seats before
 * he votes and plays them as well as he can: with a majority he takes the verdict, or lets two panels come to nothing for
 * the split; without one he votes with the others for the pay, and appeals where that is worth the bond. The other party is
 * honest and appeals to the end; all other seats vote rightly.
 */
export function contested(share: number, { won, lost, split }: Prize, { seats, reviewFee, silence }: Court): number {
  const more = 2 * seats + 1;
  const all = seats + more;
  const first = binomial(seats, share);
  const second = binomial(more, share);
  const isMajority = (own: number, of: number) => 2 * own > of;
  const wholePot = (1 + APPEAL_FEES) * reviewFee;

  // With a majority of the first panel: the other party appeals.
  const take = (own: number) =>
    expectation(second, (later) =>
      isMajority(later, more)
        ? won + payOf(wholePot, own + later, own + later, all)
        : lost + payOf(reviewFee, later, all - own - later + later, all),
    );
  // Without one: the verdict stands, or he appeals.
  const concede = (own: number) =>
    Math.max(
      lost + payOf(reviewFee, own, seats, seats),
      expectation(second, (later) =>
        isMajority(later, more)
          ? won + payOf(reviewFee, later, later, all)
          : lost - APPEAL_FEES * reviewFee + payOf(wholePot, own + later, all, all),
      ),
    );
  const again = (own: number) => (isMajority(own, seats) ? Math.max(take(own), split - own * silence) : concede(own));
  const stall = (own: number) => expectation(first, again) - own * silence;
  return expectation(first, (own) => (isMajority(own, seats) ? Math.max(take(own), stall(own)) : concede(own)));
}

/** A role's money by verdict, tokens, less what it would have had without the attempt. */
function prizeOf(
  terms: JobTerms,
  objection: Objection,
  roles: readonly (keyof CaseMoney)[],
  without: Ending | undefined,
): Prize {
  const sum = (ending: Ending) => {
    const money = moneyOfCase(terms, objection, ending);
    return roles.reduce((total, role) => total + money[role], 0n);
  };
  const before = without === undefined ? 0n : sum(without);
  return {
    won: inTokens(sum("invalid") - before),
    lost: inTokens(sum("valid") - before),
    split: inTokens(sum("split") - before),
  };
}

/** Steps of the search for a size; each doubles the price or halves the interval. */
const SIZE_STEPS = 40;

/**
 * Compute price, tokens, of the smallest whole multiple of a job for which an attack pays.
 * @returns undefined when it pays for none below the 2^40-fold
 */
export function payingPrice(gamble: Gamble, terms: JobTerms, court: Court, share: number): number | undefined {
  const pays = (factor: number) => gamble(enlarged(terms, BigInt(factor)), court, share) > 0;
  let high = 1;
  for (let step = 0; !pays(high); step++) {
    if (step === SIZE_STEPS) return undefined;
    high *= 2;
  }
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (pays(middle)) high = middle;
    else low = middle;
  }
  return high * inTokens(terms.pot.compute);
}

// Attacks

/** An attack's expected profit, tokens, by the attacker's share. */
export type Gamble = (terms: JobTerms, court: Court, share: number) => number;

/** An operator delivers what cost it nothing, and the requester rejects; against not taking the job. */
export const cheapModel: Gamble = (terms, court, share) => {
  const { won, lost, split } = prizeOf(terms, "rejection", ["owner"], undefined);
  // The operator wins when the verdict is that its result is right.
  return contested(share, { won: lost, lost: won, split }, court);
};

/** The same, when only a part `checked` of jobs meets an objection. */
export function cheapModelUnchecked(terms: JobTerms, court: Court, share: number, checked: number): number {
  return (
    checked * cheapModel(terms, court, share) +
    (1 - checked) * inTokens(moneyOfCase(terms, "rejection", "accepted").owner)
  );
}

/** Part of jobs that has to meet an objection so that the cheaper model does not pay. */
export function checksNeeded(terms: JobTerms, court: Court, share: number): number {
  const unseen = cheapModelUnchecked(terms, court, share, 0);
  return unseen / (unseen - cheapModel(terms, court, share));
}

/** A requester rejects a right result; against accepting it. */
export const falseRejection: Gamble = (terms, court, share) =>
  contested(share, prizeOf(terms, "rejection", ["requester"], "accepted"), court);

/** The same under another rule, for comparison: the bond is 10% of compute however small the review fee is. */
export const uncappedRejection: Gamble = (terms, court, share) => {
  const prize = prizeOf(terms, "rejection", ["requester"], "accepted");
  const more = inTokens(terms.pot.compute / 10n - rejectionBond(terms.pot));
  return contested(share, { ...prize, lost: prize.lost - more }, court);
};

/** A requester opens a made-up canary against a right result; against accepting it. */
export const falseCanary: Gamble = (terms, court, share) =>
  contested(share, prizeOf(terms, "canary", ["requester"], "accepted"), court);

/** Somebody challenges a right result for the finder's share. */
export const spamChallenge: Gamble = (terms, court, share) =>
  contested(share, prizeOf(terms, "challenge", ["challenger"], undefined), court);

/** An operator cheats, and challenges itself from another account before others do; against not taking the job. */
export const ownChallenge: Gamble = (terms, court, share) => {
  const { won, lost, split } = prizeOf(terms, "challenge", ["owner", "challenger"], undefined);
  return contested(share, { won: lost, lost: won, split }, court);
};

/** Seats vote for a made-up digest in a case that they have no part in, whatever their number; against voting rightly. */
export const minority: Gamble = (_, { seats, reviewFee }, share) => {
  const more = 2 * seats + 1;
  const honest = expectation(binomial(seats, share), (own) => payOf(reviewFee, own, seats, seats));
  const gained = expectation(binomial(seats, share), (own) =>
    2 * own <= seats
      ? 0
      : expectation(binomial(more, share), (later) =>
          2 * later > more ? payOf((1 + APPEAL_FEES) * reviewFee, own + later, own + later, seats + more) : 0,
        ),
  );
  return gained - honest;
};

/**
 * Pay of a seat that says Valid unseen, tokens, where a part `right` of disputed results is right and other seats do the
 * same with probability `share`. A wrong Valid is appealed and overturned by honest seats, or stands.
 */
export function blindPay({ seats, reviewFee }: Court, share: number, right: number): number {
  const more = 2 * seats + 1;
  const wrong = expectation(binomial(seats - 1, share), (others) =>
    2 * (others + 1) <= seats
      ? 0
      : expectation(binomial(more, share), (later) =>
          2 * later > more ? payOf((1 + APPEAL_FEES) * reviewFee, 1, others + 1 + later, seats + more) : 0,
        ),
  );
  return right * (reviewFee / seats) + (1 - right) * wrong;
}

/** Saying Valid unseen, against doing the job again for what that costs, `work` tokens. */
export function blindVote(court: Court, share: number, right: number, work: number): number {
  return blindPay(court, share, right) - (court.reviewFee / court.seats - work);
}

/** A seat that seals what another sealed and cannot open it, against voting rightly. */
export function copiedVote({ seats, reviewFee, silence }: Court): number {
  return -silence - reviewFee / seats;
}

/** Operator and requester in one hand, who gets its own GPU drawn with probability `share`; for one scored job. */
export const scoreTrade: Gamble = (terms, _, share) => {
  const { requester, owner } = moneyOfCase(terms, "rejection", "accepted");
  return inTokens(requester) + share * inTokens(owner);
};
