/** Figures of a preset in words and columns. */
import { TOKEN_DECIMALS, type Destination, type Preset, type VestingTerms } from "../../deploy/presets/schema";

type Origin = { source: string } | { assumed: true; why: string };

/** A whole number with a comma at every third digit. */
export function grouped(value: bigint | number): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Whole tokens of an amount in token wei, rounded down. */
export function wholeTokens(wei: bigint): string {
  return grouped(wei / 10n ** TOKEN_DECIMALS);
}

/** A share in bps as a percentage. */
export function percent(bps: number): string {
  return `${bps / 100}%`;
}

/** An amount of the sale's currency, whose last decimal is 1e-6 USD. */
export function dollars(units: bigint): string {
  const fraction = (units % 1_000_000n).toString().padStart(6, "0").replace(/0+$/, "");
  return `USD ${grouped(units / 1_000_000n)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** Where a figure is from, in a column. */
export function originOf(figure: Origin): string {
  return "source" in figure ? figure.source : "assumed";
}

/** Terms of a schedule in words. */
export function termsInWords({ cliffMonths, totalMonths, stepMonths, startBps, revocable }: VestingTerms): string {
  const steps = stepMonths === 0 ? "" : ` in steps of ${stepMonths}`;
  const start = startBps === 0 ? "" : `${percent(startBps)} at start, `;
  const rest = `${startBps === 0 ? "" : "the rest over "}${totalMonths} months${steps}`;
  const cliff = cliffMonths === 0 ? "" : `, cliff of ${cliffMonths}`;
  return `${start}${rest}${cliff}${revocable ? ", revocable" : ""}`;
}

/** Who holds a part after genesis. */
export function holderOf({ kind }: Destination): string {
  return { emission: "emission distributor", vesting: "vesting vault", sale: "token sale", treasury: "timelock" }[kind];
}

/** How a part comes out, where that is from, and whether it votes before. */
export function releaseInWords(
  preset: Preset,
  destination: Destination,
): { text: string; from: string; votes: string } {
  switch (destination.kind) {
    case "emission": {
      const { halvingYears } = destination.schedule.value;
      const years = halvingYears === 1 ? "year" : `${halvingYears} years`;
      return { text: `by the second, halving every ${years}`, from: originOf(destination.schedule), votes: "no" };
    }
    case "vesting": {
      const { terms } = destination;
      const votes = terms.value.votes ? "once granted" : "no";
      return { text: termsInWords(terms.value), from: originOf(terms), votes };
    }
    case "sale": {
      const { terms } = preset.sale;
      return { text: termsInWords(terms.value.vesting), from: originOf(terms), votes: "once claimed" };
    }
    case "treasury":
      return { text: "at once", from: "assumed", votes: "no" };
  }
}

/** Whether and how tokens can come after genesis. */
export function issuanceInWords({ value }: Preset["issuance"]): string {
  if (value.kind === "none") return "none, ever: the token has no way to mint";
  const { capBps, windowDays, delayDays } = value;
  return `at most ${percent(capBps)} of the supply in any ${windowDays} days, announced ${delayDays} days before, to the rewards contract alone`;
}

/** Every reason why figures are assumed, with the figures, in the order of the preset. */
export function assumptionsOf(preset: Preset): readonly { why: string; figures: readonly string[] }[] {
  const found = new Map<string, Set<string>>();
  const walk = (value: unknown, path: readonly string[]): void => {
    if (value === null || typeof value !== "object") return;
    if ("assumed" in value && "why" in value) {
      const why = String(value.why);
      found.set(why, (found.get(why) ?? new Set()).add(path.join(" ")));
      return;
    }
    for (const [name, inner] of Object.entries(value)) {
      walk(
        inner,
        Array.isArray(value)
          ? itemPath(path, inner, name)
          : name === "destination"
            ? path
            : [...path, name === "shareBps" ? "share" : name],
      );
    }
  };
  walk(preset, []);
  return [...found].map(([why, figures]) => ({ why, figures: [...figures] }));
}

/** Path of an item of a list: by its key, without what says nothing more. */
function itemPath(path: readonly string[], item: unknown, index: string): readonly string[] {
  const key = (item as { key?: string }).key ?? index;
  const list = path.at(-1);
  if (list === "allocations") return [...path.slice(0, -1), key];
  // A part goes by its own name, not by that of its line too.
  return list === "parts" ? [...path.slice(0, -2), key] : [...path, key];
}
