import type { RepoPath } from '../../core/model/tree.ts';
import { type GitPlace, runGit, splitNul } from './git.ts';
import { asRepoPath } from './list-tree.ts';

/** Attributes of one path as `check-attr` names them: `set`, `unset`, `unspecified`, or a value. */
export type Attributes = ReadonlyMap<string, string>;

/** Asks git for attributes of many paths in one call. Paths that git refuses to answer for are absent. */
export function checkAttributes(
  place: GitPlace,
  names: readonly string[],
  paths: readonly RepoPath[],
  source: 'index' | 'disk',
): Map<RepoPath, Attributes> {
  const answers = new Map<RepoPath, Map<string, string>>();
  if (paths.length === 0) return answers;
  const cached = source === 'index' ? ['--cached'] : [];
  // Attributes of this machine are no part of a tree; on disk git itself would heed them.
  const settings = source === 'index' ? ['-c', 'core.attributesFile=/dev/null'] : [];
  const args = [...settings, 'check-attr', ...cached, '-z', '--stdin', ...names];
  const fields = splitNul(runGit(place, args, { input: paths.map((path) => `${path}\0`).join('') }).stdout);
  for (let i = 0; i + 2 < fields.length; i += 3) {
    const path = asRepoPath(fields[i] ?? '');
    let attributes = answers.get(path);
    if (attributes === undefined) {
      attributes = new Map();
      answers.set(path, attributes);
    }
    attributes.set(fields[i + 1] ?? '', fields[i + 2] ?? '');
  }
  return answers;
}

/** True where git runs something over the file, or another encoding, between the blob and the disk. */
export function isFiltered(attributes: Attributes): boolean {
  return hasValue(attributes.get('filter')) || attributes.get('ident') === 'set' || hasValue(attributes.get('working-tree-encoding'));
}

export const FILTERS = ['filter', 'ident', 'working-tree-encoding'] as const;

function hasValue(value: string | undefined): boolean {
  return value !== undefined && value !== 'set' && value !== 'unset' && value !== 'unspecified';
}
