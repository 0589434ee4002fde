import { AppError } from '../app-error.ts';
import { type GitPlace, runGit } from '../git/git.ts';
import { type CarrierLines, splitLines } from './carrier-path.ts';

export const NOTES_REF = 'refs/notes/brakeline';

const MOST_COMMITS = 10_000;
const MOST_BYTES = 16_777_216;

/** Object ids of the commits whose notes to read: those of `head` that `base` has not, or all of `head`. */
export interface NotesRange {
  readonly base?: string;
  readonly head: string;
}

/**
 * Lines of the git notes under refs/notes/brakeline of the commits of a range. A note can outlive the content it was written
 * for (an amended commit keeps it), so it is transport and proves nothing: coverage is decided by fingerprint. No ref, no lines.
 */
export function readNotes(place: GitPlace, { base, head }: NotesRange): CarrierLines {
  for (const oid of [base, head]) {
    if (oid !== undefined && !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(oid))
      throw new AppError('bad-revision', `expected an object id, found ${oid.slice(0, 70)}`);
  }
  const noteOf = listNotes(place);
  if (noteOf.size === 0) return { lines: [], warnings: [] };
  const range = base === undefined ? [head] : [head, `^${base}`];
  const commits = words(runGit(place, ['rev-list', `--max-count=${MOST_COMMITS + 1}`, ...range, '--']).stdout);
  const warnings = commits.length > MOST_COMMITS ? [`notes of more than ${MOST_COMMITS} commits: the rest not read`] : [];
  const blobs = [...new Set(commits.slice(0, MOST_COMMITS).flatMap((commit) => noteOf.get(commit) ?? []))];
  const reading = readBlobs(place, blobs);
  return { lines: reading.lines, warnings: [...warnings, ...reading.warnings] };
}

function listNotes(place: GitPlace): ReadonlyMap<string, string> {
  const fields = words(runGit(place, ['notes', `--ref=${NOTES_REF}`, 'list']).stdout);
  const notes = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) notes.set(fields[i + 1] ?? '', fields[i] ?? '');
  return notes;
}

/** `cat-file --batch` answers `<oid> <type> <size>`, the bytes and a line end, or `<oid> missing`. */
function readBlobs(place: GitPlace, blobs: readonly string[]): CarrierLines {
  const sizes = batch(place, '--batch-check', blobs).toString('utf8').split('\n');
  const lines: string[] = [];
  const warnings: string[] = [];
  const readable: string[] = [];
  let total = 0;
  for (const [index, blob] of blobs.entries()) {
    const [, type, size] = (sizes[index] ?? '').split(' ');
    total += Number(size ?? 0);
    if (type !== 'blob') warnings.push(`note ${blob.slice(0, 12)} not read: expected a blob, found ${type ?? 'nothing'}`);
    else if (total > MOST_BYTES)
      warnings.push(`note ${blob.slice(0, 12)} not read: expected at most ${MOST_BYTES} bytes of notes, found more`);
    else readable.push(blob);
  }
  const bytes = batch(place, '--batch', readable);
  let offset = 0;
  while (offset < bytes.length) {
    const headEnd = bytes.indexOf(0x0a, offset);
    const size = Number(bytes.subarray(offset, headEnd).toString('utf8').split(' ')[2]);
    lines.push(...splitLines(bytes.subarray(headEnd + 1, headEnd + 1 + size).toString('utf8')));
    offset = headEnd + 1 + size + 1;
  }
  return { lines, warnings };
}

function batch(place: GitPlace, mode: '--batch' | '--batch-check', blobs: readonly string[]): Buffer {
  if (blobs.length === 0) return Buffer.alloc(0);
  return runGit(place, ['cat-file', mode], { input: `${blobs.join('\n')}\n` }).stdout;
}

function words(bytes: Buffer): readonly string[] {
  return bytes
    .toString('utf8')
    .split(/\s+/)
    .filter((word) => word !== '');
}
