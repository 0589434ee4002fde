import type { Change } from '../../core/model/change.ts';
import type { History } from '../../core/model/history.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { blobForm } from '../git/blob-form.ts';
import type { ChangedPaths } from '../git/changed-paths.ts';
import { runGit } from '../git/git.ts';
import type { RepositoryPlace } from '../git/locate.ts';
import type { RepositoryTrees } from './repository-trees.ts';
import { bufferTree, type WorktreeSource, worktreeTree } from './worktree-tree.ts';

/** The saved files against a base. Ask for it again when files were saved or the head moved. */
export interface WorktreeChange extends Change {
  /** The same with unsaved buffers over it. Starts no process for a path it was asked about before: made for every keystroke. */
  withBuffers(buffers: ReadonlyMap<RepoPath, string>): WorktreeChange;
}

interface WorktreeParts {
  readonly place: RepositoryPlace;
  readonly root: string;
  readonly trees: RepositoryTrees;
  /** Commit or tree of the before side. */
  readonly from: string;
  /** What git says of the files; waited for when it is first asked for. */
  readonly changed: () => ChangedPaths;
  readonly history: History;
}

export function worktreeChange({ place, root, trees, from, changed, history }: WorktreeParts): WorktreeChange {
  const touched = (): readonly RepoPath[] => [...changed().keys()];
  const { tree: before, screen, entries } = trees.committed(from, touched);
  const onDisk = (): readonly RepoPath[] => touched().filter((path) => changed().get(path)?.kind === 'disk');
  const { contents, maxFileBytes } = trees;
  const source: WorktreeSource = { contents, screen, root, maxFileBytes, toBlobForm: blobForm(place, trees.objects, onDisk) };
  const saved = worktreeTree(before, changed, source);

  const belongs = new Map<RepoPath, boolean>();
  const isPartOfChange = (path: RepoPath): boolean => {
    if (changed().has(path) || entries().has(path)) return true;
    const known = belongs.get(path) ?? !isIgnored(place, path);
    belongs.set(path, known);
    return known;
  };
  const withBuffers = (buffers: ReadonlyMap<RepoPath, string>): WorktreeChange => {
    const counting = new Map([...buffers].filter(([path]) => isPartOfChange(path)));
    const after = bufferTree(saved, counting, source);
    return {
      before,
      after,
      touched: [...new Set([...touched(), ...counting.keys()])],
      origin: { kind: 'unknown', evidence: 'none' },
      history,
      withBuffers,
    };
  };
  return {
    before,
    after: saved,
    get touched() {
      return touched();
    },
    origin: { kind: 'unknown', evidence: 'none' },
    history,
    withBuffers,
  };
}

/** A buffer that `git add` would pass over is no part of the change: an ignored file, a file of git's own or of a submodule. */
function isIgnored(place: RepositoryPlace, path: RepoPath): boolean {
  if (path === '.git' || path.startsWith('.git/')) return true;
  // This command refuses literal pathspecs; `./` keeps a path from being read as a pattern's magic.
  const literal = { ...place.git, env: { ...place.git.env, GIT_LITERAL_PATHSPECS: '0' } };
  const { status } = runGit(literal, ['check-ignore', '--quiet', '--', `./${path}`], { accept: [0, 1, 128] });
  return status !== 1;
}
