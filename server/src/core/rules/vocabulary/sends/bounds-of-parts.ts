import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { bodiesAskedBy, type NewBody } from '../code/new-bodies.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * True where a function that is new, here or in another file of the change, and that this one asks, bounds by the same: `limit: BATCH` of
 * `const BATCH = 200` for `limit: 200`, in what gives one page after the other. A smaller number bounds as well.
 */
export function isSetInPart(input: RuleInput, scope: string, { name, value }: Option): boolean {
  return bodiesAskedBy(input, scope).some((body) =>
    body.facts.options.some(
      (other) =>
        other.name === name && within(other.scope, body.place.name) && isNoLooser(input, value, { text: other.value, body, scope }),
    ),
  );
}

/** The same of a call: `limit(BATCH)`. */
export function isBoundInPart(input: RuleInput, scope: string, { callee, args }: Call): boolean {
  if (args.length === 0 || args.every((argument) => argument === '')) return false;
  return bodiesAskedBy(input, scope).some((body) =>
    body.facts.calls.some(
      (other) =>
        lastName(other.callee) === lastName(callee) &&
        other.args.length === args.length &&
        within(other.scope, body.place.name) &&
        args.every((argument, at) => isNoLooser(input, argument, { text: other.args[at] ?? '', body, scope })),
    ),
  );
}

/** What a part says now in place of a value, and who asks the part. */
interface Said {
  readonly text: string;
  readonly body: NewBody;
  readonly scope: string;
}

function isNoLooser({ before, after }: RuleInput, old: string, { text, body, scope }: Said): boolean {
  if (text === old) return true;
  const most = numberIn(old, before);
  const given = [text, ...givenFor(text, body, after, scope)];
  return given.some((now) => {
    const bound = now === old ? most : (numberIn(now, body.facts) ?? numberIn(now, after));
    return now === old || (most !== undefined && bound !== undefined && 0 < bound && bound <= most);
  });
}

/** What the own function hands the part for one of its parameters: `pages(200)` of `function* pages(limit)`. */
function givenFor(name: string, { facts, place }: NewBody, after: SourceFacts | undefined, scope: string): readonly string[] {
  const symbol = facts.symbols.find((other) => other.name === place.name);
  const at = symbol?.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
  if (at < 0 || after === undefined) return [];
  const own = lastName(place.name);
  return after.calls.flatMap((call) => {
    if (lastName(call.callee) !== own || !within(call.scope, scope)) return [];
    const named = call.args.find((argument) => argument.startsWith(`${name}=`));
    return named?.slice(name.length + 1) ?? call.args[at] ?? defaultOf(name, facts, place.name) ?? [];
  });
}

/** `PAGE` of `size = PAGE` and of Python's `size=PAGE`, where nobody says another. */
function defaultOf(name: string, facts: SourceFacts, scope: string): string | undefined {
  return new RegExp(`[(,]${escaped(name)}(?::\\w+)?=([\\w.]+)[,)]`).exec(tokensOf(facts, scope))?.[1];
}
