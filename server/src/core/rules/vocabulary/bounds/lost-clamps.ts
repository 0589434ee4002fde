import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keysOf } from '../code/fact-keys.ts';
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
    const high = isClamp(call) ? highOf(input, call) : undefined;
    const cap = isClamp(call) ? (call.args.find(isNamedCap) ?? numberBeside(call) ?? high ?? call.args.find(isCap)) : undefined;
    const scope = counterpartScope(input, call.scope);
    if (cap === undefined || scope === undefined || scope === '' || isMeasure(cap, input.path)) continue;
    if (input.after?.calls.some((other) => within(other.scope, scope) && isClamp(other)) === true) continue;
    if (
      newGuardsIn(input, call.scope).some((guard) => (cap === high ? guard.reads.includes(cap) : guard.compares)) ||
      isExtracted(input, call) ||
      isClampedInParts(input, call) ||
      isParsedBelow(input, call.scope, cap) ||
      isCutInParts(input, call, cap)
    )
      continue;
    // Compared and set instead, or handed on with the value.
    const others = [...call.args, ...(cap === high ? [cutValue(input, call)] : [])].filter(
      (text) => text !== cap && !/^[-\d]|^$/.test(text),
    );
    const isCapped = others.some((value) => comparesBoth(tokensOf(input.after, scope), value, cap));
    const isHandedOn = newCallsIn(input, call.scope).some(
      (other) => isHanded(other, cap) && others.some((value) => isHanded(other, value)),
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

/** What the function is handed to cut: its first parameter. */
function cutValue({ before }: RuleInput, { scope }: Call): string {
  return before?.symbols.find(({ name }) => name === scope)?.parameters[0]?.name ?? '';
}

/** What a function whose name says that it cuts is handed to cut to: `hi` of `def clamp(n, lo, hi): return max(lo, min(n, hi))`. */
function highOf({ before }: RuleInput, { args, callee, scope }: Call): string | undefined {
  if (
    !/\b(?:clamp|clamped|clip|constrain|confine|coerce|bound|bounded|cap|capped|restrict|at most|limit to)\b/.test(words(lastName(scope)))
  )
    return undefined;
  const parameters = before?.symbols.find(({ name }) => name === scope)?.parameters.map(({ name }) => name) ?? [];
  // The value itself comes first.
  const [value = '', ...bounds] = parameters;
  const isOfValue = args.some((argument) => argument.split(/\W+/).includes(value)) || callee.split(/\W+/).includes(value);
  return isOfValue ? args.find((argument) => bounds.includes(argument)) : undefined;
}

/** The function parses by a schema that came with the change and takes no more: `size: z.coerce.number().max(100)`. */
function isParsedBelow({ before, after, ...input }: RuleInput, scope: string, cap: string): boolean {
  const most = before === undefined ? undefined : numberIn(cap, before);
  if (before === undefined || after === undefined || most === undefined) return false;
  const parses = newCallsIn({ before, after, ...input }, scope).some(({ callee }) =>
    /^(?:parse|safeParse|parseAsync|safeParseAsync|parse_obj|model_validate|validate|validateSync)$/.test(lastName(callee)),
  );
  if (!parses) return false;
  const old = keysOf(before.calls);
  const bounds = after.calls.filter(({ callee, key }) => /^(?:max|lte|lt|maximum|maxValue)$/.test(lastName(callee)) && !old.has(key));
  return bounds.some(({ args: [first = ''] }) => (numberIn(first, after) ?? Number.POSITIVE_INFINITY) <= most);
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

/** By itself, or in a tuple or a list: `sorted((low, value, high))`. */
function isHanded({ args }: Call, value: string): boolean {
  return args.some(
    (argument) => argument === value || (/^[([][^()[\]]*[)\]]$/.test(argument) && argument.slice(1, -1).split(/,\s*/).includes(value)),
  );
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
