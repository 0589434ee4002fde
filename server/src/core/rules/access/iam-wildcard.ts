import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { grantedByCommand } from '../vocabulary/access/granted-by-command.ts';
import { trustedSubjects } from '../vocabulary/access/trusted-subjects.ts';
import { wideLists } from '../vocabulary/policies/action-lists.ts';
import { judgeRole } from '../vocabulary/policies/admin-roles.ts';
import { lostConditions } from '../vocabulary/policies/lost-conditions.ts';
import { wideConstructs } from '../vocabulary/policies/policy-constructs.ts';
import { judgeStatement } from '../vocabulary/policies/wide-statements.ts';

/**
 * ## What it sees
 * A policy that allows every action (`*`), every action of a service (`s3:*`), all but some (`NotAction`), or writing to every
 * resource; an administrator's role that is attached, of AWS, Google or Azure. In Terraform, CloudFormation and policies in
 * JSON, in programs that declare them (CDK, Pulumi), in the lists and tables that a policy takes its actions from, and in commands
 * of a cloud's own program. Also a trust in tokens of a pipeline that fits more of them: `repo:acme/*`, and a
 * statement that stays without its condition.
 *
 * ## Why it matters
 * Whoever holds the role can do anything with it: an agent with an operator's full rights deleted and recreated an environment
 * that it was asked to repair.
 *
 * ## When it is fine
 * Deny statements, actions that only read, a key's own policy that gives the account its key, and a wildcard that was there
 * before.
 *
 * ## What it misses
 * Actions that the caller of a module gives, and what several narrow statements allow together.
 */
export default defineRule({
  id: 'access/iam-wildcard',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Allows every action or every resource',
  reads: ['settings', 'options', 'calls', 'commands'],
  evidence: [
    { title: 'checkov CKV_AWS_62, CKV_AWS_63 and CKV_AWS_355', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
    { title: 'An environment deleted and recreated, 2025', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
  ],
  *check(input): Iterable<FindingDraft> {
    const seen = new Set<string>();
    for (const setting of input.added.settings) {
      const found = judgeRole(setting) ?? judgeStatement(setting, input);
      if (found === undefined || seen.has(found.about)) continue;
      seen.add(found.about);
      yield { side: 'after', range: setting.range, severity: found.severity, message: fitMessage(found.message) };
    }
    for (const { range, severity, message } of [...wideConstructs(input), ...wideLists(input)])
      yield { side: 'after', range, severity, message: fitMessage(message) };
    for (const { range, severity, message } of lostConditions(input))
      yield { side: 'before', range, severity, message: fitMessage(message) };
    for (const { range, power } of grantedByCommand(input))
      yield { side: 'after', range, message: fitMessage(`gives ${quote(power, 40)}: may do almost anything`) };
    for (const { range, now } of trustedSubjects(input))
      yield { side: 'after', range, severity: 'high', message: fitMessage(`${quote(now, 48)} may take the role now`) };
  },
});
