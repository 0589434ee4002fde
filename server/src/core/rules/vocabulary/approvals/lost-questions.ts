import type { Call, Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { movedText } from '../code/moved-text.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { callsInside, guardKind, isApprovalText } from '../guards/guard-kinds.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { isAnswer, isAskedOtherwise, isOwnQuestion, isQuestion } from './approval-questions.ts';
import { isAskedByDialog } from './confirm-elements.ts';

/** Guards and conditions on an approval that hold nothing any more. */
export function* lostApprovalChecks(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'approval' || isAnswer(input, candidate),
  )) {
    const isOfApproval = guardKind(guard, callsInside(guard, before)) === 'approval';
    if (
      isAskedOtherwise(input, guard.scope, isOfApproval) ||
      isAskedByDialog(input, behind(before, guard)) ||
      input.removed.calls.some(
        (call) =>
          call.scope === guard.scope &&
          isQuestion(call) &&
          !(isOfApproval && isOwnQuestion(call)) &&
          callsInside(guard, [call]).length === 0,
      )
    )
      continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 22) || 'the script'}\``),
    };
  }
  for (const condition of input.removed.conditions) {
    if (condition.kind !== 'wraps' || !isApprovalText(words(condition.test))) continue;
    const scope = counterpartScope(input, condition.scope);
    const stays =
      input.after?.calls.some((call) => scope !== undefined && within(call.scope, scope) && condition.guarded.includes(call.callee)) ??
      false;
    if (!stays || isAskedOtherwise(input, condition.scope) || newConditions(input, scope ?? '')) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 34)}\` no longer holds \`${shorten(condition.guarded[0] ?? '', 22)}\``),
    };
  }
}

/** What is done in the function behind a condition, and is no state of what is shown. */
function behind(calls: readonly Call[], { scope, range }: Guard): readonly Call[] {
  return calls.filter((call) => call.scope === scope && call.range.start.line > range.end.line && !/^set[A-Z]\w*$/.test(call.callee));
}

function newConditions(input: RuleInput, scope: string): boolean {
  return input.added.conditions.some((condition) => within(condition.scope, scope) && isApprovalText(words(condition.test)));
}

/** Questions to a person that are gone from a function which still does its work. */
export function* lostQuestions(input: RuleInput): Iterable<FindingDraft> {
  const lost = lostGuards(input, () => true);
  for (const call of input.removed.calls) {
    if (!isQuestion(call) || counterpartScope(input, call.scope) === undefined) continue;
    if (isAskedOtherwise(input, call.scope) || isExtracted(input, call) || isStillAsked(input, call) || !worksOn(input, call.scope))
      continue;
    if (lost.some((guard) => callsInside(guard, [call]).length > 0) || movedText(input, `${call.callee}(`, [lastName(call.callee)]))
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        `\`${call.kind === 'decorator' ? '@' : ''}${shorten(call.callee, 30)}\` is no longer asked in \`${shorten(call.scope, 24) || 'the script'}\``,
      ),
    };
  }
}

function isStillAsked(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope) ?? call.scope;
  return input.after?.calls.some((other) => other.callee === call.callee && within(other.scope, scope)) ?? false;
}

/** Something is still done after the question. */
function worksOn(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope) ?? scope;
  const works = (input.after?.calls ?? []).filter(
    (call) => call.kind !== 'decorator' && within(call.scope, counterpart) && !/^(console|log|logger|print|echo)\b/.test(call.callee),
  );
  return works.length > 0 || (scope !== '' && input.after?.symbols.some((symbol) => symbol.name === counterpart) === true);
}
