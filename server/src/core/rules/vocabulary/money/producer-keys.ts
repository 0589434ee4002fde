import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { changedOptions } from '../code/option-changes.ts';
import { changedSettings } from '../settings/settings.ts';

/** `enable.idempotence` of a producer that is off now or was taken out: what it sends again after a late answer stands there twice. */
export function* lostProducerKeys(input: RuleInput): Iterable<FindingDraft> {
  const { before: old, after: now } = input;
  if (old === undefined || now === undefined) return;
  for (const { path, before, after } of changedSettings(input)) {
    if (!SAYS_ONCE.test(path.join('.')) || !isOn(before?.value) || isOn(after?.value)) continue;
    // It stands in another place, and not at another producer that had its own; and one that waits for all is idempotent by itself.
    const stays = surplusOf(now.settings, old.settings).some(
      (other) => other !== after && SAYS_ONCE.test(other.path.join('.')) && isOn(other.value),
    );
    const isWeak = now.settings.some(({ path: own, value }) => own.at(-1) === 'acks' && /^[01]$/.test(String(value)));
    if (stays || (after === undefined && !isWeak)) continue;
    const place = after ?? before;
    if (place !== undefined) yield { side: after === undefined ? 'before' : 'after', range: place.range, message: MESSAGE };
  }
  for (const { before, after } of changedOptions(input))
    if (SAYS_ONCE.test(after.name) && isOn(before.value) && !isOn(after.value))
      yield { side: 'after', range: after.range, message: MESSAGE };
  for (const option of input.removed.options) {
    if (!SAYS_ONCE.test(option.name) || !isOn(option.value)) continue;
    const made = (calls: readonly Call[]): number => calls.filter(({ callee }) => callee === option.callee).length;
    if (
      /[pP]roducer|[kK]afka/.test(`${option.callee} ${option.scope}`) &&
      made(now.calls) > 0 &&
      made(now.calls) >= made(old.calls) &&
      !surplusOf(now.options, old.options).some(({ name, value }) => SAYS_ONCE.test(name) && isOn(value))
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
