/**
 * Writes docs/parameters.md: what can be set and within which bounds, what callers may ask for, and every constant, read from
 * the Solidity sources; defaults from src/deployment/config.ts and deploy/presets.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { presetOf } from "../../deploy/presets";
import { VESTING } from "../../deploy/presets/defaults";
import { TOKEN_DECIMALS } from "../../deploy/presets/schema";
import { emissionParameters, saleParameters, vestingParameters } from "../../deploy/presets/terms";
import { DEFAULT_GOVERNANCE, DEFAULTS, LOCAL_BEACON } from "../deployment";
import { DEFAULT_PRESET } from "../deployment/presets";
import { LAYERS } from "../toolchain/house";
import { ROOT } from "../toolchain/run";

/** Values by the field that they are for; a field without one has no default. */
type Values = Readonly<Record<string, unknown>>;

/** A struct or a constructor whose fields are bounded somewhere, and what a deployment starts with. */
interface Group {
  readonly title: string;
  /** Function that takes it, and who may call it. */
  readonly setter: string;
  /** File and struct, or `constructor`, that document the fields. */
  readonly source: readonly [path: string, name: string];
  /** File with the checks. */
  readonly checks: string;
  /** Defaults by the heading of their column: most have one column, `default`. */
  readonly defaults?: Readonly<Record<string, Values>>;
  /** Fields that the checks call otherwise. */
  readonly aliases?: Readonly<Record<string, string>>;
}

const PRESET = presetOf(DEFAULT_PRESET);
/** From 0 on, so that what is left of a round's times is the distance from the sale's start. */
const SALE = saleParameters(PRESET, 0);

/** Terms of the default preset's rounds by the name of the round. */
function roundDefaults(): Readonly<Record<string, Values>> {
  const names = PRESET.sale.terms.value.rounds.map(({ key }) => key);
  const rows = SALE.rounds.map((round, index): [string, Values] => {
    const { start, end } = round;
    return [`\`${names[index]}\``, { ...round, start: saleTime(start), end: saleTime(end) }];
  });
  return Object.fromEntries(rows);
}

function saleTime(after: number): string {
  return after === 0 ? "saleStart" : `saleStart + ${grouped(String(after))}`;
}

/** Terms of schedules by the kind of part that they are for. */
function scheduleDefaults(): Readonly<Record<string, Values>> {
  const rows = Object.entries(VESTING).map(([kind, { value }]): [string, Values] => {
    return [`\`${kind}\``, { start: "vestingStart", ...vestingParameters(value) }];
  });
  return Object.fromEntries(rows);
}

/** A new set of parameters is one entry here. */
const GROUPS: readonly Group[] = [
  {
    title: "Terms of the registry",
    setter: "`GpuRegistry.setTerms`, owner",
    source: ["registry/IGpuRegistry", "Terms"],
    checks: "registry/RegistryTables",
    defaults: { default: DEFAULTS.registryTerms },
  },
  {
    title: "GPU classes",
    setter: "`GpuRegistry.setClass`, owner; figures of the shipped classes are in `deploy/data/gpu-classes.ts`",
    source: ["registry/IGpuRegistry", "GpuClass"],
    checks: "registry/RegistryTables",
  },
  {
    title: "Terms of the validators' registry",
    setter: "`ValidatorRegistry.setTerms`, owner",
    source: ["registry/IValidatorRegistry", "Terms"],
    checks: "registry/ValidatorTables",
    defaults: { default: DEFAULTS.validatorTerms },
  },
  {
    title: "What a draw of seats may ask for",
    setter: "`ValidatorRegistry.takeSeats`, modules",
    source: ["registry/IValidatorRegistry", "SeatRequest"],
    checks: "registry/ValidatorSeats",
  },
  {
    title: "Windows of a question before the review panel",
    setter: "`ReviewPanel.setWindows`, owner",
    source: ["review/IReviewPanel", "Windows"],
    checks: "review/PanelSettings",
    defaults: { default: DEFAULTS.panelWindows },
  },
  {
    title: "Terms of batches before the score board",
    setter: "`ScoreBoard.setTerms`, owner",
    source: ["review/IScoreBoard", "Terms"],
    checks: "review/BoardSettings",
    defaults: { default: DEFAULTS.scoreTerms },
  },
  {
    title: "Settings of new jobs",
    setter: "`JobEscrow.setSettings`, owner",
    source: ["market/IJobEscrow", "Settings"],
    checks: "market/EscrowSettings",
    defaults: { default: DEFAULTS.escrow },
  },
  {
    title: "Fees of quotes",
    setter: "`ServiceCatalog.setFees`, owner",
    source: ["market/IServiceCatalog", "Fees"],
    checks: "market/ServiceCatalog",
    defaults: { default: DEFAULTS.fees },
  },
  {
    title: "Randomness",
    setter:
      "`RandomnessBeacon.setSettings`, owner; defaults of a local chain, others take lane and premium of their chain",
    source: ["randomness/IRandomnessBeacon", "Settings"],
    checks: "randomness/RandomnessBeacon",
    defaults: { default: LOCAL_BEACON },
  },
  {
    title: "What a job may ask for",
    setter: "`JobEscrow.post`, anyone",
    source: ["market/IJobEscrow", "PostRequest"],
    checks: "market/JobEscrow",
  },
  {
    title: "Vesting schedules",
    setter:
      "`VestingVault.createSchedule`, anyone; defaults are those of each kind of part, which a preset may change " +
      "(`deploy/presets/defaults.ts`; who gets how much is in `docs/tokenomics.md`)",
    source: ["vesting/IVestingVault", "Terms"],
    checks: "vesting/VestingSchedules",
    defaults: scheduleDefaults(),
  },
  {
    title: "What a sale sells",
    setter: `the constructor of \`TokenSale\`; defaults of the preset \`${PRESET.id}\``,
    source: ["sale/ITokenSale", "Setup"],
    checks: "sale/SaleSetup",
    defaults: { default: SALE },
  },
  {
    title: "Rounds of a sale",
    setter: `\`TokenSale.setRounds\`, owner, before the first round starts; rounds of the preset \`${PRESET.id}\``,
    source: ["sale/ITokenSale", "RoundTerms"],
    checks: "sale/SalePlan",
    defaults: roundDefaults(),
  },
  {
    title: "How purchases vest",
    setter: `the constructor of \`TokenSale\`; defaults of the preset \`${PRESET.id}\``,
    source: ["sale/ITokenSale", "PurchaseVesting"],
    checks: "sale/SaleSetup",
    defaults: { default: SALE.vesting },
  },
  {
    title: "Proceeds of a sale",
    setter:
      "the constructor of `ProceedsSplitter`, and by `setPayees`, owner, when the lock is over; shares of the preset " +
      `\`${PRESET.id}\`, in basis points`,
    source: ["sale/ProceedsSplitter", "constructor"],
    checks: "sale/ProceedsSplitter",
    defaults: {
      default: {
        list: PRESET.proceeds.map(({ key, shareBps }) => `${key} ${grouped(String(shareBps.value))}`).join("; "),
        lock: DEFAULTS.payeeLock,
      },
    },
  },
  {
    title: "Emission",
    setter: `the constructor of \`EmissionDistributor\`; defaults of the preset \`${PRESET.id}\``,
    source: ["emission/EmissionDistributor", "constructor"],
    checks: "emission/EmissionDistributor",
    defaults: { default: { ...emissionParameters(PRESET) } },
  },
  {
    title: "Governor",
    setter: "the governor's setters, by a proposal",
    source: ["governance/ICommonsGovernor", "Settings"],
    checks: "governance/CommonsGovernor",
    defaults: { default: DEFAULT_GOVERNANCE.settings },
    aliases: {
      votingDelay: "newVotingDelay",
      votingPeriod: "newVotingPeriod",
      lateExtension: "newVoteExtension",
      thresholdBps: "newThresholdBps",
      quorumBps: "newQuorumBps",
    },
  },
  {
    title: "Timelock",
    setter: "the constructor of `CommonsTimelock`, and the delay by `updateDelay`, by a proposal",
    source: ["governance/CommonsTimelock", "constructor"],
    checks: "governance/CommonsTimelock",
    defaults: { default: DEFAULT_GOVERNANCE },
  },
];

/** A constant of a contract. */
export interface Constant {
  readonly name: string;
  readonly value: string;
  readonly visibility: string;
  readonly meaning: string;
}

/** A bound that a contract enforces: of a field or variable, as the source spells it. */
export interface Bound {
  readonly name: string;
  readonly low: string;
  readonly high: string | undefined;
}

/** Documentation above line `index`, joined: `@notice` and `@dev` without their tags, other tags left out. */
function commentAbove(lines: readonly string[], index: number): readonly string[] {
  const comment: string[] = [];
  for (let at = index - 1; at >= 0 && /^\s*\/\/\//.test(lines[at] ?? ""); at--) {
    comment.unshift((lines[at] ?? "").replace(/^\s*\/\/\/ ?/, ""));
  }
  return comment;
}

/** Every constant of a source but type hashes, in order. */
export function constantsIn(source: string): readonly Constant[] {
  const lines = source.split("\n");
  return lines.flatMap((line, index) => {
    const match = /^\s*\w+ (public|internal|private)(?: override)? constant (\w+)\s*=\s*(.*)$/.exec(line);
    if (match === null) return [];
    const [, visibility = "", name = "", start = ""] = match;
    if (/TYPEHASH$|^DOMAIN_/.test(name)) return [];
    const rest = start.includes(";") ? start : [start, ...lines.slice(index + 1)].join(" ");
    const value = rest.slice(0, rest.indexOf(";")).trim().replace(/\s+/g, " ");
    const meaning = commentAbove(lines, index)
      .map((text) => text.replace(/^@(notice|dev) /, ""))
      .filter((text) => !text.startsWith("@"))
      .join(" ");
    return [{ name, value, visibility, meaning }];
  });
}

/**
 * What is said of each field of a struct, or with the name `constructor` of each of its arguments.
 * @throws when the source has no such struct, or no constructor
 */
export function fieldsOf(source: string, name: string): ReadonlyMap<string, string> {
  const lines = source.split("\n");
  const isConstructor = name === "constructor";
  const begins = new RegExp(isConstructor ? "^\\s*constructor\\(" : `^\\s*struct ${name} \\{`);
  const start = lines.findIndex((line) => begins.test(line));
  if (start === -1) throw new Error(`there is no ${isConstructor ? name : `struct ${name}`}`);
  const said = saidAbove(lines, start);
  // Everything that a constructor takes is documented, and in order; a struct is read itself.
  if (isConstructor) return said;
  const end = lines.findIndex((line, index) => index > start && /^\s*\}/.test(line));
  const names = lines.slice(start + 1, end).flatMap((line) => /(\w+);/.exec(line)?.[1] ?? []);
  return new Map(names.map((field) => [field, said.get(field) ?? ""]));
}

/** What the comment above a line says of each `@param`. */
function saidAbove(lines: readonly string[], start: number): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  let field: string | undefined;
  for (const line of commentAbove(lines, start)) {
    const begun = /^@param (\w+) (.*)$/.exec(line);
    if (begun !== null) field = begun[1];
    else if (line.startsWith("@")) field = undefined;
    if (field !== undefined) said.set(field, `${said.get(field) ?? ""} ${begun?.[2] ?? line.trim()}`.trim());
  }
  return said;
}

/** Every bound that a source checks with a helper or refuses with an `OutOfBounds` error. */
export function boundsIn(source: string): readonly Bound[] {
  const calls = source.matchAll(/(?<!function )(?<!error )\b(?:_?require(?:Within|AtLeast)|\w+OutOfBounds)\(/g);
  return [...calls].flatMap((call) => {
    const [value = "", low = "", high] = argumentsAt(source, call.index + call[0].length);
    const name = value.split(".").at(-1) ?? "";
    // Inside a helper, or of something else than a field or a variable.
    return low === "low" || name === "length" || !/^[\w.]+$/.test(value) ? [] : [{ name, low, high }];
  });
}

function argumentsAt(source: string, start: number): readonly string[] {
  const found: string[] = [""];
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const char = source[at] ?? "";
    if (char === ")" && depth === 0) break;
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === "," && depth === 0) found.push("");
    else found[found.length - 1] += char;
  }
  return found.map((text) => text.trim().replace(/\s+/g, " "));
}

/** Seconds of Solidity's units of time. */
const UNITS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 };

/** A number as people read it, and with a unit of time the seconds too. */
export function readable(expression: string, constants: ReadonlyMap<string, string>): string {
  const last = expression.split(".").at(-1) ?? "";
  const known = /^[A-Z][A-Z0-9_]*$/.test(last) ? constants.get(last) : undefined;
  if (known !== undefined) return readable(known, constants);
  const power = /^(\d+)e(\d{1,2})$/.exec(expression);
  if (power !== null) return grouped(`${power[1]}${"0".repeat(Number(power[2]))}`);
  const timed = /^(?:([\d_]+) \* )?([\d_]+) (seconds|minutes|hours|days)$/.exec(expression);
  if (timed !== null) {
    const [, times = "1", count = "", unit = ""] = timed;
    const seconds = Number(times.replaceAll("_", "")) * Number(count.replaceAll("_", "")) * (UNITS[unit] ?? 1);
    return `${expression} (${grouped(String(seconds))})`;
  }
  return /^[\d_]+$/.test(expression) ? grouped(expression.replaceAll("_", "")) : `\`${expression}\``;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

const TOKEN = 10n ** TOKEN_DECIMALS;

function defaultText(value: unknown): string {
  // Nobody reads eighteen zeros.
  if (typeof value === "bigint" && value !== 0n && value % TOKEN === 0n) return `${grouped(String(value / TOKEN))}e18`;
  if (typeof value === "number" || typeof value === "bigint") return grouped(String(value));
  return value === undefined ? "" : `\`${String(value)}\``;
}

function boundText({ low, high }: Bound, constants: ReadonlyMap<string, string>): string {
  const least = readable(low, constants);
  return high === undefined ? `at least ${least}` : `${least} to ${readable(high, constants)}`;
}

/** Sources of contracts/ by path, without doubles, lowest layer first. */
function readSources(root: string): ReadonlyMap<string, string> {
  const paths = LAYERS.flatMap((layer) => {
    try {
      const files = readdirSync(join(root, "contracts", layer)).filter((file) => file.endsWith(".sol"));
      return files.sort().map((file) => posix.join(layer, file.replace(/\.sol$/, "")));
    } catch {
      return []; // A layer that is still empty.
    }
  });
  return new Map(paths.map((path) => [path, readFileSync(join(root, "contracts", `${path}.sol`), "utf8")]));
}

/** Files that lay out packed words: their constants are places of bits. */
function isLayout(source: string): boolean {
  return /^type \w+ is uint256;$/m.test(source);
}

const HEAD = `# Parameters

Written by \`npm run parameters -- --write\` from the contracts, \`src/deployment/config.ts\` and \`deploy/presets\`; a test
fails when it is stale. Bounds are inclusive. \`e18\` stands for 18 zeros: whole tokens. Sums named \`Gwei\` are units of 1e9
token wei, \`Bps\` hundredths of a percent, times are in seconds. \`saleStart\` and \`vestingStart\` are of the configuration. A job
keeps the values that held when it was posted.
`;

/** The whole page. */
export function parametersPage(root = ROOT): string {
  const sources = readSources(root);
  const constants = new Map<string, string>();
  for (const source of sources.values()) {
    for (const { name, value } of constantsIn(source)) if (!constants.has(name)) constants.set(name, value);
  }
  const groups = GROUPS.map((group) => groupSection(group, sources, constants));
  const tables = [...sources].flatMap(([path, source]) => {
    const told = constantsIn(source).filter(({ visibility, meaning }) => visibility !== "private" || meaning !== "");
    const rows = isLayout(source) ? [] : told;
    return rows.length === 0 ? [] : [constantSection(path, rows)];
  });
  return [HEAD, ...groups, "## Constants\n\nFixed in the code; another value is another deployment.\n", ...tables].join(
    "\n",
  );
}

function groupSection(
  { title, setter, source: [path, name], checks, defaults = {}, aliases = {} }: Group,
  sources: ReadonlyMap<string, string>,
  constants: ReadonlyMap<string, string>,
): string {
  const own = new Map([...constants, ...namesOf(sourceOf(sources, checks))]);
  const bounds = boundsIn(sourceOf(sources, checks));
  const rows = [...fieldsOf(sourceOf(sources, path), name)].map(([field, meaning]) => {
    const texts = bounds
      .filter((bound) => bound.name === (aliases[field] ?? field))
      .map((bound) => boundText(bound, own));
    // Arguments that would hide a variable end with an underscore.
    const shown = field.replace(/_$/, "");
    const values = Object.values(defaults).map((column) => defaultText(column[shown]));
    return [`\`${shown}\``, meaning, ...values, [...new Set(texts)].join("; ")];
  });
  const header = ["field", "meaning", ...Object.keys(defaults), "checked bounds"];
  return `## ${title}\n\nBy ${setter}.\n\n${table(header, rows)}`;
}

function namesOf(source: string): ReadonlyMap<string, string> {
  return new Map(constantsIn(source).map(({ name, value }) => [name, value]));
}

function sourceOf(sources: ReadonlyMap<string, string>, path: string): string {
  const source = sources.get(path);
  if (source === undefined) throw new Error(`there is no contracts/${path}.sol`);
  return source;
}

function constantSection(path: string, constants: readonly Constant[]): string {
  const rows = constants.map(({ name, value, meaning }) => [`\`${name}\``, readable(value, new Map()), meaning]);
  return `### ${path}\n\n${table(["name", "value", "meaning"], rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}
