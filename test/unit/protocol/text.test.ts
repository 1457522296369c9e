import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { Interface, makeError } from "ethers";
import { ethers } from "hardhat";
import { IJobEscrow__factory, IPaymentVault__factory, IRandomnessBeacon__factory } from "../../../typechain-types";
import { formatTokens, gweiUp, InvalidAmount, parseTokens, weiOf } from "../../../src/protocol/amounts";
import { formatJobId, InvalidJobId, packJobId, parseJobId, splitJobId } from "../../../src/protocol/jobId";
import { explainRefusal } from "../../../src/protocol/revert";
import {
  ENDED,
  JobMode,
  JobStatus,
  jobStatus,
  ProposalState,
  RoundStatus,
  SaleStatus,
  statusSentence,
  UnknownEnumValue,
  Verdict,
  VoteType,
} from "../../../src/protocol/status";

const escrow = IJobEscrow__factory.createInterface();
const vault = IPaymentVault__factory.createInterface();
const beacon = IRandomnessBeacon__factory.createInterface();
const interfaces: Interface[] = [escrow, vault, beacon];

function callException(data: string | null): Error {
  return makeError("refused", "CALL_EXCEPTION", {
    action: "call",
    data,
    reason: null,
    transaction: { to: null, data: "0x" },
    invocation: null,
    revert: null,
  });
}

const explainData = (data: string) => explainRefusal(callException(data), interfaces);

describe("protocol/jobId", () => {
  it("packs, splits, prints and reads every id", () => {
    const parts = fc.record({
      requester: fc.bigInt(1n, 2n ** 40n - 1n),
      ring: fc.bigInt(0n, 2n ** 16n - 1n),
      generation: fc.bigInt(1n, 2n ** 32n - 1n),
    });
    fc.assert(
      fc.property(parts, (part) => {
        const jobId = packJobId(part);
        expect(splitJobId(jobId)).to.deep.equal(part);
        expect(parseJobId(formatJobId(jobId))).to.equal(jobId);
        expect(parseJobId(jobId.toString())).to.equal(jobId);
        expect(parseJobId(`0x${jobId.toString(16)}`)).to.equal(jobId);
      }),
    );
  });

  it("has requester above ring above generation, as the escrow", () => {
    expect(packJobId({ requester: 1n, ring: 2n, generation: 3n })).to.equal((1n << 48n) | (2n << 32n) | 3n);
  });

  for (const bad of ["", "12", "0/0/1", "1/0/0", "1/65536/1", "1/0/4294967296", "1/2", "x", "-5", "0x", "1/0/1/1"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseJobId(bad)).to.throw(InvalidJobId);
    });
  }
});

describe("protocol/amounts", () => {
  it("prints and reads every amount exactly", () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 38n - 1n), (wei) => {
        expect(parseTokens(formatTokens(wei))).to.equal(wei);
      }),
    );
    expect(formatTokens(1_500_000_000_000_000_000n)).to.equal("1.5");
    expect(formatTokens(-1n)).to.equal("-0.000000000000000001");
    expect(formatTokens(0n)).to.equal("0");
  });

  it("rounds gwei units up and goes back without loss", () => {
    expect(gweiUp(1n)).to.equal(1n);
    expect(gweiUp(1_000_000_000n)).to.equal(1n);
    expect(weiOf(gweiUp(1_000_000_001n))).to.equal(2_000_000_000n);
  });

  for (const bad of ["", "1,5", ".5", "1.", "1e3", "-1", "0.1234567890123456789", " 1"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseTokens(bad)).to.throw(InvalidAmount);
    });
  }
});

describe("protocol/status", () => {
  const GOVERNANCE = "node_modules/@openzeppelin/contracts/governance";
  for (const [name, enumeration, path] of [
    ["JobStatus", JobStatus, "contracts/market/JobTypes.sol"],
    ["JobMode", JobMode, "contracts/market/JobTypes.sol"],
    ["Verdict", Verdict, "contracts/market/JobTypes.sol"],
    ["RoundStatus", RoundStatus, "contracts/randomness/IRandomnessBeacon.sol"],
    ["SaleStatus", SaleStatus, "contracts/sale/ITokenSale.sol"],
    ["ProposalState", ProposalState, `${GOVERNANCE}/IGovernor.sol`],
    ["VoteType", VoteType, `${GOVERNANCE}/extensions/GovernorCountingSimple.sol`],
  ] as const) {
    it(`has the names and numbers of the Solidity enum ${name}`, () => {
      const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(readFileSync(path, "utf8"))?.[1] ?? "";
      const names = body.split(",").map((each) => each.trim());
      expect(names).to.deep.equal(Object.values(enumeration).filter((each) => typeof each === "string"));
    });
  }

  it("has a sentence for each state, and refuses numbers beyond", () => {
    for (let number = 0; number < 12; number++) expect(statusSentence(jobStatus(BigInt(number)))).to.match(/^[a-z]/);
    expect(() => jobStatus(12n)).to.throw(UnknownEnumValue);
    expect([...ENDED]).to.have.length(5);
  });
});

describe("protocol/revert", () => {
  const jobId = packJobId({ requester: 7n, ring: 0n, generation: 2n });

  it("says in a sentence what a custom error means", () => {
    const found = explainData(escrow.encodeErrorResult("EscrowWrongStatus", [jobId, 4]));
    expect(found?.name).to.equal("EscrowWrongStatus");
    expect(found?.sentence).to.equal("job 7/0/2 is delivered, which does not allow this");
    expect(found?.values).to.deep.equal({ jobId, status: 4n });
  });

  it("shows times as dates and amounts as tokens", () => {
    expect(explainData(escrow.encodeErrorResult("EscrowTooEarly", [jobId, 1_800_000_000]))?.sentence).to.contain(
      "2027-01-15T08:00:00.000Z",
    );
    const short = vault.encodeErrorResult("VaultInsufficientBalance", [7, 10n ** 18n, 25n * 10n ** 17n]);
    expect(explainData(short)?.sentence).to.equal("vault account 7 holds 1 tokens, 2.5 tokens are needed");
  });

  it("has something to say of every error of the interfaces, with its values", () => {
    for (const abi of interfaces) {
      abi.forEachError((fragment) => {
        const sample = fragment.inputs.map((input) =>
          input.type === "address" ? ethers.ZeroAddress : input.type === "bytes32" ? ethers.ZeroHash : 1n,
        );
        const found = explainData(abi.encodeErrorResult(fragment, sample));
        expect(found?.name).to.equal(fragment.name);
        expect(found?.sentence, fragment.name).to.match(/^\S.*\S$/);
      });
    }
  });

  it("passes on texts, and spells out panics and unknown errors", () => {
    const texts = new Interface(["error Error(string message)", "error Panic(uint256 code)", "error Odd(uint256 a)"]);
    expect(explainData(texts.encodeErrorResult("Error", ["no luck"]))?.sentence).to.equal("no luck");
    expect(explainData(texts.encodeErrorResult("Panic", [17]))?.name).to.equal("Panic");
    expect(explainData(texts.encodeErrorResult("Odd", [1]))?.name).to.equal("unknown");
    expect(explainData("0x")?.sentence).to.equal("the contract refused without saying why");
  });

  it("falls back to names and values when a value cannot be shown", () => {
    const found = explainData(escrow.encodeErrorResult("EscrowAlreadyAccepted", [5n]));
    expect(found?.sentence).to.equal("escrow already accepted (jobId 5)");
  });

  it("finds the data inside causes, and in what nodes answer themselves", () => {
    const data = escrow.encodeErrorResult("EscrowPaused", []);
    const wrapped = new Error("outer", { cause: callException(data) });
    expect(explainRefusal(wrapped, interfaces)?.name).to.equal("EscrowPaused");
    const raw = Object.assign(new Error("could not coalesce"), { error: { code: 3, message: "reverted", data } });
    expect(explainRefusal(raw, interfaces)?.name).to.equal("EscrowPaused");
    const nested = Object.assign(new Error("x"), { info: { error: { message: "m", data: { data } } } });
    expect(explainRefusal(nested, interfaces)?.name).to.equal("EscrowPaused");
  });

  it("leaves alone what is no refusal", () => {
    expect(explainRefusal(new Error("socket closed"), interfaces)).to.equal(undefined);
    expect(explainRefusal("text", interfaces)).to.equal(undefined);
  });
});
