import type { Command, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, words } from '../code/call-names.ts';
import { changedCalls } from '../code/changed-calls.ts';
import { hasScope, within } from '../code/counterpart.ts';

/** A switch by which every request, session or statement of many had a transaction, and has none now. */
export interface SwitchedTransaction {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/** `@Transactional` that no longer takes part in the transaction of whoever calls, or keeps what was written before an exception. */
function* apartFromCallers(input: RuleInput): Iterable<SwitchedTransaction> {
  for (const { before, after } of changedCalls(input)) {
    if (after.kind !== 'decorator' || lastName(after.callee) !== 'Transactional' || NOTED.test(words(after.scope))) continue;
    const [was, now] = [before.args.join(', '), after.args.join(', ')];
    const isNew = /\bREQUIRES_NEW\b/.test(now) && !/\bREQUIRES_NEW\b/.test(was);
    const keeps =
      (/\bnoRollbackFor\b/.test(now) && !/\bnoRollbackFor\b/.test(was)) || (/\brollbackFor\b/.test(was) && !/\brollbackFor\b/.test(now));
    if (isNew) yield { side: 'after', range: after.range, what: '`REQUIRES_NEW`: its writes and those of its caller' };
    else if (keeps) yield { side: 'after', range: after.range, what: 'an exception takes nothing back any more: its writes' };
  }
}

/** What shall stay although all else is taken back. */
const NOTED = /\b(?:audit\w*|logs?|log\w*|attempts?|history|metrics?|outbox|events?|record failure|notif\w*|track\w*)\b/;

/** Settings that put each request or mutation into a transaction: Django, Graphene. */
const AROUND_EACH = /^(?:ATOMIC_REQUESTS|ATOMIC_MUTATIONS)$/;

/** A transaction around each request that the settings of a program no longer ask for, or no longer for one function. */
export function* switchedTransactions(input: RuleInput): Iterable<SwitchedTransaction> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  yield* aroundRequests(input, before, after);
  yield* leftOut(input, after);
  yield* committingByThemselves(input, before, after);
  yield* apartFromCallers(input);
  yield* scriptsByParts(input, after);
}

/** `psql --single-transaction -f up.sql` that applies each statement by itself now. */
function* scriptsByParts(input: RuleInput, after: SourceFacts): Iterable<SwitchedTransaction> {
  const isWhole = ({ words: said }: Command): boolean => said.some(({ text }) => /^(?:-1|--single-transaction)$/.test(text));
  const applies = ({ name, words: said, pipedFrom }: Command): boolean =>
    name === 'psql' && (pipedFrom !== undefined || said.some(({ text }) => /^(?:-f|--file(?:=.*)?|-f.+)$/.test(text)));
  for (const old of input.removed.commands) {
    if (!applies(old) || !isWhole(old) || after.commands.some((other) => other.name === 'psql' && isWhole(other))) continue;
    if (after.commands.some(applies))
      yield { side: 'before', range: old.range, what: '`--single-transaction` went: the statements of the script' };
  }
}

function* aroundRequests(input: RuleInput, before: SourceFacts, after: SourceFacts): Iterable<SwitchedTransaction> {
  const isOn = ({ name, value }: Option): boolean => AROUND_EACH.test(name) && !/^(?:False|false|0|None|'')$/.test(value);
  for (const old of input.removed.options.filter(isOn)) {
    const count = (facts: SourceFacts): number => facts.options.filter((other) => other.name === old.name && isOn(other)).length;
    if (count(after) >= count(before) || input.addedElsewhere().options.some((other) => other.name === old.name && isOn(other))) continue;
    // With the last database its settings go.
    if (!after.options.some(({ name }) => name === 'DATABASES') && before.options.some(({ name }) => name === 'DATABASES')) continue;
    const off = input.added.options.find((other) => other.name === old.name);
    yield off === undefined
      ? { side: 'before', range: old.range, what: `\`${old.name}\` went: the writes of a request` }
      : { side: 'after', range: off.range, what: `\`${old.name}\` is off: the writes of a request` };
  }
}

/** `@transaction.non_atomic_requests` on a function that writes more than once. */
function* leftOut(input: RuleInput, after: SourceFacts): Iterable<SwitchedTransaction> {
  for (const call of input.added.calls) {
    if (call.kind !== 'decorator' || lastName(call.callee) !== 'non_atomic_requests' || input.before === undefined) continue;
    const isOld = hasScope(input.before, call.scope);
    const opens = after.calls.some((other) => within(other.scope, call.scope) && lastName(other.callee) === 'atomic');
    if (isOld && !opens && writesIn(after, call.scope) > 1)
      yield { side: 'after', range: call.range, what: `\`@${call.callee}\`: its writes` };
  }
}

/** Options by which what a connection is told lasts at once: `isolation_level='AUTOCOMMIT'`, `autocommit=True`. */
function commitsByItself({ name, value, callee }: Option): boolean {
  const holds = /(?:engine|sessionmaker|session|connect|connection|pool|cursor)$/i.test(lastName(callee)) || callee === '';
  if (/^isolation_?level$/i.test(name)) return holds && callee !== '' && /^['"]AUTOCOMMIT['"]$/.test(value);
  return /^(?:autocommit|autoCommit|defaultAutoCommit|default_auto_commit)$/.test(name) && holds && /^(?:True|true)$/.test(value);
}

function* committingByThemselves(input: RuleInput, before: SourceFacts, after: SourceFacts): Iterable<SwitchedTransaction> {
  for (const option of input.added.options) {
    if (!commitsByItself(option) || before.options.some(commitsByItself)) continue;
    // Of a connection that is made here, the whole file may be its user; of a session's factory, all others are.
    const isShared = /engine|sessionmaker|pool/i.test(lastName(option.callee));
    const wasThere = before.calls.some(({ callee }) => option.callee === '' || callee === option.callee);
    if (!wasThere || (!isShared && writesIn(after, option.scope) < 2)) continue;
    yield { side: 'after', range: option.range, what: `\`${option.name}\`: the writes` };
  }
}

/** Calls and statements of a function that change something. */
function writesIn({ calls, statements }: SourceFacts, scope: string): number {
  // A script has its writes at the top level, beside functions that have connections of their own.
  const isOwn = (other: string): boolean => (scope === '' ? other === '' : within(other, scope));
  const writing = calls.filter((call) => isOwn(call.scope) && call.kind === 'call' && call.callee.includes('.') && isWrite(call.callee));
  return (
    writing.length +
    statements.filter((statement) => isOwn(statement.scope) && /^(?:insert|update|delete|merge)$/.test(statement.verb)).length
  );
}
