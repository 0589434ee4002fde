import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { words } from '../code/call-names.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** What is taken where nobody names a place was one, and is asked of a list of all now: `${REGIONS:-eu-north-1}` and `${REGIONS:-$(aws ec2 describe-regions …)}`. */
export function* widenedDefaults(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (typeof before?.value !== 'string' || typeof after?.value !== 'string' || !PLACES.test(words(path.at(-1) ?? ''))) continue;
    const [was, is] = [defaultOf(before.value), defaultOf(after.value)];
    if (was === undefined || is === undefined || /\$\(|`/.test(was) || !/\$\(|`/.test(is) || !LISTS.test(words(is))) continue;
    yield { ...placeOf(change), message: fitMessage(`${quote(path.at(-1) ?? '', 20)} is all of ${quote(is, 34)}, was ${quote(was, 22)}`) };
  }
}

const PLACES =
  /\b(?:regions?|hosts?|tenants?|clusters?|zones?|sites?|shards?|servers?|nodes?|targets?|accounts?|environments?|namespaces?|contexts?)$/;
const LISTS = /\b(?:describe|list|get|ls|all|hosts|inventory|contexts|cat)\b/;

/** What stands for a variable that nobody sets, or the value itself where it is given without one. */
function defaultOf(value: string): string | undefined {
  return /^"?\$\{\w+:?[-=](.*)\}"?$/s.exec(value)?.[1] ?? (/^[\w ,.-]+$|^"?\$\([^)]*\)"?$/.test(value) ? value : undefined);
}
