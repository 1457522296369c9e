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

/** A name that fits the 31 bytes of a readable bytes32 label. */
const key = z.string().regex(/^[a-z0-9-]{1,31}$/);

const lineSchema = z.strictObject({
  key,
  /** Who or what it is for, as the table prints it. */
  purpose: z.string().min(3),
  shareBps,
});

const allocationSchema = lineSchema.extend({
  /** What is paid out separately; the parts' shares are of the whole supply and add up to the line's. */
  parts: z.array(lineSchema).min(1),
});

const saleSchema = z.strictObject({
  /** Key of the part of an allocation that is sold. */
  part: key,
  /** Whole tokens for sale. */
  tokens: positive,
  /** Whole units of the currency (USD) that all of them bring. */
  raise: positive,
  /** Units of the currency's last decimal (1e-6 USD) per whole token. */
  price: positive,
});

const shapeSchema = z.strictObject({
  id: z.string().regex(/^[a-z]+$/),
  token: z.strictObject({
    name: figure(z.string().min(1).max(32)),
    symbol: figure(z.string().regex(/^[A-Z]{2,8}$/)),
    /** Whole tokens minted at genesis. */
    supply: positive,
  }),
  allocations: z.array(allocationSchema).min(1),
  sale: saleSchema,
  /** How the proceeds of the sale are split. */
  proceeds: z.array(lineSchema).min(1),
});

export type Preset = z.infer<typeof shapeSchema>;
type Line = z.infer<typeof lineSchema>;

/** zod schema of a preset: the shape, and the rules between its figures. */
export const presetSchema = shapeSchema.superRefine((preset, context) => {
  for (const message of presetFindings(preset)) context.addIssue({ code: "custom", message });
});

/** What contradicts itself in a preset of the right shape; empty when nothing does. */
function presetFindings(preset: Preset): string[] {
  const parts = preset.allocations.flatMap((allocation) => allocation.parts);
  return [
    ...sumFindings("allocations", preset.allocations, BPS),
    ...preset.allocations.flatMap((line) => sumFindings(`parts of ${line.key}`, line.parts, line.shareBps.value)),
    ...sumFindings("proceeds", preset.proceeds, BPS),
    ...keyFindings("allocations", preset.allocations),
    ...keyFindings("parts", parts),
    ...keyFindings("proceeds", preset.proceeds),
    ...saleFindings(preset, parts),
  ];
}

function sumFindings(what: string, lines: readonly Line[], expected: number): string[] {
  const sum = lines.reduce((total, line) => total + line.shareBps.value, 0);
  return sum === expected ? [] : [`${what} add up to ${sum} bps, not ${expected}`];
}

function keyFindings(what: string, lines: readonly Line[]): string[] {
  const keys = lines.map((line) => line.key);
  return new Set(keys).size === keys.length ? [] : [`${what} use a key twice`];
}

function saleFindings({ token, sale }: Preset, parts: readonly Line[]): string[] {
  const part = parts.find((line) => line.key === sale.part);
  if (part === undefined) return [`no part ${sale.part} to sell`];
  const found: string[] = [];
  const share = token.supply.value * BigInt(part.shareBps.value);
  if (share !== sale.tokens.value * BigInt(BPS)) found.push(`${sale.part} is not ${sale.tokens.value} tokens`);
  if (sale.tokens.value * sale.price.value !== sale.raise.value * 10n ** CURRENCY_DECIMALS) {
    found.push("tokens x price is not the raise");
  }
  return found;
}
