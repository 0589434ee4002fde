import type { SourceFacts } from '../../../model/facts.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { answeredFor } from './answered-criteria.ts';

/** Functions that one argument asks for its criteria; a longer list is no query. */
const MOST_CALLS = 4;

/**
 * An argument, or the callee of a chain, with the criteria that functions of the file make of nothing but what they are told, written out:
 * `{ where: stale('draft') }` reads as `{ where: { state: 'draft', … } }`, and so does what is spread among others, `{ where: { id, ...own(user) } }`,
 * what a filter is told, `.filter(**idle(day))`, and, where `whole` says so, an argument that is one call.
 */
export function withMade(argument: string, facts: SourceFacts, whole = false): string {
  if (!MADE.test(argument) && !(whole && ALONE.test(argument))) return argument;
  let text = argument;
  let from = 0;
  for (let round = 0; round < MOST_CALLS; round += 1) {
    const found = new RegExp(whole && round === 0 && ALONE.test(text) ? ALONE : MADE, 'g');
    found.lastIndex = from;
    const match = found.exec(text);
    if (match === null) break;
    const [head, lead = '', name = ''] = match;
    const open = match.index + head.length;
    const close = closingFrom(text, open);
    const made = close === undefined ? undefined : criteriaOf(facts, name, splitSource(text.slice(open, close), ','));
    if (close === undefined || made === undefined) {
      from = open;
      continue;
    }
    const isKeywords = lead === '**' && /^$|[(,] ?$/.test(text.slice(0, match.index));
    const inner = /^\{ ([\s\S]*) \}$/.exec(made)?.[1];
    const spread = inner === undefined ? made : isKeywords ? splitSource(inner, ',').map(asKeyword).join(', ') : inner;
    // Conditions that are joined are conditions of the filter itself.
    const plain = /^$|\($/.test(lead) ? made.replace(/^(?:Q|and_)\(([\s\S]*)\)$/, '$1') : made;
    text = text.slice(0, match.index) + (/^(?:\.\.\.|\*\*)$/.test(lead) ? spread : lead + plain) + text.slice(close + 1);
  }
  return text;
}

const OWN = '(?:(?:this|self|cls)\\.)?([A-Za-z_]\\w*)\\(';
const MADE = new RegExp(`(\\.\\.\\.|\\*\\*|\\b(?:where|filter|criteria|query): ?|\\.(?:filter|where|Where|exclude|andWhere)\\()${OWN}`);
const ALONE = new RegExp(`^()${OWN}`);

/** `'shelf_id': x` as a keyword of a call: `shelf_id=x`. */
function asKeyword(field: string): string {
  return field.replace(/^['"]?(\w+)['"]?\s*:\s*/, '$1=');
}

/** What a function of the file answers that only puts criteria together. */
function criteriaOf(facts: SourceFacts, name: string, given: readonly string[]): string | undefined {
  const symbols = facts.symbols.filter((other) => other.name.slice(other.name.lastIndexOf('.') + 1) === name && CALLED.test(other.kind));
  const [symbol] = symbols;
  if (symbol === undefined || symbols.length > 1 || symbol.parameters.some((parameter) => /[{[]/.test(parameter.name))) return undefined;
  return answeredFor(facts, symbol, given);
}

const CALLED = /^(?:function|method)$/;
