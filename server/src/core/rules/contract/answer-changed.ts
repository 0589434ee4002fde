import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedForms } from '../vocabulary/contract/answer-forms.ts';
import { renamedKeys } from '../vocabulary/contract/answer-keys.ts';
import { renamedValues } from '../vocabulary/contract/renamed-values.ts';
import { changedStatuses } from '../vocabulary/contract/status-codes.ts';
import { lineSaying } from '../vocabulary/events/event-speakers.ts';

/**
 * ## What it sees
 * What callers are answered says the same in other words: a key of a response under another name (`res.json({ … })`, `toJSON`, a
 * serializer, an alias), an error that is answered with a status of success, a status that another file asks for, a text of an enum or
 * the code of an error that others compare with, a date in another form or zone in what programs read, a list that is cut off from the
 * other end.
 *
 * ## Why it matters
 * Nothing fails where it is written. Whoever reads it finds nothing under the old name, goes on after an error, or no longer tells one
 * error from another.
 *
 * ## When it is fine
 * All readers change along, the old key stays beside the new one, the rows are migrated. These are not flagged.
 *
 * ## What it misses
 * An answer that a library writes out of a whole type, and a status that is put together.
 */
export default defineRule({
  id: 'contract/answer-changed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Callers are answered in other words',
  reads: ['options', 'calls', 'symbols', 'tokens'],
  evidence: [
    { title: 'oasdiff: response-property-removed, response-success-status-removed', url: 'https://github.com/oasdiff/oasdiff' },
    { title: 'buf breaking: JSON names', url: 'https://buf.build/docs/breaking/rules/' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (input.before === undefined || input.after === undefined) return;
    const flagged = new Set<number>();
    for (const draft of [...keys(input), ...statuses(input), ...values(input), ...forms(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

function* keys(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, old, now, readers, isUnread } of renamedKeys(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`key ${quote(old, 20)} is answered as ${quote(now, 20)}${left(readers.length)}`),
      related: readers.slice(0, 10).map((path) => ({ path, line: lineSaying(input, path, old), message: `reads ${old}` })),
      ...(isUnread === true ? { severity: 'low' as const } : {}),
    };
}

function* statuses(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now, readers } of changedStatuses(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(`status ${was} is ${now} now${readers.length > 0 ? left(readers.length) : ': callers take it for a success'}`),
      related: readers.slice(0, 10).map((path) => ({ path, line: lineSaying(input, path, String(was)), message: `asks for ${was}` })),
    };
}

function* values(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, name, old, now, speakers, kind } of renamedValues(input))
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `${quote(name, 22)} was ${quote(old, 16)}, is ${quote(now, 16)}${speakers.length > 0 ? left(speakers.length) : kind === 'member' ? '; rows hold the old one' : ''}`,
      ),
      related: speakers.slice(0, 10).map((path) => ({ path, line: lineSaying(input, path, old), message: `says ${old}` })),
    };
}

function* forms(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, message } of changedForms(input)) yield { side: 'after', range, message: fitMessage(message) };
}

function left(files: number): string {
  return files === 0 ? '' : `; ${files} ${files === 1 ? 'file says' : 'files say'} the old one`;
}
