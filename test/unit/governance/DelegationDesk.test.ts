/** One call or one signature sets the delegate at several sources, all or none. */
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import type { TypedDataDomain } from "ethers";
import { ethers } from "hardhat";
import * as f from "../registry/fixture";

const NOBODY = ethers.ZeroAddress;
const FOREVER = 2n ** 40n;

/** Alice with tokens in her wallet and stake on a GPU, and a source that does as it is told. */
async function desks() {
  const w = await f.deployWorld();
  const least = await f.minStake(w);
  await f.register(w, w.alice);
  const mock = await ethers.deployContract("DelegableMock", [w.desk]);
  const wallet = await w.token.balanceOf(w.alice);
  const sources = [await w.token.getAddress(), await w.votes.getAddress()];
  return { w, mock, least, wallet, sources };
}

type Desks = Awaited<ReturnType<typeof desks>>;

interface Order {
  account: string;
  delegatee: string;
  sources: string[];
  nonce: bigint;
  expiry: bigint;
}

const TYPES = {
  DelegateAll: [
    { name: "account", type: "address" },
    { name: "delegatee", type: "address" },
    { name: "sources", type: "address[]" },
    { name: "nonce", type: "uint256" },
    { name: "expiry", type: "uint256" },
  ],
};

function order({ w, sources }: Desks, change: Partial<Order> = {}): Order {
  return { account: w.alice.address, delegatee: w.carol.address, sources, nonce: 0n, expiry: FOREVER, ...change };
}

async function sign({ w }: Desks, signer: HardhatEthersSigner, message: Order, change: TypedDataDomain = {}) {
  const { chainId } = await ethers.provider.getNetwork();
  const verifyingContract = await w.desk.getAddress();
  const domain = { name: "GPU Commons DelegationDesk", version: "1", chainId, verifyingContract, ...change };
  return signer.signTypedData(domain, TYPES, message);
}

/** Somebody else sends what was signed. */
function send({ w }: Desks, { account, delegatee, sources, nonce, expiry }: Order, signature: string) {
  return w.desk.connect(w.keeper).delegateAllBySig(account, delegatee, sources, nonce, expiry, signature);
}

describe("DelegationDesk", () => {
  it("has no function of an owner (I45)", async () => {
    const { w } = await loadFixture(desks);
    const names = w.desk.interface.fragments.flatMap((each) => (each.type === "function" ? [each.format()] : []));
    expect(names.sort()).to.deep.equal([
      "delegateAll(address,address[])",
      "delegateAllBySig(address,address,address[],uint256,uint256,bytes)",
      "eip712Domain()",
      "nonces(address)",
      "nonces(address,uint192)",
    ]);
  });

  describe("delegateAll", () => {
    it("sets the caller's delegate at every named source, each with its own votes", async () => {
      const { w, least, wallet, sources } = await loadFixture(desks);
      await w.desk.connect(w.alice).delegateAll(w.carol, sources);
      expect(await w.token.delegates(w.alice)).to.equal(w.carol.address);
      expect(await w.votes.delegates(w.alice)).to.equal(w.carol.address);
      expect(await w.token.getVotes(w.carol)).to.equal(wallet);
      expect(await w.votes.getVotes(w.carol)).to.equal(least);
    });

    it("sets nothing at a source that is not named, and nobody where nobody is chosen", async () => {
      const { w, sources, wallet } = await loadFixture(desks);
      await w.desk.connect(w.alice).delegateAll(w.carol, sources);
      await w.desk.connect(w.alice).delegateAll(NOBODY, [w.votes]);
      expect([await w.votes.getVotes(w.carol), await w.token.getVotes(w.carol)]).to.deep.equal([0n, wallet]);
    });

    it("is all or nothing: a source that refuses says why, and the others stay as they were", async () => {
      const { w, sources } = await loadFixture(desks);
      const stranger = w.others[0] as HardhatEthersSigner;
      await expect(w.desk.connect(stranger).delegateAll(w.carol, sources))
        .to.be.revertedWithCustomError(w.votes, "StakeVotesNoAccount")
        .withArgs(stranger.address);
      expect(await w.token.delegates(stranger)).to.equal(NOBODY);
      await w.desk.connect(stranger).delegateAll(w.carol, [w.token]);
      expect(await w.token.delegates(stranger)).to.equal(w.carol.address);
    });

    it("refuses an empty list, and what is no source", async () => {
      const { w } = await loadFixture(desks);
      await expect(w.desk.delegateAll(w.carol, [])).to.be.revertedWithCustomError(w.desk, "DeskNoSources");
      await expect(w.desk.delegateAll(w.carol, [w.carol])).to.be.reverted;
      await expect(w.desk.delegateAll(w.carol, [w.vault])).to.be.reverted;
    });

    it("names the caller alone: a source that calls back acts for itself only (I45)", async () => {
      const { w, mock } = await loadFixture(desks);
      await mock.setAttack(
        w.desk.interface.encodeFunctionData("delegateAll", [w.dave.address, [await w.token.getAddress()]]),
      );
      await w.desk.connect(w.alice).delegateAll(w.carol, [mock]);
      expect(await mock.attackWorked()).to.equal(true);
      expect(await w.token.delegates(w.alice)).to.equal(NOBODY);
      expect(await w.token.delegates(mock)).to.equal(w.dave.address);
      expect(await mock.delegateOf(w.alice)).to.equal(w.carol.address);
    });
  });

  describe("delegateAllBySig", () => {
    it("sets the signer's delegates by one signature, whoever sends it, and counts its nonce by 1 (I10)", async () => {
      const d = await loadFixture(desks);
      const { w, least, wallet } = d;
      await send(d, order(d), await sign(d, w.alice, order(d)));
      expect([await w.token.getVotes(w.carol), await w.votes.getVotes(w.carol)]).to.deep.equal([wallet, least]);
      expect(await w.desk["nonces(address)"](w.alice)).to.equal(1);
      await expect(send(d, order(d), await sign(d, w.alice, order(d))))
        .to.be.revertedWithCustomError(w.desk, "InvalidAccountNonce")
        .withArgs(w.alice.address, 1);
    });

    it("keeps a sequence of nonces for each key", async () => {
      const d = await loadFixture(desks);
      const { w } = d;
      const key = 7n << 64n;
      for (const nonce of [key, 0n, key + 1n]) {
        await send(d, order(d, { nonce }), await sign(d, w.alice, order(d, { nonce })));
      }
      expect(await w.desk["nonces(address,uint192)"](w.alice, 7)).to.equal(key + 2n);
      const early = order(d, { nonce: key + 9n });
      await expect(send(d, early, await sign(d, w.alice, early)))
        .to.be.revertedWithCustomError(w.desk, "InvalidAccountNonce")
        .withArgs(w.alice.address, key + 2n);
    });

    it("does not take a signature for another account, delegate, list, nonce, expiry, contract or chain (I10)", async () => {
      const d = await loadFixture(desks);
      const { w, sources } = d;
      const refused = (account: string) => [w.desk, "DeskInvalidSignature", account] as const;
      const signed = await sign(d, w.alice, order(d));
      const changes: Partial<Order>[] = [
        { account: w.bob.address },
        { delegatee: w.dave.address },
        { sources: sources.slice(0, 1) },
        { sources: [...sources].reverse() },
        { nonce: 1n },
        { expiry: FOREVER + 1n },
      ];
      for (const change of changes) {
        const other = order(d, change);
        const [desk, error, account] = refused(other.account);
        await expect(send(d, other, signed))
          .to.be.revertedWithCustomError(desk, error)
          .withArgs(account);
      }
      for (const change of [
        { chainId: 8453n },
        { verifyingContract: await w.token.getAddress() },
        { version: "2" },
        { name: "GPU Commons StakeVotes" },
      ]) {
        const [desk, error, account] = refused(w.alice.address);
        await expect(send(d, order(d), await sign(d, w.alice, order(d), change)))
          .to.be.revertedWithCustomError(desk, error)
          .withArgs(account);
      }
      await expect(send(d, order(d), "0x")).to.be.revertedWithCustomError(w.desk, "DeskInvalidSignature");
      expect(await w.desk["nonces(address)"](w.alice)).to.equal(0);
    });

    it("takes it in the second of its expiry, not one later", async () => {
      const d = await loadFixture(desks);
      const { w } = d;
      const expiry = BigInt(await time.latest()) + 100n;
      const signature = await sign(d, w.alice, order(d, { expiry }));
      const snapshot = await ethers.provider.send("evm_snapshot", []);
      await time.setNextBlockTimestamp(expiry + 1n);
      await expect(send(d, order(d, { expiry }), signature))
        .to.be.revertedWithCustomError(w.desk, "DeskSignatureExpired")
        .withArgs(expiry);
      await ethers.provider.send("evm_revert", [snapshot]);
      await time.setNextBlockTimestamp(expiry);
      await send(d, order(d, { expiry }), signature);
      expect(await w.token.delegates(w.alice)).to.equal(w.carol.address);
    });

    it("keeps the nonce when a source refuses, so that the signature still holds when it no longer does", async () => {
      const d = await loadFixture(desks);
      const { w, mock } = d;
      const both = order(d, { sources: [await w.token.getAddress(), await mock.getAddress()] });
      const signature = await sign(d, w.alice, both);
      await mock.setRefuses(true);
      await expect(send(d, both, signature))
        .to.be.revertedWithCustomError(mock, "SourceRefused")
        .withArgs(w.alice.address);
      expect(await w.token.delegates(w.alice)).to.equal(NOBODY);
      await mock.setRefuses(false);
      await send(d, both, signature);
      expect(await w.token.delegates(w.alice)).to.equal(w.carol.address);
    });

    it("cannot be made to leave out a source by too little gas", async () => {
      const d = await loadFixture(desks);
      const { w, sources } = d;
      const signature = await sign(d, w.alice, order(d));
      const full = await w.desk.delegateAllBySig.estimateGas(w.alice, w.carol, sources, 0, FOREVER, signature);
      for (let gasLimit = 60_000n; gasLimit < full; gasLimit += 20_000n) {
        const attempt = w.desk.delegateAllBySig(w.alice, w.carol, sources, 0, FOREVER, signature, { gasLimit });
        const done = await attempt.then(() => true).catch(() => false);
        const chosen = [await w.token.delegates(w.alice), await w.votes.delegates(w.alice)];
        if (done) return expect(chosen).to.deep.equal([w.carol.address, w.carol.address]);
        expect(chosen, String(gasLimit)).to.deep.equal([NOBODY, NOBODY]);
      }
    });

    it("does not let a source that calls back use a signature twice", async () => {
      const d = await loadFixture(desks);
      const { w, mock } = d;
      const once = order(d, { sources: [await mock.getAddress()] });
      const signature = await sign(d, w.alice, once);
      const { account, delegatee, sources, nonce, expiry } = once;
      const args = [account, delegatee, sources, nonce, expiry, signature] as const;
      await mock.setAttack(w.desk.interface.encodeFunctionData("delegateAllBySig", [...args]));
      await send(d, once, signature);
      expect(await mock.attackResult()).to.equal(
        w.desk.interface.encodeErrorResult("InvalidAccountNonce", [w.alice.address, 1]),
      );
    });

    it("takes contracts that sign by ERC-1271, each for itself", async () => {
      const d = await loadFixture(desks);
      const { w } = d;
      const wallets = [
        await ethers.deployContract("ContractWallet", [w.alice]),
        await ethers.deployContract("ContractWallet", [w.alice]),
      ] as const;
      await w.token.connect(w.alice).transfer(wallets[0], 5n);
      const account = await wallets[0].getAddress();
      const mine = order(d, { account, sources: [await w.token.getAddress()] });
      const signature = await sign(d, w.alice, mine);
      const others = order(d, { ...mine, account: await wallets[1].getAddress() });
      await expect(send(d, others, signature)).to.be.revertedWithCustomError(w.desk, "DeskInvalidSignature");
      for (const mode of [1, 2, 3]) {
        await wallets[0].setMode(mode);
        await expect(send(d, mine, signature)).to.be.revertedWithCustomError(w.desk, "DeskInvalidSignature");
      }
      await wallets[0].setMode(0);
      await send(d, mine, signature);
      expect(await w.token.getVotes(w.carol)).to.equal(5);
    });
  });
});
