import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { groupBy } from '../code/kept.ts';
import { DERIVED } from './chain-links.ts';
import type { NarrowedQuery } from './query-filters.ts';

/** A method whose name is the query, declared without one of the conditions it had: `deleteByExpiresAtBeforeAndRevokedTrue` that became `deleteByExpiresAtBefore`. */
export function* shortenedNames(input: RuleInput): Iterable<NarrowedQuery> {
  const added = groupBy(
    input.added.symbols.filter(({ name }) => DERIVED.test(lastName(name))),
    ({ scope }) => scope,
  );
  if (added.size === 0) return;
  for (const old of input.removed.symbols) {
    const was = partsOf(old.name);
    if (was.length < 2 || !/^(?:delete|remove)/.test(lastName(old.name))) continue;
    const now = added.get(old.scope)?.find(({ name }) => {
      const parts = partsOf(name);
      return parts.length > 0 && parts.length < was.length && parts.every((part) => was.includes(part));
    });
    const lost = was.find((part) => now !== undefined && !partsOf(now.name).includes(part));
    if (now !== undefined && lost !== undefined) yield { callee: lastName(now.name), lost, side: 'after', range: now.range };
  }
}

function partsOf(name: string): readonly string[] {
  return DERIVED.exec(lastName(name))?.[1]?.split(/And(?=[A-Z])/) ?? [];
}
