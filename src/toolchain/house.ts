/**
 * House rules that no linter here knows: layers of contracts, no `any`, no default export, no unfinished marks, ASCII,
 * no registry in the lock file.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import ts from "typescript";
import { ROOT } from "./run";

/** Contract folders, lowest first: a file imports only from its own folder and those before it. */
export const LAYERS = [
  "libraries",
  "token",
  "vesting",
  "sale",
  "emission",
  "vault",
  "randomness",
  "registry",
  "assets",
  "review",
  "market",
  "rewards",
  "governance",
] as const;

/** Test doubles may import every layer, and no layer imports them. */
const MOCKS = "mocks";

// Split, so that this file does not find itself.
const UNFINISHED = new RegExp(["TO" + "DO", "FIX" + "ME", "X" + "XX"].map((mark) => `\\b${mark}\\b`).join("|"));

/** Findings in all sources, as `file:line: what`. */
export function houseFindings(root = ROOT): string[] {
  const contracts = sources(root, "contracts", ".sol").flatMap(({ file, text }) => solidityFindings(file, text));
  const scripts = ["deploy", "scripts", "src", "test"]
    .flatMap((folder) => sources(root, folder, ".ts"))
    .flatMap(({ file, text }) => typescriptFindings(file, text));
  return [...contracts, ...scripts, ...lockFindings(readFileSync(join(root, "package-lock.json"), "utf8"))];
}

/** The lock file must work with any registry, so it names none. */
export function lockFindings(text: string): string[] {
  return text.includes('"resolved": "http')
    ? ["package-lock.json: names a registry; npm install with this .npmrc"]
    : [];
}

/** Findings in one Solidity file; `file` is relative to the repository, with slashes. */
export function solidityFindings(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const place = `${file}:${index + 1}`;
    const imported = /^\s*(?:import\b|\}\s*from).*"(\.[^"]+)"/.exec(line)?.[1];
    const found = imported === undefined ? [] : layerFindings(file, posix.join(dirname(file), imported));
    if (/[^\x20-\x7e\t]/.test(line)) found.push("a character outside ASCII");
    if (UNFINISHED.test(line)) found.push("a mark of unfinished work");
    return found.map((what) => `${place}: ${what}`);
  });
}

function layerFindings(file: string, imported: string): string[] {
  const own = file.split("/")[1] ?? "";
  const other = imported.split("/")[1] ?? "";
  if (own === other || own === MOCKS) return [];
  if (layer(own) === -1) return [`contracts/${own} is no layer`];
  return layer(other) !== -1 && layer(other) < layer(own) ? [] : [`${own} must not import ${imported}`];
}

function layer(folder: string): number {
  return LAYERS.findIndex((name) => name === folder);
}

/** Findings in one TypeScript file. */
export function typescriptFindings(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const add = (node: ts.Node, what: string) => {
    found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword) add(node, "any");
    if (node.kind === ts.SyntaxKind.DefaultKeyword && !ts.isDefaultClause(node.parent)) add(node, "a default export");
    if (ts.isExportAssignment(node)) add(node, "a default export");
    ts.forEachChild(node, visit);
  };
  visit(source);
  text.split("\n").forEach((line, index) => {
    if (UNFINISHED.test(line)) found.push(`${file}:${index + 1}: a mark of unfinished work`);
  });
  return found;
}

function sources(root: string, folder: string, ending: string): { file: string; text: string }[] {
  let names: string[];
  try {
    names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  } catch {
    return []; // the folder does not exist
  }
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ file: posix.join(folder, name), text: readFileSync(join(root, folder, name), "utf8") }));
}
