import type { SourceFacts } from '../../../model/facts.ts';
import { words } from './call-names.ts';
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
  const places = facts.scopes.filter((place) => place.name === scope);
  // The last token alone is looked at: to look at the end of the whole text each time costs its square.
  const parts: string[] = [];
  for (const token of facts.tokens) {
    if (scope !== '' && !places.some((place) => place.startLine <= token.line && token.line <= place.endLine)) continue;
    parts.push(/\w$/.test(parts.at(-1) ?? '') && /^\w/.test(token.text) ? ` ${token.text}` : token.text);
  }
  return parts.join('');
}
