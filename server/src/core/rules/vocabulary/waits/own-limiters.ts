import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { keepOf } from '../code/kept.ts';
import { ENDS_WAITING, isUnlimited } from './time-limits.ts';

/**
 * A function of the project that ends what it is given after a time: by its name, `withDeadline(load(id), 3_000)` and `@time_limit(5)`,
 * or by its body in the same file, `with _alarm(seconds):` over `signal.alarm(seconds)`.
 */
export function isOwnLimiter(input: RuleInput, call: Call): boolean {
  const { before } = input;
  const { callee, args } = call;
  const own = lastName(callee);
  if (args.length === 0 || before === undefined || !(NAMED_LIMITER.test(words(own)) || limitersOf(before).has(own))) return false;
  return !args.every((argument) => isUnlimited(argument)) && workStays(input, call);
}

/** What it was handed to run is still asked for; one that went with its work limits nothing that is left. */
function workStays({ before, after }: RuleInput, call: Call): boolean {
  const now = counterpartScope({ before, after }, call.scope);
  const asked = new Set(
    factsInside(before?.calls ?? [], call.range)
      .filter((other) => other !== call)
      .map(({ callee }) => lastName(callee)),
  );
  if (now === undefined || asked.size === 0) return true;
  return after?.calls.some(({ callee, scope }) => asked.has(lastName(callee)) && within(scope, now)) === true;
}

/** In words: `with deadline`, `run with timeout`, `time limited`. */
export const NAMED_LIMITER =
  /^(?:(?:run|call|race|await|do|execute|exec|enforce|with|within|under|in|p|async) )*(?:timeout|time out|deadline|time limit|time box|timebox|timed out)(?:ed|d)?(?: (?:after|in|within|for))?$/;

/** Functions of a file that run what they are handed, or what stands under their `with`, and whose own body ends a wait. */
const limitersOf = keepOf((facts: SourceFacts) => {
  const limiting = new Set(
    facts.calls.flatMap(({ callee, args, scope }) =>
      ENDS_WAITING.test(lastName(callee)) && args.some((argument) => !/^[\d.]+$/.test(argument)) ? [scope] : [],
    ),
  );
  const runs = facts.symbols.filter(({ name, parameters }) => {
    if (!limiting.has(name)) return false;
    const given = new Set(parameters.map((parameter) => parameter.name));
    return facts.calls.some(({ kind, callee, args, scope }) =>
      kind === 'decorator'
        ? scope === name && /contextmanager$/.test(callee)
        : scope === name && (given.has(callee) || (given.has(args[0] ?? '') && /^(?:wait_for|orTimeout)$/.test(lastName(callee)))),
    );
  });
  return new Set(runs.map(({ name }) => lastName(name)));
});
