import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * Go: true where `res.RowsAffected == 0` stopped the function and the update went into a new method whose error alone is asked: the method
 * does not say how many rows it met, or its answer is thrown away, `_, err := items.Take(…)`.
 */
export function isUncounted(input: RuleInput, { test, scope, exit }: Guard): boolean {
  const { after } = input;
  const now = counterpartScope(input, scope);
  if (after === undefined || after.language !== 'go' || now === undefined || exit !== 'throw' || !NO_ROWS.test(test)) return false;
  const [body, ...others] = bodiesAskedBy(input, now).filter(({ facts, place }) => UPDATES.test(tokensOf(facts, place.name)));
  if (body === undefined || others.length > 0) return false;
  const own = tokensOf(body.facts, body.place.name);
  if (!/RowsAffected/.test(own)) return RETURNS_ERROR.test(own);
  const isAnswered = /return [^;{}]{0,80}RowsAffected/.test(own.replaceAll('return', 'return '));
  return isAnswered && new RegExp(`_,err:?=[\\w.]{0,80}\\b${escaped(lastName(body.place.name))}\\(`).test(tokensOf(after, now));
}

const NO_ROWS = /^[\w.]+\.RowsAffected(?:\(\))? (?:== 0|< 1|!= 1)$/;
const UPDATES = /\.(?:Updates?|UpdateColumns?|Delete|Exec)\(/;
const RETURNS_ERROR = /\)\.Error\b/;
