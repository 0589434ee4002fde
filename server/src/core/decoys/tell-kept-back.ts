import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import { byWeight, type JudgedFile } from '../judge-file.ts';
import { mayReadTwo } from '../judge-splits.ts';
import type { AssessedHunk } from '../model/assessment.ts';
import type { Change } from '../model/change.ts';
import type { Finding } from '../model/finding.ts';
import type { Hunk } from '../model/hunk.ts';
import type { BlindSpot } from '../model/tree.ts';
import type { Rule } from '../rules/define.ts';
import { counterpartScope, within } from '../rules/vocabulary/code/counterpart.ts';
import { scoreHunk } from '../score/score.ts';
import { type Decoy, decoysOf } from './find-decoys.ts';
import { lossesOf } from './losses.ts';
import { type WithoutDecoys, withoutDecoys } from './without-decoys.ts';

/** A change as if its decoys were not there, and which of its files lost something. */
export interface SecondReading extends WithoutDecoys {
  isAsked(file: FileAnalysis): boolean;
}

/** The judgement with what decoys kept back, and what could not be followed. */
export interface KeptBack {
  readonly judged: readonly JudgedFile[];
  readonly blindSpots: readonly BlindSpot[];
}

/** Rules of what may be lost: what a decoy may keep them from saying. */
export function mayBeKeptBack(rule: Rule): boolean {
  return (
    (mayReadTwo(rule) && /^(?:access|safeguard|concurrency|money|data|destroy|runtime)\//.test(rule.id)) ||
    rule.id === 'supply/remote-code-exec'
  );
}

/**
 * Judges a change again as if the functions that only seem to ask were not there, and adds what is told of the before side then: a guard
 * that was lost for good. What was told already is told once (fixtures `flags-decoy-*`).
 */
export function tellKeptBack(
  change: Change,
  analysed: AnalysedChange,
  judged: readonly JudgedFile[],
  judge: (reading: SecondReading) => readonly JudgedFile[],
): KeptBack {
  try {
    return keptBack(change, analysed, judged, judge);
  } catch (error) {
    const [first] = analysed.files;
    if (first === undefined) throw error;
    const said = error instanceof Error ? error.message : String(error);
    return { judged, blindSpots: [{ path: first.analysis.file.path, reason: 'rule-crashed', detail: `decoys: ${said}` }] };
  }
}

const keptBack: typeof tellKeptBack = (change, analysed, judged, judge) => {
  const { decoys, blindSpots } = decoysOf(analysed, change.after);
  if (decoys.length === 0) return { judged, blindSpots };
  const losses = lossesOf(analysed);
  const losers = new Set(losses.map(({ file }) => file.file.path));
  const again = judge({
    ...withoutDecoys(change, analysed, decoys),
    isAsked: ({ file, after }) => losers.has(file.path) || after?.language === 'shell',
  });
  const whole = judged.map((file, index) => {
    const analysis = analysed.files[index]?.analysis;
    const told = again[index];
    if (analysis === undefined || told === undefined || told.hunks.length === 0) return file;
    return withFindings(file, analysis, told, (finding) => isKeptBack(finding, analysis, decoys));
  });
  return { judged: whole, blindSpots };
};

/** It is about a function that none of the decoys stops. */
function isKeptBack({ side, scope }: Finding, file: FileAnalysis, decoys: readonly Decoy[]): boolean {
  if (side !== 'before') return false;
  const now = counterpartScope(file, scope);
  return !decoys.some(({ stops }) => stops({ file, scope: now ?? scope }));
}

function withFindings(file: JudgedFile, { hunks }: FileAnalysis, again: JudgedFile, isWanted: (finding: Finding) => boolean): JudgedFile {
  const known = file.hunks.flatMap(({ findings }) => findings);
  const isTold = ({ rule, scope, range }: Finding): boolean =>
    known.some((other) => other.rule === rule && (within(other.scope, scope) || other.range.start.line === range.start.line));
  const fresh = new Map(
    again.hunks.map((hunk) => [placeOf(hunk), hunk.findings.filter((finding) => isWanted(finding) && !isTold(finding))]),
  );
  const before = new Map(file.hunks.map((hunk) => [placeOf(hunk), hunk]));
  const all = hunks.flatMap((hunk): readonly AssessedHunk[] => {
    const place = placeOf(hunk);
    const own = before.get(place);
    const more = fresh.get(place) ?? [];
    const shape = own ?? again.hunks.find((other) => placeOf(other) === place);
    if (shape === undefined || (own === undefined && more.length === 0)) return [];
    if (more.length === 0) return own === undefined ? [] : [own];
    const findings = [...(own?.findings ?? []), ...more].sort(byWeight);
    return [{ ...shape, findings, severity: findings[0]?.severity ?? shape.severity, score: scoreHunk(findings) }];
  });
  return { ...file, hunks: all };
}

function placeOf({ before, after }: Hunk): string {
  return `${before.start},${before.lines} ${after.start},${after.lines}`;
}
