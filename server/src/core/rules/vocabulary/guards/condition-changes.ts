import type { Condition, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { isNewPart, newCallsIn } from '../code/scope-changes.ts';
import { type Loosening, loosening } from '../conditions/loosening.ts';
import { negate, type Parts, split } from '../conditions/parts.ts';
import { answersAlike, isAssertedInPart } from './answer-tables.ts';
import { isAskedInPieces } from './asked-anew.ts';
import { areWaysExchanged } from './turned-round.ts';

/** A condition of the before side and the one that stands in its place: a guard, a wrapping `if`, a function's answer. */
export interface ConditionChange {
  readonly before: Guard | Condition;
  readonly after: Guard | Condition;
  /** How the new one lets more through; undefined where it does not, or cannot be told. */
  readonly loosened: Loosening | undefined;
}

/** Conditions of this hunk that were replaced by another one of the same function that asks about the same. */
export function changedConditions(input: RuleInput): readonly ConditionChange[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  const fresh: (Guard | Condition)[] = [...newOf(input, 'guards'), ...newOf(input, 'conditions')];
  const found = [...input.removed.guards, ...input.removed.conditions].flatMap((before): readonly ConditionChange[] => {
    const scope = counterpartScope(input, before.scope);
    if (scope === undefined) return [];
    const here = mostAlike(before, fresh, (other) => within(other.scope, scope) && !asksNewPart(input, other));
    // One that went into a function of its own, which this one calls now.
    const at =
      here ??
      mostAlike(
        before,
        fresh.map((other) => inWordsOf(input, before.scope, other)),
        (other) => isNewPart(input, other.scope, before.scope),
      );
    const [after] = at === undefined ? [] : fresh.splice(at, 1);
    if (after === undefined) return [];
    const now = inWordsOf(input, before.scope, after);
    const isExchanged = 'exit' in before && 'exit' in after && areWaysExchanged(input, before, after);
    const how = loosening(permits(before), isExchanged || holdsSameWork(input, before, after) ? split(now.test) : permits(now));
    // A part that this one lost may be the whole of another one.
    const isInPieces = how !== undefined && 'exit' in before && how.kind !== 'raised' && isAskedInPieces(input, before);
    const loosened =
      isInPieces || (how !== undefined && (answersAlike(input, before.scope) || ('exit' in before && isAssertedInPart(input, before))))
        ? undefined
        : how;
    return [{ before, after, loosened: loosened === undefined ? undefined : { ...loosened, part: readable(loosened.part) } }];
  });
  changes.set(input, found);
  return found;
}

/** True for a condition that asks a function which is new in this file: what is asked stands there. */
function asksNewPart({ before, after }: RuleInput, { test }: Guard | Condition): boolean {
  const called = new Set([...test.matchAll(/(?<![\w$])\d*([A-Za-z_$][\w$]*)\s?\(/g)].map(([, name = '']) => name));
  if (called.size === 0 || before === undefined || after === undefined) return false;
  return [...after.guards, ...after.conditions].some(({ scope }) => called.has(lastName(scope)) && !hasScope(before, scope));
}

/** A condition of a function that is new, with what the old function hands to it in place of its parameters. */
export function inWordsOf<T extends Guard | Condition>(input: RuleInput, scope: string, condition: T): T {
  if (!isNewPart(input, condition.scope, scope)) return condition;
  const own = lastName(condition.scope);
  const call = newCallsIn(input, scope).find(({ callee }) => lastName(callee) === own);
  const parameters = input.after?.symbols
    .find(({ name }) => name === condition.scope)
    ?.parameters.filter(({ name }) => !/^(self|cls|this)$/.test(name));
  const given = new Map(parameters?.map(({ name }, at) => [name, call?.args[at] ?? '']));
  const test = condition.test.replace(/(?<![\w$.'"])[A-Za-z_$][\w$]*/g, (word) => {
    const argument = given.get(word) ?? '';
    return /^[\w.$]+$/.test(argument) ? argument : word;
  });
  return { ...condition, test };
}

function mostAlike(
  before: Guard | Condition,
  fresh: readonly (Guard | Condition)[],
  isNear: (other: Guard | Condition) => boolean,
): number | undefined {
  let best: { readonly at: number; readonly score: number } | undefined;
  for (const [at, other] of fresh.entries()) {
    const score = isNear(other) ? likeness(before, other) : 0;
    if (score > 0.2 && (best === undefined || score > best.score)) best = { at, score };
  }
  return best?.at;
}

/** With a space around operators, as a person writes it. */
function readable(part: string): string {
  return part.replace(/(?:(?<!\s)\s+)?(==|!=|<=|>=|&&|\|\||(?<![=<>-])[<>](?!=))\s*/g, ' $1 ');
}

const changes = new WeakMap<RuleInput, readonly ConditionChange[]>();

/** Facts of the after side that the before side did not have. */
const NONE: readonly never[] = [];

function newOf(input: RuleInput, kind: 'guards' | 'conditions'): readonly (Guard | Condition)[] {
  return onlyIn<Guard | Condition>(input.after?.[kind] ?? NONE, input.before?.[kind] ?? NONE);
}

/** What must hold for the work to go on. A guard's test is what stops it. */
function permits(condition: Guard | Condition): Parts {
  return 'exit' in condition ? negate(split(condition.test)) : split(condition.test);
}

/** The work that ran where the one holds stands in the other, which ends the function behind it: `if (isAdmin) { grantAll(); return }`. */
function holdsSameWork({ after: facts }: RuleInput, before: Guard | Condition, after: Guard | Condition): boolean {
  if (facts === undefined || !('kind' in before) || before.kind !== 'wraps' || !('exit' in after) || after.exit !== 'return') return false;
  const inside = new Set(factsInside(facts.calls, after.range).map(({ callee }) => callee));
  return before.guarded.length > 0 && before.guarded.every((callee) => inside.has(callee));
}

/** How much of their words two conditions share, 0 to 1. */
function likeness(a: Guard | Condition, b: Guard | Condition): number {
  const isSameKind = 'exit' in a === 'exit' in b && (!('kind' in a) || !('kind' in b) || a.kind === b.kind);
  if ('kind' in a && 'kind' in b && a.kind !== b.kind) return 0;
  const left = wordsOf(a.test);
  const right = wordsOf(b.test);
  if (isSameKind && 'kind' in a && a.kind === 'answers' && /^(true|True)$/.test(b.test)) return 0.5;
  const shared = left.filter((word) => right.includes(word)).length;
  return shared === 0 ? 0 : shared / Math.max(1, Math.min(left.length, right.length)) - (isSameKind ? 0 : 0.1);
}

function wordsOf(test: string): readonly string[] {
  return [...new Set(test.match(/[A-Za-z_$][\w$]*/g) ?? [])].filter(
    (word) => !/^(undefined|null|true|false|not|and|or|length|None|nil)$/.test(word),
  );
}
