import type { Guard, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isFarMore, isRetryCount, isRetryLibrary, retriesOf } from './retries.ts';

/** A number of tries that a library is told, far more than the function allowed itself that tried again before. */
export interface TriesOfLibrary {
  readonly option: Option;
  readonly was: number;
}

/**
 * A function that counted its tries (`if (attempt >= 3) throw err`) and leaves them to a library that the hunk hands a number: `axiosRetry(http,
 * { retries: 40 })`. One of the same size is the same load.
 */
export function* triesOfLibrary(input: RuleInput, isAttempts: (guard: Guard) => boolean): Generator<TriesOfLibrary> {
  const { before, after, added } = input;
  const options = added.options.filter(({ name, callee }) => callee !== '' && isRetryCount(name, callee));
  if (before === undefined || after === undefined || options.length === 0) return;
  const libraries = new Set(after.calls.filter(isRetryLibrary).map(({ callee }) => callee));
  const counted = before.guards.flatMap((guard) => {
    const now = isAttempts(guard) ? counterpartScope(input, guard.scope) : undefined;
    const bound = /[<>]=? ([\w.]+)$/.exec(guard.test)?.[1];
    const was = bound === undefined ? undefined : numberIn(bound, before);
    const stays = now === undefined || after.guards.some((other) => within(other.scope, now) && isAttempts(other));
    return was === undefined || stays ? [] : [was];
  });
  const [was] = counted;
  if (was === undefined) return;
  for (const option of options) if (libraries.has(option.callee) && isFarMore(was, retriesOf(option.value))) yield { option, was };
}
