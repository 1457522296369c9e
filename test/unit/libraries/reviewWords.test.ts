/** Round trips of the packed words of the review panel over random fields. */
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { ReviewWords } from "../../../typechain-types";
import { all, anyWord, type Field, get, set, uint } from "./fields";

const RUNS = 100;

/** Fields one behind the other, by their widths. */
function layoutOf<Name extends string>(bits: Readonly<Record<Name, bigint>>): Record<Name, Field> {
  let shift = 0n;
  const layout = {} as Record<Name, Field>;
  for (const name of Object.keys(bits) as Name[]) {
    layout[name] = { shift, bits: bits[name] };
    shift += bits[name];
  }
  return layout;
}

const QUESTION = layoutOf({
  stage: 3n,
  instance: 1n,
  redrawn: 1n,
  finding: 2n,
  seats: 5n,
  domain: 5n,
  byFallback: 1n,
  confirmed: 1n,
  appealFailed: 1n,
  owners: 16n,
  length: 16n,
  frozenAt: 40n,
  round: 32n,
  decidedAt: 40n,
  deadline: 40n,
  lot: 48n,
});
const ASKER = layoutOf({ asker: 160n, commitSeconds: 24n, revealSeconds: 24n, appealSeconds: 24n });
const PANEL = layoutOf({
  drawnAt: 40n,
  seats: 8n,
  committed: 32n,
  revealed: 32n,
  drawer: 40n,
  voted: 1n,
  failed: 1n,
});

describe("packed words of review", () => {
  let words: ReviewWords;

  before(async () => {
    words = await ethers.deployContract("ReviewWords");
  });

  /** Calls a pure function of the harness by its name. */
  async function call(name: string, ...args: unknown[]): Promise<bigint> {
    return BigInt((await words.getFunction(name).staticCall(...args)) as bigint);
  }

  const suites = { Question: QUESTION, Asker: ASKER, Panel: PANEL } as const;
  for (const [name, layout] of Object.entries(suites) as [string, Record<string, Field>][]) {
    describe(`${name}Word`, () => {
      it("every field is read where the layout says", async () => {
        await fc.assert(
          fc.asyncProperty(anyWord, async (word) => {
            const read = (await words.getFunction(`read${name}`).staticCall(word)) as bigint[];
            expect([...read]).to.deep.equal(all(word, layout));
          }),
          { numRuns: RUNS },
        );
      });

      for (const [field, place] of Object.entries(layout)) {
        const setter = `${name.toLowerCase()}With${field.charAt(0).toUpperCase()}${field.slice(1)}`;
        it(`with ${field} changes its own field only`, async () => {
          await fc.assert(
            fc.asyncProperty(anyWord, uint(place.bits), async (before, value) => {
              const type = words.interface.getFunction(setter as "panelWithSeats").inputs[1]?.type;
              const given = type === "bool" ? value === 1n : type === "address" ? ethers.toBeHex(value, 20) : value;
              expect(await call(setter, before, given)).to.equal(set(before, place, value));
            }),
            { numRuns: RUNS },
          );
        });
      }
    });
  }

  it("fields that are narrower than their type refuse what does not fit", async () => {
    const narrow = { stage: 8n, instance: 2n, finding: 4n, seats: 32n, domain: 32n };
    for (const [field, value] of Object.entries(narrow)) {
      const setter = `questionWith${field.charAt(0).toUpperCase()}${field.slice(1)}`;
      await expect(call(setter, 0n, value)).to.be.revertedWithCustomError(words, "BitFieldOverflow");
    }
  });

  it("a question's panels are numbered by instance and redraw", async () => {
    for (const [instance, redrawn, number] of [
      [0n, 0n, 0n],
      [0n, 1n, 1n],
      [1n, 0n, 2n],
      [1n, 1n, 3n],
    ] as const) {
      const word = set(set(0n, QUESTION.instance, instance), QUESTION.redrawn, redrawn);
      expect(await words.questionPanel(word)).to.equal(number);
    }
  });

  it("a panel votes as long as both windows together", async () => {
    await fc.assert(
      fc.asyncProperty(anyWord, async (word) => {
        expect(await words.askerVoting(word)).to.equal(get(word, ASKER.commitSeconds) + get(word, ASKER.revealSeconds));
      }),
      { numRuns: RUNS },
    );
  });

  it("seats seal and reveal one bit each, and all have sealed when every bit is set", async () => {
    const seat = fc.bigInt({ min: 0n, max: 30n });
    await fc.assert(
      fc.asyncProperty(anyWord, seat, fc.bigInt({ min: 1n, max: 31n }), async (word, number, seats) => {
        const bit = 1n << number;
        expect(await words.panelWithCommit(word, number)).to.equal(
          set(word, PANEL.committed, get(word, PANEL.committed) | bit),
        );
        expect(await words.panelWithReveal(word, number)).to.equal(
          set(word, PANEL.revealed, get(word, PANEL.revealed) | bit),
        );
        expect([...(await words.panelSeat(word, number))]).to.deep.equal([
          (get(word, PANEL.committed) & bit) !== 0n,
          (get(word, PANEL.revealed) & bit) !== 0n,
        ]);
        const full = (1n << seats) - 1n;
        const sealed = set(set(word, PANEL.seats, seats), PANEL.committed, full);
        expect(await words.panelAllCommitted(sealed)).to.equal(true);
        const missing = full & ~(1n << (number % seats));
        expect(await words.panelAllCommitted(set(sealed, PANEL.committed, missing))).to.equal(false);
      }),
      { numRuns: RUNS },
    );
  });

  it("a roster holds six ids", async () => {
    await fc.assert(
      fc.asyncProperty(anyWord, fc.bigInt({ min: 0n, max: 5n }), uint(40n), async (word, place, id) => {
        const field = { shift: place * 40n, bits: 40n };
        expect(await words.rosterIdAt(word, place)).to.equal(get(word, field));
        expect(await words.rosterWithId(word, place, id)).to.equal(set(word, field, id));
      }),
      { numRuns: RUNS },
    );
  });
});
