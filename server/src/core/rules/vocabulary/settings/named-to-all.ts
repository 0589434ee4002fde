import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { nameOf, settingsUnder } from './setting-index.ts';
import { changedSettings } from './settings.ts';

/** Places by their names that became a value which says all of them: `toset(["eu-west-1"])` that is `toset(local.all_regions)`, a matrix of one region. */
export function* namedToAll(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after, path, resourceIsNew } of changedSettings(input)) {
    if (after === undefined || resourceIsNew || !saysAll(after.value) || saysAll(before?.value ?? null)) continue;
    if (
      !/^(for_each|regions?|zones?|clusters?|hosts?|tenants?|accounts?|sites?|cells?|targets?|locations?|environments?)$/i.test(
        nameOf({ path }),
      )
    )
      continue;
    const named = before?.value ?? settingsUnder(input.before, after, path).find(({ value }) => value !== null)?.value;
    if (typeof named !== 'string' || named === '' || named === '[]') continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`${quote(nameOf({ path }), 20)} went from ${quote(named, 26)} to ${quote(String(after.value), 36)}`),
    };
  }
}

function saysAll(value: Setting['value']): boolean {
  return (
    typeof value === 'string' &&
    /(?<![a-z])(all|every)_?(regions?|zones?|clusters?|hosts?|tenants?|accounts?|sites?|cells?|environments?|nodes?|customers?|stores?|pops?|locations?|shards?)\b/i.test(
      value,
    )
  );
}
