/** What no paper fixes and we therefore assume, the same for every preset. */
import type { Preset, VestingTerms } from "./schema";

type Assumed<T> = { value: T; assumed: true; why: string };

/** A figure that no paper gives. */
export function assume<T>(value: T, why: string): Assumed<T> {
  return { value, assumed: true, why };
}

const NO_TERMS = "no paper fixes how shares vest";

function terms(change: Partial<VestingTerms>, why = NO_TERMS): Assumed<VestingTerms> {
  const common: VestingTerms = {
    cliffMonths: 0,
    totalMonths: 48,
    stepMonths: 0,
    startBps: 0,
    revocable: false,
    votes: false,
    grantor: "timelock",
  };
  return assume({ ...common, ...change }, why);
}

/** Terms of each kind of part. The parts that vote are those of investors and community. */
export const VESTING = {
  team: terms({ cliffMonths: 12, revocable: true }),
  advisors: terms({ cliffMonths: 6, totalMonths: 24, revocable: true }),
  investors: terms({ cliffMonths: 6, totalMonths: 24, votes: true }),
  research: terms({ totalMonths: 36, stepMonths: 3 }),
  ecosystem: terms({ startBps: 1_000, votes: true }),
  marketing: terms({ startBps: 500, totalMonths: 24 }),
  reserve: terms({ cliffMonths: 12 }),
} as const;

/** Purchases: a fifth when the sale is finalised, the rest by the second in six months. */
const PURCHASES: VestingTerms = {
  cliffMonths: 0,
  totalMonths: 6,
  stepMonths: 0,
  startBps: 2_000,
  revocable: false,
  votes: true,
  grantor: "sale",
};

/** The pool of node providers and community. */
export const EMISSION = {
  kind: "emission",
  schedule: assume({ halvingYears: 2 }, "no paper fixes how fast the pool is paid out"),
} as const;

/** One public round of a month at one price; a quarter must come in, one buyer gets a twentieth at most. */
export function saleTerms(tokens: bigint, price: bigint): Preset["sale"]["terms"] {
  return assume(
    {
      softCapBps: 2_500,
      minTicket: 50_000_000n,
      buyerCap: tokens / 20n,
      rounds: [{ key: "public", tokens, price, days: 30, allowList: false }],
      vesting: PURCHASES,
    },
    "no paper fixes soft cap, tickets, rounds or how purchases vest",
  );
}

/** Everything but the token's name, for papers that fix no figure: ours are those of vaiker. */
export function ourFigures(why: string): Pick<Preset, "issuance" | "allocations" | "sale" | "proceeds"> {
  const share = (percent: number) => assume(percent * 100, why);
  const whole = <T extends object>(key: string, purpose: string, percent: number, rest: T) => {
    const line = { key, purpose, shareBps: share(percent) };
    return { ...line, parts: [{ ...line, ...rest }] };
  };
  const [tokens, price] = [100_000_000n, 20_000n];
  return {
    issuance: assume({ kind: "none" }, why),
    allocations: [
      {
        key: "node-providers-community",
        purpose: "Node providers and community",
        shareBps: share(45),
        parts: [
          {
            key: "node-rewards",
            purpose: "Rewards of node providers and community",
            shareBps: share(45),
            group: "community",
            destination: EMISSION,
          },
        ],
      },
      {
        key: "investors",
        purpose: "Investors",
        shareBps: share(25),
        parts: [
          {
            key: "sale",
            purpose: "Public sale",
            shareBps: share(10),
            group: "investors",
            destination: { kind: "sale" },
          },
          {
            key: "investors-outside-sale",
            purpose: "Investors outside the sale",
            shareBps: share(15),
            group: "investors",
            destination: { kind: "vesting", terms: VESTING.investors },
          },
        ],
      },
      whole("research-development", "Research and development", 20, {
        group: "research",
        destination: { kind: "vesting", terms: VESTING.research },
      }),
      {
        key: "team-advisors",
        purpose: "Team and advisers",
        shareBps: share(5),
        parts: [
          {
            key: "team",
            purpose: "Team",
            shareBps: share(4),
            group: "team",
            destination: { kind: "vesting", terms: VESTING.team },
          },
          {
            key: "advisors",
            purpose: "Advisers",
            shareBps: share(1),
            group: "advisors",
            destination: { kind: "vesting", terms: VESTING.advisors },
          },
        ],
      },
      whole("ecosystem", "Ecosystem", 5, {
        group: "community",
        destination: { kind: "vesting", terms: VESTING.ecosystem },
      }),
    ],
    sale: {
      part: "sale",
      tokens: assume(tokens, why),
      raise: assume(2_000_000n, why),
      price: assume(price, why),
      terms: saleTerms(tokens, price),
    },
    proceeds: [
      { key: "development", purpose: "Development", shareBps: share(50) },
      { key: "network", purpose: "Running and scaling the network", shareBps: share(20) },
      { key: "marketing", purpose: "Marketing and reach", shareBps: share(20) },
      { key: "node-operators", purpose: "People who run our nodes", shareBps: share(5) },
      { key: "contingency", purpose: "Contingency", shareBps: share(5) },
    ],
  };
}
