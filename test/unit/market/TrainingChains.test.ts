import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { chainOf, drawnSegments, openingsOf, PANEL_SECONDS, segmentSeed } from "../../../src/protocol/training";
import { HOUR, missOnce, settingsOf } from "../../fixtures/market";
import { addValidators, answerPanelRound, drawPanel, vote, type Validator } from "../../fixtures/review";
import {
  deliver,
  deployMarket,
  digest,
  drawRound,
  dueOf,
  fundRequester,
  holderOf,
  Mode,
  postAndDraw,
  type Gpu,
  type Job,
} from "../../fixtures/suite";

const NOBODY = ethers.ZeroAddress;
const RESULT = digest("result");
const REASON = digest("why");
const SEGMENTS = 12;
const CHECKPOINTS = Array.from({ length: SEGMENTS }, (_, i) => (i + 1 === SEGMENTS ? RESULT : digest(`step ${i}`)));
const keccak = (joined: string): string => ethers.keccak256(joined);
const { root: ROOT } = chainOf(CHECKPOINTS, keccak);

type ChainWorld = Awaited<ReturnType<typeof marketWorld>>;
interface Held {
  readonly world: ChainWorld;
  readonly job: Job;
  readonly gpu: Gpu;
}

/** For loadFixture: a market whose disputes go before panels that need no arbiter. */
async function marketWorld() {
  const world = await deployMarket();
  const { escrow, court, vault, actors } = world;
  await escrow.connect(actors.owner).setSettings({ ...(await settingsOf(world)), resolver: await court.getAddress() });
  const pool = await addValidators(world, 40);
  await fundRequester(world, actors.requester2);
  await vault.connect(actors.requester).setAuthorisation(court, true);
  const { keeper, stranger } = actors;
  // Where it does not matter who calls, these do.
  const anyone = {
    court: court.connect(keeper),
    panel: world.panel.connect(keeper),
    chains: world.chains.connect(stranger),
  };
  return { ...world, ...anyone, pool };
}

async function working(change: Parameters<typeof postAndDraw>[2] = {}): Promise<Held> {
  const world = await loadFixture(marketWorld);
  return { world, ...(await postAndDraw(world, world.actors.requester, change)) };
}

async function commitChain({ world, job, gpu }: Held): Promise<void> {
  const { chains, escrow } = world;
  await chains.connect(gpu.operator).commitChain(escrow, job.id, ROOT, SEGMENTS);
}

/** A job that was delivered with its chain and rejected, with consent; before the court, if `opened`. */
async function disputed(opened = true, result = RESULT, consents = true): Promise<Held> {
  const held = await working();
  const { world, job, gpu } = held;
  await commitChain(held);
  await deliver(world, job, gpu, { result });
  await world.escrow.connect(job.requester).reject(job.id, job.agreement, REASON);
  if (consents) await world.chains.connect(job.requester).nameSegment(world.escrow, job.id, SEGMENTS - 1);
  if (opened) await world.court.openCase(world.escrow, job.id, job.agreement);
  return held;
}

async function drawn(held: Held): Promise<{ seats: readonly Validator[]; question: string }> {
  const { world, job } = held;
  const { question } = await world.court.caseOf(world.escrow, job.id);
  return { seats: await drawPanel(world, question, world.pool), question };
}

/** What is opened to the present panel, as the protocol says it. */
async function openingsFor({ world, job }: Held, named?: number) {
  const { question, lot } = await world.chains.checkOf(world.escrow, job.id);
  const segments = drawnSegments(segmentSeed(question, lot, keccak), SEGMENTS, keccak, named);
  const openings = openingsOf(CHECKPOINTS, segments, keccak).map(({ startProof, endProof, ...ends }) => ({
    ...ends,
    startProof: [...startProof],
    endProof: [...endProof],
  }));
  return { lot, segments, openings };
}

describe("TrainingChains", () => {
  it("needs a court and a registry", async () => {
    const { chains, court, registry } = await loadFixture(marketWorld);
    const factory = await ethers.getContractFactory("TrainingChains");
    for (const pair of [
      [NOBODY, registry],
      [court, NOBODY],
    ] as const) {
      await expect(factory.deploy(pair[0], pair[1])).to.be.revertedWithCustomError(chains, "ChainsZeroAddress");
    }
    expect(await chains.court()).to.equal(await court.getAddress());
    expect(await chains.registry()).to.equal(await registry.getAddress());
  });

  describe("commitChain", () => {
    it("is the operator's, while the job is worked on, and may be replaced until the delivery", async () => {
      const held = await working();
      const { world, job, gpu } = held;
      const { chains, escrow, actors } = world;
      const other = digest("another root");
      await expect(chains.connect(actors.stranger).commitChain(escrow, job.id, ROOT, SEGMENTS))
        .to.be.revertedWithCustomError(chains, "ChainsNotOperator")
        .withArgs(job.id, actors.stranger.address);
      await chains.connect(gpu.owner).commitChain(escrow, job.id, other, 3);
      expect([...(await chains.chainOf(escrow, job.id))]).to.deep.equal([other, 3n]);
      await expect(chains.connect(gpu.operator).commitChain(escrow, job.id, ROOT, SEGMENTS))
        .to.emit(chains, "ChainCommitted")
        .withArgs(await escrow.getAddress(), job.id, gpu.id, 1, ROOT, SEGMENTS);
      expect([...(await chains.chainOf(escrow, job.id))]).to.deep.equal([ROOT, BigInt(SEGMENTS)]);
      await deliver(world, job, gpu);
      await expect(chains.connect(gpu.operator).commitChain(escrow, job.id, other, SEGMENTS))
        .to.be.revertedWithCustomError(chains, "ChainsNotAtWork")
        .withArgs(job.id);
    });

    it("is refused once a result is sealed: its chain was to be known before", async () => {
      const held = await working();
      const { world, job, gpu } = held;
      await world.escrow.connect(gpu.operator).commit(job.id, job.agreement, digest("sealed"));
      await expect(commitChain(held)).to.be.revertedWithCustomError(world.chains, "ChainsNotAtWork");
    });

    it("takes the due second, and none after it", async () => {
      const held = await working();
      const { world, job } = held;
      const due = await dueOf(world, job);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(due + 1n);
      await expect(commitChain(held)).to.be.revertedWithCustomError(world.chains, "ChainsNotAtWork");
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(due);
      await commitChain(held);
      expect((await world.chains.chainOf(world.escrow, job.id)).root).to.equal(ROOT);
    });

    it("refuses a chain without root or segments, an unknown job and a foreign escrow", async () => {
      const { world, job, gpu } = await working();
      const { chains, escrow } = world;
      const by = chains.connect(gpu.operator);
      await expect(by.commitChain(escrow, job.id, ethers.ZeroHash, 3)).to.be.revertedWithCustomError(
        chains,
        "ChainsEmpty",
      );
      await expect(by.commitChain(escrow, job.id, ROOT, 0)).to.be.revertedWithCustomError(chains, "ChainsEmpty");
      await expect(by.commitChain(escrow, job.id + 1n, ROOT, 3)).to.be.revertedWithCustomError(
        escrow,
        "EscrowUnknownJob",
      );
      await expect(by.commitChain(chains, job.id, ROOT, 3))
        .to.be.revertedWithCustomError(chains, "ChainsUnknownEscrow")
        .withArgs(await chains.getAddress());
    });

    it("is of one attempt: the next operator's job has none", async () => {
      const held = await working();
      const { world, job } = held;
      const { chains, escrow } = world;
      await commitChain(held);
      await missOnce(world, job);
      await drawRound(world, [job.classId]);
      expect([...(await chains.chainOf(escrow, job.id))]).to.deep.equal([ethers.ZeroHash, 0n]);
      const gpu = await holderOf(world, job, world.gpus);
      await deliver(world, job, gpu);
      await escrow.connect(job.requester).reject(job.id, job.agreement, REASON);
      await world.court.openCase(escrow, job.id, job.agreement);
      const { question } = await world.court.caseOf(escrow, job.id);
      await drawPanel(world, question, world.pool);
      const check = await chains.checkOf(escrow, job.id);
      expect([check.lot === 0n, [...check.drawn], check.opened]).to.deep.equal([false, [], false]);
      await expect(chains.open(escrow, job.id, []))
        .to.be.revertedWithCustomError(chains, "ChainsNoChain")
        .withArgs(job.id);
    });
  });

  describe("checkOf", () => {
    it("names segments only once the panel is drawn, by its own seed, the last one among them", async () => {
      const held = await disputed(false);
      const { world, job } = held;
      const { chains, court, escrow } = world;
      expect([...(await chains.checkOf(escrow, job.id))]).to.deep.equal([ethers.ZeroHash, 0n, [], 0n, false]);
      await court.openCase(escrow, job.id, job.agreement);
      const { question } = await court.caseOf(escrow, job.id);
      expect([...(await chains.checkOf(escrow, job.id))]).to.deep.equal([question, 0n, [], 0n, false]);
      await drawn(held);
      const { lot, segments } = await openingsFor(held);
      const check = await chains.checkOf(escrow, job.id);
      const { commitEnd } = await world.panel.questionOf(question);
      expect(lot % 2n).to.equal(1n);
      expect([...check.drawn].map(Number)).to.deep.equal(segments);
      expect(segments[0]).to.equal(SEGMENTS - 1);
      expect([check.openEnd, check.opened]).to.deep.equal([commitEnd - BigInt(PANEL_SECONDS), false]);
    });
  });

  describe("open", () => {
    it("takes what was drawn, from anyone, once for each panel", async () => {
      const held = await disputed();
      const { world, job } = held;
      const { chains, escrow, actors } = world;
      const by = chains.connect(actors.stranger);
      await expect(by.open(escrow, job.id, []))
        .to.be.revertedWithCustomError(chains, "ChainsNotDrawn")
        .withArgs(job.id);
      const { question } = await drawn(held);
      const { lot, openings } = await openingsFor(held);
      await expect(by.open(escrow, job.id, openings))
        .to.emit(chains, "SegmentsOpened")
        .withArgs(
          await escrow.getAddress(),
          job.id,
          question,
          lot,
          openings.map(({ start }) => start),
          openings.map(({ end }) => end),
        );
      expect((await chains.checkOf(escrow, job.id)).opened).to.equal(true);
      await expect(by.open(escrow, job.id, openings))
        .to.be.revertedWithCustomError(chains, "ChainsOpenedBefore")
        .withArgs(job.id);
    });

    it("refuses other segments, other counts, another root's leaves, and a last one that is not the result", async () => {
      const held = await disputed();
      const { world, job } = held;
      const { chains, escrow } = world;
      await drawn(held);
      const { segments, openings } = await openingsFor(held);
      const refused = async (given: typeof openings, index: number) => {
        await expect(chains.open(escrow, job.id, given))
          .to.be.revertedWithCustomError(chains, "ChainsWrongOpening")
          .withArgs(job.id, segments[index]!);
      };
      const [a, b, ...rest] = openings as [(typeof openings)[0], (typeof openings)[0], ...typeof openings];
      await refused([b, a, ...rest], 0);
      await refused([a, { ...b, start: digest("else") }, ...rest], 1);
      await refused([a, { ...b, end: digest("else") }, ...rest], 1);
      await refused([{ ...a, endProof: [] }, b, ...rest], 0);
      await expect(chains.open(escrow, job.id, openings.slice(1)))
        .to.be.revertedWithCustomError(chains, "ChainsOutOfBounds")
        .withArgs(3, 4, 4);
    });

    it("refuses a chain that does not end with what was delivered", async () => {
      const held = await disputed(true, digest("another result"));
      const { world, job } = held;
      await drawn(held);
      await expect(world.chains.open(world.escrow, job.id, (await openingsFor(held)).openings))
        .to.be.revertedWithCustomError(world.chains, "ChainsWrongOpening")
        .withArgs(job.id, SEGMENTS - 1);
    });

    it("takes the last second, 6 hours before the commits end, and none after it", async () => {
      const held = await disputed();
      const { world, job } = held;
      const { chains, escrow } = world;
      await drawn(held);
      const { openings } = await openingsFor(held);
      const { openEnd } = await chains.checkOf(escrow, job.id);
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(openEnd + 1n);
      await expect(chains.open(escrow, job.id, openings))
        .to.be.revertedWithCustomError(chains, "ChainsTooLate")
        .withArgs(job.id, openEnd);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(openEnd);
      await chains.open(escrow, job.id, openings);
    });

    it("is for disputes alone", async () => {
      const held = await working();
      await commitChain(held);
      await expect(held.world.chains.open(held.world.escrow, held.job.id, []))
        .to.be.revertedWithCustomError(held.world.chains, "ChainsNotDisputed")
        .withArgs(held.job.id);
    });

    it("begins anew for the panel of an appeal, which looks at segments of its own", async () => {
      const held = await disputed();
      const { world, job, gpu } = held;
      const { chains, court, escrow, vault } = world;
      const { seats, question } = await drawn(held);
      const first = await openingsFor(held);
      await chains.open(escrow, job.id, first.openings);
      await vote(
        world,
        question,
        seats,
        seats.map(() => digest("wrong")),
      );
      await fundRequester(world, gpu.owner);
      await vault.connect(gpu.owner).setAuthorisation(court, true);
      await court.connect(gpu.owner).appeal(escrow, job.id, job.agreement);
      expect((await chains.checkOf(escrow, job.id)).lot).to.equal(0n);
      await drawn(held);
      const second = await openingsFor(held);
      expect(second.lot).to.not.equal(first.lot);
      expect((await chains.checkOf(escrow, job.id)).opened).to.equal(false);
      await chains.open(escrow, job.id, second.openings);
      expect((await chains.checkOf(escrow, job.id)).opened).to.equal(true);
    });

    it("has a short chain opened whole", async () => {
      const held = await working();
      const { world, job, gpu } = held;
      const { chains, escrow, court } = world;
      const one = chainOf([RESULT], keccak);
      await chains.connect(gpu.operator).commitChain(escrow, job.id, one.root, 1);
      await deliver(world, job, gpu);
      await escrow.connect(job.requester).reject(job.id, job.agreement, REASON);
      await chains.connect(job.requester).nameSegment(escrow, job.id, 0);
      await court.openCase(escrow, job.id, job.agreement);
      await drawn(held);
      expect([...(await chains.checkOf(escrow, job.id)).drawn]).to.deep.equal([0n]);
      await chains.open(escrow, job.id, [{ start: ethers.ZeroHash, end: RESULT, startProof: [], endProof: [] }]);
    });
  });

  describe("nameSegment", () => {
    it("is the requester's consent, once, before the draw: that segment is looked at besides", async () => {
      const held = await disputed(false, RESULT, false);
      const { world, job, gpu } = held;
      const { chains, court, escrow, actors } = world;
      for (const other of [actors.stranger, gpu.owner, actors.requester2]) {
        await expect(chains.connect(other).nameSegment(escrow, job.id, 3))
          .to.be.revertedWithCustomError(chains, "ChainsNotObjector")
          .withArgs(job.id, other.address);
      }
      const by = chains.connect(job.requester);
      await expect(by.nameSegment(escrow, job.id, SEGMENTS))
        .to.be.revertedWithCustomError(chains, "ChainsOutOfBounds")
        .withArgs(SEGMENTS, 0, SEGMENTS - 1);
      await expect(by.nameSegment(escrow, job.id, 0))
        .to.emit(chains, "SegmentNamed")
        .withArgs(await escrow.getAddress(), job.id, 0, job.requester.address);
      await expect(by.nameSegment(escrow, job.id, 1))
        .to.be.revertedWithCustomError(chains, "ChainsTooLateToName")
        .withArgs(job.id);
      await court.openCase(escrow, job.id, job.agreement);
      await drawn(held);
      const { segments, openings } = await openingsFor(held, 0);
      expect(segments).to.include(0);
      expect([...(await chains.checkOf(escrow, job.id)).drawn].map(Number)).to.deep.equal(segments);
      await chains.open(escrow, job.id, openings);
    });

    it("changes no draw that has the segment anyway", async () => {
      const held = await disputed();
      await drawn(held);
      expect([...(await held.world.chains.checkOf(held.world.escrow, held.job.id)).drawn]).to.have.length(4);
    });

    it("left out, nothing is drawn and nothing can be opened: the panel does the whole job again", async () => {
      const held = await disputed(true, RESULT, false);
      const { world, job } = held;
      const { chains, escrow } = world;
      await drawn(held);
      const check = await chains.checkOf(escrow, job.id);
      expect([[...check.drawn], check.opened]).to.deep.equal([[], false]);
      await expect(chains.open(escrow, job.id, []))
        .to.be.revertedWithCustomError(chains, "ChainsNotDrawn")
        .withArgs(job.id);
    });

    it("is too late once a panel is drawn, or came to nothing", async () => {
      const held = await disputed(true, RESULT, false);
      const { world, job } = held;
      const { chains, escrow, panel } = world;
      const by = chains.connect(job.requester);
      const { question } = await drawn(held);
      await expect(by.nameSegment(escrow, job.id, 1)).to.be.revertedWithCustomError(chains, "ChainsTooLateToName");
      await time.increase(48 * HOUR);
      await panel.tally(question);
      expect((await chains.checkOf(escrow, job.id)).lot).to.equal(0n);
      await expect(by.nameSegment(escrow, job.id, 1)).to.be.revertedWithCustomError(chains, "ChainsTooLateToName");
      await answerPanelRound(world, question);
    });

    for (const [who, challenger, mayConsent] of [
      ["the requester itself", "requester", true],
      ["somebody else, whose bond it is", "requester2", false],
    ] as const) {
      it(`in an optimistic job challenged by ${who}: ${mayConsent ? "its" : "nobody's"}`, async () => {
        const held = await working({ mode: Mode.Optimistic });
        const { world, job, gpu } = held;
        const { chains, escrow, actors } = world;
        await commitChain(held);
        await expect(chains.connect(job.requester).nameSegment(escrow, job.id, 2))
          .to.be.revertedWithCustomError(chains, "ChainsNotDisputed")
          .withArgs(job.id);
        await deliver(world, job, gpu);
        await escrow.connect(actors[challenger]).challenge(job.id, job.agreement, REASON);
        for (const by of [actors.requester2, job.requester]) {
          const named = chains.connect(by).nameSegment(escrow, job.id, 2);
          if (mayConsent && by === job.requester) await expect(named).to.emit(chains, "SegmentNamed");
          else await expect(named).to.be.revertedWithCustomError(chains, "ChainsNotObjector");
        }
      });
    }
  });
});
