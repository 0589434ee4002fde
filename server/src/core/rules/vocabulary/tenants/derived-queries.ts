import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { isHolder } from '../access/holders.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { entityOf } from '../queries/store-names.ts';
import { isAskedAfterwards, isQuery } from './tenant-queries.ts';

const DERIVED =
  /^(?:find|get|read|query|count|exists|delete|remove|stream|search)(?:All|First|One|Top\d*)?[A-Z]?[a-z]*By_?([A-Za-z]\w*)$|^(?:find|get|count|exists|delete)_\w*by_(\w+)$/;

/** Columns of a tenant in the name of a query: `findByIdAndTenantId`, `get_by_id_and_owner`. */
function derivedColumns(callee: string): readonly string[] {
  const match = DERIVED.exec(lastName(callee));
  return (match?.[1] ?? match?.[2] ?? '').split(/And(?=[A-Z])|Or(?=[A-Z])|_and_|_or_/).filter((name) => name !== '' && isHolder(name));
}

/** A query whose name says what it asks for. */
export function* lostDerivedColumns(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const [column] = derivedColumns(call.callee);
    const scope = column === undefined ? undefined : counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || call.scope === '' || isExtracted(input, call)) continue;
    const now = input.after?.calls.filter((other) => within(other.scope, scope) && receiver(other.callee) === receiver(call.callee)) ?? [];
    const still = now.some(
      (other) =>
        derivedColumns(other.callee).length > 0 ||
        /tenant|owner|account|org/i.test(other.args.join()) ||
        (other.args.join().match(/[A-Za-z_$][\w$]*/g) ?? []).some(isHolder) ||
        isHandedByPart(input, other),
    );
    if (
      still ||
      isAskedOfEveryQuery(input, call, column) ||
      !now.some((other) => isQuery(other.callee)) ||
      isAskedAfterwards(input, call.scope)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer asks for \`${shorten(column, 20)}\``),
    };
  }
}

/** The entity that the repository holds has a field of the tenant now that Hibernate asks of each query by itself: `@TenantId tenantId`. */
function isAskedOfEveryQuery(input: RuleInput, { callee }: Call, column: string): boolean {
  const marks = [...input.added.calls, ...input.addedElsewhere().calls].filter(
    ({ kind, callee: mark }) => kind === 'decorator' && lastName(mark) === 'TenantId',
  );
  const entity = marks.length === 0 ? undefined : entityOf(receiver(callee), input.after);
  return marks.some(({ scope }) => scope.toLowerCase() === `${entity}.${column.toLowerCase()}` || scope.toLowerCase() === entity);
}

/** A part of the query comes from a function of this file that is handed the holder: `findOne(own().and(hasId(id)))`. */
function isHandedByPart({ after }: RuleInput, { args }: Call): boolean {
  const parts = new Set([...args.join().matchAll(/(?<![\w.])(?:this\.|self\.)?([A-Za-z_]\w*)\(/g)].map(([, name]) => name));
  return (
    parts.size > 0 &&
    after?.calls.some((call) => parts.has(lastName(call.scope)) && (call.args.join().match(/[A-Za-z_$][\w$]*/g) ?? []).some(isHolder)) ===
      true
  );
}
