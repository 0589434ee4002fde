import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { escaped } from '../code/literal-patterns.ts';
import { COUNTED_OTHERWISE, isAmount } from './amounts.ts';

/** A comparison that stops the work and is about an amount. */
export function isBound(guard: Guard): boolean {
  return (
    guard.compares &&
    /[<>]/.test(guard.test.replaceAll('=>', '')) &&
    isAmount(`${guard.test} ${lastName(guard.scope)}`) &&
    !comparesTimes(guard.test) &&
    !/\.length\b|\blen\(|\.size\b/.test(guard.test)
  );
}

/** `coupon.expiresAt < new Date()`: whose coupon it is says nothing of an amount. */
function comparesTimes(test: string): boolean {
  return (
    !/\|\||&&|\b(?:and|or)\b/.test(test) &&
    (/\bnew Date\(|\bDate\.now\(|\b(?:datetime|timezone|date|time|Instant|LocalDate|LocalDateTime|OffsetDateTime|Utc|Time)(?:\.|::)(?:utc)?(?:now|Now|today)\b/.test(
      test,
    ) ||
      /\b(?:expires|expired|valid|starts|ends|created|updated|due) (?:at|on|until)\b/.test(words(test)))
  );
}

/** The test names no money, and what it names is reckoned of it in the same function: `left = balance - price`. */
export function isBoundHere(input: RuleInput, guard: Guard): boolean {
  if (!guard.compares || guard.exit === 'return' || guard.scope === '' || !/[<>]/.test(guard.test.replaceAll('=>', ''))) return false;
  if (/\.length\b|\blen\(|\.size\b/.test(guard.test) || COUNTED_OTHERWISE.test(words(guard.test)) || comparesTimes(guard.test))
    return false;
  const { text } = codeOfScope(input.before, guard.scope);
  return guard.reads.some((name) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) return false;
    const at = text.search(new RegExp(`(^| )${escaped(name)} :?= `));
    if (at < 0) return false;
    // As far as one expression usually goes.
    const made = text.slice(at + name.length, at + name.length + 80).split(/ ; | if | let | const | return /)[0] ?? '';
    return / [-+*] /.test(made) && isAmount(made);
  });
}

/** One step of a scale (`if (n >= 100) return 10; if (n >= 20) return 5;`) says what an amount gives, and bounds none. */
export function isStep(input: RuleInput, guard: Guard): boolean {
  const shape = shapeOf(guard);
  return (
    guard.exit === 'return' &&
    input.before !== undefined &&
    factsWithin(input.before.guards, guard.scope).some(
      (other) =>
        other !== guard && other.exit === 'return' && other.scope === guard.scope && other.test !== guard.test && shapeOf(other) === shape,
    )
  );
}

function shapeOf(guard: Guard): string {
  return guard.test.replace(/\d[\d_.]*/g, '#');
}

/** The same condition but for one number, which now lets at least twice as much through, or a sign. */
export function isLooser(old: string, fresh: string): boolean {
  const number = /(?<![\w.])-?\d[\d_]*(?:\.\d+)?(?![\w.])/g;
  if (old.replace(number, '#') !== fresh.replace(number, '#')) return false;
  const was = old.match(number) ?? [];
  const is = fresh.match(number) ?? [];
  const at = was.findIndex((value, index) => value !== is[index]);
  if (at < 0) return false;
  const before = Number(was[at]?.replaceAll('_', ''));
  const after = Number(is[at]?.replaceAll('_', ''));
  const operator = /([<>])=?\s*#/.exec(nth(old.replace(number, '#'), at))?.[1];
  return operator === '>' ? isFarHigher(before, after) : operator === '<' && isFarHigher(after, before);
}

/** The text up to and with the hole of that ordinal, from the hole before it. */
function nth(text: string, ordinal: number): string {
  return `${text.split('#')[ordinal] ?? ''}#`;
}

/** A ceiling that lets at least twice as much through, or did not let anything through. */
export function isFarHigher(before: number, after: number): boolean {
  return after > before && (before <= 0 || after >= before * 2);
}
