/** Resolvers, verifiers, wallets and tokens that are contracts and misbehave. Everyone's money before and after. */
import { loadFixture, setCode, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";
import { payouts, rejectionBond } from "../../../src/model/payouts";
import {
  Answers__factory,
  ContractWallet__factory,
  HostileToken__factory,
  type ContractWallet,
  type HostileToken,
  ResolverMock__factory,
} from "../../../typechain-types";
import {
  changesSince,
  deliveredJob,
  drawFeeOf,
  expected,
  fieldsOf,
  historyOf,
  HOUR,
  missOnce,
  moneyOf,
  NONE,
  overdue,
  placesOf,
  plainRequest,
  playedBy,
  potOf,
  RESULT,
  settingsOf,
  type Market,
} from "../../fixtures/market";
import {
  CLASS,
  conserve,
  deliver,
  deployMarket,
  digest,
  drawRound,
  type Gpu,
  GWEI,
  holderOf,
  type Job,
  jobFrom,
  Mode,
  plausibleEnergy,
  postAndDraw,
  postJob,
  Status,
  statusOf,
  TOKEN,
  Verdict,
} from "../../fixtures/suite";

describe("scenario: hostile resolver", () => {
  /** A rejected job that a corrupt contract may rule on. */
  async function corrupted() {
    const world = await loadFixture(deployMarket);
    const resolver = await new ResolverMock__factory(world.actors.deployer).deploy();
    const settings = { ...(await settingsOf(world)), resolver: await resolver.getAddress() };
    await world.escrow.connect(world.actors.owner).setSettings(settings);
    const more = { corrupt: resolver };
    const { job, gpu } = await postAndDraw(world);
    await deliver(world, job, gpu);
    await world.escrow.connect(job.requester).reject(job.id, job.agreement, NONE);
    return { world, job, gpu, resolver, more, before: await moneyOf(world, more) };
  }

  it("that reverts whatever it is asked cannot hold the job: time splits it, and the resolver gets nothing", async () => {
    const { world, job, gpu, resolver, before, more } = await corrupted();
    const { escrow, actors } = world;
    await resolver.setFailing(true);
    await expect(
      resolver.connect(actors.requester).rule(escrow, job.id, job.agreement, [Verdict.Invalid]),
    ).to.be.revertedWithCustomError(resolver, "ResolverRefused");
    await overdue(world, job);
    await escrow.connect(actors.stranger).splitDispute(job.id, job.agreement);
    const pot = potOf(job);
    const s = payouts("halved", pot, await historyOf(world, job), rejectionBond(pot));
    expect(await changesSince(world, before, more)).to.deep.equal(
      expected({
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault account of requester": s.requester * GWEI,
        "vault, held for escrow": -(s.owner + s.requester) * GWEI,
      }),
    );
  });

  it("that never rules is the same", async () => {
    const { world, job } = await corrupted();
    await overdue(world, job);
    await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Split));
    await conserve(world);
  });

  it("that rules twice in one call rules not at all", async () => {
    const { world, job, resolver } = await corrupted();
    for (const verdicts of [
      [Verdict.Valid, Verdict.Invalid],
      [Verdict.Invalid, Verdict.Valid],
      [Verdict.Valid, Verdict.Valid],
    ]) {
      await expect(
        resolver.connect(world.actors.stranger).rule(world.escrow, job.id, job.agreement, verdicts),
      ).to.be.revertedWithCustomError(world.escrow, "EscrowWrongStatus");
    }
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
  });

  it("that rules after its deadline, on another job, or on one that is not in dispute, is refused", async () => {
    const { world, job, gpu, resolver } = await corrupted();
    const { escrow, actors } = world;
    const rule = (of: Job) => resolver.connect(actors.stranger).rule(escrow, of.id, of.agreement, [Verdict.Invalid]);
    const other = await postJob(world, actors.requester, world.service, { namedGpu: gpu.id });
    await expect(rule(other)).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus").withArgs(other.id, 2);
    await deliver(world, other, gpu);
    await expect(rule(other)).to.be.revertedWithCustomError(escrow, "EscrowWrongStatus").withArgs(other.id, 4);
    await overdue(world, job);
    await expect(rule(job)).to.be.revertedWithCustomError(escrow, "EscrowTooLate");
  });

  it("I17 in league with the requester takes no more than the pot, the bond and what a slash may take", async () => {
    const { world, job, gpu, resolver, before, more } = await corrupted();
    const { escrow, registry, actors } = world;
    await resolver.connect(actors.requester).rule(escrow, job.id, job.agreement, [Verdict.Invalid]);
    await time.increase(96 * HOUR);
    const pot = potOf(job);
    const bond = rejectionBond(pot);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    const spent = pot.reviewFee * GWEI + fees;
    const taken = pot.compute * 5n * GWEI > spent ? pot.compute * 5n * GWEI : spent;
    await registry.connect(actors.stranger).finaliseSlash(1);
    const finder = taken / 10n < taken - spent ? taken / 10n : taken - spent;
    expect(await changesSince(world, before, more)).to.deep.equal(
      expected({
        "vault account of requester": job.total + bond * GWEI + finder,
        "vault account of corrupt": pot.reviewFee * GWEI,
        [placesOf(world, gpu).stake]: -taken,
        "registry, fees": taken - spent - finder,
        "vault, held for escrow": -(job.total + bond * GWEI - fees),
      }),
    );
  });

  it("whose slash governance reverses in the hold leaves the operator its stake", async () => {
    const { world, job, gpu, resolver } = await corrupted();
    const { escrow, registry, actors } = world;
    const { stake } = await registry.gpuOf(gpu.id);
    await resolver.connect(actors.requester).rule(escrow, job.id, job.agreement, [Verdict.Invalid]);
    await registry.connect(actors.owner).reverseSlash(1);
    expect((await registry.gpuOf(gpu.id)).stake).to.equal(stake);
    await conserve(world);
  });
});

describe("scenario: hostile verifier", () => {
  /** A job whose verifier answers as it is told. */
  async function judged(requester?: "requester2") {
    const world = await loadFixture(deployMarket);
    const { escrow, vault, actors } = world;
    const answers = await new Answers__factory(actors.deployer).deploy();
    await escrow.connect(actors.owner).setVerifier(answers, true);
    await vault.connect(actors.stranger).openAccount(actors.stranger);
    const before = await moneyOf(world);
    const change = { mode: Mode.Proof, verifier: await answers.getAddress(), verifierGas: 100_000 };
    const job = await postJob(world, requester ? actors[requester] : actors.requester, world.service, change);
    return { world, answers, job, before };
  }

  /** Draws until the job is held, then proves. */
  async function prove(world: Market, job: Job): Promise<{ gpu: Gpu; sent: Promise<unknown> }> {
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    const gpu = await holderOf(world, job, world.gpus);
    const energy = await plausibleEnergy(world, gpu, 1);
    const sent = world.escrow
      .connect(gpu.operator)
      .deliverWithProof(job.id, job.agreement, RESULT, energy, "0x", { gasLimit: 3_000_000 });
    return { gpu, sent };
  }

  it("that lies no lets nobody deliver: three draws later the requester has all but their fees", async () => {
    const { world, answers, job, before } = await judged();
    const { escrow, registry, vault, actors } = world;
    await answers.setMode(1);
    const pay = (await registry.callerPayGwei(CLASS.T4)) * GWEI;
    const losses = new Map<string, bigint>();
    for (let draws = 0; draws < 3; draws += 1) {
      const { gpu, sent } = await prove(world, job);
      await expect(sent).to.be.revertedWithCustomError(escrow, "EscrowProofRejected").withArgs(job.id);
      await missOnce(world, job);
      const { stake } = placesOf(world, gpu);
      losses.set(stake, (losses.get(stake) ?? 0n) - pay);
    }
    await registry.connect(actors.stranger).collect(await vault.accountOf(actors.stranger));
    await escrow.connect(actors.keeper).collect();
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": -fees,
        "vault account of keeper": fees,
        "vault account of stranger": 3n * pay,
        ...Object.fromEntries(losses),
      }),
    );
  });

  it("that lies no can be declined in time, which costs an operator nothing", async () => {
    const { world, answers, job } = await judged();
    await answers.setMode(1);
    const { gpu, sent } = await prove(world, job);
    await expect(sent).to.be.revertedWithCustomError(world.escrow, "EscrowProofRejected");
    const before = await moneyOf(world);
    await world.escrow.connect(gpu.operator).decline(job.id, job.agreement, false);
    expect(await changesSince(world, before)).to.deep.equal({});
    expect([...(await world.registry.windowOf(gpu.ownerAccount))]).to.deep.equal([0n, 0n]);
  });

  it("that lies yes pays for what was delivered, and nothing beyond the pot", async () => {
    const { world, job, before } = await judged();
    const { gpu, sent } = await prove(world, job);
    await sent;
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "vault account of requester": s.requester * GWEI - job.total,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": fees,
      }),
    );
  });

  for (const [mode, what] of [
    [2, "reverts"],
    [3, "burns all its gas"],
    [4, "returns garbage"],
    [6, "returns without end"],
  ] as const) {
    it(`that ${what} sends the job to the resolver, and time ends it when none rules`, async () => {
      const { world, answers, job, before } = await judged("requester2");
      await answers.setMode(mode);
      const { gpu, sent } = await prove(world, job);
      await sent;
      expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
      await overdue(world, job);
      await world.escrow.connect(world.actors.stranger).splitDispute(job.id, job.agreement);
      const s = payouts("halved", potOf(job), await historyOf(world, job), 0n);
      const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
      expect(await changesSince(world, before)).to.deep.equal(
        expected({
          "vault account of requester2": s.requester * GWEI - job.total,
          [placesOf(world, gpu).account]: s.owner * GWEI,
          "vault, held for escrow": fees,
        }),
      );
    });
  }
});

describe("scenario: hostile ERC-1271 wallet as requester", () => {
  /** A contract wallet that deposited, authorised the escrow by its signer's signature, and posted a job. */
  async function walletJob() {
    const world = await loadFixture(deployMarket);
    const { vault, escrow, token, actors } = world;
    const wallet = await new ContractWallet__factory(actors.deployer).deploy(actors.requester);
    const more = { wallet };
    const funds = 100n * TOKEN;
    await token.connect(actors.faucet).approve(vault, funds);
    await vault.connect(actors.faucet).depositFor(wallet, funds);
    await authorise(world, wallet, true);
    const before = await moneyOf(world, more);
    const request = await plainRequest(world);
    const sent = await wallet
      .connect(actors.requester)
      .forward(escrow, escrow.interface.encodeFunctionData("post", [request]));
    const job = await jobFrom(world, (await sent.wait())!, actors.requester);
    return { world, wallet, job, more, before };
  }

  async function authorise(world: Market, wallet: ContractWallet, allowed: boolean): Promise<void> {
    const { vault, escrow, actors } = world;
    const [holder, module] = [await wallet.getAddress(), await escrow.getAddress()];
    const domain = {
      name: "GPU Commons PaymentVault",
      version: "1",
      chainId: (await ethers.provider.getNetwork()).chainId,
      verifyingContract: await vault.getAddress(),
    };
    const types = {
      SetAuthorisation: [
        { name: "holder", type: "address" },
        { name: "module", type: "address" },
        { name: "allowed", type: "bool" },
        { name: "nonce", type: "uint256" },
        { name: "deadline", type: "uint256" },
      ],
    };
    const deadline = (await time.latest()) + 1_000;
    const nonce = await vault["nonces(address,uint192)"](holder, BigInt(module));
    const message = { holder, module, allowed, nonce, deadline };
    const signature = await actors.requester.signTypedData(domain, types, message);
    await vault.connect(actors.stranger).setAuthorisationBySignature(holder, module, allowed, deadline, signature);
  }

  /** The wallet's signer calls the escrow through it. */
  const through = (world: Market, wallet: ContractWallet, data: string) =>
    wallet.connect(world.actors.requester).forward(world.escrow, data);

  it("is the requester of the job, and its signer is not", async () => {
    const { world, wallet, job } = await walletJob();
    const { escrow, actors } = world;
    await expect(escrow.connect(actors.requester).cancel(job.id, job.agreement, job.ticket, false))
      .to.be.revertedWithCustomError(escrow, "EscrowNotRequester")
      .withArgs(job.id, actors.requester.address);
    await through(
      world,
      wallet,
      escrow.interface.encodeFunctionData("cancel", [job.id, job.agreement, job.ticket, false]),
    );
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Cancelled));
  });

  it("that goes mad after posting, and revokes everything, still pays by silence", async () => {
    const { world, wallet, job, more, before } = await walletJob();
    const { escrow, actors } = world;
    await authorise(world, wallet, false);
    await wallet.setMode(2);
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    const gpu = await holderOf(world, job, world.gpus);
    await deliver(world, job, gpu);
    await overdue(world, job);
    await escrow.connect(actors.stranger).settle(job.id, job.agreement);
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    const fees = (await fieldsOf(world, job)).drawFees * drawFeeOf(job);
    expect(await changesSince(world, before, more)).to.deep.equal(
      expected({
        "vault account of wallet": s.requester * GWEI - job.total,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": fees,
      }),
    );
  });

  it("whose code is gone is refunded into its account like anyone", async () => {
    const { world, wallet, job, more, before } = await walletJob();
    await setCode(await wallet.getAddress(), "0x");
    await time.increase(2 * 86_400);
    await world.escrow.connect(world.actors.stranger).expire(job.id, job.agreement, job.ticket, false);
    expect(await changesSince(world, before, more)).to.deep.equal({});
  });

  it("cannot reject with an authorisation that it withdrew, and so cannot lock the pot for free", async () => {
    const { world, wallet, job } = await walletJob();
    while ((await statusOf(world, job)) === BigInt(Status.Posted)) await drawRound(world, [CLASS.T4]);
    await deliver(world, job, await holderOf(world, job, world.gpus));
    await authorise(world, wallet, false);
    const data = world.escrow.interface.encodeFunctionData("reject", [job.id, job.agreement, NONE]);
    await expect(through(world, wallet, data)).to.be.revertedWithCustomError(world.vault, "VaultNotAuthorised");
    await authorise(world, wallet, true);
    await through(world, wallet, data);
    expect(await statusOf(world, job)).to.equal(BigInt(Status.Disputed));
  });
});

describe("scenario: hostile token", () => {
  /** The token of a running market turns hostile: its code changes, every balance stays. */
  async function turned(): Promise<{ world: Market; hostile: HostileToken; job: Job; gpu: Gpu }> {
    const { world, job, gpu } = await deliveredJob();
    const { token, vault, escrow, actors } = world;
    const probe = await new HostileToken__factory(actors.deployer).deploy(actors.deployer, 0);
    await setCode(await token.getAddress(), await ethers.provider.getCode(probe));
    const hostile = HostileToken__factory.connect(await token.getAddress(), actors.stranger);
    // It has money and rights of its own in the market.
    await token.connect(actors.faucet).approve(vault, 100n * TOKEN);
    await vault.connect(actors.faucet).depositFor(token, 50n * TOKEN);
    await vault.connect(await playedBy(token)).setAuthorisation(escrow, true);
    return { world, hostile, job, gpu };
  }

  const deposit = ({ vault, actors }: Market) => vault.connect(actors.faucet).depositFor(actors.stranger, TOKEN);

  it("that posts in the middle of a deposit is refused, and the deposit goes through", async () => {
    const { world, hostile } = await turned();
    const { vault, escrow } = world;
    const request = await plainRequest(world);
    const before = await moneyOf(world);
    await hostile.setAttack(escrow, escrow.interface.encodeFunctionData("post", [request]));
    await deposit(world);
    expect(await hostile.attackSucceeded()).to.equal(false);
    const guard = vault.interface.getError("ReentrancyGuardReentrantCall")!.selector;
    expect(await hostile.attackResult()).to.equal(guard);
    expect(await changesSince(world, before)).to.deep.equal(
      expected({ "wallet of faucet": -TOKEN, "vault account of stranger": TOKEN }),
    );
    // The same call outside of a deposit is fine.
    await escrow.connect(await playedBy(hostile)).post(request);
  });

  it("that settles in the middle of a deposit does what anyone may, once, and every balance is right", async () => {
    const { world, hostile, job, gpu } = await turned();
    const { escrow } = world;
    await overdue(world, job);
    const before = await moneyOf(world);
    await hostile.setAttack(escrow, escrow.interface.encodeFunctionData("settle", [job.id, job.agreement]));
    await deposit(world);
    expect(await hostile.attackSucceeded()).to.equal(true);
    const s = payouts("settled", potOf(job), await historyOf(world, job), 0n);
    const moved = s.owner + s.requester + s.fee + s.modelRoyalty + s.datasetRoyalty;
    expect(await changesSince(world, before)).to.deep.equal(
      expected({
        "wallet of faucet": -TOKEN,
        "vault account of stranger": TOKEN,
        [placesOf(world, gpu).account]: s.owner * GWEI,
        "vault account of requester": s.requester * GWEI,
        "vault, fees of escrow": s.fee * GWEI,
        "vault, held for assets": (s.modelRoyalty + s.datasetRoyalty) * GWEI,
        "vault, held for escrow": -moved * GWEI,
      }),
    );
    await expect(escrow.connect(world.actors.stranger).settle(job.id, job.agreement))
      .to.be.revertedWithCustomError(escrow, "EscrowWrongStatus")
      .withArgs(job.id, Status.Settled);
  });

  it("that pays less than a deposit or lies about it credits nothing", async () => {
    const { world, hostile } = await turned();
    await hostile.setFee(1);
    await expect(deposit(world))
      .to.be.revertedWithCustomError(world.vault, "VaultTransferShort")
      .withArgs(TOKEN, TOKEN - TOKEN / 10_000n);
    await hostile.setFee(0);
    await hostile.setLying(true);
    await expect(deposit(world)).to.be.revertedWithCustomError(world.vault, "SafeERC20FailedOperation");
    await hostile.setLying(false);
    await conserve(world);
  });

  it("that refuses every transfer blocks no job: settlement moves balances, not tokens", async () => {
    const { world, hostile, job } = await turned();
    await hostile.setLying(true);
    await overdue(world, job);
    await world.escrow.connect(world.actors.stranger).settle(job.id, job.agreement);
    const { job: next } = await postAndDraw(world);
    await missOnce(world, next);
    await world.escrow.connect(next.requester).cancel(next.id, next.agreement, 0, true);
    expect(await statusOf(world, next)).to.equal(BigInt(Status.Cancelled));
    await hostile.setLying(false);
    await conserve(world);
  });

  it("that calls back in the payout of a caller's pay cannot be paid it twice", async () => {
    const { world, hostile } = await turned();
    const { registry, vault, actors } = world;
    const { job } = await postAndDraw(world);
    await vault.connect(actors.stranger).openAccount(actors.stranger);
    await missOnce(world, job);
    const account = await vault.accountOf(actors.stranger);
    const pay = await registry.creditOf(account);
    await hostile.setAttack(registry, registry.interface.encodeFunctionData("collect", [account]));
    await registry.connect(actors.keeper).collect(account);
    expect(await hostile.attackSucceeded()).to.equal(false);
    expect(await vault.balanceOf(account)).to.equal(pay);
    await conserve(world);
  });
});
