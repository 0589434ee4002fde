import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { asksElsewhere, isExtracted, isNewPart, newCallsIn } from '../code/scope-changes.ts';
import { isAskedByStatement } from '../guards/bounded-otherwise.ts';
import { takesLock } from './takes-lock.ts';

/** `SELECT … FOR UPDATE`, `select_for_update()`, `lock: { mode: 'pessimistic_write' }`. */
export function* lostRowLocks(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!locksRows(call)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined) continue;
    const own = lastName(call.callee);
    if (
      input.after?.calls.some((other) => within(other.scope, scope) && lastName(other.callee) === own && locksRows(other)) === true ||
      isExtracted(input, call) ||
      isLockedByParts(input, call, own) ||
      isLockedByMethod(input, call) ||
      input.removed.guards.some((guard) => guard.scope === call.scope && isAskedByStatement(input, guard)) ||
      newCallsIn(input, call.scope).some((other) => locksByName(other) || takesLock(other, input.path) || locksFor(other, own)) ||
      isLockedByOption(input, scope)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${own}\` no longer locks the rows of \`${shorten(scope, 30) || 'the module'}\``),
    };
  }
  for (const statement of input.removed.statements) {
    const was = strength(statement.names);
    if (statement.verb !== 'select' || was.rank === 0) continue;
    const scope = counterpartScope(input, statement.scope);
    const now = input.after?.statements.find(
      (other) => other.verb === 'select' && other.targets.join() === statement.targets.join() && other.scope === scope,
    );
    if (now === undefined) continue;
    const is = strength(now.names);
    const table = shorten(statement.targets[0] ?? 'the query', 24);
    // Whoever takes the next of many does not wait for what another one holds; of one row it is as if there were none.
    const skips =
      is.skips && !was.skips && !now.limited && !isQueue(`${statement.targets.join(' ')} ${now.names.join(' ')} ${lastName(now.scope)}`);
    if (is.rank >= was.rank && !skips) continue;
    const lock = was.rank === 2 ? 'FOR UPDATE' : 'FOR SHARE';
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(
        is.rank === 0
          ? `\`${lock}\` no longer locks the rows of \`${table}\``
          : is.rank < was.rank
            ? `\`FOR SHARE\` locks the rows of \`${table}\` for nobody who writes as well`
            : `\`SKIP LOCKED\`: a row of \`${table}\` that somebody holds looks as if it were not there`,
      ),
    };
  }
  for (const option of input.removed.options) {
    if (option.name !== 'lock' || !/pessimistic|UPDATE|true|LOCK\./.test(option.value)) continue;
    const scope = counterpartScope(input, option.scope);
    const isLock = (other: Option): boolean => other.name === 'lock' && /pessimistic|UPDATE|true|LOCK\./.test(other.value);
    // The query went to a new function, of this file or another, and took its lock along.
    const cameAlong =
      input.after?.options.some((other) => isLock(other) && isNewPart(input, other.scope, option.scope)) === true ||
      input.addedElsewhere().options.filter(isLock).some(asksElsewhere(input, option.scope));
    if (
      scope === undefined ||
      cameAlong ||
      input.after?.options.some((other) => other.name === 'lock' && within(other.scope, scope)) === true
    )
      continue;
    yield { side: 'before', range: option.range, message: fitMessage(`\`lock: ${shorten(option.value, 30)}\` no longer locks the rows`) };
  }
}

/** `select_for_update()`, and `Clauses(clause.Locking{Strength: "UPDATE"})` of Go. */
function locksRows({ callee, args }: Call): boolean {
  const name = lastName(callee);
  if (name === 'Clauses') return args.some((argument) => /\bclause\.Locking\b/.test(argument));
  return /^(select_for_update|with_for_update|forUpdate|forShare|setLock|lockForUpdate|lock_for_update)$/.test(name);
}

/** A method of another file, of a manager or a repository, locks the rows, and is asked by its name now: `Wallet.objects.locked(pk)`. */
function isLockedByMethod(input: RuleInput, call: Call): boolean {
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  return newCallsIn(input, call.scope).some(({ callee }) => {
    const name = lastName(callee);
    if (!callee.includes('.') || name.length < 5) return false;
    const files = input.trees.after.mentioning(name, [extension]).filter((path) => path !== input.path);
    return (
      files.length <= MOST_FILES &&
      files.some((path) => input.factsAt('after', path)?.calls.some((other) => locksRows(other) && lastName(other.scope) === name))
    );
  });
}

/** More files than this that name a method say that its name is a common one. */
const MOST_FILES = 6;

/** A function that the change brought locks what it is told to, and is asked as often as rows were locked: `locked(session, Boarding, pk)`. */
function isLockedByParts(input: RuleInput, call: Call, own: string): boolean {
  const locks = ({ callee, scope }: Call): boolean =>
    newBodiesOf(input, callee).some(
      ({ facts, place }) =>
        scope !== place.name && facts.calls.some((other) => within(other.scope, place.name) && lastName(other.callee) === own),
    );
  const was = input.before?.calls.filter((other) => other.scope === call.scope && lastName(other.callee) === own).length ?? 0;
  return newCallsIn(input, call.scope).filter(locks).length >= was;
}

/** An own function that is called after what it does to the rows: `orders_select_for_update()`, `lockForUpdate(ids)`. */
function locksByName({ callee }: Call): boolean {
  return /\b(for update|with lock|acquire lock|lock rows?|locked rows?)\b/.test(words(lastName(callee)));
}

/** Drizzle says it behind the query: `.for('update')`. What others may still read does not stand for what they may not. */
function locksFor({ callee, args }: Call, was: string): boolean {
  return (
    lastName(callee) === 'for' &&
    (/^['"](?:no key )?update['"]$/.test(args[0] ?? '') || (was === 'forShare' && /share/.test(args[0] ?? '')))
  );
}

/** `lock: { mode: 'pessimistic_write' }`, `lock: tx.LOCK.UPDATE`. */
function isLockedByOption({ before, after }: RuleInput, scope: string): boolean {
  return (
    after?.options.some(
      (option) =>
        /^lock(?:Mode)?$/.test(option.name) &&
        within(option.scope, scope) &&
        /pessimistic_?write|UPDATE/i.test(option.value) &&
        !before?.options.some(({ key }) => key === option.key),
    ) === true
  );
}

interface RowLock {
  /** 2 where nobody else writes or locks the rows, 1 where others may read them under a lock as well, 0 without one. */
  readonly rank: 0 | 1 | 2;
  readonly skips: boolean;
}

function strength(names: readonly string[]): RowLock {
  const text = names.join(' ');
  const rank = /\bfor (no key )?update\b|\bupdlock\b/.test(text) ? 2 : /\bfor (key )?share\b|\block in share mode\b/.test(text) ? 1 : 0;
  return { rank, skips: /\bskip locked\b|\breadpast\b/.test(text) };
}

/** What is worked off by several workers. */
function isQueue(text: string): boolean {
  return /\b(?:jobs?|queues?|tasks?|outbox|inbox|events?|messages?|work|deliver(?:y|ies)|emails?|mails?|notifications?|dequeue|claim|next|batch|limit|pending|scheduled|webhooks?)\b/.test(
    words(text),
  );
}
