import type { Condition, Guard } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { isAccessName, isAccessTest } from '../guards/guard-kinds.ts';

/** A comparison of JavaScript that converts its sides before it compares them, where none was converted. */
export interface LooseEquality {
  readonly range: Range;
  /** As it reads now: `user.role != Role.None`. */
  readonly now: string;
}

/** Two sides that hold no more than a name, a member, a call without arguments or a constant. */
const COMPARISON = /([\w$.?'"`[\]]{1,60})\s{0,4}([=!]==?)\s{0,4}([\w$.?'"`[\]]{1,60})/g;

/** `user.role !== Role.None` that became `user.role != Role.None` in a condition about access, however the condition around it is written now. */
export function* looseEquality(input: RuleInput): Iterable<LooseEquality> {
  if (input.after?.language !== 'typescript') return;
  const fresh = [...input.added.guards, ...input.added.conditions].filter(({ test }) => /[^=!][=!]=[^=]/.test(test));
  if (fresh.length === 0) return;
  const old = [...input.removed.guards, ...input.removed.conditions].filter(({ test }) => /[=!]==/.test(test));
  for (const condition of fresh) {
    if (!isAccessTest(condition.test) && !isAccessName(condition.scope)) continue;
    const was = old
      .filter(({ scope }) => counterpartScope(input, scope) === condition.scope)
      .flatMap((other) => comparisonsOf(other).filter(({ isStrict }) => isStrict));
    const loose = comparisonsOf(condition).find(
      ({ isStrict, sides, converts }) => !isStrict && converts && was.some((other) => other.sides === sides),
    );
    if (loose !== undefined) yield { range: condition.range, now: loose.text };
  }
}

interface Compared {
  readonly text: string;
  /** In one order, whichever stood on the left. */
  readonly sides: string;
  readonly isStrict: boolean;
  /** False beside what only one kind of value equals: `== null` asks for two of them on purpose, `typeof` is a text. */
  readonly converts: boolean;
}

function comparisonsOf({ test }: Guard | Condition): readonly Compared[] {
  return [...test.matchAll(COMPARISON)].map(([text, left = '', sign = '', right = '']) => ({
    text,
    sides: [left, right].sort().join(' '),
    isStrict: sign.length === 3,
    converts: ![left, right].some((side) => /^(?:null|undefined)$/.test(side)) && !test.includes(`typeof ${left}`),
  }));
}
