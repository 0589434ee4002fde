/** One SQL token. Offsets are UTF-16 units. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'comment' | 'meta' | 'data';
  /** As written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads tokens of any dialect we meet: Postgres (dollar quotes, nested comments, `E''`, psql `\` lines, COPY data), MySQL
 * (backticks, `#` comments at the start of a line, `DELIMITER`, and what it runs of a comment, whose tokens stand between a
 * comment that opens it and one that closes it), T-SQL (`[name]`, `GO`) and SQLite. A string or comment that
 * does not end runs to the end of the text.
 */
export function readTokens(text: string, firstDelimiter = ';'): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let delimiter = firstDelimiter;
  let at = 0;
  while (at < text.length) {
    if (/\s|\uFEFF/.test(text[at] ?? '')) {
      at++;
      continue;
    }
    const ends = text.startsWith(delimiter, at);
    const [kind, end]: Read = ends ? ['symbol', at + delimiter.length] : readToken(text, at, startsLine(text, at));
    const token = text.slice(at, end);
    const run = kind === 'comment' ? EXECUTABLE.exec(token) : null;
    if (run === null) tokens.push({ kind, text: token, start: at, end });
    else
      for (const part of readExecutable(token, run[0].length, delimiter))
        tokens.push({ ...part, start: part.start + at, end: part.end + at });
    if (kind === 'meta') delimiter = delimiterOf(token) ?? delimiter;
    at = end;
    if (isCopyFromStdin(tokens)) {
      const start = at;
      at = skipCopyData(text, at);
      tokens.push({ kind: 'data', text: text.slice(start, at), start, end: at });
    }
  }
  return tokens;
}

/** MySQL and MariaDB run what stands in such a comment, from the version on that it names. */
export const EXECUTABLE = /^\/\*M?!\d*/;

/** The tokens of a comment that is run, between the two halves of the comment. Offsets count from its start. */
function readExecutable(comment: string, opening: number, delimiter: string): readonly SqlToken[] {
  const ends = comment.endsWith('*/') && comment.length >= opening + 2;
  const close = ends ? comment.length - 2 : comment.length;
  const inner = readTokens(comment.slice(opening, close), delimiter);
  return [
    { kind: 'comment', text: comment.slice(0, opening), start: 0, end: opening },
    ...inner.map((part) => ({ ...part, start: part.start + opening, end: part.end + opening })),
    ...(ends ? [{ kind: 'comment' as const, text: '*/', start: close, end: comment.length }] : []),
  ];
}

/** The delimiter that a `DELIMITER` line sets; undefined for another line. */
export function delimiterOf(meta: string): string | undefined {
  return /^delimiter\s+(\S+)/i.exec(meta)?.[1];
}

/** The name a token stands for: quotes gone, unquoted words in lower case. */
export function nameOf(token: SqlToken): string {
  return token.kind === 'quoted' ? token.text.slice(1, -1).toLowerCase() : token.text.toLowerCase();
}

type Read = readonly [SqlToken['kind'], number];

function readToken(text: string, at: number, atLineStart: boolean): Read {
  const char = text[at] ?? '';
  const next = text[at + 1] ?? '';
  if (char === '-' && next === '-') return ['comment', lineEnd(text, at)];
  if (char === '/' && next === '*') return ['comment', blockCommentEnd(text, at)];
  if (char === '#' && atLineStart) return ['comment', lineEnd(text, at)];
  if (char === '\\' && atLineStart) return ['meta', lineEnd(text, at)];
  if (atLineStart && /^delimiter\s/i.test(text.slice(at, at + 10))) return ['meta', lineEnd(text, at)];
  if (atLineStart && /^go[ \t]*(\r?\n|$)/i.test(text.slice(at, at + 200))) return ['meta', lineEnd(text, at)];
  if (char === "'") return ['string', quoteEnd(text, at + 1, "'", false)];
  if (/[eEnNbBxX]/.test(char) && next === "'") return ['string', quoteEnd(text, at + 2, "'", /[eE]/.test(char))];
  if (char === '"' || char === '`') return ['quoted', quoteEnd(text, at + 1, char, false)];
  if (char === '[' && /[A-Za-z_]/.test(next)) return readBracket(text, at);
  if (char === '$') return readDollar(text, at);
  if (/[0-9]/.test(char)) return ['number', match(text, at, /[0-9][\w.]*/y)];
  if (/[\p{L}_@:#]/u.test(char)) return readWord(text, at);
  return ['symbol', at + 1];
}

/** Names, T-SQL's `@variable` and `#temporary`, and named parameters. */
function readWord(text: string, at: number): Read {
  const end = match(text, at, /[@:#]*[\p{L}_][\p{L}\p{N}_$]*|::/uy);
  return /[\p{L}_]/u.test(text.slice(at, end)) ? ['word', end] : ['symbol', end];
}

function match(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 1);
}

function startsLine(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0; before--) {
    const char = text[before];
    if (char === '\n') return true;
    if (char !== ' ' && char !== '\t') return false;
  }
  return true;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function blockCommentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function quoteEnd(text: string, from: number, quote: string, escapes: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    // MySQL escapes a quote with a backslash, Postgres does not: `\'` followed by more of a string reads as an escape.
    else if (!escapes && text[at] === '\\' && text[at + 1] === quote && /^[\w ]/.test(text[at + 2] ?? '')) at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return text.length;
}

function readBracket(text: string, at: number): Read {
  const end = match(text, at, /\[[A-Za-z_][\w $.-]*\]/y);
  return end > at + 1 ? ['quoted', end] : ['symbol', at + 1];
}

function readDollar(text: string, at: number): Read {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(text.slice(at, at + 80))?.[0];
  if (tag === undefined) return ['word', match(text, at, /\$\w*/y)];
  const end = text.indexOf(tag, at + tag.length);
  return ['string', end < 0 ? text.length : end + tag.length];
}

function isCopyFromStdin(tokens: readonly SqlToken[]): boolean {
  if (tokens.at(-1)?.text !== ';') return false;
  for (let at = tokens.length - 2; at >= 0 && at > tokens.length - 40; at--) {
    const token = tokens[at];
    if (token === undefined || token.text === ';') return false;
    if (token.kind === 'word' && token.text.toLowerCase() === 'stdin') return tokens[at - 1]?.text.toLowerCase() === 'from';
  }
  return false;
}

function skipCopyData(text: string, at: number): number {
  const end = /^\\\.\r?$/m.exec(text.slice(at));
  return end === null ? text.length : at + end.index + end[0].length;
}
