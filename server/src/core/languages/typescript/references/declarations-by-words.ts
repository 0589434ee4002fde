import { readWord } from './bindings-by-words.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import { findWord } from './mentions.ts';
import { Sense } from './senses.ts';
import { isWordUnit } from './text-units.ts';

/** A declaration at the top of a file, from its name to the end of its statement. */
export interface Declared {
  readonly start: number;
  readonly end: number;
  readonly sense: number;
}

const SENSES: Readonly<Record<string, number>> = {
  function: Sense.value,
  const: Sense.value,
  let: Sense.value,
  var: Sense.value,
  interface: Sense.type,
  type: Sense.type,
  class: Sense.value | Sense.type,
  enum: Sense.any,
  namespace: Sense.namespace | Sense.value,
  module: Sense.namespace | Sense.value,
};
const BLOCK_ENDED = new Set(['function', 'class', 'interface', 'enum', 'namespace', 'module']);

const DEEPEST_PATTERN = 20;
/** Characters of a list of declarations that are looked back over. */
const LONGEST_LIST = 2_000;

/** What the file declares as `name` at its top: several where declarations merge or overload. A name in a pattern is a declaration. */
export function declaredAs(code: Code, name: string): readonly Declared[] {
  const found: Declared[] = [];
  for (const start of findWord(code, name)) {
    const end = start + name.length;
    if (readWord(code, start, end) !== 'binding') continue;
    const keyword = keywordOf(code, start);
    const sense = keyword === undefined ? undefined : SENSES[keyword];
    if (keyword === undefined || sense === undefined) continue;
    found.push({ start, end: endOfStatement(code, end, BLOCK_ENDED.has(keyword)), sense });
  }
  return found;
}

/** The keyword that declares the name at `start`, where that stands at the top of the file; patterns and lists are looked through. */
function keywordOf(code: Code, start: number, depth = 0): string | undefined {
  const open = openerOf(code, start);
  if (open >= 0) {
    // `const { a, b: { c } } = …`
    const before = tokenBefore(code, open);
    if (code.text.charAt(open) === '(') return undefined;
    const word = wordEndingAt(code, before);
    if (word === 'const' || word === 'let' || word === 'var') return openerOf(code, open) < 0 ? word : undefined;
    return /[:,[{]/.test(code.text.charAt(before)) && depth < DEEPEST_PATTERN ? keywordOf(code, open, depth + 1) : undefined;
  }
  let before = tokenBefore(code, start);
  if (code.text.charAt(before) === '*') before = tokenBefore(code, before);
  const word = wordEndingAt(code, before);
  if (SENSES[word] !== undefined) return word;
  if (code.text.charAt(before) !== ',') return undefined;
  // A further name of `const a = 1, b = 2`: the statement starts behind the last end of one.
  const statement = /(?:^|[;\n])[^\S\n]*(?:export\s+)?(?:declare\s+)?(const|let|var)\s[^;]*$/.exec(
    code.text.slice(Math.max(0, start - LONGEST_LIST), start),
  );
  return statement?.[1];
}

const GOES_ON_BEFORE = new Set('in of instanceof as satisfies extends is implements else catch finally'.split(' '));
const GOES_ON_BEHIND = new Set(
  'typeof new await keyof extends as in of instanceof is satisfies infer unique readonly async implements void delete yield throw return'.split(
    ' ',
  ),
);

/** Behind the last token of the statement that goes on at `from`: its semicolon, its block, or the line end that stands for one. */
export function endOfStatement(code: Code, from: number, isBlockEnded: boolean): number {
  const { text } = code;
  let last = from - 1;
  for (let at = tokenAfter(code, from); at < text.length; at = tokenAfter(code, last + 1)) {
    const unit = text.charAt(at);
    const blank = blankAt(code, at);
    const isWord = blank < 0 && isWordUnit(text.charCodeAt(at));
    if (blank < 0 && unit === ';') return at + 1;
    if (blank < 0 && (unit === '}' || unit === ')' || unit === ']')) return last + 1;
    if ((isWord || unit === '@') && text.slice(last + 1, at).includes('\n') && mayEnd(code, last)) {
      if (!isWord || !GOES_ON_BEFORE.has(wordStartingAt(code, at))) return last + 1;
    }
    if (blank >= 0) {
      const end = code.blanks[2 * blank + 1] ?? at + 1;
      last = text.charAt(end - 1) === '{' && /[`}]/.test(unit) ? closerOf(code, end - 1) - 1 : end - 1;
      if (last < at) last = end - 1;
    } else if (unit === '{' || unit === '(' || unit === '[') {
      last = closerOf(code, at);
      const next = text.charAt(tokenAfter(code, last + 1));
      if (unit === '{' && isBlockEnded && !/[{|&[<>,=.)?:]/.test(next)) return last + 1;
    } else if (isWord) last = at + wordStartingAt(code, at).length - 1;
    else last = at;
  }
  return text.length;
}

/** Whether a statement may end behind the token whose last unit stands here. */
function mayEnd(code: Code, last: number): boolean {
  if (blankAt(code, last) >= 0) return true;
  const unit = code.text.charAt(last);
  if (isWordUnit(code.text.charCodeAt(last))) return !GOES_ON_BEHIND.has(wordEndingAt(code, last));
  if (unit === '>') return code.text.charAt(last - 1) !== '=';
  return unit === ')' || unit === ']' || unit === '}' || unit === '!';
}
