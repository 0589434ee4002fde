import { digestParts } from '../../core/identity.ts';
import type { Gap } from '../../core/model/result.ts';
import { GITLAB_SEVERITIES } from './gitlab.ts';
import { writeJson } from './json-text.ts';
import type { VerificationReport } from './verification.ts';
import { gapText } from './verification-sarif.ts';

/**
 * The gaps as a GitLab Code Quality report. What is covered is left out: the widget knows no state but "there" and "gone". A gap
 * of the change as a whole stands at line 1 of the policy, because an entry without a file is refused.
 */
export function renderVerificationGitlab({ result }: VerificationReport): string {
  const seen = new Map<string, number>();
  return writeJson(result.gaps.map((gap) => entry(gap, seen)));
}

function entry(gap: Gap, seen: Map<string, number>): object {
  const key = `${gap.fingerprint}\n${gap.path}\n${gap.code}`;
  const twin = seen.get(key) ?? 0;
  seen.set(key, twin + 1);
  return {
    description: gapText(gap),
    check_name: gap.rule === '' ? `verify/${gap.code}` : gap.rule,
    // GitLab merges entries of one fingerprint: several gaps of one finding, and equal findings, need one each.
    fingerprint: digestParts([gap.fingerprint, gap.path, gap.code, String(twin)]),
    severity: GITLAB_SEVERITIES[gap.severity],
    location: { path: gap.path === '' ? '.brakeline/policy.yaml' : gap.path, lines: { begin: gap.line } },
  };
}
