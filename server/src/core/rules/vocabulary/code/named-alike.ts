import type { SourceFacts } from '../../../model/facts.ts';
import { words } from './call-names.ts';
import { keepOf, keepOfBoth } from './kept.ts';
import { symbolsNamed } from './symbols-by-name.ts';

/**
 * The method of a new type that a function became: `get_note` and `NoteRepository.get`. Its own name is part of the old one,
 * its type says the rest, and no other new method does. The other way round, the function that a method became.
 */
export function namedAlike(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (/^\w+\.\w+$/.test(scope)) return functionOfMethod(before, after, scope);
  const old = wordsOf(scope.slice(scope.lastIndexOf('.') + 1));
  const isFunction = symbolsNamed(before, scope).some(({ kind }) => kind === 'function');
  if (!isFunction || scope.includes('.') || old.length < 2) return undefined;
  const found = new Set(
    newNames(before, after).methods.flatMap(({ name, own, owner }) => {
      const isAlike = own.every((word) => old.includes(word)) && old.every((word) => own.includes(word) || owner.includes(word));
      return isAlike ? [name] : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** The new function that a method of a type that is gone became: `saveUpload` of `Uploads.save`. */
function functionOfMethod(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const [type = '', method = ''] = scope.split('.');
  const isMethod = symbolsNamed(before, scope).some(({ kind }) => kind === 'method');
  if (!isMethod || scopesOf(after).has(type)) return undefined;
  const [own, owner] = [wordsOf(method), wordsOf(type)];
  const found = new Set(
    newNames(before, after).functions.flatMap(({ name, now }) => {
      return now.length > own.length &&
        own.every((word) => now.includes(word)) &&
        now.every((word) => own.includes(word) || owner.includes(word) || /^(?:of|for|from|by|in|at)$/.test(word))
        ? [name]
        : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** Functions and methods of new types that the after side alone has: every scope that is gone asks for them. */
const newNames = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const fresh = [...scopesOf(after)].filter((name) => !scopesOf(before).has(name));
  const methods = fresh.flatMap((name) => {
    const [type = '', method = '', ...deeper] = name.split('.');
    if (scopesOf(before).has(type) || method === '' || deeper.length > 0) return [];
    return [{ name, own: wordsOf(method), owner: wordsOf(type) }];
  });
  return { methods, functions: fresh.flatMap((name) => (/^\w+$/.test(name) ? [{ name, now: wordsOf(name) }] : [])) };
});

const scopesOf = keepOf(({ scopes }: SourceFacts): ReadonlySet<string> => new Set(scopes.map(({ name }) => name)));

/** The words of a name, each in the singular. */
function wordsOf(name: string): readonly string[] {
  return words(name)
    .split(' ')
    .flatMap((word) => (word === '' ? [] : [word.replace(/(?<=\w\w)s$/, '')]));
}
