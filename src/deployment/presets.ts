import type { Preset } from "../../deploy/presets/schema";
import { vaiker } from "../../deploy/presets/vaiker";
import { CommandFailure, EXIT } from "../agents/shared/exit";

/** Token presets by name. */
export const PRESETS: Readonly<Record<string, Preset>> = { vaiker };

export const DEFAULT_PRESET = "vaiker";

/** A preset by its name. Throws CommandFailure (usage). */
export function presetNamed(name: string): Preset {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  if (preset !== undefined) return preset;
  throw new CommandFailure(EXIT.usage, `there is no preset ${name}; known: ${Object.keys(PRESETS).join(", ")}`);
}
