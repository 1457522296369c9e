import { z } from "zod";
import { sourceOf, type ContractName } from "../contracts";
import type { Creation } from "../predict";
import type { Compiled } from "./compiled";

/** solc's standard JSON input. */
export interface StandardJson {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Everything that a service needs to compile a contract again and to compare. */
export interface Payload {
  readonly name: ContractName;
  readonly address: string;
  /** Source path and name, as services call a contract. */
  readonly identifier: string;
  /** Long version of the compiler, without a leading v. */
  readonly compilerVersion: string;
  /**
   * Exactly what was compiled: only the contract's own sources, no links. Its output with libraries linked is what was
   * deployed, the metadata's hash included.
   */
  readonly input: StandardJson;
  /** The same with links in the settings, for services that do not link by themselves. Only the metadata's hash differs. */
  readonly linkedInput: StandardJson;
  /** Hexadecimal without 0x. */
  readonly constructorArgs: string;
}

const metadataSchema = z.looseObject({ sources: z.record(z.string(), z.unknown()) });

/** Puts together what services are sent for a contract. */
export function payloadOf({ name, output, build }: Compiled, creation: Creation): Payload {
  const { sources: own } = metadataSchema.parse(JSON.parse(output.metadata));
  const sources = Object.fromEntries(
    Object.keys(own).map((path) => {
      const source = build.input.sources[path];
      if (source === undefined) throw new Error(`the compiler's input has no ${path}`);
      return [path, { content: source.content }];
    }),
  );
  const source = sourceOf(name);
  const settings = {
    ...build.input.settings,
    outputSelection: { [source]: { [name]: ["abi", "evm.bytecode", "evm.deployedBytecode", "metadata"] } },
  };
  const input = { language: build.input.language, sources, settings };
  return {
    name,
    address: creation.address,
    identifier: `${source}:${name}`,
    compilerVersion: build.solcLongVersion,
    input,
    linkedInput: { ...input, settings: { ...settings, libraries: linksOf(creation) } },
    constructorArgs: creation.encodedArgs.slice(2),
  };
}

function linksOf({ libraries }: Creation): Record<string, Record<string, string>> {
  const rows = Object.entries(libraries) as [keyof typeof libraries, string][];
  const links: Record<string, Record<string, string>> = {};
  for (const [library, address] of rows) (links[sourceOf(library)] ??= {})[library] = address;
  return links;
}
