import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { firstAtOrAfter } from './facts-by-place.ts';
import { groupBy, keepOf, keepOfBoth } from './kept.ts';
import { handedAlike, namedAlike, namedByWord, namedLonger, shortenedTo } from './named-alike.ts';

/** Both sides of one file, as far as they were read. */
type Sides = Pick<RuleInput, 'before' | 'after'>;

/**
 * The scope of the after side that stands for `scope` of the before side: the one of the same name, or a new one that calls
 * mostly the same (the function was renamed). Undefined where it was removed, with everything it guarded.
 */
export function counterpartScope(input: Sides, scope: string): string | undefined {
  const { before, after } = input;
  if (after === undefined || before === undefined) return undefined;
  const known = counterparts(before, after);
  if (!known.has(scope)) known.set(scope, findCounterpart(before, after, scope));
  return known.get(scope);
}

/** The other way round: the scope of the before side that `scope` of the after side stands for; undefined where it is new. */
export function formerScope(input: Sides, scope: string): SourceFacts['scopes'][number] | undefined {
  return input.before?.scopes.find(({ name }) => counterpartScope(input, name) === scope);
}

/** What was found for the scopes of one file: rules ask again for each of its calls. */
const counterparts = keepOfBoth((_before: SourceFacts, _after: SourceFacts) => new Map<string, string | undefined>());

function findCounterpart(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (scope === '') return scope;
  const found = hasScope(after, scope) ? (delegateOf(before, after, scope) ?? scope) : namedAlike(before, after, scope);
  if (found !== undefined) return found;
  const handed = handedByName(before, after, scope) ?? handedAlike(before, after, scope);
  if (handed !== undefined) return handed;
  const outer = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  const old = new Set(calleesIn(before.calls, scope));
  const best =
    alikeByName(before, after, scope, old) ??
    alikeByCallees(newScopes(before, after), old) ??
    alikeByField(before, after, old) ??
    alikeByPlain(before, after, old);
  const holder = holderOf(before, after, scope);
  if (holder !== undefined && (best === undefined || !within(best.name, holder))) {
    // What was asked of a module is taken out of it now: `fs.unlink(file, done)` and `await unlink(file)`.
    const last = (callees: Iterable<string>): ReadonlySet<string> =>
      new Set([...callees].map((callee) => callee.slice(callee.lastIndexOf('.') + 1)));
    const [was, fresh] = [last(old), last(calleesIn(after.calls, holder))];
    const shared = [...fresh].filter((callee) => was.has(callee)).length;
    if (shared > 0 && shared >= Math.min(was.size, fresh.size) / 2) return holder;
  }
  const namesake =
    outer !== '' && hasScope(after, outer) ? undefined : (namesakeOf(before, after, scope) ?? namedLonger(before, after, scope));
  // A part that was cut out of it does some of its work, and is called by it.
  const isPart = best !== undefined && namesake !== undefined && callsByName(after, namesake, best.name);
  if (best !== undefined && !isPart && !(namesake !== undefined && asksTheSame(after, namesake, scope, old))) {
    // What the method of a new class calls, the class calls as well.
    const method = `${best.name}.${scope.slice(scope.lastIndexOf('.') + 1)}`;
    return hasScope(after, method) && !hasScope(before, best.name) ? method : best.name;
  }
  if (namesake !== undefined) return namesake;
  const shortened = shortenedTo(before, after, scope);
  if (shortened !== undefined) return shortened;
  // A function without a name of its own went into the one around it.
  return outer !== '' && /[('"]/.test(scope) === false && hasScope(after, outer) && !hasScope(before, scope) ? outer : undefined;
}

/** The function of the very same name asks some of what was asked: `this.db.query` and `db.query`. */
function asksTheSame(after: SourceFacts, namesake: string, scope: string, old: ReadonlySet<string>): boolean {
  const last = (callee: string): string => callee.slice(callee.lastIndexOf('.') + 1);
  const was = new Set(last(namesake) === last(scope) ? [...old].map(last) : []);
  return calleesIn(after.calls, namesake).some((callee) => was.has(last(callee)));
}

interface NewScope {
  readonly name: string;
  readonly callees: ReadonlySet<string>;
}

interface Alike {
  readonly name: string;
  readonly score: number;
}

function alikeByCallees(scopes: readonly NewScope[], old: ReadonlySet<string>): Alike | undefined {
  let best: Alike | undefined;
  for (const { name, callees: fresh } of scopes) {
    const shared = [...fresh].filter((callee) => old.has(callee)).length;
    const score = shared / Math.max(1, Math.min(old.size, fresh.size));
    if (shared > 0 && score >= 0.5 && (best === undefined || score > best.score)) best = { name, score };
  }
  return best;
}

/** Of several that call the same the one whose name shares a word that no other has, even where it calls nothing of it any more. */
function alikeByName(before: SourceFacts, after: SourceFacts, scope: string, old: ReadonlySet<string>): Alike | undefined {
  const name = namedByWord(before, after, scope);
  if (name === undefined || hasScope(before, name)) return undefined;
  const scopes = newScopes(before, after);
  const own = scopes.find((one) => one.name === name);
  const rival = alikeByCallees(scopes, old);
  // What another one calls of it must be no more than what everybody calls.
  const shared = scopes.find((one) => one.name === rival?.name)?.callees ?? new Set<string>();
  const isCommon = [...old].every(
    (callee) => !shared.has(callee) || /^(?:Math|Number|Object|Array|JSON|String|Date|console)\./.test(callee),
  );
  return own !== undefined && rival !== undefined && rival.name !== name && isCommon ? { name, score: 1 } : undefined;
}

/** The new method that asks of its fields what a function asked of what it was handed: `db.insert` and `this.db.insert`. */
function alikeByField(before: SourceFacts, after: SourceFacts, old: ReadonlySet<string>): Alike | undefined {
  const asked = new Set([...old].filter((callee) => callee.includes('.')));
  return asked.size === 0 ? undefined : alikeByCallees(methodsByField(before, after), asked);
}

/** New functions by what they ask of their fields, as if each were handed to them. */
const methodsByField = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly NewScope[] =>
  newScopes(before, after).flatMap(({ name, callees }) => {
    const fields = [...callees].flatMap((callee) => /^(?:this|self)\.[#_]?(\w+\..+)$/.exec(callee)?.[1] ?? []);
    return fields.length === 0 ? [] : [{ name, callees: new Set(fields) }];
  }),
);

/** The new function that asks mostly the same functions of the project, whatever its framework is called: `handler` that became `POST`. */
function alikeByPlain(before: SourceFacts, after: SourceFacts, old: ReadonlySet<string>): Alike | undefined {
  const wanted = [...old].filter(isPlain);
  const found = newScopes(before, after).flatMap(({ name, callees }) => {
    const own = [...callees].filter(isPlain);
    const shared = own.filter((callee) => old.has(callee)).length;
    return shared >= 2 && shared >= Math.min(wanted.length, own.length) / 2 ? [{ name, score: shared }] : [];
  });
  return found.sort((a, b) => b.score - a.score)[0];
}

/** A function that is called by its name alone and is no part of a language: `markDelivered`. */
function isPlain(callee: string): boolean {
  return (
    /^[a-z_]\w{4,}$/.test(callee) &&
    !/^(?:fetch|require|parseInt|parseFloat|print|range|super|isinstance|getattr|setattr|hasattr|buffer|append|panic|sorted|reversed|enumerate|setTimeout|clearTimeout|setInterval|clearInterval|queueMicrotask|structuredClone|encodeURIComponent|decodeURIComponent)$/.test(
      callee,
    )
  );
}

/** A function that went into a class, or out of one, under its own name. */
function namesakeOf(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const own = scope.slice(scope.lastIndexOf('.') + 1);
  const names = /^\w+$/.test(own) ? (scopesByLast(after).get(own) ?? []).map(({ name }) => name) : [];
  // A function with attributes is more than one stretch of lines.
  const found = new Set(names.filter((name) => !hasScope(before, name)));
  return found.size === 1 ? [...found][0] : undefined;
}

function callsByName(facts: SourceFacts, scope: string, part: string): boolean {
  const own = part.slice(part.lastIndexOf('.') + 1);
  return calleesIn(facts.calls, scope).some((callee) => callee.slice(callee.lastIndexOf('.') + 1) === own);
}

/** The new function whose name the call is given now, where a function without one stood: `router.get('/x', show)`. */
function handedByName(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (!scope.endsWith(')')) return undefined;
  const names = after.calls.flatMap(({ scope: outer, callee, args }) => {
    if (args.length < 2 || !scope.endsWith(`${callee}(${args[0] ?? ''})`)) return [];
    const place = `${outer === '' ? '' : `${outer}.`}${callee}(${args[0] ?? ''})`;
    const name = /^(?:[\w$]+\.)*([A-Za-z_$][\w$]*)$/.exec(args.at(-1) ?? '')?.[1];
    return place === scope && name !== undefined ? [name] : [];
  });
  const [name] = names;
  const found = new Set(
    names.length === 1 && name !== undefined
      ? (scopesByLast(after).get(name) ?? []).map((other) => other.name).filter((other) => !hasScope(before, other))
      : [],
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** The function, by a name of its own, in which a function stood that was only handed to a call: `printJob` of `printJob.db.query('…')`. */
function holderOf(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const at = scope.indexOf('(');
  if (at < 0) return undefined;
  for (let end = scope.lastIndexOf('.', at); end > 0; end = scope.lastIndexOf('.', end - 1)) {
    const name = scope.slice(0, end);
    if (hasScope(before, name) && hasScope(after, name)) return name;
  }
  return undefined;
}

/**
 * The new function of the same name that does the work of one that only hands on to it now: `lookup = (q) => shared.lookup(q)`
 * beside a new `Client.lookup`. It calls some of what the old one called, and nothing of that is left in the old one.
 */
function delegateOf(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  const old = new Set(calleesIn(before.calls, scope));
  const now = calleesIn(after.calls, scope);
  if (old.size < 3 || now.length === 0 || now.length > 2 || now.some((callee) => old.has(callee))) return undefined;
  if (after.guards.some((guard) => within(guard.scope, scope))) return undefined;
  const called = new Set(now.map((callee) => callee.slice(callee.lastIndexOf('.') + 1)));
  const own = scope.slice(scope.lastIndexOf('.') + 1);
  const takers = newScopes(before, after).filter(
    ({ name, callees }) =>
      name.slice(name.lastIndexOf('.') + 1) === own && called.has(own) && [...callees].some((callee) => old.has(callee)),
  );
  return new Set(takers.map(({ name }) => name)).size === 1 ? takers[0]?.name : undefined;
}

/** True where `inner` is `outer` or stands inside it. */
export function within(inner: string, outer: string): boolean {
  return outer === '' || inner === outer || inner.startsWith(`${outer}.`);
}

/** Scopes that only the after side has, and what each of them calls. */
const newScopes = keepOfBoth((before: SourceFacts, after: SourceFacts) =>
  after.scopes.flatMap(({ name }) => (hasScope(before, name) ? [] : [{ name, callees: new Set(calleesIn(after.calls, name)) }])),
);

/** True where a side has a function, type or block of that name. */
export function hasScope(facts: SourceFacts, scope: string): boolean {
  return scopeNames(facts).has(scope);
}

const scopesByLast = keepOf((facts: SourceFacts) => groupBy(facts.scopes, ({ name }) => name.slice(name.lastIndexOf('.') + 1)));

const scopeNames = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.scopes.map((scope) => scope.name)));

/** Names of what a scope calls, and what stands inside it. */
export function calleesIn(calls: readonly Call[], scope: string): readonly string[] {
  if (scope === '') return calls.map((call) => call.callee);
  const { own, names } = callsByScope(calls);
  const inner = `${scope}.`;
  const found = [...(own.get(scope) ?? [])];
  for (let at = firstAtOrAfter(names, inner); names[at]?.startsWith(inner) === true; at += 1)
    found.push(...(own.get(names[at] ?? '') ?? []));
  return found.map((call) => call.callee);
}

/** Calls by the scope they stand in, and those scopes in order: what stands inside one follows each other there. */
const callsByScope = keepOf((calls: readonly Call[]) => {
  const own = groupBy(calls, ({ scope }) => scope);
  return { own, names: [...own.keys()].sort() };
});
