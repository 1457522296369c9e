/** Values of a report; bigints are printed as decimal strings. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where an agent's news goes: lines for people, or one JSON object a line. */
export interface Reporter {
  /** Something that the user wants to know. */
  news(event: string, sentence: string, fields?: Fields): void;
  /** Something of interest when looking closely; printed in JSON and with --verbose. */
  detail(event: string, fields?: Fields): void;
  /** The answer of a command: printed once, alone on standard output with --json. */
  answer(text: string, fields: Fields): void;
}

export interface ReporterOptions {
  readonly json: boolean;
  readonly verbose?: boolean | undefined;
  readonly out?: (line: string) => void;
  readonly err?: (line: string) => void;
}

/** What a terminal or an editor acts on instead of showing it: control, format and the like, and separators of lines. */
const UNPRINTABLE = /[^\P{C}\n]|\p{Zl}|\p{Zp}/gu;

/**
 * Text in which a reader sees everything that is there: others' words come from the chain, and could make a terminal hide,
 * overwrite or turn round what is printed after them. Line feeds stay.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
}

/** JSON with bigints as decimal strings, and nothing in it that a terminal acts on. */
export function toJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? item.toString() : item), indent);
  const unit = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return json.replace(UNPRINTABLE, (found) => found.split("").map(unit).join(""));
}

/**
 * Reports to standard output and standard error. Commands that answer once keep standard output for the answer, so their
 * news goes to standard error; agents that run on (`streaming`) write news to standard output.
 */
export function createReporter(options: ReporterOptions & { readonly streaming: boolean }): Reporter {
  const out = options.out ?? ((line) => void process.stdout.write(`${line}\n`));
  const err = options.err ?? ((line) => void process.stderr.write(`${line}\n`));
  const news = options.streaming ? out : err;
  const line = (event: string, fields: Fields): string => toJson({ time: new Date().toISOString(), event, ...fields });
  return {
    news(event, sentence, fields = {}) {
      if (options.json) news(line(event, { sentence, ...fields }));
      else news(printable(sentence));
    },
    detail(event, fields = {}) {
      if (options.json && options.streaming) news(line(event, fields));
      else if (options.verbose === true) err(`${event} ${toJson(fields)}`);
    },
    answer(text, fields) {
      out(options.json ? toJson(fields) : printable(text));
    },
  };
}
