import { z } from "zod";
import { encodeCanonical, WorkloadError } from "../../../../src/workload";
import type { PreparedJob, WorkloadKind } from "../../../../src/workload";

const inputSchema = z.looseObject({ parameters: z.strictObject({ upTo: z.number().int().min(1).max(1_000_000) }) });

/** A third kind, added by this file alone: 1² + 2² + ... + n², with a checkpoint after every thousand terms. */
export const kind: WorkloadKind = {
  id: "sum-squares",
  outputs: ["sum"],
  describe: () => ({ datasets: [], units: 1 }),
  validateInput: async ({ input }): Promise<PreparedJob> => {
    const parsed = inputSchema.safeParse(input.body);
    if (!parsed.success) throw new WorkloadError("invalidInput", "how far?");
    const { upTo } = parsed.data.parameters;
    return {
      async *run({ checkpoint, breathe }) {
        let [from, sum] =
          checkpoint === undefined ? [0, 0] : (JSON.parse(Buffer.from(checkpoint).toString()) as [number, number]);
        while (from < upTo) {
          sum += (++from) ** 2;
          if (from % 1000 !== 0) continue;
          await breathe();
          yield { type: "checkpoint", step: from / 1000, bytes: encodeCanonical([from, sum]) };
        }
        return { sum: encodeCanonical(sum) };
      },
      stepOf: (bytes) => ((JSON.parse(Buffer.from(bytes).toString()) as [number])[0] ?? 0) / 1000,
      verify: async ({ sum }) => {
        const right = (upTo * (upTo + 1) * (2 * upTo + 1)) / 6;
        return { problems: Buffer.from(sum ?? []).toString() === String(right) ? [] : ["the sum is wrong"] };
      },
    };
  },
};
