/** Votes against a plain model of the rules, and records of proposals against what was put in. */
import { loadFixture, takeSnapshot, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { isAccepted, tallyOf, type CastVotes } from "../../src/model/proposal";
import * as f from "../unit/governance/fixture";

const RUNS = 40;
const MILLION = 1_000_000n * f.TOKEN;
const DAY = 86_400;

const bytes = (max: number) => fc.uint8Array({ maxLength: max }).map((data) => ethers.hexlify(data));
const addresses = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((data) => ethers.getAddress(ethers.hexlify(data)));

/** One vote: who, when within the vote and two days beyond, and how its up to 10 million votes are divided. */
const ballots = fc
  .array(
    fc.record({
      voter: fc.nat(2),
      at: fc.oneof(fc.integer({ min: 1, max: 7 * DAY }), fc.integer({ min: 5 * DAY - 5, max: 5 * DAY + 5 })),
      against: fc.bigInt(0n, 4n),
      for: fc.bigInt(0n, 4n),
      abstain: fc.bigInt(0n, 4n),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((rows) => [...rows].sort((a, b) => a.at - b.at))
  // Blocks are at least a second apart.
  .filter((rows) => rows.every(({ at }, index) => index === 0 || at > rows[index - 1]!.at));

describe("Properties of governance", () => {
  it("counts, extends and decides as the plain model says (I41)", async () => {
    const g = await f.governance();
    const voters = [g.bob, g.carol, g.dave];
    const p = await f.propose(g);
    const start = await g.dao.proposalSnapshot(p.id);
    const rules = {
      start,
      end: await g.dao.proposalDeadline(p.id),
      lateExtension: 2n * f.DAY,
      quorum: f.SUPPLY / 50n,
    };
    await fc.assert(
      fc.asyncProperty(ballots, async (rows) => {
        const before = await takeSnapshot();
        const cast: CastVotes[] = [];
        const used = [0n, 0n, 0n];
        for (const row of rows) {
          const [against, inFavour, abstain] = [row.against, row.for, row.abstain].map((share) => share * MILLION) as [
            bigint,
            bigint,
            bigint,
          ];
          const weight = against + inFavour + abstain;
          const vote = { time: start + BigInt(row.at), against, for: inFavour, abstain };
          const isOpen = vote.time <= tallyOf(rules, cast).deadline;
          const fits = used[row.voter]! + weight <= 10n * MILLION && used[row.voter]! < 10n * MILLION;
          const params = ethers.solidityPacked(["uint128", "uint128", "uint128"], [against, inFavour, abstain]);
          await time.setNextBlockTimestamp(vote.time);
          const worked = await g.dao
            .connect(voters[row.voter]!)
            .castVoteWithReasonAndParams(p.id, 255, "", params)
            .then(() => true)
            .catch(() => false);
          expect(worked).to.equal(isOpen && fits);
          if (worked) {
            cast.push(vote);
            used[row.voter]! += weight;
          }
          expect(await g.dao.proposalDeadline(p.id)).to.equal(tallyOf(rules, cast).deadline);
        }
        const tally = tallyOf(rules, cast);
        expect(await g.dao.proposalVotes(p.id)).to.deep.equal([tally.against, tally.for, tally.abstain]);
        if ((await time.latest()) <= tally.deadline) await time.increaseTo(tally.deadline + 1n);
        const expected = isAccepted(rules, tally) ? f.State.Succeeded : f.State.Defeated;
        expect(await g.dao.state(p.id)).to.equal(expected);
        await before.restore();
      }),
      { numRuns: RUNS },
    );
  });

  it("keeps every proposal as it was put in", async () => {
    const deploy = () => ethers.deployContract("ProposalRecordHarness");
    const harness = await loadFixture(deploy);
    const actions = fc.array(fc.record({ target: addresses, value: fc.bigInt(0n, 2n ** 96n - 1n), data: bytes(200) }), {
      maxLength: 12,
    });
    const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((data) => ethers.hexlify(data));
    await fc.assert(
      fc.asyncProperty(actions, hashes, async (rows, hash) => {
        const lists = [
          rows.map((row) => row.target),
          rows.map((row) => row.value),
          rows.map((row) => row.data),
        ] as const;
        const record = await harness.encode(...lists, hash);
        const plain = [
          ethers.solidityPacked(["uint8", "bytes32", "uint8"], [0, hash, rows.length]),
          ...rows.map(({ target, value, data }) =>
            ethers.solidityPacked(
              ["address", "uint96", "uint32", "bytes"],
              [target, value, ethers.dataLength(data), data],
            ),
          ),
        ];
        expect(record).to.equal(ethers.concat(plain));
        expect(await harness.decode(record)).to.deep.equal([...lists, hash]);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses a value that no chain has coins for, and more actions than it can count", async () => {
    const harness = await ethers.deployContract("ProposalRecordHarness");
    await expect(harness.encode([ethers.ZeroAddress], [2n ** 96n], ["0x"], ethers.ZeroHash))
      .to.be.revertedWithCustomError(harness, "SafeCastOverflowedUintDowncast")
      .withArgs(96, 2n ** 96n);
    const many = Array.from({ length: 256 }, () => ethers.ZeroAddress);
    await expect(
      harness.encode(
        many,
        many.map(() => 0),
        many.map(() => "0x"),
        ethers.ZeroHash,
      ),
    )
      .to.be.revertedWithCustomError(harness, "RecordTooManyActions")
      .withArgs(256);
  });
});
