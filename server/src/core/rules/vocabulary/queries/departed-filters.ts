import type { FileFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { chainOf } from '../code/argument-text.ts';
import { words } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { isOpaque, outermost, type Query } from './query-chains.ts';
import type { NarrowedQuery } from './query-filters.ts';
import { writesIn } from './writing-functions.ts';

/**
 * Queries of an object mapper that went into another file of the change without one of their conditions: most of what they asked is asked
 * there, and one name is said nowhere any more. Only where the function that had the query still changes what it is given, and none of
 * its source is left in this file.
 */
export function* departedQueries(input: RuleInput): Iterable<NarrowedQuery> {
  const { before, after } = input;
  const removed = outermost(input.removed.calls);
  if (before === undefined || after === undefined || removed.length === 0) return;
  const isBrought = ({ call }: Query): boolean => call.scope !== '' && !hasScope(before, call.scope);
  const own = outermost(after.calls).filter(({ conditions }) => conditions.length > 0);
  const stood = new Set(before.calls.map(({ key }) => key));
  // What stands as it stood took nothing over, unless it is the function's own.
  const here = (kept: string): readonly Query[] =>
    own.filter((query) => !isBrought(query) && (within(query.call.scope, kept) || !stood.has(query.call.key)));
  const elsewhere = input.addedElsewhere();
  // Where two files are read as one, what the second one brought stands among the own.
  const there = [...outermost(elsewhere.calls), ...own.filter(isBrought)];
  const said = wordsSaid(elsewhere) + wordsSaid(after);
  for (const old of removed) {
    const kept = counterpartScope(input, old.call.scope);
    const taken = there.filter((query) => isSameSource(query, old));
    if (kept === undefined || kept === '' || taken.length === 0 || taken.some(isOpaque) || taken.some(hasOwnVerb)) continue;
    if (here(kept).some((query) => isSameSource(query, old)) || !(old.writes || writesIn(input, kept) || handsOnToWrite(input, kept)))
      continue;
    const names = old.conditions.map(columnOf).filter((name) => name !== '');
    const lost = names.filter((name) => !said.includes(plain(name)));
    const [first] = lost;
    if (first !== undefined && !TENANT.test(words(first)) && lost.length < names.length && lost.length <= names.length / 2)
      yield { callee: old.call.callee, lost: first, side: 'before', range: old.call.range };
  }
}

/** The function gives what it found to one that came with the change and changes rows: `reservations.expire(ids)`. */
function handsOnToWrite(input: RuleInput, scope: string): boolean {
  return bodiesAskedBy(input, scope).some(({ facts, place }) =>
    outermost(facts.calls.filter((call) => within(call.scope, place.name))).some(({ writes }) => writes),
  );
}

/** Whose rows they are is access/tenant-filter-removed. */
const TENANT =
  /\b(tenant|org|organi[sz]ation|account|workspace|company|customer|team|crew|owner|user|member|clinic|shop|store|site|club)( id| pk)?$/;

function isSameSource(one: Query, other: Query): boolean {
  // What a row is typed as is no part of where it stands: `db<Row>('rows')`.
  const bare = ({ source }: Query): string => source.replace(/<[\w.[\]]{1,60}>/g, '').toLowerCase();
  return bare(one) === bare(other);
}

/** `Study.objects.releasable()`: what a manager of the program's own asks for is not seen. */
function hasOwnVerb({ call }: Query): boolean {
  return chainOf(call.callee).some(({ name, args }) => args?.trim() === '' && !PLAIN.test(name));
}

const PLAIN =
  /^(all|distinct|reverse|select_related|prefetch_related|select_for_update|query|createQueryBuilder|objects|iterator|asNoTracking)$/;

/** `patient__legal_hold` of `patient__legal_hold__exact = False`: the column with the way to it, without how it is compared. */
function columnOf(condition: string): string {
  return (condition.split(' ')[0] ?? '').replace(
    /__(exact|iexact|lt|lte|gt|gte|in|isnull|contains|icontains|startswith|istartswith|endswith|iendswith|range|date|year|regex)$/,
    '',
  );
}

function wordsSaid({ calls, options, guards, conditions, symbols }: FileFacts): string {
  // A field of a row is declared whatever is asked of it.
  const named = symbols.filter(({ kind }) => kind !== 'property');
  return [...calls, ...options, ...guards, ...conditions, ...named].map(({ key }) => plain(key)).join(' ');
}

function plain(text: string): string {
  return text.replaceAll('_', '').toLowerCase();
}
