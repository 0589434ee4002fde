import type { Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { homeOf } from '../code/option-paths.ts';
import { tokenTexts } from '../code/token-lines.ts';

/**
 * A switch that was on in an object which constructs share, and that nothing names any more while they still take the object:
 * `const common = { deletionProtection: true, … }` and `new DatabaseInstance(this, 'Orders', { ...common })`.
 */
export function lostShared(input: RuleInput, isSwitch: (name: string) => boolean): readonly Option[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  return removed.options.filter((option) => {
    const home = homeOf(option) || lastName(option.scope);
    if (option.callee !== '' || !isSwitch(option.name) || !/^(true|True)$/.test(option.value) || home === '') return false;
    if (tokenTexts(after).has(option.name) || input.addedElsewhere().options.some(({ name }) => name === option.name)) return false;
    const isTaken = (args: readonly string[]): boolean =>
      args.some((argument) => new RegExp(`(\\.\\.\\.|\\*\\*)${escaped(home)}\\b`).test(argument));
    return before.calls.some(({ args }) => isTaken(args)) && after.calls.some(({ args }) => isTaken(args));
  });
}
