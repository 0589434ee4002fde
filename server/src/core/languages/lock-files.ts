import type { RepoPath } from '../model/tree.ts';
import type { FactsDraft } from './facts-draft.ts';
import { indexLines } from './positions.ts';

/** Files that a package manager writes: thousands of settings and no construct of ours. Named as generated, and not read. */
export function isLockFile(path: RepoPath): boolean {
  return /(^|\/)(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.ya?ml|packages\.lock\.json)$/.test(path);
}

/**
 * What is said of a lock file without reading it as a whole: that it is there, and from which hosts it takes packages. It
 * may have a hundred thousand lines, so the addresses are found by their own shape and each host is told once.
 */
export function describeLockFile(path: RepoPath, text: string, draft: FactsDraft): void {
  draft.blindSpots.push({ reason: 'generated', detail: 'lock file' });
  const lines = indexLines(text);
  const firstEnd = text.indexOf('\n');
  draft.resources.push({
    type: 'lock-file',
    name: path,
    key: `lock-file ${path}`,
    range: lines.rangeOf(0, firstEnd < 0 ? text.length : firstEnd),
    scope: '',
  });
  const seen = new Set<string>();
  for (const match of text.matchAll(ADDRESS)) {
    const host = `${match[1] ?? ''}://${match[2] ?? ''}`;
    if (seen.has(host)) continue;
    seen.add(host);
    const range = lines.rangeOf(match.index, match.index + match[0].length);
    draft.settings.push({ path: ['resolved'], value: host, resource: '', range, key: `resolved ${host}`, scope: '' });
  }
}

/** Addresses behind the words by which lock files name a source: `"resolved": "https://…`, `source = "git+https://…`. */
const ADDRESS =
  /(?:resolved"?:? "|tarball: |source = "(?:registry\+|git\+|sparse\+)?|registry = "|url = "|url: |git = "|remote: )(?:git\+)?(https?|ssh|git):\/\/(?:[^@/\s"]*@)?([^/\s"'#?]+)/g;
