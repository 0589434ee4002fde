import type { AssessedHunk } from '../../core/model/assessment.ts';
import { lastLineOf, type Side } from '../../core/model/range.ts';
import { splitLines } from '../../core/split-lines.ts';

/** One line of a hunk as a reader sees it, or a stretch that was left out. */
export type ShownLine =
  | {
      readonly kind: 'line';
      readonly mark: '-' | '+' /** 1-based, on its own side. */;
      readonly line: number;
      readonly text: string;
      readonly flagged: boolean;
    }
  | { readonly kind: 'skipped'; readonly count: number };

/** A hunk up to this many lines is shown whole. */
const WHOLE = 12;
/** Of a longer one, the flagged lines with one neighbour, and at most this many lines. */
const MOST = 24;

/** The lines of a hunk that a person must see to judge its findings, removed ones first. What is left out is counted. */
export function changedLines(hunk: AssessedHunk): readonly ShownLine[] {
  const all = [...sideLines(hunk, 'before'), ...sideLines(hunk, 'after')];
  if (all.length <= WHOLE) return all;
  const wanted = new Set<number>();
  for (const [index, line] of all.entries()) {
    if (!line.flagged) continue;
    for (const near of [index - 1, index, index + 1]) if (all[near]?.mark === line.mark) wanted.add(near);
  }
  return skipRest(all, new Set([...wanted].sort((a, b) => a - b).slice(0, MOST)));
}

type Line = Extract<ShownLine, { kind: 'line' }>;

function sideLines(hunk: AssessedHunk, side: Side): readonly Line[] {
  const lines = side === 'before' ? hunk.removed : hunk.added;
  const start = side === 'before' ? hunk.before.start : hunk.after.start;
  const flagged = flaggedIndexes(hunk, side);
  return lines.map((text, index) => ({
    kind: 'line',
    mark: side === 'before' ? '-' : '+',
    line: start + index,
    text: text.replace(/\r?\n$/, ''),
    flagged: flagged.has(index),
  }));
}

/** Indexes of the lines that a finding's fingerprint covers: its own range, and on the other side the lines of its region. */
function flaggedIndexes(hunk: AssessedHunk, side: Side): ReadonlySet<number> {
  const lines = side === 'before' ? hunk.removed : hunk.added;
  const start = side === 'before' ? hunk.before.start : hunk.after.start;
  const flagged = new Set<number>();
  for (const finding of hunk.findings) {
    if (finding.side === side) {
      const last = lastLineOf(finding.range);
      for (let line = Math.max(start, finding.range.start.line); line <= last && line < start + lines.length; line++)
        flagged.add(line - start);
    } else {
      for (const index of indexesOf(lines, side === 'before' ? finding.region.removed : finding.region.added)) flagged.add(index);
    }
  }
  return flagged;
}

/** Where the lines of `region` stand in `lines`, looked for in order. */
function indexesOf(lines: readonly string[], region: string): readonly number[] {
  const indexes: number[] = [];
  let from = 0;
  for (const line of splitLines(region)) {
    const index = lines.indexOf(line, from);
    if (index < 0) continue;
    indexes.push(index);
    from = index + 1;
  }
  return indexes;
}

function skipRest(all: readonly Line[], wanted: ReadonlySet<number>): readonly ShownLine[] {
  const shown: ShownLine[] = [];
  let skipped = 0;
  const flush = (): void => {
    if (skipped > 0) shown.push({ kind: 'skipped', count: skipped });
    skipped = 0;
  };
  for (const [index, line] of all.entries()) {
    if (!wanted.has(index)) {
      skipped++;
      continue;
    }
    flush();
    shown.push(line);
  }
  flush();
  return shown;
}
