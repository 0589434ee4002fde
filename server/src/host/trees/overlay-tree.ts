import type { FileScan } from '../../core/model/file-scan.ts';
import type { FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import { scanOf } from '../../core/scan/scan-of.ts';
import { scanContent } from './git-tree.ts';
import { hasExtension, mentionsWord, sortPaths } from './mentions.ts';

/** Another content for some paths. `read` gives undefined where the path is gone, and is called at most once for a path. */
export interface Overlay {
  readonly paths: () => Iterable<RepoPath>;
  readonly exists: (path: RepoPath) => boolean;
  readonly read: (path: RepoPath) => FileContent | undefined;
}

/**
 * A tree that is another one but for some paths. Every after side is one over its before side, so that a search of the whole
 * repository is made once and corrected where the two differ.
 */
export function overlayTree(id: string, base: Tree, overlay: Overlay): Tree {
  let known: ReadonlySet<RepoPath> | undefined;
  const differing = (): ReadonlySet<RepoPath> => {
    known ??= new Set(overlay.paths());
    return known;
  };
  const contents = new Map<RepoPath, FileContent | undefined>();
  const scans = new Map<RepoPath, FileScan | undefined>();
  let paths: readonly RepoPath[] | undefined;
  const read = (path: RepoPath): FileContent | undefined => {
    if (!differing().has(path)) return base.read(path);
    if (!contents.has(path)) contents.set(path, overlay.read(path));
    return contents.get(path);
  };
  return {
    id,
    paths: () => {
      paths ??= pathsOver(base.paths(), differing(), overlay.exists);
      return paths;
    },
    read,
    over: {
      base,
      get differing() {
        return differing();
      },
    },
    scan: (path) => {
      if (!differing().has(path)) return scanOf(base, path);
      if (!scans.has(path)) scans.set(path, scanContent(path, read(path)));
      return scans.get(path);
    },
    expect: (words) => base.expect?.(words),
    prefetch: (wanted) => base.prefetch?.(wanted.filter((path) => !differing().has(path))),
    ...(base.saying === undefined ? {} : { saying: (texts, among) => sayingOver(base, differing(), texts, among) }),
    mentioning: (word, extensions) => {
      const own = [...differing()].filter((path) => {
        const content = hasExtension(path, extensions) ? read(path) : undefined;
        return content?.kind === 'text' && mentionsWord(content.text, word);
      });
      return sortPaths([...base.mentioning(word, extensions).filter((path) => !differing().has(path)), ...own]);
    },
  };
}

/** What differs was not looked through, and may say anything. */
function sayingOver(
  base: Tree,
  differing: ReadonlySet<RepoPath>,
  texts: readonly string[],
  among: readonly RepoPath[],
): readonly RepoPath[] {
  const same = among.filter((path) => !differing.has(path));
  const found = new Set(same.length === 0 ? [] : base.saying?.(texts, same));
  return among.filter((path) => differing.has(path) || found.has(path));
}

/** Asked for with every keystroke, when most often no path comes or goes. */
function pathsOver(known: readonly RepoPath[], differing: ReadonlySet<RepoPath>, exists: (path: RepoPath) => boolean): readonly RepoPath[] {
  if ([...differing].every((path) => exists(path) && isAmong(known, path))) return known;
  return sortPaths(new Set([...known, ...differing].filter((path) => !differing.has(path) || exists(path))));
}

function isAmong(sorted: readonly RepoPath[], path: RepoPath): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? path) < path) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === path;
}
