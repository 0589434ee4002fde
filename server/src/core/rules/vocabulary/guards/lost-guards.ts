import type { Guard, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { flatten, movedText } from '../code/moved-text.ts';
import { numberOf } from '../code/option-changes.ts';
import { leftWithOverload } from '../code/overloads.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { asksElsewhere, isNewPart, newCallsIn, newGuards, newGuardsIn } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { isAnsweredByPart } from './answered-guards.ts';
import { isBoundedOtherwise } from './bounded-otherwise.ts';
import { split } from './condition-changes.ts';
import { asksByName, spelledOut } from './condition-names.ts';
import { isAskedInPart } from './extracted-guards.ts';
import { callsInside, guardKind, isEmptinessTest } from './guard-kinds.ts';
import { likeness } from './guard-likeness.ts';
import { fieldsOf, isHandedOver } from './handed-guards.ts';
import { bareTest, isInNamedGuard, isName, standsElsewhere } from './moved-guards.ts';
import { bySubject, hasSameBounds, raisesBound } from './same-bounds.ts';
import { askedAnew, isTelling } from './same-question.ts';
import { isSortedByKind } from './sorted-errors.ts';
import { isTakenApart } from './taken-apart.ts';
import { isUnmetPart } from './unmet-parts.ts';

/** Removed guards whose function stays and which nothing like them replaces, in this file or another one of the change. */
export function lostGuards(input: RuleInput, isWanted: (guard: Guard) => boolean): readonly Guard[] {
  // `err != nil` stands for whatever was called above it, so each new one takes the place of one old one.
  const taken = new Set<Guard>();
  return input.removed.guards.filter((guard) => {
    const scope = counterpartScope(input, guard.scope);
    if (!isWanted(guard) || scope === undefined || leftWithOverload(input, guard)) return false;
    // Declared without a body now: the work went away with what it asked.
    if (scope !== '' && input.after?.symbols.some((symbol) => symbol.name === scope && symbol.abstract === true) === true) return false;
    const isNameless = saysNothing(guard.test);
    const isUnmet = !isNameless && isUnmetPart(input, guard);
    const candidates = newGuardsIn(input, guard.scope).filter(
      (other) => !(isNameless && taken.has(other)) && (!isUnmet || other.scope === scope) && replaces(input, guard, other),
    );
    const fresh = candidates.find((other) => checksSame(guard, other)) ?? candidates.find((other) => !isNameless || isFree(input, other));
    if (fresh !== undefined) {
      taken.add(fresh);
      return false;
    }
    return (
      isUnmet ||
      (!isSearchedFor(input, guard) &&
        !isAskedByName(input, guard) &&
        !isSpelledOut(input, guard) &&
        !bySubject(guard).every((part) => isBoundAlike(input, part)) &&
        !isAskedAnew(input, guard) &&
        !isTakenApart(input, guard) &&
        !isSortedByKind(input, guard) &&
        !isAnsweredByPart(input, guard) &&
        !isBoundedOtherwise(input, guard) &&
        !isAskedInPart(input, guard) &&
        !isElsewhere(input, guard))
    );
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
  if (asksWeaker(input, old, fresh)) return false;
  // Whether there is anything is no question of how much.
  if (
    /[<>]/.test(old.test) &&
    !isEmptinessTest(old.test) &&
    (isEmptinessTest(fresh.test) || /(?:len\([\w.]+\)|\.length|\.len\(\)|\.size\(\)) ===? 0$/.test(fresh.test))
  )
    return false;
  return (
    (likeness(old, fresh) >= 0.5 || isPartOf(old, fresh)) &&
    asksAboutSame(input, old, fresh) &&
    (kind(old, 'before') === kind(fresh, 'after') || isOneOf(old, fresh))
  );
}

/**
 * A bound behind a name that lies far out, what all of them must be where any was enough (`all(p.grams > MAX …)`), or a predicate of this file that answers yes for
 * another reason as well (`!isReady(order)` of `order.state === 'paid' || order.isOld`).
 */
export function asksWeaker(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const flat = flatten(old.test);
  if (
    /^(?:[\w$.]+\.)?(?:all|every|allMatch)\(/.test(fresh.test) &&
    flatten(fresh.test).includes(flat) &&
    !/\b(?:all|every|allMatch)\(/.test(old.test)
  )
    return true;
  if (raisesBound(old, input.before?.options ?? [], fresh, input.after?.options ?? []) && !/\d{2}/.test(fresh.test)) return true;
  const { all, items } = split(old.test);
  if (items.length > 1 && !all) return false;
  const [wanted] = split(`!(${old.test})`).items;
  return byItsAnswer(input, fresh).some(({ test }) => {
    const answer = /^(?:not |!)\((.*)\)$/s.exec(test)?.[1];
    const parts = answer === undefined ? undefined : split(answer);
    return parts !== undefined && !parts.all && parts.items.length > 1 && wanted !== undefined && parts.items.includes(wanted);
  });
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

/** A range that has a name of its own, written out: `day not in DAYS`. */
function inFull(after: SourceFacts, guard: Guard): Guard {
  return /\b(not in|contains)\b/.test(guard.test) ? { ...guard, test: spelledOut(after, guard.test) } : guard;
}

/** A new part of Rust compares with each of the numbers where it chooses between a value and a failure: `Some(n) if n.get() <= MAX => …`. */
function isComparedInPart(after: SourceFacts, { test }: Guard, parts: readonly string[]): boolean {
  const numbers = test.match(/\b\d[\d_]+\b/g) ?? [];
  if (after.language !== 'rust' || numbers.length === 0) return false;
  return parts.some((part) => {
    const { text } = codeOfScope(after, part);
    const compared = [...text.matchAll(/[<>]=? ([\w:]+) (?:=>|&&|\{|\|\||\))/g)].map((match) => numberIn(match[1] ?? '', after));
    return /\bErr\b|\bNone\b/.test(text) && numbers.every((number) => compared.includes(numberOf(number)));
  });
}

const newScopes = keepOfBoth((before: SourceFacts, after: SourceFacts) => [
  ...new Set(after.scopes.flatMap(({ name }) => (hasScope(before, name) ? [] : [name]))),
]);

/** A part is asked by the function itself, or by its other parts at as many places as the condition left. */
function isAskedAsOften({ before, after }: RuleInput, { scope, test }: Guard, { scope: part }: Guard): boolean {
  const now = counterpartScope({ before, after }, scope);
  const asking = after?.calls.filter(({ callee, kind }) => kind === 'call' && lastName(callee) === lastName(part)) ?? [];
  const lost = before?.guards.filter((other) => other.scope === scope && other.test === test).length ?? 0;
  return asking.length === 0 || asking.length >= lost || asking.some((call) => call.scope === now);
}

/** A bound that each entry of a table has for itself now (`riders > most`), with a number of the old one that stands in the file. */
function fromTable(after: SourceFacts, old: Guard, fresh: Guard): readonly Guard[] {
  const numbers = (old.test.match(/\b\d[\d_]+\b/g) ?? []).filter((number) => tokenTexts(after).has(number));
  const own = after.symbols.find(({ name }) => name === fresh.scope)?.parameters.map(({ name }) => name) ?? [];
  return numbers.map((number) => ({
    ...fresh,
    test: fresh.test.replace(/([<>]=?) (?:\w+\.)*[a-z]\w*(?:\(\))?(?=$|\)| \|\|| or\b)/g, (all: string, sign: string) =>
      own.includes(all.slice(sign.length + 1)) ? all : `${sign} ${number}`,
    ),
  }));
}

/** The same bounds in other words, in the function or in a new one that it asks now, of this file or of another. */
function isBoundAlike(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (!guard.compares || before === undefined || after === undefined) return false;
  const elsewhere = input.addedElsewhere();
  const isSame = (other: Guard, options: readonly Option[]): boolean =>
    (other.exit === guard.exit || other.exit === 'throw') && hasSameBounds(guard, before.options, other, options);
  const called = new Set(newCallsIn(input, guard.scope).map(({ callee }) => lastName(callee).replace(/^try_into$/, 'try_from')));
  const parts = partScopes(after, counterpartScope(input, guard.scope) ?? '');
  return (
    newGuardsIn(input, guard.scope).some((other) =>
      [other, inFull(after, other), ...byItsAnswer(input, other)].some((form) => isSame(form, after.options)),
    ) ||
    newGuards(after.guards, before.guards).some(
      (other) =>
        !hasScope(before, other.scope) &&
        (called.has(lastName(other.scope)) || isIn(parts, other.scope)) &&
        isAskedAsOften(input, guard, other) &&
        [other, inFull(after, other), ...fromTable(after, guard, other)].some((form) => isSame(form, after.options)),
    ) ||
    isComparedInPart(
      after,
      guard,
      newScopes(before, after).filter((name) => called.has(lastName(name)) || isIn(parts, name)),
    ) ||
    elsewhere.guards.some((other) => called.has(lastName(other.scope)) && isSame(other, [...elsewhere.options, ...after.options]))
  );
}

/** The same question with other names for what it asks about, in the function or in one that is new in this file. */
function isAskedAnew(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !isTelling(before, guard)) return false;
  const scope = counterpartScope(input, guard.scope);
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
    (other) =>
      (other.exit === guard.exit || other.exit === 'throw' || other.exit === 'break') &&
      (!hasScope(before, other.scope) || (scope !== undefined && within(other.scope, scope))),
  );
}

/** New guards, and what those ask that ask a function of this file: `if !new.is_valid()` by what `is_valid` answers. */
const newStops = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Guard[] => {
  const guards = newGuards(after.guards, before.guards);
  return [...guards, ...guards.flatMap((guard) => byItsAnswer({ before, after }, guard))];
});

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

/** `!lease.inRange()` by what that function, new in this file, answers: `not (months >= 1 && months <= 24)`. */
function byItsAnswer({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  const [, negation = '', owner = '', name = ''] = /^(!|not )?((?:[\w$]+(?:\.|::))*)([\w$]+)\([^()]*\)$/.exec(guard.test) ?? [];
  if (name === '' || before === undefined || after === undefined) return [];
  return after.conditions.flatMap(({ kind, scope, test }): readonly Guard[] => {
    if (kind !== 'answers' || lastName(scope) !== name || hasScope(before, scope)) return [];
    const said = test.replace(/\b(?:self|this)\./g, owner);
    return [{ ...guard, test: negation === '' ? said : `!(${said})` }];
  });
}

/** True where the same condition now stands in another function or another file: it was extracted or moved. */
function isElsewhere(input: RuleInput, guard: Guard): boolean {
  if (saysNothing(guard.test)) return isCheckedInPart(input, guard);
  if (isAskedOfNamed(input, guard)) return true;
  if (isHandedOver(guard, newCallsIn(input, guard.scope), input.addedElsewhere().guards)) return true;
  if (input.after !== undefined && newTests(input.before?.guards ?? [], input.after.guards).has(bareTest(guard.test))) return true;
  return standsElsewhere(input, guard) || (isInNamedGuard(input, guard) !== false && movedText(input, guard.test, guard.reads));
}

/** `!ok` says nothing, and what gave it does: a new function that the own one asks now looks at the outcome of the same call. */
function isCheckedInPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || (guard.checks ?? []).length === 0) return false;
  return newGuards(after.guards, before.guards).some(
    (other) =>
      other.test === guard.test && other.exit === guard.exit && checksSame(guard, other) && isNewPart(input, other.scope, guard.scope),
  );
}

/** A function of another file that the own one asks now stops for the same constant of a type: `!boat.isIn(State.READY)`. */
function isAskedOfNamed(input: RuleInput, { test, scope, exit }: Guard): boolean {
  const [constant] = /\b[A-Z]\w*(?:\.|::)[A-Z]\w+\b/.exec(test) ?? [];
  if (constant === undefined) return false;
  const isAsked = asksElsewhere(input, scope);
  return input.addedElsewhere().guards.some((other) => other.exit === exit && other.test.includes(constant) && isAsked(other));
}

/** Conditions that no guard of the old side asks in the same function in the same way. */
const newTests = keepOfBoth((before: readonly Guard[], after: readonly Guard[]): ReadonlySet<string> => {
  const old = new Set(before.map(({ key }) => key));
  return new Set(after.flatMap(({ key, test }) => (old.has(key) ? [] : [bareTest(test)])));
});
