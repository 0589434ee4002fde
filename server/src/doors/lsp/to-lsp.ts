import {
  type CodeAction,
  type CodeLens,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type Hover,
  MarkupKind,
  type Range,
} from 'vscode-languageserver/node';
import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import { endLine, placeOf, startLine } from '../../core/place.ts';
import { COMMANDS, type HunkRef, type Settings } from '../../protocol.ts';
import { capped } from '../reporters/capped.ts';
import { foreignText } from '../reporters/foreign.ts';
import { isSamePlace, leadsOf } from '../reporters/leads.ts';
import { escapeMarkdown, inlineMessage } from '../reporters/markdown.ts';
import { plural } from '../reporters/review-report.ts';
import { explanationUrl } from '../reporters/rule-page.ts';
import { asksPerson, type FolderAnswer, reachOf, refOf, stateOf, widest } from './answer.ts';
import { toFile } from './places.ts';
import { toUri } from './uris.ts';

const MOST_RELATED = 10;
/** LSP: a character beyond the line's end means its end. */
const LINE_END = 2_147_483_647;

/** The quick fix that acknowledges; never preferred, so that no "fix all" and no save takes it. */
export const ACKNOWLEDGE_KIND = 'quickfix.brakeline.acknowledge';

/** Diagnostics of one document: one for each hunk and rule family that waits for a person (experience R4). */
export function toDiagnostics(answer: FolderAnswer, hunks: readonly AssessedHunk[], uri: string, settings: Settings): Diagnostic[] {
  return hunks
    .filter((hunk) => stateOf(answer, hunk).kind !== 'acknowledged')
    .flatMap((hunk) => byFamily(hunk.findings).map((findings) => toDiagnostic(answer, hunk, findings, uri, settings)));
}

function toDiagnostic(
  answer: FolderAnswer,
  hunk: AssessedHunk,
  findings: readonly [Finding, ...Finding[]],
  uri: string,
  settings: Settings,
): Diagnostic {
  const [first, ...others] = findings;
  const reach = reachOf(first);
  const more =
    others.length === 0
      ? ''
      : `; and ${plural(others.length, `more ${others.every(({ family }) => family === first.family) ? `${first.family} ` : ''}finding`)} here`;
  return {
    range: toRange(hunk, first),
    severity: toSeverity(first.severity, settings),
    source: 'brakeline',
    code: first.rule,
    codeDescription: { href: explanationUrl(first) },
    message: [first.message, `${first.severity}${reach === '' ? '' : ` · ${reach}`}${more}`].join('\n'),
    relatedInformation: toRelated(answer, hunk, findings, uri),
    data: refOf(uri, hunk),
  };
}

/** One group a family, the leads first; what another rule says of the very place that a group begins with is of that group too. */
function byFamily(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const groups: [Finding, ...Finding[]][] = [];
  for (const finding of leadsOf(findings).flatMap(({ finding: lead, also }) => [lead, ...also])) {
    const known = groups.find(([first]) => first.family === finding.family || isSamePlace(first, finding));
    if (known === undefined) groups.push([finding]);
    else known.push(finding);
  }
  return groups;
}

function toSeverity(severity: Severity, settings: Settings): DiagnosticSeverity {
  switch (severity) {
    case 'critical':
      return settings.criticalAsError ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
    case 'high':
      return DiagnosticSeverity.Warning;
    case 'medium':
      return DiagnosticSeverity.Information;
    case 'low':
      return DiagnosticSeverity.Hint;
  }
}

/** Model lines are from 1, LSP's from 0. A finding of the before side covers the line that stands in its place now. */
function toRange(hunk: AssessedHunk, finding: Finding): Range {
  if (finding.side === 'before') {
    const line = placeOf(hunk, finding).line - 1;
    return { start: { line, character: 0 }, end: { line, character: LINE_END } };
  }
  const { start, end } = finding.range;
  return { start: { line: start.line - 1, character: start.character }, end: { line: end.line - 1, character: end.character } };
}

function toRelated(
  answer: FolderAnswer,
  hunk: AssessedHunk,
  findings: readonly [Finding, ...Finding[]],
  uri: string,
): DiagnosticRelatedInformation[] {
  const [first, ...others] = findings;
  const also = others.map((finding) => related(uri, placeOf(hunk, finding).line, finding.message));
  const places = capped(first.related, MOST_RELATED).map((place) =>
    related(toUri(toFile(answer.places, place.path)), place.line, place.message),
  );
  const total = Math.max(first.related.length, first.blastRadius?.references ?? 0);
  const left = total - places.length;
  return [...also, ...places, ...(places.length > 0 && left > 0 ? [related(uri, placeOf(hunk, first).line, `and ${left} more`)] : [])];
}

function related(uri: string, line: number, message: string): DiagnosticRelatedInformation {
  return { location: { uri, range: lineRange(line - 1) }, message };
}

/** Three lenses on one line for a hunk that asks a person, none for a note. `lineOf` maps a 1-based line to where it stands now, from 0. */
export function toLenses(answer: FolderAnswer, hunks: readonly AssessedHunk[], uri: string, lineOf: (line: number) => number): CodeLens[] {
  return hunks
    .filter((hunk) => asksPerson(hunk.severity))
    .flatMap((hunk) => {
      const range = lineRange(lineOf(startLine(hunk)), 0);
      const ref = refOf(uri, hunk);
      const lens = (title: string, command: string): CodeLens => ({ range, command: { title, command, arguments: [ref] } });
      const state = stateOf(answer, hunk).kind;
      return [
        lens(lensTitle(hunk, state), state === 'acknowledged' ? COMMANDS.undo : COMMANDS.acknowledge),
        lens('Why', COMMANDS.explain),
        lens('Show change', COMMANDS.showChange),
      ];
    });
}

/** An editor swallows a plain space between a lens's icon and its first word. */
const GAP = '\u00a0';

function lensTitle(hunk: AssessedHunk, state: 'waiting' | 'acknowledged' | 'stale'): string {
  if (state === 'acknowledged') return `$(pass)${GAP}acknowledged · Undo`;
  if (state === 'stale') return `$(history)${GAP}stale: edited after it was acknowledged · Acknowledge again`;
  const reach = reachOf(widest(hunk));
  const icon = hunk.severity === 'medium' ? '$(info)' : '$(alert)';
  return [`${icon}${GAP}${hunk.severity}`, ...(reach === '' ? [] : [reach]), 'Acknowledge'].join(' · ');
}

/** What changed, why it is risky here, what can be done: three lines for each finding (experience R15). */
export function toHover(answer: FolderAnswer, hunk: AssessedHunk, uri: string): Hover {
  const argument = encodeURIComponent(JSON.stringify([refOf(uri, hunk)]));
  const link = (title: string, command: string): string => `[${title}](command:${command}?${argument})`;
  const state = stateOf(answer, hunk);
  const act =
    state.kind === 'acknowledged'
      ? [link('Undo', COMMANDS.undo)]
      : asksPerson(hunk.severity)
        ? [link('Acknowledge', COMMANDS.acknowledge)]
        : [];
  const impact = widest(hunk) === undefined ? [] : [link('Show impact', COMMANDS.showImpact)];
  const links = [link('Why', COMMANDS.explain), link('Show change', COMMANDS.showChange), ...impact, ...act].join(' · ');
  const lines = hunk.findings.slice(0, 3).map((finding) => `**${inlineMessage(finding.message)}**  \n${whyHere(finding)}`);
  const left = hunk.findings.length - lines.length;
  const said = state.kind === 'acknowledged' ? [`Acknowledged by ${escapeMarkdown(state.by)}`] : [];
  return {
    contents: { kind: MarkupKind.Markdown, value: [...lines, ...(left > 0 ? [`and ${left} more`] : []), ...said, links].join('\n\n') },
    range: { start: { line: startLine(hunk) - 1, character: 0 }, end: { line: endLine(hunk) - 1, character: LINE_END } },
  };
}

function whyHere(finding: Finding): string {
  const radius = finding.blastRadius;
  const reach = reachOf(finding);
  const found =
    radius === null
      ? 'dependents not computed'
      : reach === ''
        ? 'no dependents found'
        : `${reach}, by ${radius.method}${radius.tested === undefined ? `, ${plural(radius.tests, 'test file')} among them` : ''}`;
  const elsewhere = radius?.foreign === undefined ? [] : foreignText(radius.foreign).map(escapeMarkdown);
  return [finding.severity, `\`${finding.rule}\``, found, ...elsewhere].join(' · ');
}

/** The actions for a hunk, the same as its lenses: a screen reader reaches these and not the lenses (experience R23). */
export function toCodeActions(answer: FolderAnswer, hunk: AssessedHunk, uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const ref: HunkRef = refOf(uri, hunk);
  const action = (title: string, kind: string, command: string): CodeAction => ({
    title,
    kind,
    command: { title, command, arguments: [ref] },
    diagnostics: [...diagnostics],
  });
  const isAcknowledged = stateOf(answer, hunk).kind === 'acknowledged';
  const sign = isAcknowledged
    ? [action('Brakeline: undo the acknowledgement', 'quickfix.brakeline.undo', COMMANDS.undo)]
    : asksPerson(hunk.severity)
      ? [action('Brakeline: acknowledge this change', ACKNOWLEDGE_KIND, COMMANDS.acknowledge)]
      : [];
  return [
    ...sign,
    action('Brakeline: explain why this is flagged', 'quickfix.brakeline.explain', COMMANDS.explain),
    action('Brakeline: show the change', 'quickfix.brakeline.showChange', COMMANDS.showChange),
    ...(widest(hunk) === undefined ? [] : [action('Brakeline: show the impact', 'quickfix.brakeline.showImpact', COMMANDS.showImpact)]),
  ];
}

function lineRange(line: number, character = 0): Range {
  return { start: { line: Math.max(0, line), character }, end: { line: Math.max(0, line), character } };
}
