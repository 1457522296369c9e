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

/** JSON with bigints as decimal strings. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item), indent);
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
      else news(sentence);
    },
    detail(event, fields = {}) {
      if (options.json && options.streaming) news(line(event, fields));
      else if (options.verbose === true) err(`${event} ${toJson(fields)}`);
    },
    answer(text, fields) {
      out(options.json ? toJson(fields) : text);
    },
  };
}
