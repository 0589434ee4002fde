import type { AssessedHunk } from '../../core/model/assessment.ts';
import type { Finding, Severity } from '../../core/model/finding.ts';
import type { BlindSpot } from '../../core/model/tree.ts';
import { placeOf } from '../../core/place.ts';
import { RULES } from '../../core/rules/index.ts';
import { BLIND_REASONS } from './blind-reasons.ts';
import { writeJson } from './json-text.ts';
import type { ReviewReport } from './review-report.ts';
import { explanationUrl } from './rule-page.ts';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

/**
 * SARIF 2.1.0 (OASIS). Regions are of the new file, lines and columns 1-based in UTF-16 units. A finding about removed text
 * stands at the line where the text was. What was acknowledged is a result with an accepted suppression, and what was not
 * analysed is a notification: neither is left out.
 */
export function renderSarif(report: ReviewReport): string {
  const { assessment } = report;
  const findings = assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => ({ hunk, finding })));
  const ids = [...new Set(findings.map(({ finding }) => finding.rule))].sort();
  const run = {
    tool: {
      driver: {
        name: 'Brakeline',
        semanticVersion: assessment.engine.version,
        informationUri: 'https://github.com/brakeline/brakeline',
        rules: ids.map((id) => ruleDescriptor(findings.find(({ finding }) => finding.rule === id)?.finding ?? { rule: id })),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: assessment.blindSpots.map(notification) }],
    results: findings.map(({ hunk, finding }) => result(hunk, finding, ids.indexOf(finding.rule), report.acknowledged.has(hunk.id))),
    properties: { base: assessment.before, head: assessment.after, score: assessment.score, ruleset: assessment.engine.ruleset },
  };
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [run],
  };
  return writeJson(log);
}

export function ruleDescriptor(named: Pick<Finding, 'rule' | 'url'>): object {
  const rule = RULES.find((known) => known.id === named.rule);
  return {
    id: named.rule,
    helpUri: explanationUrl(named),
    ...(rule === undefined ? {} : { shortDescription: { text: `${rule.title}.` }, defaultConfiguration: { level: LEVELS[rule.severity] } }),
  };
}

function result(hunk: AssessedHunk, finding: Finding, ruleIndex: number, acknowledged: boolean): object {
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: `${finding.message}.` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(hunk.path) }, region: regionOf(hunk, finding) } }],
    relatedLocations: finding.related.map((related) => ({
      physicalLocation: { artifactLocation: { uri: uriOf(related.path) }, region: { startLine: related.line } },
      message: { text: related.message },
    })),
    // Stable across moved lines and rewritten history; equal findings share it, as they share one acknowledgement each.
    partialFingerprints: { 'brakelineFinding/v1': finding.fingerprint },
    ...(acknowledged ? { suppressions: [{ kind: 'external', status: 'accepted', justification: 'acknowledged by a person' }] } : {}),
    properties: { severity: finding.severity, confidence: finding.confidence, hunk: hunk.id, side: finding.side },
  };
}

function regionOf(hunk: AssessedHunk, finding: Finding): object {
  const place = placeOf(hunk, finding);
  if (!place.exact) return { startLine: place.line };
  const { start, end } = finding.range;
  return { startLine: start.line, startColumn: start.character + 1, endLine: end.line, endColumn: end.character + 1 };
}

function notification(spot: BlindSpot): object {
  return {
    level: 'warning',
    descriptor: { id: `blind-spot/${spot.reason}` },
    message: { text: `Not analysed: ${BLIND_REASONS[spot.reason]}${spot.detail === undefined ? '' : ` (${spot.detail})`}.` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(spot.path) } } }],
  };
}

/** A relative URI reference (RFC 3986): each segment percent-encoded, the separators kept. */
export function uriOf(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

/** A lone surrogate cannot be encoded; it becomes the replacement character, as in any UTF-8 writer. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(Buffer.from(segment, 'utf8').toString('utf8'));
}
