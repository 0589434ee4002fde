/** One token of Groovy or Kotlin. Offsets are UTF-16 units from the start of the text. */
export interface GroovyToken {
  readonly kind: 'word' | 'string' | 'sign' | 'line-end';
  /** A string's inside as written; a sign's own character. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where a string's inside starts. */
  readonly inside: number;
  /** True for a string between double quotes, in which `${name}` is filled in. */
  readonly filled: boolean;
}

/**
 * Cuts Groovy or Kotlin into words, strings, signs and line ends, without comments
 * (https://groovy-lang.org/syntax.html). Undefined where a string or a comment has no end: nothing behind it can be told.
 */
export function groovyTokens(text: string): readonly GroovyToken[] | undefined {
  const found: GroovyToken[] = [];
  for (let at = 0; at < text.length; ) {
    const sign = text[at] ?? '';
    if (sign === '\n') {
      found.push(token('line-end', sign, at, at + 1));
      at += 1;
    } else if (/\s/.test(sign)) at += 1;
    else if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) at = endOfLine(text, at);
    else if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      if (end < 0) return undefined;
      at = end + 2;
    } else if (sign === "'" || sign === '"' || (sign === '/' && mayStartString(found.at(-1)))) {
      const quote = sign !== '/' && text.startsWith(sign.repeat(3), at) ? sign.repeat(3) : sign;
      const end = endOfString(text, at + quote.length, quote);
      if (end === undefined && sign === '/') {
        // A division, after all.
        found.push(token('sign', sign, at, at + 1));
        at += 1;
        continue;
      }
      if (end === undefined) return undefined;
      const inside = at + quote.length;
      found.push({ kind: 'string', text: text.slice(inside, end), start: at, end: end + quote.length, inside, filled: sign !== "'" });
      at = end + quote.length;
    } else if (/[\w$@]/.test(sign)) {
      let end = at + 1;
      while (/[\w$]/.test(text[end] ?? '')) end += 1;
      found.push(token('word', text.slice(at, end), at, end));
      at = end;
    } else {
      found.push(token('sign', sign, at, at + 1));
      at += 1;
    }
  }
  return found;
}

/** The same statement on one line: its words and signs with one space between, strings in single quotes. */
export function writtenOut(tokens: readonly GroovyToken[]): string {
  return tokens
    .filter((one) => one.kind !== 'line-end')
    .map((one) => (one.kind === 'string' ? `'${one.text}'` : one.text))
    .join(' ');
}

function token(kind: GroovyToken['kind'], text: string, start: number, end: number): GroovyToken {
  return { kind, text, start, end, inside: start, filled: false };
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** A slash between two values divides. */
function mayStartString(before: GroovyToken | undefined): boolean {
  return before === undefined || (before.kind === 'sign' && /[=(,~[:!&|?]/.test(before.text));
}

/** A string of one quote sign ends on its own line; what is filled in may hold quotes of its own. */
function endOfString(text: string, from: number, quote: string): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text.startsWith(quote, at)) return at;
    else if (text[at] === '\n' && quote.length === 1) return undefined;
    else if (!quote.startsWith("'") && text.startsWith('${', at)) at = endOfFilling(text, at + 2, quote.length === 1);
  }
  return undefined;
}

/** The brace that closes a filling; where there is none on its line or at all, the filling is no more than its sign. */
function endOfFilling(text: string, from: number, onOneLine: boolean): number {
  let depth = 1;
  for (let at = from; at < text.length && !(onOneLine && text[at] === '\n'); at += 1) {
    if (text[at] === '{') depth += 1;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return from - 1;
}
