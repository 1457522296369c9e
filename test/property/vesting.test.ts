/** Random histories of the VestingVault against the plain model: schedules, pools, grants, roots, moves, votes, time. */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { loadFixture, time } from "@nomicfoundation/hardhat-toolbox/network-helpers";
import { expect } from "chai";
import fc from "fast-check";
import { ethers } from "hardhat";
import { vestedAmount, VestingModel, VestingRefusal, type ModelLeaf, type ModelTerms } from "../../src/model/vesting";
import type { ComputeToken, VestingVault } from "../../typechain-types";
import { deployToken, plain, TOKEN, treeOf } from "../unit/vesting/fixture";

const DAY = 86_400n;
/** Signers: the first two are grantors, all are beneficiaries and payees. */
const PEOPLE = 4;
const TREES = 4;
const SCHEDULES = 4n;

type Tree = { root: string; leaves: readonly ModelLeaf[]; proofs: string[][] };

type World = {
  vault: VestingVault;
  token: ComputeToken;
  owner: HardhatEthersSigner;
  people: HardhatEthersSigner[];
  /** Trees of 1 to 4 leaves, for the people in different order. */
  trees: Tree[];
};

/** One step of a history: what it does to both sides at a time. */
type Step = {
  name: string;
  model: (model: VestingModel, world: World, now: bigint) => void;
  chain: (world: World, before: VestingModel) => Promise<unknown>;
};

async function vestingPropertyWorld(): Promise<World> {
  const [owner, ...others] = await ethers.getSigners();
  if (owner === undefined) throw new Error("no signers");
  const people = others.slice(0, PEOPLE);
  const token = await deployToken(owner.address);
  const vault = await ethers.deployContract("VestingVault", [token, owner.address, owner.address]);
  for (const { address } of people) await token.transfer(address, 10n ** 26n);
  for (const who of [owner, ...people]) await token.connect(who).approve(vault, ethers.MaxUint256);
  const trees = Array.from({ length: TREES }, (_, tree) => {
    const leaves = people.slice(0, tree + 1).map(({ address }, i) => ({
      beneficiary: address,
      amount: BigInt(i + 1 + tree * 10) * TOKEN + BigInt(i),
    }));
    return { leaves, ...treeOf(leaves) };
  });
  return { vault, token, owner, people, trees };
}

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
};

const person = fc.nat(PEOPLE - 1);
/** Mostly the grantor that most schedules have. */
const grantor = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: person });
/** Schedules 1 to 3 come to exist at once, 4 may, 0 never does. */
const schedule = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 1n, max: 3n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: SCHEDULES }) },
);
const tree = fc.nat(TREES - 1);
/** A share of what there is, in thousandths; above 1,000 it is too much. */
const share = fc.bigInt({ min: 0n, max: 1_020n });
const anyWei = fc.bigInt({ min: 0n, max: 1_000n * TOKEN });

const signerOf = ({ people }: World, address: string): HardhatEthersSigner => {
  const found = people.find((one) => one.address === address);
  if (found === undefined) throw new Error(`nobody has ${address}`);
  return found;
};

const poolOf = (model: VestingModel, id: bigint) => model.schedules.get(id)?.pool ?? 0n;

const createSchedule: fc.Arbitrary<Step> = fc
  .record({
    startsIn: fc.bigInt({ min: 0n, max: 100n * DAY }),
    cliff: fc.bigInt({ min: 0n, max: 400n }),
    duration: fc.bigInt({ min: 0n, max: 400n }),
    step: fc.constantFrom(0n, 1n, 30n),
    startBps: fc.constantFrom(0n, 500n, 10_000n, 10_001n),
    revocable: fc.boolean(),
    votes: fc.boolean(),
    who: person,
  })
  .map(({ startsIn, cliff, duration, step, who, ...rest }) => {
    const termsAt = (now: bigint): ModelTerms => ({
      ...rest,
      start: now + startsIn,
      cliff: (cliff * duration * DAY) / 390n,
      duration: duration * DAY,
      step: step * DAY,
    });
    let terms = termsAt(0n);
    return {
      name: `createSchedule(${duration} d, ${who})`,
      model: (model, { people }, now) => {
        terms = termsAt(now);
        model.createSchedule(terms, at(people, who).address);
      },
      chain: ({ vault, people }) => vault.createSchedule(terms, at(people, who).address),
    };
  });

const fund: fc.Arbitrary<Step> = fc
  .record({ id: schedule, amount: anyWei, who: person })
  .map(({ id, amount, who }) => ({
    name: `fund(${id}, ${amount})`,
    model: (model) => model.fund(id, amount),
    chain: ({ vault, people }) => vault.connect(at(people, who)).fund(id, amount),
  }));

const donate: fc.Arbitrary<Step> = fc.record({ amount: anyWei }).map(({ amount }) => ({
  name: `donate(${amount})`,
  model: (model) => void (model.inbox += amount),
  chain: async ({ vault, token }) => token.transfer(await vault.inbox(), amount),
}));

const allot: fc.Arbitrary<Step> = fc.record({ id: schedule, part: fc.bigInt(0n, 1_000n) }).map(({ id, part }) => {
  let amount = 0n;
  return {
    name: `allot(${id}, ${part}/1000)`,
    model: (model) => {
      amount = (model.inbox * part) / 1_000n;
      model.allot(id, amount);
    },
    chain: ({ vault, owner }) => vault.connect(owner).allot(id, amount),
  };
});

const withdrawPool: fc.Arbitrary<Step> = fc
  .record({ id: schedule, who: grantor, part: fc.bigInt(0n, 1_100n) })
  .map(({ id, who, part }) => {
    let amount = 0n;
    return {
      name: `withdrawPool(${id}, ${part}/4000)`,
      model: (model, { people }) => {
        amount = (poolOf(model, id) * part) / 4_000n;
        model.withdrawPool(at(people, who).address, id, amount);
      },
      chain: ({ vault, people, owner }) => vault.connect(at(people, who)).withdrawPool(id, owner.address, amount),
    };
  });

const grant: fc.Arbitrary<Step> = fc
  .record({ id: schedule, who: grantor, to: fc.array(fc.tuple(person, share), { minLength: 1, maxLength: 3 }) })
  .map(({ id, who, to }) => {
    let rows: ModelLeaf[] = [];
    return {
      name: `grant(${id}, ${to.map(String).join(" ")})`,
      model: (model, { people }) => {
        rows = to.map(([index, part]) => ({
          beneficiary: at(people, index).address,
          amount: (poolOf(model, id) * part) / 3_000n,
        }));
        model.grantMany(at(people, who).address, id, rows);
      },
      chain: ({ vault, people }) => {
        const [first] = rows;
        const by = vault.connect(at(people, who));
        if (rows.length === 1 && first !== undefined) return by.grant(id, first.beneficiary, first.amount);
        return by.grantMany(id, rows);
      },
    };
  });

const grantByRoot: fc.Arbitrary<Step> = fc
  .record({ id: schedule, who: grantor, which: tree, short: fc.constantFrom(0n, 0n, 0n, 1n) })
  .map(({ id, who, which, short }) => {
    const totalOf = ({ leaves }: Tree) => leaves.reduce((sum, { amount }) => sum + amount, 0n) - short;
    return {
      name: `grantByRoot(${id}, ${which}, -${short})`,
      model: (model, { people, trees }, now) => {
        const { root, leaves } = at(trees, which);
        model.grantByRoot(at(people, who).address, id, root, totalOf(at(trees, which)), leaves, now);
      },
      chain: ({ vault, people, trees }) =>
        vault.connect(at(people, who)).grantByRoot(id, at(trees, which).root, totalOf(at(trees, which))),
    };
  });

/** Of `candidates`, where there are any and `strange` is not 0, else `other`. */
const mostlyOf = <T>(candidates: readonly T[], strange: number, pick: number, other: T): T =>
  strange === 0 || candidates.length === 0 ? other : at(candidates, pick % candidates.length);

/** A place to act on: a schedule, a person, a tree, and how to choose among those that make sense. */
const place = fc.record({ id: schedule, key: person, which: tree, pick: fc.nat(1_000), strange: fc.nat(4) });

/** A leaf that is still to be claimed, mostly. */
const claimGrant: fc.Arbitrary<Step> = fc
  .record({ place, off: fc.constantFrom(0n, 0n, 0n, 0n, 1n) })
  .map(({ place: { id, key, which, pick, strange }, off }) => {
    let chosen = { id, which, index: 0 };
    const leafOf = ({ trees }: World): ModelLeaf => {
      const leaf = at(at(trees, chosen.which).leaves, chosen.index);
      return { ...leaf, amount: leaf.amount + off };
    };
    return {
      name: `claimGrant(${id}, ${which}, ${key}, +${off})`,
      model: (model, world) => {
        const open = [...model.schedules].flatMap(([of, { roots }]) =>
          world.trees.flatMap(({ root, leaves }, tree) =>
            leaves.flatMap(({ beneficiary }, index) =>
              roots.get(root)?.claimed.has(beneficiary) === false ? [{ id: of, which: tree, index }] : [],
            ),
          ),
        );
        chosen = mostlyOf(open, strange, pick, { id, which, index: key % at(world.trees, which).leaves.length });
        model.claimGrant(chosen.id, at(world.trees, chosen.which).root, leafOf(world));
      },
      chain: (world) => {
        const { root, proofs } = at(world.trees, chosen.which);
        const { beneficiary, amount } = leafOf(world);
        const proof = at(proofs, chosen.index);
        return world.vault.connect(world.owner).claimGrant(chosen.id, root, beneficiary, amount, proof);
      },
    };
  });

/** A root with something left of which nothing has vested, by the grantor, mostly. */
const closeRoot: fc.Arbitrary<Step> = place.map(({ id, key, which, pick, strange }) => {
  let chosen = { id, root: "", who: "" };
  return {
    name: `closeRoot(${id}, ${which})`,
    model: (model, { people, trees }, now) => {
      const open = [...model.schedules].flatMap(([of, { terms, roots, grantor: who }]) =>
        [...roots].flatMap(([root, { left }]) =>
          left > 0n && (pick % 3 === 0 || vestedAmount(left, terms, now) === 0n) ? [{ id: of, root, who }] : [],
        ),
      );
      chosen = mostlyOf(open, strange, pick, { id, root: at(trees, which).root, who: at(people, key).address });
      model.closeRoot(chosen.who, chosen.id, chosen.root, now);
    },
    chain: (world) => world.vault.connect(signerOf(world, chosen.who)).closeRoot(chosen.id, chosen.root),
  };
});

/** Something to release, by anybody, mostly. */
const release: fc.Arbitrary<Step> = fc
  .record({ place, who: person })
  .map(({ place: { id, key, pick, strange }, who }) => {
    let chosen = { id, to: "" };
    return {
      name: `release(${id}, ${key} by ${who})`,
      model: (model, { people }, now) => {
        const ripe = [...model.schedules].flatMap(([of, { grants }]) =>
          [...grants.keys()].flatMap((to) => (model.releasableOf(of, to, now) > 0n ? [{ id: of, to }] : [])),
        );
        chosen = mostlyOf(ripe, strange, pick, { id, to: at(people, key).address });
        model.release(at(people, who).address, chosen.id, chosen.to, now);
      },
      chain: ({ vault, people }) => vault.connect(at(people, who)).release(chosen.id, chosen.to),
    };
  });

/** A grant, by the grantor, mostly. */
const revoke: fc.Arbitrary<Step> = place.map(({ id, key, pick, strange }) => {
  let chosen = { id, who: "", from: "" };
  return {
    name: `revoke(${id}, ${key})`,
    model: (model, { people }, now) => {
      const all = [...model.schedules].flatMap(([of, { grants, grantor: who }]) =>
        [...grants.keys()].map((from) => ({ id: of, who, from })),
      );
      const other = { id, who: at(people, pick % PEOPLE).address, from: at(people, key).address };
      chosen = mostlyOf(all, strange, pick, other);
      model.revoke(chosen.who, chosen.id, chosen.from, now);
    },
    chain: (world) => world.vault.connect(signerOf(world, chosen.who)).revoke(chosen.id, chosen.from),
  };
});

const renounce: fc.Arbitrary<Step> = fc.record({ id: schedule, who: grantor }).map(({ id, who }) => ({
  name: `renounce(${id})`,
  model: (model, { people }) => model.renounceRevocation(at(people, who).address, id),
  chain: ({ vault, people }) => vault.connect(at(people, who)).renounceRevocation(id),
}));

const offerGrantor: fc.Arbitrary<Step> = fc.record({ id: schedule, who: grantor, to: person }).map((given) => ({
  name: `offerGrantor(${given.id}, ${given.to})`,
  model: (model, { people }) =>
    model.offerGrantor(at(people, given.who).address, given.id, at(people, given.to).address),
  chain: ({ vault, people }) =>
    vault.connect(at(people, given.who)).offerGrantor(given.id, at(people, given.to).address),
}));

/** By whom it was offered to, where it was, mostly. */
const acceptGrantor: fc.Arbitrary<Step> = place.map(({ id, key, pick, strange }) => {
  let chosen = { id, who: "" };
  return {
    name: `acceptGrantor(${id}, ${key})`,
    model: (model, { people }) => {
      const offers = [...model.schedules].flatMap(([of, { offeredTo }]) =>
        offeredTo === undefined ? [] : [{ id: of, who: offeredTo }],
      );
      chosen = mostlyOf(offers, strange, pick, { id, who: at(people, key).address });
      model.acceptGrantor(chosen.who, chosen.id);
    },
    chain: (world) => world.vault.connect(signerOf(world, chosen.who)).acceptGrantor(chosen.id),
  };
});

/** A grant, by whoever is paid, mostly. */
const offerGrant: fc.Arbitrary<Step> = fc
  .record({ place, to: person })
  .map(({ place: { id, key, pick, strange }, to }) => {
    let chosen = { id, who: "", beneficiary: "" };
    return {
      name: `offerGrant(${id}, ${key} to ${to})`,
      model: (model, { people }) => {
        const all = [...model.schedules].flatMap(([of, { grants }]) =>
          [...grants].map(([beneficiary, { payee }]) => ({ id: of, who: payee, beneficiary })),
        );
        const other = { id, who: at(people, pick % PEOPLE).address, beneficiary: at(people, key).address };
        chosen = mostlyOf(all, strange, pick, other);
        model.offerGrant(chosen.who, chosen.id, chosen.beneficiary, at(people, to).address);
      },
      chain: (world) =>
        world.vault
          .connect(signerOf(world, chosen.who))
          .offerGrant(chosen.id, chosen.beneficiary, at(world.people, to).address),
    };
  });

/** Of those on offer, by whom it was offered to, mostly. */
const acceptGrant: fc.Arbitrary<Step> = fc
  .record({ id: schedule, who: person, key: person, strange: fc.nat(4) })
  .map((given) => {
    let [id, who, key] = [given.id, "", ""];
    return {
      name: `acceptGrant(${given.id}, ${given.key} by ${given.who})`,
      model: (model, { people }) => {
        [who, key] = [at(people, given.who).address, at(people, given.key).address];
        const offers = [...model.schedules].flatMap(([of, { grants }]) =>
          [...grants].flatMap(([beneficiary, { offeredTo }]) =>
            offeredTo === undefined ? [] : [{ of, beneficiary, offeredTo }],
          ),
        );
        const other = { of: id, offeredTo: who, beneficiary: key };
        const offer = mostlyOf(offers, given.strange, given.key, other);
        [id, who, key] = [offer.of, offer.offeredTo, offer.beneficiary];
        model.acceptGrant(who, id, key);
      },
      chain: (world) => world.vault.connect(signerOf(world, who)).acceptGrant(id, key),
    };
  });

const delegate: fc.Arbitrary<Step> = fc.record({ who: person, to: person }).map(({ who, to }) => ({
  name: `delegate(${who} to ${to})`,
  model: (model, { people }) => void model.delegates.set(at(people, who).address, at(people, to).address),
  chain: ({ vault, people }) => vault.connect(at(people, who)).delegate(at(people, to).address),
}));

const delegateOnToken: fc.Arbitrary<Step> = fc.record({ who: person, on: fc.boolean() }).map(({ who, on }) => ({
  name: `delegateOnToken(${who}, ${on})`,
  model: (model, { people }) => {
    const { address } = at(people, who);
    if (on) model.delegatedOnToken.add(address);
    else model.delegatedOnToken.delete(address);
  },
  chain: ({ token, people }) => {
    const who_ = at(people, who);
    return token.connect(who_).delegate(on ? who_.address : ethers.ZeroAddress);
  },
}));

/** Steps by weight: mostly those that move grants. */
const steps = fc.oneof(
  { weight: 1, arbitrary: createSchedule },
  { weight: 2, arbitrary: fund },
  { weight: 1, arbitrary: donate },
  { weight: 1, arbitrary: allot },
  { weight: 1, arbitrary: withdrawPool },
  { weight: 6, arbitrary: grant },
  { weight: 4, arbitrary: grantByRoot },
  { weight: 5, arbitrary: claimGrant },
  { weight: 3, arbitrary: closeRoot },
  { weight: 10, arbitrary: release },
  { weight: 2, arbitrary: revoke },
  { weight: 1, arbitrary: offerGrantor },
  { weight: 2, arbitrary: acceptGrantor },
  { weight: 3, arbitrary: offerGrant },
  { weight: 3, arbitrary: acceptGrant },
  { weight: 2, arbitrary: delegate },
  { weight: 1, arbitrary: delegateOnToken },
);
/** Once in a history of thousands. */
const anyStep = fc.oneof({ weight: 60, arbitrary: steps }, { weight: 1, arbitrary: renounce });

/** A wait between two steps: seconds, days, rarely a year. */
const wait = fc.oneof(
  { weight: 12, arbitrary: fc.bigInt({ min: 1n, max: 100n }) },
  { weight: 12, arbitrary: fc.bigInt({ min: 1n, max: 30n }).map((days) => days * DAY) },
  { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 370n }).map((days) => days * DAY - 1n) },
);

const history = fc.array(fc.tuple(wait, anyStep), { minLength: 20, maxLength: 80, size: "max" });

/** How every history begins: three schedules with pools of the first person, of which two vote and two can be revoked. */
async function begin({ vault, people }: World, model: VestingModel): Promise<void> {
  const start = BigInt(await time.latest()) + 20n * DAY;
  const common = {
    start,
    cliff: 60n * DAY,
    duration: 400n * DAY,
    step: 0n,
    startBps: 0n,
    revocable: true,
    votes: true,
  };
  const kinds: ModelTerms[] = [
    common,
    { ...common, start: start + 200n * DAY, cliff: 0n, step: 30n * DAY, startBps: 1_000n, votes: false },
    { ...common, cliff: 0n, step: 1n, revocable: false },
  ];
  const first = at(people, 0);
  for (const terms of kinds) {
    await vault.createSchedule(terms, first.address);
    const id = model.createSchedule(terms, first.address);
    await vault.connect(first).fund(id, 1_000n * TOKEN);
    model.fund(id, 1_000n * TOKEN);
  }
}

describe("VestingVault against its model", () => {
  it("agrees on every grant, pool, root, refusal and vote, and holds what it owes (I3, I33, I34, I35, I40)", async function () {
    this.timeout(900_000);
    const done = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(history, async (list) => {
        const world = await loadFixture(vestingPropertyWorld);
        const model = new VestingModel();
        await begin(world, model);
        let now = BigInt(await time.latest());
        for (const [index, [seconds, step]] of list.entries()) {
          now += seconds;
          const passed = await play(world, model, step, now);
          const key = `${step.name.split("(")[0] ?? ""} ${passed ? "passed" : "refused"}`;
          done.set(key, (done.get(key) ?? 0) + 1);
          if (index % 4 === 0 || index === list.length - 1) await compare(world, model, step.name);
        }
      }),
      { numRuns: 30, endOnFailure: true },
    );
    // The histories must have reached what they are about.
    const often = ["grant", "grantByRoot", "claimGrant", "release", "revoke", "offerGrant", "delegate", "fund"];
    for (const name of often) expect(done.get(`${name} passed`) ?? 0, `${name} passed`).to.be.greaterThan(3);
    for (const name of ["acceptGrant", "allot", "withdrawPool", "createSchedule"]) {
      expect(done.get(`${name} passed`) ?? 0, `${name} passed`).to.be.greaterThan(0);
    }
    for (const name of ["grant", "grantByRoot", "claimGrant", "release", "revoke", "offerGrant", "closeRoot"]) {
      expect(done.get(`${name} refused`) ?? 0, `${name} refused`).to.be.greaterThan(4);
    }
  });

  /** Plays a step on both sides at time `now`; they must agree on whether, and why, it is refused. */
  async function play(world: World, model: VestingModel, step: Step, now: bigint): Promise<boolean> {
    await time.setNextBlockTimestamp(now);
    let refusal: string | undefined;
    try {
      step.model(model, world, now);
    } catch (error) {
      if (!(error instanceof VestingRefusal)) throw error;
      refusal = error.error;
    }
    const sent = step.chain(world, model);
    if (refusal === undefined) await sent;
    else await expect(sent, step.name).to.be.revertedWithCustomError(world.vault, refusal);
    // A step that is refused before it is sent still lets the time pass.
    if ((await time.latest()) < now) await time.increaseTo(now);
    return refusal === undefined;
  }

  async function compare({ vault, token, people, trees }: World, model: VestingModel, after: string): Promise<void> {
    const now = BigInt(await time.latest());
    const checks: Promise<unknown>[] = [];
    const check = (what: string, is: Promise<unknown>, should: unknown) =>
      checks.push(is.then((value) => expect(value, `${what} after ${after}`).to.deep.equal(should)));
    for (const [id, { terms, grantor: by, pool, roots }] of model.schedules) {
      check("terms", vault.termsOf(id).then(plain), terms);
      check("grantor", vault.grantorOf(id), by);
      check("pool", vault.poolOf(id), pool);
      for (const { root } of trees) {
        const { left } = roots.get(root) ?? { left: 0n };
        check(
          "root",
          vault.rootOf(id, root).then((state) => state.left),
          left,
        );
      }
      for (const { address } of people) {
        const { total, paid, revokedAt, payee } = model.grantOf(id, address);
        check("grant", vault.grantOf(id, address).then(plain), { total, paid, revokedAt, payee });
        check("vested", vault.vestedOf(id, address), model.vestedOf(id, address, now));
        check("releasable", vault.releasableOf(id, address), model.releasableOf(id, address, now));
      }
    }
    check("tokens", token.balanceOf(vault), model.owed);
    check("inbox", token.balanceOf(await vault.inbox()), model.inbox);
    for (const { address } of people) check("votes", vault.getVotes(address), model.votesOf(address));
    await Promise.all(checks);
  }
});
