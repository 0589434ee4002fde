import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { literal, shorten } from '../code/call-names.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
import { composedHere } from '../contract/composed-names.ts';
import { carriesEvent, isEventName } from './event-names.ts';
import { lineSaying, saidBefore, says, speakersOf } from './event-speakers.ts';

/** A name that stood in a call and is put together now, while another file says it as it was. */
export function* composedEvents(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || input.added.calls.length + input.added.symbols.length === 0) return;
  for (const { old, lost } of namesLost(before, after)) {
    const range = composedHere(input, old);
    if (range === undefined) continue;
    const left = speakersOf(input, lost);
    // A file that says it newly holds the name now.
    if (left.length === 0 || left.some((path) => !saidBefore(input, path, lost))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `\`${shorten(lost, 24)}\` is put together now; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} it as it was`,
      ),
      severity: left.length >= 5 ? 'high' : 'medium',
      things: [{ kind: 'event', name: lost }],
      related: left.slice(0, 10).map((path) => ({ path, line: lineSaying(input, path, lost), message: `says ${shorten(lost, 40)}` })),
    };
    return;
  }
}

/** Names that calls of the old side carried and that the new side says nowhere. */
const namesLost = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly { readonly old: Call; readonly lost: string }[] => {
  return onlyIn(before.calls, after.calls).flatMap((old) => {
    if (!carriesEvent(old)) return [];
    const lost = old.args
      .flatMap((argument) => literal(argument) ?? [])
      .find((text) => isEventName(text) && /[._:/-]/.test(text) && !says({ kind: 'text', text: tokensText(after) }, text));
    return lost === undefined ? [] : [{ old, lost }];
  });
});

const tokensText = keepOf((facts: SourceFacts): string => facts.tokens.map(({ text }) => text).join(' '));
