import { readWord } from './bindings-by-words.ts';
import { stringAt } from './bindings-in-clauses.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt } from './code-around.ts';
import type { Chain } from './export-walk.ts';
import { isMadeHere } from './made-here.ts';
import { mentionsOf } from './mentions.ts';
import { mayBind } from './word-lists.ts';

/**
 * Whether a member of this name may be the symbol because the file lets go of a namespace that holds it (`isHeld`): hands it on, or
 * says `typeof ns` of something else. Whoever holds it then is known by types alone.
 */
export function mayBeHeld(code: Code, start: number, end: number, chains: readonly Chain[], isHeld: (root: string) => boolean): boolean {
  const word = code.text.slice(start, end);
  return isMemberOfAny(code, start, holdsModule) && chains.some(({ root, path }) => path.at(-1) === word && isHeld(root));
}

/** Whether a name is a member of something, or a key by which something is taken apart, and of nothing that is another module. */
function isMemberOfAny(code: Code, start: number, isOther: (code: Code, holder: string) => boolean): boolean {
  const dot = tokenBefore(code, start);
  const open = openerOf(code, start);
  if (open >= 0 && code.text.charAt(open) === '{' && /[{,]/.test(code.text.charAt(dot)) && mayBind(code, open)) return true;
  if (code.text.charAt(dot) !== '.' || blankAt(code, dot) >= 0 || code.text.startsWith('...', dot - 2)) return false;
  const last = tokenBefore(code, dot);
  const holder = wordEndingAt(code, last);
  const isMember = code.text.charAt(tokenBefore(code, last - holder.length + 1)) === '.';
  return holder === '' || isMember || !isOther(code, holder);
}

/** Where a file that may hold a module names one of its members: as a member, as a key, or in a string between brackets. */
export function heldMembers(code: Code, word: string): readonly { readonly start: number; readonly end: number }[] {
  return mentionsOf(code.text, word).flatMap((start) => {
    const end = start + word.length;
    const isNamed = blankAt(code, start) < 0 ? isMemberOfAny(code, start, isNamespace) : isInBrackets(code, start, word);
    return isNamed ? [{ start, end }] : [];
  });
}

/**
 * Whether a file may get a module as the member of this name that something else has, or as a global: it says the name in code. One
 * that calls another module so means that one wherever the name stands alone.
 */
export function mayGet(code: Code, member: string): boolean {
  const isOther = isNamespace(code, member);
  return mentionsOf(code.text, member).some((start) =>
    blankAt(code, start) < 0 ? !isOther || isMemberOfAny(code, start, () => false) : isInBrackets(code, start, member),
  );
}

function isInBrackets(code: Code, start: number, word: string): boolean {
  if (stringAt(code, start - 1) !== word) return false;
  const open = tokenBefore(code, start - 1);
  // `['pay']` with nothing in front of it is a list.
  if (code.text.charAt(open) !== '[' || !/[\w$)\]!.]/.test(code.text.charAt(tokenBefore(code, open)))) return false;
  return tokenAfter(code, start + word.length + 1) === closerOf(code, open);
}

const HOLDERS = new WeakMap<Code, ReadonlySet<string>>();

/**
 * Whether a name holds a module somewhere in the file, what the language has itself or what the file makes: one that holds another thing
 * holds not this one.
 */
export function holdsModule(code: Code, root: string): boolean {
  if (isBuiltIn(code, root) || isMadeHere(code, root)) return true;
  const known = HOLDERS.get(code) ?? holdersIn(code.text);
  HOLDERS.set(code, known);
  return known.has(root);
}

function holdersIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, clause = ''] of text.matchAll(/\bimport\b([^;'"]{0,2000})/g))
    for (const [name] of clause.matchAll(/[\w$]+/g)) names.add(name);
  for (const { index } of text.matchAll(/=\s*(?:await\s+)?(?:import|require)\s*\(/g)) {
    const [name] = /(?<![\w$])[\w$]+(?=\s*$)/.exec(text.slice(Math.max(0, index - 200), index)) ?? [];
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** What every file has of the language itself, of Node or of a page, and nobody hands a module on as. */
const BUILT_IN =
  /^(?:Promise|console|JSON|Math|Object|Array|Number|BigInt|String|Boolean|Date|RegExp|Symbol|Function|Error|Map|Set|Proxy|Reflect|Atomics|Intl|URL|Buffer|process|performance|document|navigator|localStorage|sessionStorage)$/;

/** Whether a name is one of these, and the file calls nothing else so. */
function isBuiltIn(code: Code, name: string): boolean {
  if (!BUILT_IN.test(name)) return false;
  const known = OWN.get(code) ?? new Map<string, boolean>();
  OWN.set(code, known);
  const isOwn = known.get(name) ?? mentionsOf(code.text, name).some((start) => blankAt(code, start) < 0 && mayDeclare(code, start, name));
  known.set(name, isOwn);
  return !isOwn;
}

/** By file, which of these names it may bind to something of its own. */
const OWN = new WeakMap<Code, Map<string, boolean>>();

function mayDeclare(code: Code, start: number, name: string): boolean {
  const reading = readWord(code, start, start + name.length);
  return reading === 'binding' || reading === 'clause';
}

/** Whether a name is the whole of a module, or of the language: what is imported by a name of its own may be anything. */
export function isNamespace(code: Code, name: string): boolean {
  if (isBuiltIn(code, name) || isMadeHere(code, name)) return true;
  return code.text.includes(`* as ${name} `) || code.text.includes(`* as ${name},`);
}
