import type { FileChange } from '../model/change.ts';
import type { RepoPath } from '../model/tree.ts';
import { splitLines } from '../split-lines.ts';

/** Whether the engine would judge one text alike at both paths. Given by `assess`: this room knows no language and no policy. */
export type SameMeaning = (from: RepoPath, to: RepoPath) => boolean;

/** Two files less alike than this (characters in shared lines over the longer file) are not one file renamed. */
const LEAST_SIMILARITY = 0.5;

/** Deleted files times added files, and shared lines times the files that hold them: beyond these nothing is compared. */
const PAIR_CAP = 4_000_000;
const STEP_CAP = 10_000_000;

/**
 * Joins a deleted and an added file into one renamed file: those of equal text first, then the most alike of at least 50 %
 * shared lines, each file at most once. The files come sorted by path, and ties go to the first path, so that the answer is
 * a function of the change. Beyond the caps files stay deleted and added, which loses no line of the change.
 */
export function followRenames(files: readonly FileChange[], sameMeaning: SameMeaning): readonly FileChange[] {
  const mayRename = (source: FileChange, target: FileChange): boolean =>
    isSameKind(source, target) && sameMeaning(source.path, target.path);
  const deleted = files.filter((file) => file.after === undefined && textOf(file) !== '');
  const added = files.filter((file) => file.before === undefined && textOf(file) !== '');
  if (deleted.length === 0 || added.length === 0) return files;
  const sources = new Map<FileChange, FileChange>();
  const join = (source: FileChange, target: FileChange): void => {
    sources.set(target, source);
  };
  joinEqual(deleted, added, mayRename, join);
  const used = new Set(sources.values());
  joinAlike(
    deleted.filter((file) => !used.has(file)),
    added.filter((file) => !sources.has(file)),
    mayRename,
    join,
  );
  const gone = new Set(sources.values());
  return files.filter((file) => !gone.has(file)).map((file) => renamed(file, sources.get(file)));
}

function renamed(file: FileChange, source: FileChange | undefined): FileChange {
  return source === undefined ? file : { path: file.path, previousPath: source.path, before: source.before, after: file.after };
}

type MayRename = (source: FileChange, target: FileChange) => boolean;
type Join = (source: FileChange, target: FileChange) => void;

function joinEqual(deleted: readonly FileChange[], added: readonly FileChange[], mayRename: MayRename, join: Join): void {
  const byText = new Map<string, FileChange[]>();
  for (const file of deleted) {
    const group = byText.get(textOf(file));
    if (group === undefined) byText.set(textOf(file), [file]);
    else group.push(file);
  }
  const left: FileChange[] = [];
  for (const target of added) {
    if (!take(byText.get(textOf(target)), (source) => mayRename(source, target) && baseName(source) === baseName(target), target, join)) {
      left.push(target);
    }
  }
  for (const target of left) take(byText.get(textOf(target)), (source) => mayRename(source, target), target, join);
}

function take(group: FileChange[] | undefined, fits: (source: FileChange) => boolean, target: FileChange, join: Join): boolean {
  const index = group?.findIndex(fits) ?? -1;
  const [source] = index === -1 ? [] : (group?.splice(index, 1) ?? []);
  if (source !== undefined) join(source, target);
  return source !== undefined;
}

function joinAlike(deleted: readonly FileChange[], added: readonly FileChange[], mayRename: MayRename, join: Join): void {
  if (PAIR_CAP < deleted.length * added.length) return;
  const candidates = similarPairs(deleted, added, mayRename);
  candidates.sort((a, b) => b.similarity - a.similarity || a.source - b.source || a.target - b.target);
  const usedSources = new Set<number>();
  const usedTargets = new Set<number>();
  for (const { source, target } of candidates) {
    const from = deleted[source];
    const to = added[target];
    if (from === undefined || to === undefined || usedSources.has(source) || usedTargets.has(target)) continue;
    usedSources.add(source);
    usedTargets.add(target);
    join(from, to);
  }
}

interface Candidate {
  readonly source: number;
  readonly target: number;
  readonly similarity: number;
}

/** Meets files through the lines they share, the rarest lines first, so that unlike files cost nothing. */
function similarPairs(deleted: readonly FileChange[], added: readonly FileChange[], mayRename: MayRename): Candidate[] {
  const holders = linesHeldByBoth(deleted, added);
  const shared = new Float64Array(deleted.length * added.length);
  let steps = 0;
  for (const { characters, sources, targets } of holders) {
    steps += sources.size * targets.size;
    if (STEP_CAP < steps) break;
    for (const [source, sourceCount] of sources) {
      for (const [target, targetCount] of targets) {
        const pair = source * added.length + target;
        shared[pair] = (shared[pair] ?? 0) + characters * Math.min(sourceCount, targetCount);
      }
    }
  }
  const candidates: Candidate[] = [];
  deleted.forEach((from, source) => {
    added.forEach((to, target) => {
      const similarity = (shared[source * added.length + target] ?? 0) / Math.max(textOf(from).length, textOf(to).length);
      if (LEAST_SIMILARITY <= similarity && mayRename(from, to)) candidates.push({ source, target, similarity });
    });
  });
  return candidates;
}

interface Holders {
  readonly characters: number;
  /** Index of a file, and how often it holds the line. */
  readonly sources: Map<number, number>;
  readonly targets: Map<number, number>;
}

function linesHeldByBoth(deleted: readonly FileChange[], added: readonly FileChange[]): Holders[] {
  const byLine = new Map<string, Holders>();
  deleted.forEach((file, index) => {
    for (const line of splitLines(textOf(file))) {
      let holders = byLine.get(line);
      if (holders === undefined) {
        holders = { characters: line.length, sources: new Map(), targets: new Map() };
        byLine.set(line, holders);
      }
      holders.sources.set(index, (holders.sources.get(index) ?? 0) + 1);
    }
  });
  added.forEach((file, index) => {
    for (const line of splitLines(textOf(file))) {
      const targets = byLine.get(line)?.targets;
      targets?.set(index, (targets.get(index) ?? 0) + 1);
    }
  });
  const shared = [...byLine.values()].filter((holders) => 0 < holders.targets.size);
  return shared.sort((a, b) => a.sources.size * a.targets.size - b.sources.size * b.targets.size);
}

/**
 * A rename is followed where both paths mean the same to the engine. A text that becomes a script, or enters `.github`, does
 * something that it did not do before: it is shown as a new file.
 */
function isSameKind(source: FileChange, target: FileChange): boolean {
  return fileKind(source.path) === fileKind(target.path) && source.path.startsWith('.github/') === target.path.startsWith('.github/');
}

const SCRIPT = /^\.[cm]?[jt]sx?$/;

function fileKind(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  const extension = dot === -1 ? name : name.slice(dot);
  if (SCRIPT.test(extension)) return '.ts';
  return extension === '.yml' ? '.yaml' : extension;
}

function baseName(file: FileChange): string {
  return file.path.slice(file.path.lastIndexOf('/') + 1);
}

/** Text of the one side that a deleted or an added file has; empty where it was not read. */
function textOf(file: FileChange): string {
  const side = file.before ?? file.after;
  return side?.kind === 'text' ? side.text : '';
}
