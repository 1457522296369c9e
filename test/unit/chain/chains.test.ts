import { expect } from "chai";
import { getAddress, isHexString } from "ethers";
import { CHAINS, chainOf, UnknownChain } from "../../../src/chain/chains";

describe("chain/chains", () => {
  it("lists the embedded chain and the four public ones, each once", () => {
    expect(CHAINS.map((chain) => chain.chainId)).to.deep.equal([31337, 84532, 8453, 80002, 137]);
    expect(new Set(CHAINS.map((chain) => chain.name)).size).to.equal(CHAINS.length);
  });

  for (const chain of CHAINS) {
    describe(chain.name, () => {
      it("has checksummed addresses, all different", () => {
        const addresses = [
          chain.usdc,
          chain.link,
          chain.vrf?.coordinator,
          chain.vrf?.wrapper,
          chain.sequencerUptimeFeed,
        ]
          .concat(chain.l1FeeOracle)
          .filter((address) => address !== undefined);
        for (const address of addresses) expect(getAddress(address)).to.equal(address);
        expect(new Set(addresses).size).to.equal(addresses.length);
      });

      it("has usable limits", () => {
        expect(chain.logRange).to.be.within(1, 10_000);
        expect(chain.reorgDepth).to.be.greaterThan(chain.confirmations);
        expect(chain.transactionGasCap).to.equal(16_777_216n);
        expect(chain.maxFeePerGasWei).to.be.greaterThan(chain.minPriorityFeeWei);
        for (const { maxGasPriceGwei } of chain.vrf?.lanes ?? []) {
          expect(chain.maxFeePerGasWei).to.be.at.least(BigInt(maxGasPriceGwei) * 10n ** 9n);
        }
      });

      it("is either local, or has VRF lanes with 32-byte key hashes, USDC, LINK, an https endpoint and an explorer", () => {
        if (chain.isLocal) return expect(chain.chainId).to.equal(31337);
        expect(chain.usdc).to.be.a("string");
        expect(chain.link).to.be.a("string");
        for (const lane of chain.vrf?.lanes ?? []) expect(isHexString(lane.keyHash, 32)).to.equal(true);
        expect(chain.vrf?.lanes).to.have.length.greaterThan(0);
        for (const url of [...chain.publicRpcs, ...chain.explorers]) expect(new URL(url).protocol).to.equal("https:");
        return expect(chain.publicRpcs).to.have.length.greaterThan(0);
      });
    });
  }

  it("does not list the Amoy token that only looks like USDC", () => {
    expect(JSON.stringify(chainOf(80002).usdc)).to.not.match(/8B0180f2101c8260d49339abfEe87927412494B4/i);
  });

  it("refuses a chain that is not in the table", () => {
    expect(() => chainOf(1)).to.throw(UnknownChain, "84532");
  });
});
