import type { Guard } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';
import { plainAmounts } from '../conditions/plain-amounts.ts';
import { asMembership } from './guard-kinds.ts';

/** How alike two conditions are, 0 to 1: same operators, properties and literals, whatever the variables are called. */
export function likeness(a: Guard, b: Guard): number {
  const left = shapeOf(a);
  const right = shapeOf(b);
  const pool = [...right];
  let shared = 0;
  for (const part of left) {
    const at = pool.indexOf(part);
    if (at < 0) continue;
    pool.splice(at, 1);
    shared += 1;
  }
  return (2 * shared) / Math.max(1, left.length + right.length);
}

const shapeOf = keepOf(({ test }: Guard) => shape(test));

function shape(test: string): readonly string[] {
  const parts =
    asMembership(plainAmounts(test)).match(/[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)*|'[^']*'|\d[\d_.]*|[!=<>]+=*|&&|\|\||[?%+*/-]/g) ?? [];
  return parts.map((part) => {
    if (/^[=!]==?$/.test(part)) return part.startsWith('!') ? '!=' : '==';
    if (!/^[A-Za-z_$]/.test(part)) return part.replaceAll('_', '');
    return part.includes('.') ? part.slice(part.lastIndexOf('.') + 1).toLowerCase() : '_';
  });
}

/** Both ask for the outcome of the same calls, whoever they are asked of. */
export function checksSame(one: Guard, other: Guard): boolean {
  const names = (guard: Guard): string => (guard.checks ?? []).map((callee) => callee.slice(callee.lastIndexOf('.') + 1)).join();
  return names(one) === names(other);
}

/** A condition that stands in every other function word for word: that it stands in a new one is no sign that it moved there. */
export function saysNothing(test: string): boolean {
  return /^(err|error|e|!ok|ok)( != nil| == nil| == false)?$/.test(test);
}
