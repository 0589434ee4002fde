/** Cuts source text at a separator that stands outside brackets and quotes. Pieces are trimmed; empty ones are left out. */
export function splitSource(text: string, separator: ',' | ':' | '=' | '.' | '+' | '||' | '&&'): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  walkSource(text, 0, (at, depth) => {
    if (depth !== 0 || at < from || !text.startsWith(separator, at)) return true;
    parts.push(text.slice(from, at));
    from = at + separator.length;
    return true;
  });
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Index of the bracket that closes the one before `open`; undefined where none does. */
export function closingFrom(text: string, open: number): number | undefined {
  let closing: number | undefined;
  walkSource(text, open, (at, depth) => {
    if (depth < 0) closing = at;
    return depth >= 0;
  });
  return closing;
}

/** Visits the characters outside quotes with the depth of brackets behind each, until `goesOn` says no. */
function walkSource(text: string, from: number, goesOn: (at: number, depth: number) => boolean): void {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
      continue;
    }
    if (/["'`]/.test(character)) quote = character;
    else if (/[([{]/.test(character)) depth += 1;
    else if (/[)\]}]/.test(character)) depth -= 1;
    if (quote === '' && !goesOn(at, depth)) return;
  }
}

/** Names and values of an object literal, or of keyword arguments: `{ type: 'int' }` and `type='int'` alike. */
export function fieldsOf(sources: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const source of sources) {
    const inner = /^\{(.*)\}$/s.exec(source.trim())?.[1];
    for (const part of inner === undefined ? [source] : splitSource(inner, ',')) {
      const match = /^["'`]?([A-Za-z_$][\w$]*)["'`]?\s*(?::|=(?![=>]))([\s\S]*)/.exec(part);
      if (match?.[1] !== undefined && match[2] !== undefined) fields.set(match[1], match[2].trim());
      else if (inner !== undefined && /^[A-Za-z_$][\w$]*$/.test(part)) fields.set(part, part);
    }
  }
  return fields;
}

/** The text of a string; a name or anything else is given back as it stands. */
export function plain(source: string | undefined): string {
  return /^[rbuf]?(["'`])(.*)\1$/s.exec(source ?? '')?.[2] ?? source ?? '';
}

/** The strings of a list: `['a', 'b']`, and one string by itself. */
export function listOf(source: string | undefined): readonly string[] {
  const inner = /^[[(](.*)[\])]$/s.exec(source?.trim() ?? '')?.[1];
  return (inner === undefined ? [source ?? ''] : splitSource(inner, ',')).map(plain).filter((item) => item !== '');
}

/** One call of a chain, `filter` and `a=1` of `Order.objects.filter(a=1).delete`. */
export interface ChainLink {
  readonly name: string;
  /** Source text between the brackets; undefined where it is not called. */
  readonly args: string | undefined;
}

/** The links of a callee's text, from left to right. */
export function chainOf(callee: string): readonly ChainLink[] {
  return splitSource(callee, '.').map((part) => {
    const open = part.search(/[([]/);
    return open < 0
      ? { name: part, args: undefined }
      : { name: part.slice(0, open), args: part.slice(open + 1, part.lastIndexOf(part[open] === '(' ? ')' : ']')) };
  });
}
