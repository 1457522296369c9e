/** Compiles Solidity as a user of the package would: imports are found in node_modules. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import compiler from "../../compiler.json";

interface Solc {
  compile(input: string, callbacks: { import(path: string): { contents: string } | { error: string } }): string;
}

/** Errors and warnings of sources by name; nothing is built. */
export function compileSolidity(sources: Readonly<Record<string, string>>, modules: string): readonly string[] {
  const solc = require("solc") as Solc;
  const { evmVersion } = compiler.settings;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(Object.entries(sources).map(([name, content]) => [name, { content }])),
    settings: { evmVersion, outputSelection: { "*": { "*": ["abi"] } } },
  };
  const find = (path: string): { contents: string } | { error: string } => {
    try {
      return { contents: readFileSync(join(modules, path), "utf8") };
    } catch {
      return { error: `${path} is not in the package` };
    }
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find })) as {
    errors?: { formattedMessage: string }[];
  };
  return (output.errors ?? []).map(({ formattedMessage }) => formattedMessage);
}
