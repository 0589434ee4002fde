import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { endOfLocked, writesOf } from './locked-parts.ts';

/** A lock that many hold at once now, around a write. */
export interface SharedLock {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** `mu.Lock()` that became `mu.RLock()`, `writeLock()` that became `readLock()`, where the function still changes what it protects. */
export function* sharedLocks(input: RuleInput): Generator<SharedLock> {
  const { after, added, removed } = input;
  // Python's `RLock` is one that its holder may take again.
  if (after === undefined || after.language === 'python') return;
  for (const call of added.calls) {
    const old = removed.calls.find((other) => isPair(other.callee, call.callee) && counterpartScope(input, other.scope) === call.scope);
    if (old === undefined) continue;
    const own = after.calls.filter((other) => within(other.scope, call.scope));
    // It is taken again for the write.
    if (own.some(({ callee }) => callee === old.callee)) continue;
    const end = endOfLocked(after, call.scope, call.range.start.line);
    const writes = writesOf(after, call.range.start.line + 1, end);
    const deletes = own.some(({ callee, range }) => callee === 'delete' && range.start.line <= end);
    if (writes.size > 0 || deletes) yield { range: call.range, was: old.callee, now: call.callee };
  }
}

function isPair(was: string, now: string): boolean {
  if (/^(?:TryLock|Lock)$/.test(lastName(was))) return /^(?:TryRLock|RLock)$/.test(lastName(now)) && receiver(was) === receiver(now);
  return /writeLock(?:\(\))?\.(?:lock|tryLock|lockInterruptibly)$/.test(was) && now === was.replace('writeLock', 'readLock');
}

/** A method that is given its own copy of a mutex, which protects nothing: `func (c *Cache)` that became `func (c Cache)`. */
export function* copiedLocks(input: RuleInput): Generator<{ readonly range: Range; readonly type: string }> {
  const { before, after, hunk } = input;
  if (before?.language !== 'go' || after === undefined) return;
  const heads = (facts: typeof after, start: number, lines: number): readonly { readonly line: number; readonly text: string }[] =>
    Array.from({ length: Math.min(lines, 400) }, (_, at) => start + at).map((line) => ({
      line,
      text: tokensOn(facts, line, line)
        .map(({ text }) => text)
        .join(' '),
    }));
  const old = heads(before, hunk.before.start, hunk.before.lines);
  for (const { line, text } of heads(after, hunk.after.start, hunk.after.lines)) {
    const [, name, type = '', rest = ''] = /^func \( (\w+) ([A-Z]\w*|[a-z]\w*) \) (\w+ \(.*)$/.exec(text) ?? [];
    const method = rest.split(' ')[0] ?? '';
    if (
      name === undefined ||
      !old.some((other) => other.text.startsWith(`func ( ${name} * ${type} ) ${method} (`)) ||
      !holdsLock(after, type)
    )
      continue;
    if (after.calls.some(({ callee, scope }) => lastName(scope) === method && /\.(?:R?Lock|TryLock)$/.test(callee)))
      yield { range: rangeOfLine(input, 'after', line), type };
  }
}

/** The type of this file holds a lock as a value. */
function holdsLock(facts: NonNullable<RuleInput['after']>, type: string): boolean {
  const place = facts.scopes.find(({ name }) => name === type);
  const at = facts.tokens.findIndex(({ text }, index) => text === 'type' && facts.tokens[index + 1]?.text === type);
  const tokens = place === undefined ? facts.tokens.slice(Math.max(0, at), at + 400) : tokensOn(facts, place.startLine, place.endLine);
  const text = tokens.map((token) => token.text).join(' ');
  const own = /^type \w+ struct \{(.*?)\}/.exec(text)?.[1] ?? text;
  return at >= 0 && /(?<!\* )sync \. (?:RW)?Mutex\b/.test(own);
}
