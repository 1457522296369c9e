import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { TypedDataEncoder, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";
import {
  attestationMessage,
  authorisationMessage,
  authorisationNonceKey,
  ballotMessage,
  ballotNonceKey,
  delegateAllMessage,
  delegationMessage,
  EIP712_NAMES,
  EIP712_TYPES,
  extendedBallotMessage,
  permitMessage,
  possessionMessage,
} from "../../../src/protocol/eip712";
import { ROOT } from "../../../src/toolchain/run";

const sources = readdirSync(join(ROOT, "contracts"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".sol") && !file.startsWith("mocks"))
  .map((file) => readFileSync(join(ROOT, "contracts", file), "utf8"));

/** Types as EIP-712 encodes them, from every TYPEHASH of contracts/. */
const signed = sources
  .flatMap((source) => [...source.matchAll(/_TYPEHASH\s*=\s*keccak256\(([^;]*)\);/g)])
  .map(([, text = ""]) => [...text.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join(""))
  .filter((type) => !type.startsWith("EIP712Domain("));

/** Of OpenZeppelin's contracts that ours inherit. */
const INHERITED = [
  "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)",
  "Delegation(address delegatee,uint256 nonce,uint256 expiry)",
  "Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)",
  "ExtendedBallot(uint256 proposalId,uint8 support,address voter,uint256 nonce,string reason,bytes params)",
];

describe("protocol/eip712", () => {
  it("has a table for everything that our contracts take a signature for, to the letter", () => {
    const tables = Object.entries(EIP712_TYPES).map(([primary, types]) =>
      TypedDataEncoder.from(types).encodeType(primary),
    );
    expect(tables.sort()).to.deep.equal([...new Set([...signed, ...INHERITED])].sort());
  });

  it("has the domain name of every contract with one of its own", () => {
    const named = sources
      .flatMap((source) => [
        ...source.matchAll(/(?:EIP712\(|Governor\(|DOMAIN_NAME = keccak256\()"([^"]+)"(?:, "(\d)")?/g),
      ])
      .map(([, name = "", version = "1"]) => ({ name, version }));
    expect(named.map(({ name }) => name).sort()).to.deep.equal(Object.values<string>(EIP712_NAMES).sort());
    expect(new Set(named.map(({ version }) => version))).to.deep.equal(new Set(["1"]));
  });

  it("makes messages whose primary type is the one of the table", () => {
    const [a, one] = [ZeroAddress, 1n];
    const messages = [
      authorisationMessage(one, a, { holder: a, module: a, allowed: true, nonce: one, deadline: one }),
      possessionMessage(one, a, { owner: a, classId: 1, region: 0, device: a, nonce: one }),
      attestationMessage(one, a, { escrow: a, jobId: one, agreementHash: ZeroHash, resultDigest: ZeroHash }),
      permitMessage(one, a, "Token", { owner: a, spender: a, value: one, nonce: one, deadline: one }),
      delegationMessage(one, a, EIP712_NAMES.StakeVotes, { delegatee: a, nonce: one, expiry: one }),
      delegateAllMessage(one, a, { account: a, delegatee: a, sources: [a], nonce: one, expiry: one }),
      ballotMessage(one, a, { proposalId: one, support: 1, voter: a, nonce: one }),
      extendedBallotMessage(one, a, { proposalId: one, support: 1, voter: a, nonce: one, reason: "", params: "0x" }),
    ];
    for (const { domain, types, primaryType, message } of messages) {
      expect(TypedDataEncoder.from(types).primaryType).to.equal(primaryType);
      expect(TypedDataEncoder.hash(domain, types, message as unknown as Record<string, unknown>)).to.match(/^0x/);
      expect(domain.version).to.equal("1");
    }
    expect(authorisationNonceKey("0x00000000000000000000000000000000000000ff")).to.equal(255n);
    expect(ballotNonceKey(2n ** 255n + 5n)).to.equal(5n);
  });

  it("hashes an attestation as the verifier does", async () => {
    const [signer] = await ethers.getSigners();
    if (signer === undefined) throw new Error("no signer");
    const verifier = await ethers.deployContract("AttestationVerifier", [[signer.address], 1, signer.address]);
    const value = { escrow: signer.address, jobId: 5n, agreementHash: ethers.id("a"), resultDigest: ethers.id("b") };
    const { chainId } = await ethers.provider.getNetwork();
    const { domain, types, message } = attestationMessage(chainId, await verifier.getAddress(), value);
    expect(TypedDataEncoder.hash(domain, types, { ...message })).to.equal(
      await verifier.hashAttestation(value.escrow, value.jobId, value.agreementHash, value.resultDigest),
    );
  });
});
