import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordStartingAt } from './code-around.ts';
import { endOfStatement } from './declarations-by-words.ts';
import { isWordUnit } from './text-units.ts';

/** A statement at the top of a file. */
export interface TopStatement {
  readonly start: number;
  readonly end: number;
  /** Names that it declares at the top of the file; of a list or a pattern all of them. */
  readonly names: readonly string[];
  /**
   * `names`: it declares them, and does nothing else but work out their values. `default`, `commonjs`: what the module offers, without
   * a name of its own. `import`: it asks another module for names, or passes them on. `acts`: it does something as the file loads.
   */
  readonly kind: 'names' | 'default' | 'commonjs' | 'import' | 'acts';
  /** True for `const`, `let` and `var`, whose values are worked out as the file loads. */
  readonly isValue: boolean;
}

const HEAD =
  /^(?:export\s+)?(default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const\s+(?=enum\b))?(function|class|interface|type|enum|namespace|module|const|let|var|import|export)\b/;
/** Units of a statement's beginning that say what it is. */
const HEAD_UNITS = 120;
const BLOCK_ENDED = new Set(['function', 'class', 'interface', 'enum', 'namespace', 'module']);

const KNOWN = new WeakMap<Code, readonly TopStatement[]>();

/** The statements at the top of a file, in order. Linear in the file, and made once for each. */
export function topStatements(code: Code): readonly TopStatement[] {
  const known = KNOWN.get(code);
  if (known !== undefined) return known;
  const found: TopStatement[] = [];
  for (let start = tokenAfter(code, 0); start < code.text.length; ) {
    const next = readStatement(code, start);
    found.push(next);
    start = tokenAfter(code, Math.max(next.end, start + 1));
  }
  KNOWN.set(code, found);
  return found;
}

/** The statement around an offset; undefined between two. */
export function statementAt(code: Code, at: number): TopStatement | undefined {
  const all = topStatements(code);
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const found = all[low];
  return found !== undefined && found.start <= at ? found : undefined;
}

/**
 * Whether what stands at an offset of a statement runs as the file loads: outside of every function, and of every class but for what
 * is `static`.
 */
export function runsOnLoad(code: Code, { start }: TopStatement, at: number): boolean {
  const { text } = code;
  for (let open = openerOf(code, at); open >= start; open = openerOf(code, open)) {
    if (text.charAt(open) !== '{') continue;
    const before = tokenBefore(code, open);
    // `=> {`, `) {`, `): Promise<void> {`: a function, or a branch of code that runs there and then, which counts as one.
    if (text.startsWith('=>', before - 1) || text.charAt(before) === ')' || /[>\]\w$]/.test(text.charAt(before))) return false;
  }
  // `=> charge(1)`: an arrow without braces somewhere in front, in the same brackets or in one of those around.
  for (let inner = at; inner > start; ) {
    const open = openerOf(code, inner);
    const from = Math.max(open + 1, start);
    if (holdsArrow(code, from, inner)) return false;
    inner = open;
  }
  return true;
}

/** Arrows that are looked at for one place, and units behind one: a file may be one line of uses. What lies beyond counts as run. */
const MOST_ARROWS = 200;
const LONGEST_BODY = 4_000;

const ARROWS = new WeakMap<Code, readonly number[]>();

/** Where arrows stand in code, rising. */
function arrowsOf(code: Code): readonly number[] {
  const known = ARROWS.get(code) ?? [...code.text.matchAll(/=>/g)].flatMap(({ index }) => (blankAt(code, index) < 0 ? [index] : []));
  ARROWS.set(code, known);
  return known;
}

function holdsArrow(code: Code, from: number, to: number): boolean {
  const arrows = arrowsOf(code);
  let low = 0;
  let high = arrows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((arrows[middle] ?? 0) <= to) low = middle + 1;
    else high = middle;
  }
  for (let looked = 1; looked <= MOST_ARROWS; looked += 1) {
    const at = arrows[low - looked] ?? -1;
    if (at < from) return false;
    // Behind the arrow of a type stands the value's `=`.
    if (openerOf(code, at) === openerOf(code, to)) return to - at < LONGEST_BODY && !/[;,]|[^=!<>]=[^=>]/.test(between(code, at + 2, to));
  }
  return false;
}

/** Units between two offsets that no bracket holds. */
function between(code: Code, from: number, to: number): string {
  let out = '';
  for (let at = tokenAfter(code, from); at < to; at = tokenAfter(code, at + 1)) {
    const unit = code.text.charAt(at);
    if (blankAt(code, at) >= 0) continue;
    if (unit === '(' || unit === '[' || unit === '{') at = Math.max(at, closerOf(code, at));
    else out += unit;
  }
  return ` ${out} `;
}

function readStatement(code: Code, start: number): TopStatement {
  const { text } = code;
  if (text.charAt(start) === '@' || text.charAt(start) === ';') {
    // A decorator belongs to the class behind it.
    const end = text.charAt(start) === ';' ? start + 1 : endOfStatement(code, start + 1, false);
    const next = tokenAfter(code, end);
    if (text.charAt(start) === ';' || next >= text.length) return { start, end, names: [], kind: 'acts', isValue: false };
    return { ...readStatement(code, next), start };
  }
  const head = text.slice(start, start + HEAD_UNITS);
  const [written = '', isDefault, keyword = ''] = HEAD.exec(head) ?? [];
  const from = start + written.length;
  if (keyword === '') return other(code, start, head);
  if (keyword === 'import' || keyword === 'export') {
    const isDynamic = keyword === 'import' && /^[(.]/.test(text.charAt(tokenAfter(code, from)));
    if (/^export\s+default\b/.test(head))
      return { start, end: endOfStatement(code, from, false), names: [], kind: 'default', isValue: false };
    return { start, end: endOfStatement(code, from, false), names: [], kind: isDynamic ? 'acts' : 'import', isValue: false };
  }
  const end = endOfStatement(code, from, BLOCK_ENDED.has(keyword));
  const isList = keyword === 'const' || keyword === 'let' || keyword === 'var';
  const names = isList ? namesOfList(code, from, end) : nameAt(code, from);
  // `type` and `module` are words like others too.
  if (names.length === 0 && isDefault === undefined) return other(code, start, head);
  return { start, end, names, kind: names.length === 0 ? 'default' : 'names', isValue: isList };
}

function other(code: Code, start: number, head: string): TopStatement {
  const end = endOfStatement(code, start, false);
  if (/^(?:export\s+default|export\s*=)/.test(head)) return { start, end, names: [], kind: 'default', isValue: false };
  if (/^(?:module\s*\.\s*exports|exports)\b[^(;]*=/.test(head)) return { start, end, names: [], kind: 'commonjs', isValue: false };
  // `orders.post('/orders', …)` changes what the file calls `orders`.
  const word = wordStartingAt(code, start);
  return { start, end, names: word === '' || RESERVED.has(word) ? [] : [word], kind: 'acts', isValue: false };
}

const RESERVED = new Set('if for while do switch try throw return await new void typeof delete import export this'.split(' '));

/** The name behind `function`, `class` and the like; a generator's star is looked past. */
function nameAt(code: Code, from: number): readonly string[] {
  let at = tokenAfter(code, from);
  if (code.text.charAt(at) === '*') at = tokenAfter(code, at + 1);
  const word = blankAt(code, at) < 0 && isWordUnit(code.text.charCodeAt(at)) ? wordStartingAt(code, at) : '';
  return word === '' || word === 'extends' || word === 'implements' ? [] : [word];
}

/** The names of `const a = …, { b, c: d } = …`; words that are keys alone may be among them. */
function namesOfList(code: Code, from: number, end: number): readonly string[] {
  const { text } = code;
  const names: string[] = [];
  let isNext = true;
  for (let at = tokenAfter(code, from); at < end; at = tokenAfter(code, at + 1)) {
    const unit = text.charAt(at);
    if (blankAt(code, at) >= 0) {
      at = (code.blanks[2 * blankAt(code, at) + 1] ?? at + 1) - 1;
      continue;
    }
    if (unit === '{' || unit === '[' || unit === '(') {
      const close = closerOf(code, at);
      if (isNext) names.push(...(text.slice(at, close).match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []));
      isNext = false;
      at = close;
    } else if (unit === ',') isNext = true;
    else if (isWordUnit(text.charCodeAt(at))) {
      const word = wordStartingAt(code, at);
      if (isNext) names.push(word);
      isNext = false;
      at += word.length - 1;
    }
  }
  return [...new Set(names)];
}

/** The name that a CommonJS statement gives its value to: `pay` of `exports.pay = …`; undefined for the whole module. */
export function commonName(code: Code, { start }: TopStatement): string | undefined {
  return /^(?:module\s*\.\s*)?exports\s*\.\s*([\w$]+)\s*=/.exec(code.text.slice(start, start + HEAD_UNITS))?.[1];
}
