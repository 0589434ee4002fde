import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from './code-text.ts';
import { holdsLine } from './hunk-lines.ts';
import { keepOf } from './kept.ts';

/** A name that is bound to a list of strings: `const KEPT = ['a', 'b']`, `var volatile = []string{"a"}`, `HELD: &[&str] = &["a"]`. */
export interface NamedList {
  readonly name: string;
  readonly elements: readonly { readonly text: string; readonly line: number }[];
}

/** Every list of plain strings that a file binds to a name. */
export const namedLists = keepOf((facts: SourceFacts): readonly NamedList[] => {
  const { tokens } = facts;
  const found: NamedList[] = [];
  for (let at = 1; at < tokens.length; at += 1) {
    if (tokens[at]?.text !== '=' && tokens[at]?.text !== ':=') continue;
    const open = openingFrom(tokens, at + 1);
    const name = open === undefined ? undefined : boundName(tokens, at);
    const elements = open === undefined ? undefined : elementsFrom(tokens, open + 1);
    if (name !== undefined && elements !== undefined && elements.length > 0) found.push({ name, elements });
  }
  return found;
});

/** Words that may stand between `=` and the list: `new Set([`, `frozenset({`, `List.of(`, `[]string{`, `&[`, `vec![`. */
const BEFORE_LIST =
  /^(new|Set|Map|set|frozenset|list|tuple|List|Arrays|asList|of|Object|freeze|\.|,|\(|\[|\]|&|&\[|string|String|vec|vec!|!|HashSet|BTreeSet|from|Immutable\w+|Stream|\*|const|static|str|<|>|EnumSet|ReadonlySet)$/;

function openingFrom(tokens: readonly CodeToken[], from: number): number | undefined {
  for (let at = from; at < Math.min(tokens.length, from + 10); at += 1) {
    const text = tokens[at]?.text ?? '';
    const next = tokens[at + 1]?.text ?? '';
    if (/[[({]$/.test(text) && isString(next)) return at;
    if (!BEFORE_LIST.test(text) && !/[[({]$/.test(text)) return undefined;
  }
  return undefined;
}

/** The name before `=`, over a type that stands between: `HELD: &[&str] =`, `String[] KEPT =`. */
function boundName(tokens: readonly CodeToken[], equals: number): string | undefined {
  const line = tokens[equals]?.line;
  let from = equals - 1;
  while (from > 0 && tokens[from - 1]?.line === line && equals - from < 14) from -= 1;
  const before = tokens.slice(from, equals).map(({ text }) => text);
  const colon = before.indexOf(':');
  const own = colon > 0 ? before[colon - 1] : before.at(-1);
  return own !== undefined && /^[A-Za-z_]\w*$/.test(own) ? own : undefined;
}

function elementsFrom(tokens: readonly CodeToken[], from: number): NamedList['elements'] | undefined {
  const elements: { text: string; line: number }[] = [];
  for (let at = from; at < tokens.length; at += 1) {
    const { text, line } = tokens[at] ?? { text: '', line: 0 };
    if (/^[\])}]/.test(text)) return elements;
    if (isString(text)) elements.push({ text: text.replace(/^[a-z]?["'`]|["'`]$/gi, ''), line });
    else if (text !== ',') return undefined;
  }
  return undefined;
}

function isString(text: string): boolean {
  return /^[bru]?["'`]/i.test(text);
}

export interface ListChange {
  readonly name: string;
  readonly added: NamedList['elements'];
  readonly removed: NamedList['elements'];
  /** Elements on both sides. */
  readonly kept: number;
}

/** Lists of this file whose elements changed, with the elements on lines of this hunk alone. */
export function changedLists(input: RuleInput): readonly ListChange[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined || !(holdsText(input, 'before') || holdsText(input, 'after'))) return [];
  const old = namedLists(before);
  return namedLists(after).flatMap((list): readonly ListChange[] => {
    const was = old.filter((other) => other.name === list.name);
    const [own] = was;
    if (own === undefined || was.length > 1) return [];
    const has = (other: NamedList, text: string): boolean => other.elements.some((element) => element.text === text);
    const within = (line: number, side: 'before' | 'after'): boolean => holdsLine(hunk[side], line);
    const added = list.elements.filter(({ text, line }) => !has(own, text) && within(line, 'after'));
    const removed = own.elements.filter(({ text, line }) => !has(list, text) && within(line, 'before'));
    const kept = list.elements.filter(({ text }) => has(own, text)).length;
    return added.length + removed.length === 0 ? [] : [{ name: list.name, added, removed, kept }];
  });
}

/** An element of a list stands on a line of the hunk. */
function holdsText(input: RuleInput, side: 'before' | 'after'): boolean {
  const { start, lines } = input.hunk[side];
  return tokensOn(input[side], start, start + lines - 1).some(({ text }) => isString(text));
}

/** The text of a name that the file binds to one plain string, and to nothing else. */
export function constantText(facts: SourceFacts | undefined, name: string): string | undefined {
  return facts === undefined || !/^[A-Za-z_$][\w$]*$/.test(name) ? undefined : constants(facts).get(name);
}

const constants = keepOf((facts: SourceFacts): ReadonlyMap<string, string | undefined> => {
  const found = new Map<string, string | undefined>();
  for (const { name, value, callee } of facts.options) {
    if (callee !== '') continue;
    const text = isString(value) ? value.replace(/^[a-z]?["'`]|["'`]$/gi, '') : undefined;
    found.set(name, found.has(name) && found.get(name) !== text ? undefined : text);
  }
  return found;
});
