/** What a token preset is: figures with their sources, and the rules that hold between them. */
import { z } from "zod";

/** One hundred percent. */
export const BPS = 10_000;

/** Decimals of every preset's token, and of the currency it is sold for (USDC). */
export const TOKEN_DECIMALS = 18n;
export const CURRENCY_DECIMALS = 6n;

/** A figure of a paper (`source`: paper number and section), or one that we assume because the paper gives none. */
const figure = <T extends z.ZodType>(value: T) =>
  z.union([
    z.strictObject({ value, source: z.string().regex(/^\d{3} \S/) }),
    z.strictObject({ value, assumed: z.literal(true), why: z.string().min(10) }),
  ]);

const shareBps = figure(z.number().int().min(1).max(BPS));
const positive = figure(z.bigint().positive());
const wholeTokens = z.bigint().positive();

/** A name that fits the 31 bytes of a readable bytes32 label. */
const key = z.string().regex(/^[a-z0-9-]{1,31}$/);

const lineSchema = z.strictObject({
  key,
  /** Who or what it is for, as the table prints it. */
  purpose: z.string().min(3),
  shareBps,
});

/** Who a part is for in the end. Decides what its terms must at least be. */
const GROUPS = ["community", "investors", "research", "team", "advisors", "marketing", "reserve"] as const;
export type Group = (typeof GROUPS)[number];

/** Groups whose grants vote while they vest; the others would decide everything before anybody else holds a token. */
const VOTING_GROUPS: readonly Group[] = ["community", "investors"];
/** Groups whose grants the timelock can revoke, and that get nothing before a cliff. */
const REVOCABLE_GROUPS: readonly Group[] = ["team", "advisors"];

const MAX_MONTHS = 120;
/** All rounds of a sale together. */
const MAX_SALE_DAYS = 365;

/**
 * Terms of a schedule of the vesting vault. `startBps` of a grant is vested at the start; the rest grows evenly from the
 * start to `totalMonths` after it, in steps of `stepMonths` (0: by the second), and counts from the cliff on.
 */
const vestingTermsSchema = z
  .strictObject({
    cliffMonths: z.number().int().min(0).max(MAX_MONTHS),
    totalMonths: z.number().int().min(1).max(MAX_MONTHS),
    stepMonths: z.number().int().min(0).max(MAX_MONTHS),
    startBps: z
      .number()
      .int()
      .min(0)
      .max(BPS - 1),
    /** Whether the grantor can take back what has not vested. */
    revocable: z.boolean(),
    /** Whether grants vote before they vest. */
    votes: z.boolean(),
    /** Who grants out of the schedule's pool. */
    grantor: z.enum(["timelock", "sale"]),
  })
  .superRefine(({ cliffMonths, totalMonths, stepMonths }, context) => {
    const refuse = (message: string) => context.addIssue({ code: "custom", message });
    if (cliffMonths > totalMonths) refuse("the cliff is after the end");
    if (stepMonths !== 0 && totalMonths % stepMonths !== 0) refuse("the steps do not add up to the whole time");
  });
export type VestingTerms = z.infer<typeof vestingTermsSchema>;

/** Where the tokens of a part are paid at genesis, and what happens to them there. */
const destinationSchema = z.discriminatedUnion("kind", [
  /** The emission distributor, by its halving schedule. */
  z.strictObject({
    kind: z.literal("emission"),
    schedule: figure(z.strictObject({ halvingYears: z.number().int().min(1).max(10) })),
  }),
  /** The inbox of the vesting vault, from where the timelock allots it to the pool of a schedule of its own. */
  z.strictObject({ kind: z.literal("vesting"), terms: figure(vestingTermsSchema) }),
  /** The token sale. */
  z.strictObject({ kind: z.literal("sale") }),
  /** The timelock, at once. */
  z.strictObject({ kind: z.literal("treasury") }),
]);
export type Destination = z.infer<typeof destinationSchema>;

const partSchema = lineSchema.extend({ group: z.enum(GROUPS), destination: destinationSchema });

const allocationSchema = lineSchema.extend({
  /** What is paid out separately; the parts' shares are of the whole supply and add up to the line's. */
  parts: z.array(partSchema).min(1),
});

const saleTermsSchema = z.strictObject({
  /** Share of the raise that must come in, or everybody is refunded. */
  softCapBps: z.number().int().min(0).max(BPS),
  /** Least worth of one purchase, in units of the currency's last decimal (1e-6 USD). */
  minTicket: z.bigint().positive(),
  /** Most whole tokens for one buyer in a round. */
  buyerCap: wholeTokens,
  /** One after the other, without a gap. */
  rounds: z
    .array(
      z.strictObject({
        key,
        tokens: wholeTokens,
        /** Units of the currency's last decimal per whole token. */
        price: z.bigint().positive(),
        days: z.number().int().min(1).max(365),
        /** Whether only a list may buy, with an amount for each. */
        allowList: z.boolean(),
      }),
    )
    .min(1)
    .max(8),
  /** Schedule of every purchase; its start is the finalisation. */
  vesting: vestingTermsSchema,
});

const saleSchema = z.strictObject({
  /** Key of the part of an allocation that is sold. */
  part: key,
  /** Whole tokens for sale: the hard cap. */
  tokens: positive,
  /** Whole units of the currency (USD) that all of them bring. */
  raise: positive,
  /** Units of the currency's last decimal (1e-6 USD) per whole token. */
  price: positive,
  terms: figure(saleTermsSchema),
});

/** Whether tokens can come after genesis. The controller's terms are constants of its code. */
const issuanceSchema = figure(
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("none") }),
    z.strictObject({
      kind: z.literal("controller"),
      /** Most new supply in `windowDays`, share of the supply at their start. */
      capBps: z.literal(200),
      windowDays: z.literal(365),
      /** From announcing to minting. */
      delayDays: z.literal(7),
    }),
  ]),
);

const shapeSchema = z.strictObject({
  id: z.string().regex(/^[a-z]+$/),
  token: z.strictObject({
    name: figure(z.string().min(1).max(31)),
    symbol: figure(z.string().regex(/^[A-Z]{2,8}$/)),
    /** Whole tokens minted at genesis. */
    supply: positive,
  }),
  issuance: issuanceSchema,
  allocations: z.array(allocationSchema).min(1),
  sale: saleSchema,
  /** How the proceeds of the sale are split. */
  proceeds: z.array(lineSchema).min(1),
});

export type Preset = z.infer<typeof shapeSchema>;
export type Part = z.infer<typeof partSchema>;
type Line = z.infer<typeof lineSchema>;

/** zod schema of a preset: the shape, and the rules between its figures. */
export const presetSchema = shapeSchema.superRefine((preset, context) => {
  for (const message of presetFindings(preset)) context.addIssue({ code: "custom", message });
});

/** All parts of a preset, in its order. */
export function partsOf(preset: Preset): readonly Part[] {
  return preset.allocations.flatMap((allocation) => allocation.parts);
}

/** What contradicts itself in a preset of the right shape; empty when nothing does. */
function presetFindings(preset: Preset): string[] {
  const parts = partsOf(preset);
  return [
    ...sumFindings("allocations", preset.allocations, BPS),
    ...preset.allocations.flatMap((line) => sumFindings(`parts of ${line.key}`, line.parts, line.shareBps.value)),
    ...sumFindings("proceeds", preset.proceeds, BPS),
    ...keyFindings("allocations", preset.allocations),
    ...keyFindings("parts", parts),
    ...keyFindings("proceeds", preset.proceeds),
    ...parts.flatMap(groupFindings),
    ...emissionFindings(parts),
    ...saleFindings(preset, parts),
    ...termsFindings(preset.sale),
  ];
}

function sumFindings(what: string, lines: readonly Line[], expected: number): string[] {
  const sum = lines.reduce((total, line) => total + line.shareBps.value, 0);
  return sum === expected ? [] : [`${what} add up to ${sum} bps, not ${expected}`];
}

function keyFindings(what: string, lines: readonly { key: string }[]): string[] {
  const keys = lines.map((line) => line.key);
  return new Set(keys).size === keys.length ? [] : [`${what} use a key twice`];
}

/** Insiders neither vote on day one nor hold what nobody can take back; investors hold what nobody can. */
function groupFindings({ key, group, destination }: Part): string[] {
  if (destination.kind === "sale") return group === "investors" ? [] : [`${key} is sold but not for investors`];
  if (destination.kind === "emission") return group === "community" ? [] : [`${key} is emitted but not for community`];
  if (destination.kind === "treasury") {
    return REVOCABLE_GROUPS.includes(group) ? [`${key} is for ${group} and must vest`] : [];
  }
  const terms = destination.terms.value;
  const found: string[] = [];
  if (terms.votes && !VOTING_GROUPS.includes(group)) found.push(`${key} votes while it vests`);
  if (terms.grantor !== "timelock") found.push(`${key} is granted by the sale`);
  if (REVOCABLE_GROUPS.includes(group) !== terms.revocable) {
    found.push(`${key} must ${terms.revocable ? "not " : ""}be revocable`);
  }
  if (REVOCABLE_GROUPS.includes(group) && (terms.startBps !== 0 || terms.cliffMonths === 0)) {
    found.push(`${key} has something before a cliff`);
  }
  return found;
}

function emissionFindings(parts: readonly Part[]): string[] {
  const emitted = parts.filter(({ destination }) => destination.kind === "emission");
  return emitted.length <= 1 ? [] : [`${emitted.length} parts are emitted, there is one distributor`];
}

function saleFindings({ token, sale }: Preset, parts: readonly Part[]): string[] {
  const part = parts.find((line) => line.key === sale.part);
  if (part === undefined) return [`no part ${sale.part} to sell`];
  const found: string[] = [];
  const sold = parts.filter(({ destination }) => destination.kind === "sale").map((line) => line.key);
  if (sold.length !== 1 || sold[0] !== sale.part) found.push(`the sale gets ${sold.join(", ") || "nothing"}`);
  const share = token.supply.value * BigInt(part.shareBps.value);
  if (share !== sale.tokens.value * BigInt(BPS)) found.push(`${sale.part} is not ${sale.tokens.value} tokens`);
  if (sale.tokens.value * sale.price.value !== sale.raise.value * 10n ** CURRENCY_DECIMALS) {
    found.push("tokens x price is not the raise");
  }
  return found;
}

function termsFindings({ tokens, raise, terms }: Preset["sale"]): string[] {
  const { rounds, buyerCap, minTicket, vesting } = terms.value;
  const found = keyFindings("rounds", rounds);
  const sum = (of: (round: (typeof rounds)[number]) => bigint) => rounds.reduce((total, it) => total + of(it), 0n);
  if (sum((round) => round.tokens) !== tokens.value) found.push("the rounds do not sell the tokens");
  if (sum((round) => round.tokens * round.price) !== raise.value * 10n ** CURRENCY_DECIMALS) {
    found.push("the rounds do not bring the raise");
  }
  if (rounds.reduce((total, { days }) => total + days, 0) > MAX_SALE_DAYS) found.push("the rounds take over a year");
  if (buyerCap > tokens.value) found.push("one buyer may buy more than there is");
  if (rounds.some(({ price }) => minTicket > buyerCap * price)) found.push("the least ticket is above a buyer's cap");
  if (vesting.grantor !== "sale") found.push("purchases are not granted by the sale");
  if (vesting.revocable) found.push("purchases can be revoked");
  if (!vesting.votes) found.push("purchases do not vote");
  return found;
}
