import type { Condition, Guard } from '../../../model/facts.ts';
import { isWrite, words } from '../code/call-names.ts';
import { guardKind } from '../guards/guard-kinds.ts';

/** A condition that speaks of how much or how many. */
export function isLimit(test: string): boolean {
  return /\b(max|min|limit|quota|cap|size|length|count|amount|total|balance|available|bytes|budget|threshold|capacity|remaining|depth|age)\b/.test(
    words(test),
  );
}

/** A guard that bounds, or a condition around a write that does. */
export function isBound(condition: Guard | Condition): boolean {
  if (!/[<>]/.test(condition.test.replace(/=>/g, ''))) return false;
  if (!isLimit(condition.test) && !/\b[A-Z][A-Z0-9_]{2,}\b/.test(condition.test)) return false;
  return 'exit' in condition
    ? condition.exit !== 'break' && guardKind(condition, []) === 'limit'
    : condition.kind === 'wraps' && condition.guarded.some(isWrite);
}
