import { fileChanges } from '../../core/hunks/file-changes.ts';
import { splitHunks } from '../../core/hunks/split-hunks.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Hunk, LineSpan } from '../../core/model/hunk.ts';
import type { Range, Side } from '../../core/model/range.ts';
import type { RepoPath, Tree } from '../../core/model/tree.ts';
import { AppError } from '../../host/app-error.ts';
import type { Review, Session } from '../../host/session.ts';
import type { Lesson } from '../../host/team-rules/learn-rule.ts';
import { shortTree } from '../reporters/review-report.ts';
import { badUsage } from './arguments.ts';
import type { Arguments } from './command.ts';
import { findByFingerprint } from './find-hunk.ts';
import { reviewRequest } from './signing.ts';

const LINES = /^(.+):(\d+)(?:-(\d+))?$/;
const REVISIONS = /^([^.]+(?:\.[^.]+)*)\.{2,3}(?!\.)(.+)$/;

/** The hunk that a person wants a rule of. Errors: `bad-usage` where the words name no hunk, or several. */
export async function findLesson(args: Arguments, session: Session): Promise<Lesson> {
  const [first = '', second] = args.positionals;
  if (second !== undefined) return ofRevisions(first, second, session);
  const lines = LINES.exec(first);
  if (lines === null) {
    if (REVISIONS.test(first)) throw new AppError('bad-usage', `expected ${first} -- PATH, found no path`);
    return ofFingerprint(first, await session.review(reviewRequest(args)));
  }
  const [, path = '', from = '', to = from] = lines;
  const review = await session.review(reviewRequest(args));
  return ofLines(review, path, { from: Number(from), to: Number(to) }, args.options.removed === true ? 'before' : 'after');
}

function ofFingerprint(prefix: string, review: Review): Lesson {
  const { hunk, finding } = findByFingerprint(review.assessment.hunks, prefix);
  return lessonOf(review, hunk, finding.side, finding.range, finding);
}

async function ofRevisions(range: string, path: string, session: Session): Promise<Lesson> {
  const [, base, head] = REVISIONS.exec(range) ?? [];
  if (base === undefined || head === undefined) throw badUsage('REV..REV -- PATH', `${range} ${path}`);
  const review = await session.review({ base, head });
  const flagged = review.assessment.hunks.filter((hunk) => hunk.path === path);
  const [worst] = [...flagged].sort((a, b) => b.score - a.score);
  const finding = worst?.findings[0];
  if (worst !== undefined && finding !== undefined) return lessonOf(review, worst, finding.side, finding.range, finding);
  const hunks = hunksOf(review, path);
  const [only] = hunks;
  if (only === undefined) throw new AppError('bad-usage', `expected a change of ${path} in ${range}, found none`);
  if (hunks.length > 1) {
    const places = hunks.slice(0, 6).map((hunk) => `${path}:${hunk.after.start}-${hunk.after.start + Math.max(0, hunk.after.lines - 1)}`);
    throw new AppError('bad-usage', `expected one hunk, found ${hunks.length}; name its lines with --base and --head: ${places.join(' ')}`);
  }
  return wholeHunk(review, only);
}

interface Lines {
  readonly from: number;
  readonly to: number;
}

function ofLines(review: Review, path: string, { from, to }: Lines, side: Side): Lesson {
  const hunks = hunksOf(review, path);
  if (hunks.length === 0)
    throw new AppError('bad-usage', `expected a file that the change touches, found ${path}: --base names the change`);
  const hunk = hunks.find((one) => meets(side === 'before' ? one.before : one.after, from, to));
  if (hunk !== undefined) return lessonOf(review, hunk, side, within(side === 'before' ? hunk.before : hunk.after, from, to));
  const gap = hunks.find(({ after }) => after.lines === 0 && from - 1 <= after.start && after.start <= to);
  if (gap !== undefined && side === 'after') return wholeHunk(review, gap);
  throw new AppError(
    'bad-usage',
    `expected lines that the change touches, found ${path}:${from}-${to}, which it does not: --base names the change`,
  );
}

function hunksOf({ change }: Review, path: string): readonly Hunk[] {
  return splitHunks(fileChanges(change).filter((file) => file.path === path)).hunks;
}

function meets(span: LineSpan, from: number, to: number): boolean {
  return span.lines > 0 && span.start <= to && from < span.start + span.lines;
}

function within(span: LineSpan, from: number, to: number): Range {
  return wholeLines(Math.max(span.start, from), Math.min(span.start + span.lines - 1, to));
}

function wholeLines(from: number, to: number): Range {
  return { start: { line: from, character: 0 }, end: { line: to + 1, character: 0 } };
}

/** What was added, or what was removed where nothing was. */
function wholeHunk(review: Review, hunk: Hunk): Lesson {
  const side = hunk.after.lines > 0 ? 'after' : 'before';
  return lessonOf(review, hunk, side, within(hunk[side], 1, Number.MAX_SAFE_INTEGER));
}

function lessonOf({ change, assessment }: Review, hunk: Hunk, side: Side, range: Range, finding?: Finding): Lesson {
  return {
    hunk,
    side,
    range,
    before: textOf(change.before, hunk.previousPath ?? hunk.path),
    after: textOf(change.after, hunk.path),
    severity: finding === undefined || finding.severity === 'low' ? 'high' : finding.severity,
    family: finding?.family ?? 'safeguard',
    from: `${shortTree(assessment.before)}..${shortTree(assessment.after)}`,
  };
}

function textOf(tree: Tree, path: RepoPath): string | undefined {
  const content = tree.read(path);
  return content?.kind === 'text' ? content.text : undefined;
}
