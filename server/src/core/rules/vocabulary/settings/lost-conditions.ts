import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { settingsUnder } from './setting-index.ts';

/** A condition that Terraform asks before or after it does something, gone while what it stood in stays. */
export interface LostCondition {
  readonly range: Range;
  readonly kind: string;
  readonly test: string;
}

/** `precondition`, `postcondition` and `check` blocks, and the `validation` of a variable: one fewer than before, and none of the others says the same. */
export function* lostConditions({ removed, before, after }: RuleInput): Generator<LostCondition> {
  if (before === undefined || after === undefined) return;
  for (const setting of removed.settings) {
    const at = setting.path.findIndex((element) => BLOCK.test(element));
    if (at < 0 || setting.path.at(-1) !== 'condition') continue;
    const isThere = setting.resource === '' || after.resources.some(({ key }) => key === setting.resource);
    const count = (facts: typeof before): number =>
      settingsUnder(facts, setting, setting.path.slice(0, at)).filter(
        ({ path }) => path.at(-1) === 'condition' && BLOCK.test(path[at] ?? ''),
      ).length;
    if (!isThere || count(after) >= count(before)) continue;
    // It may have gone to a check, or to another resource of the change.
    if (after.settings.some(({ path, value }) => path.at(-1) === 'condition' && value === setting.value)) continue;
    yield { range: setting.range, kind: setting.path[at]?.split('#')[0] ?? '', test: String(setting.value) };
  }
}

const BLOCK = /^(precondition|postcondition|validation|assert)(#.*)?$/;
