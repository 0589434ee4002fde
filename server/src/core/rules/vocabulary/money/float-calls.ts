import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { cameAlong, isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { isMoney, isShown } from './money-names.ts';

/** Calls that make a float of an amount. */
export function* floatConversions(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (!(isFloat(call) || isReadOfText(input, call)) || !isAboutMoney(input, call) || cameAlong(input, call) || isPrinted(input, call))
      continue;
    // Where the function already reckoned in floats, one more is no change of kind.
    const old = input.before?.calls.some(
      (other) =>
        isFloat(other) &&
        other.scope !== '' &&
        counterpartScope(input, other.scope) === call.scope &&
        lastName(other.callee) === lastName(call.callee),
    );
    if (old === true && call.scope !== '') continue;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(text(call), 44)}\` makes an amount a float`) };
  }
}

/** `Number(line.unitPrice) * line.quantity`, where the hunk took the type of an amount, or what makes one, out. */
function isReadOfText({ removed }: RuleInput, { callee, kind, args }: Call): boolean {
  if (callee !== 'Number' || kind !== 'call' || !/^[\w$]+(?:\??\.[\w$]+)*$/.test(args[0] ?? '') || !isMoney(args[0] ?? '')) return false;
  if (/\b(?:cents?|minor|pence)\b/.test(words(args[0] ?? ''))) return false;
  return (
    removed.calls.some((other) => isExact(other) || /^(?:cents|money)$/.test(other.callee)) ||
    removed.symbols.some(({ type }) => /\b(?:Cents|MinorUnits?|Pence|Money|Decimal|Big|bigint|BigNumber)\b/.test(type))
  );
}

/** Calls that kept an amount exact and are gone. */
export function* lostExactness(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!isExact(call) || call.scope === '') continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || !isAboutMoney(input, call) || newCallsIn(input, call.scope).some(isExact) || isExtracted(input, call))
      continue;
    // What the step of a rounding was made of goes along with it.
    const around = input.removed.calls.find((other) => other !== call && isExact(other) && holds(other, call));
    if (isNamedOtherwise(input, call, scope)) continue;
    if (isKeptByPart(input, call) || (around !== undefined && isKeptByPart(input, around))) continue;
    if (
      input.after?.calls.some((other) => within(other.scope, scope) && isExact(other)) === true ||
      isWhole(input, scope) ||
      !(reckons(input, scope) || readsNumber(input, call.scope))
    )
      continue;
    yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(text(call), 40)}\` no longer keeps the amount exact`) };
  }
}

/** The type has a short name of the file now, `D = decimal.Decimal`, or the value is a constant, `ZERO = Decimal('0')`. */
function isNamedOtherwise({ after }: RuleInput, call: Call, scope: string): boolean {
  const own = after?.options.filter((option) => option.callee === '' && option.scope === '') ?? [];
  const isConstant = /^['"]?-?[\d._]+['"]?$/.test(call.args[0] ?? '') && own.some(({ value }) => value === text(call));
  const aliases = new Set(own.flatMap(({ name, value }) => (lastName(value) === lastName(call.callee) ? [name] : [])));
  return isConstant || after?.calls.some((other) => within(other.scope, scope) && aliases.has(other.callee)) === true;
}

/** A function that is asked now, of this file or of another one of the change, does the same to what it is given: `rounded(net, CENT)`. */
function isKeptByPart(input: RuleInput, { callee, scope }: Call): boolean {
  const isSame = (other: Call): boolean => isExact(other) && lastName(other.callee) === lastName(callee);
  const own = input.after?.calls.filter(isSame) ?? [];
  return newCallsIn(input, scope).some(
    (asked) =>
      own.some((other) => other.scope !== '' && lastName(other.scope) === lastName(asked.callee)) ||
      newBodiesOf(input, asked.callee).some(({ facts, place }) =>
        facts.calls.some((other) => isSame(other) && within(other.scope, place.name)),
      ),
  );
}

function holds({ range: { start, end } }: Call, { range: inner }: Call): boolean {
  const isBehind = inner.start.line > start.line || (inner.start.line === start.line && inner.start.character >= start.character);
  const isInFront = inner.end.line < end.line || (inner.end.line === end.line && inner.end.character <= end.character);
  return isBehind && isInFront;
}

/** Reading a number with a fraction. Writing one for a person (`toFixed` alone) is not it. */
function isFloat(call: Call): boolean {
  if (call.kind === 'decorator') return false;
  if (
    /^((Number|globalThis)\.)?parseFloat$|^(float|float64|float32|np\.float64|numpy\.float64|Double\.parseDouble|Double\.valueOf|Float\.parseFloat|strconv\.ParseFloat)$/.test(
      call.callee,
    )
  )
    return !/^['"]?(inf|nan|-inf)|^['"][\d.]+['"]$/.test(call.args[0] ?? '');
  if (
    /^(doubleValue|floatValue|InexactFloat64|to_f|to_f64|to_f32|Float64|toNumber|asDouble)$/.test(lastName(call.callee)) &&
    call.callee.includes('.')
  )
    return true;
  return call.callee === 'Number' && /\.toFixed\(|\.toPrecision\(/.test(call.args[0] ?? '');
}

function isExact(call: Call): boolean {
  return (
    /^(Decimal|decimal\.Decimal|BigNumber|Big|BigDecimal|Money|Dinero|dinero|BigInt|currency|Prisma\.Decimal|dec!|Fraction)$/.test(
      call.callee,
    ) ||
    /^(toDecimal|fromCents|toCents|BigDecimal|quantize|setScale|toMinorUnits|to_cents|to_minor_units|round_dp)$/.test(
      lastName(call.callee),
    ) ||
    /^(BigDecimal|Money|Decimal|decimal|MonetaryAmount)(\.|::)\w+$/.test(call.callee)
  );
}

/** A reader of JSON that was told to keep decimals, and is not any more: `parse_float=Decimal`, `UseNumber()`. */
export function* lostExactReading(input: RuleInput): Iterable<FindingDraft> {
  const about = (scope: string): boolean => isMoney(`${scope} ${input.path}`) && !isShown(scope);
  for (const { name, value, callee, scope, range } of input.removed.options) {
    const isTold = (name === 'parse_float' && /ecimal|str/.test(value)) || (name === 'use_decimal' && value === 'True');
    if (!isTold || !about(scope) || input.after?.options.some((other) => other.name === name) === true) continue;
    if (input.after?.calls.some((other) => lastName(other.callee) === lastName(callee)) === true)
      yield { side: 'before', range, message: fitMessage(`\`${name}\` is gone: \`${shorten(callee, 24)}\` reads amounts as floats`) };
  }
  for (const call of input.removed.calls) {
    const isTold = lastName(call.callee) === 'UseNumber' || call.args.some((text) => /\bUSE_BIG_DECIMAL_FOR_FLOATS$/.test(text));
    if (!isTold || !about(call.scope) || counterpartScope(input, call.scope) === undefined) continue;
    if (
      input.after?.calls.some(({ callee, args }) => lastName(callee) === lastName(call.callee) && args.join() === call.args.join()) === true
    )
      continue;
    yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(text(call), 40)}\` is gone: amounts are read as floats`) };
  }
}

/** Names of what a person reads and nothing is reckoned with. */
export const DISPLAY =
  /\b(chart|charts|graph|percent|percentage|ratio|share|opacity|width|height|lat|lng|latitude|longitude|zoom|score|weight|duration|display|label|px|metric|metrics|gauge|histogram|telemetry|stats|probability|confidence)\b/;

function isAboutMoney(input: RuleInput, call: Call): boolean {
  // The name that is given to it says what it is.
  const held =
    input.after?.options.find((option) => option.scope === call.scope && option.callee === '' && option.value === text(call))?.name ?? '';
  const near = words(`${call.scope} ${held} ${call.callee} ${call.args.join(' ')}`);
  if (DISPLAY.test(near) || /\b(charts?|graphs?|plots?|dashboards?|metrics|analytics)\b/.test(words(input.path)) || isShown(call.scope))
    return false;
  return isMoney(near) || isMoney(input.path);
}

/** Handed straight to a text for a person: `fmt.Sprintf("%.2f", float64(cents)/100)`. */
function isPrinted(input: RuleInput, call: Call): boolean {
  const { start, end } = call.range;
  return (
    input.after?.calls.some(
      (other) =>
        other !== call &&
        /(^|\.)(Sprintf|Printf|Fprintf|Println|print|println|format|log|info|debug|warn|observe|labels|Observe|Set|gauge|histogram|record)$/.test(
          other.callee,
        ) &&
        (other.range.start.line < start.line ||
          (other.range.start.line === start.line && other.range.start.character <= start.character)) &&
        (other.range.end.line > end.line || (other.range.end.line === end.line && other.range.end.character >= end.character)),
    ) === true
  );
}

/** The amount is now a whole number of cents. */
function isWhole(input: RuleInput, scope: string): boolean {
  const { text: code } = codeOfScope(input.after, scope);
  return /cents|minor|pence/i.test(`${code} ${scope}`) && !/\b(float|float64|double|f64|parseFloat|toFixed)\b|\d\.\d/.test(code);
}

/** What was read exactly is read as any number now: `BigInt(text)` -> `Number(text)`. */
function readsNumber(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some(
    (call) => isFloat(call) || (call.kind === 'call' && call.callee === 'Number' && /^[a-z_]\w*/i.test(call.args[0] ?? '')),
  );
}

/** There is still something reckoned in the function. */
function reckons(input: RuleInput, scope: string): boolean {
  return / [*/+-] /.test(codeOfScope(input.after, scope).text);
}

/** Names of what keeps an amount exact. */
export const EXACT =
  /\b(Decimal|BigDecimal|Money|MonetaryAmount|Cents|BigInteger|bigint|BigInt|int|int64|int32|uint64|long|Long|i64|u64|i32|u32|integer|Integer|Dinero|Big|BigNumber)\b/;

function text(call: Call): string {
  return `${call.kind === 'new' ? 'new ' : ''}${call.callee}(${call.args.join(', ')})`;
}
