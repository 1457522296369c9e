import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { hexlify, Wallet } from "ethers";
import type { JobEscrow } from "../../../typechain-types";
import {
  agreementFrom,
  agreementStruct,
  lockOf,
  rejectionBondOf,
  totalOf,
  type Agreement,
  type AgreementStruct,
} from "../../../src/protocol/agreement";
import { commitmentOf, decodeAgreement, encodeAgreement, hashAgreement } from "../../../src/protocol/hashes";
import { jobLines, jobReserves, jobTerms, jobWindows } from "../../../src/protocol/words";

const bits = (width: number): fc.Arbitrary<bigint> => fc.bigInt(0n, (1n << BigInt(width)) - 1n);
const bytes = (length: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((raw) => hexlify(raw));
const address = bytes(20).map((raw) => ethers.getAddress(raw));

const structs: fc.Arbitrary<AgreementStruct> = fc.record({
  requester: address,
  model: bits(256),
  dataset: bits(256),
  modelHash: bytes(32),
  datasetHash: bytes(32),
  inputDigest: bytes(32),
  parametersHash: bytes(32),
  note: bytes(32),
  terms: bits(224),
  windows: bits(208),
  lines: bits(256),
  reserves: bits(220),
  resolver: address,
  verifier: address,
  verifierGas: bits(32),
});

/** An escrow without a market: its pure views are all that is asked here. */
async function deployEscrow(): Promise<JobEscrow> {
  const libraries = {
    DrawDesk: await (await ethers.deployContract("DrawDesk")).getAddress(),
    Disputes: await (await ethers.deployContract("Disputes")).getAddress(),
    JobExits: await (await ethers.deployContract("JobExits")).getAddress(),
  };
  const factory = await ethers.getContractFactory("JobEscrow", { libraries });
  const nobody = Wallet.createRandom().address;
  const settings = {
    resolver: nobody,
    acceptanceMinutes: 10,
    reviewHours: 24,
    challengeHours: 48,
    revealSeconds: 7200,
    disputeSeconds: 14 * 86_400,
    lockFactor: 5,
  };
  return factory.deploy(nobody, nobody, nobody, nobody, nobody, nobody, settings);
}

describe("protocol/agreement", () => {
  let escrow: JobEscrow;
  let place: { chainId: bigint; escrow: string };

  before(async () => {
    escrow = await deployEscrow();
    place = { chainId: (await ethers.provider.getNetwork()).chainId, escrow: await escrow.getAddress() };
  });

  it("hashes an agreement as the escrow does", async () => {
    await fc.assert(
      fc.asyncProperty(structs, bits(88), async (struct, jobId) => {
        const hash = hashAgreement({ ...place, jobId }, agreementFrom(struct));
        expect(hash).to.equal(await escrow.hashAgreement(jobId, struct));
      }),
      { numRuns: 25 },
    );
  });

  it("seals a result as the escrow does", async () => {
    await fc.assert(
      fc.asyncProperty(bits(88), bits(8), bits(40), bytes(32), bytes(32), async (jobId, attempt, gpu, digest, salt) => {
        const sealed = commitmentOf({ ...place, jobId }, { attempt, gpu, resultDigest: digest, salt });
        expect(sealed).to.equal(await escrow.commitmentOf(jobId, attempt, gpu, digest, salt));
      }),
      { numRuns: 25 },
    );
  });

  it("reads and writes agreements without loss", () => {
    fc.assert(
      fc.property(structs, (struct) => {
        const agreement = agreementFrom(struct);
        expect(agreementStruct(agreement)).to.deep.equal(struct);
        expect(decodeAgreement(encodeAgreement(agreement))).to.deep.equal(agreement);
      }),
      { numRuns: 50 },
    );
  });

  describe("sums", () => {
    const zero: Agreement = agreementFrom({
      requester: ethers.ZeroAddress,
      model: 0n,
      dataset: 0n,
      modelHash: ethers.ZeroHash,
      datasetHash: ethers.ZeroHash,
      inputDigest: ethers.ZeroHash,
      parametersHash: ethers.ZeroHash,
      note: ethers.ZeroHash,
      terms: 0n,
      windows: 0n,
      lines: 0n,
      reserves: 0n,
      resolver: ethers.ZeroAddress,
      verifier: ethers.ZeroAddress,
      verifierGas: 0n,
    });
    const agreement: Agreement = {
      ...zero,
      terms: { ...jobTerms.decode(0n), lockFactor: 5n },
      windows: jobWindows.decode(0n),
      lines: { ...jobLines.decode(0n), compute: 100n, modelRoyalty: 20n, datasetRoyalty: 3n, protocolFee: 4n },
      reserves: { ...jobReserves.decode(0n), drawReserve: 500n, reviewFee: 60n, drawUnit: 9n, inputCharge: 7n },
    };

    it("adds up what posting debits, in wei", () => {
      expect(totalOf(agreement)).to.equal(687n * 10n ** 9n);
    });

    it("asks for the lesser of a tenth of compute and the review fee as bond", () => {
      expect(rejectionBondOf(agreement)).to.equal(10n * 10n ** 9n);
      const cheapReview = { ...agreement, reserves: { ...agreement.reserves, reviewFee: 4n } };
      expect(rejectionBondOf(cheapReview)).to.equal(4n * 10n ** 9n);
    });

    it("locks L times compute", () => {
      expect(lockOf(agreement)).to.equal(500n * 10n ** 9n);
    });
  });
});
