import type { SourceFacts } from '../../../model/facts.ts';

/**
 * False only where no token of a file holds a word (letters, digits, `_`; nothing of the kind beside it), or the word with that ending:
 * the question to ask before its tokens are gone through one by one. A text is searched in a fraction of the time.
 */
export function mayMention({ text }: SourceFacts, word: string, ending = ''): boolean {
  if (text === undefined) return true;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (isWord(text.charCodeAt(at - 1))) continue;
    const end = at + word.length;
    if (!isWord(text.charCodeAt(end)) || (text.startsWith(ending, end) && !isWord(text.charCodeAt(end + ending.length)))) return true;
  }
  return false;
}

/** What `\w` matches; not beyond the ends of a text. */
function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
