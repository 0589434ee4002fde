import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { isClampedInParts } from '../bounds/clamped-in-parts.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { isExtracted, newGuardsIn } from '../code/scope-changes.ts';
import { isAmount } from './amounts.ts';
import { isValidatedBy, mentionsAny } from './validated-amounts.ts';

const CLAMP = /^(min|max|clamp|minimum|maximum|Min|Max|coerceIn|coerceAtMost|coerceAtLeast)$/;

/** `Math.min`, `Math.max` and their like around an amount that is handed on as it comes now. */
export function* lostAmountClamps(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!isClamp(call) || !isAmount(`${call.scope} ${call.args.join(' ')} ${call.callee}`)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || isCutElsewhere(input, call, scope) || isValidatedBy(input, call.scope) || isClampedInParts(input, call))
      continue;
    if (isClampedAnew(input, call) || isSetToBound(input, call.scope, scope)) continue;
    const left = input.after?.calls.filter((other) => within(other.scope, scope) && isClamp(other)).length ?? 0;
    const was = input.before?.calls.filter((other) => within(other.scope, call.scope) && isClamp(other)).length ?? 0;
    const names = `${receiver(call.callee)} ${call.args.join(' ')}`.match(/[A-Za-z_]\w*/g) ?? [];
    if (left >= was || !mentionsAny(input, scope, names) || newGuardsIn(input, call.scope).some((guard) => guard.compares)) continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(`${call.callee}(${call.args.join(', ')})`, 44)}\` no longer bounds the amount`),
    };
  }
}

/** In a function that this one calls; one that cut as often before only cuts what is its own, in other words. */
function isCutElsewhere(input: RuleInput, call: Call, scope: string): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || !isExtracted(input, call)) return false;
  const clamps = ({ calls }: SourceFacts, own: string): number => calls.filter((other) => other.scope === own && isClamp(other)).length;
  const isSame = (other: Call): boolean => other.callee === call.callee && !within(other.scope, scope);
  const others = after.calls.filter(isSame);
  const areOwn = others.every(({ scope: own }) => hasScope(before, own) && clamps(after, own) <= clamps(before, own));
  return others.length === 0 || !areOwn || input.addedElsewhere().calls.some(isSame);
}

/** A function that is new here cuts the same value to the same bound, where the value is a field of what it was now: `best` and `best.cents`. */
function isClampedAnew({ before, after }: RuleInput, call: Call): boolean {
  if (before === undefined || after === undefined || hasScope(after, call.scope)) return false;
  const isSame = (one: string, other: string): boolean => one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
  return after.calls.some(
    (other) =>
      other.callee === call.callee &&
      other.args.length === call.args.length &&
      !hasScope(before, other.scope) &&
      other.args.every((argument, at) => isSame(argument, call.args[at] ?? '')),
  );
}

/** The value is set to the bound where it is beyond it: `if used > open { used = open }`. */
function isSetToBound({ before, after }: RuleInput, old: string, scope: string): boolean {
  const count = (facts: SourceFacts | undefined, name: string): number =>
    [
      ...codeOfScope(facts, name).text.matchAll(
        /\bif \(? ?([\w.]+(?: \. \w+)*) [<>]=? ([\w.]+(?: \. \w+)*) (?:\) )?(?:[{:] )?\1 = \2(?! [.(])/g,
      ),
    ].length;
  return count(after, scope) > count(before, old);
}

/** Of one value and a bound; `min` of a whole list looks for the smallest and bounds nothing. */
function isClamp(call: Call): boolean {
  const name = lastName(call.callee);
  if (call.kind !== 'call' || !CLAMP.test(name) || call.args.some((argument) => argument.startsWith('...'))) return false;
  if (/^(Math|math|cmp|std::cmp|np|Decimal|BigDecimal|Ordering)(\.|::)/.test(call.callee) || call.callee === name)
    return call.args.length >= 2;
  return call.args.length > 0 && !/^(z|yup|Joi|v|s|t|Schema)\b/.test(call.callee);
}
