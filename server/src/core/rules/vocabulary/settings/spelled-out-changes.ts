import type { Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { literal } from '../code/call-names.ts';
import type { SettingChange } from './settings.ts';
import { withLocals } from './terraform-values.ts';

/** The change with what its names hold written out on both sides: local values of the module, texts of the program. */
export function spelledOutChange(input: RuleInput, change: SettingChange): SettingChange {
  const { before, after } = change;
  if (before === undefined || after === undefined) return change;
  if (/^(cdk|pulumi):/.test(change.resource?.type ?? ''))
    return {
      ...change,
      before: { ...before, value: textHeldBy(input.before, before.value) },
      after: { ...after, value: textHeldBy(input.after, after.value) },
    };
  return {
    ...change,
    before: { ...before, value: withLocals(input, 'before', before.value) },
    after: { ...after, value: withLocals(input, 'after', after.value) },
  };
}

/** A text by the name that this file gives it once. */
function textHeldBy(facts: RuleInput['before'], value: Setting['value']): Setting['value'] {
  if (typeof value !== 'string' || !/^(?:this\.|self\.)?[A-Za-z_]\w*$/.test(value)) return value;
  const name = value.slice(value.lastIndexOf('.') + 1);
  const held = new Set(facts?.options.filter((option) => option.name === name && option.callee === '').map((option) => option.value));
  const [only = ''] = held;
  return (held.size === 1 ? literal(only) : undefined) ?? value;
}
