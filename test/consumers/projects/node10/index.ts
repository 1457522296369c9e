/** Classic resolution of TypeScript: types by typesVersions. */
import * as fs from "node:fs";
import { JsonRpcProvider } from "ethers";
import { jobWord, jobStatus, statusSentence } from "gpu-commons";
import { jobEscrowAbi } from "gpu-commons/abi";
import { jobEscrowAbi as alone } from "gpu-commons/abi/JobEscrow";
import { addressOf, readDeployment } from "gpu-commons/addresses";
import artifact from "gpu-commons/artifacts/JobEscrow.json";
import { JobEscrow__factory } from "gpu-commons/ethers";

async function main(): Promise<void> {
  const { RPC_URL = "", MANIFEST = "", JOB_ID = "0" } = process.env;
  const suite = readDeployment(JSON.parse(fs.readFileSync(MANIFEST, "utf8")));
  const provider = new JsonRpcProvider(RPC_URL, suite.chainId, { staticNetwork: true });
  const escrow = JobEscrow__factory.connect(addressOf(suite, "JobEscrow"), provider);
  // @ts-expect-error
  void (() => escrow.jobOff(1n));
  const { status } = jobWord.decode(await escrow.jobOf(JOB_ID));
  const same = alone === jobEscrowAbi && artifact.abi.length === jobEscrowAbi.length;
  console.log(JSON.stringify({ status: statusSentence(jobStatus(status)), same }));
  provider.destroy();
}

void main();
