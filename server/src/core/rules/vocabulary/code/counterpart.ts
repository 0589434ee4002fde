import type { Call, Fact, Guard, SourceFacts } from '../../../model/facts.ts';
import type { FileContent, RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { asksByName } from '../guards/condition-names.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';
import { likeness } from '../guards/guard-likeness.ts';
import { isHandedOver } from '../guards/handed-guards.ts';
import { factsWithin, firstAtOrAfter } from './facts-by-place.ts';
import { groupBy, keepOf, keepOfBoth } from './kept.ts';
import { namedAlike } from './named-alike.ts';
import { leftWithOverload } from './overloads.ts';
import { tokenTexts } from './token-lines.ts';

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

/** What was found for the scopes of one file: rules ask again for each of its calls. */
const counterparts = keepOfBoth((_before: SourceFacts, _after: SourceFacts) => new Map<string, string | undefined>());

function findCounterpart(before: SourceFacts, after: SourceFacts, scope: string): string | undefined {
  if (scope === '') return scope;
  const found = hasScope(after, scope) ? (delegateOf(before, after, scope) ?? scope) : namedAlike(before, after, scope);
  if (found !== undefined) return found;
  const outer = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  const old = new Set(calleesIn(before.calls, scope));
  let best: { readonly name: string; readonly score: number } | undefined;
  for (const { name, callees: fresh } of newScopes(before, after)) {
    const shared = [...fresh].filter((callee) => old.has(callee)).length;
    const score = shared / Math.max(1, Math.min(old.size, fresh.size));
    if (shared > 0 && score >= 0.5 && (best === undefined || score > best.score)) best = { name, score };
  }
  if (best !== undefined) return best.name;
  // A function that went into a class, or out of one, under its own name.
  const own = scope.slice(scope.lastIndexOf('.') + 1);
  const namesakes = /^\w+$/.test(own) ? (scopesByLast(after).get(own) ?? []).filter(({ name }) => !hasScope(before, name)) : [];
  const [namesake] = namesakes;
  // A function with attributes is more than one stretch of lines.
  if (namesake !== undefined && namesakes.every(({ name }) => name === namesake.name) && (outer === '' || !hasScope(after, outer)))
    return namesake.name;
  // A function without a name of its own went into the one around it.
  return outer !== '' && /[('"]/.test(scope) === false && hasScope(after, outer) && !hasScope(before, scope) ? outer : undefined;
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

/** Calls of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newCallsIn(input: RuleInput, scope: string): readonly Call[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  return factsWithin(newCalls(input.after.calls, input.before?.calls ?? NONE), counterpart);
}

/**
 * Calls of the before side that the after side does not have, inside the functions that `scope` of the after side stands for.
 * A rewrite is cut into several hunks, and what one of them lost another one has taken the place of.
 */
export function lostCallsIn(input: RuleInput, scope: string): readonly Call[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  const known = lostCalls(before, after);
  const found =
    known.get(scope) ??
    newCalls(before.calls, after.calls).filter((call) => within(counterpartScope(input, call.scope) ?? '\u0000', scope));
  known.set(scope, found);
  return found;
}

const lostCalls = keepOfBoth((_before: SourceFacts, _after: SourceFacts) => new Map<string, readonly Call[]>());

/** Guards of the after side that the before side did not have, inside the scope that stands for `scope`. */
export function newGuardsIn(input: Sides, scope: string): readonly Guard[] {
  const counterpart = counterpartScope(input, scope);
  if (counterpart === undefined || input.after === undefined) return [];
  return factsWithin(newGuards(input.after.guards, input.before?.guards ?? NONE), counterpart);
}

/** True where a removed call now stands in a function of this file that its own function calls: it was extracted. */
export function isExtracted(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  if (scope === undefined || input.after === undefined) return false;
  const called = new Set(calleesIn(input.after.calls, scope).map((callee) => callee.slice(callee.lastIndexOf('.') + 1)));
  return newCalls(input.after.calls, input.before?.calls ?? NONE).some(
    (other) => isSame(other, call) && !within(other.scope, scope) && other.scope.split('.').some((part) => called.has(part)),
  );
}

/** A method that is given the same, of whatever the function now calls the value: `(net * rate).quantize(CENT)`, `value.quantize(CENT)`. */
function isSame(one: Call, other: Call): boolean {
  const method = (callee: string): string => callee.slice(callee.lastIndexOf('.'));
  return (
    one.callee === other.callee ||
    // What a chain was given on the way is part of what it does.
    (one.callee.includes('.') &&
      !/\w\(/.test(`${one.callee} ${other.callee}`) &&
      method(one.callee) === method(other.callee) &&
      one.args.length > 0 &&
      one.args.join() === other.args.join())
  );
}

/**
 * True where an added call stood in this file before, word for word, and came along with its function: the function was
 * renamed, or the call was extracted from one or inlined into one. Between two functions that both stay nothing comes along.
 */
export function cameAlong(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const said = call.args.join();
  const same = (facts: SourceFacts): readonly Call[] => callsByWords(facts.calls).get(call.callee)?.get(said) ?? [];
  const stays = (facts: SourceFacts, scope: string): boolean => scope === '' || hasScope(facts, scope);
  const left = surplus(same(before), after.calls).filter((old) => !stays(before, call.scope) || !stays(after, old.scope));
  return surplus(same(after), before.calls).indexOf(call) < left.length;
}

/** Of n facts with one key, the last n - m where the old side has m of them. */
function surplus<T extends Fact>(facts: readonly T[], old: readonly Fact[]): readonly T[] {
  const had = countsOf(old);
  const left = new Map<string, number>();
  return facts.filter(({ key }) => {
    const count = left.get(key) ?? had.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count === 0;
  });
}

const NONE: readonly never[] = [];

const newCalls = keepOfBoth((calls: readonly Call[], old: readonly Call[]) => surplus(calls, old));
const newGuards = keepOfBoth((guards: readonly Guard[], old: readonly Guard[]) => surplus(guards, old));

const countsOf = keepOf((facts: readonly Fact[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { key } of facts) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
});

/** By name, and then by what is handed over: calls inside calls have arguments as long as the line. */
const callsByWords = keepOf(
  (calls: readonly Call[]) =>
    new Map([...groupBy(calls, ({ callee }) => callee)].map(([name, named]) => [name, groupBy(named, ({ args }) => args.join())])),
);

/** Removed guards whose function stays and which nothing like them replaces, in this file or another one of the change. */
export function lostGuards(input: RuleInput, isWanted: (guard: Guard) => boolean): readonly Guard[] {
  // `err != nil` stands for whatever was called above it, so each new one takes the place of one old one.
  const taken = new Set<Guard>();
  return input.removed.guards.filter((guard) => {
    if (!isWanted(guard) || counterpartScope(input, guard.scope) === undefined || leftWithOverload(input, guard)) return false;
    const isNameless = saysNothing(guard.test);
    const candidates = newGuardsIn(input, guard.scope).filter(
      (other) => !(isNameless && taken.has(other)) && replaces(input, guard, other),
    );
    const fresh = candidates.find((other) => checksSame(guard, other)) ?? candidates.find((other) => !isNameless || isFree(input, other));
    if (fresh !== undefined) {
      taken.add(fresh);
      return false;
    }
    return !isSearchedFor(input, guard) && !isAskedByName(input, guard) && !isSpelledOut(input, guard) && !isElsewhere(input, guard);
  });
}

/** Both ask for the outcome of the same calls, whoever they are asked of. */
function checksSame(one: Guard, other: Guard): boolean {
  const names = (guard: Guard): string => (guard.checks ?? []).map((callee) => callee.slice(callee.lastIndexOf('.') + 1)).join();
  return names(one) === names(other);
}

/** No other condition of the old function asked for what this one asks for, so it may stand for any of them. */
function isFree(input: RuleInput, fresh: Guard): boolean {
  return input.removed.guards.every((old) => !checksSame(old, fresh));
}

/** A condition that stands in every other function word for word: that it stands in a new one is no sign that it moved there. */
function saysNothing(test: string): boolean {
  return /^(err|error|e|!ok|ok)( != nil| == nil| == false)?$/.test(test);
}

/** A guard of the same kind and a like shape that asks about what the old one asked about. */
function replaces(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const kind = (guard: Guard, side: 'before' | 'after'): string => guardKind(guard, callsInside(guard, input[side]?.calls ?? []));
  // Word for word one of the reasons to stop: it stops as before, and something else stops as well.
  if (fresh.test.split(/\|\||\bor\b/).some((part) => flatten(part) === flatten(old.test))) return true;
  return (
    (likeness(old, fresh) >= 0.5 || isPartOf(old, fresh)) &&
    asksAboutSame(input, old, fresh) &&
    (kind(old, 'before') === kind(fresh, 'after') || isOneOf(old, fresh))
  );
}

/** `kind != A` that became `kind not in (A, B)`: the same question about one more answer. */
function isOneOf(old: Guard, fresh: Guard): boolean {
  const [, subject, answer] = /^([\w.]+) (?:!=|==) ([\w.]+)$/.exec(old.test) ?? [];
  const list = /^([\w.]+) (?:not )?in [([{](.*)[)\]}]$/.exec(fresh.test);
  return subject !== undefined && answer !== undefined && list?.[1] === subject && list[2]?.split(/,\s*/).includes(answer) === true;
}

/** Two checks that became one: each part of the old condition is like a part of the new one, about the same name. */
function isPartOf(old: Guard, fresh: Guard): boolean {
  const partsOf = (guard: Guard): readonly Guard[] => guard.test.split(/\|\||\bor\b/).map((test) => ({ ...guard, test: test.trim() }));
  const namesIn = (guard: Guard): readonly string[] => guard.test.match(/[A-Za-z_$][\w$]*/g) ?? [];
  const parts = partsOf(fresh);
  if (parts.length < 2) return false;
  return partsOf(old).every((part) =>
    parts.some((other) => likeness(part, other) >= 0.5 && namesIn(part).some((name) => namesIn(other).includes(name))),
  );
}

/** True where the two share a name, or one of the new names is an old one renamed, or a variable made of it. */
function asksAboutSame(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const content = input.trees.after.read(input.path);
  const text = content?.kind === 'text' ? content.text : '';
  const has = (facts: SourceFacts | undefined, name: string): boolean => facts !== undefined && tokenTexts(facts).has(name);
  const newNames = fresh.reads.filter((name) => isName(name));
  return old.reads
    .filter((name) => isName(name))
    .some(
      (name) =>
        newNames.includes(name) ||
        newNames.some((other) => (!has(input.after, name) && !has(input.before, other)) || isMadeOf(text, other, name)),
    );
}

/** Names that say nothing of what a condition is about. */
function isName(identifier: string): boolean {
  return !/^(undefined|NaN|Infinity|length|size|Array|Object|Number|String|Boolean)$/.test(identifier);
}

/** `const list = features.filter(Boolean)`. */
function isMadeOf(text: string, name: string, source: string): boolean {
  const quote = (word: string): string => word.replace(/[$]/g, '\\$&');
  return new RegExp(`\\b(const|let|var)\\s+${quote(name)}\\b[^\\n=]*=[^\\n]*\\b${quote(source)}\\b`).test(text);
}

/** A loop that returned at the first match, and a call that looks for it: `slices.Contains`, `any`, `some`. */
function isSearchedFor(input: RuleInput, { scope, exit, test, range }: Guard): boolean {
  if (exit !== 'return' || !/==/.test(test)) return false;
  const line = range.start.line;
  return (
    input.before?.loops.some(({ body }) => body.startLine <= line && line <= body.endLine) === true &&
    newCallsIn(input, scope).some(({ callee }) => /(^|[.:])(Contains|ContainsFunc|contains|includes|some|any|anyMatch|Any)$/.test(callee))
  );
}

/** `if !exists(id)` that became `found, err := exists(id)` and `if !found`: the same call, and its answer by a name of its own. */
function isAskedByName(input: RuleInput, guard: Guard): boolean {
  const callee = /^(?:!|not )?([\w$.]+)\(/.exec(guard.test)?.[1];
  const scope = counterpartScope(input, guard.scope);
  if (callee === undefined || scope === undefined) return false;
  const content = input.trees.after.read(input.path);
  const lines = content?.kind === 'text' ? content.text.split('\n') : [];
  const calls = input.after?.calls.filter((call) => call.callee === callee && within(call.scope, scope)) ?? [];
  const isNegated = /^(!|not )/.test(guard.test);
  return newGuardsIn(input, guard.scope).some((fresh) => {
    const [, negation, name = ''] = /^(!|not )?([A-Za-z_$][\w$]*)$/.exec(fresh.test) ?? [];
    if (name === '' || (negation !== undefined) !== isNegated || fresh.exit !== guard.exit) return false;
    return calls.some((call) => {
      const [names = '', rest] = (lines[call.range.start.line - 1] ?? '').split(/:?=(?!=)/);
      return rest !== undefined && call.range.start.line <= fresh.range.start.line && names.split(/[^\w$]+/).includes(name);
    });
  });
}

/** A new guard, here or in a new function, asks the same with a name for a part of it, or with what a name stood for. */
function isSpelledOut({ before, after }: RuleInput, { test, scope, exit }: Guard): boolean {
  if (before === undefined || after === undefined) return false;
  const fresh = newGuards(after.guards, before.guards).filter((other) => other.exit === exit && !hasScope(before, other.scope));
  return [...fresh, ...newGuardsIn({ before, after }, scope)].some(
    (other) => other.exit === exit && asksByName(before, after, test, other.test, 'and'),
  );
}

/** True where the same condition now stands in another function or another file: it was extracted or moved. */
function isElsewhere(input: RuleInput, guard: Guard): boolean {
  if (saysNothing(guard.test)) return false;
  if (isHandedOver(guard, newCallsIn(input, guard.scope), input.addedElsewhere().guards)) return true;
  if (input.after !== undefined && newTests(input.before?.guards ?? NONE, input.after.guards).has(bareTest(guard.test))) return true;
  return movedText(input, guard.test, guard.reads);
}

/** A condition without the object that its names are fields of here: `self.rows` and `rows`, Go's `p.prefix` and `prefix`. */
function bareTest(test: string): string {
  return test.replace(/\b(?:this|self|[a-z]{1,2})\.(?=\w)/g, '');
}

/** Conditions that no guard of the old side asks in the same function in the same way. */
const newTests = keepOfBoth((before: readonly Guard[], after: readonly Guard[]): ReadonlySet<string> => {
  const old = countsOf(before);
  return new Set(after.flatMap(({ key, test }) => (old.has(key) ? [] : [bareTest(test)])));
});

/**
 * True where a stretch of code now stands in another file that did not have it before, and one of the two imports the other:
 * the same words in a file that has nothing to do with this one guard something else. `names` are identifiers it holds.
 */
export function movedText(input: RuleInput, text: string, names: readonly string[]): boolean {
  const rarest = [...names].sort((a, b) => b.length - a.length)[0];
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const flat = flatten(text);
  if (rarest === undefined || text.length < 6 || !isAddedAsCode(input, flat)) return false;
  return input.trees.after.mentioning(rarest, [extension, '.ts', '.js']).some((path) => {
    if (path === input.path) return false;
    const after = input.trees.after.read(path);
    const before = input.trees.before.read(path);
    if (after?.kind !== 'text' || (before?.kind === 'text' && before.text === after.text)) return false;
    if (!flatten(after.text).includes(flat) || (before?.kind === 'text' && flatten(before.text).includes(flat))) return false;
    const own = input.trees.after.read(input.path);
    return STANDS_BEFORE_ALL.test(path) || asksFor(own, path) || asksFor(after, input.path);
  });
}

/** True where another file of the change gained it as a condition or a call: a remark with the same words guards nothing. */
function isAddedAsCode(input: RuleInput, flat: string): boolean {
  const { guards, calls } = input.addedElsewhere();
  return (
    guards.some((guard) => flatten(guard.test).includes(flat)) ||
    calls.some((call) => flatten(`${call.callee}(${call.args.join(',')})`).includes(flat))
  );
}

/** Files that a framework puts in front of every route, without an import. */
const STANDS_BEFORE_ALL = /(^|\/)(middleware|proxy|hooks\.server|_middleware)\.[cm]?[jt]sx?$/;

/** True where a file names another in an import: by its own name, or by its folder's. */
function asksFor(content: FileContent | undefined, path: RepoPath): boolean {
  if (content?.kind !== 'text') return false;
  const parts = path.replace(/\.[^./]+$/, '').split('/');
  const names = parts.slice(-2);
  return [...content.text.matchAll(/\b(?:from|import|require)\b\s*(?:\(\s*)?['"]([^'"]+)['"]/g)].some(([, specifier = '']) =>
    names.includes((specifier.split('/').at(-1) ?? '').replace(/\.[cm]?[jt]sx?$/, '')),
  );
}

/** Scopes that only the after side has, and what each of them calls. */
const newScopes = keepOfBoth((before: SourceFacts, after: SourceFacts) =>
  after.scopes.flatMap(({ name }) => (hasScope(before, name) ? [] : [{ name, callees: new Set(calleesIn(after.calls, name)) }])),
);

function hasScope(facts: SourceFacts, scope: string): boolean {
  return scopeNames(facts).has(scope);
}

const scopesByLast = keepOf((facts: SourceFacts) => groupBy(facts.scopes, ({ name }) => name.slice(name.lastIndexOf('.') + 1)));

const scopeNames = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.scopes.map((scope) => scope.name)));

function calleesIn(calls: readonly Call[], scope: string): readonly string[] {
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

function flatten(text: string): string {
  return text.replace(/\s+/g, '');
}
