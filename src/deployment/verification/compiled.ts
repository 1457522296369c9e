import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { FACTORIES, sourceOf, type ContractName } from "../contracts";

const hex = z.string().regex(/^(0x)?[0-9a-zA-Z_$]*$/);

const outputSchema = z.looseObject({
  metadata: z.string(),
  evm: z.looseObject({
    bytecode: z.looseObject({ object: hex }),
    deployedBytecode: z.looseObject({
      object: hex,
      immutableReferences: z
        .record(z.string(), z.array(z.object({ start: z.number(), length: z.number() })))
        .default({}),
    }),
  }),
});

const buildInfoSchema = z.looseObject({
  solcLongVersion: z.string(),
  input: z.looseObject({
    language: z.string(),
    sources: z.record(z.string(), z.object({ content: z.string() })),
    settings: z.record(z.string(), z.unknown()),
  }),
  output: z.looseObject({ contracts: z.record(z.string(), z.record(z.string(), z.unknown())) }),
});

export type BuildInfo = z.output<typeof buildInfoSchema>;

/** A contract as the compiler wrote it down. */
export interface Compiled {
  readonly name: ContractName;
  /** Path of the source as the compiler knows it. */
  readonly source: string;
  readonly output: z.output<typeof outputSchema>;
  readonly build: BuildInfo;
}

/** The sources were not compiled, or were changed since the typings were written. */
export class NotCompiled extends Error {
  override readonly name = "NotCompiled";
}

/** Reads what Hardhat left of its last compilations. */
export class CompiledSources {
  readonly #builds = new Map<string, BuildInfo>();

  /** @param root folder of the repository */
  constructor(private readonly root: string) {}

  /** @throws NotCompiled when there is no such output, or it is not the code that the plan deploys. */
  read(name: ContractName): Compiled {
    const source = sourceOf(name);
    const folder = join(this.root, "artifacts", source);
    const { buildInfo } = this.#json(join(folder, `${name}.dbg.json`), z.object({ buildInfo: z.string() }));
    const build = this.#build(join(folder, buildInfo));
    const output = outputSchema.safeParse(build.output.contracts[source]?.[name]);
    if (!output.success) throw new NotCompiled(`the compiler's output has no ${name}: run npm run compile`);
    if (`0x${output.data.evm.bytecode.object}` !== FACTORIES[name].bytecode) {
      throw new NotCompiled(`${name} was changed since its typings were written: run npm run typings -- --write`);
    }
    return { name, source, output: output.data, build };
  }

  #build(path: string): BuildInfo {
    let build = this.#builds.get(path);
    if (build === undefined) this.#builds.set(path, (build = this.#json(path, buildInfoSchema)));
    return build;
  }

  #json<T>(path: string, schema: z.ZodType<T>): T {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (cause) {
      throw new NotCompiled(`${dirname(path)} has not been compiled: run npm run compile`, { cause });
    }
    return schema.parse(JSON.parse(text));
  }
}
