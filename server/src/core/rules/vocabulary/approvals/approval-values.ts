import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';
import { changedOptions, numberOf } from '../code/option-changes.ts';
import { isApprovalText } from '../guards/guard-kinds.ts';
import { nameOf } from '../settings/setting-index.ts';
import { countOf, isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';

const COUNT =
  /^(min(imum)?|required|num(ber)?(_?of)?)_?(approvals?|approvers?|approving_?(reviews?|review_?count)|reviewers?|sign_?offs?)(_?count)?$|^(approvals_?(required|needed|before_merge)|approvers_?(required|needed)|required_?approving_?review_?count|approval_?count)$/i;
const SWITCH =
  /^(requires?_?(approval|confirmation|confirm|sign_?off|review|two_?person|second_?approver|manual_approval)s?|needs_?(approval|confirmation)|approval_?required|confirmation_?required|two_?person_?(rule|required)|manual_?approval|ask_?before\w*|confirm(ation)?|interactive|human_?input(_?mode)?|human_?in_?the_?loop|interrupt_?(on|before))$/i;
const BYPASS =
  /^(auto_?approve[ds]?|auto_?confirm|skip_?(approval|confirm(ation)?|sign_?off)|assume_?yes|no_?confirm|bypass_?approval|force_?approve)$/i;

/** Numbers and switches that say how many are asked. */
export function* weakerApprovalValues(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const what = weakened(after.name, before.value, after.value);
    if (what !== undefined) yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 30)}\`: ${what}`) };
  }
  yield* lostApprovalOptions(input);
  for (const change of changedSettings(input)) {
    const what = weakenedSetting(change);
    if (what !== undefined) yield { ...placeOf(change), message: fitMessage(`\`${shorten(nameOf(change), 34)}\`: ${what}`) };
  }
}

/** `needsApproval: …` of a tool that an agent calls, gone while the tool stays: it does so by itself where nobody says otherwise. */
function* lostApprovalOptions({ before, after, removed }: RuleInput): Iterable<FindingDraft> {
  if (before === undefined || after === undefined) return;
  for (const { name, value, callee, range } of removed.options) {
    if (callee === '' || !OF_TOOL.test(name) || /^(?:false|False|None|null|undefined|\[\]|\{\}|'never'|'NEVER')$/.test(value)) continue;
    const isSame = (other: { readonly name: string; readonly callee: string }): boolean => other.name === name && other.callee === callee;
    const stays = (facts: SourceFacts): number => facts.calls.filter((call) => call.callee === callee).length;
    if (stays(after) < stays(before) || after.options.filter(isSame).length >= before.options.filter(isSame).length) continue;
    if (after.options.some((other) => OF_TOOL.test(other.name) && !before.options.some(({ key }) => key === other.key))) continue;
    // What the tool does asks somebody itself now.
    const known = new Set(before.calls.map(({ key }) => key));
    if (after.calls.some((call) => !known.has(call.key) && call.use !== 'discarded' && isApprovalText(words(call.callee)))) continue;
    yield {
      side: 'before',
      range,
      message: fitMessage(`\`${shorten(name, 26)}\` of \`${shorten(callee, 26)}\` is gone: nobody is asked`),
    };
  }
}

/** Of tools, tasks and graphs of agents, which ask nobody where they are not told to. */
const OF_TOOL =
  /^(?:needs?_?approval|requires?_?approval|requires?_?confirmation|needs_?confirmation|human_?input|interrupt_?(?:on|before)|human_?in_?the_?loop|require_?human_?approval)$/i;

function weakened(name: string, before: string, after: string): string | undefined {
  const [old, now] = [numberOf(before), numberOf(after)];
  if (COUNT.test(name)) return old !== undefined && now !== undefined && now < old ? `${old} -> ${now}` : undefined;
  const isOn = (value: string): boolean =>
    /^(true|True|'always'|'any-change'|"always"|'broadening'|RequireApproval\.\w+)$/.test(value) && !/NEVER/.test(value);
  const isOff = (value: string): boolean => /^(false|False|'never'|"never"|'NEVER'|RequireApproval\.NEVER|None|null)$/.test(value);
  if (SWITCH.test(name)) return isOn(before) && isOff(after) ? `${before} -> ${after}` : undefined;
  return BYPASS.test(name) && /^(true|True)$/.test(after) && !/^(true|True)$/.test(before) ? `${before} -> ${after}` : undefined;
}

function weakenedSetting(change: SettingChange): string | undefined {
  const { before, after } = change;
  if (before === undefined || change.resourceIsGone) return undefined;
  const name = nameOf(change);
  if (COUNT.test(name)) {
    const [old, now] = [countOf(before.value), after === undefined ? 0 : countOf(after.value)];
    return old !== undefined && now !== undefined && now < old ? `${old} -> ${now}` : undefined;
  }
  if (SWITCH.test(name) && isTrue(before.value) && (after === undefined || isFalse(after.value) || after.value === 'never'))
    return `true -> ${after === undefined ? 'removed' : String(after.value)}`;
  if (BYPASS.test(name) && isFalse(before.value) && after !== undefined && isTrue(after.value)) return 'false -> true';
  return undefined;
}
