import type { ProtoToken } from './tokens.ts';

/** Walks the tokens of a file. What does not fit is skipped up to the end of its statement, and remembered once. */
export interface Cursor {
  /** Text of the token ahead; empty at the end of the file. */
  peek(ahead?: number): string;
  next(): ProtoToken;
  /** Takes the token if it is this one. */
  take(text: string): boolean;
  /** Offset at which the token ahead starts. */
  readonly start: number;
  /** Offset at which the last token taken ends. */
  readonly end: number;
  /** Leaves the statement that was not understood: behind its `;` or its block. */
  recover(): void;
  /** Leaves a statement that says nothing here: behind its `;` or its block. */
  skipStatement(): void;
  /** Offset of the first token that did not fit. */
  readonly failedAt: number | undefined;
}

export function createCursor(tokens: readonly ProtoToken[], length: number): Cursor {
  let at = 0;
  let failedAt: number | undefined;
  const nothing: ProtoToken = { text: '', start: length, end: length };
  const ahead = (): ProtoToken => tokens[at] ?? nothing;
  const skipStatement = (): void => {
    let depth = 0;
    while (at < tokens.length) {
      const { text } = ahead();
      if (depth === 0 && text === '}') return;
      at++;
      if (text === '{' || text === '[') depth++;
      if (text === '}' || text === ']') depth--;
      if (depth <= 0 && (text === ';' || (text === '}' && ahead().text !== ';'))) return;
    }
  };
  return {
    peek: (offset = 0) => tokens[at + offset]?.text ?? '',
    next() {
      const token = ahead();
      at = Math.min(tokens.length, at + 1);
      return token;
    },
    take(text) {
      if (ahead().text !== text) return false;
      at++;
      return true;
    },
    get start() {
      return ahead().start;
    },
    get end() {
      return tokens[at - 1]?.end ?? 0;
    },
    recover() {
      failedAt ??= ahead().start;
      skipStatement();
    },
    skipStatement,
    get failedAt() {
      return failedAt;
    },
  };
}
