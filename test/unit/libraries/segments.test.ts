/** Chains of checkpoints: leaves, draws and openings against the protocol's own, over random chains. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { chainOf, chanceToCatch, drawnSegments, leafOf, openingsOf } from "../../../src/protocol/training";
import type { SegmentsHarness } from "../../../typechain-types";

const keccak = (joined: string): string => ethers.keccak256(joined);
const checkpointsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => ethers.id(`checkpoint ${i}`));
const openingAs = ({ start, end, startProof, endProof }: ReturnType<typeof openingsOf>[number]) => ({
  start,
  end,
  startProof: [...startProof],
  endProof: [...endProof],
});

describe("Segments", () => {
  let segments: SegmentsHarness;

  before(async () => {
    segments = await ethers.deployContract("SegmentsHarness");
  });

  it("hashes a leaf twice, with its place", async () => {
    const checkpoint = ethers.id("a checkpoint");
    const inner = keccak(ethers.AbiCoder.defaultAbiCoder().encode(["uint256", "bytes32"], [7, checkpoint]));
    expect(await segments.leafOf(7, checkpoint)).to.equal(keccak(inner));
    expect(leafOf(7, checkpoint, keccak)).to.equal(keccak(inner));
  });

  it("draws the last segment and three different others, all of a short chain", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 70 }), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), async (n, s) => {
        const seed = ethers.toBeHex(s, 32);
        const drawn = (await segments.drawnFrom(seed, n)).map(Number);
        const same = drawn.join() === drawnSegments(seed, n, keccak).join();
        const whole = new Set(drawn).size === Math.min(n, 4) && drawn.every((one) => one < n);
        return same && whole && (n === 0 || drawn[0] === n - 1);
      }),
      { numRuns: 200 },
    );
  });

  it("draws every set of others as often as every other", async () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const key = drawnSegments(ethers.id(`seed ${i}`), 7, keccak)
        .slice(1)
        .sort()
        .join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // 20 sets of 3 of 6, 300 each; chi squared of 19 degrees of freedom is above 43.8 once in a thousand.
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 300) ** 2 / 300, 0);
    expect(counts.size).to.equal(20);
    expect(chi).to.be.lessThan(43.8);
  });

  it("takes the openings of its own segments, and of no other place, chain or result", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), async (count, a, b) => {
        const checkpoints = checkpointsOf(count);
        const { root } = chainOf(checkpoints, keccak);
        const result = checkpoints[count - 1]!;
        const [segment, other] = [a % count, b % count];
        const opening = openingAs(openingsOf(checkpoints, [segment], keccak)[0]!);
        const takes = (o: typeof opening, place = segment, r = root, end = result) =>
          segments.isOf(o, r, place, count, end);
        const wrong = ethers.id("wrong");
        return (
          (await takes(opening)) &&
          (segment === other || !(await takes(opening, other))) &&
          !(await takes(opening, segment, wrong)) &&
          !(await takes({ ...opening, start: wrong })) &&
          !(await takes({ ...opening, end: wrong })) &&
          (segment + 1 !== count || !(await takes(opening, segment, root, wrong)))
        );
      }),
      { numRuns: 60 },
    );
  });

  it("catches a cheat as often as the formula says, counted over every seed of a short chain", () => {
    expect(chanceToCatch(1, 0)).to.equal(0);
    expect(chanceToCatch(4, 1)).to.equal(1);
    for (const [n, m] of [
      [7, 1],
      [7, 3],
      [20, 5],
    ] as const) {
      let caught = 0;
      const tries = 4_000;
      for (let i = 0; i < tries; i++) {
        const drawn = drawnSegments(ethers.id(`try ${i}`), n, keccak);
        if (drawn.some((segment) => segment < m)) caught++;
      }
      const p = chanceToCatch(n, m);
      // Five standard deviations.
      expect(Math.abs(caught / tries - p)).to.be.lessThan(5 * Math.sqrt((p * (1 - p)) / tries) + 1e-9);
    }
  });

  it("has no chain without checkpoints or beyond its length, and no opening of another segment", () => {
    expect(() => chainOf([], keccak)).to.throw(RangeError);
    expect(() => chainOf({ length: 65_536 } as unknown as string[], keccak)).to.throw(RangeError, "at most");
    expect(() => openingsOf(checkpointsOf(3), [3], keccak)).to.throw(RangeError, "no segment 3");
    expect(drawnSegments(ethers.id("s"), 9, keccak, 8)).to.have.length(4);
  });

  it("docs/training.md has the chances of the formula", () => {
    const path = join(__dirname, "../../../docs/training.md");
    const forged = [1, 2, 5, 10, 50];
    const rows = [8, 20, 60, 200, 1_000].map((n) => {
      const cells = forged.map((m) => (m < n ? `${(100 * chanceToCatch(n, m)).toFixed(1)}%` : ""));
      const half = `${(100 * chanceToCatch(n, n / 2)).toFixed(1)}%`;
      return `| ${[`n = ${n}`, ...cells, half].join(" | ")} |`;
    });
    const heads = ["", ...forged.map((m) => `m = ${m}`), "m = n / 2"];
    const table = [`| ${heads.join(" | ")} |`, `| ${heads.map(() => "---").join(" | ")} |`, ...rows].join("\n");
    const [before = "", rest = ""] = readFileSync(path, "utf8").split("<!-- chances:begin -->");
    const [found = "", after = ""] = rest.split("<!-- chances:end -->");
    const wide = (text: string): string => text.replace(/ +/g, " ").replace(/-+/g, "-").trim();
    if (process.env["UPDATE_DOCS"] === "1" && wide(found) !== wide(table)) {
      writeFileSync(path, `${before}<!-- chances:begin -->\n\n${table}\n\n<!-- chances:end -->${after}`);
      return;
    }
    expect(wide(found)).to.equal(wide(table));
  });
});
