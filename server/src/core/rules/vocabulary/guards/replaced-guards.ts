import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { flatten } from '../code/moved-text.ts';
import { newGuards } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { split } from '../conditions/parts.ts';
import { byItsAnswer } from './asked-through-answer.ts';
import { callsInside, guardKind, isEmptinessTest } from './guard-kinds.ts';
import { likeness } from './guard-likeness.ts';
import { isName } from './moved-guards.ts';
import { raisesBound } from './same-bounds.ts';
import { letsAllGo } from './sorted-errors.ts';

/** A guard of the same kind and a like shape that asks about what the old one asked about. */
export function replaces(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const kind = (guard: Guard, side: 'before' | 'after'): string => guardKind(guard, callsInside(guard, input[side]?.calls ?? []));
  // Word for word one of the reasons to stop: it stops as before, and something else stops as well.
  if (fresh.test.split(/\|\||\bor\b/).some((part) => flatten(part) === flatten(old.test))) return true;
  if (asksWeaker(input, old, fresh) || asksOfAnother(input, old, fresh) || isTheOther(input, old, fresh)) return false;
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
  if (letsAllGo(fresh) && !letsAllGo(old)) return true;
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

/**
 * The same condition asked of another parameter (`!order.settledAt` -> `!parent.settledAt`), while the function is handed the one it
 * was asked of as before.
 */
export function asksOfAnother(input: RuleInput, old: Guard, fresh: Guard): boolean {
  const [was, is] = [rootsOf(old.test), rootsOf(fresh.test)];
  if (was.length !== is.length || old.test.replace(ROOT, '$') !== fresh.test.replace(ROOT, '$')) return false;
  const handed = (side: 'before' | 'after', scope: string): readonly string[] =>
    input[side]?.symbols.find(({ name }) => name === scope)?.parameters.map(({ name }) => name) ?? [];
  const [before, after] = [handed('before', old.scope), handed('after', fresh.scope)];
  const isHanded = (name = ''): boolean => before.includes(name) && after.includes(name);
  const swaps = was.flatMap((name, at) => (name === is[at] ? [] : [isHanded(name) && isHanded(is[at])]));
  return swaps.length > 0 && swaps.every(Boolean);
}

/** Of two bounds that were lost, the new one is the other: `sum.data > balance` is `cents > balance`, and not `cents > 1_000_000`. */
function isTheOther({ before, after }: RuleInput, old: Guard, fresh: Guard): boolean {
  const [was, is] = [ORDER.exec(old.test), ORDER.exec(fresh.test)];
  if (before === undefined || after === undefined || was === null || is === null || was[2] === is[2]) return false;
  return newGuards(before.guards, after.guards).some((other) => {
    const compared = other === old || other.scope !== old.scope ? null : ORDER.exec(other.test);
    return compared !== null && compared[1] === is[1] && compared[2] === is[2];
  });
}

/** One comparison: what it orders by, and with what. */
const ORDER = /^[\w$.]{1,80} ([<>]=?) ([\w$.]{1,80})$/;

/** A name that stands for itself, with whatever is asked of it behind a dot. */
const ROOT = /(?<![\w$.'"`])[A-Za-z_$][\w$]*(?![\w$(])/g;

function rootsOf(test: string): readonly string[] {
  return test.match(ROOT) ?? [];
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
  return new RegExp(`\\b(const|let|var)\\s+${escaped(name)}\\b[^\\n=]*=[^\\n]*\\b${escaped(source)}\\b`).test(text);
}
