import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';

/**
 * Steps of a pipeline that wait for a person, by what they are: a task of Azure, an action, a stage of Spinnaker or CodePipeline, a
 * `block` of Buildkite, a step of CDK. One that another took the place of is no loss.
 */
export function* lostManualSteps({ removed, before, after }: RuleInput): Generator<FindingDraft> {
  if (after === undefined) return;
  const [own] = removed.settings.filter(isManual);
  const counted = (settings: readonly Setting[] | undefined): number => settings?.filter(isManual).length ?? 0;
  if (own !== undefined && counted(after.settings) < counted(before?.settings))
    yield {
      side: 'before',
      range: own.range,
      message: fitMessage(`nobody approves any more: \`${shorten(`${own.path.at(-1) ?? ''}: ${String(own.value)}`, 36)}\` is gone`),
    };
  const step = removed.calls.find(({ callee }) => STEP.test(callee));
  if (step !== undefined && !after.calls.some(({ callee }) => STEP.test(callee)))
    yield { side: 'before', range: step.range, message: fitMessage(`nobody approves any more: \`${shorten(step.callee, 36)}\` is gone`) };
}

const STEP = /(^|\.)ManualApproval(Step|Action)$/;

function isManual({ path, value }: Setting): boolean {
  const name = path.at(-1) ?? '';
  if (typeof value !== 'string') return false;
  return (
    (name === 'task' && /^Manual(Validation|Intervention)@\d/.test(value)) ||
    (name === 'uses' && /^(trstringer\/manual-approval|softprops\/turnstyle-approval)@/.test(value)) ||
    (name === 'type' && value === 'manualJudgment') ||
    (name === 'trigger' && value === 'manual' && path.includes('step')) ||
    (name === 'block' && path[0] === 'steps') ||
    (/^category$/i.test(name) && value === 'Approval')
  );
}
