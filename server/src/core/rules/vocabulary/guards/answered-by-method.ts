import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { within } from '../code/counterpart.ts';
import type { NewBody } from '../code/new-bodies.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { methodsAsked } from '../queries/own-methods.ts';

/**
 * True where a method changes the row now, answers whether it did, and its answer is asked: `changed = ….update(…)` and
 * `if changed == 0: raise` that became `if not Lot.objects.take(…): raise`. The method compares as much as the function did.
 */
export function isAnsweredByMethod(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !(guard.exit === 'throw' || guard.exit === 'answer') || !NO_ROWS.test(guard.test))
    return false;
  return newGuardsIn(input, guard.scope).some((other) => {
    if (other.exit !== 'throw' && other.exit !== 'answer') return false;
    const question = questionOf(after, other);
    if (question === undefined) return false;
    const bodies = methodsAsked(input, question.callee);
    return (
      bodies.length > 0 &&
      bodies.every(
        (body) =>
          answers(body, question.asks) && comparisonsIn(body.facts, body.place.name) >= comparisonsIn(before, guard.scope, guard.test),
      )
    );
  });
}

/** `changed == 0`, `result.rowcount < 1`, `rows !== 1`. */
const NO_ROWS = /^(?:\w+\.)*\w+(?:\(\))? (?:(?:===?|<=) 0|(?:!==?|<) 1)$|^(?:not |!)\w+$/;

interface Question {
  readonly callee: string;
  /** `no` where the answer is false, `none` where it is a number and nothing. */
  readonly asks: 'no' | 'none';
}

/** What a guard asks of a method: `not Lot.objects.take(…)`, `!(await lots.take(…))`, `lots.take(…) == 0`, or a variable of it. */
function questionOf(after: SourceFacts, { test, range }: Guard): Question | undefined {
  const [, negated, plain = '', none] = /^(not |!)?\(?([\w.]{1,120})(?: (?:(===?|<) [01]))?$/.exec(test) ?? [];
  const bound = plain === '' || plain.includes('.') ? undefined : boundAbove(after, plain, range.start.line);
  const text = bound === undefined ? test : `${negated ?? ''}${bound.replace(/ ?([.(]) ?/g, '$1')}${none === undefined ? '' : ' == 0'}`;
  const [, no, callee = ''] = /^(not |!)?\(?(?:await )?((?:\w+\.)+\w+)\(/.exec(text) ?? [];
  if (callee === '') return undefined;
  if (no !== undefined) return { callee, asks: 'no' };
  return /\) ?(?:===? 0|<=? 0|< 1|!==? 1)$/.test(text) ? { callee, asks: 'none' } : undefined;
}

/** Every answer of the method is how many rows its update changed, or whether it changed any. */
function answers({ facts, place }: NewBody, asks: Question['asks']): boolean {
  const own = facts.conditions.filter(({ kind, scope }) => kind === 'answers' && scope === place.name);
  const updates = facts.calls.filter(({ callee, scope }) => within(scope, place.name) && UPDATES.test(callee));
  if (updates.length === 0 || updates.some(({ use }) => use === 'discarded')) return false;
  if (asks === 'no')
    return own.length > 0 && own.some(({ test }) => SOME.test(test)) && own.every(({ test }) => SOME.test(test) || NO.test(test));
  return own.length === 0 && /(?:^|[^\w])return(?:\s|await|self|this|\w*\.)/.test(tokensOf(facts, place.name));
}

const UPDATES = /\.(?:update|updateMany|updateOne|update_one|update_many|executeUpdate|aupdate)$/;
const SOME = /(?:===? 1|> 0|>= 1|!==? 0)$/;
const NO = /^false$/i;

/** How many comparisons of a size a function makes, in its own words or in a query's. */
function comparisonsIn(facts: SourceFacts, scope: string, without = ''): number {
  const text = facts.calls
    .filter((call) => within(call.scope, scope) && !call.callee.includes(')'))
    .map(({ args }) => args.join(' '))
    .join(' ');
  return (text.replace(without, '').match(/__(?:gte?|lte?)\b|\b(?:gte?|lte?):|\$(?:gte?|lte?)\b|[<>]=?/g) ?? []).length;
}
