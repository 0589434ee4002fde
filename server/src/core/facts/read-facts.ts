import { LANGUAGES } from '../languages/index.ts';
import type { Embed, EmbeddedLine, Language } from '../languages/language.ts';
import { languageOf, languageOfText } from '../languages/prepare.ts';
import { unreadBecause } from '../languages/unread.ts';
import type { Fact, SourceFacts } from '../model/facts.ts';
import type { Position, Range } from '../model/range.ts';
import type { RepoPath } from '../model/tree.ts';
import { mapKinds, NO_FACTS } from './kinds.ts';
import { withSuppressions } from './suppressions.ts';

/** File kinds that hold prose, pictures or style and no construct of ours: not analysed, and nothing is lost by it. */
const HARMLESS =
  /\.(md|mdx|txt|rst|adoc|css|scss|less|svg|png|jpe?g|gif|ico|webp|avif|woff2?|ttf|otf|pdf|snap|map)$|(^|\/)(LICEN[CS]E|NOTICE|AUTHORS|CHANGELOG)(\.(md|txt|rst))?$|(^|\/)\.(gitignore|gitattributes|editorconfig)$|^\.brakeline\/rules\/tests\/[^/]+\.diff$/i;

/**
 * Everything the file's language sees in one side of it; undefined where no language reads it. A language that throws, be
 * it for want of stack, saw nothing, and says so.
 */
export function readFacts(path: RepoPath, text: string): SourceFacts | undefined {
  const language = languageOfText(path, text);
  if (language === undefined) return undefined;
  try {
    return completeFacts(path, text, language.facts(path, text, embed));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return {
      ...NO_FACTS,
      language: language.id,
      scopes: [],
      tokens: [],
      blindSpots: [unreadBecause(error, `${language.id}: ${said}`)],
    };
  }
}

/** A reader of one text of a path after another; undefined where its language has none. Each answer is that of `readFacts`. */
export function followFacts(path: RepoPath): ((text: string) => SourceFacts | undefined) | undefined {
  const language = languageOf(path);
  const follow = language?.follow?.(path, embed);
  if (follow === undefined) return undefined;
  return (text) => (languageOfText(path, text) === language ? completeFacts(path, text, follow(text)) : readFacts(path, text));
}

function completeFacts(path: RepoPath, text: string, facts: SourceFacts): SourceFacts {
  return withLineEnds(path, text, withSuppressions(facts, text));
}

/**
 * A carriage return alone is no line end for git and none for most of our parsers, and ends a remark for psql, Python, YAML and
 * Java; Java takes a line end even as an escape. What stands behind it may be code (test/facts/stray-line-ends.test.ts).
 */
function withLineEnds(path: RepoPath, text: string, facts: SourceFacts): SourceFacts {
  if (!text.includes('\r') && !/\.java$/.test(path)) return facts;
  const at = /\.java$/.test(path) ? text.search(/\r(?!\n)|\\u+000[ad]/i) : text.search(/\r(?!\n)/);
  if (at < 0) return facts;
  const line = text.slice(0, at).split('\n').length;
  return { ...facts, blindSpots: [...facts.blindSpots, { reason: 'stray-line-end', detail: `line ${line}` }] };
}

/** True where a path without a language is a blind spot. */
export function isBlindWithoutLanguage(path: RepoPath): boolean {
  return !HARMLESS.test(path);
}

const embed: Embed = (id, lines, scope) => {
  const language = LANGUAGES.find((candidate) => candidate.id === id);
  if (language === undefined)
    return { ...NO_FACTS, language: id, scopes: [], tokens: [], blindSpots: [{ reason: 'grammar-missing', detail: id }] };
  return embedded(language, lines, scope);
};

function embedded(language: Language, lines: readonly EmbeddedLine[], scope: string): SourceFacts {
  const text = lines.map((line) => line.text).join('\n');
  // The path only chooses the language; an embedded stretch has none of its own, and may not embed again.
  const facts = language.facts(`embedded.${language.id}` as RepoPath, text, embed);
  const move = (position: Position): Position => {
    const host = lines[position.line - 1] ?? lines[lines.length - 1];
    return host === undefined ? position : { line: host.line, character: host.character + position.character };
  };
  const moveRange = (range: Range): Range => ({ start: move(range.start), end: move(range.end) });
  const moveFact = <T extends Fact>(fact: T): T => ({ ...fact, range: moveRange(fact.range), scope: joinScopes(scope, fact.scope) });
  return {
    ...mapKinds((kind) => facts[kind].map(moveFact)),
    language: facts.language,
    scopes: [],
    tokens: facts.tokens.map((token) => ({ text: token.text, line: move({ line: token.line, character: 0 }).line })),
    blindSpots: facts.blindSpots,
  };
}

function joinScopes(outer: string, inner: string): string {
  return outer !== '' && inner !== '' ? `${outer}.${inner}` : outer + inner;
}
