/** TensorChain. Paper 003 names the token's purpose but fixes no figure; all of them are ours. */
import { assume, ourFigures } from "./defaults";
import { presetSchema, type Preset } from "./schema";

const WHY = "paper 003 fixes no figures; ours, as in vaiker";

export const tensorchain: Preset = presetSchema.parse({
  id: "tensorchain",
  token: {
    name: { value: "TensorChain", source: "003 Abstract" },
    symbol: assume("TENSOR", "paper 003 names no symbol"),
    supply: assume(1_000_000_000n, WHY),
  },
  ...ourFigures(WHY),
});
