import { compareSeverity } from '../../core/model/finding.ts';
import type { Gap } from '../../core/model/result.ts';
import { codeSpan, escapeMarkdown, inlineMessage } from './markdown.ts';
import { splitRemedy } from './remedy.ts';
import { plural, shortFingerprint, shortTree } from './review-report.ts';
import { cutTo, fold, foldAround, paint, printable, proseColumns, type Terminal } from './terminal.ts';
import type { VerificationReport } from './verification.ts';

/** The verdict for a person: PASS or FAIL first, then every gap with what closes it. */
export function renderVerificationText(report: VerificationReport, terminal: Terminal): string {
  const { result } = report;
  const verdict = result.passed ? paint(terminal, 'passed', 'PASS') : paint(terminal, 'critical', 'FAIL');
  const blocks = [
    [`${verdict}  ${verdictText(report)}`, paint(terminal, 'faint', `      ${shortTree(report.base)} to ${shortTree(report.head)}`)].join(
      '\n',
    ),
    ...joinGaps(bySeverity(result.gaps)).map((gaps) => renderGap(gaps, terminal)),
    ...(result.covered.length === 0 ? [] : [renderCovered(report, terminal)]),
    ...(result.warnings.length === 0
      ? []
      : [result.warnings.flatMap((warning) => foldAround(`warning: ${printable(warning)}`, proseColumns(terminal))).join('\n')]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The same verdict for a comment on a change. */
export function renderVerificationMarkdown(report: VerificationReport): string {
  const { result } = report;
  const gaps = bySeverity(result.gaps).map(
    (gap) =>
      `| ${gap.severity} | ${codeSpan(`${gap.path}:${gap.line}`)} | ${whatOf(gap)} | ${gap.code} | ${inlineMessage(gap.message)} | ${remedyCell(gap)} |`,
  );
  return `${[
    `## Brakeline: ${result.passed ? 'PASS' : 'FAIL'}`,
    `${escapeMarkdown(verdictText(report))}, ${codeSpan(shortTree(report.base))} to ${codeSpan(shortTree(report.head))}.`,
    ...(gaps.length === 0
      ? []
      : [['| severity | where | what | gap | what was found | what closes it |', '|---|---|---|---|---|---|', ...gaps].join('\n')]),
    ...(result.covered.length === 0 ? [] : ['### Covered', coveredTable(report)]),
    ...result.warnings.map((warning) => `- warning: ${escapeMarkdown(warning)}`),
  ].join('\n\n')}\n`;
}

function remedyCell({ remedy }: Gap): string {
  const { words, command } = splitRemedy(remedy);
  return [...(words === '' ? [] : [escapeMarkdown(words)]), ...(command === '' ? [] : [codeSpan(command)])].join(' ');
}

function whatOf({ rule, finding }: Gap): string {
  return finding === undefined ? rule : `${rule}: ${inlineMessage(finding)}`;
}

function coveredTable({ result }: VerificationReport): string {
  const rows = result.covered.map(({ fingerprint, rule, path, by, reasons }) => {
    const why = reasons.map((one) => `${by.length === 1 ? '' : `${escapeMarkdown(one.by)}: `}${escapeMarkdown(quoted(one.reason))}`);
    return `| ${codeSpan(shortFingerprint(fingerprint))} | ${codeSpan(path)} | ${rule} | ${by.map(escapeMarkdown).join(', ')} | ${why.join('<br>')} |`;
  });
  return ['| fingerprint | where | rule | by | why |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** A reason as its person wrote it, in one line. */
function quoted(reason: string): string {
  return `"${printable(reason.trim().replace(/\s+/g, ' '))}"`;
}

function verdictText({ result, nothingBetween }: VerificationReport): string {
  const covered = result.covered.length;
  if (result.passed && nothingBetween !== undefined)
    return `nothing between ${printable(nothingBetween.base)} and ${printable(nothingBetween.head)}`;
  if (!result.passed) return `${plural(result.gaps.length, 'gap')}${covered > 0 ? `, ${plural(covered, 'finding')} covered` : ''}`;
  return covered === 0 ? 'no finding asks for a person' : `${plural(covered, 'finding')} covered, none open`;
}

/** Gaps of one kind that one fingerprint stands for: what closes one of them closes all, so they are told as one. */
function joinGaps(gaps: readonly Gap[]): readonly (readonly [Gap, ...Gap[]])[] {
  const groups = new Map<string, [Gap, ...Gap[]]>();
  for (const gap of gaps) {
    const key = `${gap.fingerprint === '' ? groups.size : gap.fingerprint} ${gap.code} ${gap.remedy}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [gap]);
    else known.push(gap);
  }
  return [...groups.values()];
}

function renderGap(gaps: readonly [Gap, ...Gap[]], terminal: Terminal): string {
  const [gap] = gaps;
  const columns = proseColumns(terminal);
  const place = cutTo(`${printable(gap.path)}:${gap.line}`, columns - gap.severity.length - gap.code.length - 4);
  // A file that could not be recomputed has neither rule nor fingerprint.
  const detail = [gap.rule, shortFingerprint(gap.fingerprint), ...linesOf(gaps)].filter((part) => part !== '').join(' · ');
  const indented = (text: string): readonly string[] => foldAround(printable(text), columns - 2).map((line) => `  ${line}`);
  return [
    `${paint(terminal, gap.severity, gap.severity)}  ${paint(terminal, 'strong', place)}  ${paint(terminal, 'medium', gap.code)}`,
    ...[...new Set(gaps.flatMap(({ finding }) => finding ?? []))].flatMap(indented),
    ...(detail === '' ? [] : [`  ${paint(terminal, 'faint', detail)}`]),
    ...indented(gap.message),
    ...renderRemedy(gap.remedy, indented),
  ].join('\n');
}

/** How many findings a block is about, lines that its head does not name, and where in the base removed text stood. */
function linesOf(gaps: readonly [Gap, ...Gap[]]): readonly string[] {
  const lines = [...new Set(gaps.map(({ line }) => line))];
  const removed = [...new Set(gaps.flatMap(({ line, removedAt }) => (removedAt === undefined || removedAt === line ? [] : [removedAt])))];
  const name = (list: readonly number[]): string => `${list.length === 1 ? 'line' : 'lines'} ${list.join(', ')}`;
  return [
    ...(gaps.length > 1 ? [plural(gaps.length, 'finding')] : []),
    ...(lines.length > 1 ? [name(lines)] : []),
    ...(removed.length > 0 ? [`${name(removed)} of the base`] : []),
  ];
}

/** A command is one line, however narrow the terminal: whoever copies it must not copy a line end (golden/verify-fail-narrow). */
function renderRemedy(remedy: string, indented: (text: string) => readonly string[]): readonly string[] {
  const { words, command } = splitRemedy(remedy);
  if (words === '') return [`  to close it: ${printable(command)}`];
  return [...indented(`to close it: ${words}`), ...(command === '' ? [] : [`    ${printable(command)}`])];
}

function renderCovered({ result }: VerificationReport, terminal: Terminal): string {
  const columns = proseColumns(terminal);
  const indent = ' '.repeat(16);
  // Who answers for what is the point of the list: nothing of it is cut but a long reason, which JSON has whole.
  const lines = result.covered.flatMap(({ fingerprint, path, by, reasons }) => [
    ...fold(`${printable(path)}  by ${by.map(printable).join(', ')}`, columns - 16).map((line, index) =>
      (index === 0 ? `  ${shortFingerprint(fingerprint)}  ${line}` : `${indent}${line}`).trimEnd(),
    ),
    ...reasons.map((one) => {
      const whose = by.length === 1 ? '' : `${printable(one.by)}: `;
      return `${indent}${paint(terminal, 'faint', cutTo(`${whose}${quoted(one.reason)}`, columns - 16))}`;
    }),
  ]);
  return [paint(terminal, 'strong', 'Covered'), ...lines].join('\n');
}

function bySeverity(gaps: readonly Gap[]): readonly Gap[] {
  return [...gaps].sort(
    (a, b) => compareSeverity(b.severity, a.severity) || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line),
  );
}
