import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { readPublicKey } from '../../core/attest/ssh-key.ts';
import { checkSshsig, parseSshsig } from '../../core/attest/sshsig.ts';
import { NAMESPACE, type Signature, type Signer } from '../../core/model/statement.ts';
import { AppError } from '../app-error.ts';
import type { Environment } from './choose.ts';
import { runSshKeygen } from './run-ssh-keygen.ts';
import { withTemporaryFile } from './temporary-file.ts';

/**
 * A signer over the key that git's `user.signingkey` names: a path (of the public or the private file) or a literal,
 * `key::ssh-ed25519 AAAA…` or `ssh-ed25519 AAAA…`, whose private half an agent holds. Signing is `ssh-keygen -Y sign`, which
 * asks the agent, a hardware key or a terminal for a passphrase as it always does. `gpg.ssh.defaultKeyCommand` and
 * `gpg.ssh.program` are not run: they are commands out of a configuration that a repository can bring along. What comes back is
 * checked before anybody sees it: a program in the place of ssh-keygen may answer anything. `patience` is in milliseconds.
 */
export async function openSshSigner(signingKey: string, environment: Environment, patience?: number): Promise<Signer> {
  const literal = literalKey(signingKey);
  const file = literal === undefined ? resolve(expandHome(signingKey, environment)) : undefined;
  const publicKey = literal ?? (await publicKeyOf(file ?? '', environment));
  const parsed = readPublicKey(publicKey);
  if (parsed === undefined)
    throw refused('expected an SSH key of a supported kind (ed25519, ecdsa, rsa of 2048 bits or more, sk)', publicKey.slice(0, 60));
  const isHardware = parsed.type.startsWith('sk-');
  const sign = async (pae: Uint8Array): Promise<Signature> => {
    const signWith = (path: string): Promise<Signature> => signFile(path, pae, parsed.line, environment, patience);
    return file === undefined ? withTemporaryFile(`${parsed.line}\n`, signWith) : signWith(file);
  };
  return {
    label: `git signing key ${file ?? `${parsed.line.slice(0, 40)}…`}`,
    publicKey: parsed.line,
    presence: isHardware ? 'touch' : 'none',
    sign,
  };
}

async function signFile(
  path: string,
  pae: Uint8Array,
  publicKey: string,
  environment: Environment,
  patience: number | undefined,
): Promise<Signature> {
  const { status, stdout, stderr } = await runSshKeygen(['-Y', 'sign', '-n', NAMESPACE, '-f', path], pae, environment, patience);
  if (status !== 0) throw refused(`expected ssh-keygen to sign with ${path}`, firstLine(stderr));
  const parsed = parseSshsig(stdout);
  if (parsed.kind === 'unreadable') throw refused('expected an SSH signature from ssh-keygen', parsed.reason);
  const signedBy = parsed.sshsig.publicKey.line;
  if (signedBy !== publicKey) throw refused(`expected a signature by ${publicKey.slice(0, 60)}`, `one by ${signedBy.slice(0, 60)}`);
  if (!checkSshsig(parsed.sshsig, pae)) throw refused('expected a signature over what was handed to ssh-keygen', 'one over something else');
  return { sshsig: stdout };
}

/** The public half: the file itself where it is one, else the file beside it, else what ssh-keygen can derive without asking. */
async function publicKeyOf(file: string, environment: Environment): Promise<string> {
  for (const path of [file, `${file}.pub`]) {
    const text = await readIfThere(path);
    if (text !== undefined && readPublicKey(text) !== undefined) return text.trim();
    if (text === undefined && path === file) throw refused(`expected the git signing key ${file}`, 'no file that can be read');
  }
  const { status, stdout, stderr } = await runSshKeygen(['-y', '-P', '', '-f', file], new Uint8Array(), environment);
  if (status !== 0) throw refused(`expected an SSH key or its public half ${basename(file)}.pub at ${file}`, firstLine(stderr));
  return stdout.trim();
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    // Not there or not readable: both mean that this place does not give the key, and the caller says which key was sought.
    return undefined;
  }
}

/** Git reads both forms, the second for older configurations (git-config, user.signingKey). */
function literalKey(signingKey: string): string | undefined {
  if (signingKey.startsWith('key::')) return signingKey.slice('key::'.length).trim();
  return signingKey.startsWith('ssh-') ? signingKey.trim() : undefined;
}

function expandHome(path: string, environment: Environment): string {
  return path.startsWith('~/') ? resolve(environment.HOME ?? homedir(), path.slice(2)) : path;
}

/** The first line that says why: ssh-keygen greets before it fails. */
function firstLine(stderr: string): string {
  const lines = stderr.split(/\r?\n/).map((line) => line.trim());
  return lines.find((line) => line !== '' && !line.startsWith('Signing data on standard input')) ?? 'no explanation';
}

function refused(expected: string, found: string): AppError {
  return new AppError('key-refused', `${expected}, found: ${found}`);
}
