import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { tenantColumns } from '../access/holder-filters.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { isQuery } from './tenant-queries.ts';

/**
 * The query of a function that is new, and that the one which lost its condition asks now, where it asks for the same rows and says
 * nothing of the column: whoever reads that function alone sees nothing missing. Undefined where it stands in the hunk of the loss.
 */
export function takenWithout(input: RuleInput, lost: Pick<Call, 'scope' | 'callee' | 'args'>, column: string): Call | undefined {
  const { after, hunk } = input;
  const scope = counterpartScope(input, lost.scope);
  const rows = rowsOf(lost);
  if (after === undefined || scope === undefined || scope === '' || rows.size === 0) return undefined;
  const isHere = ({ range }: Call): boolean => holdsLine(hunk.after, range.start.line);
  for (const { facts, place } of bodiesAskedBy(input, scope)) {
    if (facts !== after) continue;
    const inside = <F extends { readonly scope: string }>(own: readonly F[]): readonly F[] =>
      own.filter((fact) => within(fact.scope, place.name));
    const calls = inside(after.calls);
    if (calls.some((call) => tenantColumns(call).includes(column)) || inside(after.options).some(({ name }) => name === column)) continue;
    const query = calls.find(
      (call) =>
        isQuery(call.callee) && [...rowsOf(call)].some((name) => rows.has(name)) && !call.args.some((text) => text.includes(column)),
    );
    if (query !== undefined && !isHere(query)) return query;
  }
  return undefined;
}

/** The finding at such a query. */
export function toldAtTaker(query: Call, column: string): FindingDraft {
  return {
    side: 'after',
    range: query.range,
    message: fitMessage(`\`${shorten(lastName(query.scope), 30)}\` asks for rows of every \`${shorten(column, 22)}\``),
  };
}

/** What a query reads: `Shift` of `select(Shift).where` and of `session.get(Shift, key)`, `invoice` of `prisma.invoice.findFirst`. */
function rowsOf({ callee, args }: Pick<Call, 'callee' | 'args'>): ReadonlySet<string> {
  const models = [callee, args[0] ?? ''].flatMap((text) => text.match(/\b[A-Z][a-z]\w*\b/g) ?? []);
  const owner = /(?<!\w)[A-Z\d_]*([a-z]\w*)\.\w+$/.exec(callee)?.[1];
  const isOwner =
    owner !== undefined && !/^(objects|query|all|session|db|self|this|prisma|repo|repository|manager|client|tx|conn)$/.test(owner);
  return new Set([...models, ...(isOwner && lastName(callee) !== owner ? [owner] : [])]);
}
