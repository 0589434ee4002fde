import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isHookElsewhere } from '../access/plugin-hooks.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newGuards } from '../code/scope-changes.ts';
import { split } from '../conditions/parts.ts';
import { byItsAnswer } from './asked-through-answer.ts';
import { isAskedAsOften } from './bounds-alike.ts';
import { filteredStops } from './filtered-stops.ts';
import { fieldsOf } from './handed-guards.ts';
import { askedAnew, askedInPieces, asksAlike, isTelling, partsHeld } from './same-question.ts';

/** The same question with other names for what it asks about, in the function or in one that is new in this file. */
export function isAskedAnew(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  if (isAskedInPieces(input, guard)) return true;
  if (!isTelling(before, guard)) return false;
  const fields = unkeyed(guard.test);
  // What a record was asked for by its keys, a type of its own asks of its fields.
  if (
    fields.split(/[<>=]/).filter((side) => /[A-Za-z_]\w{2}/.test(side)).length > 1 &&
    /\[['"]/.test(guard.test) &&
    newFields(before, after).get(fields)?.has(guard.exit) === true
  )
    return true;
  const fresh = guard.exit === 'throw' ? newStops(before, after) : newSkips(before, after);
  return askedAnew(before, guard, after, fresh).some(
    (other) => (other.exit === guard.exit || other.exit === 'throw' || other.exit === 'break') && isNear(input, guard, other),
  );
}

/**
 * A new function that only those ask, by a call or as their decorator, who lost the same condition, and the guard's own function not; and one
 * that a hook runs where it does not stand in front of this function.
 */
export function isForOthers(input: RuleInput, guard: Guard, fresh: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '') return false;
  if (isHookElsewhere(after, fresh.scope, scope)) return true;
  const others = before.guards.filter((other) => other.scope !== guard.scope && other.scope !== '' && asksAlike(before, guard, other));
  if (others.length === 0 || within(fresh.scope, scope)) return false;
  const names = new Set(fresh.scope.split('.'));
  const uses = after.calls.filter((call) => names.has(lastName(call.callee)) && call.scope !== '' && !within(fresh.scope, call.scope));
  // A type that a function asks for among its parameters is made before it runs.
  const owner = fresh.scope.split('.')[0] ?? '';
  const takers = /^[A-Z]/.test(owner)
    ? after.symbols.flatMap(({ name, parameters }) =>
        !within(fresh.scope, name) && parameters.some((each) => `${each.name} ${each.type}`.split(/\W+/).includes(owner)) ? [name] : [],
      )
    : [];
  const used = [...uses.map((call) => call.scope), ...takers];
  const parts = partScopes(after, scope);
  const theirs = others.flatMap((other) => counterpartScope(input, other.scope) ?? []);
  return used.length > 0 && used.every((user) => !isIn(parts, user) && isIn(theirs, user));
}

/** In the function that stands for the guard's own, or in one that is new in this file and not there for others alone. */
function isNear(input: RuleInput, guard: Guard, other: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined) return false;
  // That nothing was found is asked by many, each of its own query.
  const isCommon = /\browCount\b|\brows\b|\[0\]|\.length\b/.test(guard.test);
  if (
    isCommon &&
    !hasScope(before, other.scope) &&
    (scope === undefined || after === undefined || !isIn(partScopes(after, scope), other.scope))
  )
    return false;
  return hasScope(before, other.scope)
    ? scope !== undefined && within(other.scope, scope)
    : !isForOthers(input, guard, other) && isAskedAsOften(input, guard, other);
}

/** Each reason of the guard is one of a new guard near to it, less what the old function asked around it. */
export function isAskedInPieces(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  // Handlers without a name of their own ask it one like the other: `rowCount === 0`.
  if (/\browCount\b/.test(guard.test) && guard.scope.endsWith(')')) return false;
  const fresh = (guard.exit === 'throw' ? newStops(before, after) : newSkips(before, after)).filter(
    (other) =>
      (other.exit === guard.exit || other.exit === 'throw' || (guard.exit === 'break' && other.exit === 'return')) &&
      isNear(input, guard, other),
  );
  const forms = [guard, ...byOldAnswer(before, guard)];
  return fresh.length > 0 && forms.some((form) => askedInPieces(before, form, after, fresh, heldAround(input, guard)));
}

/** `isTooLarge(file)` by what that function answered: its body may have come in its place. */
function byOldAnswer(before: SourceFacts, guard: Guard): readonly Guard[] {
  const [, negation = '', name = ''] = /^(!|not )?(?:[\w$]+(?:\.|::))*([\w$]+)\([^()]*\)$/.exec(guard.test) ?? [];
  if (name === '') return [];
  return before.conditions.flatMap(({ kind, scope, test, range, compares }) =>
    kind === 'answers' && lastName(scope) === name
      ? [{ ...guard, test: negation === '' ? test : `!(${test})`, range, compares, key: `${guard.key} by ${test}` }]
      : [],
  );
}

/** What the conditions of the old function ask inside which the guard stands: each begins a block that is not left before it. */
function heldAround(input: RuleInput, guard: Guard): readonly string[] {
  const { before } = input;
  const content = input.trees.before.read(input.path);
  if (before === undefined || content?.kind !== 'text') return [];
  const lines = content.text.split('\n');
  const depth = (line: number): number => (lines[line - 1] ?? '').search(/\S/);
  const at = guard.range.start.line;
  return [...before.conditions, ...before.guards].flatMap((outer) => {
    const from = outer.range.start.line;
    if (outer.scope !== guard.scope || from >= at || ('kind' in outer && outer.kind === 'answers') || outer.test.startsWith('!('))
      return [];
    for (let line = from + 1; line <= at; line += 1) if (depth(line) >= 0 && depth(line) <= depth(from)) return [];
    return partsHeld(before, outer.test, from);
  });
}

/** New guards, and what those ask that ask a function of this file: `if !new.is_valid()` by what `is_valid` answers. */
const newStops = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => {
  const guards = [
    ...newGuards(after.guards, before.guards),
    ...requirements(before, after),
    ...tabled(before, after),
    ...newFiltered(before, after),
  ];
  return [...guards, ...guards.flatMap((guard) => byItsAnswer({ before, after }, guard))];
});

/** `require(cents <= MAX, "too high")` stops where `if (cents > MAX) throw …` does. */
function requirements(before: SourceFacts, after: SourceFacts): readonly Guard[] {
  const old = new Set(before.calls.map(({ key }) => key));
  return after.calls.flatMap(({ kind, callee, args, key, range, scope }): readonly Guard[] => {
    const [test = ''] = args;
    if (kind !== 'call' || old.has(key) || !REQUIRES.test(lastName(callee)) || !/[<>=!]|\b(in|is|not)\b/.test(test)) return [];
    const compares = /[<>]/.test(test);
    return [{ test: `!(${test})`, exit: 'throw', reads: test.match(/[A-Za-z_$][\w$]*/g) ?? [], compares, range, key, scope }];
  });
}

function newFiltered(before: SourceFacts, after: SourceFacts): readonly Guard[] {
  const old = new Set(filteredStops(before).map(({ key }) => key));
  return filteredStops(after).filter(({ key }) => !old.has(key));
}

const REQUIRES =
  /^(require|check|ensure|assert|verify|must|demand|precondition|invariant|checkArgument|checkState|isTrue|assume)(That|True|State)?$/i;

/** All that asks a function is content with another answer as well: `mayEdit() { return this.isMember() || this.isOpen() }`. */
function isOnlyOneOf({ conditions, guards }: SourceFacts, own: string): boolean {
  const call = new RegExp(`(?<![\\w$])${escaped(own)}\\(`);
  if (guards.some(({ test }) => call.test(test))) return false;
  const asking = conditions.filter(({ test, scope }) => call.test(test) && lastName(scope) !== own);
  return asking.length > 0 && asking.every(({ test }) => !split(test).all);
}

/** An answer that stands in a table or in a function which is named again asks what its opposite would stop for. */
function tabled(before: SourceFacts, after: SourceFacts): readonly Guard[] {
  const old = new Set(before.conditions.map(({ key }) => key));
  return after.conditions.flatMap((condition): readonly Guard[] => {
    const { kind, guarded: _, ...asked } = condition;
    const own = lastName(condition.scope);
    const isUsed = condition.scope === '' || (after.tokens.filter(({ text }) => text === own).length > 1 && !isOnlyOneOf(after, own));
    return kind === 'answers' && !old.has(condition.key) && !hasScope(before, condition.scope === '' ? own : condition.scope) && isUsed
      ? [{ ...asked, test: `!(${condition.test})`, exit: 'throw' }]
      : [];
  });
}

const newSkips = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => [
  ...newStops(before, after),
  ...newFilters(before, after),
]);

/** `rows.filter((row) => row.open)` passes over what `if (!row.open) continue` did. */
const newFilters = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => {
  const old = new Set(before.conditions.map(({ key }) => key));
  const filters = after.calls.filter(({ callee }) => lastName(callee) === 'filter');
  return after.conditions.flatMap((condition): readonly Guard[] => {
    const { start, end } = condition.range;
    const isFilter = filters.some(({ range }) => range.start.line <= start.line && end.line <= range.end.line);
    const { kind: _, guarded: __, ...asked } = condition;
    return condition.kind === 'answers' && isFilter && !old.has(condition.key)
      ? [{ ...asked, test: `!(${condition.test})`, exit: 'break' }]
      : [];
  });
});

/** `body['until'] <= body['since']` and `self.until <= self.since`, by the fields alone. */
function unkeyed(test: string): string {
  return fieldsOf(test.replace(/(?<=[\w)])\[['"]([A-Za-z_]\w*)['"]\]/g, '.$1'));
}

/** How the guards of functions that are new in this file stop, by the fields that they ask for. */
const newFields = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<string, ReadonlySet<string>> => {
  const fresh = newGuards(after.guards, before.guards).filter(({ scope }) => !hasScope(before, scope));
  return new Map([...groupBy(fresh, ({ test }) => unkeyed(test))].map(([fields, same]) => [fields, new Set(same.map(({ exit }) => exit))]));
});
