import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * True where the same amount is held against what a function or a property that the change brought works out of the same things:
 * `cents > available(wallet)` of `cents > wallet.balance - wallet.held`.
 */
export function isReckonedInPart(input: RuleInput, guard: Guard): boolean {
  const { before } = input;
  const old = sidesOf(guard.test);
  if (before === undefined || old === undefined) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    const now = sidesOf(fresh.test);
    if (now === undefined || now.operator !== old.operator || fresh.exit !== guard.exit) return false;
    // The amount stands by itself on its side, or has what was added to it taken over.
    const [one, other] = old.operator.startsWith('>') ? [now.left, now.right] : [now.right, now.left];
    if (!/^[\w.]+$/.test(one) || !namesIn(guard.test, before, guard).has(one)) return false;
    const kept = new Set(fresh.test.match(WORD));
    const lost = [...namesIn(guard.test, before, guard)].filter(
      (name) => !kept.has(name) && name.length > 3 && boundAbove(before, name, guard.range.start.line) === undefined,
    );
    if (lost.length === 0) return false;
    return (other.match(WORD) ?? []).some((name) =>
      newBodiesOf(input, name).some(({ facts, place }) => {
        const body = new Set(tokensOf(facts, place.name).match(WORD));
        return lost.every((part) => body.has(part));
      }),
    );
  });
}

const WORD = /[A-Za-z_$][\w$]*/g;

function sidesOf(test: string): { readonly left: string; readonly operator: string; readonly right: string } | undefined {
  const parts = test.replace(/^\(|\)$/g, '').split(/ (<=?|>=?) /);
  const [left = '', operator = '', right = ''] = parts;
  return parts.length === 3 ? { left, operator, right } : undefined;
}

/** Names of a test, with those of what its own names are bound to above it. */
function namesIn(test: string, facts: NonNullable<RuleInput['before']>, { range }: Guard): ReadonlySet<string> {
  const own = test.match(WORD) ?? [];
  return new Set([...own, ...own.flatMap((name) => boundAbove(facts, name, range.start.line)?.match(WORD) ?? [])]);
}
