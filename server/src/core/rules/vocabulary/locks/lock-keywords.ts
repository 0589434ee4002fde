import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { doesWork, isLockFreeWork } from './lock-calls.ts';
import { becameLockFree } from './lock-free.ts';
import { isRunUnderLock } from './lock-wrappers.ts';
import { isLockedInPart } from './locked-parts.ts';
import { changesPlainMap } from './plain-maps.ts';
import { hasLock } from './takes-lock.ts';
import { innermost, unsynchronizedType } from './unsynchronized-types.ts';

/** Java's `synchronized`, and `with lock:` whose lock is no call. */
export function* lostKeywords(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const { start, lines } = input.hunk.before;
  if (!tokensOn(before, start, start + lines - 1).some(({ text }) => text === 'synchronized' || text === 'with')) return;
  for (const place of before.scopes) {
    if (place.endLine < start || place.startLine >= start + lines) continue;
    const scope = counterpartScope(input, place.name);
    if (scope === undefined) continue;
    if (becameLockFree(input) && !changesPlainMap(after, scope)) continue;
    const line = keywordLine(before, place, input.hunk.before);
    if (line === undefined || innermost(before, line) !== place.name) continue;
    const text = tokensOf(before, place.name);
    const now = tokensOf(after, scope);
    // A decorator that the change brought is judged by what it does.
    const isWrapped = newCallsIn(input, place.name).some(
      ({ kind, callee }) => kind === 'decorator' && newBodiesOf(input, callee).length > 0,
    );
    if (
      (!isWrapped && (countKeywords(now) >= countKeywords(text) || hasLock(input.after, scope, input.path))) ||
      isLockFreeWork(input, scope) ||
      !doesWork(after, scope)
    )
      continue;
    if (entersLocked(input, scope)) continue;
    if (isLockedInPart(input, scope, place.name, line) || isRunUnderLock(input, place.name, line)) continue;
    yield {
      side: 'before',
      range: lineRange(line),
      message: fitMessage(`\`${shorten(place.name, 36)}\` is no longer ${/synchronized/.test(text) ? 'synchronized' : 'locked'}`),
    };
  }
}

/** `with self._counts as counts:` of a class of the file whose `__enter__` takes a lock that it does not make there. */
function entersLocked({ before, after, path }: RuleInput, scope: string): boolean {
  if (before === undefined || after === undefined || !path.endsWith('.py')) return false;
  if (holdsNamedLock(after, scope)) return true;
  const owners = after.scopes
    .filter(({ name }) => /\.__a?enter__$/.test(name) && !hasScope(before, name) && hasLock(after, name, path))
    .filter(({ name }) => !/\bLock\(/.test(tokensOf(after, name)))
    .map(({ name }) => name.slice(0, name.lastIndexOf('.')));
  if (owners.length === 0) return false;
  const [own, whole] = [tokensOf(after, scope), tokensOf(after, '')];
  return [...own.matchAll(/\bwith (?:self\.)?(\w+)/g)].some(([, held = '']) =>
    owners.some((owner) => held === owner || whole.includes(`${held}=${owner}(`)),
  );
}

/** `async with self._guard:` whose name says nothing, and which the file makes as a lock, elsewhere than in the function itself. */
function holdsNamedLock(after: SourceFacts, scope: string): boolean {
  const [own, whole] = [tokensOf(after, scope), tokensOf(after, '')];
  return [...own.matchAll(/\bwith (?:self\.|cls\.)?(\w+)/g)].some(([, held = '']) => {
    const made = new RegExp(`\\b${held}=(?:\\w+\\.)?(?:R?Lock|Semaphore|BoundedSemaphore|Condition)\\(`);
    return made.test(whole) && !made.test(own);
  });
}

/** A type that was rewritten, its methods renamed with it, and that locks nowhere now. */
export function* typesWithoutLock(input: RuleInput): Iterable<FindingDraft> {
  const lost = unsynchronizedType(input);
  if (lost !== undefined)
    yield {
      side: 'before',
      range: lineRange(lost.line),
      message: fitMessage(`nothing in \`${shorten(lost.type, 30)}\` is synchronized any more`),
    };
}

function countKeywords(text: string): number {
  return text.match(/\bsynchronized\b|\bwith [\w.]*lock\w*(?:\[[^\]:]{0,80}\])?[:,]|\bwith [\w.]*(mutex|_mu)\b[^:]*:/gi)?.length ?? 0;
}

function keywordLine(
  facts: SourceFacts,
  place: { readonly startLine: number; readonly endLine: number },
  span: { readonly start: number; readonly lines: number },
): number | undefined {
  const tokens = tokensOn(facts, Math.max(place.startLine, span.start), Math.min(place.endLine, span.start + span.lines - 1));
  for (const [at, token] of tokens.entries()) {
    if (token.text === 'synchronized') return token.line;
    if (token.text !== 'with') continue;
    const rest = tokens.slice(at + 1, at + 8).filter((other) => other.line === token.line);
    if (rest.some(({ text }) => /lock|mutex|_mu$/i.test(text))) return token.line;
  }
  return undefined;
}

function lineRange(line: number): FindingDraft['range'] {
  return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}
