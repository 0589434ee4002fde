import type { SourceFacts } from '../../../model/facts.ts';
import { words } from './call-names.ts';
import { groupBy, keepOf, keepOfBoth } from './kept.ts';
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

/**
 * The new method of which no more is left to be told than what its type, or what it is handed, says: `charge_order` and
 * `Payments.charge`, `get_rates` and `Carrier.rates`. It may stand for one function that is gone, and that one for it alone.
 */
export function shortenedTo(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (scope.includes('.') || !symbolsNamed(before, scope).some(({ kind }) => kind === 'function')) return undefined;
  const { methods } = newNames(before, after);
  const candidates = (name: string): readonly string[] => {
    const old = wordsOf(name);
    return old.length < 2 ? [] : methods.flatMap((method) => (isShortened(old, method.own) ? [method.name] : []));
  };
  const [found, ...more] = new Set(candidates(scope));
  if (found === undefined || more.length > 0) return undefined;
  const others = [...scopesOf(before)].filter((name) => name !== scope && /^\w+$/.test(name) && !scopesOf(after).has(name));
  return others.some((name) => candidates(name).includes(found)) ? undefined : found;
}

/** The verb of it, or all but a verb that only says that something is read. */
function isShortened([verb = '', ...rest]: readonly string[], own: readonly string[]): boolean {
  const isRead = /^(?:get|fetch|load|read|find|list|do|make|run|handle)$/.test(verb);
  return (own[0] === verb && !isRead && own.slice(1).every((word) => rest.includes(word))) || (isRead && own.join(' ') === rest.join(' '));
}

/** The new function that a method of a type that is gone became: `saveUpload` of `Uploads.save`. */
function functionOfMethod(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const [type = '', method = ''] = scope.split('.');
  const isMethod = symbolsNamed(before, scope).some(({ kind }) => kind === 'method');
  if (!isMethod || scopesOf(after).has(type)) return undefined;
  const [own, owner] = [wordsOf(method), wordsOf(type)];
  const found = new Set(
    newNames(before, after).functions.flatMap(({ name, now }) => {
      const isOwn =
        now.length > own.length &&
        own.every((word) => now.includes(word)) &&
        now.every((word) => own.includes(word) || owner.includes(word) || /^(?:of|for|from|by|in|at)$/.test(word));
      // `StaffSync.run` says no more than its type: `syncStaff`.
      const isType =
        RUNS.test(method) &&
        now.length === owner.length &&
        now.every((word) => owner.some((said) => said === word || said.startsWith(word)));
      return isOwn || isType ? [name] : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/**
 * The new function that shares a word with one that is gone, where no other one that is gone and no other new one has that word: `vatCents`
 * of `vatFor` beside `depositCents` of `depositFor`. A word that says what is done with anything tells nothing.
 */
export function namedByWord(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (!/^\w+$/.test(scope)) return undefined;
  const { gone, fresh } = namesByWord(before, after);
  const found = new Set(
    wordsOf(scope).flatMap((word) => {
      const [now, ...others] = fresh.get(word) ?? [];
      return gone.get(word)?.length === 1 && now !== undefined && others.length === 0 ? [now] : [];
    }),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/**
 * The new function whose name says the same with more words or with fewer, `bookSeat` of `book`, where no other new one does, and no other
 * one that is gone; and of a module that was one function the only one that it exports now.
 */
export function namedLonger(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (scope === 'module.exports') {
    const fresh = after.symbols.filter(({ kind, exported, name }) => kind === 'function' && exported && !scopesOf(before).has(name));
    return fresh.length === 1 ? fresh[0]?.name : undefined;
  }
  if (!/^(?:\w+\.)?\w+$/.test(scope) || !symbolsNamed(before, scope).some(({ kind }) => /^(?:function|method)$/.test(kind)))
    return undefined;
  const { functions } = newNames(before, after);
  const isAlike = (one: readonly string[], other: readonly string[]): boolean =>
    one.some((word) => !DOES.test(word)) && (one.every((word) => other.includes(word)) || other.every((word) => one.includes(word)));
  const candidates = (name: string): readonly string[] =>
    functions.flatMap(({ name: now, now: own }) => (isAlike(wordsOf(name.slice(name.lastIndexOf('.') + 1)), own) ? [now] : []));
  const [found, ...more] = candidates(scope);
  if (found === undefined || more.length > 0) return undefined;
  const others = before.symbols.filter(
    ({ name, kind }) => name !== scope && /^(?:function|method)$/.test(kind) && scopesOf(before).has(name) && !scopesOf(after).has(name),
  );
  return others.some(({ name }) => candidates(name).includes(found)) ? undefined : found;
}

/** Functions that one side alone has, by the words of their names. */
const namesByWord = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const byWord = (one: SourceFacts, other: SourceFacts): ReadonlyMap<string, readonly string[]> => {
    const only = [...scopesOf(one)].filter((name) => /^\w+$/.test(name) && !scopesOf(other).has(name));
    const pairs = only.flatMap((name) => [...new Set(wordsOf(name))].filter((word) => !DOES.test(word)).map((word) => ({ name, word })));
    return new Map([...groupBy(pairs, ({ word }) => word)].map(([word, own]) => [word, own.map(({ name }) => name)]));
  };
  return { gone: byWord(before, after), fresh: byWord(after, before) };
});

const DOES =
  /^(?:get|set|put|post|fetch|load|read|write|save|store|find|list|create|make|build|new|add|update|change|delete|remove|send|run|do|handle|process|check|is|has|to|of|for|from|by|in|on|at|with|and|or|all|the|a|async|sync|fn|cb|handler|helper|util|internal|impl|then|each|map|parse|format|apply|call|start|stop|init|data|item|value|row|id|result|response|request|res|req|err|error)$/;

/** The one new function that is handed to the same call in another function: `routes.app.post('/pay')` of `module.exports.app.post('/pay')`. */
export function handedAlike(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const call = callIn(scope);
  if (call === undefined) return undefined;
  const found = handedTo(before, after).get(call) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

/** `app.post('/pay')` of `routes.app.post('/pay')`. */
function callIn(scope: string): string | undefined {
  const open = /['"]\)$/.test(scope) ? Math.max(scope.lastIndexOf("('"), scope.lastIndexOf('("')) : -1;
  return open < 0 ? undefined : `${scope.slice(0, open).split('.').slice(-2).join('.')}${scope.slice(open)}`;
}

const handedTo = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<string, readonly string[]> => {
  const fresh = [...scopesOf(after)].filter((name) => name.endsWith(')') && !scopesOf(before).has(name));
  const calls = fresh.flatMap((name) => {
    const call = callIn(name);
    return call === undefined ? [] : [{ name, call }];
  });
  return new Map([...groupBy(calls, ({ call }) => call)].map(([call, own]) => [call, own.map(({ name }) => name)]));
});

/** A method that only says that its object works. */
const RUNS = /^(?:run|execute|exec|handle|perform|call|invoke|start|process|main)$/;

/** Functions and methods of new types that the after side alone has: every scope that is gone asks for them. */
const newNames = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const fresh = [...scopesOf(after)].filter((name) => !scopesOf(before).has(name));
  const methods = fresh.flatMap((name) => {
    const [type = '', method = '', ...deeper] = name.split('.');
    if (scopesOf(before).has(type) || method === '' || deeper.length > 0) return [];
    return [{ name, own: wordsOf(method), owner: wordsOf(type) }];
  });
  // A type does no function's work.
  const types = new Set(after.symbols.flatMap(({ name, kind }) => (/^(?:class|interface|type|enum)$/.test(kind) ? [name] : [])));
  // Nor does a module of Rust: `mod orders;`.
  const isModule = (name: string): boolean =>
    after.language === 'rust' && !symbolsNamed(after, name).some(({ kind }) => kind === 'function');
  const functions = fresh.flatMap((name) =>
    /^\w+$/.test(name) && !types.has(name) && !isModule(name) ? [{ name, now: wordsOf(name) }] : [],
  );
  return { methods, functions };
});

const scopesOf = keepOf(({ scopes }: SourceFacts): ReadonlySet<string> => new Set(scopes.map(({ name }) => name)));

/** The words of a name, each in the singular. */
function wordsOf(name: string): readonly string[] {
  return words(name)
    .split(' ')
    .flatMap((word) => (word === '' ? [] : [word.replace(/(?<=\w\w)s$/, '')]));
}
