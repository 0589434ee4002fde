import type { Guard, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOf, keepOfBoth } from '../code/kept.ts';
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
  if (before === undefined || after === undefined) return;
  const options = added.options.filter(
    ({ name, callee }) => callee !== '' && isRetryCount(name, callee) && retryLibraries(after).has(callee),
  );
  if (options.length === 0) return;
  const kept = counts(before, after);
  if (kept.length === 0) kept.push(countedBefore(before, after, isAttempts));
  const [was] = kept;
  if (was === undefined) return;
  for (const option of options) if (isFarMore(was, retriesOf(option.value))) yield { option, was };
}

/** The number of tries that the first function of a file allowed itself which counts none any more. */
function countedBefore(before: SourceFacts, after: SourceFacts, isAttempts: (guard: Guard) => boolean): number | undefined {
  for (const guard of before.guards) {
    const bound = /[<>]=? ([\w.]+)$/.exec(guard.test)?.[1];
    const was = bound === undefined || !isAttempts(guard) ? undefined : numberIn(bound, before);
    const now = was === undefined ? undefined : counterpartScope({ before, after }, guard.scope);
    if (now !== undefined && !after.guards.some((other) => within(other.scope, now) && isAttempts(other))) return was;
  }
  return undefined;
}

/** What was counted in one file, once it was asked: a file has as many hunks as it has lines. */
const counts = keepOfBoth((_before: SourceFacts, _after: SourceFacts): (number | undefined)[] => []);

const retryLibraries = keepOf(
  ({ calls }: SourceFacts): ReadonlySet<string> => new Set(calls.filter(isRetryLibrary).map(({ callee }) => callee)),
);
