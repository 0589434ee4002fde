import type { ExportRecord } from '../../../model/file-scan.ts';
import { stringAt } from './bindings-in-clauses.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import type { Chain, Meaning } from './export-walk.ts';
import { holdsModule } from './modules-held.ts';
import { afterMarks, HELD, handedOn, isNamedElement, KEPT, type LetGo, letGoWithin, together } from './modules-let-go.ts';
import { mayBind } from './word-lists.ts';

/** Names that hold a module which was asked for on the spot: `const pay = await import('./pay')`, wherever in the file. */
export function chainsOfSpots(code: Code, meaning: Meaning): readonly Chain[] {
  return meaning.spots.flatMap(({ specifier, path }) => {
    const roots = new Set(callsOf(code, specifier).map((call) => holderOf(code, call)));
    return [...roots].flatMap((root) => (root === undefined ? [] : [{ root, path }]));
  });
}

/** Offsets of `import` and `require` where they ask for `specifier`. */
function callsOf(code: Code, specifier: string): readonly number[] {
  const calls: number[] = [];
  for (let at = code.text.indexOf(specifier); at >= 0; at = code.text.indexOf(specifier, at + 1)) {
    const blank = blankAt(code, at);
    if (blank < 0 || code.blanks[2 * blank] !== at - 1 || stringAt(code, at - 1) !== specifier) continue;
    const open = tokenBefore(code, at - 1);
    if (code.text.charAt(open) !== '(') continue;
    const last = tokenBefore(code, open);
    const word = wordEndingAt(code, last);
    if (word === 'import' || word === 'require') calls.push(last - word.length + 1);
  }
  return calls;
}

function holderOf(code: Code, call: number): string | undefined {
  let before = tokenBefore(code, call);
  if (wordEndingAt(code, before) === 'await') before = tokenBefore(code, before - 4);
  if (code.text.charAt(before) !== '=') return undefined;
  const name = tokenBefore(code, before);
  return wordEndingAt(code, name) || undefined;
}

/** Whether the file asks for the module somewhere that nobody can follow: then a member of that name may be the symbol. */
export function mayBeSpot(code: Code, start: number, end: number, meaning: Meaning): boolean {
  const word = code.text.slice(start, end);
  if (!meaning.spots.some(({ path }) => path.at(-1) === word)) return false;
  const dot = tokenBefore(code, start);
  if (code.text.charAt(dot) !== '.') return isTakenOut(code, start);
  const root = wordEndingAt(code, tokenBefore(code, dot));
  if (root === '') return true;
  return !holdsModule(code, root);
}

/** `import('./pay').then(({ charge, refund: back }) => …)`: what is bound in no pattern is taken out of nothing. */
function isTakenOut(code: Code, start: number): boolean {
  const open = openerOf(code, start);
  if (open < 0 || code.text.charAt(open) !== '{') return false;
  // `declare module './pay' { interface Bill {} }` adds to what the module has.
  if (isAugmenting(code, open)) return true;
  // `const pay = 1` in a function's braces takes nothing apart, nor does a method of that name.
  if (!/[{,:]/.test(code.text.charAt(tokenBefore(code, start)))) return false;
  if (!mayBind(code, open)) return false;
  return !/^\s*=\s*(?:await\s+)?(?:import|require)\s*\(/.test(code.text.slice(closerOf(code, open) + 1).slice(0, 80));
}

function isAugmenting(code: Code, open: number): boolean {
  const blank = blankAt(code, tokenBefore(code, open));
  return blank >= 0 && wordEndingAt(code, tokenBefore(code, code.blanks[2 * blank] ?? 0)) === 'module';
}

/** What the file does with a module that it asks for on the spot, where it asks; `isWhole` where the module is what is looked for. */
export function letGoOfSpots(code: Code, specifier: string, exports: readonly ExportRecord[], isWhole: boolean): LetGo {
  const calls = callsOf(code, specifier);
  if (!isWhole) return together(calls.map((call) => letGoOfCall(code, call, exports)));
  const places = calls.filter((call) => holderOf(code, call) === undefined).map((call) => placeOf(code, call));
  return { ...KEPT, places };
}

/** The specifier of a call stands for the module. */
function placeOf(code: Code, call: number): LetGo['places'][number] {
  const string = tokenAfter(code, openOf(code, call) + 1);
  return { start: string + 1, end: string + 1 + (stringAt(code, string) ?? '').length };
}

function openOf(code: Code, call: number): number {
  return tokenAfter(code, call + wordStartingAt(code, call).length);
}

const THEN = new Set(['then', 'catch', 'finally']);

function letGoOfCall(code: Code, call: number, exports: readonly ExportRecord[]): LetGo {
  const { text } = code;
  const isPromise = wordStartingAt(code, call) === 'import';
  const open = openOf(code, call);
  const place = placeOf(code, call);
  let first = call;
  let after = tokenAfter(code, closerOf(code, open) + 1);
  let isAwaited = !isPromise;
  for (;;) {
    const before = tokenBefore(code, first);
    const word = wordEndingAt(code, before);
    if (word === 'await') {
      isAwaited = true;
      first = before - word.length + 1;
    } else if (text.charAt(before) === '(' && text.charAt(after) === ')' && !/[\w$)\]]/.test(text.charAt(tokenBefore(code, before)))) {
      first = before;
      after = tokenAfter(code, after + 1);
    } else break;
  }
  const before = tokenBefore(code, first);
  const word = wordEndingAt(code, before);
  after = afterMarks(code, after);
  const next = text.charAt(after);
  if (next === '.') return behindDot(code, after, { isAwaited, place, exports });
  if (next === '[') return isNamedElement(code, after) ? KEPT : { ...HELD, places: [place] };
  // The type of a module: whoever is given it by name is found, and others have it from what this file offers.
  if (word === 'typeof') return { ...HELD, isAway: exports.length > 0 && text.charAt(tokenBefore(code, before - 5)) !== '<' };
  if (isStatement(code, before, first, after)) return KEPT;
  if (isPromise && !isAwaited && isAwaitedTogether(code, first)) return HELD;
  const way = handedOn(code, first, after, exports);
  // Who loads it as a whole may use what it offers by default, and knows the module by no other name.
  return way.isAway ? { ...way, places: [place] } : way;
}

/** `import('./x').then(…)` hands the module to a function; any other name behind the dot is a member of it. */
function behindDot(
  code: Code,
  dot: number,
  {
    isAwaited,
    place,
    exports,
  }: { readonly isAwaited: boolean; readonly place: LetGo['places'][number]; readonly exports: readonly ExportRecord[] },
): LetGo {
  const name = tokenAfter(code, dot + 1);
  const word = wordStartingAt(code, name);
  if (isAwaited || !THEN.has(word)) return KEPT;
  const open = tokenAfter(code, name + word.length);
  const [, isList = '', parameter = ''] =
    /^\s*(?:async\b\s*)?(?:function\b\s*[\w$]*\s*)?(\(?)\s*([\w$]*)/.exec(code.text.slice(open + 1, open + 200)) ?? [];
  const isFunction = isList !== '' || code.text.startsWith('=>', tokenAfter(code, tokenAfter(code, open + 1) + parameter.length));
  if (!isFunction) return { ...HELD, isAway: true, places: [place], callees: parameter === '' ? [] : [parameter] };
  const held = parameter === '' ? KEPT : letGoWithin(code, parameter, exports, open, closerOf(code, open));
  return { ...held, isHeld: true };
}

/** Whether what begins at `first` and ends before `after` is a statement of its own: the module is asked for, and let be. */
function isStatement(code: Code, before: number, first: number, after: number): boolean {
  const unit = code.text.charAt(before);
  const isFirst = before < 0 || unit === ';' || unit === '}' || (unit === '{' && !/^[,:]/.test(code.text.charAt(after)));
  const startsLine = code.text.slice(before + 1, first).includes('\n') && /[\w$)\]'"`]/.test(unit);
  return (isFirst || startsLine) && wordEndingAt(code, before) !== 'return';
}

/** `await Promise.all([import('./a'), import('./b')])`: what comes of it stays where it is taken apart, by name. */
function isAwaitedTogether(code: Code, first: number): boolean {
  const list = openerOf(code, first);
  if (list < 0 || code.text.charAt(list) !== '[') return false;
  const open = tokenBefore(code, list);
  if (code.text.charAt(open) !== '(') return false;
  return /\bawait\s+Promise\s*\.\s*\w+\s*$/.test(code.text.slice(Math.max(0, open - 60), open));
}
