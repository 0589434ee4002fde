/** Words that say of a name that it is given its value once. */
const KEYWORDS = new Set(['const', 'final', 'readonly', 'static', 'val', 'object']);

/**
 * `ORDER_CREATED` of `export const ORDER_CREATED = "`; undefined where nothing is given the text, or what is given it is no constant:
 * a plain variable of a common name would bring every other variable of that name. Read from the end, step by step: a line may be
 * as long as its file (test/reach/named-things.test.ts).
 */
export function constantOf(before: string): string | undefined {
  if (!/["'`]$/.test(before.slice(-1))) return undefined;
  const given = before.slice(0, -1).trimEnd();
  if (!given.endsWith('=')) return undefined;
  const left = given.slice(0, given.endsWith(':=') ? -2 : -1).trimEnd();
  const colon = left.lastIndexOf(':');
  const typed = colon >= 0 && isType(left.slice(colon + 1)) ? left.slice(0, colon).trimEnd() : undefined;
  const home = typed !== undefined && nameAtEnd(typed) !== undefined ? typed : left;
  const name = nameAtEnd(home);
  if (name === undefined) return undefined;
  const isConstant =
    /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^[A-Z]\w*[a-z][A-Z]/.test(name) ||
    (name.length > 9 && isBehindKeyword(home.slice(0, home.length - name.length)));
  return isConstant ? name : undefined;
}

function isType(text: string): boolean {
  return text !== '' && /^[\w&'.<> \t]+$/.test(text);
}

/** The name that a text ends with, where it has five letters or more. */
function nameAtEnd(text: string): string | undefined {
  const name = text.slice(startOf(text, text.length, /[\w$]/));
  return /^[A-Za-z_]\w{4,}$/.test(name) ? name : undefined;
}

/** `export static final String `: words alone, and a keyword among them. */
function isBehindKeyword(text: string): boolean {
  for (let end = text.length; ; ) {
    const word = startOf(text, end, /\s/);
    if (word === end) return false;
    const start = startOf(text, word, /[\w<>]/);
    if (start === word) return false;
    if (KEYWORDS.has(text.slice(startOf(text, word, /\w/), word))) return true;
    end = start;
  }
}

/** Where the run of such units begins that ends at `end`. */
function startOf(text: string, end: number, unit: RegExp): number {
  let at = end;
  while (at > 0 && unit.test(text.charAt(at - 1))) at -= 1;
  return at;
}
