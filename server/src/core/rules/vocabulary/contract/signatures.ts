import type { Parameter, SymbolFact } from '../../../model/facts.ts';
import { shorten, words } from '../code/call-names.ts';
import { fieldsOf, isWider } from './types.ts';

/** Says what no longer fits of a call that was written for the old parameters, or undefined where every old call still does. */
export function signatureBreak(before: SymbolFact, after: SymbolFact, language: string): string | undefined {
  const old = before.parameters;
  const now = after.parameters;
  // A name in Go, Java and Rust is nobody's business, and its type is what tells parameters apart.
  const byType = /^(go|java|rust)$/.test(language);
  const unit = otherUnit(old, now);
  if (unit !== undefined) return unit;
  if (byType) return byPlace(old, now);
  const given = old.find(
    (parameter) => parameter.named !== true && now.some((other) => other.name === parameter.name && other.named === true),
  );
  if (given !== undefined) return `wants \`${shorten(given.name, 14)}\` by name now`;
  // What is given by name stands anywhere.
  const fresh = now.find(
    (parameter) => parameter.named === true && !parameter.optional && !old.some((other) => other.name === parameter.name),
  );
  if (fresh !== undefined) return `now needs \`${shorten(fresh.name, 14)}\``;
  const lost = old.find(
    (parameter) =>
      parameter.named === true && !now.some((other) => other.name === parameter.name) && !now.some((other) => other.name.startsWith('**')),
  );
  if (lost !== undefined) return `lost \`${shorten(lost.name, 14)}\``;
  const demanded = old.find(
    (parameter) => parameter.named === true && parameter.optional && now.some((other) => other.name === parameter.name && !other.optional),
  );
  if (demanded !== undefined) return `now needs \`${shorten(demanded.name, 14)}\``;
  return breaks(
    old.filter((parameter) => parameter.named !== true),
    now.filter((parameter) => parameter.named !== true),
    language,
  );
}

/**
 * True where an heir that was written for the old header stands in for the new one: TypeScript takes a method that asks for fewer
 * parameters, as long as those it asks for are the first ones and mean the same. Whoever calls the base is another question.
 */
export function takesFewer(before: SymbolFact, after: SymbolFact, language: string): boolean {
  if (language !== 'typescript' || before.async !== after.async || after.parameters.length < before.parameters.length) return false;
  const isSameAnswer = before.type === after.type || before.type === '' || after.type === '';
  return isSameAnswer && before.parameters.every((old, at) => isFirstOf(old, after.parameters[at]));
}

/** The same parameter, or one that may not be left out any more. */
function isFirstOf(old: Parameter, now: Parameter | undefined): boolean {
  return now !== undefined && old.type === now.type && (old.name === now.name || otherUnit([old], [now]) === undefined);
}

const UNITS: readonly (readonly string[])[] = [
  [
    'nanos nanoseconds ns nanosecond',
    'micros microseconds us',
    'millis milliseconds ms msec millisecond',
    'seconds secs sec second s',
    'minutes mins minute min',
    'hours hour hrs h',
    'days day',
    'weeks week',
    'months month',
    'years year',
  ],
  ['cents cent pence minor pennies', 'euros euro dollars pounds major units', 'micros'],
  ['bytes byte', 'kb kib kilobytes', 'mb mib megabytes', 'gb gib gigabytes', 'bits'],
  ['percent percentage pct', 'fraction ratio share', 'bps basispoints'],
  ['meters metres m', 'kilometers kilometres km', 'miles', 'feet ft', 'mm millimeters', 'cm'],
  ['degrees deg', 'radians rad'],
  ['celsius', 'fahrenheit', 'kelvin'],
  ['grams g', 'kilograms kilos kg', 'pounds lbs lb'],
];

/** The same place and type, and a name that counts in another unit: every old call still fits and means something else. */
function otherUnit(old: readonly Parameter[], now: readonly Parameter[]): string | undefined {
  if (now.length < old.length) return undefined;
  for (const [at, before] of old.entries()) {
    const after = now[at];
    if (after === undefined || before.name === after.name || before.type !== after.type) continue;
    for (const dimension of UNITS) {
      const unitOf = (name: string): string | undefined => {
        const last = words(name).split(' ').at(-1) ?? '';
        return dimension.find((unit) => unit.split(' ').includes(last));
      };
      const [was, is] = [unitOf(before.name), unitOf(after.name)];
      if (was !== undefined && is !== undefined && was !== is)
        return `takes \`${shorten(after.name, 14)}\`, was \`${shorten(before.name, 14)}\``;
    }
  }
  return undefined;
}

function byPlace(old: readonly Parameter[], now: readonly Parameter[]): string | undefined {
  const last = now[old.length];
  const needed = now.find((parameter) => parameter.name !== '' && !old.some((other) => other.name === parameter.name)) ?? last;
  if (last !== undefined && !last.optional && needed !== undefined) return `now needs \`${shorten(needed.name || needed.type, 14)}\``;
  const gone = old[now.length];
  const lost = old.find((parameter) => parameter.name !== '' && !now.some((other) => other.name === parameter.name)) ?? gone;
  if (gone !== undefined && lost !== undefined) return `lost \`${shorten(lost.name || lost.type, 14)}\``;
  for (const [index, parameter] of now.entries()) {
    const counterpart = old[index];
    if (counterpart === undefined || counterpart.type === parameter.type) continue;
    // Two of one type that changed places fit every old call, and mean something else.
    if (!isNarrowed(counterpart, parameter) || `${counterpart.type}...` === parameter.type || `...${counterpart.type}` === parameter.type)
      continue;
    return `takes another \`${shorten(parameter.name || parameter.type, 14)}\``;
  }
  const swapped = now.find((parameter, index) => {
    const at = old.findIndex((other) => other.name === parameter.name && other.name !== '');
    return at >= 0 && at !== index && now.some((other, place) => other.name === old[index]?.name && place !== index);
  });
  return swapped === undefined ? undefined : `moved \`${shorten(swapped.name, 14)}\``;
}

function breaks(old: readonly Parameter[], now: readonly Parameter[], language: string): string | undefined {
  for (const [index, parameter] of now.entries()) {
    const counterpart = old[index];
    if (counterpart === undefined) {
      if (!parameter.optional) return `now needs \`${shorten(parameter.name, 14)}\``;
      continue;
    }
    const moved = old.findIndex((other) => other.name === parameter.name);
    if (moved >= 0 && moved !== index && !isRenamed(old, now))
      return now.some((other) => other.name === counterpart.name)
        ? `moved \`${shorten(parameter.name, 14)}\``
        : `lost \`${shorten(counterpart.name, 14)}\``;
    if (counterpart.optional && !parameter.optional) return `now needs \`${shorten(parameter.name, 14)}\``;
    // An annotation of Python is a remark when it runs.
    if (language !== 'python' && isNarrowed(counterpart, parameter)) return `takes another \`${shorten(parameter.name, 14)}\``;
  }
  const dropped = old[now.length];
  return dropped === undefined ? undefined : `lost \`${shorten(dropped.name, 14)}\``;
}

/** The same names in the same number of places, none of which kept another's: only names changed. */
function isRenamed(old: readonly Parameter[], now: readonly Parameter[]): boolean {
  const names = new Set(old.map((parameter) => parameter.name));
  return !now.some((parameter) => names.has(parameter.name));
}

function isNarrowed(before: Parameter, after: Parameter): boolean {
  if (before.type === '' || after.type === '' || before.type === 'any') return false;
  // `...paths: string[]` takes the one that was given too.
  if (after.optional && !before.optional && after.type === `${before.type}[]`) return false;
  if (asksForLess(before, after)) return false;
  return !isWider(before.type, after.type);
}

/** `{ path }: { path: string; log: Logger }` without the `log` that the function never took out of it. */
function asksForLess(before: Parameter, after: Parameter): boolean {
  const [old, now] = [fieldsOf(before.type), fieldsOf(after.type)];
  if (old === undefined || now === undefined || !before.name.startsWith('{') || before.name.includes('...')) return false;
  const taken = new Set(before.name.match(/[\w$]+/g));
  return (
    [...now].every(([name, type]) => isWider(old.get(name) ?? '', type) && old.has(name)) &&
    [...old.keys()].every((name) => now.has(name) || !taken.has(name))
  );
}
