import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { words } from '../code/call-names.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/**
 * How many rows a statement changed is asked under another name: `if (count === 0) throw …` of `updateMany`, and `if (taken !== 1) throw …`
 * of an UPDATE. What is refused now holds what was refused.
 */
export function isAskedOfRows(input: RuleInput, guard: Guard): boolean {
  const old = refusedRows(input.before, guard);
  if (old === undefined || !refusesNone(old)) return false;
  return newGuardsIn(input, guard.scope).some((other) => {
    const now = refusedRows(input.after, other);
    return now !== undefined && refusesNone(now) && (!refusesMany(old) || refusesMany(now));
  });
}

interface RefusedRows {
  readonly sign: string;
  readonly number: string;
}

/** Which numbers of changed rows a guard refuses; undefined where it asks of anything else, or of a number that came from outside. */
function refusedRows(facts: SourceFacts | undefined, { test, scope, exit, range }: Guard): RefusedRows | undefined {
  const [, name = '', sign = '', number = ''] = /^((?:\w+\.)*\w+)(?:\(\))? (===?|!==?|<|<=) ([01])$/.exec(test) ?? [];
  if (facts === undefined || name === '' || (exit !== 'throw' && exit !== 'answer')) return undefined;
  const [root = '', ...fields] = name.split('.');
  if (symbolsNamed(facts, scope).some(({ parameters }) => parameters.some((parameter) => parameter.name === root))) return undefined;
  if (COUNTS.test(words(fields.at(-1) ?? root))) return { sign, number };
  const made = fields.length > 0 ? undefined : boundAbove(facts, root, range.start.line);
  return made !== undefined && CHANGES.test(words(/^[^(`'"]*/.exec(made)?.[0] ?? '')) ? { sign, number } : undefined;
}

/** `count`, `result.rowCount`, `rows_affected`, `numUpdatedRows`. */
const COUNTS = /^(?:(?:num|number|of|rows?|rowcount|count|updated|affected|changed|matched|modified|deleted)(?: |$))+$/;
/** What a name is given that counts rows, whatever it is called: `tx.$executeRaw`, `repository.update(…)`, `result.RowsAffected()`. */
const CHANGES = /\b(?:update|delete|insert|execute|exec|affected|rowcount)\b/;

function refusesNone({ sign, number }: RefusedRows): boolean {
  return number === '0' ? /^(?:={2,3}|<=)$/.test(sign) : /^(?:!==?|<)$/.test(sign);
}

function refusesMany({ sign }: RefusedRows): boolean {
  return sign.startsWith('!');
}
