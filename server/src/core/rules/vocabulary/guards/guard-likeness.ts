import type { Guard } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';
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
  const parts = asMembership(test).match(/[A-Za-z_$][\w$]*(\??\.[A-Za-z_$][\w$]*)*|'[^']*'|\d[\d_.]*|[!=<>]+=*|&&|\|\||[?%+*/-]/g) ?? [];
  return parts.map((part) => {
    if (/^[=!]==?$/.test(part)) return part.startsWith('!') ? '!=' : '==';
    if (!/^[A-Za-z_$]/.test(part)) return part.replaceAll('_', '');
    return part.includes('.') ? part.slice(part.lastIndexOf('.') + 1).toLowerCase() : '_';
  });
}
