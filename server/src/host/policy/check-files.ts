import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Policy } from '../../core/model/policy.ts';
import type { TrustMaterial } from '../../core/model/result.ts';
import { parseAllowedSigners } from '../../core/policy/allowed-signers.ts';
import { checkPolicy, type PolicyFault } from '../../core/policy/check-policy.ts';
import { DEFAULT_POLICY } from '../../core/policy/default-policy.ts';
import { parsePolicy } from '../../core/policy/parse-policy.ts';
import { NOBODY_REVOKED, parseRevokedKeys } from '../../core/policy/revoked-keys.ts';
import { type Member, rosterOf } from '../../core/policy/roster.ts';
import type { FileError } from '../../core/policy/yaml-reader.ts';
import { RULES } from '../../core/rules/index.ts';
import { rulesetDigest } from '../../core/rules/ruleset.ts';
import { AppError } from '../app-error.ts';

/** One thing wrong with the files of a policy, as a person finds it: by file and line. */
export interface FileFault {
  readonly kind: PolicyFault['kind'];
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export interface CheckedPolicy {
  /** The policy file, and those beside it that are there. */
  readonly files: readonly string[];
  readonly faults: readonly FileFault[];
  /** Digest of the rules that ship with this version, for `rulesets`. */
  readonly ruleset: string;
  /** Set where every file could be read. */
  readonly read?: { readonly policy: Policy; readonly roster: readonly Member[] };
}

const MOST_BYTES = 1_048_576;

/**
 * Reads a policy from disk, with `allowed_signers` and `revoked_keys` of the same folder, and says whether they fit together.
 * A policy that is not there is the default's. `known` is what it may speak of, the ids of the team's rules and the paths of the tree, and
 * the policy that stands before it.
 */
export async function checkPolicyFiles(
  file: string,
  known: { readonly teamRules: readonly string[]; readonly paths?: readonly string[]; readonly before?: Policy },
  now: string,
): Promise<CheckedPolicy> {
  const folder = path.dirname(file);
  const places = { policy: file, signers: path.join(folder, 'allowed_signers'), revoked: path.join(folder, 'revoked_keys') };
  const [text, signersText, revokedBytes] = await Promise.all([
    readText(places.policy),
    readText(places.signers),
    readBytes(places.revoked),
  ]);
  const policy = text === undefined ? undefined : parsePolicy(text);
  const signers = parseAllowedSigners(signersText ?? '');
  const revoked = revokedBytes === undefined ? undefined : parseRevokedKeys(revokedBytes);
  const files = [
    ...(text === undefined ? [] : [places.policy]),
    ...(signersText === undefined ? [] : [places.signers]),
    ...(revokedBytes === undefined ? [] : [places.revoked]),
  ];
  const ruleset = rulesetDigest([]);
  const errors = [
    ...(policy?.kind === 'invalid' ? inFile(places.policy, policy.errors) : []),
    ...(signers.kind === 'invalid' ? inFile(places.signers, signers.errors) : []),
    ...(revoked?.kind === 'invalid' ? inFile(places.revoked, revoked.errors) : []),
  ];
  if (policy?.kind === 'invalid' || signers.kind === 'invalid' || revoked?.kind === 'invalid') return { files, faults: errors, ruleset };
  const trust: TrustMaterial = { ...signers.trust, revoked: revoked?.revoked ?? NOBODY_REVOKED };
  const parsed = policy ?? { policy: DEFAULT_POLICY, lines: new Map<string, number>() };
  const rules = [...RULES.map(({ id }) => id), ...known.teamRules];
  const faults = checkPolicy({
    ...parsed,
    trust,
    signerLines: signers.lines,
    now,
    ruleset,
    rules,
    ...(known.paths === undefined ? {} : { paths: known.paths }),
    ...(known.before === undefined ? {} : { before: known.before }),
  });
  return {
    files,
    faults: faults.map(({ kind, file: of, line, message }) => ({ kind, file: places[of], line, message })),
    ruleset,
    read: { policy: parsed.policy, roster: rosterOf(parsed.policy, trust, now) },
  };
}

function inFile(file: string, errors: readonly FileError[]): readonly FileFault[] {
  return errors.map(({ line, message }) => ({ kind: 'error', file, line, message }));
}

async function readText(file: string): Promise<string | undefined> {
  const bytes = await readBytes(file);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('bad-policy', `expected UTF-8 text in ${file}, found other bytes`, { cause });
  }
}

async function readBytes(file: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.length <= MOST_BYTES) return bytes;
    throw new AppError('bad-policy', `expected at most ${MOST_BYTES} bytes in ${file}, found ${bytes.length}`);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new AppError('bad-policy', `expected to read ${file}, found: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
