import { expect } from "chai";
import { config } from "hardhat";
import fc from "fast-check";
import { AbiCoder, Interface, makeError, ParamType } from "ethers";
import { readArtifact, type AbiEntry } from "../../../src/package/artifacts";
import { LINKED_LIBRARIES, PUBLIC_CONTRACTS, PUBLIC_INTERFACES } from "../../../src/package/contracts";
import { errorEntries, errorTableOf } from "../../../src/package/sources";
import { packJobId } from "../../../src/protocol/jobId";
import { decodeErrorData, type ErrorTable } from "../../../src/protocol/errorData";
import { explainErrorData, revertDataOf } from "../../../src/protocol/refusal";
import { SENTENCES, sentenceOf } from "../../../src/protocol/sentences";

/** A value that any sentence can show. */
function sample(name: string, type: string): unknown {
  if (name === "jobId") return packJobId({ requester: 7n, ring: 0n, generation: 2n });
  if (type === "address") return `0x${"11".repeat(20)}`;
  if (type === "bool") return true;
  if (type === "string") return "text";
  if (type === "bytes") return "0x1234";
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  return bytes === undefined ? 3n : `0x${"22".repeat(Number(bytes))}`;
}

describe("protocol/errors", () => {
  let table: ErrorTable;
  let entries: readonly AbiEntry[];
  let abi: Interface;

  before(() => {
    const paths = [...PUBLIC_CONTRACTS, ...PUBLIC_INTERFACES, ...LINKED_LIBRARIES];
    const artifacts = paths.map((path) => readArtifact(path, config.paths.artifacts));
    table = errorTableOf(artifacts);
    entries = [...errorEntries(artifacts).values()];
    abi = new Interface(entries as ConstructorParameters<typeof Interface>[0]);
  });

  it("has a sentence for every error of every public contract", () => {
    const missing = entries.map(({ name = "" }) => name).filter((name) => !Object.hasOwn(SENTENCES, name));
    expect(missing, "add them to src/protocol/sentences").to.deep.equal([]);
    for (const { name = "", inputs = [] } of entries) {
      const values = Object.fromEntries(inputs.map((input) => [input.name, sample(input.name, input.type)]));
      const sentence = SENTENCES[name]?.(values);
      expect(sentence, name)
        .to.match(/^\S.*[^\s.]$/)
        .and.not.match(/undefined|NaN|\[object/);
    }
  });

  it("has no sentence for an error that no contract has", () => {
    const names = entries.map(({ name }) => name);
    expect(Object.keys(SENTENCES).filter((name) => !names.includes(name))).to.deep.equal([]);
  });

  it("spells out errors without a sentence, and values that a sentence cannot show", () => {
    expect(sentenceOf("OddThing", { a: 1n })).to.equal("odd thing (a 1)");
    expect(sentenceOf("toString", {})).to.equal("to string");
    expect(sentenceOf("EscrowNoRefundDue", { jobId: 0n })).to.equal("escrow no refund due (jobId 0)");
    expect(sentenceOf("EscrowNoRefundDue", {})).to.equal("escrow no refund due");
    expect(sentenceOf("BeaconRoundUnanswered", { round: 3n, rerequestAt: 2n ** 256n - 1n })).to.contain("never");
  });

  it("decodes every error as ethers does, without a library", () => {
    for (const { name = "", inputs = [] } of entries) {
      const values = inputs.map((input) => sample(input.name, input.type));
      const found = decodeErrorData(table, abi.encodeErrorResult(name, values));
      expect(found?.name).to.equal(name);
      expect(Object.values(found?.values ?? {}), name).to.deep.equal(values);
    }
  });

  it("decodes values of every elementary type", () => {
    const values = fc.record({
      uint40: fc.bigInt(0n, 2n ** 40n - 1n),
      int64: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
      bool: fc.boolean(),
      bytes4: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((raw) => `0x${Buffer.from(raw).toString("hex")}`),
      string: fc.string({ unit: "grapheme" }),
      bytes: fc.uint8Array({ maxLength: 70 }).map((raw) => `0x${Buffer.from(raw).toString("hex")}`),
    });
    fc.assert(
      fc.property(values, (value) => {
        const types = Object.keys(value).map((type) => ParamType.from(type));
        const body = AbiCoder.defaultAbiCoder().encode(types, Object.values(value)).slice(2);
        const inputs = Object.keys(value).map((type) => `${type} ${type}`);
        expect(decodeErrorData({ "0x12345678": ["All", inputs] }, `0x12345678${body}`)?.values).to.deep.equal(value);
      }),
    );
  });

  it("does not decode what no contract can have written", () => {
    const one = (type: string, body: string) =>
      decodeErrorData({ "0x12345678": ["One", [`${type} a`]] }, `0x12345678${body}`);
    expect(one("uint8", "f".repeat(64))).to.equal(undefined);
    expect(one("bool", `${"0".repeat(63)}2`)).to.equal(undefined);
    expect(one("address", "f".repeat(64))).to.equal(undefined);
    expect(one("uint256", "ff")).to.equal(undefined);
    expect(one("string", "f".repeat(64))).to.equal(undefined);
    expect(one("bytes", `${"0".repeat(62)}20${"f".repeat(64)}`)).to.equal(undefined);
    expect(one("uint256[]", "0".repeat(64))).to.equal(undefined);
    expect(decodeErrorData({}, "0x")).to.equal(undefined);
    expect(decodeErrorData({}, "0xtoString")).to.equal(undefined);
  });

  it("explains texts, panics, silence and the unknown", () => {
    const builtIn = new Interface(["error Error(string message)", "error Panic(uint256 code)"]);
    expect(explainErrorData(table, builtIn.encodeErrorResult("Error", ["no luck"])).sentence).to.equal("no luck");
    const panic = (code: number) => explainErrorData(table, builtIn.encodeErrorResult("Panic", [code])).sentence;
    expect(panic(18)).to.equal("a division by zero");
    expect(panic(81)).to.equal("panic 81");
    expect(explainErrorData(table, "0x").sentence).to.equal("the contract refused without saying why");
    expect(explainErrorData(table, "0x00112233").name).to.equal("unknown");
  });

  describe("revertDataOf", () => {
    const DATA = "0xcdb333b0";
    const chain = (...errors: object[]): Error =>
      errors.reduceRight<Error | undefined>((cause, fields) => {
        const error = Object.assign(new Error("x", { cause }), fields);
        return error;
      }, undefined) ?? new Error("none");

    it("finds what ethers says", () => {
      const ethersError = (data: string | null) =>
        makeError("refused", "CALL_EXCEPTION", {
          action: "call",
          data,
          reason: null,
          transaction: { to: null, data: "0x" },
          invocation: null,
          revert: null,
        });
      expect(revertDataOf(ethersError(DATA))).to.equal(DATA);
      expect(revertDataOf(ethersError(null))).to.equal("0x");
      expect(revertDataOf(new Error("outer", { cause: ethersError(DATA) }))).to.equal(DATA);
    });

    it("finds what viem says, at whatever depth", () => {
      expect(revertDataOf(chain({}, { name: "ContractFunctionRevertedError", raw: DATA }))).to.equal(DATA);
      expect(revertDataOf(chain({}, { name: "ExecutionRevertedError" }, { data: DATA }))).to.equal(DATA);
      expect(revertDataOf(chain({}, { name: "ExecutionRevertedError" }, {}))).to.equal("0x");
    });

    it("finds what endpoints say", () => {
      expect(revertDataOf(chain({ error: { data: DATA } }))).to.equal(DATA);
      expect(revertDataOf(chain({ info: { error: { data: { data: DATA } } } }))).to.equal(DATA);
      expect(revertDataOf(chain({ error: { message: "execution reverted" } }))).to.equal("0x");
    });

    it("finds nothing in other errors", () => {
      expect(revertDataOf(new Error("no connection"))).to.equal(undefined);
      expect(revertDataOf(chain({ data: "not hexadecimal" }))).to.equal(undefined);
      expect(revertDataOf("text")).to.equal(undefined);
      const endless = new Error("round");
      endless.cause = endless;
      expect(revertDataOf(endless)).to.equal(undefined);
    });
  });
});
