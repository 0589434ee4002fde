import { stringAt } from './bindings-in-clauses.ts';
import { isPath, spotBefore } from './bindings-in-modules.ts';
import type { Code } from './code.ts';
import { blankAt, closerOf, openerOf, tokenAfter, tokenBefore, wordEndingAt, wordStartingAt } from './code-around.ts';
import type { Chain, Meaning } from './export-walk.ts';
import { mentionsIn, mentionsOf } from './mentions.ts';
import { isNamespace } from './modules-held.ts';
import { isClause, mayBind } from './word-lists.ts';

/**
 * A string that says the last name of a chain: `member` where it names one for sure (`ns['charge']`), `maybe` where it may, `spelled`
 * where it stands in a file that holds the module and names a member by no way that is known.
 */
export interface NamedByString {
  readonly start: number;
  readonly end: number;
  readonly as: 'member' | 'maybe' | 'spelled';
}

/** Names written as strings in clauses: `import { 'charge' as pay } from './pay'`. */
export function stringsInClauses(code: Code, { clauses }: Meaning): readonly { readonly start: number; readonly end: number }[] {
  const names = new Set([...clauses.values()].flatMap((some) => [...some]));
  return [...names].flatMap((name) =>
    quoted(code, name).flatMap((start) => {
      const open = stringAt(code, start - 1) === name ? openerOf(code, start - 1) : -1;
      if (open < 0 || !isClause(code, open)) return [];
      const from = tokenAfter(code, closerOf(code, open) + 1);
      const specifier = wordStartingAt(code, from) === 'from' ? stringAt(code, tokenAfter(code, from + 4)) : undefined;
      return clauses.get(specifier ?? '')?.has(name) === true ? [{ start, end: start + name.length }] : [];
    }),
  );
}

/**
 * Strings that name a member of a namespace or a module: for sure in its brackets, perhaps where it is taken apart or let go of. Where
 * the file picks members at run time (`picks`) any string may be the name of one.
 */
export function readStrings(
  code: Code,
  chains: readonly Chain[],
  { spots }: Meaning,
  { isHeld, picks }: { readonly isHeld: (root: string) => boolean; readonly picks: boolean },
): readonly NamedByString[] {
  const words = new Set([...chains, ...spots].flatMap(({ path }) => path.at(-1) ?? []));
  return [...words].flatMap((word) =>
    quoted(code, word).flatMap((start): readonly NamedByString[] => {
      if (stringAt(code, start - 1) !== word) return [];
      const end = start + word.length;
      const found = [{ start, end, as: 'maybe' as const }];
      const bracket = tokenBefore(code, start - 1);
      const close = tokenAfter(code, end + 1);
      const isBracketed = code.text.charAt(bracket) === '[' && code.text.charAt(close) === ']';
      if (isBracketed) {
        const front = tokenBefore(code, bracket);
        const at = code.text.charAt(front) === '.' ? front : bracket;
        const spot = spotBefore(code, at);
        const isNamed =
          chains.some(({ root, path }) => path.at(-1) === word && isPath(code, at, [root, ...path.slice(0, -1)])) ||
          spots.some(({ specifier, path }) => specifier === spot && path.length === 1 && path[0] === word);
        if (isNamed) return [{ start, end, as: 'member' }];
      }
      const open = openerOf(code, isBracketed ? bracket : start - 1);
      const next = code.text.charAt(isBracketed ? tokenAfter(code, close + 1) : close);
      if (next === ':' && open >= 0 && mayBind(code, open)) return found;
      // `spyOn(ns.fees, 'charge')`
      const isOwned =
        code.text.charAt(bracket) === ',' &&
        chains.some(({ root, path }) => path.at(-1) === word && isPath(code, bracket, [root, ...path.slice(0, -1)]));
      if (isOwned) return found;
      if (isOfAnother(code, start - 1, word, chains)) return [];
      const roots = chains.flatMap(({ root, path }) => (path.at(-1) === word && isHeld(root) ? [root] : []));
      if (roots.length === 0 && !spots.some(({ path }) => path.at(-1) === word)) return [];
      const isLikely = picks || mayNameMember(code, start - 1, end + 1) || isGivenAlong(code, start - 1, roots);
      return isLikely ? found : [{ start, end, as: 'spelled' }];
    }),
  );
}

/**
 * Whether a string stands where a member is named: `spyOn(ns, 'pay')`, `pick(ns, ['pay'])`, `'pay' in ns`, `(await ns)['pay']`,
 * `Pick<typeof ns, 'pay'>`, `expect(ns).toHaveProperty('pay')`. What spells the name anywhere else (`{ level: 'info' }`) most
 * likely names nothing.
 */
function mayNameMember(code: Code, quote: number, end: number): boolean {
  const { text } = code;
  const before = tokenBefore(code, quote);
  const after = tokenAfter(code, end);
  const unit = text.charAt(before);
  const next = text.charAt(after);
  if (wordStartingAt(code, after) === 'in') return true;
  // Of a list of types.
  if (unit === '<' || unit === '|' || next === '|' || next === '>') return true;
  const open = openerOf(code, quote);
  if (open < 0) return false;
  if (text.charAt(open) === '[') return mayBeOwner(code, tokenBefore(code, open));
  if (text.charAt(open) !== '(') return false;
  return unit === '(' ? /propert/i.test(wordEndingAt(code, tokenBefore(code, open))) : unit === ',' && mayBeOwner(code, before);
}

const DEEPEST_ARGUMENT = 6;
/** Characters of a call in which its other arguments are looked for. */
const LONGEST_CALL = 2_000;

/** `use(ns, { name: 'pay' })`: whoever is called with the module is told the name. */
function isGivenAlong(code: Code, quote: number, roots: readonly string[]): boolean {
  let open = openerOf(code, quote);
  for (let depth = 0; open >= 0 && depth < DEEPEST_ARGUMENT; depth += 1) {
    const given = code.text.slice(open, Math.min(closerOf(code, open), open + LONGEST_CALL));
    if (code.text.charAt(open) === '(' && roots.some((root) => mentionsOf(given, root).length > 0)) return true;
    // A function's body is no argument.
    if (/[>)]/.test(code.text.charAt(tokenBefore(code, open)))) return false;
    open = openerOf(code, open);
  }
  return false;
}

/** Whether what ends in front of a bracket or of a comma may hold members: a name, a call, an element, but no string. */
function mayBeOwner(code: Code, last: number): boolean {
  const at = code.text.charAt(last) === ',' ? tokenBefore(code, last) : last;
  return /[\w$)\]!]/.test(code.text.charAt(at)) && blankAt(code, at) < 0;
}

/** `spyOn(console, 'warn')`: the argument in front of the string is the whole of another module, or of the language. */
function isOfAnother(code: Code, quote: number, word: string, chains: readonly Chain[]): boolean {
  const comma = tokenBefore(code, quote);
  if (code.text.charAt(comma) !== ',') return false;
  const last = tokenBefore(code, comma);
  const name = wordEndingAt(code, last);
  if (name === '' || code.text.charAt(tokenBefore(code, last - name.length + 1)) !== '(') return false;
  return isNamespace(code, name) && !chains.some(({ root, path }) => root === name && path.at(-1) === word);
}

/** Mentions that a quote stands in front of. */
function quoted(code: Code, word: string): readonly number[] {
  return mentionsIn(code, word).filter((start) => {
    const unit = code.text.charCodeAt(start - 1);
    return unit === 34 || unit === 39 || unit === 96;
  });
}
