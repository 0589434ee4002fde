import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding } from '../../core/model/finding.ts';
import { placeOf } from '../../core/place.ts';
import { BLIND_REASONS } from './blind-reasons.ts';
import { capped } from './capped.ts';
import { changedLines } from './changed-lines.ts';
import { foreignText } from './foreign.ts';
import { type Joined, joinEqual, leadsOf, radiusOf } from './leads.ts';
import { byRisk, type ReviewReport, shortFingerprint, standingOf } from './review-report.ts';
import { explanationUrl } from './rule-page.ts';
import { printable } from './terminal.ts';
import { reachText, summaryParts } from './text.ts';

/** Lines of one fingerprint that are listed; how often a thing is said is told beside it. */
const LISTED_LINES = 6;
/** Blind spots that are listed one by one. */
const LISTED_SPOTS = 20;

/** The review for a comment on a change: a table of what a person must look at, the lines below it, and what was not seen. */
export function renderMarkdown(report: ReviewReport): string {
  const { assessment } = report;
  const hunks = byRisk(assessment.hunks);
  return `${[
    '## Brakeline review',
    `${sentence(summaryParts(report).join(' · '))}`,
    ...(hunks.length === 0 ? [] : [table(hunks, report)]),
    ...hunks.filter((hunk) => !report.acknowledged.has(hunk.id)).map(details),
    ...blindSpots(report),
  ].join('\n\n')}\n`;
}

/** One hunk with its findings, for an explanation. */
export function renderHunkMarkdown(hunk: AssessedHunk): string {
  const findings = hunk.findings.map(
    ({ severity, message, rule, fingerprint }) =>
      `- **${severity}** ${inlineMessage(message)} (${rule}, ${codeSpan(shortFingerprint(fingerprint))})`,
  );
  return `${[codeSpan(hunk.path), findings.join('\n'), diffBlock(hunk)].join('\n\n')}\n`;
}

/** Text of a repository inside a Markdown line: no marks, tags or line breaks of its own take effect. */
export function escapeMarkdown(text: string): string {
  return printable(text).replace(/[\\`*_{}[\]<>#|~!&@]/g, (character) => (character === '@' ? '@\u200b' : `\\${character}`));
}

/** A rule's message: what it set in back-ticks stays code, the rest is plain text. */
export function inlineMessage(message: string): string {
  const parts = message.split('`');
  if (parts.length % 2 === 0) return escapeMarkdown(message);
  return parts.map((part, index) => (index % 2 === 0 ? escapeMarkdown(part) : part === '' ? '' : codeSpan(part))).join('');
}

/** Text as a code span that holds whatever back-ticks it has (CommonMark 6.1). */
export function codeSpan(text: string): string {
  const safe = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${safe}${fence}` : `${fence} ${safe} ${fence}`;
}

function table(hunks: readonly AssessedHunk[], report: ReviewReport): string {
  const rows = hunks.flatMap((hunk) => joinEqual(leadsOf(hunk.findings)).map((joined) => row(hunk, joined, report)));
  return ['| severity | where | what | reach | fingerprint | |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function row(hunk: AssessedHunk, { finding, findings, messages, also }: Joined, report: ReviewReport): string {
  const radius = radiusOf({ finding, also: [...findings, ...also] });
  const elsewhere = radius?.foreign === undefined ? [] : foreignText(radius.foreign).map(inlineMessage);
  const reach = [radius === null ? '' : reachText(radius), ...elsewhere].filter((part) => part !== '').join('<br>');
  const lines = capped([...new Set(findings.map((one) => placeOf(hunk, one).line))], LISTED_LINES);
  const where = [codeSpan(`${hunk.path}:${lines[0]}`), ...lines.slice(1)].join(', ');
  const said = [
    ...messages.map(
      ({ text, times }, index) =>
        `${index === 0 ? `${ruleLink(finding)}: ` : ''}${inlineMessage(text)}${times > 1 ? ` (${times} times)` : ''}`,
    ),
    ...also.map((other) => `also ${ruleLink(other)}${other.severity === finding.severity ? '' : ` (${other.severity})`}`),
  ];
  const fingerprints = [finding, ...also].map((one) => codeSpan(shortFingerprint(one.fingerprint)));
  return `| ${finding.severity} | ${where} | ${said.join('<br>')} | ${reach} | ${fingerprints.join('<br>')} | ${standingOf(report, hunk)} |`;
}

function ruleLink(finding: Finding): string {
  return `[${finding.rule}](${explanationUrl(finding)})`;
}

function details(hunk: AssessedHunk): string {
  return `<details><summary>${escapeHtml(hunk.path)}</summary>\n\n${diffBlock(hunk)}\n\n</details>`;
}

/** A fence that no line of the code can close. */
function diffBlock(hunk: AssessedHunk): string {
  const lines = changedLines(hunk).map((line) =>
    line.kind === 'skipped' ? `  (${line.count} more changed lines)` : `${line.mark}${printable(line.text)}`,
  );
  const longest = Math.max(2, ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${lines.join('\n')}\n${fence}`;
}

function blindSpots(report: ReviewReport): readonly string[] {
  const spots = report.assessment.blindSpots;
  if (spots.length === 0) return [];
  const listed = spots.slice(0, LISTED_SPOTS).map((spot) => `- ${codeSpan(spot.path)}: ${BLIND_REASONS[spot.reason]}`);
  const more = spots.length - listed.length;
  return ['### Not analysed', [...listed, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n')];
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function escapeHtml(text: string): string {
  return printable(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
