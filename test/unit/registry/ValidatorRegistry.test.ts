/** Who is a validator, reviews what, and is available; what governance sets. */
import { setStorageAt } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { entryOf } from "./storage";
import * as f from "./validators.fixture";
import { as } from "./validators.fixture";

const MAX_DOMAINS = 2n ** 32n - 1n;

/** A world in which alice is validator, out since `since`. */
async function aliceOut() {
  const w = await f.world();
  const alice = await f.register(w, w.alice, { domains: 0b11 });
  await as(w, w.alice).setAvailable(alice, false);
  return { w, alice, since: await f.now() };
}

/** A world in which storage says that the list of domain 0 is `length` long. */
async function crowded(length: bigint) {
  const w = await f.world();
  await f.register(w, w.alice);
  const address = await w.registry.getAddress();
  for (let base = 0n; base < 20n; base++) {
    const slot = entryOf(0n, base);
    const word = BigInt(await ethers.provider.getStorage(address, slot));
    // One place, one that is available, no hole, one that came in.
    if ((word & 0xffff_ffff_ffff_ffffn) !== 0x0001_0000_0001_0001n) continue;
    await setStorageAt(address, slot, (word & ~0xffffn) | length);
    expect((await w.registry.poolOf(0)).places).to.equal(length);
    return w;
  }
  throw new Error("no word of a domain was found");
}

describe("ValidatorRegistry", () => {
  describe("constructor", () => {
    it("takes the vault's token, and terms within their bounds", async () => {
      const w = await f.world();
      expect(await w.registry.vault()).to.equal(await w.vault.getAddress());
      expect(await w.registry.token()).to.equal(await w.token.getAddress());
      expect(await w.registry.owner()).to.equal(w.governor.address);
      expect(await f.termsOf(w)).to.deep.equal(f.TERMS);
      const factory = await ethers.getContractFactory("ValidatorRegistry");
      await expect(factory.deploy(w.vault, w.governor, { ...f.TERMS, gain: 0 }))
        .to.be.revertedWithCustomError(factory, "ValidatorsOutOfBounds")
        .withArgs(0, 1_000, 50_000);
    });
  });

  describe("register", () => {
    it("pulls the stake and opens the account; available from the next second on (I2)", async () => {
      const w = await f.world();
      const second = (await f.now()) + 10n;
      await f.at(second);
      const stake = f.MIN_STAKE + f.GWEI;
      const domains = 0x8000_0001;
      const call = as(w, w.alice).register(w.stranger, domains, stake);
      await expect(call).to.changeTokenBalances(w.token, [w.alice, w.registry], [-stake, stake]);
      const alice = await w.vault.accountOf(w.alice);
      await expect(call)
        .to.emit(w.registry, "ValidatorRegistered")
        .withArgs(alice, w.stranger.address, domains, stake)
        .and.not.to.emit(w.registry, "AvailabilityChanged");
      expect(await f.stateOf(w, alice)).to.deep.equal({
        operator: w.stranger.address,
        domains: BigInt(domains),
        available: true,
        inSince: second,
        outSince: 0n,
        accuracy: f.INITIAL,
        openSeats: 0n,
        stake,
        unbonding: 0n,
        unbondingEnds: 0n,
        owed: 0n,
      });
      expect(await f.totals(w)).to.deep.equal({ stake, unbonding: 0n, slashed: 0n });
      for (const domain of [0, 31]) {
        expect((await w.registry.poolOf(domain)).places).to.equal(1);
        expect(await w.registry.listedAt(domain, 0)).to.equal(alice);
      }
      for (const domain of [1, 30, 32, 255]) {
        expect(await w.registry.poolOf(domain)).to.deep.equal([0n, 0n]);
        expect(await w.registry.listedAt(domain, 0)).to.equal(0);
      }
    });

    it("uses the account that the caller has", async () => {
      const w = await f.world();
      await w.vault.openAccount(w.bob);
      const account = await w.vault.accountOf(w.bob);
      expect(await f.register(w, w.bob)).to.equal(account);
    });

    it("refuses work while stopped, a second time, no domain, and a stake that does not do", async () => {
      const w = await f.world();
      const { registry } = w;
      const alice = as(w, w.alice);
      await expect(alice.register(w.alice, 0, f.MIN_STAKE))
        .to.be.revertedWithCustomError(registry, "ValidatorsOutOfBounds")
        .withArgs(0, 1, MAX_DOMAINS);
      await expect(alice.register(w.alice, 1, f.MIN_STAKE + 1n)).to.be.revertedWithCustomError(
        await ethers.getContractAt("Units", registry),
        "UnitsNotWhole",
      );
      await expect(alice.register(w.alice, 1, f.MIN_STAKE - f.GWEI))
        .to.be.revertedWithCustomError(registry, "ValidatorsStakeShort")
        .withArgs(1_000n * f.UNIT - 1n, 1_000n * f.UNIT);
      await as(w, w.governor).setWorkStopped(true);
      await expect(alice.register(w.alice, 1, f.MIN_STAKE)).to.be.revertedWithCustomError(
        registry,
        "ValidatorsStopped",
      );
      await as(w, w.governor).setWorkStopped(false);
      const id = await f.register(w, w.alice);
      await expect(alice.register(w.alice, 1, f.MIN_STAKE))
        .to.be.revertedWithCustomError(registry, "ValidatorsKnown")
        .withArgs(id);
      await w.token.connect(w.bob).approve(registry, 0);
      await expect(as(w, w.bob).register(w.alice, 1, f.MIN_STAKE)).to.be.revertedWithCustomError(
        w.token,
        "ERC20InsufficientAllowance",
      );
    });

    it("takes the last of 4,096 places, and refuses one more", async () => {
      const w = await crowded(4_095n);
      const bob = await f.register(w, w.bob);
      expect(await w.registry.listedAt(0, 4_095)).to.equal(bob);
      expect((await w.registry.poolOf(0)).places).to.equal(4_096);
      await expect(as(w, w.carol).register(w.carol, 1, f.MIN_STAKE))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsDomainFull")
        .withArgs(0);
      await as(w, w.carol).register(w.carol, 2, f.MIN_STAKE);
    });
  });

  describe("addStake", () => {
    it("lets anyone add, and changes nothing else", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      const before = await f.stateOf(w, alice);
      const call = as(w, w.bob).addStake(alice, 5n * f.GWEI);
      await expect(call).to.changeTokenBalances(w.token, [w.bob, w.registry], [-5n * f.GWEI, 5n * f.GWEI]);
      const stake = f.MIN_STAKE + 5n * f.GWEI;
      await expect(call)
        .to.emit(w.registry, "StakeAdded")
        .withArgs(alice, 5n * f.GWEI, stake);
      expect(await f.stateOf(w, alice)).to.deep.equal({ ...before, stake });
      expect((await f.totals(w)).stake).to.equal(stake);
    });

    it("refuses an account that is no validator, nothing, and parts of a unit", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      const bob = as(w, w.bob);
      await expect(bob.addStake(w.treasury, f.GWEI))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsUnknown")
        .withArgs(w.treasury);
      await expect(bob.addStake(alice, 0)).to.be.revertedWithCustomError(w.registry, "ValidatorsZeroAmount");
      await expect(bob.addStake(alice, 1)).to.be.revertedWithCustomError(
        await ethers.getContractAt("Units", w.registry),
        "UnitsNotWhole",
      );
    });
  });

  describe("setOperator and worksFor", () => {
    it("the holder and the hot key work for a validator, until the key changes", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { operator: w.bob.address });
      const works = (caller: string) => w.registry.worksFor(alice, caller);
      expect([await works(w.alice.address), await works(w.bob.address), await works(w.carol.address)]).to.deep.equal([
        true,
        true,
        false,
      ]);
      await expect(as(w, w.alice).setOperator(alice, w.carol))
        .to.emit(w.registry, "OperatorChanged")
        .withArgs(alice, w.bob.address, w.carol.address);
      expect([await works(w.alice.address), await works(w.bob.address), await works(w.carol.address)]).to.deep.equal([
        true,
        false,
        true,
      ]);
      await as(w, w.alice).setOperator(alice, ethers.ZeroAddress);
      expect(await works(ethers.ZeroAddress)).to.equal(false);
      expect(await works(w.carol.address)).to.equal(false);
    });

    it("nobody works for an account that is no validator", async () => {
      const w = await f.world();
      expect(await w.registry.worksFor(w.treasury, await w.vault.holderOf(w.treasury))).to.equal(false);
      expect(await w.registry.worksFor(99, ethers.ZeroAddress)).to.equal(false);
    });

    it("refuses anybody but the owner, the hot key too", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { operator: w.bob.address });
      for (const [id, caller] of [
        [alice, w.bob],
        [alice, w.stranger],
        [99n, w.stranger],
      ] as const) {
        await expect(as(w, caller).setOperator(id, caller))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOwner")
          .withArgs(id, caller.address);
      }
    });
  });

  describe("setAvailable", () => {
    it("stops at once and resumes 3 days later, not a second before", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice, { operator: w.bob.address, domains: 0b101 });
      await expect(as(w, w.alice).setAvailable(alice, true))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsSameAvailability")
        .withArgs(alice, true);
      const from = (await f.now()) + 100n;
      await f.at(from);
      await expect(as(w, w.bob).setAvailable(alice, false))
        .to.emit(w.registry, "AvailabilityChanged")
        .withArgs(alice, false);
      expect(await f.stateOf(w, alice)).to.include({ available: false, outSince: from });
      await expect(as(w, w.bob).setAvailable(alice, false))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsSameAvailability")
        .withArgs(alice, false);

      await f.at(from + f.FREEZE - 1n);
      await expect(as(w, w.alice).setAvailable(alice, true))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough")
        .withArgs(alice, from + f.FREEZE);
      await f.at(from + f.FREEZE);
      await expect(as(w, w.alice).setAvailable(alice, true))
        .to.emit(w.registry, "AvailabilityChanged")
        .withArgs(alice, true);
      const { available, inSince, outSince } = await w.registry.validatorOf(alice);
      expect([available, inSince, outSince]).to.deep.equal([true, from + f.FREEZE, 0n]);
    });

    it("needs the minimum stake to resume", async () => {
      const { w, alice, since } = await aliceOut();
      await as(w, w.governor).setTerms({ ...f.TERMS, minStakeGwei: 1_000n * f.UNIT + 1n });
      await f.at(since + f.FREEZE);
      await expect(as(w, w.alice).setAvailable(alice, true))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsStakeShort")
        .withArgs(1_000n * f.UNIT, 1_000n * f.UNIT + 1n);
      await as(w, w.bob).addStake(alice, f.GWEI);
      await as(w, w.alice).setAvailable(alice, true);
    });

    it("refuses strangers and accounts that are no validators", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      for (const id of [alice, 99n]) {
        await expect(as(w, w.stranger).setAvailable(id, false))
          .to.be.revertedWithCustomError(w.registry, "ValidatorsNotWorker")
          .withArgs(id, w.stranger.address);
      }
    });
  });

  describe("poolOf", () => {
    it("counts who is available, from the second after it came in", async () => {
      const w = await f.world();
      const alice = await f.register(w, w.alice);
      const second = await f.now();
      const pool = (blockTag: number | "latest") => w.registry.poolOf(0, { blockTag });
      await f.pass(1n);
      expect(await pool("latest")).to.deep.equal([1n, 1n]);
      await as(w, w.alice).setAvailable(alice, false);
      await f.pass(1n);
      expect(await pool("latest")).to.deep.equal([1n, 0n]);
      expect(await f.now()).to.be.above(second);
    });

    it("leaves out who came in this very second, and keeps who stopped in it", async () => {
      const w = await f.world();
      const [alice] = await f.three(w);
      await f.pass(10n);
      const dave = w.others[0] as typeof w.alice;
      await w.token.connect(w.governor).transfer(dave, f.MIN_STAKE);
      await w.token.connect(dave).approve(w.registry, f.MIN_STAKE);
      await w.vault.openAccount(dave);
      const second = (await f.now()) + 5n;
      const done = await f.inOneSecond(second, [
        (o) => as(w, w.alice).setAvailable(alice, false, o),
        (o) => as(w, dave).register(dave, 1, f.MIN_STAKE, o),
      ]);
      expect(done).to.deep.equal([true, true]);
      // A call on a block runs in the block's second.
      expect(await f.now()).to.equal(second);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 3n]);
      await f.pass(1n);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 3n]);
      const wholeSecond = (await f.now()) + 5n;
      await f.inOneSecond(wholeSecond, [(o) => as(w, dave).setAvailable(5n, false, o)]);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 3n]);
      await f.pass(1n);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 2n]);
    });

    it("never counts who came in and stopped in the same second", async () => {
      const w = await f.world();
      await f.three(w);
      await w.vault.openAccount(w.stranger);
      const id = await w.vault.accountOf(w.stranger);
      await w.token.connect(w.governor).transfer(w.stranger, f.MIN_STAKE);
      await w.token.connect(w.stranger).approve(w.registry, f.MIN_STAKE);
      const second = (await f.now()) + 5n;
      const done = await f.inOneSecond(second, [
        (o) => as(w, w.stranger).register(w.stranger, 1, f.MIN_STAKE, o),
        (o) => as(w, w.stranger).setAvailable(id, false, o),
      ]);
      expect(done).to.deep.equal([true, true]);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 3n]);
      await f.pass(1n);
      expect(await w.registry.poolOf(0)).to.deep.equal([4n, 3n]);
    });
  });

  describe("setDomains", () => {
    it("gives up places and takes others, 3 days after it stopped, not a second before", async () => {
      const { w, alice, since } = await aliceOut();
      await f.at(since + f.FREEZE - 1n);
      await expect(as(w, w.alice).setDomains(alice, 0b110))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough")
        .withArgs(alice, since + f.FREEZE);
      await f.at(since + f.FREEZE);
      await expect(as(w, w.alice).setDomains(alice, 0b110))
        .to.emit(w.registry, "DomainsChanged")
        .withArgs(alice, 0b11, 0b110);
      const places = async (place: number) =>
        Promise.all([0, 1, 2].map((domain) => w.registry.listedAt(domain, place)));
      expect(await places(0)).to.deep.equal([0n, alice, alice]);
      expect((await w.registry.validatorOf(alice)).domains).to.equal(0b110);
      expect(await w.registry.poolOf(0)).to.deep.equal([0n, 0n]);
      await as(w, w.alice).setAvailable(alice, true);
      await f.pass(1n);
      const owners = await Promise.all([0, 1, 2].map(async (domain) => (await w.registry.poolOf(domain)).owners));
      expect(owners).to.deep.equal([0n, 1n, 1n]);
      const [bob, carol] = [await f.register(w, w.bob), await f.register(w, w.carol)];
      expect([await w.registry.listedAt(0, 0), await w.registry.listedAt(0, 1)]).to.deep.equal([bob, carol]);
      expect((await w.registry.poolOf(0)).places).to.equal(2);
    });

    it("refuses who is available, whoever is not the owner, no domain, and a full one", async () => {
      const w = await crowded(4_096n);
      const bob = await f.register(w, w.bob, { domains: 2, operator: w.stranger.address });
      const second = (await f.now()) + 5n;
      await f.at(second);
      await expect(as(w, w.bob).setDomains(bob, 1))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOutLongEnough")
        .withArgs(bob, second + f.FREEZE);
      await as(w, w.bob).setAvailable(bob, false);
      await f.pass(f.FREEZE);
      await expect(as(w, w.stranger).setDomains(bob, 1))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsNotOwner")
        .withArgs(bob, w.stranger.address);
      await expect(as(w, w.bob).setDomains(bob, 0))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
        .withArgs(0, 1, MAX_DOMAINS);
      await expect(as(w, w.bob).setDomains(bob, 3))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsDomainFull")
        .withArgs(0);
    });

    it("fills the lowest free place first, and shortens the list to its last member", async () => {
      const w = await f.world();
      const ids = await f.registerMany(w, 12);
      const signers: (typeof w.alice)[] = [];
      for (const id of ids) signers.push(await ethers.getImpersonatedSigner(await w.vault.holderOf(id)));
      for (const [index, signer] of signers.entries()) await as(w, signer).setAvailable(ids[index] ?? 0n, false);
      await f.pass(f.FREEZE);
      const move = (index: number, domains: number) =>
        as(w, signers[index] as typeof w.alice).setDomains(ids[index] ?? 0n, domains);
      const listed = async () => {
        const { places } = await w.registry.poolOf(0);
        const indices = Array.from({ length: Number(places) }, (_, place) => place);
        return Promise.all(indices.map(async (place) => ids.indexOf(await w.registry.listedAt(0, place))));
      };
      for (const index of [3, 9, 10, 0]) await move(index, 2);
      expect(await listed()).to.deep.equal([-1, 1, 2, -1, 4, 5, 6, 7, 8, -1, -1, 11]);
      await move(11, 2);
      expect(await listed()).to.deep.equal([-1, 1, 2, -1, 4, 5, 6, 7, 8]);
      for (const index of [11, 10, 9]) await move(index, 1);
      expect(await listed()).to.deep.equal([11, 1, 2, 10, 4, 5, 6, 7, 8, 9]);
      for (let index = 1; index < 12; index++) await move(index, 2);
      expect(await listed()).to.deep.equal([]);
      await move(7, 3);
      expect(await listed()).to.deep.equal([7]);
    });

    it("looks for free and taken places across words of 256", async () => {
      const w = await f.world();
      const first = await f.register(w, w.alice);
      const ids = [...(await f.registerMany(w, 256))];
      const last = ids[255] as bigint;
      expect(await w.registry.listedAt(0, 256)).to.equal(last);
      const leave = async (id: bigint) => {
        const signer = await ethers.getImpersonatedSigner(await w.vault.holderOf(id));
        await as(w, signer).setAvailable(id, false);
        await f.pass(f.FREEZE);
        await as(w, signer).setDomains(id, 2);
        return signer;
      };
      await leave(ids[254] as bigint);
      const signer = await leave(last);
      expect((await w.registry.poolOf(0)).places).to.equal(255);
      await as(w, signer).setDomains(last, 1);
      expect(await w.registry.listedAt(0, 255)).to.equal(last);
      const [bob, carol] = [await f.register(w, w.bob), await f.register(w, w.carol)];
      expect([await w.registry.listedAt(0, 256), await w.registry.listedAt(0, 257)]).to.deep.equal([bob, carol]);
      // The lowest free place is in the second word, and the last taken one in the first.
      await leave(bob);
      await as(w, w.bob).setDomains(bob, 1);
      expect(await w.registry.listedAt(0, 256)).to.equal(bob);
      await leave(carol);
      expect((await w.registry.poolOf(0)).places).to.equal(257);
      await as(w, w.bob).setDomains(bob, 2);
      expect((await w.registry.poolOf(0)).places).to.equal(256);
      await leave(first);
      await as(w, w.carol).setDomains(carol, 1);
      expect(await w.registry.listedAt(0, 0)).to.equal(carol);
    });
  });

  describe("setModule", () => {
    it("adds modules and changes their rights", async () => {
      const w = await f.world();
      const governor = as(w, w.governor);
      expect(await w.registry.scopesOf(w.module)).to.equal(7);
      await expect(governor.setModule(w.bob, f.DRAW))
        .to.emit(w.registry, "ModuleChanged")
        .withArgs(w.bob.address, 0, f.DRAW);
      await expect(governor.setModule(w.bob, f.RECORD))
        .to.emit(w.registry, "ModuleChanged")
        .withArgs(w.bob.address, f.DRAW, f.RECORD);
      expect(await w.registry.scopesOf(w.bob)).to.equal(f.RECORD);
      expect(await w.registry.scopesOf(w.carol)).to.equal(0);
    });

    it("refuses the zero address, rights that do not exist, a 17th module, and anybody but the owner", async () => {
      const w = await f.world();
      const governor = as(w, w.governor);
      await expect(governor.setModule(ethers.ZeroAddress, 1)).to.be.revertedWithCustomError(
        w.registry,
        "ValidatorsZeroAddress",
      );
      await expect(governor.setModule(w.bob, 8))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsUnknownScopes")
        .withArgs(8);
      for (let i = 1; i < 16; i++) await governor.setModule(ethers.toBeHex(i, 20), 0);
      await expect(governor.setModule(ethers.toBeHex(16, 20), 0))
        .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
        .withArgs(17, 1, 16);
      await governor.setModule(ethers.toBeHex(15, 20), 7);
      await expect(as(w, w.bob).setModule(w.bob, 1))
        .to.be.revertedWithCustomError(w.registry, "OwnableUnauthorizedAccount")
        .withArgs(w.bob.address);
    });
  });

  describe("setTerms", () => {
    const bounds: readonly (readonly [keyof typeof f.TERMS, bigint, bigint, boolean])[] = [
      ["minStakeGwei", 1n, 2n ** 64n - 1n, false],
      ["unbonding", 14n * f.DAY, 60n * f.DAY, true],
      ["silenceBps", 10n, 1_000n, true],
      ["moduleCapPercent", 1n, 20n, true],
      ["gain", 1_000n, 50_000n, true],
      ["incoherentLoss", 1_000n, 250_000n, true],
      ["silentLoss", 1_000n, 250_000n, true],
    ];
    for (const [term, low, high, above] of bounds) {
      it(`takes ${term} from ${low} to ${high}`, async () => {
        const w = await f.world();
        const governor = as(w, w.governor);
        for (const value of [low, high]) {
          const terms = { ...f.TERMS, [term]: value };
          await expect(governor.setTerms(terms)).to.emit(w.registry, "TermsChanged").withArgs(Object.values(terms));
          expect(await f.termsOf(w)).to.deep.equal(terms);
        }
        for (const value of above ? [low - 1n, high + 1n] : [low - 1n]) {
          await expect(governor.setTerms({ ...f.TERMS, [term]: value }))
            .to.be.revertedWithCustomError(w.registry, "ValidatorsOutOfBounds")
            .withArgs(value, low, high);
        }
      });
    }

    it("refuses anybody but the owner, and leaves the stop of work as it is", async () => {
      const w = await f.world();
      await expect(as(w, w.bob).setTerms(f.TERMS)).to.be.revertedWithCustomError(
        w.registry,
        "OwnableUnauthorizedAccount",
      );
      await as(w, w.governor).setWorkStopped(true);
      await as(w, w.governor).setTerms(f.TERMS);
      expect(await w.registry.workStopped()).to.equal(true);
    });
  });

  describe("setWorkStopped", () => {
    it("stops registering and draws, and nothing else (I44)", async () => {
      const w = await f.world();
      const [alice] = await f.three(w);
      await f.pass(1n);
      const wanted = await f.request(w);
      await f.seat(w, alice, 2);
      await expect(as(w, w.governor).setWorkStopped(true)).to.emit(w.registry, "WorkStopped").withArgs(true);
      expect(await w.registry.workStopped()).to.equal(true);
      expect(await f.termsOf(w)).to.deep.equal(f.TERMS);
      await expect(w.registry.takeSeats(wanted)).to.be.revertedWithCustomError(w.registry, "ValidatorsStopped");

      await as(w, w.bob).addStake(alice, f.GWEI);
      await f.end(w, alice, f.Outcome.Silent);
      await f.end(w, alice, f.Outcome.Coherent);
      await w.registry.collectSlashes();
      await as(w, w.alice).beginUnbond(alice, ethers.MaxUint256);
      await f.pass(f.UNBONDING);
      await as(w, w.stranger).delist(alice);
      await as(w, w.alice).cancelUnbond(alice);
      await as(w, w.bob).addStake(alice, f.SILENCE);
      await as(w, w.alice).setDomains(alice, 2);
      await as(w, w.alice).setAvailable(alice, true);
      await as(w, w.alice).setOperator(alice, w.bob);
      await as(w, w.alice).beginUnbond(alice, ethers.MaxUint256);
      await f.pass(f.UNBONDING);
      await as(w, w.alice).withdraw(alice, w.alice);
      await expect(as(w, w.governor).setWorkStopped(false)).to.emit(w.registry, "WorkStopped").withArgs(false);
      expect(await w.registry.workStopped()).to.equal(false);
    });

    it("refuses anybody but the owner", async () => {
      const w = await f.world();
      await expect(as(w, w.bob).setWorkStopped(true)).to.be.revertedWithCustomError(
        w.registry,
        "OwnableUnauthorizedAccount",
      );
    });
  });

  describe("ownership", () => {
    it("is never given up (I46)", async () => {
      const w = await f.world();
      await expect(as(w, w.governor).renounceOwnership()).to.be.revertedWithCustomError(
        w.registry,
        "OwnershipRequired",
      );
    });
  });
});
