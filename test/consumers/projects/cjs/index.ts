/** NodeNext, CommonJS: pays in and posts a job with ethers. */
import { readFileSync } from "node:fs";
import { hexlify, id, JsonRpcProvider, randomBytes, sha256, toUtf8Bytes, Wallet, ZeroAddress } from "ethers";
import { addressOf, agreementFrom, explainError, JobMode, parseTokens, readDeployment } from "gpu-commons";
import { ComputeToken__factory, hashAgreement, JobEscrow__factory, PaymentVault__factory } from "gpu-commons/ethers";
import type { JobEscrow } from "gpu-commons/ethers";

async function main(): Promise<void> {
  const { RPC_URL = "", MANIFEST = "", OTHER_PRIVATE_KEY = "", SERVICE = "0" } = process.env;
  const suite = readDeployment(JSON.parse(readFileSync(MANIFEST, "utf8")));
  const provider = new JsonRpcProvider(RPC_URL, suite.chainId, { staticNetwork: true, cacheTimeout: -1 });
  const wallet = new Wallet(OTHER_PRIVATE_KEY, provider);
  const escrow: JobEscrow = JobEscrow__factory.connect(addressOf(suite, "JobEscrow"), wallet);
  const vault = PaymentVault__factory.connect(addressOf(suite, "PaymentVault"), wallet);
  const token = ComputeToken__factory.connect(addressOf(suite, "ComputeToken"), wallet);
  await (await token.approve(vault, parseTokens("100"))).wait();
  await (await vault.depositFor(wallet.address, parseTokens("100"))).wait();

  // A misspelt function, and a request without a field, must not compile.
  // @ts-expect-error
  void (() => escrow.pst);
  // @ts-expect-error
  void (() => escrow.post({ ring: 0 }));

  const { timestamp = 0 } = (await provider.getBlock("latest")) ?? {};
  const request = {
    ring: 0,
    service: BigInt(SERVICE),
    units: 1,
    region: 255,
    mode: JobMode.Acceptance,
    secondsPerAttempt: 3600,
    heartbeat: 600,
    expiry: timestamp + 86_400,
    namedGpu: 0,
    maxTotalGwei: 2n ** 64n - 1n,
    inputDigest: sha256(toUtf8Bytes("input")),
    parametersHash: id("parameters"),
    note: hexlify(randomBytes(32)),
    verifier: ZeroAddress,
    verifierGas: 0,
  };
  const early = await escrow.post.staticCall(request).catch((error: unknown) => explainError(error)?.name);
  await (await vault.setAuthorisation(escrow, true)).wait();
  const late = { ...request, expiry: 2n ** 36n };
  const far = await escrow.post.staticCall(late).catch((error: unknown) => explainError(error)?.name);
  const receipt = await (await escrow.post(request)).wait();
  const at = receipt?.blockNumber ?? 0;
  const [posted] = await escrow.queryFilter(escrow.filters.JobPosted(), at, at);
  if (posted === undefined) throw new Error("nothing was posted");
  const { jobId, agreement } = posted.args;
  const place = { chainId: BigInt(suite.chainId), escrow: await escrow.getAddress(), jobId };
  const same = hashAgreement(place, agreementFrom(agreement)) === (await escrow.agreementHashOf(jobId));
  console.log(JSON.stringify({ jobId: String(jobId), early, far, same }));
  provider.destroy();
}

void main();
