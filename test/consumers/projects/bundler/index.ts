/** Bundler resolution: a browser's bundle holds the one ABI that it uses. */
import { jobEscrowAbi, jobStatusName, jobWord } from "gpu-commons";
import { addresses, type Address } from "gpu-commons/addresses";
import type { Abi } from "viem";

export const abi = jobEscrowAbi satisfies Abi;
export const escrowOf = (chainId: keyof typeof addresses): Address => addresses[chainId];
// @ts-expect-error
export const wrong: "jobOff" = jobEscrowAbi[0].type;
console.log(JSON.stringify({ entries: abi.length, status: jobStatusName(jobWord.decode(4n << 213n).status) }));
