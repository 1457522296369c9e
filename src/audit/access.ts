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

/** OpenZeppelin's refusals whose parameter is not called `caller`. */
const IDENTITY_ERRORS = new Set([
  "OwnableUnauthorizedAccount",
  "AccessControlUnauthorizedAccount",
  "AccessControlBadConfirmation",
  "GovernorOnlyExecutor",
  "GovernorUnableToCancel",
  "RegistryMissingScope",
  "VaultMissingScope",
]);

/** Errors that every contract can answer with and few ABIs list. */
const PANIC = id("Panic(uint256)").slice(0, 10);
const ERROR = id("Error(string)").slice(0, 10);
const NOTHING = "nothing";

/** Asks every writing function of every contract. */
export async function accessOf(
  subjects: readonly Subject[],
  callers: Readonly<Record<Caller, string>>,
  chain: Asked,
): Promise<Finding[]> {
  const abis = subjects.map(({ abi }) => abi);
  const findings: Finding[] = [];
  for (const subject of subjects) {
    const isLibrary = hasCallProtection(await chain.getCode(subject.address), subject.address);
    for (const fragment of writingFunctions(subject.abi)) {
      const answers = { stranger: [], deployer: [], timelock: [] } as Record<Caller, Answer[]>;
      for (const caller of CALLERS) answers[caller] = await ask(subject, fragment, callers[caller], abis, chain);
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

async function ask(
  { abi, address }: Subject,
  fragment: FunctionFragment,
  from: string,
  abis: readonly Interface[],
  chain: Asked,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const attempt of ATTEMPTS) {
    const args = fragment.inputs.map((input) => valueFor(input, attempt, { from, contract: address }));
    const data = abi.encodeFunctionData(fragment, args);
    try {
      await chain.call({ from, to: address, data });
      answers.push({ name: "done", isIdentity: false });
    } catch (error) {
      answers.push(answerOf(revertDataOf(error), from, [abi, ...abis]));
    }
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

/** Whether an error is about who called: a known one of OpenZeppelin's, or one that names that address as its caller. */
function refuses({ name, fragment, args }: ErrorDescription, from: string): boolean {
  if (IDENTITY_ERRORS.has(name)) return true;
  return fragment.inputs.some((input, index) => CALLER_NAMES.has(input.name) && args[index] === getAddress(from));
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

/** Arguments are made three times over: nothing, the caller itself and ones, the contract itself and lists of one. */
const ATTEMPTS = ["zero", "self", "contract"] as const;
type Attempt = (typeof ATTEMPTS)[number];

interface Place {
  readonly from: string;
  readonly contract: string;
}

function valueFor(type: ParamType, attempt: Attempt, place: Place): unknown {
  if (type.baseType === "array") {
    const length =
      type.arrayLength === -1 || type.arrayLength === null ? (attempt === "contract" ? 1 : 0) : type.arrayLength;
    return Array.from({ length }, () => valueFor(type.arrayChildren!, attempt, place));
  }
  if (type.baseType === "tuple") return type.components!.map((part) => valueFor(part, attempt, place));
  if (type.type === "address") {
    if (attempt === "zero") return `0x${"00".repeat(20)}`;
    return attempt === "self" ? place.from : place.contract;
  }
  if (type.type === "bool") return attempt !== "zero";
  if (type.type === "string") return attempt === "zero" ? "" : "text";
  if (type.type === "bytes") return attempt === "zero" ? "0x" : "0x00";
  if (type.type.startsWith("bytes"))
    return `0x${(attempt === "zero" ? "00" : "01").repeat(Number(type.type.slice(5)))}`;
  return attempt === "zero" ? 0n : 1n;
}
