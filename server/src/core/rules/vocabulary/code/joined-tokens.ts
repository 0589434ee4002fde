import type { CodeToken } from '../../../model/facts.ts';

/** Texts of tokens one after another, and where each begins. */
export interface JoinedTokens {
  readonly text: string;
  readonly offsets: Int32Array;
}

/** Fewer than these are joined anew. */
const LEAST_TOKENS = 1_000;

/**
 * Joins the tokens of whole files by what `pieceOf` makes of each and the one before it. With every keystroke the text of a file is
 * asked for that differs in a few tokens from the one asked before: what is alike is taken from that one
 * (test/rules-about-tokens.test.ts).
 */
export function createJoiner(pieceOf: (text: string, last: string | undefined) => string): (tokens: readonly CodeToken[]) => JoinedTokens {
  let latest: { readonly tokens: readonly CodeToken[]; readonly joined: JoinedTokens } | undefined;
  const join = (tokens: readonly CodeToken[], from: number, to: number, at: number, offsets: Int32Array): string => {
    const parts: string[] = [];
    let offset = at;
    for (let index = from; index < to; index += 1) {
      const piece = pieceOf(tokens[index]?.text ?? '', tokens[index - 1]?.text);
      offsets[index] = offset;
      offset += piece.length;
      parts.push(piece);
    }
    return parts.join('');
  };
  const joinAll = (tokens: readonly CodeToken[]): JoinedTokens => {
    const offsets = new Int32Array(tokens.length);
    return { text: join(tokens, 0, tokens.length, 0, offsets), offsets };
  };
  const joinLike = (tokens: readonly CodeToken[], old: readonly CodeToken[], known: JoinedTokens): JoinedTokens => {
    const most = Math.min(tokens.length, old.length);
    let start = 0;
    while (start < most && tokens[start]?.text === old[start]?.text) start += 1;
    let end = 0;
    while (end < most - start && tokens[tokens.length - 1 - end]?.text === old[old.length - 1 - end]?.text) end += 1;
    // The first that is alike again may stand behind another one.
    const tail = Math.max(0, end - 1);
    if (2 * (start + tail) < tokens.length) return joinAll(tokens);
    const offsets = new Int32Array(tokens.length);
    offsets.set(known.offsets.subarray(0, start));
    const head = known.text.slice(0, start < old.length ? (known.offsets[start] ?? 0) : known.text.length);
    const middle = join(tokens, start, tokens.length - tail, head.length, offsets);
    const oldTail = tail === 0 ? known.text.length : (known.offsets[old.length - tail] ?? known.text.length);
    const moved = head.length + middle.length - oldTail;
    const between = old.length - tokens.length;
    for (let index = tokens.length - tail; index < tokens.length; index += 1)
      offsets[index] = (known.offsets[index + between] ?? 0) + moved;
    return { text: head + middle + known.text.slice(oldTail), offsets };
  };
  return (tokens) => {
    if (tokens.length < LEAST_TOKENS) return joinAll(tokens);
    const joined = latest === undefined ? joinAll(tokens) : joinLike(tokens, latest.tokens, latest.joined);
    latest = { tokens, joined };
    return joined;
  };
}
