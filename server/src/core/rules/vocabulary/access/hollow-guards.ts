import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { callsInside, guardKind, isAccessName } from '../guards/guard-kinds.ts';
import { idleGuards } from '../guards/idle-guards.ts';
import { emptiedNames } from './emptied-names.ts';
import { guardsOfRoute } from './route-items.ts';
import { twinRoutes } from './twin-routes.ts';

/** How the rule tells a guard in front of a handler, a decorator that guards, and a call that asks for a right. */
export interface GuardJudge {
  readonly isItem: (name: string) => boolean;
  readonly isGuard: (decorator: Call) => boolean;
  readonly isCheck: (call: Call) => boolean;
}

/** Guards that are still to be read in the file and stop nobody: gone round, emptied, not waited for, or called by nobody. */
export function* hollowGuards(input: RuleInput, judge: GuardJudge): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const { guard, why, range } of idleGuards(
    input,
    (candidate) => candidate.exit !== 'break' && guardKind(candidate, callsInside(candidate, before)) === 'access',
  ))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(guard.test, 30)}\` stops nobody: ${why}`) };
  yield* begunOnly(input, judge);
  for (const { route, range } of twinRoutes(input, { itemsOf: (call) => guardsOfRoute(call, judge.isItem), isGuard: judge.isGuard }))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(route, 30)}\` is answered here first, and nobody is asked`) };
  for (const { name, range } of emptiedNames(input, isAccessName))
    yield { side: 'after', range, message: fitMessage(`\`${shorten(name, 30)}\` is another function now, and it stops nobody`) };
}

/** A check that was waited for, and is only begun now: the work does not wait for its refusal. */
function* begunOnly({ before, after, hunk }: RuleInput, { isCheck }: GuardJudge): Iterable<FindingDraft> {
  const { start, lines } = hunk.after;
  for (const call of after?.calls ?? []) {
    const { line } = call.range.start;
    if (call.use !== 'discarded' || line < start || line >= start + lines || !isCheck(call)) continue;
    const was = before?.calls.filter(({ callee, scope }) => callee === call.callee && scope === call.scope) ?? [];
    if (was.length > 0 && was.every(({ use }) => use === 'awaited'))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`nobody waits for \`${shorten(call.callee, 30)}\`, so it stops nobody`),
      };
  }
}
