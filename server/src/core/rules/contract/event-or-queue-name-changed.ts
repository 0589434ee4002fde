import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { composedEvents } from '../vocabulary/events/composed-events.ts';
import { derivedNames } from '../vocabulary/events/derived-names.ts';
import { isEventName } from '../vocabulary/events/event-names.ts';
import { lineSaying, saidBefore, speakersOf, speaksOutside } from '../vocabulary/events/event-speakers.ts';
import { handedNames } from '../vocabulary/events/handed-names.ts';
import {
  renamedInCalls,
  renamedInOptions,
  renamedInSettings,
  renamedInTables,
  renamedIntoConstants,
} from '../vocabulary/events/renamed-events.ts';
import { partsRenamed } from '../vocabulary/events/renamed-parts.ts';
import { spokenConstants } from '../vocabulary/events/spoken-constants.ts';

/**
 * ## What it sees
 * The name of a topic, a queue, an event or a cache key that changed here, or the fixed part of one that is put together, and the
 * name of a task that is no longer written out and so made of where it stands, while another file still says the old one.
 *
 * ## Why it matters
 * Nothing fails: one side writes where nobody reads, and the other waits for what never comes. What lies in the old queue stays
 * there.
 *
 * ## When it is fine
 * Both sides change together, or the name stands in one constant that both import. These are not flagged. Where the other side
 * is not in the repository the finding is a note.
 *
 * ## What it misses
 * A name of which no part is written down, and one that several files put together.
 */
export default defineRule({
  id: 'contract/event-or-queue-name-changed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'An event or a queue is named otherwise on one side',
  reads: ['calls', 'options', 'settings'],
  evidence: [
    {
      title: 'Amazon retail 2026-03: high-blast-radius changes (reported)',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const { old, now, range, isGuessed } of [
      ...renamedInCalls(input),
      ...renamedInOptions(input),
      ...renamedInTables(input),
      ...renamedInSettings(input),
      ...renamedIntoConstants(input),
      ...derivedNames(input),
      ...handedNames(input),
      ...spokenConstants(input),
    ]) {
      if (flagged.has(old) || old === now || !isEventName(old) || !isEventName(now) || isReference(input.path, old, now)) continue;
      flagged.add(old);
      const left = speakersOf(input, old);
      const joined = speakersOf(input, now).filter((path) => !saidBefore(input, path, now));
      // Whoever was not changed and still says the old name is the other side.
      if (left.length === 0 && (isGuessed === true || joined.length > 0 || !speaksOutside(input))) continue;
      const isGroup = left.length === 0 && input.added.options.some((option) => option.range === range && GROUP.test(words(option.name)));
      const where = isGroup
        ? '; the broker keeps its place under the old name'
        : left.length === 0
          ? '; its other side is not here'
          : `; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} the old name`;
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(old, 22)}\` is now \`${shorten(now, 22)}\`${where}`),
        severity: isGroup ? 'medium' : left.length === 0 ? 'low' : left.length >= 5 ? 'high' : 'medium',
        things: [{ kind: 'event', name: old }],
        related: left.slice(0, 10).map((path) => ({ path, line: lineSaying(input, path, old), message: `says ${shorten(old, 40)}` })),
      };
    }
    yield* composedEvents(input);
    yield* partsRenamed(input);
  },
});

/** Under which a broker remembers how far a consumer has read. */
const GROUP = /^(?:kafka )?(?:consumer )?group(?: id| name)?$|^(?:durable|durable name|subscription name)$/;

/** Terraform takes it from elsewhere, `var.topic`: what it is called there is nobody's event. */
function isReference(path: string, ...names: readonly string[]): boolean {
  return /\.(tf|tofu|tfvars)$/.test(path) && names.some((name) => /^(var|local|module|data|each|self|count|[a-z]+_\w+)\./.test(name));
}
