import type { FileAnalysis } from './facts/analyse-file.ts';
import { readFacts } from './facts/read-facts.ts';
import type { Residue } from './facts/residue.ts';
import { pairRegion } from './hunks/pair-region.ts';
import type { Suppression } from './model/facts.ts';
import { compareSeverity, type Finding, type Severity } from './model/finding.ts';
import type { Hunk, LineSpan } from './model/hunk.ts';
import type { Tree } from './model/tree.ts';
import suppressionAdded, { NEVER_SUPPRESSED } from './rules/safeguard/suppression-added.ts';
import { splitLines } from './split-lines.ts';

/**
 * The suppressions that a change added, by the hunk they are asked about in. One whose line stayed, while a text around it
 * became code, is about no changed line and goes to the hunk of its code, else to the first: it must not pass unseen. One that
 * stood in the base at the line which its own line of code replaces was acknowledged there, and is none.
 */
export function addedSuppressions(analysis: FileAnalysis, { added }: Residue): ReadonlyMap<Hunk, readonly Suppression[]> {
  const dealt = new Map<Hunk, Suppression[]>();
  for (const suppression of added.suppressions) {
    const hunk = hunkAt(analysis, suppression.range.start.line) ?? hunkAt(analysis, suppression.about) ?? analysis.hunks[0];
    if (hunk === undefined || stayed(analysis, suppression)) continue;
    dealt.set(hunk, [...(dealt.get(hunk) ?? []), suppression]);
  }
  return dealt;
}

/** A suppression weighs what the findings weigh that it is about, where its hunk has any. */
export function weighSuppressions(findings: readonly Finding[], suppressions: readonly Suppression[]): readonly Finding[] {
  return findings.map((finding) => {
    const own = suppressions.find(({ range }) => finding.rule === suppressionAdded.id && range === finding.range);
    if (own === undefined || own.reason === '') return finding;
    const meant = findings.filter((other) => other.rule === own.rule && (other.side === 'before' || other.range.start.line === own.about));
    const [first] = meant.map(({ severity }) => severity).sort((a, b) => compareSeverity(b, a));
    return first === undefined ? finding : { ...finding, severity: first };
  });
}

/**
 * Makes a note of a finding that the base already suppresses on the very line that is edited. It takes all of: the remark in the
 * base with a reason, still there after the change, and still in the tree whose rules hold (`trusted`); and a finding whose lines
 * replace the line of code that the remark was about. A line that is new beside it is another line. So the head can never lower
 * anything by itself (test/suppressions/trust.test.ts).
 */
export function noteSuppressed(finding: Finding, { hunk, analysis, trusted, least }: Suppressing): Finding {
  if (compareSeverity(finding.severity, least) <= 0 || NEVER_SUPPRESSED.includes(finding.rule)) return finding;
  const heeded = (analysis.before?.suppressions ?? []).find(
    (one) =>
      one.certain &&
      one.reason !== '' &&
      one.rule === finding.rule &&
      isReplaced(one, hunk, finding.region.removed) &&
      isSameDanger(finding, finding.region.removed) &&
      (analysis.after?.suppressions ?? []).some((kept) => kept.rule === one.rule && kept.reason === one.reason) &&
      isTrusted(one, analysis, trusted),
  );
  if (heeded === undefined) return finding;
  const place = { path: hunk.path, line: heeded.range.start.line, message: `suppressed: ${heeded.reason}` };
  return { ...finding, severity: least, related: [place, ...finding.related] };
}

export interface Suppressing {
  readonly hunk: Hunk;
  readonly analysis: FileAnalysis;
  /** The tree whose rules hold; the before side itself where undefined. */
  readonly trusted: Tree | undefined;
  /** What the policy gives findings of this path at least. */
  readonly least: Severity;
}

/**
 * What the finding names stood on the old line too. A remark that was weighed for one table, folder or variable says nothing of
 * another that takes its place (test/suppressions/trust.test.ts).
 */
function isSameDanger({ message, side }: Finding, old: string): boolean {
  if (side === 'before') return true;
  const named = [...message.matchAll(/`([^`]*)`/g)].flatMap(
    ([, text = '']) => text.replace(/(?<![\w$-])[\w$-]*…/, '').match(/[A-Za-z_$][\w$-]*/g) ?? [],
  );
  const words = new Set((old.match(/[A-Za-z_$][\w$-]*/g) ?? []).map((word) => word.toLowerCase()));
  return named.every((word) => words.has(word.toLowerCase()));
}

function isReplaced({ about }: Suppression, { before, removed }: Hunk, region: string): boolean {
  if (about < before.start || before.start + before.lines <= about) return false;
  const line = removed[about - before.start];
  return line !== undefined && line.trim() !== '' && splitLines(region).includes(line);
}

function stayed({ hunks, before, after }: FileAnalysis, suppression: Suppression): boolean {
  const hunk = hunks.find((one) => meets(one.after, suppression.about));
  if (hunk === undefined || after === undefined) return false;
  const { removed } = pairRegion(hunk, 'after', { start: suppression.about, end: suppression.about });
  return (before?.suppressions ?? []).some(
    (old) =>
      old.certain &&
      suppression.certain &&
      old.rule === suppression.rule &&
      old.reason === suppression.reason &&
      isReplaced(old, hunk, removed),
  );
}

/** What the base has taken back since quiets nothing, though the branch left before. */
function isTrusted(one: Suppression, { file }: FileAnalysis, trusted: Tree | undefined): boolean {
  if (trusted === undefined) return true;
  const path = file.previousPath ?? file.path;
  const content = trusted.read(path);
  if (content?.kind !== 'text') return false;
  if (file.before?.kind === 'text' && file.before.text === content.text) return true;
  return (readFacts(path, content.text)?.suppressions ?? []).some((other) => other.certain && other.key === one.key);
}

function hunkAt({ hunks }: FileAnalysis, line: number): Hunk | undefined {
  return hunks.find(({ after }) => meets(after, line));
}

function meets(span: LineSpan, line: number): boolean {
  return span.lines > 0 && span.start <= line && line < span.start + span.lines;
}
