import { SECOND_FILE, type Split } from './facts/join-files.ts';
import { scopeAt } from './facts/scope.ts';
import type { Scope, SourceFacts } from './model/facts.ts';
import type { FindingDraft } from './model/finding.ts';
import type { Range } from './model/range.ts';
import { reachedScopes } from './reached-scopes.ts';
import { tokensOn } from './rules/vocabulary/code/code-text.ts';
import { counterpartScope, hasScope, within } from './rules/vocabulary/code/counterpart.ts';
import { namesIn } from './rules/vocabulary/code/named-from.ts';
import { workScopes } from './rules/vocabulary/code/own-parts.ts';

/**
 * Where the work stands now that a finding of two files read as one is about: what was lost on the old side of the first file went, with
 * most of the words around it, into a function that is new in the second one and that the finding's own function comes to. Whoever reads
 * that function alone sees nothing missing, so it is told there as well (test/facts/told-at-taker.test.ts). The range is of the joined
 * after side; undefined where no function took it over.
 */
export function placeAtTaker({ before, after }: Split, { side, range }: FindingDraft): Range | undefined {
  const { line } = range.start;
  const own = scopeAt(before, line);
  // A script does its work at its top.
  if (side !== 'before' || line > SECOND_FILE || (own === '' && after.language !== 'shell')) return undefined;
  const heir = heirOf(after, own);
  if (heir !== undefined) return rangeOf(after, heir);
  const now = own === '' ? '' : (counterpartScope({ before, after }, own) ?? own);
  // It went over as a whole, under another name.
  const places = own === now ? [] : after.scopes.filter(({ name }) => name === now);
  const whole = places.every(({ startLine }) => startLine > SECOND_FILE) ? places[0] : undefined;
  if (whole !== undefined) return rangeOf(after, whole);
  const stays = new Set(wordsOf(after, rangesOf(after, now)));
  const left = new Set(wordsOf(before, [[line, Math.max(line, range.end.line)]]).filter((word) => !stays.has(word)));
  if (left.size < FEWEST) return undefined;
  const first = { ...after, tokens: after.tokens.filter((token) => token.line <= SECOND_FILE) };
  const reached = reachedScopes(after, namesIn(first, now));
  const [taker] = after.scopes
    .filter(({ name, startLine }) => startLine > SECOND_FILE && reached.has(name) && !hasScope(before, name))
    .map((place) => {
      const words = new Set(wordsOf(after, [[place.startLine, place.endLine]]));
      return { place, size: place.endLine - place.startLine, taken: [...left].filter((word) => words.has(word)).length };
    })
    // Where every word of it stands there now, the part does it, and its caller is at fault.
    .filter(({ taken }) => taken >= FEWEST && taken >= left.size / 2 && taken < left.size)
    .sort((a, b) => b.taken - a.taken || a.size - b.size);
  return taker === undefined ? undefined : rangeOf(after, taker.place);
}

/**
 * The same inside one file, where the function that lost something is gone under its name, or does nothing but ask another one: a class
 * that became functions, of which a new one that all of them ask does most of its work. The range is of the after side.
 */
export function placeAtPart(before: SourceFacts, after: SourceFacts, { side, range }: FindingDraft): Range | undefined {
  const own = scopeAt(before, range.start.line);
  if (side !== 'before' || own === '' || (hasScope(after, own) && !onlyHandsOn(after, own))) return undefined;
  const now = counterpartScope({ before, after }, own);
  if (now === undefined || now === '') return undefined;
  const stays = new Set(wordsOf(after, rangesOf(after, now)));
  const left = new Set(wordsOf(before, rangesOf(before, own)).filter((word) => !stays.has(word)));
  const [part] = after.scopes
    .filter(({ name }) => name !== now && !hasScope(before, name) && workScopes(after, now).includes(name))
    .map((place) => {
      const words = new Set(wordsOf(after, [[place.startLine, place.endLine]]));
      return { place, taken: [...left].filter((word) => words.has(word)).length };
    })
    .filter(({ taken }) => taken > FEWEST && taken * 2 >= left.size && taken < left.size)
    .sort((a, b) => b.taken - a.taken);
  return part === undefined
    ? undefined
    : (after.symbols.find(({ name }) => name === part.place.name)?.range ?? lineRange(part.place.startLine));
}

/** `cancel = (id) => remove('orders', id)`. */
function onlyHandsOn({ calls, guards }: SourceFacts, own: string): boolean {
  return calls.filter(({ scope }) => within(scope, own)).length === 1 && !guards.some(({ scope }) => within(scope, own));
}

function rangeOf(after: SourceFacts, place: Scope): Range {
  return (
    after.symbols.find(({ name, range }) => name === place.name && range.start.line > SECOND_FILE)?.range ?? lineRange(place.startLine)
  );
}

/** Where a function of the first file stands under its own name in another one, and in the first no more. */
function heirOf({ scopes }: SourceFacts, own: string): Scope | undefined {
  const places = scopes.filter(({ name }) => own !== '' && name === own);
  return places.every(({ startLine }) => startLine > SECOND_FILE) ? places[0] : undefined;
}

const FEWEST = 2;

function rangesOf({ scopes }: SourceFacts, scope: string): readonly (readonly [number, number])[] {
  if (scope === '') return [[1, SECOND_FILE]];
  return scopes.filter(({ name }) => name === scope).map(({ startLine, endLine }) => [startLine, endLine]);
}

/** Names and what stands in quotes, where both say what the work is about. */
function wordsOf(facts: SourceFacts, lines: readonly (readonly [number, number])[]): readonly string[] {
  return lines.flatMap(([first, last]) =>
    tokensOn(facts, first, last).flatMap(({ text }) => {
      const words = facts.language === 'shell' ? (text.match(/[A-Za-z_]\w*/g) ?? []) : [text];
      return words.filter((word) => WORD.test(word));
    }),
  );
}

const WORD =
  /^(?!(?:const|let|var|this|self|return|await|async|throw|raise|from|import|null|None|true|false|True|False|not|and|for|with|new|def|func|function)$)[A-Za-z_$][\w$]{2,}$/;

function lineRange(line: number): Range {
  return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}
