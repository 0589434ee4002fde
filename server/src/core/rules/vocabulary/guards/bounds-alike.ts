import type { Guard, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { keepOfBoth } from '../code/kept.ts';
import { numberOf } from '../code/option-changes.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newCallsIn, newGuards, newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { byItsAnswer } from './asked-through-answer.ts';
import { spelledOut } from './condition-names.ts';
import { hasSameBounds } from './same-bounds.ts';
import { isDropped } from './unmet-parts.ts';

/** The same bounds in other words, in the function or in a new one that it asks now, of this file or of another. */
export function isBoundAlike(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (!guard.compares || before === undefined || after === undefined) return false;
  const elsewhere = input.addedElsewhere();
  const isSame = (other: Guard, options: readonly Option[]): boolean =>
    (other.exit === guard.exit || other.exit === 'throw') && hasSameBounds(guard, before.options, other, options);
  const calls = newCallsIn(input, guard.scope);
  const called = new Set(
    calls.filter((call) => !isDropped(after, call)).map(({ callee }) => lastName(callee).replace(/^try_into$/, 'try_from')),
  );
  const dropped = new Set(calls.filter((call) => isDropped(after, call)).map(({ callee }) => lastName(callee)));
  const made = constructorsOf(after, guard, counterpartScope(input, guard.scope));
  const parts = [...partScopes(after, counterpartScope(input, guard.scope) ?? ''), ...made].filter(
    (part) => called.has(lastName(part)) || !dropped.has(lastName(part)),
  );
  return (
    newGuardsIn(input, guard.scope).some((other) =>
      [other, inFull(after, other), ...byItsAnswer(input, other), ...reasonsOf(after, other)].some((form) => isSame(form, after.options)),
    ) ||
    newGuards(after.guards, before.guards).some(
      (other) =>
        !hasScope(before, other.scope) &&
        (called.has(lastName(other.scope)) || isIn(parts, other.scope) || isMadeFor(after, guard, other)) &&
        isAskedAsOften(input, guard, other) &&
        [other, inFull(after, other), ...fromTable(after, guard, other), ...reasonsOf(after, other)].some((form) =>
          isSame(form, after.options),
        ),
    ) ||
    isComparedInPart(
      after,
      guard,
      newScopes(before, after).filter((name) => called.has(lastName(name)) || isIn(parts, name)),
    ) ||
    elsewhere.guards.some((other) => called.has(lastName(other.scope)) && isSame(other, [...elsewhere.options, ...after.options]))
  );
}

/** In what makes or checks a type that a field of the old condition has now: `cents: Cents`, whose `try_from` refuses. */
function isMadeFor({ symbols }: SourceFacts, { reads }: Guard, { scope }: Guard): boolean {
  const owner = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  return (
    owner !== '' &&
    MAKES.test(lastName(scope) === lastName(owner) ? 'new' : lastName(scope)) &&
    symbols.some(
      ({ kind, name, type }) => kind === 'property' && reads.includes(lastName(name)) && type.split(/\W+/).includes(lastName(owner)),
    )
  );
}

const MAKES =
  /^(?:try_?from|from_?str|from|new|parse|deserialize|of|__init__|__post_init__|constructor|validate\w*|check\w*|UnmarshalJSON|UnmarshalText)$/;

/** What runs when the thing is made that the function is handed and the guard asked of: a record's constructor, `__post_init__`. */
export function constructorsOf(after: SourceFacts, guard: Guard, scope: string | undefined): readonly string[] {
  const given = symbolsNamed(after, scope ?? '')
    .filter(({ kind }) => kind === 'function' || kind === 'method')
    .flatMap(({ parameters }) => parameters)
    .filter(({ name }) => guard.reads.includes(name))
    .flatMap(({ type }) => type.match(/[A-Z]\w*/g) ?? []);
  return given
    .flatMap((type) => ['constructor', '__post_init__', '__init__'].map((name) => `${type}.${name}`))
    .filter((name) => hasScope(after, name));
}

/** A range that has a name of its own, written out: `day not in DAYS`. */
function inFull(after: SourceFacts, guard: Guard): Guard {
  return /\b(not in|contains)\b/.test(guard.test) ? { ...guard, test: spelledOut(after, guard.test) } : guard;
}

/**
 * Of a condition that stops for any of several reasons, each by itself, as written and with what its names stand for:
 * `!(isFit && hasLab)`, `not (0 < grams <= MOST and lab)`.
 */
export function reasonsOf(after: SourceFacts, guard: Guard): readonly Guard[] {
  const test = guard.test.replace(/\band\b/g, '&&').replace(/\bor\b/g, '||');
  const open = /^(?:not |!)\s*\(/.exec(test)?.[0].length ?? -1;
  const inner = open >= 0 && closingFrom(test, open) === test.length - 1 ? test.slice(open, -1) : undefined;
  const all = inner === undefined ? splitSource(test, '||') : splitSource(inner, '&&').map((part) => negated(part, after.language));
  const isName = /^(?:not |!)\w+$/.test(test);
  if ((all.length < 2 && !isName) || (inner !== undefined && splitSource(inner, '||').length > 1)) return [];
  return all.flatMap((part) => [part, spelledOut(after, part)].map((each) => ({ ...guard, test: each })));
}

function negated(part: string, language: string): string {
  const bare = /^(?:not |!)(?!=)(.*)$/s.exec(part)?.[1];
  if (bare !== undefined) return bare;
  return language === 'python' ? `not ${part}` : `!${/^[\w.]+$/.test(part) ? part : `(${part})`}`;
}

/** A new part of Rust compares with each of the numbers where it chooses between a value and a failure: `Some(n) if n.get() <= MAX => …`, `1..=MAX => …`. */
function isComparedInPart(after: SourceFacts, { test }: Guard, parts: readonly string[]): boolean {
  const numbers = test.match(/\b\d[\d_]+\b/g) ?? [];
  if (after.language !== 'rust' || numbers.length === 0) return false;
  return parts.some((part) => {
    const { text } = codeOfScope(after, part);
    const compared = [...text.matchAll(/[<>]=? ([\w:]+) (?:=>|&&|\{|\|\||\))/g), ...text.matchAll(/\.\.=? ([\w:]+) (?:=>|if )/g)].map(
      (match) => numberIn(match[1] ?? '', after),
    );
    return /\bErr\b|\bNone\b/.test(text) && numbers.every((number) => compared.includes(numberOf(number)));
  });
}

const newScopes = keepOfBoth((before: SourceFacts, after: SourceFacts) => [
  ...new Set(after.scopes.flatMap(({ name }) => (hasScope(before, name) ? [] : [name]))),
]);

/** A part is asked by the function itself, or by its other parts at as many places as the condition left. */
export function isAskedAsOften({ before, after }: RuleInput, { scope, test }: Guard, { scope: part }: Guard): boolean {
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
