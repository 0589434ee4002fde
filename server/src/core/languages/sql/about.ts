import type { SqlStatement } from '../../model/facts.ts';
import { readActions } from './actions.ts';
import { readConditions } from './conditions.ts';
import { wordAt } from './cursor.ts';
import { nameOf, type SqlToken } from './tokens.ts';

/** What the tokens of a statement tell in every dialect. */
export function aboutOf(
  verb: string,
  tokens: readonly SqlToken[],
): Pick<SqlStatement, 'names' | 'sets' | 'limited' | 'actions' | 'conditions'> {
  const words = tokens.filter((token) => token.kind === 'word' || token.kind === 'quoted');
  return {
    names: words.map(nameOf),
    sets: columnsSet(tokens),
    limited: isLimited(tokens),
    actions: readActions(verb, tokens),
    conditions: readConditions(tokens),
  };
}

/** `SET a = 1, b = (…)`: the name before each `=` that follows SET or a comma. */
function columnsSet(tokens: readonly SqlToken[]): readonly string[] {
  if (wordAt(tokens, 0) !== 'update' && wordAt(tokens, 0) !== 'with') return [];
  const columns: string[] = [];
  let within = false;
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && /^(where|from|returning)$/.test(wordAt(tokens, at))) within = false;
    else if (wordAt(tokens, at) === 'set') within = true;
    const column = tokens[at + 1];
    if (within && (wordAt(tokens, at) === 'set' || token.text === ',') && column !== undefined && tokens[at + 2]?.text === '=')
      columns.push(nameOf(column));
  }
  return columns;
}

/** `DELETE … LIMIT 500` and `DELETE TOP (10)`; the LIMIT of a sub-select bounds something else. */
function isLimited(tokens: readonly SqlToken[]): boolean {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && (wordAt(tokens, at) === 'limit' || (at === 1 && wordAt(tokens, at) === 'top'))) return true;
  }
  return false;
}
