import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { DISPLAY, EXACT } from './float-calls.ts';
import { isMoney } from './money-names.ts';

const DECIMAL = /\b(Decimal|BigDecimal|Money|MonetaryAmount|Dinero|Big|BigNumber)\b/;
const FLOAT = /\b(float|float64|float32|double|Double|Float|f64|f32)\b/;

const MINOR = /\b(?:cents?|minor|pence|satoshis?|micros?)\b/;

/** A parameter, a result or a field whose type was exact and is a float now. */
export function* retypedAmounts(input: RuleInput): Iterable<FindingDraft> {
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
      // Whole cents are as exact as what counted them.
      if (isNumber && MINOR.test(words(name))) continue;
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
export function* reckonedTypes(input: RuleInput): Iterable<FindingDraft> {
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
