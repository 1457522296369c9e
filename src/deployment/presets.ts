import { PRESET_IDS, presetOf } from "../../deploy/presets";
import type { Preset } from "../../deploy/presets/schema";
import { CommandFailure, EXIT } from "../agents/shared/exit";

export { PRESET_IDS };

export const DEFAULT_PRESET = "vaiker";

/** A preset by its name. Throws CommandFailure (usage). */
export function presetNamed(name: string): Preset {
  if (PRESET_IDS.includes(name)) return presetOf(name);
  throw new CommandFailure(EXIT.usage, `there is no preset ${name}; known: ${PRESET_IDS.join(", ")}`);
}
