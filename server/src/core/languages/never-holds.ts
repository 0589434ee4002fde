/** A question that nothing answers with yes, as it is written: `amount > limit && false`, `spent > cap and False`. What it guarded stands open. */
export function neverHolds(test: string): boolean {
  if (!/\b[fF]alse\b/.test(test) || /\|\||\bor\b|\?/.test(test)) return false;
  return test.split(/&&|\band\b/).some((part) => /^\(*\s*[fF]alse\s*\)*$/.test(part.trim()));
}
