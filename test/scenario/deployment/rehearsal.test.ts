import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { parseEther } from "ethers";
import { chainOf } from "../../../src/chain/chains";
import { findAnvil } from "../../../src/chain/devChain";
import { interfaceOf } from "../../../src/deployment/contracts";
import { deploymentSchema } from "../../../src/deployment/manifest";
import {
  DEPLOYER,
  outcomeFindings,
  Rehearsal,
  type Ended,
  type Outcome,
} from "../../../src/deployment/rehearsal/rehearse";
import { ROOT } from "../../../src/toolchain/run";

const BASE_SEPOLIA = chainOf(84532);
const POLYGON_AMOY = chainOf(80002);
const COMMANDS = ["apply", "handover"] as const;
/** Contracts whose arguments name something that every chain has elsewhere: the coordinator, and USDC. */
const OF_THE_CHAIN = [
  "DisputeCourt",
  "JobEscrow",
  "ProceedsSplitter",
  "RandomnessBeacon",
  "ReviewPanel",
  "ScoreBoard",
  "TokenSale",
  "TrainingChains",
];

interface Answer {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly sentence: string;
  readonly sent?: number;
  readonly handedOver?: boolean;
  readonly contracts: Readonly<Record<string, { readonly address: string }>>;
}

/**
 * The bounded form of `npm run rehearse`: one killed run for each of the chains, of which one loses its state while its
 * transaction waits in the pool.
 */
describe("rehearsal of a deployment", function () {
  this.timeout(600_000);

  before(function () {
    if (findAnvil(ROOT) === undefined) this.skip();
  });

  const answerOf = ({ out }: Ended): Answer => JSON.parse(out) as Answer;

  describe("on a chain like Base Sepolia", () => {
    let stage: Rehearsal;
    let undisturbed: Outcome;

    before(async () => {
      stage = await Rehearsal.start(BASE_SEPOLIA);
    });
    after(() => stage.stop());

    const sent = (): Promise<number> => stage.provider.getTransactionCount(DEPLOYER.address);

    async function refused(command: string, ...args: string[]): Promise<Answer> {
      const before = await sent();
      const ended = await stage.command(command, "--yes", ...args);
      const answer = answerOf(ended);
      expect(answer.ok, ended.err).to.equal(false);
      expect(ended.code).to.equal(answer.exitCode);
      expect(await sent(), "nothing half-done").to.equal(before);
      return answer;
    }

    it("ends with 2 for an endpoint of another network", async () => {
      const { exitCode, sentence } = await refused("apply", "--network", "polygon-amoy");
      expect(exitCode).to.equal(2);
      expect(sentence).to.contain("the endpoint is of chain 84532, expected 80002");
    });

    it("ends with 7 for too little money, and says what is needed", async () => {
      await stage.reset();
      await stage.fund(parseEther("0.01"));
      const { exitCode, sentence } = await refused("apply");
      expect(exitCode).to.equal(7);
      expect(sentence).to.match(/has 0\.01 ETH, the steps left need \d+\.\d+ ETH/);
    });

    it("ends with 6 for a transaction that is stuck, and names its nonce", async () => {
      await stage.reset();
      stage.configure({ pendingSeconds: 1 });
      const { chainId } = BASE_SEPOLIA;
      const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n };
      const stuck = { type: 2, chainId, nonce: 0, to: DEPLOYER.address, value: 0n, gasLimit: 21_000n, ...fees };
      await stage.provider.send("eth_sendRawTransaction", [await DEPLOYER.signTransaction(stuck)]);
      const { exitCode, sentence } = await refused("apply");
      expect(exitCode).to.equal(6);
      expect(sentence).to.contain("nonce 0 is stuck").and.to.contain("nothing was sent");
      await stage.mine();
    });

    it("ends with 3 for a contract of the chain that is missing, and with 5 for one that is another", async () => {
      await stage.reset();
      const { usdc = "", link = "", vrf, factory } = BASE_SEPOLIA;
      const put = (at: string, code: string) => stage.provider.send("anvil_setCode", [at, code]);
      await put(factory.address, "0x");
      expect(await refused("apply")).to.include({ exitCode: 3 });
      await put(factory.address, factory.runtime);
      await put(vrf?.coordinator ?? "", "0x");
      const missing = await refused("apply");
      expect(missing.exitCode).to.equal(3);
      expect(missing.sentence).to.contain(`the VRF coordinator at ${vrf?.coordinator} is missing`);
      await put(usdc, await stage.provider.getCode(link));
      const other = await refused("apply");
      expect(other.exitCode).to.equal(5);
      expect(other.sentence).to.equal(`USDC at ${usdc} calls itself LINK`);
    });

    it("ends with 5 for an address that is occupied", async () => {
      await stage.reset();
      const { contracts } = answerOf(await stage.command("plan"));
      const address = contracts["JobEscrow"]?.address ?? "";
      await stage.provider.send("anvil_setCode", [address, "0x6001"]);
      const { exitCode, sentence } = await refused("apply");
      expect(exitCode).to.equal(5);
      expect(sentence).to.contain(`JobEscrow: ${address} is occupied`);
    });

    it("ends with 4 where the hand-over comes before the deployment, or the deployer would keep a right", async () => {
      await stage.reset();
      expect((await refused("handover")).sentence).to.contain("run apply first");
      stage.configure({ guardian: DEPLOYER.address });
      expect(await refused("handover")).to.include({ exitCode: 4 });
    });

    it("ends with 5 for a right that the deployer gave besides the plan, before anything is handed over", async () => {
      await stage.reset();
      expect((await stage.command("apply", "--yes")).code).to.equal(0);
      const { contracts } = deploymentSchema.parse(JSON.parse(readFileSync(stage.manifest, "utf8")));
      const data = interfaceOf("EmissionDistributor").encodeFunctionData("setDrawer", [BASE_SEPOLIA.usdc]);
      const deployer = DEPLOYER.connect(stage.provider);
      await deployer.sendTransaction({ to: contracts["EmissionDistributor"]?.address ?? "", data });
      await stage.mine();
      const { exitCode, sentence } = await refused("handover");
      expect(exitCode).to.equal(5);
      expect(sentence).to.contain("EmissionDistributor.setDrawer").and.to.contain("nothing was sent");
      const status = await stage.command("status");
      expect([status.code, status.out.includes("EmissionDistributor.setDrawer")]).to.deep.equal([5, true]);
    });

    it("deploys and hands over, undisturbed", async () => {
      undisturbed = await stage.undisturbed(COMMANDS);
      expect(undisturbed.record.handedOver).to.equal(true);
      expect((await stage.command("status")).code).to.equal(0);
      const again = answerOf(await stage.command("apply"));
      expect(again).to.include({ ok: true, sent: 0, handedOver: true });
      expect(await sent()).to.equal(undisturbed.nonce);
    });

    it("notices a change of anything that addresses follow from, and names the compiler's", async () => {
      const record = deploymentSchema.parse(JSON.parse(readFileSync(stage.manifest, "utf8")));
      const { JobEscrow, ...others } = record.contracts;
      const moved = { ...JobEscrow, address: DEPLOYER.address };
      const compiler = { ...record.compiler, settingsHash: "0".repeat(64) };
      writeFileSync(
        stage.manifest,
        JSON.stringify({ ...record, compiler, contracts: { ...others, JobEscrow: moved } }),
      );
      for (const command of ["apply", "status"]) {
        const ended = await stage.command(command, "--yes");
        expect(ended.code).to.equal(5);
        expect(ended.out).to.contain("the compiler was 0.8.30+commit.73712a01 with settings 000000000000");
      }
      writeFileSync(stage.manifest, JSON.stringify(record));
    });

    it("survives SIGKILL in the hand-over with a transaction in the pool and the state lost: nothing differs, nothing is sent twice", async () => {
      const killed = await stage.killed({ at: undisturbed.nonce - 5, inPool: true, losesState: true }, COMMANDS);
      expect(outcomeFindings(undisturbed, killed)).to.deep.equal([]);
    });

    it("has the same addresses on a chain like Polygon Amoy, where it survives SIGKILL in the deployment", async () => {
      const amoy = await Rehearsal.start(POLYGON_AMOY);
      try {
        const { record } = await amoy.killed({ at: 31, inPool: false, losesState: false }, ["apply"]);
        expect(record.handedOver).to.equal(false);
        const names = Object.keys(undisturbed.record.contracts);
        expect(Object.keys(record.contracts)).to.deep.equal(names);
        const differing = names.filter(
          (name) => record.contracts[name]?.address !== undisturbed.record.contracts[name]?.address,
        );
        expect(differing.sort()).to.deep.equal(OF_THE_CHAIN);
      } finally {
        await amoy.stop();
      }
    });
  });
});
