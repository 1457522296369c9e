import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { Wallet } from "ethers";
import { z } from "zod";

/**
 * Where a private key comes from. Never the key itself: neither a configuration nor a command line may hold one.
 * `env` names an environment variable with the key in hexadecimal; `keystore` is a Web3 keystore file whose password is in
 * an environment variable or a file. Both files must be closed to everyone but their owner (mode 0600 or stricter).
 */
export const keySourceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Z][A-Z0-9_]*$/, "expected the name of an environment variable") }),
  z.strictObject({
    keystore: z.string().min(1),
    passwordEnv: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/)
      .optional(),
    passwordFile: z.string().min(1).optional(),
  }),
]);

export type KeySource = z.output<typeof keySourceSchema>;

/** A key is missing, locked or malformed. The message never contains secret text. */
export class KeyUnavailable extends Error {
  override readonly name = "KeyUnavailable";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Variable names used when a configuration names no key. */
export const KEY_ENV = "GPU_COMMONS_KEY";
export const KEYSTORE_ENV = "GPU_COMMONS_KEYSTORE";
export const PASSWORD_ENV = "GPU_COMMONS_PASSWORD";
export const PASSWORD_FILE_ENV = "GPU_COMMONS_PASSWORD_FILE";

/** The key source of a configuration, or the one that the environment offers. Throws KeyUnavailable when there is none. */
export function keySourceOf(configured: KeySource | undefined, env: Environment): KeySource {
  if (configured !== undefined) return configured;
  if (env[KEY_ENV] !== undefined) return { env: KEY_ENV };
  const keystore = env[KEYSTORE_ENV];
  if (keystore !== undefined) return { keystore };
  throw new KeyUnavailable(`no key: set ${KEY_ENV} or ${KEYSTORE_ENV}, or name a key source in the configuration`);
}

/** Opens a key. A keystore takes about a second, by design. Throws KeyUnavailable. */
export async function openKey(source: KeySource, env: Environment): Promise<Wallet> {
  if ("env" in source) {
    const text = env[source.env]?.trim();
    if (text === undefined || text === "")
      throw new KeyUnavailable(`the environment variable ${source.env} is not set`);
    if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new KeyUnavailable(`${source.env} holds no private key`);
    try {
      return new Wallet(text);
    } catch {
      throw new KeyUnavailable(`${source.env} holds no private key`);
    }
  }
  const password = passwordOf(source, env);
  const json = readSecret(source.keystore, "keystore");
  try {
    const wallet = await Wallet.fromEncryptedJson(json, password);
    return new Wallet(wallet.privateKey);
  } catch {
    // ethers repeats its arguments in some messages.
    throw new KeyUnavailable(`${source.keystore} does not open: it is no keystore, or the password is wrong`);
  }
}

function passwordOf(source: Extract<KeySource, { keystore: string }>, env: Environment): string {
  const file = source.passwordFile ?? (source.passwordEnv === undefined ? env[PASSWORD_FILE_ENV] : undefined);
  const direct = env[source.passwordEnv ?? PASSWORD_ENV];
  if (source.passwordFile === undefined && direct !== undefined) return direct;
  if (file === undefined) {
    throw new KeyUnavailable(`no password for ${source.keystore}: set ${source.passwordEnv ?? PASSWORD_ENV} or a file`);
  }
  return readSecret(file, "password file").replace(/\r?\n$/, "");
}

/** Bits of a file's mode that let others than its owner in. */
const OTHERS = 0o077;

/** Reads a file that nobody else may read: what others can read they may have read already. Throws KeyUnavailable. */
function readSecret(path: string, what: string): string {
  let text: string;
  let mode: number;
  try {
    const file = openSync(path, "r");
    try {
      // The open file is asked, so that what was checked is what is read.
      mode = fstatSync(file).mode;
      text = readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new KeyUnavailable(`cannot read the ${what} ${path}`, { cause });
  }
  // Windows has no such bits; its access lists are not looked at.
  if (process.platform !== "win32" && (mode & OTHERS) !== 0) {
    throw new KeyUnavailable(`others may read the ${what} ${path}: close it with chmod 600`);
  }
  return text;
}
