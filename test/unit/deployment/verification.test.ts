import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { concat, dataLength, dataSlice } from "ethers";
import { ethers } from "hardhat";
import { z } from "zod";
import { aicrypto } from "../../../deploy/presets/aicrypto";
import { execute, saltOf, suitePlan } from "../../../src/deployment";
import {
  FACTORIES,
  interfaceOf,
  placeholderOf,
  type ContractName,
  type LibraryName,
} from "../../../src/deployment/contracts";
import type { Creation } from "../../../src/deployment/predict";
import { localPayees } from "../../../src/deployment/settings";
import { CompiledSources, NotCompiled } from "../../../src/deployment/verification/compiled";
import { ServiceFault } from "../../../src/deployment/verification/http";
import { payloadOf, type Payload, type StandardJson } from "../../../src/deployment/verification/payload";
import { clientOf } from "../../../src/deployment/verification/service";
import { ROOT } from "../../../src/toolchain/run";
import * as solc from "../../../src/toolchain/solc.cjs";
import { withoutMetadata } from "../../../src/toolchain/same-code";
import { deploySuite } from "../../fixtures/suite";
import { rejection } from "../store/rejection";
import { FakeEtherscan, FakeSourcify } from "./explorers";

const CHAIN_ID = 84532;
const KEY = "a key that must never be printed";
const PAGES = "https://explorer.example";
/** Stand-ins of local chains. */
const LOCAL: readonly string[] = ["VRFCoordinatorV2_5Mock", "CurrencyStub"];
const code = z.object({
  object: z.string(),
  immutableReferences: z.record(z.string(), z.array(z.object({ start: z.number(), length: z.number() }))).default({}),
});
/** What is read of a compiler's answer. */
const outputSchema = z.object({
  contracts: z.record(
    z.string(),
    z.record(z.string(), z.object({ evm: z.object({ bytecode: code, deployedBytecode: code }) })),
  ),
});
/** Ten times what the compiler takes for everything on two idle cores. */
const COMPILING_MS = 300_000;
const PATIENCE = { timeoutMs: 5_000, pollMs: 5, givingUpMs: 200 };

describe("verification of sources", () => {
  const sources = new CompiledSources(ROOT);

  async function world() {
    const { config, executed } = await loadFixture(deploySuite);
    const { creations } = suitePlan(config);
    const payload = (name: ContractName): Payload => payloadOf(sources.read(name), creations.get(name) as Creation);
    return { creations, executed, payload };
  }

  describe("payload", () => {
    /** What a service's compiler makes of an input. */
    interface Recompiled {
      readonly creation: string;
      readonly runtime: string;
      readonly blanks: readonly { readonly start: number; readonly length: number }[];
    }

    /**
     * Compiles as a service would: the compiler of that version, and nothing but what it was sent. In this process, so that
     * the compiler itself is compiled once.
     */
    function recompile(input: StandardJson, identifier: string): Recompiled {
      const [source = "", name = ""] = identifier.split(":");
      const { contracts } = outputSchema.parse(JSON.parse(solc.compile(solc.loadCompiler(), JSON.stringify(input))));
      const { bytecode, deployedBytecode } = contracts[source]?.[name]?.evm ?? expect.fail(`no ${identifier}`);
      const blanks = Object.values(deployedBytecode.immutableReferences).flat();
      return { creation: `0x${bytecode.object}`, runtime: `0x${deployedBytecode.object}`, blanks };
    }

    function linked(code: string, libraries: Creation["libraries"]): string {
      const rows = Object.entries(libraries) as [LibraryName, string][];
      return rows.reduce(
        (result, [name, address]) => result.replaceAll(placeholderOf(name), address.slice(2).toLowerCase()),
        code,
      );
    }

    /** `code` with other bytes at a place. */
    function overwritten(code: string, at: number, bytes: string): string {
      return concat([dataSlice(code, 0, at), bytes, dataSlice(code, at + dataLength(bytes))]);
    }

    /** Every contract that any preset deploys, and what verification sends for it. */
    async function everything(): Promise<readonly (readonly [Creation, Payload])[]> {
      const { config } = await loadFixture(deployEverything);
      const rows = config.flatMap((each) => [...suitePlan(each).creations.values()]);
      const first = new Map(rows.reverse().map((creation) => [creation.contract, creation]));
      return [...first.values()].map((creation) => [creation, payloadOf(sources.read(creation.contract), creation)]);
    }

    /** The default suite, and one of the preset whose token can be minted. */
    async function deployEverything() {
      const { config, actors } = await deploySuite();
      const place = { ...config.place, salt: saltOf("the preset with issuance") };
      const issuing = { ...config, place, preset: aicrypto, payees: localPayees(aicrypto), diverted: {} };
      const { deployer, owner } = actors;
      await execute(suitePlan(issuing), { signers: { deployer, owner } });
      return { config: [config, issuing] };
    }

    it("of every contract and library of a deployment compiles to exactly the deployed bytecode", async () => {
      const rows = await everything();
      expect(rows.map(([{ contract }]) => contract).sort()).to.deep.equal(Object.keys(FACTORIES).sort());
      for (const [{ contract, address, initCode, bytecode, libraries }, payload] of rows) {
        const { input, identifier, constructorArgs, compilerVersion } = payload;
        expect(compilerVersion, contract).to.equal("0.8.30+commit.73712a01");
        const { creation, runtime, blanks } = recompile(input, identifier);
        expect(linked(creation, libraries), contract).to.equal(bytecode);
        expect(linked(creation, libraries) + constructorArgs, contract).to.equal(initCode);
        const found = await ethers.provider.getCode(address);
        let expected = linked(runtime, libraries);
        // On the chain a library's own address is filled in, and immutable values, which follow from the creation code.
        if (runtime.startsWith(`0x73${"0".repeat(40)}30`)) expected = overwritten(expected, 1, address.toLowerCase());
        for (const { start, length } of blanks) {
          expected = overwritten(expected, start, dataSlice(found, start, start + length));
        }
        expect(found, contract).to.equal(expected);
      }
    }).timeout(COMPILING_MS);

    it("with links in the settings, as Etherscan takes them, differs in the metadata's hash alone", async () => {
      const rows = (await everything()).filter(([{ libraries }]) => Object.keys(libraries).length > 0);
      expect(rows.map(([{ contract }]) => contract).sort()).to.deep.equal(["GpuRegistry", "JobEscrow", "ScoreBoard"]);
      for (const [{ bytecode, contract }, { linkedInput, identifier }] of rows) {
        const { creation } = recompile(linkedInput, identifier);
        expect(creation, contract).not.to.contain("__$");
        expect(dataLength(creation), contract).to.equal(dataLength(bytecode));
        expect(withoutMetadata(creation), contract).to.equal(withoutMetadata(bytecode));
      }
    }).timeout(COMPILING_MS);

    it("of a contract holds its own sources and no others, and its arguments as the ABI has them", async () => {
      const { creations, payload } = await world();
      for (const { name, args } of creations.values()) {
        const { input, constructorArgs, identifier } = payload(name);
        expect(Object.keys(input.sources), name).to.include(identifier.split(":")[0]);
        if (!LOCAL.includes(name)) expect(Object.keys(input.sources).join(), name).not.to.contain("/mocks/");
        const { inputs } = interfaceOf(name).deploy;
        const decoded = ethers.AbiCoder.defaultAbiCoder().decode(inputs, `0x${constructorArgs}`);
        expect(decoded.length).to.equal(args.length);
      }
    });

    it("is refused where nothing was compiled", () => {
      expect(() => new CompiledSources("/nowhere").read("ComputeToken")).to.throw(NotCompiled, "npm run compile");
    });
  });

  describe("at an Etherscan v2", () => {
    let service: FakeEtherscan;
    let api: string;

    beforeEach(async () => {
      service = new FakeEtherscan(CHAIN_ID, KEY);
      api = `${await service.start()}/v2/api`;
    });
    afterEach(() => service.stop());

    const client = (key: string | undefined = KEY, chainId = CHAIN_ID) =>
      clientOf({ kind: "etherscan", api, pages: PAGES }, chainId, key, PATIENCE);

    it("sends standard JSON with links, waits for the job, and finds the contract verified the next time", async () => {
      const payload = (await world()).payload("JobEscrow");
      const page = `${PAGES}/address/${payload.address}#code`;
      expect(await client().verify(payload)).to.deep.equal({ verified: true, already: false, page });
      const [submission] = service.submissions;
      expect(submission?.address).to.equal(payload.address);
      const { fields } = submission ?? expect.fail();
      expect(fields).to.include({
        contractname: "contracts/market/JobEscrow.sol:JobEscrow",
        compilerversion: "v0.8.30+commit.73712a01",
        constructorArguements: payload.constructorArgs,
      });
      expect(JSON.parse(String(fields["sourceCode"]))).to.deep.equal(payload.linkedInput);
      expect(await client().verify(payload)).to.deep.equal({ verified: true, already: true, page });
      expect(service.submissions.length).to.equal(1);
    });

    it("waits until the explorer knows the contract, and while it is overloaded", async () => {
      service.moods.push("not indexed yet", "busy", "not indexed yet", "verifies");
      expect((await client().verify((await world()).payload("StakeVotes"))).verified).to.equal(true);
    });

    it("takes what is verified meanwhile for verified", async () => {
      service.moods.push("known already", "knows since");
      const { payload } = await world();
      expect(await client().verify(payload("StakeVotes"))).to.include({ verified: true, already: true });
      expect((await client().verify(payload("StakeVotes"))).verified).to.equal(true);
    });

    it("says why the explorer refused", async () => {
      service.moods.push("mismatch");
      const { payload } = await world();
      expect(await client().verify(payload("StakeVotes")))
        .to.include({ verified: false })
        .and.have.property("reason")
        .that.contains("does NOT match");
      expect(await client("another key").verify(payload("StakeVotes")))
        .to.have.property("reason")
        .that.contains("API Key");
      expect(await client(KEY, 8453).verify(payload("StakeVotes")))
        .to.have.property("reason")
        .that.contains("chainid");
    });

    it("gives up on a service that is away or stays overloaded, without a word about the key", async () => {
      const payload = (await world()).payload("StakeVotes");
      service.moods.push(...Array<"busy">(8).fill("busy"));
      const overloaded = await rejection(client().verify(payload));
      expect(overloaded).to.be.instanceOf(ServiceFault);
      await service.stop();
      const away = await rejection(client().verify(payload));
      expect(away).to.be.instanceOf(ServiceFault);
      for (const failure of [overloaded, away]) expect((failure as Error).message).not.to.contain(KEY);
      await service.start();
    });
  });

  it("at a Blockscout needs neither chain nor key", async () => {
    const service = new FakeEtherscan(undefined, undefined);
    const api = `${await service.start()}/api`;
    try {
      const client = clientOf({ kind: "blockscout", api, pages: PAGES }, CHAIN_ID, undefined, PATIENCE);
      expect((await client.verify((await world()).payload("DrawDesk"))).verified).to.equal(true);
      expect(service.submissions[0]?.fields).not.to.have.any.keys("apikey", "chainid");
    } finally {
      await service.stop();
    }
  });

  describe("at a Sourcify v2", () => {
    let service: FakeSourcify;
    let api: string;

    beforeEach(async () => {
      service = new FakeSourcify(CHAIN_ID);
      api = `${await service.start()}/server`;
    });
    afterEach(() => service.stop());

    const client = () => clientOf({ kind: "sourcify", api, pages: PAGES }, CHAIN_ID, undefined, PATIENCE);

    it("sends what was compiled, without links, and looks at the job until it is done", async () => {
      const payload = (await world()).payload("JobEscrow");
      const page = `${PAGES}/${CHAIN_ID}/${payload.address}`;
      expect(await client().verify(payload)).to.deep.equal({ verified: true, already: false, page });
      expect(service.submissions[0]?.fields).to.deep.equal({
        stdJsonInput: JSON.parse(JSON.stringify(payload.input)) as unknown,
        compilerVersion: "0.8.30+commit.73712a01",
        contractIdentifier: "contracts/market/JobEscrow.sol:JobEscrow",
      });
      expect(await client().verify(payload)).to.deep.equal({ verified: true, already: true, page });
      expect(service.submissions.length).to.equal(1);
    });

    it("takes 409 for verified, waits through a brownout, and says why there is no match", async () => {
      const { payload } = await world();
      service.moods.push("known already");
      expect(await client().verify(payload("StakeVotes"))).to.include({ verified: true, already: true });
      service.moods.push("busy", "verifies");
      expect((await client().verify(payload("StakeVotes"))).verified).to.equal(true);
      service.moods.push("mismatch");
      expect(await client().verify(payload("DrawDesk")))
        .to.have.property("reason")
        .that.contains("no_match");
      service.moods.push("not indexed yet");
      expect(await client().verify(payload("DrawDesk")))
        .to.have.property("reason")
        .that.contains("contract_not_deployed");
    });
  });
});
