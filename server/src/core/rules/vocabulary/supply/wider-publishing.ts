import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { findSetting, settingsUnder } from '../settings/setting-index.ts';
import { isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** A package that goes to everybody now: `publishConfig.access` that was `restricted`, and a registry of one's own that is gone. */
export function* widerAudience(input: RuleInput): Generator<FindingDraft> {
  if (isTrue(findSetting(input.after, { path: ['private'], resource: '' })?.value) || input.after === undefined) return;
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    if (path[0] !== 'publishConfig' || before === undefined) continue;
    const isOpened = path[1] === 'access' && before.value === 'restricted' && after?.value === 'public';
    const isMoved =
      path[1] === 'registry' && !PUBLIC.test(String(before.value)) && (after === undefined || PUBLIC.test(String(after.value)));
    // Without a registry of its own a package in somebody's scope is still restricted.
    const isAlone = isMoved && findSetting(input.after, { path: ['publishConfig', 'access'], resource: '' })?.value !== 'public';
    if (!isOpened && (!isMoved || isAlone)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `${quote(path.join('.'), 30)}: ${quote(String(before.value), 28)} -> ${after === undefined ? 'removed' : quote(String(after.value), 22)}`,
      ),
    };
    return;
  }
}

const PUBLIC = /registry\.(npmjs\.org|yarnpkg\.com)/;

/** An entry that takes the whole folder, in a list of what a distribution of Python or a crate takes along. */
export function* widerLists({ added, before }: RuleInput, everything: RegExp): Generator<FindingDraft> {
  for (const setting of added.settings) {
    const list = setting.path.slice(0, -1);
    const at = list.lastIndexOf('include');
    if (
      at < 0 ||
      !/^\d+$/.test(setting.path.at(-1) ?? '') ||
      !everything.test(String(setting.value)) ||
      !/^(tool|package)$/.test(list[0] ?? '')
    )
      continue;
    const old = settingsUnder(before, setting, list).filter(({ path }) => path.length > list.length);
    if (old.length === 0 || old.some(({ value }) => everything.test(String(value)))) continue;
    yield {
      side: 'after',
      range: setting.range,
      message: fitMessage(`${quote(list.slice(-2).join('.'), 30)} takes the whole folder: ${quote(String(setting.value))}`),
    };
  }
}
