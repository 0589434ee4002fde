import type { Policy } from '../../core/model/policy.ts';
import type { TrustMaterial } from '../../core/model/result.ts';
import type { RepoPath, Tree } from '../../core/model/tree.ts';
import { parseAllowedSigners } from '../../core/policy/allowed-signers.ts';
import { DEFAULT_POLICY } from '../../core/policy/default-policy.ts';
import { parsePolicy } from '../../core/policy/parse-policy.ts';
import type { FileError } from '../../core/policy/yaml-reader.ts';
import { AppError } from '../app-error.ts';

// Both are written as what RepoPath promises: relative, POSIX, without `./`.
export const POLICY_PATH = '.brakeline/policy.yaml' as RepoPath;
export const SIGNERS_PATH = '.brakeline/allowed_signers' as RepoPath;

/** The policy of a tree; the default where it has none. AppError `bad-policy` with file and line where it cannot be read. */
export function loadPolicy(tree: Tree): Policy {
  const text = textOf(tree, POLICY_PATH);
  if (text === undefined) return DEFAULT_POLICY;
  const parsed = parsePolicy(text);
  if (parsed.kind === 'invalid') throw badFile(tree, POLICY_PATH, parsed.errors);
  return parsed.policy;
}

/** The allowed signers of a tree; nobody where it has none, so that nothing counts. AppError `bad-policy` as above. */
export function loadTrust(tree: Tree): TrustMaterial {
  const text = textOf(tree, SIGNERS_PATH);
  if (text === undefined) return { signers: [] };
  const parsed = parseAllowedSigners(text);
  if (parsed.kind === 'invalid') throw badFile(tree, SIGNERS_PATH, parsed.errors);
  return parsed.trust;
}

function textOf(tree: Tree, path: RepoPath): string | undefined {
  const content = tree.read(path);
  if (content === undefined || content.kind === 'text') return content?.text;
  throw new AppError(
    'bad-policy',
    `${path}: expected a text file, found ${content.reason}${content.detail === undefined ? '' : ` (${content.detail})`}`,
  );
}

/** Says of which commit the file is: who looks at the one on disk may have mended it there. */
export function badFile(tree: Tree, path: RepoPath, errors: readonly FileError[]): AppError {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const whose = /^[0-9a-f]{40,64}$/.test(tree.id) ? ` of commit ${tree.id.slice(0, 12)}` : '';
  return new AppError(
    'bad-policy',
    `${path}:${first?.line ?? 1}${whose}: ${first?.message ?? 'expected a readable file, found none'}${more}`,
  );
}
