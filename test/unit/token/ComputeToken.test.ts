import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { expect } from "chai";
import { ethers } from "hardhat";
import type { ComputeToken } from "../../../typechain-types";

const SUPPLY = 10n ** 27n;
const FOREVER = 2n ** 40n;

async function tokenWorld() {
  const [allocator, alice, bob, stranger] = (await ethers.getSigners()) as [
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
    HardhatEthersSigner,
  ];
  const desk = await ethers.deployContract("DelegationDesk");
  const token = await ethers.deployContract("ComputeToken", [
    "VaikerAI Token",
    "VAIK",
    SUPPLY,
    allocator.address,
    desk,
  ]);
  return { token, desk, allocator, alice, bob, stranger };
}

type PermitChange = { chainId?: bigint; verifyingContract?: string; nonce?: bigint; value?: bigint };

async function signPermit(
  token: ComputeToken,
  owner: HardhatEthersSigner,
  spender: string,
  deadline: bigint,
  change: PermitChange = {},
) {
  const { chainId } = await ethers.provider.getNetwork();
  const domain = {
    name: "VaikerAI Token",
    version: "1",
    chainId: change.chainId ?? chainId,
    verifyingContract: change.verifyingContract ?? (await token.getAddress()),
  };
  const types = {
    Permit: ["owner address", "spender address", "value uint256", "nonce uint256", "deadline uint256"].map((field) => {
      const [name, type] = field.split(" ") as [string, string];
      return { name, type };
    }),
  };
  const nonce = change.nonce ?? (await token.nonces(owner.address));
  const message = { owner: owner.address, spender, value: change.value ?? 5n, nonce, deadline };
  return ethers.Signature.from(await owner.signTypedData(domain, types, message));
}

describe("ComputeToken", () => {
  describe("constructor", () => {
    it("mints the whole supply to the allocator", async () => {
      const { token, allocator } = await loadFixture(tokenWorld);
      expect(await token.name()).to.equal("VaikerAI Token");
      expect(await token.symbol()).to.equal("VAIK");
      expect(await token.decimals()).to.equal(18);
      expect(await token.totalSupply()).to.equal(SUPPLY);
      expect(await token.balanceOf(allocator.address)).to.equal(SUPPLY);
    });

    it("refuses no supply, no allocator, and more than votes can count", async () => {
      const { token, allocator } = await loadFixture(tokenWorld);
      const deploy = (supply: bigint, to: string) =>
        ethers.deployContract("ComputeToken", ["T", "T", supply, to, ethers.ZeroAddress]);
      await expect(deploy(0n, allocator.address)).to.be.revertedWithCustomError(token, "TokenZeroSupply");
      await expect(deploy(1n, ethers.ZeroAddress)).to.be.revertedWithCustomError(token, "ERC20InvalidReceiver");
      await expect(deploy(2n ** 208n, allocator.address)).to.be.revertedWithCustomError(
        token,
        "ERC20ExceededSafeSupply",
      );
    });
  });

  describe("supply", () => {
    it("can never change: no function but the known ones, none of which mints or burns (I8, I9)", async () => {
      const { token } = await loadFixture(tokenWorld);
      const names = token.interface.fragments
        .filter((fragment) => fragment.type === "function")
        .map((fragment) => (fragment as { name?: string }).name ?? "")
        .sort();
      expect(names).to.deep.equal(
        [
          "CLOCK_MODE",
          "DOMAIN_SEPARATOR",
          "allowance",
          "approve",
          "balanceOf",
          "checkpoints",
          "clock",
          "decimals",
          "delegate",
          "delegateBySig",
          "delegateFor",
          "delegates",
          "delegationDesk",
          "eip712Domain",
          "getPastTotalSupply",
          "getPastVotes",
          "getVotes",
          "name",
          "nonces",
          "numCheckpoints",
          "permit",
          "symbol",
          "totalSupply",
          "transfer",
          "transferFrom",
        ].sort(),
      );
      const code = await ethers.provider.getCode(token);
      for (const signature of [
        "mint(address,uint256)",
        "mint(uint256)",
        "burn(uint256)",
        "burnFrom(address,uint256)",
      ]) {
        expect(code, signature).not.to.include(ethers.id(signature).slice(2, 10));
      }
    });

    it("is the sum of the balances after any transfer (I8)", async () => {
      const { token, allocator, alice, bob } = await loadFixture(tokenWorld);
      await token.transfer(alice.address, 7n);
      await token.connect(alice).transfer(bob.address, 3n);
      await token.connect(bob).transfer(bob.address, 3n);
      const holders = [allocator, alice, bob];
      const balances = await Promise.all(holders.map(({ address }) => token.balanceOf(address)));
      expect(balances).to.deep.equal([SUPPLY - 7n, 4n, 3n]);
      expect(await token.totalSupply()).to.equal(SUPPLY);
      await expect(token.transfer(ethers.ZeroAddress, 1n)).to.be.revertedWithCustomError(token, "ERC20InvalidReceiver");
    });
  });

  describe("permit", () => {
    it("sets the allowance once, and the nonce rises by exactly 1 (I10)", async () => {
      const { token, alice, bob, stranger } = await loadFixture(tokenWorld);
      const { v, r, s } = await signPermit(token, alice, bob.address, FOREVER);
      const send = () => token.connect(stranger).permit(alice.address, bob.address, 5n, FOREVER, v, r, s);
      await send();
      expect(await token.allowance(alice.address, bob.address)).to.equal(5);
      expect(await token.nonces(alice.address)).to.equal(1);
      await expect(send()).to.be.revertedWithCustomError(token, "ERC2612InvalidSigner");
      expect(await token.nonces(alice.address)).to.equal(1);
    });

    it("refuses another chain, contract, nonce or value, and what is expired (I10)", async () => {
      const { token, alice, bob, stranger } = await loadFixture(tokenWorld);
      const changes: PermitChange[] = [
        { chainId: 8453n },
        { verifyingContract: stranger.address },
        { nonce: 1n },
        { value: 6n },
      ];
      for (const change of changes) {
        const { v, r, s } = await signPermit(token, alice, bob.address, FOREVER, change);
        await expect(token.permit(alice.address, bob.address, 5n, FOREVER, v, r, s)).to.be.revertedWithCustomError(
          token,
          "ERC2612InvalidSigner",
        );
      }
      const past = BigInt(await time.latest());
      const { v, r, s } = await signPermit(token, alice, bob.address, past);
      await expect(token.permit(alice.address, bob.address, 5n, past, v, r, s))
        .to.be.revertedWithCustomError(token, "ERC2612ExpiredSignature")
        .withArgs(past);
      expect(await token.allowance(alice.address, bob.address)).to.equal(0);
    });
  });

  describe("votes", () => {
    it("run on seconds (ERC-6372)", async () => {
      const { token } = await loadFixture(tokenWorld);
      expect(await token.clock()).to.equal(await time.latest());
      expect(await token.CLOCK_MODE()).to.equal("mode=timestamp");
    });

    it("belong to nobody until delegated, and follow the tokens (I40)", async () => {
      const { token, alice, bob, stranger } = await loadFixture(tokenWorld);
      await token.transfer(alice.address, 10n);
      expect(await token.getVotes(alice.address)).to.equal(0);
      await token.connect(alice).delegate(stranger.address);
      await token.connect(bob).delegate(bob.address);
      expect(await token.getVotes(stranger.address)).to.equal(10);
      await token.connect(alice).transfer(bob.address, 4n);
      expect(await token.getVotes(stranger.address)).to.equal(6);
      expect(await token.getVotes(bob.address)).to.equal(4);
    });

    it("at a past second never change (I40)", async () => {
      const { token, alice, bob } = await loadFixture(tokenWorld);
      await token.transfer(alice.address, 10n);
      await token.connect(alice).delegate(alice.address);
      const then = BigInt(await time.latest());
      await time.increase(100);
      await token.connect(alice).transfer(bob.address, 10n);
      expect(await token.getPastVotes(alice.address, then)).to.equal(10);
      expect(await token.getPastVotes(alice.address, then - 1n)).to.equal(0);
      expect(await token.getPastTotalSupply(then)).to.equal(SUPPLY);
      await expect(token.getPastVotes(alice.address, 2n ** 40n)).to.be.revertedWithCustomError(
        token,
        "ERC5805FutureLookup",
      );
    });

    it("are delegated by the desk, and by nobody else for somebody (I45)", async () => {
      const { token, desk, alice, bob, stranger } = await loadFixture(tokenWorld);
      await token.transfer(alice.address, 10n);
      expect(await token.delegationDesk()).to.equal(await desk.getAddress());
      for (const caller of [alice, stranger]) {
        await expect(token.connect(caller).delegateFor(alice.address, stranger.address))
          .to.be.revertedWithCustomError(token, "DelegableOnlyDesk")
          .withArgs(caller.address);
      }
      await expect(desk.connect(alice).delegateAll(bob.address, [token]))
        .to.emit(token, "DelegateChanged")
        .withArgs(alice.address, ethers.ZeroAddress, bob.address);
      expect(await token.getVotes(bob.address)).to.equal(10);
    });

    it("are delegated by signature with the nonce that permits use too (I10)", async () => {
      const { token, alice, bob, stranger } = await loadFixture(tokenWorld);
      await token.transfer(alice.address, 10n);
      const { chainId } = await ethers.provider.getNetwork();
      const verifyingContract = await token.getAddress();
      const domain = { name: "VaikerAI Token", version: "1", chainId, verifyingContract };
      const types = {
        Delegation: [
          { name: "delegatee", type: "address" },
          { name: "nonce", type: "uint256" },
          { name: "expiry", type: "uint256" },
        ],
      };
      const message = { delegatee: bob.address, nonce: 0n, expiry: FOREVER };
      const { v, r, s } = ethers.Signature.from(await alice.signTypedData(domain, types, message));
      await token.connect(stranger).delegateBySig(bob.address, 0n, FOREVER, v, r, s);
      expect(await token.getVotes(bob.address)).to.equal(10);
      expect(await token.nonces(alice.address)).to.equal(1);
      await expect(token.delegateBySig(bob.address, 0n, FOREVER, v, r, s)).to.be.revertedWithCustomError(
        token,
        "InvalidAccountNonce",
      );
    });
  });
});
