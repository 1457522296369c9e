/** Draws of seats from frozen pools, and how seats end. */
import { expect } from "chai";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

const MAX_TRIES = 4_096;

describe("ValidatorRegistry: seats", () => {
  describe("takeSeats", () => {
    it("takes a seat of distinct validators", async () => {
      const w = await f.world();
      const ids = await f.three(w);
      await f.pass(1n);
      const wanted = await f.request(w, { seats: 3 });
      const drawn = await w.registry.takeSeats.staticCall(wanted);
      expect([...drawn].sort()).to.deep.equal([...ids].sort());
      const call = await w.registry.takeSeats(wanted);
      for (const id of ids) {
        await expect(call).to.emit(w.registry, "SeatTaken").withArgs(id, w.module.address, wanted.seed);
        expect((await w.registry.validatorOf(id)).openSeats).to.equal(1);
      }
    });

    it("returns fewer when there are too few, or tries run out", async () => {
      const w = await f.world();
      const ids = await f.three(w);
      await f.pass(1n);
      const all = await w.registry.takeSeats.staticCall(await f.request(w, { seats: 31 }));
      expect([...all].sort()).to.deep.equal([...ids].sort());
      const few = await f.take(w, { seats: 3, tries: 1, seed: f.seedOf(1) });
      expect(few.length).to.be.below(2);
      expect(await f.take(w, { length: 0 })).to.deep.equal([]);
      expect(await f.take(w, { domain: 7 })).to.deep.equal([]);
    });

    it("seats nobody who is excluded, and ignores zeros", async () => {
      const w = await f.world();
      const [alice, bob, carol] = await f.three(w);
      await f.pass(1n);
      for (let i = 0; i < 10; i++) {
        const wanted = await f.request(w, {
          seats: 3,
          tries: 64,
          excluded: [0, alice, 0, 77, carol],
          seed: f.seedOf(i),
        });
        expect([...(await w.registry.takeSeats.staticCall(wanted))]).to.deep.equal([bob]);
      }
    });

    it("skips free places and those behind the list", async () => {
      const w = await f.world();
      const [alice, bob, carol] = await f.three(w);
      await as(w, w.bob).setAvailable(bob, false);
      await f.pass(f.FREEZE);
      await as(w, w.bob).setDomains(bob, 2);
      await f.pass(1n);
      const drawn = await f.take(w, { seats: 31, length: 100, tries: 1_024 });
      expect([...drawn].every((id) => id === alice || id === carol)).to.equal(true);
      const whole = await f.take(w, { seats: 31 });
      expect([...whole].sort()).to.deep.equal([alice, carol].sort());
    });

    describe("given when the question was asked", () => {
      it("seats who came in before that second, not in it", async () => {
        const w = await f.world();
        const alice = await f.register(w, w.alice);
        const second = await f.now();
        await f.pass(5n);
        expect(await f.take(w, { frozenAt: second })).to.deep.equal([]);
        expect(await f.take(w, { frozenAt: second + 1n })).to.deep.equal([alice]);
      });

      it("seats who stopped in that second or later, not before", async () => {
        const w = await f.world();
        const alice = await f.register(w, w.alice);
        await f.pass(10n);
        await as(w, w.alice).setAvailable(alice, false);
        const second = await f.now();
        await f.pass(5n);
        expect(await f.take(w, { frozenAt: second - 1n })).to.deep.equal([alice]);
        expect(await f.take(w, { frozenAt: second })).to.deep.equal([alice]);
        expect(await f.take(w, { frozenAt: second + 1n })).to.deep.equal([]);
      });

      it("seats nobody for what lies before its return", async () => {
        const w = await f.world();
        const alice = await f.register(w, w.alice);
        await as(w, w.alice).setAvailable(alice, false);
        const out = await f.now();
        await f.at(out + f.FREEZE);
        await as(w, w.alice).setAvailable(alice, true);
        await f.pass(5n);
        const back = out + f.FREEZE;
        expect(await f.take(w, { frozenAt: back - 1n })).to.deep.equal([]);
        expect(await f.take(w, { frozenAt: back })).to.deep.equal([]);
        expect(await f.take(w, { frozenAt: back + 1n })).to.deep.equal([alice]);
      });

      it("draws from that second on until 3 days later, exclusive", async () => {
        const w = await f.world();
        await f.register(w, w.alice);
        await f.pass(10n);
        const frozenAt = await f.now();
        const wanted = await f.request(w, { frozenAt });
        await f.at(frozenAt + f.FREEZE - 1n);
        await w.registry.takeSeats(wanted);
        await f.at(frozenAt + f.FREEZE);
        await expect(w.registry.takeSeats(wanted))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsStaleFreeze")
          .withArgs(frozenAt);
        const next = (await f.now()) + 10n;
        await f.at(next);
        await w.registry.takeSeats({ ...wanted, frozenAt: next });
        await f.at(next + 1n);
        await expect(w.registry.takeSeats({ ...wanted, frozenAt: next + 2n }))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsStaleFreeze")
          .withArgs(next + 2n);
      });
    });

    it("seats by accuracy: a validator of the least is drawn a tenth as often as one of half", async () => {
      const w = await f.world();
      const [alice, bob, carol] = await f.three(w);
      await f.pass(1n);
      await as(w, w.governor).setTerms({ ...f.TERMS, incoherentLoss: 250_000 });
      await f.seat(w, alice, 2);
      await w.registry.endSeats([alice, alice], [f.Outcome.Incoherent, f.Outcome.Incoherent]);
      expect((await w.registry.validatorOf(alice)).accuracy).to.equal(50_000);
      await f.pass(f.EPOCH);
      const counts = new Map<bigint, number>();
      for (let i = 0; i < 300; i++) {
        const wanted = await f.request(w, { seed: f.seedOf(i) });
        const [id = 0n] = await w.registry.takeSeats.staticCall(wanted);
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      const of = (id: bigint) => counts.get(id) ?? 0;
      expect(of(alice)).to.be.within(3, 35);
      expect(of(bob)).to.be.within(105, 180);
      expect(of(carol)).to.be.within(105, 180);
    });

    it("refuses whoever lacks the right, and requests out of bounds", async () => {
      const w = await f.world();
      await f.register(w, w.alice);
      await f.pass(1n);
      const wanted = await f.request(w);
      await as(w, w.governor).setModule(w.bob, f.RECORD | f.SLASH);
      for (const caller of [w.bob, w.stranger]) {
        await expect(as(w, caller).takeSeats(wanted))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsMissingScope")
          .withArgs(caller.address, f.DRAW);
      }
      for (const [change, value, low, high] of [
        [{ domain: 32 }, 32, 0, 31],
        [{ seats: 0 }, 0, 1, 31],
        [{ seats: 32 }, 32, 1, 31],
        [{ tries: 0 }, 0, 1, MAX_TRIES],
        [{ tries: MAX_TRIES + 1 }, MAX_TRIES + 1, 1, MAX_TRIES],
      ] as const) {
        await expect(w.registry.takeSeats({ ...wanted, ...change }))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
          .withArgs(value, low, high);
      }
      for (const change of [{ domain: 31 }, { seats: 31 }, { tries: 1 }]) {
        await w.registry.takeSeats({ ...wanted, ...change });
      }
    });

    it("@gas costs little", async () => {
      const w = await f.world();
      await f.registerMany(w, 62);
      await f.pass(1n);
      const costs: Record<string, bigint> = {};
      for (const [name, length, seats] of [
        ["5 of 30", 30, 5],
        ["15 of 62", 62, 15],
        ["31 of 62", 62, 31],
      ] as const) {
        const wanted = await f.request(w, { length, seats, seed: f.seedOf(name) });
        expect((await w.registry.takeSeats.staticCall(wanted)).length).to.equal(seats);
        const receipt = await (await w.registry.takeSeats(wanted)).wait();
        costs[name] = receipt?.gasUsed ?? 0n;
      }
      const shown = Object.entries(costs).join("; ");
      expect(costs["5 of 30"], shown).to.be.below(110_000n);
      expect(costs["15 of 62"], shown).to.be.below(260_000n);
      expect(costs["31 of 62"], shown).to.be.below(500_000n);
    });
  });

  describe("endSeats", () => {
    /** Alice with so many seats. */
    async function seated(seats: number) {
      const w = await f.world();
      const [alice, bob, carol] = await f.three(w);
      await f.pass(1n);
      await f.seat(w, alice, seats);
      return { w, alice, bob, carol };
    }

    it("ends a seat of each, with what it did", async () => {
      const { w, alice } = await seated(4);
      const { Void, Coherent, Incoherent, Silent } = f.Outcome;
      const call = w.registry.endSeats([alice, alice, alice, alice], [Void, Coherent, Incoherent, Silent]);
      for (const [outcome, old, accuracy] of [
        [Void, 500_000, 500_000],
        [Coherent, 500_000, 520_000],
        [Incoherent, 520_000, 470_000],
        [Silent, 470_000, 370_000],
      ] as const) {
        await expect(call).to.emit(w.registry, "SeatEnded").withArgs(alice, outcome, old, accuracy);
      }
      expect(await f.stateOf(w, alice)).to.include({ openSeats: 0n, accuracy: 370_000n });
    });

    it("keeps accuracy between 5 and 100 points", async () => {
      const { w, alice } = await seated(13);
      await as(w, w.governor).setTerms({ ...f.TERMS, gain: 50_000, incoherentLoss: 225_000 });
      const accuracies: bigint[] = [];
      const step = async (outcome: number) => {
        await f.end(w, alice, outcome);
        accuracies.push((await w.registry.validatorOf(alice)).accuracy);
      };
      await step(f.Outcome.Incoherent);
      await step(f.Outcome.Incoherent);
      await step(f.Outcome.Incoherent);
      expect(accuracies).to.deep.equal([275_000n, 50_000n, 50_000n]);
      const { w: again, alice: best } = await seated(11);
      await as(again, again.governor).setTerms({ ...f.TERMS, gain: 50_000 });
      for (let i = 0; i < 9; i++) await f.end(again, best, f.Outcome.Coherent);
      expect((await again.registry.validatorOf(best)).accuracy).to.equal(950_000);
      await f.end(again, best, f.Outcome.Coherent);
      expect((await again.registry.validatorOf(best)).accuracy).to.equal(1_000_000);
      await f.end(again, best, f.Outcome.Coherent);
      expect((await again.registry.validatorOf(best)).accuracy).to.equal(1_000_000);
    });

    it("counts from the next epoch on", async () => {
      const { w, alice } = await seated(2);
      const first = await f.now();
      await f.end(w, alice, f.Outcome.Coherent);
      expect(await w.registry.accuracyAt(alice, await f.now())).to.equal(500_000);
      const next = (first / f.EPOCH + 1n) * f.EPOCH;
      await f.at(next);
      await f.end(w, alice, f.Outcome.Incoherent);
      await f.pass(60n);
      expect((await w.registry.validatorOf(alice)).accuracy).to.equal(470_000);
      expect(await w.registry.accuracyAt(alice, next)).to.equal(520_000);
      expect(await w.registry.accuracyAt(alice, next - 1n)).to.equal(500_000);
      await f.pass(f.EPOCH);
      expect(await w.registry.accuracyAt(alice, await f.now())).to.equal(470_000);
    });

    it("tells no accuracy of a pool that can't be drawn from", async () => {
      const { w, alice } = await seated(0);
      const time = await f.now();
      for (const frozenAt of [time - f.FREEZE, time + 1n]) {
        await expect(w.registry.accuracyAt(alice, frozenAt))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsStaleFreeze")
          .withArgs(frozenAt);
      }
      expect(await w.registry.accuracyAt(alice, time - f.FREEZE + 1n)).to.equal(f.INITIAL);
      expect(await w.registry.accuracyAt(99, time)).to.equal(0);
    });

    it("refuses lists of different lengths, validators without a seat, and whoever lacks the right", async () => {
      const { w, alice, bob } = await seated(1);
      await expect(w.registry.endSeats([alice], []))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
        .withArgs(0, 1, 1);
      for (const id of [bob, 99n]) {
        await expect(w.registry.endSeats([alice, id], [0, 0]))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsNoSeat")
          .withArgs(id);
      }
      await as(w, w.governor).setModule(w.bob, f.DRAW | f.SLASH);
      for (const caller of [w.bob, w.stranger]) {
        await expect(as(w, caller).endSeats([alice], [0]))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsMissingScope")
          .withArgs(caller.address, f.RECORD);
      }
      await w.registry.endSeats([], []);
    });

    it("lets a module that lost its rights end as many seats as it took, without slashes", async () => {
      const { w, alice, bob } = await seated(2);
      await as(w, w.governor).setModule(w.bob, 7);
      const wanted = await f.request(w, { excluded: [alice], seed: f.seedOf("bob") });
      await as(w, w.bob).takeSeats(wanted);
      await as(w, w.governor).setModule(w.module, 0);
      await expect(w.registry.endSeats([alice, alice, alice], [0, 0, 0]))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsMissingScope")
        .withArgs(w.module.address, f.RECORD);
      await expect(f.end(w, alice, f.Outcome.Silent))
        .to.emit(w.registry, "SeatEnded")
        .and.not.to.emit(w.registry, "ValidatorSlashed");
      await f.end(w, alice, f.Outcome.Coherent);
      for (const id of [alice, bob]) {
        await expect(f.end(w, id, f.Outcome.Void))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsMissingScope")
          .withArgs(w.module.address, f.RECORD);
      }
    });

    it("lets a module that may record end seats that others took, so that none stays open for ever", async () => {
      const { w, alice } = await seated(2);
      await as(w, w.governor).setModule(w.module, 0);
      await as(w, w.governor).setModule(w.governor, f.RECORD);
      await as(w, w.governor).endSeats([alice], [f.Outcome.Void]);
      await as(w, w.governor).endSeats([alice], [f.Outcome.Void]);
      expect((await w.registry.validatorOf(alice)).openSeats).to.equal(0);
    });

    it("refuses a module that only draws to end even its own seats", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      await f.pass(1n);
      await as(w, w.governor).setModule(w.bob, f.DRAW);
      await as(w, w.bob).takeSeats(await f.request(w));
      await expect(as(w, w.bob).endSeats([alice], [f.Outcome.Void]))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsMissingScope")
        .withArgs(w.bob.address, f.RECORD);
      await f.end(w, alice, f.Outcome.Void);
    });
  });

  it("ends seats of validators that are slashed below the minimum in many domains at once", async () => {
    const w = await f.world();
    const alice = await f.register(w, w.alice, { domains: 0xffff_ffff });
    await f.register(w, w.bob);
    await f.pass(1n);
    await f.seat(w, alice, 1);
    const receipt = await (await f.end(w, alice, f.Outcome.Silent)).wait();
    expect(receipt?.gasUsed).to.be.below(400_000n);
    await f.pass(1n);
    for (const domain of [1, 15, 16, 31]) expect(await w.registry.poolOf(domain)).to.deep.equal([1n, 0n]);
  });
});
