import { randomBytes } from 'node:crypto';
import { AppError } from '../app-error.ts';
import { type GitPlace, gitText, runGit } from '../git/git.ts';
import { NOTES_REF } from './read-notes.ts';

const MOST_ATTEMPTS = 20;

/**
 * Joins the notes of another commit of notes into refs/notes/brakeline, line by line (`cat_sort_uniq`), and gives whether that
 * changed anything. Nothing is lost: the merge happens on a ref of its own, and ours moves only from what was merged; whoever
 * wrote meanwhile makes us merge anew. `theirs` is an object id. Errors: `git-failed`.
 */
export function mergeNotes(place: GitPlace, theirs: string): boolean {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const ours = notesTip(place);
    if (ours === theirs || (ours !== undefined && isAncestor(place, theirs, ours))) return false;
    const merged = ours === undefined || isAncestor(place, ours, theirs) ? theirs : mergeAside(place, ours, theirs);
    if (moveRef(place, merged, ours)) return true;
  }
  throw new AppError('git-failed', `expected to move ${NOTES_REF} within ${MOST_ATTEMPTS} attempts, found that others kept moving it`);
}

/**
 * Adds lines to the note of a commit: the union of what it held and these, sorted. `commit` is an object id. Gives whether the
 * note changed. Errors: `git-failed`, where git knows no name for the commit of notes.
 */
export function addToNote(place: GitPlace, commit: string, lines: readonly string[]): boolean {
  if (lines.length === 0) return false;
  return onAsideRef((ref) => {
    runGit(place, ['notes', `--ref=${ref}`, 'add', '--force', '--file=-', commit], { input: lines.map((line) => `${line}\n`).join('') });
    const before = noteText(place, commit);
    const held = new Set(before.split('\n'));
    if (lines.every((line) => held.has(line))) return false;
    return mergeNotes(place, gitText(place, ['rev-parse', '--verify', ref]));
  }, place);
}

/** The commit that refs/notes/brakeline points to; undefined where there is none. */
export function notesTip(place: GitPlace): string | undefined {
  const oid = gitText(place, ['rev-parse', '--verify', '--quiet', NOTES_REF], { accept: [0, 1] });
  return oid === '' ? undefined : oid;
}

/** Which object has which note, at a commit of notes: blob ids by object id. */
export function listNotesAt(place: GitPlace, tip: string | undefined): ReadonlyMap<string, string> {
  if (tip === undefined) return new Map();
  const entries = gitText(place, ['ls-tree', '-r', '-z', tip])
    .split('\0')
    .flatMap((entry) => {
      const [about = '', path = ''] = entry.split('\t');
      const [, type, blob = ''] = about.split(' ');
      // A large tree of notes is fanned out: ab/cd/….
      return type === 'blob' ? [[path.replaceAll('/', ''), blob] as const] : [];
    });
  return new Map(entries);
}

function noteText(place: GitPlace, commit: string): string {
  if (notesTip(place) === undefined) return '';
  return gitText(place, ['notes', `--ref=${NOTES_REF}`, 'show', commit], { accept: [0, 1] });
}

function mergeAside(place: GitPlace, ours: string, theirs: string): string {
  return onAsideRef((ref) => {
    runGit(place, ['update-ref', ref, ours]);
    runGit(place, ['notes', `--ref=${ref}`, 'merge', '--quiet', '--strategy=cat_sort_uniq', theirs]);
    return gitText(place, ['rev-parse', '--verify', ref]);
  }, place);
}

/** Git merges notes under refs/notes alone, so the ref stands there while the work lasts. */
function onAsideRef<T>(work: (ref: string) => T, place: GitPlace): T {
  const ref = `refs/notes/brakeline-aside-${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    return work(ref);
  } finally {
    runGit(place, ['update-ref', '-d', ref]);
  }
}

/** False where the ref is not what it was. */
function moveRef(place: GitPlace, to: string, from: string | undefined): boolean {
  const { status } = runGit(place, ['update-ref', '-m', 'brakeline: join notes', NOTES_REF, to, from ?? '0'.repeat(to.length)], {
    accept: [0, 1, 128],
  });
  return status === 0;
}

function isAncestor(place: GitPlace, a: string, b: string): boolean {
  return runGit(place, ['merge-base', '--is-ancestor', a, b], { accept: [0, 1] }).status === 0;
}
