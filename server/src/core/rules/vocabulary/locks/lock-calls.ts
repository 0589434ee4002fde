import type { Call, CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { workScopes } from '../code/own-parts.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isAskedByStatement } from '../guards/bounded-otherwise.ts';
import { UNDER_WAY } from '../load/shared-flights.ts';
import { isLoadedOnce } from './loaded-once.ts';
import { becameLockFree, isFixedOnce } from './lock-free.ts';
import { isRunBesideLock, isRunUnderLock } from './lock-wrappers.ts';
import { isLockedInPart, isSetInOpenPart } from './locked-parts.ts';
import { changesPlainMap } from './plain-maps.ts';
import { hasLock, takesLock } from './takes-lock.ts';

/** Calls that took a lock and are gone from a function which still does its work. */
export function* lostLockCalls(input: RuleInput): Iterable<FindingDraft> {
  const scopes = new Set<string>();
  for (const call of input.removed.calls) {
    if (!takesLock(call, input.path) || scopes.has(call.scope)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || hasLock(input.after, scope, input.path)) continue;
    const isOpen = isSetInOpenPart(input, scope, call.scope, call.range.start.line);
    if (isExtracted(input, call) && !isRunBesideLock(input, call.scope) && !isOpen) continue;
    if (becameLockFree(input) && !changesPlainMap(input.after, scope)) continue;
    // One statement that asks and changes needs no lock.
    if (input.removed.guards.some((guard) => guard.scope === call.scope && isAskedByStatement(input, guard))) continue;
    if (
      newCallsIn(input, call.scope).some(
        (other) =>
          takesLock(other, input.path) ||
          /^lock /.test(words(lastName(other.callee))) ||
          /\b(transaction|atomic|queue|channel|compare and set|increment)\b/.test(words(other.callee)),
      )
    )
      continue;
    if (isStateGone(input, call, scope) || isFixedOnce(input.after, lastName(receiver(call.callee)))) continue;
    if (isLockFreeWork(input, scope) || !doesWork(input.after, scope) || isLockedInPart(input, scope, call.scope, call.range.start.line))
      continue;
    if (isRunUnderLock(input, call.scope, call.range.start.line)) continue;
    scopes.add(call.scope);
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 32)}\` no longer protects \`${shorten(scope, 28) || 'the module'}\``),
    };
  }
}

/** What is left needs no lock, and no plain map is changed beside it. */
export function isLockFreeWork(input: RuleInput, scope: string): boolean {
  return (
    (usesChannel(input, scope) && !changesPlainMap(input.after, scope)) || sharesFlight(input, scope) || isLoadedOnce(input.after, scope)
  );
}

/** Whoever comes second waits for the promise of the first: `pending ??= refresh()`, `return pending`. */
function sharesFlight({ before, after, path }: RuleInput, scope: string): boolean {
  if (!/\.[cm]?[jt]sx?$/.test(path) || scope === '') return false;
  const shared = (text: string): boolean =>
    [...text.matchAll(/(?<![\w.])((?:this\.)?#?\w+)(\?\?=|=)(?=[\w$.]+\()/g)].some(
      ([, name = '', sign]) =>
        (UNDER_WAY.test(words(name)) || (sign === '??=' && /^this\./.test(name))) &&
        [`await ${name}`, `return ${name}`].some((use) => text.includes(use)),
    );
  return shared(tokensOf(after, scope)) && !shared(tokensOf(before, scope));
}

/** All that was set between the lock and its release has no name in the function any more. */
function isStateGone({ before, after, path }: RuleInput, call: Call, scope: string): boolean {
  if (before?.language !== 'go' || after === undefined || scope === '') return false;
  const from = call.range.end.line;
  const release = before.calls.find(
    (other) =>
      other.scope === call.scope && other.range.start.line > from && /^(r?unlock|RUnlock|Unlock|release)$/i.test(lastName(other.callee)),
  );
  if (release === undefined || !takesLock(call, path)) return false;
  // A release that is put off stands for the end of the function.
  const isLate = release.runs === 'deferred';
  const last = isLate ? (before.scopes.find(({ name }) => name === call.scope)?.endLine ?? from) : release.range.start.line - 1;
  const tokens = tokensOn(before, from + 1, last);
  const set = tokens.flatMap(({ text }, at) => (/^(=|[-+*/|&]=|\+\+|--)$/.test(text) ? [holderBefore(tokens, at)] : []));
  const wordsOf = (place: string): ReadonlySet<string> => new Set(tokensOf(after, place).match(/[A-Za-z_$][\w$]*/g));
  const now = wordsOf(scope);
  // What was cut out of it and names the same holds a lock of its own.
  const parts = isLate ? workScopes(after, scope).filter((part) => part !== scope && set.some((name) => wordsOf(part).has(name))) : [];
  if (!parts.every((part) => hasLock(after, part, path))) return false;
  return set.length > 0 && set.every((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !now.has(name));
}

/** The name that an assignment sets, or of what it sets an entry of: `items` of `c.items[region] =`. */
function holderBefore(tokens: readonly CodeToken[], at: number): string {
  let from = at - 1;
  for (let depth = 0; from > 0; from--) {
    const text = tokens[from]?.text;
    if (text === ']') depth++;
    else if (text === '[') depth--;
    if (depth === 0 && text !== '[') break;
  }
  return tokens[from]?.text ?? '';
}

/** A Go channel, an atomic value or a concurrent map needs no lock. */
function usesChannel(input: RuleInput, scope: string): boolean {
  const text = tokensOf(input.after, scope);
  return (
    /<-|\batomic\.|sync\.Map|ConcurrentHashMap|AtomicLong|AtomicInteger|AtomicReference|\.(fetch_add|compare_exchange|fetch_update|incrementAndGet|getAndIncrement|compareAndSet|LoadOrStore|computeIfAbsent)\(/.test(
      text,
    ) && !/<-|\batomic\.|sync\.Map|ConcurrentHashMap|Atomic/.test(tokensOf(input.before, scope))
  );
}

/** Something is left to protect: a call, or an assignment. */
export function doesWork(facts: SourceFacts | undefined, scope: string): boolean {
  const text = tokensOf(facts, scope);
  return (facts?.calls.some((call) => within(call.scope, scope)) ?? false) || /[\w\])](\+\+|--|\+=|-=|=(?!=|>))/.test(text);
}
