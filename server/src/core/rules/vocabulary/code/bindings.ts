import type { SourceFacts } from '../../../model/facts.ts';
import { keepOf } from './kept.ts';

/** Tokens of the longest expression that is read. */
const LONGEST = 40;

/**
 * What a name was last bound to between the head of its function and a line; undefined for a parameter, and for a long expression. A
 * name out of a pattern is what it takes of the value: `rows [ 0 ]` of `const [first] = rows`.
 */
export function boundAbove(facts: SourceFacts, name: string, line: number): string | undefined {
  const { tokens, scopes } = facts;
  const head = Math.max(1, ...scopes.filter((scope) => scope.startLine <= line && line <= scope.endLine).map((scope) => scope.startLine));
  const place = bindings(facts)
    .get(name)
    ?.findLast(({ at }) => head <= (tokens[at]?.line ?? 0) && (tokens[at]?.line ?? line) < line);
  if (place === undefined) return undefined;
  const value = valueBehind(tokens, place.at);
  return value.length === 0 || value.length > LONGEST ? undefined : [...value, ...place.taken].join(' ');
}

function valueBehind(tokens: SourceFacts['tokens'], at: number): readonly string[] {
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
  return value;
}

/** Where a name is bound: the place of the `=` among the tokens, and what a pattern takes of the value for it. */
interface Binding {
  readonly at: number;
  readonly taken: readonly string[];
}

const bindings = keepOf(({ tokens, language }: SourceFacts): ReadonlyMap<string, readonly Binding[]> => {
  const places = new Map<string, Binding[]>();
  const add = (name: string, binding: Binding): void => {
    const known = places.get(name);
    if (known === undefined) places.set(name, [binding]);
    else known.push(binding);
  };
  for (const [at, { text }] of tokens.entries()) {
    if (text !== '=' && text !== ':=') continue;
    const name = nameBefore(tokens, at, language);
    if (name !== undefined) add(name, { at, taken: [] });
    else if (language === 'typescript' && /^[\]}]$/.test(tokens[at - 1]?.text ?? ''))
      for (const [taker, taken] of namesInPattern(tokens, at)) add(taker, { at, taken });
  }
  return places;
});

/** `{ id, rows: [first] }` of `const { id, rows: [first] } = …`, each name with what it takes: `. id`, `. rows [ 0 ]`. */
function namesInPattern(tokens: SourceFacts['tokens'], end: number): readonly (readonly [string, readonly string[]])[] {
  let depth = 0;
  let start = end - 1;
  for (; start >= 0 && end - start < LONGEST; start -= 1) {
    const text = tokens[start]?.text ?? '';
    if (/^[\]}]$/.test(text)) depth += 1;
    if (/^[[{]$/.test(text)) depth -= 1;
    if (depth === 0) break;
  }
  if (!/^(const|let|var)$/.test(tokens[start - 1]?.text ?? '')) return [];
  const found: (readonly [string, readonly string[]])[] = [];
  const path: (readonly string[])[] = [];
  let place = 0;
  for (let at = start; at < end; at += 1) {
    const [text = '', next = ''] = [tokens[at]?.text, tokens[at + 1]?.text];
    const isList = text === '[';
    if (isList || text === '{') {
      path.push(isList ? ['[', '0', ']'] : []);
      place = 0;
    } else if (text === ']' || text === '}') path.pop();
    else if (text === ',' && path.at(-1)?.[0] === '[') {
      place += 1;
      path[path.length - 1] = ['[', String(place), ']'];
    } else if (NAME.test(text) && next === ':') path[path.length - 1] = ['.', text];
    else if (NAME.test(text) && tokens[at - 1]?.text !== '=') {
      const own = path.at(-1) ?? [];
      found.push([text, own.length === 0 ? [...path.flat(), '.', text] : path.flat()]);
      if (own[0] === '.') path[path.length - 1] = [];
    }
  }
  return found;
}

/** The name in front of an `=`: `n`, `n: u8` with its type, the first of `n, err` where the second is what went wrong. */
function nameBefore(tokens: SourceFacts['tokens'], at: number, language: string): string | undefined {
  const [before = '', one = '', other = '', third = ''] = [1, 2, 3, 4].map((back) => tokens[at - back]?.text ?? '');
  if (!NAME.test(before) || one === '.') return undefined;
  // A parameter with its type and its default is no binding.
  if (one === ':' && NAME.test(other)) return /^[(,]$/.test(third) ? undefined : other;
  return language === 'go' && one === ',' && /^(err|ok|found|_)$/.test(before) && NAME.test(other) && third !== ',' ? other : before;
}

const NAME = /^[A-Za-z_$][\w$]*$/;

const DECLARES = /^(const|let|var|val|final|mut|boolean|bool|int|long|double|String)$/;

/** What each name that the file binds once is bound to, in one expression of up to forty tokens, joined by spaces; not where it is longer. */
export const bindingsOnce = keepOf((facts: SourceFacts): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const several = new Set<string>();
  const { tokens } = facts;
  for (const [at, { text }] of tokens.entries()) {
    if (text !== '=' && text !== ':=') continue;
    const typed = facts.language === 'typescript' ? typedName(tokens, at) : undefined;
    const name = typed ?? tokens[at - 1];
    const ahead = typed === undefined ? tokens[at - 2] : { text: 'const', line: typed.line };
    if (name === undefined || !/^[A-Za-z_$][\w$]*$/.test(name.text)) continue;
    const isDeclared =
      text === ':=' ||
      /^[A-Z][A-Z0-9_]+$/.test(name.text) ||
      (ahead !== undefined && DECLARES.test(ahead.text)) ||
      ahead?.line !== name.line;
    if (!isDeclared) continue;
    const value = expressionAt(facts, at + 1);
    if (found.has(name.text) || value === '') several.add(name.text);
    found.set(name.text, value);
  }
  return new Map([...found].filter(([name]) => !several.has(name)));
});

/** `ENDED` of `const ENDED: ReadonlySet<State> = …`. */
function typedName(tokens: SourceFacts['tokens'], at: number): SourceFacts['tokens'][number] | undefined {
  for (let back = at - 2; back > at - LONGEST_TYPE; back -= 1) {
    const text = tokens[back]?.text ?? ';';
    if (/^(?:[;={}]|=>|return)$/.test(text)) return undefined;
    if (/^(?:const|let)$/.test(text)) return tokens[back + 2]?.text === ':' ? tokens[back + 1] : undefined;
  }
  return undefined;
}

const LONGEST_TYPE = 16;

/** The expression that begins at this token, up to the end of its line or what it goes on with; empty where it is longer. */
function expressionAt({ tokens }: SourceFacts, start: number): string {
  const parts: string[] = [];
  let depth = 0;
  let line = tokens[start]?.line;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || token.text === ';') break;
    const goesOn =
      depth > 0 ||
      /^(\|\||&&|\?\?|[?:+*/.<>=,]|[=!<>]=+|and|or)$/.test(tokens[at - 1]?.text ?? '') ||
      /^(\|\||&&|\?\?|[?:.+*/<>]|\?\.)$/.test(token.text);
    if (token.line !== line && parts.length > 0 && !goesOn) break;
    line = token.line;
    if (/^[([{]$/.test(token.text)) depth += 1;
    if (/^[)\]}]$/.test(token.text)) depth -= 1;
    if (depth < 0) break;
    parts.push(token.text);
    if (parts.length > LONGEST) return '';
  }
  return parts.join(' ');
}
