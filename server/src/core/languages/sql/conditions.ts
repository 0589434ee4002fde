import { closing, wordAt } from './cursor.ts';
import { nameOf, type SqlToken } from './tokens.ts';

/** Conditions of a statement at every depth, cut at their ANDs. A sub-select stands as `( select )`, and its own follow. */
export function readConditions(tokens: readonly SqlToken[]): readonly string[] {
  if (!HAVE_CONDITIONS.has(wordAt(tokens, 0)) && wordAt(tokens, 1) !== 'policy' && !isView(tokens) && !isFilled(tokens)) return [];
  const isPolicy = wordAt(tokens, 1) === 'policy';
  const found: string[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const word = token.text.toLowerCase();
    const starts = word === 'where' || word === 'on' || (isPolicy && (word === 'using' || word === 'check'));
    if (starts && !(word === 'on' && (isPolicy || /^(commit|delete|update)$/.test(wordAt(tokens, at + 1)))))
      found.push(...conjuncts(tokens.slice(at + 1, endOf(tokens, at + 1))));
  }
  return found;
}

/** `CREATE OR REPLACE MATERIALIZED VIEW … AS SELECT`: its query keeps rows from whoever reads it. */
function isView(tokens: readonly SqlToken[]): boolean {
  return /^(create|alter)$/.test(wordAt(tokens, 0)) && [1, 2, 3, 4, 5].some((at) => wordAt(tokens, at) === 'view');
}

/** `CREATE TEMP TABLE doomed AS SELECT …`: its query chooses what whoever reads the table works on. */
function isFilled(tokens: readonly SqlToken[]): boolean {
  return (
    wordAt(tokens, 0) === 'create' &&
    [1, 2, 3, 4].some((at) => wordAt(tokens, at) === 'table') &&
    tokens.some(
      (_, at) => wordAt(tokens, at) === 'as' && /^(select|with)$/.test(wordAt(tokens, at + (tokens[at + 1]?.text === '(' ? 2 : 1))),
    )
  );
}

const HAVE_CONDITIONS = new Set([
  'select',
  'update',
  'delete',
  'with',
  'insert',
  'merge',
  'begin',
  'declare',
  'if',
  'perform',
  'for',
  'return',
]);

const ENDS = new Set(
  'where group order limit returning for option window union intersect except having offset fetch on join left right inner full cross natural when with set values then loop from using do'.split(
    ' ',
  ),
);

/** A condition ends at the clause that follows it, or where the bracket around it closes. */
function endOf(tokens: readonly SqlToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.text === '(') depth++;
    else if (token?.text === ')' && --depth < 0) return at;
    else if (depth === 0 && token?.kind === 'word' && ENDS.has(token.text.toLowerCase()) && !isOperator(tokens, at)) return at;
  }
  return tokens.length;
}

/** `a IS DISTINCT FROM b`, and the functions `left(…)` and `right(…)`. */
function isOperator(tokens: readonly SqlToken[], at: number): boolean {
  const word = wordAt(tokens, at);
  return (word === 'from' && wordAt(tokens, at - 1) === 'distinct') || (/^(left|right)$/.test(word) && tokens[at + 1]?.text === '(');
}

function conjuncts(tokens: readonly SqlToken[]): readonly string[] {
  const whole = withoutBrackets(tokens);
  const parts: SqlToken[][] = [[]];
  let depth = 0;
  let between = false;
  for (const token of whole) {
    const word = token.kind === 'word' ? token.text.toLowerCase() : token.text;
    if (word === '(') depth++;
    else if (word === ')') depth--;
    if (depth === 0 && word === 'between') between = true;
    if (depth === 0 && word === 'and' && !between) parts.push([]);
    else {
      if (depth === 0 && word === 'and') between = false;
      parts.at(-1)?.push(token);
    }
  }
  const filled = parts.filter((part) => part.length > 0);
  if (filled.length > 1) return filled.flatMap(conjuncts);
  return filled.map(conditionText).filter((text) => text !== '');
}

function withoutBrackets(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let inner = tokens;
  while (inner[0]?.text === '(' && closing(inner, 0) === inner.length - 1 && wordAt(inner, 1) !== 'select') inner = inner.slice(1, -1);
  return inner;
}

function conditionText(tokens: readonly SqlToken[]): string {
  const words: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) continue;
    // A table's name or alias says which column it is, and changes with every rewrite.
    if (tokens[at + 1]?.text === '.' && (token.kind === 'word' || token.kind === 'quoted')) at++;
    else if (token.text === '(' && wordAt(tokens, at + 1) === 'select') {
      words.push('( select )');
      at = closing(tokens, at);
    } else words.push(token.kind === 'word' || token.kind === 'quoted' ? nameOf(token) : token.text);
  }
  return words.join(' ');
}
