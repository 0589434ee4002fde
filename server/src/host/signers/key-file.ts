import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';

/** One key of this user that Brakeline makes and keeps itself. */
export interface KeyFile {
  /** Name of the file in the folder of keys. */
  readonly name: string;
  /** What it must hold, with its article: `an ed25519`. */
  readonly kind: string;
  make(): KeyObject;
  accepts(key: KeyObject): boolean;
}

/**
 * A private key of this user: PKCS #8 PEM, mode 0600 in a folder of mode 0700, made on first use. A file that others can read,
 * or that is no plain file, is refused with AppError `key-refused`, because a key that may have been copied signs for nobody.
 */
export async function openKeyFile(
  environment: Environment,
  file: KeyFile,
): Promise<{ readonly path: string; readonly privateKey: KeyObject }> {
  const folder = configFolder(environment);
  const path = join(folder, file.name);
  if (!(await exists(path))) await makeKey(folder, file);
  return { path, privateKey: await readKey(path, file) };
}

/** Whether this user has such a key already, so that a door can say that it is made now. */
export async function hasKeyFile(environment: Environment, { name }: KeyFile): Promise<boolean> {
  return exists(join(configFolder(environment), name));
}

/** Where keys live: $BRAKELINE_CONFIG_HOME, else %APPDATA%\brakeline on Windows, $XDG_CONFIG_HOME/brakeline or ~/.config/brakeline. */
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
async function makeKey(folder: string, { name, make }: KeyFile): Promise<void> {
  const path = join(folder, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = make().export({ type: 'pkcs8', format: 'pem' });
  const draft = join(folder, `.${name}.${process.pid}.${randomBytes(8).toString('hex')}`);
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

async function readKey(path: string, { kind, accepts }: KeyFile): Promise<KeyObject> {
  const status = await lstat(path);
  if (!status.isFile()) throw new AppError('key-refused', `expected a plain file at ${path}, found a link or a folder`);
  const mode = status.mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new AppError('key-refused', `expected mode 0600 of ${path}, found ${mode.toString(8).padStart(4, '0')}`);
  }
  try {
    const key = createPrivateKey(await readFile(path, 'utf8'));
    if (!accepts(key)) throw new Error(`a key of type ${key.asymmetricKeyType ?? 'none'}`);
    return key;
  } catch (cause) {
    throw new AppError('key-refused', `expected ${kind} private key in ${path}, found: ${messageOf(cause)}`, { cause });
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
