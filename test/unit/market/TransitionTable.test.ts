import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { ethers } from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { jobWord } from "../../../src/protocol/words";
import { MarketHarness__factory } from "../../../typechain-types";

const STATUSES = [
  "None",
  "Posted",
  "Assigned",
  "Committed",
  "Delivered",
  "Disputed",
  "Settled",
  "Refunded",
  "Split",
  "Cancelled",
  "Expired",
  "Accused",
] as const;

/** The arrows of docs/state-machines.md, by row. */
function documentedArrows(): Map<string, Set<string>> {
  const page = readFileSync(join(__dirname, "../../../docs/state-machines.md"), "utf8");
  const table = /<!-- transitions:begin -->([\s\S]*?)<!-- transitions:end -->/.exec(page)?.[1] ?? "";
  const rows = table.split("\n").filter((line) => /^\|\s*[A-Z]/.test(line));
  return new Map(
    rows.map((row) => {
      const [, from = "", to = ""] = row.split("|").map((cell) => cell.trim());
      return [
        from,
        new Set(
          to
            .split(",")
            .map((cell) => cell.trim())
            .filter((cell) => cell !== ""),
        ),
      ];
    }),
  );
}

async function deployHarness() {
  const [deployer] = await ethers.getSigners();
  return new MarketHarness__factory(deployer!).deploy();
}

describe("TransitionTable", () => {
  it("the page lists every status", () => {
    expect([...documentedArrows().keys()]).to.deep.equal([...STATUSES]);
  });

  it("I11 a status becomes another exactly along the arrows of the page", async () => {
    const harness = await loadFixture(deployHarness);
    const arrows = documentedArrows();
    const errors = (
      await ethers.getContractFactory("JobEscrow", {
        libraries: Object.fromEntries(
          ["DrawDesk", "JobExits", "Disputes"].map((name, i) => [name, ethers.ZeroAddress.replace(/0$/, `${i + 1}`)]),
        ),
      })
    ).interface;
    for (const [i, from] of STATUSES.entries()) {
      for (const [j, to] of STATUSES.entries()) {
        const word = jobWord.encode({ ...jobWord.decode(0n), status: BigInt(i) });
        const move = harness.move(word, j);
        if (arrows.get(from)?.has(to)) {
          expect(jobWord.decode(await move).status, `${from} to ${to}`).to.equal(BigInt(j));
        } else {
          await expect(move, `${from} to ${to}`)
            .to.be.revertedWithCustomError({ interface: errors }, "EscrowForbiddenTransition")
            .withArgs(i, j);
        }
      }
    }
  });
});
