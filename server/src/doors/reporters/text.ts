import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { BlastRadius } from '../../core/model/radius.ts';
import type { BlindSpot } from '../../core/model/tree.ts';
import { BLIND_REASONS } from './blind-reasons.ts';
import { changedLines, type ShownLine } from './changed-lines.ts';
import { alsoText, type Lead, leadsOf } from './leads.ts';
import { placeOf } from './place.ts';
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
import { cutTo, displayWidth, fold, foldParts, paint, printable, type Terminal } from './terminal.ts';

/** Dependents that are listed under a finding; the count above them is always the whole. */
const LISTED_DEPENDENTS = 4;
/** Paths that are listed for one reason of a blind spot. */
const LISTED_PATHS = 6;

/** The review for a person at a terminal: what matters most first, what was not seen last, and one line that sums up. */
export function renderText(report: ReviewReport, terminal: Terminal): string {
  const { assessment } = report;
  const blocks = byRisk(assessment.hunks).map((hunk) => renderHunk(hunk, standingOf(report, hunk), terminal, report.touched));
  if (assessment.blindSpots.length > 0) blocks.push(renderBlindSpots(assessment.blindSpots, terminal));
  return `${[...blocks, renderSummary(report, terminal)].join('\n\n')}\n`;
}

/** One hunk with its findings, changed lines and dependents. The same block that `brakeline ack` shows. */
export function renderHunk(hunk: AssessedHunk, standing: Standing, terminal: Terminal, touched: ReadonlySet<string> = new Set()): string {
  const first = hunk.findings[0];
  const line = first === undefined ? Math.max(1, hunk.after.start) : placeOf(hunk, first).line;
  const note = standing === 'open' ? '' : `  ${standing}`;
  const place = cutTo(`${printable(hunk.path)}:${line}`, Math.max(20, terminal.columns - hunk.severity.length - 2 - displayWidth(note)));
  const renamed =
    hunk.previousPath === undefined ? [] : [paint(terminal, 'faint', `  was ${cutTo(printable(hunk.previousPath), terminal.columns - 6)}`)];
  return [
    `${paint(terminal, hunk.severity, hunk.severity)}  ${paint(terminal, 'strong', place)}${paint(terminal, standing === 'acknowledged' ? 'passed' : 'medium', note)}`,
    ...renamed,
    ...(standing === 'stale' ? ['  edited after it was acknowledged'] : []),
    ...twins(leadsOf(hunk.findings)).flatMap(({ lead, count }) => renderFinding(lead, count, terminal)),
    '',
    ...renderLines(changedLines(hunk), terminal),
    ...renderDependents(hunk, touched, terminal),
  ].join('\n');
}

/** `14 dependents in 9 files`, with `at most` where the count is an upper bound. Empty where no other file is reached. */
export function reachText(radius: BlastRadius): string {
  if (radius.files === 0) return '';
  return `${radius.atMost ? 'at most ' : ''}${plural(radius.references, 'dependent')} in ${plural(radius.files, 'file')}`;
}

/** The parts of the line that sums up: `2 of 31 hunks flagged: 1 critical, 1 high`, `1 acknowledged`, `score 71`. */
export function summaryParts(report: ReviewReport): readonly string[] {
  const { assessment, acknowledged } = report;
  const of = plural(assessment.hunkCount, 'hunk');
  const flagged =
    assessment.hunks.length === 0
      ? `no rule saw a risk in ${of}`
      : `${assessment.hunks.length} of ${of} flagged: ${countBySeverity(assessment.hunks)}`;
  const covered = assessment.hunks.filter((hunk) => acknowledged.has(hunk.id)).length;
  return [
    assessment.hunkCount === 0 ? 'no hunk to review' : flagged,
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
  const lines = foldParts(summaryParts(report), terminal.columns);
  const painted = lines.map((line) => paint(terminal, severity === 'none' || !open ? 'strong' : severity, line));
  return [...painted, trees].join('\n');
}

function renderFinding({ finding, also }: Lead, count: number, terminal: Terminal): readonly string[] {
  const width = terminal.columns - 2;
  const reach = finding.blastRadius === null ? '' : reachText(finding.blastRadius);
  const message = fold(`${printable(finding.message)}${count > 1 ? ` (${count} times)` : ''}`, width).map((line) => `  ${line}`);
  const details = foldParts(
    [
      `${shortFingerprint(finding.fingerprint)}  ${finding.rule}`,
      ...(finding.scope === '' ? [] : [`in ${printable(finding.scope)}`]),
      ...(reach === '' ? [] : [reach]),
      ...(finding.confidence === 'high' ? [] : [`${finding.confidence} confidence`]),
      ...(also.length === 0 ? [] : [alsoText(also)]),
    ],
    width,
  );
  return [...message, ...details.map((line) => `  ${paint(terminal, 'faint', line)}`)];
}

/** Equal findings of a hunk are told once with their number. */
function twins(leads: readonly Lead[]): readonly { readonly lead: Lead; readonly count: number }[] {
  const isTwin = (one: Lead, other: Lead): boolean => one.finding.fingerprint === other.finding.fingerprint;
  const first = leads.filter((lead, index) => leads.findIndex((other) => isTwin(lead, other)) === index);
  return first.map((lead) => ({ lead, count: leads.filter((other) => isTwin(lead, other)).length }));
}

function renderLines(lines: readonly ShownLine[], terminal: Terminal): readonly string[] {
  const digits = Math.max(3, ...lines.map((line) => (line.kind === 'line' ? String(line.line).length : 0)));
  return lines.map((line) => {
    if (line.kind === 'skipped') return paint(terminal, 'faint', `  ${' '.repeat(digits)} ⋮ ${plural(line.count, 'more changed line')}`);
    const gutter = paint(terminal, 'faint', `  ${String(line.line).padStart(digits)} `);
    const code = cutTo(`${line.mark} ${printable(line.text)}`.trimEnd(), terminal.columns - digits - 3);
    const style = line.mark === '-' ? 'removed' : 'added';
    return `${gutter}${line.flagged ? paint(terminal, style, code) : paint(terminal, 'faint', code)}`;
  });
}

/** Dependents are found in the base, so in a file that the change touches their lines are those of the base: that is said once. */
function renderDependents({ path: own, findings }: AssessedHunk, touched: ReadonlySet<string>, terminal: Terminal): readonly string[] {
  const seen = new Set<string>();
  const related = findings
    .flatMap((finding) => finding.related)
    .filter(({ path, line }) => !seen.has(`${path}:${line}`) && seen.add(`${path}:${line}`));
  if (related.length === 0) return [];
  const shown = related
    .slice(0, LISTED_DEPENDENTS)
    .map(({ path, line, message }) => `  ${cutTo(`${printable(path)}:${line}  ${printable(message)}`, terminal.columns - 2)}`);
  const counted = Math.max(related.length, ...findings.map((finding) => finding.blastRadius?.references ?? 0));
  const more = counted - shown.length;
  const dependents = new Set(
    findings.flatMap((finding) => (finding.blastRadius?.dependents ?? []).map(({ path, line }) => `${path}:${line}`)),
  );
  const isOfBase = related
    .slice(0, LISTED_DEPENDENTS)
    .some(({ path, line }) => (path === own || touched.has(path)) && dependents.has(`${path}:${line}`));
  const last = [...(more > 0 ? [`and ${more} more`] : []), ...(isOfBase ? ['(lines of the base)'] : [])].join(' ');
  return ['', ...shown, ...(last === '' ? [] : [paint(terminal, 'faint', `  ${last}`)])];
}

/** One line a reason, because a person acts on reasons; scripts have every path in the JSON. */
function renderBlindSpots(spots: readonly BlindSpot[], terminal: Terminal): string {
  const reasons = [...new Set(spots.map((spot) => spot.reason))].sort();
  const lines = reasons.flatMap((reason) => {
    const of = spots.filter((spot) => spot.reason === reason);
    const paths = of
      .slice(0, LISTED_PATHS)
      .map((spot) => `${printable(spot.path)}${spot.detail === undefined ? '' : ` (${printable(spot.detail)})`}`);
    const more = of.length - paths.length;
    const list = [...paths, ...(more > 0 ? [`and ${more} more`] : [])].map((path) => `    ${cutTo(path, terminal.columns - 4)}`);
    return [`  ${paint(terminal, 'medium', reason)}  ${cutTo(BLIND_REASONS[reason], terminal.columns - reason.length - 4)}`, ...list];
  });
  return [paint(terminal, 'strong', 'Not analysed'), ...lines].join('\n');
}
