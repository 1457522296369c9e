/** Puts a proposal's calls together from a file or from the command line, against the contracts of a manifest. */
import { isAddress, type FunctionFragment, type ParamType } from "ethers";
import { z } from "zod";
import { CommandFailure, EXIT } from "../agents/shared/exit";
import { parseTokens } from "../protocol/amounts";
import type { Known } from "./contracts";
import { figureOf } from "./units";

/** One call of a proposal. */
export interface Action {
  readonly target: string;
  /** Native coin sent along, wei. */
  readonly value: bigint;
  readonly data: string;
}

/** zod schema of a call as people write it. */
const callSchema = z.strictObject({
  /** `Contract.method`, by the contract's name in the manifest. */
  call: z.string().min(3),
  args: z.array(z.unknown()).default([]),
  /** Native coin sent along, such as "0.5"; out of the timelock. */
  value: z.string().default("0"),
});

/** zod schema of a file with a proposal. */
export const proposalFileSchema = z.strictObject({
  title: z.string().min(1),
  text: z.string().default(""),
  discussion: z.string().optional(),
  actions: z.array(callSchema).min(1).max(255),
});

export type ProposalFile = z.output<typeof proposalFileSchema>;
export type WrittenCall = z.input<typeof callSchema>;

/** The proposal of a parsed JSON file. Throws CommandFailure (usage). */
export function proposalFileOf(json: unknown): ProposalFile {
  const parsed = proposalFileSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new CommandFailure(EXIT.usage, `the proposal is wrong: ${z.prettifyError(parsed.error)}`);
}

/** A written call as data. Throws CommandFailure (usage) that names what does not fit. */
export function actionOf(written: WrittenCall, known: ReadonlyMap<string, Known>): Action {
  const { call, args = [], value = "0" } = written;
  const [name = "", method = ""] = [call.slice(0, call.indexOf(".")), call.slice(call.indexOf(".") + 1)];
  const contract = known.get(name);
  if (contract === undefined) {
    throw usage(`there is no contract ${name || call} in the manifest; known: ${[...known.keys()].join(", ")}`);
  }
  const fragment = functionOf(contract, method, args.length);
  const values = fragment.inputs.map((input, index) => argumentOf(args[index], input, known));
  try {
    return {
      target: contract.address,
      value: parseTokens(value),
      data: contract.abi.encodeFunctionData(fragment, values),
    };
  } catch (cause) {
    throw usage(`${call} cannot be called like that: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** The function of that name, or of that signature; views are refused, because calling them does nothing. */
function functionOf({ name, abi }: Known, method: string, count: number): FunctionFragment {
  const all = abi.fragments.filter((each): each is FunctionFragment => each.type === "function");
  const fitting = all.filter((each) => each.name === method || each.format("sighash") === method);
  const [fragment, another] = fitting.filter((each) => each.inputs.length === count);
  if (another !== undefined) {
    throw usage(`${name} has several functions ${method}: write ${fitting.map((each) => each.format()).join(" or ")}`);
  }
  if (fragment === undefined) {
    const wanted = fitting.map((each) => each.format("minimal")).join("; ");
    throw usage(wanted === "" ? `${name} has no function ${method}` : `${count} arguments were given for ${wanted}`);
  }
  if (fragment.constant) throw usage(`${name}.${method} changes nothing`);
  return fragment;
}

/** Addresses may be names of contracts, numbers may have units, structs are written as objects. */
function argumentOf(given: unknown, type: ParamType, known: ReadonlyMap<string, Known>): unknown {
  if (type.baseType === "array" && Array.isArray(given)) {
    return given.map((item) => argumentOf(item, type.arrayChildren!, known));
  }
  if (type.baseType === "tuple" && typeof given === "object" && given !== null) {
    const fields = given as Readonly<Record<string, unknown>>;
    const missing = type.components!.filter((part) => !(part.name in fields)).map((part) => part.name);
    const surplus = Object.keys(fields).filter((field) => !type.components!.some((part) => part.name === field));
    if (missing.length + surplus.length > 0) {
      throw usage(
        `${type.name} lacks ${missing.join(", ") || "nothing"}, has unknown ${surplus.join(", ") || "nothing"}`,
      );
    }
    return type.components!.map((part) => argumentOf(fields[part.name], part, known));
  }
  if (type.type === "address" && typeof given === "string" && !isAddress(given)) {
    return known.get(given)?.address ?? given;
  }
  if (/^u?int/.test(type.type)) {
    // A JSON number above 2^53 has lost digits already.
    if (typeof given === "number" && !Number.isSafeInteger(given)) throw usage(`${type.name}: write ${given} as text`);
    if (typeof given === "string") return figureOf(given, type.name);
  }
  return given;
}

function usage(sentence: string): CommandFailure {
  return new CommandFailure(EXIT.usage, sentence);
}
