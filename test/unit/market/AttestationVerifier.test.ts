import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import type { HostileSigner } from "../../../typechain-types";
import {
  conserve,
  deployMarket,
  digest,
  Mode,
  plausibleEnergy,
  postAndDraw,
  Status,
  statusOf,
} from "../../fixtures/suite";
import {
  addressesOf,
  attest,
  attestationWorld,
  byAddress,
  CLAIM,
  type Claim,
  type Entry,
  keysOf,
  proofOf,
  prove,
  THRESHOLD,
  TYPES,
  verified,
} from "./attestationFixture";

const NOBODY = ethers.ZeroAddress;
const DAY = 86_400;
const FOREVER = 2n ** 40n - 1n;
/** Curve order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** How HostileSigner answers, in the order of its enumeration. */
const Bad = { WrongMagic: 1, Empty: 2, Short: 3, Revert: 4, RevertBomb: 5, BurnGas: 6 } as const;

describe("AttestationVerifier", () => {
  describe("constructor", () => {
    it("refuses sets out of bounds, and a zero owner", async () => {
      const { verifier, governor, keys } = await loadFixture(attestationWorld);
      const factory = await ethers.getContractFactory("AttestationVerifier");
      const many = addressesOf(keysOf(...Array.from({ length: 17 }, (_, index) => `key ${index}`)));
      for (const [signers, threshold, args] of [
        [[], 0, [0, 1, 16]],
        [[], 1, [0, 1, 16]],
        [many, 1, [17, 1, 16]],
        [addressesOf(keys), 0, [0, 1, 5]],
        [addressesOf(keys), 6, [6, 1, 5]],
      ] as const) {
        await expect(factory.deploy([...signers], threshold, governor.address))
          .to.be.revertedWithCustomError(verifier, "AttestationOutOfBounds")
          .withArgs(...args);
      }
      await expect(factory.deploy(addressesOf(keys), 1, NOBODY)).to.be.revertedWithCustomError(
        verifier,
        "OwnableInvalidOwner",
      );
    });

    it("refuses signers that do not ascend strictly from above zero", async () => {
      const { verifier, governor, keys } = await loadFixture(attestationWorld);
      const factory = await ethers.getContractFactory("AttestationVerifier");
      const [a, b, c] = addressesOf(keys) as [string, string, string];
      for (const [signers, culprit] of [
        [[b, a], a],
        [[a, a], a],
        [[a, c, b], b],
        [[NOBODY, a], NOBODY],
      ] as const) {
        await expect(factory.deploy([...signers], 1, governor.address))
          .to.be.revertedWithCustomError(verifier, "AttestationSignersNotAscending")
          .withArgs(culprit);
      }
    });

    it("puts the first set in force for good, as version 1", async () => {
      const { verifier, governor, keys } = await loadFixture(attestationWorld);
      await expect(verifier.deploymentTransaction())
        .to.emit(verifier, "SignersChanged")
        .withArgs(1, addressesOf(keys), THRESHOLD);
      expect(await verifier.currentVersion()).to.equal(1);
      expect(await verifier.owner()).to.equal(governor.address);
      expect([...(await verifier.signersOf(1))]).to.deep.equal([BigInt(THRESHOLD), FOREVER, addressesOf(keys)]);
      expect([...(await verifier.signersOf(0))]).to.deep.equal([0n, 0n, []]);
      expect([...(await verifier.signersOf(2))]).to.deep.equal([0n, 0n, []]);
    });

    it("takes the smallest and the largest set", async () => {
      const { governor } = await loadFixture(attestationWorld);
      for (const count of [1, 16]) {
        const keys = keysOf(...Array.from({ length: count }, (_, index) => `of ${count}: ${index}`));
        const verifier = await ethers.deployContract("AttestationVerifier", [
          addressesOf(keys),
          count,
          governor.address,
        ]);
        expect(await verified(verifier, await prove(verifier, keys))).to.equal(true);
        expect(await verified(verifier, await prove(verifier, keys.slice(1)))).to.equal(false);
      }
    });
  });

  describe("hashAttestation", () => {
    it("is the EIP-712 digest of the message that the interface names", async () => {
      const { verifier } = await loadFixture(attestationWorld);
      const { escrow, jobId, agreementHash, resultDigest } = CLAIM;
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await verifier.getAddress();
      const domain = { name: "GPU Commons Attestation", version: "1", chainId, verifyingContract };
      expect(await verifier.hashAttestation(escrow, jobId, agreementHash, resultDigest)).to.equal(
        ethers.TypedDataEncoder.hash(domain, TYPES, CLAIM),
      );
      const described = await verifier.eip712Domain();
      expect([described.name, described.version, described.chainId, described.verifyingContract]).to.deep.equal([
        "GPU Commons Attestation",
        "1",
        chainId,
        verifyingContract,
      ]);
    });
  });

  describe("verify", () => {
    describe("by keys of accounts", () => {
      it("says no to nobody, to too few and to the same signer twice", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const [a, b] = keys;
        expect(await verified(verifier, await prove(verifier, []))).to.equal(false);
        expect(await verified(verifier, await prove(verifier, [a!, b!]))).to.equal(false);
        expect(await verified(verifier, await prove(verifier, [a!, b!, b!]))).to.equal(false);
        expect(await verified(verifier, await prove(verifier, [a!, a!, b!]))).to.equal(false);
      });

      it("says yes to exactly the threshold, whichever signers they are, and to more", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        for (let chosen = 0; chosen < 32; chosen++) {
          const signing = keys.filter((_, index) => (chosen >> index) & 1);
          const proof = await prove(verifier, signing);
          expect(await verified(verifier, proof), `signers ${chosen}`).to.equal(signing.length >= THRESHOLD);
        }
      });

      it("says no to signers out of order", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const [a, b, c] = keys;
        for (const order of [
          [c, b, a],
          [b, a, c],
          [a, c, b],
        ]) {
          expect(await verified(verifier, await prove(verifier, order as typeof keys))).to.equal(false);
        }
      });

      it("says no as soon as one entry is not of the set, be the others enough", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const list = [...keys, ...keysOf("an intruder")].sort(byAddress);
        expect(await verified(verifier, await prove(verifier, list))).to.equal(false);
      });

      it("counts a signer with a wrong signature as one who did not sign", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const good = await Promise.all(keys.map((key) => attest(verifier, key)));
        const [a, b, c, d] = good as [Entry, Entry, Entry, Entry];
        const bad = { signer: a.signer, signature: b.signature };
        expect(await verified(verifier, proofOf(1, [bad, b, c]))).to.equal(false);
        expect(await verified(verifier, proofOf(1, [bad, b, c, d]))).to.equal(true);
        for (const signature of ["0x", "0x00", `0x${"00".repeat(65)}`, `0x${"ff".repeat(65)}`, b.signature]) {
          expect(await verified(verifier, proofOf(1, [{ signer: a.signer, signature }, b, c]))).to.equal(false);
        }
      });

      it("does not take the mirrored signature for another, nor a compact one", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const [a, b, c] = (await Promise.all(keys.slice(0, 3).map((key) => attest(verifier, key)))) as [
          Entry,
          Entry,
          Entry,
        ];
        const { r, s, v, compactSerialized } = ethers.Signature.from(a.signature);
        const mirrored = ethers.concat([r, ethers.toBeHex(ORDER - BigInt(s), 32), ethers.toBeHex(55 - v)]);
        for (const signature of [mirrored, compactSerialized]) {
          expect(await verified(verifier, proofOf(1, [{ signer: a.signer, signature }, b, c]))).to.equal(false);
        }
      });
    });

    describe("replays", () => {
      const others: readonly [string, Partial<Claim>][] = [
        ["another escrow", { escrow: ethers.getAddress(`0x${"e6".repeat(20)}`) }],
        ["another job", { jobId: CLAIM.jobId + (1n << 32n) }],
        ["another generation of the job", { jobId: CLAIM.jobId + 1n }],
        ["another agreement", { agreementHash: digest("another agreement") }],
        ["another result", { resultDigest: digest("another result") }],
      ];
      for (const [what, change] of others) {
        it(`says no to attestations of ${what}`, async () => {
          const { verifier, keys } = await loadFixture(attestationWorld);
          const claim = { ...CLAIM, ...change };
          const proof = await prove(verifier, keys, { claim });
          expect(await verified(verifier, proof, claim)).to.equal(true);
          expect(await verified(verifier, proof)).to.equal(false);
        });
      }

      it("says no to attestations for another chain, contract, name or version of the domain", async () => {
        const { verifier, keys, governor } = await loadFixture(attestationWorld);
        const twin = await ethers.deployContract("AttestationVerifier", [
          addressesOf(keys),
          THRESHOLD,
          governor.address,
        ]);
        for (const domain of [
          { chainId: 8_453n },
          { verifyingContract: await twin.getAddress() },
          { name: "GPU Commons PaymentVault" },
          { version: "2" },
        ]) {
          const entries = await Promise.all(keys.map((key) => attest(verifier, key, CLAIM, domain)));
          expect(await verified(verifier, proofOf(1, entries))).to.equal(false);
        }
      });

      it("says no to a set's signatures under the version of another set", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const next = keysOf("next a", "next b");
        await verifier.setSigners(addressesOf(next), 2, DAY);
        expect(await verified(verifier, await prove(verifier, keys, { version: 2 }))).to.equal(false);
        expect(await verified(verifier, await prove(verifier, next, { version: 1 }))).to.equal(false);
        expect(await verified(verifier, await prove(verifier, keys))).to.equal(true);
        expect(await verified(verifier, await prove(verifier, next, { version: 2 }))).to.equal(true);
      });
    });

    describe("malformed proofs", () => {
      it("says no to fewer than four bytes, to a version alone, and to versions that never were", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        for (const proof of ["0x", "0x00", "0x000000", "0x00000001"]) {
          expect(await verified(verifier, proof)).to.equal(false);
        }
        for (const version of [0, 2, 0xffff_ffff]) {
          expect(await verified(verifier, await prove(verifier, keys, { version }))).to.equal(false);
        }
      });

      it("says no to every proof cut short, and to bytes behind a good one", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const proof = await prove(verifier, keys.slice(0, THRESHOLD));
        expect(await verified(verifier, proof)).to.equal(true);
        for (let length = 0; length < ethers.dataLength(proof); length++) {
          expect(await verified(verifier, ethers.dataSlice(proof, 0, length)), `${length} bytes`).to.equal(false);
        }
        for (const tail of ["0x00", `0x${"00".repeat(22)}`, `0x${"ff".repeat(22)}`, `0x${"ff".repeat(100)}`]) {
          expect(await verified(verifier, ethers.concat([proof, tail]))).to.equal(false);
        }
      });

      it("looks at signatures of up to 2,048 bytes and no longer ones", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const [first, ...rest] = await Promise.all(keys.slice(0, THRESHOLD + 1).map((key) => attest(verifier, key)));
        const padded = (bytes: number) => [{ signer: first!.signer, signature: `0x${"00".repeat(bytes)}` }, ...rest];
        expect(await verified(verifier, proofOf(1, padded(2_048)))).to.equal(true);
        expect(await verified(verifier, proofOf(1, padded(2_049)))).to.equal(false);
        expect(await verified(verifier, proofOf(1, padded(65_535)))).to.equal(false);
      });

      it("says no, and never reverts, to any bytes at all", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const entry = fc.tuple(
          fc.oneof(fc.constantFrom(...addressesOf(keys), NOBODY), fc.uint8Array({ minLength: 20, maxLength: 20 })),
          fc.oneof(fc.constantFrom(0, 65, 2_048, 2_049), fc.nat(65_535)),
          fc.uint8Array({ maxLength: 80 }),
        );
        const shaped = fc
          .tuple(fc.constantFrom(0, 1, 2), fc.array(entry, { maxLength: 6 }))
          .map(([version, entries]) =>
            ethers.concat([
              ethers.toBeHex(version, 4),
              ...entries.flatMap(([signer, size, signature]) => [
                ethers.hexlify(signer),
                ethers.toBeHex(size, 2),
                ethers.hexlify(signature),
              ]),
            ]),
          );
        const anything = fc.uint8Array({ maxLength: 300 }).map((bytes) => ethers.hexlify(bytes));
        await fc.assert(
          fc.asyncProperty(fc.oneof(shaped, anything), async (proof) => {
            expect(await verified(verifier, proof)).to.equal(false);
          }),
          { numRuns: 300 },
        );
      });

      it("says no to a good proof with any one bit changed", async () => {
        const { verifier, keys } = await loadFixture(attestationWorld);
        const proof = ethers.getBytes(await prove(verifier, keys.slice(0, THRESHOLD)));
        await fc.assert(
          fc.asyncProperty(fc.nat(proof.length - 1), fc.nat(7), async (index, bit) => {
            const changed = proof.map((byte, at) => (at === index ? byte ^ (1 << bit) : byte));
            expect(await verified(verifier, ethers.hexlify(changed)), `byte ${index} bit ${bit}`).to.equal(false);
          }),
          { numRuns: 300 },
        );
      });
    });

    describe("by ERC-1271 contracts", () => {
      /** Two keys, an honest contract wallet of a third key and a hostile contract; two of the four prove. */
      async function contractWorld() {
        const world = await attestationWorld();
        const [a, b, walletKey] = keysOf("a", "b", "key of the wallet");
        const wallet = await ethers.deployContract("ContractWallet", [walletKey!.address]);
        const hostile = await ethers.deployContract("HostileSigner");
        const [walletAddress, hostileAddress] = [await wallet.getAddress(), await hostile.getAddress()];
        const set = [a!.address, b!.address, walletAddress, hostileAddress];
        const signers = set.map((address) => ({ address })).sort(byAddress);
        const verifier = await ethers.deployContract("AttestationVerifier", [
          addressesOf(signers),
          2,
          world.governor.address,
        ]);
        const one = await attest(verifier, a!);
        const two = await attest(verifier, b!);
        const byWallet = { signer: walletAddress, signature: (await attest(verifier, walletKey!)).signature };
        const byHostile = { signer: hostileAddress, signature: "0x" };
        const ask = (...entries: Entry[]) => {
          const sorted = [...entries].sort((x, y) => byAddress({ address: x.signer }, { address: y.signer }));
          return verified(verifier, proofOf(1, sorted));
        };
        return { ...world, verifier, wallet, hostile, one, two, byWallet, byHostile, ask };
      }

      it("counts a contract that says it signed", async () => {
        const { ask, one, byWallet, byHostile } = await loadFixture(contractWorld);
        expect(await ask(one, byWallet)).to.equal(true);
        expect(await ask(one, byHostile)).to.equal(true);
        expect(await ask(byWallet, byHostile)).to.equal(true);
        expect(await ask(byWallet)).to.equal(false);
      });

      it("does not count one that says no, in whatever way", async () => {
        const { wallet, ask, one, two, byWallet } = await loadFixture(contractWorld);
        expect(await ask(one, { ...byWallet, signature: two.signature })).to.equal(false);
        expect(await ask(one, { ...byWallet, signature: "0x" })).to.equal(false);
        for (const mode of [1, 2, 3]) {
          await wallet.setMode(mode);
          expect(await ask(one, byWallet)).to.equal(false);
          expect(await ask(one, two, byWallet)).to.equal(true);
        }
      });

      for (const [what, mode] of Object.entries(Bad)) {
        it(`does not count one that answers badly (${what}), and loses nothing by asking`, async () => {
          const { hostile, ask, one, two, byHostile } = await loadFixture(contractWorld);
          await hostile.setMode(mode);
          expect(await ask(one, byHostile)).to.equal(false);
          expect(await ask(one, two, byHostile)).to.equal(true);
        });
      }

      it("takes the first word of a long answer and copies no more of it", async () => {
        const { hostile, ask, one, byHostile } = await loadFixture(contractWorld);
        await hostile.setMode(7);
        expect(await ask(one, byHostile)).to.equal(true);
      });

      it("a contract that re-enters can neither write nor change what is said", async () => {
        const { verifier, hostile, governor, stranger, ask, one, byHostile } = await loadFixture(contractWorld);
        await verifier.connect(governor).transferOwnership(hostile);
        const attacks = [
          verifier.interface.encodeFunctionData("acceptOwnership"),
          verifier.interface.encodeFunctionData("setSigners", [[stranger.address], 1, 0]),
          verifier.interface.encodeFunctionData("retireSigners", [1]),
        ];
        for (const attack of attacks) {
          await hostile.setAttack(verifier, attack);
          // It approves once its attack has failed.
          expect(await ask(one, byHostile)).to.equal(true);
        }
        expect(await verifier.owner()).to.equal(governor.address);
        expect(await verifier.currentVersion()).to.equal(1);
        // Asking the verifier again from within is harmless: here the answer is what makes it refuse.
        const { escrow, jobId, agreementHash, resultDigest } = CLAIM;
        const again = [escrow, jobId, agreementHash, resultDigest, "0x"] as const;
        await hostile.setAttack(verifier, verifier.interface.encodeFunctionData("verify", [...again]));
        expect(await ask(one, byHostile)).to.equal(false);
      });

      it("gives each 100,000 gas, however much the caller has", async () => {
        const { hostile, ask, one, byHostile } = await loadFixture(contractWorld);
        await hostile.setWork(50);
        expect(await ask(one, byHostile)).to.equal(true);
        await hostile.setWork(2_000);
        expect(await ask(one, byHostile)).to.equal(false);
      });

      it("reverts when the caller leaves less than that, so that nobody can make a good signature look bad", async () => {
        const { verifier, one, byWallet } = await loadFixture(contractWorld);
        const { escrow, jobId, agreementHash, resultDigest } = CLAIM;
        const entries = [one, byWallet].sort((x, y) => byAddress({ address: x.signer }, { address: y.signer }));
        const ask = (gasLimit: number) =>
          verifier.verify(escrow, jobId, agreementHash, resultDigest, proofOf(1, entries), { gasLimit });
        expect(await ask(400_000)).to.equal(true);
        let reverted = 0;
        for (let gasLimit = 60_000; gasLimit <= 160_000; gasLimit += 10_000) {
          // Whatever the caller leaves: the answer is the right one, or there is none.
          const answer = await ask(gasLimit).catch(() => undefined);
          expect(answer, `${gasLimit} gas`).not.to.equal(false);
          if (answer === undefined) reverted++;
        }
        expect(reverted).to.be.greaterThan(0);
        await expect(ask(100_000))
          .to.be.revertedWithCustomError(verifier, "AttestationGasTooLow")
          .withArgs(anyValue, 115_000);
      });

      it("asks an account that has code, delegated or not, as a contract", async () => {
        const { hostile, ask, one, two } = await loadFixture(contractWorld);
        expect(await ask(one, two)).to.equal(true);
        await setCode(two.signer, await ethers.provider.getCode(hostile));
        expect(await ask(one, { ...two, signature: "0x" })).to.equal(true);
        const changed: HostileSigner = hostile.attach(two.signer) as HostileSigner;
        await changed.setMode(Bad.WrongMagic);
        expect(await ask(one, two)).to.equal(false);
      });
    });
  });

  describe("setSigners", () => {
    it("is governance's alone", async () => {
      const { verifier, stranger, keys } = await loadFixture(attestationWorld);
      await expect(verifier.connect(stranger).setSigners(addressesOf(keys), 1, 0))
        .to.be.revertedWithCustomError(verifier, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
    });

    it("I45 refuses a grace above 30 days and sets out of bounds, and changes nothing", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      const all = addressesOf(keys);
      for (const [signers, threshold, grace, args] of [
        [all, 1, 30 * DAY + 1, [30 * DAY + 1, 0, 30 * DAY]],
        [[], 1, 0, [0, 1, 16]],
        [all, 0, 0, [0, 1, 5]],
        [all, 6, 0, [6, 1, 5]],
      ] as const) {
        await expect(verifier.setSigners([...signers], threshold, grace))
          .to.be.revertedWithCustomError(verifier, "AttestationOutOfBounds")
          .withArgs(...args);
      }
      await expect(verifier.setSigners([all[1]!, all[0]!], 1, 0))
        .to.be.revertedWithCustomError(verifier, "AttestationSignersNotAscending")
        .withArgs(all[0]);
      expect(await verifier.currentVersion()).to.equal(1);
      expect((await verifier.signersOf(1)).validUntil).to.equal(FOREVER);
    });

    it("puts another set in force and lets the replaced one run out", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      const next = keysOf("next a", "next b");
      expect(await verifier.setSigners.staticCall(addressesOf(next), 2, 30 * DAY)).to.equal(2);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      const sent = await verifier.setSigners(addressesOf(next), 2, 30 * DAY);
      const end = now + 30 * DAY;
      await expect(sent)
        .to.emit(verifier, "SignersChanged")
        .withArgs(2, addressesOf(next), 2)
        .and.to.emit(verifier, "SignersRetired")
        .withArgs(1, end);
      expect(await verifier.currentVersion()).to.equal(2);
      expect((await verifier.signersOf(1)).validUntil).to.equal(end);
      expect([...(await verifier.signersOf(2))]).to.deep.equal([2n, FOREVER, addressesOf(next)]);

      const proof = await prove(verifier, keys);
      await time.increaseTo(end - 1);
      expect(await verified(verifier, proof)).to.equal(true);
      await time.increaseTo(end);
      await expect(verified(verifier, proof))
        .to.be.revertedWithCustomError(verifier, "AttestationSetRetired")
        .withArgs(1);
      expect(await verified(verifier, await prove(verifier, next, { version: 2 }))).to.equal(true);
    });

    it("without a grace ends the replaced set at once", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      await verifier.setSigners(addressesOf(keysOf("next")), 1, 0);
      expect((await verifier.signersOf(1)).validUntil).to.equal(await time.latest());
      await expect(verified(verifier, await prove(verifier, keys)))
        .to.be.revertedWithCustomError(verifier, "AttestationSetRetired")
        .withArgs(1);
    });

    it("blames the operator, not governance, for a bad proof of a retired set", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      await verifier.setSigners(addressesOf(keysOf("next")), 1, 0);
      expect(await verified(verifier, await prove(verifier, keys.slice(0, 2)))).to.equal(false);
      expect(await verified(verifier, "0x00000001ff")).to.equal(false);
    });

    it("does not bring back a set that was retired at once", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      await verifier.retireSigners(1);
      const retired = (await verifier.signersOf(1)).validUntil;
      await expect(verifier.setSigners(addressesOf(keysOf("next")), 1, 30 * DAY)).not.to.emit(
        verifier,
        "SignersRetired",
      );
      expect((await verifier.signersOf(1)).validUntil).to.equal(retired);
      await expect(verified(verifier, await prove(verifier, keys))).to.be.revertedWithCustomError(
        verifier,
        "AttestationSetRetired",
      );
    });

    it("may name the same signers again, and a signer of several sets signs once for each", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      await verifier.setSigners(addressesOf(keys), 1, DAY);
      const [one] = keys;
      expect(await verified(verifier, await prove(verifier, [one!]))).to.equal(false);
      expect(await verified(verifier, await prove(verifier, [one!], { version: 2 }))).to.equal(true);
    });
  });

  describe("retireSigners", () => {
    it("is governance's alone, and refuses sets that never were or are retired", async () => {
      const { verifier, stranger } = await loadFixture(attestationWorld);
      await expect(verifier.connect(stranger).retireSigners(1))
        .to.be.revertedWithCustomError(verifier, "OwnableUnauthorizedAccount")
        .withArgs(stranger.address);
      for (const version of [0, 2, 0xffff_ffff]) {
        await expect(verifier.retireSigners(version))
          .to.be.revertedWithCustomError(verifier, "AttestationUnknownSet")
          .withArgs(version);
      }
      await verifier.retireSigners(1);
      await expect(verifier.retireSigners(1))
        .to.be.revertedWithCustomError(verifier, "AttestationUnknownSet")
        .withArgs(1);
    });

    it("ends the set in force at once; until another is set nothing can be proven", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      const proof = await prove(verifier, keys);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(verifier.retireSigners(1)).to.emit(verifier, "SignersRetired").withArgs(1, now);
      await expect(verified(verifier, proof))
        .to.be.revertedWithCustomError(verifier, "AttestationSetRetired")
        .withArgs(1);
      await verifier.setSigners(addressesOf(keys), THRESHOLD, 0);
      expect(await verified(verifier, await prove(verifier, keys, { version: 2 }))).to.equal(true);
    });

    it("cuts short the grace of a replaced set", async () => {
      const { verifier, keys } = await loadFixture(attestationWorld);
      await verifier.setSigners(addressesOf(keysOf("next")), 1, 30 * DAY);
      expect(await verified(verifier, await prove(verifier, keys))).to.equal(true);
      await verifier.retireSigners(1);
      await expect(verified(verifier, await prove(verifier, keys))).to.be.revertedWithCustomError(
        verifier,
        "AttestationSetRetired",
      );
      expect((await verifier.signersOf(2)).validUntil).to.equal(FOREVER);
    });
  });

  describe("through the escrow", () => {
    /** A job in proof mode that was drawn; the suite's verifier has the attester for its only signer. */
    async function provenJob() {
      const world = await deployMarket();
      const { actors, attestation, escrow } = world;
      const verifier = await attestation.getAddress();
      const made = await postAndDraw(world, actors.requester, { mode: Mode.Proof, verifier, verifierGas: 300_000 });
      const claim = {
        escrow: await escrow.getAddress(),
        jobId: made.job.id,
        agreementHash: await escrow.agreementHashOf(made.job.id),
        resultDigest: digest("result"),
      };
      const { chainId } = await ethers.provider.getNetwork();
      const domain = { name: "GPU Commons Attestation", version: "1", chainId, verifyingContract: verifier };
      const signature = await actors.attester.signTypedData(domain, TYPES, claim);
      const proof = proofOf(1, [{ signer: actors.attester.address, signature }]);
      const energy = await plausibleEnergy(world, made.gpu, 1);
      const deliver = (result: string, given: string) =>
        escrow
          .connect(made.gpu.operator)
          .deliverWithProof(made.job.id, made.job.agreement, result, energy, given, { gasLimit: 3_000_000 });
      return { world, ...made, proof, deliver };
    }

    it("an attested result settles at once", async () => {
      const { world, job, proof, deliver } = await loadFixture(provenJob);
      await deliver(digest("result"), proof);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
      await conserve(world);
    });

    it("a result that nobody attested, or another one, is refused and may be tried again", async () => {
      const { world, job, proof, deliver } = await loadFixture(provenJob);
      for (const [result, given] of [
        [digest("another result"), proof],
        [digest("result"), "0x"],
        [digest("result"), ethers.concat([proof, "0x00"])],
      ] as const) {
        await expect(deliver(result, given))
          .to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected")
          .withArgs(job.id);
      }
      await deliver(digest("result"), proof);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Settled));
    });

    it("a result attested by a set that governance retired since goes to the resolver", async () => {
      const { world, job, proof, deliver } = await loadFixture(provenJob);
      await world.attestation.connect(world.actors.owner).retireSigners(1);
      await deliver(digest("result"), proof);
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      await conserve(world);
    });
  });
});
