import type { SourceFacts } from '../../../model/facts.ts';
import { words } from './call-names.ts';
import { tokensOn } from './code-text.ts';
import { createJoiner } from './joined-tokens.ts';
import { keepOf } from './kept.ts';

/** Tokens of one scope joined without white space, words kept apart, for questions that no kind of fact answers. */
export function tokensOf(facts: SourceFacts | undefined, scope: string): string {
  if (facts === undefined) return '';
  const known = texts.get(facts) ?? new Map<string, string>();
  texts.set(facts, known);
  const found = known.get(scope) ?? joinTokens(facts, scope);
  known.set(scope, found);
  return found;
}

/** The words of `tokensOf`, as `words` gives them: asked again for each handler of a function. */
export function wordsIn(facts: SourceFacts | undefined, scope: string): string {
  if (facts === undefined) return '';
  const known = wordsByScope(facts);
  const found = known.get(scope) ?? words(tokensOf(facts, scope));
  known.set(scope, found);
  return found;
}

/** Every token of a file, each once: whether a name is used in it at all. */
export const tokenTexts = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.tokens.map(({ text }) => text)));

const wordsByScope = keepOf((_facts: SourceFacts) => new Map<string, string>());

const texts = new WeakMap<SourceFacts, Map<string, string>>();

function joinTokens(facts: SourceFacts, scope: string): string {
  const places = scope === '' ? [] : facts.scopes.filter((place) => place.name === scope);
  const [place] = places;
  const near =
    scope === '' ? facts.tokens : places.length === 1 && place !== undefined ? tokensOn(facts, place.startLine, place.endLine) : undefined;
  const tokens =
    near ?? facts.tokens.filter((token) => places.some(({ startLine, endLine }) => startLine <= token.line && token.line <= endLine));
  return joinWords(tokens).text;
}

/** The last token alone is looked at: to look at the end of the whole text each time costs its square. */
const joinWords = createJoiner((text, last) =>
  last !== undefined && isWord(last.charCodeAt(last.length - 1)) && isWord(text.charCodeAt(0)) ? ` ${text}` : text,
);

/** What `\w` matches. */
function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}
