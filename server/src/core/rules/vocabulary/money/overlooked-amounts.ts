import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { codeOfScope } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isAmount } from './amounts.ts';

/**
 * True where a call that checks by its name asks a function which the change brought, is handed the record as a whole, and looks at none of
 * the amounts that a guard read of it: `req.validate()` of the account alone.
 */
export function overlooksAmounts(input: RuleInput, { callee, args }: Call, guard: Guard): boolean {
  const amounts = guard.reads.filter((name) => isAmount(name) && !/^[A-Z][A-Z0-9_]+$/.test(name) && !guard.test.includes(`${name}.`));
  if (amounts.length === 0 || args.some((argument) => amounts.some((name) => argument.includes(name)))) return false;
  const bodies = newBodiesOf(input, callee);
  return (
    bodies.length > 0 &&
    bodies.every(({ facts, place }) => {
      const code = ` ${codeOfScope(facts, place.name).text} `;
      // Whom it hands the record to may look at them.
      const isHandedOn = facts.calls.some((call) => within(call.scope, place.name) && call.kind !== 'decorator' && call.args.some(isWhole));
      return !isHandedOn && !amounts.some((name) => code.includes(` ${name} `));
    })
  );
}

/** A thing by its bare name, or all that belongs to it: `payout`, `&self`, `...values`. */
function isWhole(argument: string): boolean {
  return (
    /^(?:&(?:mut )?|\.\.\.|\*{1,2})?[A-Za-z_$][\w$]*$/.test(argument) && !/^(?:fn|true|false|True|False|null|None|nil)$/.test(argument)
  );
}
