import type { SourceFacts } from '../../../model/facts.ts';
import { words } from './call-names.ts';

/**
 * The method of a new type that a function became: `get_note` and `NoteRepository.get`. Its own name is part of the old one,
 * its type says the rest, and no other new method does. The other way round, the function that a method became.
 */
export function namedAlike(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (/^\w+\.\w+$/.test(scope)) return functionOfMethod(before, after, scope);
  const old = wordsOf(scope.slice(scope.lastIndexOf('.') + 1));
  const isFunction = before.symbols.some(({ name, kind }) => name === scope && kind === 'function');
  if (!isFunction || scope.includes('.') || old.length < 2) return undefined;
  const known = new Set(before.scopes.map(({ name }) => name));
  const found = new Set(
    after.scopes.flatMap(({ name }) => {
      const [type = '', method = '', ...deeper] = name.split('.');
      if (known.has(name) || known.has(type) || method === '' || deeper.length > 0) return [];
      const [own, owner] = [wordsOf(method), wordsOf(type)];
      const isAlike = own.every((word) => old.includes(word)) && old.every((word) => own.includes(word) || owner.includes(word));
      return isAlike ? [name] : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** The new function that a method of a type that is gone became: `saveUpload` of `Uploads.save`. */
function functionOfMethod(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const [type = '', method = ''] = scope.split('.');
  const isMethod = before.symbols.some(({ name, kind }) => name === scope && kind === 'method');
  if (!isMethod || after.scopes.some(({ name }) => name === type)) return undefined;
  const known = new Set(before.scopes.map(({ name }) => name));
  const [own, owner] = [wordsOf(method), wordsOf(type)];
  const found = new Set(
    after.scopes.flatMap(({ name }) => {
      const now = /^\w+$/.test(name) && !known.has(name) ? wordsOf(name) : [];
      return now.length > own.length &&
        own.every((word) => now.includes(word)) &&
        now.every((word) => own.includes(word) || owner.includes(word) || /^(?:of|for|from|by|in|at)$/.test(word))
        ? [name]
        : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** The words of a name, each in the singular. */
function wordsOf(name: string): readonly string[] {
  return words(name)
    .split(' ')
    .flatMap((word) => (word === '' ? [] : [word.replace(/(?<=\w\w)s$/, '')]));
}
