import type { Change } from '../../core/model/change.ts';
import type { FileContent, RepoPath, Tree } from '../../core/model/tree.ts';
import { splitLines } from '../../core/split-lines.ts';
import { AppError } from '../../host/app-error.ts';
import type { Repository } from '../../host/repository.ts';
import { overlayTree } from '../../host/trees/overlay-tree.ts';
import { type FilePatch, type PatchBlock, parseUnifiedDiff } from './unified-diff.ts';

/** A change made of a patch, applied in memory: no file is written. Errors: `bad-usage` where it does not apply. */
export function patchedChange(repository: Repository, base: string, patch: string): Change {
  const before = repository.commitTree(base);
  const files = applyPatches(before, parseUnifiedDiff(patch));
  const overlay = {
    paths: () => files.keys(),
    exists: (path: RepoPath) => files.get(path) !== undefined,
    read: (path: RepoPath) => files.get(path),
  };
  return {
    before,
    after: overlayTree('patch', before, overlay),
    touched: [...files.keys()],
    origin: { kind: 'unknown', evidence: 'none' },
    history: repository.history(base),
  };
}

type Files = ReadonlyMap<RepoPath, FileContent | undefined>;

function applyPatches(before: Tree, patches: readonly FilePatch[]): Files {
  const files = new Map<RepoPath, FileContent | undefined>();
  for (const patch of patches) {
    const from = patch.before === undefined ? undefined : checkedPath(patch.before);
    const to = patch.after === undefined ? undefined : checkedPath(patch.after);
    const old = from === undefined ? undefined : files.has(from) ? files.get(from) : before.read(from);
    if (from !== undefined && old === undefined) throw unfit(from, 'the file to be there', 'none');
    if (from === undefined && to !== undefined && before.read(to) !== undefined) throw unfit(to, 'no such file yet', 'one');
    if (from !== undefined && from !== to) files.set(from, undefined);
    if (to !== undefined) files.set(to, patchedContent(to, old, patch));
  }
  return files;
}

function patchedContent(path: RepoPath, old: FileContent | undefined, patch: FilePatch): FileContent {
  if (patch.binary) return { kind: 'unread', reason: 'binary', detail: 'the patch does not hold the new content as text' };
  if (patch.blocks.length === 0) return old ?? { kind: 'text', text: '' };
  if (old?.kind === 'unread') return old;
  return { kind: 'text', text: applyBlocks(path, old?.text ?? '', patch.blocks) };
}

/** Every kept and removed line must stand where the patch says it stands: a patch that only nearly fits is another change. */
function applyBlocks(path: RepoPath, text: string, blocks: readonly PatchBlock[]): string {
  const lines = splitLines(text);
  const out: string[] = [];
  let done = 0;
  for (const { start, removed, added } of blocks) {
    const from = removed.length === 0 ? start : start - 1;
    if (from < done || from > lines.length) throw unfit(path, `line ${start} below the lines before it`, `a file of ${lines.length} lines`);
    out.push(...lines.slice(done, from));
    for (const [offset, wanted] of removed.entries()) {
      const found = lines[from + offset];
      if (found !== wanted)
        throw unfit(
          path,
          `${JSON.stringify(wanted.trimEnd())} on line ${from + offset + 1}`,
          found === undefined ? 'the end of the file' : JSON.stringify(found.trimEnd()),
        );
    }
    out.push(...added);
    done = from + removed.length;
  }
  return [...out, ...lines.slice(done)].join('');
}

/** A patch is untrusted: a path that leaves the repository is refused before anything reads it. */
function checkedPath(path: string): RepoPath {
  const parts = path.split('/');
  if (path === '' || path.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..' || part === '.git')) {
    throw new AppError('bad-usage', `expected paths inside the repository in the patch, found ${JSON.stringify(path)}`);
  }
  // Checked just above: relative, POSIX, without dots.
  return path as RepoPath;
}

function unfit(path: string, expected: string, found: string): AppError {
  return new AppError('bad-usage', `the patch does not apply to ${path}: expected ${expected}, found ${found}`);
}
