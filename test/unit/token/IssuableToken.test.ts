/** Who can make tokens: the controller's token by its minter, the other by nobody; read from the deployed code. */
import { loadFixture } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { FunctionFragment, type Interface } from "ethers";
import { ethers } from "hardhat";
import { actors, anyContract, fixedToken, GENESIS, issuableToken, played } from "../emission/fixture";

/** What a token of the suite may have: ERC-20, ERC-2612, ERC-5267, ERC-5805, ERC-6372, and following the delegation desk. */
const ALLOWED = [
  ...["name()", "symbol()", "decimals()", "totalSupply()", "balanceOf(address)", "allowance(address,address)"],
  ...["transfer(address,uint256)", "approve(address,uint256)", "transferFrom(address,address,uint256)"],
  ...["permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", "nonces(address)", "DOMAIN_SEPARATOR()"],
  ...["eip712Domain()", "clock()", "CLOCK_MODE()", "getVotes(address)", "getPastVotes(address,uint256)"],
  ...["getPastTotalSupply(uint256)", "delegates(address)", "delegate(address)"],
  ...["delegateBySig(address,uint256,uint256,uint8,bytes32,bytes32)", "numCheckpoints(address)"],
  ...["checkpoints(address,uint32)", "delegateFor(address,address)", "delegationDesk()"],
];

/** Names under which tokens are made or unmade in the wild, with the arguments they take there. */
const MINT_LIKE = ["mint", "mintTo", "issue", "issueTokens", "create", "increaseSupply", "rebase", "burn", "burnFrom"]
  .concat(["_mint", "mintFor", "bridgeMint", "crosschainMint", "adminMint", "setMinter", "addMinter", "grantRole"])
  .flatMap((name) =>
    ["", "uint256", "address", "address,uint256", "uint256,address", "address,uint256,bytes", "bytes32,address"].map(
      (args) => `${name}(${args})`,
    ),
  );

const PUSH1 = 0x60;
const PUSH4 = 0x63;
const PUSH32 = 0x7f;
const EQ = 0x14;

const selectorOf = (signature: string) => ethers.id(signature).slice(0, 10);

/** The four-byte constants of deployed code, and which of them the dispatcher compares the call's selector with. */
function constantsOf(code: string): { all: Set<string>; dispatched: Set<string> } {
  const bytes = Buffer.from(code.slice(2), "hex");
  // The last two bytes tell how long the metadata before them is; it is no code.
  const end = bytes.length - 2 - bytes.readUInt16BE(bytes.length - 2);
  const all = new Set<string>();
  const dispatched = new Set<string>();
  for (let at = 0; at < end; at++) {
    const op = bytes[at] ?? 0;
    if (op === PUSH4) {
      const constant = `0x${bytes.subarray(at + 1, at + 5).toString("hex")}`;
      all.add(constant);
      if (bytes[at + 5] === EQ) dispatched.add(constant);
    }
    if (op >= PUSH1 && op <= PUSH32) at += op - PUSH1 + 1;
  }
  return { all, dispatched };
}

function signaturesOf(abi: Interface): string[] {
  return abi.fragments.filter((it) => FunctionFragment.isFragment(it)).map((it) => it.format("sighash"));
}

async function tokens() {
  const people = await actors();
  const minter = await played(await anyContract());
  const fixed = await fixedToken(people.alice.address);
  const issuable = await issuableToken(people.alice.address, minter.address);
  return { ...people, minter, fixed, issuable };
}

describe("issuance", () => {
  describe("ComputeToken", () => {
    it("has only functions of the allow list (I8, I9)", async () => {
      const { fixed } = await loadFixture(tokens);
      const signatures = signaturesOf(fixed.interface);
      expect(signatures.length).to.be.greaterThan(20);
      expect(signatures.filter((signature) => !ALLOWED.includes(signature))).to.deep.equal([]);
    });

    it("answers to no selector but those, in its deployed code, and to none that mints (I8, I9)", async () => {
      const { fixed } = await loadFixture(tokens);
      const { all, dispatched } = constantsOf(await ethers.provider.getCode(fixed));
      expect([...dispatched].sort()).to.deep.equal(signaturesOf(fixed.interface).map(selectorOf).sort());
      expect(MINT_LIKE.filter((signature) => all.has(selectorOf(signature)))).to.deep.equal([]);
    });

    it("refuses every mint-like call (I8)", async () => {
      const { fixed, alice } = await loadFixture(tokens);
      for (const signature of MINT_LIKE) {
        const data = selectorOf(signature) + alice.address.slice(2).padStart(64, "0").repeat(3);
        await expect(alice.call({ to: fixed, data }), signature).to.be.reverted;
      }
      expect(await fixed.totalSupply()).to.equal(GENESIS);
    });
  });

  describe("IssuableToken", () => {
    it("has mint and minter, and nothing else that the other token has not", async () => {
      const { issuable } = await loadFixture(tokens);
      const more = signaturesOf(issuable.interface).filter((signature) => !ALLOWED.includes(signature));
      expect(more.sort()).to.deep.equal(["mint(address,uint256)", "minter()"]);
      // The scan finds what it looks for.
      const { all, dispatched } = constantsOf(await ethers.provider.getCode(issuable));
      expect([...dispatched].sort()).to.deep.equal(signaturesOf(issuable.interface).map(selectorOf).sort());
      expect(MINT_LIKE.filter((signature) => all.has(selectorOf(signature)))).to.deep.equal(["mint(address,uint256)"]);
    });

    it("is minted at genesis to the allocator, and refuses nobody as minter", async () => {
      const { issuable, alice, minter } = await loadFixture(tokens);
      expect(await issuable.minter()).to.equal(minter.address);
      expect(await issuable.totalSupply()).to.equal(GENESIS);
      expect(await issuable.balanceOf(alice.address)).to.equal(GENESIS);
      await expect(issuableToken(alice.address, ethers.ZeroAddress)).to.be.revertedWithCustomError(
        issuable,
        "TokenZeroMinter",
      );
    });

    it("is minted by its minter only (I9)", async () => {
      const { issuable, owner, alice, minter } = await loadFixture(tokens);
      for (const caller of [owner, alice]) {
        await expect(issuable.connect(caller).mint(caller.address, 1))
          .to.be.revertedWithCustomError(issuable, "TokenOnlyMinter")
          .withArgs(caller.address);
      }
      await expect(issuable.connect(minter).mint(owner.address, 9))
        .to.emit(issuable, "Transfer")
        .withArgs(ethers.ZeroAddress, owner.address, 9);
      expect(await issuable.totalSupply()).to.equal(GENESIS + 9n);
      expect(await issuable.balanceOf(owner.address)).to.equal(9);
    });
  });
});
