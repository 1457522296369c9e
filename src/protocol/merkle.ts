/** Merkle trees as OpenZeppelin's MerkleProof checks them: pairs are hashed in ascending order. */

/** Hash of two nodes that are given as 0x-prefixed hexadecimal, joined. */
export type HashJoined = (joined: string) => string;

/** Root of a tree, and a proof of each leaf in the order of the leaves. */
export interface MerkleTree {
  readonly root: string;
  readonly proofs: readonly (readonly string[])[];
}

function pairHash(hash: HashJoined, a: string, b: string): string {
  const [low, high] = BigInt(a) < BigInt(b) ? [a, b] : [b, a];
  return hash(`0x${low.slice(2)}${high.slice(2)}`);
}

/** The tree over some leaves. An odd one out moves up as it is. Throws RangeError without leaves. */
export function merkleTree(leaves: readonly string[], hash: HashJoined): MerkleTree {
  if (leaves.length === 0) throw new RangeError("a tree has leaves");
  const proofs: string[][] = leaves.map(() => []);
  let level = leaves.map((node, index) => ({ node, below: [index] }));
  while (level.length > 1) {
    const above: typeof level = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      if (left === undefined) continue;
      if (right === undefined) {
        above.push(left);
        continue;
      }
      for (const index of left.below) proofs[index]?.push(right.node);
      for (const index of right.below) proofs[index]?.push(left.node);
      above.push({ node: pairHash(hash, left.node, right.node), below: [...left.below, ...right.below] });
    }
    level = above;
  }
  return { root: level[0]?.node ?? "", proofs };
}
