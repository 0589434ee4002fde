import type { Change } from '../model/change.ts';
import type { SourceFacts } from '../model/facts.ts';
import type { Side } from '../model/range.ts';
import type { RepoPath } from '../model/tree.ts';
import { readFacts } from './read-facts.ts';

/**
 * Facts of any file of either tree, each read once for one answer. A language that the change did not touch was not prepared
 * and sees nothing, which is undefined here and no blind spot: nobody was promised that file.
 */
export function readAnyFacts(change: Pick<Change, 'before' | 'after'>): (side: Side, path: RepoPath) => SourceFacts | undefined {
  const known = new Map<string, SourceFacts | undefined>();
  return (side, path) => {
    const key = `${side} ${path}`;
    if (known.has(key)) return known.get(key);
    const content = change[side].read(path);
    // Not by way of the memo: what an unprepared language did not see must not be remembered for when it is prepared.
    const facts = content?.kind === 'text' ? readFacts(path, content.text) : undefined;
    const seen = facts?.blindSpots.some((spot) => spot.reason === 'grammar-missing') === true ? undefined : facts;
    known.set(key, seen);
    return seen;
  };
}
