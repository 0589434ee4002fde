import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';

/** A name in more files than this is a common word. */
const MOST_FILES = 12;
/** Tokens of a list that is read, with the type in front of it. */
const LONGEST = 80;

/**
 * What a name in front of a handler stands for where it is a list: `requireUser`, `requireScope('x')` for `keeper` of
 * `const keeper = [requireUser, requireScope('x')]` or `compose(requireUser, requireScope('x'))`, in the file itself or in another one of
 * its language. Empty where it is none, or where several places declare one.
 */
export function chainNamed(input: RuleInput, side: Side, name: string): readonly string[] {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return [];
  const own = input[side] === undefined ? undefined : listOf(input[side], name);
  if (own !== undefined) return own;
  const paths = input.trees[side].mentioning(name, EXTENSIONS).filter((path) => path !== input.path);
  if (paths.length > MOST_FILES) return [];
  const found = paths.flatMap((path) => {
    const facts = input.factsAt(side, path);
    const list = facts === undefined ? undefined : listOf(facts, name);
    return list === undefined ? [] : [list];
  });
  return found.length === 1 ? (found[0] ?? []) : [];
}

const EXTENSIONS = ['.ts', '.js', '.mjs', '.cjs', '.mts', '.cts', '.tsx', '.jsx'];

function listOf({ tokens }: SourceFacts, name: string): readonly string[] | undefined {
  const at = tokens.findIndex(({ text }, index) => text === name && /^(const|let|var)$/.test(tokens[index - 1]?.text ?? ''));
  if (at < 0) return undefined;
  const near = tokens.slice(at, at + LONGEST);
  const equals = near.findIndex(({ text }) => text === '=' || text === ';');
  if (near[equals]?.text !== '=') return undefined;
  const value = near.slice(equals + 1);
  const [first = '', second = ''] = value.map(({ text }) => text);
  if (first === '[') return itemsOf(value.slice(1));
  return /^(compose|combine|chain|every|all|pipe|sequence|stack|applyMiddlewares?)$/.test(first) && second === '('
    ? itemsOf(value.slice(2))
    : undefined;
}

/** Items up to the bracket that closes the list, each without spaces; undefined where the list is longer than what is read. */
function itemsOf(tokens: readonly CodeToken[]): readonly string[] | undefined {
  const items: string[] = [''];
  let depth = 0;
  for (const { text } of tokens) {
    if (depth === 0 && /^[\])]$/.test(text)) return items.filter(Boolean);
    if (/^[[({]$/.test(text)) depth++;
    if (/^[\])}]$/.test(text)) depth--;
    if (depth === 0 && text === ',') items.push('');
    else items[items.length - 1] += text;
  }
  return undefined;
}
