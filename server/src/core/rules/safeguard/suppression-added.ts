import type { Suppression } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';

/**
 * ## What it sees
 * A new comment `brakeline-ignore family/construct: reason`, or one whose rule, reason or line of code changed. It weighs what
 * the finding weighs that it is about, and what the rule weighs where there is no such finding. A remark without a reason, of a
 * rule that does not exist, or of one that cannot be suppressed is a finding of medium severity.
 *
 * ## Why it matters
 * A remark in the code is the cheapest way to silence a check, and whoever writes the code can write it. Here it silences
 * nothing in the change that brings it: the finding stands beside it, and both are acknowledged by a person. Once it is part of
 * the base, an edit of its line is a note.
 *
 * ## When it is fine
 * The risk was looked at, the reason says why it is none here, and the line will be edited again.
 *
 * ## What it misses
 * A remark inside a text of another language, as a shell comment in a workflow's `run:`, is part of that text and no suppression.
 * A line of a docstring that begins like a comment counts as one.
 */
export default defineRule({
  id: 'safeguard/suppression-added',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Asks to leave a finding alone from now on',
  reads: ['suppressions'],
  evidence: [
    {
      title: 'OWASP AISVS: approvals must be verifiable outside the path of whoever is approved',
      url: 'https://owasp.org/www-project-artificial-intelligence-security-verification-standard-aisvs-docs/',
    },
  ],
  *check({ added, severityOf }) {
    for (const suppression of added.suppressions) {
      const fault = faultOf(suppression, severityOf(suppression.rule) !== undefined);
      yield draftOf(suppression, fault, severityOf(suppression.rule));
    }
  },
});

/** Rules by which the review itself is watched: no remark quiets them. */
export const NEVER_SUPPRESSED: readonly string[] = ['safeguard/suppression-added', 'safeguard/review-policy-changed'];

function faultOf({ rule, reason }: Suppression, isKnown: boolean): string | undefined {
  if (rule === '') return 'a suppression names no rule (`family/construct: reason`)';
  if (NEVER_SUPPRESSED.includes(rule)) return `${quote(rule)} cannot be suppressed`;
  if (!isKnown) return `a suppression of ${quote(rule)}, which is no rule`;
  return reason === '' ? `${quote(rule)} is suppressed without a reason` : undefined;
}

function draftOf({ rule, reason, range }: Suppression, fault: string | undefined, severity: FindingDraft['severity']): FindingDraft {
  const message = fitMessage(fault ?? `${quote(rule)} is suppressed: ${reason}`);
  return { side: 'after', range, message, severity: fault === undefined ? (severity ?? 'high') : 'medium' };
}
