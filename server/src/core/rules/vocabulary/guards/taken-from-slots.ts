import type { Call, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { surplusOf } from '../code/fact-keys.ts';
import { keepOfBoth } from '../code/kept.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/**
 * True where a count that was held against a bound is a semaphore of that size now, which is asked for a place and refuses where none is
 * left: `if running.fetch_add(1) >= MAX { return Err(Busy) }` that is `self.slots.try_acquire().map_err(|_| Busy)?`.
 */
export function isTakenFromSlots(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const bound = />=? ([\w.:]+)$/.exec(guard.test)?.[1];
  const most = bound === undefined ? undefined : numberIn(bound, before);
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || most === undefined || scope === undefined || scope === '') return false;
  const isMade = newSemaphores(after.calls, before.calls).some(
    ({ args }) => (numberIn(args[0] ?? '', after) ?? Number.POSITIVE_INFINITY) <= most,
  );
  if (!isMade) return false;
  const { text } = codeOfScope(after, scope);
  return newCallsIn(input, guard.scope).some(
    ({ callee, use }) =>
      use !== 'discarded' && TRIES.test(lastName(callee)) && new RegExp(`${ASKED[after.language] ?? '\\u0000'}`).test(text),
  );
}

/** Made with so many places: tokio's and Java's, and that of `golang.org/x/sync`. */
const MAKES = /(?:^|::|\.)Semaphore(?:::new|::const_new)?$|(?:^|\.)NewWeighted$/;
const newSemaphores = keepOfBoth((calls: readonly Call[], old: readonly Call[]) =>
  surplusOf(calls, old).filter(({ callee }) => MAKES.test(callee)),
);
const TRIES = /^(?:try_acquire(?:_owned)?|TryAcquire|tryAcquire)$/;

/** How each language asks for the answer. */
const ASKED: Readonly<Record<string, string>> = {
  rust: '\\btry_acquire(?:_owned)? \\( \\) (?:\\?|\\. (?:map_err|ok_or|or|context|with_context) \\([^;{}]{1,160}\\) \\?|else \\{)',
  go: '\\bif ! [\\w. ]{1,80} \\. TryAcquire \\(',
  java: '\\bif \\( ! [\\w. ]{1,80} \\. tryAcquire \\(',
};
