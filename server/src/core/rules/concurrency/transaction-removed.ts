import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { bodiesAskedBy } from '../vocabulary/code/new-bodies.ts';
import { isIn } from '../vocabulary/code/own-parts.ts';
import { isExtracted } from '../vocabulary/code/scope-changes.ts';
import { bypassedProxies, isBypassed } from '../vocabulary/locks/bypassed-proxies.ts';
import { earlyCommits } from '../vocabulary/locks/early-commits.ts';
import { leftTransactions, unhandedTransactions } from '../vocabulary/locks/left-transactions.ts';
import { commitsAtEnd, lostConnectionBlocks, lostForHanded } from '../vocabulary/locks/lost-brackets.ts';
import { lostCommits, lostRollbacks } from '../vocabulary/locks/lost-rollbacks.ts';
import { narrowedTransactions } from '../vocabulary/locks/narrowed-transactions.ts';
import { peeledWrappers } from '../vocabulary/locks/peeled-wrappers.ts';
import { switchedTransactions } from '../vocabulary/locks/transaction-switches.ts';
import { weakerIsolation } from '../vocabulary/locks/weaker-isolation.ts';
import { scopesOf, writesIn, writesOfBody } from '../vocabulary/locks/writes-of-scope.ts';
import { lostProtection } from '../vocabulary/schema/sql-transactions.ts';

/**
 * ## What it sees
 * A transaction around two or more writes that goes away while the writes stay. A wrapper of the project's own around writes that
 * stay without it is asked about at medium: what it did for them is known to the project alone. A commit that stands between two writes
 * now, a write that is
 * made beside the transaction, work that went into another class or file without its transaction, a function that commits and no longer rolls back, and a
 * switch that gave each request a transaction (`ATOMIC_REQUESTS`) or lets each statement last by itself (`AUTOCOMMIT`).
 *
 * ## Why it matters
 * A crash, a timeout or a second caller between the writes leaves one done and the other not: money taken and not given.
 *
 * ## When it is fine
 * One statement is left, or another transaction took its place. These are not flagged.
 *
 * ## What it misses
 * Writes in functions of other files that were called from here before.
 */
export default defineRule({
  id: 'concurrency/transaction-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Writes lost their transaction',
  reads: ['calls', 'statements', 'tokens', 'options'],
  evidence: [
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { side, range, was, now } of weakerIsolation(input))
      yield {
        side,
        range,
        message: fitMessage(
          `the transaction sees what others do: \`${shorten(was, 30)}\` -> ${now === '' ? 'nothing said' : `\`${shorten(now, 20)}\``}`,
        ),
      };
    const flagged = new Set<string>();
    for (const call of input.removed.calls) {
      if (!opens(call) || flagged.has(call.scope)) continue;
      const scope = counterpartScope(input, call.scope);
      if (
        scope === undefined ||
        input.after?.calls.some(
          (other) =>
            (opens(other) || locksRow(other)) &&
            ((isIn(scopesOf(input, scope), other.scope) && !isBypassed(input, other)) || isAround(other, scope)),
        ) === true
      )
        continue;
      if (isViewOfTransaction(input, scope)) continue;
      // What the change cut out of the function, into another class or file.
      const bodies = bodiesAskedBy(input, scope);
      if (
        bodies.some(({ facts, place }) =>
          facts.calls.some(
            (other) => opens(other) && !isBypassed(input, other) && (within(other.scope, place.name) || isAround(other, place.name)),
          ),
        )
      )
        continue;
      const writes =
        writesIn(input, scope) +
        bodies.reduce((sum, body) => sum + (isIn(scopesOf(input, scope), body.place.name) ? 0 : writesOfBody(body)), 0);
      const handsOn = lostForHanded(input, call, scope);
      if ((writes < 2 && !handsOn) || (isExtracted(input, call) && !isLeftToBypassed(input, scope)) || commitsAtEnd(input, call, scope))
        continue;
      flagged.add(call.scope);
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(handsOn ? `what \`${shorten(scope, 30)}\` is handed no longer runs in a transaction` : unshared(writes, scope)),
      };
    }
    for (const { call, writes, isKeyed } of peeledWrappers(input)) {
      if (isKeyed || flagged.has(call.scope) || opens(call)) continue;
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 26)}\` no longer holds \`${shorten(writes[0] ?? '', 26)}\` and its like together`),
        severity: 'medium',
      };
    }
    for (const { callee, range, isFirst } of earlyCommits(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(
          `\`${shorten(callee, 26)}\` stands ${isFirst ? 'in front of all that it made last' : 'between two writes: the first may stay without the second'}`,
        ),
      };
    for (const { line, scope } of lostConnectionBlocks(input)) {
      const writes = Math.max(writesIn(input, scope), told(input, scope));
      if (writes > 1) yield { side: 'before', range: rangeOfLine(input, 'before', line), message: fitMessage(unshared(writes, scope)) };
    }
    for (const call of bypassedProxies(input)) {
      const writes = writesIn(input, call.scope);
      if (writes > 1)
        yield {
          side: 'after',
          range: call.range,
          message: fitMessage(`\`@Transactional\` holds nothing here: \`${shorten(lastName(call.scope), 30)}\` is called by its own class`),
        };
    }
    for (const { call, handle } of [...leftTransactions(input, opens), ...unhandedTransactions(input, opens)])
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` writes beside the transaction of \`${shorten(handle, 18)}\``),
      };
    for (const { range, scope } of lostRollbacks(input))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(scope, 34)}\` commits and no longer rolls back where it fails`) };
    for (const { side, range, write } of narrowedTransactions(input, opens))
      yield {
        side,
        range,
        message: fitMessage(
          `\`${shorten(write.replace(/^(?:return |await )+/, '').replaceAll(' ', ''), 34)}\` no longer stands in the transaction`,
        ),
      };
    for (const { range, scope } of lostCommits(input))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(scope, 34)}\` begins a transaction and commits it nowhere`) };
    for (const { side, range, what } of switchedTransactions(input))
      yield { side, range, message: fitMessage(`${what} no longer share a transaction`) };
    for (const { statement, message } of lostProtection(input))
      yield { side: 'before', range: statement.range, message: fitMessage(message) };
  },
});

/** Django: the settings put each view into a transaction now, `"ATOMIC_REQUESTS": True`, and the function takes a request. */
function isViewOfTransaction({ after, addedElsewhere }: RuleInput, scope: string): boolean {
  const [first, second] = after?.symbols.find(({ name }) => name === scope)?.parameters ?? [];
  const isView = first?.name === 'request' || (first?.name === 'self' && second?.name === 'request');
  const isPlain =
    after?.calls.some(({ kind, callee, scope: own }) => kind === 'decorator' && own === scope && /non_atomic/.test(callee)) !== true;
  return isView && isPlain && addedElsewhere().options.some(({ name, value }) => name === 'ATOMIC_REQUESTS' && value === 'True');
}

/** What a function tells the stores that it holds: `self.stock.reserve(…)`. */
function told({ after }: RuleInput, scope: string): number {
  return (
    after?.calls.filter((call) => within(call.scope, scope) && call.use === 'discarded' && /^(?:self|this)\.\w+\.\w+$/.test(call.callee))
      .length ?? 0
  );
}

function unshared(writes: number, scope: string): string {
  return `${writes} writes of \`${shorten(scope, 30) || 'the module'}\` no longer share a transaction`;
}

/** An annotation of the class holds for each of its methods. */
function isAround(call: Call, scope: string): boolean {
  return call.kind === 'decorator' && call.scope !== '' && within(scope, call.scope);
}

function opens(call: Call): boolean {
  const name = lastName(call.callee);
  // It runs outside of any, or in one only where its caller has one.
  if (/^Transactional$/.test(name) && call.args.some((argument) => /\b(?:NOT_SUPPORTED|NEVER|SUPPORTS)\b/.test(argument))) return false;
  if (name === 'setAutoCommit') return call.args[0] === 'false';
  if (
    /^(\$?transaction|transact|withTransaction|runInTransaction|inTransaction|startTransaction|beginTransaction|begin|tx|atomic|runTransaction|Transactional|UnitOfWork|transactionAsync|BeginTx|Begin|BeginTxx|Beginx|Transaction|WithTx|InTx|RunInTx|RunInTransaction|ExecTx|BeginFunc|begin_nested|commit_on_success|in_transaction|unit_of_work|ReadWriteTransaction)$/.test(
      name,
    )
  )
    return name !== 'tx' && name !== 'begin' ? true : /(db|pool|client|conn|sql|tx|knex|sequelize|pg|session|engine)/i.test(call.callee);
  if (/^(?:with|in|run_?in|exec|do|execute_?in)_?(?:tx|txn|transaction|unit_?of_?work)$/i.test(name)) return true;
  if (
    name === 'executeWithoutResult' ||
    (name === 'execute' && /^(?:this\.)?(?:tx|transactions?)(?:Template|Operator)?$/i.test(receiver(call.callee)))
  )
    return call.args.some((argument) => /^(?:async )?fn$|->/.test(argument));
  return call.args.some((argument) => /^['"`]\s*(begin|start transaction)\b/i.test(argument));
}

/** Rails opens a transaction around a row that is locked: `invoice.with_lock do`. */
function locksRow({ callee, kind }: Call): boolean {
  return kind === 'call' && lastName(callee) === 'with_lock';
}

/** The annotation went to a part of the work, where the proxy does not see it. */
function isLeftToBypassed(input: RuleInput, scope: string): boolean {
  const parts = scopesOf(input, scope);
  return input.after?.calls.some((other) => opens(other) && isIn(parts, other.scope) && isBypassed(input, other)) === true;
}
