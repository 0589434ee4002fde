import type { RuleInput } from '../../define.ts';
import { lastName } from './call-names.ts';
import { calleesIn, counterpartScope, hasScope } from './counterpart.ts';

/**
 * The function, by its name on the before side, that a helper went into: the helper is gone, nobody else in the file called it, and its
 * only caller makes half of its calls or more by itself now. Undefined for a helper that stays under any name.
 */
export function inlinedInto(input: Pick<RuleInput, 'before' | 'after'>, helper: string): string | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || helper === '' || hasScope(after, helper)) return undefined;
  if (counterpartScope(input, helper) !== undefined) return undefined;
  const own = lastName(helper);
  const callers = new Set(
    before.calls
      .filter(({ kind, callee, scope }) => kind === 'call' && lastName(callee) === own && scope !== helper)
      .map(({ scope }) => scope),
  );
  const [caller, ...others] = callers;
  const now = caller === undefined || caller === '' ? undefined : counterpartScope(input, caller);
  if (caller === undefined || now === undefined || others.length > 0) return undefined;
  const had = new Set(calleesIn(before.calls, caller));
  const wanted = new Set(calleesIn(before.calls, helper).filter((callee) => !had.has(callee)));
  const fresh = new Set(calleesIn(after.calls, now));
  const shared = [...wanted].filter((callee) => fresh.has(callee)).length;
  return shared >= FEWEST && shared >= wanted.size / 2 ? caller : undefined;
}

const FEWEST = 2;
