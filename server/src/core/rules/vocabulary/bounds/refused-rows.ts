import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { newGuardsIn } from '../code/scope-changes.ts';

/**
 * How many rows a statement changed is asked under another name: `if (count === 0) throw …` of `updateMany`, and `if (taken !== 1) throw …`
 * of an UPDATE. What is refused now holds what was refused.
 */
export function isAskedOfRows(input: RuleInput, { test, scope, exit }: Guard): boolean {
  if (exit !== 'throw' && exit !== 'answer') return false;
  const old = ROWS.exec(test);
  if (old === null || !refusesNone(old)) return false;
  return newGuardsIn(input, scope).some((other) => {
    const now = ROWS.exec(other.test);
    return (
      now !== null && refusesNone(now) && (other.exit === 'throw' || other.exit === 'answer') && (!refusesMany(old) || refusesMany(now))
    );
  });
}

/** `count === 0`, `result.rowCount < 1`, `taken !== 1`. */
const ROWS =
  /^(?:\w+\.)*(?:count|taken|claimed|updated|affected|changed|matched|modified|deleted|rows|rowCount|rowcount|rows_affected|rowsAffected|affectedRows|modifiedCount|matchedCount|numUpdatedRows|n)(?:\(\))? (===?|!==?|<|<=) ([01])$/;

function refusesNone([, sign = '', number = '']: RegExpExecArray): boolean {
  return number === '0' ? /^(?:={2,3}|<=)$/.test(sign) : /^(?:!==?|<)$/.test(sign);
}

function refusesMany([, sign = '']: RegExpExecArray): boolean {
  return sign.startsWith('!');
}
