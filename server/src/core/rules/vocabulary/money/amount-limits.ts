import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { nameOf } from '../settings/setting-index.ts';
import { changedSettings } from '../settings/settings.ts';
import { isFarHigher } from './amount-guards.ts';
import { isAmount } from './amounts.ts';

/** `MAX_DISCOUNT = 0.5` that became 1, and a ceiling that was multiplied. */
export function* movedConstants(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const name = words(before.name);
    // How long a text may be is no amount, whatever it is about.
    if (/\b(length|digits|chars|characters|precision)\b/.test(name)) continue;
    if (!isAmount(before.name) && !(isAmount(before.scope) && /\b(max|min|limit|cap)\b/.test(name))) continue;
    const draft = moved(name, numberOf(before.value), numberOf(after.value));
    if (draft)
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 28)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)}`),
      };
  }
}

function moved(name: string, before: number | undefined, after: number | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  if (/\b(max|maximum|limit|cap|ceiling|upper|at most)\b/.test(name)) return isFarHigher(before, after) || (after <= 0 && before > 0);
  return /\b(min|minimum|floor|lower|at least)\b/.test(name) && before > 0 && (after <= 0 || after <= before / 2);
}

/** `minimum` and `maximum` of a JSON Schema or an OpenAPI document, and caps in configuration. */
export function* movedDocuments(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    if (change.resourceIsGone || change.before === undefined) continue;
    const name = nameOf(change);
    const isSchema = /^(exclusive)?(minimum|maximum)$/i.test(name);
    const about = change.path.slice(0, -1).join(' ');
    if (isSchema ? !isAmount(about) : !isAmount(change.path.slice(-2).join(' '))) continue;
    const before = Number(change.before.value);
    if (change.after === undefined) {
      const owner = change.path.slice(0, -1);
      const stays = input.after?.settings.some((other) => owner.every((part, at) => other.path[at] === part)) === true;
      if (isSchema && stays)
        yield {
          side: 'before',
          range: change.before.range,
          message: fitMessage(`\`${shorten(about.split(' ').at(-1) ?? name, 28)}\` lost its ${name} of ${change.before.value}`),
        };
    } else if (moved(words(name), before, Number(change.after.value))) {
      yield {
        side: 'after',
        range: change.after.range,
        message: fitMessage(`\`${shorten(name, 28)}\` went from ${change.before.value} to ${change.after.value}`),
      };
    }
  }
}
