import type { Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { counterpartScope, isExtracted, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * The condition that kept a query to one tenant, account or owner, gone from a query that stays.
 *
 * ## Why it matters
 * The query still answers, with everybody's rows. Nothing fails, and one customer reads another's data.
 *
 * ## When it is fine
 * The condition moved into a scope or an extension of the client that is added in the same file. That is not flagged.
 *
 * ## What it misses
 * Conditions inside SQL text, and a key under another name on both sides.
 */
export default defineRule({
  id: 'access/tenant-filter-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'A query lost its tenant',
  reads: ['options', 'calls'],
  evidence: [{ title: 'OWASP A01:2021 Broken Access Control', url: 'https://owasp.org/Top10/A01_2021-Broken_Access_Control/' }],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.removed.options) {
      if (!isTenant(option.name) || !isQuery(option.callee) || !isFilter(option)) continue;
      const scope = counterpartScope(input, option.scope);
      if (scope === undefined || !staysWithout(input, option, scope)) continue;
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${shorten(option.callee, 34)}\` no longer asks for \`${shorten(option.name, 20)}\``),
      };
    }
    for (const call of input.removed.calls) {
      if (
        !/^(where|andWhere|eq|filter|equals)$/.test(lastName(call.callee)) ||
        !isTenant(call.args[0]?.replace(/^['"`]|['"`]$/g, '') ?? '')
      )
        continue;
      const scope = counterpartScope(input, call.scope);
      if (scope === undefined || call.scope === '' || isExtracted(input, call)) continue;
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
  },
});

function isTenant(name: string): boolean {
  return /^(tenant|account|organi[sz]ation|org|workspace|team|owner|customer|company|user|member|shop|store|project|created by)( id| uuid| key| slug)?$/.test(
    words(name.split('.').at(-1) ?? name),
  );
}

function isQuery(callee: string): boolean {
  return (
    /^(find\w*|get\w*|select|count|aggregate|groupBy|update\w*|delete\w*|remove|destroy|query|first\w*|list\w*|where|from|search|exists|paginate|all|execute|executeTakeFirst)$/.test(
      lastName(callee),
    ) && callee.includes('.')
  );
}

/** In a `where`, or directly in the filter that a query takes first: never in the data that it writes. */
function isFilter(option: Option): boolean {
  return (
    /\((where|filter|query|criteria)\b/.test(option.key) ||
    (option.key.startsWith(`${option.callee}(.`) &&
      /^(find|findOne|count|deleteMany|updateMany|deleteOne|updateOne|where)$/.test(lastName(option.callee)))
  );
}

function staysWithout(input: RuleInput, option: Option, scope: string): boolean {
  const stays = input.after?.calls.some((call) => lastName(call.callee) === lastName(option.callee) && within(call.scope, scope)) ?? false;
  const still =
    input.after?.options.filter((other) => other.name === option.name && within(other.scope, scope) && isFilter(other)).length ?? 0;
  const old =
    input.before?.options.filter((other) => other.name === option.name && within(other.scope, option.scope) && isFilter(other)).length ?? 0;
  const wrapped = input.added.calls.some((call) => /(forTenant|scoped|withTenant|tenant|scopeTo|\$extends)/i.test(call.callee));
  // Shared by name inside a filter that is built first: `where: { ...scope, id }` or a variable.
  const spread =
    input.after?.options.some(
      (other) => within(other.scope, scope) && /^(where|filter)$/.test(other.name) && /\.\.\.|^\w+$/.test(other.value),
    ) ?? false;
  return stays && still < old && !wrapped && !spread;
}
