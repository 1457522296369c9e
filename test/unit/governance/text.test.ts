/** Proposals built from what people write, and put back into words that say what they do. */
import { expect } from "chai";
import { getAddress, parseUnits, ZeroAddress } from "ethers";
import { CommandFailure } from "../../../src/agents/shared/exit";
import { createReporter } from "../../../src/agents/shared/report";
import { actionOf, proposalFileOf } from "../../../src/governance/build";
import { ballotOf } from "../../../src/governance/command";
import { knownContracts } from "../../../src/governance/contracts";
import { actionLines, decodeActions, dryRun, type Reader } from "../../../src/governance/decode";
import { describe as describeProposal, InvalidDescription, readDescription } from "../../../src/governance/description";
import { contentLines } from "../../../src/governance/text";
import { durationWords, figureOf, timeWords } from "../../../src/governance/units";
import type { Manifest } from "../../../src/chain/manifest";

const at = (digit: string): string => getAddress(`0x${digit.repeat(40)}`);
const NAMES = ["ServiceCatalog", "JobEscrow", "CommonsGovernor", "CommonsGuardian", "CommonsTimelock", "PaymentVault"];
const ADDRESSES = Object.fromEntries(NAMES.map((name, index) => [name, at(String(index + 1))]));
const manifest = {
  chainId: 31337,
  blockNumber: 1,
  contracts: {
    ...Object.fromEntries(NAMES.map((name) => [name, { address: ADDRESSES[name], block: 1 }])),
    Unheard: { address: at("a"), block: 1 },
  },
} as unknown as Manifest;
const known = knownContracts(manifest);

/** A chain that answers views by name, and has code at known addresses. */
function reader(answers: Readonly<Record<string, readonly unknown[]>> = {}): Reader {
  return {
    getCode: (address) => Promise.resolve(Object.values(ADDRESSES).includes(address) ? "0x01" : "0x"),
    call: ({ to, data }) => {
      const contract = [...known.values()].find(({ address }) => address === to);
      const fragment = contract?.abi.getFunction(data.slice(0, 10));
      const answer = answers[fragment?.name ?? ""];
      if (contract === undefined || fragment == null || answer === undefined)
        return Promise.reject(new Error("no answer"));
      return Promise.resolve(contract.abi.encodeFunctionResult(fragment, [...answer]));
    },
  };
}

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(CommandFailure);
    return (error as Error).message;
  }
  throw new Error("it was accepted");
}

const FEES = { feeBps: "2.3%", drawUnitGwei: "0.05 tokens", validatorFeeGwei: "100000000" };

describe("Proposals in words", () => {
  it("knows the contracts of a manifest, and leaves out names without an ABI", () => {
    expect([...known.keys()].sort()).to.deep.equal([...NAMES].sort());
  });

  describe("figures", () => {
    it("are read with their units, by the unit of the parameter", () => {
      expect(figureOf("2.5%", "feeBps")).to.equal("250");
      expect(figureOf("100%", "feeBps")).to.equal("10000");
      expect(figureOf("0.05 tokens", "drawUnitGwei")).to.equal(String(parseUnits("0.05", 9)));
      expect(figureOf("1 token", "amount")).to.equal(String(parseUnits("1", 18)));
      expect(figureOf("3 days", "newVotingDelay")).to.equal("259200");
      expect(figureOf("1 hour", "x")).to.equal("3600");
      for (const plain of ["17", "0x11", "2.555%", "3 weeks", ""]) expect(figureOf(plain, "x")).to.equal(plain);
    });

    it("are written as people read them", () => {
      expect(durationWords(0n)).to.equal("0 seconds");
      expect(durationWords(93_784n)).to.equal("1 day 2 hours 3 minutes 4 seconds");
      expect(timeWords(1_800_000_000n)).to.equal("2027-01-15T08:00:00Z");
      expect(durationWords(1_800_000_000n)).to.equal("2027-01-15T08:00:00Z");
    });
  });

  describe("a description", () => {
    const proposer = at("b");

    it("names title, text, discussion and proposer, and can be taken apart again", () => {
      const parts = { title: "Lower fee", text: "Because.\n\nReally.", discussion: "https://forum.example/t/1" };
      const description = describeProposal(parts, proposer);
      expect(description.endsWith(`#proposer=${proposer}`)).to.equal(true);
      expect(readDescription(description)).to.deep.equal({ ...parts, proposer });
      const bare = describeProposal({ title: "Only", text: "" }, proposer);
      expect(readDescription(bare)).to.deep.equal({ title: "Only", text: "", discussion: undefined, proposer });
    });

    it("leads nobody to a script or a file", () => {
      for (const discussion of ["javascript:alert(1)", "http://plain.example", "file:///etc/passwd", "forum"]) {
        expect(() => describeProposal({ title: "T", text: "", discussion }, proposer)).to.throw(InvalidDescription);
        expect(readDescription(`# T\n\nDiscussion: ${discussion}`).discussion).to.equal(undefined);
      }
      expect(() => describeProposal({ title: " ", text: "" }, proposer)).to.throw(InvalidDescription);
      expect(() => describeProposal({ title: "a\nb", text: "" }, proposer)).to.throw(InvalidDescription);
    });

    it("of somebody else's making is read as far as it goes", () => {
      expect(readDescription("Just words")).to.deep.equal({
        title: "Just words",
        text: "Just words",
        discussion: undefined,
        proposer: undefined,
      });
    });
  });

  describe("what a proposer wrote", () => {
    const action = {
      contract: "CommonsTimelock",
      address: at("5"),
      hasCode: true,
      function: "grantRole(bytes32,address)",
      arguments: [],
      value: 0n,
      data: "0x",
      change: undefined,
      warnings: [`${at("c")} is not a contract of this deployment`],
    };

    it("cannot pass for what the proposal does: every line of it is marked", () => {
      const text = "Fine.\n\nWhat it does (1 call by the timelock):\n1. ServiceCatalog at 0x00: setFees\r\nDone";
      const lines = contentLines(`# Fees\n\n${text}`, [action]).split("\n");
      const marked = lines.filter((line) => line.startsWith("| "));
      expect(marked.join()).to.contain("| Fees").and.to.contain("| 1. ServiceCatalog").and.to.contain("| Done");
      const others = lines.filter((line) => !line.startsWith("|"));
      expect(others.filter((line) => line.startsWith("What it does"))).to.deep.equal([
        "What it does (1 call by the timelock):",
      ]);
      expect(others.filter((line) => line.startsWith("1. "))).to.have.lengthOf(1);
      expect(others.join()).not.to.contain("ServiceCatalog");
    });

    it("cannot hide what follows from a terminal, nor turn it round", () => {
      const lines: string[] = [];
      const out = (line: string) => lines.push(line);
      const reporter = createReporter({ json: false, streaming: false, out, err: out });
      for (const trick of [
        "\x1b[8m",
        "\x9b8m",
        "\x1b[2J",
        "\b\b\b",
        "\r",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ufeff",
      ]) {
        const words = contentLines(`# Fees${trick}\n\nFine${trick}`, [action]);
        reporter.answer(words, { ok: true });
        reporter.news("proposal", words);
        createReporter({ json: true, streaming: false, out, err: out }).answer("", { ok: true, words });
        const printed = lines.splice(0);
        expect(printed.join("\n"), JSON.stringify(trick)).not.to.match(/[^\P{C}\n]|\p{Zl}|\p{Zp}/u);
        expect(JSON.parse(printed[2] ?? "")).to.deep.equal({ ok: true, words });
        expect(printed[0]).to.contain("WARNING").and.to.equal(printed[1]);
      }
      reporter.answer("two lines,\nand ümläuts 漢 🙂", { ok: true });
      expect(lines).to.deep.equal(["two lines,\nand ümläuts 漢 🙂"]);
    });
  });

  describe("a call that people write", () => {
    it("becomes data: structs by field, figures with units, contracts by name", () => {
      const { target, value, data } = actionOf({ call: "ServiceCatalog.setFees", args: [FEES] }, known);
      expect([target, value]).to.deep.equal([ADDRESSES["ServiceCatalog"], 0n]);
      const abi = known.get("ServiceCatalog")!.abi;
      const [fees] = abi.decodeFunctionData("setFees", data) as unknown as [readonly bigint[]];
      expect([...fees]).to.deep.equal([230n, parseUnits("0.05", 9), 100_000_000n]);
      const named = actionOf({ call: "JobEscrow.setGuardian", args: ["CommonsGuardian"], value: "0.5" }, known);
      expect(named.value).to.equal(parseUnits("0.5", 18));
      expect(named.data).to.contain(ADDRESSES["CommonsGuardian"]!.slice(2).toLowerCase());
    });

    it("is refused with a sentence that says what does not fit", () => {
      const wrong: [Parameters<typeof actionOf>[0], string][] = [
        [{ call: "Nobody.setFees" }, "there is no contract Nobody"],
        [{ call: "setFees" }, "there is no contract"],
        [{ call: "ServiceCatalog.setFee" }, "has no function setFee"],
        [{ call: "ServiceCatalog.setFees", args: [] }, "0 arguments were given for"],
        [{ call: "ServiceCatalog.fees" }, "changes nothing"],
        [{ call: "ServiceCatalog.setFees", args: [{ feeBps: 1, other: 2 }] }, "lacks drawUnitGwei, validatorFeeGwei"],
        [{ call: "ServiceCatalog.setFees", args: [{ ...FEES, feeBps: "much" }] }, "cannot be called like that"],
        [{ call: "ServiceCatalog.setFees", args: [{ ...FEES, feeBps: 2 ** 60 }] }, "as text"],
        [{ call: "JobEscrow.setGuardian", args: ["Somebody"] }, "cannot be called like that"],
        [{ call: "CommonsGovernor.cancel", args: [1, 2] }, "2 arguments were given for"],
      ];
      for (const [written, sentence] of wrong) expect(refusal(() => actionOf(written, known))).to.contain(sentence);
    });

    it("may come in a file, which is checked", () => {
      const file = proposalFileOf({ title: "T", actions: [{ call: "A.b" }] });
      expect(file).to.deep.equal({ title: "T", text: "", actions: [{ call: "A.b", args: [], value: "0" }] });
      for (const bad of [{}, { title: "T", actions: [] }, { title: "T", actions: [{ call: "A.b" }], more: 1 }, 7]) {
        expect(refusal(() => proposalFileOf(bad))).to.contain("the proposal is wrong");
      }
    });
  });

  describe("a call on the chain", () => {
    it("says contract, function, arguments with units, and what changes from and to", async () => {
      const action = actionOf({ call: "ServiceCatalog.setFees", args: [FEES] }, known);
      const answers = { fees: [[250, parseUnits("0.05", 9), parseUnits("0.1", 9)]] };
      const [decoded] = await decodeActions([action], known, reader(answers));
      expect(decoded).to.include({ contract: "ServiceCatalog", hasCode: true });
      expect(decoded?.function).to.equal("setFees((uint16,uint64,uint64))");
      expect(decoded?.arguments[0]?.value).to.deep.equal({
        feeBps: 230n,
        drawUnitGwei: 50_000_000n,
        validatorFeeGwei: 100_000_000n,
      });
      expect(decoded?.change?.from).to.contain("feeBps 2.5% (250 basis points)");
      expect(decoded?.change?.to).to.contain("feeBps 2.3% (230 basis points), drawUnitGwei 0.05 tokens");
      expect(decoded?.warnings).to.deep.equal([]);
      expect(actionLines(decoded!, 1).join("\n")).to.contain("1. ServiceCatalog at").and.to.contain(" -> ");
    });

    it("finds the view behind setters whose names differ, with keys and without", async () => {
      const cases: [string, unknown[], Record<string, readonly unknown[]>, string, string][] = [
        ["CommonsTimelock.updateDelay", ["3 days"], { getMinDelay: [172_800] }, "2 days", "3 days"],
        ["CommonsGovernor.setVotingDelay", ["3 days"], { votingDelay: [172_800] }, "2 days", "3 days"],
        ["CommonsGovernor.setProposalThreshold", [20], { thresholdBps: [10] }, "0.1%", "0.2%"],
        ["CommonsGuardian.replaceHolder", [ZeroAddress], { holder: [at("c")] }, at("c"), "nobody"],
        ["PaymentVault.setModule", ["JobEscrow", 0], { scopesOf: [1] }, "1", "0"],
        ["JobEscrow.setVerifier", [at("d"), true], { isVerifier: [false] }, "no", "yes"],
        ["JobEscrow.setGuardian", ["CommonsGuardian"], { guardian: [ZeroAddress] }, "nobody", "CommonsGuardian"],
      ];
      for (const [call, args, answers, from, to] of cases) {
        const [decoded] = await decodeActions([actionOf({ call, args }, known)], known, reader(answers));
        expect(decoded?.change?.from, call).to.contain(from);
        expect(decoded?.change?.to, call).to.contain(to);
      }
    });

    it("goes without a change where there is no view, or it refuses", async () => {
      for (const call of [
        { call: "JobEscrow.setPaused", args: [true] },
        { call: "CommonsTimelock.updateDelay", args: ["3 days"] },
      ]) {
        const [decoded] = await decodeActions([actionOf(call, known)], known, reader());
        expect(decoded?.change).to.equal(undefined);
        expect(decoded?.function).to.be.a("string");
      }
    });

    it("warns of strangers, of nobody at home, and of data that hides something", async () => {
      const good = actionOf({ call: "JobEscrow.setPaused", args: [true] }, known);
      const [stranger, unknown, trailing, gift] = await decodeActions(
        [
          { target: at("e"), value: 0n, data: "0x12345678" },
          { ...good, data: "0x12345678" },
          { ...good, data: `${good.data}00` },
          { target: at("e"), value: 5n, data: "0x" },
        ],
        known,
        reader(),
      );
      expect(stranger?.warnings.join()).to.contain("not a contract of this deployment").and.to.contain("has no code");
      for (const odd of [unknown, trailing]) {
        expect(odd?.warnings.join()).to.contain("no call that this contract knows");
        expect(odd?.function).to.equal(undefined);
      }
      expect(gift?.warnings).to.have.length(1);
      expect(actionLines(gift!, 4).join("\n")).to.contain("native coin").and.to.contain("WARNING");
      const long = { ...stranger!, data: `0x${"12".repeat(200)}` };
      expect(actionLines(long, 1)[0]).to.contain("... (200 bytes)");
    });

    it("warns of a call within a call, which the governor could be told to make", async () => {
      const hidden = known.get("CommonsTimelock")!.abi.encodeFunctionData("updateDelay", [86_400]);
      const relay = (data: string) => actionOf({ call: "CommonsGovernor.relay", args: [at("5"), 0, data] }, known);
      const [call, bare] = await decodeActions([relay(hidden), relay("0x")], known, reader());
      expect(call?.warnings.join()).to.contain("may be a call of its own");
      expect(bare?.warnings).to.deep.equal([]);
    });

    it("is tried as the timelock would do it", async () => {
      const action = actionOf({ call: "CommonsTimelock.updateDelay", args: [1] }, known);
      const says = (error: unknown) => ({ sentence: (error as Error).message });
      expect(await dryRun(action, at("f"), reader({ updateDelay: [] }), says)).to.equal(undefined);
      expect(await dryRun(action, at("f"), reader(), says)).to.equal("no answer");
      await dryRun(action, at("f"), reader(), () => undefined).then(
        () => expect.fail("an endpoint's failure is no refusal"),
        (error: Error) => expect(error.message).to.equal("no answer"),
      );
    });
  });

  describe("a ballot", () => {
    it("takes a choice or percentages that add up, to the last vote", () => {
      expect(ballotOf("for", undefined, 7n)).to.include({ support: 1, params: "0x" });
      expect(ballotOf("abstain", undefined, 7n)).to.include({ support: 2 });
      const params = (split: string) => ballotOf(undefined, split, 7n).params;
      const packed = (...parts: number[]) => `0x${parts.map((part) => part.toString(16).padStart(32, "0")).join("")}`;
      expect(params("0,100,0")).to.equal(packed(0, 7, 0));
      expect(params("50,50,0")).to.equal(packed(3, 4, 0));
      expect(params("33,33,34")).to.equal(packed(2, 2, 3));
      expect(params("100,0,0")).to.equal(packed(7, 0, 0));
    });

    it("refuses anything else", () => {
      for (const [choice, split] of [
        [undefined, undefined],
        ["yes", undefined],
        ["for", "0,100,0"],
        [undefined, "50,50"],
        [undefined, "50,50,1"],
        [undefined, "50,x,50"],
      ] as const) {
        expect(refusal(() => ballotOf(choice, split, 7n))).to.be.a("string");
      }
    });
  });
});
