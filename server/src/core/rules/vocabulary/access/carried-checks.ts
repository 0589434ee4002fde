import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { type Loosening, loosening } from '../conditions/loosening.ts';
import { split } from '../conditions/parts.ts';

/** `"hasRole('VET') and @barn.isOpen()"` that lost a part, or of which any is enough now. */
export function expressionLoosened(old: Call, fresh: Call, opened: (argument: string) => string): Loosening | undefined {
  if (old.kind !== 'decorator' || !/^(?:PreAuthorize|PostAuthorize)$/.test(lastName(old.callee))) return undefined;
  const [was, now] = [old, fresh].map(({ args }) =>
    opened(args[0] ?? '')
      .replace(/ and /gi, ' && ')
      .replace(/ or /gi, ' || '),
  );
  if (was === undefined || now === undefined || !/ (?:&&|\|\|) /.test(`${was} ${now}`)) return undefined;
  return loosening(split(was), split(now));
}

/** The same annotation on one of the project's own that stands in its place now: `@VetOnDuty`, which carries `@PreAuthorize("…")`. */
export function carriedBy(input: RuleInput, old: Call): Call | undefined {
  if (old.kind !== 'decorator' || input.after === undefined) return undefined;
  const marks = new Set(newCallsIn(input, old.scope).flatMap(({ kind, callee }) => (kind === 'decorator' ? [lastName(callee)] : [])));
  return marks.size === 0
    ? undefined
    : input.after.calls.find(({ kind, callee, scope }) => kind === 'decorator' && callee === old.callee && marks.has(lastName(scope)));
}
