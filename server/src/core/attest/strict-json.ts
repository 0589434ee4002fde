export type StrictJson = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'invalid'; readonly reason: string };

/**
 * JSON in which no object names a key twice. Readers disagree on which of two equal keys counts, so a signed text with both
 * would say one thing to the verifier and another to whoever else reads it.
 */
export function parseStrictJson(text: string): StrictJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'invalid', reason: 'expected JSON, found something else' };
  }
  const repeated = repeatedKey(text);
  return repeated === undefined
    ? { kind: 'value', value }
    : { kind: 'invalid', reason: `expected each key once, found ${JSON.stringify(repeated)} twice` };
}

/** The first key that one object names twice. `text` is known to be JSON, so strings and brackets alone tell its structure. */
function repeatedKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '{') {
      open.push(new Set());
      expectsKey = true;
    } else if (character === '[') {
      open.push(undefined);
      expectsKey = false;
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',') {
      expectsKey = open.at(-1) !== undefined;
    } else if (character === '"') {
      const end = closingQuote(text, i);
      if (expectsKey) {
        const key = unescapeString(text.slice(i, end + 1));
        const keys = open.at(-1);
        if (keys?.has(key)) return key;
        keys?.add(key);
        expectsKey = false;
      }
      i = end;
    }
  }
  return undefined;
}

function closingQuote(text: string, start: number): number {
  let i = start + 1;
  while (i < text.length && text.charAt(i) !== '"') i += text.charAt(i) === '\\' ? 2 : 1;
  return i;
}

/** Keys are compared as read: "a" and its escaped form are one key. */
function unescapeString(source: string): string {
  return String(JSON.parse(source));
}
