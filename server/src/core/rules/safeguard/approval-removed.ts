import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { weakerApprovalValues } from '../vocabulary/approvals/approval-values.ts';
import { fewerApprovals } from '../vocabulary/approvals/fewer-approvals.ts';
import { lostApprovalChecks, lostQuestions } from '../vocabulary/approvals/lost-questions.ts';
import { lostManualSteps } from '../vocabulary/approvals/manual-steps.ts';
import { lostPipelineApprovals } from '../vocabulary/approvals/pipeline-approvals.ts';
import { lostScriptApprovals } from '../vocabulary/approvals/script-approvals.ts';
import { shorten } from '../vocabulary/code/call-names.ts';

/**
 * ## What it sees
 * A question to a person that is no longer asked while the work behind it stays: a confirmation in a program or a script, a
 * second person's approval, the number of approvals, an `environment` of a workflow's job, a manual job of a pipeline, an
 * `input` of a stage, a step of a pipeline that waits for a person (Azure, Buildkite, CodePipeline, CDK), and an audit whose failure no longer stops anything.
 *
 * ## Why it matters
 * It was the one moment at which somebody saw the scope before it happened. Without it a wrong argument runs to its end.
 *
 * ## When it is fine
 * Another approval took its place, or the work went away with the question. These are not flagged.
 *
 * ## What it misses
 * Rules of a host about who may merge or deploy, which are in no file.
 */
export default defineRule({
  id: 'safeguard/approval-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'Nobody is asked any more',
  reads: ['calls', 'guards', 'conditions', 'options', 'settings', 'commands', 'tokens'],
  evidence: [
    { title: 'Kiro deleted and recreated an environment, 2025-12', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
    {
      title: 'Facebook 2021-10-04: an audit that did not stop a command',
      url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/',
    },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [
      ...lostApprovalChecks(input),
      ...lostQuestions(input),
      ...weakerApprovalValues(input),
      ...fewer(input),
      ...lostPipelineApprovals(input),
      ...lostManualSteps(input),
      ...lostScriptApprovals(input),
    ]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

/** Fewer people are asked, or who says nothing has said yes. */
function* fewer(input: RuleInput): Iterable<FindingDraft> {
  for (const { range, was, now } of fewerApprovals(input))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(now, 34)}\` is enough now, it was \`${shorten(was, 34)}\``) };
}
