import type { Condition, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isNewPart, newCallsIn } from '../code/scope-changes.ts';

/** A condition of the before side and the one that stands in its place: a guard, a wrapping `if`, a function's answer. */
export interface ConditionChange {
  readonly before: Guard | Condition;
  readonly after: Guard | Condition;
  /** How the new one lets more through; undefined where it does not, or cannot be told. */
  readonly loosened: Loosening | undefined;
}

export interface Loosening {
  /**
   * `inverted`: it holds where it did not. `lost`: a part is asked no more. `added`: another way to hold. `joined`: all parts
   * became any of them. `constant`: it always holds. `presence`: a comparison became the question whether there is a value.
   * `raised`: the number it compares with grew.
   */
  readonly kind: 'inverted' | 'lost' | 'added' | 'joined' | 'constant' | 'presence' | 'raised';
  /** The part in question, as it reads when it holds. */
  readonly part: string;
  /** For `raised`: how many times the old number. */
  readonly factor?: number;
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
    const loosened = loosening(permits(before), permits(inWordsOf(input, before.scope, after)));
    return [{ before, after, loosened: loosened === undefined ? undefined : { ...loosened, part: readable(loosened.part) } }];
  });
  changes.set(input, found);
  return found;
}

/** True for a condition that asks a function which is new in this file: what is asked stands there. */
function asksNewPart({ before, after }: RuleInput, { test }: Guard | Condition): boolean {
  const called = new Set([...test.matchAll(/([A-Za-z_$][\w$]*)\s?\(/g)].map(([, name = '']) => name));
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
  return part.replace(/\s*(==|!=|<=|>=|&&|\|\||(?<![=<>-])[<>](?!=))\s*/g, ' $1 ');
}

const changes = new WeakMap<RuleInput, readonly ConditionChange[]>();

/** Facts of the after side that the before side did not have. */
function newOf(input: RuleInput, kind: 'guards' | 'conditions'): readonly (Guard | Condition)[] {
  const old = new Set(input.before?.[kind].map(({ key }) => key));
  return input.after?.[kind].filter(({ key }) => !old.has(key)) ?? [];
}

/** What must hold for the work to go on. A guard's test is what stops it. */
function permits(condition: Guard | Condition): Parts {
  return 'exit' in condition ? negate(split(condition.test)) : split(condition.test);
}

interface Parts {
  readonly all: boolean;
  readonly items: readonly string[];
}

/** Compares what must hold on both sides. */
export function loosening(before: Parts, after: Parts): Loosening | undefined {
  const lost = before.items.filter((item) => !after.items.includes(item));
  const gained = after.items.filter((item) => !before.items.includes(item));
  const [alone] = after.items;
  if (after.items.length === 1 && alone === 'true' && lost.length > 0) return { kind: 'constant', part: before.items.join(' ') };
  if (lost.length === 0 && gained.length === 0) {
    const joined = before.items.length > 1 && before.all && !after.all;
    return joined ? { kind: 'joined', part: after.items.join(' || ') } : undefined;
  }
  if (gained.length === 0) {
    const needed = before.items.length > 1 && before.all ? lost.filter((item) => !isImplied(item, after.items)) : [];
    return needed[0] === undefined ? undefined : { kind: 'lost', part: needed[0] };
  }
  if (lost.length === 0) {
    const widens = !after.all && after.items.length > 1 && (!before.all || before.items.length === 1);
    return widens && gained[0] !== undefined ? { kind: 'added', part: gained[0] } : undefined;
  }
  for (const old of lost) {
    for (const fresh of gained) {
      const found = compareLeaves(old, fresh);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `user` beside `user.role == 'admin'` says nothing more. */
function isImplied(item: string, others: readonly string[]): boolean {
  return (
    /^[\w$.]+(!=(null|undefined|None|nil))?$/.test(item) &&
    others.some((other) => other.startsWith(`${item.replace(/!=.*$/, '')}.`) && other.includes('=='))
  );
}

interface Comparison {
  readonly left: string;
  readonly operator: string;
  readonly right: string;
}

function compareLeaves(old: string, fresh: string): Loosening | undefined {
  if (old === `!${fresh}` || fresh === `!${old}`) return { kind: 'inverted', part: fresh };
  // All of a list became any of it.
  if (
    old !== fresh &&
    /\b(every|all|containsAll|issubset|issuperset|allMatch)\b/.test(old) &&
    old.replace(/\b(every|all|containsAll|allMatch)\b/g, '?') === fresh.replace(/\b(some|any|containsAny|anyMatch)\b/g, '?')
  )
    return { kind: 'joined', part: fresh };
  const a = comparisonOf(old);
  const b = comparisonOf(fresh);
  if (b !== undefined && b.left === b.right && /^(==|<=|>=)$/.test(b.operator)) return { kind: 'constant', part: fresh };
  // What was asked for is not, and one value that it never has is kept out: everybody else comes through.
  if (a === undefined && b?.left === old && b.operator === '!=' && /^(['"`].+['"`]|-?\d+)$/.test(b.right))
    return { kind: 'inverted', part: fresh };
  if (a === undefined) return undefined;
  if (a.operator === '==' && b?.operator === '!=' && a.left === b.left && isLiteral(a.right) && isLiteral(b.right))
    return { kind: 'inverted', part: fresh };
  if (a.operator === '==' && b?.left.startsWith('typeof') === true && b.left.replace(/^typeof\s*\(?|\)$/g, '') === a.left)
    return { kind: 'presence', part: fresh };
  if (b === undefined)
    return a.operator === '==' && (fresh === a.left || fresh === a.right) ? { kind: 'presence', part: fresh } : undefined;
  if (a.left === b.left && a.right === b.right) {
    const flips =
      NEGATED[a.operator] === b.operator || (ORDER.test(a.operator) && ORDER.test(b.operator) && a.operator[0] !== b.operator[0]);
    return flips ? { kind: 'inverted', part: fresh } : undefined;
  }
  if (
    a.operator === '==' &&
    b.operator === '!=' &&
    /^(undefined|null|None|nil|'')$/.test(b.right) &&
    (b.left === a.left || b.left === a.right)
  )
    return { kind: 'presence', part: fresh };
  if (a.left === b.left && a.operator[0] === b.operator[0] && ORDER.test(a.operator)) {
    const factor = Number(b.right) / Number(a.right);
    const grows = a.operator[0] === '<' ? factor : 1 / factor;
    if (Number.isFinite(factor) && factor > 0 && grows > 1) return { kind: 'raised', part: fresh, factor: grows };
  }
  return undefined;
}

function isLiteral(text: string): boolean {
  return /^(['"`][^'"`]*['"`]|[A-Z]\w*(\.|::)\w+|[A-Z][A-Z0-9_]+)$/.test(text);
}

const ORDER = /^[<>]=?$/;
const NEGATED: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Cuts a condition at its outermost `&&` or `||`, each part in one spelling. */
export function split(test: string): Parts {
  const text = bare(
    test
      .replace(/\band\b/g, '&&')
      .replace(/\bor\b/g, '||')
      .replace(/\bnot\s+/g, '!')
      .replace(/\bTrue\b/g, 'true')
      .replace(/\bFalse\b/g, 'false'),
  );
  const inner = /^!\s*\((.*)\)$/s.exec(text)?.[1];
  if (inner !== undefined && isBalanced(inner)) return negate(split(inner));
  const any = splitSource(text, '||');
  if (any.length > 1) return { all: false, items: any.map(leaf) };
  return { all: true, items: splitSource(text, '&&').map(leaf) };
}

function negate({ all, items }: Parts): Parts {
  return { all: items.length === 1 ? true : !all, items: items.map(negateLeaf) };
}

function negateLeaf(item: string): string {
  if (item === 'true' || item === 'false') return item === 'true' ? 'false' : 'true';
  const comparison = comparisonOf(item);
  const opposite = comparison === undefined ? undefined : NEGATED[comparison.operator];
  if (comparison !== undefined && opposite !== undefined) return `${comparison.left}${opposite}${comparison.right}`;
  return item.startsWith('!') ? bare(item.slice(1)) : `!${item}`;
}

/** One part without white space, `===` as `==`, a number on the right. */
function leaf(part: string): string {
  const text = bare(part)
    .replace(/([=!])==/g, '$1=')
    .replace(/\?\./g, '.')
    .replace(/"/g, "'")
    .replace(/(?<=\d)_(?=\d)/g, '')
    .replace(/\s+/g, '')
    .replace(/^!!/, '');
  const comparison = comparisonOf(text);
  if (comparison === undefined) return text;
  const { left, operator, right } = comparison;
  const turned = /^(-?\d[\d.]*|[A-Z][A-Z0-9_]{2,}|null|undefined|true|false|'[^']*')$/.test(left) && !/^-?\d/.test(right);
  const [a, sign, b] = turned ? [right, MIRRORED[operator] ?? operator, left] : [left, operator, right];
  if (sign === '==' && b === 'true') return a;
  if (sign === '==' && b === 'false') return `!${a}`;
  return `${a}${sign}${b}`;
}

function comparisonOf(text: string): Comparison | undefined {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    if (depth !== 0) continue;
    const operator = /^(==|!=|<=|>=|<(?![<=])|>(?![>=]))/.exec(text.slice(at, at + 3))?.[0];
    if (operator === undefined || at === 0 || text[at - 1] === '=' || (operator === '>' && text[at - 1] === '-')) continue;
    return { left: text.slice(0, at).trim(), operator, right: text.slice(at + operator.length).trim() };
  }
  return undefined;
}

/** Without the parentheses around the whole. */
function bare(text: string): string {
  let at = text.trim();
  while (at.startsWith('(') && at.endsWith(')') && isBalanced(at.slice(1, -1))) at = at.slice(1, -1).trim();
  return at;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
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
