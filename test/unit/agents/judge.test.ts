import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { judgeContent, judgeTerms, type Judgement } from "../../../src/agents/operator/judge";
import { agreementFrom, type Agreement } from "../../../src/protocol/agreement";
import { jobLines, jobReserves, jobTerms, jobWindows } from "../../../src/protocol/words";
import { digestOf, MemoryStore, type ContentStore, type Digest } from "../../../src/store";
import { createTrainingJob, putImages } from "../../../src/workload";
import { encodeDescriptor, type MlpDescriptor } from "../../../src/workload/model";
import type { JobInput } from "../../../src/workload/job";

const config = {
  minimumPay: 0n,
  minimumPayPerSecond: 0n,
  maximumSeconds: 3600,
  kinds: undefined as string[] | undefined,
  kindDirectories: [],
};

const MODEL: MlpDescriptor = {
  version: 1,
  type: "mlp",
  layers: [4, 3, 2],
  activation: "relu",
  initialisation: "glorot-uniform",
  optimiser: { type: "sgd-momentum", batch: 4, learningRateMicro: 40_000, momentumMicro: 900_000, decayMicro: 0 },
};

describe("agents/operator/judge", () => {
  let store: MemoryStore;
  let input: JobInput;
  let dataset: Digest;
  let agreement: Agreement;

  beforeEach(async () => {
    store = new MemoryStore();
    const count = 40;
    const pixels = Uint8Array.from({ length: count * 4 }, (_, index) => (index * 37) % 256);
    const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
    dataset = await putImages(store, { width: 2, height: 2, classes: 2, count, pixels, labels });
    const seed = digestOf(Buffer.from("seed"));
    input = await createTrainingJob(store, {
      model: MODEL,
      dataset,
      splitSeed: seed,
      train: 30,
      heldOut: 10,
      seed,
      epochs: 2,
    });
    agreement = {
      ...agreementFrom({
        requester: ZeroAddress,
        model: 1n,
        dataset: 2n,
        modelHash: digestOf(encodeDescriptor(MODEL)),
        datasetHash: dataset,
        inputDigest: input.digest,
        parametersHash: input.parametersHash,
        note: ZeroHash,
        terms: 0n,
        windows: 0n,
        lines: 0n,
        reserves: 0n,
        resolver: ZeroAddress,
        verifier: ZeroAddress,
        verifierGas: 0n,
      }),
      terms: { ...jobTerms.decode(0n), units: 100n, secondsPerAttempt: 600n, gpuCount: 1n },
      windows: jobWindows.decode(0n),
      lines: { ...jobLines.decode(0n), compute: 5_000_000_000n },
      reserves: jobReserves.decode(0n),
    };
  });

  const judge = (change: Partial<Agreement> = {}, terms: Partial<typeof config> = {}) =>
    judgeContent({ ...agreement, ...change }, { ...config, ...terms }, store);

  const reasonOf = (judgement: Judgement | undefined): string => {
    if (judgement === undefined || !("reason" in judgement))
      throw new Error(`not declined: ${JSON.stringify(judgement)}`);
    return judgement.reason;
  };

  describe("terms", () => {
    it("pass when they pay enough for no longer than allowed", () => {
      expect(judgeTerms(agreement, config)).to.equal(undefined);
      expect(judgeTerms(agreement, { ...config, minimumPay: 5n * 10n ** 18n })).to.equal(undefined);
    });

    it("are declined below the minimum pay, in all or by the second", () => {
      expect(reasonOf(judgeTerms(agreement, { ...config, minimumPay: 5n * 10n ** 18n + 1n }))).to.contain("less than");
      const rate = (5n * 10n ** 18n) / 600n + 1n;
      expect(reasonOf(judgeTerms(agreement, { ...config, minimumPayPerSecond: rate }))).to.contain("less than");
    });

    it("are declined when they are too long, need a proof, or several GPUs", () => {
      const terms = (change: Partial<Agreement["terms"]>): Agreement => ({
        ...agreement,
        terms: { ...agreement.terms, ...change },
      });
      expect(reasonOf(judgeTerms(terms({ secondsPerAttempt: 3601n }), config))).to.contain("3601 s");
      expect(reasonOf(judgeTerms(terms({ mode: 1n }), config))).to.contain("proof");
      expect(reasonOf(judgeTerms(terms({ gpuCount: 2n }), config))).to.contain("2 GPUs");
    });
  });

  describe("content", () => {
    it("passes when input, model, dataset, parameters and units are those of the agreement", async () => {
      expect(await judge()).to.deep.equal({ verdict: "accept", kind: "train-mlp" });
      expect((await judge({ datasetHash: ZeroHash })).verdict).to.equal("accept");
    });

    it("is declined for a model other than the agreement's", async () => {
      const judgement = await judge({ modelHash: digestOf(Buffer.from("another")) });
      expect(judgement).to.include({ verdict: "decline", inputUnavailable: false });
      expect(reasonOf(judgement)).to.contain("model");
    });

    it("is declined for other parameters, another dataset, more units than paid, an unknown kind", async () => {
      expect(reasonOf(await judge({ parametersHash: ZeroHash }))).to.contain("parameters");
      expect(reasonOf(await judge({ datasetHash: digestOf(Buffer.from("x")) }))).to.contain("dataset");
      expect(reasonOf(await judge({ terms: { ...agreement.terms, units: 1n } }))).to.contain("2 units, 1 are paid");
      expect(reasonOf(await judge({}, { kinds: ["infer-batch"] }))).to.contain("train-mlp work");
    });

    it("is declined when the input is nonsense", async () => {
      const { digest } = await store.put(Buffer.from("nonsense"));
      expect(reasonOf(await judge({ inputDigest: digest }))).to.contain("input");
    });

    it("is waited for when the input, or what it names, is not there", async () => {
      expect((await judge({ inputDigest: digestOf(Buffer.from("absent")) })).verdict).to.equal("wait");
      const partial = without(store, dataset);
      expect((await judgeContent(agreement, config, partial)).verdict).to.equal("wait");
    });
  });
});

/** A store that lacks one block. */
function without(store: ContentStore, missing: Digest): ContentStore {
  const empty = new MemoryStore();
  return {
    put: (bytes, options) => store.put(bytes, options),
    has: (digest, options) => (digest === missing ? empty : store).has(digest, options),
    get: (digest, options) => (digest === missing ? empty : store).get(digest, options),
  };
}
