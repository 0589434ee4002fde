import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fanOuts } from '../vocabulary/load/fan-outs.ts';
import { lostLimits } from '../vocabulary/load/lost-limits.ts';

/**
 * ## What it sees
 * Work for each of a list that now starts all at once: `Promise.all(list.map(…))`, `asyncio.gather(*…)`, a goroutine or a task in a
 * loop, where there was a loop that waited, a pool of workers or a limit. And a limit of concurrency that is gone.
 *
 * ## Why it matters
 * Ten rows in a test are ten thousand in production, and each opens a connection at the same moment, at the service that has
 * just become slow.
 *
 * ## When it is fine
 * A short list that is written down, slices of a list, a limiter of another kind. These are not flagged.
 *
 * ## What it misses
 * A list that is bounded by its query and only looks endless, and a fan-out across processes.
 */
export default defineRule({
  id: 'concurrency/unbounded-fanout',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Starts as many tasks as there are items',
  reads: ['calls', 'options', 'commands'],
  evidence: [
    { title: 'AWS 2021-12-07: a surge of connections', url: 'https://aws.amazon.com/message/12721/' },
    { title: 'AWS Kinesis 2020-11-25: threads for every peer', url: 'https://aws.amazon.com/message/11201/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [...fanOuts(input), ...lostLimits(input)]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});
