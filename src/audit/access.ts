/**
 * Who may call what: every function that writes, found in the ABIs, is called (not sent) as a stranger, as the deployer and
 * as the timelock. Knows nothing of how the suite is meant to be wired: the answers alone tell.
 */
import { getAddress, id, type ErrorDescription, type FunctionFragment, type Interface, type ParamType } from "ethers";
import { revertDataOf } from "../protocol/refusal";

/** A contract to ask. */
export interface Subject {
  readonly name: string;
  readonly address: string;
  readonly abi: Interface;
}

/** Who asks. */
export const CALLERS = ["stranger", "deployer", "timelock"] as const;
export type Caller = (typeof CALLERS)[number];

/**
 * Who gets past the question who calls.
 * - anyone: a stranger does (what it then meets is a matter of arguments, state, or its own jobs, assets and money)
 * - timelock: the timelock does, and neither stranger nor deployer
 * - deployer: the deployer does and a stranger does not: must not be after the hand-over
 * - role: none of the three; the refusal names the module, role or party that may
 * - library: code that only runs inside the contracts linked with it
 * - unknown: no answer could be read
 */
export type Access = "anyone" | "timelock" | "deployer" | "role" | "library" | "unknown";

/** An address that nobody has a key of. */
export const STRANGER = getAddress(`0x${id("GPU Commons: a stranger").slice(-40)}`);

/** What was found out about one function. */
export interface Finding {
  readonly contract: string;
  /** `name(types)`. */
  readonly signature: string;
  readonly access: Access;
  /** What each caller met, in order of the attempts, each once: `done`, an error's name, or `nothing` for an empty revert. */
  readonly answers: Readonly<Record<Caller, readonly string[]>>;
}

/** Calls without sending. */
export interface Asked {
  call(tx: { from: string; to: string; data: string }): Promise<string>;
  getCode(address: string): Promise<string>;
}

/** OpenZeppelin's refusals that call the caller `account`. */
const ACCOUNT_ERRORS = new Set([
  "OwnableUnauthorizedAccount",
  "AccessControlUnauthorizedAccount",
  "GovernorOnlyExecutor",
  "GovernorUnableToCancel",
]);

/** Errors that every contract can answer with and few ABIs list. */
const PANIC = id("Panic(uint256)").slice(0, 10);
const ERROR = id("Error(string)").slice(0, 10);
const NOTHING = "nothing";
const ZERO = `0x${"00".repeat(20)}`;

/** Asks every writing function of every contract. */
export async function accessOf(
  subjects: readonly Subject[],
  callers: Readonly<Record<Caller, string>>,
  chain: Asked,
): Promise<Finding[]> {
  const world: World = {
    abis: subjects.map(({ abi }) => abi),
    addresses: subjects.map(({ address }) => address),
    chain,
  };
  const findings: Finding[] = [];
  for (const subject of subjects) {
    const isLibrary = hasCallProtection(await chain.getCode(subject.address), subject.address);
    for (const fragment of writingFunctions(subject.abi)) {
      const answers = { stranger: [], deployer: [], timelock: [] } as Record<Caller, Answer[]>;
      for (const caller of CALLERS) answers[caller] = await ask(subject, fragment, callers[caller], world);
      findings.push({
        contract: subject.name,
        signature: fragment.format("sighash"),
        access: isLibrary ? "library" : judged(answers),
        answers: {
          stranger: namesOf(answers.stranger),
          deployer: namesOf(answers.deployer),
          timelock: namesOf(answers.timelock),
        },
      });
    }
  }
  return findings;
}

/** Findings that no hand-over may leave: a right of the deployer's, or an answer that nobody understands. */
export function accessFaults(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ access }) => access === "deployer" || access === "unknown")
    .map(({ contract, signature, access }) => `${contract}.${signature}: ${access}`);
}

interface Answer {
  readonly name: string;
  /** Whether it says that this caller may not. */
  readonly isIdentity: boolean;
}

function writingFunctions(abi: Interface): FunctionFragment[] {
  return abi.fragments.filter(
    (fragment): fragment is FunctionFragment =>
      fragment.type === "function" && !(fragment as FunctionFragment).constant,
  );
}

/** What there is to ask with. */
interface World {
  readonly abis: readonly Interface[];
  readonly addresses: readonly string[];
  readonly chain: Asked;
}

async function ask(
  { abi, address }: Subject,
  fragment: FunctionFragment,
  from: string,
  world: World,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const attempt = async (values: Values): Promise<void> => {
    const args = fragment.inputs.map((input) => valueFor(input, values));
    const data = abi.encodeFunctionData(fragment, args);
    try {
      await world.chain.call({ from, to: address, data });
      answers.push({ name: "done", isIdentity: false });
    } catch (error) {
      answers.push(answerOf(revertDataOf(error), from, [abi, ...world.abis]));
    }
  };
  await attempt({ address: ZERO, number: 0, length: 0 });
  await attempt({ address: from, number: 1, length: 0 });
  await attempt({ address, number: 1, length: 1 });
  // What calls an address that it is given may need a contract of some kind there: any of the suite's may be it.
  for (const given of world.addresses) {
    if (answers.some(({ name }) => name !== NOTHING)) break;
    await attempt({ address: given, number: 1, length: 0 });
  }
  return answers;
}

function answerOf(data: string | undefined, from: string, abis: readonly Interface[]): Answer {
  if (data === undefined || data === "0x") return { name: NOTHING, isIdentity: false };
  if (data.startsWith(PANIC)) return { name: "Panic", isIdentity: false };
  if (data.startsWith(ERROR)) return { name: "Error", isIdentity: false };
  for (const abi of abis) {
    const found = parsed(abi, data);
    if (found !== null) return { name: found.name, isIdentity: refuses(found, from) };
  }
  return { name: NOTHING, isIdentity: false };
}

function parsed(abi: Interface, data: string): ErrorDescription | null {
  try {
    return abi.parseError(data);
  } catch {
    return null;
  }
}

/** Parameters of our errors that name who called. */
const CALLER_NAMES = new Set(["caller", "module"]);

/** Whether an error is about who called: it names that address as its caller. */
function refuses({ name, fragment, args }: ErrorDescription, from: string): boolean {
  return fragment.inputs.some((input, index) => {
    const isCaller = CALLER_NAMES.has(input.name) || (input.name === "account" && ACCOUNT_ERRORS.has(name));
    return isCaller && args[index] === getAddress(from);
  });
}

function judged(answers: Readonly<Record<Caller, readonly Answer[]>>): Access {
  const isRead = CALLERS.every((caller) => answers[caller].some(({ name }) => name !== NOTHING));
  if (!isRead) return "unknown";
  if (passes(answers.stranger)) return "anyone";
  if (passes(answers.deployer)) return "deployer";
  return passes(answers.timelock) ? "timelock" : "role";
}

function passes(answers: readonly Answer[]): boolean {
  return answers.some(({ name, isIdentity }) => name !== NOTHING && !isIdentity);
}

function namesOf(answers: readonly Answer[]): string[] {
  return [...new Set(answers.map(({ name }) => name))];
}

/** solc's guard of libraries: the code begins by comparing its own address, filled in at deployment, with where it runs. */
function hasCallProtection(code: string, address: string): boolean {
  return code.toLowerCase().startsWith(`0x73${address.slice(2).toLowerCase()}3014`);
}

/** What the arguments of an attempt are made of. */
interface Values {
  readonly address: string;
  readonly number: 0 | 1;
  /** Of lists. */
  readonly length: 0 | 1;
}

function valueFor(type: ParamType, values: Values): unknown {
  const { address, number, length } = values;
  if (type.baseType === "array") {
    const count = (type.arrayLength ?? -1) < 0 ? length : Number(type.arrayLength);
    return Array.from({ length: count }, () => valueFor(type.arrayChildren!, values));
  }
  if (type.baseType === "tuple") return type.components!.map((part) => valueFor(part, values));
  if (type.type === "address") return address;
  if (type.type === "bool") return number === 1;
  if (type.type === "string") return number === 1 ? "text" : "";
  if (type.type === "bytes") return number === 1 ? "0x00" : "0x";
  if (type.type.startsWith("bytes")) return `0x${`0${number}`.repeat(Number(type.type.slice("bytes".length)))}`;
  return BigInt(number);
}
