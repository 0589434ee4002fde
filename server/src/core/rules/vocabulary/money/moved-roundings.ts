import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { codeOfScope, tokensOn } from '../code/code-text.ts';
import { counterpartScope, formerScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { isMoney, isNoMoney, isShown } from './money-names.ts';
import { isRounding } from './rounding-modes.ts';
import { type Rounded, roundings, roundingsOfParts } from './roundings.ts';

/** The same rounding at another place: of the sum where each line was rounded, of each line where the sum was, or of a part that is multiplied then. */
export function* movedRoundings(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<string>();
  for (const call of input.added.calls) {
    const { scope } = call;
    if (scope === '' || told.has(scope) || !isRounding(call.callee)) continue;
    const old = formerScope(input, scope)?.name;
    if (
      old === undefined ||
      lastName(old) !== lastName(scope) ||
      isShown(scope) ||
      isNoMoney(lastName(scope)) ||
      !isMoney(`${scope} ${call.args.join(' ')} ${input.path}`)
    )
      continue;
    const [was, is] = [roundings(input, 'before', old), roundings(input, 'after', scope)];
    if (was.length === 0 || is.length > was.length || roundingsOfParts(input, scope).length > 0) continue;
    const own = is.find((each) => each.call === call);
    if (own === undefined) continue;
    const how = turnedOver(before, after, was, is, own) ?? multipliedThen(input, call, old);
    if (how === undefined) continue;
    told.add(scope);
    yield { side: 'after', range: call.range, message: fitMessage(how) };
  }
}

/** The lines were rounded and the sum is, or the other way round. */
function turnedOver(
  before: SourceFacts,
  after: SourceFacts,
  was: readonly Rounded[],
  is: readonly Rounded[],
  own: Rounded,
): string | undefined {
  const alike = (all: readonly Rounded[]): readonly Rounded[] =>
    all.filter(({ rounding }) => rounding.mode === own.rounding.mode && rounding.digits === own.rounding.digits);
  const each = (facts: SourceFacts, all: readonly Rounded[]): number => alike(all).filter(({ call }) => isForEach(facts, call)).length;
  const [oldEach, nowEach] = [each(before, was), each(after, is)];
  const [oldOnce, nowOnce] = [alike(was).length - oldEach, alike(is).length - nowEach];
  if (nowEach < oldEach && nowOnce > oldOnce) return 'the sum is rounded once; each of its lines was';
  return nowEach > oldEach && nowOnce < oldOnce ? 'each line is rounded; their sum was, once' : undefined;
}

/** It stands in what a call does with each of many, or in the body of a loop. */
function isForEach({ calls, loops }: SourceFacts, { range, scope }: Call): boolean {
  return (
    calls.some(
      (other) =>
        other.scope === scope && EACH.test(lastName(other.callee)) && encloses(other.range, range) && isSmaller(range, other.range),
    ) ||
    loops.some(
      ({ range: head, body }) => head.end.line < range.start.line && body.startLine <= range.start.line && range.end.line <= body.endLine,
    )
  );
}

const EACH = /^(?:map|flatMap|reduce|fold|sum|fsum|sumOf|sumBy|forEach|mapToInt|mapToLong|mapToObj|inject|reduceRight)$/;

function encloses(outer: Call['range'], inner: Call['range']): boolean {
  const startsFirst =
    outer.start.line < inner.start.line || (outer.start.line === inner.start.line && outer.start.character <= inner.start.character);
  return (
    startsFirst && (inner.end.line < outer.end.line || (inner.end.line === outer.end.line && inner.end.character <= outer.end.character))
  );
}

function isSmaller(inner: Call['range'], outer: Call['range']): boolean {
  return inner.start.character !== outer.start.character || inner.start.line !== outer.start.line;
}

/** `daily = (yearly / 365).quantize(CENT)` and then `daily * days`, where the whole was rounded: what was rounded off is multiplied. */
function multipliedThen(input: RuleInput, { range, scope }: Call, old: string): string | undefined {
  const line = tokensOn(input.after, range.start.line, range.start.line).map(({ text }) => text);
  const at = line.findIndex((text) => text === '=' || text === ':=');
  const name = line[at - 1] ?? '';
  if (at < 1 || !/^[a-z_]\w*$/i.test(name)) return undefined;
  const times = new RegExp(
    `(?<!\\. )\\b${escaped(name)} \\* (?!100\\b)[a-z_]\\w*|\\b[a-z_]\\w*(?: \\. \\w+)? \\* ${escaped(name)}\\b(?! [.(])`,
    'i',
  );
  if (!times.test(codeOfScope(input.after, scope).text) || times.test(codeOfScope(input.before, old).text)) return undefined;
  return `\`${shorten(name, 24)}\` is rounded first and multiplied then`;
}

/** `allocate(total, weights)` of a library, whose shares add up, and shares that are rounded one by one in its place. */
export function* lostAllocations(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!ALLOCATES.test(lastName(call.callee))) continue;
    const scope = counterpartScope(input, call.scope);
    if (
      scope === undefined ||
      !isMoney(`${scope} ${call.callee} ${call.args.join(' ')} ${codeOfScope(input.after, scope).text.slice(0, 600)}`)
    )
      continue;
    const { text } = codeOfScope(input.after, scope);
    if (
      / -= | % |\b(?:remainder|left|leftover|rest|remaining|divmod|allocate\w*|subtract|minus)\b/i.test(text) ||
      !/ [/] | \/ \/ |\bdiv/.test(text)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.callee, 24)}\` is gone: what is left over of the split goes to nobody`),
    };
  }
}

const ALLOCATES =
  /^(?:allocate|allocateBy|allocateWithRatios|allocate_to_n|allocateTo|AllocateByRatios|Allocate|Split|largestRemainder|largest_remainder)$/;
