import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { changedOptions } from '../code/option-changes.ts';
import { changedSettings } from '../settings/settings.ts';

/** `enable.idempotence` of a producer that is off now or was taken out: what it sends again after a late answer stands there twice. */
export function* lostProducerKeys(input: RuleInput): Iterable<FindingDraft> {
  for (const { path, before, after } of changedSettings(input)) {
    if (!SAYS_ONCE.test(path.join('.')) || !isOn(before?.value) || isOn(after?.value)) continue;
    const place = after ?? before;
    if (place !== undefined) yield { side: after === undefined ? 'before' : 'after', range: place.range, message: MESSAGE };
  }
  for (const { before, after } of changedOptions(input))
    if (SAYS_ONCE.test(after.name) && isOn(before.value) && !isOn(after.value))
      yield { side: 'after', range: after.range, message: MESSAGE };
  for (const option of input.removed.options) {
    if (!SAYS_ONCE.test(option.name) || !isOn(option.value)) continue;
    const stays = input.after?.options.some(({ name, value }) => SAYS_ONCE.test(name) && isOn(value)) === true;
    if (
      !stays &&
      /[pP]roducer|[kK]afka/.test(`${option.callee} ${option.scope}`) &&
      input.after?.calls.some(({ callee }) => callee === option.callee) === true
    )
      yield { side: 'before', range: option.range, message: MESSAGE };
  }
}

const MESSAGE = fitMessage('a message that is sent again stands there twice');
const SAYS_ONCE =
  /(?:^|[.\]])(?:enable[._-]idempotence|enableIdempotence|idempotent|content_based_deduplication|ContentBasedDeduplication|contentBasedDeduplication)$/;

function isOn(value: unknown): boolean {
  return value === true || value === 'true' || value === 'True';
}
