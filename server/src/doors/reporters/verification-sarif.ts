import type { RuleId } from '../../core/model/finding.ts';
import type { Gap, VerificationResult } from '../../core/model/result.ts';
import { VERSION } from '../../core/version.ts';
import { writeJson } from './json-text.ts';
import { ruleDescriptor, uriOf } from './sarif.ts';
import type { VerificationReport } from './verification.ts';

/**
 * The verdict as SARIF 2.1.0 (OASIS), lines of the new file. Every gap of a file is a result, what was covered is a result with an
 * accepted suppression, and what was signed as shipped unreviewed is a warning and no error. A gap of the change as a whole has no
 * file; a result without a place is refused by readers, so it is a notification, and `executionSuccessful` stays true: the run
 * itself did not fail.
 */
export function renderVerificationSarif({ result, base, head }: VerificationReport): string {
  const placed = result.gaps.filter(({ path }) => path !== '');
  const ids = [...new Set([...placed.map(ruleOf), ...result.covered.map(({ rule }) => rule)])].sort();
  const run = {
    tool: {
      driver: {
        name: 'Brakeline',
        semanticVersion: VERSION,
        informationUri: 'https://github.com/brakeline/brakeline',
        rules: ids.map((id) => (isRuleId(id) ? ruleDescriptor({ rule: id }) : { id })),
      },
    },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          ...result.gaps.filter(({ path }) => path === '').map((gap) => notification('error', `gap/${gap.code}`, gapText(gap))),
          ...result.warnings.map((warning) => notification('warning', 'warning', warning)),
        ],
      },
    ],
    results: [...placed.map((gap) => gapResult(gap, ids)), ...result.covered.map((one) => coveredResult(one, ids))],
    properties: { base, head, passed: result.passed },
  };
  const $schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
  return writeJson({ $schema, version: '2.1.0', runs: [run] });
}

/** A gap of a file as a whole is of no rule; it is named by its code. */
function ruleOf({ rule, code }: Gap): string {
  return rule === '' ? `verify/${code}` : rule;
}

/** What the rule says, what is missing, and what closes it: one text, for the readers show nothing else. */
export function gapText({ code, finding, message, remedy }: Gap): string {
  return [...(finding === undefined ? [] : [`${finding}.`]), `${code}: ${message}.`, `To close it: ${remedy}.`].join(' ');
}

function isRuleId(id: string): id is RuleId {
  return !id.startsWith('verify/');
}

function gapResult(gap: Gap, ids: readonly string[]): object {
  return {
    ruleId: ruleOf(gap),
    ruleIndex: ids.indexOf(ruleOf(gap)),
    level: gap.code === 'overridden' ? 'warning' : 'error',
    message: { text: gapText(gap) },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(gap.path) }, region: { startLine: gap.line } } }],
    partialFingerprints: { 'brakelineGap/v1': `${gap.fingerprint || gap.path}:${gap.code}` },
    properties: { code: gap.code, severity: gap.severity },
  };
}

/** Where a covered finding stands is not kept: its file is enough, for nobody has to act on it. */
function coveredResult({ fingerprint, rule, path, by }: VerificationResult['covered'][number], ids: readonly string[]): object {
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: 'note',
    message: { text: `Acknowledged by ${by.join(', ')}.` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(path) }, region: { startLine: 1 } } }],
    partialFingerprints: { 'brakelineFinding/v1': fingerprint },
    suppressions: [{ kind: 'external', status: 'accepted', justification: `acknowledged by ${by.join(', ')}` }],
  };
}

function notification(level: 'error' | 'warning', id: string, text: string): object {
  return { level, descriptor: { id }, message: { text } };
}
