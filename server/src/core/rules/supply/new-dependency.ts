import type { Dependency } from '../../model/facts.ts';
import type { Severity } from '../../model/finding.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { defineRule } from '../define.ts';
import { isPopular, nearPopular } from '../popular-packages.ts';
import { fitMessage, quote } from '../quote.ts';

/**
 * What it sees
 * A dependency that the manifest did not have: not in the lockfile either, named almost like a popular package, or without a
 * fixed version.
 *
 * Why it matters
 * One in five package names that open models suggest does not exist, the same names come back, and somebody registers them.
 *
 * When it is fine
 * A new version of a dependency, a workspace package, a widely used one, one that moved between groups, and one that the lockfile of the same
 * change holds.
 *
 * What it misses
 * A lockfile that was written by installing the wrong package; packages of other ecosystems.
 */
export default defineRule({
  id: 'supply/new-dependency',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Adds a dependency that nothing vouches for',
  reads: ['dependencies'],
  evidence: [{ title: 'We Have a Package for You: package hallucinations by code models', url: 'https://arxiv.org/abs/2406.10279' }],
  *check({ added, before, after, trees, path }) {
    const group = after?.language === 'json' ? LOCKFILES : [];
    for (const dependency of added.dependencies) {
      const known = before?.dependencies.find((other) => other.name === dependency.name);
      const foreign = FOREIGN.test(dependency.version);
      if (LOCAL.test(dependency.version) || (known !== undefined && !(foreign && !FOREIGN.test(known.version)))) continue;
      const found = judge(dependency, foreign, lockOf(dependency.name, path, trees.after, group));
      yield {
        side: 'after',
        range: dependency.range,
        severity: found.severity,
        message: fitMessage(`${quote(dependency.name, 36)} ${found.what}`),
      };
    }
  },
});

const LOCAL = /^(workspace:|file:|link:|portal:|catalog:)/;
const FOREIGN = /^(git\+|git:|https?:|github:|gitlab:|bitbucket:)|^[\w.-]+\/[\w.-]+(#.*)?$/;
const LOCKFILES = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'] as const;

type Lock = 'locked' | 'unlocked' | 'no-lockfile';

function judge(dependency: Dependency, foreign: boolean, lock: Lock): { readonly severity: Severity; readonly what: string } {
  const near = nearPopular(dependency.name);
  if (near !== undefined) return { severity: 'high', what: `is new and almost called ${quote(near, 24)}` };
  if (foreign) return { severity: 'high', what: 'comes from an address and not from the registry' };
  if (/^(\*|latest|x|)$/.test(dependency.version))
    return { severity: lock === 'locked' ? 'medium' : 'high', what: 'is new and has no fixed version' };
  if (lock === 'locked') return { severity: 'low', what: 'is new; the lockfile has it' };
  if (isPopular(dependency.name)) return { severity: 'low', what: 'is new, and widely used' };
  const mild = dependency.group === 'development' || dependency.group === 'peer';
  return {
    severity: mild ? 'medium' : 'high',
    what: lock === 'unlocked' ? 'is new and not in the lockfile' : 'is new and no lockfile has it',
  };
}

/** The nearest lockfile at or above the manifest decides; a lockfile that cannot be read vouches for nothing. */
function lockOf(name: string, manifest: RepoPath, tree: Tree, names: readonly string[]): Lock {
  const paths = new Set<string>(tree.paths());
  for (let folder = parent(manifest); ; folder = parent(folder)) {
    for (const lockfile of names) {
      const file = `${folder === '' ? '' : `${folder}/`}${lockfile}`;
      if (!paths.has(file)) continue;
      // The path came from the tree itself.
      const content = tree.read(file as RepoPath);
      if (content?.kind === 'text') return isLocked(name, content.text) ? 'locked' : 'unlocked';
      if (content?.kind === 'unread') return 'unlocked';
    }
    if (folder === '') return 'no-lockfile';
  }
}

/** Each lockfile writes an entry of its own for a package; a bare mention in another package's list is none. */
function isLocked(name: string, lockfile: string): boolean {
  return [
    `"node_modules/${name}"`,
    `/node_modules/${name}"`,
    `\n"${name}@`,
    `\n${name}@`,
    `\n  '${name}@`,
    `\n  ${name}@`,
    `\n  /${name}@`,
    `\n  /${name}/`,
    `\n    "${name}": [`,
  ].some((entry) => lockfile.includes(entry));
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
