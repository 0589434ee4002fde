import { splitSource } from '../code/argument-text.ts';

/** What must hold: all of some parts, or any of them, each in one spelling (`a.b=='x'`). */
export interface Parts {
  readonly all: boolean;
  readonly items: readonly string[];
}

export interface Comparison {
  readonly left: string;
  readonly operator: string;
  readonly right: string;
}

/** Cuts a condition at its outermost `&&` or `||`, each part in one spelling. */
export function split(test: string): Parts {
  // `not a < b` of Python is about all of the comparison.
  const denied = /^not (?!in\b)([^()]*)$/s.exec(bare(test))?.[1];
  if (denied !== undefined && /[<>]/.test(denied) && !/\b(?:and|or)\b/.test(denied)) return negate(split(denied));
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
  return { all: true, items: splitSource(text, '&&').flatMap(links).map(leaf) };
}

/** `0 < a <= b` of Python is `0 < a` and `a <= b`. */
function links(part: string): readonly string[] {
  const [, left = '', first = '', middle = '', second = '', right = ''] =
    /^([^<>=!]{1,80})([<>]=?)([^<>=!]{1,80})([<>]=?)([^<>=!]{1,80})$/.exec(bare(part)) ?? [];
  if (first === '' || first[0] !== second[0] || ![left, middle, right].every((side) => isBalanced(side))) return [part];
  return [`${left}${first}${middle}`, `${middle}${second}${right}`];
}

/** What holds where this does not: De Morgan over the outermost parts. */
export function negate({ all, items }: Parts): Parts {
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
    // What a value is held to be says nothing of what it is: `(req as any).user`.
    .replace(/\(([\w$.]+) as [^()]+\)/g, '$1')
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

/** The two sides of a part that compares, cut at its outermost operator. */
export function comparisonOf(text: string): Comparison | undefined {
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

/** True where every parenthesis that opens in a text closes in it, and none closes that did not open. */
export function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** The operator that holds where this one does not. */
export const NEGATED: Readonly<Record<string, string>> = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
