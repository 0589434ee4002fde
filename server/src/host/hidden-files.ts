import { isBundle, overlongLine } from '../core/languages/bundles.ts';
import { isLockFile } from '../core/languages/lock-files.ts';
import { languageOf, languageOfText } from '../core/languages/prepare.ts';
import type { Change } from '../core/model/change.ts';
import type { BlindSpot, FileContent, RepoPath } from '../core/model/tree.ts';

/**
 * Files that the head itself made unreadable, so that no finding of theirs can be recomputed: it grew one past the limit, put a
 * NUL or a bad byte into it, a link in its place, or a script into lines that only a bundler writes. Only paths that a language would read, and no lock files, which it would not. What the base could not read either
 * hides nothing new, and what the base's attributes leave out is the base's own word. Held by test/host/verify-commits.test.ts.
 */
export function hiddenFiles(change: Change): readonly BlindSpot[] {
  return [...new Set(change.touched)]
    .filter((path) => isRead(change, path) && !isLockFile(path))
    .flatMap((path) => hiddenFile(change, path));
}

/** By its name, or by the first line that it had. */
function isRead({ before }: Change, path: RepoPath): boolean {
  if (languageOf(path) !== undefined) return true;
  const old = before.read(path);
  return old?.kind === 'text' && languageOfText(path, old.text) !== undefined;
}

function hiddenFile({ before, after }: Change, path: RepoPath): readonly BlindSpot[] {
  const content = after.read(path);
  const old = before.read(path);
  if (content?.kind === 'text' && languageOf(path)?.id === 'typescript' && isBundle(content.text))
    return old?.kind === 'text' && isBundle(old.text) ? [] : [{ path, reason: 'generated', detail: 'minified' }];
  // A first line that names no interpreter any more leaves a text that nobody reads.
  if (
    content?.kind === 'text' &&
    old?.kind === 'text' &&
    languageOfText(path, old.text) !== undefined &&
    languageOfText(path, content.text) === undefined
  )
    return [{ path, reason: 'no-language' }];
  const longest = (old?.kind === 'text' ? languageOfText(path, old.text) : languageOf(path))?.longestLine;
  if (content?.kind === 'text' && longest !== undefined && overlongLine(content.text, longest) !== undefined)
    return old?.kind === 'text' && overlongLine(old.text, longest) !== undefined
      ? []
      : [{ path, reason: 'parse-error', detail: `a line is longer than ${longest} characters` }];
  if (content?.kind !== 'unread') return [];
  const hides = old === undefined ? liesInFile(content) : old.kind === 'text';
  if (!hides) return [];
  return [{ path, reason: content.reason, ...(content.detail === undefined ? {} : { detail: content.detail }) }];
}

/** Of a new file: not by an attribute, which `binary` names in its detail, and which alone makes a file `filtered`. */
function liesInFile({ reason, detail }: Extract<FileContent, { readonly kind: 'unread' }>): boolean {
  return ['too-large', 'not-utf8', 'symlink'].includes(reason) || (reason === 'binary' && detail === undefined);
}
