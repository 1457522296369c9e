/** Examples in a guide: fenced blocks that name their language and a file, and say what they print. */

/** A block of a guide that is a whole file. */
export interface Example {
  readonly language: string;
  readonly file: string;
  readonly code: string;
  /** What the last `// prints: ` line promises; undefined where nothing is. */
  readonly prints: string | undefined;
}

/** The examples of a markdown text, in order: blocks that begin with three backticks, a language and a file name. */
export function examplesIn(markdown: string): readonly Example[] {
  return [...markdown.matchAll(/^```(\w+) (\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", file = "", code = ""]) => ({
      language,
      file,
      code,
      prints: /^\/\/ prints: (.+)$/m.exec(code)?.[1],
    }),
  );
}

/** Whether an output begins as promised; `...` stands for anything, white space for any white space. */
export function keepsPromise(prints: string, output: string): boolean {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(`^${prints.split("...").map(literal).join("[\\s\\S]*")}`).test(output.trim());
}
