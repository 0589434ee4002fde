import type { Review } from '../../host/session.ts';
import { hunkStates } from '../reporters/hunk-state.ts';
import type { ReviewReport } from '../reporters/review-report.ts';

/** What was found, and what people have said of it, for a reporter. */
export function reviewReport({ change, assessment, coverage }: Review): ReviewReport {
  const states = hunkStates(assessment, coverage);
  const idsOf = (kind: 'acknowledged' | 'stale'): ReadonlySet<string> =>
    new Set(assessment.hunks.filter((hunk) => states[hunk.id]?.kind === kind).map((hunk) => hunk.id));
  return { assessment, acknowledged: idsOf('acknowledged'), stale: idsOf('stale'), touched: new Set(change.touched) };
}
