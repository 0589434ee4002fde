import { words } from '../code/call-names.ts';
import { numberOf } from '../code/option-changes.ts';

/** A number, a fraction of two, or one in quotes as decimals are written: `Decimal("0.19")`. */
export function quantityOf(value: string): number | undefined {
  const inner =
    /^(?:new )?(?:[\w.:]*\b)?(?:Decimal|BigDecimal|Big|BigNumber|dec!?|from_str|from|valueOf|of|RequireFromString|NewFromFloat|NewFromInt|Fraction)\(\s*['"]?(-?[\d._]+)['"]?\s*\)$/.exec(
      value,
    )?.[1] ?? value;
  const quoted = /^['"](-?[\d.]+)['"]$/.exec(inner)?.[1] ?? inner.replace(/(?<=\d)[mMfFdDlL]$/, '');
  const [over, under] = quoted.split('/').map((part) => numberOf(part));
  if (quoted.includes('/')) return over === undefined || under === undefined || under === 0 ? undefined : over / under;
  return numberOf(quoted);
}

/** `FEE = 1.5` that became `FEE_CENTS = 150` says the same. */
export function isOtherUnit(before: string, after: string, old: number, now: number): boolean {
  const unit = (name: string): string =>
    /\b(cents|minor|pence|bps|basis points|percent|pct|percentage|euros|dollars)\b/.exec(words(name))?.[1] ?? '';
  const factor = Math.max(old, now) / Math.min(old, now);
  return unit(before) !== unit(after) && [100, 1000, 10_000].some((whole) => Math.abs(factor - whole) < 1e-6 * whole);
}
