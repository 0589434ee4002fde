import type { Change, FileChange } from '../model/change.ts';
import type { FileContent, RepoPath } from '../model/tree.ts';
import { followRenames, type SameMeaning } from './follow-renames.ts';

/** Attestations travel in the tree; they are about the change and no part of it. Any other file in their folder is. */
const CARRIER = /^\.brakeline\/acks\/[0-9a-f]{2}\/[0-9a-f]{64}\.jsonl$/;

/**
 * Every file whose content differs between the two trees, renames followed, sorted by path. The order of `touched` does not
 * matter, nor that it names paths that did not change. A side that could not be read counts as different.
 */
export function fileChanges(change: Change, sameMeaning: SameMeaning = () => true): readonly FileChange[] {
  const files: FileChange[] = [];
  for (const path of new Set(change.touched)) {
    if (CARRIER.test(path)) continue;
    const before = change.before.read(path);
    const after = change.after.read(path);
    if (!isSame(before, after)) files.push({ path, before, after });
  }
  return [...followRenames(files.sort(byPath), sameMeaning)].sort(byPath);
}

function isSame(before: FileContent | undefined, after: FileContent | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return before.kind === 'text' && after.kind === 'text' && before.text === after.text;
}

function byPath(a: { readonly path: RepoPath }, b: { readonly path: RepoPath }): number {
  return a.path < b.path ? -1 : b.path < a.path ? 1 : 0;
}
