/** The compiler as Emscripten made it. */
export type Compiler = object;

/** Loads the compiler, which takes a second; the second time it is there. */
export function loadCompiler(): Compiler;

/** Runs one standard JSON compilation; both sides are JSON text. Nothing is read from disk. */
export function compile(compiler: Compiler, input: string): string;
