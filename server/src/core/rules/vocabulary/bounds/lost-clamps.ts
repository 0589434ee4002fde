import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { isClampedInParts } from './clamped-in-parts.ts';

/** `min(size, MAX_PAGE)`: what was cut to a cap comes as it is. */
export function* lostClamps(input: RuleInput): Iterable<FindingDraft> {
  const isClamp = (call: Call): boolean => /^(min|Min|clamp|clip|minOf|coerceAtMost)$/.test(lastName(call.callee));
  const isCap = (argument: string): boolean =>
    /(^|[.:])[A-Z][A-Z0-9_]{2,}$/.test(argument) || /\b(max|limit|cap|maximum|quota|ceiling)\b/.test(words(argument));
  for (const call of input.removed.calls) {
    const cap = isClamp(call) ? (call.args.find(isCap) ?? numberBeside(call)) : undefined;
    const scope = counterpartScope(input, call.scope);
    if (cap === undefined || scope === undefined || scope === '' || isMeasure(cap, input.path)) continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && isClamp(other)) === true) continue;
    if (newGuardsIn(input, call.scope).some((guard) => guard.compares) || isExtracted(input, call) || isClampedInParts(input, call))
      continue;
    // Compared and set instead, or handed on with the value.
    const others = call.args.filter((argument) => argument !== cap && !/^[-\d]/.test(argument));
    const isCapped = others.some((value) => comparesBoth(tokensOf(input.after, scope), value, cap));
    const isHandedOn = newCallsIn(input, call.scope).some(
      (other) => other.args.includes(cap) && others.some((value) => other.args.includes(value)),
    );
    if (isCapped || isHandedOn) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(cap, 30)}\` no longer caps a value of \`${shorten(call.scope, 24)}\``),
    };
  }
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
