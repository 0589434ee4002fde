import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { lostBounds, lostPages, lostQuestions } from '../vocabulary/sends/lost-bounds.ts';
import { lostSelections } from '../vocabulary/sends/lost-selections.ts';
import { loopsOverAll, unboundedLists, wholeAudiences, wholeLists } from '../vocabulary/sends/whole-audiences.ts';

/**
 * ## What it sees
 * A function that sends messages to people and that lost what kept them few: a segment, a filter or a limit of its query, a
 * batch, a question whether somebody had one already or wants one, a test mode; and a send that now stands in a loop over
 * everybody.
 *
 * ## Why it matters
 * A mail cannot be taken back. Everybody gets it, or some get it many times.
 *
 * ## When it is fine
 * The bound moved into the query's own defaults, a smaller batch, a test transport. These are not flagged.
 *
 * ## What it misses
 * A send whose name does not say so.
 */
export default defineRule({
  id: 'runtime/mass-notification',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Messages lost what kept them few',
  reads: ['options', 'calls', 'guards', 'loops', 'conditions'],
  evidence: [
    {
      title: 'HBO Max integration test e-mail, 2021-06',
      url: 'https://www.littlekendra.com/2021/06/18/make-your-tech-safer-for-your-interns-and-everyone-else/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const { scope, draft } of [
      ...lostBounds(input),
      ...lostQuestions(input),
      ...lostPages(input),
      ...lostSelections(input),
      ...wholeLists(input),
      ...unboundedLists(input),
      ...loopsOverAll(input),
      ...wholeAudiences(input),
    ]) {
      if (flagged.has(scope)) continue;
      flagged.add(scope);
      yield draft;
    }
  },
});
