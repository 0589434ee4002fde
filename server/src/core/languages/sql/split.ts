import { delimiterOf, type SqlToken } from './tokens.ts';

/** Tokens of one statement, without comments and without what ends it. */
export interface StatementTokens {
  readonly tokens: readonly SqlToken[];
  readonly section: '' | 'up' | 'down';
}

/**
 * Markers by which migration tools keep both directions in one file. A way down counts only behind a way up: a remark alone
 * does not make a statement harmless.
 */
export const SECTION = /^--\s*(?:\+goose|\+migrate|migrate:|@)\s*(up|down|undo|rollback)\b/i;

/**
 * Cuts a script into statements at `;`, at the `DELIMITER` in force, at `GO`, and nowhere inside the body of a routine.
 */
export function splitStatements(tokens: readonly SqlToken[]): readonly StatementTokens[] {
  const statements: StatementTokens[] = [];
  let current: SqlToken[] = [];
  let delimiter = ';';
  let depth = 0;
  let section: StatementTokens['section'] = '';
  const end = (): void => {
    if (current.length > 0) statements.push({ tokens: current, section });
    current = [];
    depth = 0;
  };
  for (const token of tokens) {
    if (token.kind === 'data') continue;
    if (token.kind === 'comment') {
      const marker = SECTION.exec(token.text);
      if (marker !== null) {
        end();
        if (/^up$/i.test(marker[1] ?? '')) section = 'up';
        else if (section !== '') section = 'down';
      }
    } else if (token.kind === 'meta') {
      end();
      delimiter = delimiterOf(token.text) ?? delimiter;
    } else if (token.text === delimiter && depth === 0) {
      end();
    } else {
      current.push(token);
      depth = Math.max(0, depth + bodyStep(token, current, delimiter));
    }
  }
  end();
  return statements;
}

/**
 * A routine's own statements, and those of a DO block: each piece between semicolons, from behind the words that only steer
 * (`BEGIN`, `THEN`, `LOOP`). A `CASE` amid a statement is an expression of it, to its `END`.
 */
export function splitBody(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const pieces: SqlToken[][] = [[]];
  let cases = 0;
  for (const token of tokens) {
    if (token.kind === 'comment') continue;
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    const last = pieces.at(-1)?.at(-1)?.text.toLowerCase();
    if (word === 'case' && last !== undefined && last !== 'end') cases += 1;
    else if (word === 'end' && cases > 0) cases -= 1;
    if (token.text === ';') {
      pieces.push([]);
      cases = 0;
    } else if (cases === 0 && /^(?:begin|then|else|loop)$/.test(word)) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** `BEGIN … END` nests inside a CREATE of a routine where the body is not quoted and the delimiter was left as it is. */
function bodyStep(token: SqlToken, current: readonly SqlToken[], delimiter: string): number {
  if (delimiter !== ';' || token.kind !== 'word' || !isRoutine(current)) return 0;
  const word = token.text.toLowerCase();
  const previous = current.at(-2)?.text.toLowerCase();
  if (word === 'begin' || (word === 'case' && previous !== 'end')) return 1;
  if (word === 'end') return -1;
  // `END IF` and its kin close what no BEGIN opened.
  if (previous === 'end' && /^(if|loop|while|repeat)$/.test(word)) return 1;
  return 0;
}

/** True where a statement makes a procedure, a function or a trigger. */
export function isRoutine(tokens: readonly SqlToken[]): boolean {
  const head = tokens.slice(0, 8).map((token) => token.text.toLowerCase());
  return (head[0] === 'create' || head[0] === 'alter') && head.some((word) => /^(procedure|proc|function|trigger)$/.test(word));
}
