import type { Condition, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/**
 * What a validator of one's own asked, `isValid` of a constraint, `validate` of a decorator of class-validator, and now answers yes to
 * whatever it is handed, or to whatever is there: the first question of each that this hunk lost.
 */
export function hollowValidators({ before, after, removed }: RuleInput): readonly (Guard | Condition)[] {
  if (before === undefined || after === undefined) return [];
  const told = new Set<string>();
  return [...removed.guards, ...removed.conditions].filter((asked) => {
    const { scope, test } = asked;
    if (!NAMED.test(words(lastName(scope))) || TRIVIAL.test(test) || told.has(scope)) return false;
    const now = counterpartScope({ before, after }, scope);
    if (now === undefined || !NAMED.test(words(lastName(now)))) return false;
    const answers = after.conditions.filter((other) => within(other.scope, now));
    const isHollow =
      answers.length > 0 &&
      answers.every(({ kind, test: own }) => kind === 'answers' && TRIVIAL.test(own)) &&
      answers.some(({ test: own }) => !/^(?:false|False)$/.test(own)) &&
      !after.guards.some((other) => within(other.scope, now) && !ABSENT.test(other.test)) &&
      !after.calls.some(({ kind, callee, scope: own }) => kind !== 'decorator' && within(own, now) && !LOGS.test(callee));
    if (isHollow) told.add(scope);
    return isHollow;
  });
}

const NAMED = /^(?:is valid|valid|validate|is acceptable|is well formed|is allowed value|validates)(?: \w+)?$/;
const TRIVIAL =
  /^(?:true|True|false|False|!!\w+|[\w.]+ (?:!==?|is not) (?:null|undefined|None|nil)|[\w.]+ is not None|bool\(\w+\)|Boolean\(\w+\))$/;
/** Nothing was given. */
const ABSENT = /^(?:!\w+|not \w+|\w+ (?:===?|is) (?:null|undefined|None|nil))$/;
const LOGS = /\b(?:log\w*|logger|console|slog|tracing)\b/i;
