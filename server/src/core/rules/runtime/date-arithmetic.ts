import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { daysAsSeconds, lengthsInDays } from '../vocabulary/dates/calendar-days.ts';
import { datesByHand } from '../vocabulary/dates/handmade-dates.ts';
import { schedulesWithoutZone, timesWithoutZone } from '../vocabulary/dates/time-zones.ts';
import { shorterValidity } from '../vocabulary/dates/validity-periods.ts';

/**
 * ## What it sees
 * Dates that are put together by hand: the year plus one with the same month and day, a month set on a date, days counted in
 * seconds where a calendar did it, a time without its zone where it had one, a schedule that lost its zone; and a certificate
 * or a token that is valid for far less time.
 *
 * ## Why it matters
 * 29 February plus one year is no date: certificates were asked for one, and a cloud stood still for a day. A certificate that
 * ends early takes down everything that trusts it, at once.
 *
 * ## When it is fine
 * A library of dates, whose addition knows the calendar, and constants of a duration. These are not flagged.
 *
 * ## What it misses
 * Quarters counted by hand, and a zone that the database assumes.
 */
export default defineRule({
  id: 'runtime/date-arithmetic',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'A date is put together by hand',
  reads: ['calls', 'options', 'settings', 'tokens'],
  evidence: [
    {
      title: 'Azure 2012-02-29: a leap-day certificate',
      url: 'https://azure.microsoft.com/en-us/blog/summary-of-windows-azure-service-disruption-on-feb-29th-2012/',
    },
    { title: 'Mozilla 2019-05: an expired certificate', url: 'https://hacks.mozilla.org/2019/07/add-ons-outage-post-mortem-result/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [
      ...datesByHand(input),
      ...daysAsSeconds(input),
      ...lengthsInDays(input),
      ...timesWithoutZone(input),
      ...schedulesWithoutZone(input),
      ...shorterValidity(input),
    ]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});
