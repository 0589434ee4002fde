import type { AssessedHunk, Assessment } from '../../core/model/assessment.ts';
import type { Origin } from '../../core/model/change.ts';
import type { Finding, RelatedLocation } from '../../core/model/finding.ts';
import type { LineSpan } from '../../core/model/hunk.ts';
import type { BlastRadius } from '../../core/model/radius.ts';
import type { Range } from '../../core/model/range.ts';
import { foreignJson } from './foreign.ts';
import { writeJson } from './json-text.ts';
import type { ReviewReport } from './review-report.ts';

/**
 * The contract for scripts, schema version 1 (docs/cli.md). Written by hand, field by field: a field that the model gains
 * does not reach scripts by accident (test/doors/reporters/json.test.ts). Lines are 1-based, characters 0-based UTF-16.
 */
export function renderJson(report: ReviewReport): string {
  const { assessment } = report;
  const document = {
    schemaVersion: 1,
    base: assessment.before,
    head: assessment.after,
    score: assessment.score,
    severity: assessment.severity,
    hunkCount: assessment.hunkCount,
    hunks: assessment.hunks.map((hunk) => hunkJson(hunk, report.acknowledged.has(hunk.id))),
    blindSpots: assessment.blindSpots.map((spot) => ({ path: spot.path, reason: spot.reason })),
    engine: engineJson(assessment),
    policy: { digest: assessment.policyDigest },
  };
  return writeJson(document);
}

function hunkJson(hunk: AssessedHunk, acknowledged: boolean): object {
  return {
    id: hunk.id,
    path: hunk.path,
    ...(hunk.previousPath === undefined ? {} : { previousPath: hunk.previousPath }),
    before: spanJson(hunk.before),
    after: spanJson(hunk.after),
    severity: hunk.severity,
    score: hunk.score,
    acknowledged,
    origin: originJson(hunk.origin),
    findings: hunk.findings.map(findingJson),
  };
}

function findingJson(finding: Finding): object {
  return {
    rule: finding.rule,
    family: finding.family,
    severity: finding.severity,
    confidence: finding.confidence,
    fingerprint: finding.fingerprint,
    message: finding.message,
    side: finding.side,
    range: rangeJson(finding.range),
    related: finding.related.map(relatedJson),
    blastRadius: finding.blastRadius === null ? null : radiusJson(finding.blastRadius),
  };
}

function radiusJson(radius: BlastRadius): object {
  return {
    references: radius.references,
    files: radius.files,
    transitiveFiles: radius.transitiveFiles,
    packages: radius.packages,
    tests: radius.tests,
    exported: radius.exported,
    method: radius.method,
    atMost: radius.atMost,
    ...(radius.foreign === undefined ? {} : { foreign: foreignJson(radius.foreign) }),
  };
}

function relatedJson(related: RelatedLocation): object {
  return { path: related.path, line: related.line, message: related.message };
}

function rangeJson({ start, end }: Range): object {
  return { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
}

function spanJson(span: LineSpan): object {
  return { start: span.start, lines: span.lines };
}

function originJson(origin: Origin): object {
  return { kind: origin.kind, evidence: origin.evidence, ...(origin.tool === undefined ? {} : { tool: origin.tool }) };
}

function engineJson({ engine }: Assessment): object {
  return { name: engine.name, version: engine.version, ruleset: engine.ruleset };
}
