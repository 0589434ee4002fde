import type { Call, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/** The same guard in front of all routes now, in this file or in the module: `{ provide: APP_GUARD, useClass: JwtAuthGuard }`. */
export function hasGlobalGuard(input: RuleInput, { args }: Call): boolean {
  const { calls: otherCalls, options: otherOptions } = input.addedElsewhere();
  const isGlobal = (call: Call): boolean => /useGlobalGuards$/.test(call.callee);
  const provides = (option: Option): boolean => option.name === 'provide' && option.value === 'APP_GUARD';
  if (newCallsIn(input, '').some(isGlobal) || input.added.options.some(provides)) return true;
  // Of another file it is the guard itself that tells.
  const inFront = [
    ...otherCalls.filter(isGlobal).flatMap((call) => call.args),
    ...(otherOptions.some(provides) ? otherOptions.filter(({ name }) => /^use(Class|Existing)$/.test(name)).map(({ value }) => value) : []),
  ];
  return args.length > 0 && args.every((guard) => inFront.some((text) => text === guard || text.startsWith(`new ${guard}(`)));
}
