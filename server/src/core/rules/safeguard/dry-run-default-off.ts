import type { FindingDraft } from '../../model/finding.ts';
import { shorten, words } from '../call-names.ts';
import { defineRule } from '../define.ts';
import { changedOptions } from '../option-changes.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A default that kept a dangerous act from happening by itself and no longer does: `dryRun`, `confirm`, `preview` turned off,
 * `permanent`, `force`, `hard` turned on.
 *
 * ## Why it matters
 * The next person runs the script as they ran it last time, and this time it does it.
 *
 * ## When it is fine
 * A command that asks in another way; the change then names it in review.
 *
 * ## What it misses
 * A flag of the command line that is read by a library.
 */
export default defineRule({
  id: 'safeguard/dry-run-default-off',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A dangerous act now happens by default',
  reads: ['options'],
  evidence: [
    {
      title: 'Atlassian 2022-04: the site deletion script',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const { before, after } of changedOptions(input)) {
      const name = words(after.name);
      const isOff =
        /\b(dry run|dryrun|dry|confirm|confirmation|require confirmation|preview|simulate|no op|noop|ask|interactive|soft delete|safe mode|check only)\b/.test(
          name,
        ) &&
        isOn(before.value) &&
        !isOn(after.value) &&
        /^(false|0|None|False)$/.test(after.value);
      const isDone =
        /\b(permanent|permanently|force|hard|hard delete|destructive|purge|skip confirmation|yes|assume yes|auto approve|no confirm)\b/.test(
          name,
        ) &&
        /^(false|False|0)$/.test(before.value) &&
        isOn(after.value);
      if (isOff || isDone)
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(`\`${shorten(after.name, 24)}\` is \`${after.value}\` by default now, was \`${before.value}\``),
        };
    }
  },
});

function isOn(value: string): boolean {
  return /^(true|True|1)$/.test(value);
}
