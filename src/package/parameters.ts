/**
 * Writes docs/parameters.md: what can be set and within which bounds, what callers may ask for, and every constant, read from
 * the Solidity sources; defaults from src/deployment/config.ts.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { DEFAULTS, LOCAL_BEACON } from "../deployment";
import { LAYERS } from "../toolchain/house";
import { ROOT } from "../toolchain/run";

/** A struct whose fields are bounded somewhere, and what a deployment starts with. */
interface Group {
  readonly title: string;
  /** Function that takes it, and who may call it. */
  readonly setter: string;
  /** File and struct that document the fields. */
  readonly struct: readonly [path: string, name: string];
  /** File with the checks. */
  readonly checks: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Fields that the checks call otherwise. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** A new set of parameters is one entry here. */
const GROUPS: readonly Group[] = [
  {
    title: "Terms of the registry",
    setter: "`GpuRegistry.setTerms`, owner",
    struct: ["registry/IGpuRegistry", "Terms"],
    checks: "registry/RegistryTables",
    defaults: DEFAULTS.registryTerms,
  },
  {
    title: "GPU classes",
    setter: "`GpuRegistry.setClass`, owner; figures of the shipped classes are in `deploy/data/gpu-classes.ts`",
    struct: ["registry/IGpuRegistry", "GpuClass"],
    checks: "registry/RegistryTables",
  },
  {
    title: "Settings of new jobs",
    setter: "`JobEscrow.setSettings`, owner",
    struct: ["market/IJobEscrow", "Settings"],
    checks: "market/EscrowSettings",
    defaults: DEFAULTS.escrow,
  },
  {
    title: "Fees of quotes",
    setter: "`ServiceCatalog.setFees`, owner",
    struct: ["market/IServiceCatalog", "Fees"],
    checks: "market/ServiceCatalog",
    defaults: DEFAULTS.fees,
  },
  {
    title: "Randomness",
    setter:
      "`RandomnessBeacon.setSettings`, owner; defaults of a local chain, others take lane and premium of their chain",
    struct: ["randomness/IRandomnessBeacon", "Settings"],
    checks: "randomness/RandomnessBeacon",
    defaults: LOCAL_BEACON,
  },
  {
    title: "What a job may ask for",
    setter: "`JobEscrow.post`, anyone",
    struct: ["market/IJobEscrow", "PostRequest"],
    checks: "market/JobEscrow",
  },
  {
    title: "Vesting schedules",
    setter: "`VestingVault.createSchedule`, anyone; those of a preset are in `docs/tokenomics.md`",
    struct: ["vesting/IVestingVault", "Terms"],
    checks: "vesting/VestingSchedules",
  },
  {
    title: "Rounds of a sale",
    setter: "`TokenSale.setRounds`, owner, before the first round starts",
    struct: ["sale/ITokenSale", "RoundTerms"],
    checks: "sale/SalePlan",
  },
  {
    title: "How purchases vest",
    setter: "the constructor of `TokenSale`",
    struct: ["sale/ITokenSale", "PurchaseVesting"],
    checks: "sale/TokenSale",
  },
  {
    title: "Governor",
    setter: "the governor's setters, by a proposal",
    struct: ["governance/ICommonsGovernor", "Settings"],
    checks: "governance/CommonsGovernor",
    aliases: {
      votingDelay: "newVotingDelay",
      votingPeriod: "newVotingPeriod",
      lateExtension: "newVoteExtension",
      thresholdBps: "newThresholdBps",
      quorumBps: "newQuorumBps",
    },
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

/** What is said of each field of a struct. */
export function fieldsOf(source: string, struct: string): ReadonlyMap<string, string> {
  const lines = source.split("\n");
  const start = lines.findIndex((line) => new RegExp(`^\\s*struct ${struct} \\{`).test(line));
  if (start === -1) throw new Error(`there is no struct ${struct}`);
  const end = lines.findIndex((line, index) => index > start && /^\s*\}/.test(line));
  const names = lines.slice(start + 1, end).flatMap((line) => /(\w+);/.exec(line)?.[1] ?? []);
  const said = new Map<string, string>();
  let field: string | undefined;
  for (const line of commentAbove(lines, start)) {
    const begun = /^@param (\w+) (.*)$/.exec(line);
    if (begun !== null) field = begun[1];
    else if (line.startsWith("@")) field = undefined;
    if (field !== undefined) said.set(field, `${said.get(field) ?? ""} ${begun?.[2] ?? line.trim()}`.trim());
  }
  return new Map(names.map((name) => [name, said.get(name) ?? ""]));
}

/** Every bound that a source checks with a helper or refuses with an `OutOfBounds` error. */
export function boundsIn(source: string): readonly Bound[] {
  const calls = source.matchAll(/(?<!function )(?<!error )\b(?:_require(?:Within|AtLeast)|\w+OutOfBounds)\(/g);
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
  const timed = /^([\d_]+) (seconds|minutes|hours|days)$/.exec(expression);
  if (timed !== null) {
    const [, count = "", unit = ""] = timed;
    return `${count} ${unit} (${grouped(String(Number(count.replaceAll("_", "")) * (UNITS[unit] ?? 1)))})`;
  }
  return /^[\d_]+$/.test(expression) ? grouped(expression.replaceAll("_", "")) : `\`${expression}\``;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function defaultText(value: unknown): string {
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

Written by \`npm run parameters -- --write\` from the contracts and \`src/deployment/config.ts\`; a test fails when it is stale.
Bounds are inclusive. Sums named \`Gwei\` are units of 1e9 token wei, \`Bps\` hundredths of a percent, times are in seconds. A job
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
  { title, setter, struct: [path, struct], checks, defaults, aliases = {} }: Group,
  sources: ReadonlyMap<string, string>,
  constants: ReadonlyMap<string, string>,
): string {
  const own = new Map([...constants, ...namesOf(sourceOf(sources, checks))]);
  const bounds = boundsIn(sourceOf(sources, checks));
  const rows = [...fieldsOf(sourceOf(sources, path), struct)].map(([name, meaning]) => {
    const texts = bounds
      .filter((bound) => bound.name === (aliases[name] ?? name))
      .map((bound) => boundText(bound, own));
    const cells = [`\`${name}\``, meaning, ...(defaults === undefined ? [] : [defaultText(defaults[name])])];
    return [...cells, [...new Set(texts)].join("; ")];
  });
  const header = ["field", "meaning", ...(defaults === undefined ? [] : ["default"]), "checked bounds"];
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
