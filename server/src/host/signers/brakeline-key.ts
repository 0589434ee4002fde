import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey } from '../../core/attest/ssh-key.ts';
import { writeSshsig } from '../../core/attest/write-sshsig.ts';
import type { Signer } from '../../core/model/statement.ts';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';

const FILE = 'brakeline.key';

/**
 * The Brakeline key of this user: ed25519, PKCS #8 PEM, mode 0600 in a folder of mode 0700, made on first use. It gives a raw
 * DSSE signature and an SSHSIG. It proves the account and no presence of a person. A file that others can read, or that is no
 * plain file, is refused with AppError `key-refused`, because a key that may have been copied signs for nobody.
 */
export async function openBrakelineKey(environment: Environment): Promise<Signer> {
  const folder = configFolder(environment);
  const path = join(folder, FILE);
  if (!(await exists(path))) await makeKey(folder, path);
  const privateKey = await readKey(path);
  const publicKey = encodePublicKey(createPublicKey(privateKey));
  if (publicKey === undefined) throw new AppError('key-refused', `expected an ed25519 key in ${path}, found another kind`);
  return {
    label: `Brakeline key ${path}`,
    publicKey,
    presence: 'none',
    sign: async (pae) => ({ raw: sign(null, pae, privateKey).toString('base64'), sshsig: writeSshsig(privateKey, pae) }),
  };
}

/** Whether this user has such a key already, so that a door can say that it is made now. */
export async function hasBrakelineKey(environment: Environment): Promise<boolean> {
  return exists(join(configFolder(environment), FILE));
}

/** Where the key lives: $BRAKELINE_CONFIG_HOME, else %APPDATA%\brakeline on Windows, $XDG_CONFIG_HOME/brakeline or ~/.config/brakeline. */
export function configFolder(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = environment.BRAKELINE_CONFIG_HOME;
  if (own !== undefined && own !== '') return own;
  const shared = platform === 'win32' ? environment.APPDATA : environment.XDG_CONFIG_HOME;
  if (shared !== undefined && shared !== '') return join(shared, 'brakeline');
  return join(environment.HOME ?? homedir(), '.config', 'brakeline');
}

/**
 * Writes the key beside its place and links it there, which fails where a key already is: of two windows that make one at
 * once, both go on with the same key, and none ever reads half of one.
 */
async function makeKey(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  const draft = join(folder, `.${FILE}.${process.pid}.${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(draft, pem, { mode: 0o600, flag: 'wx' });
    await place(draft, path);
  } catch (cause) {
    throw new AppError('key-refused', `expected to make a key at ${path}, found: ${messageOf(cause)}`, { cause });
  } finally {
    await rm(draft, { force: true });
  }
}

async function place(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return;
    // Some file systems have no links; an exclusive copy is the next best.
    await copyFile(draft, path, constants.COPYFILE_EXCL).catch((cause: unknown) => {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    });
  }
}

async function readKey(path: string): Promise<KeyObject> {
  const status = await lstat(path);
  if (!status.isFile()) throw new AppError('key-refused', `expected a plain file at ${path}, found a link or a folder`);
  const mode = status.mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new AppError('key-refused', `expected mode 0600 of ${path}, found ${mode.toString(8).padStart(4, '0')}`);
  }
  try {
    const key = createPrivateKey(await readFile(path, 'utf8'));
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${key.asymmetricKeyType ?? 'none'}`);
    return key;
  } catch (cause) {
    throw new AppError('key-refused', `expected an ed25519 private key in ${path}, found: ${messageOf(cause)}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw new AppError('key-refused', `expected to look at ${path}, found: ${messageOf(error)}`, { cause: error });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
