import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** A transaction that sees more of what others do at the same time than it did. */
export interface WeakerIsolation {
  readonly side: Side;
  readonly range: Range;
  readonly was: string;
  /** Empty where nothing is said any more, which is what the database takes by itself. */
  readonly now: string;
}

/**
 * `isolationLevel: Serializable` that is gone or lower, `BEGIN ISOLATION LEVEL SERIALIZABLE` that is a plain `BEGIN`, while the
 * transaction stays and no row is locked in its place.
 */
export function* weakerIsolation(input: RuleInput): Generator<WeakerIsolation> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const option of removed.options) {
    const was = IS_LEVEL.test(words(option.name)) ? rankOf(option.value) : undefined;
    const scope = was === undefined || was < STRICT ? undefined : counterpartScope(input, option.scope);
    if (was === undefined || scope === undefined || isLocked(input, option.scope)) continue;
    const now = after.options.find(
      (other) => IS_LEVEL.test(words(other.name)) && (within(other.scope, scope) || isNewAbove(before, other)),
    );
    const is = now === undefined ? undefined : rankOf(now.value);
    // What is worked out elsewhere may be as strict.
    if (now === undefined ? !stays(after.calls, option, scope) : is === undefined || is >= was) continue;
    const isSaid = now !== undefined && input.added.options.includes(now);
    yield isSaid
      ? { side: 'after', range: now.range, was: option.value, now: now.value }
      : { side: 'before', range: option.range, was: option.value, now: now?.value ?? '' };
  }
  for (const call of removed.calls) {
    const was = rankOf(levelIn(call));
    const scope = was === undefined || was < STRICT ? undefined : counterpartScope(input, call.scope);
    if (was === undefined || scope === undefined || isLocked(input, call.scope)) continue;
    const now = after.calls.filter(
      (other) => within(other.scope, scope) && lastName(other.callee) === lastName(call.callee) && begins(other),
    );
    if (now.length === 0 || now.some((other) => (rankOf(levelIn(other)) ?? 0) >= was)) continue;
    yield { side: 'before', range: call.range, was: levelIn(call), now: '' };
  }
}

const IS_LEVEL = /^(?:isolation level|isolation|tx isolation|transaction isolation|default transaction isolation)$/;
const STRICT = 3;

function rankOf(text: string): number | undefined {
  const said = words(text).replace(/[^a-z ]/g, ' ');
  if (/\bserializable\b/.test(said)) return 4;
  if (/\brepeatable read\b|\bsnapshot\b/.test(said)) return STRICT;
  if (/\bread committed\b/.test(said)) return 2;
  return /\bread uncommitted\b/.test(said) ? 1 : undefined;
}

/** `'SERIALIZABLE'` of `transaction('SERIALIZABLE', work)`, and the text of `query('BEGIN ISOLATION LEVEL SERIALIZABLE')`. */
function levelIn({ callee, args: [first = ''] }: Call): string {
  if (/^['"`](?:BEGIN|START TRANSACTION|SET TRANSACTION)\b.{0,20}\bISOLATION LEVEL\b/i.test(first)) return first;
  return /^(?:transaction|startTransaction|begin|beginTransaction|BeginTx)$/.test(lastName(callee)) && /^['"][A-Z _]+['"]$/.test(first)
    ? first
    : '';
}

/** It begins a transaction still. */
function begins({ callee, args: [first = ''] }: Call): boolean {
  return (
    /^['"`](?:BEGIN|START TRANSACTION)\b/i.test(first) ||
    /^(?:transaction|startTransaction|begin|beginTransaction|BeginTx)$/.test(lastName(callee))
  );
}

/** A constant of the file, or of what a class is made with, that came with the change. */
function isNewAbove(before: SourceFacts, { scope, key }: Option): boolean {
  return scope === '' && !before.options.some((old) => old.key === key);
}

function stays(calls: readonly Call[], { callee }: Option, scope: string): boolean {
  return calls.some(
    (call) =>
      within(call.scope, scope) &&
      (lastName(call.callee) === lastName(callee) ||
        /^(?:\$?transaction|BeginTx|begin|startTransaction|atomic|Transactional)$/i.test(lastName(call.callee))),
  );
}

/** `lockForUpdate`, `withLock`, `setLockMode`, `LockRows`: a lock is taken, by a word of its own. */
const LOCKS = /\b(?:lock|locks|locked|locking|for update)\b/;

/** Rows are locked now, which lets nobody in either. */
function isLocked(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some(
    ({ callee, args }) =>
      (LOCKS.test(words(lastName(callee))) && !/^(?:un|release|is|has|log)\b/.test(words(lastName(callee)))) ||
      args.some((argument) =>
        /\bFOR (?:NO KEY )?UPDATE\b|\bpessimistic[_ ]?\w{0,20}(?:read|write)|advisory_(?:xact_)?lock\b/i.test(argument),
      ),
  );
}
