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

/** In a hunk of more pairs of lines than this the whole other side counts as replaced. */
const PAIR_CAP = 250_000;

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
  const replaced = replacedLines(hunk, side, from, to, other).join('');
  return side === 'before' ? { removed: flagged, added: replaced } : { removed: replaced, added: flagged };
}

function replacedLines(hunk: Hunk, side: Side, from: number, to: number, other: readonly string[]): readonly string[] {
  if (other.length === 0 || PAIR_CAP < hunk.removed.length * hunk.added.length) return other;
  const pairing = pairingOf(hunk, side);
  const replaced = new Set<number>();
  for (const flagged of pairing.own.slice(from, to)) {
    const partner = partnerOf(flagged, pairing);
    if (partner !== undefined) replaced.add(partner);
  }
  return other.filter((_, index) => replaced.has(index));
}

function partnerOf(flagged: TokenBag, { other, best }: Pairing): number | undefined {
  const candidates = other
    .map((bag, index) => ({ index, likeness: similarity(flagged, bag) }))
    .filter((candidate) => LEAST_SIMILARITY <= candidate.likeness)
    .sort((a, b) => b.likeness - a.likeness || a.index - b.index)
    .slice(0, CANDIDATE_CAP);
  return candidates.find(({ index, likeness }) => best(index) <= likeness)?.index;
}

/** The lines of a hunk as seen from one side. Kept for the hunk, because each of its findings asks. */
interface Pairing {
  readonly own: readonly TokenBag[];
  readonly other: readonly TokenBag[];
  /** How much the most similar own line is like a line of the other side. */
  readonly best: (index: number) => number;
}

const pairings: Readonly<Record<Side, WeakMap<Hunk, Pairing>>> = { before: new WeakMap(), after: new WeakMap() };

function pairingOf(hunk: Hunk, side: Side): Pairing {
  const known = pairings[side].get(hunk);
  if (known !== undefined) return known;
  const own = (side === 'before' ? hunk.removed : hunk.added).map(tokenBag);
  const other = (side === 'before' ? hunk.added : hunk.removed).map(tokenBag);
  const bests = new Map<number, number>();
  const best = (index: number): number => {
    const bag = other[index];
    const found = bests.get(index) ?? (bag === undefined ? 0 : own.reduce((most, rival) => Math.max(most, similarity(rival, bag)), 0));
    bests.set(index, found);
    return found;
  };
  const pairing = { own, other, best };
  pairings[side].set(hunk, pairing);
  return pairing;
}

interface TokenBag {
  readonly counts: ReadonlyMap<string, number>;
  readonly size: number;
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
