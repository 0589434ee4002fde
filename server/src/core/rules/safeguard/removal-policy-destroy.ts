import type { FindingDraft } from '../../model/finding.ts';
import { shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * Infrastructure written as code that may now be destroyed with its data: a removal policy of DESTROY, deletion protection that
 * is off, objects that are deleted with their bucket.
 *
 * ## Why it matters
 * A renamed construct replaces the resource; with the policy gone, the old one is not kept.
 *
 * ## When it is fine
 * Stacks of a sandbox; those paths lose a step.
 *
 * ## What it misses
 * A policy that an aspect sets from outside.
 */
export default defineRule({
  id: 'safeguard/removal-policy-destroy',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A data store may be destroyed with its stack',
  reads: ['options', 'calls'],
  evidence: [
    {
      title: 'AWS Cost Explorer deleted and recreated by an agent, 2025-12',
      url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.added.options) {
      const isOff =
        (/^(removalPolicy|deletionPolicy|retainOnDelete)$/.test(option.name) && /(DESTROY|Delete|\bfalse)['"]?$/.test(option.value)) ||
        (/^(deletionProtection|deletionProtectionEnabled|terminationProtection|protect|preventDestroy)$/.test(option.name) &&
          option.value === 'false') ||
        (/^(autoDeleteObjects|forceDestroy|skipFinalSnapshot|emptyOnDelete)$/.test(option.name) && option.value === 'true');
      if (!isOff) continue;
      const old = input.removed.options.find((other) => other.name === option.name);
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(
          `\`${shorten(option.name, 24)}\` is \`${shorten(option.value, 26)}\`${old === undefined ? '' : `, was \`${shorten(old.value, 14)}\``}`,
        ),
      };
    }
    for (const option of input.removed.options) {
      const held =
        (option.name === 'removalPolicy' && /(RETAIN|SNAPSHOT)$/.test(option.value)) ||
        (/^(deletionProtection|terminationProtection|protect)$/.test(option.name) && option.value === 'true');
      if (
        !held ||
        input.after?.options.some(
          (other) => other.name === option.name && other.callee === option.callee && other.scope === option.scope,
        ) === true
      )
        continue;
      if (input.after?.calls.some((call) => call.callee === option.callee) !== true) continue;
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(
          `\`${shorten(option.name, 24)}: ${shorten(option.value, 26)}\` no longer holds \`${shorten(option.callee, 18)}\``,
        ),
      };
    }
    for (const call of input.added.calls) {
      if (/\.applyRemovalPolicy$/.test(call.callee) && /DESTROY/.test(call.args[0] ?? '') && !cameAlong(input, call))
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 36)}\` lets the stack destroy it`) };
    }
  },
});
