import type { Call, SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { codeOfScope } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { groupBy, keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { cameAlong, isExtracted, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { isMoney, isShown } from '../vocabulary/money/money-names.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * An amount of money that becomes a floating-point number: `parseFloat`, `float(…)`, `doubleValue()`, a rounded `toFixed` that
 * is read back, a decimal or whole number whose type is now a float, a decimal type that is gone.
 *
 * ## Why it matters
 * 0.1 + 0.2 is not 0.3. Cents go missing one at a time, in invoices that were right yesterday.
 *
 * ## When it is fine
 * Percentages, charts, and text for a person to read. These are not flagged, nor is a decimal that became whole cents.
 *
 * ## What it misses
 * Division of integer cents without rounding, and amounts whose names say nothing of money.
 */
export default defineRule({
  id: 'money/float-amount',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'An amount became a floating-point number',
  reads: ['calls', 'options', 'symbols', 'settings'],
  evidence: [{ title: 'CWE-682: incorrect calculation', url: 'https://cwe.mitre.org/data/definitions/682.html' }],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<number>();
    for (const draft of [...types(input), ...reckoning(input), ...conversions(input), ...lostExactness(input), ...columns(input)]) {
      if (flagged.has(draft.range.start.line)) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

function* conversions(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    if (!isFloat(call) || !isAboutMoney(input, call) || cameAlong(input, call) || isPrinted(input, call)) continue;
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

function* lostExactness(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!isExact(call) || call.scope === '') continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || !isAboutMoney(input, call) || newCallsIn(input, call.scope).some(isExact) || isExtracted(input, call))
      continue;
    if (
      input.after?.calls.some((other) => within(other.scope, scope) && isExact(other)) === true ||
      isWhole(input, scope) ||
      !(reckons(input, scope) || readsNumber(input, call.scope))
    )
      continue;
    yield { side: 'before', range: call.range, message: fitMessage(`\`${shorten(text(call), 40)}\` no longer keeps the amount exact`) };
  }
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
    /^(doubleValue|floatValue|InexactFloat64|to_f64|to_f32|Float64|toNumber|asDouble)$/.test(lastName(call.callee)) &&
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

const DISPLAY =
  /\b(chart|charts|graph|percent|percentage|ratio|share|opacity|width|height|lat|lng|latitude|longitude|zoom|score|weight|duration|display|label|px|metric|metrics|gauge|histogram|telemetry|stats|probability|confidence)\b/;

function isAboutMoney(input: RuleInput, call: Call): boolean {
  const near = words(`${call.scope} ${call.callee} ${call.args.join(' ')}`);
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

const EXACT =
  /\b(Decimal|BigDecimal|Money|MonetaryAmount|Cents|BigInteger|bigint|BigInt|int|int64|int32|uint64|long|Long|i64|u64|i32|u32|integer|Integer|Dinero|Big|BigNumber)\b/;
const DECIMAL = /\b(Decimal|BigDecimal|Money|MonetaryAmount|Dinero|Big|BigNumber)\b/;
const FLOAT = /\b(float|float64|float32|double|Double|Float|f64|f32)\b/;

/** A parameter, a result or a field whose type was exact and is a float now. */
function* types(input: RuleInput): Iterable<FindingDraft> {
  for (const now of input.added.symbols) {
    const old =
      input.removed.symbols.find((other) => other.name === now.name && other.kind === now.kind) ??
      input.removed.symbols.find(
        (other) => other.kind === now.kind && (counterpartScope(input, other.name) === now.name || isSibling(other, now)),
      ) ??
      becameMethod(input, now);
    if (old === undefined) continue;
    const pairs = [
      { name: now.name, before: old.type, after: now.type },
      ...now.parameters.map((parameter, at) => ({
        name: `${parameter.name} ${old.parameters[at]?.name ?? ''} ${now.name}`,
        before: old.parameters[at]?.type ?? '',
        after: parameter.type,
      })),
    ];
    for (const { name, before, after } of pairs) {
      const isNumber = /\bnumber\b/.test(after) && /\b(bigint|BigInt|Decimal|Big|BigNumber|Dinero|Money)\b/.test(before);
      if (!EXACT.test(before) || !(FLOAT.test(after) || isNumber) || FLOAT.test(before) || EXACT.test(after)) continue;
      const about = words(`${name} ${old.name}`);
      if (DISPLAY.test(about) || !(isMoney(about) || (DECIMAL.test(before) && isMoney(`${input.path} ${about} ${before}`)))) continue;
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`\`${shorten(name.split(' ')[0] ?? name, 28)}\` was ${shorten(before, 18)} and is ${shorten(after, 18)}`),
      };
      break;
    }
  }
}

/** A file that held its amounts as decimals, and whose functions and records, called otherwise now, hold all of them as floats. */
function* reckoning(input: RuleInput): Iterable<FindingDraft> {
  const isHeld = (type: RegExp): boolean => input.before !== undefined && [...typesIn(input.before)].some((text) => type.test(text));
  const isFloatIn = input.after?.language === 'typescript' ? /^(Promise<)?number\b/ : FLOAT;
  if (
    input.added.symbols.length === 0 ||
    !isHeld(DECIMAL) ||
    isHeld(isFloatIn) ||
    input.after?.tokens.some(({ text: name }) => DECIMAL.test(name)) !== false
  )
    return;
  const names = new Set(input.before?.symbols.map((symbol) => symbol.name));
  for (const now of input.added.symbols) {
    if (names.has(now.name)) continue;
    const held = [{ name: now.name, type: now.type }, ...now.parameters].find(
      (each) =>
        isFloatIn.test(each.type) &&
        !DISPLAY.test(words(`${each.name} ${lastName(now.name)}`)) &&
        isMoney(`${each.name} ${now.name} ${input.path}`),
    );
    if (held === undefined) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`\`${shorten(lastName(held.name), 28)}\` is a ${shorten(held.type, 18)}: decimals held the amounts here`),
    };
    return;
  }
}

/** Every type that a file declares something of, each once: few, where its functions are many. */
const typesIn = keepOf(
  (facts: SourceFacts): ReadonlySet<string> =>
    new Set(facts.symbols.flatMap((symbol) => [symbol.type, ...symbol.parameters.map((each) => each.type)])),
);

/** The function of the same name that is gone where a method of it came, and the other way round. */
function becameMethod(input: RuleInput, now: SymbolFact): SymbolFact | undefined {
  const isWork = (symbol: SymbolFact): boolean => symbol.kind === 'function' || symbol.kind === 'method';
  const stays = (old: SymbolFact): boolean => input.after?.symbols.some((other) => other.name === old.name) === true;
  if (!isWork(now) || input.before === undefined) return undefined;
  const old = (byOwnName(input.before).get(ownName(now)) ?? []).filter((other) => isWork(other) && !stays(other));
  return old.length === 1 ? old[0] : undefined;
}

const byOwnName = keepOf(({ symbols }: SourceFacts) => groupBy(symbols, ownName));

function ownName({ name }: SymbolFact): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

/** Fields of one owner, of which one took the other's place. */
function isSibling(old: SymbolFact, now: SymbolFact): boolean {
  const owner = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf('.')));
  return (
    old.kind === 'property' &&
    owner(old.name) !== '' &&
    owner(old.name) === owner(now.name) &&
    words(old.name).split(' ')[0] === words(now.name).split(' ')[0] &&
    isMoney(old.name)
  );
}

/** Columns of an ORM and types of a schema. */
function* columns(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isColumn =
      /\b(DecimalField|Numeric|DECIMAL|Decimal|decimal|numeric|bigint|integer|BigInteger|IntegerField)\b/.test(before.value) &&
      /\b(FloatField|Float|FLOAT|float|double|DOUBLE|real|Double)\b/.test(after.value);
    if (isColumn && isMoney(`${after.name} ${after.scope}`))
      yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 28)}\` is stored as a float`) };
  }
  for (const call of input.added.calls) {
    const name = lastName(call.callee);
    const isField =
      /^(FloatField|Float|Double|REAL)$/.test(name) ||
      (/^(Column|mapped_column)$/.test(name) && call.kind === 'call' && /\b(Float|Double|REAL)\b/.test(call.args.join(' ')));
    if (!isField) continue;
    const isExactField = (other: Call): boolean =>
      /^(DecimalField|Numeric|DECIMAL|IntegerField|BigIntegerField|BigInteger|Integer)$/.test(lastName(other.callee)) ||
      (lastName(other.callee) === name && /\b(Numeric|DECIMAL|Integer|BigInteger)\b/.test(other.args.join(' ')));
    const field =
      input.after?.tokens.find((token) => token.line === call.range.start.line && /^[A-Za-z_]\w*$/.test(token.text))?.text ?? '';
    if (
      input.removed.calls.some((other) => other.scope === call.scope && isExactField(other)) &&
      isMoney(`${field} ${call.args.join(' ')}`)
    )
      yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(field, 28)}\` is stored as a float`) };
  }
  for (const call of input.added.calls) {
    if (
      call.kind !== 'decorator' ||
      !/^(Column|Property|Field)$/.test(lastName(call.callee)) ||
      !/\b(float|double|real|Float)\b/.test(call.args.join(' '))
    )
      continue;
    const old = input.removed.calls.find(
      (other) =>
        other.kind === 'decorator' &&
        other.callee === call.callee &&
        other.scope === call.scope &&
        /\b(decimal|numeric|bigint|int|integer|money)\b/.test(other.args.join(' ')),
    );
    if (old !== undefined && isMoney(`${call.scope} ${input.path}`))
      yield { side: 'after', range: call.range, message: fitMessage(`an amount of \`${shorten(call.scope, 28)}\` is stored as a float`) };
  }
  for (const change of changedSettings(input)) {
    const name = change.path.at(-1) ?? '';
    if (!/^(type|format)$/.test(name) || !isMoney(change.path.slice(-2, -1).join(' '))) continue;
    const [was, is] = [String(change.before?.value ?? ''), String(change.after?.value ?? '')];
    if (change.after === undefined || !/^(integer|int64|int32|string|decimal)$/.test(was) || !/^(number|double|float)$/.test(is)) continue;
    yield {
      side: 'after',
      range: change.after.range,
      message: fitMessage(`\`${shorten(change.path.at(-2) ?? name, 28)}\` was ${was} and is ${is}`),
    };
  }
}

function text(call: Call): string {
  return `${call.kind === 'new' ? 'new ' : ''}${call.callee}(${call.args.join(', ')})`;
}
