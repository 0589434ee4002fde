import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DamagedIndex, orProblem } from '../../core/reach/scip/damaged-index.ts';
import { type IndexSummary, inspectIndex } from '../../core/reach/scip/read-index.ts';
import { refusePointer } from '../../core/reach/scip/split-index.ts';
import { AppError } from '../app-error.ts';
import { refuseLinks } from '../plain-place.ts';
import { readDiskFile } from '../trees/disk-file.ts';
import { INDEX_LIST_PATH, type IndexEntry, parseIndexList, withEntries } from './index-list.ts';
import { indexFile } from './listed-index.ts';
import { statIndex, withIndex } from './open-index.ts';

/** No list that is read has more: four bytes a character. */
const MOST_LIST_BYTES = 1_048_576;

/** An index that was read from end to end and is listed now. */
export interface AddedIndex {
  readonly entry: IndexEntry;
  readonly summary: IndexSummary;
  readonly isNew: boolean;
}

export interface AddRequest {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Name of the repository that the one file is of; its root's last folder where not given. */
  readonly repository?: string;
  readonly commit?: string;
}

/**
 * Checks index files and lists them in the working tree's `.brakeline/index.yaml`. Nothing is written where one of them is bad.
 * Errors: `bad-index`, one line with the file, what was expected and what was found.
 */
export function addIndexes(root: string, { files, repository, commit }: AddRequest): readonly AddedIndex[] {
  const text = listText(root);
  const before = listedEntries(text);
  const taken = new Set<string>();
  const added = files.map((file): AddedIndex => {
    if (taken.has(file)) throw new AppError('bad-index', `expected each file once, found ${file} twice`);
    taken.add(file);
    const { summary, size, modifiedMs } = inspected(file);
    const listed = listedPath(root, file);
    const known = before.find((entry) => entry.path === listed);
    const entry: IndexEntry = {
      path: listed,
      repository: repository ?? known?.repository ?? repositoryName(summary.projectRoot, file),
      ...(commit === undefined ? {} : { commit }),
      made: new Date(modifiedMs).toISOString(),
      bytes: size,
    };
    return { entry, summary, isNew: known === undefined };
  });
  const next = withEntries(
    text,
    added.map(({ entry }) => entry),
  );
  const parsed = parseIndexList(next);
  if (parsed.kind === 'invalid') throw badList(parsed.errors[0]);
  refuseLinks(root, INDEX_LIST_PATH);
  replace(path.join(root, INDEX_LIST_PATH), next);
  return added;
}

/** A listed index as it stands now. */
export interface IndexState {
  readonly entry: IndexEntry;
  /** Whether the file is the one that `commit` and `made` speak of. */
  readonly isSame: boolean;
  readonly problem?: string;
}

/** What the working tree's list names; empty where there is none. Errors: `bad-index`. */
export function listedIndexes(root: string): readonly IndexState[] {
  return listedEntries(listText(root)).map((entry) => {
    const state = orProblem(() => {
      const file = indexFile(root, entry.path);
      const found = statIndex(file);
      withIndex(file, (source) => refusePointer(source));
      return found;
    });
    if ('problem' in state) return { entry, isSame: false, problem: state.problem };
    return { entry, isSame: entry.bytes === undefined || entry.bytes === state.size };
  });
}

function inspected(file: string): { readonly summary: IndexSummary; readonly size: number; readonly modifiedMs: number } {
  try {
    const { size, modifiedMs } = statIndex(file);
    return { summary: withIndex(file, inspectIndex), size, modifiedMs };
  } catch (error) {
    if (error instanceof DamagedIndex) throw new AppError('bad-index', `${file}: ${error.message}`, { cause: error });
    throw error;
  }
}

function listText(root: string): string | undefined {
  refuseLinks(root, INDEX_LIST_PATH);
  if (!existsSync(path.join(root, INDEX_LIST_PATH))) return undefined;
  const file = readDiskFile(root, INDEX_LIST_PATH, MOST_LIST_BYTES);
  if (file.kind === 'file') return Buffer.from(file.bytes).toString('utf8');
  const found = file.kind === 'large' ? `${file.size} bytes` : (file.detail ?? file.reason);
  throw new AppError('bad-index', `expected a list of at most ${MOST_LIST_BYTES} bytes at ${INDEX_LIST_PATH}, found ${found}`);
}

function listedEntries(text: string | undefined): readonly IndexEntry[] {
  if (text === undefined) return [];
  const parsed = parseIndexList(text);
  if (parsed.kind === 'invalid') throw badList(parsed.errors[0]);
  return parsed.entries;
}

function badList(error: { readonly line: number; readonly message: string } | undefined): AppError {
  return new AppError('bad-index', `${INDEX_LIST_PATH}:${error?.line ?? 1}: ${error?.message ?? 'expected a list of indexes, found none'}`);
}

/** Relative to the folder of the list; absolute where no relative path leads there, as to another drive. */
function listedPath(root: string, file: string): string {
  const relative = path.relative(path.join(root, path.dirname(INDEX_LIST_PATH)), file);
  return (path.isAbsolute(relative) ? file : relative).replaceAll(path.sep, '/');
}

/** `billing` of `file:///home/ci/work/billing`; the folder of the file where the index names no root. */
function repositoryName(projectRoot: string, file: string): string {
  const last =
    projectRoot
      .replace(/(?<!\/)\/+$/, '')
      .split('/')
      .at(-1) ?? '';
  try {
    const name = decodeURIComponent(last).trim();
    if (name !== '' && !name.endsWith(':')) return name;
  } catch {
    // Not the escapes of a URI: the folder names it as well.
  }
  return path.basename(path.dirname(file)) || 'unnamed';
}

/** Written aside and moved into place: whoever reads meanwhile finds the old list or the new one. */
function replace(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}`;
  try {
    writeFileSync(aside, text, { flag: 'wx' });
    renameSync(aside, file);
  } finally {
    rmSync(aside, { force: true });
  }
}
