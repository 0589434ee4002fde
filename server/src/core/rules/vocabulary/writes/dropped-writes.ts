import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { lostCallsIn } from '../code/scope-changes.ts';
import { isInAwaitedAll, isReturned, isStillAwaited, wasDiscarded } from './awaited-before.ts';
import { changesSomething } from './changing-calls.ts';

/** The same call was awaited in the function before, and its promise is thrown away now. */
export function droppedWrite(input: RuleInput, call: Call): string | undefined {
  if (call.use !== 'discarded' || !changesSomething(call) || isOfMemory(input, call)) return undefined;
  const own = lastName(call.callee);
  const lost = lostCallsIn(input, '');
  const wasAwaited = lost.some(
    (old) =>
      (old.use === 'awaited' || old.use === 'used') &&
      lastName(old.callee) === own &&
      counterpartScope(input, old.scope) === call.scope &&
      (old.use === 'awaited' || isReturned(input, old) || isInAwaitedAll(input, old)),
  );
  const wasAny =
    wasAwaited ||
    lost.some(
      (old) => old.use === 'awaited' && old.callee === call.callee && within(call.scope, counterpartScope(input, old.scope) ?? '\u0000'),
    );
  return wasAny && !isStillAwaited(input, call) && !wasDiscarded(input, call) ? call.callee : undefined;
}

/** `loading.set(key, job)` of a map that the file made: there is nothing to wait for. */
function isOfMemory({ after }: RuleInput, { callee }: Call): boolean {
  const holder = lastName(receiver(callee));
  const made = new RegExp(`\\b${escaped(holder)}(?: : [^=;]{1,120})? = new (?:Weak)?(?:Map|Set)\\b`);
  return /^[\w$]+$/.test(holder) && after?.language === 'typescript' && made.test(codeOfScope(after, '').text);
}
