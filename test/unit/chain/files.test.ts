import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { encryptKeystoreJson, getAddress, Wallet } from "ethers";
import { z } from "zod";
import { keySourceOf, keySourceSchema, KeyUnavailable, openKey } from "../../../src/chain/keys";
import { CONTRACT_NAMES, InvalidManifest, manifestPath, readManifest } from "../../../src/chain/manifest";
import { InvalidState, lockFolder, StateFile, StateInUse } from "../../../src/chain/stateFile";
import { rejection } from "../store/rejection";

const KEY = `0x${"11".repeat(32)}`;

describe("chain: files of agents", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "files-"));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  describe("StateFile", () => {
    const open = (): StateFile<{ n: bigint }> =>
      new StateFile(
        join(folder, "deep", "state.json"),
        z.object({ n: z.string().transform((text) => BigInt(text)) }),
        ({ n }) => ({ n: n.toString() }),
      );

    it("gives back what was written, and nothing before", () => {
      expect(open().read()).to.equal(undefined);
      open().write({ n: 2n ** 80n });
      open().write({ n: 2n ** 81n });
      expect(open().read()).to.deep.equal({ n: 2n ** 81n });
      expect(readdirSync(join(folder, "deep"))).to.deep.equal(["state.json"]);
    });

    it("refuses a damaged file instead of starting over", () => {
      open().write({ n: 1n });
      for (const damage of ["", "{", '{"n":5}']) {
        writeFileSync(join(folder, "deep", "state.json"), damage);
        expect(() => open().read()).to.throw(InvalidState, "state.json");
      }
    });
  });

  describe("lockFolder", () => {
    it("gives a folder to one process at a time", () => {
      const release = lockFolder(folder);
      expect(() => lockFolder(folder)).to.throw(StateInUse, String(process.pid));
      release();
      lockFolder(folder)();
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it("takes over the lock of a process that was killed", async () => {
      const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
      writeFileSync(join(folder, "lock"), `${child.pid}\n`);
      expect(() => lockFolder(folder)).to.throw(StateInUse);
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      const release = lockFolder(folder);
      expect(readFileSync(join(folder, "lock"), "utf8")).to.match(new RegExp(`^${process.pid}\\b`));
      release();
    });

    it("takes over the lock of an earlier process that had the same id, as in a container that starts again", () => {
      writeFileSync(join(folder, "lock"), `${process.pid} 1\n`);
      const release = lockFolder(folder);
      expect(() => lockFolder(folder)).to.throw(StateInUse);
      release();
      writeFileSync(join(folder, "lock"), `${process.ppid} 1\n`);
      lockFolder(folder)();
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  });

  describe("keys", () => {
    it("come from an environment variable", async () => {
      const source = keySourceOf(undefined, { GPU_COMMONS_KEY: KEY });
      expect((await openKey(source, { GPU_COMMONS_KEY: KEY })).address).to.equal(new Wallet(KEY).address);
    });

    it("come from a keystore, with its password in the environment or a file", async () => {
      const path = join(folder, "keystore.json");
      const { address, privateKey } = new Wallet(KEY);
      const account = { address, privateKey };
      const json = await encryptKeystoreJson(account, "open sesame", { scrypt: { N: 2, r: 1, p: 1 } });
      writeFileSync(path, json, { mode: 0o600 });
      writeFileSync(join(folder, "password"), "open sesame\n", { mode: 0o400 });
      const expected = new Wallet(KEY).address;
      const byEnv = await openKey({ keystore: path }, { GPU_COMMONS_PASSWORD: "open sesame" });
      const byFile = await openKey({ keystore: path, passwordFile: join(folder, "password") }, {});
      const named = await openKey({ keystore: path, passwordEnv: "MY_PASSWORD" }, { MY_PASSWORD: "open sesame" });
      expect([byEnv.address, byFile.address, named.address]).to.deep.equal([expected, expected, expected]);
      const wrong = await rejection(openKey({ keystore: path }, { GPU_COMMONS_PASSWORD: "guess" }));
      expect(wrong).to.be.instanceOf(KeyUnavailable);
      expect(String(wrong)).to.not.contain("guess");
    });

    it("are refused when others may read the keystore or the password file", async () => {
      const path = join(folder, "keystore.json");
      const password = join(folder, "password");
      const { address, privateKey } = new Wallet(KEY);
      const json = await encryptKeystoreJson({ address, privateKey }, "x", { scrypt: { N: 2, r: 1, p: 1 } });
      writeFileSync(path, json, { mode: 0o600 });
      writeFileSync(password, "x");
      const source = { keystore: path, passwordFile: password };
      for (const mode of [0o640, 0o604, 0o610, 0o622]) {
        chmodSync(path, mode);
        chmodSync(password, 0o600);
        expect(String(await rejection(openKey(source, {}))), mode.toString(8)).to.match(/keystore .* chmod 600/);
        chmodSync(path, 0o600);
        chmodSync(password, mode);
        expect(String(await rejection(openKey(source, {}))), mode.toString(8)).to.match(/password file .* chmod 600/);
      }
      chmodSync(password, 0o600);
      expect((await openKey(source, {})).address).to.equal(address);
    });

    it("never show a secret in a message", async () => {
      const failure = await rejection(openKey({ env: "GPU_COMMONS_KEY" }, { GPU_COMMONS_KEY: `${KEY}aa` }));
      expect(failure).to.be.instanceOf(KeyUnavailable);
      expect(String(failure)).to.not.contain("1111");
      const outOfRange = await rejection(openKey({ env: "K" }, { K: `0x${"00".repeat(32)}` }));
      expect(outOfRange).to.be.instanceOf(KeyUnavailable);
    });

    it("are never taken from a configuration", () => {
      for (const bad of [KEY, { key: KEY }, { env: KEY }, { privateKey: KEY }, { keystore: "a", password: "b" }]) {
        expect(keySourceSchema.safeParse(bad).success, JSON.stringify(bad)).to.equal(false);
      }
    });

    it("say what is missing", async () => {
      expect(() => keySourceOf(undefined, {})).to.throw(KeyUnavailable, "GPU_COMMONS_KEY");
      expect(keySourceOf(undefined, { GPU_COMMONS_KEYSTORE: "k" })).to.deep.equal({ keystore: "k" });
      expect(String(await rejection(openKey({ env: "ABSENT" }, {})))).to.contain("ABSENT");
      expect(String(await rejection(openKey({ keystore: "k" }, {})))).to.contain("GPU_COMMONS_PASSWORD");
      const absent = await rejection(openKey({ keystore: join(folder, "none") }, { GPU_COMMONS_PASSWORD: "x" }));
      expect(String(absent)).to.contain("none");
    });
  });

  describe("manifests", () => {
    const write = (change: (manifest: Record<string, unknown>) => void): string => {
      const row = { address: `0x${"ab".repeat(20)}`, block: 3 };
      const manifest = {
        chainId: 31337,
        blockNumber: 1,
        contracts: Object.fromEntries(CONTRACT_NAMES.map((n) => [n, row])),
      };
      change(manifest as unknown as Record<string, unknown>);
      const path = join(folder, "manifest.json");
      writeFileSync(path, JSON.stringify(manifest));
      return path;
    };

    it("are read with checksummed addresses and whatever else deployment wrote", () => {
      const manifest = readManifest(write((m) => (m["commit"] = "abc")));
      expect(manifest.contracts.JobEscrow.address).to.equal(getAddress(`0x${"ab".repeat(20)}`));
      expect(manifest["commit"]).to.equal("abc");
      expect(manifestPath(84532)).to.equal("deployments/84532.json");
    });

    it("are refused when a contract is missing or an address is wrong", () => {
      const missing = write((m) => delete (m["contracts"] as Record<string, unknown>)["JobEscrow"]);
      expect(() => readManifest(missing)).to.throw(InvalidManifest, "JobEscrow");
      const wrong = write(
        (m) => ((m["contracts"] as Record<string, { address: string }>)["JobEscrow"] = { address: "0x12" }),
      );
      expect(() => readManifest(wrong)).to.throw(InvalidManifest);
      expect(() => readManifest(join(folder, "none.json"))).to.throw(InvalidManifest, "none.json");
    });
  });
});
