import { DirectoryStore } from "../../../src/store";

/** The block of a round: large enough for its writing to take a while. */
export const blockOf = (round: number): Uint8Array => new Uint8Array(2_000_000).fill(round % 256);

/** A process that stores one block after another, beside others storing the same: `writer <directory> <rounds>`. */
async function main(path: string, rounds: number): Promise<void> {
  const store = new DirectoryStore({ path });
  for (let round = 0; round < rounds; round++) await store.put(blockOf(round));
}

if (require.main === module) {
  main(process.argv[2] ?? "", Number(process.argv[3])).catch((cause: unknown) => {
    console.error(cause);
    process.exit(1);
  });
}
