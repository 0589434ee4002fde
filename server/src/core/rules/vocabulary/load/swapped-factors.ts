import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import type { SwappedUnit } from './swapped-units.ts';

/** `MAX_AGE_HOURS * 3_600_000` that became `MAX_AGE_HOURS * 60_000`: a named length of time, made milliseconds or seconds of by another unit's factor. */
export function* swappedFactors(input: RuleInput): Iterable<SwappedUnit> {
  for (const { before, after } of lineChanges(input)) {
    const [old, fresh] = [factorIn(before.text), factorIn(after.text)];
    if (old === undefined || fresh === undefined || old.name !== fresh.name || old.unit === fresh.unit || old.isMillis !== fresh.isMillis)
      continue;
    // A name that says its unit may have got the right factor only now; one that got another value went along.
    const named = UNIT_NAMES.exec(words(fresh.name))?.[1];
    if (named === fresh.unit || numberIn(old.name, input.before) !== numberIn(fresh.name, input.after)) continue;
    yield { amount: fresh.name, was: `${old.unit}s`, is: `${fresh.unit}s`, range: rangeOfLine(input, 'after', after.line) };
  }
}

interface Factor {
  readonly name: string;
  readonly unit: string;
  readonly isMillis: boolean;
}

function factorIn(line: string): Factor | undefined {
  const [, name = '', number = ''] = /([A-Za-z_$][\w$]{1,60})\*(\d[\d_]{1,12})(?![\w.*])/.exec(line) ?? [];
  const value = Number(number.replaceAll('_', ''));
  const found = name === '' ? undefined : FACTORS[value];
  return found === undefined ? undefined : { name, unit: found, isMillis: value >= LEAST_MILLIS && value !== SECONDS_OF_A_DAY };
}

const FACTORS: Readonly<Record<number, string>> = {
  60: 'minute',
  3600: 'hour',
  86400: 'day',
  60000: 'minute',
  3600000: 'hour',
  86400000: 'day',
};
const SECONDS_OF_A_DAY = 86_400;
const LEAST_MILLIS = 10_000;
const UNIT_NAMES = /\b(second|minute|hour|day)s?\b/;
