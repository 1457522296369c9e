/** What the compiler says of a source, as far as the tools here look at it. */
export type Diagnostic = {
  severity: "error" | "warning" | "info";
  message: string;
  sourceLocation?: { file: string };
};

export type CompilerOutput = { errors?: Diagnostic[] };

/**
 * Raises warnings of our own sources to errors and drops those of packages, which we cannot change.
 * A warning without a place counts as ours.
 */
export function strictDiagnostics<D extends Diagnostic>(diagnostics: readonly D[]): D[] {
  return diagnostics
    .filter((d) => d.severity === "error" || d.sourceLocation === undefined || isOurs(d.sourceLocation.file))
    .map((d) => (d.severity === "warning" ? { ...d, severity: "error" } : d));
}

function isOurs(file: string): boolean {
  return file.startsWith("contracts/") || file.startsWith("test/");
}
