import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { numberOf } from '../code/option-changes.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { namesOf } from '../guards/moved-guards.ts';
import { isClampedInParts, isCutInParts } from './clamped-in-parts.ts';

/** `min(size, MAX_PAGE)`: what was cut to a cap comes as it is. */
export function* lostClamps(input: RuleInput): Iterable<FindingDraft> {
  const isClamp = (call: Call): boolean => /^(min|Min|clamp|clip|minOf|coerceAtMost)$/.test(lastName(call.callee));
  const isNamedCap = (argument: string): boolean => /(^|[.:])[A-Z][A-Z0-9_]{2,}$/.test(argument);
  const isCap = (argument: string): boolean => /\b(max|limit|cap|maximum|quota|ceiling)\b/.test(words(argument));
  for (const call of input.removed.calls) {
    const cap = isClamp(call) ? (call.args.find(isNamedCap) ?? numberBeside(call) ?? call.args.find(isCap)) : undefined;
    const scope = counterpartScope(input, call.scope);
    if (cap === undefined || scope === undefined || scope === '' || isMeasure(cap, input.path)) continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && isClamp(other)) === true) continue;
    if (
      newGuardsIn(input, call.scope).some((guard) => guard.compares) ||
      isExtracted(input, call) ||
      isClampedInParts(input, call) ||
      isCutInParts(input, call, cap)
    )
      continue;
    // Compared and set instead, or handed on with the value.
    const others = call.args.filter((argument) => argument !== cap && !/^[-\d]/.test(argument));
    const isCapped = others.some((value) => comparesBoth(tokensOf(input.after, scope), value, cap));
    const isHandedOn = newCallsIn(input, call.scope).some(
      (other) => other.args.includes(cap) && others.some((value) => other.args.includes(value)),
    );
    if (isCapped || isHandedOn || isDemandedInFront(input, { scope, cap, others })) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(cap, 30)}\` no longer caps a value of \`${shorten(call.scope, 24)}\``),
    };
  }
}

/**
 * FastAPI: the function is handed what a dependency of another file gives, and that one takes the value under the same name and bounds it by
 * the same cap: `limit: Annotated[int, Query(ge=1, le=LARGEST)]`.
 */
function isDemandedInFront(
  input: RuleInput,
  { scope, cap, others }: { readonly scope: string; readonly cap: string; readonly others: readonly string[] },
): boolean {
  const { after, before } = input;
  if (after?.language !== 'python') return false;
  const { symbols, options } = input.addedElsewhere();
  const types = after.symbols.find(({ name }) => name === scope)?.parameters.flatMap(({ type }) => type.split(/\W+/)) ?? [];
  const known = numberIn(cap, before);
  const isCap = (text: string): boolean => {
    const number = numberOf(options.find(({ name, callee }) => name === text && callee === '')?.value ?? text);
    return number === undefined || known === undefined ? text === cap : number <= known;
  };
  return symbols.some(({ name: dependency, parameters }) => {
    const given = parameters.find(({ name }) => others.some((value) => value.split(/\W+/).includes(name)));
    const [, bound] = /\b(?:le|lt)=([\w.]+)/.exec(given?.type ?? '') ?? [];
    return bound !== undefined && isCap(bound) && types.some((type) => namesOf(input, after, dependency).has(type));
  });
}

/** How wide or high something is drawn. */
function isMeasure(cap: string, path: string): boolean {
  return (
    /\.[jt]sx$/.test(path) && /\b(width|height|left|right|top|bottom|x|y|scroll|offset|zoom|scale|opacity|angle|px)\b/.test(words(cap))
  );
}

/** The number that a size is cut to: 100 of `min(size, 100)`. */
function numberBeside({ args }: Call): string | undefined {
  const isSize = args.some((argument) =>
    /\b(size|limit|count|per page|page size|take|top|first|rows|length|quantity|batch)\b/.test(words(argument)),
  );
  return isSize ? args.find((argument) => argument.length > 1 && /^\d[\d_]*$/.test(argument)) : undefined;
}

/** One is compared with the other, in a text of tokens: `value > cap`. */
function comparesBoth(text: string, one: string, other: string): boolean {
  const flat = text.replace(/\s+/g, '');
  return [
    [one, other],
    [other, one],
  ].some(([left, right]) =>
    [`${left}>${right}`, `${left}>=${right}`, `${left}<${right}`, `${left}<=${right}`].some((test) => flat.includes(test)),
  );
}
