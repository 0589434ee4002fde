import { compareSeverity } from '../../core/model/finding.ts';
import type { Gap } from '../../core/model/result.ts';
import { codeSpan, escapeMarkdown, inlineMessage } from './markdown.ts';
import { plural, shortFingerprint, shortTree } from './review-report.ts';
import { cutTo, fold, paint, printable, type Terminal } from './terminal.ts';
import type { VerificationReport } from './verification.ts';

/** The verdict for a person: PASS or FAIL first, then every gap with what closes it. */
export function renderVerificationText(report: VerificationReport, terminal: Terminal): string {
  const { result } = report;
  const verdict = result.passed ? paint(terminal, 'passed', 'PASS') : paint(terminal, 'critical', 'FAIL');
  const blocks = [
    [`${verdict}  ${verdictText(report)}`, paint(terminal, 'faint', `      ${shortTree(report.base)} to ${shortTree(report.head)}`)].join(
      '\n',
    ),
    ...bySeverity(result.gaps).map((gap) => renderGap(gap, terminal)),
    ...(result.covered.length === 0 ? [] : [renderCovered(report, terminal)]),
    ...(result.warnings.length === 0
      ? []
      : [result.warnings.flatMap((warning) => fold(`warning: ${printable(warning)}`, terminal.columns)).join('\n')]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The same verdict for a comment on a change. */
export function renderVerificationMarkdown(report: VerificationReport): string {
  const { result } = report;
  const gaps = bySeverity(result.gaps).map(
    (gap) =>
      `| ${gap.severity} | ${codeSpan(`${gap.path}:${gap.line}`)} | ${gap.rule} | ${gap.code} | ${inlineMessage(gap.message)} | ${codeSpan(gap.remedy)} |`,
  );
  return `${[
    `## Brakeline: ${result.passed ? 'PASS' : 'FAIL'}`,
    `${escapeMarkdown(verdictText(report))}, ${codeSpan(shortTree(report.base))} to ${codeSpan(shortTree(report.head))}.`,
    ...(gaps.length === 0
      ? []
      : [['| severity | where | rule | gap | what was found | what closes it |', '|---|---|---|---|---|---|', ...gaps].join('\n')]),
    ...result.warnings.map((warning) => `- warning: ${escapeMarkdown(warning)}`),
  ].join('\n\n')}\n`;
}

function verdictText({ result, nothingBetween }: VerificationReport): string {
  const covered = result.covered.length;
  if (result.passed && nothingBetween !== undefined)
    return `nothing between ${printable(nothingBetween.base)} and ${printable(nothingBetween.head)}`;
  if (!result.passed) return `${plural(result.gaps.length, 'gap')}${covered > 0 ? `, ${plural(covered, 'finding')} covered` : ''}`;
  return covered === 0 ? 'no finding asks for a person' : `${plural(covered, 'finding')} covered, none open`;
}

function renderGap(gap: Gap, terminal: Terminal): string {
  const place = cutTo(`${printable(gap.path)}:${gap.line}`, terminal.columns - gap.severity.length - gap.code.length - 4);
  // A file that could not be recomputed has neither rule nor fingerprint.
  const detail = [gap.rule, shortFingerprint(gap.fingerprint)].filter((part) => part !== '').join(' · ');
  return [
    `${paint(terminal, gap.severity, gap.severity)}  ${paint(terminal, 'strong', place)}  ${paint(terminal, 'medium', gap.code)}`,
    ...fold(printable(gap.message), terminal.columns - 2).map((line) => `  ${line}`),
    ...(detail === '' ? [] : [`  ${paint(terminal, 'faint', detail)}`]),
    ...fold(`to close it: ${printable(gap.remedy)}`, terminal.columns - 2).map((line) => `  ${line}`),
  ].join('\n');
}

function renderCovered({ result }: VerificationReport, terminal: Terminal): string {
  // Who answers for what is the point of the list: nothing of it is cut.
  const lines = result.covered.flatMap(({ fingerprint, path, by }) =>
    fold(`${printable(path)}  by ${by.map(printable).join(', ')}`, terminal.columns - 16).map(
      (line, index) => `  ${index === 0 ? shortFingerprint(fingerprint) : ' '.repeat(12)}  ${line}`,
    ),
  );
  return [paint(terminal, 'strong', 'Covered'), ...lines].join('\n');
}

function bySeverity(gaps: readonly Gap[]): readonly Gap[] {
  return [...gaps].sort(
    (a, b) => compareSeverity(b.severity, a.severity) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
}
