import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { BlastRadius, Dependent } from '../../core/model/radius.ts';
import { placeOf, startLine } from '../../core/place.ts';
import { renderBlindSpots } from './blind-spots-text.ts';
import { capped } from './capped.ts';
import { changedLines, type ShownLine } from './changed-lines.ts';
import { foreignPlaces, foreignText } from './foreign.ts';
import { type Joined, joinEqual, leadsOf, radiusOf } from './leads.ts';
import { reachLine } from './reach-line.ts';
import {
  byRisk,
  countBySeverity,
  plural,
  type ReviewReport,
  type Standing,
  shortFingerprint,
  shortTree,
  standingOf,
} from './review-report.ts';
import { breakAt, cutTo, displayWidth, fold, foldParts, paint, printable, proseColumns, type Terminal } from './terminal.ts';

/** Dependents that are listed under a finding; the count above them is always the whole. */
const LISTED_DEPENDENTS = 6;
/** Lines of equal findings that are listed; their number says how many there are. */
const LISTED_LINES = 6;

/** The review for a person at a terminal: what matters most first, what was not seen last, and one line that sums up. */
export function renderText(report: ReviewReport, terminal: Terminal): string {
  const { assessment } = report;
  const blocks = byRisk(assessment.hunks).map((hunk) => renderHunk(hunk, standingOf(report, hunk), terminal, detailsOf(report)));
  if (assessment.blindSpots.length > 0) blocks.push(renderBlindSpots(assessment.blindSpots, terminal));
  return `${[...blocks, renderSummary(report, terminal)].join('\n\n')}\n`;
}

export interface HunkDetails {
  /** Paths that the change touches (ReviewReport). */
  readonly touched?: ReadonlySet<string>;
  /** Places, as `src/cart.ts:12`, that are listed elsewhere. */
  readonly listed?: ReadonlySet<string>;
}

/** One hunk with its findings, changed lines and dependents. The same block that `brakeline ack` shows. */
export function renderHunk(hunk: AssessedHunk, standing: Standing, terminal: Terminal, details: HunkDetails = {}): string {
  const line = headLine(hunk);
  const columns = proseColumns(terminal);
  const note = standing === 'open' ? '' : `  ${standing}`;
  const place = cutTo(`${printable(hunk.path)}:${line}`, Math.max(20, columns - hunk.severity.length - 2 - displayWidth(note)));
  const renamed =
    hunk.previousPath === undefined ? [] : [paint(terminal, 'faint', `  was ${cutTo(printable(hunk.previousPath), columns - 6)}`)];
  return [
    `${paint(terminal, hunk.severity, hunk.severity)}  ${paint(terminal, 'strong', place)}${paint(terminal, standing === 'acknowledged' ? 'passed' : 'medium', note)}`,
    ...renamed,
    ...(standing === 'stale' ? ['  edited after it was acknowledged'] : []),
    ...joinEqual(leadsOf(hunk.findings)).flatMap((joined) => renderFinding(hunk, joined, terminal)),
    '',
    ...renderLines(changedLines(hunk), terminal),
    ...renderDependents(hunk, details, terminal),
  ].join('\n');
}

/** What a report knows of the change beside the hunk. */
export function detailsOf({ touched }: ReviewReport): HunkDetails {
  return touched === undefined ? {} : { touched };
}

/** `14 dependents in 9 files` (reach-line.ts). Empty where there are none. */
export function reachText(radius: BlastRadius): string {
  return radius.references === 0 ? '' : reachLine(radius);
}

/**
 * The parts of the line that sums up: `2 of 31 hunks flagged: 1 critical, 1 high`, `5 findings`, `1 acknowledged`, `score 71`. Findings
 * are told where they are not as many as the hunks; every reporter has as many (test/doors/reporters/totals.test.ts).
 */
export function summaryParts(report: ReviewReport): readonly string[] {
  const { assessment, acknowledged } = report;
  const of = plural(assessment.hunkCount, 'hunk');
  const flagged =
    assessment.hunks.length === 0
      ? `no rule saw a risk in ${of}`
      : `${assessment.hunks.length} of ${of} flagged: ${countBySeverity(assessment.hunks)}`;
  const covered = assessment.hunks.filter((hunk) => acknowledged.has(hunk.id)).length;
  const findings = assessment.hunks.reduce((sum, hunk) => sum + hunk.findings.length, 0);
  return [
    assessment.hunkCount === 0 ? 'no hunk to review' : flagged,
    ...(findings === assessment.hunks.length ? [] : [plural(findings, 'finding')]),
    ...(covered > 0 ? [`${covered} acknowledged`] : []),
    ...(report.stale.size > 0 ? [`${report.stale.size} stale`] : []),
    ...(assessment.blindSpots.length > 0 ? [`${assessment.blindSpots.length} not analysed`] : []),
    `score ${assessment.score}`,
  ];
}

function renderSummary(report: ReviewReport, terminal: Terminal): string {
  const { before, after, severity } = report.assessment;
  const trees = paint(terminal, 'faint', `${shortTree(before)} to ${shortTree(after)}`);
  const open = report.assessment.hunks.length > report.acknowledged.size;
  const lines = foldParts(summaryParts(report), proseColumns(terminal));
  const painted = lines.map((line) => paint(terminal, severity === 'none' || !open ? 'strong' : severity, line));
  return [...painted, trees].join('\n');
}

/** The line that a hunk's header names: that of the finding which weighs most. */
function headLine(hunk: AssessedHunk): number {
  const [first] = hunk.findings;
  return first === undefined ? startLine(hunk) : placeOf(hunk, first).line;
}

function renderFinding(hunk: AssessedHunk, { finding, findings, messages, also: others }: Joined, terminal: Terminal): readonly string[] {
  const width = proseColumns(terminal) - 2;
  const radius = radiusOf({ finding, also: [...findings, ...others] });
  const reach = radius === null ? '' : reachText(radius);
  const message = messages.flatMap(({ text, times }) =>
    fold(`${printable(text)}${times > 1 ? ` (${times} times)` : ''}`, width).map((line) => `  ${line}`),
  );
  const details = foldParts(
    [
      ...nameOf(hunk, finding),
      ...linesOf(hunk, findings),
      ...(finding.scope === '' ? [] : [`in ${printable(finding.scope)}`]),
      ...(reach === '' ? [] : [reach]),
      ...(radius?.foreign === undefined ? [] : foreignText(radius.foreign).map(printable)),
      ...(finding.confidence === 'high' ? [] : [`${finding.confidence} confidence`]),
    ],
    width,
  );
  const also = others.flatMap((other) => {
    const [name, ...rest] = nameOf(hunk, other);
    return foldParts([`also ${name}`, ...rest], width);
  });
  return [...message, ...[...details, ...also].map((line) => `  ${paint(terminal, 'faint', line)}`)];
}

/** `286c5193b6ed  money/bound-removed`, and the severity where it is not the hunk's. */
function nameOf(hunk: AssessedHunk, { fingerprint, rule, severity }: Finding): readonly [string, ...string[]] {
  return [`${shortFingerprint(fingerprint)}  ${rule}`, ...(severity === hunk.severity ? [] : [severity])];
}

/** Lines that the header does not name already. */
function linesOf(hunk: AssessedHunk, findings: readonly Finding[]): readonly string[] {
  const lines = [...new Set(findings.map((finding) => placeOf(hunk, finding).line))].sort((a, b) => a - b);
  if (lines.length === 1) return lines[0] === headLine(hunk) ? [] : [`line ${lines[0]}`];
  const shown = capped(lines, LISTED_LINES);
  const more = lines.length - shown.length;
  return [`lines ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

function renderLines(lines: readonly ShownLine[], terminal: Terminal): readonly string[] {
  const digits = Math.max(3, ...lines.map((line) => (line.kind === 'line' ? String(line.line).length : 0)));
  return lines.flatMap((line) => {
    if (line.kind === 'skipped') return paint(terminal, 'faint', `  ${' '.repeat(digits)} ⋮ ${plural(line.count, 'more changed line')}`);
    const gutter = paint(terminal, 'faint', `  ${String(line.line).padStart(digits)} `);
    const style = line.mark === '-' ? 'removed' : 'added';
    const text = printable(line.text).trimEnd();
    const columns = Math.max(20, proseColumns(terminal) - digits - 5);
    // Nobody signs what they were not shown: a line of code is folded and not cut (test/doors/cli/ack.test.ts).
    const parts = breakAt(text, columns);
    const shown = parts.slice(0, MOST_PARTS);
    const painted = shown.map((part, at) => {
      const code = `${at === 0 ? line.mark : ' '} ${part}`.trimEnd();
      return `${at === 0 ? gutter : ' '.repeat(digits + 3)}${line.flagged ? paint(terminal, style, code) : paint(terminal, 'faint', code)}`;
    });
    const left = parts.slice(MOST_PARTS).join('').length;
    return left === 0
      ? painted
      : [...painted, paint(terminal, 'medium', `${' '.repeat(digits + 5)}⋮ ${plural(left, 'more character')} of this line`)];
  });
}

/** Folded lines of one line of code: what is longer was made by a program, and what is left of it is told. */
const MOST_PARTS = 40;

/** Dependents are found in the base, so in a file that the change touches their lines are those of the base: that is said once. */
function renderDependents(
  { path: own, findings }: AssessedHunk,
  { touched = new Set(), listed = new Set() }: HunkDetails,
  terminal: Terminal,
): readonly string[] {
  const seen = new Set<string>(listed);
  const related = findings
    .flatMap((finding) => finding.related)
    .filter(({ path, line }) => !seen.has(`${path}:${line}`) && seen.add(`${path}:${line}`));
  const elsewhere = foreignPlaces(findings.flatMap(({ blastRadius }) => blastRadius?.foreign ?? [])).map(
    (place) => `  ${cutTo(printable(place), proseColumns(terminal) - 2)}`,
  );
  if (related.length === 0) return elsewhere.length === 0 ? [] : ['', ...elsewhere];
  const shown = capped(related, LISTED_DEPENDENTS);
  const rows = shown.map(({ path, line, message }) => cutTo(`  ${printable(path)}:${line}  ${printable(message)}`, proseColumns(terminal)));
  const places = new Set(shown.map(({ path, line }) => `${path}:${line}`));
  const isShown = ({ path, line }: Dependent): boolean => places.has(`${path}:${line}`);
  const radii = findings.flatMap(({ blastRadius }) => blastRadius ?? []);
  // Several uses on one line are one place; those that are listed elsewhere are counted there.
  const beyond =
    listed.size > 0
      ? []
      : radii.map(
          // A rule may count by a list of its own, and name no place in the radius.
          ({ references, dependents }) => references - (dependents.length === 0 ? shown.length : dependents.filter(isShown).length),
        );
  const more = Math.max(related.length - shown.length, ...beyond);
  const dependents = new Set(radii.flatMap((radius) => radius.dependents.map(({ path, line }) => `${path}:${line}`)));
  const isOfBase = shown.some(({ path, line }) => (path === own || touched.has(path)) && dependents.has(`${path}:${line}`));
  const last = [...(more > 0 ? [`and ${more} more`] : []), ...(isOfBase ? ['(lines of the base)'] : [])].join(' ');
  return ['', ...rows, ...(last === '' ? [] : [paint(terminal, 'faint', `  ${last}`)]), ...elsewhere];
}
