import type { Hunk } from '../model/hunk.ts';
import type { Side } from '../model/range.ts';

export interface Region {
  readonly removed: string;
  readonly added: string;
}

/** Lines of a file, 1-based, both inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Two lines less alike than this (Dice coefficient of their tokens) do not replace each other. */
const LEAST_SIMILARITY = 0.6;

/** Above this many pairs of lines the whole other side counts as replaced. */
const PAIR_CAP = 100_000;

/** How many lines of the other side are tried for one flagged line, the most alike first. */
const CANDIDATE_CAP = 8;

/**
 * The exact text that a finding's fingerprint covers: the flagged lines on `side`, clipped to the lines of the hunk, and the
 * lines of the hunk's other side that they replace. A flagged line replaces the line most like it, unless that line is still
 * more like another line of the flagged side; ties go to the first; nothing alike enough gives the empty string. Where no
 * flagged line lies in the hunk, the region is the whole hunk: too wide asks again, too narrow would let something pass.
 * Invariant: it depends on the hunk alone, and lines that join the hunk leave it as it was (test/hunks/pair-region.test.ts).
 */
export function pairRegion(hunk: Hunk, side: Side, lines: LineRange): Region {
  const own = side === 'before' ? hunk.removed : hunk.added;
  const other = side === 'before' ? hunk.added : hunk.removed;
  const span = side === 'before' ? hunk.before : hunk.after;
  const from = Math.max(lines.start - span.start, 0);
  const to = Math.min(lines.end - span.start + 1, own.length);
  if (to <= from) return { removed: hunk.removed.join(''), added: hunk.added.join('') };

  const flagged = own.slice(from, to).join('');
  const replaced = replacedLines(own, from, to, other).join('');
  return side === 'before' ? { removed: flagged, added: replaced } : { removed: replaced, added: flagged };
}

function replacedLines(own: readonly string[], from: number, to: number, other: readonly string[]): readonly string[] {
  if (other.length === 0) return [];
  if (PAIR_CAP < (to - from) * other.length) return other;
  const ownBags = tokenBags(own);
  const otherBags = tokenBags(other);
  const replaced = new Set<number>();
  for (const flagged of ownBags.slice(from, to)) {
    const partner = partnerOf(flagged, otherBags, ownBags);
    if (partner !== undefined) replaced.add(partner);
  }
  return other.filter((_, index) => replaced.has(index));
}

function partnerOf(flagged: TokenBag, others: readonly TokenBag[], own: readonly TokenBag[]): number | undefined {
  const candidates = others
    .map((bag, index) => ({ index, similarity: similarity(flagged, bag) }))
    .filter((candidate) => LEAST_SIMILARITY <= candidate.similarity)
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index)
    .slice(0, CANDIDATE_CAP);
  const free = candidates.find(({ index, similarity: likeness }) => {
    const bag = others[index];
    return bag !== undefined && !own.some((rival) => likeness < similarity(rival, bag));
  });
  return free?.index;
}

interface TokenBag {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
}

/** The bags of lines seen before, since a large hunk may have many findings. The answer is the same without it. */
const KNOWN = new WeakMap<readonly string[], readonly TokenBag[]>();

function tokenBags(lines: readonly string[]): readonly TokenBag[] {
  const bags = KNOWN.get(lines) ?? lines.map(tokenBag);
  KNOWN.set(lines, bags);
  return bags;
}

/** Words, numbers and single marks, with how often each stands in the line; white space is no token. */
function tokenBag(line: string): TokenBag {
  const counts = new Map<string, number>();
  let size = 0;
  for (const [token] of line.matchAll(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu)) {
    counts.set(token, (counts.get(token) ?? 0) + 1);
    size += 1;
  }
  return { counts, size };
}

/** Dice coefficient: twice the shared tokens over all tokens. Lines without tokens are alike to nothing. */
function similarity(a: TokenBag, b: TokenBag): number {
  if (a.size === 0 || b.size === 0) return 0;
  if (2 * Math.min(a.size, b.size) < LEAST_SIMILARITY * (a.size + b.size)) return 0;
  let shared = 0;
  for (const [token, count] of a.counts) shared += Math.min(count, b.counts.get(token) ?? 0);
  return (2 * shared) / (a.size + b.size);
}
