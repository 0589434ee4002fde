import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostPreconditionLinks, lostPreconditions } from '../vocabulary/queries/lost-preconditions.ts';
import { isVersionTest } from '../vocabulary/queries/version-columns.ts';
import { asksInWrite, lostVersionFilters } from '../vocabulary/queries/version-filters.ts';
import { staleRows, versionlessAnew, versionlessStatements } from '../vocabulary/queries/versionless-statements.ts';
import { weakenedPreconditions } from '../vocabulary/queries/weakened-preconditions.ts';
import { writesToStore } from '../vocabulary/queries/writing-functions.ts';

/**
 * ## What it sees
 * A write that no longer asks whether what it overwrites is what was read: a version in the condition of an UPDATE or of a
 * mapper's filter, `If-Match`, a `ConditionExpression` or another precondition of a store that went or asks for less, a compare of generations before a plan is applied, and the condition of an
 * upsert that leaves the newer row alone.
 *
 * ## Why it matters
 * The slower of two writers wins with the older state. In October 2025 an old plan overwrote a newer one and emptied a record
 * that a whole region depended on.
 *
 * ## When it is fine
 * A lock or a transaction that reads with `FOR UPDATE` took its place. These are not flagged.
 *
 * ## What it misses
 * A version that a trigger or the store itself compares.
 */
export default defineRule({
  id: 'concurrency/version-check-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A write no longer asks what it overwrites',
  reads: ['statements', 'options', 'guards', 'conditions', 'calls'],
  evidence: [{ title: 'AWS DynamoDB 2025-10-20: an older plan was applied', url: 'https://aws.amazon.com/message/101925/' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...versionlessStatements(input),
      ...staleRows(input),
      ...versionlessAnew(input),
      ...lostPreconditions(input),
      ...weakened(input),
      ...guards(input),
      ...lostVersionFilters(input),
      ...lostPreconditionLinks(input),
      ...calls(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** A precondition that is still given and asks for less. */
function* weakened(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, lost } of weakenedPreconditions(input))
    yield { side: 'after', range, message: fitMessage(`the write no longer asks for the \`${shorten(lost, 30)}\` that was read`) };
}

function* guards(input: RuleInput): Iterable<FindingDraft> {
  for (const guard of lostGuards(input, (candidate) => isVersionTest(candidate.test))) {
    const scope = counterpartScope(input, guard.scope);
    if (scope === undefined || !writesToStore(input, scope) || newGuardsIn(input, guard.scope).some((other) => isVersionTest(other.test)))
      continue;
    // The write asks for it itself now, which lets nobody come between.
    if (asksInWrite(input, scope)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 38)}\` is no longer asked before \`${shorten(lastName(scope), 18)}\` writes`),
    };
  }
  for (const condition of input.removed.conditions) {
    if (condition.kind !== 'wraps' || !isVersionTest(condition.test)) continue;
    const scope = counterpartScope(input, condition.scope);
    const stays =
      input.after?.calls.some((call) => scope !== undefined && within(call.scope, scope) && condition.guarded.includes(call.callee)) ??
      false;
    if (
      !stays ||
      scope === undefined ||
      !writesToStore(input, scope) ||
      [...newGuardsIn(input, condition.scope), ...input.added.conditions].some((other) => isVersionTest(other.test))
    )
      continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 38)}\` is no longer asked before \`${shorten(condition.guarded[0] ?? '', 18)}\``),
    };
  }
}

function* calls(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (option.name !== 'version_id_col' || input.after?.options.some((other) => other.name === option.name) !== false) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`version_id_col\` no longer counts the changes of \`${shorten(option.scope, 34)}\``),
    };
  }
  for (const call of input.removed.calls) {
    if (!/(?:^|\.)MergeFromWithOptions$/.test(call.callee) || !/OptimisticLock/.test(call.args.join(' '))) continue;
    const scope = counterpartScope(input, call.scope);
    const plain = input.after?.calls.find(
      (other) => scope !== undefined && within(other.scope, scope) && /(?:^|\.)MergeFrom(?:WithOptions)?$/.test(other.callee),
    );
    if (plain === undefined || /OptimisticLock/.test(plain.args.join(' '))) continue;
    yield { side: 'after', range: plain.range, message: fitMessage('the patch no longer asks for the `resourceVersion` that was read') };
  }
  for (const call of input.removed.calls) {
    if (call.kind !== 'decorator' || !/^(Version|VersionColumn|OptimisticLocking|OptimisticLock|OptimisticLocked)$/.test(call.callee))
      continue;
    if (input.after?.calls.some((other) => other.kind === 'decorator' && other.callee === call.callee) === true) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`@${call.callee}\` no longer counts the changes of \`${shorten(call.scope, 34)}\``),
    };
  }
}
