import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { isAskedOfAList } from './asked-of-a-list.ts';

/** What a set is asked by its name, in the libraries that there are. */
const ASKED = ['Has', 'Contains', 'ContainsKey', 'Exists', 'Exist', 'Includes', 'IsMember', 'Member', 'Test'];

/** A list that was written out has a name now (`isAskedOfAList`); in Go: `if _, ok := known[key]; !ok` that is `if !known.Has(key)`, the map being a set now that has a method for it. */
export function isAskedOfASet(input: RuleInput, guard: Guard): boolean {
  const { before } = input;
  if (before?.language === 'typescript') return isAskedOfAList(input, guard);
  const negated = /^!?(\w+)$/.exec(guard.test);
  if (before?.language !== 'go' || negated === null) return false;
  const { line } = guard.range.start;
  const written = tokensOn(before, line - 1, line).map(({ text }) => text);
  const told = written.lastIndexOf(negated[1] ?? '', written.lastIndexOf(':=') - 1);
  const open = written.indexOf('[', told);
  if (told < 1 || written[told - 1] !== ',' || written[told + 1] !== ':=' || open < 0) return false;
  const set = written.slice(told + 2, open).join('');
  const key = written.slice(open + 1, closing(written, open)).join('');
  const mark = guard.test.startsWith('!') ? '!' : '';
  const asked = new Set([...ASKED.map((name) => `${mark}${set}.${name}(${key})`), `${mark}slices.Contains(${set},${key})`]);
  return newGuardsIn(input, guard.scope).some((fresh) => fresh.exit === guard.exit && asked.has(fresh.test.replaceAll(/\s/g, '')));
}

/** Where the bracket at `open` closes. */
function closing(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at] === '[') depth += 1;
    if (tokens[at] === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}
