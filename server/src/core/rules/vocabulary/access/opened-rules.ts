import type { Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { optionPath } from '../code/option-paths.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { isGuardByBody } from './refusing-functions.ts';

/** A rule of who may do something to a kind of things, by its name, and the function that decided. */
export interface OpenedRule {
  readonly range: Range;
  readonly rule: string;
  readonly was: string;
}

/** `access: { read: isOwner }` of a content system or a schema that became `access: { read: () => true }`. */
export function* openedRules(input: RuleInput): Iterable<OpenedRule> {
  const { after, added, removed } = input;
  if (after === undefined) return;
  for (const now of added.options) {
    const path = optionPath(now);
    if (!RULES.test(path) || !isYes(input, now)) continue;
    const old = removed.options.find((option) => option.name === now.name && optionPath(option) === path && option.callee === now.callee);
    if (old === undefined || !/^[\w$.]+(?:\(.*\))?$/.test(old.value)) continue;
    if (isAccessName(lastName(old.value)) || isGuardByBody(input, old.value)) yield { range: now.range, rule: path, was: old.value };
  }
}

const RULES = /(?:^|\.)(?:access|permissions?|rules|shield|policy|auth)\.(?:\w+\.)*\w+$/i;

/** `() => true`, `allow`, `anyone`: by its name, or as it is written on the line. */
function isYes({ after }: RuleInput, { value, range }: Option): boolean {
  if (/^(?:true|allow|allowAll|anyone|everyone|public|isPublic|isAnyone|permitAll)$/i.test(value)) return true;
  if (value !== 'fn' || after === undefined) return false;
  const tokens = tokensOn(after, range.start.line, range.start.line).map(({ text }) => text);
  return tokens.some((text, at) => text === '=>' && tokens[at + 1] === 'true' && /^[,})]$|^$/.test(tokens[at + 2] ?? ''));
}
