/** VerAI. Paper 004 names the token but fixes no figure; all of them are ours. */
import { assume, ourFigures } from "./defaults";
import { presetSchema, type Preset } from "./schema";

const WHY = "paper 004 fixes no figures; ours, as in vaiker";

export const verai: Preset = presetSchema.parse({
  id: "verai",
  token: {
    name: { value: "VerAI", source: "004 Optimization and Scalability" },
    symbol: { value: "VER", source: "004 Efficient Resource Allocation" },
    supply: assume(1_000_000_000n, WHY),
  },
  ...ourFigures(WHY),
});
