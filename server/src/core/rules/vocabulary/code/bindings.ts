import type { SourceFacts } from '../../../model/facts.ts';
import { keepOf } from './kept.ts';

/** Tokens of the longest expression that is read. */
const LONGEST = 40;

/** What a name was last bound to between the head of its function and a line; undefined for a parameter, and for a long expression. */
export function boundAbove(facts: SourceFacts, name: string, line: number): string | undefined {
  const { tokens, scopes } = facts;
  const head = Math.max(1, ...scopes.filter((scope) => scope.startLine <= line && line <= scope.endLine).map((scope) => scope.startLine));
  const at = bindings(facts)
    .get(name)
    ?.findLast((place) => head <= (tokens[place]?.line ?? 0) && (tokens[place]?.line ?? line) < line);
  if (at === undefined) return undefined;
  const value: string[] = [];
  let open = 0;
  for (const [index, { text, line: own }] of tokens.slice(at + 1, at + 2 + LONGEST).entries()) {
    const isNext = index > 0 && own !== tokens[at + index]?.line;
    if (text === ';' || (open === 0 && isNext && text !== '.')) break;
    if (/^[([{]$/.test(text)) open += 1;
    if (/^[)\]}]$/.test(text)) open -= 1;
    if (open < 0) break;
    if (!/^(await|new)$/.test(text)) value.push(text);
  }
  return value.length === 0 || value.length > LONGEST ? undefined : value.join(' ');
}

/** Where each plain name is bound: the places of the `=` among the tokens. */
const bindings = keepOf(({ tokens }: SourceFacts): ReadonlyMap<string, readonly number[]> => {
  const places = new Map<string, number[]>();
  for (const [at, { text }] of tokens.entries()) {
    const name = tokens[at - 1]?.text ?? '';
    if ((text !== '=' && text !== ':=') || !/^[A-Za-z_$][\w$]*$/.test(name) || tokens[at - 2]?.text === '.') continue;
    const known = places.get(name);
    if (known === undefined) places.set(name, [at]);
    else known.push(at);
  }
  return places;
});
