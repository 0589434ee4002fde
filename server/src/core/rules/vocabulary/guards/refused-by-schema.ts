import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { isValidation } from '../validation/validators.ts';

/**
 * True where the answer of one library's schema was asked and that of another one's is asked now, about the same value: `if (error)` behind
 * `const { error, value } = schema.validate(req.body)`, and `if (!parsed.success)` behind `Schema.safeParse(req.body)`.
 */
export function isRefusedBySchema(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined) return false;
  const old = validationBehind(before, guard.scope, guard);
  if (old === undefined) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    if (fresh.exit !== guard.exit && fresh.exit !== 'throw') return false;
    const now = validationBehind(after, scope, fresh);
    return now?.args.some((argument) => argument === old.args[0]) === true;
  });
}

/** `error`, `result.error`, `!parsed.success`, `!ok`: no more than whether it was refused. */
const REFUSED = /^(?:([A-Za-z_$][\w$]*)(?:\.error|\.issues)?(?: !==? (?:undefined|null))?|!([A-Za-z_$][\w$]*)(?:\.(?:success|valid|ok))?)$/;

/** The call of a schema whose answer a condition asks for. */
function validationBehind(facts: SourceFacts, scope: string, { test, range }: Guard): Call | undefined {
  const [, refusal, answer] = REFUSED.exec(test) ?? [];
  const name = refusal ?? answer;
  const bound = name === undefined ? '' : (boundAbove(facts, name, range.start.line) ?? '').replace(/\s/g, '');
  if (!/(?:parse|validate|check|decode|cast)\w*\(/i.test(bound)) return undefined;
  return facts.calls.find(
    (call) =>
      within(call.scope, scope) && call.range.start.line < range.start.line && bound.startsWith(`${call.callee}(`) && isValidation(call),
  );
}
