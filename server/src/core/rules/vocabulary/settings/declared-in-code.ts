import type { Option, Setting } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { changedOptions } from '../code/option-changes.ts';
import type { SettingChange } from './settings.ts';

/**
 * Settings of constructs that a program declares in Python, Go or Java (CDK, Pulumi, an SDK's request) and that this hunk
 * changed. TypeScript's constructs are settings already.
 */
export function changesInCode(input: RuleInput): readonly SettingChange[] {
  if (!/^(python|go|java)$/.test(input.after?.language ?? '')) return [];
  const pairs = changedOptions(input);
  // In a file of backups a plain constant is a setting of them.
  const isPlainName = (option: Option): boolean => option.callee === '' && !/back-?_?up|snapshot/i.test(input.path);
  const changed = pairs.map(({ before, after }) => ({ option: after, before: asSetting(before), after: asSetting(after) }));
  const fresh = input.added.options.flatMap((option) => {
    const isPaired = pairs.some(({ after }) => after === option);
    const stood = input.before?.options.some((other) => other.callee === option.callee && other.name === option.name) === true;
    const isOld = input.before?.options.some((other) => other.callee === option.callee) === true;
    return isPaired || stood || !isOld ? [] : [{ option, before: undefined, after: asSetting(option) }];
  });
  const gone = input.removed.options.flatMap((option) => {
    const isLeft = input.after?.options.some((other) => other.callee === option.callee && other.name === option.name) === true;
    const stays = input.after?.calls.some((other) => other.callee === option.callee) === true;
    return isLeft || !stays ? [] : [{ option, before: asSetting(option), after: undefined }];
  });
  return [...changed, ...fresh, ...gone]
    .filter(({ option }) => !isPlainName(option))
    .map(({ option, before, after }) => ({
      path: [option.name],
      before,
      after,
      resource: { type: option.callee || input.path, name: '', range: option.range, key: option.callee, scope: option.scope },
      resourceIsNew: false,
      resourceIsGone: false,
    }));
}

function asSetting({ name, value, callee, range, key, scope }: Option): Setting {
  return { path: [name], value: plainValue(value), resource: callee, range, key, scope };
}

/** `Duration.days(30)` is 30 as a document would have it, `"private"` is the word, `True` and `jsii.Bool(true)` are true. */
function plainValue(source: string): Setting['value'] {
  const text = source.trim();
  const truth = /^(?:(?:jsii|aws|pulumi)\.Bool\()?(true|false)\)?$/i.exec(text)?.[1];
  if (truth !== undefined) return truth.toLowerCase() === 'true';
  const days = /\b[dD]uration(?:\.|_)(?:of)?[dD]ays\(\s*(?:\w+\.\w+\()?(\d+)\)*$/.exec(text)?.[1];
  if (days !== undefined) return Number(days);
  if (/^-?\d[\d_]*(\.\d+)?$/.test(text)) return Number(text.replaceAll('_', ''));
  return /^[bruf]?(["'`])(.*)\1$/s.exec(text)?.[2] ?? text;
}
