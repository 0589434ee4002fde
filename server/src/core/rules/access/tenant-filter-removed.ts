import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isDocument, isFilter, isOverrideGone } from '../vocabulary/access/holder-filters.ts';
import { lostHolderScopes } from '../vocabulary/access/holder-scopes.ts';
import { isHolder } from '../vocabulary/access/holders.ts';
import { unreadHolders } from '../vocabulary/access/unread-holders.ts';
import { publicAnswers } from '../vocabulary/caches/public-answers.ts';
import { sharedAnswers } from '../vocabulary/caches/shared-answers.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isExtracted } from '../vocabulary/code/scope-changes.ts';
import { lostDerivedColumns } from '../vocabulary/tenants/derived-queries.ts';
import { forgottenHolders } from '../vocabulary/tenants/forgotten-holders.ts';
import { lostComparisons } from '../vocabulary/tenants/lost-comparisons.ts';
import { lostGlobalScopes } from '../vocabulary/tenants/lost-global-scopes.ts';
import { lostPartitions } from '../vocabulary/tenants/lost-partitions.ts';
import { lostSqlConditions } from '../vocabulary/tenants/lost-sql-conditions.ts';
import { staysWithout } from '../vocabulary/tenants/query-stays.ts';
import { takenWithout, toldAtTaker } from '../vocabulary/tenants/taken-without.ts';
import { isAskedAfterwards, isQuery } from '../vocabulary/tenants/tenant-queries.ts';
import { unscopedFinds } from '../vocabulary/tenants/unscoped-finds.ts';

/**
 * ## What it sees
 * The condition that kept a query to one tenant, account or owner, gone from a query that stays: in the calls of a mapper or a
 * builder, in the document that an index or a collection is asked with, in what a client puts on all of its queries, in the name of a query (`findByIdAndTenantId`), in SQL files, functions and views, and in SQL inside strings; the filter of an index,
 * the room of a socket and the name that a file is kept under. Also an answer
 * for one of them that is kept where the next one finds it: a cache whose key does not say for whom, and `Cache-Control: public`.
 *
 * ## Why it matters
 * The query still answers, with everybody's rows. Nothing fails, and one customer reads another's data.
 *
 * ## When it is fine
 * The condition moved into a scope, a function that is handed the holder, or an extension of the client; or the holder is
 * compared once the row is read; or what is kept is the same for all. These are not flagged.
 *
 * ## What it misses
 * A key under another name on both sides, SQL from pieces whose function says the holder's name for something else, and a key of a cache
 * that another function makes.
 */
export default defineRule({
  id: 'access/tenant-filter-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A query lost its tenant',
  reads: ['options', 'calls', 'statements', 'tokens'],
  evidence: [{ title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' }],
  *check(input): Iterable<FindingDraft> {
    let isTold = false;
    for (const draft of lostFilters(input)) {
      isTold = true;
      yield draft;
    }
    // A text of SQL that the others could not follow into a builder.
    for (const { range, was, now } of unscopedFinds(input))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 30)}\` looks among all, it was \`${shorten(was, 34)}\``) };
    for (const { range, kept, holder } of sharedAnswers(input))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(kept.replaceAll('`', ''), 30)}\` keeps for all what is read for \`${shorten(holder, 24)}\``),
      };
    for (const range of publicAnswers(input))
      yield { side: 'after', range, severity: 'high', message: 'every cache on the way may keep an answer for who is signed in' };
    for (const { range, by, holder } of isTold ? [] : lostGlobalScopes(input))
      yield {
        side: 'before',
        range,
        message: fitMessage(`\`${shorten(by, 26)}\` no longer keeps all queries to \`${shorten(holder, 22)}\``),
      };
    for (const { side, range, place, holder } of isTold ? [] : lostPartitions(input))
      yield { side, range, message: fitMessage(`\`${shorten(place, 30)}\` is the same for every \`${shorten(holder, 22)}\` now`) };
    const unread = isTold ? [] : [...unreadHolders(input)];
    for (const { range, place, holder } of unread.length > 0 || isTold ? unread : forgottenHolders(input))
      yield { side: 'before', range, message: fitMessage(`\`${shorten(place, 30)}\` no longer asks for \`${shorten(holder, 22)}\``) };
  },
});

function* lostFilters(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!isHolder(option.name) || (!isQuery(option.callee) && !isDocument(option)) || !isFilter(option)) continue;
    const scope = counterpartScope(input, option.scope);
    if (!isOverrideGone(input, option.scope) && (scope === undefined || !staysWithout(input, option, scope))) continue;
    if (isAskedAfterwards(input, option.scope)) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.callee, 34)}\` no longer asks for \`${shorten(option.name, 20)}\``),
    };
    const taken = takenWithout(input, { ...option, args: [] }, option.name);
    if (taken !== undefined) yield toldAtTaker(taken, option.name);
  }
  yield* lostComparisons(input);
  yield* lostSqlConditions(input);
  yield* lostDerivedColumns(input);
  for (const { range, place, holder } of lostHolderScopes(input))
    yield { side: 'before', range, message: fitMessage(`\`${shorten(place, 30)}\` no longer asks for \`${shorten(holder, 22)}\``) };
  for (const call of input.removed.calls) {
    if (
      !/^(where|andWhere|eq|filter|equals)$/.test(lastName(call.callee)) ||
      // What is composed, `and(eq(table.ownerId, id), …)`, is a call of its own.
      /[={(]/.test(call.args[0] ?? '') ||
      !isHolder(call.args[0]?.replace(/^['"`]|['"`]$/g, '') ?? '')
    )
      continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || call.scope === '' || isExtracted(input, call) || isAskedAfterwards(input, call.scope)) continue;
    const still =
      input.after?.calls.some(
        (other) => within(other.scope, scope) && other.args.some((argument) => argument.includes(call.args[0] ?? '\0')),
      ) === true;
    const queries = input.after?.calls.some((other) => within(other.scope, scope) && isQuery(other.callee)) === true;
    if (!still && queries)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.scope, 30)}\` no longer asks for \`${shorten(call.args[0] ?? '', 22)}\``),
      };
  }
}
