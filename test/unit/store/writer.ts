import { DirectoryStore } from "../../../src/store";

/** A process that stores the same few blocks over and over, beside others doing the same: `writer <directory> <rounds>`. */
async function main(path: string, rounds: number): Promise<void> {
  const store = new DirectoryStore({ path });
  for (let round = 0; round < rounds; round++) {
    for (let block = 0; block < 4; block++) await store.put(new Uint8Array(300_000).fill(block));
    // Each process damages nothing, yet each rewrites a block of its own, so that renames really collide.
    await store.put(Buffer.from(`round ${round}`));
  }
}

if (require.main === module) {
  main(process.argv[2] ?? "", Number(process.argv[3])).catch((cause: unknown) => {
    console.error(cause);
    process.exit(1);
  });
}
