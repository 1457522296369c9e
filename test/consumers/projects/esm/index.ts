/** NodeNext, ES modules: reads a job with viem. */
import { readFileSync } from "node:fs";
import {
  AGREEMENT_HASH_PARAMETERS,
  addressOf,
  agreementFrom,
  agreementHashValues,
  addresses,
  explainError,
  formatTokens,
  isSupportedChain,
  jobEscrowAbi,
  jobStatusName,
  jobWord,
  paymentVaultAbi,
  possessionMessage,
  readDeployment,
  serviceCatalogAbi,
  weiOf,
} from "gpu-commons";
import { jobEscrowAbi as alone } from "gpu-commons/abi/JobEscrow";
import artifact from "gpu-commons/artifacts/JobEscrow.json" with { type: "json" };
import {
  createPublicClient,
  createWalletClient,
  encodeAbiParameters,
  http,
  keccak256,
  parseSignature,
  verifyTypedData,
  type Address,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";

const { RPC_URL = "", MANIFEST = "", PRIVATE_KEY = "", JOB_ID = "0" } = process.env;
const suite = readDeployment(JSON.parse(readFileSync(MANIFEST, "utf8")));
const escrow: Address = addressOf(suite, "JobEscrow");
const client = createPublicClient({ transport: http(RPC_URL) });
const market = { address: escrow, abi: jobEscrowAbi } as const;

const word = await client.readContract({ ...market, functionName: "jobOf", args: [BigInt(JOB_ID)] });
const job = jobWord.decode(word);
const price = await client.readContract({
  address: addressOf(suite, "ServiceCatalog"),
  abi: serviceCatalogAbi,
  functionName: "quote",
  args: [1, 1, false],
});
const compute: bigint = price.compute;

// An agreement from its event, hashed as the escrow does.
const [posted] = await client.getContractEvents({
  ...market,
  eventName: "JobPosted",
  args: { jobId: BigInt(JOB_ID) },
  fromBlock: BigInt(suite.blockNumber),
  strict: true,
});
if (posted === undefined) throw new Error("the job was not posted");
const place = { chainId: BigInt(suite.chainId), escrow, jobId: BigInt(JOB_ID) };
const values = agreementHashValues(place, agreementFrom(posted.args.agreement));
const hash = keccak256(encodeAbiParameters(AGREEMENT_HASH_PARAMETERS, values));
const stored = await client.readContract({ ...market, functionName: "agreementHashOf", args: [BigInt(JOB_ID)] });

// A function that does not exist must not compile, nor an argument of another type.
// @ts-expect-error
void (() => client.readContract({ ...market, functionName: "jobOff", args: [1n] }));
// @ts-expect-error
void (() => client.readContract({ ...market, functionName: "jobOf", args: ["1"] }));
// @ts-expect-error
void (() => addressOf(suite, "JobEscrw"));
// @ts-expect-error
void (() => addresses[31337]);

// A typed message as viem takes it.
const account = privateKeyToAccount(PRIVATE_KEY as Address);
const signer = createWalletClient({ account, transport: http(RPC_URL) });
const registry = addressOf(suite, "GpuRegistry");
const message = { owner: account.address, classId: 1, region: 0, device: account.address, nonce: 0n };
const typed = possessionMessage(BigInt(suite.chainId), registry, message);
const signature = await signer.signTypedData(typed);
const good = await verifyTypedData({ ...typed, address: account.address, signature });

let refused = "";
try {
  const vault = { address: addressOf(suite, "PaymentVault"), abi: paymentVaultAbi } as const;
  await client.simulateContract({ ...vault, functionName: "withdraw", args: [1n, account.address], account });
} catch (error) {
  refused = explainError(error)?.sentence ?? String(error);
}
console.log(
  JSON.stringify({
    status: jobStatusName(job.status),
    compute: formatTokens(weiOf(compute)),
    refused: refused.toLowerCase().replace(account.address.toLowerCase(), "it"),
    signed: good && parseSignature(signature).r.length === 66,
    hashed: hash === stored,
    same: alone === jobEscrowAbi && artifact.contractName === "JobEscrow" && artifact.bytecode.startsWith("0x"),
    supported: isSupportedChain(31337),
  }),
);
