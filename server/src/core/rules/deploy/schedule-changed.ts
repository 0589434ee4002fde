import type { FindingDraft } from '../../model/finding.ts';
import { lastName, literal, shorten, words } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { changedOptions, numberOf } from '../option-changes.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * Work that repeats far more often: an interval ten times shorter, one below a second, a schedule of every minute.
 *
 * ## Why it matters
 * Every process, node or open page multiplies it; what was a trickle becomes the load that takes the other side down.
 *
 * ## When it is fine
 * An animation or a clock on the screen. Intervals that only shrink a little are not flagged.
 *
 * ## What it misses
 * An interval that is read from a setting.
 */
export default defineRule({
  id: 'deploy/schedule-changed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Repeated work runs far more often',
  reads: ['calls', 'options'],
  evidence: [{ title: 'OpenAI 2024-12-11: load from every node', url: 'https://status.openai.com/incidents/ctrsv3lwd797' }],
  *check(input): Iterable<FindingDraft> {
    for (const call of input.added.calls) {
      const name = lastName(call.callee);
      const pause = numberOf(call.args[1] ?? '');
      if (
        name === 'setInterval' &&
        !cameAlong(input, call) &&
        pause !== undefined &&
        pause < 1000 &&
        !/\b(clock|timer|tick|countdown|animation|typewriter|progress|spinner|cursor)\b/.test(words(`${call.scope} ${input.path}`))
      ) {
        yield {
          side: 'after',
          range: call.range,
          message: fitMessage(`\`setInterval\` repeats every ${shorten(call.args[1] ?? '', 12)} ms`),
        };
      }
      const cron = call.args.map(literal).find((text) => text !== undefined && /^(\*|\*\/1)( \*){4}$/.test(text));
      if (cron !== undefined && /cron|schedule|job|repeat/i.test(call.callee))
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` runs every minute`) };
    }
    for (const { before, after } of changedOptions(input)) {
      const text = words(after.name);
      if (/\b(cron|schedule|pattern|cron time|expression)\b/.test(text) && /^['"](\*|\*\/1)( \*){4}['"]$/.test(after.value)) {
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 16)} to every minute`),
        };
      }
      const old = numberOf(before.value);
      const now = numberOf(after.value);
      if (
        !/\b(interval|poll|polling|refresh|period|every|heartbeat|sync|tick|frequency|refetch)\b/.test(text) ||
        old === undefined ||
        now === undefined
      )
        continue;
      if (now > 0 && old >= now * 10)
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 26)}\` went from ${shorten(before.value, 16)} to ${shorten(after.value, 16)}`),
        };
    }
  },
});
