import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/** A function that commits as before and takes nothing back any more where it fails. */
export interface LostRollback {
  readonly range: Range;
  readonly callee: string;
  readonly scope: string;
}

/** `client.query('ROLLBACK')`, `tx.Rollback()`, `session.abortTransaction()` that is gone while the commit stays. */
export function* lostRollbacks(input: RuleInput): Generator<LostRollback> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const call of removed.calls) {
    if (call.scope === '' || told.has(call.scope) || !isRollback(call) || isExtracted(input, call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const parts = workScopes(after, scope);
    const now = after.calls.filter((other) => isIn(parts, other.scope));
    if (!now.some(isCommit) || now.some((other) => isRollback(other) || endsConnection(other, call))) continue;
    // What opens it now may take it back by itself.
    if (newCallsIn(input, call.scope).some(({ callee }) => OPENS.test(words(lastName(callee))))) continue;
    told.add(call.scope);
    yield { range: call.range, callee: call.callee, scope };
  }
}

/** A transaction that is still begun and no longer committed: with the end of the function all is taken back. */
export function* lostCommits(input: RuleInput): Generator<LostRollback> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const call of removed.calls) {
    if (call.scope === '' || told.has(call.scope) || !isCommit(call) || isExtracted(input, call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const parts = workScopes(after, scope);
    const now = after.calls.filter((other) => isIn(parts, other.scope));
    const handle = receiver(call.callee);
    const isBegun = now.some((other) => begins(other) && before.calls.some((old) => old.callee === other.callee && begins(old)));
    // Whoever it is handed to may commit it.
    const isHandedOn = now.some(
      ({ callee, args }) =>
        /commit|finish|complete|end/i.test(lastName(callee)) ||
        (handle !== '' && args.includes(handle) && /^(?:drop|Ok|return)$/.test(callee)),
    );
    if (!isBegun || now.some(isCommit) || isHandedOn || isReturned(after, scope, handle)) continue;
    told.add(call.scope);
    yield { range: call.range, callee: call.callee, scope };
  }
}

/** By itself, and not around a function that it commits for. */
function begins({ callee, args }: Call): boolean {
  const name = lastName(callee);
  if (args.some((argument) => /=>|^(?:async )?(?:function|func|lambda|\|)/.test(argument))) return false;
  return (
    /^(?:begin|Begin|BeginTx|Beginx|BeginTxx|beginTransaction|startTransaction|begin_transaction|start_transaction)$/.test(name) ||
    (name === 'setAutoCommit' && args[0] === 'false') ||
    args.some((argument) => /^['"`]\s*(?:begin|start transaction)\b/i.test(argument))
  );
}

function isReturned(facts: SourceFacts, scope: string, handle: string): boolean {
  return /^\w+$/.test(handle) && new RegExp(`\\b(?:return|Ok\\() ?[({]?[^;]{0,60}\\b${handle}\\b`).test(tokensOf(facts, scope));
}

const OPENS = /\b(?:session|sessions|transaction|tx|begin|atomic|unit of work|connect|connection|acquire|scope)\b/;

/** Its own, or a helper that is called for it. */
function isRollback({ callee, args, kind }: Call): boolean {
  return (
    kind === 'call' &&
    (/\b(?:rollback|roll back|abort transaction|abort)\b/.test(words(lastName(callee))) ||
      args.some((argument) => /^['"`]\s*rollback\b/i.test(argument)))
  );
}

function isCommit({ callee, args }: Call): boolean {
  return /^commit(?:_?transaction|tx)?$/i.test(lastName(callee)) || args.some((argument) => /^['"`]\s*commit\b/i.test(argument));
}

/** What is closed, or given back as broken, takes its open transaction along. */
function endsConnection({ callee, args }: Call, rollback: Call): boolean {
  const name = lastName(callee);
  return (
    receiver(callee) === receiver(rollback.callee) &&
    (/^(?:close|Close|destroy|invalidate)$/.test(name) || (name === 'release' && args.length > 0))
  );
}
