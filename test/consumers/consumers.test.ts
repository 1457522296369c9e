/**
 * The package as its users get it: packed, installed offline into a folder of their own, compiled and run in each way that
 * Node, TypeScript and bundlers resolve it, against a chain with the suite. `npm run test:consumers`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { buildSync } from "esbuild";
import { LINKED_LIBRARIES, nameOf, PUBLIC_CONTRACTS, PUBLIC_INTERFACES } from "../../src/package/contracts";
import {
  closeShop,
  compile,
  enter,
  execute,
  openMarket,
  openShop,
  wanted,
  type Market,
  type Shop,
} from "../../src/package/consumers";
import { examplesIn, keepsPromise } from "../../src/package/examples";
import { compileSolidity } from "../../src/package/solidity";
import { ROOT } from "../../src/toolchain/run";

const GUIDE = readFileSync(join(ROOT, "docs", "dapp.md"), "utf8");

describe("consumers of the package", function () {
  this.timeout(600_000);
  let shop: Shop;
  let market: Market;
  /** A job that the CommonJS consumer posts and the others read. */
  let jobId: string;

  before(async () => {
    [shop, market] = await Promise.all([openShop(), openMarket()]);
  });

  after(async () => {
    await market?.close();
    if (shop !== undefined) closeShop(shop.folder);
  });

  const answerOf = async (folder: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> =>
    JSON.parse(await execute(folder, "out/index.js", { ...market.env, ...env }));

  it("install the package and nothing else", () => {
    expect(shop.installed).to.deep.equal(["gpu-commons"]);
  });

  it("get no test double, no test and no typings of foreign contracts", () => {
    const strange = shop.packed.filter((path) =>
      /mock|harness|test\/|openzeppelin|chainlink|ERC20|Ownable/i.test(path),
    );
    expect(strange).to.deep.equal([]);
    for (const name of [...PUBLIC_CONTRACTS, ...PUBLIC_INTERFACES, ...LINKED_LIBRARIES].map(nameOf)) {
      expect(shop.packed).to.include(`dist/artifacts/${name}.json`);
    }
  });

  it("post a job with ethers from CommonJS (NodeNext)", async () => {
    const folder = enter(shop, "cjs");
    await wanted(compile(folder));
    const answer = (await answerOf(folder)) as { jobId: string };
    expect(answer).to.include({ early: "VaultNotAuthorised", far: "EscrowOutOfBounds", same: true });
    jobId = answer.jobId;
  });

  it("read a job with viem from ES modules (NodeNext)", async () => {
    const folder = enter(shop, "esm");
    await wanted(compile(folder));
    expect(await answerOf(folder, { JOB_ID: jobId })).to.deep.equal({
      status: "Posted",
      compute: "1",
      refused: "it has no vault account; deposit first",
      signed: true,
      hashed: true,
      same: true,
      supported: false,
    });
  });

  it("read a job with classic resolution (node10)", async () => {
    const folder = enter(shop, "node10");
    await wanted(compile(folder));
    const status = "paid for and waiting to be drawn";
    expect(await answerOf(folder, { JOB_ID: jobId })).to.deep.equal({ status, same: true });
  });

  it("bundle no more than they use (bundler)", async () => {
    const folder = enter(shop, "bundler");
    await wanted(compile(folder));
    const outfile = join(folder, "out", "bundle.js");
    const entryPoints = [join(folder, "index.ts")];
    buildSync({ entryPoints, outfile, bundle: true, minify: true, platform: "browser", format: "esm" });
    const bundle = readFileSync(outfile, "utf8");
    expect(bundle).to.include("JobPosted").and.not.include("GpuRegistered").and.not.include("AllocatorZeroHash");
    expect(bundle.length).to.be.below(60_000);
    expect(JSON.parse(await execute(folder, "out/bundle.js", {}))).to.deep.include({ status: "Delivered" });
  });

  it("do not compile with a function that does not exist", async () => {
    const folder = enter(shop, "esm");
    const right = readFileSync(join(folder, "index.ts"), "utf8");
    const wrong = right.replace('functionName: "jobOf", args: [BigInt(JOB_ID)]', 'functionName: "jobbOf", args: []');
    expect(wrong).to.not.equal(right);
    writeFileSync(join(folder, "index.ts"), wrong);
    const { code, output } = await compile(folder);
    expect(code).to.not.equal(0);
    expect(output).to.match(/error TS2\d{3}: .*\n?[^]*"jobbOf"/);
  });

  it("compile contracts against the interfaces, and the guide's", () => {
    const sources = Object.fromEntries(
      examplesIn(GUIDE)
        .filter(({ language }) => language === "solidity")
        .map(({ file, code }) => [file, code]),
    );
    const imports = shop.packed.filter((path) => /^contracts\/.*\/I[A-Z]\w+\.sol$/.test(path));
    const head = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n";
    const all = imports.map((path) => `import "gpu-commons/${path}";`).join("\n");
    const errors = compileSolidity({ ...sources, "All.sol": `${head}${all}\n` }, join(shop.folder, "node_modules"));
    expect(errors).to.deep.equal([]);
    expect(imports.map((path) => path.replace(/^contracts\/|\.sol$/g, "")).sort()).to.include.members(
      [...PUBLIC_INTERFACES].sort(),
    );
  });

  it("run every example of the guide, in order", async () => {
    const folder = enter(shop, "docs");
    const examples = examplesIn(GUIDE).filter(({ language }) => language === "ts");
    mkdirSync(folder, { recursive: true });
    for (const { file, code } of examples) writeFileSync(join(folder, file), code);
    await wanted(compile(folder));
    expect(readdirSync(join(folder, "out"))).to.have.length(examples.length);
    expect(examples.map(({ file }) => file)).to.include.members([...market.scenes.keys()]);
    for (const { file, prints } of examples) {
      await market.scenes.get(file)?.();
      const output = await execute(folder, `out/${file.replace(/\.ts$/, ".js")}`, market.env);
      if (prints !== undefined) expect(keepsPromise(prints, output), `${file} printed ${output}`).to.equal(true);
    }
  });
});
