import tokenize from 'protobufjs/src/tokenize.js';

/** A token with its place. Offsets are UTF-16 units from the start of the text. */
export interface ProtoToken {
  /** As written; a string with its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface ProtoTokens {
  readonly tokens: readonly ProtoToken[];
  /** Offset at which the tokenizer gave up; undefined where it did not. */
  readonly stoppedAt: number | undefined;
}

/**
 * The tokens of a file with their offsets, which the tokenizer does not give: it hands out what stands in the file, word for
 * word and in order, so each token stands behind the white space and the remarks that follow the one before it.
 */
export function placeTokens(text: string): ProtoTokens {
  const tokens: ProtoToken[] = [];
  const reader = tokenize(text, false);
  let at = 0;
  try {
    for (let token = reader.next(); token !== null; token = reader.next()) {
      const start = skipTrivia(text, at);
      if (token === '"' || token === "'") {
        // The content comes unescaped and so with another length; its end is where the quote closes.
        reader.next();
        reader.next();
        at = endOfString(text, start);
      } else at = start + token.length;
      tokens.push({ text: text.slice(start, at), start, end: at });
    }
    return { tokens, stoppedAt: undefined };
  } catch {
    // The tokenizer throws for a string or a remark without an end; what came before it stands.
    return { tokens, stoppedAt: skipTrivia(text, at) };
  }
}

function skipTrivia(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at++;
    if (text.startsWith('//', at)) at = after(text, '\n', at);
    else if (text.startsWith('/*', at)) at = after(text, '*/', at + 2);
    else return at;
  }
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}

function endOfString(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at + 1;
  }
  return text.length;
}
