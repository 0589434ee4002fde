/** How a language writes remarks and strings; what a scan must know to tell code from prose. */
export interface Dialect {
  readonly lineRemark: '#' | '//';
  /** `/* … *\/` is a remark; `nested` where one may hold another. */
  readonly blockRemark: 'none' | 'plain' | 'nested';
  /** `"""` and, for Python, `'''` open a string of many lines. */
  readonly tripled: '' | '"' | '"\'';
  /** A backquote opens a string of many lines in which nothing is escaped. */
  readonly backquote: boolean;
  /** A single quote opens a character, or begins a lifetime (Rust). */
  readonly lifetimes: boolean;
  /** A plain string may go on in the next line. */
  readonly longStrings: boolean;
}

export const PYTHON: Dialect = {
  lineRemark: '#',
  blockRemark: 'none',
  tripled: '"\'',
  backquote: false,
  lifetimes: false,
  longStrings: false,
};
export const GO: Dialect = { lineRemark: '//', blockRemark: 'plain', tripled: '', backquote: true, lifetimes: false, longStrings: false };
export const JAVA: Dialect = {
  lineRemark: '//',
  blockRemark: 'plain',
  tripled: '"',
  backquote: false,
  lifetimes: false,
  longStrings: false,
};
export const RUST: Dialect = { lineRemark: '//', blockRemark: 'nested', tripled: '', backquote: false, lifetimes: true, longStrings: true };

/** A remark or a string. Offsets are UTF-16 units, the end behind the last; quotes belong to a string, its prefix does not. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly kind: 'remark' | 'string';
}

/** All remarks and strings of a text, in order. One that nobody closes ends with its line, or with the text where it may be long. */
export function stretchesOf(text: string, dialect: Dialect): readonly Stretch[] {
  const found: Stretch[] = [];
  const opener = dialect.lineRemark === '#' ? /["'#]/g : dialect.backquote ? /["'`]|\/[/*]/g : /["']|\/[/*]/g;
  for (let match = opener.exec(text); match !== null; match = opener.exec(text)) {
    const start = match.index;
    const isRemark = match[0] === '#' || match[0].startsWith('/');
    const end = isRemark ? endOfRemark(text, start, match[0], dialect) : endOfString(text, start, match[0], dialect);
    // A lifetime is neither.
    if (end !== undefined) found.push({ start, end, kind: isRemark ? 'remark' : 'string' });
    opener.lastIndex = end ?? start + 1;
  }
  return found;
}

/**
 * The text with remarks blank, and strings too unless they are kept; every line end and offset stays. What is left is code in
 * which a pattern may look for words.
 */
export function codeOf(text: string, stretches: readonly Stretch[], strings: 'blank' | 'kept' = 'blank'): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, kind } of stretches) {
    if (kind === 'string' && strings === 'kept') continue;
    parts.push(text.slice(at, start), blank(text.slice(start, end)));
    at = end;
  }
  parts.push(text.slice(at));
  return parts.join('');
}

function blank(text: string): string {
  return text.includes('\n') ? text.replace(/[^\n\r]+/g, (line) => ' '.repeat(line.length)) : ' '.repeat(text.length);
}

function endOfRemark(text: string, start: number, opener: string, dialect: Dialect): number {
  if (opener !== '/*') return lineEnd(text, start);
  if (dialect.blockRemark !== 'nested') return behind(text, '*/', start + 2);
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return text.length;
}

function endOfString(text: string, start: number, quote: string, dialect: Dialect): number | undefined {
  if (quote === '`') return behind(text, '`', start + 1);
  if (dialect.lifetimes && quote === "'") {
    CHARACTER.lastIndex = start;
    return CHARACTER.test(text) ? CHARACTER.lastIndex : undefined;
  }
  const hashes = dialect.lifetimes ? /\b(?:b|c)?r(#*)$/.exec(text.slice(Math.max(0, start - 20), start))?.[1] : undefined;
  if (hashes !== undefined) return behind(text, `"${hashes}`, start + 1);
  const isTripled = dialect.tripled.includes(quote) && text.startsWith(quote.repeat(3), start);
  return isTripled ? endEscaped(text, quote.repeat(3), start + 3, true) : endEscaped(text, quote, start + 1, dialect.longStrings);
}

const CHARACTER = /'(?:\\(?:u\{[^}']*\}|x[\da-fA-F]{2}|[^\n])|[^\\'\n\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])'/y;

function endEscaped(text: string, quote: string, from: number, isLong: boolean): number {
  if (!isLong) return endInLine(text, quote, from);
  const stop = text.length;
  for (let at = text.indexOf(quote, from); at >= 0 && at < stop; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > from && text.charAt(at - slashes - 1) === '\\') slashes += 1;
    if (slashes % 2 === 0) return at + quote.length;
  }
  return stop;
}

/** The end of a string, or of its line where none is; a backslash carries it on to the next line. */
function endInLine(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charAt(at);
    if (unit === quote) return at + 1;
    if (unit === '\n') return at;
    if (unit === '\\') at += text.startsWith('\r\n', at + 1) ? 2 : 1;
  }
  return text.length;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
