import { fork, spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { stopChild } from "../chain/devChain";

/** A line of JSON that an agent prints. */
export type News = Readonly<Record<string, unknown>> & { readonly event?: string };

/** How a command ended. */
export interface Ending {
  readonly code: number;
  /** The object that it printed with --json. */
  readonly answer: News;
  readonly seconds: number;
}

/** A program ended that should have gone on, or a command failed that should not have. */
export class ActorFailed extends Error {
  override readonly name = "ActorFailed";
}

const ERROR_CHARACTERS = 4_000;

/** A process and what it says. */
interface Started {
  readonly child: ChildProcess;
  readonly lines: AsyncIterable<string>;
  stderr(): string;
}

/** The processes of everybody who takes part. Each runs the command that users run. */
export class Troupe {
  readonly #running = new Map<ChildProcess, string>();
  readonly #reaper: ChildProcess;
  #failure: ActorFailed | undefined;
  #isOver = false;

  constructor(
    private readonly root: string,
    /** Settings of every process; keys come on top. */
    private readonly env: Readonly<Record<string, string>>,
  ) {
    this.#reaper = fork(join(__dirname, "reaper.cjs"), [], { execArgv: [], stdio: "ignore", env: {} });
    this.#reaper.unref();
    this.#reaper.channel?.unref();
  }

  /** Throws what went wrong with a program that should be running. */
  assertWell(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Has a process ended with this one, whatever happens. */
  lookAfter(child: ChildProcess): void {
    if (child.pid !== undefined) this.#reaper.send(child.pid);
  }

  /** Starts a program that runs until the end; resolves once it says that it is ready. */
  async start(
    name: string,
    script: string,
    args: readonly string[],
    secrets: Readonly<Record<string, string>>,
    onNews: (news: News) => void,
  ): Promise<void> {
    const { child, lines, stderr } = this.#spawn(name, script, args, secrets);
    let isReady = false;
    const ready = new Promise<void>((resolve, reject) => {
      child.once("exit", (code) => {
        if (this.#isOver) return;
        this.#failure = new ActorFailed(`${name} (${script}) ended with code ${code}: ${stderr()}`);
        if (!isReady) reject(this.#failure);
      });
      void (async () => {
        for await (const line of lines) {
          const news = parseNews(line);
          if (news === undefined) continue;
          if (news.event === "ready") {
            isReady = true;
            resolve();
          }
          onNews(news);
        }
      })();
    });
    await ready;
  }

  /** Runs a command to its end. @throws ActorFailed for an exit code that is not among those allowed. */
  async run(
    name: string,
    script: string,
    args: readonly string[],
    secrets: Readonly<Record<string, string>>,
    allowed: readonly number[] = [0],
  ): Promise<Ending> {
    const started = performance.now();
    const { child, lines, stderr } = this.#spawn(name, script, [...args, "--json"], secrets);
    let answer: News = {};
    const exit = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? -1)));
    for await (const line of lines) answer = parseNews(line) ?? answer;
    const code = await exit;
    if (!allowed.includes(code)) {
      const said = `${JSON.stringify(answer).slice(0, 600)} ${stderr()}`;
      throw new ActorFailed(`${name}: ${script} ${args.join(" ")} ended with code ${code}: ${said}`);
    }
    return { code, answer, seconds: (performance.now() - started) / 1000 };
  }

  /** Ends every process that is left. */
  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running.keys()].map((child) => stopChild(child)));
    if (this.#reaper.connected) this.#reaper.disconnect();
  }

  #spawn(name: string, script: string, args: readonly string[], secrets: Readonly<Record<string, string>>): Started {
    // Not through npm and the tsx command: two processes less, and half a second.
    const loader = require.resolve("tsx/cjs", { paths: [this.root] });
    const child = spawn(process.execPath, ["--require", loader, join(this.root, "scripts", `${script}.ts`), ...args], {
      cwd: this.root,
      env: { ...pick(process.env, ["PATH", "HOME", "TMPDIR"]), ...this.env, ...secrets },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.lookAfter(child);
    this.#running.set(child, name);
    child.once("exit", () => this.#running.delete(child));
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors = (errors + text).slice(-ERROR_CHARACTERS)));
    return { child, lines: createInterface({ input: child.stdout }), stderr: () => errors.trim() };
  }
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function parseNews(line: string): News | undefined {
  try {
    return JSON.parse(line) as News;
  } catch {
    return undefined;
  }
}
