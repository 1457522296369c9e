/** Finds the presets: every file of this folder that is not listed here exports one, under its own name. */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { presetSchema, type Preset } from "./schema";

/** What is no preset here. */
const SUPPORT = ["allocation", "defaults", "index", "schema", "terms"];

/** Ids of all presets, in alphabetical order; the default is `vaiker`. */
export const PRESET_IDS: readonly string[] = [
  ...new Set(
    readdirSync(__dirname)
      .filter((file) => /\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
      .map((file) => basename(file).replace(/\.[jt]s$/, "")),
  ),
]
  .filter((name) => !SUPPORT.includes(name))
  .sort();

/** A preset by its id. @throws when there is none, or its file does not export it */
export function presetOf(id: string): Preset {
  if (!PRESET_IDS.includes(id)) throw new Error(`there is no preset ${id}; known: ${PRESET_IDS.join(", ")}`);
  // The names are those of the folder, so that a new file is all that a new preset needs.
  const exported = require(join(__dirname, id)) as Record<string, unknown>;
  const preset = presetSchema.parse(exported[id]);
  if (preset.id !== id) throw new Error(`deploy/presets/${id}.ts has the preset ${preset.id}`);
  return preset;
}
