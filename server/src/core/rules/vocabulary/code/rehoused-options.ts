import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from './call-names.ts';
import { keysOf, onlyIn } from './fact-keys.ts';
import { groupBy, keepOf, keepOfBoth } from './kept.ts';
import { literalBehind, optionBehind } from './literals-behind.ts';
import type { OptionChange } from './option-changes.ts';
import { homeOf } from './option-paths.ts';

/**
 * Constants that moved with a change of their value: one that became an entry of a table (`REQUEST_TIMEOUT_MS` and
 * `LIMITS.requestTimeoutMs`, `RELEASE_ROLES` and `ROLES.release`), or the other way round. The words of one name are words of the
 * other or of the table around it, two at least, and each is the only partner of its partner. Or an option that had the value now
 * takes it from there, whatever it is called. The new one goes by the fuller name.
 */
export function rehousedConstants({ before, after, added }: RuleInput): readonly OptionChange[] {
  if (before === undefined || after === undefined || added.options.length === 0) return [];
  const [pairs, used] = [pairsOf(before, after), heldFor(before, after)];
  return added.options.flatMap((option) => {
    const old = pairs.get(option) ?? used.get(option);
    if (old === undefined || old.value === option.value) return [];
    const name = old.name.length > option.name.length ? old.name : option.name;
    return [{ before: old, after: { ...option, name } }];
  });
}

/**
 * Options that were given a value and are given a name now, or another name: each with what the names stand for in the file.
 * `timeout: 5000` that became `timeout: LIMITS.wait` is `5000` and what `LIMITS.wait` holds.
 */
export function namedValues({ before, after }: RuleInput, changes: readonly OptionChange[]): readonly OptionChange[] {
  return changes.flatMap((change) => {
    const [was, is] = [literalBehind(change.before.value, before), literalBehind(change.after.value, after)];
    const [old, now] = [was ?? plainOf(change.before.value), is ?? plainOf(change.after.value)];
    if (old === undefined || now === undefined || (was === undefined && is === undefined) || old === now) return [];
    return [{ before: { ...change.before, value: old }, after: { ...change.after, value: now } }];
  });
}

function plainOf(value: string): string | undefined {
  return PLAIN.test(value) ? value : undefined;
}

const PLAIN = /^(-?\d[\w.*/ <]*|true|false|True|False|None|null|nil|['"][^'"]*['"])$/;

/** A plain value, a list of them, or an amount: what a table holds. */
const HELD = /^(-?\d[\w.*/ <]*|true|false|True|False|None|null|nil|['"`][^'"`]*['"`]|[[({][^(]*[\])}]|[\w.:]*\(['"]?-?[\d._]+['"]?\))$/;

/** The old constant of each new one that took its place. */
const pairsOf = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<Option, Option> => {
  const only = (one: SourceFacts, other: SourceFacts): readonly Named[] => {
    return onlyIn(one.options, other.options)
      .filter((option) => option.callee === '' && HELD.test(option.value) && !placesOf(other).has(placeOf(option)))
      .map(nameIt);
  };
  const lost = only(before, after);
  const fresh = lost.length === 0 ? [] : only(after, before);
  if (fresh.length === 0 || lost.length * fresh.length > MOST_COMPARED) return new Map();
  const byWord = groupBy(
    lost.flatMap((named) => [...named.full].map((word) => ({ word, named }))),
    ({ word }) => word,
  );
  const partners = new Map<Named, readonly Named[]>(
    fresh.map((now) => [
      now,
      [...new Set([...now.own].flatMap((word) => byWord.get(word)?.map(({ named }) => named) ?? []))].filter((old) => isSame(old, now)),
    ]),
  );
  const wanted = new Map<Named, number>();
  for (const olds of partners.values()) for (const old of olds) wanted.set(old, (wanted.get(old) ?? 0) + 1);
  const pairs = new Map<Option, Option>();
  for (const [now, olds] of partners) {
    const [old] = olds;
    if (olds.length === 1 && old !== undefined && wanted.get(old) === 1) pairs.set(now.option, old.option);
  }
  return pairs;
});

const MOST_COMPARED = 40_000;

const placesOf = keepOf((facts: SourceFacts): ReadonlySet<string> => new Set(facts.options.map(placeOf)));
const byFullPlace = keepOf((facts: SourceFacts) => groupBy(facts.options, fullPlaceOf));

/** New constants that an option which had a plain value takes its value from now, each with that option as it was. */
const heldFor = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<Option, Option> => {
  const old = byFullPlace(before);
  const keys = keysOf(before.options);
  const found = new Map<Option, Option>();
  for (const user of onlyIn(after.options, before.options)) {
    const behind = optionBehind(user.value, after);
    const [was, ...others] = behind === undefined || keys.has(behind.key) ? [] : (old.get(fullPlaceOf(user)) ?? []);
    const value = was === undefined ? undefined : (plainOf(was.value) ?? literalBehind(was.value, before));
    if (behind !== undefined && was !== undefined && value !== undefined && others.length === 0) found.set(behind, { ...was, value });
  }
  return found;
});

function fullPlaceOf(option: Option): string {
  return `${placeOf(option)}\u0000${option.callee}`;
}

function placeOf({ name, scope, ...option }: Option): string {
  return `${homeOf({ name, scope, ...option })}\u0000${name}\u0000${scope}`;
}

interface Named {
  readonly option: Option;
  readonly own: ReadonlySet<string>;
  readonly full: ReadonlySet<string>;
}

function nameIt(option: Option): Named {
  const stems = (text: string): readonly string[] =>
    words(text)
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => word.slice(0, 6).replace(/s$/, ''));
  const own = new Set(stems(option.name));
  return {
    option,
    own,
    full: new Set([...stems(homeOf(option)), ...stems(option.scope.slice(option.scope.lastIndexOf('.') + 1)), ...own]),
  };
}

function isSame(old: Named, now: Named): boolean {
  const shared = [...old.full].filter((word) => now.full.has(word)).length;
  return shared >= 2 && [...old.own].every((word) => now.full.has(word)) && [...now.own].every((word) => old.full.has(word));
}
