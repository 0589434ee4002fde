import type { FileAnalysis } from './analyse-file.ts';
import { importedIn } from './file-heirs.ts';

/** Words on the lines that a file gained, which its old text did not have; what it imports now is new to it, though it said the word before. */
export function newWords({ hunks, file, before, after }: FileAnalysis): ReadonlySet<string> {
  const old = new Set(file.before?.kind === 'text' ? wordsOf(file.before.text) : []);
  const known = importedIn(before);
  const imported = [...importedIn(after)].filter((name) => !known.has(name));
  return new Set(
    [...hunks.flatMap(({ added }) => added.flatMap(wordsOf)).filter((word) => !old.has(word)), ...imported].filter(
      (word) => word.length > 3,
    ),
  );
}

function wordsOf(text: string): readonly string[] {
  return (text.match(/[A-Za-z_$][\w$-]*/g) ?? []).flatMap((word) => (word.includes('-') ? [word, ...word.split('-')] : [word]));
}

/**
 * Names that a file declares for the first time, and its own where it is new. What it imports itself is declared elsewhere, though it
 * stands there as the key of a value: two files that begin to use a third one took nothing from each other.
 */
export function declaredIn({ file, before, after, residue: { added } }: FileAnalysis): ReadonlySet<string> {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const old = new Set(before?.symbols.map(({ name }) => last(name)));
  const imported = importedIn(after);
  // A shell has no symbols beside its functions.
  const functions = after?.language === 'shell' ? after.scopes.map(({ name }) => name) : [];
  const known = new Set(before?.scopes.map(({ name }) => name));
  const own = before === undefined ? [(file.path.split('/').at(-1) ?? '').replace(/\..*/s, '')] : [];
  return new Set(
    [
      ...own,
      ...functions.filter((name) => !known.has(name)),
      ...added.symbols.map(({ name }) => last(name)).filter((name) => !old.has(name)),
      ...added.options.filter(({ callee }) => callee === '').flatMap(({ name, key }) => [name, ...homesIn(key)]),
      ...added.settings.map(({ path }) => path.at(-1) ?? ''),
    ].filter((name) => name.length > 3 && !imported.has(name)),
  );
}

/** `LIMITS` of a property of `const LIMITS = {…}`. */
function homesIn(key: string): readonly string[] {
  const inside = /^[^(]*\(([^:]*):/.exec(key)?.[1] ?? '';
  return inside.split('.').slice(0, -1);
}
