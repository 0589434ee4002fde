import { type GitPlace, runGit, splitNul } from '../git/git.ts';
import type { NotesRange } from './read-notes.ts';

const KEY = 'Brakeline-Ack';
const MOST_COMMITS = 10_000;

/** A trailer points to an acknowledgement and carries none: twelve digits of the finding, and the key that signed. */
export function trailerOf(fingerprint: string, keyFingerprint: string): string {
  return `${KEY}: ${fingerprint.slice(0, 12)} ${keyFingerprint}`;
}

export interface Trailer {
  readonly commit: string;
  /** Twelve hex digits. */
  readonly finding: string;
  readonly key: string;
}

/** The trailers of the commits of a range; whatever is not of our form is left out. Ids are object ids. */
export function readTrailers(place: GitPlace, { base, head }: NotesRange): readonly Trailer[] {
  const format = `--format=tformat:%H%x00%(trailers:key=${KEY},valueonly,unfold)`;
  const range = base === undefined ? [head] : [`^${base}`, head];
  const options = ['log', '-z', '--no-show-signature', `--max-count=${MOST_COMMITS}`, format, '--end-of-options'];
  const fields = splitNul(runGit(place, [...options, ...range]).stdout);
  const trailers: Trailer[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    for (const value of (fields[i + 1] ?? '').split('\n')) {
      const [, finding, key] = /^([0-9a-f]{12}) (SHA256:[A-Za-z0-9+/]{43})$/.exec(value.trim()) ?? [];
      if (finding !== undefined && key !== undefined) trailers.push({ commit: fields[i] ?? '', finding, key });
    }
  }
  return trailers;
}

/**
 * Warnings for pointers that lead nowhere: a commit says that a finding was acknowledged, and no carrier has it. Coverage never
 * depends on a trailer; it tells a person which carrier was left behind. `open` are the fingerprints that are not covered.
 */
export function lostPointers(place: GitPlace, range: NotesRange, open: readonly string[]): readonly string[] {
  if (open.length === 0) return [];
  const wanted = new Set(open.map((fingerprint) => fingerprint.slice(0, 12)));
  return [
    ...new Set(
      readTrailers(place, range)
        .filter(({ finding }) => wanted.has(finding))
        .map(
          ({ commit, finding, key }) =>
            `commit ${commit.slice(0, 12)} points to an acknowledgement of ${finding} by ${key}, and no carrier holds one that counts: run brakeline sync --fetch`,
        ),
    ),
  ].slice(0, MOST_LISTED);
}

const MOST_LISTED = 20;
